//! Which operation a word means: of one resource, or of the only one that has it.

use std::sync::Arc;

use super::super::super::Failure;
use crate::manifest::{Check, Manifest, Resource, Verb, nearest};

/// An operation that can be looked at.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Login,
    Checks(Vec<usize>),
    Of(Arc<Resource>, Call),
}

/// What is done to rows of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    List,
    Get,
    Reveal,
    Write(Verb),
}

impl Operation {
    /// Reads `login`, `check`, `create` or `keys.create`.
    ///
    /// # Errors
    /// What there is instead.
    pub fn read(manifest: &Manifest, words: &str) -> Result<Self, Failure> {
        match words {
            "login" => return login(manifest),
            "check" => return checks(manifest, None),
            _ => {}
        }
        if let Some(id) = words.strip_prefix("check.") {
            return checks(manifest, Some(id));
        }
        let all = all(manifest);
        let mut fits = all.iter().filter(|(resource, name, _)| {
            *name == words || format!("{}.{name}", resource.id) == words
        });
        match (fits.next(), fits.next()) {
            (Some((resource, _, call)), None) => Ok(Self::Of(Arc::clone(resource), *call)),
            (None, _) => Err(unknown(manifest, words, &all)),
            (Some(_), Some(_)) => {
                let several = all.iter().filter(|(_, name, _)| *name == words);
                let several: Vec<String> = several.map(full).collect();
                Err(Failure::usage(format!(
                    "{} has several: {}",
                    manifest.title,
                    several.join(", ")
                )))
            }
        }
    }
}

/// An operation of a resource, by its name.
type Known = (Arc<Resource>, String, Call);

fn full((resource, name, _): &Known) -> String {
    format!("{}.{name}", resource.id)
}

fn all(manifest: &Manifest) -> Vec<Known> {
    let mut all = Vec::new();
    for resource in &manifest.resource {
        let ops = [
            ("list", Some(Call::List)),
            ("get", resource.get.as_ref().map(|_| Call::Get)),
            (
                "create",
                resource.create.as_ref().map(|_| Call::Write(Verb::Create)),
            ),
            (
                "update",
                resource.update.as_ref().map(|_| Call::Write(Verb::Update)),
            ),
            (
                "rotate",
                resource.rotate.as_ref().map(|_| Call::Write(Verb::Rotate)),
            ),
            (
                "delete",
                resource.delete.as_ref().map(|_| Call::Write(Verb::Delete)),
            ),
            ("reveal", resource.reveal.as_ref().map(|_| Call::Reveal)),
        ];
        let ops = ops
            .into_iter()
            .filter_map(|(name, call)| Some((name, call?)));
        let actions = (0_u8..).zip(&resource.action);
        let actions = actions.map(|(at, action)| (action.id.as_str(), Call::Write(Verb::Act(at))));
        all.extend(
            ops.chain(actions)
                .map(|(name, call)| (Arc::clone(resource), name.to_owned(), call)),
        );
    }
    all
}

fn unknown(manifest: &Manifest, words: &str, all: &[Known]) -> Failure {
    let names: Vec<String> = all.iter().map(full).collect();
    let near = nearest(words, names.iter().map(String::as_str));
    let hint = match near {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}, check and login", names.join(", ")),
    };
    Failure::usage(format!("{} has no {words:?}; {hint}", manifest.title))
}

fn login(manifest: &Manifest) -> Result<Operation, Failure> {
    if manifest.auth.iter().any(|way| !way.login.is_empty()) {
        return Ok(Operation::Login);
    }
    Err(Failure::usage(format!(
        "{} has no login: the credential goes with each call; look at one, such as list",
        manifest.title
    )))
}

fn checks(manifest: &Manifest, id: Option<&str>) -> Result<Operation, Failure> {
    let named = |check: &Check| id.is_none_or(|id| check.id == id);
    let checks = manifest.check.iter().enumerate();
    let found: Vec<usize> = checks
        .filter(|(_, check)| named(check))
        .map(|(at, _)| at)
        .collect();
    if !found.is_empty() {
        return Ok(Operation::Checks(found));
    }
    let known: Vec<&str> = manifest
        .check
        .iter()
        .map(|check| check.id.as_str())
        .collect();
    let known = match known.as_slice() {
        [] => "there are none".to_owned(),
        all => format!("there are {}", all.join(", ")),
    };
    Err(Failure::usage(format!(
        "{} has no such check; {known}",
        manifest.title
    )))
}
