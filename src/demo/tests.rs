//! What all services share, over real HTTP: start, faults, latency, persistence.

mod faults;

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
