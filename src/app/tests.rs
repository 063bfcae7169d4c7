//! What follows from which key: the console is driven by keys and answers, and asked what it wants.

mod actions;
mod adding;
mod bulk;
mod choosing;
mod contexts;
mod copying;
mod deleting;
mod doubts;
mod filters;
mod forms;
mod gate;
mod groups;
mod health;
mod leaving;
mod lists;
mod marking;
mod nested;
mod rotating;
mod saving;
mod secrets;
mod telling;
mod values;
mod waiting;
mod whose;

use std::collections::BTreeMap;

use super::{
    Effect, Light, Msg,
    dialog::Dialog,
    fixture::{Desk, context, many, refused, sample, typesense},
    form::editor::Editor,
    gate::Write,
    pane::Load,
    reveal::Receipt,
};
use crate::{
    api::{ApiError, FieldValue, ListEnd, Outcome, trace::Sighting},
    manifest::{Meaning, Tab, Verb},
    record::{KeyId, Moment},
};

/// The dialog in front is a question; `true` when its button has the cursor.
fn question(desk: &Desk) -> &super::confirm::Confirm {
    match desk.model.dialogs.last() {
        Some(Dialog::Confirm(confirm)) => confirm,
        _ => panic!("no question"),
    }
}

fn asked(desk: &Desk) -> bool {
    question(desk).on_yes
}

fn form(desk: &Desk) -> &super::form::Form {
    match desk.model.dialogs.last() {
        Some(Dialog::Form(form)) => form,
        other => panic!("no form but {other:?}"),
    }
}

/// What is wrong with a field of the form in front.
fn error<'a>(desk: &'a Desk, key: &str) -> &'a str {
    let entry = form(desk).entries.iter().find(|entry| entry.key == key);
    entry.unwrap().error.as_deref().unwrap_or("")
}

/// The doubt in front.
fn doubt(desk: &Desk) -> &super::doubt::Doubt {
    match desk.model.dialogs.last() {
        Some(Dialog::Doubt(doubt)) => doubt,
        other => panic!("no doubt but {other:?}"),
    }
}

/// The values that are not secret.
fn plain(values: &BTreeMap<String, FieldValue>) -> Vec<(&str, serde_json::Value)> {
    let values = values.iter().filter_map(|(key, value)| match value {
        FieldValue::Plain(value) => Some((key.as_str(), value.clone())),
        FieldValue::Secret(_) => None,
    });
    values.collect()
}

/// The titles of what is in front of the table.
fn problem(desk: &Desk) -> &super::dialog::Problem {
    match desk.model.dialogs.last() {
        Some(Dialog::Problem(problem)) => problem,
        other => panic!("no problem but {other:?}"),
    }
}

/// A console in which a new secret waits.
fn with_secret() -> Desk {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    desk.type_text("search");
    desk.press("Tab");
    desk.type_text("documents:search");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("a-new-secret"));
    desk.take();
    desk
}

/// The end of a copy of the secret in front.
fn copied(desk: &Desk, delivered: bool) -> Msg {
    Msg::Delivered(Receipt {
        delivered,
        words: "copied to the clipboard (X11)".to_owned(),
        lasting: false,
        until: None,
        secret: desk.model.tray.front().map(|reveal| reveal.call),
    })
}
