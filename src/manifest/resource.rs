//! A collection of keys and what can be done with one: the words of `[[resource]]`. `api` sends its
//! operations, `app` and `ui` show what there is.

use std::collections::BTreeMap;

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Encode, Field, List, Pointer, Role, Template};

/// The tab in which a resource shows.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tab {
    /// API keys.
    ApiKeys,
    /// Stored secrets and SSH keys.
    Secrets,
    /// Access keys: a client id with a secret.
    AccessKeys,
    /// Keys of all users, for administrators.
    Admin,
}

impl Tab {
    /// All tabs in screen order.
    pub const ALL: [Self; 4] = [Self::ApiKeys, Self::Secrets, Self::AccessKeys, Self::Admin];

    /// The tab's title on screen.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ApiKeys => "API keys",
            Self::Secrets => "Secrets",
            Self::AccessKeys => "Access keys",
            Self::Admin => "Admin",
        }
    }

    /// The tab's name on the command line and in manifests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiKeys => "api-keys",
            Self::Secrets => "secrets",
            Self::AccessKeys => "access-keys",
            Self::Admin => "admin",
        }
    }
}

/// A collection of keys.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Name within the backend.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// What one row is, in a sentence: `API key`.
    pub noun: String,
    /// The tab in which it shows.
    pub pane: Tab,
    /// Where a row holds its id.
    pub item_id: Pointer,
    /// What an id looks like, checked before it goes into a path.
    #[serde(default)]
    pub item_id_kind: IdKind,
    /// Field key and direction of the first showing: `created_at:desc`.
    pub sort: Option<String>,
    /// Most rows that one answer can hold: exactly that many may be cut.
    pub limit: Option<usize>,
    /// Field keys that identify a create.
    #[serde(default)]
    pub natural_key: Vec<String>,
    /// Field that makes a repeated create safe.
    pub repeatable_by: Option<String>,
    /// Seconds that a revoked key may still work.
    pub linger: Option<u32>,
    /// How to recognise the key that the context signs in with.
    pub own: Option<Own>,
    /// The list of rows.
    pub list: List,
    /// One row.
    pub get: Option<Op>,
    /// A new row.
    pub create: Option<Op>,
    /// A change of a row.
    pub update: Option<Op>,
    /// A new secret for a row; the old one dies.
    pub rotate: Option<Op>,
    /// The end of a row.
    pub delete: Option<Op>,
    /// The same resource under an older API, tried when the list answers 404.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Filters that the server applies.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// What a row holds and what a form asks.
    #[serde(default)]
    pub field: Vec<Field>,
}

impl Resource {
    /// The position of the field with this role.
    #[must_use]
    pub fn role(&self, role: Role) -> Option<usize> {
        self.field.iter().position(|field| field.role == Some(role))
    }

    /// The position of the field with this key.
    #[must_use]
    pub fn field_at(&self, key: &str) -> Option<usize> {
        self.field.iter().position(|field| field.key == key)
    }
}

/// What an id looks like.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdKind {
    /// Any text that is safe as one path segment.
    #[default]
    Text,
    /// A number up to 4294967295, as its digits.
    U32,
    /// Digits only.
    Digits,
}

/// How the key that a context signs in with is recognised in the list.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// Input that holds the credential.
    pub input: String,
    /// Field of the row that is compared.
    pub field: String,
    /// What part of the credential the field equals.
    #[serde(rename = "match")]
    pub by: OwnBy,
}

/// What part of a credential identifies its row.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnBy {
    /// The whole input.
    Equal,
    /// The field is the first characters of the input.
    Prefix,
    /// The id without its dashes stands inside the input.
    IdInside,
}

/// The same operations under an older API.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Name of the API, said on screen when it is used.
    pub title: String,
    /// The list of rows.
    pub list: List,
    /// One row.
    pub get: Option<Op>,
    /// A new row.
    pub create: Option<Op>,
    /// A change of a row.
    pub update: Option<Op>,
    /// A new secret for a row.
    pub rotate: Option<Op>,
    /// The end of a row.
    pub delete: Option<Op>,
}

/// One operation on a row.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// Method and path; `{id}` is the selected row.
    pub call: String,
    /// Where the reply holds the row; absent: the reply has none.
    pub item: Option<Pointer>,
    /// Constants that are sent beside the fields.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub body: Option<serde_json::Value>,
    /// Name of an object around the whole body.
    pub wrap: Option<String>,
    /// How the body is written.
    #[serde(default)]
    pub encode: Encode,
    /// Headers of this call alone.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// Where the reply holds the new secret.
    pub secret: Option<Pointer>,
    /// Where the reply holds the id, if not where a row has it.
    pub id: Option<Pointer>,
    /// An update sends all its fields, not only the changed ones.
    #[serde(default)]
    pub full: bool,
}

/// A filter that the server applies.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Name on the command line.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// Query parameter, if not `id`.
    pub param: Option<String>,
    /// What to type, and what the server does with it.
    pub help: Option<String>,
}
