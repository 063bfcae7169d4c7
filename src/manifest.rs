//! What a backend can do is said in its manifest and nowhere else: how to sign in, how to check, each
//! collection of keys with its operations, paging and fields. The types here are the vocabulary;
//! [`load()`] reads and checks one, `api` turns its operations into requests and `record` reads replies by its
//! fields. An operation that is absent is one that the backend does not have.

mod auth;
mod builtin;
mod check;
mod errors;
mod field;
mod filter;
mod list;
mod load;
mod nested;
mod op;
mod pointers;
mod report;
mod resource;
mod schema;
mod shape;
mod template;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

pub use auth::{Auth, Check, Command, Encode, Hotkey, Input, Login};
pub use builtin::{builtin, builtin_names, load_builtin};
pub use errors::{Errors, Meaning};
pub use field::{Content, Empty, Field, Kind, Make, Role, TimeFormat, Verb};
pub use filter::{Filter, FilterKind};
pub use list::{Cursor, Link, List, Numbered, Paging, Place, RowShape};
pub use load::{hints, load};
pub use op::{Action, Alternative, Op};
pub use pointers::Pointers;
pub use report::Fault;
pub use resource::{IdKind, Own, OwnBy, Replace, Resource, Tab, Verify, Within};
pub use schema::schema;
pub use shape::nearest;
pub(crate) use shape::unseen;
pub use template::next_hole;

/// A JSON Pointer (RFC 6901) into a reply; `-1` is the last element, `""` the whole body.
pub type Pointer = String;
/// Text with `{name}` holes, filled from the inputs, the captures of a login, or the selected row.
pub type Template = String;

/// One kind of service.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this vocabulary: 1.
    #[expect(
        clippy::struct_field_names,
        reason = "the word that opens a manifest says what the file is"
    )]
    pub manifest: u32,
    /// Short name, as `backend = "…"` in the config and the file name say it.
    pub id: String,
    /// Name of the service as its makers write it.
    pub title: String,
    /// Address of the API's public documentation.
    pub docs: Option<String>,
    /// Default address of the service; the context's `url` decides.
    pub base_url: Option<String>,
    /// What a context must supply to sign in.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// Headers sent with each call.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// Ways to sign in; the first whose inputs are all given is used.
    #[serde(default)]
    pub auth: Vec<Auth>,
    /// Read-only calls that tell whether the context works.
    #[serde(default)]
    pub check: Vec<Check>,
    /// Where the service's error replies say what went wrong.
    #[serde(default)]
    pub errors: Errors,
    /// The collections of keys.
    #[serde(default)]
    pub resource: Vec<Arc<Resource>>,
}

impl Manifest {
    /// Puts what was said in short where the rest of the program looks for it.
    fn settle(&mut self) {
        for resource in &mut self.resource {
            if let Some(resource) = Arc::get_mut(resource) {
                resource.settle();
            }
        }
        self.settle_places();
    }

    /// The resource with this id.
    #[cfg(test)]
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Arc<Resource>> {
        self.resource.iter().find(|resource| resource.id == id)
    }
}
