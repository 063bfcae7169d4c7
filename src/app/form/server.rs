//! Filters that the service applies: they are typed into a form, or taken from a key, whose field of the same
//! name as the filter holds the value. What comes back is filtered further by `view`, and the screen says which
//! did what.

use std::collections::BTreeMap;

use super::{Entry, Form, Purpose, editor::Editor};
use crate::{
    app::{Effect, Model, act, dialog::Dialog, listing, pane::Source},
    manifest::{Filter, FilterKind, Resource, Role},
    record::{Cell, Record},
};

/// What a key says about this filter of its service.
fn value(record: Record<'_>, filter: &str) -> Option<String> {
    match record.cell(record.resource().field_at(filter)?) {
        Cell::Text(text) if !text.exact().is_empty() => Some(text.exact().to_owned()),
        Cell::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The filter of this kind of key that finds all with the same value of a role.
fn filter_by(resource: &Resource, role: Role) -> Option<&str> {
    let field = resource.field.get(resource.role(role)?)?;
    let mut filters = resource.filter.iter();
    let filter = filters.find(|filter| filter.id == field.key)?;
    Some(&filter.id)
}

/// Opens the filters that the server applies.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let mut entries: Vec<Entry> = Vec::new();
    for source in &model.pane().sources {
        for filter in &source.resource.filter {
            if entries.iter().any(|entry| entry.key == filter.id) {
                continue;
            }
            let present = model.pane().server.get(&filter.id);
            entries.push(asks(filter, present.map_or("", String::as_str)));
        }
    }
    let row = model.pane().current().map(|(_, record)| record);
    let taken = entries.iter().filter_map(|entry| {
        let value = value(row?, &entry.key)?;
        Some((entry.key.clone(), value))
    });
    let purpose = Purpose::ServerFilter(taken.collect());
    let title = format!("Filter at the server · {}", model.active.title());
    let intro = "These values go to the service, which answers with the matching keys only. Empty asks for all.";
    let form = Form::new(title, Some(intro), purpose, entries);
    model.dialogs.push(Dialog::Form(form));
    Vec::new()
}

/// The field that asks for a filter's value.
fn asks(filter: &Filter, present: &str) -> Entry {
    let mut entry = Entry::line(&filter.id, &filter.title, filter.help.clone(), present);
    let (values, names): (Vec<&str>, Vec<&str>) = match filter.kind {
        FilterKind::Bool => (vec!["true", "false"], vec!["yes", "no"]),
        FilterKind::Choice => {
            let choices: Vec<&str> = filter.choices.iter().map(String::as_str).collect();
            (choices.clone(), choices)
        }
        FilterKind::Text | FilterKind::Date => return entry,
    };
    let at = values.iter().position(|value| *value == present);
    let owned = |first: &str, words: Vec<&str>| {
        let words = std::iter::once(first).chain(words);
        words.map(str::to_owned).collect()
    };
    entry.editor = Editor::Choice {
        choices: owned("", values),
        labels: owned("any", names),
        at: Some(at.map_or(0, |at| at + 1)),
    };
    entry
}

/// What is wrong with a value that the service is to filter by.
#[must_use]
pub(super) fn mistake(model: &Model, key: &str, value: &str) -> Option<String> {
    let filters = model
        .pane()
        .sources
        .iter()
        .flat_map(|it| &it.resource.filter);
    let filter = filters.into_iter().find(|filter| filter.id == key)?;
    let wrong = filter.check(value).err()?;
    Some(format!("It {wrong}."))
}

impl Form {
    /// What the field with the cursor can take from the key that was selected.
    #[must_use]
    pub fn offered(&self) -> Option<&str> {
        match &self.purpose {
            Purpose::ServerFilter(values) => values.get(&self.entry()?.key).map(String::as_str),
            _ => None,
        }
    }

    /// Takes it.
    pub(super) fn take_offered(&mut self) -> bool {
        let Some(value) = self.offered().map(ToOwned::to_owned) else {
            return false;
        };
        if let Some(entry) = self.entries.get_mut(self.focus) {
            entry.editor = Editor::Line(value.into());
            entry.error = None;
            self.dirty = true;
        }
        true
    }
}

/// Asks the server for all keys with what the selected one has in this role, and for no others.
pub fn same(model: &mut Model, role: Role) -> Vec<Effect> {
    let Some((source, record)) = model.pane().current() else {
        return Vec::new();
    };
    let asked = filter_by(&source.resource, role)
        .and_then(|filter| Some((filter.to_owned(), value(record, filter)?)));
    match asked {
        Some(pair) => listing::filter_at_server(model, BTreeMap::from([pair])),
        None => Vec::new(),
    }
}

/// Why the server cannot be asked for that; `None`: it can.
#[must_use]
pub fn why_not(model: &Model, role: Role) -> Option<String> {
    let Some((source, record)) = model.pane().current() else {
        return Some(act::no_row());
    };
    let what = match role {
        Role::Creator => "who made a key",
        _ => "a client id",
    };
    let Some(filter) = filter_by(&source.resource, role) else {
        return Some(format!(
            "The service has no filter for {what} here: / and b look through the rows shown."
        ));
    };
    let none = value(record, filter).is_none();
    none.then(|| "The service does not say that of this key.".to_owned())
}

/// The lists of the pane in front that were asked for with a filter of the server.
pub fn asked(model: &Model) -> impl Iterator<Item = &Source> {
    let pane = model.pane();
    let knows = |source: &&Source| {
        let mut filters = source.resource.filter.iter();
        filters.any(|filter| pane.server.contains_key(&filter.id))
    };
    pane.sources.iter().filter(knows)
}
