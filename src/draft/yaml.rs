//! YAML becomes the JSON that it stands for, within bounds: depth, and what aliases repeat. Plain words
//! mean what YAML 1.2 says; keys are texts, whatever they look like, because statuses are keys.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use serde_json::{Map, Number, Value};

/// Deepest nesting that is read, as in JSON.
const DEEPEST: usize = 128;
/// Most values that aliases may repeat, all together.
const REPEATED: usize = 1 << 20;

/// Where a text stops being YAML that can be read, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misread {
    /// Line, from 1.
    pub(super) line: usize,
    /// Column, from 1.
    pub(super) column: usize,
    /// Why.
    pub(super) why: String,
}

impl From<ScanError> for Misread {
    fn from(error: ScanError) -> Self {
        let at = error.marker();
        Self {
            line: at.line(),
            column: at.col() + 1,
            why: error.info().to_owned(),
        }
    }
}

/// Reads the first document of a text.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn read(text: &str) -> Result<Value, Misread> {
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next?;
        match reader.take(event) {
            Ok(None) => {}
            Ok(Some(whole)) => return Ok(whole),
            Err(why) => {
                return Err(Misread {
                    line: span.start.line(),
                    column: span.start.col() + 1,
                    why: why.to_owned(),
                });
            }
        }
    }
    Ok(Value::Null)
}

/// A list or an object whose end has not come.
enum Open {
    List(Vec<Value>),
    Object {
        members: Map<String, Value>,
        key: Option<String>,
    },
}

#[derive(Default)]
struct Reader {
    open: Vec<(Open, usize)>,
    anchors: HashMap<usize, Value>,
    repeated: usize,
}

impl Reader {
    /// Takes one event; gives the document when it is whole.
    fn take(&mut self, event: Event<'_>) -> Result<Option<Value>, &'static str> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if self.wants_key() {
                    return self.key(&text, anchor).map(|()| None);
                }
                let value = scalar(&text, style, tag.as_deref());
                self.put(value, anchor)
            }
            Event::Alias(anchor) => {
                let value = self.repeat(anchor)?;
                match value {
                    Value::String(key) if self.wants_key() => self.key(&key, 0).map(|()| None),
                    value => self.put(value, 0),
                }
            }
            Event::SequenceStart(anchor, _) => self.push(Open::List(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => {
                let (members, key) = (Map::new(), None);
                self.push(Open::Object { members, key }, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => Ok(None),
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some((Open::Object { key: None, .. }, _)))
    }

    fn key(&mut self, text: &str, anchor: usize) -> Result<(), &'static str> {
        if anchor > 0 {
            self.anchors.insert(anchor, Value::String(text.to_owned()));
        }
        match self.open.last_mut() {
            Some((Open::Object { key, .. }, _)) => {
                *key = Some(text.to_owned());
                Ok(())
            }
            _ => Err("a key stands outside of an object"),
        }
    }

    fn push(&mut self, open: Open, anchor: usize) -> Result<Option<Value>, &'static str> {
        if self.wants_key() {
            return Err("a key must be a text");
        }
        if self.open.len() >= DEEPEST {
            return Err("this is nested more than 128 deep");
        }
        self.open.push((open, anchor));
        Ok(None)
    }

    fn close(&mut self) -> Result<Option<Value>, &'static str> {
        match self.open.pop() {
            Some((Open::List(items), anchor)) => self.put(Value::Array(items), anchor),
            Some((Open::Object { members, .. }, anchor)) => {
                self.put(Value::Object(members), anchor)
            }
            None => Err("something ends here that has not begun"),
        }
    }

    /// What an anchor stands for, once more.
    fn repeat(&mut self, anchor: usize) -> Result<Value, &'static str> {
        let Some(value) = self.anchors.get(&anchor) else {
            return Err("this alias stands inside what it stands for, which would have no end");
        };
        self.repeated = self.repeated.saturating_add(count(value));
        if self.repeated > REPEATED {
            return Err("aliases repeat more than a million values");
        }
        Ok(value.clone())
    }

    /// Puts a value where the document is; without anything open it is the document.
    fn put(&mut self, value: Value, anchor: usize) -> Result<Option<Value>, &'static str> {
        if anchor > 0 {
            self.repeated = self.repeated.saturating_add(count(&value));
            if self.repeated > REPEATED {
                return Err("aliases repeat more than a million values");
            }
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => return Ok(Some(value)),
            Some((Open::List(items), _)) => items.push(value),
            Some((Open::Object { members, key }, _)) => match key.take() {
                Some(key) if key == "<<" => merge(members, value),
                Some(key) => {
                    members.insert(key, value);
                }
                None => return Err("a key must be a text"),
            },
        }
        Ok(None)
    }
}

/// Members of another object, or of several, that are not there yet.
fn merge(members: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(others) => {
            for (key, value) in others {
                members.entry(key).or_insert(value);
            }
        }
        Value::Array(several) => {
            for one in several {
                if one.is_object() {
                    merge(members, one);
                }
            }
        }
        _ => {}
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// What a scalar is: a text in quotes or blocks is a text, a plain word may be more.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let text_by_tag = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || text_by_tag {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let radix = |prefix, radix| {
        let digits: &str = text.strip_prefix(prefix)?;
        u64::from_str_radix(digits, radix).ok().map(Number::from)
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(number);
    }
    let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
    let numeric = |char: char| char.is_ascii_digit() || ".eE+-".contains(char);
    if !plain.starts_with(|char: char| char.is_ascii_digit() || char == '.')
        || !plain.chars().all(numeric)
    {
        return None;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_words_are_what_yaml_says_and_quoted_ones_are_texts() {
        let text = "
a: 1
b: 'x: 1'
c: [true, ~, 1.5, 0x1F, 0o17, -3, +4, no, 2024-01-02, 1.2.3, 18446744073709551615, .inf]
200:
  d: |
    one
    two
";
        let expected = json!({
            "a": 1,
            "b": "x: 1",
            "c": [true, null, 1.5, 31, 15, -3, 4, "no", "2024-01-02", "1.2.3", u64::MAX, ".inf"],
            "200": { "d": "one\ntwo\n" },
        });
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn aliases_and_merges_repeat_what_they_stand_for() {
        let text = "
base: &base { a: 1, b: 2 }
one: { <<: *base, b: 3 }
two: *base
";
        let read = read(text).unwrap();
        assert_eq!(read["one"], json!({ "a": 1, "b": 3 }));
        assert_eq!(read["two"], json!({ "a": 1, "b": 2 }));
    }

    #[test]
    fn aliases_that_repeat_each_other_end_before_they_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..12 {
            let below = vec![format!("*a{}", at - 1); 10].join(", ");
            let line = format!("a{at}: &a{at} [{below}]\n");
            text.push_str(&line);
        }
        let told = read(&text).unwrap_err();
        assert!(told.why.contains("aliases"), "{told:?}");
    }

    #[test]
    fn what_has_no_end_or_is_too_deep_is_told_with_its_place() {
        let told = read("a: &a [*a]").unwrap_err();
        assert_eq!((told.line, told.column), (1, 8), "{told:?}");
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep).is_err());
        let lines: Vec<String> = (0..300).map(|at| " ".repeat(at)).collect();
        let lines = lines.join(
            "a:
",
        );
        assert!(read(&lines).unwrap_err().why.contains("128 deep"));
        assert_eq!(read("a: [1\nb: 2").unwrap_err().line, 2);
        assert!(read("? [a, b]\n: c").unwrap_err().why.contains("key"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}&*!|>'\"%@`#,?:~<= \\t\\na-z0-9é\u{1F511}-]{0,120}") {
            let _ = read(&text);
        }
    }
}
