//! The writes of a rotation are asked about before they are sent, and what its service asks beside a new secret is
//! filled in before that.

use std::{collections::BTreeMap, sync::Arc};

use super::{Rotation, RotationId, of};
use crate::{
    api::{FieldValue, Target},
    app::{Effect, Model, flight::Link, form, question},
    manifest::Verb,
};

/// Asks before the write of the step at hand.
pub(super) fn ask(
    model: &mut Model,
    id: RotationId,
    target: Target,
    regenerate: bool,
) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let (context, resource) = (one.context, Arc::clone(&one.resource));
    if regenerate && resource.sends(Verb::Rotate) {
        return form::regenerate(model, id, context, &resource, target);
    }
    if regenerate {
        return regenerate_with(model, id, target, BTreeMap::new());
    }
    let link = link(one);
    let asked = form::given::defaults(Verb::Delete, &resource, model.now);
    question::ask_delete(model, context, resource, (target, asked), link)
}

/// What ties a write to a rotation.
fn link(one: &Rotation) -> Link {
    Link {
        rotation: Some(one.id),
        settles: one.lost.into_iter().collect(),
        ..Link::default()
    }
}

/// Asks before a new secret is made with what its form says.
pub fn regenerate_with(
    model: &mut Model,
    id: RotationId,
    target: Target,
    values: BTreeMap<String, FieldValue>,
) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let (context, resource, link) = (one.context, Arc::clone(&one.resource), link(one));
    question::ask_regenerate(model, context, resource, (target, values), link)
}
