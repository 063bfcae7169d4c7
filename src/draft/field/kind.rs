//! What the values of a field are: by their type, their format, and, for times, by their names.

use serde_json::Value;

use super::{Field, Said, expiry, words};
use crate::{
    draft::{
        answer::is_secret,
        document::Document,
        names,
        schema::{Shape, Type},
    },
    manifest::Role,
};

/// Most values that a form offers.
const CHOICES: usize = 200;
/// Most members of one record of a list.
const RECORD: usize = 8;

/// A text, or something of which the document does not say what it is.
pub(super) fn is_text(shape: &Shape<'_>) -> bool {
    matches!(shape.kind, Some(Type::Text) | None) && !matches!(shape.format, "date-time" | "date")
}

/// Gives the field its kind and the words that go with it.
pub(super) fn read(document: &Document, field: &mut Field, shape: &Shape<'_>, secret: bool) {
    let sends = !field.send.is_empty();
    if secret {
        field.kind = Some(guessed_secret(shape));
        bounds(field, shape);
        field.lines = has_lines(field, shape);
        return;
    }
    if let Some(kind) = time(field, shape) {
        field.kind = Some(kind);
        if sends {
            field.format = Some(expiry::format(&field.key, shape));
        }
        return;
    }
    let kind = match shape.kind {
        Some(Type::Truth) => "bool",
        Some(Type::Whole) => {
            let number = |it: &Value| it.as_i64().map(|number| number.to_string());
            if !sends || !choices(field, shape, number) {
                bounds(field, shape);
            }
            "int"
        }
        Some(Type::Number) if sends => "json",
        Some(Type::Array) => list(document, field, shape, sends),
        Some(Type::Object) => "json",
        None if !looks_like_text(field, shape) => "json",
        _ => {
            text(field, shape, sends);
            return;
        }
    };
    field.kind = Some(Said::fact(kind));
    if kind == "json" && sends {
        let what = match shape.kind {
            Some(Type::Number) => "a number with a point, typed as JSON",
            _ if shape.variants > 1 => "the document offers several shapes of it; typed as JSON",
            _ => "typed as JSON",
        };
        field.remarks.push(format!("{}: {what}", field.key));
    }
}

fn guessed_secret(shape: &Shape<'_>) -> Said<&'static str> {
    match shape.format {
        "password" => Said::fact("secret"),
        _ if shape.write_only => Said::fact("secret"),
        _ => Said::guess("secret", "from its name"),
    }
}

/// The kind of a member that is a moment.
fn time(field: &Field, shape: &Shape<'_>) -> Option<Said<&'static str>> {
    let role = field.role.filter(|role| {
        matches!(
            role,
            Role::Created | Role::Updated | Role::LastUsed | Role::Expires
        )
    });
    let kind = if role == Some(Role::Expires) {
        "expiry"
    } else {
        "time"
    };
    let words = names::words(&field.key);
    let last = words.last().map(String::as_str).unwrap_or_default();
    let named = role.is_some() || matches!(last, "at" | "on" | "timestamp" | "until");
    match shape.kind {
        Some(Type::Text) | None if matches!(shape.format, "date-time" | "date") => {
            Some(Said::fact(kind))
        }
        Some(Type::Text | Type::Whole | Type::Number) if named && shape.choices.is_empty() => {
            let unix = matches!(shape.format, "unix-time" | "timestamp" | "epoch" | "unix");
            let why = (!unix).then(|| "from its name".to_owned());
            // A ttl that rows hold is a number of seconds, not a moment.
            let lasts = field.send.is_empty() && expiry::is_duration(&field.key);
            (!lasts).then_some(Said { value: kind, why })
        }
        None if role.is_some() => Some(Said::guess(kind, "from its name")),
        _ => None,
    }
}

/// Takes over the only values that there are; tells whether there are such.
fn choices(
    field: &mut Field,
    shape: &Shape<'_>,
    written: impl Fn(&Value) -> Option<String>,
) -> bool {
    let mut choices: Vec<String> = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    for (at, choice) in shape.choices.iter().enumerate() {
        let Some(choice) = written(choice).filter(|it| !choices.contains(it)) else {
            continue;
        };
        choices.push(choice);
        labels.extend(shape.labels.get(at).map(|label| words::one_line(label)));
    }
    if !(1..=CHOICES).contains(&choices.len()) || choices.iter().any(String::is_empty) {
        return false;
    }
    if labels.len() == choices.len() {
        field.labels = labels;
    }
    field.choices = choices;
    true
}

fn text(field: &mut Field, shape: &Shape<'_>, sends: bool) {
    if !sends {
        return;
    }
    if choices(field, shape, |it| it.as_str().map(str::to_owned)) {
        field.kind = Some(Said::fact("choice"));
        return;
    }
    bounds(field, shape);
    words::pattern(field, shape.pattern);
    field.lines = has_lines(field, shape);
}

/// Values of several lines.
fn has_lines(field: &Field, shape: &Shape<'_>) -> bool {
    let said = shape.description.unwrap_or_default();
    let words = names::words(&field.key);
    let pem = words
        .iter()
        .any(|word| word == "pem" || word == "certificate")
        || names::spaced(&field.key) == "private key";
    pem || said.contains("PEM") || said.contains("-----BEGIN")
}

fn bounds(field: &mut Field, shape: &Shape<'_>) {
    let number = |value: Option<&Value>| {
        let number = value.and_then(Value::as_u64)?;
        i64::try_from(number).is_ok().then_some(number)
    };
    let (min, max) = (number(shape.min).filter(|min| *min > 0), number(shape.max));
    if !field.send.is_empty() && min.is_none_or(|min| max.is_none_or(|max| min <= max)) {
        field.min = min;
        field.max = max;
    }
}

/// A value of unknown type that is most likely a text.
fn looks_like_text(field: &Field, shape: &Shape<'_>) -> bool {
    let shown = shape
        .example
        .or(shape.default)
        .is_some_and(Value::is_string);
    let named = field.role.is_some() || names::NAMES.contains(&names::spaced(&field.key).as_str());
    shown || named || shape.pattern.is_some() || !shape.format.is_empty()
}

fn list(document: &Document, field: &mut Field, shape: &Shape<'_>, sends: bool) -> &'static str {
    let Some(element) = shape.element(document) else {
        return if sends { "json" } else { "list" };
    };
    match element.kind {
        Some(Type::Text) => {
            if sends {
                field.suggest = suggestions(&element);
            }
            "list"
        }
        Some(Type::Whole | Type::Truth | Type::Number) if !sends => "list",
        Some(Type::Object) if sends && record(document, field, &element) => "records",
        _ => "json",
    }
}

fn suggestions(element: &Shape<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for choice in element.choices.iter().filter_map(|it| it.as_str()) {
        if !choice.is_empty() && all.len() < CHOICES && !all.iter().any(|known| known == choice) {
            all.push(choice.to_owned());
        }
    }
    all
}

/// The fields of one record, where its members are plain values.
fn record(document: &Document, field: &mut Field, element: &Shape<'_>) -> bool {
    let count = element.properties.len();
    if !(1..=RECORD).contains(&count) || element.others.is_some() || element.variants > 1 {
        return false;
    }
    let mut each: Vec<Field> = Vec::new();
    for property in &element.properties {
        let shape = Shape::of(document, property.schema);
        let plain = super::plain(property.name) == property.name;
        if !plain
            || is_secret(property.name, &shape)
            || shape.read_only
            || shape.constant().is_some()
        {
            return false;
        }
        let mut part = Field {
            key: property.name.to_owned(),
            title: words::title(property.name, &shape),
            send: field.send.clone(),
            required: property.required && !shape.nullable,
            empty_is_null: property.required && shape.nullable,
            help: words::help(shape.description, words::FIELD),
            ..Field::default()
        };
        read(document, &mut part, &shape, false);
        if matches!(part.kind(), "json" | "records" | "expiry" | "time") {
            return false;
        }
        part.default = words::default_value(&part, shape.default);
        part.remarks.clear();
        each.push(part);
    }
    field.each = each;
    true
}
