//! The commands about backends: what there is, and the help that a manifest gets while it is written.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BackendCommand {
    /// List the backends
    Ls,
    /// Print a backend's manifest
    Show {
        /// Its name
        name: String,
    },
    /// Print the JSON schema of manifests
    Schema,
    /// Check manifests: what is wrong and what looks forgotten
    Check(BackendCheck),
}

/// `keyrack backend check`
#[derive(Debug, Args)]
pub(in crate::cli) struct BackendCheck {
    /// The manifests
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Also try every read operation on this context's service, and compare what comes with the fields
    #[arg(short, long, value_name = "CONTEXT")]
    pub context: Option<String>,
    /// Print what rows have and no field declares as lines of a manifest
    #[arg(long, requires = "context")]
    pub suggest: bool,
}
