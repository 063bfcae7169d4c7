//! Names and shapes are kept, values never, and names that may be values are not told.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::manifest::Resource;

fn list(words: &str) -> List {
    let resource: Resource = toml::from_str(&format!(
        "id = \"k\"\ntitle = \"K\"\nnoun = \"k\"\npane = \"api-keys\"\nitem_id = \"/id\"\nlist = {{ call = \"GET /k\", {words} }}"
    ))
    .unwrap();
    resource.list
}

fn of(list: &List, body: &serde_json::Value) -> Survey {
    let mut survey = Survey::default();
    survey.page(list, body.to_string().as_bytes(), false);
    survey
}

#[test]
fn rows_are_told_by_their_members_and_what_stands_there() {
    let body = json!({"data": [
        {"id": "a1", "n": 3, "at": "2026-01-02T03:04:05Z", "since": 1_700_000_000, "on": true,
         "tags": ["x"], "owner": {"id": 1, "name": "ada"}, "gone": null},
        {"id": "b2", "n": 3.5, "at": null, "since": 1_700_000_001, "on": false,
         "tags": [], "owner": {"id": 2, "name": "bob"}},
    ]});
    let survey = of(&list("items = \"/data\""), &body);
    assert_eq!(survey.pages, [2]);
    let rows = &survey.listed;
    let only = |at: &str, shape| assert!(rows.get(at).unwrap().is_only(&[shape]), "{at}");
    only("/id", Shape::Text);
    only("/at", Shape::Time);
    only("/since", Shape::Epoch);
    only("/on", Shape::Flag);
    only("/tags", Shape::List);
    only("/tags/*", Shape::Text);
    assert!(
        rows.get("/n")
            .unwrap()
            .is_only(&[Shape::Whole, Shape::Number])
    );
    assert!(!rows.get("/gone").unwrap().is_only(&[Shape::Null]));
    assert_eq!(
        leaves(rows).into_iter().collect::<Vec<_>>(),
        [
            "/at",
            "/gone",
            "/id",
            "/n",
            "/on",
            "/owner/id",
            "/owner/name",
            "/since",
            "/tags"
        ]
    );
}

#[test]
fn the_keys_of_a_map_are_not_told_as_names() {
    let body = json!([
        {"id": 1, "labels": {"sk-live-canary": 1}, "per": {"one": 1}},
        {"id": 2, "labels": {"canary-two": 1}, "per": {"two": 1}},
        {"id": 3, "labels": {}, "per": {"three": 1}, "0123456789abcdef": 1},
    ]);
    let survey = of(&list("items = \"\""), &body);
    let told: Vec<_> = leaves(&survey.listed).into_iter().collect();
    assert_eq!(told, ["/id", "/labels", "/per"]);
    let one = of(
        &list("items = \"\""),
        &json!([{"id": 1, "labels": {"sk-live-canary": 1}}]),
    );
    assert_eq!(
        leaves(&one.listed).into_iter().collect::<Vec<_>>(),
        ["/id", "/labels"]
    );
}

#[test]
fn a_name_is_told_from_a_key() {
    for name in [
        "created_at",
        "lastUsedAt",
        "sha256",
        "x-amz-id-2",
        "$ref",
        "@type",
        "oauth2_client_id",
    ] {
        assert!(is_name(name), "{name}");
    }
    for name in [
        "",
        "2fa",
        "sk-live-4eC39HqLyjWDarjtT1zdp7dc",
        "a b",
        "9f86d081",
        "é",
        "AKIA1OSFODNN7EXAMPLE",
    ] {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn an_answer_that_is_not_what_was_said_tells_where_its_rows_may_be() {
    let body = json!({"meta": {"next": null, "total_count": 3}, "keys": [{"id": 1}], "names": ["a"], "none": []});
    let survey = of(&list("items = \"/data\""), &body);
    assert!(survey.pages.is_empty());
    assert_eq!(survey.lists(RowShape::Objects), ["/keys", "/none"]);
    assert_eq!(survey.lists(RowShape::Strings), ["/names", "/none"]);
    assert_eq!(
        survey.paging(&list("items = \"/keys\"")),
        ["/meta/next", "/meta/total_count"]
    );
    assert_eq!(
        of(&list("items = \"/data\""), &json!([{"id": 1}])).lists(RowShape::Objects),
        [""]
    );
    let paged = list("items = \"/keys\", page = { by = \"url\", next = \"/meta/next\" }");
    assert!(survey.paging(&paged).is_empty());
}

#[test]
fn a_single_row_is_told_apart_from_those_of_lists() {
    let list = list("items = \"\"");
    let mut survey = of(&list, &json!([{"id": 1}]));
    let op = Op {
        item: Some("/key".to_owned()),
        ..Op::default()
    };
    survey.item(&op, br#"{"key": {"id": 1, "more": "x"}}"#);
    assert_eq!((survey.got, survey.listed.get("/more")), (1, None));
    assert!(survey.single.get("/more").is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_is_kept(values in proptest::collection::vec("qqq[a-z0-9 \"\\\\]{0,12}", 1..6)) {
        let rows: Vec<_> = values.iter().map(|value| {
            let inner = value.as_str();
            json!({"id": inner, "deep": {"list": [inner, {"x": inner}]}})
        }).collect();
        let list = list("items = \"/rows\"");
        let mut survey = of(&list, &json!({"rows": rows}));
        survey.item(&Op::default(), json!({"a": values}).to_string().as_bytes());
        let kept = format!("{survey:?}");
        prop_assert!(!kept.contains("qqq") , "{kept}");
    }

    #[test]
    fn any_bytes_are_looked_at_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut survey = Survey::default();
        survey.page(&list("items = \"\""), &bytes, false);
        survey.item(&Op::default(), &bytes);
        let _ = (leaves(&survey.listed), survey.lists(RowShape::One));
    }
}

#[test]
fn an_answer_cannot_fill_the_memory_with_names() {
    let members: serde_json::Map<String, serde_json::Value> =
        (0..9_000).map(|at| (format!("m{at}"), json!(1))).collect();
    let survey = of(&list("items = \"\""), &json!([members]));
    assert!(survey.listed.iter().count() <= MOST);
}
