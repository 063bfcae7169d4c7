use super::*;
use crate::{
    manifest::Manifest,
    record::{Cell, Moment, Text},
};

/// A resource with one list call and these further lines.
fn resource(lines: &str) -> Arc<Resource> {
    let text = format!("manifest = 1\nid = \"x\"\ntitle = \"X\"\n[[resource]]\n{lines}");
    let manifest = toml::from_str::<Manifest>(&text).unwrap();
    Arc::clone(&manifest.resource[0])
}

const KEYS: &str = r#"
id = "keys"
title = "Keys"
noun = "key"
pane = "api-keys"
item_id = "/id"
item_id_kind = "u32"
list = { call = "GET /keys", items = "/keys" }
create = { call = "POST /keys", item = "", secret = "/value" }
delete = { call = "DELETE /keys/{id}", id = "/id" }
field = [
  { key = "id", title = "Id", kind = "int" },
  { key = "description", title = "Description", role = "name" },
  { key = "actions", title = "Actions", kind = "list", role = "scopes" },
  { key = "expires_at", title = "Expires", kind = "expiry", format = "epoch_s", never = [64723363199], role = "expires" },
  { key = "autodelete", title = "Autodelete", kind = "bool" },
  { key = "value", title = "Value", kind = "secret" },
  { key = "shown", title = "Shown", kind = "secret", at = "/value_seen" },
]
"#;

/// The same resource with other words for its list.
fn listing(list: &str) -> Arc<Resource> {
    resource(&KEYS.replace(r#"{ call = "GET /keys", items = "/keys" }"#, list))
}

fn page(resource: &Arc<Resource>, body: &str) -> Result<Page, DecodeError> {
    decode_page(resource, &resource.list, body.as_bytes())
}

#[test]
fn a_row_holds_the_declared_fields_in_their_kinds() {
    let body = r#"{"keys":[{"actions":["documents:search","*"],"collections":["users"],"autodelete":false,
        "description":"Search \"only\"","expires_at":64723363199,"id":1,"value":"never-kept","value_seen":"never-kept"}]}"#;
    let page = page(&resource(KEYS), body).unwrap();
    let row = page.rows.record(0);
    assert_eq!(row.bad(), None);
    assert_eq!(row.id_text(), Some("1"));
    assert_eq!(row.cell(0), Cell::Int(1));
    assert_eq!(row.name().exact(), "Search \"only\"");
    let actions: Vec<_> = row.cell(2).list().map(Text::exact).collect();
    assert_eq!(actions, ["documents:search", "*"]);
    assert_eq!(row.cell(3), Cell::Never);
    assert_eq!(row.cell(4), Cell::Bool(false));
    assert_eq!(row.cell(5), Cell::Absent);
    assert_eq!(row.cell(6), Cell::Hidden);
    let kept = format!("{:?}", page.rows);
    assert!(kept.contains("documents:search"), "{kept}");
    assert!(!kept.contains("never-kept"), "{kept}");
}

#[test]
fn a_bad_row_stays_in_place_and_names_item_and_field_but_no_text() {
    let body = r#"{"keys":[{"id":1},7,{"id":2,"actions":{"canary":1}},{"id":"x1"},{},{"id":null},
        {"id":3,"expires_at":"canary"},{"id":4},{"description":[],"id":true}]}"#;
    let page = page(&resource(KEYS), body).unwrap();
    let reasons: Vec<_> = (0..page.rows.len()).map(|row| page.rows.bad(row)).collect();
    assert_eq!(
        reasons,
        [
            None,
            Some("item 1 is a number, not an object"),
            Some("item 2: /actions is an object, not a list"),
            Some("item 3: /id is text, not a whole number"),
            Some("item 4: the id is missing"),
            None,
            Some("item 6: /expires_at is text, not a time"),
            None,
            Some("item 8: /id is yes or no, not a whole number"),
        ]
    );
    let ids: Vec<_> = (0..page.rows.len())
        .map(|row| page.rows.id_text(row))
        .collect();
    let ids: Vec<_> = ids.into_iter().map(|id| id.unwrap_or("-")).collect();
    assert_eq!(ids.join(" "), "1 - 2 - - - 3 4 -");
}

#[test]
fn rows_of_a_large_page_are_handed_over_in_pieces() {
    let rows: Vec<_> = (0..5).map(|id| format!("{{\"id\":{id}}}")).collect();
    let body = format!("{{\"keys\":[{}]}}", rows.join(","));
    let resource = resource(KEYS);
    let mut sizes = Vec::new();
    let page = decode_page_by(&resource, &resource.list, body.as_bytes(), 2, &mut |rows| {
        sizes.push(rows.len());
    })
    .unwrap();
    assert_eq!(sizes, [2, 2]);
    assert_eq!(page.rows.id_text(0), Some("4"));
}

#[test]
fn strings_maps_and_single_objects_are_rows_too() {
    let strings = listing(r#"{ call = "GET /k", items = "/data/keys", rows = "strings" }"#);
    let found = page(&strings, r#"{"data":{"keys":["1",2]}}"#).unwrap();
    assert_eq!(found.rows.id_text(1), Some("2"));
    assert_eq!(found.rows.cell(0, 0), Cell::Int(1));
    assert_eq!(page(&strings, "{}").unwrap().rows.len(), 0);

    let map = listing(r#"{ call = "GET /k", rows = "map" }"#);
    let found = page(&map, r#"{"5":{"description":"five"},"6":{}}"#).unwrap();
    assert_eq!(found.rows.record(0).name().exact(), "five");
    assert_eq!(found.rows.id_text(1), Some("6"));

    let one = listing(r#"{ call = "GET /k", items = "/me", rows = "one" }"#);
    let found = page(&one, r#"{"me":{"id":9}}"#).unwrap();
    assert_eq!(found.rows.id_text(0), Some("9"));
}

#[test]
fn an_envelope_that_is_wrong_says_where() {
    let keys = resource(KEYS);
    assert_eq!(page(&keys, "<html>").unwrap_err(), DecodeError::NotJson);
    assert_eq!(page(&keys, "").unwrap_err(), DecodeError::NotJson);
    assert_eq!(
        page(&keys, "{}").unwrap_err().to_string(),
        "the answer has nothing at /keys"
    );
    assert_eq!(
        page(&keys, r#"{"keys":"x"}"#).unwrap_err().to_string(),
        "the answer has no list at /keys"
    );
    assert_eq!(
        page(&listing(r#"{ call = "GET /k" }"#), "{}")
            .unwrap_err()
            .to_string(),
        "the answer has no list at the top"
    );
}

#[test]
fn paging_members_are_read_from_the_body() {
    let list = r#"{ call = "GET /k", items = "/keys", page = { by = "page", param = "p", size = 2, total = "/meta/total" } }"#;
    let found = page(&listing(list), r#"{"keys":[],"meta":{"total":"340"}}"#).unwrap();
    assert_eq!(found.total, Some(340));
    let error = page(&listing(list), r#"{"keys":[]}"#).unwrap_err();
    assert_eq!(error, DecodeError::Missing("/meta/total".to_owned()));

    let list = r#"{ call = "GET /k", items = "/keys", page = { by = "cursor", param = "p", next = "item:/id", more = "/has_more" } }"#;
    let found = page(
        &listing(list),
        r#"{"keys":[{"id":1},{"id":2}],"has_more":true}"#,
    )
    .unwrap();
    assert_eq!((found.next.as_deref(), found.more), (Some("2"), Some(true)));

    let found = page(
        &listing(list),
        r#"{"keys":[{"id":1},{"id":[]}],"has_more":1}"#,
    );
    assert_eq!(found.unwrap().next.as_deref(), Some("1"));
    let error = page(&listing(list), r#"{"keys":[{}]}"#).unwrap_err();
    assert_eq!(error, DecodeError::Missing("item:/id".to_owned()));

    let list = r#"{ call = "GET /k", items = "/keys", page = { by = "url", next = "/links/-1" } }"#;
    let next = |body| page(&listing(list), body).unwrap().next;
    assert_eq!(
        next(r#"{"keys":[],"links":["a","b"]}"#).as_deref(),
        Some("b")
    );
    assert_eq!(next(r#"{"keys":[],"links":[null]}"#), None);
    assert_eq!(next(r#"{"keys":[]}"#), None);
}

#[test]
fn a_new_secret_is_taken_out_and_outranks_the_row() {
    let keys = resource(KEYS);
    let create = keys.create.as_ref().unwrap();
    let read = |body: &str| decode_item(&keys, create, body.as_bytes());
    let done = read(r#"{"id":7,"value":"abc\ndef","value_seen":1}"#).unwrap();
    assert_eq!(done.id.unwrap().as_str(), "7");
    assert_eq!(done.secret.unwrap().chars(), 7);
    assert_eq!(done.rows.cell(0, 6), Cell::Hidden);
    assert_eq!(
        read("").unwrap_err(),
        DecodeError::Missing("/value".to_owned())
    );
    assert_eq!(
        read(r#"{"id":7,"value":null}"#).unwrap_err(),
        DecodeError::Missing("/value".to_owned())
    );
    let half = read(r#"{"id":"?","value":"abc"}"#).unwrap();
    assert!(half.id.is_none() && half.secret.is_some());
}

#[test]
fn a_field_that_reads_where_the_secret_stands_stays_hidden() {
    let careless = resource(&KEYS.replace(
        r#"{ key = "value", title = "Value", kind = "secret" }"#,
        r#"{ key = "value", title = "Value" }, { key = "all", title = "All", kind = "json", at = "" }"#,
    ));
    let body = br#"{"id":7,"value":"canary"}"#;
    let done = decode_item(&careless, careless.create.as_ref().unwrap(), body).unwrap();
    assert_eq!(done.rows.cell(0, 5), Cell::Hidden);
    assert_eq!(done.rows.cell(0, 6), Cell::Hidden);
}

#[test]
fn an_answer_without_a_row_may_be_anything() {
    let keys = resource(KEYS);
    let bare = resource(&KEYS.replace(", id = \"/id\" }", " }"));
    let read =
        |keys: &Arc<Resource>, body: &[u8]| decode_item(keys, keys.delete.as_ref().unwrap(), body);
    assert!(read(&bare, b"").unwrap().rows.is_empty());
    assert!(read(&bare, b"\xff not json").unwrap().id.is_none());
    let named = read(&keys, br#"{"id":3}"#).unwrap();
    assert_eq!(named.id.unwrap().as_str(), "3");
}

#[test]
fn times_follow_one_rule() {
    let times = resource(
        r#"
id = "keys"
title = "Keys"
noun = "key"
pane = "api-keys"
item_id = "/id"
list = { call = "GET /keys" }
field = [
  { key = "a", title = "A", kind = "time", role = "last-used" },
  { key = "b", title = "B", kind = "time", role = "last-used", not_recorded = true },
  { key = "c", title = "C", kind = "time", role = "created" },
]
"#,
    );
    let found = page(
        &times,
        r#"[{"id":1,"a":null,"b":null,"c":null},{"id":2,"a":"","b":"never","c":""},
        {"id":3,"a":0,"b":"0","c":"2026-11-20T23:53:54.568047"},
        {"id":4,"a":1906054106,"b":1906054106000,"c":"1906054106000000"}]"#,
    )
    .unwrap();
    for row in 0..2 {
        assert_eq!(found.rows.cell(row, 0), Cell::Never);
        assert_eq!(found.rows.cell(row, 1), Cell::Unrecorded);
        assert_eq!(found.rows.cell(row, 2), Cell::Null);
    }
    let zero = Cell::Time(Moment::from_micros(0));
    assert_eq!(found.rows.cell(2, 0), zero);
    assert_eq!(found.rows.cell(2, 1), zero);
    let naive = Moment::read("2026-11-20T23:53:54.568047Z").unwrap();
    assert_eq!(found.rows.cell(2, 2), Cell::Time(naive));
    for field in 0..3 {
        let moment = Moment::from_micros(1_906_054_106_000_000);
        assert_eq!(found.rows.cell(3, field), Cell::Time(moment));
    }
}

#[test]
fn how_long_a_key_lasts_is_read_in_each_way_in_which_it_is_written() {
    let text = "manifest = 1\nid = \"a\"\ntitle = \"A\"\n[[resource]]\nid = \"keys\"\ntitle = \"Keys\"\nnoun = \"key\"\npane = \"api-keys\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n[[resource.field]]\nkey = \"validity\"\ntitle = \"Validity\"\nkind = \"expiry\"\nformat = \"ttl_text\"\n";
    let manifest = crate::manifest::load(text).unwrap();
    let resource = &manifest.resource[0];
    for lasts in ["30d", "12h", "90m", "5s", "720h0m0s", "8093758s", "2w"] {
        let body = format!(r#"[{{"id": "1", "validity": "{lasts}"}}]"#);
        let page = decode_page(resource, &resource.list, body.as_bytes()).unwrap();
        let row = page.rows.record(0);
        assert_eq!(row.bad(), None, "{lasts}");
        assert!(
            matches!(row.cell(0), Cell::Text(text) if text.exact() == lasts),
            "{lasts}"
        );
    }
}

#[test]
fn how_long_a_key_lasts_is_no_moment_at_which_it_ends() {
    let text = "manifest = 1\nid = \"a\"\ntitle = \"A\"\n[[resource]]\nid = \"keys\"\ntitle = \"Keys\"\nnoun = \"key\"\npane = \"api-keys\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n[[resource.field]]\nkey = \"validity\"\ntitle = \"Validity\"\nkind = \"expiry\"\nrole = \"expires\"\nformat = \"ttl_s\"\nnever = [0]\n";
    let manifest = crate::manifest::load(text).unwrap();
    let resource = &manifest.resource[0];
    let body = br#"[{"id": "1", "validity": 86000}, {"id": "2", "validity": 1795750208}, {"id": "3", "validity": 0}, {"id": "4", "validity": "2027-01-01T00:00:00Z"}]"#;
    let page = decode_page(resource, &resource.list, body).unwrap();
    let cells: Vec<_> = page
        .rows
        .iter()
        .map(|row| format!("{:?}", row.cell(0)))
        .collect();
    assert_eq!(cells[0], "Int(86000)");
    assert!(cells[1].starts_with("Time("), "{cells:?}");
    assert_eq!(cells[2], "Never");
    assert!(cells[3].starts_with("Time("), "{cells:?}");
}
