//! The new key is tried by using it, and the context that signs in with it takes it up.

use std::sync::Arc;

use super::{
    Rotation, RotationId, of, offer,
    steps::Way,
    told::note,
    walk::{advance, past, waits_for},
};
use crate::{
    api::Proof,
    app::{CallId, Effect, Model, Tone, listing},
    journal::Stage,
    record::Rows,
    secret::Secret,
};

/// Tries the new key by using it.
pub(super) fn prove(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let call = model.next_call();
    let known = model.rotations.iter().find(|one| one.id == id);
    let Some(rows) = known.map(|one| row_of(model, one)) else {
        return Vec::new();
    };
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let Some(secret) = one.secret.take() else {
        past(
            one,
            false,
            "keyrack does not hold what it could be tried with",
        );
        return advance(model, id);
    };
    one.busy = Some((call, "Trying the new key…".to_owned()));
    vec![Effect::Prove {
        call,
        context: one.context,
        rows: Box::new(rows),
        secret,
    }]
}

/// The new key was tried.
pub fn proved(model: &mut Model, call: CallId, secret: Secret, proof: Proof) -> Vec<Effect> {
    let Some(id) = waits_for(model, call) else {
        return Vec::new();
    };
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.busy = None;
    match proof {
        Proof::Alive { by } => {
            // The context that signs in with this key will want the new secret.
            one.secret = Some(secret).filter(|_| one.own && !one.adopted);
            past(one, true, &by);
            let noted = note(one, Stage::Verified, None);
            let effects = noted.into_iter().chain(advance(model, id));
            let mut effects: Vec<Effect> = effects.collect();
            effects.push(Effect::Repaint);
            effects
        }
        Proof::Dead { why } => {
            one.problem = Some(format!("The new key does not work: {why}"));
            one.secret = Some(secret);
            offer(model, id);
            Vec::new()
        }
        Proof::Unproven { why } => {
            one.problem = Some(format!("That the new key works is not proved: {why}"));
            one.secret = Some(secret);
            let noted = note(one, Stage::Unproven, None);
            offer(model, id);
            noted.into_iter().collect()
        }
    }
}

/// The context signs in with the new key from now on.
pub(super) fn adopt(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let Some(one) = model.rotations.iter().find(|one| one.id == id) else {
        return Vec::new();
    };
    let Some(secret) = &one.secret else {
        return Vec::new();
    };
    let rows = row_of(model, one);
    vec![Effect::Adopt {
        rotation: id,
        context: one.context,
        rows: Box::new(rows),
        secret: secret.again(),
    }]
}

/// The context signs in with the new key, or says why it could not be stored.
pub fn adopted(model: &mut Model, id: RotationId, result: Result<String, String>) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    match result {
        Ok(words) => {
            one.adopted = true;
            one.secret = None;
            model.say(Tone::Good, words);
            effects.push(Effect::Repaint);
        }
        Err(why) => one.problem = Some(why),
    }
    offer(model, id);
    effects
}

/// The new key's row, as far as it is known: as it was told when the key was made, else as it is listed.
fn row_of(model: &Model, one: &Rotation) -> Rows {
    let mut rows = Rows::new(Arc::clone(&one.resource));
    if !one.row.is_empty() {
        rows.push_record(one.row.record(0));
        return rows;
    }
    let key = match &one.new {
        Some(new) if one.way != Some(Way::Regenerate) => &new.id,
        _ => &one.old.id,
    };
    if let Some(record) = listing::row(model, one.context, &one.resource, key) {
        rows.push_record(record);
    }
    rows
}
