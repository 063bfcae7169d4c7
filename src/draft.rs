//! A manifest is drafted from what a service publishes about its API, and every line of a draft either says
//! what the document says or tells from what it was guessed. Text goes in and text comes out: `cli` reads
//! and prints, [`manifest`](crate::manifest) is what a draft has to pass.

mod answer;
mod calls;
mod document;
mod errors;
mod field;
mod names;
mod operation;
mod paging;
mod path;
mod probe;
mod schema;
mod server;
mod sheet;
mod sign_in;
mod yaml;

/// Largest document that is read, in MiB.
pub const MOST_MIB: u64 = 32;

/// Why nothing can be drafted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// It is not UTF-8.
    #[error("this is not UTF-8 text: an OpenAPI document is JSON or YAML")]
    NotText,
    /// It stops being what it began as.
    #[error("this is not {format} that can be read: line {line}, column {column}: {why}")]
    Unreadable {
        /// JSON or YAML.
        format: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Why.
        why: String,
    },
    /// It is something else.
    #[error("this is not an OpenAPI document: {0}")]
    Foreign(&'static str),
    /// It is of a version that is not read.
    #[error("{0} is not read here: it takes OpenAPI 3.x, and Swagger 2.0")]
    Version(String),
    /// There is nothing in it.
    #[error(
        "the document has no paths: it may be one part of several files; bundle them into one first"
    )]
    NoPaths,
    /// The path is not there.
    #[error("the document has no path {wanted:?}{}", listed("; the nearest are", .nearest))]
    UnknownPath {
        /// What was typed.
        wanted: String,
        /// Those most like it.
        nearest: Vec<String>,
    },
    /// The path ends several.
    #[error("several paths end in {wanted:?}: write one of them whole{}", listed("", .all))]
    Several {
        /// What was typed.
        wanted: String,
        /// Those that end so.
        all: Vec<String>,
    },
}

/// Paths below a sentence, one a line.
fn listed(words: &str, paths: &[String]) -> String {
    if paths.is_empty() {
        return String::new();
    }
    let lines: String = paths.iter().map(|path| format!("\n  {path}")).collect();
    format!("{words}:{lines}")
}
