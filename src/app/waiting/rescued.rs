//! Secrets that an earlier run handed over when it was ended: they are shown again, and closing one ends
//! what the journal waits for.

use super::{greeting, resume};
use crate::{
    app::{Effect, Model, Tone, reveal::Reveal, rotation::RotationId},
    journal::EntryId,
    secret::Secret,
};

/// Secrets that an earlier run handed over are shown again.
pub fn rescued(model: &mut Model, secrets: Vec<(String, Option<EntryId>, Secret)>) -> Vec<Effect> {
    let said = greeting(model);
    for (at, (label, entry, secret)) in secrets.into_iter().enumerate() {
        let call = model.next_call();
        let note = "An earlier run was ended before this secret was stored. It is kept until you close it here.";
        entry.map(|entry| model.waits.remove(&entry));
        model.tray.push_back(Reveal {
            name: label,
            note: Some(note.to_owned()),
            entry,
            rescued: Some(at),
            ..Reveal::new(call, secret)
        });
    }
    // What was said at the start may count a key whose secret is on the screen now.
    if said.is_some() && model.notice.as_ref().map(|notice| &notice.text) == said.as_ref() {
        model.notice = None;
        if let Some(words) = greeting(model) {
            model.say(Tone::Warn, words);
        }
    }
    Vec::new()
}

/// The rotation that waits for this rescued secret, taken up.
pub(in crate::app) fn rotation_of(
    model: &mut Model,
    write: EntryId,
) -> (Option<RotationId>, Vec<Effect>) {
    let entry = model.journal.iter().find(|entry| entry.id == write);
    let Some(id) = entry.and_then(|entry| entry.intent()?.rotation) else {
        return (None, Vec::new());
    };
    let effects = resume(model, id);
    let one = model.rotations.iter().find(|one| one.entry == Some(id));
    (one.map(|one| one.id), effects)
}
