//! A manifest's operation with its values becomes a request as data: every value is one percent-encoded
//! path segment, one encoded query pair or one JSON value, so that none of them can change the shape of
//! the request. `client` sends what is built here.

mod body;
mod holes;

use std::{collections::BTreeMap, fmt};

use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::ApiError;
use crate::{
    manifest::{Encode, Template},
    record::{Cell, Record},
    secret::Secret,
};
pub use body::{body, own_pointer, put};
pub use holes::{Holes, fill, fill_json};

/// A request that is ready to be signed and sent.
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address; credentials in the query are added by the sign-in.
    pub url: Url,
    /// The path below the context's address, as the operation has it.
    pub path: String,
    /// All headers but those of the sign-in.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Option<Body>,
    /// The path holds a secret: no log has it.
    pub hidden: bool,
    /// The id that it is about, where that is a secret: no message has it.
    pub unsaid: Option<Zeroizing<String>>,
}

impl fmt::Debug for Request {
    /// The operation alone: address, headers and body may hold a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A request body: never printed, erased when dropped.
pub struct Body {
    /// Its media type.
    pub media: &'static str,
    /// Its exact bytes.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes", self.media, self.bytes.len())
    }
}

/// The text of a credential on its way into a request.
#[expect(
    clippy::disallowed_methods,
    reason = "the credential goes into the request that it was given for"
)]
pub fn exposed(secret: &Secret) -> &str {
    secret.expose()
}

/// A second holder of one secret, for a session of its own.
#[must_use]
pub fn copied(secret: &Secret) -> Secret {
    Secret::new(Zeroizing::new(exposed(secret).to_owned()))
}

/// The text of a row's field, of a list its first element; none where it is empty.
#[must_use]
pub fn text_in<'a>(row: Record<'a>, key: &str) -> Option<&'a str> {
    let cell = row.cell(row.resource().field_at(key)?);
    let text = match cell {
        Cell::Text(text) => text,
        list => list.list().next()?,
    };
    Some(text.exact()).filter(|text| !text.is_empty())
}

/// Refuses to build a request.
fn unbuilt(why: impl Into<String>) -> ApiError {
    ApiError::Unfit(why.into())
}

/// Starts a request: method, address and the headers that every call has.
///
/// # Errors
/// When the call cannot be built; nothing was sent then.
pub fn start(
    base: &Url,
    call: &str,
    headers: &[&BTreeMap<String, Template>],
    holes: Holes<'_>,
) -> Result<Request, ApiError> {
    let (method, target) = call
        .split_once(' ')
        .ok_or_else(|| unbuilt(format!("{call:?} is not a method and a path")))?;
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| unbuilt(format!("{method:?} is not a method")))?;
    let target = target.trim();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut url = place(base, path, holes)?;
    add_query(&mut url, query, holes)?;
    let mut all = HeaderMap::new();
    all.insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, template) in headers.iter().flat_map(|map| map.iter()) {
        if !holes.leaves_out(template) {
            add_header(&mut all, name, &fill(template, holes)?)?;
        }
    }
    Ok(Request {
        method,
        url,
        path: path.to_owned(),
        headers: all,
        body: None,
        hidden: holes.is_secret(path),
        unsaid: holes.secret_id().map(|id| Zeroizing::new(id.to_owned())),
    })
}

/// Puts a path below the base address, each value as one segment, trailing slash as written.
fn place(base: &Url, path: &str, holes: Holes<'_>) -> Result<Url, ApiError> {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let pieces: Vec<&str> = path
        .strip_prefix('/')
        .ok_or_else(|| unbuilt(format!("the path {path:?} does not begin with /")))?
        .split('/')
        .collect();
    let last = pieces.len().saturating_sub(1);
    let mut segments = url
        .path_segments_mut()
        .map_err(|()| unbuilt("the context's url cannot have a path"))?;
    segments.pop_if_empty();
    for (at, piece) in pieces.iter().enumerate() {
        let text = fill(piece, holes)?;
        let trailing_slash = piece.is_empty() && at == last;
        if !trailing_slash {
            check_segment(&text).map_err(|why| unbuilt(format!("{piece} {why}")))?;
        }
        segments.push(&text);
    }
    drop(segments);
    Ok(url)
}

/// Refuses what URLs would drop or read as a step to another folder.
fn check_segment(text: &str) -> Result<(), &'static str> {
    match text {
        "" => Err("is empty and cannot stand in an address"),
        "." | ".." => Err("is a step to another folder and cannot stand in an address"),
        _ if text.chars().any(char::is_control) => {
            Err("has control characters and cannot stand in an address")
        }
        _ => Ok(()),
    }
}

fn add_query(url: &mut Url, query: &str, holes: Holes<'_>) -> Result<(), ApiError> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, template) = pair.split_once('=').unwrap_or((pair, ""));
        if holes.leaves_out(template) {
            continue;
        }
        let value = fill(template, holes)?;
        url.query_pairs_mut().append_pair(name, &value);
    }
    Ok(())
}

/// Sets a query parameter, encoded, in place of any other of that name.
pub fn set_query(url: &mut Url, name: &str, value: &str) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| key != name)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let mut pairs = url.query_pairs_mut();
    pairs.clear();
    pairs.extend_pairs(others).append_pair(name, value);
}

/// Adds a header whose value no log prints. `Accept` keeps JSON first.
///
/// # Errors
/// When the name or the value cannot stand in a header; the value is not named.
pub fn add_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), ApiError> {
    let key = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| unbuilt(format!("{name:?} cannot be a header")))?;
    let text = if key == ACCEPT && !value.starts_with("application/json") {
        Zeroizing::new(format!("application/json, {value}"))
    } else {
        Zeroizing::new(value.to_owned())
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        unbuilt(format!(
            "the value for the header {name} has characters that no header can carry"
        ))
    })?;
    value.set_sensitive(true);
    headers.insert(key, value);
    Ok(())
}

impl Request {
    /// Gives the request a body in this encoding.
    ///
    /// # Errors
    /// When the value cannot be written so.
    pub fn set_body(&mut self, value: &Value, encode: Encode) -> Result<(), ApiError> {
        let body = match encode {
            Encode::Json => Body {
                media: "application/json",
                bytes: Zeroizing::new(
                    serde_json::to_vec(value).map_err(|_| unbuilt("the body is not JSON"))?,
                ),
            },
            Encode::Form => Body {
                media: "application/x-www-form-urlencoded",
                bytes: body::form(value)?,
            },
        };
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(body.media));
        self.body = Some(body);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
