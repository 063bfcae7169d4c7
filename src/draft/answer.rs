//! Where an answer holds what a manifest asks of it: its rows, one row, the new secret, the id.

mod secret;

use serde_json::Value;

use super::{
    document::Document,
    names,
    operation::Operation,
    schema::{Property, Shape, Type},
};

pub(super) use secret::{Found, is_secret, secret};

/// Objects inside objects that are looked into.
const DEEPEST: usize = 4;
/// Members of an answer that are looked at.
const MOST: usize = 500;

/// A member of an answer, with where it stands.
#[derive(Debug, Clone)]
pub(super) struct Member<'d> {
    pub(super) pointer: String,
    pub(super) name: &'d str,
    pub(super) depth: usize,
    pub(super) shape: Shape<'d>,
}

/// The pointer to a member of what stands at a pointer.
pub(super) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The members of an object and of the objects in it, the nearest first. What stands in lists is not among
/// them, and a row of a list is not either.
pub(super) fn members<'d>(document: &'d Document, schema: &'d Value) -> Vec<Member<'d>> {
    let mut found: Vec<Member<'d>> = Vec::new();
    let whole = Shape::of(document, schema);
    push(document, &whole, "", 1, &mut found);
    let mut at = 0;
    while let Some(member) = found.get(at).cloned() {
        at += 1;
        if member.shape.kind == Some(Type::Object) && member.depth < DEEPEST {
            push(
                document,
                &member.shape,
                &member.pointer,
                member.depth + 1,
                &mut found,
            );
        }
    }
    found
}

fn push<'d>(
    document: &'d Document,
    shape: &Shape<'d>,
    pointer: &str,
    depth: usize,
    found: &mut Vec<Member<'d>>,
) {
    for &Property { name, schema, .. } in &shape.properties {
        if found.len() < MOST {
            found.push(Member {
                pointer: below(pointer, name),
                name,
                depth,
                shape: Shape::of(document, schema),
            });
        }
    }
}

/// Where a list's answer holds its rows.
#[derive(Debug, Default)]
pub(super) struct Envelope<'d> {
    pub(super) items: String,
    /// The word for what stands there: `objects`, `strings`, `map` or `one`.
    pub(super) rows: &'static str,
    /// What a row is.
    pub(super) row: Option<&'d Value>,
    /// What the whole answer is.
    pub(super) whole: Option<&'d Value>,
    /// From what it was guessed.
    pub(super) why: Option<String>,
    /// The document does not say what the answer holds.
    pub(super) unknown: bool,
}

impl<'d> Envelope<'d> {
    /// Reads the answer of a list; `noun` is what the collection is called.
    pub(super) fn of(operation: &Operation<'d>, noun: &str) -> Self {
        let document = operation.document;
        let Some(schema) = operation.answer().and_then(|answer| answer.schema) else {
            return Self {
                rows: "objects",
                unknown: true,
                ..Self::default()
            };
        };
        let shape = Shape::of(document, schema);
        let whole = Some(schema);
        if shape.kind == Some(Type::Array) {
            let (rows, row) = rows(document, &shape);
            return Self {
                rows,
                row,
                whole,
                ..Self::default()
            };
        }
        let lists: Vec<Member<'d>> = members(document, schema)
            .into_iter()
            .filter(|member| member.shape.kind == Some(Type::Array) && !is_aside(member.name))
            .collect();
        if let Some((list, why)) = likeliest(document, &lists, noun) {
            let (rows, row) = rows(document, &list.shape);
            let items = list.pointer.clone();
            return Self {
                items,
                rows,
                row,
                whole,
                why,
                unknown: false,
            };
        }
        Self::without_list(document, schema, &shape)
    }

    fn without_list(document: &'d Document, schema: &'d Value, shape: &Shape<'d>) -> Self {
        let whole = Some(schema);
        let map = |pointer: &str, shape: &Shape<'d>| {
            let row = shape.others.filter(|_| shape.properties.is_empty())?;
            let is_object = Shape::of(document, row).kind == Some(Type::Object);
            is_object.then(|| Self {
                items: pointer.to_owned(),
                rows: "map",
                row: Some(row),
                whole,
                why: Some("its members have any names".to_owned()),
                unknown: false,
            })
        };
        let inner = members(document, schema);
        let found = map("", shape).or_else(|| {
            inner
                .iter()
                .find_map(|member| map(&member.pointer, &member.shape))
        });
        found.unwrap_or_else(|| {
            let known = !shape.properties.is_empty();
            Self {
                rows: if known { "one" } else { "objects" },
                row: known.then_some(schema),
                whole,
                why: known.then(|| "the answer has no list".to_owned()),
                unknown: !known,
                ..Self::default()
            }
        })
    }
}

/// The word for the rows of a list, and what one is.
fn rows<'d>(document: &'d Document, list: &Shape<'d>) -> (&'static str, Option<&'d Value>) {
    let element = list.element(document);
    match element.and_then(|element| element.kind) {
        Some(Type::Text | Type::Whole) => ("strings", None),
        _ => ("objects", list.items),
    }
}

/// Lists beside the rows.
fn is_aside(name: &str) -> bool {
    let last = names::words(name).pop().unwrap_or_default();
    let aside = [
        "error", "errors", "warning", "warnings", "message", "messages", "link", "links",
        "included", "meta",
    ];
    aside.contains(&last.as_str())
}

/// The list that holds the rows.
fn likeliest<'m, 'd>(
    document: &'d Document,
    lists: &'m [Member<'d>],
    noun: &str,
) -> Option<(&'m Member<'d>, Option<String>)> {
    let objects = |member: &&'m Member<'d>| rows(document, &member.shape).0 == "objects";
    let mut able: Vec<&'m Member<'d>> = lists.iter().filter(objects).collect();
    if able.is_empty() {
        able = lists.iter().collect();
    }
    if let [only] = able.as_slice() {
        return Some((only, None));
    }
    let usual = [
        "data", "items", "results", "result", "records", "list", "objects", "values", "content",
        "entries", "keys", "tokens",
    ];
    let is_noun = |name: &str| {
        names::same(name, noun)
            || names::singular(&names::spaced(name)) == names::singular(&names::spaced(noun))
    };
    let by_noun = able.iter().find(|member| is_noun(member.name));
    let by_use = usual
        .iter()
        .find_map(|name| able.iter().find(|member| member.name == *name));
    let chosen = by_noun.or(by_use).or(able.first())?;
    let others: Vec<&str> = able
        .iter()
        .filter(|it| it.pointer != chosen.pointer)
        .map(|it| it.name)
        .collect();
    let why = format!("the answer has other lists too: {}", others.join(", "));
    Some((chosen, Some(why)))
}

/// Where an answer holds one row: the object that has the row's id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) pointer: String,
    /// From what it was guessed.
    pub(super) why: Option<String>,
}

/// Where the answer of an operation holds the row. None where it holds no row.
pub(super) fn item(operation: &Operation<'_>, id: &str, row: Option<&Shape<'_>>) -> Option<Item> {
    let document = operation.document;
    let schema = operation.answer()?.schema?;
    let shape = Shape::of(document, schema);
    let is_row = |shape: &Shape<'_>| {
        let has_id = shape
            .properties
            .iter()
            .any(|property| names::same(property.name, id));
        let shared = row.map_or(1, |row| {
            shape
                .properties
                .iter()
                .filter(|it| row.property(it.name).is_some())
                .count()
        });
        has_id && shared > 0
    };
    if is_row(&shape) {
        return Some(Item {
            pointer: String::new(),
            why: None,
        });
    }
    let inner = members(document, schema);
    let objects = || {
        inner
            .iter()
            .filter(|member| member.shape.kind == Some(Type::Object))
    };
    if let Some(found) = objects().find(|member| is_row(&member.shape)) {
        let pointer = found.pointer.clone();
        return Some(Item { pointer, why: None });
    }
    // A row whose id is called otherwise shares most of its members.
    let row = row?;
    let alike = |shape: &Shape<'_>| {
        let shared = shape
            .properties
            .iter()
            .filter(|it| row.property(it.name).is_some())
            .count();
        shared >= 2 && shared * 2 >= row.properties.len()
    };
    let why = Some("it has most of what a row has".to_owned());
    if alike(&shape) {
        return Some(Item {
            pointer: String::new(),
            why,
        });
    }
    let found = objects().find(|member| alike(&member.shape))?;
    let pointer = found.pointer.clone();
    Some(Item { pointer, why })
}

/// Where an answer names the id, if it is not in a row.
pub(super) fn id(operation: &Operation<'_>, wanted: &[&str]) -> Option<String> {
    let schema = operation.answer()?.schema?;
    let inner = members(operation.document, schema);
    let find = |name: &str| {
        let scalar = |it: &&Member<'_>| {
            names::same(it.name, name) && matches!(it.shape.kind, Some(Type::Text | Type::Whole))
        };
        inner.iter().find(scalar)
    };
    let found = wanted.iter().find_map(|name| find(name));
    found.map(|member| member.pointer.clone())
}
