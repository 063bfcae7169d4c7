//! How rows are listed and how further ones are asked for: the words of `[resource.list]`. `api::page`
//! decides by them whether there is more.

use std::collections::BTreeMap;

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Pointer, Pointers, Template};

/// How rows are listed.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Method and path.
    pub call: String,
    /// Where the reply holds the rows.
    #[serde(default)]
    pub items: Pointer,
    /// What stands there.
    #[serde(default)]
    pub rows: RowShape,
    /// Where a row of this list holds its id, if not at the resource's `item_id`.
    pub row_id: Option<Pointers>,
    /// Rows hold little more than their id: each is read by `get`, a few at once.
    #[serde(default)]
    pub hydrate: bool,
    /// Statuses that mean that there are no rows.
    #[serde(default)]
    pub empty_on: Vec<u16>,
    /// Headers of this call alone.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// A constant body, for lists by POST.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub body: Option<serde_json::Value>,
    /// How further rows are asked for.
    #[serde(default)]
    pub page: Paging,
}

/// The shape of the rows in a reply.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowShape {
    /// A list of objects.
    #[default]
    Objects,
    /// A list of strings, each an id.
    Strings,
    /// An object of id to object.
    Map,
    /// One object.
    One,
}

/// How further rows are asked for.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub enum Paging {
    /// The answer is whole.
    #[default]
    None,
    /// By page number.
    Page(Numbered),
    /// By number of rows to skip.
    Offset(Numbered),
    /// By a mark that each answer gives for the next.
    Cursor(Cursor),
    /// By the `Link` header.
    Link(Link),
    /// By an address in the body.
    Url {
        /// Where the reply holds the next address.
        next: Pointer,
    },
}

/// Paging by number.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// Parameter of the page or offset; in the body a name or a pointer.
    pub param: String,
    /// The first page's number, or the first offset; 0 where it is not said.
    #[serde(default)]
    pub first: u64,
    /// Parameter of the page's size.
    pub size_param: Option<String>,
    /// Rows asked for at once.
    pub size: u64,
    /// Where the reply says how many rows there are: a pointer or `header:Name`.
    pub total: Option<String>,
    /// Pages may repeat and skip rows: all rows are asked for in one page of `total`.
    #[serde(default)]
    pub unordered: bool,
    /// Where the page's number and size are sent.
    #[serde(default, rename = "in")]
    pub place: Place,
}

/// Paging by a mark.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Parameter of the mark; in the body a name or a pointer.
    pub param: String,
    /// Where the mark stands: a pointer, `header:Name`, or `item:/id` for a field of the last row.
    pub next: String,
    /// Pointer to a flag that tells whether there is more.
    pub more: Option<Pointer>,
    /// Parameter of the page's size.
    pub size_param: Option<String>,
    /// Rows asked for at once.
    pub size: Option<u64>,
    /// Where the mark and the size are sent.
    #[serde(default, rename = "in")]
    pub place: Place,
}

/// Paging by the `Link` header.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Link {
    /// Only the query of the link is taken; the path stays the operation's own.
    pub keep_path: bool,
    /// Query parameter that must grow from page to page.
    pub param: Option<String>,
    /// A page with fewer rows is the last.
    pub size: Option<u64>,
}

/// Where a value is sent.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the query.
    #[default]
    Query,
    /// In the JSON body.
    Body,
}
