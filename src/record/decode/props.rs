//! Whatever a server sends, decoding ends with rows or with words, and never with its text in them.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{decode_item, decode_page, decode_page_by};
use crate::{
    manifest::{Manifest, Resource},
    record::{Cell, Rows},
};

/// One field of each kind, and an operation of each shape.
fn resource(list: &str) -> Arc<Resource> {
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
list = {list}
create = {{ call = "POST /keys", item = "/a", secret = "/s", id = "/a/id" }}
field = [
  {{ key = "a", title = "A" }},
  {{ key = "b", title = "B", kind = "bool" }},
  {{ key = "c", title = "C", kind = "int", at = "/c/-1" }},
  {{ key = "d", title = "D", kind = "time" }},
  {{ key = "e", title = "E", kind = "expiry", never = [0, "x"] }},
  {{ key = "f", title = "F", kind = "list" }},
  {{ key = "g", title = "G", kind = "json", at = "" }},
  {{ key = "h", title = "H", kind = "records", each = [{{ key = "a", title = "A" }}] }},
  {{ key = "s", title = "S", kind = "secret", at = "/s" }},
]
"#
    );
    let manifest: Manifest = toml::from_str(&text).unwrap();
    Arc::clone(&manifest.resource[0])
}

const LISTS: [&str; 4] = [
    r#"{ call = "GET /k", page = { by = "cursor", param = "p", next = "item:/id", more = "/m" } }"#,
    r#"{ call = "GET /k", items = "/a", page = { by = "page", param = "p", size = 1, total = "/c" } }"#,
    r#"{ call = "GET /k", items = "/a", rows = "map", page = { by = "url", next = "/b" } }"#,
    r#"{ call = "GET /k", items = "/f/-1", rows = "strings" }"#,
];

/// JSON whose members often have the names that fields read.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}|never|[0-9]{1,20}|[0-9]{4}-[01][0-9]-[0-3][0-9]".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = "[a-hs]|id|[a-z]{0,3}|-1|0|~1";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..8)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// All that is kept of rows can be looked at.
fn look(rows: &Rows) {
    for record in rows.iter() {
        for field in 0..rows.resource().field.len() {
            let cell = record.cell(field);
            assert!(cell.list().count() < 1000);
            if let Cell::Json(text) = cell {
                assert!(serde_json::from_str::<Value>(text.exact()).is_ok());
            }
        }
        let _ = record.name().shown();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_decodes_or_is_told(body in any_json(), list in 0..LISTS.len()) {
        let resource = resource(LISTS[list]);
        for text in [body.to_string(), serde_json::to_string_pretty(&body).unwrap()] {
            if let Ok(page) = decode_page(&resource, &resource.list, text.as_bytes()) {
                look(&page.rows);
            }
            if let Ok(done) = decode_item(&resource, resource.create.as_ref().unwrap(), text.as_bytes()) {
                look(&done.rows);
            }
        }
    }

    #[test]
    fn any_bytes_and_any_cut_decode_or_are_told(
        body in any_json(),
        noise in proptest::collection::vec(any::<u8>(), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let resource = resource(LISTS[0]);
        let whole = body.to_string().into_bytes();
        let mut spliced = whole[..cut.index(whole.len())].to_vec();
        let _ = decode_page(&resource, &resource.list, &spliced);
        spliced.extend(noise);
        let _ = decode_page(&resource, &resource.list, &spliced);
        let _ = decode_item(&resource, resource.create.as_ref().unwrap(), &spliced);
    }

    #[test]
    fn no_reason_holds_text_of_the_body(rows in proptest::collection::vec(any_json(), 0..4)) {
        let resource = resource(LISTS[0]);
        let mut body = json!(rows).to_string();
        // Every text becomes one that can be recognised.
        body = body.replace('"', "\"qqq");
        if let Ok(page) = decode_page(&resource, &resource.list, body.as_bytes()) {
            for row in 0..page.rows.len() {
                prop_assert!(!page.rows.bad(row).unwrap_or("").contains("qqq"));
            }
        }
    }

    #[test]
    fn pieces_add_up_to_the_whole(rows in proptest::collection::vec(any_json(), 0..9), at_once in 1..5_usize) {
        let resource = resource(r#"{ call = "GET /k" }"#);
        let body = json!(rows).to_string();
        let whole = decode_page(&resource, &resource.list, body.as_bytes()).unwrap();
        let mut pieces = Rows::new(Arc::clone(&resource));
        let mut take = |some: Rows| pieces.append(&some);
        let last = decode_page_by(&resource, &resource.list, body.as_bytes(), at_once, &mut take).unwrap();
        pieces.append(&last.rows);
        prop_assert_eq!(pieces.len(), whole.rows.len());
        for row in 0..pieces.len() {
            prop_assert_eq!(pieces.bad(row), whole.rows.bad(row));
            prop_assert_eq!(pieces.id_text(row), whole.rows.id_text(row));
            for field in 0..resource.field.len() {
                prop_assert_eq!(pieces.cell(row, field), whole.rows.cell(row, field));
            }
        }
    }
}
