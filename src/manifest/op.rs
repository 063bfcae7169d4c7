//! One call to a service and what it sends and answers: the words of the operations of a resource.

use std::collections::BTreeMap;

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Encode, List, Pointer, Pointers, Template, template};

/// The same operations under an older API.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
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
    /// What people call it, where its verb alone does not say: `Roll`.
    pub title: Option<String>,
    /// Where the reply holds the new secret; the parts of a pair are shown together, a line each.
    pub secret: Option<Pointers>,
    /// Where the reply holds the id, if not where a row has it.
    pub id: Option<Pointers>,
    /// The field of the form whose value is the new row's id.
    pub id_from: Option<String>,
    /// An update sends all its fields, not only the changed ones.
    #[serde(default)]
    pub full: bool,
}

/// What else can be done to a row: it changes it, and makes and ends none.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Name on the command line.
    pub id: String,
    /// Name on screen: `Disable`.
    pub title: String,
    /// What it does, said before it is done: `Requests with it are refused until it is enabled again.`
    pub confirm: Option<String>,
    /// Method and path; `{id}` is the selected row.
    pub call: String,
    /// Where the reply holds the row; absent: the reply has none.
    pub item: Option<Pointer>,
    /// What is sent.
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
}

impl Op {
    /// All its texts that may have holes.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.values().map(String::as_str);
        let body = self.body.iter().flat_map(template::texts);
        std::iter::once(self.call.as_str())
            .chain(headers)
            .chain(body)
    }

    /// It has a hole of this name.
    #[must_use]
    pub fn names(&self, hole: &str) -> bool {
        self.texts().flat_map(template::holes).any(|it| it == hole)
    }
}

impl Action {
    /// The call that it makes.
    pub(super) fn op(&self) -> Op {
        Op {
            call: self.call.clone(),
            item: self.item.clone(),
            body: self.body.clone(),
            wrap: self.wrap.clone(),
            encode: self.encode,
            headers: self.headers.clone(),
            ..Op::default()
        }
    }
}
