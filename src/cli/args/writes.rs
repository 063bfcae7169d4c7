//! The commands that write. What names a key and what is sent is the same in all of them.

use clap::{ArgAction, ArgGroup, Args, ValueEnum};

use super::{Kind, pane};
use crate::manifest::Tab;

/// Where something is written, and how it is told.
#[derive(Debug, Args)]
pub(in crate::cli) struct Place {
    /// The context
    #[arg(short, long, value_name = "CONTEXT")]
    pub context: String,
    #[command(flatten)]
    pub kind: Kind,
    #[command(flatten)]
    pub how: How,
}

/// How a write is let through and told.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct How {
    /// Allow this command's writes in a context with write = "arm"
    #[arg(long)]
    pub arm: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The values of a key.
#[derive(Debug, Default, Args)]
pub(in crate::cli) struct Values {
    /// Give a field its value; a secret is never given so, for others can read the arguments
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Give a field its value from a file, or from standard input for -
    #[arg(long, value_name = "NAME=PATH|-")]
    pub set_file: Vec<String>,
    // Its brackets would be a link in a doc comment.
    #[arg(help = "Give a field what a command under [sources] of the config prints")]
    #[arg(long, value_name = "NAME=SOURCE")]
    pub set_command: Vec<String>,
    /// Give a field a value in JSON, such as a list of objects
    #[arg(long, value_name = "NAME=JSON")]
    pub set_json: Vec<String>,
}

const SINK: &str =
    "Where the new secret goes: stdout, clipboard, file:PATH, env:PATH:NAME or cmd:NAME";
const SINK_AT_LENGTH: &str = "\
Where the new secret goes: stdout, clipboard, file:PATH (0600, never overwrites), env:PATH:NAME (the variable in a \
file of variables) or cmd:NAME (the command under [sinks] of the config, on its standard input)

Needed exactly when the service, or keyrack for it, makes the secret. It is looked into before anything is sent.";

const SINK_OF_KEYS: &str = "Where the new secret goes: stdout, clipboard, file:PATH, env:PATH:NAME or cmd:NAME; \
{name}, {id} and {context} stand for the key";
const SINK_OF_KEYS_AT_LENGTH: &str = "\
Where the new secret goes: stdout, clipboard, file:PATH (0600, never overwrites), env:PATH:NAME (the variable in a \
file of variables) or cmd:NAME (the command under [sinks] of the config, on its standard input)

In PATH, in NAME of a variable and in the arguments of a command {name}, {id} and {context} stand for the key, \
made safe for a file's or a variable's name. The secrets of several keys need {name} or {id}, or a command.

Needed exactly when the service, or keyrack for it, makes the secret. It is looked into before anything is sent.";

const YES: &str = "Confirm it; given twice, also for the key that the context signs in with";

/// `keyrack create`
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// The kind of key
    #[arg(value_parser = pane(), value_name = "PANE")]
    pub pane: Tab,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub values: Values,
    #[arg(long, value_name = "SINK", help = SINK, long_help = SINK_AT_LENGTH)]
    pub to: Option<String>,
}

/// `keyrack update`
#[derive(Debug, Args)]
pub(in crate::cli) struct Update {
    /// The kind of key
    #[arg(value_parser = pane(), value_name = "PANE")]
    pub pane: Tab,
    /// The key's id
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub values: Values,
    /// Do this to it instead, such as disable; keyrack backend show has the actions
    #[arg(long, value_name = "NAME", conflicts_with_all = ["set", "set_file", "set_command", "set_json"])]
    pub action: Option<String>,
    #[arg(long, action = ArgAction::Count, requires = "action", help = YES)]
    pub yes: u8,
}

/// `keyrack rm`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["ids", "filter"]))]
pub(in crate::cli) struct Remove {
    /// The kind of key
    #[arg(value_parser = pane(), value_name = "PANE")]
    pub pane: Tab,
    /// The keys' ids
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// All keys that match, such as 'used:never age>90d'
    #[arg(short, long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub values: Values,
    /// Say what would happen to each, and send nothing
    #[arg(long)]
    pub plan: bool,
    /// Print CSV with a header, the plan or the outcome of each
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    #[arg(long, action = ArgAction::Count, help = YES)]
    pub yes: u8,
}

/// How a key is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Mode {
    /// The key stays and gets a new secret; the old one dies at once.
    Regenerate,
    /// Another key takes its place.
    Replace,
}

const ROTATE: &str = "\
keyrack rotate <PANE> <ID> --context <CONTEXT> --to <SINK> [OPTIONS]
       keyrack rotate <PANE> --filter <FILTER> --context <CONTEXT> --to <SINK> [OPTIONS]
       keyrack rotate --resume <JOURNAL_ID> [--to <SINK>] [--yes]";

/// `keyrack rotate`
#[derive(Debug, Args)]
#[command(override_usage = ROTATE)]
#[command(group = ArgGroup::new("which").required(true).args(["id", "filter", "resume"]))]
pub(in crate::cli) struct Rotate {
    /// The kind of key
    #[arg(value_parser = pane(), value_name = "PANE", required_unless_present = "resume")]
    pub pane: Option<Tab>,
    /// The key's id
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// All keys that match, some at once
    #[arg(short, long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Go on with a rotation that waits, at its next step; keyrack log has the id
    #[arg(long, value_name = "JOURNAL_ID", conflicts_with_all = ["pane", "context", "mode", "keep_old", "plan", "resource", "parent"])]
    pub resume: Option<String>,
    /// The context
    #[arg(
        short,
        long,
        value_name = "CONTEXT",
        required_unless_present = "resume"
    )]
    pub context: Option<String>,
    #[command(flatten)]
    pub kind: Kind,
    #[command(flatten)]
    pub values: Values,
    /// How: regenerate where the service can, else replace
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    #[arg(long, value_name = "SINK", help = SINK_OF_KEYS, long_help = SINK_OF_KEYS_AT_LENGTH)]
    pub to: Option<String>,
    /// End before the old key is deleted
    #[arg(long)]
    pub keep_old: bool,
    /// Say what would happen, and send nothing
    #[arg(long)]
    pub plan: bool,
    /// Print CSV with a header, the plan or the outcome of each
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    #[arg(long, action = ArgAction::Count, help = YES)]
    pub yes: u8,
    #[command(flatten)]
    pub how: How,
}
