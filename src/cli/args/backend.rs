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
    /// Print a manifest to begin with: one that explains itself, or one drafted from an OpenAPI document
    New(New),
    /// Check manifests: what is wrong and what looks forgotten
    Check(BackendCheck),
    /// Show the exact request of an operation, with secrets masked; nothing is sent
    Try(BackendTry),
    /// Let the program by which a backend signs in run, as it is now
    Approve(Approve),
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

/// `keyrack backend approve`
#[derive(Debug, Args)]
pub(in crate::cli) struct Approve {
    /// The backend, or the file of a manifest
    pub name: String,
    /// Approve without being asked
    #[arg(long, conflicts_with = "revoke")]
    pub yes: bool,
    /// Let none of its programs run any more
    #[arg(long)]
    pub revoke: bool,
}

const OPENAPI: &str = "Draft it from an OpenAPI document, JSON or YAML; - is standard input";
const PATH: &str = "Where the document has the keys, such as /v1/keys";

/// `keyrack backend new`
#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    #[arg(long, value_name = "FILE", help = OPENAPI)]
    pub openapi: Option<PathBuf>,
    #[arg(long, value_name = "P", requires = "openapi", help = PATH)]
    pub path: Option<String>,
    /// Short name of the backend
    #[arg(long, value_name = "NAME")]
    pub id: Option<String>,
    /// Name of the service
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Address of the service
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}
