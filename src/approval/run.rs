//! How an approved program runs: without a shell, in the manifests' folder, with the short list of variables
//! that a command may know, out of reach of the terminal's ctrl-c, for a bounded time and with bounded output.

use std::{
    io,
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};
use zeroize::Zeroizing;

use super::Place;
use crate::{
    deliver::{apart, end_group, ending},
    record::Text,
};

/// Most of an answer, in bytes.
const MOST: usize = 64 << 10;
/// Most of what a program says of its errors that is looked at, in bytes.
const MOST_ERRORS: usize = 4 << 10;
/// Most characters of its first line that are told.
const LONGEST: usize = 160;
/// How long the errors are awaited once the program has ended: what it left running may hold on to them.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Runs the program: `told` is its standard input, and its standard output is the answer.
///
/// # Errors
/// Why there is no answer, as words that begin with the program's name.
pub(super) async fn run(
    place: &Place,
    program: &Path,
    argv: &[String],
    told: &[u8],
) -> Result<Zeroizing<Vec<u8>>, String> {
    let name = argv.first().map_or("the program", String::as_str);
    let failed = |error: io::Error| format!("{name} cannot be run: {error}");
    let mut child = command(place, program, argv).spawn().map_err(failed)?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(format!("{name} cannot be run: it has no pipes"));
    };
    let errors = Arc::new(Mutex::new(Vec::new()));
    let mut listening = tokio::spawn(listen(stderr, Arc::clone(&errors)));
    let conversation = talk(&mut child, stdin, stdout, told);
    let Ok(ended) = timeout(place.patience, conversation).await else {
        end_group(&mut child);
        listening.abort();
        return Err(format!(
            "{name} did not end within {:?} and was ended; `idle` under [limits] gives it longer",
            place.patience
        ));
    };
    let (status, answer) = ended.map_err(failed)?;
    let _ = timeout(LAST_WORDS, &mut listening).await;
    listening.abort();
    if answer.len() > MOST {
        end_group(&mut child);
        return Err(format!("{name} answered with more than {} KiB", MOST >> 10));
    }
    if !status.success() {
        let errors = errors.lock().unwrap_or_else(PoisonError::into_inner);
        return Err(format!("{name} {}{}", ending(status), first_line(&errors)));
    }
    Ok(answer)
}

fn command(place: &Place, program: &Path, argv: &[String]) -> Command {
    let mut command = apart(program, argv, &place.inherited);
    command
        .current_dir(&place.folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Tells it of the request, takes its answer and waits for its end. A program that needs not know the request
/// may leave it unread.
async fn talk(
    child: &mut Child,
    mut stdin: ChildStdin,
    stdout: ChildStdout,
    told: &[u8],
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    // Reserved at once: growing would leave copies behind.
    let mut answer = Zeroizing::new(Vec::with_capacity(MOST + 1));
    let mut bounded = stdout.take(MOST as u64 + 1);
    let tell = async move {
        let _ = stdin.write_all(told).await;
    };
    let ((), read) = tokio::join!(tell, bounded.read_to_end(&mut answer));
    read?;
    if answer.len() > MOST {
        end_group(child);
    }
    Ok((child.wait().await?, answer))
}

/// Keeps the beginning of what it says of its errors and lets the rest pass.
async fn listen(mut stderr: impl AsyncRead + Unpin, kept: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut piece).await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let room = length.min(MOST_ERRORS.saturating_sub(kept.len()));
        kept.extend_from_slice(piece.get(..room).unwrap_or_default());
    }
}

/// The first line that says something, fit for a screen.
fn first_line(errors: &[u8]) -> String {
    let text = String::from_utf8_lossy(errors);
    let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return String::new();
    };
    let short: String = line.chars().take(LONGEST).collect();
    let cut = if short.len() < line.len() { "…" } else { "" };
    format!(": {}{cut}", Text::new(&short).shown())
}
