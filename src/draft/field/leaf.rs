//! The members of a schema that hold values: small objects are looked into, large ones are one value.

use serde_json::Value;

use crate::draft::{
    answer::below,
    calls::IdPlace,
    document::Document,
    names,
    schema::{Property, Shape, Type},
};

/// Objects inside objects that are looked into.
const DEEPEST: usize = 4;
/// Most values of an object that is looked into.
const SMALL: usize = 6;
/// Most members of one schema.
const MOST: usize = 400;
/// Members that say how a resource is linked, not what it is.
const LINKS: [&str; 12] = [
    "url",
    "uri",
    "_links",
    "links",
    "_embedded",
    "href",
    "self",
    "_self",
    "object",
    "__typename",
    "_type",
    "$schema",
];
/// What a person or a thing is called inside an object for it, the best first.
const CALLED: [&str; 9] = [
    "name",
    "username",
    "user_name",
    "login",
    "email",
    "display_name",
    "displayName",
    "slug",
    "id",
];

/// A member that holds a value.
#[derive(Debug, Clone)]
pub(super) struct Leaf<'d> {
    pub(super) path: Vec<&'d str>,
    /// Where a row has it, if not at its path.
    pub(super) at: Option<String>,
    pub(super) shape: Shape<'d>,
    pub(super) required: bool,
}

impl Leaf<'_> {
    /// It is where a call says which key is meant.
    pub(super) fn is_id(&self, id: IdPlace<'_>) -> bool {
        matches!(id, IdPlace::Body { name, .. } if self.path == [name])
    }
}

/// The object around a whole body, and what stands in it.
pub(in crate::draft) fn wrapped<'d>(
    document: &'d Document,
    schema: &'d Value,
) -> (Option<&'d str>, &'d Value) {
    let shape = Shape::of(document, schema);
    let [
        Property {
            name,
            schema: inner,
            ..
        },
    ] = *shape.properties
    else {
        return (None, schema);
    };
    let inner_shape = Shape::of(document, inner);
    if !name.is_empty()
        && inner_shape.kind == Some(Type::Object)
        && inner_shape.properties.len() > 1
    {
        (Some(name), inner)
    } else {
        (None, schema)
    }
}

/// What a body sends. A form has no objects.
pub(super) fn sent<'d>(document: &'d Document, schema: &'d Value, form: bool) -> Vec<Leaf<'d>> {
    let shape = Shape::of(document, schema);
    let mut walk = Walk {
        document,
        path: Vec::new(),
        found: Vec::new(),
        sends: true,
    };
    let flat = |walk: &Walk<'d>, shape: &Shape<'d>| {
        !form && small(walk.document, shape, walk.path.len()).is_some()
    };
    walk.object(&shape, true, &flat);
    walk.found
        .retain(|leaf| !leaf.shape.read_only && (leaf.required || !leaf.shape.deprecated));
    walk.found
}

/// What a row holds; objects that bodies send in parts are read in the same parts.
pub(super) fn read<'d>(
    document: &'d Document,
    schema: &'d Value,
    sent: &[Vec<&'d str>],
) -> Vec<Leaf<'d>> {
    let shape = Shape::of(document, schema);
    let mut walk = Walk {
        document,
        path: Vec::new(),
        found: Vec::new(),
        sends: false,
    };
    let flat = |walk: &Walk<'d>, shape: &Shape<'d>| {
        let path = &walk.path;
        if sent.iter().any(|sent| sent == path) {
            return false;
        }
        let parts = sent
            .iter()
            .any(|sent| sent.len() > path.len() && sent.starts_with(path));
        parts || small(walk.document, shape, path.len()).is_some()
    };
    walk.object(&shape, true, &flat);
    walk.found
        .retain(|leaf| !leaf.shape.write_only && !leaf.shape.deprecated);
    walk.found
}

/// How many values a small object has; none where it is not small.
fn small(document: &Document, shape: &Shape<'_>, depth: usize) -> Option<usize> {
    if depth >= DEEPEST
        || shape.properties.is_empty()
        || shape.others.is_some()
        || shape.variants > 1
    {
        return None;
    }
    let mut count = 0;
    for property in &shape.properties {
        let inner = Shape::of(document, property.schema);
        count += match inner.kind {
            Some(Type::Object) => small(document, &inner, depth + 1)?,
            _ => 1,
        };
        if count > SMALL {
            return None;
        }
    }
    Some(count)
}

struct Walk<'d> {
    document: &'d Document,
    path: Vec<&'d str>,
    found: Vec<Leaf<'d>>,
    sends: bool,
}

/// Whether an object at the path of the walk is looked into.
type IsFlat<'f, 'd> = &'f dyn Fn(&Walk<'d>, &Shape<'d>) -> bool;

impl<'d> Walk<'d> {
    fn object(&mut self, shape: &Shape<'d>, required: bool, flat: IsFlat<'_, 'd>) {
        for &Property {
            name,
            schema,
            required: own,
        } in &shape.properties
        {
            if self.is_link(name) || self.found.len() >= MOST {
                continue;
            }
            let inner = Shape::of(self.document, schema);
            self.path.push(name);
            self.member(inner, required && own, flat);
            self.path.pop();
        }
    }

    fn member(&mut self, shape: Shape<'d>, required: bool, flat: IsFlat<'_, 'd>) {
        let is_object = shape.kind == Some(Type::Object) && !shape.properties.is_empty();
        let mut leaf = Leaf {
            path: self.path.clone(),
            at: None,
            shape,
            required,
        };
        if is_object
            && !self.sends
            && !self.is_sent_in_parts(&leaf.shape, flat)
            && let Some((at, inner)) = self.called(&leaf.shape)
        {
            let described = leaf.shape.description;
            leaf.shape = inner;
            leaf.shape.description = described;
            leaf.at = Some(at);
            self.found.push(leaf);
            return;
        }
        if is_object && self.path.len() < DEEPEST && flat(self, &leaf.shape) {
            let shape = leaf.shape;
            self.object(&shape, required, flat);
        } else {
            self.found.push(leaf);
        }
    }

    /// A body sends it in parts: it is larger than what is looked into by itself.
    fn is_sent_in_parts(&self, shape: &Shape<'d>, flat: IsFlat<'_, 'd>) -> bool {
        flat(self, shape) && small(self.document, shape, self.path.len()).is_none()
    }

    /// An object for a person or a thing: what it is called stands for it.
    fn called(&self, shape: &Shape<'d>) -> Option<(String, Shape<'d>)> {
        let ids = shape.properties.iter().any(|it| {
            names::words(it.name)
                .iter()
                .any(|word| word == "id" || word == "uuid")
        });
        let found = CALLED.iter().find_map(|name| shape.property(name))?;
        let inner = Shape::of(self.document, found.schema);
        let scalar = matches!(inner.kind, Some(Type::Text | Type::Whole));
        let around = self
            .path
            .iter()
            .fold(String::new(), |pointer, name| below(&pointer, name));
        (ids && scalar).then(|| (below(&around, found.name), inner))
    }

    fn is_link(&self, name: &str) -> bool {
        let plain = LINKS.contains(&name) || name.starts_with('@');
        plain && !self.sends
    }
}
