use serde_json::json;
use zeroize::Zeroizing;

use super::*;
use crate::{
    api::{FieldValue, Inputs},
    manifest::{self, IdKind, Resource, Verb, Within},
    record::KeyId,
};

fn inputs(pairs: &[(&str, &str)]) -> Inputs {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| {
            (
                (*name).to_owned(),
                Secret::new(Zeroizing::new((*value).to_owned())),
            )
        })
        .collect()
}

fn url(base: &str, call: &str, id: &str) -> Result<String, ApiError> {
    let inputs = inputs(&[("tenant", "a/b"), ("empty", "")]);
    let holes = Holes {
        id: Some(id),
        ..Holes::new(&inputs)
    };
    let base = Url::parse(base).expect("a url");
    start(&base, call, &[], holes).map(|request| request.url.to_string())
}

#[test]
fn a_path_stands_below_the_base_with_its_slashes_as_written() {
    for (base, call, expected) in [
        ("https://h", "GET /keys", "https://h/keys"),
        ("https://h/", "GET /keys/", "https://h/keys/"),
        ("https://h/api", "GET /keys", "https://h/api/keys"),
        ("https://h/api/", "GET /keys/{id}", "https://h/api/keys/7"),
        ("https://h/api?x=1#y", "GET /keys", "https://h/api/keys"),
        ("https://h", "GET /", "https://h/"),
        (
            "https://h",
            "GET /t/{tenant}/keys?all={id}&b",
            "https://h/t/a%2Fb/keys?all=7&b=",
        ),
        (
            "https://h",
            "GET /keys/k-{id}.json",
            "https://h/keys/k-7.json",
        ),
    ] {
        assert_eq!(
            url(base, call, "7").as_deref(),
            Ok(expected),
            "{base} {call}"
        );
    }
}

#[test]
fn a_value_that_would_change_the_path_is_refused() {
    for (call, id) in [
        ("GET /keys/{id}", ".."),
        ("GET /keys/{id}", "."),
        ("GET /keys/{id}", ""),
        ("GET /keys/{id}", "a\nb"),
        ("GET /keys/{empty}/x", "7"),
        ("GET /keys/.{id}", "."),
        ("GET /keys//{id}", "7"),
        ("GET keys", "7"),
        ("GET /keys/{nothing}", "7"),
        ("/keys", "7"),
    ] {
        assert!(
            matches!(url("https://h", call, id), Err(ApiError::Unfit(_))),
            "{call} {id:?}"
        );
    }
}

#[test]
fn json_stays_the_first_type_that_is_accepted() {
    let base = Url::parse("https://h").expect("a url");
    let inputs = inputs(&[]);
    let vendor = [("accept".to_owned(), "application/vnd.x+json".to_owned())].into();
    let request = start(&base, "GET /x", &[&vendor], Holes::new(&inputs)).expect("a request");
    assert_eq!(
        request.headers[ACCEPT],
        "application/json, application/vnd.x+json"
    );
    assert!(request.headers.get(CONTENT_TYPE).is_none());
}

#[test]
fn a_header_with_a_line_break_is_refused_without_its_value() {
    let mut headers = HeaderMap::new();
    let error = add_header(&mut headers, "X-Key", "canary\r\nX-Evil: 1").expect_err("refused");
    assert!(error.to_string().contains("X-Key") && !error.to_string().contains("canary"));
    add_header(&mut headers, "X-Key", "canary").expect("added");
    assert!(!format!("{headers:?}").contains("canary"), "{headers:?}");
}

#[test]
fn braces_that_are_no_hole_stay_as_they_are() {
    let inputs = inputs(&[("a", "1")]);
    let text = "query { keys { id } } {a} {} {a b}";
    let filled = fill(text, Holes::new(&inputs)).expect("filled");
    assert_eq!(*filled, "query { keys { id } } 1 {} {a b}");
}

#[test]
fn an_id_that_is_a_number_stays_one_in_json() {
    let inputs = inputs(&[]);
    let holes = |id_kind| Holes {
        id: Some("7"),
        id_kind,
        ..Holes::new(&inputs)
    };
    let body = json!({"id": "{id}", "text": "key {id}", "list": ["{id}"]});
    let number = fill_json(&body, holes(IdKind::U32)).expect("filled");
    assert_eq!(number, json!({"id": 7, "text": "key 7", "list": [7]}));
    let text = fill_json(&body, holes(IdKind::Text)).expect("filled");
    assert_eq!(text, json!({"id": "7", "text": "key 7", "list": ["7"]}));
}

#[test]
fn parts_of_ids_and_ids_of_parents_that_are_numbers_stay_numbers_in_json() {
    let inputs = inputs(&[]);
    let parent = Within {
        id: "12".to_owned(),
        name: "ops".to_owned(),
    };
    let id = KeyId::of_parts(["3", "007"].into_iter(), IdKind::Digits).expect("an id");
    let holes = |id_kind, parent_kind| Holes {
        id: Some(id.as_str()),
        id_kind,
        parent: Some(&parent),
        parent_kind,
        ..Holes::new(&inputs)
    };
    let body = json!({"in": "{parent.id}", "first": "{id.1}", "second": "{id.2}"});
    let numbers = fill_json(&body, holes(IdKind::Digits, IdKind::U32)).expect("filled");
    assert_eq!(numbers, json!({"in": 12, "first": 3, "second": "007"}));
    let texts = fill_json(&body, holes(IdKind::Text, IdKind::Text)).expect("filled");
    assert_eq!(texts, json!({"in": "12", "first": "3", "second": "007"}));
}

fn resource(create: &str, fields: &str) -> std::sync::Arc<Resource> {
    let text = format!(
        r#"
        manifest = 1
        id = "x"
        title = "X"
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        call = "GET /keys"
        [resource.create]
        {create}
        [resource.update]
        call = "PATCH /keys/{{id}}"
        {fields}
        "#
    );
    let manifest = manifest::load(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
    manifest.resource("keys").expect("keys").clone()
}

fn built(resource: &Resource, verb: Verb, values: Value) -> Option<Value> {
    let inputs = inputs(&[]);
    let Value::Object(values) = values else {
        panic!("an object")
    };
    let values = values
        .into_iter()
        .map(|(k, v)| (k, FieldValue::Plain(v)))
        .collect();
    let op = match verb {
        Verb::Create => resource.create.as_ref(),
        _ => resource.update.as_ref(),
    };
    body(
        op.expect("an operation"),
        resource,
        verb,
        &values,
        Holes::new(&inputs),
    )
    .expect("built")
}

const FIELDS: &str = r#"
    [[resource.field]]
    key = "name"
    title = "Name"
    send = ["create"]
    required = true
    [[resource.field]]
    key = "days"
    title = "Days"
    kind = "int"
    to = "/spec/ttl~1days"
    send = ["create", "update"]
    empty = "null"
    [[resource.field]]
    key = "note"
    title = "Note"
    send = ["create", "update"]
    empty = "newline"
    [[resource.field]]
    key = "tags"
    title = "Tags"
    kind = "list"
    send = ["create"]
    [[resource.field]]
    key = "id"
    title = "ID"
"#;

#[test]
fn a_body_is_constants_then_fields_where_they_belong_then_the_wrapping() {
    let create =
        "call = \"POST /keys\"\nbody = { kind = \"user\", spec = { v = 2 } }\nwrap = \"key\"";
    let resource = resource(create, FIELDS);
    let values = json!({"name": "a", "days": 30, "note": "n", "tags": ["x"]});
    let whole = built(&resource, Verb::Create, values);
    let expected = json!({"key": {
        "kind": "user", "spec": {"v": 2, "ttl/days": 30}, "name": "a", "note": "n", "tags": ["x"],
    }});
    assert_eq!(whole, Some(expected));
}

#[test]
fn an_empty_value_sends_what_the_manifest_says_and_an_absent_one_changes_nothing() {
    let resource = resource("call = \"POST /keys\"", FIELDS);
    let empty = json!({"name": "", "note": "", "tags": []});
    let created = built(&resource, Verb::Create, empty);
    assert_eq!(
        created,
        Some(json!({"name": "", "spec": {"ttl/days": null}}))
    );
    let updated = built(&resource, Verb::Update, json!({"note": ""}));
    assert_eq!(updated, Some(json!({"note": "\n"})));
    let updated = built(&resource, Verb::Update, json!({"days": null}));
    assert_eq!(updated, Some(json!({"spec": {"ttl/days": null}})));
}

#[test]
fn what_an_update_empties_is_taken_away_and_a_create_leaves_it_out() {
    let fields = r#"
    [[resource.field]]
    key = "note"
    title = "Note"
    send = ["create", "update"]
    [[resource.field]]
    key = "tags"
    title = "Tags"
    kind = "list"
    send = ["create", "update"]
    [[resource.field]]
    key = "ends"
    title = "Ends"
    kind = "expiry"
    format = "epoch_ms"
    empty = "clear"
    send = ["create", "update"]
    [[resource.field]]
    key = "id"
    title = "ID"
"#;
    let resource = resource("call = \"POST /keys\"", fields);
    let emptied = json!({"note": "", "tags": [], "ends": null});
    let created = built(&resource, Verb::Create, emptied.clone());
    assert_eq!(created, Some(json!({})));
    let updated = built(&resource, Verb::Update, emptied.clone());
    assert_eq!(updated, Some(emptied));
    let updated = built(&resource, Verb::Update, json!({}));
    assert_eq!(updated, Some(json!({})));
}

#[test]
fn a_form_is_encoded_pair_by_pair() {
    let base = Url::parse("https://h").expect("a url");
    let inputs = inputs(&[]);
    let mut request = start(&base, "POST /x", &[], Holes::new(&inputs)).expect("a request");
    let body = json!({"a": "x&y=z +", "b": [1, true], "c": null});
    request.set_body(&body, Encode::Form).expect("a form");
    let bytes = request.body.as_ref().expect("a body").bytes.clone();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        "a=x%26y%3Dz+%2B&b=1&b=true&c="
    );
    assert_eq!(
        request.headers[CONTENT_TYPE],
        "application/x-www-form-urlencoded"
    );
    assert!(request.set_body(&json!({"a": {}}), Encode::Form).is_err());
    assert!(!format!("{request:?}").contains("x%26y"));
}

#[test]
fn a_parameter_that_is_set_again_replaces_the_first() {
    let mut url = Url::parse("https://h/x?page=1&q=a%26b").expect("a url");
    set_query(&mut url, "page", "2");
    assert_eq!(url.query(), Some("q=a%26b&page=2"));
}

#[test]
fn an_empty_part_of_a_record_sends_what_the_manifest_says() {
    let manifest = manifest::load(manifest::builtin("chutes").unwrap()).unwrap();
    let resource = manifest.resource("api_keys").unwrap();
    let op = resource.create.as_ref().unwrap();
    let scopes = json!([{ "object_type": "images" }, { "object_type": "chutes", "action": "" }]);
    let values = [
        ("name", json!("ci")),
        ("admin", json!(false)),
        ("scopes", scopes),
    ];
    let values = values.map(|(key, value)| (key.to_owned(), FieldValue::Plain(value)));
    let none = inputs(&[]);
    let body = body(
        op,
        resource,
        Verb::Create,
        &values.into(),
        Holes::new(&none),
    )
    .unwrap();
    let sent = json!([
        { "object_type": "images", "object_id": null, "action": null },
        { "object_type": "chutes", "object_id": null, "action": null },
    ]);
    assert_eq!(body.unwrap()["scopes"], sent);
}
