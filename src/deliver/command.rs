//! `cmd:NAME`: a command of the config reads the secret on its standard input and nothing else gets it.
//! It is an argv vector without a shell, starts with a short list of variables, is out of reach of the
//! terminal's ctrl-c, and what it prints is shown only bounded, without the secret and fit for a screen.

use std::{
    borrow::Cow,
    ffi::OsString,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
    sync::oneshot,
    time::timeout,
};
use zeroize::Zeroizing;

use super::{Content, Delivery, Receipt, Surroundings};
use crate::record::Text;

/// Most of a command's output that is shown, in bytes.
const MOST: usize = 4 << 10;
/// How long output is awaited once the command itself has ended: what it left running may hold on to it.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// What stands in the place of the secret.
const REDACTED: &str = "[redacted]";
/// Lines of a secret shorter than this are no secret by themselves.
const SHORT: usize = 8;

/// Checks that the command's program is there and may be run.
pub fn check(argv: &[String], around: &Surroundings) -> Result<(), String> {
    program(argv, around).map(|_| ())
}

/// Runs the command with the content on its standard input.
pub async fn deliver(
    name: &str,
    argv: &[String],
    around: &Surroundings,
    content: Content,
    limit: Duration,
) -> Delivery {
    match run(argv, around, &content, limit).await {
        Ok((ended, output)) => Delivery {
            receipt: match ended {
                Ok(()) => Receipt::Taken(name.to_owned()),
                Err(why) => Receipt::Failed(format!("the command {name} {why}")),
            },
            for_terminal: None,
            output: shown(&output, &content.text),
        },
        Err(why) => Receipt::Failed(why).into(),
    }
}

/// How the command ended, and the beginning of what it printed.
type Ended = (Result<(), String>, Zeroizing<Vec<u8>>);

async fn run(
    argv: &[String],
    around: &Surroundings,
    content: &Content,
    limit: Duration,
) -> Result<Ended, String> {
    let program = program(argv, around)?;
    let failed = |error: io::Error| format!("{} cannot be run: {error}", program.display());
    // One pipe for both, so that the lines keep their order.
    let (output, input) = io::pipe().map_err(failed)?;
    let mut child = apart(&program, argv, &around.inherited)
        .stdout(input.try_clone().map_err(failed)?)
        .stderr(input)
        .spawn()
        .map_err(failed)?;
    let (printed, end) = listen(output, content.text.len()).map_err(failed)?;
    let ended = if let Ok(ended) = timeout(limit, feed(&mut child, content)).await {
        ended.map_err(failed)?
    } else {
        end_group(&mut child);
        let limit = super::words(limit);
        Err(format!("did not end within {limit} and was ended"))
    };
    let _ = timeout(LAST_WORDS, end).await;
    let output = std::mem::take(&mut *printed.lock());
    Ok((ended, output))
}

/// A command that has these variables and no others, out of reach of the terminal's ctrl-c, and is fed.
pub fn apart(program: &Path, argv: &[String], variables: &[(OsString, OsString)]) -> Command {
    let mut command = Command::new(program);
    command
        .args(argv.iter().skip(1))
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    {
        command.process_group(0);
        if let Some(name) = argv.first() {
            command.arg0(name);
        }
    }
    command
}

/// Gives it the secret and waits for its end.
async fn feed(child: &mut Child, content: &Content) -> io::Result<Result<(), String>> {
    let mut read = Ok(());
    if let Some(mut stdin) = child.stdin.take() {
        read = stdin.write_all(content.text.as_bytes()).await;
    }
    let status = child.wait().await?;
    Ok(match read {
        _ if !status.success() => Err(ending(status)),
        Ok(()) => Ok(()),
        Err(_) => Err("ended well but did not read the whole secret".to_owned()),
    })
}

/// How a command ended, as the rest of a sentence.
pub fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with code {code}"),
        None => format!("was ended ({status})"),
    }
}

/// Ends a command of a process group of its own, and what it started.
pub fn end_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.start_kill();
}

/// What a command has printed so far, up to a bound.
#[derive(Default)]
struct Printed {
    kept: Mutex<Zeroizing<Vec<u8>>>,
}

impl Printed {
    fn lock(&self) -> MutexGuard<'_, Zeroizing<Vec<u8>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the beginning of the output, long enough to find a secret across its bound, and lets the rest
/// pass, so that the command never waits for us. The receiver hears of the end.
fn listen(
    mut output: io::PipeReader,
    secret: usize,
) -> io::Result<(Arc<Printed>, oneshot::Receiver<()>)> {
    let (ended, end) = oneshot::channel();
    let printed = Arc::new(Printed::default());
    let most = MOST + secret;
    // Reserved at once: growing would leave copies behind.
    printed.lock().reserve_exact(most);
    let keep = Arc::clone(&printed);
    std::thread::Builder::new().spawn(move || {
        let mut piece = Zeroizing::new([0; 1024]);
        while let Ok(length @ 1..) = output.read(&mut *piece) {
            let mut kept = keep.lock();
            let room = length.min(most.saturating_sub(kept.len()));
            kept.extend_from_slice(piece.get(..room).unwrap_or_default());
        }
        let _ = ended.send(());
    })?;
    Ok((printed, end))
}

/// The output's lines as a screen may show them.
fn shown(output: &[u8], secret: &str) -> Vec<String> {
    let redacted = redact(output, secret);
    let text = String::from_utf8_lossy(&redacted);
    let text = text.trim_end();
    if text.is_empty() {
        return Vec::new();
    }
    Text::new(text).shown_lines().map(Cow::into_owned).collect()
}

/// The output up to its bound, with the secret and its lines taken out.
fn redact(output: &[u8], secret: &str) -> Zeroizing<Vec<u8>> {
    let lines = secret.lines().filter(|line| line.len() >= SHORT);
    let mut parts: Vec<&[u8]> = std::iter::once(secret)
        .chain(lines)
        .map(str::as_bytes)
        .collect();
    parts.retain(|part| !part.is_empty());
    let mut clean = Zeroizing::new(Vec::with_capacity(MOST + REDACTED.len() + 4));
    let mut at = 0;
    while at < output.len().min(MOST) && clean.len() < MOST {
        let rest = output.get(at..).unwrap_or_default();
        if let Some(part) = parts.iter().find(|part| rest.starts_with(part)) {
            clean.extend_from_slice(REDACTED.as_bytes());
            at += part.len();
        } else {
            clean.extend(rest.first());
            at += 1;
        }
    }
    if at < output.len() {
        clean.extend_from_slice("\n…".as_bytes());
    }
    clean
}

/// The program that the command means: a path, or the first of its name on PATH.
fn program(argv: &[String], around: &Surroundings) -> Result<PathBuf, String> {
    let name = argv.first().ok_or("the command is empty")?;
    find(name, &around.path).ok_or_else(|| {
        let why = if Path::new(name).components().count() > 1 {
            format!("{name} is not a program that may be run")
        } else {
            format!("the program {name} is not on PATH")
        };
        format!("{why}; correct the command under [sinks]")
    })
}

/// The program that a command would start: itself where it is a path, else the first of its name in these
/// folders that may be run.
#[must_use]
pub fn find(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return may_run(Path::new(name)).then(|| name.into());
    }
    let mut programs = folders.iter().map(|folder| folder.join(name));
    programs.find(|program| may_run(program))
}

/// Whether a path is a program that we may run.
fn may_run(path: &Path) -> bool {
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    #[cfg(unix)]
    {
        use rustix::fs::{Access, AtFlags, CWD, accessat};
        is_file && accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
    }
    #[cfg(not(unix))]
    is_file
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
