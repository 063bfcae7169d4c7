//! How a service wants the end of a key written, and that what is sent as a duration and read as a moment
//! is one thing.

use serde_json::Value;

use super::{Field, Said};
use crate::{
    draft::{
        names,
        schema::{Shape, Type},
    },
    manifest::Role,
};

/// A name of something that lasts.
pub(super) fn is_duration(name: &str) -> bool {
    let words = names::words(name);
    let lasts = [
        "in", "ttl", "seconds", "secs", "duration", "lifetime", "live", "validity", "period",
        "after",
    ];
    words.iter().any(|word| lasts.contains(&word.as_str()))
        && !words.iter().any(|word| word == "not")
}

/// How a time is written in a request.
pub(super) fn format(name: &str, shape: &Shape<'_>) -> Said<&'static str> {
    match shape.format {
        "date-time" => return Said::fact("rfc3339"),
        "date" => return Said::fact("date"),
        _ => {}
    }
    let words = names::words(name);
    let said = shape.description.unwrap_or_default().to_lowercase();
    let ms = words
        .iter()
        .any(|word| matches!(word.as_str(), "ms" | "millis" | "milliseconds"))
        || said.contains("millisecond");
    let number = matches!(shape.kind, Some(Type::Whole | Type::Number));
    // "Seconds until it ends" lasts, "Unix time in seconds" does not.
    let counts = said.contains("second")
        && !["unix", "epoch", "timestamp", "since"]
            .iter()
            .any(|word| said.contains(word));
    if number && counts && !is_duration(name) {
        let why = "it is a number, and its description is about how long";
        return Said::guess(if ms { "ttl_ms" } else { "ttl_s" }, why);
    }
    if number && is_duration(name) {
        let why = format!("`{name}` is a number, and its name says that it lasts");
        return Said::guess(if ms { "ttl_ms" } else { "ttl_s" }, why);
    }
    if number {
        let large = shape
            .example
            .and_then(Value::as_u64)
            .is_some_and(|it| it > 100_000_000_000);
        let word = if ms || large { "epoch_ms" } else { "epoch_s" };
        return Said::guess(word, "it is a number");
    }
    let example = shape
        .example
        .or(shape.default)
        .and_then(Value::as_str)
        .unwrap_or_default();
    if is_duration(name) || said.contains("duration") || lasts(example) {
        return Said::guess("ttl_text", "it is a text, and seems to last");
    }
    if said.contains("yyyy-mm-dd") && !said.contains("hh:mm") {
        return Said::guess("date", "from its description");
    }
    Said::guess("rfc3339", "the usual way; the document does not say it")
}

/// A text such as `30d`.
fn lasts(text: &str) -> bool {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    digits.len() < text.len() && !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
}

/// Makes one field of a duration that is sent and the moment that is read.
pub(super) fn unite(all: &mut Vec<Field>) {
    let ends = |field: &Field| field.role == Some(Role::Expires) && field.kind() == "expiry";
    let sent = all
        .iter()
        .position(|field| ends(field) && !field.send.is_empty() && is_duration(&field.key));
    let read = all
        .iter()
        .position(|field| ends(field) && field.send.is_empty() && !is_duration(&field.key));
    let (Some(sent), Some(read)) = (sent, read) else {
        return;
    };
    let sender = all.remove(sent);
    let read = if sent < read {
        read.saturating_sub(1)
    } else {
        read
    };
    if let Some(reader) = all.get_mut(read) {
        let why = format!("`{}` and `{}` are taken for one", sender.key, reader.key);
        let target = sender
            .to
            .map_or_else(|| format!("/{}", sender.key), |to| to.value);
        reader.to = Some(Said::guess(target, why));
        reader.format = sender.format;
        reader.send = sender.send;
        reader.required = sender.required;
        reader.empty_is_null = sender.empty_is_null;
        reader.default = sender.default;
        reader.help = sender.help.or(reader.help.take());
        reader.remarks.extend(sender.remarks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_last_are_known_from_moments_by_their_names() {
        let whole = Shape {
            kind: Some(Type::Whole),
            ..Shape::default()
        };
        for (name, expected) in [
            ("expires_in_seconds", "ttl_s"),
            ("ttl_ms", "ttl_ms"),
            ("secondsToLive", "ttl_s"),
            ("expires", "epoch_s"),
        ] {
            assert_eq!(format(name, &whole).value, expected, "{name}");
        }
        let counted = Shape {
            description: Some("Milliseconds that it still works."),
            ..whole.clone()
        };
        assert_eq!(format("expiration", &counted).value, "ttl_ms");
        let text = |description| Shape {
            kind: Some(Type::Text),
            description,
            ..Shape::default()
        };
        assert_eq!(format("duration", &text(None)).value, "ttl_text");
        assert_eq!(
            format("expires", &text(Some("as YYYY-MM-DD"))).value,
            "date"
        );
        assert!(lasts("30d") && !lasts("d") && !lasts("30") && !lasts("2024-01-01T00"));
    }
}
