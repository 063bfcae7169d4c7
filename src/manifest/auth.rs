//! How a context signs in and how one tells that it works: the words of `[inputs]`, `[[auth]]` and
//! `[[check]]`. `api::auth` turns them into headers and login calls.

use std::collections::BTreeMap;

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Pointer, Template};

/// One value that a context supplies.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What a person calls it.
    pub label: String,
    /// Never shown, and never written in the config itself.
    #[serde(default)]
    pub secret: bool,
    /// Used where the context gives none.
    pub default: Option<String>,
    /// The context may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// Where to get it.
    pub help: Option<String>,
}

/// One way to sign in.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Name by which a check may ask for this way.
    pub id: String,
    /// Inputs that this way needs.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Headers that carry the credential.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// HTTP Basic: user and password.
    pub basic: Option<[Template; 2]>,
    /// Query parameters that carry the credential; the address is then redacted.
    #[serde(default)]
    pub query: BTreeMap<String, Template>,
    /// Calls that trade the inputs for a token, tried in order.
    #[serde(default)]
    pub login: Vec<Login>,
    /// Chutes' sr25519 request signatures.
    pub hotkey: Option<Hotkey>,
    /// A program that makes the headers; it runs only once the operator has approved it.
    pub command: Option<Command>,
}

/// A program of the operator's machine that proves who sends a request. It reads the request's
/// description as JSON: `method`, `url`, `headers`, `body_sha256`; it writes JSON: `headers`, and
/// `expires_at` where they may be used for other requests until then.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The program and its arguments; holes are filled from inputs that are not secret.
    pub argv: Vec<Template>,
}

/// A call that trades credentials for a token.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Method and path, such as `POST /api/v2/token`.
    pub call: String,
    /// What is sent.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub body: Option<serde_json::Value>,
    /// How the body is written.
    #[serde(default)]
    pub encode: Encode,
    /// HTTP Basic on the login call itself.
    pub basic: Option<[Template; 2]>,
    /// Names for values of the reply: a pointer, or `header:Name`.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// Where the reply says how many seconds the token lives; a reply that does not say is no mistake.
    pub expires_in: Option<Pointer>,
    /// The cookies of the reply are sent with each call, and the origin that some services want beside them.
    #[serde(default)]
    pub cookies: bool,
    /// Statuses that mean "not here": the next login is tried.
    #[serde(default)]
    pub next_on: Vec<u16>,
}

/// Signing with a Chutes hotkey: the input holds the 32-byte seed.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hotkey {
    /// Input that holds the seed.
    pub input: String,
    /// First path segment to the purpose that is signed when a call has no body.
    pub purpose: BTreeMap<String, String>,
}

/// How a request body is written.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encode {
    /// `application/json`.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// One call that tells whether a context works.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name of the check.
    pub id: String,
    /// Method and path; absent: signing in is the check.
    pub call: Option<String>,
    /// Where the reply names the signed-in user; absent: only "ok" is shown.
    pub who: Option<Pointer>,
    /// Runs only in contexts that sign in this way.
    pub auth: Option<String>,
}
