//! How a rotation goes from step to step: what a choice starts, and what an answer means for the step at
//! hand. Every step that changed something is noted in the journal, so that the next start can go on.

use std::{collections::BTreeMap, sync::Arc};

use tui_input::Input;

use super::{
    Next, Past, Rotation, RotationId, ask, fill, of, offer,
    proof::{adopt, prove},
    put_aside, show,
    steps::{Step, Way},
    told::{close, note, plain},
};
use crate::{
    api::{
        ApiError, FieldValue, Target,
        trace::{Sighting, Trace},
    },
    app::{CallId, Effect, Model, dialog::Dialog, doubt, flight::Flight, form, listing},
    journal::Stage,
    manifest::Verb,
    record::{KeyId, Rows, Text},
    secret::Secret,
};

/// Does what was chosen.
pub(super) fn take_up(model: &mut Model, id: RotationId, next: Next) -> Vec<Effect> {
    let call = model.next_call();
    let sinks = model.sinks.clone();
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.problem = None;
    match (next, one.at) {
        (Next::Way(way), _) => {
            one.way = Some(way);
            let words = match way {
                Way::CreateFirst => "replace it, the new key first",
                Way::DeleteFirst => "replace it, the old key first",
                Way::Regenerate => "regenerate its secret",
            };
            past(one, true, words);
            advance(model, id)
        }
        (Next::Here, _) => {
            past(one, true, "to this screen");
            advance(model, id)
        }
        (Next::Sink(at), _) => match sinks.get(at) {
            Some(name) => check(model, id, format!("cmd:{name}"), call),
            None => Vec::new(),
        },
        (Next::Type, _) => {
            one.line = Some(Input::default());
            offer(model, id);
            Vec::new()
        }
        (Next::GoOn, Step::Prove) => {
            one.secret = one.secret.take().filter(|_| one.own && !one.adopted);
            past(one, false, "taken as working");
            advance(model, id)
        }
        (Next::GoOn, Step::Store) => {
            past(one, false, "the operator has it");
            let noted = note(one, Stage::Delivered, None);
            noted.into_iter().chain(advance(model, id)).collect()
        }
        (Next::GoOn, Step::HandOver) => {
            // What the operator says by this counts once the question is answered by yes.
            let old = one.old.clone();
            ask(model, id, old, false)
        }
        (Next::GoOn | Next::Again, _) => enter(model, id),
        (Next::Settle, _) => doubt::reopen(model, id),
        (Next::Adopt, _) => adopt(model, id),
        (Next::Look, _) => {
            let context = one.context;
            listing::reread(model, context, None)
        }
        (Next::DropNew, _) => match one.new.clone() {
            Some(new) => ask(model, id, new, false),
            None => Vec::new(),
        },
        (Next::Keep, _) => keep(model, id),
        (Next::Leave, _) => put_aside(model, id),
    }
}

/// Goes to the step after the one at hand.
pub(super) fn advance(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.at = one.way.map_or(Step::Choose, |way| way.after(one.at));
    enter(model, id)
}

/// Begins the step at hand.
fn enter(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let tray_is_empty = model.tray.is_empty();
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let old = one.old.clone();
    let effects = match (one.at, one.way) {
        (Step::Destination | Step::Store, _) if !one.makes_secret() => return advance(model, id),
        (Step::Make, Some(Way::Regenerate)) => ask(model, id, old, true),
        (Step::Store, Some(Way::Regenerate)) if one.problem.is_none() && tray_is_empty => {
            ask(model, id, old, true)
        }
        (Step::Fill, _) | (Step::Make, Some(Way::CreateFirst)) => fill(model, id),
        (Step::Make, _) => match one.form.take() {
            Some(form) => form::resume(model, *form),
            None => fill(model, id),
        },
        (Step::Revoke, _) => ask(model, id, old, false),
        (Step::Prove, _) => prove(model, id),
        (Step::Dead, _) => look(model, id),
        (Step::Ended, _) => close(one).into_iter().collect(),
        _ => Vec::new(),
    };
    offer(model, id);
    effects
}

/// Asks whether a destination would take the secret, before anything is made.
pub(super) fn check(model: &mut Model, id: RotationId, sink: String, call: CallId) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.problem = None;
    one.busy = Some((call, format!("Looking whether {sink} takes a secret…")));
    one.sink = Some(sink.clone());
    offer(model, id);
    vec![Effect::CheckSink { call, sink }]
}

/// A destination takes the secret, or says why not.
pub fn checked(model: &mut Model, call: CallId, result: Result<(), String>) -> Vec<Effect> {
    let Some(id) = waits_for(model, call) else {
        return Vec::new();
    };
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.busy = None;
    match result {
        Ok(()) => {
            let words = format!("to {}", one.sink.as_deref().unwrap_or("this screen"));
            past(one, true, &words);
            advance(model, id)
        }
        Err(why) => {
            one.problem = Some(format!("{why} Nothing was sent."));
            one.line = one.sink.take().map(Input::new);
            offer(model, id);
            Vec::new()
        }
    }
}

/// A write of a rotation is on its way: until it ends, no step can be taken.
pub fn sent(model: &mut Model, call: CallId, flight: &Flight) -> Vec<Effect> {
    let Some(id) = flight.link.rotation else {
        return Vec::new();
    };
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.busy = Some((call, format!("{} is on its way…", flight.sentence())));
    one.problem = None;
    let mut noted = None;
    if one.at == Step::HandOver && flight.id.as_ref() == Some(&one.old.id) {
        past(one, true, "the operator says so");
        noted = note(one, Stage::HandedOver, None);
        one.at = Step::Revoke;
    }
    offer(model, id);
    noted.into_iter().collect()
}

/// The write of a rotation is not on its way any more.
pub fn unsent(model: &mut Model, call: CallId) {
    let Some(id) = waits_for(model, call) else {
        return;
    };
    if let Some(one) = of(model, id) {
        one.busy = None;
        offer(model, id);
    }
}

/// The rotation that waits for the answer of this call.
pub(super) fn waits_for(model: &Model, call: CallId) -> Option<RotationId> {
    let waits = |one: &&Rotation| one.busy.as_ref().is_some_and(|(busy, _)| *busy == call);
    model.rotations.iter().find(waits).map(|one| one.id)
}

/// A write of a rotation was done.
pub fn landed(
    model: &mut Model,
    flight: &Flight,
    key: Option<&KeyId>,
    (call, rows): (CallId, Option<&Rows>),
    has_secret: bool,
) -> Vec<Effect> {
    let Some(id) = flight.link.rotation else {
        return Vec::new();
    };
    model
        .doubts
        .retain(|doubt| doubt.flight.link.rotation != Some(id));
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.problem = None;
    one.unsettled = false;
    one.lost = None;
    if flight.verb == Verb::Delete {
        return deleted(model, id, flight);
    }
    let shown = key.map_or_else(String::new, |key| {
        format!("id {}", Text::new(key.as_str()).shown())
    });
    one.new = key.map(|key| Target::named(key.clone(), flight.exact.clone()));
    if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
        one.row = Rows::new(Arc::clone(&one.resource));
        one.row.push_record(rows.record(0));
    }
    one.form = None;
    one.at = Step::Make;
    past(one, true, &shown);
    let noted = note(one, Stage::Created, key);
    one.at = one.way.map_or(Step::Prove, |way| way.after(Step::Make));
    let sink = one.sink.clone();
    show(model, id);
    let mut effects: Vec<Effect> = noted.into_iter().collect();
    match (has_secret, sink) {
        (true, Some(sink)) => effects.push(Effect::Deliver { call, sink }),
        (true, None) => {}
        (false, _) => effects.extend(enter(model, id)),
    }
    effects
}

fn deleted(model: &mut Model, id: RotationId, flight: &Flight) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    if flight.id.as_ref() != Some(&one.old.id) {
        // The new key, whose secret was lost: it is as if it had never been made.
        one.past.retain(|past| past.step != Step::Make);
        one.new = None;
        one.at = Step::Make;
        let fills = |dialog: &Dialog| matches!(dialog, Dialog::Form(form) if form.rotation.as_ref().is_some_and(|it| it.0 == id));
        // What was typed is in front again; else the rotation is.
        if !model.dialogs.iter().any(fills) {
            show(model, id);
        }
        return Vec::new();
    }
    one.at = Step::Revoke;
    past(one, true, "deleted");
    let noted = note(one, Stage::Revoked, None);
    show(model, id);
    noted.into_iter().chain(advance(model, id)).collect()
}

/// The end of a write of a rotation is not known.
pub fn doubted(model: &mut Model, id: Option<RotationId>) {
    let Some(id) = id else { return };
    if let Some(one) = of(model, id) {
        one.unsettled = true;
        one.problem = None;
        offer(model, id);
    }
}

/// A write of a rotation was certainly not done. An old key that is said not to be there is looked for: it
/// may have been deleted elsewhere.
pub fn failed(model: &mut Model, flight: &Flight, error: &ApiError) -> Vec<Effect> {
    let Some(id) = flight.link.rotation else {
        return Vec::new();
    };
    if let Some(one) = of(model, id) {
        let what = match flight.verb {
            Verb::Delete => "The old key was not deleted",
            Verb::Create => "The new key was not created",
            Verb::Update | Verb::Rotate | Verb::Act(_) => "The new secret was not made",
        };
        // What was to settle an earlier write leaves that as it was.
        one.unsettled &= !flight.link.settles.is_empty();
        one.problem = Some(format!("{what}: {error}."));
        let is_old = flight.verb == Verb::Delete && flight.id.as_ref() == Some(&one.old.id);
        if is_old && error.is_missing() {
            return look(model, id);
        }
        offer(model, id);
    }
    Vec::new()
}

/// Nobody has the new secret: it was closed before it was stored or seen.
pub fn unheld(model: &mut Model, id: RotationId) -> Vec<Effect> {
    if let Some(one) = of(model, id) {
        one.at = Step::Store;
        one.problem = Some("The new secret was discarded: nobody has it.".to_owned());
    }
    show(model, id)
}

/// The form of the new key says which key lives, as nothing else in front does.
pub fn tell(model: &mut Model, id: Option<RotationId>) {
    let Some(one) = model.rotations.iter().find(|one| Some(one.id) == id) else {
        return;
    };
    let lives = one.lives();
    if let Some(Dialog::Form(form)) = model.dialogs.last_mut()
        && let Some(problem) = &mut form.problem
    {
        problem.push(' ');
        problem.push_str(lives);
    }
}

/// The new secret was stored by its operator; it is proved to work before it goes.
pub fn stored(model: &mut Model, id: RotationId, secret: Secret, how: &str) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.at = Step::Store;
    past(one, true, how);
    let noted = note(one, Stage::Delivered, None);
    one.secret = Some(secret);
    one.at = Step::Prove;
    show(model, id);
    noted.into_iter().chain(enter(model, id)).collect()
}

/// Looks whether the old key is gone.
fn look(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let call = model.next_call();
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.busy = Some((call, "Looking whether the old key is gone…".to_owned()));
    let trace = Trace::of_deleted(Arc::clone(&one.resource), one.old.id.clone());
    vec![Effect::Look {
        call,
        context: one.context,
        entry: None,
        trace: Box::new(trace),
    }]
}

/// It was looked for: `None` where no rotation waits for this look.
pub fn looked(model: &mut Model, call: CallId, sighting: &Sighting) -> Option<Vec<Effect>> {
    let id = waits_for(model, call)?;
    let one = of(model, id)?;
    one.busy = None;
    if matches!(sighting, Sighting::Absent) {
        one.problem = None;
        let mut effects = Vec::new();
        if one.at == Step::Revoke {
            past(one, true, "it was gone already");
            effects.extend(note(one, Stage::Revoked, None));
            if one.way != Some(Way::CreateFirst) {
                effects.extend(advance(model, id));
                return Some(effects);
            }
            one.at = Step::Dead;
        }
        past(one, true, "no longer in the list");
        effects.extend(note(one, Stage::Dead, None));
        effects.extend(advance(model, id));
        return Some(effects);
    }
    one.problem = Some(match sighting {
        Sighting::Unclear(why) => format!("Whether the old key is gone could not be seen: {why}"),
        _ => "The old key is still in the list.".to_owned(),
    });
    offer(model, id);
    Some(Vec::new())
}

/// The old key stays, or its end is taken as seen: the rotation is over.
fn keep(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    if matches!(one.at, Step::HandOver | Step::Revoke) {
        past(one, false, "the old key is kept");
        effects.extend(note(one, Stage::Kept, None));
    }
    effects.extend(close(one));
    one.at = Step::Ended;
    if one.can_adopt() {
        // What the context could sign in with is nowhere else.
        offer(model, id);
        return effects;
    }
    effects.extend(put_aside(model, id));
    effects
}

/// The form of the new key was left: what was typed is gone, and the step waits.
pub fn closed(model: &mut Model, id: RotationId) {
    offer(model, id);
}

/// Keeps the form of a new key whose old one has to go first, and asks about that one.
pub fn hold(
    model: &mut Model,
    id: RotationId,
    form: form::Form,
    values: &BTreeMap<String, FieldValue>,
) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    one.form = Some(Box::new(form));
    one.plain = plain(values);
    one.at = Step::Fill;
    past(one, true, "held here until it is created");
    show(model, id);
    advance(model, id)
}

/// The form of the new key waits until the old one is gone.
#[must_use]
pub fn holds(model: &Model, id: RotationId) -> bool {
    let one = model.rotations.iter().find(|one| one.id == id);
    one.is_some_and(|one| one.way == Some(Way::DeleteFirst) && !one.did(Step::Revoke))
}

/// Says what became of the step at hand.
pub(super) fn past(one: &mut Rotation, sure: bool, words: &str) {
    let step = one.at;
    one.past.retain(|past| past.step != step);
    one.past.push(Past {
        step,
        sure,
        words: words.to_owned(),
    });
}
