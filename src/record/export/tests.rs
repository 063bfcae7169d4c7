use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{csv_header, csv_row, item, to_json};
use crate::{
    manifest::{Manifest, Resource},
    record::{Rows, decode_page},
};

fn rows(body: &str) -> Rows {
    let manifest: Manifest = toml::from_str(
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
list = { call = "GET /keys" }
field = [
  { key = "label", title = "Name", role = "name" },
  { key = "hidden", title = "Hidden", kind = "secret", at = "/hidden" },
  { key = "used", title = "Used", kind = "time", role = "last-used", not_recorded = true },
  { key = "ends", title = "Ends", kind = "expiry", role = "expires" },
  { key = "scopes", title = "Scopes", kind = "records", role = "scopes", each = [
    { key = "type", title = "Type" }, { key = "object", title = "Object" },
    { key = "token", title = "Token", kind = "secret" } ] },
  { key = "admin", title = "Admin", kind = "bool", role = "admin" },
  { key = "count", title = "Count", kind = "int" },
]
"#,
    )
    .unwrap();
    let resource: &Arc<Resource> = &manifest.resource[0];
    decode_page(resource, &resource.list, body.as_bytes())
        .unwrap()
        .rows
}

const ROW: &str = r#"[{"id":7,"label":"=cmd()","hidden":"canary","used":null,"ends":null,
    "scopes":[{"token":"canary","object":null,"type":"images"},{"type":"chutes","object":"*"}],
    "admin":false,"count":18446744073709551615,"other":1}]"#;

#[test]
fn an_item_has_the_described_members_in_their_order() {
    let rows = rows(ROW);
    let item = item("prod", "x", rows.record(0));
    let expected = json!({
        "context": "prod", "backend": "x", "resource": "keys", "id": "7", "name": "=cmd()",
        "last_used": null, "expires": null, "scopes": ["images", "chutes:*"], "admin": false,
        "never": ["expires"], "unrecorded": ["last_used"],
        "fields": {
            "label": "=cmd()", "used": null, "ends": null,
            "scopes": [{"type": "images", "object": null}, {"type": "chutes", "object": "*"}],
            "admin": false, "count": 18_446_744_073_709_551_615_u64,
        },
    });
    // Text, and not only values, so that the order counts.
    assert_eq!(to_json(&item), expected.to_string());
}

#[test]
fn a_csv_row_follows_its_header_and_starts_no_formula() {
    let rows = rows(ROW);
    let row = csv_row("-prod", "x", rows.record(0));
    assert_eq!(
        csv_header().join(","),
        "context,backend,resource,id,name,owner,creator,client_id,prefix,created,updated,last_used,expires,scopes,admin"
    );
    assert_eq!(
        row.join(","),
        "'-prod,x,keys,7,'=cmd(),,,,,,,unrecorded,never,images chutes:*,false"
    );
}

#[test]
fn a_row_without_id_or_values_is_still_an_item() {
    let rows = rows(r#"[{"id":null},3]"#);
    let empty = item("c", "x", rows.record(0));
    assert_eq!(empty["id"], Value::Null);
    assert_eq!(empty["scopes"], Value::Null);
    assert_eq!(csv_row("c", "x", rows.record(1)).len(), csv_header().len());
}

#[test]
fn json_text_cannot_reach_the_terminal_behind_the_screen() {
    let value = json!({"a\u{202e}": "\u{1b}]0;x\u{7}\u{7f}\u{9b}\u{e0041} é 東"});
    assert_eq!(
        to_json(&value),
        r#"{"a\u202e":"\u001b]0;x\u0007\u007f\u009b\udb40\udc41 é 東"}"#
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_reads_back_exactly(text in any::<String>()) {
        let value = json!({"k": text, "l": [text]});
        let written = to_json(&value);
        prop_assert!(!written.chars().any(char::is_control));
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }
}
