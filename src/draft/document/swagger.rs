//! A document of Swagger 2.0 is brought into the form of OpenAPI 3, as far as a draft asks for it. Its
//! definitions stay where they are: references lead there all the same.

use serde_json::{Map, Value, json};

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];
/// What a parameter says beside its schema.
const OUTER: [&str; 4] = ["name", "in", "required", "description"];
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Brings the document into the form of OpenAPI 3.
pub(super) fn modernise(root: &mut Value) {
    let shared = ["parameters", "responses"].map(|key| root.get(key).cloned().unwrap_or_default());
    let servers = servers(root);
    let schemes = schemes(root);
    let Some(document) = root.as_object_mut() else {
        return;
    };
    if let Some(servers) = servers {
        document.insert("servers".to_owned(), servers);
    }
    document.insert(
        "components".to_owned(),
        json!({ "securitySchemes": schemes }),
    );
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let outer = item.shift_remove("parameters");
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                parameters(operation, outer.as_ref(), &shared);
                answers(operation, &shared);
            }
        }
    }
}

/// What a reference into the shared parts of the document names; others are given back.
fn shared<'a>(value: &'a Value, [parameters, answers]: &'a [Value; 2]) -> &'a Value {
    let reference = value
        .get("$ref")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let found = match reference.strip_prefix("#/parameters/") {
        Some(name) => parameters.get(name),
        None => reference
            .strip_prefix("#/responses/")
            .and_then(|name| answers.get(name)),
    };
    found.unwrap_or(value)
}

fn parameters(operation: &mut Map<String, Value>, outer: Option<&Value>, parts: &[Value; 2]) {
    let own = operation.shift_remove("parameters");
    let both = [outer, own.as_ref()];
    let all: Vec<&Value> = both
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .map(|parameter| shared(parameter, parts))
        .collect();
    let mut kept = Vec::new();
    let mut form = (Map::new(), Vec::new());
    for parameter in all {
        match parameter.get("in").and_then(Value::as_str) {
            Some("body") => {
                let schema = parameter.get("schema").cloned().unwrap_or_default();
                let body = json!({ "required": parameter.get("required"), "content": { JSON: { "schema": schema } } });
                operation.insert("requestBody".to_owned(), body);
            }
            Some("formData") => {
                let Some(name) = parameter.get("name").and_then(Value::as_str) else {
                    continue;
                };
                if parameter.get("required") == Some(&Value::Bool(true)) {
                    form.1.push(name.to_owned());
                }
                form.0.insert(name.to_owned(), inner(parameter, true));
            }
            _ => kept.push(modern(parameter)),
        }
    }
    if !form.0.is_empty() {
        let schema = json!({ "type": "object", "properties": form.0, "required": form.1 });
        let body = json!({ "content": { FORM: { "schema": schema } } });
        operation.insert("requestBody".to_owned(), body);
    }
    operation.insert("parameters".to_owned(), Value::Array(kept));
}

/// A parameter with a schema of its own.
fn modern(parameter: &Value) -> Value {
    let mut made = Map::new();
    for key in OUTER {
        if let Some(value) = parameter.get(key) {
            made.insert(key.to_owned(), value.clone());
        }
    }
    made.insert("schema".to_owned(), inner(parameter, false));
    Value::Object(made)
}

/// What a parameter says of its value.
fn inner(parameter: &Value, described: bool) -> Value {
    let members = parameter.as_object().into_iter().flatten();
    let inner = members.filter(|(key, _)| {
        let outer = OUTER.contains(&key.as_str());
        !outer || (described && *key == "description")
    });
    Value::Object(
        inner
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    )
}

fn answers(operation: &mut Map<String, Value>, parts: &[Value; 2]) {
    let answers = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (_, answer) in answers.into_iter().flatten() {
        let mut whole = shared(answer, parts).clone();
        if let Some(members) = whole.as_object_mut() {
            let mut media = Map::new();
            if let Some(schema) = members.shift_remove("schema") {
                media.insert("schema".to_owned(), schema);
            }
            if let Some(example) = members.get("examples").and_then(|all| all.get(JSON)) {
                media.insert("example".to_owned(), example.clone());
            }
            if !media.is_empty() {
                members.insert("content".to_owned(), json!({ JSON: media }));
            }
        }
        *answer = whole;
    }
}

fn servers(root: &Value) -> Option<Value> {
    let says = |key: &str| root.get(key).and_then(Value::as_str);
    let path = says("basePath").unwrap_or_default();
    let Some(host) = says("host") else {
        return (!path.is_empty()).then(|| json!([{ "url": path }]));
    };
    let schemes = root.get("schemes").and_then(Value::as_array);
    let plain = schemes.is_some_and(|all| all.iter().all(|scheme| scheme == "http"));
    let scheme = if plain && !schemes.is_some_and(Vec::is_empty) {
        "http"
    } else {
        "https"
    };
    Some(json!([{ "url": format!("{scheme}://{host}{path}") }]))
}

fn schemes(root: &Value) -> Map<String, Value> {
    let all = root.get("securityDefinitions").and_then(Value::as_object);
    let mut made = Map::new();
    for (name, scheme) in all.into_iter().flatten() {
        let kind = scheme.get("type").and_then(Value::as_str);
        let mut scheme = scheme.clone();
        if let Some(members) = scheme.as_object_mut() {
            match kind {
                Some("basic") => {
                    members.insert("type".to_owned(), "http".into());
                    members.insert("scheme".to_owned(), "basic".into());
                }
                Some("oauth2") => {
                    let flow = match members.get("flow").and_then(Value::as_str) {
                        Some("application") => "clientCredentials",
                        Some("password") => "password",
                        _ => "authorizationCode",
                    };
                    let url = members.get("tokenUrl").cloned().unwrap_or_default();
                    members.insert("flows".to_owned(), json!({ flow: { "tokenUrl": url } }));
                }
                _ => {}
            }
        }
        made.insert(name.clone(), scheme);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_swagger_2_takes_the_form_of_openapi_3() {
        let mut root = json!({
            "swagger": "2.0",
            "host": "api.acme.test",
            "basePath": "/v1",
            "schemes": ["https"],
            "securityDefinitions": {
                "basic": { "type": "basic" },
                "app": { "type": "oauth2", "flow": "application", "tokenUrl": "https://api.acme.test/token" },
            },
            "parameters": { "page": { "name": "page", "in": "query", "type": "integer", "minimum": 1 } },
            "responses": { "keys": { "description": "Keys", "schema": { "type": "array" } } },
            "paths": {
                "/keys": {
                    "parameters": [{ "name": "org", "in": "query", "type": "string" }],
                    "get": { "parameters": [{ "$ref": "#/parameters/page" }], "responses": { "200": { "$ref": "#/responses/keys" } } },
                    "post": { "parameters": [{ "name": "body", "in": "body", "schema": { "$ref": "#/definitions/New" } }] },
                    "put": { "parameters": [{ "name": "name", "in": "formData", "type": "string", "required": true, "description": "Its name" }] },
                },
            },
        });
        modernise(&mut root);
        insta::assert_snapshot!(serde_json::to_string_pretty(&root).unwrap());
    }
}
