//! A body is checked as `FastAPI` and pydantic check it: all errors at once, each with the input that broke it.
//! The input is echoed whole, a secret's value included: that is what the service does.

use serde_json::{Value, json};

use super::super::call::Call;
use super::{Halt, invalid, unprocessable};

/// A body that is an object, and the errors found in it so far.
pub(super) struct Body {
    object: Value,
    errors: Vec<Value>,
}

/// Reads a body as JSON; broken JSON is refused before anybody asks who calls.
pub(super) fn read(call: &Call) -> Result<Value, Halt> {
    let kind = call.header("content-type").unwrap_or("application/json");
    if call.body.is_empty() {
        return Ok(Value::Null);
    }
    if !kind.starts_with("application/json") {
        return Ok(Value::String(
            String::from_utf8_lossy(&call.body).into_owned(),
        ));
    }
    serde_json::from_slice(&call.body).map_err(|error| {
        let mut broken = invalid(
            "json_invalid",
            &["body".into(), error.column().into()],
            "JSON decode error",
            &json!({}),
        );
        if let Some(broken) = broken.as_object_mut() {
            broken.insert("ctx".to_owned(), json!({ "error": "Expecting value" }));
        }
        unprocessable(vec![broken]).into()
    })
}

impl Body {
    /// Takes what was read, which has to be an object.
    pub(super) fn new(read: Value) -> Result<Self, Halt> {
        let wrong = match read {
            Value::Object(_) => {
                return Ok(Self {
                    object: read,
                    errors: Vec::new(),
                });
            }
            Value::Null => invalid("missing", &["body".into()], "Field required", &Value::Null),
            other => not_an_object(&["body".into()], &other),
        };
        Err(unprocessable(vec![wrong]).into())
    }

    /// A field that may be absent.
    pub(super) fn optional(&self, name: &str) -> Option<Value> {
        self.object.get(name).cloned()
    }

    /// A string that has to be there.
    pub(super) fn string(&mut self, name: &str) -> String {
        let object = self.object.clone();
        string(&object, name, &["body".into()], &mut self.errors)
    }

    /// A truth value, or what pydantic takes for one.
    pub(super) fn boolean(&mut self, name: &str) -> bool {
        let at = ["body".into(), name.into()];
        let error = match self.object.get(name) {
            None => invalid("missing", &at, "Field required", &self.object),
            Some(Value::Bool(value)) => return *value,
            Some(Value::Number(number)) if number.as_f64() == Some(0.0) => return false,
            Some(Value::Number(number)) if number.as_f64() == Some(1.0) => return true,
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "0" | "off" | "f" | "false" | "n" | "no" => return false,
                "1" | "on" | "t" | "true" | "y" | "yes" => return true,
                _ => bool_parsing(&at, &Value::from(text.as_str())),
            },
            Some(number @ Value::Number(_)) => bool_parsing(&at, number),
            Some(other) => invalid("bool_type", &at, "Input should be a valid boolean", other),
        };
        self.errors.push(error);
        false
    }

    /// Adds an error.
    pub(super) fn wrong(&mut self, error: Value) {
        self.errors.push(error);
    }

    /// The errors so far, for what is nested in this body.
    pub(super) fn errors(&mut self) -> &mut Vec<Value> {
        &mut self.errors
    }

    /// Refuses when anything was wrong.
    pub(super) fn done(self) -> Result<(), Halt> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(unprocessable(self.errors).into())
        }
    }
}

/// A string of an object at `at`; an error when it is missing or something else.
pub(super) fn string(object: &Value, name: &str, at: &[Value], errors: &mut Vec<Value>) -> String {
    let mut here = at.to_vec();
    here.push(name.into());
    match object.get(name) {
        Some(Value::String(text)) => return text.clone(),
        None => errors.push(invalid("missing", &here, "Field required", object)),
        Some(other) => errors.push(invalid(
            "string_type",
            &here,
            "Input should be a valid string",
            other,
        )),
    }
    String::new()
}

/// The error of something that should have been an object.
pub(super) fn not_an_object(at: &[Value], input: &Value) -> Value {
    let message = "Input should be a valid dictionary or object to extract fields from";
    invalid("model_attributes_type", at, message, input)
}

fn bool_parsing(at: &[Value], input: &Value) -> Value {
    invalid(
        "bool_parsing",
        at,
        "Input should be a valid boolean, unable to interpret input",
        input,
    )
}
