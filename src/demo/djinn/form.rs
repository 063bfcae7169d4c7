//! The form of a key: Go's decoding, Djinn's validation, one list of messages for each field.
//! [`super::keys`] writes what passes; a namespace that was asked for may exist from here on even when nothing passes.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::super::call::{Call, Reply};
use super::super::store::Halt;
use super::namespaces::{self, Resolved};
use super::object::Loaded;
use super::{Caller, pem, said, sent};

/// What a request says of a key.
#[derive(Default)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) config: String,
    namespace: String,
    mismatch: Option<(&'static str, &'static str)>,
}

/// The namespace of a form: its id, its owner, and how it is shown next.
pub(super) type Home = Option<(i64, i64, Loaded)>;

impl Form {
    /// Decodes JSON or a form; malformed JSON is a 500, an empty body an empty form.
    pub(super) fn of(call: &Call) -> Result<Self, Halt> {
        let mut form = Self::default();
        let is_json = call
            .header("content-type")
            .is_none_or(|kind| kind.starts_with("application/json"));
        if !is_json {
            for (name, value) in url::form_urlencoded::parse(&call.body) {
                if let Some((_, field)) = form.field(&name) {
                    *field = value.into_owned();
                }
            }
            return Ok(form);
        }
        if call.body.is_empty() {
            return Ok(form);
        }
        let body: Value = serde_json::from_slice(&call.body).map_err(|error| {
            let message = if error.is_eof() {
                "unexpected EOF"
            } else {
                "invalid character looking for beginning of value"
            };
            Halt::from(said(500, message))
        })?;
        for (name, value) in body.as_object().into_iter().flatten() {
            let mismatch = match form.field(name) {
                Some((_, field)) if value.is_string() => {
                    value.as_str().unwrap_or_default().clone_into(field);
                    None
                }
                Some((go_name, _)) => go_kind(value).map(|kind| (go_name, kind)),
                None => None,
            };
            form.mismatch = form.mismatch.or(mismatch);
        }
        Ok(form)
    }

    /// A field by its name in any case, and its name in Go.
    fn field(&mut self, name: &str) -> Option<(&'static str, &mut String)> {
        match name.to_ascii_lowercase().as_str() {
            "name" => Some(("Name", &mut self.name)),
            "key" => Some(("Key", &mut self.key)),
            "config" => Some(("Config", &mut self.config)),
            "namespace" => Some(("Namespace", &mut self.namespace)),
            _ => None,
        }
    }

    /// Checks a form for a new key, or for `existing`, whose material stays.
    pub(super) fn checked(
        &self,
        database: &Connection,
        caller: &Caller,
        existing: Option<&str>,
    ) -> Result<Home, Halt> {
        let mut wrong = Wrong::default();
        if let Some((field, kind)) = self.mismatch {
            wrong.add(field, format!("cannot unmarshal {kind} to string"));
        }
        let home = self.home(database, caller, &mut wrong)?;
        let kept = existing.is_some_and(|old| self.name.is_empty() || self.name == old);
        if self.name.is_empty() && !kept {
            wrong.add("name", "Name field required".to_owned());
        } else if !kept && is_taken(database, &self.name, caller, home)? {
            wrong.add("name", "Name already exists".to_owned());
        }
        if existing.is_none() {
            if self.key.is_empty() {
                wrong.add("key", "Key field required".to_owned());
            }
            if let Some(complaint) = pem::complaint(&self.key.replace('\r', "")) {
                wrong.add("key", format!("Key {complaint}"));
            }
        }
        wrong.done().map(|()| home)
    }

    /// The namespace that the form asks for.
    fn home(
        &self,
        database: &Connection,
        caller: &Caller,
        wrong: &mut Wrong,
    ) -> Result<Home, Halt> {
        if self.namespace.is_empty() {
            return Ok(None);
        }
        match namespaces::resolve(database, &self.namespace, caller)? {
            Resolved::Open(id, owner, loaded) => return Ok(Some((id, owner, loaded))),
            Resolved::Denied => wrong.add("namespace", "Namespace permission denied".to_owned()),
            Resolved::NoOwner => {
                let reason = format!("{}: namespace: invalid owner", self.namespace);
                wrong.add("namespace", format!("Namespace {reason}"));
                wrong.add("name", format!("Name {reason}"));
            }
        }
        Ok(None)
    }
}

/// Whether a name is taken: in its namespace, or among all keys of the caller's own.
fn is_taken(database: &Connection, name: &str, caller: &Caller, home: Home) -> Result<bool, Halt> {
    let find = "SELECT 1 FROM keys WHERE name = ?1 AND CASE WHEN ?2 IS NULL THEN user_id = ?3 ELSE namespace_id = ?2 END";
    let namespace = home.map(|(id, ..)| id);
    Ok(database
        .query_row(find, params![name, namespace, caller.id], |_| Ok(()))
        .optional()?
        .is_some())
}

/// What Go calls a JSON value that is no string; null leaves a field as it is.
fn go_kind(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null | Value::String(_) => None,
        Value::Bool(_) => Some("bool"),
        Value::Number(_) => Some("number"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    }
}

/// The messages by field.
#[derive(Default)]
struct Wrong(BTreeMap<&'static str, Vec<String>>);

impl Wrong {
    fn add(&mut self, field: &'static str, message: String) {
        self.0.entry(field).or_default().push(message);
    }

    fn done(self) -> Result<(), Halt> {
        if self.0.is_empty() {
            return Ok(());
        }
        let reply: Reply = sent(400, &json!(self.0));
        Err(reply.into())
    }
}
