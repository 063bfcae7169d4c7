//! The call that tells whether a context works: one that says who is signed in, or that the service is up,
//! or else the list itself.

use serde_json::Value;

use super::{
    answer::members,
    document::Document,
    operation::Operation,
    path::{HOLE, segments},
    schema::Type,
};

/// Last segments of calls that say who is signed in, the best first.
const WHO: [&str; 10] = [
    "whoami",
    "me",
    "self",
    "user",
    "current_user",
    "current-user",
    "currentUser",
    "profile",
    "account",
    "myself",
];
/// Last segments of calls that say that the service is up.
const UP: [&str; 7] = [
    "health", "ping", "healthz", "liveness", "version", "status", "info",
];
/// What a person is called, the best first.
const NAMES: [&str; 7] = [
    "username",
    "login",
    "email",
    "user_name",
    "name",
    "display_name",
    "id",
];

/// A call that tells whether a context works.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Probe {
    pub(super) id: &'static str,
    pub(super) path: String,
    /// Where it names who is signed in.
    pub(super) who: Option<String>,
    pub(super) why: String,
}

impl Probe {
    /// The best call of the document.
    pub(super) fn find(document: &Document) -> Option<Self> {
        let mut plain: Vec<Operation<'_>> = document
            .paths()
            .filter(|(path, _)| !segments(path).contains(&HOLE))
            .filter_map(|(path, item)| Operation::find(document, path, item, "get"))
            .filter(|operation| !operation.parameters().iter().any(|it| it.required))
            .collect();
        plain.sort_by_key(|operation| (segments(operation.path).len(), operation.path.len()));
        let ends = |word: &str| {
            plain
                .iter()
                .find(|operation| segments(operation.path).last() == Some(&word))
        };
        if let Some(found) = WHO.iter().find_map(|word| ends(word)) {
            return Some(Self {
                id: "user",
                path: found.path.to_owned(),
                who: who(found),
                why: "its path seems to be about who is signed in".to_owned(),
            });
        }
        let found = UP.iter().find_map(|word| ends(word))?;
        Some(Self {
            id: "health",
            path: found.path.to_owned(),
            who: None,
            why: "its path seems to say that the service is up; it may need no credential"
                .to_owned(),
        })
    }
}

/// Where an answer names who is signed in.
fn who(operation: &Operation<'_>) -> Option<String> {
    let schema: &Value = operation.answer()?.schema?;
    let all = members(operation.document, schema);
    let found = NAMES.iter().find_map(|name| {
        all.iter().find(|member| {
            member.depth <= 2
                && member.name == *name
                && matches!(member.shape.kind, Some(Type::Text | Type::Whole))
        })
    });
    found.map(|member| member.pointer.clone())
}
