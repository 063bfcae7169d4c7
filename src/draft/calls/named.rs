//! Calls whose paths are verbs: `/key/list` and `/key/generate`, or `apis.listKeys` and `keys.createKey`.

use super::{
    Call, Calls, IdPlace, Search,
    verbs::{self, Verb},
};
use crate::draft::{
    names,
    operation::Operation,
    path::{HOLE, noun, segments},
    schema::{Shape, Type},
};

/// What the name of an id ends with.
const IDS: [&str; 9] = [
    "id", "ids", "uuid", "uid", "accessor", "hash", "key", "keys", "token",
];

impl<'d> Search<'d> {
    /// Takes the calls beside the collection, or below it, by what their last segments say.
    pub(super) fn by_names(&self, calls: &mut Calls<'d>) {
        let own = segments(self.path);
        let folder = match verbs::object(noun(self.path)) {
            Some(_) => own.get(..own.len().saturating_sub(1)).unwrap_or_default(),
            None => own.as_slice(),
        };
        let object = self.object();
        let mut found: Vec<(Verb, &'d str, Operation<'d>)> = Vec::new();
        for (path, members) in self.document.paths() {
            let segments_of = segments(path);
            let Some((last, around)) = segments_of.split_last() else {
                continue;
            };
            let around = around.strip_suffix(&[HOLE]).unwrap_or(around);
            let Some((verb, what)) = verbs::object(last) else {
                continue;
            };
            if around == folder && (what.is_empty() || object.is_empty() || what == object) {
                let last = path
                    .trim_end_matches('/')
                    .rsplit('/')
                    .next()
                    .unwrap_or(path);
                let all = Operation::all(self.document, path, members);
                found.extend(all.map(|operation| (verb, last, operation)));
            }
        }
        // Of two calls for one thing the one with the shorter path, and a POST, comes first.
        found.sort_by_key(|(_, _, operation)| (operation.path.len(), operation.method != "post"));
        for (verb, word, operation) in found {
            self.take(calls, verb, word, operation, &object);
        }
    }

    /// What the collection holds, where its path says so.
    fn object(&self) -> String {
        match verbs::object(noun(self.path)) {
            Some((_, object)) if !object.is_empty() => object,
            _ => String::new(),
        }
    }

    fn take(
        &self,
        calls: &mut Calls<'d>,
        verb: Verb,
        word: &'d str,
        operation: Operation<'d>,
        object: &str,
    ) {
        let why = Some(format!("the path ends in {word}"));
        if operation.path == self.path && calls.list.is_some() {
            return;
        }
        let noun = if object.is_empty() {
            names::singular(self.around())
        } else {
            object.to_owned()
        };
        let id = if segments(operation.path).contains(&HOLE) && !segments(self.path).contains(&HOLE)
        {
            Some(IdPlace::Path)
        } else {
            place(&operation, &noun)
        };
        let place = match verb {
            Verb::List => &mut calls.list,
            Verb::Create => &mut calls.create,
            Verb::Get => &mut calls.get,
            Verb::Update => &mut calls.update,
            Verb::Rotate => &mut calls.rotate,
            Verb::Delete => &mut calls.delete,
            Verb::Act => {
                if let Some(id) = id {
                    calls
                        .actions
                        .push((word.to_lowercase(), Call { operation, id, why }));
                }
                return;
            }
        };
        let id = if matches!(verb, Verb::List | Verb::Create) {
            Some(IdPlace::None)
        } else {
            id
        };
        let (None, Some(id)) = (&place, id) else {
            return;
        };
        *place = Some(Call { operation, id, why });
        if let IdPlace::Query(name) | IdPlace::Body { name, .. } = id {
            calls.id_name = calls.id_name.or(Some(name));
        }
    }

    /// The segment that says what the collection holds, where the last one is a verb.
    fn around(&self) -> &'d str {
        let all: Vec<&'d str> = self.path.split('/').filter(|it| !it.is_empty()).collect();
        all.iter().rev().nth(1).copied().unwrap_or_default()
    }
}

/// Where an operation that has no place in its path says which key is meant.
pub(super) fn place<'d>(operation: &Operation<'d>, noun: &str) -> Option<IdPlace<'d>> {
    let body = operation
        .body()
        .map(|body| Shape::of(operation.document, body.schema));
    let mut all: Vec<(u8, IdPlace<'d>)> = Vec::new();
    for property in body.iter().flat_map(|shape| &shape.properties) {
        let shape = Shape::of(operation.document, property.schema);
        let list = shape.kind == Some(Type::Array);
        let element = list.then(|| shape.element(operation.document)).flatten();
        let kind = if list {
            element.and_then(|it| it.kind)
        } else {
            shape.kind
        };
        if let (Some(rank), Some(Type::Text | Type::Whole)) =
            (rank(property.name, noun, property.required), kind)
        {
            let name = property.name;
            all.push((rank, IdPlace::Body { name, list }));
        }
    }
    for parameter in operation.query() {
        if let Some(rank) = rank(parameter.name, noun, parameter.required) {
            all.push((rank + 1, IdPlace::Query(parameter.name)));
        }
    }
    all.sort_by_key(|(rank, _)| *rank);
    all.first().map(|(_, place)| *place)
}

/// How much a name looks like that of the id: less is more.
fn rank(name: &str, noun: &str, required: bool) -> Option<u8> {
    let words = names::words(name);
    let last = words.last()?;
    if !IDS.contains(&last.as_str()) && names::singular(last) != noun {
        return None;
    }
    let about = words
        .iter()
        .any(|word| names::singular(word) == noun || noun.ends_with(&names::singular(word)));
    let alone = words.len() == 1;
    Some(match (about || alone, required) {
        (true, true) => 0,
        (true, false) => 2,
        (false, true) => 4,
        (false, false) => 6,
    })
}
