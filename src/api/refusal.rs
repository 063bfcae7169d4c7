//! Why a service refused, in its own words made safe: taken from where the manifest points, cleaned of
//! credentials by value and of everything that a terminal would obey, and cut. `client` asks here for
//! every answer that is not a success.

mod html;

use std::{collections::BTreeMap, fmt::Write as _};

use reqwest::StatusCode;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{ApiError, client::wire::Reply};
use crate::{
    manifest::{Errors, Meaning, Resource},
    record::Text,
};

/// Longest text of a server that is kept, in characters.
const LONGEST: usize = 300;
/// Where services put their message, after the manifest's own pointers.
const MESSAGES: [&str; 6] = [
    "/message",
    "/error/message",
    "/error",
    "/detail",
    "/title",
    "/errors/0/message",
];
/// Headers in which servers name a request.
const REQUEST_IDS: [&str; 5] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "cf-ray",
];

/// The credentials of a context: none of them may stand in a text that is shown.
#[derive(Default)]
pub struct Redactor(Vec<Zeroizing<String>>);

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor of {} values", self.0.len())
    }
}

impl Redactor {
    /// Adds a credential; the word behind a scheme such as `Bearer` counts as one too.
    pub fn add(&mut self, value: &str) {
        for text in [value, value.rsplit(' ').next().unwrap_or("")] {
            if !text.is_empty() && !self.0.iter().any(|known| known.as_str() == text) {
                self.0.push(Zeroizing::new(text.to_owned()));
            }
        }
    }

    /// The text without credentials, safe for a terminal, on one line and not too long.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let mut text = text.trim().to_owned();
        // Every call has a redactor, and few have something to clean.
        let written = self.0.iter().flat_map(|secret| written(secret));
        let mut secrets: Vec<_> = self.0.iter().cloned().chain(written).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in &secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "[redacted]");
            }
        }
        // Behind the search: a credential may have line breaks of its own.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = Text::new(&text).shown();
        if shown.chars().count() <= LONGEST {
            return shown.into_owned();
        }
        shown.chars().take(LONGEST).chain(['…']).collect()
    }
}

/// How a text stands in a path, in a query or a form, and in JSON: a service may repeat what it was sent.
fn written(text: &str) -> [Zeroizing<String>; 4] {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let in_path = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>?`{}%/".contains(&byte);
    // No copy is left behind by a text that grows.
    let mut form = Zeroizing::new(String::with_capacity(text.len() * 3));
    form.extend(url::form_urlencoded::byte_serialize(text.as_bytes()));
    let mut json = Zeroizing::new(Vec::with_capacity(text.len() * 6 + 2));
    let inner = serde_json::to_writer(&mut *json, text).ok();
    let inner = inner.and_then(|()| std::str::from_utf8(json.get(1..json.len() - 1)?).ok());
    let json = Zeroizing::new(inner.unwrap_or_default().to_owned());
    [
        percent(text, unreserved),
        percent(text, in_path),
        form,
        json,
    ]
}

fn percent(text: &str, stays: impl Fn(u8) -> bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 3));
    for byte in text.bytes() {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What a refusal is read by.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Where this service puts what.
    pub errors: &'a Errors,
    /// Whose fields may be named.
    pub resource: Option<&'a Resource>,
    /// What must not be shown.
    pub redactor: &'a Redactor,
}

impl Reading<'_> {
    /// The error that an answer with this status is.
    #[must_use]
    pub fn refused(&self, reply: &Reply) -> ApiError {
        if reply.status.is_redirection() {
            return ApiError::Redirect {
                status: reply.status.as_u16(),
                host: self.redirect_host(reply),
            };
        }
        let body: &[u8] = reply.body.as_ref().map_or(&[], |body| body);
        self.refused_with(reply, self.words(reply, body))
    }

    /// The failure that a 2xx answer may say it is.
    #[must_use]
    pub fn flagged(&self, reply: &Reply, body: &[u8]) -> Option<ApiError> {
        let (ok, fail_if) = (self.errors.ok.as_deref(), self.errors.fail_if.as_deref());
        if ok.is_none() && fail_if.is_none() {
            return None;
        }
        let json: Value = serde_json::from_slice(body).ok()?;
        let not_ok = ok.and_then(|at| json.pointer(at)).is_some_and(says_no);
        let failed = fail_if.and_then(|at| json.pointer(at)).is_some_and(filled);
        (not_ok || failed).then(|| self.refused_with(reply, self.words_of(&json)))
    }

    fn refused_with(&self, reply: &Reply, words: Words) -> ApiError {
        ApiError::Refused {
            status: reply.status.as_u16(),
            meaning: self.meaning(reply.status),
            message: self.redactor.clean(&words.message),
            code: words.code.map(|code| self.redactor.clean(&code).into()),
            fields: words
                .fields
                .into_iter()
                .map(|(key, text)| (key, self.redactor.clean(&text)))
                .collect(),
            request_id: REQUEST_IDS
                .iter()
                .find_map(|name| reply.header(name))
                .map(|id| self.redactor.clean(id).into()),
        }
    }

    fn meaning(&self, status: StatusCode) -> Meaning {
        if let Some(meaning) = self.errors.status.get(status.as_str()) {
            return *meaning;
        }
        match status.as_u16() {
            401 => Meaning::Credential,
            403 => Meaning::Forbidden,
            404 | 410 => Meaning::NotFound,
            409 => Meaning::Conflict,
            429 => Meaning::Busy,
            500.. => Meaning::Unavailable,
            _ => Meaning::Invalid,
        }
    }

    fn redirect_host(&self, reply: &Reply) -> String {
        let to = reply.header("location").unwrap_or("");
        let host = url::Url::parse(to)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        match host {
            Some(host) => self.redactor.clean(&host),
            None if to.starts_with('/') && !to.starts_with("//") => {
                "another path of the same host".to_owned()
            }
            None => "an address that is not named".to_owned(),
        }
    }

    /// Message and per-field messages of an error body of any kind.
    fn words(&self, reply: &Reply, body: &[u8]) -> Words {
        if let Ok(json) = serde_json::from_slice::<Value>(body) {
            return self.words_of(&json);
        }
        let text = String::from_utf8_lossy(body);
        let text = if reply.is("text/html") || text.trim_start().starts_with('<') {
            html::title(&text).unwrap_or_else(|| html::text(&text))
        } else {
            text.into_owned()
        };
        Words {
            message: text,
            ..Words::default()
        }
    }

    fn words_of(&self, json: &Value) -> Words {
        let (fields, others) = self.fields(json);
        let declared = self.errors.message.iter().map(String::as_str);
        let message = declared.chain(MESSAGES).find_map(|at| text_at(json, at));
        let detail = self.errors.detail.as_deref();
        let detail = detail.and_then(|at| text_at(json, at));
        let message = match (message, detail) {
            (Some(message), Some(detail)) if message != detail => format!("{message}: {detail}"),
            (Some(message), _) | (None, Some(message)) => message,
            (None, None) => match json {
                Value::String(text) => text.clone(),
                _ => self.joined(&fields),
            },
        };
        Words {
            message: others.into_iter().fold(message, beside),
            code: self.errors.code.as_deref().and_then(|at| code_at(json, at)),
            fields,
        }
    }

    /// The per-field messages as one sentence, for a place that has no form.
    fn joined(&self, fields: &BTreeMap<String, String>) -> String {
        fields
            .iter()
            .map(|(key, text)| format!("{}: {text}", self.title(key)))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn title<'a>(&'a self, key: &'a str) -> &'a str {
        let field = self
            .resource
            .and_then(|resource| resource.field.iter().find(|field| field.key == key));
        field.map_or(key, |field| &field.title)
    }

    /// Messages by field key, and those that are no field's.
    fn fields(&self, json: &Value) -> (BTreeMap<String, String>, Vec<Other>) {
        let mut found = BTreeMap::new();
        let mut others = Vec::new();
        let at = self.errors.fields.as_deref();
        let mut add = |name: Option<String>, text: String, is_told: bool| {
            if let Some(key) = name.as_deref().and_then(|name| self.key_of(name)) {
                let known: &mut String = found.entry(key).or_default();
                if !known.is_empty() {
                    known.push_str("; ");
                }
                known.push_str(&text);
            } else if is_told {
                others.push(Other { name, text });
            }
        };
        match at.and_then(|at| json.pointer(at)) {
            Some(Value::Object(members)) => {
                for (name, value) in members {
                    // A text in the body itself may be anything; a list of texts is a list of errors.
                    let is_told = at != Some("") || value.is_array();
                    if let Some(text) = words_in(value) {
                        add(Some(name.clone()), text, is_told);
                    }
                }
            }
            Some(Value::Array(items)) => {
                for item in items {
                    if let Some((name, text)) = self.field_error(item) {
                        add(name, text, true);
                    }
                }
            }
            _ => {}
        }
        (found, others)
    }

    /// One element of a list of per-field errors: an object, the bare name of a field, or a sentence.
    fn field_error(&self, item: &Value) -> Option<(Option<String>, String)> {
        const REFUSED: &str = "was refused";
        if let Value::String(text) = item {
            return Some(if text.trim().contains(' ') {
                (None, text.clone())
            } else {
                (Some(text.clone()), REFUSED.to_owned())
            });
        }
        let name = self.errors.field.as_deref().and_then(|at| item.pointer(at));
        let name = name.and_then(Value::as_str).map(str::to_owned);
        let text = self.errors.text.as_deref();
        let text = text.and_then(|at| text_at(item, at));
        match text.or_else(|| words_in(item)) {
            Some(text) => Some((name, text)),
            None => name.map(|name| (Some(name), REFUSED.to_owned())),
        }
    }

    /// The key of the field that a service means by this name.
    fn key_of(&self, name: &str) -> Option<String> {
        let name = name.trim_start_matches('/');
        // Some say where in the request it stands.
        let place = in_body(name).or_else(|| name.rsplit(['.', '/']).next());
        let fields = &self.resource?.field;
        std::iter::once(name).chain(place).find_map(|name| {
            let same = |known: &str| known.trim_start_matches('/').eq_ignore_ascii_case(name);
            let field = fields
                .iter()
                .find(|field| field.to.as_deref().is_some_and(same))
                .or_else(|| fields.iter().find(|field| same(&field.key)))?;
            Some(field.key.clone())
        })
    }
}

/// The field of a place in the request's body: `body.name`, `/body/tags/0`, `body.limits[1].name`.
fn in_body(place: &str) -> Option<&str> {
    let inner = place.strip_prefix("body")?.strip_prefix(['.', '/'])?;
    inner.split(['.', '/', '[']).next()
}

/// A message of which no field is known.
struct Other {
    /// As the service has it, where it names something.
    name: Option<String>,
    text: String,
}

/// A message with another one, unless it says that already.
fn beside(message: String, other: Other) -> String {
    if message.contains(&other.text) {
        return message;
    }
    let text = match other.name {
        Some(name) => format!("{name}: {}", other.text),
        None => other.text,
    };
    if message.is_empty() {
        text
    } else {
        format!("{message}; {text}")
    }
}

/// What an error body says.
#[derive(Default)]
struct Words {
    message: String,
    code: Option<String>,
    /// By field key.
    fields: BTreeMap<String, String>,
}

/// A flag means no, in whatever kind a service writes it; what else stands there means yes.
fn says_no(flag: &Value) -> bool {
    match flag {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            matches!(text.as_str(), "" | "0" | "false" | "no")
        }
        _ => false,
    }
}

/// The flag that tells of a failure is there and says something.
fn filled(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        // A code of 0 says that nothing went wrong.
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) => true,
    }
}

fn text_at(json: &Value, at: &str) -> Option<String> {
    words_in(json.pointer(at)?)
}

/// A code is a word or a number.
fn code_at(json: &Value, at: &str) -> Option<String> {
    match json.pointer(at)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text, an object with a message, or a list of these; never the JSON of anything else.
fn words_in(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(one_text).collect();
            texts
                .filter(|texts| !texts.is_empty())
                .map(|t| t.join("; "))
        }
        one => one_text(one)
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned),
    }
}

/// A text, or the message of an object.
fn one_text(item: &Value) -> Option<&str> {
    let within = |name| item.get(name).and_then(Value::as_str);
    item.as_str()
        .or_else(|| within("message"))
        .or_else(|| within("msg"))
}

#[cfg(test)]
mod tests;
