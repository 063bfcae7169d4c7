//! An answer that the document shows and does not describe is described by what it shows.

use serde_json::{Map, Value, json};

/// Longest list of an example whose rows are looked at.
const ROWS: usize = 20;

/// Gives each answer and body that has an example and no schema a schema.
pub(super) fn complete(root: &mut Value) {
    let mut made = Vec::new();
    for (path, item) in members(root.get("paths")) {
        for (method, operation) in members(Some(item)) {
            let base = format!("/paths/{}/{}", escape(path), escape(method));
            let body = operation.pointer("/requestBody/content");
            describe(
                root,
                body,
                &format!("{base}/requestBody/content"),
                &mut made,
            );
            for (status, answer) in members(operation.get("responses")) {
                let at = format!("{base}/responses/{}/content", escape(status));
                describe(root, answer.get("content"), &at, &mut made);
            }
        }
    }
    for (pointer, schema) in made {
        if let Some(media) = root.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            media.insert("schema".to_owned(), schema);
        }
    }
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.and_then(Value::as_object).into_iter().flatten();
    members.map(|(key, value)| (key.as_str(), value))
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn describe(root: &Value, content: Option<&Value>, at: &str, made: &mut Vec<(String, Value)>) {
    for (kind, media) in members(content) {
        let says_nothing = media.get("schema").is_none_or(|schema| {
            let known = [
                "$ref",
                "properties",
                "items",
                "allOf",
                "oneOf",
                "anyOf",
                "additionalProperties",
            ];
            !known.iter().any(|word| schema.get(word).is_some())
                && schema
                    .get("type")
                    .is_none_or(|kind| kind == "object" || kind == "array")
        });
        if !says_nothing {
            continue;
        }
        if let Some(example) = example(root, media) {
            made.push((format!("{at}/{}", escape(kind)), schema(&example)));
        }
    }
}

fn example(root: &Value, media: &Value) -> Option<Value> {
    let several = members(media.get("examples")).filter_map(|(_, example)| {
        let reference = example.get("$ref").and_then(Value::as_str);
        let example = match reference {
            Some(reference) => root.pointer(reference.strip_prefix('#')?)?,
            None => example,
        };
        example.get("value")
    });
    let own = media.get("example");
    let in_schema = media.pointer("/schema/example");
    let found = own.into_iter().chain(in_schema).chain(several).next()?;
    match found {
        // Some documents hold their examples as text.
        Value::String(text) => serde_json::from_str(text).ok(),
        other => Some(other.clone()),
    }
}

/// What a value that stands as an example says of all values.
fn schema(example: &Value) -> Value {
    match example {
        Value::Null => json!({ "nullable": true }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(text) if is_time(text) => json!({ "type": "string", "format": "date-time" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            let rows = items.iter().take(ROWS).map(schema);
            json!({ "type": "array", "items": together(rows) })
        }
        Value::Object(members) => {
            let properties = members
                .iter()
                .map(|(key, value)| (key.clone(), schema(value)));
            let properties = properties.collect::<Map<_, _>>();
            json!({ "type": "object", "properties": properties })
        }
    }
}

/// What several rows say together: the members of all of them.
fn together(rows: impl Iterator<Item = Value>) -> Value {
    rows.reduce(|mut all, one| {
        let untold = all.get("type").is_none();
        match (all.get_mut("properties"), one) {
            (Some(Value::Object(known)), Value::Object(mut one)) => {
                if let Some(Value::Object(more)) = one.shift_remove("properties") {
                    for (key, value) in more {
                        let place = known.entry(key).or_insert(Value::Null);
                        if place.get("type").is_none() {
                            *place = value;
                        }
                    }
                }
            }
            (_, one) if untold => return one,
            _ => {}
        }
        all
    })
    .unwrap_or_else(|| json!({}))
}

fn is_time(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range)
            .is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(0..4) && digits(5..7) && digits(8..10) && matches!(text.get(10..11), Some("T" | " "))
}

#[cfg(test)]
mod tests {
    use super::super::Document;

    #[test]
    fn an_answer_without_a_schema_is_described_by_its_examples() {
        let text = r#"
openapi: 3.0.3
paths:
  /keys:
    get:
      responses:
        '200':
          content:
            application/json:
              examples:
                one: { $ref: '#/components/examples/keys' }
components:
  examples:
    keys:
      value:
        keys:
        - { id: 1, name: a, created: "2024-01-01T00:00:00Z", used: null }
        - { id: 2, used: "2024-01-01 00:00:00", share: 0.5, on: true }
"#;
        let document = Document::read(text.as_bytes()).unwrap();
        let schema =
            document.at("/paths/~1keys/get/responses/200/content/application~1json/schema");
        insta::assert_snapshot!(serde_json::to_string(schema.unwrap()).unwrap());
    }
}
