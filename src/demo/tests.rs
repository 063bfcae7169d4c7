//! What all services share, over real HTTP: start, faults, latency, persistence.

use std::path::PathBuf;

use serde_json::Value;

use super::*;

/// A running demo and a client for it.
pub(super) struct Bench {
    pub(super) demo: Demo,
    pub(super) client: reqwest::Client,
}

/// One answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl Bench {
    pub(super) async fn new(options: Options) -> Self {
        Self::lasting(options, TOKEN_LIFETIME).await
    }

    pub(super) async fn lasting(options: Options, token_lifetime: Duration) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            demo: start_with(options, token_lifetime).await.unwrap(),
            client,
        }
    }

    pub(super) fn ready(&self) -> Value {
        serde_json::from_str(&self.demo.ready_line()).unwrap()
    }

    pub(super) fn url(&self, context: &str, path: &str) -> String {
        format!(
            "{}{path}",
            self.ready()["contexts"][context]["url"].as_str().unwrap()
        )
    }

    pub(super) fn input(&self, context: &str, input: &str) -> String {
        self.ready()["contexts"][context]["credential"][input]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Asks and requires an answer.
    pub(super) async fn ask(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    /// A Typesense request with the bootstrap key.
    pub(super) fn typesense(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, self.url("typesense", path));
        request.header("X-TYPESENSE-API-KEY", self.input("typesense", "api_key"))
    }

    pub(super) async fn typesense_keys(&self) -> Vec<Value> {
        let listed = self.ask(self.typesense("GET", "/keys")).await.json();
        listed["keys"].as_array().unwrap().clone()
    }
}

pub(super) fn faulty(fault: &str) -> Options {
    Options {
        faults: vec![fault.parse().unwrap()],
        ..Options::default()
    }
}

const NEW_KEY: &str =
    r#"{"description":"lost?","actions":["documents:search"],"collections":["*"]}"#;

#[tokio::test]
async fn the_ready_line_names_every_context_and_its_credential() {
    let bench = Bench::new(Options::default()).await;
    let ready = bench.ready();
    for backend in Backend::ALL {
        let context = &ready["contexts"][backend.name()];
        assert_eq!(context["backend"], backend.name());
        assert!(
            context["url"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1:"),
            "{context}"
        );
        assert!(
            !context["credential"].as_object().unwrap().is_empty(),
            "{context}"
        );
    }
    assert_eq!(
        ready["config"].as_str().unwrap(),
        bench.demo.config_path().to_str().unwrap()
    );
}

#[tokio::test]
async fn the_config_refers_to_private_files_that_hold_the_credentials() {
    let bench = Bench::new(Options::default()).await;
    let config: toml::Table = std::fs::read_to_string(bench.demo.config_path())
        .unwrap()
        .parse()
        .unwrap();
    for backend in Backend::ALL {
        let context = &config["contexts"][backend.name()];
        assert_eq!(context["backend"].as_str(), Some(backend.name()));
        assert_eq!(
            context["url"].as_str(),
            Some(bench.url(backend.name(), "").as_str())
        );
        for (input, source) in context["credential"].as_table().unwrap() {
            let value = bench.input(backend.name(), input);
            if input == "client_id" {
                assert_eq!(source.as_str(), Some(value.as_str()));
                continue;
            }
            let path = PathBuf::from(source["file"].as_str().unwrap());
            assert!(path.is_absolute());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), value);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                assert_eq!(
                    std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                    0o600
                );
                let directory = path.parent().unwrap();
                assert_eq!(
                    std::fs::metadata(directory).unwrap().permissions().mode() & 0o777,
                    0o700
                );
            }
        }
    }
}

#[tokio::test]
async fn temporary_files_go_with_the_demo() {
    let bench = Bench::new(Options::default()).await;
    let config = bench.demo.config_path().to_owned();
    assert!(config.exists());
    drop(bench);
    assert!(!config.parent().unwrap().exists());
}

#[tokio::test]
async fn a_kept_directory_opens_with_the_same_credentials_and_keys() {
    let home = tempfile::tempdir().unwrap();
    let options = Options {
        data: Some(home.path().join("kept")),
        keys: Some(5),
        ..Options::default()
    };
    let first = Bench::new(options.clone()).await;
    let key = first.input("typesense", "api_key");
    assert_eq!(
        first
            .ask(first.typesense("POST", "/keys").body(NEW_KEY))
            .await
            .status,
        201
    );
    drop(first);
    let second = Bench::new(options.clone()).await;
    assert_eq!(second.input("typesense", "api_key"), key);
    assert_eq!(second.typesense_keys().await.len(), 6);
    #[cfg(unix)]
    for backend in Backend::ALL {
        use std::os::unix::fs::PermissionsExt as _;
        let path = home.path().join(format!("kept/{}.sqlite", backend.name()));
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", backend.name());
    }
    drop(second);
    std::fs::remove_file(home.path().join("kept/typesense.api_key")).unwrap();
    let error = start(options).await.unwrap_err().to_string();
    assert!(
        error.contains("typesense.api_key is missing, but its database is there"),
        "{error}"
    );
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let bench = Bench::new(Options::default()).await;
    let error = start(Options {
        listen: bench.demo.address,
        ..Options::default()
    })
    .await
    .unwrap_err();
    assert!(
        error.to_string().contains(&bench.demo.address.to_string()),
        "{error}"
    );
}

#[tokio::test]
async fn a_create_that_is_lost_before_it_is_processed_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let kept = Options {
        data: Some(home.path().to_owned()),
        keys: Some(3),
        ..faulty("lost-before:1")
    };
    let bench = Bench::new(kept.clone()).await;
    let error = bench
        .typesense("POST", "/keys")
        .body(NEW_KEY)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_request(), "{error:?}");
    drop(bench);
    let bench = Bench::new(Options {
        faults: Vec::new(),
        ..kept
    })
    .await;
    assert_eq!(bench.typesense_keys().await.len(), 3);
}

#[tokio::test]
async fn a_create_that_is_lost_after_it_is_processed_is_there() {
    let home = tempfile::tempdir().unwrap();
    let kept = Options {
        data: Some(home.path().to_owned()),
        keys: Some(3),
        ..faulty("lost-after:1")
    };
    let bench = Bench::new(kept.clone()).await;
    let error = bench
        .typesense("POST", "/keys")
        .body(NEW_KEY)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_request(), "{error:?}");
    drop(bench);
    let bench = Bench::new(Options {
        faults: Vec::new(),
        ..kept
    })
    .await;
    assert_eq!(bench.typesense_keys().await.len(), 4);
}

#[tokio::test]
async fn a_limit_and_an_outage_are_said_in_the_words_of_the_service() {
    let bench = Bench::new(faulty("429:1")).await;
    let limited = bench.ask(bench.typesense("GET", "/keys")).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "1"));
    assert_eq!(
        limited.text,
        r#"{ "message": "Rate limit exceeded or blocked"}"#
    );
    let bench = Bench::new(faulty("503:1")).await;
    let down = bench.ask(bench.typesense("GET", "/health")).await;
    assert_eq!(
        (down.status, down.text.as_str()),
        (503, r#"{ "message": "Not Ready or Lagging"}"#)
    );
}

#[tokio::test]
async fn a_slow_answer_begins_at_once_and_ends_three_seconds_later() {
    let bench = Bench::new(faulty("slow:1")).await;
    let asked = std::time::Instant::now();
    let mut response = bench.typesense("GET", "/health").send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert!(asked.elapsed() < STALL_AT_LEAST, "{:?}", asked.elapsed());
    assert_eq!(&first[..], br#"{"ok""#);
    assert_eq!(response.text().await.unwrap(), ":true}");
    assert!(asked.elapsed() >= STALL_AT_LEAST, "{:?}", asked.elapsed());
}

const STALL_AT_LEAST: Duration = Duration::from_millis(2_900);

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let latency = Duration::from_millis(120);
    let bench = Bench::new(Options {
        latency,
        ..Options::default()
    })
    .await;
    let asked = std::time::Instant::now();
    assert_eq!(bench.ask(bench.typesense("GET", "/nope")).await.status, 404);
    assert!(asked.elapsed() >= latency, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_path_outside_every_service_says_where_they_are() {
    let bench = Bench::new(Options::default()).await;
    for path in ["/", "/typesensex/keys"] {
        let lost = bench
            .ask(
                bench
                    .client
                    .get(format!("http://{}{path}", bench.demo.address)),
            )
            .await;
        assert_eq!(lost.status, 404);
        assert!(lost.text.contains("/typesense"), "{}", lost.text);
    }
}

#[tokio::test]
async fn every_uncapped_list_has_as_many_rows_as_were_asked_for() {
    let bench = Bench::new(Options {
        keys: Some(130),
        ..Options::default()
    })
    .await;
    assert_eq!(bench.typesense_keys().await.len(), 130);
    for path in ["/api_keys/?limit=500", "/secrets/?limit=500"] {
        let request = bench.client.get(bench.url("chutes", path));
        let page = bench
            .ask(request.bearer_auth(bench.input("chutes", "api_key")))
            .await
            .json();
        assert_eq!(page["total"], 130, "{path}");
        assert_eq!(page["items"].as_array().unwrap().len(), 130, "{path}");
    }
    let mut rows = 0;
    for page in 1..=6 {
        let request = bench
            .client
            .get(bench.url("djinn", &format!("/keys?page={page}")));
        let answer = bench
            .ask(request.bearer_auth(bench.input("djinn", "token")))
            .await;
        rows += answer.json().as_array().unwrap().len();
    }
    assert_eq!(rows, 130);
}

#[tokio::test]
async fn without_any_keys_the_credentials_still_work() {
    let bench = Bench::new(Options {
        keys: Some(0),
        ..Options::default()
    })
    .await;
    assert!(bench.typesense_keys().await.is_empty());
    let request = bench.client.get(bench.url("chutes", "/api_keys/"));
    let page = bench
        .ask(request.bearer_auth(bench.input("chutes", "api_key")))
        .await
        .json();
    assert_eq!(page["total"], 1);
}

#[tokio::test]
async fn each_service_has_its_own_words_for_a_limit_and_an_outage() {
    let limited = Bench::new(faulty("429:1")).await;
    let down = Bench::new(faulty("503:1")).await;
    for (context, on_429, on_503) in [
        (
            "chutes",
            r#"{"detail":"Too many requests"}"#,
            r#"{"detail":"Database connectivity problems: connection refused"}"#,
        ),
        (
            "runai",
            r#"{"code":429,"message":"Too Many Requests"}"#,
            r#"{"code":503,"message":"Please try again in few minutes."}"#,
        ),
        (
            "djinn",
            "{\"message\":\"Too Many Requests\"}\n",
            "{\"message\":\"Service Unavailable\"}\n",
        ),
    ] {
        let answer = limited
            .ask(limited.client.get(limited.url(context, "/x")))
            .await;
        assert_eq!((answer.status, answer.text.as_str()), (429, on_429));
        assert_eq!(answer.header("retry-after"), "1");
        let answer = down.ask(down.client.get(down.url(context, "/x"))).await;
        assert_eq!((answer.status, answer.text.as_str()), (503, on_503));
    }
}

#[tokio::test]
async fn whatever_is_asked_without_a_credential_is_answered_and_nothing_crashes() {
    let bench = Bench::new(Options {
        keys: Some(2),
        ..Options::default()
    })
    .await;
    let paths = [
        "/chutes",
        "/chutes/",
        "/chutes//",
        "/chutes/api_keys/",
        "/chutes/api_keys/%00",
        "/chutes/secrets/%ff",
        "/chutes/registry/auth",
        "/chutes/users/login",
        "/chutes/users/me",
        "/runai",
        "/runai/api",
        "/runai/api/v1/token",
        "/runai/api/v2/token",
        "/runai/api/v1/access-keys/%2e%2e",
        "/runai/api/v1/administration/access-keys",
        "/djinn",
        "/djinn/api",
        "/djinn/api/keys",
        "/djinn/api/keys/99999999999",
        "/djinn/api/user",
        "/typesense",
        "/typesense/keys",
        "/typesense/keys/1",
        "/typesense/health?x=%zz",
    ];
    let bodies = [
        "",
        "{",
        "[]",
        "null",
        "1",
        "\"\u{0}\"",
        r#"{"name":{},"scopes":[1],"grantType":[]}"#,
        "a=%ff&b",
    ];
    for path in paths {
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "BREW",
        ] {
            for body in bodies {
                let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
                let url = format!("http://{}{path}", bench.demo.address);
                let request = bench.client.request(method.clone(), url);
                let request = request
                    .header("content-type", "application/json")
                    .body(body);
                let answer = bench.ask(request).await;
                assert!(answer.status < 500, "{method} {path} {body:?}: {answer:?}");
            }
        }
    }
}
