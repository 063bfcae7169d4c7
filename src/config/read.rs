//! The text of a config becomes its words here; every mistake in its form is told with its place, the
//! reason, the nearest word and the fix, and never with the value, which may be a credential.

use std::ops::Range;

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::manifest::Fault;

/// Most mistakes that are told at once.
const MOST: usize = 50;

/// Reads a config's text into `T`.
///
/// # Errors
/// All mistakes in its form.
pub(super) fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Vec<Fault>> {
    let mut table = DeTable::parse(text).map_err(|error| vec![fault(text, &error)])?;
    let mut faults = Vec::new();
    // The reader stops at its first mistake, so what it stopped at is taken out and the rest read again.
    loop {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(file) if faults.is_empty() => return Ok(file),
            Ok(_) => break,
            Err(error) => error,
        };
        faults.push(fault(text, &error));
        let removed = error
            .span()
            .is_some_and(|span| remove(table.get_mut(), &span));
        if !removed || faults.len() == MOST {
            break;
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

/// Takes out the entry whose key or value stands exactly there, the innermost first.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    for (_, value) in table.iter_mut() {
        if let DeValue::Table(inner) = value.get_mut()
            && remove(inner, span)
        {
            return true;
        }
    }
    let found = table
        .iter()
        .find(|(key, value)| key.span() == *span || holds(value, span))
        .map(|(key, _)| key.clone());
    found.is_some_and(|key| table.remove(&key).is_some())
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
    let wrong = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    match (wrong, message.rsplit_once(", expected ")) {
        (Some(found), Some((_, expected))) => {
            format!("write {} here, not {}", plain(expected), plain(found))
        }
        (Some(found), None) => format!("{} cannot stand here", plain(found)),
        (None, _) => message.replace('\n', " "),
    }
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
        ("u32", "a whole number"),
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

/// The name that is spelled most like this one, if any is.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let most = (name.chars().count() / 3).max(1);
    known
        .map(|other| {
            let distance = strsim::damerau_levenshtein(&wanted, &other.to_lowercase());
            (distance, other)
        })
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}
