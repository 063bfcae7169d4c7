//! The text of a config becomes its words here; every mistake in its form is told with its place, the
//! reason, the nearest word and the fix, and never with the value, which may be a credential.

use std::ops::Range;

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::manifest::{Fault, nearest};

/// Most mistakes that are told at once.
const MOST: usize = 50;

/// Reads a config's text into `T`.
///
/// # Errors
/// All mistakes in its form.
pub(super) fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Vec<Fault>> {
    let mut table = DeTable::parse(text).map_err(|error| vec![fault(text, &error)])?;
    let mut faults = Vec::new();
    let mut removed: Vec<String> = Vec::new();
    // The reader stops at its first mistake, so what it stopped at is taken out and the rest read again.
    loop {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(file) if faults.is_empty() => return Ok(file),
            Ok(_) => break,
            Err(error) => error,
        };
        let caused = |name: &String| error.message() == format!("missing field `{name}`");
        if !removed.iter().any(caused) {
            faults.push(fault(text, &error));
        }
        let key = error.span().and_then(|span| remove(table.get_mut(), &span));
        match key {
            Some(key) if faults.len() < MOST => removed.push(key),
            _ => break,
        }
    }
    Err(faults)
}

/// A mistake at this byte of the text.
pub(super) fn fault_at(text: &str, offset: usize, message: impl Into<String>) -> Fault {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or("").chars().count() + 1;
    Fault {
        line,
        column,
        message: message.into(),
    }
}

fn fault(text: &str, error: &toml::de::Error) -> Fault {
    let offset = error.span().map_or(0, |span| span.start);
    fault_at(text, offset, in_words(error.message()))
}

/// Takes out the entry whose key or value stands exactly there, the innermost first, and names it.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<String> {
    for (_, value) in table.iter_mut() {
        if let DeValue::Table(inner) = value.get_mut()
            && let Some(key) = remove(inner, span)
        {
            return Some(key);
        }
    }
    let (key, _) = table
        .iter()
        .find(|(key, value)| key.span() == *span || holds(value, span))?;
    let key = key.clone();
    table.remove(&key);
    Some(key.into_inner().into_owned())
}

/// Whether the value, or an element of the list that it is, stands exactly there.
fn holds(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    value.span() == *span
        || value
            .get_ref()
            .as_array()
            .is_some_and(|items| items.iter().any(|item| holds(item, span)))
}

/// Serde's sentence about a mistake as a sentence for people, without the value.
fn in_words(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let ([name, known @ ..], true) = (&*quoted, message.starts_with("unknown field")) {
        return format!("unknown key {name:?}; {}", suggestion(name, known));
    }
    if let ([name, known @ ..], true) = (&*quoted, message.starts_with("unknown variant")) {
        return format!("{name:?} is not known here; {}", suggestion(name, known));
    }
    if let ([name], true) = (&*quoted, message.starts_with("missing field")) {
        return format!("{name} is missing; add {name} = … here");
    }
    match message.rsplit_once(", expected ") {
        Some((_, "a spanned value")) => return "a date cannot stand here".to_owned(),
        Some((found, expected)) => {
            if let Some(found) = found.strip_prefix("invalid type: ") {
                return format!("write {} here, not {}", plain(expected), plain(found));
            }
            if found.starts_with("invalid value: ") {
                return format!("this value does not fit; write {} here", plain(expected));
            }
        }
        None if message.starts_with("invalid") => return "this value cannot stand here".to_owned(),
        None if message == "duplicate key" => {
            return "this key stands here a second time; keep one of them".to_owned();
        }
        None => {}
    }
    message.replace('\n', " ")
}

/// Serde's name of a type as people call it.
fn plain(shape: &str) -> String {
    let known = [
        ("string", "a text in quotes"),
        ("a string", "a text in quotes"),
        ("integer", "a number"),
        ("floating point", "a number with a point"),
        ("boolean", "true or false"),
        ("a boolean", "true or false"),
        ("map", "a table"),
        ("a map", "a table"),
        ("struct", "a table"),
        ("sequence", "a list"),
        ("a sequence", "a list"),
        ("u32", "a whole number from 1"),
    ];
    known
        .iter()
        .find(|(serde, _)| {
            shape
                .strip_prefix(serde)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
        .map_or_else(|| shape.to_owned(), |(_, words)| (*words).to_owned())
}

/// What may have been meant: the nearest name, else all names there are.
pub(super) fn suggestion<S: AsRef<str>>(name: &str, known: &[S]) -> String {
    let names = || known.iter().map(AsRef::as_ref);
    match (nearest(name, names()), known) {
        (_, []) => "nothing can stand here".to_owned(),
        (Some(near), _) => format!("did you mean {near:?}?"),
        (None, [only]) => format!("the only one is {}", only.as_ref()),
        (None, _) => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    }
}
