//! A body that is written as a form has names and plain values: whatever has parts of its own cannot
//! stand in one.

use serde_json::Value;

use super::{Check, Path};
use crate::manifest::{Encode, Kind, Op, Resource, Verb};

impl Check<'_, '_> {
    /// All that a write sends as a form can stand in one.
    pub(super) fn as_form(&mut self, at: &Path<'_>, op: &Op, resource: &Resource, verb: Verb) {
        if op.encode != Encode::Form {
            return;
        }
        self.form_of(at, op.wrap.as_deref(), op.body.as_ref());
        for field in &resource.field {
            let to = field.to.as_deref().unwrap_or("/");
            let deep =
                matches!(field.kind, Kind::Records | Kind::Json) || to.matches('/').count() > 1;
            if deep && field.send.contains(&verb) {
                self.at(
                    &at.key("encode"),
                    format!(
                        "a form holds no objects, and `{}` is sent as or in one: encode = \"json\"",
                        field.key
                    ),
                );
            }
        }
    }

    /// The constants of a body that is written as a form.
    pub(super) fn form_of(&mut self, at: &Path<'_>, wrap: Option<&str>, body: Option<&Value>) {
        if wrap.is_some() {
            self.at(
                &at.key("wrap"),
                "a form has no object around its values: remove `wrap`, or encode = \"json\"",
            );
        }
        let Some(body) = body else { return };
        let at = at.key("body");
        let Some(members) = body.as_object() else {
            return self.at(
                &at,
                "a form has named values: write body = { name = \"value\" }",
            );
        };
        for (name, value) in members {
            let items = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            if items.iter().any(|item| item.is_object() || item.is_array()) {
                self.at(
                    &at.key(name),
                    format!("a form holds no objects, and `{name}` is one: encode = \"json\""),
                );
            }
        }
    }
}
