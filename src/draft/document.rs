//! An OpenAPI document is read once, brought into one form, and asked by references that may lead in
//! circles: what follows them is bounded by steps, not by trust.

mod examples;
mod swagger;

use std::cell::Cell;

use serde_json::{Map, Value};

use super::{DraftError, yaml};

/// References that are followed one behind the other.
const HOPS: usize = 32;
/// Schemas that are merged while one manifest is drafted.
const STEPS: u32 = 200_000;

/// A document of OpenAPI 3; one of Swagger 2.0 is brought into this form.
#[derive(Debug)]
pub(super) struct Document {
    root: Value,
    /// What the document calls its format: `OpenAPI 3.1.0`.
    pub(super) format: String,
    steps: Cell<u32>,
    outside: Cell<bool>,
}

impl Document {
    /// Reads JSON or YAML.
    ///
    /// # Errors
    /// One reason why it is not a document that can be drafted from.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, DraftError> {
        let text = std::str::from_utf8(bytes).map_err(|_| DraftError::NotText)?;
        let text = text.trim_start_matches('\u{feff}');
        let mut root = parse(text)?;
        let format = version(&root, text)?;
        if format.starts_with("Swagger") {
            swagger::modernise(&mut root);
        }
        examples::complete(&mut root);
        let document = Self {
            root,
            format,
            steps: Cell::new(STEPS),
            outside: Cell::new(false),
        };
        if document.paths().next().is_none() {
            return Err(DraftError::NoPaths);
        }
        Ok(document)
    }

    /// What stands at a JSON Pointer.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// A text at a JSON Pointer, without the space around it; none where it is empty.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        text(self.at(pointer))
    }

    /// The paths and what stands under each.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        let paths = self.at("/paths").and_then(Value::as_object);
        paths.into_iter().flatten().filter_map(|(path, item)| {
            let item = self.follow(item).as_object()?;
            path.starts_with('/').then_some((path.as_str(), item))
        })
    }

    /// What a reference leads to; a value that is none is given back, and so is one that leads nowhere.
    pub(super) fn follow<'d>(&'d self, mut value: &'d Value) -> &'d Value {
        for _ in 0..HOPS {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return value;
            };
            match self.target(reference) {
                Some(target) => value = target,
                None => return value,
            }
        }
        value
    }

    /// What a reference into this document names.
    pub(super) fn target(&self, reference: &str) -> Option<&Value> {
        let Some(pointer) = reference.strip_prefix('#') else {
            self.outside.set(true);
            return None;
        };
        let pointer = unescape(pointer);
        self.root.pointer(&pointer)
    }

    /// Whether one more schema may be merged.
    pub(super) fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Something that was asked for stands in another file.
    pub(super) fn is_cut(&self) -> bool {
        self.outside.get()
    }
}

/// A text without the space around it; none where it is empty.
pub(super) fn text(value: Option<&Value>) -> Option<&str> {
    let text = value?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

fn parse(text: &str) -> Result<Value, DraftError> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| DraftError::Unreadable {
            format: "JSON",
            line: error.line(),
            column: error.column(),
            why: reason(&error),
        });
    }
    yaml::read(text).map_err(|error| DraftError::Unreadable {
        format: "YAML",
        line: error.line,
        column: error.column,
        why: error.why,
    })
}

/// What is wrong with JSON, without the place, which is told beside it.
fn reason(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    match whole.rsplit_once(" at line ") {
        Some((why, _)) => why.to_owned(),
        None => whole,
    }
}

/// What the document calls its format.
fn version(root: &Value, text: &str) -> Result<String, DraftError> {
    let says = |key: &str| match root.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if let Some(version) = says("openapi") {
        return if version.starts_with("3.") || version == "3" {
            Ok(format!("OpenAPI {version}"))
        } else {
            Err(DraftError::Version(format!("OpenAPI {version}")))
        };
    }
    match says("swagger") {
        Some(version) if version.starts_with('2') => Ok(format!("Swagger {version}")),
        Some(version) => Err(DraftError::Version(format!("Swagger {version}"))),
        None => Err(DraftError::Foreign(foreign(root, text))),
    }
}

/// What a file looks like that is no OpenAPI document.
fn foreign(root: &Value, text: &str) -> &'static str {
    let begins = text.trim_start().get(..9).unwrap_or_default();
    let collection = root.pointer("/info/schema").and_then(Value::as_str);
    if begins.to_ascii_lowercase().starts_with("<!doctype") || begins.starts_with('<') {
        "it looks like a web page: save the document itself, often behind a link named openapi.json or openapi.yaml"
    } else if collection.is_some_and(|schema| schema.contains("postman")) {
        "it looks like a Postman collection: convert it to OpenAPI 3 first"
    } else if root.get("asyncapi").is_some() {
        "it is an AsyncAPI document"
    } else {
        "it has neither `openapi` nor `swagger` at its top"
    }
}

/// A pointer without the percent signs of an address.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let hex = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        if first == b'%'
            && let (Some(high), Some(low)) = (hex(0), hex(1))
        {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = behind.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        Document::read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_openapi_document_is_told_in_one_sentence() {
        insta::assert_snapshot!(
            [
                told("{\"openapi\": \"3.0.0\","),
                told("openapi: 3.0.0\npaths: [\n"),
                told("<!DOCTYPE html><html></html>"),
                told("{\"info\": {\"schema\": \"https://schema.getpostman.com/json/collection/v2.1.0/\"}}"),
                told("asyncapi: 3.0.0"),
                told("swagger: '1.2'\npaths: {}"),
                told("openapi: 4.0.0\npaths: {}"),
                told("openapi: 3.0.0\npaths: {}"),
                told(""),
                Document::read(b"\xff\xfe").unwrap_err().to_string(),
            ]
            .join("\n")
        );
    }

    #[test]
    fn references_are_followed_and_those_in_circles_or_into_other_files_end() {
        let text = "
openapi: 3.1.0
paths:
  /a~b/{x}: { get: { a: 1 } }
here: { $ref: '#/paths/~1a~0b~1%7Bx%7D/get' }
loop: { $ref: '#/pool' }
pool: { $ref: '#/loop' }
away: { $ref: 'other.yaml#/x' }
";
        let document = Document::read(text.as_bytes()).unwrap();
        let follow = |pointer| document.follow(document.at(pointer).unwrap());
        assert_eq!(follow("/here"), &serde_json::json!({ "a": 1 }));
        assert!(follow("/loop").get("$ref").is_some());
        assert!(!document.is_cut());
        assert!(follow("/away").get("$ref").is_some());
        assert!(document.is_cut());
    }
}
