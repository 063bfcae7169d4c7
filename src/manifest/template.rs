//! Holes: `{name}` inside a text is filled with a value, and nothing else in a text means anything.
//! `api` fills them; the checks of a manifest see that each names something.

use serde_json::Value;

/// The first hole of a text: what stands before it, its name, what stands behind it.
#[must_use]
pub fn next_hole(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text.get(from..)?.find('{').map(|at| at + from) {
        let inside = text.get(open + 1..)?;
        let end = inside
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || "_.-".contains(letter)))
            .unwrap_or(inside.len());
        if end > 0 && inside.get(end..)?.starts_with('}') {
            return Some((
                text.get(..open)?,
                inside.get(..end)?,
                inside.get(end + 1..)?,
            ));
        }
        from = open + 1;
    }
    None
}

/// The names of all holes of a text.
pub(super) fn holes(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (_, name, behind) = next_hole(text)?;
        text = behind;
        Some(name)
    })
}

/// All texts inside a JSON value.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_a_name_in_braces_and_other_braces_are_text() {
        let names: Vec<_> = holes("{a}/{ b }/{c.d}{}{{e}}{f").collect();
        assert_eq!(names, ["a", "c.d", "e"]);
    }

    #[test]
    fn a_hole_leaves_what_stands_around_it() {
        assert_eq!(next_hole("x{é}{id}y"), Some(("x{é}", "id", "y")));
    }
}
