//! What a hole stands for: an input, a capture of the login, the selected row and its fields, the row of the
//! parent, or what was typed. Each becomes one text, or in JSON the value that it is.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;
use zeroize::Zeroizing;

use super::{exposed, text_in, unbuilt};
use crate::{
    api::{ApiError, FieldValue, Inputs},
    manifest::{IdKind, Within, next_hole},
    record::{KeyId, Record},
};

/// What the holes of a template are filled from.
#[derive(Debug, Clone, Copy)]
pub struct Holes<'a> {
    /// The context's inputs.
    pub inputs: &'a Inputs,
    /// What a login gave.
    pub captures: Option<&'a Inputs>,
    /// The selected row's id.
    pub id: Option<&'a str>,
    /// The id is a secret.
    pub id_secret: bool,
    /// What the id looks like: a number stays a number in JSON.
    pub id_kind: IdKind,
    /// Fields of the selected row.
    pub item: Option<&'a BTreeMap<String, Value>>,
    /// The row that was just made, for `{item.key}`.
    pub made: Option<Record<'a>>,
    /// The row of the parent.
    pub parent: Option<&'a Within>,
    /// What its id looks like.
    pub parent_kind: IdKind,
    /// What was typed.
    pub form: Option<&'a BTreeMap<String, FieldValue>>,
}

impl<'a> Holes<'a> {
    /// Holes without a selected row.
    #[must_use]
    pub fn new(inputs: &'a Inputs) -> Self {
        Self {
            inputs,
            captures: None,
            id: None,
            id_secret: false,
            id_kind: IdKind::Text,
            item: None,
            made: None,
            parent: None,
            parent_kind: IdKind::Text,
            form: None,
        }
    }

    /// The text of one hole.
    fn get(self, name: &str) -> Option<Cow<'a, str>> {
        let own = match name.split_once('.') {
            None if name == "id" => self.id.map(Cow::Borrowed),
            Some(("id", number)) => part(self.id?, number),
            Some(("item", key)) => match self.made {
                Some(row) => text_in(row, key).map(Cow::Borrowed),
                None => self.item?.get(key).and_then(text),
            },
            Some(("parent", "id")) => self.parent.map(|it| Cow::Borrowed(it.id.as_str())),
            Some(("parent", number)) => part(&self.parent?.id, number.strip_prefix("id.")?),
            Some(("form", key)) => self.form?.get(key).and_then(typed),
            _ => None,
        };
        own.or_else(|| {
            let captured = self.captures.and_then(|captures| captures.get(name));
            let known = captured.or_else(|| self.inputs.get(name));
            known.map(|secret| Cow::Borrowed(exposed(secret)))
        })
    }

    /// Why a hole cannot be filled.
    fn missing(self, name: &str) -> String {
        let key = name.strip_prefix("item.");
        match key.filter(|key| self.item.is_some_and(|item| item.contains_key(*key))) {
            Some(key) => format!("this key has no {key} that could be sent"),
            None => format!("nothing is known under the name {{{name}}}"),
        }
    }

    /// A secret may stand in this text: an id that is one, what a login gave, or what was typed as one.
    #[must_use]
    pub fn is_secret(self, template: &str) -> bool {
        let captured = |name: &str| self.captures.is_some_and(|it| it.contains_key(name));
        let typed = |name: &str| {
            let key = name.strip_prefix("form.");
            let value = key.and_then(|key| self.form?.get(key));
            matches!(value, Some(FieldValue::Secret(_)))
        };
        let mut rest = template;
        while let Some((_, name, behind)) = next_hole(rest) {
            if captured(name) || typed(name) {
                return true;
            }
            rest = behind;
        }
        self.id_secret
    }

    /// The id that it is about, where that is a secret.
    #[must_use]
    pub fn secret_id(self) -> Option<&'a str> {
        self.id.filter(|_| self.id_secret)
    }

    /// Something that may be left empty stands here, and it is: the header or the pair of the query that
    /// it makes is not sent.
    #[must_use]
    pub fn leaves_out(self, template: &str) -> bool {
        let mut rest = template;
        while let Some((_, name, behind)) = next_hole(rest) {
            if name.starts_with("form.") && self.get(name).is_none_or(|text| text.is_empty()) {
                return true;
            }
            rest = behind;
        }
        false
    }

    /// The value of a text that is one hole and nothing else, where it is no text.
    fn value(self, text: &str) -> Option<Value> {
        let name = text.strip_prefix('{')?.strip_suffix('}')?;
        match name.split_once('.') {
            None if name == "id" => number(self.id?, self.id_kind),
            Some(("id", _)) => number(&self.get(name)?, self.id_kind),
            Some(("parent", _)) => number(&self.get(name)?, self.parent_kind),
            Some(("item", key)) => self.item?.get(key).cloned(),
            Some(("form", key)) => match self.form?.get(key) {
                Some(FieldValue::Plain(value)) => Some(value.clone()),
                Some(FieldValue::Secret(_)) => None,
                None => Some(Value::Null),
            },
            _ => None,
        }
    }
}

/// The number that an id is; none of one that is a text, or would be another as a number.
fn number(id: &str, kind: IdKind) -> Option<Value> {
    let number = id.parse::<u64>().ok().filter(|_| kind != IdKind::Text)?;
    // 007 is another key than 7.
    (number.to_string() == id).then(|| number.into())
}

/// A part of an id that has several, counted from 1.
fn part(id: &str, number: &str) -> Option<Cow<'static, str>> {
    let at = number.parse::<usize>().ok()?.checked_sub(1)?;
    KeyId::parts(id).into_iter().nth(at).map(Cow::Owned)
}

/// The text of a value that can stand in one.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(text).collect();
            Some(Cow::Owned(items?.join(",")))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn typed(value: &FieldValue) -> Option<Cow<'_, str>> {
    match value {
        FieldValue::Plain(value) => text(value),
        FieldValue::Secret(secret) => Some(Cow::Borrowed(exposed(secret))),
    }
}

/// Fills a template.
///
/// # Errors
/// When nothing is known under the name of a hole.
pub fn fill(template: &str, holes: Holes<'_>) -> Result<Zeroizing<String>, ApiError> {
    let mut out = Zeroizing::new(String::with_capacity(template.len() + 64));
    let mut rest = template;
    while let Some((before, name, after)) = next_hole(rest) {
        let value = holes
            .get(name)
            .ok_or_else(|| unbuilt(holes.missing(name)))?;
        out.push_str(before);
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Fills the strings inside a JSON value; a string that is one hole becomes the value that it stands for.
///
/// # Errors
/// When nothing is known under the name of a hole.
pub fn fill_json(value: &Value, holes: Holes<'_>) -> Result<Value, ApiError> {
    Ok(match value {
        Value::String(text) => match holes.value(text) {
            Some(value) => value,
            None => Value::String(fill(text, holes)?.to_string()),
        },
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| fill_json(item, holes))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, item)| Ok((key.clone(), fill_json(item, holes)?)))
                .collect::<Result<_, ApiError>>()?,
        ),
        other => other.clone(),
    })
}
