//! The values of a key leave its form: into the write that was asked for, into the question before it, or into
//! the rotation that they wait in.

use std::{collections::BTreeMap, sync::Arc};

use super::{Form, Purpose};
use crate::{
    api::{Change, FieldValue},
    app::{
        Effect, Model, Tone,
        dialog::Dialog,
        flight::{self, Link},
        gate::Tier,
        question, rotation,
    },
    manifest::Verb,
};

/// The values of a key leave as they were filled in, or wait until the old one is gone.
pub(super) fn write(
    model: &mut Model,
    form: Form,
    values: BTreeMap<String, FieldValue>,
) -> Vec<Effect> {
    let Purpose::Write {
        context,
        resource,
        verb,
        target,
        ..
    } = &form.purpose
    else {
        return Vec::new();
    };
    if values.is_empty() && *verb == Verb::Update {
        model.say(Tone::Info, "Nothing was changed, so nothing was sent.");
        return Vec::new();
    }
    let context = *context;
    let at = model.contexts.get(context);
    let change = Change {
        context: at.map_or_else(|| "".into(), |it| Arc::clone(&it.name)),
        resource: Arc::clone(resource),
        verb: *verb,
        target: target.clone(),
        values,
    };
    let rotation = form.rotation.as_ref().map(|(id, _)| *id);
    match (change.verb, rotation, change.target.clone()) {
        // The form stays behind the question, and closes when its write is done.
        (Verb::Rotate, Some(id), Some(target)) => {
            model.dialogs.push(Dialog::Form(form));
            return rotation::regenerate_with(model, id, target, change.values);
        }
        (Verb::Delete, _, Some(target)) => {
            model.dialogs.push(Dialog::Form(form));
            let asked = (target, change.values);
            return question::ask_delete(model, context, change.resource, asked, Link::default());
        }
        _ => {}
    }
    if let Some(id) = rotation.filter(|id| rotation::holds(model, *id)) {
        return rotation::hold(model, id, form, &change.values);
    }
    model.dialogs.push(Dialog::Form(form));
    let link = Link {
        rotation,
        ..Link::default()
    };
    flight::launch(model, context, change, Tier::Form, link)
}
