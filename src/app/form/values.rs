//! What was typed becomes what is sent. Every field is checked first, so that the service is not asked
//! for what it would refuse: required, length, pattern, choices, numbers, times, names already taken.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value as Json};
use zeroize::Zeroizing;

use super::{
    Entry, Form, Purpose,
    editor::Editor,
    leave::write,
    sent::{add_context, ask_server, give},
    texts,
    told::{Start, Told},
};
use crate::{
    api::{FieldValue, ssh},
    app::{ContextId, Effect, Model, listing, pane::Source, picker, saved},
    manifest::{Content, Empty, Field, Kind, Resource, TimeFormat, Verb},
    record::{Cell, Moment, Rows, expiry},
    secret::Secret,
};

/// The values of a form, checked.
pub enum Read {
    /// Field key to wire value.
    Values(BTreeMap<String, FieldValue>),
    /// Filter or input name to text.
    Texts(BTreeMap<String, Zeroizing<String>>),
}

/// Reads all fields; what is wrong is noted at each. Of an update, what differs, or all where it takes the
/// place of the whole; nothing where nothing differs.
pub fn read(model: &Model, form: &mut Form, now: Moment) -> Result<Read, ()> {
    for entry in &mut form.entries {
        entry.error = None;
    }
    let Purpose::Write {
        context,
        resource,
        verb,
        target,
        base,
    } = &form.purpose
    else {
        return texts::read(model, form);
    };
    let own = target.as_ref().map(|target| target.id.clone());
    let own = own.or_else(|| form.rotation.as_ref().map(|(_, old)| old.clone()));
    let taken =
        |at: usize, value: &FieldValue| taken(model, *context, resource, at, value, own.as_ref());
    let reader = Reader {
        resource,
        verb: *verb,
        start: Start::of(resource, *verb, base, now),
        now,
        taken: &taken,
    };
    reader.values(&mut form.entries).map(Read::Values)
}

/// What the entries of a write are read by.
pub(super) struct Reader<'a> {
    pub(super) resource: &'a Resource,
    pub(super) verb: Verb,
    /// Where the form started from a row.
    pub(super) start: Option<Start<'a>>,
    pub(super) now: Moment,
    /// Another row has this value of the field at a position.
    pub(super) taken: &'a dyn Fn(usize, &FieldValue) -> bool,
}

impl Reader<'_> {
    /// The values of a write from its entries, each checked; what is wrong is noted at each.
    pub(super) fn values(&self, entries: &mut [Entry]) -> Result<BTreeMap<String, FieldValue>, ()> {
        let (mut given, mut rest) = (BTreeMap::new(), BTreeMap::new());
        let (mut changed, mut wrong) = (false, false);
        let fields = self.resource.field.iter().enumerate();
        for (at, field) in fields.filter(|(_, field)| field.send.contains(&self.verb)) {
            let start = self.start.as_ref();
            let untouched = start.filter(|start| self.is_as_it_was(start, entries, at, field));
            changed |= untouched.is_none();
            let values = match untouched {
                Some(_) => &mut rest,
                None => &mut given,
            };
            let value = match untouched.map(|start| start.told(field, at)) {
                Some(Told::Value(value)) => self.copied(entries, at, field, value),
                Some(Told::Nothing) => Ok(None),
                Some(Told::AsTyped) if self.changes_a_part() => Ok(None),
                Some(Told::AsTyped) | None => self.typed(entries, at, field),
            };
            match value {
                Ok(Some(value)) => drop(values.insert(field.key.clone(), value)),
                Ok(None) => {}
                Err(()) => wrong = true,
            }
        }
        if wrong {
            return Err(());
        }
        if self.verb != Verb::Update || changed && !self.changes_a_part() {
            given.append(&mut rest);
        }
        Ok(given)
    }

    /// Nobody touched the field at this position, or what was typed in an update means what the row has.
    fn is_as_it_was(&self, start: &Start<'_>, entries: &[Entry], at: usize, field: &Field) -> bool {
        if !start.is_touched(entries, at) {
            return true;
        }
        let new = entries.iter().find(|entry| entry.slot.field == at);
        let new = new.filter(|_| self.verb == Verb::Update);
        let new = new.and_then(|entry| value(field, entry, self.verb, self.now).ok()?);
        match (new, self.before(at, field)) {
            (Some(FieldValue::Plain(new)), Some(FieldValue::Plain(old))) => new == old,
            _ => false,
        }
    }

    /// What the field at this position meant before anybody touched it.
    fn before(&self, at: usize, field: &Field) -> Option<FieldValue> {
        let entry = *self.start.as_ref()?.entries(at).first()?;
        value(field, entry, self.verb, self.now).ok()?
    }

    /// An update that leaves alone what is not sent.
    fn changes_a_part(&self) -> bool {
        let op = self.resource.update.as_ref();
        self.verb == Verb::Update && !op.is_some_and(|op| op.full)
    }

    /// A value that a row has and nobody touched: only a copy of it may be refused.
    fn copied(
        &self,
        entries: &mut [Entry],
        at: usize,
        field: &Field,
        value: Json,
    ) -> Result<Option<FieldValue>, ()> {
        let value = FieldValue::Plain(value);
        let taken = field.unique && self.verb == Verb::Create && (self.taken)(at, &value);
        if taken && let Some(entry) = entries.iter_mut().find(|entry| entry.slot.field == at) {
            entry.error = Some(TAKEN.to_owned());
            return Err(());
        }
        Ok(Some(value))
    }

    /// What was typed.
    fn typed(
        &self,
        entries: &mut [Entry],
        at: usize,
        field: &Field,
    ) -> Result<Option<FieldValue>, ()> {
        if field.kind == Kind::Records {
            return self.records(entries, at, field);
        }
        let Some(entry) = entries.iter_mut().find(|entry| entry.slot.field == at) else {
            return Ok(None);
        };
        self.one(entry, at, field)
            .map_err(|error| entry.error = Some(error))
    }

    fn one(&self, entry: &Entry, at: usize, field: &Field) -> Result<Option<FieldValue>, String> {
        match value(field, entry, self.verb, self.now)? {
            Some(new) if field.unique && (self.taken)(at, &new) => Err(TAKEN.to_owned()),
            None if self.changes_a_part() && self.before(at, field).is_some() => Err(
                "A change to this cannot be sent, and the service would keep what it has: write another value, or leave it as it was."
                    .to_owned(),
            ),
            new => Ok(new),
        }
    }

    /// The wire value of a list of records.
    fn records(
        &self,
        entries: &mut [Entry],
        at: usize,
        field: &Field,
    ) -> Result<Option<FieldValue>, ()> {
        let mut records: Vec<Map<String, Json>> = Vec::new();
        let mut wrong = false;
        for entry in entries.iter_mut().filter(|entry| entry.slot.field == at) {
            let Some((number, position)) = entry.slot.part else {
                continue;
            };
            if records.len() <= number {
                records.resize_with(number + 1, Map::new);
            }
            let (Some(part), Some(record)) = (field.each.get(position), records.get_mut(number))
            else {
                continue;
            };
            match value(part, entry, Verb::Create, self.now) {
                Ok(Some(FieldValue::Plain(value))) => drop(record.insert(part.key.clone(), value)),
                Ok(_) => {}
                Err(error) => {
                    entry.error = Some(error);
                    wrong = true;
                }
            }
        }
        if wrong {
            return Err(());
        }
        let records = records.into_iter().map(Json::Object).collect();
        Ok(Some(FieldValue::Plain(Json::Array(records))))
    }
}

/// Why a value that has to be unique is not taken.
const TAKEN: &str = "This name is taken: choose another.";

/// Another row of the same list has this value, as far as that list is at rest.
fn taken(
    model: &Model,
    context: ContextId,
    resource: &Arc<Resource>,
    field: usize,
    value: &FieldValue,
    own: Option<&crate::record::KeyId>,
) -> bool {
    // Rows that are read anew may be of keys that were deleted just now: the service knows.
    let at_rest = |source: &&Source| source.incoming.is_none();
    let mut lists = listing::lists(model, context, resource).filter(at_rest);
    lists.any(|source| has(&source.rows, field, value, own))
}

/// Another row than the own one has this value.
pub(super) fn has(
    rows: &Rows,
    field: usize,
    value: &FieldValue,
    own: Option<&crate::record::KeyId>,
) -> bool {
    let FieldValue::Plain(Json::String(value)) = value else {
        return false;
    };
    rows.iter().any(|record| {
        matches!(record.cell(field), Cell::Text(text) if text.exact() == value)
            && record.id().as_ref() != own
    })
}

/// The wire value of one entry; `None` sends nothing.
fn value(
    field: &Field,
    entry: &Entry,
    verb: Verb,
    now: Moment,
) -> Result<Option<FieldValue>, String> {
    if entry.editor.is_empty() && field.asks() {
        return Err(match field.makes() {
            Some(_) => {
                "This is needed: paste it, name its file with ctrl-o, or make it here with ctrl-g."
                    .to_owned()
            }
            None => "This is needed.".to_owned(),
        });
    }
    let text = match &entry.editor {
        Editor::Secret(masked) if masked.text.is_empty() => return Ok(None),
        Editor::Secret(masked) => {
            length(field, &masked.text)?;
            content(field, &masked.text)?;
            return Ok(Some(FieldValue::Secret(Secret::new(Zeroizing::new(
                masked.text.to_string(),
            )))));
        }
        Editor::Flag(yes) => return Ok(yes.map(|yes| FieldValue::Plain(Json::Bool(yes)))),
        Editor::Choice { choices, at, .. } => at
            .and_then(|at| choices.get(at))
            .cloned()
            .unwrap_or_default(),
        Editor::Line(input) => input.value().to_owned(),
        Editor::Lines(lines) => lines.text(),
        Editor::Records(_) => return Ok(None),
    };
    if text.is_empty() && verb != Verb::Update {
        return Ok(None);
    }
    plain(field, &text, now).map(|value| value.map(FieldValue::Plain))
}

/// The wire value of a text that was typed.
fn plain(field: &Field, text: &str, now: Moment) -> Result<Option<Json>, String> {
    match field.kind {
        Kind::Expiry | Kind::Time => expiry(
            field,
            text.trim(),
            field.format.unwrap_or(TimeFormat::Rfc3339),
            now,
        ),
        Kind::Int | Kind::Json | Kind::Choice if text.trim().is_empty() => {
            Ok(clears(field).then_some(Json::Null))
        }
        Kind::Int => {
            let number: i64 = text
                .trim()
                .parse()
                .map_err(|_| "This must be a whole number.".to_owned())?;
            let least = field
                .min
                .is_some_and(|min| i128::from(number) < i128::from(min));
            let most = field
                .max
                .is_some_and(|max| i128::from(number) > i128::from(max));
            match (least || most, field.min, field.max) {
                (false, _, _) => Ok(Some(number.into())),
                (true, Some(min), Some(max)) => {
                    Err(format!("This must be between {min} and {max}."))
                }
                (true, Some(min), None) => Err(format!("This must be at least {min}.")),
                (true, _, max) => Err(format!("This must be at most {}.", max.unwrap_or_default())),
            }
        }
        Kind::List => {
            let items = text
                .split([',', '\n'])
                .map(str::trim)
                .filter(|item| !item.is_empty());
            let items: Vec<Json> = items.map(|item| Json::String(item.to_owned())).collect();
            if items.is_empty() && field.required {
                Err("At least one is needed.".to_owned())
            } else {
                Ok(Some(Json::Array(items)))
            }
        }
        Kind::Json => serde_json::from_str(text)
            .map(Some)
            .map_err(|error| format!("This is not JSON: {error}.")),
        _ => {
            length(field, text)?;
            pattern(field, text)?;
            refused(field, text)?;
            content(field, text)?;
            Ok(Some(Json::String(text.to_owned())))
        }
    }
}

/// An update can take its value away.
fn clears(field: &Field) -> bool {
    matches!(field.empty, Empty::Null | Empty::Clear)
}

fn length(field: &Field, text: &str) -> Result<(), String> {
    let count = text.chars().count() as u64;
    match (field.min, field.max) {
        (Some(min), _) if count < min => Err(format!(
            "At least {min} characters are needed; there are {count}."
        )),
        (_, Some(max)) if count > max => {
            Err(format!("At most {max} characters fit; there are {count}."))
        }
        _ => Ok(()),
    }
}

fn pattern(field: &Field, text: &str) -> Result<(), String> {
    let Some(pattern) = &field.pattern else {
        return Ok(());
    };
    let whole = regex_lite::Regex::new(&format!("^(?:{pattern})$"));
    if text.is_empty() || whole.is_ok_and(|whole| whole.is_match(text)) {
        return Ok(());
    }
    Err(match &field.help {
        Some(help) => format!("The service would refuse this. {help}"),
        None => format!("The service would refuse this: it must match {pattern}"),
    })
}

/// A value that matches and still cannot be used.
fn refused(field: &Field, text: &str) -> Result<(), String> {
    if field.refuse.iter().any(|value| value == text) {
        let help = field.help.as_deref().unwrap_or_default();
        return Err(format!("“{text}” cannot be used here. {help}"));
    }
    Ok(())
}

/// What a value is, where that is looked into: nothing is known of one that nobody looks into.
pub(super) fn content(field: &Field, text: &str) -> Result<Option<ssh::Facts>, String> {
    match field.check {
        Some(Content::SshPrivateKey) => ssh::check(text).map(Some),
        Some(Content::SshPublicKey) if text.is_empty() => Ok(None),
        Some(Content::SshPublicKey) => ssh::check_public(text).map(|()| None),
        None => Ok(None),
    }
}

/// The form was filled in rightly: its values go where they belong.
pub fn done(model: &mut Model, form: Form, read: Read) -> Vec<Effect> {
    match (read, &form.purpose) {
        (Read::Texts(texts), Purpose::NewContext(backend)) => {
            let backend = backend.clone();
            let texts = texts
                .into_iter()
                .map(|(key, text)| (key, text.to_string()))
                .collect();
            add_context(model, form, backend, texts)
        }
        (Read::Values(values), Purpose::Write { .. }) => write(model, form, values),
        (Read::Texts(texts), Purpose::ServerFilter(_)) => {
            let texts = texts
                .into_iter()
                .map(|(key, text)| (key, text.to_string()))
                .collect();
            ask_server(model, texts)
        }
        (Read::Texts(texts), Purpose::Credential(context)) => give(
            *context,
            texts
                .into_iter()
                .map(|(key, text)| (key, Secret::new(text)))
                .collect(),
        ),
        (Read::Texts(texts), Purpose::SaveFilter(_)) => {
            let name = texts.get("name").map_or("", |text| text.as_str());
            saved::named(model, form, name)
        }
        (Read::Texts(texts), Purpose::SaveGroup(_)) => {
            let name = texts.get("name").map_or("", |text| text.as_str());
            picker::contexts::named(model, form, name)
        }
        _ => Vec::new(),
    }
}
