//! The journal as a list to choose from: what waits, then what was done.

use tui_input::Input;

use super::{Item, Pick, Picker};
use crate::{
    app::{Model, nested},
    journal::{self, Entry, EntryId},
    record::{Moment, Text},
};

/// Most entries that are listed beside what waits.
const ROWS: usize = 500;

impl Picker {
    /// The journal: what waits, then what was done, the newest first.
    #[must_use]
    pub fn log(model: &Model) -> Self {
        let waits = journal::waiting(&model.journal);
        let mut items: Vec<Item> = waits
            .iter()
            .map(|(entry, why)| {
                let (mark, why) = match entry.held {
                    Some(_) => (" ", "another keyrack has it".to_owned()),
                    None => ("▸", why.to_string()),
                };
                Item::new(
                    &format!("{mark} {}", entry_label(entry)),
                    &format!("{} · {why} · {}", entry_place(entry), ago(entry, model.now)),
                    Pick::Waiting(entry.id),
                )
            })
            .collect();
        let waits = |id: EntryId| waits.iter().any(|(entry, _)| entry.id == id);
        let past = model.journal.iter().rev().filter(|entry| !waits(entry.id));
        items.extend(past.take(ROWS).map(|entry| {
            let note = format!(
                "{} · {} · {}",
                entry_place(entry),
                end_words(entry),
                ago(entry, model.now)
            );
            Item::new(
                &format!("  {}", entry_label(entry)),
                &note,
                Pick::Past(entry.id),
            )
        }));
        let intro = if items.is_empty() {
            "Nothing was sent from here yet."
        } else {
            "What waits is marked: Enter takes it up. keyrack log prints all."
        };
        Self {
            intro: Some(intro.to_owned()),
            query: Some(Input::default()),
            ..Self::of("Log", items)
        }
    }
}

/// `deletion of the API key “ci” in prod`.
#[must_use]
pub fn entry_words(entry: &Entry) -> String {
    match parts(entry) {
        Some((what, noun, name)) => format!(
            "{what} of the {noun} “{}” in {}",
            Text::new(name).shown(),
            entry_place(entry)
        ),
        None => "an entry whose first line cannot be read".to_owned(),
    }
}

/// `deletion · API key “ci”`.
fn entry_label(entry: &Entry) -> String {
    match parts(entry) {
        Some((what, noun, name)) => format!("{what} · {noun} “{}”", Text::new(name).shown()),
        None => "an unreadable entry".to_owned(),
    }
}

/// The context, and the row of it in which the key is.
fn entry_place(entry: &Entry) -> String {
    let (context, row) = match &entry.begun {
        journal::Begun::Intent(intent) => (&*intent.context, intent.parent.as_ref()),
        journal::Begun::Rotation(rotation) => (&*rotation.context, rotation.parent.as_ref()),
        journal::Begun::Lost => ("?", None),
    };
    let context = Text::new(context).shown();
    match row {
        Some(row) => format!("{context} › {}", nested::shown(&row.id, &row.name)),
        None => context.into_owned(),
    }
}

/// What was done, to what kind of key, and its name.
fn parts(entry: &Entry) -> Option<(&'static str, &str, &str)> {
    match &entry.begun {
        journal::Begun::Intent(intent) => {
            let what = match intent.verb {
                journal::Verb::Create => "creation",
                journal::Verb::Update => "change",
                journal::Verb::Rotate => "regeneration",
                journal::Verb::Delete => "deletion",
                journal::Verb::Act => "action on",
            };
            let target = intent.target.as_ref().map(|target| &*target.name);
            let name = target.or(intent.name.as_deref()).unwrap_or("");
            Some((what, &intent.noun, name))
        }
        journal::Begun::Rotation(it) => Some(("rotation", &it.noun, &it.target.name)),
        journal::Begun::Lost => None,
    }
}

fn end_words(entry: &Entry) -> &'static str {
    match entry.outcome().map(|end| end.state) {
        Some(journal::State::Done) => "done",
        Some(journal::State::NotDone) => "not done",
        Some(journal::State::Unknown) => "was unknown",
        Some(journal::State::Unreadable) => "done, the answer was unreadable",
        None => "closed",
    }
}

fn ago(entry: &Entry, now: Moment) -> String {
    Moment::from_micros(entry.at.as_microsecond()).relative(now)
}
