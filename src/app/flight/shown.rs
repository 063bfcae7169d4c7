//! What of a write goes to the tray: a new secret with what is known of its key, or an answer as it came.

use super::Flight;
use crate::{
    app::{CallId, Model, reveal::Reveal},
    manifest::{Op, Pointers, Role, Verb},
    record::{Cell, KeyId, Record, Text},
    secret::Secret,
};

/// Puts an answer that cannot be read into the tray: the new secret may stand in it.
pub(super) fn keep_answer(model: &mut Model, flight: &Flight, call: CallId, raw: Secret) {
    let reveal = reveal_of(model, flight, None, None, raw);
    model.tray.push_back(Reveal {
        call,
        note: Some(
            "This is the whole answer, which keyrack cannot read: the secret may stand in it."
                .to_owned(),
        ),
        raw: true,
        // What becomes of the answer says nothing of the secret: the journal still waits for a holder.
        entry: None,
        rotation: None,
        lines: Vec::new(),
        ..reveal
    });
}

/// A new secret with what is known of its key.
pub(super) fn reveal_of(
    model: &Model,
    flight: &Flight,
    id: Option<&KeyId>,
    record: Option<Record<'_>>,
    secret: Secret,
) -> Reveal {
    let service = model
        .contexts
        .get(flight.context)
        .map_or_else(String::new, |it| it.manifest.title.clone());
    let op = match flight.verb {
        Verb::Create => flight.resource.create.as_ref(),
        Verb::Rotate => flight.resource.rotate.as_ref(),
        Verb::Update | Verb::Delete | Verb::Act(_) => None,
    };
    let note = (flight.verb == Verb::Rotate)
        .then(|| "The old secret stopped working the moment this one was made.".to_owned());
    Reveal {
        noun: flight.resource.noun.clone(),
        context: flight.context_name.to_string(),
        service,
        name: if flight.name.is_empty() {
            id.map_or_else(String::new, |id| id.as_str().to_owned())
        } else {
            flight.name.clone()
        },
        id: id.map(|id| Text::new(id.as_str()).shown().into_owned()),
        client_id: record
            .and_then(role_client_id)
            .or_else(|| flight.client_id.clone()),
        note,
        lines: lines_of(op),
        entry: flight.entry,
        rotation: flight.link.rotation,
        ..Reveal::new(CallId(0), secret)
    }
}

/// What the lines of a secret are, where an answer holds several of them.
#[must_use]
pub fn lines_of(op: Option<&Op>) -> Vec<String> {
    let secret = op.and_then(|op| op.secret.as_ref());
    let several = secret.filter(|all| all.one().is_none());
    several.map_or_else(Vec::new, Pointers::names)
}

/// The public half of a pair, as a row shows it.
pub fn role_client_id(record: Record<'_>) -> Option<String> {
    match record.role(Role::ClientId) {
        Cell::Text(text) => Some(text.shown().into_owned()),
        _ => None,
    }
}
