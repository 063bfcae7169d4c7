//! A field of the selected row stands in a body as the value that it is, also where it is none.

use super::*;

#[tokio::test]
async fn a_field_in_a_body_is_its_value_and_nothing_where_the_row_has_none() {
    let words = "item_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n[resource.delete]\ncall = \"POST /keys/{id}/end\"\nbody = { group = \"{item.group}\", rules = \"{item.rules}\" }\n[[resource.action]]\nid = \"move\"\ntitle = \"Move\"\ncall = \"POST /groups/{item.group}/keys/{id}\"\n";
    let fields = "[[resource.field]]\nkey = \"group\"\ntitle = \"Group\"\n[[resource.field]]\nkey = \"rules\"\ntitle = \"Rules\"\nkind = \"json\"\n";
    let scene = Scene::new(&keys(words, fields)).await;
    let rows = json!([
        {"id": "1", "name": "a", "group": null, "rules": {"read": [1]}},
        {"id": "2", "name": "b", "group": "ops"},
    ]);
    scene.answer("GET", "/keys", rows).await;
    for path in ["/keys/1/end", "/keys/2/end"] {
        scene.answer("POST", path, json!({})).await;
    }
    let listed = list(&scene.client, "keys").await;
    let change = |row: usize, verb| Change {
        context: "test".into(),
        target: Target::of(listed.rows.record(row)),
        resource: scene.client.resource("keys"),
        verb,
        values: BTreeMap::new(),
    };
    for row in [0, 1] {
        let outcome = scene.send(change(row, Verb::Delete)).await;
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    }
    let asked = scene.asked().await;
    let sent: Vec<_> = asked.iter().skip(1).map(|(_, body)| body).collect();
    assert_eq!(
        sent,
        [
            &json!({"group": null, "rules": {"read": [1]}}),
            &json!({"group": "ops", "rules": null})
        ]
    );
    let outcome = scene.send(change(0, Verb::Act(0))).await;
    let Outcome::NotDone(error) = outcome else {
        panic!("{outcome:?}")
    };
    let words = error.to_string();
    assert!(
        words.contains("this key has no group that could be sent"),
        "{words}"
    );
}
