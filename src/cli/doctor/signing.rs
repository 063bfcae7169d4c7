//! The programs by which backends sign in: which of them may run, and whether they are as they were when that
//! was said.

use std::collections::BTreeMap;

use super::{super::backend::approve::commands, Fact};
use crate::{
    approval::{Approved, Programs, command_line},
    config::{Config, Environment},
};

/// A fact for each program that a context signs in by, and for each other that may run.
pub(super) fn facts(environment: &Environment, config: &Config) -> Vec<Fact> {
    let programs = Programs::of(config, environment);
    let contexts = config.contexts.iter();
    let manifests: BTreeMap<&str, _> = contexts
        .map(|context| &context.connection.manifest)
        .map(|manifest| (manifest.id.as_str(), manifest))
        .collect();
    let mut wanted = Vec::new();
    for (id, manifest) in manifests {
        wanted.extend(commands(manifest).map(|command| (id, &command.argv)));
    }
    let approved = match programs.approved() {
        Ok(approved) => approved,
        Err(error) if wanted.is_empty() => return vec![Fact::warn("signing", error.to_string())],
        Err(error) => return vec![Fact::bad("signing", error.to_string())],
    };
    let is_known = |id: &str, words: &[String]| {
        approved
            .iter()
            .any(|it| it.backend == id && it.words == words)
    };
    let unknown = wanted.iter().filter(|(id, words)| !is_known(id, words));
    let mut facts: Vec<Fact> = unknown.map(|(id, words)| missing(id, words)).collect();
    facts.extend(approved.iter().map(|approved| known(&programs, approved)));
    facts
}

fn missing(id: &str, words: &[String]) -> Fact {
    let line = command_line(words);
    Fact::warn(
        "signing",
        format!(
            "{id}: `{line}` may not run, for nobody has approved it; look at it and run: keyrack backend approve {id}"
        ),
    )
}

fn known(programs: &Programs, approved: &Approved) -> Fact {
    let (id, line) = (&approved.backend, command_line(&approved.words));
    match programs.changes(approved) {
        None => Fact::ok(
            "signing",
            format!("{id}: `{line}` may run, approved {}", approved.at),
        ),
        Some(why) => Fact::warn(
            "signing",
            format!(
                "{id}: `{line}` may not run: {why}; look at it and run: keyrack backend approve {id}"
            ),
        ),
    }
}
