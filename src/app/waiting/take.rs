//! What waits is taken up by one run alone: the journal is asked first, and refuses where another run has
//! the entry and lives.

use std::sync::Arc;

use super::{rescued, say_lost, take_up};
use crate::{
    api::Target,
    app::{ContextId, Effect, Model, Tone, doubt, flight::capital, rotation},
    journal::{self, Entry, EntryId},
    manifest::Resource,
};

/// Takes up what waits under this entry, once the journal has made it this run's.
pub fn resume(model: &mut Model, id: EntryId) -> Vec<Effect> {
    if let Some(effects) = doubt::reopen_left(model, Some(id)) {
        model.waits.remove(&id);
        return effects;
    }
    let held = model.rotations.iter().find(|one| one.entry == Some(id));
    match held.map(|one| one.id) {
        Some(id) => rotation::show(model, id),
        None => vec![Effect::TakeUp { entry: id }],
    }
}

/// The journal made an entry this run's, or said why not; gives what it has now.
pub fn taken(model: &mut Model, id: EntryId, result: Result<Vec<Entry>, String>) -> Vec<Effect> {
    let entries = match result {
        Ok(entries) => entries,
        Err(why) => {
            say_lost(model, &capital(&why));
            return Vec::new();
        }
    };
    let found = journal::waiting(&entries)
        .into_iter()
        .find(|(entry, _)| entry.id == id)
        .map(|(entry, why)| (entry.clone(), why));
    model.waits.remove(&id);
    let effects = if let Some((entry, why)) = found {
        let effects = take_up(model, &entries, &entry, &why);
        let stored = rescued::stored(model, id);
        effects.into_iter().chain(stored).collect()
    } else {
        model.say(Tone::Info, "It waits no longer: it was ended elsewhere.");
        Vec::new()
    };
    model.journal = entries;
    effects
}

/// The rotation of this key that an earlier run left, or that another run has.
#[must_use]
pub fn rotation_of(
    model: &Model,
    context: ContextId,
    resource: &Resource,
    old: &Target,
) -> Option<EntryId> {
    let at = model.contexts.get(context)?;
    let place = journal::Place {
        context: &at.name,
        origin: &at.address,
        resource: &resource.id,
        parent: resource.within.as_ref().map(|row| &*row.id),
    };
    let waits = journal::rotations_of(&model.journal, place, old.id.as_str());
    let open = |entry: &&Entry| model.waits.contains(&entry.id) || entry.held.is_some();
    waits.into_iter().rev().find(open).map(|entry| entry.id)
}

/// A rotation of this key waits, here, of an earlier run or in another one: it is gone on with, and none begins
/// beside it.
#[must_use]
pub fn is_rotated(
    model: &Model,
    context: ContextId,
    resource: &Arc<Resource>,
    old: &Target,
) -> bool {
    let mut here = model.rotations.iter();
    here.any(|one| {
        let same = one.context == context && one.resource.is(resource);
        same && one.old.id == old.id && one.has_begun()
    }) || rotation_of(model, context, resource, old).is_some()
}
