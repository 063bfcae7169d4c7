//! A program of the operator's makes the headers that prove the sender: it is told of the request as JSON and
//! answers with headers, and with the moment until which other requests may have them too. Whether a program
//! may run, and how it does, is its [`Runner`]'s matter; here is what it is told, and how its answer is read.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::future::BoxFuture;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{Site, hotkey::hex};
use crate::{
    api::{
        ApiError, Inputs,
        request::{Holes, Request, exposed, fill},
    },
    manifest::{Command, Template},
    record::{Moment, Text},
    secret::{Secret, without_traces},
};

/// Headers that belong to the connection, to the body or to what this client can read.
const OWN: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A program that is to sign.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The id of the manifest that names it.
    pub backend: &'a str,
    /// Its command as the manifest has it.
    pub words: &'a [Template],
    /// The same with its holes filled.
    pub argv: &'a [String],
}

/// Runs such programs.
pub trait Runner: fmt::Debug + Send + Sync {
    /// Looks whether the operator has approved the program, as it is now.
    fn check<'a>(&'a self, signer: Signer<'a>) -> BoxFuture<'a, Result<(), ApiError>>;

    /// Runs the program if the operator has approved it: what it is told stands on its standard input, and
    /// what it answers on its standard output. [`ApiError::Unapproved`] where it may not run,
    /// [`ApiError::Unsigned`] where it failed.
    fn run<'a>(
        &'a self,
        signer: Signer<'a>,
        told: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>, ApiError>>;
}

/// Headers by name, and how long other requests may have them.
type Proof = (Inputs, Option<Duration>);

/// Lets the program make the headers of a request.
pub async fn run(site: Site<'_>, command: &Command, request: &Request) -> Result<Proof, ApiError> {
    let argv = argv(command, site.inputs)?;
    let told = told(site, request);
    let signer = signer(site, command, &argv);
    let answer = runner(site)?.run(signer, told.as_bytes()).await?;
    let program = argv.first().map_or("the program", String::as_str);
    read(&answer).map_err(|why| {
        ApiError::Unsigned(format!("{program} {why}; its answer has to be {EXAMPLE}"))
    })
}

/// The program may run, as it is now.
pub async fn may_run(site: Site<'_>, command: &Command) -> Result<(), ApiError> {
    let argv = argv(command, site.inputs)?;
    runner(site)?.check(signer(site, command, &argv)).await
}

fn runner(site: Site<'_>) -> Result<&dyn Runner, ApiError> {
    let missing = "signing in takes a program, and none can run here";
    site.runner
        .ok_or_else(|| ApiError::Unsigned(missing.to_owned()))
}

fn signer<'a>(site: Site<'a>, command: &'a Command, argv: &'a [String]) -> Signer<'a> {
    Signer {
        backend: &site.manifest.id,
        words: &command.argv,
        argv,
    }
}

/// What an answer looks like.
const EXAMPLE: &str = r#"{"headers": {"NAME": "VALUE"}, "expires_at": null}"#;

/// A command with its holes filled.
///
/// # Errors
/// When nothing is known under the name of a hole.
pub fn argv(command: &Command, inputs: &Inputs) -> Result<Vec<String>, ApiError> {
    let holes = Holes::new(inputs);
    let words = command.argv.iter();
    words
        .map(|word| fill(word, holes).map(|word| word.to_string()))
        .collect()
}

/// The request as the program is told of it.
fn told(site: Site<'_>, request: &Request) -> Zeroizing<String> {
    let body: &[u8] = request.body.as_ref().map_or(&[], |body| &body.bytes);
    let hash = without_traces(|| Sha256::digest(body));
    let secrets: Vec<&str> = site
        .inputs
        .iter()
        .filter(|(name, _)| site.manifest.inputs.get(*name).is_none_or(|it| it.secret))
        .map(|(_, value)| exposed(value))
        .filter(|value| !value.is_empty())
        .collect();
    // What a manifest writes out is no secret; what was filled in may be one, of another way to sign in.
    let is_secret = |value: &HeaderValue, text: &str| {
        value.is_sensitive() && secrets.iter().any(|secret| text.contains(secret))
    };
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .filter_map(|(name, value)| {
            let text = value.to_str().ok()?;
            (!is_secret(value, text)).then(|| (name.to_string(), text.into()))
        })
        .collect();
    let told = json!({
        "method": request.method.as_str(),
        "url": request.url.as_str(),
        "headers": headers,
        "body_sha256": hex(&hash),
    });
    Zeroizing::new(told.to_string())
}

/// Reads what the program answered; of what it says only names are told, for the rest may be secret.
fn read(answer: &[u8]) -> Result<Proof, String> {
    let answer: Value =
        serde_json::from_slice(answer).map_err(|_| "answered something that is not JSON")?;
    let Value::Object(members) = answer else {
        return Err("did not answer with a JSON object".to_owned());
    };
    let (mut headers, mut life) = (None, None);
    for (name, value) in members {
        match (name.as_str(), value) {
            ("headers", Value::Object(all)) => headers = Some(all),
            ("headers", _) => return Err("answered with headers that are no object".to_owned()),
            ("expires_at", value) => life = lifetime(&value)?,
            _ => {
                let name = shown(&name);
                return Err(format!(
                    "answered with {name}, which is neither headers nor expires_at"
                ));
            }
        }
    }
    let headers = headers.ok_or("answered without headers")?;
    let checked = headers.into_iter().map(|(name, value)| header(name, value));
    Ok((checked.collect::<Result<_, _>>()?, life))
}

/// A header that can be sent, and that is not for others to set.
fn header(name: String, value: Value) -> Result<(String, Secret), String> {
    let shown = shown(&name);
    let Value::String(value) = value else {
        return Err(format!("gave the header {shown} a value that is no text"));
    };
    let value = Zeroizing::new(value);
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Err(format!(
            "gave {shown}, which cannot be the name of a header"
        ));
    }
    if OWN.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "gave the header {shown}, which keyrack sets itself"
        ));
    }
    if HeaderValue::from_str(&value).is_err() {
        return Err(format!(
            "gave the header {shown} characters that no header can carry"
        ));
    }
    Ok((name, Secret::new(value)))
}

/// A name that a program gave, fit for a message.
fn shown(name: &str) -> String {
    let short: String = name.chars().take(40).collect();
    format!("{:?}", Text::new(&short).shown())
}

/// How long from now on; none where the headers are for this one request.
fn lifetime(value: &Value) -> Result<Option<Duration>, String> {
    let end = match value {
        Value::Null => return Ok(None),
        Value::String(text) => Moment::read(text),
        Value::Number(number) => Moment::read(&number.to_string()),
        _ => None,
    };
    let end = end
        .ok_or("answered with an expires_at that is no moment (RFC 3339, or seconds since 1970)")?;
    let end = Duration::from_micros(u64::try_from(end.micros()).unwrap_or(0));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let left = end.saturating_sub(now.unwrap_or_default());
    Ok((!left.is_zero()).then_some(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(answer: &str) -> Result<Vec<String>, String> {
        read(answer.as_bytes()).map(|(headers, _)| headers.into_keys().collect())
    }

    #[test]
    fn an_answer_has_headers_and_may_say_until_when_they_hold() {
        let text = r#"{"headers": {"X-Sign": "a", "Authorization": "b c"}, "expires_at": null}"#;
        assert_eq!(names(text).unwrap(), ["Authorization", "X-Sign"]);
        for (end, lives) in [
            ("null", false),
            ("1", false),
            ("\"2001-01-01T00:00:00Z\"", false),
            ("4102444800", true),
            ("4102444800.5", true),
            ("\"4102444800\"", true),
            ("\"2100-01-01T00:00:00+01:00\"", true),
        ] {
            let text = format!(r#"{{"headers": {{}}, "expires_at": {end}}}"#);
            let (_, life) = read(text.as_bytes()).unwrap();
            assert_eq!(life.is_some(), lives, "{end}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_sent_is_refused_by_name_and_without_its_values() {
        for (answer, why) in [
            ("Bearer canary", "answered something that is not JSON"),
            ("[\"canary\"]", "did not answer with a JSON object"),
            ("{}", "answered without headers"),
            (
                r#"{"headers": "canary"}"#,
                "answered with headers that are no object",
            ),
            (
                r#"{"headers": {}, "expires": "canary"}"#,
                "answered with \"expires\", which is neither headers nor expires_at",
            ),
            (
                r#"{"headers": {}, "expires_at": "canary"}"#,
                "answered with an expires_at that is no moment (RFC 3339, or seconds since 1970)",
            ),
            (
                r#"{"headers": {"X-N": 7}}"#,
                "gave the header \"X-N\" a value that is no text",
            ),
            (
                r#"{"headers": {"a b": "canary"}}"#,
                "gave \"a b\", which cannot be the name of a header",
            ),
            (
                r#"{"headers": {"": "canary"}}"#,
                "gave \"\", which cannot be the name of a header",
            ),
            (
                r#"{"headers": {"HOST": "canary"}}"#,
                "gave the header \"HOST\", which keyrack sets itself",
            ),
            (
                r#"{"headers": {"Content-Length": "canary"}}"#,
                "gave the header \"Content-Length\", which keyrack sets itself",
            ),
            (
                r#"{"headers": {"X-N": "canary\r\nX-Evil: 1"}}"#,
                "gave the header \"X-N\" characters that no header can carry",
            ),
        ] {
            assert_eq!(names(answer).unwrap_err(), why);
        }
    }
}
