//! The cookies of a login, kept only where the manifest says `cookies = true`: each by its name and value
//! alone. They are sent to the context's own address and nowhere else, whatever domain or path they name,
//! together with the origin without which some services take no write that comes with a cookie.
//!
//! Of later answers only a new value for one of them counts: a service may give a session another name as it
//! goes on. Other cookies, and deletions, are ignored there.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{COOKIE, HeaderMap, ORIGIN, SET_COOKIE};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    api::{
        ApiError,
        refusal::Redactor,
        request::{Request, add_header, copied, exposed},
        retry::http_date,
    },
    secret::Secret,
};

/// The cookies of one login.
#[derive(Debug, Default)]
pub struct Cookies(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    name: String,
    value: Secret,
    /// How long it lives from its answer on; none: as long as the session.
    life: Option<Duration>,
}

impl Cookies {
    /// The cookies that an answer sets.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut cookies = Vec::new();
        for header in headers.get_all(SET_COOKIE) {
            let Some((name, cookie)) = header.to_str().ok().and_then(read) else {
                continue;
            };
            cookies.retain(|known: &Cookie| known.name != name);
            cookies.extend(cookie);
        }
        Self(cookies)
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How long the session that they stand for can last: as long as the last of them, if all of them end.
    #[must_use]
    pub fn life(&self) -> Option<Duration> {
        let lives: Option<Vec<Duration>> = self.0.iter().map(|cookie| cookie.life).collect();
        lives?.into_iter().max()
    }

    /// The same cookies with the new values that a later answer gives them, if it does.
    #[must_use]
    pub fn renewed(&self, headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(SET_COOKIE) {
            return None;
        }
        let newer = Self::of(headers);
        let value = |known: &Cookie| {
            let newer = newer.0.iter().find(|newer| newer.name == known.name);
            newer.map(|newer| copied(&newer.value))
        };
        let is_new = |known: &Cookie| {
            value(known).is_some_and(|value| exposed(&value) != exposed(&known.value))
        };
        self.0.iter().any(is_new).then(|| {
            let all = self.0.iter().map(|known| Cookie {
                name: known.name.clone(),
                value: value(known).unwrap_or_else(|| copied(&known.value)),
                life: known.life,
            });
            Self(all.collect())
        })
    }

    /// Adds them to a request to this context.
    ///
    /// # Errors
    /// When they cannot stand in a header.
    pub fn add(
        &self,
        base: &Url,
        request: &mut Request,
        redactor: &mut Redactor,
    ) -> Result<(), ApiError> {
        let mut all = Zeroizing::new(String::new());
        for Cookie { name, value, .. } in &self.0 {
            redactor.add(exposed(value));
            if !all.is_empty() {
                all.push_str("; ");
            }
            all.push_str(name);
            all.push('=');
            all.push_str(exposed(value));
        }
        if !all.is_empty() {
            add_header(&mut request.headers, COOKIE.as_str(), &all)?;
        }
        add_origin(base, request)
    }
}

/// Says where a request comes from, as a page of the service would, unless the manifest does.
///
/// # Errors
/// When the address cannot stand in a header.
pub fn add_origin(base: &Url, request: &mut Request) -> Result<(), ApiError> {
    if request.headers.contains_key(ORIGIN) {
        return Ok(());
    }
    let origin = base.origin().ascii_serialization();
    add_header(&mut request.headers, ORIGIN.as_str(), &origin)
}

/// A `Set-Cookie`: its name, and the cookie unless it has ended already.
fn read(header: &str) -> Option<(String, Option<Cookie>)> {
    let mut parts = header.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let (mut age, mut end) = (None, None);
    for part in parts {
        let (key, text) = part.split_once('=').unwrap_or((part, ""));
        let text = text.trim();
        if key.trim().eq_ignore_ascii_case("max-age") {
            age = seconds(text).or(age);
        } else if key.trim().eq_ignore_ascii_case("expires") {
            end = http_date(text).or(end);
        }
    }
    let now = Timestamp::now();
    let until = end.map(|end| Duration::try_from(end.duration_since(now)).unwrap_or_default());
    let life = age.or(until);
    let name = name.to_owned();
    if life.is_some_and(|life| life.is_zero()) {
        return Some((name, None));
    }
    let cookie = Cookie {
        name: name.clone(),
        value: Secret::new(Zeroizing::new(value.to_owned())),
        life,
    };
    Some((name, Some(cookie)))
}

/// The seconds of a `Max-Age`: none left where they are negative, nothing where they are no number.
fn seconds(text: &str) -> Option<Duration> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.starts_with('-') {
        return Some(Duration::ZERO);
    }
    // What is too long for a number is a long time.
    Some(Duration::from_secs(
        digits.parse().unwrap_or(u64::from(u32::MAX)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for text in all {
            headers.append(SET_COOKIE, text.parse().unwrap());
        }
        headers
    }

    fn sent(cookies: &Cookies) -> String {
        let base = Url::parse("https://Example.com:8443/api/").unwrap();
        let inputs = crate::api::Inputs::new();
        let holes = crate::api::request::Holes::new(&inputs);
        let none = std::collections::BTreeMap::new();
        let mut request = crate::api::request::start(&base, "GET /k", &[&none], holes).unwrap();
        let mut redactor = Redactor::default();
        cookies.add(&base, &mut request, &mut redactor).unwrap();
        let header = |name: &str| {
            let value = request.headers.get(name);
            value
                .map_or("-", |value| value.to_str().unwrap())
                .to_owned()
        };
        let debug = format!("{:?}", request.headers.get("cookie"));
        assert!(!debug.contains("canary"), "{debug}");
        assert_eq!(redactor.clean("canary"), "[redacted]");
        format!("{} | {}", header("cookie"), header("origin"))
    }

    #[test]
    fn all_cookies_of_an_answer_are_sent_by_name_and_value_with_the_origin() {
        let cookies = Cookies::of(&headers(&[
            "sid=canary; Path=/; HttpOnly; Secure; SameSite=Lax; Domain=other.example",
            " csrf = a=b== ; path=/admin",
            "empty=",
        ]));
        let wanted = "sid=canary; csrf=a=b==; empty= | https://example.com:8443";
        assert_eq!(sent(&cookies), wanted);
    }

    #[test]
    fn a_cookie_that_has_ended_or_is_deleted_is_not_kept_and_the_last_of_a_name_counts() {
        let cookies = Cookies::of(&headers(&[
            "a=1; Max-Age=0",
            "b=1; max-age=-5",
            "c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "d=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT",
            "e=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0",
            "f=1",
            "f=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60",
            "g=1",
            "g=; Max-Age=0",
            "sid=canary; Max-Age=soon; Expires=whenever",
            "no cookie",
            "=nameless",
            "two words=x",
        ]));
        assert_eq!(sent(&cookies), "f=2; sid=canary | https://example.com:8443");
    }

    #[test]
    fn a_session_lasts_as_long_as_the_last_cookie_if_all_of_them_end() {
        let life = |all: &[&str]| Cookies::of(&headers(all)).life();
        assert_eq!(life(&["a=1"]), None);
        assert_eq!(life(&["a=1; Max-Age=60", "b=1"]), None);
        let two = ["a=1; Max-Age=60", "b=1; Max-Age=600"];
        assert_eq!(life(&two), Some(Duration::from_mins(10)));
        assert_eq!(life(&[]), None);
    }

    #[test]
    fn of_a_later_answer_only_a_new_value_of_a_known_cookie_counts() {
        let cookies = Cookies::of(&headers(&["sid=canary", "csrf=1"]));
        let renewed = |all: &[&str]| cookies.renewed(&headers(all)).map(|it| sent_plainly(&it));
        assert_eq!(renewed(&[]), None);
        assert_eq!(renewed(&["other=1", "csrf=; Max-Age=0"]), None);
        assert_eq!(renewed(&["sid=canary; Max-Age=9"]), None);
        let newer = renewed(&["csrf=2; Path=/", "other=1"]);
        assert_eq!(newer.as_deref(), Some("sid=canary csrf=2"));
    }

    fn sent_plainly(cookies: &Cookies) -> String {
        let pairs = cookies.0.iter();
        let pairs = pairs.map(|cookie| format!("{}={}", cookie.name, exposed(&cookie.value)));
        pairs.collect::<Vec<_>>().join(" ")
    }
}
