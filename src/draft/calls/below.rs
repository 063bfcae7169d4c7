//! Calls on one key whose path stands below the collection: its methods, and what stands below them.

use super::{Call, Calls, IdPlace, Search, verbs};
use crate::draft::{
    operation::{METHODS, Operation},
    path::{HOLE, segments},
};

/// Words below a key that stand for its secret.
const SECRETS: [&str; 9] = [
    "secret",
    "secrets",
    "value",
    "token",
    "key",
    "password",
    "plaintext",
    "reveal",
    "credentials",
];

/// The word that stands below the path of a key: `/keys/{id}/rotate` and `/keys/{id}:rotate` have `rotate`.
fn word<'p>(item: &str, path: &'p str) -> Option<&'p str> {
    let around = segments(item);
    let (before, custom) = match path.rsplit_once("}:") {
        Some((before, word)) if !word.contains('/') => (format!("{before}}}"), Some(word)),
        _ => (path.to_owned(), None),
    };
    let below = segments(&before);
    let rest = below.strip_prefix(around.as_slice())?;
    match (rest, custom) {
        ([], Some(word)) => word.split('?').next(),
        (rest, None) if (1..=2).contains(&rest.len()) && !rest.contains(&HOLE) => {
            let bare = path.split('?').next().unwrap_or_default();
            bare.trim_end_matches('/').rsplit('/').next()
        }
        _ => None,
    }
}

/// The name of the last parameter of a path.
fn last_parameter(path: &str) -> Option<&str> {
    let (_, behind) = path.rsplit_once('{')?;
    behind.split('}').next().filter(|name| !name.is_empty())
}

impl<'d> Search<'d> {
    pub(super) fn on_item(&self, calls: &mut Calls<'d>, item: &'d str, why: Option<&String>) {
        calls.id_name = last_parameter(item);
        let call = |method: &str| {
            self.operation(item, method).map(|operation| Call {
                operation,
                id: IdPlace::Path,
                why: why.cloned(),
            })
        };
        calls.get = call("get");
        calls.update = call("patch").or_else(|| call("put"));
        calls.delete = call("delete");
        if let Some(post) = call("post") {
            Self::post(calls, post);
        }
        if calls.create.is_none() {
            self.create_by_name(calls, item);
        }
        let below: Vec<(&'d str, Operation<'d>)> = self
            .document
            .paths()
            .filter_map(|(path, members)| Some((word(item, path)?, path, members)))
            .flat_map(|(word, path, members)| {
                Operation::all(self.document, path, members).map(move |operation| (word, operation))
            })
            .collect();
        for (word, operation) in below {
            Self::below(calls, word, operation);
        }
        if why.is_some() && calls.create.is_none() {
            self.create_beside(calls, item);
        }
    }

    /// A POST on one key: its summary says what it does, and without one it changes the key.
    fn post(calls: &mut Calls<'d>, mut post: Call<'d>) {
        let said = verbs::said(&post.operation);
        let place = match said {
            Some(verbs::Verb::Rotate) => &mut calls.rotate,
            Some(verbs::Verb::Delete) => &mut calls.delete,
            None | Some(verbs::Verb::Update) => &mut calls.update,
            _ => {
                calls.others.push(post.operation);
                return;
            }
        };
        if place.is_some() {
            calls.others.push(post.operation);
            return;
        }
        if said.is_some_and(|said| said != verbs::Verb::Update) {
            post.why = Some("its summary says so".to_owned());
        }
        *place = Some(post);
    }

    fn below(calls: &mut Calls<'d>, word: &str, operation: Operation<'d>) {
        let plain = word.trim_start_matches('_').to_lowercase();
        let verb = verbs::object(&plain).map(|(verb, _)| verb);
        let call = |why: String| Call {
            operation,
            id: IdPlace::Path,
            why: Some(why),
        };
        let writes =
            METHODS.contains(&operation.method) && !matches!(operation.method, "get" | "delete");
        let secret = SECRETS.contains(&plain.as_str());
        let ends = format!("the path ends in {word}");
        if writes && calls.rotate.is_none() && (verb == Some(verbs::Verb::Rotate) || secret) {
            calls.rotate = Some(call(ends));
        } else if operation.method == "get" && secret && calls.reveal.is_none() {
            calls.reveal = Some(call(ends));
        } else if writes && matches!(verb, Some(verbs::Verb::Act | verbs::Verb::Delete)) {
            calls.actions.push((plain, call(ends)));
        } else {
            calls.others.push(operation);
        }
    }

    /// A create on the path of one key, whose id its maker chooses.
    fn create_by_name(&self, calls: &mut Calls<'d>, item: &str) {
        let says = |operation: &Operation<'_>, words: &[&str]| {
            let said = operation.summary().unwrap_or_default().to_lowercase();
            words.iter().any(|word| said.contains(word))
        };
        let found = ["put", "post"]
            .into_iter()
            .filter_map(|method| self.operation(item, method));
        let makes = ["create", "creates", "add ", "generate", "upsert", "new "];
        let Some(operation) = found.into_iter().find(|operation| says(operation, &makes)) else {
            return;
        };
        let changes = says(&operation, &["update", "upsert", "replace", "modif"]);
        let is_it = |call: &Call<'_>| call.operation.method == operation.method;
        if !changes && calls.update.as_ref().is_some_and(is_it) {
            calls.update = None;
        }
        calls.create = Some(Call {
            operation,
            id: IdPlace::Form,
            why: Some("its summary says that it makes one".to_owned()),
        });
    }

    /// A create on the path around that of one key, where that is not the collection.
    fn create_beside(&self, calls: &mut Calls<'d>, item: &str) {
        let segments_of = segments(item);
        let Some((_, around)) = segments_of.split_last() else {
            return;
        };
        for path in self.alike(around) {
            let found = ["post", "put"]
                .into_iter()
                .find_map(|method| self.operation(path, method));
            if let Some(operation) = found {
                calls.create = Some(Call {
                    why: Some(format!("nothing on {} makes one", self.path)),
                    ..Self::plain(operation)
                });
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_below_a_key_is_found_behind_a_slash_and_a_colon() {
        let item = "/v1/keys/{id}";
        for (path, expected) in [
            ("/v1/keys/{key}/rotate", Some("rotate")),
            ("/v1/keys/{key}/actions/rotate/", Some("rotate")),
            ("/v1/keys/{key}:undelete", Some("undelete")),
            ("/v1/keys/{key}/archive?beta=true", Some("archive")),
            ("/v1/keys/{key}", None),
            ("/v1/keys/{key}/uses/{use}", None),
            ("/v1/keys/{key}/uses/{use}:x", None),
            ("/v1/other/{key}/rotate", None),
        ] {
            assert_eq!(word(item, path), expected, "{path}");
        }
        assert_eq!(last_parameter(item), Some("id"));
        assert_eq!(last_parameter("/keys"), None);
    }
}
