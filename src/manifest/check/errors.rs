//! What the manifest says of error replies can be found in one.

use super::{Check, Path};

impl Check<'_, '_> {
    pub(super) fn errors(&mut self) {
        let errors = &self.manifest.errors;
        let root = Path::ROOT;
        let at = root.key("errors");
        let messages = at.key("message");
        for (index, pointer) in errors.message.iter().enumerate() {
            self.pointer(&messages.index(index), pointer);
        }
        let single = [
            ("detail", &errors.detail),
            ("code", &errors.code),
            ("fields", &errors.fields),
            ("field", &errors.field),
            ("text", &errors.text),
            ("ok", &errors.ok),
            ("fail_if", &errors.fail_if),
        ];
        for (key, pointer) in single {
            if let Some(pointer) = pointer {
                self.pointer(&at.key(key), pointer);
            }
        }
        for (key, pointer) in [("field", &errors.field), ("text", &errors.text)] {
            if pointer.is_some() && errors.fields.is_none() {
                self.at(
                    &at.key(key),
                    format!("`{key}` is a part of each of `fields`, and there is no `fields`"),
                );
            }
        }
        let statuses = at.key("status");
        for status in errors.status.keys() {
            let number = status.parse::<u16>().unwrap_or_default();
            if !(400..600).contains(&number) {
                self.at(
                    &statuses.key(status),
                    format!("{status:?} is not the status of a refusal: use \"400\" to \"599\""),
                );
            }
        }
    }
}
