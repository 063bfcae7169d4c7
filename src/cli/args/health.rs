//! What can be typed after the commands that look through all lists of all contexts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::language;
use crate::app::state::Severity;

/// `keyrack audit`
#[derive(Debug, Args)]
#[command(after_help = language())]
pub(in crate::cli) struct Audit {
    /// Contexts or groups, instead of all
    #[arg(short, long = "context", value_name = "CONTEXT")]
    pub contexts: Vec<String>,
    /// Look only at the keys that match, such as '!owner:ci'
    #[arg(short, long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// End with 1 when a finding is as bad as this or worse, also where a context failed
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<Level>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Level {
    /// Worth knowing
    Info,
    /// To be looked at
    Warn,
    /// To be acted on
    Danger,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Danger => Self::Danger,
        }
    }
}

/// `keyrack snapshot`
#[derive(Debug, Args)]
pub(in crate::cli) struct Snapshot {
    /// The file: a new one, for your eyes alone; it has no secrets
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `keyrack diff`
#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The earlier snapshot
    #[arg(value_name = "A")]
    pub old: PathBuf,
    /// The later snapshot
    #[arg(value_name = "B")]
    pub new: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
