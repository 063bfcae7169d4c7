//! Words of the vocabulary that no built-in seed needs, each seen in what is sent and in what is read.

mod hydrated;
mod items;

use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use super::*;
use crate::record::Cell;

/// A manifest whose resources are all of this text.
fn manifest_of(resources: &str) -> Arc<Manifest> {
    let text = format!(
        r#"
        manifest = 1
        id = "words"
        title = "Words"
        [inputs.token]
        label = "Token"
        secret = true
        [inputs.space]
        label = "Space"
        default = "main"
        [[auth]]
        id = "token"
        inputs = ["token"]
        headers = {{ Authorization = "Bearer {{token}}" }}
        {resources}
        "#
    );
    manifest::load(&text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// A resource of the name `keys`.
fn keys(words: &str, fields: &str) -> String {
    let creates = words.contains("[resource.create]");
    let send = if creates { "send = [\"create\"]" } else { "" };
    format!(
        r#"
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        {words}
        [[resource.field]]
        key = "name"
        title = "Name"
        role = "name"
        {send}
        {fields}
        "#
    )
}

struct Scene {
    server: MockServer,
    client: Client,
}

impl Scene {
    async fn new(resources: &str) -> Self {
        let server = MockServer::start().await;
        let connection = connection(manifest_of(resources), &server.uri());
        let client = with(connection, &[("token", CANARY)]);
        Self { server, client }
    }

    async fn answer(&self, verb: &str, at: &str, body: Value) {
        Mock::given(method(verb))
            .and(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&self.server)
            .await;
    }

    /// Method and address of all that was asked, and the JSON that was sent.
    async fn asked(&self) -> Vec<(String, Value)> {
        let requests = self.server.received_requests().await.expect("recorded");
        let requests = requests.iter().map(|request| {
            let query = request.url.query().map(|query| format!("?{query}"));
            let line = format!(
                "{} {}{}",
                request.method,
                request.url.path(),
                query.unwrap_or_default()
            );
            let body = request.body_json().unwrap_or(Value::Null);
            (line, body)
        });
        requests.collect()
    }

    async fn lines(&self) -> Vec<String> {
        let asked = self.asked().await;
        asked.into_iter().map(|(line, _)| line).collect()
    }

    async fn send(&self, change: Change) -> Outcome {
        self.client.send(&change).await
    }
}

const LIST: &str = "item_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n";

#[tokio::test]
async fn pages_and_filters_go_into_the_body_beside_what_the_list_always_sends() {
    let words = r#"item_id = "/id"
        [resource.list]
        call = "POST /query"
        items = "/hits"
        body = { space = "{space}" }
        page = { by = "offset", in = "body", param = "from", size_param = "size", size = 2, total = "/total" }
        [[resource.filter]]
        id = "owner"
        title = "Owner"
        param = "/query/term/owner"
        in = "body"
        [[resource.filter]]
        id = "active"
        title = "Active"
        kind = "bool"
        in = "body"
        "#;
    let scene = Scene::new(&keys(words, "")).await;
    Mock::given(method("POST"))
        .respond_with(|request: &Request| {
            let body: Value = request.body_json().expect("JSON");
            let hits = match body["from"].as_u64() {
                Some(0) => json!([{"id": "1"}, {"id": "2"}]),
                _ => json!([{"id": "3"}]),
            };
            ResponseTemplate::new(200).set_body_json(json!({"hits": hits, "total": 3}))
        })
        .mount(&scene.server)
        .await;
    let listed = list_by(
        &scene.client,
        "keys",
        &[("owner", "ann"), ("active", "true")],
    )
    .await;
    assert_eq!(listed.ids(), ["1", "2", "3"]);
    let asked = scene.asked().await;
    let page = |from: u64| {
        let query = json!({"term": {"owner": "ann"}});
        json!({"space": "main", "query": query, "active": true, "from": from, "size": 2})
    };
    assert_eq!(
        asked,
        [
            ("POST /query".to_owned(), page(0)),
            ("POST /query".to_owned(), page(2))
        ]
    );
}

#[tokio::test]
async fn a_mark_and_its_size_go_into_the_body() {
    let words = r#"item_id = "/keyId"
        [resource.list]
        call = "POST /list"
        items = "/data"
        page = { by = "cursor", in = "body", param = "cursor", next = "/page/cursor", more = "/page/more", size_param = "limit", size = 1 }
        "#;
    let scene = Scene::new(&keys(words, "")).await;
    Mock::given(method("POST"))
        .respond_with(|request: &Request| {
            let body: Value = request.body_json().expect("JSON");
            let last = body["cursor"] == "m";
            let id = if last { "2" } else { "1" };
            ResponseTemplate::new(200).set_body_json(
                json!({"data": [{"keyId": id}], "page": {"cursor": "m", "more": !last}}),
            )
        })
        .mount(&scene.server)
        .await;
    assert_eq!(list(&scene.client, "keys").await.ids(), ["1", "2"]);
    let bodies: Vec<Value> = scene
        .asked()
        .await
        .into_iter()
        .map(|(_, body)| body)
        .collect();
    assert_eq!(
        bodies,
        [json!({"limit": 1}), json!({"limit": 1, "cursor": "m"})]
    );
}

#[tokio::test]
async fn keys_within_a_row_are_asked_for_by_its_id_as_one_segment() {
    let parent = "[[resource]]\nid = \"repos\"\ntitle = \"Repositories\"\nnoun = \"repository\"\npane = \"api-keys\"\nitem_id = [\"/owner/login\", \"/name\"]\n[resource.list]\ncall = \"GET /repos\"\n[[resource.field]]\nkey = \"name\"\ntitle = \"Name\"\n";
    let words = "parent = \"repos\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /repos/{parent.id.1}/{parent.id.2}/keys\"\n[resource.delete]\ncall = \"DELETE /repos/{parent.id.1}/{parent.id.2}/keys/{id}\"\n";
    let scene = Scene::new(&format!("{parent}{}", keys(words, ""))).await;
    scene
        .answer(
            "GET",
            "/repos",
            json!([{"owner": {"login": "a/b"}, "name": "c%"}]),
        )
        .await;
    scene
        .answer(
            "GET",
            "/repos/a%2Fb/c%25/keys",
            json!([{"id": 7, "name": "k"}]),
        )
        .await;
    scene
        .answer("DELETE", "/repos/a%2Fb/c%25/keys/7", json!({}))
        .await;
    let repos = list(&scene.client, "repos").await;
    let [id] = &*repos.ids() else {
        panic!("{:?}", repos.ids())
    };
    assert_eq!(id, "a%2Fb/c%25");
    let within = Arc::new(scene.client.resource("keys").under(id, "c"));
    let listed = list_of(&scene.client, Arc::clone(&within), &[]).await;
    assert_eq!(listed.ids(), ["7"]);
    let change = Change {
        context: "test".into(),
        target: Target::of(listed.rows.record(0)),
        resource: within,
        verb: Verb::Delete,
        values: BTreeMap::new(),
    };
    assert!(matches!(scene.send(change).await, Outcome::Done { .. }));
    assert_eq!(
        scene.lines().await,
        [
            "GET /repos",
            "GET /repos/a%2Fb/c%25/keys",
            "DELETE /repos/a%2Fb/c%25/keys/7"
        ]
    );
}

#[tokio::test]
async fn the_id_of_a_parent_that_is_a_number_is_one_in_a_body() {
    let parent = "[[resource]]\nid = \"teams\"\ntitle = \"Teams\"\nnoun = \"team\"\npane = \"api-keys\"\nitem_id = \"/id\"\nitem_id_kind = \"u32\"\n[resource.list]\ncall = \"GET /teams\"\n[[resource.field]]\nkey = \"name\"\ntitle = \"Name\"\n";
    let words = "parent = \"teams\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"POST /keys\"\nbody = { team = \"{parent.id}\" }\n";
    let scene = Scene::new(&format!("{parent}{}", keys(words, ""))).await;
    scene
        .answer("POST", "/keys", json!([{"id": "k", "name": "n"}]))
        .await;
    let within = Arc::new(scene.client.resource("keys").under("12", "ops"));
    list_of(&scene.client, within, &[]).await;
    let asked = scene.asked().await;
    assert_eq!(asked, [("POST /keys".to_owned(), json!({"team": 12}))]);
}

#[tokio::test]
async fn an_id_that_is_a_secret_stands_in_requests_alone() {
    let words = "item_id = \"/token\"\nitem_id_secret = true\n[resource.list]\ncall = \"GET /tokens\"\n[resource.create]\ncall = \"POST /tokens\"\nitem = \"\"\nsecret = \"/token\"\n[resource.delete]\ncall = \"DELETE /tokens/{id}\"\n";
    let scene = Scene::new(&keys(words, "")).await;
    let body = json!([{"token": "tok-secret-1", "name": "ci"}]);
    scene.answer("GET", "/tokens", body).await;
    scene
        .answer("DELETE", "/tokens/tok-secret-1", json!({}))
        .await;
    scene
        .answer(
            "POST",
            "/tokens",
            json!({"token": "tok-secret-2", "name": "new"}),
        )
        .await;
    let listed = list(&scene.client, "keys").await;
    let target = Target::of(listed.rows.record(0)).expect("a key");
    let shown = target.id.as_str().to_owned();
    assert!(shown.starts_with("id-") && shown.len() == 15, "{shown}");
    assert!(!format!("{listed:?} {target:?}", listed = listed.rows).contains("secret-1"));
    // Another run knows only what stands for it.
    let connection = connection(Arc::clone(scene.client.manifest()), &scene.server.uri());
    let anew = with(connection, &[("token", CANARY)]);
    let delete = Change {
        context: "test".into(),
        target: Some(target),
        resource: scene.client.resource("keys"),
        verb: Verb::Delete,
        values: BTreeMap::new(),
    };
    assert!(matches!(anew.send(&delete).await, Outcome::Done { .. }));
    let asked = scene.lines().await;
    assert_eq!(
        asked,
        ["GET /tokens", "GET /tokens", "DELETE /tokens/tok-secret-1"]
    );
    let create = change(
        &scene.client,
        "keys",
        Verb::Create,
        None,
        json!({"name": "new"}),
    );
    let Outcome::Done {
        id: Some(id),
        rows,
        secret,
    } = scene.send(create).await
    else {
        panic!("not done");
    };
    assert!(id.as_str().starts_with("id-") && secret.is_some());
    assert!(!format!("{rows:?}").contains("secret-2"));
}

#[tokio::test]
async fn a_refusal_that_means_no_rows_is_an_empty_list_and_others_are_refusals() {
    let words = "item_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\nempty_on = [404]\n";
    let scene = Scene::new(&keys(words, "")).await;
    let listed = list(&scene.client, "keys").await;
    assert_eq!((listed.ids().len(), listed.cut()), (0, "whole"));
    scene.server.reset().await;
    let refusal = ResponseTemplate::new(403);
    Mock::given(method("GET"))
        .respond_with(refusal)
        .mount(&scene.server)
        .await;
    assert!(list(&scene.client, "keys").await.end.is_err());
}

#[tokio::test]
async fn a_fingerprint_that_no_row_has_sends_nothing() {
    let words = "item_id = \"/token\"\nitem_id_secret = true\n[resource.list]\ncall = \"GET /tokens\"\n[resource.delete]\ncall = \"DELETE /tokens/{id}\"\n";
    let scene = Scene::new(&keys(words, "")).await;
    scene.answer("GET", "/tokens", json!([])).await;
    let delete = change(
        &scene.client,
        "keys",
        Verb::Delete,
        Some("id-000000000000"),
        json!({}),
    );
    let outcome = scene.send(delete).await;
    assert!(
        matches!(outcome, Outcome::NotDone(ApiError::Unfit(_))),
        "{outcome:?}"
    );
    assert_eq!(scene.lines().await, ["GET /tokens"]);
}

#[tokio::test]
async fn what_a_form_names_elsewhere_is_sent_there_and_left_out_where_it_is_empty() {
    let words = format!(
        "{LIST}[resource.create]\ncall = \"POST /users/{{form.user}}?reason={{form.reason}}\"\nheaders = {{ npm-otp = \"{{form.otp}}\" }}\nsecret = \"/apikey\"\nid_from = \"user\"\n"
    );
    let fields = "[[resource.field]]\nkey = \"user\"\ntitle = \"User\"\nsend = [\"create\"]\nrequired = true\n[[resource.field]]\nkey = \"reason\"\ntitle = \"Reason\"\nsend = [\"create\"]\n[[resource.field]]\nkey = \"otp\"\ntitle = \"Code\"\nkind = \"secret\"\nsend = [\"create\"]\n";
    let scene = Scene::new(&keys(&words, fields)).await;
    scene
        .answer("POST", "/users/a%2Fb", json!({"apikey": "fake"}))
        .await;
    let create = change(
        &scene.client,
        "keys",
        Verb::Create,
        None,
        json!({"name": "n", "user": "a/b"}),
    );
    let outcome = scene.send(create).await;
    let Outcome::Done {
        id, secret: told, ..
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(id.expect("an id").as_str(), "a/b");
    assert!(told.is_some());
    let mut change = change(
        &scene.client,
        "keys",
        Verb::Create,
        None,
        json!({"user": "a/b", "reason": "x y"}),
    );
    change
        .values
        .insert("otp".to_owned(), FieldValue::Secret(secret("123456")));
    scene.send(change).await;
    let asked = scene.asked().await;
    assert_eq!(
        asked[0],
        ("POST /users/a%2Fb".to_owned(), json!({"name": "n"}))
    );
    assert_eq!(
        asked[1],
        ("POST /users/a%2Fb?reason=x+y".to_owned(), json!({}))
    );
    let requests = scene.server.received_requests().await.expect("recorded");
    assert!(!requests[0].headers.contains_key("npm-otp"));
    assert_eq!(
        requests[1].headers.get("npm-otp").expect("a code"),
        "123456"
    );
}

#[tokio::test]
async fn a_pair_is_one_secret_of_a_line_each_and_its_parts_are_hidden_in_the_row() {
    let words = format!(
        "{LIST}[resource.create]\ncall = \"POST /keys\"\nitem = \"\"\nsecret = [\"/accessKeyId\", \"/secretAccessKey\"]\n"
    );
    let fields = "[[resource.field]]\nkey = \"accessKeyId\"\ntitle = \"Access key\"\n";
    let scene = Scene::new(&keys(&words, fields)).await;
    let body = json!({"id": "1", "name": "n", "accessKeyId": "GK1", "secretAccessKey": "s3"});
    scene.answer("POST", "/keys", body).await;
    let create = change(
        &scene.client,
        "keys",
        Verb::Create,
        None,
        json!({"name": "n"}),
    );
    let Outcome::Done { rows, secret, .. } = scene.send(create).await else {
        panic!("not done")
    };
    let secret = secret.expect("a pair");
    #[expect(clippy::disallowed_methods, reason = "the test compares it")]
    let text = secret.expose();
    assert_eq!(text, "GK1\ns3");
    assert!(matches!(rows.record(0).cell(1), Cell::Hidden));
}

#[tokio::test]
async fn the_number_of_a_pair_and_a_bare_text_are_told_as_they_are() {
    let pair = "item = \"\"\nsecret = [\"/user\", \"/password\"]\n";
    let body = json!({"id": "x1", "user": 12345, "password": "p"});
    let answer = |body: &str, media| ResponseTemplate::new(201).set_body_raw(body, media);
    for (words, answer, told) in [
        (
            pair,
            answer(&body.to_string(), "application/json"),
            "12345\np",
        ),
        (
            "secret = \"\"\n",
            answer("key-1.x/y\n", "text/plain"),
            "key-1.x/y",
        ),
        (
            "secret = \"\"\n",
            answer("\"key-1\"", "application/json"),
            "key-1",
        ),
    ] {
        let create = format!("{LIST}[resource.create]\ncall = \"POST /keys\"\n{words}");
        let scene = Scene::new(&keys(&create, "")).await;
        Mock::given(method("POST"))
            .respond_with(answer)
            .mount(&scene.server)
            .await;
        let values = json!({"name": "n"});
        let create = change(&scene.client, "keys", Verb::Create, None, values);
        let Outcome::Done { secret, .. } = scene.send(create).await else {
            panic!("not done: {words}")
        };
        let secret = secret.expect("a secret");
        #[expect(clippy::disallowed_methods, reason = "the test compares it")]
        let text = secret.expose();
        assert_eq!(text, told);
    }
}

#[tokio::test]
async fn a_list_that_says_it_has_more_and_brings_nothing_new_is_not_whole() {
    let words = "item_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\nitems = \"/data\"\npage = { by = \"cursor\", param = \"c\", next = \"/next\", more = \"/more\" }\n";
    for (more, whole) in [(true, false), (false, true)] {
        let scene = Scene::new(&keys(words, "")).await;
        let body = json!({"data": [{"id": "1", "name": "n"}], "next": "m", "more": more});
        scene.answer("GET", "/keys", body).await;
        let listed = list(&scene.client, "keys").await;
        assert_eq!(listed.ids(), ["1"]);
        assert_eq!(listed.end().cut.is_none(), whole);
    }
}

#[tokio::test]
async fn an_action_sends_its_body_with_fields_of_the_row_as_they_are() {
    let words = format!(
        "{LIST}[[resource.action]]\nid = \"disable\"\ntitle = \"Disable\"\ncall = \"PATCH /keys/{{id}}\"\nbody = {{ status = \"inactive\", name = \"{{item.name}}\", version = \"{{item.version}}\" }}\n"
    );
    let fields = "[[resource.field]]\nkey = \"version\"\ntitle = \"Version\"\nkind = \"int\"\n";
    let scene = Scene::new(&keys(&words, fields)).await;
    scene
        .answer(
            "GET",
            "/keys",
            json!([{"id": "1", "name": "n", "version": 3}]),
        )
        .await;
    scene.answer("PATCH", "/keys/1", json!({"id": "1"})).await;
    let listed = list(&scene.client, "keys").await;
    let act = Change {
        context: "test".into(),
        target: Target::of(listed.rows.record(0)),
        resource: scene.client.resource("keys"),
        verb: Verb::Act(0),
        values: BTreeMap::new(),
    };
    assert!(matches!(scene.send(act).await, Outcome::Done { .. }));
    let sent = scene.asked().await.pop().expect("a request");
    let body = json!({"status": "inactive", "name": "n", "version": 3});
    assert_eq!(sent, ("PATCH /keys/1".to_owned(), body));
}

#[tokio::test]
async fn under_an_older_api_nothing_is_sent_that_only_the_main_one_has() {
    let words = format!(
        "{LIST}[resource.reveal]\ncall = \"GET /keys/{{id}}/secret\"\nsecret = \"/secret\"\n[[resource.action]]\nid = \"disable\"\ntitle = \"Disable\"\ncall = \"POST /keys/{{id}}/disable\"\n[[resource.alternatives]]\ntitle = \"version 1\"\n[resource.alternatives.list]\ncall = \"GET /v1/keys\"\n"
    );
    let scene = Scene::new(&keys(&words, "")).await;
    let rows = json!([{"id": "1", "name": "n"}]);
    scene.answer("GET", "/v1/keys", rows).await;
    let listed = list(&scene.client, "keys").await;
    let target = Target::of(listed.rows.record(0)).expect("a key");
    let resource = scene.client.resource("keys");
    let told = scene.client.reveal(&resource, &target).await;
    assert!(matches!(told, Err(ApiError::Unfit(_))), "{told:?}");
    let change = Change {
        context: "test".into(),
        target: Some(target),
        resource,
        verb: Verb::Act(0),
        values: BTreeMap::new(),
    };
    let outcome = scene.send(change).await;
    assert!(
        matches!(outcome, Outcome::NotDone(ApiError::Unfit(_))),
        "{outcome:?}"
    );
    assert_eq!(scene.lines().await, ["GET /keys", "GET /v1/keys"]);
}

#[tokio::test]
async fn a_secret_that_can_be_told_again_is_asked_for() {
    let words = format!(
        "{LIST}[resource.reveal]\ncall = \"GET /keys/{{id}}?reveal=true\"\nsecret = \"/api_key\"\n"
    );
    let scene = Scene::new(&keys(&words, "")).await;
    scene
        .answer("GET", "/keys/1", json!({"api_key": "told again"}))
        .await;
    let resource = scene.client.resource("keys");
    let target = Target::named(key(&resource, "1"), "n".to_owned());
    let secret = scene
        .client
        .reveal(&resource, &target)
        .await
        .expect("a secret");
    assert_eq!(secret.chars(), "told again".len());
    assert_eq!(scene.lines().await, ["GET /keys/1?reveal=true"]);
}

#[tokio::test]
async fn what_a_login_gave_stands_in_paths_queries_and_bodies() {
    let text = r#"
        manifest = 1
        id = "words"
        title = "Words"
        [inputs.password]
        label = "Password"
        secret = true
        [[auth]]
        id = "login"
        inputs = ["password"]
        headers = { Authorization = "Bearer {token}" }
        [[auth.login]]
        call = "POST /login"
        body = { password = "{password}" }
        capture = { token = "/token", account = "/account/id" }
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        call = "POST /accounts/{account}/keys?of={account}"
        body = { account = "{account}" }
    "#;
    let server = MockServer::start().await;
    let manifest = manifest::load(text).expect("a manifest");
    let client = with(connection(manifest, &server.uri()), &[("password", CANARY)]);
    let scene = Scene { server, client };
    let login = json!({"token": "t", "account": {"id": "acc 1"}});
    scene.answer("POST", "/login", login).await;
    scene
        .answer("POST", "/accounts/acc%201/keys", json!([{"id": "1"}]))
        .await;
    assert_eq!(list(&scene.client, "keys").await.ids(), ["1"]);
    let sent = scene.asked().await.pop().expect("a request");
    let line = "POST /accounts/acc%201/keys?of=acc+1".to_owned();
    assert_eq!(sent, (line, json!({"account": "acc 1"})));
}

#[tokio::test]
async fn a_refused_read_that_repeats_a_secret_id_does_not_tell_it() {
    let words = "item_id = \"/token\"\nitem_id_secret = true\n[resource.list]\ncall = \"GET /tokens\"\n[resource.get]\ncall = \"GET /tokens/{id}\"\nitem = \"\"\n";
    let scene = Scene::new(&keys(words, "")).await;
    scene
        .answer(
            "GET",
            "/tokens",
            json!([{"token": "tok-secret-1", "name": "ci"}]),
        )
        .await;
    let refusal = json!({"message": "tok-secret-1 is locked"});
    Mock::given(path("/tokens/tok-secret-1"))
        .respond_with(ResponseTemplate::new(403).set_body_json(refusal))
        .mount(&scene.server)
        .await;
    let resource = scene.client.resource("keys");
    // What a person types stands for its fingerprint.
    let id = KeyId::typed("tok-secret-1", &resource).expect("an id");
    assert!(id.as_str().starts_with("id-"));
    assert_eq!(KeyId::typed(id.as_str(), &resource), Ok(id.clone()));
    let error = scene.client.get(&resource, &id).await.expect_err("refused");
    assert!(error.to_string().contains("is locked"), "{error}");
    assert!(!error.to_string().contains("secret-1"), "{error}");
}

#[tokio::test]
async fn no_field_shows_an_id_that_is_a_secret_or_what_is_around_it() {
    let words = "item_id = [\"/user\", \"/cred/token\"]\nitem_id_secret = true\n[resource.list]\ncall = \"GET /tokens\"\n";
    let fields = "[[resource.field]]\nkey = \"cred\"\ntitle = \"Credential\"\nkind = \"json\"\n";
    let scene = Scene::new(&keys(words, fields)).await;
    let body = json!([{"user": "ann", "cred": {"token": "tok-secret-1"}, "name": "ci"}]);
    scene.answer("GET", "/tokens", body).await;
    let listed = list(&scene.client, "keys").await;
    assert_eq!(listed.rows.record(0).name().exact(), "ci");
    assert!(matches!(listed.rows.record(0).cell(1), Cell::Hidden));
    assert!(!format!("{:?}", listed.rows).contains("secret-1"));
}
