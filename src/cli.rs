//! The command line, exactly as scripts rely on it: what can be typed, which command runs, and the exit
//! code. Each family of commands has a file under `cli/`; all of them share the config, the client and
//! the filter with the console. Data goes to standard output, everything else to standard error.

mod act;
mod args;
mod audit;
mod backend;
mod bulk;
mod check;
mod context;
mod create;
#[cfg(feature = "demo")]
mod demo;
mod diff;
mod doctor;
mod fetch;
mod history;
mod hold;
mod kind;
mod list;
mod lists;
mod output;
mod remove;
mod reveal;
mod rotate;
mod show;
mod snapshot;
mod start;
mod table;
mod trace;
mod update;
mod write;

use std::{
    ffi::OsString,
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use clap::{CommandFactory as _, Parser};

pub use args::Cli;
use args::{BackendCommand, Command, ContextCommand};

use crate::{
    api::ApiError,
    config::{Config, ConfigError, Environment, SelectError},
};

/// Everything was done.
const DONE: u8 = 0;
/// It failed, or the backend refused it.
const FAILED: u8 = 1;
/// The command line cannot be used, or nothing may be sent.
const USAGE: u8 = 2;
/// A part of it failed, or what became of it is not known.
const PARTIAL: u8 = 3;
/// The configuration cannot be used.
const CONFIG: u8 = 78;
/// Somebody pressed ctrl-c.
const INTERRUPTED: u8 = 130;

/// Why a command ended early: its exit code, and what standard error says.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    code: u8,
    message: String,
}

/// The exit code of a failure of the client: where a program may not sign, nothing may be sent.
fn code(error: &ApiError) -> u8 {
    match error {
        ApiError::Unapproved(_) => USAGE,
        _ => FAILED,
    }
}

/// The exit code of a command.
type Ended = Result<u8, Failure>;

impl Failure {
    fn failed(message: impl Into<String>) -> Self {
        Self {
            code: FAILED,
            message: message.into(),
        }
    }

    /// The client could not do it.
    fn of(error: &ApiError, message: impl Into<String>) -> Self {
        Self {
            code: code(error),
            message: message.into(),
        }
    }

    fn usage(message: impl Into<String>) -> Self {
        Self {
            code: USAGE,
            message: message.into(),
        }
    }

    fn config(message: impl Into<String>) -> Self {
        Self {
            code: CONFIG,
            message: message.into(),
        }
    }

    fn interrupted(message: impl Into<String>) -> Self {
        Self {
            code: INTERRUPTED,
            message: message.into(),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::config(error.to_string())
    }
}

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        match error {
            SelectError::Unknown(words) => Self::usage(words),
            SelectError::LeftOut(error) => error.into(),
        }
    }
}

impl From<io::Error> for Failure {
    /// Standard output failed; a reader that has seen enough is no failure.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self {
                code: DONE,
                message: String::new(),
            };
        }
        Self::failed(format!("cannot write to standard output: {error}"))
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            _ => Self::failed("cannot write CSV to standard output"),
        }
    }
}

/// What every command is given.
#[derive(Debug)]
struct Setting {
    environment: Environment,
    config: Option<PathBuf>,
    color: args::Color,
}

impl Setting {
    /// The config, its warnings told.
    fn config(&self) -> Result<Config, Failure> {
        let config = Config::load(self.config.as_deref(), &self.environment)?;
        for warning in &config.warnings {
            output::say(&format!("warning: {warning}"));
        }
        Ok(config)
    }

    /// Whether standard output may have colours.
    fn colour(&self) -> bool {
        match self.color {
            args::Color::Always => true,
            args::Color::Never => false,
            args::Color::Auto => {
                let plain =
                    self.environment.no_color || self.environment.term.as_deref() == Some("dumb");
                !plain && io::stdout().is_terminal()
            }
        }
    }

    /// The config that a command cannot do without.
    fn contexts(&self) -> Result<Config, Failure> {
        let config = self.config()?;
        if config.contexts.is_empty() {
            let config = config.whole()?;
            return Err(Failure::config(format!(
                "no context is configured in {}; add one with keyrack context add, or look around with keyrack demo",
                config.path.display()
            )));
        }
        Ok(config)
    }
}

/// Runs one command line and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    match dispatch(cli) {
        Ok(code) => code,
        Err(failure) => {
            if !failure.message.is_empty() {
                output::say(&failure.message);
            }
            failure.code
        }
    }
}

fn dispatch(cli: Cli) -> Ended {
    let setting = Setting {
        environment: Environment::read(),
        config: cli.config,
        color: cli.color,
    };
    if let Some(file) = &cli.log {
        trace::start(file, setting.environment.log_level.as_deref())?;
    }
    match cli.command {
        None => start::console(&setting),
        #[cfg(feature = "demo")]
        Some(Command::Demo(arguments)) => demo::run(&setting, arguments),
        Some(Command::Ls(arguments)) => list::run(&setting, &arguments),
        Some(Command::Show(arguments)) => show::run(&setting, &arguments),
        Some(Command::Create(arguments)) => create::run(&setting, &arguments),
        Some(Command::Update(arguments)) => update::run(&setting, &arguments),
        Some(Command::Rotate(arguments)) => rotate::run(&setting, &arguments),
        Some(Command::Rm(arguments)) => remove::run(&setting, &arguments),
        Some(Command::Audit(arguments)) => audit::run(&setting, &arguments),
        Some(Command::Snapshot(arguments)) => snapshot::run(&setting, &arguments),
        Some(Command::Diff(arguments)) => diff::run(&arguments),
        Some(Command::Context { command }) => match command {
            ContextCommand::Ls => context::list(&setting),
            ContextCommand::Check { name } => check::contexts(&setting, name),
            ContextCommand::Add(arguments) => context::add(&setting, arguments),
        },
        Some(Command::Backend { command }) => match command {
            BackendCommand::Ls => backend::list(&setting),
            BackendCommand::Show { name } => backend::show(&setting, &name),
            BackendCommand::Schema => backend::schema(),
            BackendCommand::Check(arguments) => backend::check::run(&setting, &arguments),
            BackendCommand::Try(arguments) => backend::attempt::run(&setting, &arguments),
            BackendCommand::Approve(arguments) => backend::approve::run(&setting, &arguments),
            BackendCommand::New(arguments) => backend::new::run(arguments),
        },
        Some(Command::Log(arguments)) => history::run(&setting, arguments),
        Some(Command::Doctor) => doctor::run(&setting),
        Some(Command::Paths) => start::paths(&setting),
        Some(Command::Completions { shell }) => start::completions(shell),
        Some(Command::Man) => start::man(),
        Some(Command::Hold { read_back }) => hold::run(read_back),
    }
}

/// The definition behind parsing, help, completions and the manual.
fn command() -> clap::Command {
    Cli::command()
}

/// Runs what needs the network.
fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?
        .block_on(future)
}
