//! The key that a context signs in with is known by a field of its row, or the service is asked for it.

use super::{Check, Path, Scope};
use crate::manifest::{Kind, Own, OwnBy, Resource};

impl Check<'_, '_> {
    pub(super) fn own(&mut self, at: &Path<'_>, own: &Own, resource: &Resource) {
        self.input(&at.key("input"), &own.input);
        if own.by == OwnBy::Asked {
            self.own_asked(at, own, resource);
        } else {
            self.own_shown(at, own, resource);
        }
    }

    fn own_asked(&mut self, at: &Path<'_>, own: &Own, resource: &Resource) {
        match &own.call {
            Some(call) => {
                self.call(&at.key("call"), call, &["GET"], Scope::PLAIN);
            }
            None => self.at(
                at,
                "`asked` needs `call`, the read that says which key signs in: call = \"GET /…\"",
            ),
        }
        match &own.id {
            Some(id) => self.pointer(&at.key("id"), id),
            None => self.at(
                at,
                "`asked` needs `id`, where the answer holds the id of the key: id = \"/…\"",
            ),
        }
        if own.field.is_some() {
            self.at(
                &at.key("field"),
                "no row is compared where the service is asked: remove `field`",
            );
        }
        let parts = resource.item_id.iter().len();
        if parts > 1 {
            self.at(
                &at.key("match"),
                format!("the id has {parts} parts, and the answer is asked for one"),
            );
        }
    }

    fn own_shown(&mut self, at: &Path<'_>, own: &Own, resource: &Resource) {
        for (word, there) in [("call", own.call.is_some()), ("id", own.id.is_some())] {
            if there {
                self.at(
                    &at.key(word),
                    format!("`{word}` is read where match = \"asked\" alone: remove it"),
                );
            }
        }
        let Some(field) = &own.field else {
            if own.by != OwnBy::IdInside {
                self.at(
                    at,
                    "`own` needs `field`, the field of a row that is compared with the credential",
                );
            }
            return;
        };
        let at = at.key("field");
        let found = self.named(&at, field, resource);
        if found.is_some_and(|found| found.kind == Kind::Secret) {
            self.at(
                &at,
                format!("`{field}` is secret and never read: name a field that rows have"),
            );
        }
    }
}
