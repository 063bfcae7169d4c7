//! What an earlier run left open is offered again: the journal says what waits, and this turns it back into
//! the doubt or the rotation that it was. `picker` lists it for `L`; a start says it in one line.

mod past;
mod rescued;
mod take;

use std::{collections::BTreeMap, sync::Arc};

pub use past::show;
pub(super) use rescued::goes_on;
pub use rescued::rescued;
pub use take::{is_rotated, resume, rotation_of, taken};

use super::{
    CallId, ContextId, Effect, Model, Tone,
    choices::Choices,
    dialog::{Dialog, Problem},
    doubt::{self, Doubt, Next},
    flight::{Flight, Link},
    gate::Tier,
    listing, nested,
    picker::Picker,
    rotation::{
        self, Rotation, RotationId,
        steps::{Step, Way},
    },
};
use crate::{
    api::{Target, trace::Trace},
    journal::{self, Entry, EntryId, Event, Intent, Waiting},
    manifest::{Resource, Verb},
    record::{KeyId, Moment, Text},
};

/// Reads the journal and shows it.
pub fn open(model: &mut Model) -> Vec<Effect> {
    // One that was sent without the journal is not in it.
    if let Some(effects) = doubt::reopen_left(model, None) {
        return effects;
    }
    vec![Effect::ReadJournal { show: true }]
}

/// The journal was read: what waits is said at the start, or shown because it was asked for.
pub fn read(model: &mut Model, entries: Vec<Entry>, show: bool) -> Vec<Effect> {
    model.journal = entries;
    let waits = journal::waiting(&model.journal);
    let waits = waits.iter().map(|(entry, _)| entry);
    let waits = waits.filter(|entry| entry.held.is_none()).map(|it| it.id);
    model.waits = waits.filter(|id| !is_here(model, *id)).collect();
    if show {
        let picker = Picker::log(model);
        model.dialogs.push(Dialog::Picker(picker));
    } else if let Some(words) = greeting(model) {
        model.say(Tone::Warn, words);
    }
    Vec::new()
}

/// What a start says of all that waits and is not on the screen already.
fn greeting(model: &Model) -> Option<String> {
    let mut waits = journal::waiting(&model.journal);
    // What another run has is on its screen.
    waits.retain(|(entry, _)| entry.held.is_none() && !is_here(model, entry.id));
    let words = counted(&waits)?;
    let key = model.keymap.hint(super::keymap::Action::Log);
    Some(format!("{words}: {key} shows what waits."))
}

/// The entry is of this run, and what it waits for is on the screen or a key away.
fn is_here(model: &Model, id: EntryId) -> bool {
    let rotations = model.rotations.iter().map(|one| one.entry);
    let tray = model.tray.iter().map(|reveal| reveal.entry);
    let flights = model.flights.values().map(|flight| flight.entry);
    let doubts = model.doubts.iter().map(|doubt| doubt.flight.entry);
    let mut all = rotations.chain(tray).chain(flights).chain(doubts);
    all.any(|entry| entry == Some(id))
}

/// What the journal is told may be the end of something that waited.
pub(super) fn ended(model: &mut Model, effects: &[Effect]) {
    for effect in effects {
        if let Effect::Note {
            entry,
            event: Event::Closed { .. } | Event::Acknowledged { .. } | Event::Delivered(_),
        } = effect
        {
            model.waits.remove(entry);
        }
    }
}

/// `2 rotations wait (next: …), 1 write has no known end`; none where nothing waits.
fn counted(waits: &[(&Entry, Waiting)]) -> Option<String> {
    let count = |is_it: fn(&Waiting) -> bool| waits.iter().filter(|(_, why)| is_it(why)).count();
    let rotations = count(|why| matches!(why, Waiting::Rotation { .. }));
    let unknown = count(|why| matches!(why, Waiting::InFlight | Waiting::Unknown));
    let lost = count(|why| {
        matches!(
            why,
            Waiting::SecretLost { .. } | Waiting::Undelivered { .. }
        )
    });
    let part = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let steps = waits.iter().filter_map(|(_, why)| match why {
        Waiting::Rotation { next } => Some(next.to_string()),
        _ => None,
    });
    let next = steps.take(2).collect::<Vec<_>>().join("; ");
    let told = part(rotations, "rotation waits", "rotations wait");
    let parts: Vec<String> = [
        told.map(|told| format!("{told} (next: {next})")),
        part(
            unknown,
            "write has no known end",
            "writes have no known end",
        ),
        part(lost, "key has no holder", "keys have no holder"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn take_up(model: &mut Model, entries: &[Entry], entry: &Entry, why: &Waiting) -> Vec<Effect> {
    let held = model
        .rotations
        .iter()
        .find(|one| one.entry == Some(entry.id));
    if let Some(id) = held.map(|one| one.id) {
        return rotation::show(model, id);
    }
    match (why, &entry.begun) {
        (Waiting::Rotation { next }, journal::Begun::Rotation(begun)) => {
            go_on(model, entries, entry, begun, *next)
        }
        (_, journal::Begun::Intent(intent)) => settle(model, entry, intent, why, None),
        _ => {
            say_lost(model, "Its first line cannot be read.");
            Vec::new()
        }
    }
}

/// The context and the resource that an entry speaks of, as they are configured now.
fn place(
    model: &mut Model,
    (context, origin): (&str, &str),
    (resource, parent): (&str, Option<&journal::Target>),
) -> Option<(ContextId, Arc<Resource>)> {
    let at = model.contexts.iter().position(|it| &*it.name == context);
    let found = at.and_then(|at| {
        let it = model.contexts.get(at).filter(|it| it.address == origin)?;
        Some((at, nested::find(&it.manifest, resource, parent)?))
    });
    if found.is_none() {
        say_lost(
            model,
            &format!(
                "The context {} at {} is not configured here.",
                Text::new(context).shown(),
                Text::new(origin).shown()
            ),
        );
    }
    found
}

fn say_lost(model: &mut Model, why: &str) {
    model.dialogs.push(Dialog::Problem(Problem {
        title: "It cannot be taken up here".to_owned(),
        lines: vec![
            why.to_owned(),
            "Nothing was sent, and the journal keeps it.".to_owned(),
        ],
        drawn: None,
    }));
}

/// A write whose end is not known, or whose secret nobody has.
fn settle(
    model: &mut Model,
    entry: &Entry,
    intent: &Intent,
    why: &Waiting,
    rotation: Option<RotationId>,
) -> Vec<Effect> {
    let site = (&*intent.context, &*intent.origin);
    let kind = (&*intent.resource, intent.parent.as_ref());
    let Some((context, resource)) = place(model, site, kind) else {
        return Vec::new();
    };
    let call = model.next_call();
    let mut doubt = doubt_of(call, (context, resource), entry, intent, rotation);
    let trace = doubt.flight.trace.after(rotation::gone(model, rotation));
    doubt.flight.trace = Box::new(trace);
    match why {
        // Which key was made is not known: the list may tell by now.
        Waiting::SecretLost { id: None } if entry.is_unreadable() => doubt::open(model, doubt),
        Waiting::SecretLost { id } | Waiting::Undelivered { id } => {
            let id = id
                .as_ref()
                .and_then(|id| KeyId::new(id, doubt.flight.resource.id_kind()).ok());
            doubt::without_holder(model, doubt, id)
        }
        _ if intent.verb == journal::Verb::Update => doubt::untold(model, doubt),
        _ => doubt::open(model, doubt),
    }
}

fn doubt_of(
    call: CallId,
    (context, resource): (ContextId, Arc<Resource>),
    entry: &Entry,
    intent: &Intent,
    rotation: Option<RotationId>,
) -> Doubt {
    let trace = trace_of(entry, intent, &resource);
    let (verb, target) = (trace.verb, trace.target.clone());
    let exact = target
        .as_ref()
        .map(|target| target.name.clone())
        .or_else(|| intent.name.clone())
        .unwrap_or_default();
    let flight = Flight {
        context,
        context_name: intent.context.as_str().into(),
        resource,
        verb,
        name: Text::new(&exact).shown().into_owned(),
        exact,
        id: target.as_ref().map(|target| target.id.clone()),
        client_id: None,
        confirmed: Tier::Form,
        link: Link {
            rotation,
            ..Link::default()
        },
        entry: Some(entry.id),
        trace: Box::new(trace),
    };
    Doubt {
        call,
        flight,
        change: None,
        reason: past::reason(entry),
        unreadable: entry.is_unreadable(),
        looking: None,
        found: Vec::new(),
        target,
        choices: Choices::<Next>::default(),
        drawn: None,
    }
}

/// What a write of an earlier run is looked for by. What an update wanted is not in the journal.
#[must_use]
pub fn trace_of(entry: &Entry, intent: &Intent, resource: &Arc<Resource>) -> Trace {
    let target = intent.target.as_ref().and_then(|target| {
        let id = KeyId::new(&target.id, resource.id_kind()).ok()?;
        Some(Target::named(id, target.name.clone()))
    });
    let seen = intent.seen.as_ref();
    Trace {
        resource: Arc::clone(resource),
        verb: match intent.verb {
            journal::Verb::Create => Verb::Create,
            journal::Verb::Update => Verb::Update,
            journal::Verb::Rotate => Verb::Rotate,
            journal::Verb::Delete => Verb::Delete,
            journal::Verb::Act => act_of(intent, resource),
        },
        target,
        natural: intent.natural.clone(),
        prefix: intent.prefix.clone(),
        values: BTreeMap::new(),
        seen: seen.map(|seen| seen.iter().cloned().collect()),
        since: Moment::from_micros(entry.at.as_microsecond()),
    }
}

/// A rotation between two steps.
fn go_on(
    model: &mut Model,
    entries: &[Entry],
    entry: &Entry,
    begun: &journal::Rotation,
    next: journal::Next,
) -> Vec<Effect> {
    let site = (&*begun.context, &*begun.origin);
    let kind = (&*begun.resource, begun.parent.as_ref());
    let Some((context, resource)) = place(model, site, kind) else {
        return Vec::new();
    };
    let Ok(old) = KeyId::new(&begun.target.id, resource.id_kind()) else {
        say_lost(model, "The id of its key cannot be used.");
        return Vec::new();
    };
    let way = Way::read(begun.mode, begun.order);
    let id = RotationId(model.next_call().0);
    let own = listing::lists(model, context, &resource).any(|source| source.is_own(&old));
    let old = Target::named(old, begun.target.name.clone());
    let write = match next {
        journal::Next::Settle(write) => entries.iter().find(|entry| entry.id == write),
        _ => None,
    };
    let write = write.and_then(|write| Some((write, write.intent()?, write.open()?)));
    let at = match &write {
        Some((_, intent, _)) if is_revoke(intent, begun) => Step::Revoke,
        _ => step(next),
    };
    let mut one = Rotation::new(
        id,
        (context, begun.context.as_str().into()),
        Arc::clone(&resource),
        old,
        own,
    );
    one.way = Some(way);
    one.unsettled = write.is_some();
    one.lost = lost_by(entries, entry.id);
    one.entry = Some(entry.id);
    one.sink.clone_from(&begun.sink);
    one.plain.clone_from(&begun.changed);
    one.at = at;
    one.new = made_by(entries, entry, &resource);
    let done = way.steps().iter().take_while(|step| **step != at);
    one.past.extend(done.map(|step| rotation::Past {
        step: *step,
        sure: true,
        words: "earlier".to_owned(),
    }));
    model.rotations.push(one);
    let shown = rotation::show(model, id);
    match write {
        Some((write, intent, why)) => settle(model, write, intent, &why, Some(id)),
        None => shown,
    }
}

/// The action that was asked for, by its name.
fn act_of(intent: &Intent, resource: &Resource) -> Verb {
    let name = intent.action.as_deref();
    let at = resource.action.iter().position(|it| Some(&*it.id) == name);
    Verb::Act(at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX))
}

/// The new key that a rotation made.
fn made_by(entries: &[Entry], rotation: &Entry, resource: &Resource) -> Option<Target> {
    let id = KeyId::new(rotation.key()?, resource.id_kind()).ok()?;
    let mut intents = entries.iter().rev().filter_map(Entry::intent);
    let made =
        intents.find(|it| it.rotation == Some(rotation.id) && it.verb == journal::Verb::Create);
    let name = made.and_then(|it| it.name.clone());
    let name = name.unwrap_or_else(|| id.as_str().to_owned());
    Some(Target::named(id, name))
}

/// The last write of a rotation that made a secret which nobody has.
fn lost_by(entries: &[Entry], rotation: EntryId) -> Option<EntryId> {
    let mut writes = entries.iter().rev().filter(|entry| {
        let of = entry.intent().and_then(|intent| intent.rotation);
        of == Some(rotation)
    });
    let lost = |entry: &&Entry| {
        matches!(
            entry.open(),
            Some(Waiting::SecretLost { .. } | Waiting::Undelivered { .. })
        )
    };
    writes.find(lost).map(|entry| entry.id)
}

/// The write was to delete the old key.
fn is_revoke(intent: &Intent, begun: &journal::Rotation) -> bool {
    let target = intent.target.as_ref();
    intent.verb == journal::Verb::Delete && target.is_some_and(|it| it.id == begun.target.id)
}

/// The step that the journal waits for.
fn step(next: journal::Next) -> Step {
    match next {
        journal::Next::Settle(_) | journal::Next::Create => Step::Make,
        journal::Next::Deliver => Step::Store,
        journal::Next::Verify => Step::Prove,
        journal::Next::HandOver => Step::HandOver,
        journal::Next::Revoke => Step::Revoke,
        journal::Next::CheckDead => Step::Dead,
    }
}
