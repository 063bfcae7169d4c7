//! Forms whose fields are not those of a key: what was filled in is text, by the field's name.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{Form, Purpose, editor::Editor, server, values::Read};
use crate::app::Model;

/// Reads all texts; what is wrong is noted at each.
pub(super) fn read(model: &Model, form: &mut Form) -> Result<Read, ()> {
    let asks_server = matches!(form.purpose, Purpose::ServerFilter(_));
    let mut texts = BTreeMap::new();
    let mut wrong = false;
    for entry in &mut form.entries {
        let text = match &entry.editor {
            Editor::Secret(masked) => Zeroizing::new(masked.text.to_string()),
            Editor::Line(input) => Zeroizing::new(input.value().trim().to_owned()),
            Editor::Choice { choices, at, .. } => {
                let chosen = at.and_then(|at| choices.get(at));
                Zeroizing::new(chosen.cloned().unwrap_or_default())
            }
            _ => Zeroizing::default(),
        };
        if asks_server {
            entry.error = server::mistake(model, &entry.key, &text);
            wrong |= entry.error.is_some();
        }
        if text.is_empty() && entry.required {
            entry.error = Some("This is needed.".to_owned());
            wrong = true;
        } else if !text.is_empty() {
            texts.insert(entry.key.clone(), text);
        }
    }
    if wrong {
        Err(())
    } else {
        Ok(Read::Texts(texts))
    }
}
