//! What a member of a row becomes in its declared kind. Wire types are not re-typed where that would
//! lose something, and what cannot be read says what it is, never what it holds.

use std::{borrow::Cow, fmt};

use super::pointer::{Path, each_element, first, raw_at, string};
use crate::{
    manifest::{Field, Kind, Role, TimeFormat},
    record::{Moment, rows::LIST_MARK, rows::Value},
};

/// Why a member cannot be read: what it is, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// What stands there.
    pub(super) found: &'static str,
    /// What should.
    pub(super) expected: &'static str,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is {}, not {}", self.found, self.expected)
    }
}

/// Reads the JSON text of one member.
pub(super) fn value<'a>(field: &Field, json: &'a str) -> Result<Value<'a>, Misfit> {
    let misfit = |expected| Misfit {
        found: called(json),
        expected,
    };
    if field.kind == Kind::Secret {
        return Ok(if json == "null" {
            Value::Null
        } else {
            Value::Hidden
        });
    }
    if let Some(lasts) = duration(field, json) {
        return Ok(lasts);
    }
    if matches!(field.kind, Kind::Time | Kind::Expiry) {
        return time(field, json).ok_or_else(|| misfit("a time"));
    }
    if json == "null" {
        return Ok(Value::Null);
    }
    match field.kind {
        Kind::Text | Kind::Choice => scalar(json).map(Value::Text).ok_or_else(|| misfit("text")),
        Kind::Bool => boolean(json)
            .map(Value::Bool)
            .ok_or_else(|| misfit("yes or no")),
        Kind::Int => integer(json).ok_or_else(|| misfit("a whole number")),
        Kind::List => list(json).ok_or_else(|| misfit("a list")),
        Kind::Records => records(field, json).ok_or_else(|| misfit("a list of objects")),
        _ => Ok(Value::Json(compact(json))),
    }
}

/// How long a key lasts, where its service says that and not when it ends: a number too small for a moment, or a
/// text that is none. Nobody knows from it when the key ends.
fn duration<'a>(field: &Field, json: &'a str) -> Option<Value<'a>> {
    let moments_from: u64 = match field.format? {
        TimeFormat::TtlMs => 1_000_000_000_000,
        TimeFormat::TtlS | TimeFormat::TtlText | TimeFormat::TtlHours => 1_000_000_000,
        _ => return None,
    };
    let never = serde_json::from_str::<serde_json::Value>(json).ok()?;
    let text = scalar(json).filter(|text| !text.is_empty() && !field.never.contains(&never))?;
    match text.parse::<u64>() {
        Ok(number) if number < moments_from => i64::try_from(number).ok().map(Value::Int),
        Ok(_) => None,
        Err(_) => {
            let lasts = text.parse::<jiff::Span>().is_ok();
            (lasts && json != "null").then_some(Value::Text(text))
        }
    }
}

/// The text of a string, or the digits of a number, or a bare word.
pub(super) fn scalar(json: &str) -> Option<Cow<'_, str>> {
    match first(json) {
        '"' => string(json),
        '[' | '{' | 'n' | ' ' => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// What a JSON text is, in words.
pub(super) fn called(json: &str) -> &'static str {
    match first(json) {
        '"' => "text",
        '[' => "a list",
        '{' => "an object",
        't' | 'f' => "yes or no",
        'n' => "null",
        _ => "a number",
    }
}

fn boolean(json: &str) -> Option<bool> {
    match &*scalar(json)? {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A number that does not fit stays as its digits.
fn integer(json: &str) -> Option<Value<'_>> {
    let text = scalar(json)?;
    if let Ok(number) = text.parse() {
        return Some(Value::Int(number));
    }
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some(Value::Text(text));
    }
    let (whole, fraction) = text.split_once('.')?;
    let zero = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
    whole.parse().ok().filter(|_| zero).map(Value::Int)
}

/// A bare text stands for a list of one; deeper elements are kept as JSON.
fn list(json: &str) -> Option<Value<'_>> {
    match first(json) {
        '{' => return None,
        '[' => {}
        _ => return scalar(json).map(|one| Value::List(vec![one])),
    }
    let mut items = Vec::new();
    each_element(json, |_, item| {
        items.push(scalar(item).unwrap_or_else(|| compact(item)));
    })
    .ok()?;
    if items.iter().any(|item| item.contains(LIST_MARK)) {
        return Some(Value::Json(compact(json)));
    }
    Some(Value::List(items))
}

/// The declared members of each object, in declared order and without secrets, as compact JSON.
fn records<'a>(field: &Field, json: &str) -> Option<Value<'a>> {
    if first(json) != '[' {
        return None;
    }
    let mut all = Vec::new();
    each_element(json, |_, record| all.push(one_record(field, record))).ok()?;
    let all = all.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Value::Json(Cow::Owned(format!("[{}]", all.join(",")))))
}

fn one_record(field: &Field, json: &str) -> Option<String> {
    if first(json) != '{' {
        return None;
    }
    let mut members = Vec::new();
    for inner in &field.each {
        let at = inner.at.clone().unwrap_or_else(|| pointer_to(&inner.key));
        let found = raw_at(json, Path::new(&at).steps()).ok()?;
        if let Some(found) = found.filter(|_| inner.kind != Kind::Secret) {
            let name = serde_json::Value::from(inner.key.as_str());
            members.push(format!("{name}:{}", compact(found)));
        }
    }
    Some(format!("{{{}}}", members.join(",")))
}

/// The pointer to a member of an object.
pub(super) fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Null, nothing and the field's own words for it are "never"; what that says depends on the field.
fn time<'a>(field: &Field, json: &str) -> Option<Value<'a>> {
    let text = match first(json) {
        'n' => Cow::Borrowed(""),
        't' | 'f' => return None,
        _ => scalar(json)?,
    };
    let text = text.trim();
    let listed = field.never.iter().any(|never| match never {
        serde_json::Value::String(never) => never == text,
        serde_json::Value::Number(never) => text
            .parse()
            .is_ok_and(|sent: serde_json::Number| sent == *never),
        _ => false,
    });
    if text.is_empty() || text.eq_ignore_ascii_case("never") || listed {
        return Some(if field.not_recorded {
            Value::Unrecorded
        } else if field.kind == Kind::Expiry
            || matches!(field.role, Some(Role::LastUsed | Role::Expires))
        {
            Value::Never
        } else {
            Value::Null
        });
    }
    Moment::read(text).map(Value::Time)
}

/// JSON without the space between its tokens.
fn compact(json: &str) -> Cow<'_, str> {
    if !json.contains([' ', '\t', '\n', '\r']) {
        return Cow::Borrowed(json);
    }
    let (mut inside, mut escaped) = (false, false);
    let kept = json.chars().filter(|&char| {
        let space = matches!(char, ' ' | '\t' | '\n' | '\r') && !inside;
        if escaped {
            escaped = false;
        } else if char == '\\' {
            escaped = inside;
        } else if char == '"' {
            inside = !inside;
        }
        !space
    });
    Cow::Owned(kept.collect())
}
