//! JSON Pointers over borrowed text: a body of any size is walked without building it. RFC 6901, with
//! `-1` for the last element and `""` for the whole; of repeated members the last counts.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// A parsed pointer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<String>);

impl Path {
    /// Reads a pointer; a missing first slash is forgiven.
    pub(super) fn new(pointer: &str) -> Self {
        if pointer.is_empty() {
            return Self::default();
        }
        let inner = pointer.strip_prefix('/').unwrap_or(pointer);
        Self(
            inner
                .split('/')
                .map(|step| step.replace("~1", "/").replace("~0", "~"))
                .collect(),
        )
    }

    /// The steps from the outside in.
    pub(super) fn steps(&self) -> &[String] {
        &self.0
    }

    /// This path continued by another.
    pub(super) fn join(&self, inner: &Self) -> Self {
        Self(self.0.iter().chain(&inner.0).cloned().collect())
    }

    /// What stands here holds what stands there, or is it.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

/// The value at a path, as the text that it has in `json`.
///
/// # Errors
/// When `json` is not JSON as far as it had to be read.
pub(super) fn raw_at<'a>(
    json: &'a str,
    path: &[String],
) -> Result<Option<&'a str>, serde_json::Error> {
    let mut at = json;
    for step in path {
        let mut found = None;
        match first(at) {
            '{' => each_member(at, |name, value| {
                if name == *step {
                    found = Some(value);
                }
            })?,
            '[' => {
                let wanted = step.parse::<usize>().ok();
                each_element(at, |index, value| {
                    if step == "-1" || wanted == Some(index) {
                        found = Some(value);
                    }
                })?;
            }
            _ => {}
        }
        let Some(value) = found else { return Ok(None) };
        at = value;
    }
    Ok(Some(at))
}

/// The value at a pointer in JSON that was read already.
#[must_use]
pub fn value_at<'a>(json: &'a serde_json::Value, pointer: &str) -> Option<&'a serde_json::Value> {
    let path = Path::new(pointer);
    path.0.iter().try_fold(json, |at, step| match at {
        serde_json::Value::Array(items) if step == "-1" => items.last(),
        serde_json::Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        serde_json::Value::Object(members) => members.get(step),
        _ => None,
    })
}

/// The character that tells what kind of value a JSON text is; a space when there is none.
pub(super) fn first(json: &str) -> char {
    json.trim_start_matches([' ', '\t', '\n', '\r'])
        .chars()
        .next()
        .unwrap_or(' ')
}

/// The text of a JSON string; borrowed unless it has escapes.
pub(super) fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(json).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// Hands over the elements of a list one by one.
pub(super) fn each_element<'a>(
    json: &'a str,
    step: impl FnMut(usize, &'a str),
) -> Result<(), serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(json);
    source.deserialize_seq(Elements(step))?;
    source.end()
}

/// Hands over the members of an object one by one.
pub(super) fn each_member<'a>(
    json: &'a str,
    step: impl FnMut(Cow<'a, str>, &'a str),
) -> Result<(), serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(json);
    source.deserialize_map(Members(step))?;
    source.end()
}

struct Elements<F>(F);

impl<'a, F: FnMut(usize, &'a str)> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = list.next_element::<&'a RawValue>()? {
            (self.0)(index, value.get());
            index += 1;
        }
        Ok(())
    }
}

struct Members<F>(F);

impl<'a, F: FnMut(Cow<'a, str>, &'a str)> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut object: A) -> Result<(), A::Error> {
        while let Some(name) = object.next_key::<Name<'a>>()? {
            (self.0)(name.0, object.next_value::<&'a RawValue>()?.get());
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
