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
    /// Show the exact request of an operation, with secrets masked; nothing is sent
    Try(BackendTry),
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

/// `keyrack backend try`
#[derive(Debug, Args)]
pub(in crate::cli) struct BackendTry {
    /// A backend, a manifest's file, or a context, whose address is taken then
    #[arg(value_name = "NAME")]
    pub name: String,
    /// RESOURCE.list, get, create, update, rotate, delete, reveal or an action; without RESOURCE where only one has it; or login, check
    #[arg(value_name = "OPERATION")]
    pub operation: String,
    /// The id of the key; the parts of one that has several in their order
    #[arg(long, value_name = "ID")]
    pub id: Vec<String>,
    /// The id of the row that it is in
    #[arg(long, value_name = "ID")]
    pub parent: Vec<String>,
    /// Give a field of the form its value; a secret needs none
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Give a field of the form a value in JSON, such as a list of objects
    #[arg(long, value_name = "NAME=JSON")]
    pub set_json: Vec<String>,
    /// Give a field of the key's row its value, for {item.NAME}
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::assignment, allow_hyphen_values = true)]
    pub item: Vec<(String, String)>,
    /// Filter a list at the server
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::server_filter)]
    pub server_filter: Vec<(String, String)>,
    /// The page of a list, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub page: u64,
    /// The way to sign in, by its id, instead of the first whose inputs are given
    #[arg(long, value_name = "WAY")]
    pub auth: Option<String>,
}
