//! What a list says of a lost write, row by row of a table.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::{manifest, record::decode_page, secret::Secret};

const CHUTE: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const OTHER_CHUTE: &str = "aaaaaaaa-0000-4000-8000-000000000002";
/// When each write of these tests was sent.
const SENT: &str = "2026-11-20T12:00:00Z";

fn resource(backend: &str, id: &str) -> Arc<Resource> {
    let manifest = manifest::load(manifest::builtin(backend).unwrap()).unwrap();
    Arc::clone(manifest.resource(id).unwrap())
}

/// Rows as the service lists them.
fn rows(resource: &Arc<Resource>, items: Value) -> Rows {
    let total = items.as_array().unwrap().len();
    let body = match resource.list.items.as_str() {
        "" => items,
        at => json!({ at.trim_start_matches('/'): items, "total": total }),
    };
    let body = serde_json::to_vec(&body).unwrap();
    decode_page(resource, &resource.list, &body).unwrap().rows
}

fn change(resource: &Arc<Resource>, verb: Verb, id: Option<&str>, values: Value) -> Change {
    let id = id.map(|id| KeyId::new(id, resource.id_kind()).unwrap());
    let target = id.map(|id| Target::named(id, String::new()));
    let Value::Object(values) = values else {
        panic!("values are an object");
    };
    let values = values.into_iter();
    let values = values.map(|(key, value)| (key, FieldValue::Plain(value)));
    Change {
        context: "test".into(),
        resource: Arc::clone(resource),
        verb,
        target,
        values: values.collect(),
    }
}

fn sent() -> Moment {
    Moment::read(SENT).unwrap()
}

/// A create and the list before it, where it is known.
fn created(resource: &Arc<Resource>, values: Value, before: Option<Value>) -> Trace {
    let before = before.map(|items| rows(resource, items));
    let change = change(resource, Verb::Create, None, values);
    Trace::of(&change, before.as_ref(), sent())
}

fn said(sighting: &Sighting) -> String {
    match sighting {
        Sighting::Exists(id, rows) => {
            assert_eq!((rows.len(), rows.id_text(0)), (1, Some(id.as_str())));
            format!("exists {}", id.as_str())
        }
        Sighting::Several(ids) => {
            let ids: Vec<&str> = ids.iter().map(KeyId::as_str).collect();
            format!("several {}", ids.join(" "))
        }
        Sighting::Absent => "absent".to_owned(),
        Sighting::Same => "same".to_owned(),
        Sighting::Different => "different".to_owned(),
        Sighting::Present => "present".to_owned(),
        Sighting::Unclear(doubt) => format!("unclear: {doubt}"),
    }
}

#[track_caller]
fn expect(trace: &Trace, items: Value, cut: Option<&str>, wanted: &str) {
    let rows = rows(&trace.resource, items);
    let told = said(&judge(trace, &rows, cut));
    assert!(
        told.starts_with(wanted) && !wanted.is_empty(),
        "wanted {wanted}, told {told}"
    );
}

fn access_key(id: &str, name: &str, created: &str) -> Value {
    json!({"id": id, "name": name, "clientId": "c", "createdAt": created, "lastLogin": null})
}

/// Access keys written as `id name when`: now, a moment before it was sent, an hour before, long ago.
fn access_keys(keys: &[&str]) -> Value {
    let key = |key: &&str| {
        let [id, name, when] = key.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{key}");
        };
        let created = match when {
            "now" => "2026-11-20T12:00:01Z",
            "before" => "2026-11-20T11:59:30Z",
            "hour" => "2026-11-20T11:20:00Z",
            _ => "2026-11-01T00:00:00Z",
        };
        access_key(id, name, created)
    };
    keys.iter().map(key).collect()
}

/// Lists after a create of an access key `ci`, and what they say.
#[track_caller]
fn expect_of_ci(before: Option<&[&str]>, table: &[(&[&str], Option<&str>, &str)]) {
    let resource = resource("runai", "access-keys");
    for (after, cut, wanted) in table {
        let trace = created(&resource, json!({"name": "ci"}), before.map(access_keys));
        expect(&trace, access_keys(after), *cut, wanted);
    }
}

#[test]
fn a_create_exists_if_the_only_row_of_its_name_is_not_older() {
    expect_of_ci(
        None,
        &[
            (&[], None, "absent"),
            (&["2 CI now", "3 ci2 now"], None, "absent"),
            (&["2 ci now"], None, "exists 2"),
            (&["2 ci now", "3 ci now"], None, "several 2 3"),
            (&["1 ci old", "3 ci now"], None, "exists 3"),
            // Clocks differ by a few minutes, not by half an hour.
            (&["2 ci before"], None, "exists 2"),
            (
                &["2 ci hour"],
                None,
                "unclear: one like it is there, and it was made at 2026-11-20T11:20:00Z",
            ),
        ],
    );
}

#[test]
fn a_list_that_is_cut_shows_what_is_there_and_not_what_is_absent() {
    let cut = Some("stopped at 100 rows");
    let wanted = "unclear: the list may not be whole: stopped at 100 rows";
    expect_of_ci(
        None,
        &[(&[], cut, wanted), (&["2 ci now"], cut, "exists 2")],
    );
}

#[test]
fn a_row_that_was_there_before_is_not_what_a_create_made() {
    let old: (&[&str], _, _) = (&["1 ci old"], None, "absent");
    expect_of_ci(
        Some(&["1 ci old", "9 other old"]),
        &[
            old,
            (&["1 ci now"], None, "absent"),
            (&["1 ci old", "3 ci now"], None, "exists 3"),
        ],
    );
    // Somebody else made it since the list was read, or the service's clock is slow.
    let other: (&[&str], _, _) = (&["2 ci old"], None, "unclear: one like it is there");
    expect_of_ci(
        Some(&[]),
        &[
            other,
            (&["2 ci now"], None, "exists 2"),
            (&["2 ci hour"], None, "exists 2"),
        ],
    );
}

#[test]
fn a_row_that_cannot_be_read_may_be_what_a_create_made() {
    let resource = resource("runai", "access-keys");
    let trace = created(&resource, json!({"name": "ci"}), None);
    let may_be = "unclear: a row of the list cannot be read";
    for (row, wanted) in [
        (json!("x"), may_be),
        (json!({"id": "2", "name": []}), may_be),
        (
            json!({"id": "2", "name": "other", "createdAt": []}),
            "absent",
        ),
    ] {
        expect(&trace, json!([row]), None, wanted);
    }
}

#[test]
fn a_secret_of_chutes_is_found_by_the_chutes_name_too() {
    let resource = resource("chutes", "secrets");
    let row = |id: &str, purpose: &str, key: &str| json!({"secret_id": id, "purpose": purpose, "key": key, "created_at": "2026-11-20T12:00:00.5"});
    let by_id = json!({"purpose": CHUTE, "key": "HF_TOKEN"});
    let by_name = json!({"purpose": "my-chute", "key": "HF_TOKEN"});
    for (values, after, wanted) in [
        (&by_id, json!([row("s1", CHUTE, "HF_TOKEN")]), "exists s1"),
        (
            &by_id,
            json!([row("s1", OTHER_CHUTE, "HF_TOKEN")]),
            "absent",
        ),
        (&by_id, json!([row("s1", CHUTE, "OTHER")]), "absent"),
        // The service takes a name and lists the id: only the key can be compared.
        (&by_name, json!([row("s1", CHUTE, "HF_TOKEN")]), "exists s1"),
        (&by_name, json!([row("s1", CHUTE, "OTHER")]), "absent"),
        (
            &by_name,
            json!([
                row("s1", CHUTE, "HF_TOKEN"),
                row("s2", OTHER_CHUTE, "HF_TOKEN")
            ]),
            "several s1 s2",
        ),
        (
            &by_name,
            json!([
                row("s1", "my-chute", "HF_TOKEN"),
                row("s2", OTHER_CHUTE, "HF_TOKEN")
            ]),
            "exists s1",
        ),
        // What a key is called itself is compared whatever it looks like.
        (&by_id, json!([row("s1", CHUTE, "123")]), "absent"),
    ] {
        expect(
            &created(&resource, values.clone(), None),
            after.clone(),
            None,
            wanted,
        );
    }
    let there = json!([row("s2", OTHER_CHUTE, "HF_TOKEN")]);
    let trace = created(&resource, by_name, Some(there.clone()));
    expect(&trace, there, None, "absent");
}

#[test]
fn an_ssh_key_of_djinn_is_found_by_name_and_the_path_of_its_namespace() {
    let resource = resource("djinn", "keys");
    let row = |id: u32, namespace: Value| json!({"id": id, "name": "id_deploy", "namespace": namespace, "created_at": "2026-11-20T12:00:00.123456789Z"});
    let path = |path: &str| json!({"path": path});
    let sent = |namespace: &str| json!({"name": "id_deploy", "namespace": namespace});
    for (values, after, wanted) in [
        (sent("blackmesa"), row(1, path("blackmesa")), "exists 1"),
        (
            sent("blackmesa@gordon"),
            row(1, path("blackmesa")),
            "exists 1",
        ),
        (sent("blackmesa/deep"), row(1, path("blackmesa")), "absent"),
        (sent("blackmesa"), row(1, path("black")), "absent"),
        (sent("blackmesa"), row(1, path("blackmesa/deep")), "absent"),
        (sent(""), row(1, json!(null)), "exists 1"),
        (
            json!({"name": "id_deploy"}),
            row(1, json!(null)),
            "exists 1",
        ),
        (sent(""), row(1, path("blackmesa")), "absent"),
    ] {
        expect(
            &created(&resource, values, None),
            json!([after]),
            None,
            wanted,
        );
    }
    // Version 1.3.0 lists no namespaces.
    let bare = json!([{"id": 1, "name": "id_deploy", "created_at": SENT}]);
    expect(
        &created(&resource, sent("blackmesa"), None),
        bare,
        None,
        "exists 1",
    );
}

/// A create of a Typesense key with this value.
fn typesense(value: &str, before: Option<Value>) -> Trace {
    let resource = resource("typesense", "keys");
    let mut change = change(
        &resource,
        Verb::Create,
        None,
        json!({"description": "search"}),
    );
    let secret = Secret::new(Zeroizing::new(value.to_owned()));
    change
        .values
        .insert("value".to_owned(), FieldValue::Secret(secret));
    let before = before.map(|items| rows(&resource, items));
    Trace::of(&change, before.as_ref(), sent())
}

#[test]
fn a_typesense_key_is_found_by_its_description_and_the_beginning_of_its_value() {
    let row = |id: u32, prefix: &str| json!({"id": id, "description": "search", "value_prefix": prefix, "actions": ["*"], "collections": ["*"], "expires_at": 0});
    let value = "abcdEFGH0123456789";
    for (before, after, wanted) in [
        (None, json!([row(1, "abcd")]), "exists 1"),
        (None, json!([row(1, "zzzz")]), "absent"),
        // The service shows more, or less, of the value.
        (None, json!([row(1, "abcdEF")]), "exists 1"),
        (None, json!([row(1, "ab")]), "exists 1"),
        (None, json!([row(1, "zzzz"), row(2, "abcd")]), "exists 2"),
        (
            Some(json!([row(1, "abcd")])),
            json!([row(1, "abcd")]),
            "absent",
        ),
        (
            Some(json!([row(1, "zzzz")])),
            json!([row(1, "zzzz"), row(2, "abcd")]),
            "exists 2",
        ),
    ] {
        let trace = typesense(value, before);
        assert_eq!(trace.prefix.as_deref(), Some("abcd"));
        assert!(!format!("{trace:?}").contains("abcdE"));
        expect(&trace, after, None, wanted);
    }
    // Nothing is kept of a value that is short: its description alone tells only what was not there before.
    let short = typesense("abcd", None);
    assert_eq!(short.prefix, None);
    expect(
        &short,
        json!([row(1, "abcd")]),
        None,
        "unclear: one like it is there, and nothing tells",
    );
    expect(&short, json!([]), None, "absent");
    let short = typesense("abcd", Some(json!([row(1, "zzzz")])));
    expect(&short, json!([row(1, "zzzz")]), None, "absent");
    expect(
        &short,
        json!([row(1, "zzzz"), row(2, "abcd")]),
        None,
        "exists 2",
    );
}

#[test]
fn a_deleted_key_is_absent_only_from_a_whole_list() {
    let resource = resource("runai", "access-keys");
    let change = change(&resource, Verb::Delete, Some("1"), json!({}));
    let trace = Trace::of(&change, None, sent());
    let (one, two) = (access_key("1", "a", SENT), access_key("2", "a", SENT));
    expect(&trace, json!([one, two]), None, "present");
    expect(&trace, json!([one]), Some("cut"), "present");
    expect(&trace, json!([two]), None, "absent");
    expect(
        &trace,
        json!([two]),
        Some("cut"),
        "unclear: the list may not be whole: cut",
    );
    expect(
        &trace,
        json!([two, "x"]),
        None,
        "unclear: a row of the list cannot be read",
    );
    // A row that cannot be read and has another id is another key.
    expect(&trace, json!([{"id": "2", "name": []}]), None, "absent");
    expect(&trace, json!([{"id": "1", "name": []}]), None, "present");
}

#[test]
fn an_update_is_the_same_or_different_by_what_can_be_read_back() {
    let resource = resource("djinn", "keys");
    let row = |config: &str| json!([{"id": 10, "name": "a", "config": config, "created_at": SENT}]);
    for (config, after, wanted) in [
        ("Host a", row("Host a"), "same"),
        ("Host a", row("Host b"), "different"),
        ("Host a", row(""), "different"),
        // An emptied config is sent as a newline.
        ("", row("\n"), "same"),
        ("", row(""), "same"),
        ("", row("Host a"), "different"),
        ("Host a", json!([]), "absent"),
    ] {
        let change = change(
            &resource,
            Verb::Update,
            Some("10"),
            json!({"config": config}),
        );
        expect(&Trace::of(&change, None, sent()), after, None, wanted);
    }
    let mut secret_only = change(&resource, Verb::Update, Some("10"), json!({}));
    let secret = Secret::new(Zeroizing::new("x".to_owned()));
    secret_only
        .values
        .insert("key".to_owned(), FieldValue::Secret(secret));
    let trace = Trace::of(&secret_only, None, sent());
    expect(
        &trace,
        row("Host a"),
        None,
        "unclear: what was changed cannot be read back",
    );
}

/// A resource with a field of each kind.
fn kinds() -> Arc<Resource> {
    let text = r#"
        manifest = 1
        id = "kinds"
        title = "Kinds"
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        call = "GET /keys"
        [resource.update]
        call = "PATCH /keys/{id}"
    "#;
    let kinds = [
        ("text", ""),
        ("number", "kind = \"int\""),
        ("flag", "kind = \"bool\""),
        ("items", "kind = \"list\""),
        (
            "ends",
            "kind = \"expiry\"\nformat = \"epoch_s\"\nnever = [0]",
        ),
        ("lives", "kind = \"expiry\"\nformat = \"ttl_s\""),
        ("deep", "kind = \"json\""),
    ];
    let field = |(key, more): &(&str, &str)| {
        format!("[[resource.field]]\nkey = \"{key}\"\ntitle = \"T\"\nsend = [\"update\"]\n{more}\n")
    };
    let text = kinds
        .iter()
        .fold(text.to_owned(), |text, kind| text + &field(kind));
    let manifest = manifest::load(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
    Arc::clone(manifest.resource("keys").unwrap())
}

#[test]
fn values_of_every_kind_are_compared_as_they_went_to_the_wire() {
    let resource = kinds();
    for (key, sent_value, listed, wanted) in [
        ("text", json!("a"), json!("a"), "same"),
        ("text", json!("a"), json!("b"), "different"),
        ("text", json!(null), json!(null), "same"),
        ("text", json!(null), json!("b"), "different"),
        ("text", json!("a"), json!(null), "different"),
        ("number", json!(7), json!(7), "same"),
        ("number", json!(7), json!(8), "different"),
        ("flag", json!(true), json!(true), "same"),
        ("flag", json!(true), json!(false), "different"),
        ("items", json!(["a", "b"]), json!(["a", "b"]), "same"),
        ("items", json!(["a", "b"]), json!(["a"]), "different"),
        ("items", json!([]), json!([]), "same"),
        ("ends", json!(1_900_000_000), json!(1_900_000_000), "same"),
        (
            "ends",
            json!(1_900_000_000),
            json!(1_900_000_001),
            "different",
        ),
        ("ends", json!(1_900_000_000), json!(0), "different"),
        ("lives", json!(60), json!("2026-11-20T12:01:00Z"), "unclear"),
        ("deep", json!({"a": 1}), json!({"a": 1}), "unclear"),
    ] {
        let change = change(&resource, Verb::Update, Some("1"), json!({key: sent_value}));
        let trace = Trace::of(&change, None, sent());
        expect(&trace, json!([{"id": "1", key: listed}]), None, wanted);
    }
}

#[test]
fn a_rotation_and_a_create_without_a_natural_key_cannot_be_seen() {
    let resource = resource("runai", "access-keys");
    let rotate = change(&resource, Verb::Rotate, Some("1"), json!({}));
    let trace = Trace::of(&rotate, None, sent());
    expect(
        &trace,
        json!([access_key("1", "a", SENT)]),
        None,
        "unclear: no list shows which secret",
    );
    let mut trace = created(&resource, json!({"name": "ci"}), None);
    trace.natural.clear();
    expect(
        &trace,
        json!([]),
        None,
        "unclear: its manifest does not say by what a new access key is known",
    );
}
