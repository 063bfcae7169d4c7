//! Requests and replies as data, and the words of every failure. [`client`] is the only module that
//! opens a connection; `app` and `cli` build a [`Change`] or a [`Query`] and read what came of it.

pub mod auth;
pub mod client;
pub mod generate;
pub mod own;
pub mod page;
pub mod refusal;
pub mod request;
pub mod retry;
pub mod ssh;
mod target;
pub mod trace;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

pub use target::Target;

use crate::{
    manifest::{Manifest, Meaning, Resource, Role, Verb},
    record::{DecodeError, KeyId, Rows},
    secret::{Secret, Source},
};

/// One backend at one address with one credential: what the config says of a context.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The context's name.
    pub name: Arc<str>,
    /// What the backend can do.
    pub manifest: Arc<Manifest>,
    /// The address; credentials go to its origin only.
    pub url: url::Url,
    /// Where each input of the manifest comes from.
    pub credential: BTreeMap<String, Source>,
    /// The only certificate authority that is trusted, if not the system's.
    pub ca_cert: Option<PathBuf>,
    /// Client certificate chain in PEM.
    pub client_cert: Option<PathBuf>,
    /// The key of the client certificate in PEM.
    pub client_key: Option<PathBuf>,
    /// Proxy for this context instead of the environment's.
    pub proxy: Option<String>,
    /// Plain HTTP is accepted although the host is not loopback.
    pub allow_plaintext: bool,
    /// The bounds of every call.
    pub limits: Limits,
}

/// The values of a manifest's inputs, ready for use.
pub type Inputs = BTreeMap<String, Secret>;

/// The bounds of every call; each is a key of the config's `[limits]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest list answer in bytes.
    pub list_bytes: usize,
    /// Largest other answer in bytes.
    pub item_bytes: usize,
    /// Longest time to a connection.
    pub connect: Duration,
    /// Longest silence within an answer.
    pub idle: Duration,
    /// Longest read, answer included.
    pub read: Duration,
    /// Longest write, answer included.
    pub write: Duration,
    /// Most pages of one list.
    pub pages: usize,
    /// Most rows of one list.
    pub rows: usize,
    /// Most pages fetched at once.
    pub parallel: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            list_bytes: 64 << 20,
            item_bytes: 1 << 20,
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(10),
            read: Duration::from_secs(30),
            write: Duration::from_mins(1),
            pages: 5_000,
            rows: 1_000_000,
            parallel: 16,
        }
    }
}

/// A list to fetch.
#[derive(Debug, Clone)]
pub struct Query {
    /// What is listed.
    pub resource: Arc<Resource>,
    /// Server filters by their id.
    pub filters: BTreeMap<String, String>,
}

/// A piece of a list, as it comes.
#[derive(Debug)]
pub struct Progress {
    /// Rows that were not seen before.
    pub rows: Rows,
    /// Pages that came.
    pub page: usize,
    /// Pages that there are, where the service says so.
    pub pages: Option<usize>,
    /// Rows that there are, where the service says so.
    pub total: Option<u64>,
    /// The key that the context signs in with, once it is among the rows that came.
    pub own: Option<KeyId>,
}

/// How a list ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListEnd {
    /// Rows fetched.
    pub fetched: usize,
    /// Rows that there are, where the service says so.
    pub total: Option<u64>,
    /// Why the list may not be whole: a bound that was reached, or a limit of the service.
    pub cut: Option<String>,
    /// The older API that was used.
    pub alternative: Option<String>,
    /// The key that this context signs in with, where the list holds it.
    pub own: Option<KeyId>,
}

/// The value of one field in a write.
#[derive(Debug)]
pub enum FieldValue {
    /// Anything that may be shown.
    Plain(serde_json::Value),
    /// Anything that may not.
    Secret(Secret),
}

/// A write: built, confirmed and sent as one value.
#[derive(Debug)]
pub struct Change {
    /// Where.
    pub context: Arc<str>,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// What to do.
    pub verb: Verb,
    /// To which key; none for a create.
    pub target: Option<Target>,
    /// Field key to value, as it goes to the wire.
    pub values: BTreeMap<String, FieldValue>,
}

impl Change {
    /// The exact name of the key that it speaks of; empty where a new key has none.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.target {
            Some(target) => &target.name,
            None => self.new_name().unwrap_or_default(),
        }
    }

    /// The name that it gives to its key.
    #[must_use]
    pub fn new_name(&self) -> Option<&str> {
        let field = self.resource.field.get(self.resource.role(Role::Name)?)?;
        match self.values.get(&field.key)? {
            FieldValue::Plain(serde_json::Value::String(name)) => Some(name),
            _ => None,
        }
    }

    /// The secret that was chosen for a new key, which the service takes only once; it leaves the change.
    pub fn take_chosen(&mut self) -> Option<Secret> {
        let key = self.resource.repeatable_by.as_ref()?;
        match self.values.remove(key)? {
            FieldValue::Secret(secret) => Some(secret),
            FieldValue::Plain(_) => None,
        }
    }
}

/// What became of a [`Change`].
#[derive(Debug)]
pub enum Outcome {
    /// It was done.
    Done {
        /// The id that the answer names.
        id: Option<KeyId>,
        /// The row in the answer, if any.
        rows: Rows,
        /// The new secret.
        secret: Option<Secret>,
    },
    /// It was certainly not done.
    NotDone(ApiError),
    /// It was done, but the answer cannot be read.
    Unreadable {
        /// Why.
        error: ApiError,
        /// The answer as it came, where the new secret may stand in it.
        raw: Option<Secret>,
    },
    /// A repeated write was refused as one is whose first try was done: look it up. Should nothing be
    /// there, the refusal is what became of it.
    Earlier(ApiError),
    /// It may have been done.
    Unknown(ApiError),
}

/// What using a new credential proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It works.
    Alive {
        /// What it did, in the past: `it signed in`.
        by: String,
    },
    /// It does not work.
    Dead {
        /// What was refused.
        why: String,
    },
    /// Neither.
    Unproven {
        /// What was tried and what can be done, as sentences.
        why: String,
    },
}

/// How one check of a context ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The check's id.
    pub id: String,
    /// The signed-in user's name where the service tells, or the failure in words.
    pub result: Result<Option<String>, ApiError>,
}

/// Why a call failed; never holds a body, a query string or a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Nothing was sent: no connection was made.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// Nothing was sent: what is asked for cannot be made into a request of this service.
    #[error("nothing was sent: {0}")]
    Unfit(String),
    /// Nothing was sent: the program that signs requests may not run here.
    #[error("nothing was sent: {0}")]
    Unapproved(String),
    /// Nothing was sent: the program that signs requests failed, or what it answered cannot be used.
    #[error("nothing was sent: {0}")]
    Unsigned(String),
    /// The service answered with a refusal.
    #[error("{}", refusal(*.status, .message, .code.as_deref(), .request_id.as_deref()))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it means.
        meaning: Meaning,
        /// The service's own words, safe to show.
        message: String,
        /// The service's own code of the error.
        code: Option<Box<str>>,
        /// Per-field messages by field key.
        fields: BTreeMap<String, String>,
        /// The service's id of the request.
        request_id: Option<Box<str>>,
    },
    /// The service answered with a redirect, which is never followed.
    #[error("the server answered {status}, a redirect to {host}; redirects are not followed")]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where it points.
        host: String,
    },
    /// The answer did not come, or broke off.
    #[error("{0}")]
    Lost(String),
    /// A bound was reached.
    #[error("{0}")]
    Bound(String),
    /// The answer came and makes no sense.
    #[error("{0}")]
    Decode(#[from] DecodeError),
    /// The answer is not what the service's API sends.
    #[error("{0}")]
    Unexpected(String),
    /// A credential could not be read.
    #[error("{0}")]
    Credential(String),
}

/// The service's words, and what its support asks for.
fn refusal(status: u16, message: &str, code: Option<&str>, request: Option<&str>) -> String {
    let status = status.to_string();
    // Some repeat the status as their code, or the code in their words.
    let code = code.filter(|code| *code != status && !message.contains(code));
    let code = code.map(|code| format!("code {code}"));
    let request = request.map(|id| format!("request {id}"));
    let (words, status) = if message.is_empty() {
        (format!("the server answered {status}"), None)
    } else {
        (message.to_owned(), Some(status))
    };
    let told: Vec<_> = status.into_iter().chain(code).chain(request).collect();
    if told.is_empty() {
        words
    } else {
        format!("{words} ({})", told.join(", "))
    }
}

impl ApiError {
    /// Messages for the fields of a form, by field key.
    #[must_use]
    pub fn fields(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Refused { fields, .. } if !fields.is_empty() => Some(fields),
            _ => None,
        }
    }

    /// What was asked for is said not to be there, which may also mean that it may not be seen.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        let Self::Refused { meaning, .. } = self else {
            return false;
        };
        matches!(meaning, Meaning::NotFound | Meaning::CredentialOrNotFound)
    }

    /// What the operator can do about it, as a sentence.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Refused {
                meaning,
                fields,
                message,
                ..
            } => match meaning {
                Meaning::Credential => {
                    "Check the credential of this context: keyrack context check."
                }
                Meaning::Forbidden => {
                    "Ask for the permission, or use a stronger credential; some services also answer so to a wrong one."
                }
                Meaning::NotFound => {
                    "It may be gone, or it may not be yours: look at the list again."
                }
                Meaning::Conflict => "Choose another name or value.",
                Meaning::Invalid if fields.is_empty() && message.is_empty() => {
                    "It does not say why: go over what you gave, then try again."
                }
                Meaning::Invalid if fields.is_empty() => "Correct what it names, then try again.",
                Meaning::Invalid => "Correct these fields, then try again.",
                Meaning::Busy => "Wait a moment, then try again.",
                Meaning::Unavailable => "The service is not well; try again later.",
                Meaning::CredentialOrNotFound => {
                    "The service does not say which: check the credential and the address, then try again."
                }
            },
            Self::Unfit(_) => {
                "Correct what it names; keyrack backend show tells what a backend can do."
            }
            Self::NotSent(_) => "Check the address, the network and the proxy.",
            Self::Unapproved(_) => {
                "A program that you approve runs as you, with all that you may do: approve what you have read."
            }
            Self::Unsigned(_) => "Run the program by hand to see what it needs.",
            Self::Redirect { .. } => "Check the context's url: it must be the API's own address.",
            Self::Lost(_) => "See what is there now before you try again.",
            Self::Bound(_) => {
                "Narrow the list with a server filter, or raise the bound under [limits]."
            }
            Self::Decode(_) | Self::Unexpected(_) => {
                "Check the context's url and backend: this does not look like that API."
            }
            Self::Credential(_) => "Correct the credential of this context in the config.",
        }
    }

    /// What the operator can do when a list or a check failed so, which name no key that could be gone.
    #[must_use]
    pub fn next_step_of_list(&self) -> &'static str {
        match self {
            Self::Refused {
                meaning: Meaning::NotFound,
                ..
            } => "Check the context's url and backend: that API does not stand at this address.",
            other => other.next_step(),
        }
    }
}

#[cfg(test)]
mod tests;
