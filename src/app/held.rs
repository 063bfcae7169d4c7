//! What has no other holder than this console beside the tray: values that were filled in or made here for a
//! key that is not there yet, or not known to be. Leaving asks about it, and a program that is ended from
//! outside hands its secrets over.

use zeroize::Zeroizing;

use super::{
    Model, bulk,
    dialog::Dialog,
    doubt::Doubt,
    form::{
        Entry, Form,
        editor::{Came, Editor, Masked},
    },
};
use crate::{api::FieldValue, journal::EntryId, secret::Secret};

/// A secret that would be lost with the program.
#[derive(Debug)]
pub struct Held {
    /// What it is.
    pub label: String,
    /// The write that made it, where the journal has that.
    pub entry: Option<EntryId>,
    /// The secret.
    pub secret: Secret,
}

impl Held {
    fn new(label: String, secret: Secret) -> Self {
        Self {
            label,
            entry: None,
            secret,
        }
    }
}

/// The secrets that would be lost with the program.
#[must_use]
pub fn secrets(model: &Model) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for form in forms(model) {
        // What was typed and never sent is with whoever typed it.
        let bound = form.rotation.is_some() || form.sending.is_some();
        let filled = form.entries.iter().filter_map(masked);
        let filled = filled.filter(|(_, masked)| bound || masked.came == Came::Made);
        held.extend(filled.map(|(entry, masked)| {
            let text = Zeroizing::new(masked.text.to_string());
            Held::new(label(model, form, entry), Secret::new(text))
        }));
    }
    for doubt in doubts(model) {
        let values = doubt.change.iter().flat_map(|change| &change.values);
        held.extend(values.filter_map(|(key, value)| match value {
            FieldValue::Secret(secret) => {
                let mut fields = doubt.flight.resource.field.iter();
                let field = fields.find(|field| field.key == *key);
                let title = field.map_or(key.as_str(), |field| &field.title);
                let label = format!("{title} of {}", doubt.flight.key());
                Some(Held::new(label, secret.again()))
            }
            FieldValue::Plain(_) => None,
        }));
    }
    held.extend(model.rotations.iter().filter_map(|one| {
        let secret = one.secret.as_ref()?;
        let label = format!("new secret of {}", one.key());
        Some(Held::new(label, secret.again()))
    }));
    let bulk = bulk::held(model);
    held.extend(bulk.map(|(label, entry, secret)| Held {
        entry: *entry,
        ..Held::new(label.clone(), secret.again())
    }));
    // The form of a write in doubt has what the doubt has.
    let mut seen = std::collections::BTreeSet::new();
    held.retain(|one| seen.insert(one.secret.fingerprint()));
    held
}

/// What would be lost by leaving now, a sentence each.
#[must_use]
pub fn words(model: &Model) -> Vec<String> {
    let waiting = model.rotations.iter().filter(|one| one.form.is_some());
    let mut words: Vec<String> = waiting
        .map(|one| {
            format!(
                "What was filled in for {} is held only here. {}",
                one.key(),
                one.lives()
            )
        })
        .collect();
    let doubts = doubts(model).filter(|doubt| {
        let values = doubt.change.iter().flat_map(|change| &change.values);
        values.count() > 0
    });
    words.extend(doubts.map(|doubt| {
        format!(
            "{} has no known end, and what was sent is held only here.",
            doubt.flight.sentence()
        )
    }));
    words
}

fn forms(model: &Model) -> impl Iterator<Item = &Form> {
    let open = model.dialogs.iter().filter_map(|dialog| match dialog {
        Dialog::Form(form) => Some(form),
        _ => None,
    });
    let waiting = model.rotations.iter().filter_map(|one| one.form.as_deref());
    open.chain(&model.aside).chain(waiting)
}

fn doubts(model: &Model) -> impl Iterator<Item = &Doubt> {
    let open = model.dialogs.iter().filter_map(|dialog| match dialog {
        Dialog::Doubt(doubt) => Some(&**doubt),
        _ => None,
    });
    open.chain(&model.doubts)
}

fn masked(entry: &Entry) -> Option<(&Entry, &Masked)> {
    match &entry.editor {
        Editor::Secret(masked) if !masked.text.is_empty() => Some((entry, masked)),
        _ => None,
    }
}

fn label(model: &Model, form: &Form, entry: &Entry) -> String {
    let id = form.rotation.as_ref().map(|(id, _)| *id);
    let one = model.rotations.iter().find(|one| Some(one.id) == id);
    match one {
        Some(one) => format!("{} of {}", entry.title, one.key()),
        None => format!("{} · {}", entry.title, form.title),
    }
}
