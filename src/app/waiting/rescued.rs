//! Secrets that an earlier run handed over when it was ended: they are shown again, and closing one ends
//! what the journal waits for.

use super::{greeting, resume};
use crate::{
    app::{Effect, Model, Tone, reveal::Reveal, rotation},
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

/// A rescued secret of a rotation was stored: the rotation is taken up, and goes on with it.
pub(in crate::app) fn goes_on(
    model: &mut Model,
    write: EntryId,
    secret: Secret,
    how: &str,
) -> Vec<Effect> {
    let entry = model.journal.iter().find(|entry| entry.id == write);
    let Some(id) = entry.and_then(|entry| entry.intent()?.rotation) else {
        return Vec::new();
    };
    model.stored.insert(id, (secret, how.to_owned()));
    resume(model, id)
}

/// The rotation that was taken up goes on with the secret that was stored before.
pub(super) fn stored(model: &mut Model, entry: EntryId) -> Vec<Effect> {
    let Some((secret, how)) = model.stored.remove(&entry) else {
        return Vec::new();
    };
    let one = model.rotations.iter().find(|one| one.entry == Some(entry));
    match one.map(|one| one.id) {
        Some(id) => rotation::stored(model, id, secret, &how),
        None => Vec::new(),
    }
}
