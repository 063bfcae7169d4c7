//! Lists that have little more than ids: each row is read by itself.

use super::*;

#[tokio::test]
async fn rows_that_are_ids_alone_are_read_one_by_one_and_those_that_are_gone_are_left_out() {
    let words = "item_id = \"/accessor\"\n[resource.list]\ncall = \"LIST /accessors\"\nitems = \"/data/keys\"\nrows = \"strings\"\nhydrate = true\n[resource.get]\ncall = \"POST /lookup\"\nbody = { accessor = \"{id}\" }\nitem = \"/data\"\n";
    let scene = Scene::new(&keys(words, "")).await;
    scene
        .answer(
            "LIST",
            "/accessors",
            json!({"data": {"keys": ["a", "b", "c", "d"]}}),
        )
        .await;
    Mock::given(method("POST"))
        .and(path("/lookup"))
        .respond_with(|request: &Request| {
            let body: Value = request.body_json().expect("JSON");
            match body["accessor"].as_str() {
                Some("b") => ResponseTemplate::new(404),
                Some("c") => ResponseTemplate::new(403).set_body_json(json!({"errors": ["no"]})),
                Some(id) => ResponseTemplate::new(200)
                    .set_body_json(json!({"data": {"name": format!("key {id}")}})),
                None => ResponseTemplate::new(400),
            }
        })
        .mount(&scene.server)
        .await;
    let listed = list(&scene.client, "keys").await;
    assert_eq!(listed.ids(), ["a", "c", "d"]);
    let names: Vec<_> = listed
        .rows
        .iter()
        .map(|row| row.name().exact().to_owned())
        .collect();
    assert_eq!(names, ["key a", "c", "key d"]);
    let bad: Vec<_> = listed.rows.iter().map(|row| row.bad().is_some()).collect();
    assert_eq!(bad, [false, true, false]);
    assert_eq!(listed.cut(), "whole");
}

#[tokio::test]
async fn a_row_of_a_map_that_is_read_by_itself_keeps_the_id_that_was_asked_for() {
    let words = "item_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\nrows = \"map\"\n[resource.get]\ncall = \"GET /keys/{id}\"\nitem = \"\"\n";
    let scene = Scene::new(&keys(words, "")).await;
    scene
        .answer("GET", "/keys/a%2Fb", json!({"name": "n"}))
        .await;
    let resource = scene.client.resource("keys");
    let id = KeyId::new("a/b", resource.id_kind()).expect("an id");
    let got = scene.client.get(&resource, &id).await.expect("a row");
    assert_eq!(got.rows.record(0).id(), Some(id));
    assert_eq!(got.rows.record(0).name().exact(), "n");
}

#[tokio::test]
async fn a_page_whose_rows_are_all_gone_by_now_does_not_end_a_list() {
    let words = "item_id = \"/id\"\n[resource.list]\ncall = \"GET /ids\"\nrows = \"strings\"\nitems = \"/ids\"\nhydrate = true\npage = { by = \"offset\", param = \"from\", size = 2, total = \"/total\" }\n[resource.get]\ncall = \"GET /ids/{id}\"\nitem = \"\"\n";
    for total in [Value::Null, json!(6)] {
        let scene = Scene::new(&keys(words, "")).await;
        let pages = move |request: &Request| {
            let mut from = request.url.query_pairs();
            let from = from.find_map(|(name, value)| (name == "from").then(|| value.into_owned()));
            let ids: &[&str] = match from.as_deref() {
                Some("0") => &["a", "b"],
                Some("2") => &["c", "d"],
                Some("4") => &["e", "f"],
                _ => &[],
            };
            ResponseTemplate::new(200).set_body_json(json!({"ids": ids, "total": total}))
        };
        Mock::given(path("/ids"))
            .respond_with(pages)
            .mount(&scene.server)
            .await;
        for id in ["a", "e"] {
            let at = format!("/ids/{id}");
            scene
                .answer("GET", &at, json!({"id": id, "name": id}))
                .await;
        }
        // The others are answered 404.
        let listed = list(&scene.client, "keys").await;
        assert_eq!(
            (listed.ids(), &listed.end().cut),
            (vec!["a".into(), "e".into()], &None)
        );
    }
}
