//! What a write sends: constants, then the fields of its verb where they belong, then the wrapping,
//! always built as values and never as text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Holes, exposed, fill_json, unbuilt};
use crate::{
    api::{ApiError, FieldValue},
    manifest::{Empty, Field, Kind, Op, Resource, Verb},
};

/// The body of a write: constants, then the fields that this verb sends, then the wrapping.
///
/// # Errors
/// When a value is not one that this operation sends, or cannot be placed.
pub fn body(
    op: &Op,
    resource: &Resource,
    verb: Verb,
    values: &BTreeMap<String, FieldValue>,
    holes: Holes<'_>,
) -> Result<Option<Value>, ApiError> {
    let asked = |field: &&Field| field.send.contains(&verb);
    for key in values.keys() {
        if !resource.field.iter().filter(asked).any(|f| f.key == *key) {
            return Err(unbuilt(format!(
                "{key} is not a value that can be set here"
            )));
        }
    }
    // What the operation names elsewhere is sent there alone.
    let sent = |field: &&Field| asked(field) && !op.names(&format!("form.{}", field.key));
    if op.body.is_none() && !resource.field.iter().any(|field| sent(&field)) {
        return Ok(None);
    }
    let mut whole = match &op.body {
        Some(constant) => fill_json(constant, holes)?,
        None => Value::Object(Map::new()),
    };
    for field in resource.field.iter().filter(sent) {
        let given = values.get(&field.key).map(plain);
        let given = given.map(|value| whole_records(field, verb, value));
        let absent_means = verb == Verb::Create || op.full;
        let value = match given {
            // Left out it would stay as it is.
            Some(value) if verb == Verb::Update && !op.full && sent_empty(field) => Some(value),
            given => wire_value(field, verb, given, absent_means),
        };
        if let Some(value) = value {
            let pointer = field.to.clone().unwrap_or_else(|| own_pointer(&field.key));
            put(&mut whole, &pointer, value)?;
        }
    }
    Ok(Some(match &op.wrap {
        Some(name) => Value::Object(Map::from_iter([(name.clone(), whole)])),
        None => whole,
    }))
}

fn plain(value: &FieldValue) -> Value {
    match value {
        FieldValue::Plain(value) => value.clone(),
        FieldValue::Secret(secret) => Value::String(exposed(secret).to_owned()),
    }
}

/// The records of a list, each with what its empty parts send.
fn whole_records(field: &Field, verb: Verb, mut value: Value) -> Value {
    let sent = |part: &&Field| part.send.contains(&verb);
    for record in value.as_array_mut().into_iter().flatten() {
        let Some(record) = record.as_object_mut() else {
            continue;
        };
        for part in field.each.iter().filter(sent) {
            if let Some(value) = wire_value(part, verb, record.shift_remove(&part.key), true) {
                record.insert(part.key.clone(), value);
            }
        }
    }
    value
}

/// An update of some fields sends it also where it is empty.
fn sent_empty(field: &Field) -> bool {
    field.empty == Empty::Omit && matches!(field.kind, Kind::Text | Kind::List | Kind::Records)
}

/// What a field sends: an empty value sends what the manifest says, a required one is sent as it is.
fn wire_value(
    field: &Field,
    verb: Verb,
    given: Option<Value>,
    absent_means: bool,
) -> Option<Value> {
    let empty = match &given {
        None if !absent_means => return None,
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    };
    if !empty {
        return given;
    }
    match field.empty {
        Empty::Null => Some(Value::Null),
        Empty::Clear if verb == Verb::Update && given.is_some() => Some(Value::Null),
        Empty::Newline if verb == Verb::Update && given.is_some() => {
            Some(Value::String("\n".to_owned()))
        }
        Empty::Omit | Empty::Never | Empty::Clear | Empty::Newline => {
            given.filter(|value| field.required && !value.is_null())
        }
    }
}

/// The pointer to a member of this name.
#[must_use]
pub fn own_pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Puts a value where a pointer says, making the objects on the way.
///
/// # Errors
/// When something else than an object stands on the way.
pub fn put(whole: &mut Value, pointer: &str, value: Value) -> Result<(), ApiError> {
    if pointer.is_empty() {
        *whole = value;
        return Ok(());
    }
    let mut place = whole;
    for token in pointer.trim_start_matches('/').split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = place
            .as_object_mut()
            .ok_or_else(|| unbuilt(format!("{pointer} does not lead through objects")))?
            .entry(token)
            .or_insert(Value::Null);
    }
    *place = value;
    Ok(())
}

/// An object as a form.
pub(super) fn form(value: &Value) -> Result<Zeroizing<Vec<u8>>, ApiError> {
    let members = value
        .as_object()
        .ok_or_else(|| unbuilt("only an object can be written as a form"))?;
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in members {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            match item {
                Value::String(text) => out.append_pair(key, text),
                Value::Bool(_) | Value::Number(_) => out.append_pair(key, &item.to_string()),
                Value::Null => out.append_pair(key, ""),
                Value::Array(_) | Value::Object(_) => {
                    return Err(unbuilt(format!("{key} cannot be written in a form")));
                }
            };
        }
    }
    Ok(Zeroizing::new(out.finish().into_bytes()))
}
