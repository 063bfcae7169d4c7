//! What a refusal means: the words of `[errors]`. `api` reads a reply that is not 2xx by them.

use std::collections::BTreeMap;

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::Pointer;

/// Where error replies say what went wrong.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Errors {
    /// Pointers to the message, tried before the built-in list.
    pub message: Vec<Pointer>,
    /// Pointer to a longer explanation.
    pub detail: Option<Pointer>,
    /// Pointer to the service's own error code, a text or a number: told beside the message.
    pub code: Option<Pointer>,
    /// Pointer to the per-field errors: a map of field to messages, or a list. What is no field's is told in the message.
    pub fields: Option<Pointer>,
    /// In a list of per-field errors: pointer to the field's name.
    pub field: Option<Pointer>,
    /// In a list of per-field errors: pointer to the message.
    pub text: Option<Pointer>,
    /// Pointer to a flag that is false when a 2xx reply is a failure; "false", "no", 0, null and an empty text are false too.
    pub ok: Option<Pointer>,
    /// Pointer to a value that is neither empty nor 0 when a 2xx reply is a failure.
    pub fail_if: Option<Pointer>,
    /// What a status means here where that differs from HTTP's meaning.
    pub status: BTreeMap<String, Meaning>,
}

/// What a refused request means, whatever its status.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The credential is missing, wrong or too weak.
    Credential,
    /// Signed in, but not allowed.
    Forbidden,
    /// No such key, or not this user's.
    NotFound,
    /// Something with this name or value exists.
    Conflict,
    /// A field was refused.
    Invalid,
    /// Too many requests.
    Busy,
    /// The service is down or failing.
    Unavailable,
    /// Either the credential is bad or the thing does not exist; the service does not say which.
    CredentialOrNotFound,
}
