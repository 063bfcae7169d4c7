//! Where refusals say what went wrong, as far as the document describes them.

use serde_json::Value;

use super::{
    answer::below,
    calls::Calls,
    document::Document,
    names,
    operation::Operation,
    schema::{Shape, Type},
};

/// Most pointers to a message.
const MESSAGES: usize = 3;

/// Where a refusal says what.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Errors {
    pub(super) message: Vec<String>,
    pub(super) code: Option<String>,
    pub(super) fields: Option<String>,
    /// In each of a list of fields: its name and what is wrong with it.
    pub(super) each: Option<(String, String)>,
    /// A flag that is false in a 2xx answer that is a failure.
    pub(super) ok: Option<String>,
}

/// How little a member says of what went wrong: one of several errors says less than what is said of all.
fn says(pointer: &str) -> (bool, u8) {
    let last = pointer
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let rank = match last.as_str() {
        "message" | "msg" | "error_message" | "errormessage" => 0,
        "title" | "error" | "type" => 2,
        _ => 1,
    };
    (pointer.contains("/0"), rank)
}

impl Errors {
    /// Reads the refusals of all calls, and the answer of the list.
    pub(super) fn of(document: &Document, calls: &Calls<'_>) -> Self {
        let mut errors = Self::default();
        let mut seen: Vec<&Value> = Vec::new();
        for operation in calls.all() {
            for schema in operation.refusals() {
                if !seen.contains(&schema) && seen.len() < 12 {
                    seen.push(schema);
                    errors.schema(document, schema, "", 0);
                }
            }
        }
        errors.message.sort_by_key(|pointer| says(pointer));
        errors.message.truncate(MESSAGES);
        if let Some(list) = &calls.list {
            errors.flag(&list.operation);
        }
        errors
    }

    fn schema(&mut self, document: &Document, schema: &Value, pointer: &str, depth: usize) {
        let shape = Shape::of(document, schema);
        for property in &shape.properties {
            let inner = Shape::of(document, property.schema);
            let at = below(pointer, property.name);
            let spaced = names::spaced(property.name);
            match (spaced.as_str(), inner.kind) {
                (
                    "message" | "msg" | "detail" | "error message" | "error description" | "error"
                    | "reason" | "title" | "description" | "details",
                    Some(Type::Text),
                ) => self.told(at),
                ("code" | "error code" | "type" | "error type", Some(Type::Text | Type::Whole)) => {
                    self.code.get_or_insert(at);
                }
                (
                    "error" | "errors" | "detail" | "details" | "fields" | "issues" | "violations"
                    | "field errors" | "validation errors",
                    Some(Type::Array),
                ) => {
                    self.list(document, &inner, &at);
                }
                (
                    "errors" | "fields" | "field errors" | "validation errors",
                    Some(Type::Object),
                ) if inner.others.is_some() => {
                    self.fields.get_or_insert(at);
                }
                (_, Some(Type::Object)) if depth < 2 && spaced != "meta" => {
                    self.schema(document, property.schema, &at, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn told(&mut self, pointer: String) {
        if !self.message.contains(&pointer) {
            self.message.push(pointer);
        }
    }

    /// A list of errors: of fields, where each names one.
    fn list(&mut self, document: &Document, list: &Shape<'_>, at: &str) {
        let Some(element) = list.element(document) else {
            return;
        };
        let find = |known: &[&str]| {
            known.iter().find_map(|name| {
                element
                    .properties
                    .iter()
                    .find(|it| names::spaced(it.name) == *name)
            })
        };
        let text = find(&["message", "msg", "detail", "error", "description", "title"]);
        let Some(text) = text else {
            if element.kind == Some(Type::Text) {
                self.told(format!("{at}/0"));
            }
            return;
        };
        let words = below("", text.name);
        self.told(format!("{at}/0{words}"));
        let field = find(&[
            "field",
            "loc",
            "path",
            "param",
            "parameter",
            "property",
            "location",
            "pointer",
            "name",
            "field name",
        ]);
        let Some(field) = field.filter(|_| self.fields.is_none()) else {
            return;
        };
        let inner = Shape::of(document, field.schema);
        let place = below("", field.name);
        // `["body", "name"]` names the field behind its place.
        let place = if inner.kind == Some(Type::Array) {
            format!("{place}/1")
        } else {
            place
        };
        self.fields = Some(at.to_owned());
        self.each = Some((place, words));
    }

    /// A flag beside the rows that says whether all went well.
    fn flag(&mut self, list: &Operation<'_>) {
        let Some(schema) = list.answer().and_then(|answer| answer.schema) else {
            return;
        };
        let shape = Shape::of(list.document, schema);
        let flag = shape.properties.iter().find(|property| {
            let inner = Shape::of(list.document, property.schema);
            inner.kind == Some(Type::Truth)
                && matches!(
                    names::spaced(property.name).as_str(),
                    "success" | "ok" | "is success"
                )
        });
        self.ok = flag.map(|flag| below("", flag.name));
    }
}
