//! Each operation acts on one row, sends what it needs and finds what it gives.

use std::collections::BTreeMap;

use super::{
    Check, Path, Scope,
    hole::Row,
    words::{READS, WRITES},
};
use crate::manifest::{
    Action, Content, Encode, Field, Kind, Op, Pointers, Resource, Template, Verb, template::holes,
};

/// What operations are called on the command line.
const OPERATIONS: [&str; 7] = [
    "list", "get", "create", "update", "rotate", "delete", "reveal",
];

impl Check<'_, '_> {
    /// The operations of a resource, or of an older API for it.
    pub(super) fn ops(
        &mut self,
        at: &Path<'_>,
        resource: &Resource,
        get: Option<&Op>,
        writes: [(&str, &Option<Op>); 4],
    ) {
        if let Some(op) = get {
            let at = at.key("get");
            self.op(&at, op, &READS, Scope::of(resource, Row::Named));
            self.no_secret(&at, op, "get");
            if op.item.is_none() {
                self.at(
                    &at,
                    "say where the answer holds the row: item = \"\" is the whole body",
                );
            }
        }
        for (name, op) in writes {
            let Some(op) = op else { continue };
            let at = at.key(name);
            let (row, verb) = match name {
                "create" => (Row::None, Verb::Create),
                "update" => (Row::Selected, Verb::Update),
                "rotate" => (Row::Selected, Verb::Rotate),
                _ => (Row::Selected, Verb::Delete),
            };
            let scope = Scope {
                form: Some(verb),
                ..Scope::of(resource, row)
            };
            self.op(&at, op, &WRITES, scope);
            self.as_form(&at, op, resource, verb);
            if op.id_from.is_some() && verb != Verb::Create {
                self.at(
                    &at.key("id_from"),
                    "only a create takes its id from the form: remove it",
                );
            }
            match name {
                "create" => self.create(&at, op, resource),
                "update" => self.update(&at, op, resource),
                "rotate" => self.rotate(&at, op, resource),
                _ => self.no_secret(&at, op, name),
            }
            if op.full && name != "update" {
                self.at(&at.key("full"), "only an update can be `full`: remove it");
            }
        }
    }

    fn op(&mut self, at: &Path<'_>, op: &Op, methods: &[&str], scope: Scope<'_>) {
        let method = self.call(&at.key("call"), &op.call, methods, scope);
        self.headers(&at.key("headers"), &op.headers, scope);
        if let Some(body) = &op.body {
            self.body(&at.key("body"), body, scope);
            self.no_body(&at.key("body"), method);
        }
        if let Some(item) = &op.item {
            self.pointer(&at.key("item"), item);
        }
        for (key, pointers) in [("secret", &op.secret), ("id", &op.id)] {
            if let Some(pointers) = pointers {
                self.pointers(&at.key(key), pointers);
            }
        }
        if let Some(title) = &op.title {
            self.said(&at.key("title"), title);
        }
        if op.wrap.as_deref() == Some("") {
            self.at(&at.key("wrap"), "the object around a body needs a name");
        }
        if scope.row != Row::None && !names_row(&op.call, &op.headers, op.body.as_ref()) {
            self.unnamed(&at.key("call"));
        }
    }

    fn no_secret(&mut self, at: &Path<'_>, op: &Op, name: &str) {
        if op.secret.is_some() {
            self.at(
                &at.key("secret"),
                format!(
                    "{} makes no secret: only create, rotate and reveal have `secret`",
                    a(name)
                ),
            );
        }
        if op.id.is_some() {
            self.at(
                &at.key("id"),
                format!("{} makes no id: only create and rotate have `id`", a(name)),
            );
        }
    }

    fn create(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        if !resource.sends(Verb::Create) && op.body.is_none() {
            self.at(
                at,
                "a create that sends nothing: add send = [\"create\"] to the fields that it needs",
            );
        }
        let key = |field: &Field| {
            field.kind == Kind::Secret || field.check == Some(Content::SshPublicKey)
        };
        let brought = resource
            .field
            .iter()
            .any(|field| key(field) && field.send.contains(&Verb::Create));
        if op.secret.is_none() && !brought && !self.holds_others(resource) {
            self.report.hint(
                at,
                "no secret comes out of this create and none goes in: is `secret` forgotten?",
            );
        }
        self.id_is_secret(at, op, resource);
        self.one_secret(at, op, resource);
        if let Some(key) = &op.id_from {
            self.id_from(&at.key("id_from"), key, resource);
        }
        if op.item.is_none() && op.id.is_none() && op.id_from.is_none() {
            self.report.hint(
                at,
                "the new key's id is not read: add `item`, `id` where the answer has only that, or `id_from` where the form names it",
            );
        }
    }

    /// Its rows are what keys of another resource stand in, and no keys themselves.
    fn holds_others(&self, resource: &Resource) -> bool {
        let all = &self.manifest.resource;
        all.iter()
            .any(|other| other.parent.as_ref() == Some(&resource.id))
    }

    /// An id that stands where the secret does would be shown, and written into the journal.
    fn id_is_secret(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        let Some(secret) = op.secret.as_ref().and_then(Pointers::one) else {
            return;
        };
        let inner = resource.item_id.one().unwrap_or_default();
        let of_item = op.item.as_ref().map(|item| format!("{item}{inner}"));
        let of_id = op.id.as_ref().and_then(Pointers::one);
        let same = of_id.map_or(of_item.as_deref() == Some(secret), |id| id == secret);
        if same && !resource.item_id_secret {
            self.at(
                &at.key("secret"),
                "the id of a key stands here too, and ids are shown and written down: add item_id_secret = true to the resource",
            );
        }
    }

    /// What the answer tells is shown, and what was made here beside it would be lost.
    fn one_secret(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        let Some(told) = &op.secret else { return };
        let made = |field: &&Field| {
            let own = format!("/{}", field.key);
            let sent = field.to.as_deref().unwrap_or(&own);
            field.generate.is_some()
                && field.send.contains(&Verb::Create)
                && !told.iter().any(|at| at == sent)
        };
        if let Some(field) = resource.field.iter().find(made) {
            self.at(
                &at.key("secret"),
                format!(
                    "the answer tells a secret, and `{}` is made here and would be shown to nobody: remove one of the two",
                    field.key
                ),
            );
        }
    }

    fn id_from(&mut self, at: &Path<'_>, key: &str, resource: &Resource) {
        if let Some(field) = self.named(at, key, resource) {
            if !field.send.contains(&Verb::Create) {
                self.at(
                    at,
                    format!("the form of a create does not ask for `{key}`: add send = [\"create\"] to it"),
                );
            }
            if !matches!(field.kind, Kind::Text | Kind::Int | Kind::Choice) {
                self.at(
                    at,
                    format!("`{key}` is no id: name a text, a number or a choice"),
                );
            }
        }
    }

    /// The call that tells a secret again.
    pub(super) fn reveal(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        self.op(at, op, &READS, Scope::of(resource, Row::Selected));
        if op.secret.is_none() {
            self.at(
                at,
                "a reveal without a secret: say where the answer holds it, as secret = \"/…\"",
            );
        }
        for (word, there) in [
            ("id", op.id.is_some()),
            ("id_from", op.id_from.is_some()),
            ("full", op.full),
        ] {
            if there {
                self.at(
                    &at.key(word),
                    format!("a reveal has no `{word}`: remove it"),
                );
            }
        }
    }

    /// What else can be done to a row.
    pub(super) fn actions(&mut self, at: &Path<'_>, actions: &[Action], resource: &Resource) {
        let mut seen = std::collections::BTreeSet::new();
        for (index, action) in actions.iter().enumerate() {
            let at = at.index(index);
            self.name(&at.key("id"), &action.id);
            self.once(&mut seen, &at.key("id"), &action.id, "action");
            if OPERATIONS.contains(&action.id.as_str()) {
                self.at(
                    &at.key("id"),
                    format!(
                        "`{}` is the name of an operation: choose another",
                        action.id
                    ),
                );
            }
            self.said(&at.key("title"), &action.title);
            if let Some(confirm) = &action.confirm {
                self.said(&at.key("confirm"), confirm);
            }
            let scope = Scope::of(resource, Row::Selected);
            let method = self.call(&at.key("call"), &action.call, &WRITES, scope);
            self.headers(&at.key("headers"), &action.headers, scope);
            if let Some(body) = &action.body {
                self.body(&at.key("body"), body, scope);
                self.no_body(&at.key("body"), method);
            }
            if let Some(item) = &action.item {
                self.pointer(&at.key("item"), item);
            }
            if action.encode == Encode::Form {
                self.form_of(&at, action.wrap.as_deref(), action.body.as_ref());
            }
            if action.wrap.as_deref() == Some("") {
                self.at(&at.key("wrap"), "the object around a body needs a name");
            }
            if !names_row(&action.call, &action.headers, action.body.as_ref()) {
                self.unnamed(&at.key("call"));
            }
        }
    }

    fn unnamed(&mut self, at: &Path<'_>) {
        self.at(
            at,
            "nothing says which key is meant: put {id} into the path or the body",
        );
    }

    fn update(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        self.no_secret(at, op, "update");
        if !resource.sends(Verb::Update) {
            self.at(at, "an update that changes nothing: add \"update\" to `send` of the fields that can change");
        }
    }

    fn rotate(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        let made_here = |field: &Field| {
            field.kind == Kind::Secret
                && field.generate.is_some()
                && field.send.contains(&Verb::Rotate)
        };
        if op.secret.is_none() && !resource.field.iter().any(made_here) {
            self.at(
                at,
                "a rotate without a new secret: say where the answer holds it, as secret = \"/…\"",
            );
        }
    }
}

/// The name of an operation with its article.
fn a(name: &str) -> String {
    let article = if name == "update" { "an" } else { "a" };
    format!("{article} {name}")
}

/// Something that is sent holds the id of the selected row, or what else tells it from others.
fn names_row(
    call: &str,
    headers: &BTreeMap<String, Template>,
    body: Option<&serde_json::Value>,
) -> bool {
    let body = body.map(ToString::to_string);
    let headers = headers.values().map(String::as_str);
    let names = |hole: &str| hole == "id" || hole.starts_with("id.") || hole.starts_with("item.");
    std::iter::once(call)
        .chain(headers)
        .chain(body.as_deref())
        .any(|text| holes(text).any(names))
}
