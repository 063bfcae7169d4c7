//! A field's words fit its kind, and it is sent by operations that are there.

mod value;

use std::collections::BTreeSet;

pub(super) use value::verb as verb_word;

use super::{Check, Path};
use crate::manifest::{Empty, Field, Kind, Op, Resource, Role, Verb};

impl Check<'_, '_> {
    pub(super) fn fields(&mut self, at: &Path<'_>, resource: &Resource) {
        let all = at.key("field");
        let mut keys = BTreeSet::new();
        let mut roles = BTreeSet::new();
        let mut targets = BTreeSet::new();
        let mut copied = false;
        for (index, field) in resource.field.iter().enumerate() {
            let at = all.index(index);
            self.once(&mut keys, &at.key("key"), &field.key, "field");
            if let Some(role) = field.role
                && !roles.insert(role)
            {
                self.at(
                    &at.key("role"),
                    "another field has this role already: a role has one field",
                );
            }
            for verb in field.send.iter().copied().collect::<BTreeSet<_>>() {
                let target = field
                    .to
                    .clone()
                    .unwrap_or_else(|| format!("/{}", field.key));
                if !targets.insert((verb, target.clone())) {
                    self.at(
                        &at,
                        format!("two fields are sent at {target}: give one another `to`"),
                    );
                }
            }
            if field.copy && std::mem::replace(&mut copied, true) {
                self.at(
                    &at.key("copy"),
                    "another field is what copying a row copies already: remove one of the two",
                );
            }
            self.field(&at, field);
            self.role(&at, field);
            self.operations_of(&at, field, resource);
        }
    }

    fn field(&mut self, at: &Path<'_>, field: &Field) {
        self.name(&at.key("key"), &field.key);
        self.said(&at.key("title"), &field.title);
        for (key, pointer) in [("at", &field.at), ("to", &field.to)] {
            if let Some(pointer) = pointer {
                self.pointer(&at.key(key), pointer);
            }
        }
        self.sending(at, field);
        self.values(at, field);
        self.each(at, field);
    }

    /// Words that only a form uses, on a field that no form has.
    fn sending(&mut self, at: &Path<'_>, field: &Field) {
        let send = at.key("send");
        let mut seen = BTreeSet::new();
        for (index, verb) in field.send.iter().enumerate() {
            if !seen.insert(verb) {
                self.at(&send.index(index), "named twice: remove one");
            }
        }
        if !field.send.is_empty() {
            return;
        }
        let words = [
            ("required", field.required),
            ("default", field.default.is_some()),
            ("empty", field.empty != Empty::Omit),
            ("generate", field.generate.is_some()),
            ("check", field.check.is_some()),
            ("refuse", !field.refuse.is_empty()),
            ("to", field.to.is_some()),
        ];
        for (word, there) in words {
            if there {
                self.at(
                    &at.key(word),
                    format!("no operation sends `{}`, so `{word}` does nothing: add `send`, or remove it", field.key),
                );
            }
        }
    }

    fn role(&mut self, at: &Path<'_>, field: &Field) {
        let Some(role) = field.role else { return };
        let kinds: &[Kind] = match role {
            Role::Created | Role::Updated | Role::LastUsed => &[Kind::Time],
            Role::Expires => &[Kind::Expiry, Kind::Time],
            Role::Admin => &[Kind::Bool],
            Role::Scopes => &[
                Kind::List,
                Kind::Records,
                Kind::Text,
                Kind::Choice,
                Kind::Json,
            ],
            Role::Name | Role::Owner | Role::Creator | Role::ClientId | Role::Prefix => {
                &[Kind::Text, Kind::Int, Kind::Choice]
            }
        };
        if !kinds.contains(&field.kind) {
            let all: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
            self.at(
                &at.key("role"),
                format!(
                    "a field of kind `{}` cannot have this role: the kind can be {}",
                    field.kind.word(),
                    all.join(", ")
                ),
            );
        }
    }

    fn operations_of(&mut self, at: &Path<'_>, field: &Field, resource: &Resource) {
        let send = at.key("send");
        for (index, &verb) in field.send.iter().enumerate() {
            let name = value::verb(verb);
            let op: &Option<Op> = match verb {
                Verb::Create => &resource.create,
                Verb::Update => &resource.update,
                Verb::Rotate => &resource.rotate,
                Verb::Delete => &resource.delete,
                // No word of `send`.
                Verb::Act(_) => continue,
            };
            if op.is_none() {
                self.at(
                    &send.index(index),
                    format!("there is no {name}: add [resource.{name}], or remove it from `send`"),
                );
            }
        }
    }

    /// The fields of one record.
    fn each(&mut self, at: &Path<'_>, field: &Field) {
        let all = at.key("each");
        match (field.kind == Kind::Records, field.each.is_empty()) {
            (true, true) => self.at(
                &at.key("kind"),
                "`records` needs [[resource.field.each]], the fields of one record; anything deeper is kind \"json\"",
            ),
            (false, false) => {
                self.at(&all, "`each` is for kind = \"records\" alone");
            }
            _ => {}
        }
        let mut keys = BTreeSet::new();
        for (index, part) in field.each.iter().enumerate() {
            let at = all.index(index);
            self.once(&mut keys, &at.key("key"), &part.key, "field of the record");
            self.field(&at, part);
            if matches!(part.kind, Kind::Records | Kind::Json) {
                self.at(
                    &at.key("kind"),
                    "a record inside a record: make the whole field kind = \"json\"",
                );
            }
            for (word, there) in [
                ("role", part.role.is_some()),
                ("column", part.column),
                ("copy", part.copy),
            ] {
                if there {
                    self.at(
                        &at.key(word),
                        format!(
                            "a field of a record has no `{word}`: put it on the field around it"
                        ),
                    );
                }
            }
            for &verb in part.send.iter().filter(|verb| !field.send.contains(verb)) {
                let verb = value::verb(verb);
                self.at(
                    &at.key("send"),
                    format!(
                        "the {verb} does not send `{}`, so it cannot send this part of it",
                        field.key
                    ),
                );
            }
        }
    }
}
