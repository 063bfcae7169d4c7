//! A call is one request, read whole; a reply is its answer, not yet sent.
//! The server makes calls and sends replies; the services in between see neither sockets nor tasks.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

/// One request to one service.
#[derive(Debug)]
pub(super) struct Call {
    /// The method.
    pub(super) method: Method,
    /// The path as the service knows it: without the demo's own prefix.
    pub(super) path: String,
    /// The path as it was asked for.
    pub(super) full_path: String,
    /// The query string, without its question mark.
    pub(super) query: String,
    /// The headers.
    pub(super) headers: HeaderMap,
    /// The body, whole.
    pub(super) body: Bytes,
}

impl Call {
    /// The path between its slashes, percent-decoded: `/keys/` is `["keys", ""]`.
    pub(super) fn segments(&self) -> Vec<Cow<'_, str>> {
        self.path
            .strip_prefix('/')
            .unwrap_or(&self.path)
            .split('/')
            .map(percent_decoded)
            .collect()
    }

    /// A header's text; `None` when it is absent or not text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The first value of a query parameter, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

/// Decodes `%41` to `A`; what is no escape stays, what is no UTF-8 becomes U+FFFD.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = (first == b'%').then(|| after.get(..2)).flatten();
        let escape = escape.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The answer to a call.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    /// The status.
    pub(super) status: StatusCode,
    /// The headers that the service sets.
    pub(super) headers: HeaderMap,
    /// The body.
    pub(super) body: Bytes,
    /// Whether the service takes the call and never answers.
    pub(super) silent: bool,
}

impl Reply {
    /// A body of one kind; a status that does not exist is a 500.
    pub(super) fn new(status: u16, kind: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status,
            headers,
            body: body.into(),
            silent: false,
        }
    }

    /// JSON with the plain content type.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// A status and nothing else.
    pub(super) fn empty(status: u16) -> Self {
        let mut reply = Self::new(status, "", "");
        reply.headers.clear();
        reply
    }

    /// No answer, ever: the client's own deadline has to end it.
    pub(super) fn silence() -> Self {
        Self {
            silent: true,
            ..Self::empty(200)
        }
    }

    /// Adds a header; one whose value is not allowed in a header is left out.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_after_it_is_split() {
        let call = Call {
            method: Method::GET,
            path: "/a%2Fb/%E9%8D%B5/%zz/%".to_owned(),
            full_path: String::new(),
            query: "x=a+b%26&x=2".to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        assert_eq!(call.segments(), ["a/b", "鍵", "%zz", "%"]);
        assert_eq!(call.parameter("x").as_deref(), Some("a b&"));
        assert_eq!(call.parameter("y"), None);
    }
}
