//! A source becomes its value here and nowhere else. A failure names the source, the context and the
//! next step, never a value.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};
use zeroize::Zeroizing;

use super::{
    ask,
    guard::{self, Guard, GuardError},
    ini,
};
use crate::{
    api::{Connection, Inputs},
    secret::{Secret, Source},
};

/// Longest time that a command may take: somebody may have to touch a key or type a passphrase.
const PATIENCE: Duration = Duration::from_mins(1);
/// Most output of a command that is read, in bytes.
const MOST: u64 = 1 << 20;

/// Why an input has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("context {context}: {input}: {problem}")]
pub struct CredentialError {
    /// The context.
    pub context: Arc<str>,
    /// The manifest's input.
    pub input: String,
    /// What is wrong with its source, and what to do.
    pub problem: String,
    /// The person at the terminal broke it off.
    pub broken_off: bool,
}

/// Reads the values of a context's inputs from their sources.
#[derive(Debug, Clone)]
pub struct Resolver {
    home: Option<PathBuf>,
    /// Variables that hold credentials, which commands do not get.
    hidden: Arc<[String]>,
    /// The commands of `[sources]` by name.
    sources: Arc<BTreeMap<String, Vec<String>>>,
}

impl Resolver {
    /// A resolver that keeps these variables from commands.
    #[must_use]
    pub fn new(home: Option<PathBuf>, hidden: Vec<String>) -> Self {
        Self {
            home,
            hidden: hidden.into(),
            sources: Arc::default(),
        }
    }

    /// A resolver that knows these commands by name as well.
    #[must_use]
    pub fn with_sources(self, sources: BTreeMap<String, Vec<String>>) -> Self {
        Self {
            sources: Arc::new(sources),
            ..self
        }
    }

    /// A value for a new key from a command of `[sources]`: what it prints, without its last newline unless
    /// the value is wanted byte for byte.
    ///
    /// # Errors
    /// Why there is none, and what to do.
    pub async fn named(&self, name: &str, exact: bool) -> Result<Zeroizing<String>, String> {
        let Some(argv) = self.sources.get(name) else {
            return Err(format!(
                "the config has no [sources.{name}]; add one with its command = [\"PROGRAM\", …]"
            ));
        };
        let printed = self.printed(argv).await?;
        Ok(if exact {
            printed
        } else {
            without_newline(printed)
        })
    }

    /// A path that a person typed: `~/` is the home folder.
    #[must_use]
    pub fn path(&self, typed: &Path) -> PathBuf {
        match (typed.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => typed.to_owned(),
        }
    }

    /// The inputs that a person must type.
    #[expect(
        clippy::unused_self,
        reason = "it stands beside ask and resolve, which take its answers"
    )]
    pub fn prompts<'a>(&self, connection: &'a Connection) -> impl Iterator<Item = &'a str> {
        let asked = |(name, source): (&'a String, &Source)| {
            (*source == Source::Prompt).then_some(name.as_str())
        };
        connection.credential.iter().filter_map(asked)
    }

    /// Asks for those inputs on the terminal, for commands without a console.
    ///
    /// # Errors
    /// When there is no terminal, or the answer was broken off.
    pub fn ask(&self, connection: &Connection) -> Result<Inputs, CredentialError> {
        let mut typed = Inputs::new();
        for name in self.prompts(connection) {
            let question = format!("{}: {name}: ", connection.name);
            let answer = ask::ask(&question).map_err(|error| {
                let broken_off = error.kind() == std::io::ErrorKind::Interrupted;
                let problem = if broken_off {
                    "not given".to_owned()
                } else {
                    format!("cannot ask on the terminal ({error}); use env, file or command in the config")
                };
                CredentialError {
                    broken_off,
                    ..failed(connection, name, problem)
                }
            })?;
            typed.insert(name.to_owned(), Secret::new(answer));
        }
        Ok(typed)
    }

    /// The values of all inputs; `typed` has those that a person was asked for.
    ///
    /// # Errors
    /// The first input that has none.
    pub async fn resolve(
        &self,
        connection: &Connection,
        mut typed: Inputs,
    ) -> Result<Inputs, CredentialError> {
        if let Some(path) = &connection.client_key {
            guard::inspect(path, Guard::ReadOrWrite)
                .map_err(|error| failed(connection, "client_key", error.to_string()))?;
        }
        let mut inputs = Inputs::new();
        for (name, source) in &connection.credential {
            let secret = match typed.remove(name) {
                Some(secret) => Ok(secret),
                None => self.read(source).await.and_then(usable),
            };
            let secret = secret.map_err(|problem| failed(connection, name, problem))?;
            inputs.insert(name.clone(), secret);
        }
        Ok(inputs)
    }

    /// Credentials of other programs that others may read: those programs made them so.
    #[must_use]
    pub fn warnings(&self, connection: &Connection) -> Vec<String> {
        let paths = connection
            .credential
            .values()
            .filter_map(|source| match source {
                Source::HotkeyConfig(path) => Some(path.clone()),
                Source::HotkeyWallet { wallet, hotkey } => self.wallet(wallet, hotkey).ok(),
                _ => None,
            });
        paths
            .filter_map(|path| match guard::inspect(&path, Guard::ReadOrWrite) {
                Err(error @ GuardError::Readable { .. }) => Some(error.to_string()),
                _ => None,
            })
            .collect()
    }

    async fn read(&self, source: &Source) -> Result<Zeroizing<String>, String> {
        match source {
            Source::Env(name) => variable(name),
            Source::File(path) => guard::read(path, Guard::ReadOrWrite)
                .map(without_newline)
                .map_err(|error| error.to_string()),
            Source::Command(argv) => self.printed(argv).await.map(without_newline),
            Source::Keyring(entry) => keyring(entry),
            Source::Prompt => Err("must be typed, and nobody was asked".to_owned()),
            Source::Plain(text) => Ok(Zeroizing::new(text.clone())),
            Source::HotkeyConfig(path) => {
                let text = guard::read(path, Guard::Write).map_err(|error| error.to_string())?;
                ini::seed_of_config(&text).map_err(|why| format!("{} {why}", path.display()))
            }
            Source::HotkeyWallet { wallet, hotkey } => {
                let path = self.wallet(wallet, hotkey)?;
                let bytes =
                    guard::read_bytes(&path, Guard::Write).map_err(|error| error.to_string())?;
                ini::seed_of_wallet(&bytes).map_err(|why| format!("{} {why}", path.display()))
            }
        }
    }

    fn wallet(&self, wallet: &str, hotkey: &str) -> Result<PathBuf, String> {
        let home = self
            .home
            .as_deref()
            .ok_or("there is no home folder to look for the wallet in")?;
        let wallets = home.join(".bittensor").join("wallets");
        Ok(wallets.join(wallet).join("hotkeys").join(hotkey))
    }

    /// Runs a command and takes what it prints, byte for byte; of its failure only the program and the exit
    /// code are told.
    async fn printed(&self, argv: &[String]) -> Result<Zeroizing<String>, String> {
        let [program, arguments @ ..] = argv else {
            return Err("the command is empty".to_owned());
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // Its errors may hold the credential, and our own standard error may be the console's screen.
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("KEYRACK_")) {
            command.env_remove(name);
        }
        for name in &*self.hidden {
            command.env_remove(name);
        }
        let run = timeout(PATIENCE, outcome(&mut command, program)).await;
        run.unwrap_or_else(|_| {
            Err(format!(
                "{program} did not end within {} s; run it by hand to see what it waits for",
                PATIENCE.as_secs()
            ))
        })
    }
}

async fn outcome(command: &mut Command, program: &str) -> Result<Zeroizing<String>, String> {
    let failed = |error: std::io::Error| {
        format!("cannot run {program} ({error}); check the command in the config")
    };
    let mut child = command.spawn().map_err(failed)?;
    let Some(stdout) = child.stdout.take() else {
        return Err(format!("cannot read what {program} prints"));
    };
    let mut output = Zeroizing::new(Vec::new());
    let read = stdout.take(MOST).read_to_end(&mut output).await;
    read.map_err(failed)?;
    let status = child.wait().await.map_err(failed)?;
    if !status.success() {
        let ending = match status.code() {
            Some(code) => format!("with code {code}"),
            None => "by a signal".to_owned(),
        };
        return Err(format!(
            "{program} ended {ending}; run it by hand to see why"
        ));
    }
    match std::str::from_utf8(&output) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(format!(
            "{program} printed something that is not UTF-8 text"
        )),
    }
}

/// The value of a variable.
///
/// # Errors
/// Why there is none, and what to do.
pub fn variable(name: &str) -> Result<Zeroizing<String>, String> {
    match std::env::var(name) {
        Ok(value) => Ok(Zeroizing::new(value)),
        Err(std::env::VarError::NotPresent) => Err(format!(
            "the variable {name} is not set; export it, or name another source in the config"
        )),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(format!("the variable {name} is not UTF-8 text"))
        }
    }
}

/// Every store crate of the system keyrings brings OpenSSL into the tree, so their own commands are used.
fn keyring(entry: &str) -> Result<Zeroizing<String>, String> {
    Err(format!(
        "the keyring entry {entry:?} cannot be read, because this build has no keyring; let its own command read it: \
         {{ command = [\"secret-tool\", \"lookup\", \"service\", {entry:?}] }}"
    ))
}

/// Drops one newline from the end, as command substitution does.
fn without_newline(text: Zeroizing<String>) -> Zeroizing<String> {
    let end = text
        .strip_suffix('\n')
        .map(|rest| rest.strip_suffix('\r').unwrap_or(rest).len());
    match end {
        Some(end) => {
            let mut text = text;
            text.truncate(end);
            text
        }
        None => text,
    }
}

fn usable(text: Zeroizing<String>) -> Result<Secret, String> {
    if text.is_empty() {
        Err("its source gave nothing; check what it reads".to_owned())
    } else {
        Ok(Secret::new(text))
    }
}

fn failed(connection: &Connection, input: &str, problem: String) -> CredentialError {
    CredentialError {
        context: Arc::clone(&connection.name),
        input: input.to_owned(),
        problem,
        broken_off: false,
    }
}

#[cfg(test)]
mod tests;
