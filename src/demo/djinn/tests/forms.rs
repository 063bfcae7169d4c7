//! Djinn over real HTTP: forms and namespaces.

use super::*;

#[tokio::test]
async fn a_form_that_is_wrong_lists_its_fields() {
    let bench = Bench::new(few(0)).await;
    assert_eq!(
        bench
            .djinn_send(Method::POST, "/keys", &new_key("taken"))
            .await
            .status,
        201
    );
    let with = |field: &str, value: Value| {
        let mut body = new_key("fresh");
        body[field] = value;
        body
    };
    for (body, expected) in [
        (
            json!({}),
            r#"{"key":["Key field required","Key ssh: no key found"],"name":["Name field required"]}"#,
        ),
        (
            with("name", json!("taken")),
            r#"{"name":["Name already exists"]}"#,
        ),
        (
            with("name", json!(1)),
            r#"{"Name":["cannot unmarshal number to string"],"name":["Name field required"]}"#,
        ),
        (
            with("key", json!("garbage")),
            r#"{"key":["Key ssh: no key found"]}"#,
        ),
        (
            with("key", json!(openssh_key("aes256-ctr", 1))),
            r#"{"key":["Key ssh: this private key is passphrase protected"]}"#,
        ),
        (
            with("namespace", json!("ns@nobody")),
            r#"{"name":["Name ns@nobody: namespace: invalid owner"],"namespace":["Namespace ns@nobody: namespace: invalid owner"]}"#,
        ),
        (
            with("namespace", json!("secretlab@jonas")),
            r#"{"namespace":["Namespace permission denied"]}"#,
        ),
    ] {
        let answer = bench.djinn_send(Method::POST, "/keys", &body).await;
        assert_eq!(
            answer.brief(),
            (400, format!("{expected}\n").as_str()),
            "{body}"
        );
    }
    assert_eq!(names(&bench.djinn_get("/keys").await), ["taken"]);
}

#[tokio::test]
async fn a_bad_namespace_and_broken_json_crash() {
    let bench = Bench::new(few(0)).await;
    let with = |field: &str, value: Value| {
        let mut body = new_key("fresh");
        body[field] = value;
        body
    };
    for (body, expected) in [
        (
            with("namespace", json!("team1")).to_string(),
            r#"{"message":"team1: namespace: name can only contain letters and numbers"}"#,
        ),
        (
            with("namespace", json!("@bob")).to_string(),
            r#"{"message":"@bob: invalid namespace path"}"#,
        ),
        ("{".to_owned(), r#"{"message":"unexpected EOF"}"#),
    ] {
        let request = bench
            .djinn(Method::POST, "/keys")
            .header("content-type", "application/json");
        assert_eq!(
            bench.ask(request.body(body)).await.brief(),
            (500, format!("{expected}\n").as_str())
        );
    }
    assert_eq!(bench.djinn_get("/keys").await.brief(), (200, "[]\n"));
}

#[tokio::test]
async fn a_namespace_that_does_not_exist_is_made_by_asking_for_it() {
    let bench = Bench::new(few(0)).await;
    let mut body = new_key("id_deploy");
    body["namespace"] = "fresh/team".into();
    let made = bench.djinn_send(Method::POST, "/keys", &body).await.json();
    assert_eq!(
        (
            &made["namespace"]["path"],
            &made["namespace"]["user"]["username"]
        ),
        (&json!("fresh/team"), &json!(""))
    );
    let got = bench
        .djinn_get(&format!("/keys/{}", made["id"]))
        .await
        .json();
    assert_eq!(
        got["namespace"]["keys_url"],
        "/api/n/mira/fresh/team/-/keys"
    );
    body["namespace"] = "blackmesa@jonas".into();
    let shared = bench.djinn_send(Method::POST, "/keys", &body).await.json();
    assert_eq!(
        (&shared["user"]["username"], &shared["author"]["username"]),
        (&json!("jonas"), &json!("mira"))
    );
    assert_eq!(
        (&shared["namespace"]["user"], &shared["namespace"]["url"]),
        (&Value::Null, &json!("/api"))
    );
    let namespaces = names(&bench.djinn_get("/namespaces").await);
    assert!(
        namespaces.contains(&"fresh".to_owned()) && !namespaces.contains(&"secretlab".to_owned()),
        "{namespaces:?}"
    );
}
