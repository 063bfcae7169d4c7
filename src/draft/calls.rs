//! Which operations of the document belong to a collection, and which is which: by their methods where the
//! paths are nouns, by their names where they are verbs.

mod below;
mod named;
mod verbs;

use super::{
    document::Document,
    names,
    operation::Operation,
    path::{HOLE, is_item, noun, segments},
};

/// Where a call says which key is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdPlace<'d> {
    /// It says none.
    None,
    /// In this parameter of the path, which is the last one.
    Path,
    /// In the last parameter of the path, where the form of a create names it.
    Form,
    /// In a parameter of the query.
    Query(&'d str),
    /// In a member of the body.
    Body {
        /// The member.
        name: &'d str,
        /// It is a list, for several keys.
        list: bool,
    },
}

/// An operation and what it is taken for.
#[derive(Debug, Clone)]
pub(super) struct Call<'d> {
    pub(super) operation: Operation<'d>,
    pub(super) id: IdPlace<'d>,
    /// From what its part was guessed; none where the method says it.
    pub(super) why: Option<String>,
}

/// What can be done with the keys of a collection.
#[derive(Debug, Default)]
pub(super) struct Calls<'d> {
    pub(super) list: Option<Call<'d>>,
    pub(super) get: Option<Call<'d>>,
    pub(super) create: Option<Call<'d>>,
    pub(super) update: Option<Call<'d>>,
    pub(super) rotate: Option<Call<'d>>,
    pub(super) delete: Option<Call<'d>>,
    pub(super) reveal: Option<Call<'d>>,
    /// Calls on one key that are neither of these: by a word such as `disable`.
    pub(super) actions: Vec<(String, Call<'d>)>,
    /// Calls below a key that were taken for nothing.
    pub(super) others: Vec<Operation<'d>>,
    /// How the calls name the id.
    pub(super) id_name: Option<&'d str>,
}

impl<'d> Calls<'d> {
    /// The operations that belong to the collection at a path.
    pub(super) fn of(document: &'d Document, path: &'d str) -> Self {
        let search = Search { document, path };
        let mut calls = Self::default();
        search.list(&mut calls);
        search.create(&mut calls);
        match search.item() {
            Some((item, why)) => search.on_item(&mut calls, item, why.as_ref()),
            None => search.by_names(&mut calls),
        }
        search.last_resorts(&mut calls);
        calls
    }

    /// All that was found, for what they have in common.
    pub(super) fn all(&self) -> impl Iterator<Item = &Operation<'d>> {
        let single = [
            &self.list,
            &self.get,
            &self.create,
            &self.update,
            &self.rotate,
            &self.delete,
        ];
        let single = single.into_iter().flatten();
        let actions = self.actions.iter().map(|(_, call)| call);
        single.chain(actions).map(|call| &call.operation)
    }
}

#[derive(Debug, Clone, Copy)]
struct Search<'d> {
    document: &'d Document,
    path: &'d str,
}

impl<'d> Search<'d> {
    fn operation(&self, path: &str, method: &str) -> Option<Operation<'d>> {
        let document = self.document;
        let (path, item) = document.paths().find(|(other, _)| *other == path)?;
        Operation::find(document, path, item, method)
    }

    /// Paths with the same segments.
    fn alike(&self, wanted: &[&str]) -> impl Iterator<Item = &'d str> {
        let all = self.document.paths().map(|(path, _)| path);
        all.filter(move |path| segments(path) == wanted)
    }

    fn plain(operation: Operation<'d>) -> Call<'d> {
        Call {
            operation,
            id: IdPlace::None,
            why: None,
        }
    }

    fn list(&self, calls: &mut Calls<'d>) {
        if let Some(get) = self.operation(self.path, "get") {
            calls.list = Some(Self::plain(get));
            return;
        }
        let base = segments(self.path);
        for word in ["list", "search", "all", "query", "_search", "_query"] {
            let wanted: Vec<&str> = base.iter().copied().chain([word]).collect();
            for path in self.alike(&wanted) {
                let found = ["get", "post"]
                    .into_iter()
                    .find_map(|method| self.operation(path, method));
                if let Some(operation) = found {
                    calls.list = Some(Call {
                        why: Some(format!("the path ends in {word}")),
                        ..Self::plain(operation)
                    });
                    return;
                }
            }
        }
        if verbs::object(noun(self.path)).is_some_and(|(verb, _)| verb == verbs::Verb::List)
            && let Some(post) = self.operation(self.path, "post")
        {
            calls.list = Some(Self::plain(post));
        }
    }

    fn create(&self, calls: &mut Calls<'d>) {
        let listed_by_post = calls.list.as_ref().is_some_and(|list| {
            list.operation.method == "post" && list.operation.path == self.path
        });
        if listed_by_post || is_item(self.path) {
            return;
        }
        let own = ["post", "put"].map(|method| self.operation(self.path, method));
        for operation in own.into_iter().flatten() {
            if matches!(
                verbs::said(&operation),
                None | Some(verbs::Verb::Create | verbs::Verb::Get)
            ) {
                calls.create = Some(Self::plain(operation));
                return;
            }
            calls.others.push(operation);
        }
        let base = segments(self.path);
        for word in ["create", "generate", "new", "issue", "add"] {
            let wanted: Vec<&str> = base.iter().copied().chain([word]).collect();
            let post = self
                .alike(&wanted)
                .find_map(|path| self.operation(path, "post"));
            if let Some(operation) = post {
                calls.create = Some(Call {
                    why: Some(format!("the path ends in {word}")),
                    ..Self::plain(operation)
                });
                return;
            }
        }
    }

    /// The path of one key, and from what it was guessed.
    fn item(&self) -> Option<(&'d str, Option<String>)> {
        if is_item(self.path) {
            return Some((self.path, None));
        }
        let wanted: Vec<&str> = segments(self.path).into_iter().chain([HOLE]).collect();
        if let Some(path) = self.alike(&wanted).next() {
            return Some((path, None));
        }
        let mut elsewhere: Vec<&'d str> = self
            .document
            .paths()
            .filter(|(path, item)| {
                self.is_item_elsewhere(path)
                    && item
                        .keys()
                        .any(|it| it == "delete" || it == "patch" || it == "put" || it == "get")
            })
            .map(|(path, _)| path)
            .collect();
        elsewhere.sort_by_key(|path| (!path.starts_with(self.path), path.len()));
        let path = *elsewhere.first()?;
        let why = format!("{path} is not below {}", self.path);
        Some((path, Some(why)))
    }

    /// The path of one of the same things, whose list is not there.
    fn is_item_elsewhere(&self, path: &str) -> bool {
        let segments_of = segments(path);
        let Some((&HOLE, around)) = segments_of.split_last() else {
            return false;
        };
        let same_noun = around.last().is_some_and(|last| {
            *last != HOLE && names::singular(last) == names::singular(noun(self.path))
        });
        let listed = self
            .alike(around)
            .any(|path| self.operation(path, "get").is_some());
        same_noun && !listed
    }

    /// What only a guess gives: a create elsewhere, an end by another call.
    fn last_resorts(&self, calls: &mut Calls<'d>) {
        if calls.create.is_none() {
            calls.create = self.create_elsewhere();
        }
        if calls.delete.is_none() {
            let ends = [
                "revoke",
                "delete",
                "remove",
                "destroy",
                "archive",
                "invalidate",
            ];
            let found = ends
                .iter()
                .find_map(|word| calls.actions.iter().position(|(action, _)| action == word));
            if let Some(at) = found {
                let (word, mut call) = calls.actions.remove(at);
                call.why = Some(format!("there is no DELETE, and this path ends in {word}"));
                calls.delete = Some(call);
            }
        }
        if calls.delete.is_none() {
            calls.delete = self.delete_on_collection(calls);
        }
    }

    /// A POST of the same things on another path.
    fn create_elsewhere(&self) -> Option<Call<'d>> {
        let noun_of = |path: &str| names::singular(noun(path));
        let wanted = noun_of(self.path);
        let mut all: Vec<(usize, Operation<'d>)> = self
            .document
            .paths()
            .filter(|(path, item)| {
                !is_item(path)
                    && *path != self.path
                    && noun_of(path) == wanted
                    && (!item.contains_key("get")
                        || segments(path).len() == segments(self.path).len())
            })
            .filter_map(|(path, _)| {
                let found = ["post", "put"]
                    .into_iter()
                    .find_map(|method| self.operation(path, method));
                Some((segments(path).len(), found?))
            })
            .collect();
        all.sort_by_key(|(length, operation)| (*length, operation.path.len()));
        let (_, operation) = *all.first()?;
        let why = format!("nothing on {} makes one", self.path);
        Some(Call {
            why: Some(why),
            ..Self::plain(operation)
        })
    }

    /// A DELETE on the collection that says in its query or its body which key is meant.
    fn delete_on_collection(&self, calls: &mut Calls<'d>) -> Option<Call<'d>> {
        let operation = self.operation(self.path, "delete")?;
        let id = named::place(&operation, &names::singular(noun(self.path)))?;
        let (IdPlace::Query(name) | IdPlace::Body { name, .. }) = id else {
            return None;
        };
        calls.id_name = calls.id_name.or(Some(name));
        Some(Call {
            operation,
            id,
            why: Some(format!("`{name}` seems to be the id")),
        })
    }
}
