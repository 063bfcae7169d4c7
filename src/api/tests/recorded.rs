//! Recorded exchanges: what a client sent with curl and what the service answered, byte for byte.

use serde_json::Value;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

/// One exchange.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub sent: Vec<u8>,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

fn text(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The exchange with this title.
pub fn recorded(file: &str, title: &str) -> Exchange {
    let text = text(file);
    let part = text
        .split("### ")
        .find(|part| part.lines().next() == Some(title))
        .unwrap_or_else(|| panic!("{file} has no {title:?}"));
    let part = part.split("\n# took").next().expect("a part");
    let (before, answer) = part.split_once("\nHTTP/1.1 ").expect("an answer");
    let (_, command) = before.split_once("\n$ curl ").expect("a command");
    let (head, body) = answer
        .trim_end()
        .split_once("\n\n")
        .unwrap_or((answer.trim_end(), ""));
    let mut head = head.lines();
    let status = head
        .next()
        .and_then(|line| line.get(..3))
        .expect("a status");
    let headers = head.filter_map(|line| line.split_once(": "));
    let mut exchange = sent(command);
    exchange.status = status.parse().expect("a number");
    exchange.headers = headers
        .map(|(k, v)| (k.to_ascii_lowercase(), v.to_owned()))
        .collect();
    body.clone_into(&mut exchange.body);
    exchange
}

/// What the command sent.
fn sent(command: &str) -> Exchange {
    let mut words = words(command).into_iter();
    let mut exchange = Exchange {
        method: "GET".to_owned(),
        path: String::new(),
        query: None,
        sent: Vec::new(),
        status: 0,
        headers: Vec::new(),
        body: String::new(),
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" => exchange.method = words.next().expect("a method"),
            "-H" => drop(words.next()),
            "-d" => exchange.sent = words.next().expect("a body").into_bytes(),
            "--data-urlencode" => {
                if !exchange.sent.is_empty() {
                    exchange.sent.push(b'&');
                }
                exchange
                    .sent
                    .extend(words.next().expect("a pair").into_bytes());
            }
            word if word.starts_with("http://") || word.starts_with("https://") => {
                let url = url::Url::parse(word).expect("a url");
                url.path().clone_into(&mut exchange.path);
                exchange.query = url.query().map(str::to_owned);
            }
            _ => {}
        }
    }
    exchange
}

/// Words as a shell splits them: single quotes and backslashes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        let word = words.last_mut().expect("a word");
        match c {
            '\'' => word.extend(chars.by_ref().take_while(|&c| c != '\'')),
            '\\' => word.extend(chars.next()),
            ' ' | '\n' => words.push(String::new()),
            c => word.push(c),
        }
    }
    words
}

impl Exchange {
    pub fn answer(&self) -> ResponseTemplate {
        let mut answer = ResponseTemplate::new(self.status);
        let mut media = String::new();
        for (name, value) in &self.headers {
            match name.as_str() {
                "content-type" => media.clone_from(value),
                "content-length" | "date" => {}
                _ => answer = answer.append_header(name.as_str(), value.as_str()),
            }
        }
        if self.body.is_empty() {
            return answer;
        }
        answer.set_body_raw(self.body.clone(), &media)
    }

    /// Answers as recorded to this method and path.
    pub async fn mount(&self, server: &MockServer) {
        Mock::given(method(self.method.as_str()))
            .and(path(self.path.as_str()))
            .respond_with(self.answer())
            .mount(server)
            .await;
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// A form was sent with the pairs that the recorded one had, in any order.
    pub fn form(&self, request: &wiremock::Request) {
        let pairs = |bytes: &[u8]| {
            let mut pairs: Vec<String> = String::from_utf8_lossy(bytes)
                .split('&')
                .map(str::to_owned)
                .collect();
            pairs.sort();
            pairs
        };
        assert_eq!(request.url.path(), self.path);
        assert_eq!(pairs(&request.body), pairs(&self.sent));
        let media = request.headers.get("content-type").expect("a media type");
        assert_eq!(media, "application/x-www-form-urlencoded");
    }

    /// A request was sent as the recorded one was: method, path and body; where the recorded body is
    /// JSON its meaning counts, not its spaces, and a member that is null says as much as none.
    pub fn same(&self, request: &wiremock::Request) {
        assert_eq!(request.method.as_str(), self.method);
        assert_eq!(request.url.path(), self.path);
        if self.sent.is_empty() {
            assert!(request.body.is_empty());
        } else {
            let body: Value = serde_json::from_slice(&self.sent).expect("JSON");
            let sent = request.body_json::<Value>().expect("JSON");
            assert_eq!(without_nulls(sent), without_nulls(body));
            let media = request.headers.get("content-type").expect("a media type");
            assert_eq!(media, "application/json");
        }
        assert_eq!(
            request.headers.get("accept").expect("accept"),
            "application/json"
        );
        assert_eq!(
            request.headers.contains_key("content-type"),
            !self.sent.is_empty()
        );
        let agent = request.headers.get("user-agent").expect("an agent");
        assert_eq!(agent, concat!("keyrack/", env!("CARGO_PKG_VERSION")));
        assert!(request.headers.get("cookie").is_none());
    }
}

/// The value without members that are null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let told = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                told.map(|(key, value)| (key, without_nulls(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
