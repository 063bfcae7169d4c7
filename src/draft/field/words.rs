//! The words of a field that people read, and those that a form obeys.

use serde_json::Value;

use super::{Field, Part};
use crate::{
    draft::{names, schema::Shape},
    manifest::Role,
};

/// Longest help of a field.
pub(super) const FIELD: usize = 240;

/// A name for people: the document's own where it is not just the member's name again.
pub(super) fn title(name: &str, shape: &Shape<'_>) -> String {
    let own = shape
        .title
        .map(one_line)
        .filter(|title| !names::same(title, name) && (1..=40).contains(&title.chars().count()));
    own.unwrap_or_else(|| match names::role(name) {
        Some(Role::Created) => "Created".to_owned(),
        Some(Role::Updated) => "Updated".to_owned(),
        Some(Role::LastUsed) => "Last used".to_owned(),
        Some(Role::Expires) if name.starts_with("exp") => "Expires".to_owned(),
        _ => names::title(name),
    })
}

/// Text on one line, without control characters and the marks of Markdown and HTML.
pub(in crate::draft) fn one_line(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let behind = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = behind;
        match letter {
            '<' if behind.starts_with(|it: char| it.is_ascii_alphabetic() || it == '/')
                && behind.contains('>') =>
            {
                rest = behind.split_once('>').map_or("", |(_, rest)| rest);
                out.push(' ');
            }
            // [words](address) is its words.
            ']' if behind.starts_with('(') && behind.contains(')') => {
                rest = behind.split_once(')').map_or("", |(_, rest)| rest);
            }
            '[' if behind.contains("](") => {}
            '*' | '`' => {}
            letter if letter.is_control() || letter.is_whitespace() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first sentences of a description, as help.
pub(in crate::draft) fn help(description: Option<&str>, most: usize) -> Option<String> {
    let whole = one_line(description?);
    if whole.is_empty() {
        return None;
    }
    if whole.chars().count() <= most {
        return Some(whole);
    }
    let cut: String = whole.chars().take(most).collect();
    let sentence = cut.rfind(". ").and_then(|at| cut.get(..=at));
    Some(match sentence {
        Some(sentence) if sentence.len() > most / 4 => sentence.to_owned(),
        _ => {
            let word = cut.rfind(' ').and_then(|at| cut.get(..at)).unwrap_or(&cut);
            format!("{word} …")
        }
    })
}

/// What a value must match as a whole, where the document's pattern says just that.
pub(super) fn pattern(field: &mut Field, pattern: Option<&str>) {
    let Some(pattern) = pattern.filter(|_| !field.send.is_empty()) else {
        return;
    };
    let inner = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'));
    let whole = inner.filter(|inner| !inner.ends_with('\\') && !has_branches(inner));
    let reads = |inner: &&str| regex_lite::Regex::new(&format!("^(?:{inner})$")).is_ok();
    match whole.filter(reads) {
        Some(inner) => field.pattern = Some(inner.to_owned()),
        None => field.remarks.push(format!(
            "{}: the document's pattern cannot be taken as it is: {}",
            field.key,
            one_line(pattern)
        )),
    }
}

/// A `|` outside of all brackets, where the marks around the whole belong to one branch each.
fn has_branches(pattern: &str) -> bool {
    let (mut depth, mut class, mut escaped) = (0_i32, false, false);
    for letter in pattern.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth -= 1,
            '|' if !class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// What a form asks and sends.
pub(super) fn sending(field: &mut Field, part: &Part<'_>) {
    let Some((verb, first)) = part.sent.first() else {
        return;
    };
    let must = first.required && matches!(*verb, "create" | "rotate");
    field.required = must && !first.shape.nullable;
    field.empty_is_null = must && first.shape.nullable;
    field.default = default_value(field, first.shape.default);
}

/// A default that the kind of the field can have.
pub(super) fn default_value(field: &Field, default: Option<&Value>) -> Option<Value> {
    let default = default?;
    let fits = match field.kind() {
        "text" => default.as_str().is_some_and(|text| !text.is_empty()),
        "bool" => default.is_boolean(),
        "int" => default.is_i64(),
        "choice" => default
            .as_str()
            .is_some_and(|text| field.choices.iter().any(|choice| choice == text)),
        "list" => default
            .as_array()
            .is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)),
        _ => false,
    };
    fits.then(|| default.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_lose_their_markup_and_what_is_too_long() {
        for (text, expected) in [
            (
                "The `name`,\n see [docs](https://x.test) **now**",
                "The name, see docs now",
            ),
            ("<p>One <b>two</b></p>", "One two"),
            ("a < b and [c] > d", "a < b and [c] > d"),
            ("\u{1b}[31mred", "[31mred"),
        ] {
            assert_eq!(one_line(text), expected);
        }
        let long = "One sentence that is short. ".repeat(20);
        let told = help(Some(&long), 100).unwrap();
        assert!(told.ends_with("short.") && told.len() <= 100, "{told}");
        assert_eq!(
            help(Some(&"x".repeat(300)), 10),
            Some(format!("{} …", "x".repeat(10)))
        );
        assert_eq!(help(Some("  "), 10), None);
    }

    #[test]
    fn a_pattern_is_taken_where_it_is_about_the_whole_value() {
        let taken = |text: &str| {
            let mut field = Field {
                send: vec!["create"],
                ..Field::default()
            };
            pattern(&mut field, Some(text));
            field.pattern
        };
        assert_eq!(taken("^[a-z|]+$"), Some("[a-z|]+".to_owned()));
        assert_eq!(taken("^(a|b)$"), Some("(a|b)".to_owned()));
        for text in ["^ssh-rsa |^ecdsa ", "^a|b$", "[a-z]", "^(?!x)a$", "^a\\$"] {
            assert_eq!(taken(text), None, "{text}");
        }
    }
}
