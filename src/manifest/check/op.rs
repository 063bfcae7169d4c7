//! Each operation acts on one row, sends what it needs and finds what it gives.

use super::{
    Check, Path, Row,
    words::{READS, WRITES},
};
use crate::manifest::{Field, Kind, Op, Resource, Verb, template::holes};

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
            self.op(&at, op, &READS, Row::Selected);
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
            let row = if name == "create" {
                Row::None
            } else {
                Row::Selected
            };
            self.op(&at, op, &WRITES, row);
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

    fn op(&mut self, at: &Path<'_>, op: &Op, methods: &[&str], row: Row) {
        let method = self.call(&at.key("call"), &op.call, methods, row);
        self.headers(&at.key("headers"), &op.headers, row);
        if let Some(body) = &op.body {
            self.body(&at.key("body"), body, row);
            self.no_body(&at.key("body"), method);
        }
        for (key, pointer) in [("item", &op.item), ("secret", &op.secret), ("id", &op.id)] {
            if let Some(pointer) = pointer {
                self.pointer(&at.key(key), pointer);
            }
        }
        if op.wrap.as_deref() == Some("") {
            self.at(&at.key("wrap"), "the object around a body needs a name");
        }
        if row == Row::Selected && !names_row(op) {
            self.at(
                &at.key("call"),
                "nothing says which key is meant: put {id} into the path or the body",
            );
        }
    }

    fn no_secret(&mut self, at: &Path<'_>, op: &Op, name: &str) {
        if op.secret.is_some() {
            self.at(
                &at.key("secret"),
                format!("a {name} makes no secret: only create and rotate have `secret`"),
            );
        }
        if op.id.is_some() {
            self.at(
                &at.key("id"),
                format!("a {name} makes no id: only create and rotate have `id`"),
            );
        }
    }

    fn create(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        if !sends(resource, Verb::Create) && op.body.is_none() {
            self.at(
                at,
                "a create that sends nothing: add send = [\"create\"] to the fields that it needs",
            );
        }
        let brought = resource
            .field
            .iter()
            .any(|field| field.kind == Kind::Secret && field.send.contains(&Verb::Create));
        if op.secret.is_none() && !brought {
            self.report.hint(
                at,
                "no secret comes out of this create and none goes in: is `secret` forgotten?",
            );
        }
        if op.item.is_none() && op.id.is_none() {
            self.report.hint(
                at,
                "the new key's id is not read: add `item`, or `id` where the answer has only that",
            );
        }
    }

    fn update(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        self.no_secret(at, op, "update");
        if !sends(resource, Verb::Update) {
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

fn sends(resource: &Resource, verb: Verb) -> bool {
    resource
        .field
        .iter()
        .any(|field| field.send.contains(&verb))
}

/// Something that is sent holds the id of the selected row.
fn names_row(op: &Op) -> bool {
    let body = op.body.as_ref().map(ToString::to_string);
    let headers = op.headers.values().map(String::as_str);
    std::iter::once(op.call.as_str())
        .chain(headers)
        .chain(body.as_deref())
        .any(|text| holes(text).any(|hole| hole == "id"))
}
