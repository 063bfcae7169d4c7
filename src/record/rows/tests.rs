use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use super::{Cell, KeyId, Rows, Value};
use crate::{
    manifest::{IdKind, Manifest, Resource},
    record::{Moment, Text},
};

fn resource() -> Arc<Resource> {
    let text = r#"
manifest = 1
id = "x"
title = "X"
[[resource]]
id = "keys"
title = "Keys"
noun = "key"
pane = "api-keys"
item_id = "/id"
list = { call = "GET /keys" }
field = [
  { key = "name", title = "Name", role = "name" },
  { key = "scopes", title = "Scopes", kind = "list" },
  { key = "created", title = "Created", kind = "time", role = "created" },
]
"#;
    let manifest: Manifest = toml::from_str(text).unwrap();
    Arc::clone(&manifest.resource[0])
}

fn id(text: &str) -> KeyId {
    KeyId::new(text, IdKind::Text).unwrap()
}

fn values(name: &str, scopes: &[&str], created: i64) -> Vec<Value<'static>> {
    vec![
        Value::Text(name.to_owned().into()),
        Value::List(
            scopes
                .iter()
                .map(|scope| (*scope).to_owned().into())
                .collect(),
        ),
        Value::Time(Moment::from_micros(created)),
    ]
}

#[test]
fn a_list_keeps_empty_elements_apart_from_none() {
    let mut rows = Rows::new(resource());
    for scopes in [&[][..], &[""], &["", "a"], &["b", ""]] {
        rows.push(None, values("n", scopes, 0));
    }
    let lists: Vec<Vec<&str>> = (0..4)
        .map(|row| rows.cell(row, 1).list().map(Text::exact).collect())
        .collect();
    assert_eq!(lists, [vec![], vec![""], vec!["", "a"], vec!["b", ""]]);
}

#[test]
fn equal_texts_have_one_number() {
    let mut rows = Rows::new(resource());
    for name in ["same", "other", "same"] {
        rows.push(None, values(name, &[], 0));
    }
    assert_eq!(rows.word(0, 0), rows.word(2, 0));
    assert_ne!(rows.word(0, 0), rows.word(1, 0));
    assert_eq!(rows.word(0, 2), None);
}

#[test]
fn a_column_widens_when_a_value_needs_it() {
    let mut rows = Rows::new(resource());
    for number in [0, 7, i64::MAX, -1] {
        rows.push(None, values("n", &[], number));
    }
    let times: Vec<_> = (0..4).map(|row| rows.cell(row, 2)).collect();
    assert_eq!(
        times,
        [0, 7, i64::MAX, -1].map(|at| Cell::Time(Moment::from_micros(at)))
    );
}

#[test]
fn rows_that_shrank_still_take_rows() {
    let mut rows = Rows::new(resource());
    rows.push(Some(&id("a")), values("one", &[], 1));
    rows.shrink();
    let mut more = Rows::new(resource());
    more.push(Some(&id("b")), values("one", &[], 2));
    more.push_bad(None, "item 1 is bad");
    rows.append(&more);
    assert_eq!(rows.record(1).name().exact(), "one");
    assert_eq!(rows.find(&id("b")), Some(1));
    assert_eq!(rows.bad(2), Some("item 1 is bad"));
}

#[test]
fn a_row_past_the_end_says_nothing() {
    let rows = Rows::new(resource());
    assert_eq!(rows.record(9).cell(0), Cell::Absent);
    assert_eq!((rows.record(9).id(), rows.record(9).bad()), (None, None));
}

/// Keys by small numbers, so that they meet.
fn keys() -> impl Strategy<Value = Vec<(u8, String)>> {
    proptest::collection::vec((0..40_u8, "[a-c]{0,2}"), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_agree_with_a_plain_map(keys in keys()) {
        let mut rows = Rows::new(resource());
        let mut plain = BTreeMap::new();
        for (number, name) in keys {
            let key = id(&number.to_string());
            prop_assert_eq!(rows.find(&key).is_some(), plain.contains_key(&key));
            if plain.contains_key(&key) {
                continue;
            }
            let mut one = Rows::new(resource());
            one.push(Some(&key), values(&name, &[&name], i64::from(number)));
            if name.is_empty() {
                one.spoil("bad");
            }
            rows.append(&one);
            plain.insert(key, name);
        }
        prop_assert_eq!(rows.len(), plain.len());
        prop_assert_eq!(rows.all_bad().len(), plain.values().filter(|name| name.is_empty()).count());
        for (key, name) in plain {
            let row = rows.find(&key).unwrap();
            prop_assert_eq!(rows.id_text(row), Some(key.as_str()));
            prop_assert_eq!(rows.cell(row, 0), Cell::Text(Text::new(&name)));
            prop_assert_eq!(rows.cell(row, 1).list().map(Text::exact).collect::<Vec<_>>(), [name.as_str()]);
            prop_assert_eq!(rows.bad(row).is_some(), name.is_empty());
        }
    }
}
