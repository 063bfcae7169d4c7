//! What rows are, and what in them is the id: the list says it, or the call for one key.

use serde_json::Value;

use super::Compose;
use crate::draft::{
    answer::{Envelope, Item, Member, item, members},
    calls::Calls,
    names,
    path::noun,
    schema::{Shape, Type},
};

/// What is known of rows.
#[derive(Debug)]
pub(super) struct Rows<'d> {
    pub(super) envelope: Envelope<'d>,
    /// What rows are, as the list and the call for one say.
    pub(super) schemas: Vec<&'d Value>,
    /// Where a row has its id.
    pub(super) id: String,
    /// The last name of that.
    pub(super) id_name: String,
    pub(super) id_why: Option<String>,
    /// The document does not say where the id is.
    pub(super) id_missing: bool,
    pub(super) digits: bool,
    /// Where the call for one key holds the row.
    pub(super) one: Option<Item>,
    /// Rows of the list hold no more than their id.
    pub(super) hydrate: bool,
}

impl<'d> Compose<'_, 'd> {
    pub(super) fn rows(&self, calls: &Calls<'d>) -> Rows<'d> {
        let document = self.document;
        let mut envelope = calls
            .list
            .as_ref()
            .map(|list| Envelope::of(&list.operation, noun(self.path)))
            .unwrap_or_default();
        if envelope.rows.is_empty() {
            envelope.rows = "objects";
        }
        let row = envelope.row;
        let got = calls
            .get
            .as_ref()
            .and_then(|get| get.operation.answer()?.schema);
        let called = calls.id_name.unwrap_or("id");
        let found = row.and_then(|row| id_in(&members(document, row), called, self.path));
        let by_get = || got.and_then(|got| id_in(&members(document, got), called, self.path));
        let found = found.or_else(by_get);
        let id_name = found.as_ref().map_or("id", |found| &found.name).to_owned();
        let shape = row.map(|row| Shape::of(document, row));
        let one = calls
            .get
            .as_ref()
            .and_then(|get| item(&get.operation, &id_name, shape.as_ref()));
        let one_schema = got.map(|got| inner(document, got, one.as_ref()));
        let few = envelope.rows == "strings"
            || shape
                .as_ref()
                .is_some_and(|shape| shape.properties.len() == 1);
        let pointer = found
            .as_ref()
            .map_or("/id".to_owned(), |found| match (row, &one) {
                // In a row of the call for one key the id stands below the row.
                (None, Some(one)) => found
                    .pointer
                    .strip_prefix(&one.pointer)
                    .unwrap_or(&found.pointer)
                    .to_owned(),
                _ => found.pointer.clone(),
            });
        Rows {
            schemas: row.into_iter().chain(one_schema).collect(),
            id: pointer,
            id_why: found.as_ref().and_then(|found| found.why.clone()),
            id_missing: found.is_none(),
            digits: found.is_some_and(|found| found.digits),
            id_name,
            hydrate: few && calls.get.is_some(),
            one,
            envelope,
        }
    }
}

/// The schema at the place where an answer holds the row.
fn inner<'d>(
    document: &'d crate::draft::document::Document,
    answer: &'d Value,
    one: Option<&Item>,
) -> &'d Value {
    let Some(one) = one.filter(|one| !one.pointer.is_empty()) else {
        return answer;
    };
    let mut schema = answer;
    for name in one.pointer.trim_start_matches('/').split('/') {
        let name = name.replace("~1", "/").replace("~0", "~");
        let shape = Shape::of(document, schema);
        match shape.property(&name) {
            Some(property) => schema = property.schema,
            None => return answer,
        }
    }
    schema
}

/// The id of a row.
struct Id {
    pointer: String,
    name: String,
    why: Option<String>,
    digits: bool,
}

/// What in a row is the id, where calls name it so.
fn id_in(all: &[Member<'_>], called: &str, path: &str) -> Option<Id> {
    let scalar = |it: &&Member<'_>| {
        matches!(it.shape.kind, Some(Type::Text | Type::Whole) | None) && it.depth <= 2
    };
    let able: Vec<&Member<'_>> = all.iter().filter(scalar).collect();
    let one = names::singular(&names::spaced(noun(path)));
    let exact = able.iter().find(|it| it.name == called);
    let alike = || able.iter().find(|it| names::same(it.name, called));
    let last = names::words(called).pop().unwrap_or_default();
    let usual = [
        "id",
        "uuid",
        "uid",
        "guid",
        "key",
        "name",
        "slug",
        "accessor",
        "hash",
        "token",
        "fingerprint",
    ];
    let by_noun = || {
        let wanted = [
            format!("{one} {last}"),
            format!("{one} id"),
            format!("{} id", one.rsplit(' ').next().unwrap_or(&one)),
        ];
        able.iter()
            .find(|it| wanted.contains(&names::spaced(it.name)))
    };
    let by_last = || able.iter().find(|it| names::spaced(it.name) == last);
    let by_use = || {
        usual.iter().find_map(|name| {
            able.iter()
                .find(|it| it.depth == 1 && names::spaced(it.name) == *name)
        })
    };
    let found = exact
        .or_else(alike)
        .or_else(by_noun)
        .or_else(by_last)
        .or_else(by_use)?;
    let why = (found.name != called).then(|| format!("calls name it {{{called}}}"));
    Some(Id {
        pointer: found.pointer.clone(),
        name: found.name.to_owned(),
        why,
        digits: found.shape.kind == Some(Type::Whole),
    })
}
