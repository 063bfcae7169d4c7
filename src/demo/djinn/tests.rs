//! Djinn over real HTTP: keys, pages, tokens. Forms have their own tests beside this.

mod forms;

use reqwest::{Method, RequestBuilder};
use rusqlite::Connection;

use super::super::tests::{Answer, Bench};
use super::super::{Options, sample as company};
use super::pem::tests::openssh_key;
use super::*;

const NOT_FOUND: (u16, &str) = (404, "{\"message\":\"Not Found\"}\n");

fn few(keys: usize) -> Options {
    Options {
        keys: Some(keys),
        ..Options::default()
    }
}

impl Bench {
    fn djinn(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, self.url("djinn", path))
            .header("accept", "application/json");
        request.bearer_auth(self.input("djinn", "token"))
    }

    async fn djinn_get(&self, path: &str) -> Answer {
        self.ask(self.djinn(Method::GET, path)).await
    }

    async fn djinn_send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self
            .djinn(method, path)
            .header("content-type", "application/json");
        self.ask(request.body(body.to_string())).await
    }
}

impl Answer {
    fn brief(&self) -> (u16, &str) {
        (self.status, self.text.as_str())
    }
}

fn new_key(name: &str) -> Value {
    json!({ "name": name, "key": openssh_key("none", 1) })
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.json();
    items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_new_key_is_made_read_changed_and_deleted_and_its_material_is_never_shown() {
    let bench = Bench::new(few(0)).await;
    let mut body = new_key("id_new");
    body["config"] = "Host <a> & b".into();
    let made = bench.djinn_send(Method::POST, "/keys", &body).await;
    assert_eq!(made.status, 201);
    assert!(
        made.text.contains(r"Host \u003ca\u003e \u0026 b") && made.text.ends_with("}\n"),
        "{}",
        made.text
    );
    assert!(!made.text.contains("PRIVATE KEY"));
    assert_eq!(
        made.header("content-type"),
        "application/json; charset=utf-8"
    );
    let made = made.json();
    let members: Vec<&str> = made
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert!(members.is_sorted() && members.len() == 12, "{members:?}");
    let path = format!("/keys/{}", made["id"]);
    let got = bench.djinn_get(&path).await.json();
    assert_eq!(
        (&got["name"], &got["namespace"], &got["url"]),
        (
            &json!("id_new"),
            &Value::Null,
            &json!(format!("/api{path}"))
        )
    );
    assert!(
        made["created_at"].as_str().unwrap().len() > got["created_at"].as_str().unwrap().len(),
        "{made} {got}"
    );
    let changed = bench
        .djinn_send(Method::PATCH, &path, &json!({ "config": "\n" }))
        .await;
    assert_eq!(
        (changed.status, &changed.json()["config"]),
        (200, &json!("\n"))
    );
    let gone = bench.ask(bench.djinn(Method::DELETE, &path)).await;
    assert_eq!(gone.brief(), (204, ""));
    assert_eq!(
        bench.ask(bench.djinn(Method::DELETE, &path)).await.brief(),
        NOT_FOUND
    );
    assert_eq!(bench.djinn_get(&path).await.brief(), NOT_FOUND);
}

#[tokio::test]
async fn an_update_keeps_name_and_namespace_and_an_empty_config() {
    let bench = Bench::new(few(0)).await;
    let mut body = new_key("id_one");
    body["config"] = "Host a".into();
    let id = bench.djinn_send(Method::POST, "/keys", &body).await.json()["id"].clone();
    bench
        .djinn_send(Method::POST, "/keys", &new_key("id_two"))
        .await;
    let path = format!("/keys/{id}");
    for body in [
        json!({}),
        json!({ "config": "" }),
        json!({ "config": null }),
        json!({ "name": "id_other", "namespace": "new" }),
    ] {
        let answer = bench.djinn_send(Method::PATCH, &path, &body).await;
        assert_eq!(answer.status, 200, "{body}");
        let answer = answer.json();
        assert_eq!(
            (&answer["name"], &answer["config"], &answer["namespace"]),
            (&json!("id_one"), &json!("Host a"), &Value::Null)
        );
    }
    let taken = bench
        .djinn_send(Method::PATCH, &path, &json!({ "name": "id_two" }))
        .await;
    assert_eq!(
        taken.brief(),
        (400, "{\"name\":[\"Name already exists\"]}\n")
    );
    let namespaces = bench.djinn_get("/namespaces?search=new").await;
    assert_eq!(names(&namespaces), ["new"]);
    assert_eq!(
        bench
            .djinn_send(Method::PUT, &path, &json!({}))
            .await
            .brief(),
        (405, "{\"message\":\"Method Not Allowed\"}\n")
    );
}

#[tokio::test]
async fn pages_hold_25_and_the_next_of_the_last_is_itself() {
    let bench = Bench::new(Options::default()).await;
    let mut all = Vec::new();
    for (page, rows, previous, next) in [(1, 25, 1, 2), (2, 25, 1, 3), (3, 10, 2, 3)] {
        let answer = bench.djinn_get(&format!("/keys?page={page}")).await;
        let link = format!(
            "</djinn/api/keys?page={previous}>; rel=\"prev\", </djinn/api/keys?page={next}>; rel=\"next\""
        );
        assert_eq!(answer.header("link"), link);
        assert_eq!(names(&answer).len(), rows);
        all.extend(names(&answer));
    }
    assert!(all.is_sorted(), "{all:?}");
    assert_eq!(
        names(&bench.djinn_get("/keys?page=4").await),
        Vec::<String>::new()
    );
    assert_eq!(names(&bench.djinn_get("/keys?page=61").await).len(), 10);
    for first in ["/keys?page=0", "/keys?page=x", "/keys?page=-1"] {
        assert_eq!(names(&bench.djinn_get(first).await), all[..25]);
    }
    for part in [
        "\u{1b}[31m",
        "\u{9b}",
        "\u{202e}",
        "\n",
        "id_deplo\u{443}",
        "\u{200d}",
        "/",
    ] {
        assert!(all.iter().any(|name| name.contains(part)), "{part:?}");
    }
}

#[tokio::test]
async fn an_empty_list_links_to_page_zero() {
    let bench = Bench::new(few(0)).await;
    let answer = bench.djinn_get("/keys").await;
    assert_eq!(answer.brief(), (200, "[]\n"));
    assert_eq!(
        answer.header("link"),
        "</djinn/api/keys?page=0>; rel=\"prev\", </djinn/api/keys?page=0>; rel=\"next\""
    );
}

#[tokio::test]
async fn a_search_filters_nothing_that_is_the_callers_own() {
    let bench = Bench::new(few(24)).await;
    let all = bench.djinn_get("/keys").await.json();
    let found = bench.djinn_get("/keys?search=no%20such%26name").await;
    assert!(
        found
            .header("link")
            .contains("?page=1&search=no+such%26name>"),
        "{}",
        found.header("link")
    );
    let own = |items: &Value| {
        items
            .as_array()
            .unwrap()
            .iter()
            .filter(|key| key["user"]["username"] == "mira")
            .count()
    };
    let count = |items: &Value| items.as_array().unwrap().len();
    let found = found.json();
    assert_eq!((own(&found), count(&found)), (own(&all), own(&all)));
    assert!(count(&all) > own(&all));
}

#[tokio::test]
async fn a_list_is_new_after_every_write() {
    let bench = Bench::new(few(3)).await;
    assert_eq!(names(&bench.djinn_get("/keys").await).len(), 3);
    let made = bench
        .djinn_send(Method::POST, "/keys", &new_key("AAA first"))
        .await
        .json();
    assert_eq!(names(&bench.djinn_get("/keys").await)[0], "AAA first");
    bench
        .ask(bench.djinn(Method::DELETE, &format!("/keys/{}", made["id"])))
        .await;
    assert_eq!(names(&bench.djinn_get("/keys").await).len(), 3);
}

#[tokio::test]
async fn everything_that_a_token_may_not_do_is_not_found() {
    let home = tempfile::tempdir().unwrap();
    let bench = Bench::new(Options {
        data: Some(home.path().to_owned()),
        ..Options::default()
    })
    .await;
    let database = Connection::open(home.path().join("djinn.sqlite")).unwrap();
    let (reader, foreign): (String, i64) = database
        .query_row(
            "SELECT (SELECT token FROM tokens WHERE scope = 'key:read build:read'),
                    (SELECT k.id FROM keys k JOIN namespaces n ON n.id = k.namespace_id WHERE n.path = 'secretlab')",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let with = |method: Method, path: &str, token: &str| {
        let request = bench
            .client
            .request(method, bench.url("djinn", path))
            .header("accept", "application/json");
        bench.ask(request.header("authorization", format!("Bearer {token}")))
    };
    assert_eq!(with(Method::GET, "/keys", &reader).await.status, 200);
    assert_eq!(with(Method::GET, "/user", &reader).await.status, 200);
    for (method, path) in [
        (Method::POST, "/keys"),
        (Method::DELETE, "/keys/1"),
        (Method::GET, "/namespaces"),
    ] {
        assert_eq!(
            with(method, path, &reader).await.brief(),
            NOT_FOUND,
            "{path}"
        );
    }
    for path in ["/keys", "/user", "/keys/1"] {
        assert_eq!(
            with(Method::GET, path, "wrong").await.brief(),
            NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(
        bench.djinn_get(&format!("/keys/{foreign}")).await.brief(),
        NOT_FOUND
    );
    for path in ["/keys/", "/keys/abc", "/nope", "/keys/1/2"] {
        assert_eq!(bench.djinn_get(path).await.brief(), NOT_FOUND, "{path}");
    }
    assert_eq!(
        bench.djinn_get("/keys/2147483648").await.brief(),
        (500, "{\"message\":\"Failed to get key\"}\n")
    );
}

#[tokio::test]
async fn who_does_not_ask_for_json_is_sent_to_the_login_page() {
    let bench = Bench::new(few(1)).await;
    let browser = bench
        .ask(bench.client.get(bench.url("djinn", "/keys")))
        .await;
    assert_eq!(
        (browser.status, browser.header("location")),
        (303, "/login")
    );
    let root = bench.url("djinn", "").replace("/api", "");
    let page = bench.ask(bench.client.get(format!("{root}/keys"))).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert_eq!(
        bench
            .ask(bench.client.post(format!("{root}/keys")))
            .await
            .status,
        403
    );
    let version = bench
        .client
        .get(format!("{root}/version"))
        .header("accept", "application/json");
    assert_eq!(
        bench.ask(version).await.brief(),
        (200, "{\"build\":\"v1.3.0\"}\n")
    );
}

#[tokio::test]
async fn user_says_whose_token_it_is() {
    let bench = Bench::new(few(1)).await;
    let answer = bench.djinn_get("/user").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        (&answer.json()["username"], &answer.json()["email"]),
        (&json!("mira"), &json!(company::OPERATOR))
    );
    assert!(answer.header("set-cookie").starts_with("session="));
}

#[tokio::test]
async fn a_key_in_a_public_namespace_is_anybodys_to_read() {
    let bench = Bench::new(few(0)).await;
    let mut body = new_key("open");
    body["namespace"] = "harbor".into();
    let id = bench.djinn_send(Method::POST, "/keys", &body).await.json()["id"].clone();
    let nobody = |method: Method| {
        bench
            .client
            .request(method, bench.url("djinn", &format!("/keys/{id}")))
            .header("accept", "application/json")
    };
    assert_eq!(bench.ask(nobody(Method::GET)).await.status, 200);
    assert_eq!(bench.ask(nobody(Method::DELETE)).await.brief(), NOT_FOUND);
}
