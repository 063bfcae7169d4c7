//! What the journal is told of a rotation: that it begins, each step that was done, and its end.

use std::collections::BTreeMap;

use super::{Rotation, RotationId, of, steps::Way};
use crate::{
    api::{Change, FieldValue},
    app::{Effect, Model, doubt::close_entry, flight::Rotating, nested},
    journal::{self, EntryId, Event, Stage},
    record::KeyId,
};

/// What the journal is told of a write that is a step of a rotation.
#[must_use]
pub fn errand(
    model: &Model,
    id: Option<RotationId>,
    change: &Change,
) -> (Rotating, Option<String>) {
    let one = model.rotations.iter().find(|one| Some(one.id) == id);
    let Some(one) = one else {
        return (Rotating::No, None);
    };
    let rotating = match one.entry {
        Some(entry) => Rotating::Of(entry),
        None => Rotating::Begins(Box::new(plan(model, one, change))),
    };
    (rotating, one.sink.clone())
}

/// What may be written down of the values of a new key: of one whose old one goes first nothing is left to
/// copy from.
#[must_use]
pub fn plain(values: &BTreeMap<String, FieldValue>) -> BTreeMap<String, String> {
    let plain = values.iter().filter_map(|(key, value)| match value {
        FieldValue::Plain(value) => Some((key.clone(), value.to_string())),
        FieldValue::Secret(_) => None,
    });
    plain.collect()
}

fn plan(model: &Model, one: &Rotation, change: &Change) -> journal::Rotation {
    let (mode, order) = one.way.unwrap_or(Way::Regenerate).journal();
    let at = model.contexts.get(one.context);
    journal::Rotation {
        context: one.context_name.to_string(),
        origin: at.map_or_else(String::new, |it| it.address.clone()),
        backend: at.map_or_else(String::new, |it| it.manifest.id.clone()),
        resource: one.resource.id.clone(),
        parent: nested::parent(&one.resource),
        noun: one.resource.noun.clone(),
        mode,
        order,
        target: journal::Target {
            id: one.old.id.as_str().to_owned(),
            name: one.old.name.clone(),
        },
        changed: if one.plain.is_empty() {
            plain(&change.values)
        } else {
            one.plain.clone()
        },
        sink: one.sink.clone(),
        ..journal::Rotation::default()
    }
}

/// The journal has the rotation now.
pub fn begun(model: &mut Model, id: Option<RotationId>, entry: Option<EntryId>) {
    if let Some(one) = id.and_then(|id| of(model, id)) {
        one.entry = one.entry.or(entry);
    }
}

/// Tells the journal that a step is done.
pub(super) fn note(one: &Rotation, stage: Stage, key: Option<&KeyId>) -> Option<Effect> {
    let event = Event::Step(journal::Step {
        stage,
        id: key.map(|key| key.as_str().to_owned()),
        message: None,
    });
    one.entry.map(|entry| Effect::Note { entry, event })
}

/// Tells the journal that the rotation is over.
pub(super) fn close(one: &Rotation) -> Option<Effect> {
    close_entry(one.entry, one.lives())
}
