//! A request as a person reads it: the line, the headers in the order of their names, the body laid out;
//! what is not shown or not there stands as its hole.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    marks::{HIDDEN, Marks},
    subject::NOWHERE,
};
use crate::{
    api::{auth::hotkey::HEADERS, client::rehearse::PROGRAM, request::Request},
    record::Text,
};

/// A request in the form of a `.http` file.
pub(super) fn request(request: &Request, marks: &Marks) -> String {
    let url = request.url.as_str().replacen(NOWHERE, "{url}/", 1);
    let mut text = format!("{} {}\n", request.method, marks.told(&url));
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|(name, value)| {
            let value = if HEADERS.contains(&name.as_str()) {
                format!("{HIDDEN}{{made from the hotkey}}")
            } else {
                header(&String::from_utf8_lossy(value.as_bytes()), marks)
            };
            (title(name.as_str()), value)
        })
        .collect();
    headers.sort();
    for (name, value) in headers {
        if name.eq_ignore_ascii_case(PROGRAM) {
            text.push_str("# and the headers that the program of [auth.command] makes\n");
        } else {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    if let Some(body) = &request.body {
        let bytes = String::from_utf8_lossy(&body.bytes);
        let _ = writeln!(text, "\n{}", self::body(&bytes, marks));
    }
    text
}

/// The value of a header; of HTTP Basic what is inside.
fn header(value: &str, marks: &Marks) -> String {
    let pair = value
        .strip_prefix("Basic ")
        .and_then(|it| STANDARD.decode(it).ok());
    let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
    match pair.filter(|pair| Marks::are_in(pair)) {
        Some(pair) => format!("Basic base64({})", marks.told(&pair)),
        None => Text::new(&marks.told(value)).shown().into_owned(),
    }
}

/// A header's name as people write it.
fn title(name: &str) -> String {
    let mut start = true;
    let letters = name.chars().map(|letter| {
        let upper = std::mem::replace(&mut start, letter == '-');
        if upper {
            letter.to_ascii_uppercase()
        } else {
            letter
        }
    });
    letters.collect()
}

/// JSON laid out, anything else as it is.
fn body(text: &str, marks: &Marks) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let mut laid = String::new();
            json(&value, 0, marks, &mut laid);
            laid
        }
        Err(_) => Text::new(&marks.told(text)).shown().into_owned(),
    }
}

fn json(value: &Value, deep: usize, marks: &Marks, out: &mut String) {
    let inner = "  ".repeat(deep + 1);
    let outer = "  ".repeat(deep);
    match value {
        Value::String(text) if marks.is_bare(text) => out.push_str(&marks.told(text)),
        Value::String(text) => out.push_str(&Value::from(marks.told(text)).to_string()),
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "\n" } else { ",\n" });
                out.push_str(&inner);
                json(item, deep + 1, marks, out);
            }
            let _ = write!(out, "\n{outer}]");
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (at, (name, item)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "\n" } else { ",\n" });
                let _ = write!(out, "{inner}{}: ", Value::from(marks.told(name)));
                json(item, deep + 1, marks, out);
            }
            let _ = write!(out, "\n{outer}}}");
        }
        other => out.push_str(&other.to_string()),
    }
}
