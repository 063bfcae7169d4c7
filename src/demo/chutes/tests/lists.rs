//! Chutes over real HTTP: keys and pages.

use std::collections::BTreeSet;

use super::*;

pub(super) async fn get(bench: &Bench, path: &str) -> Answer {
    bench.ask(bench.chutes(Method::GET, path)).await
}

fn ids(page: &Value, field: &str) -> Vec<String> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_new_key_shows_its_text_once_and_dies_when_it_is_deleted() {
    let bench = Bench::new(few(1)).await;
    let asked = json!({ "admin": true, "name": "ops", "scopes": [{ "object_type": "chutes" }], "extra": 1 });
    let answer = bench.chutes_post("/api_keys/", &asked).await;
    assert_eq!(answer.status, 200);
    let mut made = answer.json();
    let text = made
        .as_object_mut()
        .unwrap()
        .shift_remove("secret_key")
        .unwrap();
    let text = text.as_str().unwrap();
    assert_eq!(
        (text.len(), &made["scopes"], &made["last_used_at"]),
        (102, &json!([]), &Value::Null)
    );
    let id = made["api_key_id"].as_str().unwrap();
    assert!(
        text.starts_with(&format!("cpk_{}.", id.replace('-', ""))),
        "{text}"
    );
    let path = format!("/api_keys/{id}");
    assert_eq!(get(&bench, &path).await.json(), made);
    let bearer = format!("Bearer {text}");
    assert_eq!(bench.with_authorization(&bearer).await.json()["total"], 2);
    let gone = bench.ask(bench.chutes(Method::DELETE, &path)).await;
    assert_eq!(
        (gone.status, gone.text),
        (200, format!(r#"{{"api_key_id":"{id}","deleted":true}}"#))
    );
    assert_eq!(bench.with_authorization(&bearer).await.status, 401);
    let missing = format!("API key with id {id} not found or doesn't belong to you");
    assert_eq!(detail(&get(&bench, &path).await), (404, missing));
    let again = bench.ask(bench.chutes(Method::DELETE, &path)).await;
    assert_eq!(
        detail(&again),
        (
            404,
            "API key not found, or does not belong to you".to_owned()
        )
    );
}

#[tokio::test]
async fn the_action_of_a_scope_cannot_be_read_back() {
    let bench = Bench::new(few(1)).await;
    let asked = json!({ "admin": "no", "name": "s", "scopes": [{ "object_type": "chutes", "object_id": "x", "action": "invoke" }] });
    let made = bench.chutes_post("/api_keys/", &asked).await.json();
    let scope = &made["scopes"][0];
    assert_eq!(
        *scope,
        json!({ "scope_id": scope["scope_id"], "object_type": "chutes", "object_id": "x", "method": null })
    );
}

#[tokio::test]
async fn the_key_in_use_is_in_the_list() {
    let bench = Bench::new(Options::default()).await;
    let key = bench.input("chutes", "api_key");
    let page = get(&bench, "/api_keys/?limit=1000").await.json();
    let items = page["items"].as_array().unwrap();
    assert_eq!((&page["total"], items.len()), (&json!(60), 60));
    let own = items
        .iter()
        .filter(|item| key[4..36] == item["api_key_id"].as_str().unwrap().replace('-', ""));
    assert_eq!(
        own.map(|item| item["admin"].clone()).collect::<Vec<_>>(),
        [json!(true)]
    );
    let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
    for part in [
        "\n",
        "\t",
        "\u{9b}",
        "\u{202e}",
        "ops-admin",
        "o\u{440}s-admin",
        "\u{200d}",
    ] {
        assert!(
            items.iter().any(|item| name(item).contains(part)),
            "{part:?}"
        );
    }
    for item in items {
        assert!(keys::is_name(&name(item)), "{item}");
    }
}

#[tokio::test]
async fn another_limit_may_mean_another_order_and_every_order_is_whole() {
    let bench = Bench::new(few(30)).await;
    let whole = ids(
        &get(&bench, "/api_keys/?limit=1000").await.json(),
        "api_key_id",
    );
    let mut paged = Vec::new();
    for page in 0..15 {
        paged.extend(ids(
            &get(&bench, &format!("/api_keys/?page={page}&limit=2"))
                .await
                .json(),
            "api_key_id",
        ));
    }
    assert_ne!(whole, paged);
    assert_eq!(
        whole.iter().collect::<BTreeSet<_>>(),
        paged.iter().collect::<BTreeSet<_>>()
    );
    assert_eq!(
        whole,
        ids(
            &get(&bench, "/api_keys/?limit=1000").await.json(),
            "api_key_id"
        )
    );
}

#[tokio::test]
async fn pages_start_at_zero_and_a_limit_of_zero_is_25() {
    let bench = Bench::new(few(30)).await;
    let page = get(&bench, "/api_keys/?limit=0").await.json();
    assert_eq!(
        (&page["limit"], page["items"].as_array().unwrap().len()),
        (&json!(0), 25)
    );
    let page = get(&bench, "/secrets/?page=1&name=x").await.json();
    assert_eq!(
        (
            &page["page"],
            &page["total"],
            page["items"].as_array().unwrap().len()
        ),
        (&json!(1), &json!(30), 5)
    );
    let past = get(&bench, "/api_keys/?page=99&limit=2").await;
    assert_eq!(
        past.text,
        r#"{"total":30,"page":99,"limit":2,"items":[],"cord_refs":null}"#
    );
    for query in [
        "page=-1",
        "limit=-1",
        "page=99999999999999999999",
        "page=9223372036854775807&limit=9",
    ] {
        let crash = get(&bench, &format!("/secrets/?{query}")).await;
        assert_eq!(
            (crash.status, crash.text.as_str()),
            (500, "Internal Server Error"),
            "{query}"
        );
        assert_eq!(crash.header("content-type"), "text/plain; charset=utf-8");
    }
    let wrong = get(&bench, "/api_keys/?page=&limit=abc").await;
    assert_eq!(wrong.status, 422);
    assert_eq!(
        wrong.text,
        r#"{"detail":[{"type":"int_parsing","loc":["query","page"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":""},{"type":"int_parsing","loc":["query","limit"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"abc"}]}"#
    );
}

#[tokio::test]
async fn a_key_body_that_is_wrong_gets_the_errors_of_the_service() {
    let bench = Bench::new(few(1)).await;
    for (body, expected) in [
        (
            json!({}),
            r#"{"detail":[{"type":"missing","loc":["body","admin"],"msg":"Field required","input":{}},{"type":"missing","loc":["body","name"],"msg":"Field required","input":{}}]}"#,
        ),
        (
            json!({ "admin": true, "name": 5 }),
            r#"{"detail":[{"type":"string_type","loc":["body","name"],"msg":"Input should be a valid string","input":5}]}"#,
        ),
        (
            json!({ "admin": false, "name": "b", "scopes": [{ "object_type": "chutes", "action": "READ" }] }),
            r#"{"detail":[{"type":"enum","loc":["body","scopes",0,"action"],"msg":"Input should be 'read', 'write', 'delete' or 'invoke'","input":"READ","ctx":{"expected":"'read', 'write', 'delete' or 'invoke'"}}]}"#,
        ),
    ] {
        let answer = bench.chutes_post("/api_keys/", &body).await;
        assert_eq!((answer.status, answer.text.as_str()), (422, expected));
    }
    let empty = bench.ask(bench.chutes(Method::POST, "/api_keys/")).await;
    assert_eq!(
        empty.text,
        r#"{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}"#
    );
    let form = bench
        .chutes(Method::POST, "/api_keys/")
        .header("content-type", "application/x-www-form-urlencoded");
    let form = bench.ask(form.body("admin=true")).await;
    assert_eq!(
        form.text,
        r#"{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"admin=true"}]}"#
    );
    let broken = bench
        .ask(
            bench
                .chutes(Method::POST, "/api_keys/")
                .body(r#"{"admin": true,"#),
        )
        .await;
    assert_eq!(
        (broken.status, &broken.json()["detail"][0]["type"]),
        (422, &json!("json_invalid"))
    );
    assert_eq!(get(&bench, "/api_keys/").await.json()["total"], 1);
}

#[tokio::test]
async fn scopes_that_pass_the_check_may_still_be_refused_or_crash() {
    let bench = Bench::new(few(1)).await;
    let null = bench
        .chutes_post(
            "/api_keys/",
            &json!({ "admin": false, "name": "n", "scopes": null }),
        )
        .await;
    assert_eq!(
        (null.status, null.text.as_str()),
        (500, "Internal Server Error")
    );
    let kind = bench
        .chutes_post(
            "/api_keys/",
            &json!({ "admin": false, "name": "n", "scopes": [{ "object_type": "secrets" }] }),
        )
        .await;
    assert_eq!(
        detail(&kind),
        (
            400,
            "Invalid request: Invalid object_type, must be one of images, chutes, invocations"
                .to_owned()
        )
    );
    assert_eq!(get(&bench, "/api_keys/").await.json()["total"], 1);
}

#[tokio::test]
async fn a_name_is_what_the_service_takes_for_one_and_is_taken_once() {
    for good in [
        "x",
        "$a.b c-d_e",
        "two\nlines",
        "ta\tb",
        "c1\u{9b}",
        "rtl\u{202e}",
        "clé-鍵",
        "aaaaaaaaaaaaaaaaaaaaaaaa\n",
    ] {
        assert!(keys::is_name(good), "{good:?}");
    }
    for bad in [
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaa",
        "a/b",
        ",ab",
        "e\u{1b}[31m",
        "nul\0",
        "🔑",
    ] {
        assert!(!keys::is_name(bad), "{bad:?}");
    }
    let bench = Bench::new(few(1)).await;
    let bad = bench
        .chutes_post("/api_keys/", &json!({ "admin": true, "name": "a/b" }))
        .await;
    let message = "Invalid request: API key name should start with alphanumeric character and contain up to 32 total allowed characters (letters, numbers, dashes, underscores, or spaces)";
    assert_eq!(detail(&bad), (400, message.to_owned()));
    let asked = json!({ "admin": true, "name": "keyrack-operator" });
    let taken = bench.chutes_post("/api_keys/", &asked).await;
    assert_eq!(
        detail(&taken),
        (409, "An API key already exists with this name".to_owned())
    );
}

#[tokio::test]
async fn a_wrong_slash_a_wrong_method_and_an_unknown_path_match_no_chute() {
    let bench = Bench::new(few(1)).await;
    let id = "00000000-0000-4000-8000-000000000000";
    for (method, path) in [
        (Method::GET, "/api_keys".to_owned()),
        (Method::POST, "/secrets".to_owned()),
        (Method::GET, format!("/api_keys/{id}/")),
        (Method::PUT, format!("/secrets/{id}")),
        (Method::PATCH, format!("/api_keys/{id}")),
        (Method::DELETE, "/api_keys/".to_owned()),
        (Method::GET, "/nope".to_owned()),
    ] {
        let answer = bench.ask(bench.chutes(method, &path)).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (404, r#"{"detail":"No matching chute found!"}"#),
            "{path}"
        );
    }
    let options = bench.ask(bench.chutes(Method::OPTIONS, "/api_keys/")).await;
    assert_eq!(
        (options.status, options.text.as_str()),
        (405, r#"{"detail":"Method Not Allowed"}"#)
    );
}

#[tokio::test]
async fn nobody_reads_or_deletes_what_is_another_users() {
    let bench = Bench::new(few(3)).await;
    let theirs = bench
        .ask(bench.signed(Method::GET, "/api_keys/", 0x22, now(), "api_keys"))
        .await
        .json();
    let path = format!("/api_keys/{}", ids(&theirs, "api_key_id")[0]);
    assert_eq!(get(&bench, &path).await.status, 404);
    assert_eq!(
        bench.ask(bench.chutes(Method::DELETE, &path)).await.status,
        404
    );
}
