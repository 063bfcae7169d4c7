//! One [`Courier`] takes every content to its sink: it knows what the config and the environment allow,
//! says beforehand whether a sink would take a secret, and keeps the clipboard's holder of this process.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{
    About, Content, Delivery, Lease, Receipt, Rescue, Sink, clipboard::Clipboard, command, env,
    file, pattern, rescue,
};

/// How long a command of the config may take.
const COMMAND: Duration = Duration::from_mins(1);

/// What the environment says about ways out of here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// DISPLAY is set.
    pub x11: bool,
    /// `WAYLAND_DISPLAY` is set.
    pub wayland: bool,
    /// TMUX: where the tmux server around us listens.
    pub tmux: Option<OsString>,
    /// `TMUX_PANE`: which of its panes we are in.
    pub tmux_pane: Option<OsString>,
    /// The folders of PATH.
    pub path: Vec<PathBuf>,
    /// This very program, which holds the clipboard in a process of its own.
    pub program: Option<PathBuf>,
    /// The variables that lead to the display, for that process.
    pub display: Vec<(OsString, OsString)>,
    /// The variables that a command of the config gets.
    pub inherited: Vec<(OsString, OsString)>,
    /// The home folder, which `~` stands for.
    pub home: Option<PathBuf>,
    /// A folder in memory that goes with the login.
    pub runtime_folder: Option<PathBuf>,
}

impl Surroundings {
    /// There may be a clipboard.
    pub(super) fn has_display(&self) -> bool {
        self.x11 || self.wayland || cfg!(any(windows, target_os = "macos"))
    }

    /// The first program of this name on PATH.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        command::find(name, &self.path)
    }

    /// A path with a leading `~/` replaced by the home folder, which a shell leaves alone after a colon.
    fn expanded(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        }
    }
}

/// What a courier goes by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the environment says.
    pub surroundings: Surroundings,
    /// Commands that take a secret on standard input, by name.
    pub commands: BTreeMap<String, Vec<String>>,
    /// When a copied secret is taken back.
    pub clear_after: Duration,
    /// Where an undelivered secret goes at an end from outside.
    pub rescue: Rescue,
    /// Standard output is free for a secret: it is not a screen that the console draws on.
    pub stdout: bool,
}

/// Takes contents to their sinks.
#[derive(Debug)]
pub struct Courier {
    settings: Settings,
    clipboard: Clipboard,
    /// How long a command may take.
    limit: Duration,
    /// Commands run one after the other: they need not bear another of their kind beside them.
    turn: tokio::sync::Mutex<()>,
    /// What was handed to the clipboard because nothing else took it: the next one goes there beside it.
    kept: Mutex<Vec<(String, Content)>>,
}

impl Courier {
    /// A courier that has done nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            clipboard: Clipboard::new(),
            limit: COMMAND,
            turn: tokio::sync::Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// Gives commands of the config another time than a minute.
    #[must_use]
    pub fn with_command_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Whether a sink would take a secret, asked before anything is sent to a service.
    ///
    /// # Errors
    /// Why it would not, and what to do.
    pub async fn check(&self, sink: &Sink) -> Result<(), String> {
        self.check_for(sink, None).await
    }

    /// The same, for the secret of this key.
    ///
    /// # Errors
    /// Why it would not, and what to do.
    pub async fn check_for(&self, sink: &Sink, about: Option<&About>) -> Result<(), String> {
        let around = &self.settings.surroundings;
        match sink {
            Sink::Stdout if self.settings.stdout => is_read(),
            Sink::Stdout => {
                Err("standard output is the console's screen; choose another sink".into())
            }
            Sink::Clipboard => self.clipboard.check(around).await,
            Sink::File(path) => {
                let path = around.expanded(path);
                blocking(move || file::check(&path)).await?
            }
            Sink::Env { path, .. } => {
                let path = around.expanded(path);
                blocking(move || env::check(&path)).await?
            }
            Sink::Command(name) => command::check(&self.command(name, about)?, around),
        }
    }

    /// Delivers a content. Whoever has the secret keeps it until the receipt says that it arrived.
    pub async fn deliver(&self, sink: &Sink, content: Content) -> Delivery {
        let around = &self.settings.surroundings;
        let receipt = match sink {
            Sink::Stdout if !self.settings.stdout => {
                Err("standard output is the console's screen".to_owned())
            }
            Sink::Stdout => blocking(move || print(&content)).await,
            Sink::Clipboard => return self.copy(content).await,
            Sink::File(path) => {
                let path = around.expanded(path);
                blocking(move || file::store(&path, &content)).await
            }
            Sink::Env { path, name } => {
                let (path, name) = (around.expanded(path), name.clone());
                blocking(move || env::store(&path, &name, &content)).await
            }
            Sink::Command(name) => match self.command(name, content.about.as_ref()) {
                Ok(argv) => {
                    let _turn = self.turn.lock().await;
                    return command::deliver(name, &argv, around, content, self.limit).await;
                }
                Err(why) => Err(why),
            },
        };
        receipt.unwrap_or_else(Receipt::Failed).into()
    }

    /// Copies to the clipboard by the best way there is.
    pub async fn copy(&self, content: Content) -> Delivery {
        let Settings {
            surroundings,
            clear_after,
            ..
        } = &self.settings;
        self.clipboard
            .copy(surroundings, content, *clear_after)
            .await
    }

    /// Lets the time of the last copy begin anew.
    ///
    /// # Errors
    /// Why the clipboard does not hold it, and what to do.
    pub async fn extend(&self) -> Result<Lease, String> {
        self.clipboard.extend().await
    }

    /// Hands over labelled secrets that nobody acknowledged, when the program is ended from outside or
    /// breaks off; returns within two seconds. Gives lines for standard error.
    #[must_use]
    pub fn rescue(&self, secrets: &[(String, Content)]) -> Vec<String> {
        let (way, around) = (self.settings.rescue, &self.settings.surroundings);
        self.beside(secrets, |all| rescue::rescue(way, around, all))
    }

    /// As [`rescue`](Self::rescue), for secrets that their destination did not take.
    ///
    /// # Errors
    /// When they are not kept; the lines say why.
    pub fn keep(&self, secrets: &[(String, Content)]) -> Result<Vec<String>, Vec<String>> {
        let (way, around) = (self.settings.rescue, &self.settings.surroundings);
        self.beside(secrets, |all| rescue::keep(way, around, all))
    }

    /// Hands secrets over together with those that the clipboard already holds: it has room for one text.
    fn beside<T>(
        &self,
        secrets: &[(String, Content)],
        hand_over: impl FnOnce(&[(String, Content)]) -> T,
    ) -> T {
        if self.settings.rescue != Rescue::Holder {
            return hand_over(secrets);
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let again = secrets.iter();
        kept.extend(again.map(|(label, content)| (label.clone(), content.again())));
        hand_over(&kept)
    }

    /// The command of this name, with the key in its holes.
    fn command(&self, name: &str, about: Option<&About>) -> Result<Vec<String>, String> {
        let Some((program, arguments)) = self.named(name)?.split_first() else {
            return Ok(Vec::new());
        };
        let fill = |argument: &String| match about {
            Some(about) => about.argument(argument),
            None if pattern::has_holes(argument) => Err(format!(
                "the command {name} wants to know the key ({{name}}, {{id}} or {{context}}), which a rotation alone tells it; choose another sink"
            )),
            None => Ok(argument.clone()),
        };
        let mut argv = vec![program.clone()];
        for argument in arguments {
            argv.push(fill(argument)?);
        }
        Ok(argv)
    }

    fn named(&self, name: &str) -> Result<&Vec<String>, String> {
        self.settings.commands.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.settings.commands.keys().map(String::as_str).collect();
            match known.as_slice() {
                [] => format!("there is no command {name}: the config has none under [sinks]"),
                known => format!(
                    "there is no command {name} under [sinks]; there is {}",
                    known.join(", ")
                ),
            }
        })
    }
}

/// Does what waits for a disk where nothing else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| "keyrack failed within; this is a defect of keyrack".to_owned())
}

/// Writes to standard output past its buffer, which would keep a copy.
fn print(content: &Content) -> Receipt {
    match write_out(content) {
        Ok(()) => Receipt::Printed,
        Err(error) => Receipt::Failed(format!("standard output does not take it: {error}")),
    }
}

/// Standard output that was closed is `/dev/null` by the time that keyrack runs: what is written there
/// seems to arrive.
#[cfg(unix)]
fn is_read() -> Result<(), String> {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let out = stdout().and_then(|out| out.metadata());
    let null = std::fs::metadata("/dev/null");
    match (out, null) {
        (Ok(out), Ok(null)) if out.file_type().is_char_device() && out.rdev() == null.rdev() => {
            Err("standard output is closed or goes to /dev/null; choose another sink".to_owned())
        }
        (Err(error), _) => Err(format!("standard output cannot be used: {error}")),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn is_read() -> Result<(), String> {
    Ok(())
}

#[cfg(unix)]
fn stdout() -> std::io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;
    Ok(std::io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(unix)]
fn write_out(content: &Content) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = stdout()?;
    out.write_all(content.text.as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(not(unix))]
fn write_out(content: &Content) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(content.text.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
