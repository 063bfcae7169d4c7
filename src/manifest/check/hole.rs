//! Each hole of a text names something that is known where the text is used.

use super::{Check, Path};
use crate::manifest::{Field, Kind, Resource, Verb, shape::meant, template::holes};

/// What is known beside the inputs and the captures of a login, where a text is used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'r> {
    /// Whose operation it is.
    pub(super) resource: Option<&'r Resource>,
    /// Which row it is about.
    pub(super) row: Row,
    /// The form whose values are sent with it.
    pub(super) form: Option<Verb>,
    /// The hole is the whole text, and in JSON becomes the value that it stands for.
    pub(super) whole: bool,
}

/// Which row an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// None.
    None,
    /// The one that is asked for by its id alone.
    Named,
    /// The one that is selected, with its fields.
    Selected,
    /// The one that was just made, with its fields.
    Made,
}

impl<'r> Scope<'r> {
    /// Nothing but inputs and captures.
    pub(super) const PLAIN: Scope<'static> = Scope {
        resource: None,
        row: Row::None,
        form: None,
        whole: false,
    };

    /// An operation of a resource.
    pub(super) fn of(resource: &'r Resource, row: Row) -> Self {
        Self {
            resource: Some(resource),
            row,
            form: None,
            whole: false,
        }
    }

    /// The texts that the holes of a row may name here.
    fn known(self) -> Vec<&'static str> {
        let mut known = Vec::new();
        if self.row != Row::None {
            known.push("id");
        }
        if self.resource.is_some_and(|it| it.parent.is_some()) {
            known.push("parent.id");
        }
        known
    }
}

impl Check<'_, '_> {
    /// A text whose holes are filled.
    pub(super) fn template(&mut self, path: &Path<'_>, text: &str, scope: Scope<'_>) {
        for hole in holes(text) {
            self.hole(path, hole, scope);
        }
    }

    fn hole(&mut self, path: &Path<'_>, hole: &str, scope: Scope<'_>) {
        if self.manifest.inputs.contains_key(hole) {
            self.used.insert(hole.to_owned());
            return;
        }
        if self.captures.contains(hole) {
            return;
        }
        match hole.split_once('.') {
            None if hole == "id" => self.row_hole(path, scope),
            Some(("id", part)) => self.id_part(path, part, scope),
            Some(("item", key)) => self.item(path, key, scope),
            Some(("form", key)) => self.form(path, key, scope),
            Some(("parent", part)) => self.parent_hole(path, part, scope),
            _ => self.unknown(path, hole, scope),
        }
    }

    fn unknown(&mut self, path: &Path<'_>, hole: &str, scope: Scope<'_>) {
        let manifest = self.manifest;
        let inputs = manifest.inputs.keys().map(String::as_str);
        let known = inputs.chain(self.captures.iter().copied());
        let help = meant(hole, known.chain(scope.known()));
        self.at(
            path,
            format!("nothing is known under the name {{{hole}}}{help}"),
        );
    }

    fn row_hole(&mut self, path: &Path<'_>, scope: Scope<'_>) {
        let parts = scope.resource.map_or(0, |it| it.item_id.iter().len());
        if scope.row == Row::None {
            self.at(
                path,
                "`{id}` is the selected row, and no row is selected here",
            );
        } else if parts > 1 {
            self.at(
                path,
                format!("the id has {parts} parts: write each where it belongs, from `{{id.1}}` to `{{id.{parts}}}`"),
            );
        }
    }

    /// `{id.1}`: a part of an id that has several.
    fn id_part(&mut self, path: &Path<'_>, part: &str, scope: Scope<'_>) {
        let parts = scope.resource.map_or(0, |it| it.item_id.iter().len());
        let number = part.parse::<usize>().unwrap_or(0);
        if scope.row == Row::None {
            self.row_hole(path, scope);
        } else if parts == 1 {
            self.at(path, "the id has one part: write `{id}`");
        } else if !(1..=parts).contains(&number) {
            self.at(
                path,
                format!("the id has no part `{part}`: they are numbered from 1 to {parts}"),
            );
        }
    }

    /// `{item.key}`: a field of the row.
    fn item(&mut self, path: &Path<'_>, key: &str, scope: Scope<'_>) {
        let Some(resource) = scope
            .resource
            .filter(|_| matches!(scope.row, Row::Selected | Row::Made))
        else {
            let why = match scope.row {
                Row::Named => "a get knows the id alone",
                _ => "no row is selected here",
            };
            return self.at(
                path,
                format!("`{{item.{key}}}` is a field of the selected row, and {why}"),
            );
        };
        let Some(field) = self.named(path, key, resource) else {
            return;
        };
        if scope.row == Row::Made {
            self.one_text(path, field);
        } else {
            self.plain_value(path, field, scope.whole);
        }
    }

    /// A field of the selected row that can stand in a text, or be the value of one.
    fn plain_value(&mut self, path: &Path<'_>, field: &Field, whole: bool) {
        let key = &field.key;
        if field.kind == Kind::Secret {
            self.at(
                path,
                format!("`{key}` is secret, and a row keeps no secret that could be sent: name another field"),
            );
        } else if !whole && matches!(field.kind, Kind::Json | Kind::Records) {
            self.at(
                path,
                format!("`{key}` cannot stand in a text: in a body \"{{item.{key}}}\" alone is its value"),
            );
        }
    }

    /// `{form.key}`: what was typed for this operation.
    fn form(&mut self, path: &Path<'_>, key: &str, scope: Scope<'_>) {
        let (Some(resource), Some(verb)) = (scope.resource, scope.form) else {
            return self.at(
                path,
                format!("`{{form.{key}}}` is what a form asks for, and this call has none: only create, update, rotate and delete do"),
            );
        };
        let Some(field) = self.named(path, key, resource) else {
            return;
        };
        if !field.send.contains(&verb) {
            let verb = super::field::verb_word(verb);
            self.at(
                path,
                format!(
                    "the form of the {verb} does not ask for `{key}`: add \"{verb}\" to its `send`"
                ),
            );
        }
        if !scope.whole && matches!(field.kind, Kind::Json | Kind::Records) {
            self.at(
                path,
                format!("`{key}` cannot stand in a text: in a body \"{{form.{key}}}\" alone is its value"),
            );
        }
    }

    /// `{parent.id}`, or a part of it.
    fn parent_hole(&mut self, path: &Path<'_>, part: &str, scope: Scope<'_>) {
        let manifest = self.manifest;
        let Some(resource) = scope.resource.filter(|it| it.parent.is_some()) else {
            let words = match scope.resource {
                Some(resource) => format!(
                    "`{{parent.{part}}}` is of the row that holds these, and `{}` has no `parent`: name the resource of those rows",
                    resource.id
                ),
                None => format!("`{{parent.{part}}}` is known to the calls of a resource alone"),
            };
            return self.at(path, words);
        };
        let parts = manifest
            .holder(resource)
            .map_or(1, |holder| holder.item_id.iter().len());
        let number = part.strip_prefix("id.").map(str::parse::<usize>);
        let fits = match number {
            None => part == "id" && parts == 1,
            Some(number) => number.is_ok_and(|it| (1..=parts).contains(&it)) && parts > 1,
        };
        if !fits {
            let words = if parts == 1 {
                "of the parent only `{parent.id}` is known".to_owned()
            } else {
                format!("the parent's id has {parts} parts: write `{{parent.id.1}}` and so on")
            };
            self.at(path, words);
        }
    }
}
