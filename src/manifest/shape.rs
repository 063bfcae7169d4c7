//! A document has the words, the types and the tables that the vocabulary says, and no others. The
//! schema made from the types is the only list of words: nothing is written down twice.

use serde_json::Value;
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

use super::{report::Report, schema};

/// Compares the document with the vocabulary.
pub(super) fn check(report: &mut Report<'_>) {
    table(report, schema::value(), report.tree(), "a manifest");
}

/// What a schema says, behind its references and without "or nothing".
fn resolve(schema: &Value) -> &Value {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let target = schema::value().pointer(name.trim_start_matches('#'));
        return target.map_or(schema, resolve);
    }
    let either = schema.get("anyOf").and_then(Value::as_array);
    let optional = either.filter(|either| either.iter().any(|it| wanted_type(it) == Some("null")));
    match optional.and_then(|either| either.first()) {
        Some(first) => resolve(first),
        None => schema,
    }
}

/// Of "one or several", the variant that fits what stands there.
fn one_or_several<'s>(schema: &'s Value, found: &DeValue<'_>) -> &'s Value {
    let either = schema.get("anyOf").and_then(Value::as_array);
    let wanted = if matches!(found, DeValue::Array(_)) {
        "array"
    } else {
        "string"
    };
    either
        .and_then(|either| either.iter().find(|it| wanted_type(it) == Some(wanted)))
        .unwrap_or(schema)
}

fn value(report: &mut Report<'_>, schema: &Value, found: &Spanned<DeValue<'_>>, what: &str) {
    let schema = one_or_several(resolve(schema), found.get_ref());
    let at = found.span().start;
    if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
        return match found.get_ref() {
            DeValue::Table(members) => tagged(report, variants, members, at, what),
            other => word(report, variants, other, at, what),
        };
    }
    let wanted = wanted_type(schema);
    match (wanted, found.get_ref()) {
        (Some("object"), DeValue::Table(members)) => {
            members_of(report, schema, members, at, what);
        }
        (Some("array"), DeValue::Array(items)) => array(report, schema, items, at, what),
        (Some("integer"), DeValue::Integer(_)) => integer(report, schema, found, what),
        (Some("string"), DeValue::String(text)) => readable(report, text, at, what),
        (Some("boolean"), DeValue::Boolean(_)) => {}
        (None, any) => plain(report, any, at),
        (Some(wanted), other) => report.here(
            at,
            format!("{what} must be {}, not {}", noun(wanted), kind(other)),
        ),
    }
}

/// The type that a schema asks for; none where anything may stand.
fn wanted_type(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(either) => either
            .iter()
            .filter_map(Value::as_str)
            .find(|&name| name != "null"),
        _ => None,
    }
}

fn noun(wanted: &str) -> &'static str {
    match wanted {
        "object" => "a table",
        "array" => "a list in [ ]",
        "integer" => "a whole number",
        "boolean" => "true or false",
        _ => "a text in quotes",
    }
}

fn kind(found: &DeValue<'_>) -> &'static str {
    match found {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn table(report: &mut Report<'_>, schema: &Value, found: &Spanned<DeTable<'_>>, what: &str) {
    members_of(
        report,
        resolve(schema),
        found.get_ref(),
        found.span().start,
        what,
    );
}

/// The members of a table: each known, each of its type, none missing.
fn members_of(
    report: &mut Report<'_>,
    schema: &Value,
    members: &DeTable<'_>,
    at: usize,
    what: &str,
) {
    let known = schema.get("properties").and_then(Value::as_object);
    let others = schema
        .get("additionalProperties")
        .filter(|others| others.is_object());
    for (key, member) in members {
        let name = key.get_ref().as_ref();
        match (known.and_then(|known| known.get(name)), others) {
            (Some(schema), _) | (None, Some(schema)) => {
                value(report, schema, member, &format!("`{name}`"));
            }
            (None, None) => {
                let words = known.into_iter().flatten().map(|(word, _)| word.as_str());
                let help = meant(name, words);
                report.here(
                    key.span().start,
                    format!("{what} has no key `{name}`{help}"),
                );
            }
        }
    }
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            let says = known
                .and_then(|known| known.get(name))
                .and_then(|schema| schema.get("description"))
                .and_then(Value::as_str)
                .map(|says| format!(": {}", lower_first(says.trim_end_matches('.'))))
                .unwrap_or_default();
            report.here(at, format!("{what} needs `{name}`{says}"));
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn array(report: &mut Report<'_>, schema: &Value, items: &DeArray<'_>, at: usize, what: &str) {
    let exact = schema.get("minItems").and_then(Value::as_u64);
    if let Some(exact) = exact.filter(|&exact| items.len() as u64 != exact) {
        report.here(at, format!("{what} needs exactly {exact} elements"));
    }
    let Some(schema) = schema.get("items") else {
        return;
    };
    let what = match what {
        "`resource`" | "`field`" | "`each`" | "`filter`" | "`auth`" | "`login`" | "`check`"
        | "`verify`" | "`action`" => {
            format!("[[{}]]", what.trim_matches('`'))
        }
        other => format!("each element of {other}"),
    };
    for item in items {
        value(report, schema, item, &what);
    }
}

/// One of a few words.
fn word(report: &mut Report<'_>, variants: &[Value], found: &DeValue<'_>, at: usize, what: &str) {
    let words = || variants.iter().filter_map(constant);
    match found {
        DeValue::String(text) if words().any(|word| word == text) => {}
        DeValue::String(text) => {
            let help = meant(text, words());
            report.here(at, format!("{what} cannot be `{text}`{help}"));
        }
        other => {
            let all = list(words());
            report.here(
                at,
                format!("{what} must be one of {all}, not {}", kind(other)),
            );
        }
    }
}

fn constant(variant: &Value) -> Option<&str> {
    variant
        .get("const")
        .or_else(|| variant.pointer("/properties/by/const"))
        .and_then(Value::as_str)
}

/// A table that says by `by` which of a few it is.
fn tagged(
    report: &mut Report<'_>,
    variants: &[Value],
    members: &DeTable<'_>,
    at: usize,
    what: &str,
) {
    let words = || variants.iter().filter_map(constant);
    let Some(by) = members.get("by") else {
        let all = list(words());
        return report.here(at, format!("{what} needs `by`, one of {all}"));
    };
    let chosen = match by.get_ref() {
        DeValue::String(text) => variants
            .iter()
            .find(|variant| constant(variant) == Some(text)),
        _ => None,
    };
    match chosen {
        Some(variant) => {
            let by = constant(variant).unwrap_or_default();
            members_of(report, variant, members, at, &format!("{what} by {by}"));
        }
        None => word(report, variants, by.get_ref(), by.span().start, "`by`"),
    }
}

fn integer(report: &mut Report<'_>, schema: &Value, found: &Spanned<DeValue<'_>>, what: &str) {
    let DeValue::Integer(digits) = found.get_ref() else {
        return;
    };
    let greatest = match schema.get("format").and_then(Value::as_str) {
        Some("uint16") => u64::from(u16::MAX),
        Some("uint32") => u64::from(u32::MAX),
        _ => i64::MAX.cast_unsigned(),
    };
    let number = u64::from_str_radix(digits.as_str(), digits.radix());
    if !number.is_ok_and(|number| number <= greatest) {
        report.here(
            found.span().start,
            format!("{what} must be from 0 to {greatest}"),
        );
    }
}

/// A value that is sent as JSON: TOML's dates and its infinite numbers have no place there.
fn plain(report: &mut Report<'_>, found: &DeValue<'_>, at: usize) {
    match found {
        DeValue::Datetime(_) => report.here(at, "JSON has no dates: put the date into quotes"),
        DeValue::Float(number) if number.as_str().contains(['n', 'i']) => {
            report.here(at, "JSON has only finite numbers");
        }
        DeValue::Integer(digits)
            if i64::from_str_radix(digits.as_str(), digits.radix()).is_err() =>
        {
            report.here(at, "this number is too large: put it into quotes");
        }
        DeValue::Array(items) => {
            for item in items {
                plain(report, item.get_ref(), item.span().start);
            }
        }
        DeValue::Table(members) => {
            for (_, member) in members {
                plain(report, member.get_ref(), member.span().start);
            }
        }
        _ => {}
    }
}

/// Texts of a manifest are shown as they are.
fn readable(report: &mut Report<'_>, text: &str, at: usize, what: &str) {
    if let Some(letter) = text.chars().find(|letter| unseen(*letter)) {
        let code = u32::from(letter);
        report.here(
            at,
            format!("{what} holds U+{code:04X}, which no screen shows: remove it"),
        );
    }
}

/// A control character, or one that turns the direction of a text or has no width.
pub(crate) fn unseen(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
        || matches!(
            letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// What a person may have meant, as the end of a sentence: the nearest word, or all where none is near.
pub(super) fn meant<'w>(written: &str, words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.collect();
    match (nearest(written, words.iter().copied()), words.as_slice()) {
        (Some(word), _) => format!("; did you mean `{word}`?"),
        (None, []) => "; there are none".to_owned(),
        (None, [only]) => format!("; there is only `{only}`"),
        (None, _) => format!("; there are {}", list(words.into_iter())),
    }
}

/// The known word that a misspelt one is most like; none when nothing is close.
#[must_use]
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

fn list<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
