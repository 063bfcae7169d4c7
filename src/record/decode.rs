//! The door: a reply's bytes become rows of declared fields; secrets leave the JSON here, undeclared
//! members are dropped, and a row that cannot be read stays in place as a bad row. A body is walked as
//! borrowed text, row by row, and never stands in memory a second time.

mod field;
mod pointer;
#[cfg(test)]
mod props;
mod row;
pub mod survey;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, sync::Arc};

use serde::de::IgnoredAny;
use zeroize::Zeroizing;

pub use self::pointer::value_at;
use self::{
    field::scalar,
    pointer::{Path, each_element, each_member, first, raw_at, string},
    row::Reader,
};
use super::{KeyId, Rows};
use crate::{
    manifest::{List, Op, Paging, Pointers, Resource, RowShape},
    secret::Secret,
};

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// The rows that were not handed over yet.
    pub rows: Rows,
    /// How many rows the service says there are.
    pub total: Option<u64>,
    /// The mark or address of the next page, as the manifest's paging points at it.
    pub next: Option<String>,
    /// What the paging's "more" flag says.
    pub more: Option<bool>,
    /// The ids that are secrets.
    pub ids: Vec<SecretId>,
}

/// An id that is a secret: rows have what stands for it, and only a request has the id.
#[derive(Debug)]
pub struct SecretId {
    /// What stands for it.
    pub shown: KeyId,
    /// The id.
    pub id: Secret,
}

/// The id by which a row is known, from its parts: the service's own, or what stands for one that is a secret.
fn identity(
    resource: &Resource,
    parts: &[Cow<'_, str>],
) -> Result<(KeyId, Option<SecretId>), &'static str> {
    let kind = resource.item_id_kind;
    let id = match parts {
        [one] => KeyId::new(one, kind),
        _ => KeyId::of_parts(parts.iter().map(|part| &**part), kind),
    }?;
    if !resource.item_id_secret {
        return Ok((id, None));
    }
    let shown = KeyId::fingerprint(id.as_str());
    let known = SecretId {
        shown: shown.clone(),
        id: Secret::new(Zeroizing::new(id.as_str().to_owned())),
    };
    Ok((shown, Some(known)))
}

/// The answer to a read or write of one row.
#[derive(Debug)]
pub struct Decoded {
    /// The row, where the answer has one (zero or one rows).
    pub rows: Rows,
    /// The id that the answer names.
    pub id: Option<KeyId>,
    /// The new secret, taken out of the answer.
    pub secret: Option<Secret>,
    /// The ids that are secrets.
    pub ids: Vec<SecretId>,
}

/// Why a 2xx answer could not be read; never holds text of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The body is not JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// A declared pointer finds nothing.
    #[error("the answer has nothing at {0}")]
    Missing(String),
    /// A declared pointer finds something else.
    #[error("the answer has no {expected} at {at}")]
    Shape {
        /// The pointer.
        at: String,
        /// What was expected there.
        expected: &'static str,
    },
}

impl From<serde_json::Error> for DecodeError {
    fn from(_: serde_json::Error) -> Self {
        Self::NotJson
    }
}

/// Reads one page of a list.
///
/// # Errors
/// When the envelope is not what the manifest says.
pub fn decode_page(
    resource: &Arc<Resource>,
    list: &List,
    body: &[u8],
) -> Result<Page, DecodeError> {
    decode_page_by(resource, list, body, usize::MAX, &mut |_| {})
}

/// Reads one page of a list and hands over its rows `at_once` at a time, so that the first show before
/// the rest is read; the last ones stay in the page.
///
/// # Errors
/// When the envelope is not what the manifest says; rows before the fault may have been handed over.
pub fn decode_page_by(
    resource: &Arc<Resource>,
    list: &List,
    body: &[u8],
    at_once: usize,
    take: &mut dyn FnMut(Rows),
) -> Result<Page, DecodeError> {
    let body = text_of(body)?;
    let mut page = Page {
        rows: Rows::new(Arc::clone(resource)),
        total: total(&list.page, body)?,
        next: None,
        more: None,
        ids: Vec::new(),
    };
    let Some(items) = raw_at(body, Path::new(&list.items).steps())? else {
        if list.rows == RowShape::Strings {
            return Ok(page);
        }
        return Err(missing(&list.items));
    };
    let row_id = list.row_id.as_ref().unwrap_or(&resource.item_id);
    let mut row = Reader::new(resource, list.rows, row_id);
    let mark = mark_in_rows(&list.page);
    let mut marks = LastMark::default();
    each_row(list, items, |index, key, json| {
        row.read(&mut page.rows, index, key.as_deref(), json);
        if let Some(mark) = &mark {
            marks.see(json, mark);
        }
        if page.rows.len() >= at_once {
            let full = std::mem::replace(&mut page.rows, Rows::new(Arc::clone(resource)));
            take(full);
        }
    })?;
    page.ids = row.ids;
    (page.next, page.more) = next(&list.page, body, &marks)?;
    Ok(page)
}

/// The mark of the last row that has one: a row that cannot be read does not end the list.
#[derive(Default)]
struct LastMark {
    rows: usize,
    mark: Option<String>,
}

impl LastMark {
    fn see(&mut self, row: &str, at: &Path) {
        self.rows += 1;
        let json = raw_at(row, at.steps()).ok().flatten();
        if let Some(mark) = json.and_then(scalar) {
            self.mark = Some(mark.into_owned());
        }
    }
}

fn mark_in_rows(paging: &Paging) -> Option<Path> {
    match paging {
        Paging::Cursor(cursor) => cursor.next.strip_prefix("item:").map(Path::new),
        _ => None,
    }
}

/// Hands over index, key (of a map) and text of each row.
fn each_row<'a>(
    list: &List,
    items: &'a str,
    mut step: impl FnMut(usize, Option<Cow<'a, str>>, &'a str),
) -> Result<(), DecodeError> {
    let shape = |expected| DecodeError::Shape {
        at: named(&list.items),
        expected,
    };
    match (list.rows, first(items)) {
        (RowShape::One, '{') => {
            serde_json::from_str::<IgnoredAny>(items)?;
            step(0, None, items);
        }
        (RowShape::One, _) => return Err(shape("object")),
        (RowShape::Map, '{') => {
            let mut index = 0;
            each_member(items, |key, json| {
                step(index, Some(key), json);
                index += 1;
            })?;
        }
        (RowShape::Objects | RowShape::Strings, '[') => {
            each_element(items, |index, json| step(index, None, json))?;
        }
        // Some languages write an empty list as null.
        (_, 'n') => {}
        (RowShape::Map, _) => return Err(shape("object")),
        _ => return Err(shape("list")),
    }
    Ok(())
}

fn total(paging: &Paging, body: &str) -> Result<Option<u64>, DecodeError> {
    let (Paging::Page(numbered) | Paging::Offset(numbered)) = paging else {
        return Ok(None);
    };
    let Some(at) = numbered
        .total
        .as_deref()
        .filter(|at| !at.starts_with("header:"))
    else {
        return Ok(None);
    };
    let json = raw_at(body, Path::new(at).steps())?.ok_or_else(|| missing(at))?;
    if json == "null" {
        return Ok(None);
    }
    let number = scalar(json).and_then(|digits| digits.parse().ok());
    number.map(Some).ok_or_else(|| DecodeError::Shape {
        at: named(at),
        expected: "number",
    })
}

/// Mark or address of the next page, and the flag that there is one; both may be absent.
fn next(
    paging: &Paging,
    body: &str,
    marks: &LastMark,
) -> Result<(Option<String>, Option<bool>), DecodeError> {
    let (at, more) = match paging {
        Paging::Cursor(cursor) => (cursor.next.as_str(), cursor.more.as_deref()),
        Paging::Url { next } => (next.as_str(), None),
        _ => return Ok((None, None)),
    };
    let more = match more {
        Some(more) => {
            raw_at(body, Path::new(more).steps())?.and_then(|json| match scalar(json)?.as_ref() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            })
        }
        None => None,
    };
    if at.starts_with("item:") {
        if marks.rows > 0 && marks.mark.is_none() {
            return Err(missing(at));
        }
        return Ok((marks.mark.clone(), more));
    }
    let json = if at.starts_with("header:") {
        None
    } else {
        raw_at(body, Path::new(at).steps())?
    };
    let next = match json {
        None | Some("null" | "false") => None,
        Some(json) => Some(scalar(json).ok_or_else(|| DecodeError::Shape {
            at: named(at),
            expected: "text",
        })?),
    };
    Ok((
        next.filter(|next| !next.is_empty()).map(Cow::into_owned),
        more,
    ))
}

/// Reads the answer of an operation on one row. A new secret outranks the rest: where it is found, a
/// row or id that cannot be read is left out instead of losing it.
///
/// # Errors
/// When the answer is not what the manifest says.
pub fn decode_item(resource: &Arc<Resource>, op: &Op, body: &[u8]) -> Result<Decoded, DecodeError> {
    let mut decoded = Decoded {
        rows: Rows::new(Arc::clone(resource)),
        id: None,
        secret: None,
        ids: Vec::new(),
    };
    let secret_at = op.secret.as_ref().map(Pointers::named);
    let id_at = op.id.as_ref().map(Pointers::named);
    let Some(any) = secret_at.or(op.item.clone()).or(id_at) else {
        return Ok(decoded);
    };
    if body.trim_ascii().is_empty() {
        return Err(missing(&any));
    }
    if op.secret.as_ref().and_then(Pointers::one) == Some("")
        && let Some(secret) = bare(body)
    {
        decoded.secret = Some(secret);
        return Ok(decoded);
    }
    let body = text_of(body)?;
    serde_json::from_str::<IgnoredAny>(body)?;
    if let Some(at) = &op.secret {
        decoded.secret = Some(secrets(body, at)?);
    }
    let id = op.id.as_ref().map(|at| read_id(resource, body, at));
    let row = op.item.as_ref().map(|at| row_at(resource, op, body, at));
    match (row, decoded.secret.is_some()) {
        (Some(Ok((rows, ids))), _) => {
            decoded.rows = rows;
            decoded.ids = ids;
        }
        (Some(Err(error)), false) => return Err(error),
        _ => {}
    }
    decoded.id = match (id, decoded.secret.is_some()) {
        (Some(Ok((id, known))), _) => {
            decoded.ids.extend(known);
            Some(id)
        }
        (Some(Err(error)), false) => return Err(error),
        (Some(Err(_)), true) => None,
        (None, _) => decoded.rows.record(0).id(),
    };
    Ok(decoded)
}

fn row_at(
    resource: &Arc<Resource>,
    op: &Op,
    body: &str,
    at: &str,
) -> Result<(Rows, Vec<SecretId>), DecodeError> {
    let path = Path::new(at);
    let json = raw_at(body, path.steps())?.ok_or_else(|| missing(at))?;
    if first(json) != '{' {
        return Err(DecodeError::Shape {
            at: named(at),
            expected: "object",
        });
    }
    let mut rows = Rows::new(Arc::clone(resource));
    let secrets = op.secret.iter().flat_map(Pointers::iter);
    let secrets: Vec<Path> = secrets.map(Path::new).collect();
    let mut reader = Reader::of_item(resource, &path, &secrets);
    reader.read(&mut rows, 0, None, json);
    Ok((rows, reader.ids))
}

fn read_id(
    resource: &Resource,
    body: &str,
    at: &Pointers,
) -> Result<(KeyId, Option<SecretId>), DecodeError> {
    let mut parts = Vec::new();
    let shape = || DecodeError::Shape {
        at: at.named(),
        expected: "id",
    };
    for at in at.iter() {
        let json = raw_at(body, Path::new(at).steps())?.ok_or_else(|| missing(at))?;
        let part = row::id_part(Some(json)).ok().flatten();
        parts.push(part.ok_or_else(shape)?);
    }
    identity(resource, &parts).map_err(|_| shape())
}

/// The new secret; the parts of a pair stand on a line each.
fn secrets(body: &str, at: &Pointers) -> Result<Secret, DecodeError> {
    let mut all = Zeroizing::new(String::new());
    for (index, at) in at.iter().enumerate() {
        if index > 0 {
            all.push('\n');
        }
        all.push_str(&Zeroizing::new(secret(body, at)?));
    }
    Ok(Secret::new(all))
}

/// An answer that is the secret and nothing else, without the quotes of JSON.
fn bare(body: &[u8]) -> Option<Secret> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_json =
        text.starts_with(['{', '[', '"']) || serde_json::from_str::<IgnoredAny>(text).is_ok();
    (!is_json).then(|| Secret::new(Zeroizing::new(text.to_owned())))
}

fn secret(body: &str, at: &str) -> Result<String, DecodeError> {
    let json = raw_at(body, Path::new(at).steps())?;
    let json = json
        .filter(|json| !matches!(*json, "null" | "\"\""))
        .ok_or_else(|| missing(at))?;
    // The id of a pair may be a number.
    let number = || scalar(json).filter(|_| json.starts_with(|sign: char| sign.is_ascii_digit()));
    let text = string(json)
        .or_else(number)
        .ok_or_else(|| DecodeError::Shape {
            at: named(at),
            expected: "text",
        })?;
    Ok(text.into_owned())
}

fn text_of(body: &[u8]) -> Result<&str, DecodeError> {
    let text = std::str::from_utf8(body).map_err(|_| DecodeError::NotJson)?;
    let text = text
        .trim_start_matches('\u{feff}')
        .trim_matches([' ', '\t', '\n', '\r']);
    // Lists and objects are checked on the way through them.
    if !text.starts_with(['{', '[']) {
        serde_json::from_str::<IgnoredAny>(text)?;
    }
    Ok(text)
}

fn missing(at: &str) -> DecodeError {
    DecodeError::Missing(named(at))
}

/// A pointer in words; the empty one is the whole body.
fn named(at: &str) -> String {
    if at.is_empty() {
        "the top".to_owned()
    } else {
        at.to_owned()
    }
}
