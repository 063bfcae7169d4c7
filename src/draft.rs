//! A manifest is drafted from what a service publishes about its API, and every line of a draft either says
//! what the document says or tells from what it was guessed. Text goes in and text comes out: `cli` reads
//! and prints, [`manifest`](crate::manifest) is what a draft has to pass.

mod answer;
mod calls;
mod compose;
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
#[cfg(test)]
mod tests;
mod yaml;

/// Largest document that is read, in MiB.
pub const MOST_MIB: u64 = 32;

/// The manifest that explains itself.
const SKELETON: &str = include_str!("../assets/backend.skeleton.toml");

/// What a person says of the service beside the document.
#[derive(Debug, Default)]
pub struct Names {
    /// Short name of the backend.
    pub id: Option<String>,
    /// Name of the service.
    pub title: Option<String>,
    /// Where it is.
    pub base_url: Option<String>,
}

/// A drafted manifest.
#[derive(Debug)]
pub struct Draft {
    /// Its text.
    pub text: String,
    /// How many of its words are guessed.
    pub guessed: usize,
    /// How many things a person has to look up.
    pub missing: usize,
}

/// A manifest that explains itself, for somebody who has never seen one.
///
/// # Errors
/// What is wrong with a name.
pub fn skeleton(names: &Names) -> Result<String, String> {
    let given = [
        ("id", &names.id),
        ("title", &names.title),
        ("base_url", &names.base_url),
    ];
    let mut text = SKELETON.to_owned();
    for (key, value) in given {
        let Some(value) = value else { continue };
        let start = format!("{key} = \"");
        let line = text.lines().find(|line| line.starts_with(&start));
        if let Some(line) = line.map(str::to_owned) {
            let value = serde_json::Value::from(value.as_str());
            let value = sheet::written(&value).unwrap_or_default();
            text = text.replacen(&line, &format!("{key} = {value}"), 1);
        }
    }
    match crate::manifest::load(&text) {
        Ok(manifest) if crate::manifest::builtin(&manifest.id).is_some() => {
            Err(format!("{} is built in: choose another --id", manifest.id))
        }
        Ok(_) => Ok(text),
        Err(faults) => Err(faults
            .into_iter()
            .next()
            .map_or_else(String::new, |fault| fault.message)),
    }
}

/// Drafts a manifest from an OpenAPI document, which is called `from`, for the collection at `path`.
///
/// # Errors
/// Why nothing can be drafted.
pub fn from_openapi(
    text: &[u8],
    from: &str,
    path: Option<&str>,
    names: &Names,
) -> Result<Draft, DraftError> {
    compose::draft(text, from, path, names)
}

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
    /// No path was named.
    #[error("say with --path which of the document's paths the keys are at{}", listed("; these look so", .0))]
    NoPath(Vec<String>),
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

impl DraftError {
    /// The command line is to blame, not the document.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoPath(_) | Self::UnknownPath { .. } | Self::Several { .. }
        )
    }
}

/// Paths below a sentence, one a line.
fn listed(words: &str, paths: &[String]) -> String {
    if paths.is_empty() {
        return String::new();
    }
    let lines: Vec<&str> = paths.iter().flat_map(|path| ["\n  ", path]).collect();
    let lines = lines.concat();
    format!("{words}:{lines}")
}
