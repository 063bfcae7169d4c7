//! The entries of a form, made from a resource's fields: which there are, what they start with, and
//! which cannot be changed here.

use serde_json::Value as Json;
use tui_input::Input;

use super::{
    Entry, Form, Purpose, Slot,
    editor::{Editor, Lines, Masked},
};
use crate::{
    manifest::{Field, Kind, Resource, Verb},
    record::{Cell, Moment, Rows, typed, typed_wire},
};

impl Entry {
    /// A field of one line.
    pub(super) fn line(key: &str, title: &str, help: Option<String>, value: &str) -> Self {
        Self {
            key: key.to_owned(),
            title: title.to_owned(),
            help,
            editor: Editor::Line(Input::new(value.to_owned())),
            error: None,
            facts: None,
            locked: None,
            required: false,
            suggest: Vec::new(),
            slot: Slot {
                field: 0,
                part: None,
            },
        }
    }
}

/// The entries of a form for this verb, filled from the first row of `base` if there is one.
#[must_use]
pub fn entries(resource: &Resource, verb: Verb, base: &Rows, now: Moment) -> Vec<Entry> {
    let row = (!base.is_empty()).then(|| base.record(0));
    let mut entries = Vec::new();
    for (at, field) in resource.field.iter().enumerate() {
        let sent = field.send.contains(&verb);
        let settled = verb == Verb::Update
            && field.send.contains(&Verb::Create)
            && field.kind != Kind::Secret;
        if !sent && !settled {
            continue;
        }
        let cell = row.map_or(Cell::Absent, |row| row.cell(at));
        let locked =
            (!sent).then(|| "set when the key was made; the service does not change it".to_owned());
        entries.push(entry(
            at,
            field,
            verb == Verb::Create,
            &start(field, cell, row.is_some(), now),
            locked,
        ));
        if let (Kind::Records, Cell::Json(text)) = (field.kind, cell) {
            let records: Vec<Json> = serde_json::from_str(text.exact()).unwrap_or_default();
            for (number, record) in records.iter().enumerate() {
                entries.extend(parts(at, field, number, record));
            }
            set_count(&mut entries, at, records.len());
        }
    }
    entries
}

fn entry(at: usize, field: &Field, create: bool, text: &str, locked: Option<String>) -> Entry {
    Entry {
        key: field.key.clone(),
        title: field.title.clone(),
        help: field.help.clone(),
        editor: editor(field, text),
        error: None,
        facts: None,
        locked,
        required: field.required || (create && field.asks()),
        suggest: field.suggest.clone(),
        slot: Slot {
            field: at,
            part: None,
        },
    }
}

/// The text that a field starts with: the row's, else the manifest's default.
fn start(field: &Field, cell: Cell<'_>, filled: bool, now: Moment) -> String {
    if matches!(field.kind, Kind::Time | Kind::Expiry) {
        return match &field.default {
            Some(default) if !filled => typed_wire(field, default),
            _ => typed(field, cell, now),
        };
    }
    match cell {
        Cell::Text(text) | Cell::Json(text) => text.exact().to_owned(),
        Cell::List(_) => cell
            .list()
            .map(|item| item.exact().to_owned())
            .collect::<Vec<_>>()
            .join(", "),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Int(number) => number.to_string(),
        _ if filled => String::new(),
        _ => unfilled(field),
    }
}

/// What a field says that nothing fills.
fn unfilled(field: &Field) -> String {
    match &field.default {
        Some(default) => default_text(default),
        None if field.kind == Kind::Bool => false.to_string(),
        None => String::new(),
    }
}

/// A value as a person would type it.
pub(super) fn default_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items
            .iter()
            .map(default_text)
            .collect::<Vec<_>>()
            .join(", "),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

/// The text that starts an editor is already what a person would type.
fn editor(field: &Field, text: &str) -> Editor {
    match field.kind {
        Kind::Secret => Editor::Secret(Masked::new(field.lines)),
        Kind::Bool => Editor::Flag(text.parse().ok()),
        Kind::Records => Editor::Records(0),
        Kind::Choice | Kind::Int if !field.choices.is_empty() => Editor::Choice {
            choices: field.choices.clone(),
            labels: if field.labels.is_empty() {
                field.choices.clone()
            } else {
                field.labels.clone()
            },
            at: field.choices.iter().position(|choice| choice == text),
        },
        _ if field.lines => Editor::Lines(Lines::new(text)),
        _ => Editor::Line(Input::new(text.to_owned())),
    }
}

/// The parts of one record of a list of records.
pub(super) fn parts(at: usize, field: &Field, number: usize, record: &Json) -> Vec<Entry> {
    let sent = field
        .each
        .iter()
        .enumerate()
        .filter(|(_, part)| !part.send.is_empty());
    sent.map(|(position, part)| {
        let text = match record.get(&part.key) {
            Some(value) => default_text(value),
            // A record that does not say is no new one.
            None if part.kind == Kind::Bool && !record.is_null() => String::new(),
            None => unfilled(part),
        };
        Entry {
            key: format!("{}.{number}.{}", field.key, part.key),
            title: format!("{} {} · {}", field.title, number + 1, part.title),
            help: part.help.clone(),
            editor: editor(part, &text),
            error: None,
            facts: None,
            locked: None,
            required: part.required,
            suggest: part.suggest.clone(),
            slot: Slot {
                field: at,
                part: Some((number, position)),
            },
        }
    })
    .collect()
}

/// Tells the head of a list of records how many there are.
pub(super) fn set_count(entries: &mut [Entry], field: usize, count: usize) {
    for entry in entries
        .iter_mut()
        .filter(|entry| entry.slot == Slot { field, part: None })
    {
        entry.editor = Editor::Records(count);
    }
}

/// Adds a record to the list of records with the cursor, or removes the one with the cursor.
pub fn change_records(form: &mut Form, add: bool) {
    let Purpose::Write { resource, .. } = &form.purpose else {
        return;
    };
    let Some(slot) = form.entry().map(|entry| entry.slot) else {
        return;
    };
    let Some(field) = resource
        .field
        .get(slot.field)
        .filter(|field| field.kind == Kind::Records)
    else {
        return;
    };
    let numbers = form
        .entries
        .iter()
        .filter(|entry| entry.slot.field == slot.field);
    let count = numbers
        .filter_map(|entry| entry.slot.part)
        .map(|(number, _)| number + 1)
        .max()
        .unwrap_or(0);
    if add {
        let new = parts(slot.field, field, count, &Json::Null);
        let end = form
            .entries
            .iter()
            .rposition(|entry| entry.slot.field == slot.field)
            .map_or(0, |at| at + 1);
        form.entries.splice(end..end, new);
        form.focus = end;
        set_count(&mut form.entries, slot.field, count + 1);
    } else if let Some((gone, _)) = slot.part {
        let of_gone = |entry: &Entry| {
            entry.slot.field == slot.field && entry.slot.part.is_some_and(|(at, _)| at == gone)
        };
        let title = field.title.clone();
        let parts: Vec<String> = field.each.iter().map(|part| part.title.clone()).collect();
        form.entries.retain(|entry| !of_gone(entry));
        for entry in form
            .entries
            .iter_mut()
            .filter(|entry| entry.slot.field == slot.field)
        {
            if let Some((number, part)) = &mut entry.slot.part
                && *number > gone
            {
                *number -= 1;
                let part = parts.get(*part).map_or("", String::as_str);
                entry.title = format!("{title} {} · {part}", *number + 1);
            }
        }
        form.focus = form.focus.min(form.entries.len()).saturating_sub(1);
        set_count(&mut form.entries, slot.field, count - 1);
    }
    form.dirty = true;
}
