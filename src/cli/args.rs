//! What can be typed after `keyrack`. Help, completions and the manual page come from here alone.

mod backend;
mod health;
mod writes;

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

pub(super) use backend::{Approve, BackendCheck, BackendCommand, BackendTry, New};
pub(super) use health::{Audit, Diff, Level, Snapshot};
pub(super) use writes::{Create, How, Mode, Place, Remove, Rotate, Update, Values};

use crate::{app::filter::LANGUAGE, manifest::Tab};

/// The heading of the options that every command has.
const EVERYWHERE: &str = "Options of every command";

/// One terminal console for every key that you issue.
///
/// Without a command, opens the console on the configured contexts.
#[derive(Debug, Parser)]
#[command(name = "keyrack", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 usage or nothing may be sent, 3 partial or unknown, 78 unusable configuration."
)]
pub struct Cli {
    #[arg(help = "Config to use instead of the usual one (KEYRACK_CONFIG)")]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    pub(super) config: Option<PathBuf>,
    #[arg(help = "Write a log, of the level that KEYRACK_LOG names (off by default)")]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    pub(super) log: Option<PathBuf>,
    #[arg(help = "Use colours: auto means on a terminal, unless NO_COLOR is set")]
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = EVERYWHERE)]
    pub(super) color: Color,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open the console on an embedded backend with sample keys of all four services
    #[cfg(feature = "demo")]
    Demo(super::demo::Arguments),
    /// List the keys of a pane
    Ls(List),
    /// Show one key
    Show(Show),
    /// Make a new key
    Create(Create),
    /// Change a key
    Update(Update),
    /// Give a key a new secret, or put another key in its place
    Rotate(Box<Rotate>),
    /// Delete keys
    Rm(Remove),
    /// Say which keys somebody should look at, and why
    Audit(Audit),
    /// Write all keys of all contexts as they are now into a new file
    Snapshot(Snapshot),
    /// Say what was made, deleted and changed between two snapshots
    Diff(Diff),
    /// List, check and add contexts
    Context {
        #[command(subcommand)]
        command: ContextCommand,
    },
    /// List, show, check, approve and draft backends
    Backend {
        #[command(subcommand)]
        command: BackendCommand,
    },
    /// Show what was done here and what is in flight, never a value
    Log(History),
    /// Check what keyrack relies on here; nothing is sent
    Doctor,
    /// Print where the config and the state are
    Paths,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Hold the clipboard for the console
    #[command(hide = true)]
    Hold {
        /// Print what it holds instead
        #[arg(long)]
        read_back: bool,
    },
}

/// `keyrack ls`
#[derive(Debug, Args)]
#[command(after_help = language())]
pub(super) struct List {
    /// The kind of keys
    #[arg(value_parser = pane(), value_name = "PANE")]
    pub pane: Tab,
    /// Contexts or groups, instead of all
    #[arg(short, long = "context", value_name = "CONTEXT")]
    pub contexts: Vec<String>,
    #[command(flatten)]
    pub kind: Kind,
    /// Show only the keys that match, such as 'owner:ann used>90d'
    #[arg(short, long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Let the server filter, such as createdBy=ann@example.com
    #[arg(long, value_name = "NAME=VALUE", value_parser = server_filter)]
    pub server_filter: Vec<(String, String)>,
    /// Sort by columns, such as created:desc,name
    #[arg(long, value_name = "COLUMN[:desc][,..]")]
    pub sort: Option<String>,
    #[command(flatten)]
    pub format: Format,
}

/// Which keys of a pane are meant.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Kind {
    /// The resource, where a backend has two in this pane
    #[arg(long, value_name = "NAME")]
    pub resource: Option<String>,
    /// The row whose keys are meant, where they are within others
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(super) struct Format {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Print CSV with a header
    #[arg(long)]
    pub csv: bool,
    /// Print ids, one a line
    #[arg(long)]
    pub ids: bool,
}

/// `keyrack show`
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The kind of key
    #[arg(value_parser = pane(), value_name = "PANE")]
    pub pane: Tab,
    /// The key's id
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    pub id: String,
    /// The context
    #[arg(short, long, value_name = "CONTEXT")]
    pub context: String,
    #[command(flatten)]
    pub kind: Kind,
    /// Bring its secret to this sink, where the service tells it again
    #[arg(long, value_name = "SINK")]
    pub to: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `keyrack log`
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct History {
    /// Check that no line was changed, removed or put in since it was written
    #[arg(long)]
    pub verify: bool,
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum ContextCommand {
    /// List the contexts
    Ls,
    /// Check whether contexts work
    Check {
        /// A context or group, instead of all
        name: Option<String>,
    },
    /// Add a context to the config
    Add(Add),
}

const CREDENTIAL: &str =
    "Where an input of the backend comes from: INPUT=env:VAR, file:PATH, command:ARGV or prompt";
const CREDENTIAL_AT_LENGTH: &str = "\
Where an input of the backend comes from: INPUT=env:VAR, file:PATH, command:ARGV or prompt

ARGV is split at blanks, or a JSON list: command:[\"pass\", \"show\", \"my key\"]. An input that is not secret \
may also be given as plain:VALUE.";

/// `keyrack context add`
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Its name
    pub name: String,
    /// A built-in backend, or a manifest in backends/ beside the config
    #[arg(long, value_name = "B")]
    pub backend: String,
    /// The address of the service
    #[arg(long, value_name = "U")]
    pub url: String,
    #[arg(long, value_name = "INPUT=SOURCE", value_parser = assignment)]
    #[arg(help = CREDENTIAL, long_help = CREDENTIAL_AT_LENGTH)]
    pub credential: Vec<(String, String)>,
}

/// What a filter may say, for `ls --help`.
fn language() -> String {
    let width = LANGUAGE.iter().map(|(term, _)| term.chars().count()).max();
    let width = width.unwrap_or(0);
    let lines = LANGUAGE
        .iter()
        .map(|(term, finds)| format!("\n  {term:<width$}  {finds}"));
    format!("What FILTER can say:{}", lines.collect::<String>())
}

/// One of the four panes.
fn pane() -> impl TypedValueParser<Value = Tab> {
    PossibleValuesParser::new(Tab::ALL.map(Tab::name)).try_map(|name| {
        let tab = Tab::ALL.into_iter().find(|tab| tab.name() == name);
        tab.ok_or("not a pane")
    })
}

/// `NAME=VALUE`
fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// `NAME=VALUE` of which neither is empty: a server reads an empty filter as none.
fn server_filter(text: &str) -> Result<(String, String), String> {
    let (name, value) = assignment(text)?;
    if value.trim().is_empty() {
        return Err(format!(
            "the value of {name} is empty, and an empty filter would list everything"
        ));
    }
    Ok((name, value))
}
