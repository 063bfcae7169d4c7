//! A form that a script fills in: what it gives by the names of fields goes through the same entries and
//! the same checks as what a person types, and all that is wrong is told at once. `cli` reads the values and
//! sends what [`Sheet::values`] gives; nothing here asks anybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value as Json};

use super::{Entry, editor::Editor, fields, told::Start, values};
use crate::{
    api::FieldValue,
    manifest::{Field, Kind, Resource, Role, Verb, nearest},
    record::{Cell, KeyId, Moment, Rows, Text},
};

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field's own name.
    pub field: String,
    /// Why, as a sentence.
    pub why: String,
}

impl Wrong {
    /// What is wrong with this field.
    #[must_use]
    pub fn new(field: &str, why: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            why: why.into(),
        }
    }
}

/// The fields of one write, as far as they were given.
#[derive(Debug)]
pub struct Sheet {
    resource: Arc<Resource>,
    verb: Verb,
    /// The row that it started from; none for a key out of nothing.
    base: Rows,
    entries: Vec<Entry>,
    given: BTreeSet<String>,
    now: Moment,
}

/// What a form of this verb says when nobody touches it; nothing where it needs more.
#[must_use]
pub fn defaults(verb: Verb, resource: &Arc<Resource>, now: Moment) -> BTreeMap<String, FieldValue> {
    let empty = Rows::new(Arc::clone(resource));
    let sheet = Sheet::new(verb, Rows::new(Arc::clone(resource)), now);
    sheet.values(&empty, None).unwrap_or_default()
}

impl Sheet {
    /// A form for this verb that starts as the first row of `base`, if there is one.
    #[must_use]
    pub fn new(verb: Verb, base: Rows, now: Moment) -> Self {
        let resource = Arc::clone(base.resource());
        Self {
            entries: fields::entries(&resource, verb, &base, now),
            resource,
            verb,
            base,
            given: BTreeSet::new(),
            now,
        }
    }

    /// The field of this name, if a value can be given for it.
    ///
    /// # Errors
    /// Why there is none, with the nearest name.
    pub fn field(&self, name: &str) -> Result<&Field, Wrong> {
        let takes = |field: &&Field| field.send.contains(&self.verb);
        let Some(field) = self.resource.field.iter().find(|field| field.key == name) else {
            let fields = self.resource.field.iter().filter(takes);
            let known: Vec<&str> = fields.map(|field| field.key.as_str()).collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}.", known.join(", ")),
            };
            let shown = Text::new(name).shown();
            return Err(Wrong::new(
                &shown,
                format!("{} has no such field: {hint}", self.resource.title),
            ));
        };
        if takes(&field) {
            return Ok(field);
        }
        let entry = self.entries.iter().find(|entry| entry.key == name);
        Err(Wrong::new(
            name,
            match entry.and_then(|entry| entry.locked.as_ref()) {
                Some(why) => format!("This cannot be set: it is {why}."),
                None => "This cannot be set: only the service does.".to_owned(),
            },
        ))
    }

    /// Takes a text as the value of a field, letter by letter.
    ///
    /// # Errors
    /// Why it cannot be that.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Wrong> {
        let kind = self.field(name)?.kind;
        let wrong = |why: String| Wrong::new(name, why);
        let Some(entry) = self.entry(name) else {
            return Err(wrong("This cannot be set here.".to_owned()));
        };
        match &mut entry.editor {
            Editor::Flag(yes) => *yes = Some(flag(text).map_err(wrong)?),
            Editor::Choice {
                choices,
                labels,
                at,
            } => *at = choice(choices, labels, text).map_err(wrong)?,
            Editor::Records(_) => {
                let why = format!("This is a list of objects: write --set-json {name}='[{{…}}]'.");
                return Err(wrong(why));
            }
            editor if kind == Kind::List => {
                let line = text.trim_end().replace('\n', ", ");
                editor.put(&line).map_err(wrong)?;
            }
            editor => editor.put(text).map_err(wrong)?,
        }
        self.given.insert(name.to_owned());
        Ok(())
    }

    /// Takes a value as JSON: of a list of records each record, of others what a person would type for it.
    ///
    /// # Errors
    /// Why it cannot be that.
    pub fn json(&mut self, name: &str, value: &Json) -> Result<(), Wrong> {
        let field = self.field(name)?;
        let wrong = |why: &str| Err(Wrong::new(name, why));
        match (field.kind, value) {
            (Kind::Records, Json::Array(records)) => self.records(name, records),
            (Kind::Records, _) => wrong("This must be a list of objects."),
            (Kind::Json, value) => self.text(name, &value.to_string()),
            (Kind::List, Json::Array(items)) => {
                let plain = |item: &Json| {
                    let text = item.as_str()?;
                    (!text.contains([',', '\n']) && text.trim() == text).then_some(())
                };
                if items.iter().any(|item| plain(item).is_none()) {
                    return wrong("Each element must be a text without commas and line breaks.");
                }
                self.text(name, &fields::default_text(value))
            }
            (_, Json::Array(_) | Json::Object(_)) => wrong("This must be one value."),
            (_, value) => self.text(name, &fields::default_text(value)),
        }
    }

    /// The records of a list take the place of those that are there.
    fn records(&mut self, name: &str, records: &[Json]) -> Result<(), Wrong> {
        let resource = Arc::clone(&self.resource);
        let at = resource.field_at(name);
        let Some((at, field)) = at.and_then(|at| Some((at, resource.field.get(at)?))) else {
            return Err(Wrong::new(name, "This cannot be set here."));
        };
        let mut parts = Vec::new();
        for (number, record) in records.iter().enumerate() {
            let Json::Object(members) = record else {
                return Err(Wrong::new(name, "This must be a list of objects."));
            };
            known_members(field, members)
                .map_err(|why| Wrong::new(&format!("{name}.{number}"), why))?;
            parts.extend(fields::parts(at, field, number, record));
        }
        self.entries
            .retain(|entry| entry.slot.field != at || entry.slot.part.is_none());
        let after = self.entries.iter().position(|it| it.slot.field == at);
        let after = after.map_or(self.entries.len(), |head| head + 1);
        self.entries.splice(after..after, parts);
        fields::set_count(&mut self.entries, at, records.len());
        self.given.insert(name.to_owned());
        Ok(())
    }

    /// Takes what the journal kept of a form: field to JSON. What the field does not take any more is wrong.
    pub fn kept(&mut self, values: &BTreeMap<String, String>) -> Vec<Wrong> {
        let wrong = values.iter().filter_map(|(name, value)| {
            let value = serde_json::from_str(value).unwrap_or_default();
            self.json(name, &value).err()
        });
        wrong.collect()
    }

    /// The fields as they are by now, for a form.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Gives a copy another name than that of the row it started from, unless one was given.
    pub fn rename(&mut self, name: &str) {
        let key = self.resource.role(Role::Name);
        let key = key.and_then(|at| Some(self.resource.field.get(at)?.key.clone()));
        let key = key.filter(|key| !self.given.contains(key));
        if let Some(entry) = key.and_then(|key| self.entry(&key)) {
            // A name that the field does not take is told by its checks.
            drop(entry.editor.put(name));
        }
    }

    fn entry(&mut self, name: &str) -> Option<&mut Entry> {
        let mut entries = self.entries.iter_mut();
        entries.find(|entry| entry.key == name && entry.slot.part.is_none())
    }

    /// The fields of a new key that were left empty and are made here.
    #[must_use]
    pub fn made(&self) -> Vec<&str> {
        let fields = self.resource.field.iter().filter(|field| {
            self.verb == Verb::Create && field.send.contains(&self.verb) && field.makes().is_some()
        });
        let left = fields.filter(|field| {
            let entry = self.entries.iter().find(|entry| entry.key == field.key);
            entry.is_none_or(|entry| entry.editor.is_empty())
        });
        left.map(|field| field.key.as_str()).collect()
    }

    /// The secret of the new key was given: neither the service nor keyrack makes one.
    #[must_use]
    pub fn chosen(&self) -> bool {
        let key = self.resource.repeatable_by.as_ref();
        key.is_some_and(|key| self.given.contains(key))
    }

    /// The values to send, checked as those of a form; of an update, those that differ. `rows` are the other
    /// keys as far as they are known, `own` is the key that the values are for.
    ///
    /// # Errors
    /// All that is wrong, a field each.
    pub fn values(
        mut self,
        rows: &Rows,
        own: Option<&KeyId>,
    ) -> Result<BTreeMap<String, FieldValue>, Vec<Wrong>> {
        let made: BTreeSet<String> = self.made().into_iter().map(str::to_owned).collect();
        self.entries.retain(|entry| !made.contains(&entry.key));
        let gaps = self.gaps();
        let taken = |at: usize, value: &FieldValue| values::has(rows, at, value, own);
        let (verb, now) = (self.verb, self.now);
        let reader = values::Reader {
            resource: &self.resource,
            verb,
            start: Start::of(&self.resource, verb, &self.base, now),
            now,
            taken: &taken,
        };
        match reader.values(&mut self.entries) {
            Ok(read) if gaps.is_empty() => Ok(read),
            _ => {
                let wrong = self.entries.iter().filter_map(|entry| {
                    let why = entry.error.as_ref()?;
                    Some(Wrong::new(&entry.key, self.said(entry, why)))
                });
                Err(wrong.chain(gaps).collect())
            }
        }
    }

    /// What is wrong, and how it is given where it is missing.
    fn said(&self, entry: &Entry, why: &str) -> String {
        let field = self.resource.field.get(entry.slot.field);
        let (secret, missing) = (
            field.is_some_and(|field| field.kind == Kind::Secret),
            entry.editor.is_empty() && entry.slot.part.is_none(),
        );
        let key = &entry.key;
        match (missing, secret) {
            (true, true) => {
                format!("{why} Give it with --set-file {key}=PATH or --set-command {key}=SOURCE.")
            }
            (true, false) => format!("{why} Give it with --set {key}=VALUE."),
            (false, _) => why.to_owned(),
        }
    }

    /// What a row does not tell of the key, and a copy of it would have otherwise than the key: nobody looks
    /// over this form before it is sent.
    fn gaps(&self) -> Vec<Wrong> {
        if self.verb != Verb::Create || self.base.is_empty() {
            return Vec::new();
        }
        let row = self.base.record(0);
        let asked = self.resource.field.iter().enumerate().filter(|(_, field)| {
            field.send.contains(&Verb::Create) && !self.given.contains(&field.key)
        });
        let gap = |(at, field): (usize, &Field)| match (field.kind, row.cell(at)) {
            (Kind::Records, Cell::Json(text)) => untold(field, text.exact()),
            (Kind::Expiry, Cell::Time(end)) if end <= self.now => Some(Wrong::new(
                &field.key,
                format!(
                    "The time of the old key is over, and a copy needs one: give it with --set {}=30d.",
                    field.key
                ),
            )),
            _ => None,
        };
        asked.filter_map(gap).collect()
    }
}

/// A part of the records that the row does not have.
fn untold(field: &Field, records: &str) -> Option<Wrong> {
    let records: Vec<Map<String, Json>> = serde_json::from_str(records).ok()?;
    let mut sent = field.each.iter().filter(|part| !part.send.is_empty());
    let part = sent.find(|part| records.iter().any(|record| !record.contains_key(&part.key)))?;
    Some(Wrong::new(
        &field.key,
        format!(
            "The service does not tell the “{}” of each, so that they cannot be copied: give them with --set-json {}='[…]'.",
            part.title, field.key
        ),
    ))
}

/// Whether each member of a record is one that is sent, and each choice one that there is.
fn known_members(field: &Field, members: &Map<String, Json>) -> Result<(), String> {
    let parts = || field.each.iter().filter(|part| !part.send.is_empty());
    for (name, value) in members {
        let Some(part) = parts().find(|part| part.key == *name) else {
            let known: Vec<&str> = parts().map(|part| part.key.as_str()).collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}.", known.join(", ")),
            };
            return Err(format!("There is no {}: {hint}", Text::new(name).shown()));
        };
        let text = fields::default_text(value);
        if !part.choices.is_empty() && !text.is_empty() {
            choice(&part.choices, &[], &text).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    Ok(())
}

fn flag(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err("This must be true or false.".to_owned()),
    }
}

/// The position of the choice that a person means, by the service's own word or by what a form calls it; none
/// for an empty text.
fn choice(choices: &[String], labels: &[String], text: &str) -> Result<Option<usize>, String> {
    let text = text.trim();
    let called = || {
        labels
            .iter()
            .position(|label| label.eq_ignore_ascii_case(text))
    };
    let own = choices.iter().position(|choice| choice == text);
    let at = own.or_else(called);
    if at.is_some() || text.is_empty() {
        return Ok(at);
    }
    Err(format!("This must be one of {}.", choices.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{manifest, record::Value};

    fn sheet(backend: &str, resource: &str) -> Sheet {
        let manifest = manifest::load(manifest::builtin(backend).unwrap()).unwrap();
        let resource = Arc::clone(manifest.resource(resource).unwrap());
        let now = Moment::read("2026-06-01T00:00:00Z").unwrap();
        Sheet::new(Verb::Create, Rows::new(resource), now)
    }

    fn read(sheet: Sheet) -> Result<BTreeMap<String, String>, Vec<String>> {
        let none = Rows::new(Arc::clone(&sheet.resource));
        let values = sheet.values(&none, None).map_err(|wrong| {
            let told = wrong.iter();
            told.map(|wrong| format!("{}: {}", wrong.field, wrong.why))
                .collect::<Vec<_>>()
        })?;
        let text = |value: FieldValue| match value {
            FieldValue::Plain(value) => value.to_string(),
            FieldValue::Secret(secret) => format!("{} characters", secret.chars()),
        };
        Ok(values
            .into_iter()
            .map(|(key, value)| (key, text(value)))
            .collect())
    }

    #[test]
    fn a_script_fills_in_a_form_by_the_names_of_its_fields() {
        let mut sheet = sheet("typesense", "keys");
        sheet.text("description", "ci").unwrap();
        sheet
            .text("actions", "documents:search, documents:get")
            .unwrap();
        sheet.text("expires_at", "never").unwrap();
        sheet.text("autodelete", "true").unwrap();
        assert_eq!(sheet.made(), ["value"]);
        let values = read(sheet).unwrap();
        assert_eq!(values["actions"], r#"["documents:search","documents:get"]"#);
        assert_eq!(values["collections"], r#"["*"]"#);
        assert_eq!(values["expires_at"], "64723363199");
        assert_eq!(values["autodelete"], "true");
        assert!(!values.contains_key("value"));
    }

    #[test]
    fn a_choice_of_numbers_is_taken_by_its_name_and_sent_as_its_number() {
        for (text, sent) in [("developer", Ok("30")), ("40", Ok("40")), ("35", Err(()))] {
            let mut sheet = sheet("gitlab", "project_tokens");
            sheet.text("name", "ci").unwrap();
            sheet.text("scopes", "api").unwrap();
            let taken = sheet.text("access_level", text).map_err(|_| ());
            let level = taken.map(|()| read(sheet).unwrap()["access_level"].clone());
            assert_eq!(
                level.as_deref(),
                sent.as_ref().copied().map_err(|()| &()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_emptied_in_an_update_is_taken_away_where_the_service_can() {
        let create = sheet("unkey", "keys");
        let resource = Arc::clone(&create.resource);
        let mut base = Rows::new(Arc::clone(&resource));
        let id = KeyId::new("key_1", resource.id_kind()).unwrap();
        let values = resource.field.iter().map(|field| match field.key.as_str() {
            "credits" => Value::Json(r#"{"remaining":1}"#.into()),
            "expires" => Value::Time(Moment::read("2027-01-01").unwrap()),
            _ => Value::Absent,
        });
        base.push(Some(&id), values.collect());
        let mut update = Sheet::new(Verb::Update, base, create.now);
        for key in ["credits", "expires"] {
            update.text(key, "").unwrap();
        }
        let values = read(update).unwrap();
        assert_eq!([&values["credits"], &values["expires"]], ["null", "null"]);
    }

    #[test]
    fn a_time_that_is_over_stays_where_an_update_sends_the_whole() {
        let resource = Arc::clone(&sheet("cloudflare", "tokens").resource);
        let update = |name: &str, expires: Option<&str>| {
            let now = Moment::read("2026-06-01T00:00:00Z").unwrap();
            let mut base = Rows::new(Arc::clone(&resource));
            let id = KeyId::new("ed17", resource.id_kind()).unwrap();
            let values = resource.field.iter().map(|field| match field.key.as_str() {
                "name" => Value::Text("old".into()),
                "policies" => Value::Json("[]".into()),
                "expires_on" => Value::Time(Moment::read("2020-01-01T00:00:00Z").unwrap()),
                _ => Value::Absent,
            });
            base.push(Some(&id), values.collect());
            let mut update = Sheet::new(Verb::Update, base, now);
            update.text("name", name).unwrap();
            if let Some(expires) = expires {
                update.text("expires_on", expires).unwrap();
            }
            read(update).unwrap()
        };
        let values = update("new", None);
        assert_eq!(values["expires_on"], "\"2020-01-01T00:00:00Z\"");
        let values = update("new", Some("2027-01-01"));
        assert_eq!(values["expires_on"], "\"2027-01-01T00:00:00Z\"");
        assert!(update("old", None).is_empty());
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let mut sheet = sheet("chutes", "api_keys");
        sheet.text("name", &"x".repeat(30)).unwrap();
        sheet
            .json("scopes", &serde_json::json!([{"action": "read"}]))
            .unwrap();
        let wrong = read(sheet).unwrap_err();
        assert_eq!(
            wrong,
            [
                "name: At most 24 characters fit; there are 30.",
                "scopes.0.object_type: This is needed."
            ]
        );
    }

    #[test]
    fn a_name_that_is_none_has_the_nearest_one() {
        let sheet = sheet("typesense", "keys");
        let why = |name: &str| sheet.field(name).unwrap_err().why;
        assert!(
            why("descripton").ends_with("did you mean description?"),
            "{}",
            why("descripton")
        );
        assert!(why("id").starts_with("This cannot be set"), "{}", why("id"));
    }

    #[test]
    fn records_are_known_by_their_members_and_choices() {
        let mut sheet = sheet("chutes", "api_keys");
        let wrong = |sheet: &mut Sheet, value| sheet.json("scopes", &value).unwrap_err();
        let found = wrong(&mut sheet, serde_json::json!([{"actoin": "read"}]));
        assert_eq!(
            (&*found.field, found.why.contains("action?")),
            ("scopes.0", true)
        );
        let found = wrong(&mut sheet, serde_json::json!([{"action": "reed"}]));
        assert!(found.why.contains("one of invoke, read"), "{found:?}");
        let found = wrong(&mut sheet, serde_json::json!({}));
        assert_eq!(found.why, "This must be a list of objects.");
        sheet.text("name", "ci").unwrap();
        let scopes =
            serde_json::json!([{"object_type": "chutes", "object_id": null, "action": "read"}]);
        sheet.json("scopes", &scopes).unwrap();
        let values = read(sheet).unwrap();
        assert_eq!(
            values["scopes"],
            r#"[{"object_type":"chutes","action":"read"}]"#
        );
    }

    #[test]
    fn a_secret_is_checked_as_in_a_form() {
        let mut sheet = sheet("djinn", "keys");
        sheet.text("name", "id_ci").unwrap();
        sheet.text("key", "hunter2").unwrap();
        assert!(sheet.made().is_empty());
        let wrong = read(sheet).unwrap_err();
        assert!(
            wrong.len() == 1 && wrong[0].starts_with("key: This is no private key"),
            "{wrong:?}"
        );
        assert!(!wrong[0].contains("hunter2"));
    }

    #[test]
    fn what_a_row_does_not_tell_is_not_copied_in_silence() {
        let mut sheet = sheet("chutes", "api_keys");
        let resource = Arc::clone(&sheet.resource);
        let mut base = Rows::new(Arc::clone(&resource));
        let id = KeyId::new("1", resource.id_kind()).unwrap();
        let values = resource.field.iter().map(|field| match field.key.as_str() {
            "name" => Value::Text("ci".into()),
            "scopes" => Value::Json(r#"[{"object_type":"chutes","object_id":null}]"#.into()),
            _ => Value::Absent,
        });
        base.push(Some(&id), values.collect());
        sheet = Sheet::new(Verb::Create, base, sheet.now);
        sheet.rename("ci-2");
        let wrong = read(sheet).unwrap_err();
        assert!(
            wrong.len() == 1
                && wrong[0].starts_with("scopes: The service does not tell the “Action”"),
            "{wrong:?}"
        );
    }
}
