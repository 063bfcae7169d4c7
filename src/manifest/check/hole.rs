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
    };

    /// An operation of a resource.
    pub(super) fn of(resource: &'r Resource, row: Row) -> Self {
        Self {
            resource: Some(resource),
            row,
            form: None,
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
        if scope.row == Row::None {
            self.at(
                path,
                "`{id}` is the selected row, and no row is selected here",
            );
        } else if scope.resource.is_some_and(|it| it.item_id.one().is_none()) {
            self.at(
                path,
                "the id has several parts: write `{id.1}` for the first of them",
            );
        }
    }

    /// `{id.1}`: a part of an id that has several.
    fn id_part(&mut self, path: &Path<'_>, part: &str, scope: Scope<'_>) {
        let parts = scope.resource.map_or(0, |it| it.item_id.iter().len());
        let number = part.parse::<usize>().unwrap_or(0);
        if scope.row == Row::None {
            self.row_hole(path, scope);
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
            let hole = format!("item.{key}");
            return self.unknown(path, &hole, scope);
        };
        let Some(field) = self.named(path, key, resource) else {
            return;
        };
        if scope.row == Row::Made {
            self.one_text(path, field);
        } else {
            self.plain_value(path, field);
        }
    }

    /// A field of the selected row that can stand in a text.
    fn plain_value(&mut self, path: &Path<'_>, field: &Field) {
        if matches!(field.kind, Kind::Secret | Kind::Json | Kind::Records) {
            self.at(
                path,
                format!(
                    "`{}` cannot stand in a text: name a text, a number, a yes or no, or a choice",
                    field.key
                ),
            );
        }
    }

    /// `{form.key}`: what was typed for this operation.
    fn form(&mut self, path: &Path<'_>, key: &str, scope: Scope<'_>) {
        let (Some(resource), Some(verb)) = (scope.resource, scope.form) else {
            let hole = format!("form.{key}");
            return self.unknown(path, &hole, scope);
        };
        let Some(field) = self.named(path, key, resource) else {
            return;
        };
        if !field.send.contains(&verb) {
            let verb = super::field::verb_word(verb);
            self.at(
                path,
                format!("no form of a {verb} asks for `{key}`: add \"{verb}\" to its `send`"),
            );
        }
        if matches!(field.kind, Kind::Json | Kind::Records) {
            self.at(
                path,
                format!("`{key}` cannot stand in a text: it goes into the body"),
            );
        }
    }

    /// `{parent.id}`, or a part of it.
    fn parent_hole(&mut self, path: &Path<'_>, part: &str, scope: Scope<'_>) {
        let manifest = self.manifest;
        let parent = scope.resource.and_then(|it| it.parent.as_deref());
        let Some(parent) = parent else {
            let hole = format!("parent.{part}");
            return self.unknown(path, &hole, scope);
        };
        let parts = manifest
            .resource
            .iter()
            .find(|resource| resource.id == parent)
            .map_or(1, |resource| resource.item_id.iter().len());
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
