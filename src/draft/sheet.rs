//! The text of a manifest, in the order and the style of those that come with the program. Values are
//! written by the TOML library, comments never leave their line.

use serde_json::Value;
use toml_edit::{Array, InlineTable};

use crate::manifest::unseen;

/// Widest line of a comment or a list.
const WIDTH: usize = 110;

/// What is said behind a word.
#[derive(Debug, Clone, Copy)]
pub(super) enum Note<'a> {
    /// The document says it.
    None,
    /// It was guessed, from this.
    Guessed(&'a str),
}

impl<'a> From<Option<&'a str>> for Note<'a> {
    fn from(why: Option<&'a str>) -> Self {
        why.map_or(Self::None, Self::Guessed)
    }
}

/// A text that grows, and how much in it needs a person.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) text: String,
    pub(super) guessed: usize,
    pub(super) missing: usize,
}

impl Sheet {
    /// A comment of its own, on as many lines as it needs.
    pub(super) fn comment(&mut self, words: &str) {
        let mut line = String::from("#");
        for word in words.split_whitespace().map(plain) {
            if line.chars().count() + 1 + word.chars().count() > WIDTH && line.len() > 1 {
                self.push(&line);
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(&word);
        }
        self.push(&line);
    }

    /// An empty line, once.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// The head of a table, behind an empty line.
    pub(super) fn table(&mut self, head: &str) {
        self.gap();
        self.push(head);
    }

    /// A word with a value that TOML can hold; others are left out.
    pub(super) fn word(&mut self, key: &str, value: &Value, note: Note<'_>) {
        let Some(value) = written(value) else {
            return;
        };
        let mut line = format!("{} = {value}", quoted(key));
        if let Note::Guessed(why) = note {
            self.guessed += 1;
            line.push_str("  # guessed: ");
            line.push_str(&plain(why));
        }
        self.push(&line);
    }

    /// A text.
    pub(super) fn say(&mut self, key: &str, text: &str, note: Note<'_>) {
        self.word(key, &Value::String(text.to_owned()), note);
    }

    /// A list of texts.
    pub(super) fn list(&mut self, key: &str, all: &[String]) {
        if !all.is_empty() {
            self.word(key, &all.into(), Note::None);
        }
    }

    /// What is switched off, because a person has to look something up first.
    pub(super) fn look_up(&mut self, lines: &[&str], what: &str) {
        self.missing += 1;
        self.comment(&format!("look up: {what}"));
        self.off(lines);
    }

    /// What is switched off.
    pub(super) fn off(&mut self, lines: &[&str]) {
        for line in lines {
            self.push(&format!("#{}", plain(line)));
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Words on one line, without control characters.
fn plain(words: &str) -> String {
    let visible = |letter: char| match letter {
        '\n' | '\t' => ' ',
        other if unseen(other) => ' ',
        other => other,
    };
    words.chars().map(visible).collect()
}

/// A key as TOML takes it.
pub(super) fn quoted(key: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        toml_edit::Value::from(plain(key)).to_string()
    }
}

/// A value as TOML; a long list has its elements on lines of their own.
pub(super) fn written(value: &Value) -> Option<String> {
    let one_line = toml(value)?.to_string();
    let Value::Array(items) = value else {
        return Some(one_line);
    };
    if one_line.chars().count() <= WIDTH || items.is_empty() {
        return Some(one_line);
    }
    let mut lines = vec![String::from(" ")];
    for item in items {
        let item = toml(item)?.to_string();
        let last = lines.last_mut()?;
        if last.chars().count() + item.chars().count() + 2 > WIDTH && last.len() > 1 {
            lines.push(format!("  {item},"));
        } else {
            last.extend([" ", &item, ","]);
        }
    }
    Some(format!("[\n{}\n]", lines.join("\n")))
}

/// A value as TOML; none for what TOML has no word for.
fn toml(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(float)) if number.is_f64() && float.is_finite() => float.into(),
            _ => return None,
        },
        Value::String(text) if text.contains(unseen) => text.replace(unseen, "").into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => {
            let items: Option<Vec<toml_edit::Value>> = items.iter().map(toml).collect();
            items?.into_iter().collect::<Array>().into()
        }
        Value::Object(members) => {
            let members: Option<Vec<(String, toml_edit::Value)>> = members
                .iter()
                .map(|(key, value)| Some((key.clone(), toml(value)?)))
                .collect();
            members?.into_iter().collect::<InlineTable>().into()
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_is_read_back_as_it_was_and_no_comment_leaves_its_line() {
        let all = json!({
            "quotes": "a \"b\" 'c' \\ \n é","unseen": "a\u{202e}b\u{1}",
            "pattern": r"^[\w.]{1,3}$",
            "deep": { "a b": [1, { "c": true }], "": 1.5 },
            "many": (0..60).map(|at| format!("value-{at}")).collect::<Vec<_>>(),
        });
        let mut sheet = Sheet::default();
        for (key, value) in all.as_object().unwrap() {
            sheet.word(key, value, Note::Guessed("because\nof = \"this\""));
        }
        sheet.comment("a comment\nwith = \"lines\" \u{7}");
        sheet.look_up(&["secret = \"/…\"\nevil = 1"], "what\nit = 1");
        let read: Value = toml::from_str(&sheet.text).unwrap();
        let mut all = all;
        all["unseen"] = json!("ab");
        assert_eq!(read, all, "{}", sheet.text);
        assert_eq!((sheet.guessed, sheet.missing), (5, 1));
    }

    #[test]
    fn what_toml_cannot_hold_is_left_out() {
        let mut sheet = Sheet::default();
        for value in [
            json!(null),
            json!([null]),
            json!({ "a": null }),
            json!(u64::MAX),
        ] {
            sheet.word("x", &value, Note::None);
        }
        assert_eq!(sheet.text, "");
    }
}
