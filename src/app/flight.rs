//! Every write starts and lands here: it passes the gate, is sent once, and its end is told in words:
//! what happened to which key, why, and what to do next. A new secret goes to the tray, a write without a
//! known end to `doubt`.

mod errand;
mod shown;

use std::sync::Arc;

pub use errand::{Errand, Link, Rotating, Sent};

use self::shown::{keep_answer, reveal_of, role_client_id};

use super::{
    CallId, ContextId, Effect, Model, Tone,
    choices::Choices,
    confirm::{Confirm, Yes},
    dialog::{Dialog, Problem},
    doubt::{self, Doubt},
    form,
    gate::{self, Tier},
    listing, question,
    reveal::Reveal,
    rotation,
};
use crate::{
    api::{ApiError, Change, FieldValue, Outcome, Target, trace::Trace},
    journal::EntryId,
    manifest::{Resource, Role, Verb},
    record::{KeyId, Rows, Text},
    secret::Secret,
};

/// A write that has not been answered.
#[derive(Debug, Clone)]
pub struct Flight {
    /// Where.
    pub context: ContextId,
    /// The context's name.
    pub context_name: Arc<str>,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// What is done.
    pub verb: Verb,
    /// The key, or the name that a new one will have, as shown.
    pub name: String,
    /// The same, as the service has it.
    pub exact: String,
    /// The id, where the key has one already.
    pub id: Option<KeyId>,
    /// The public half of the pair, where the row has one.
    pub client_id: Option<String>,
    /// How it was confirmed.
    pub confirmed: Tier,
    /// What it belongs to.
    pub link: Link,
    /// Where the journal has it.
    pub entry: Option<EntryId>,
    /// What it is looked for by, should its answer be lost.
    pub trace: Box<Trace>,
}

impl Flight {
    /// `The deletion of the API key "x" in prod`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let what = match self.verb {
            Verb::Create => "creation",
            Verb::Update => "change",
            Verb::Rotate => "regeneration",
            Verb::Delete => "deletion",
        };
        format!("The {what} of {}", self.key())
    }

    /// `the API key "x" in prod`.
    #[must_use]
    pub fn key(&self) -> String {
        format!(
            "the {} “{}” in {}",
            self.resource.noun, self.name, self.context_name
        )
    }
}

/// Sends a change that was confirmed so far: the only place of the console from which a write leaves.
pub fn launch(
    model: &mut Model,
    context: ContextId,
    change: Change,
    confirmed: Tier,
    link: Link,
) -> Vec<Effect> {
    let Some(at) = model.contexts.get(context) else {
        return Vec::new();
    };
    let needed = question::stakes(model, context, &change).tier();
    let pass = match gate::pass(&at.standing(model.now), needed, confirmed) {
        Ok(pass) => pass,
        Err(why) => {
            model.say(Tone::Warn, format!("Nothing was sent: {why}."));
            return Vec::new();
        }
    };
    let known = listing::whole(model, context, &change.resource);
    let trace = Trace::of(&change, known, model.now);
    let exact = name_of(&change);
    let target = change.target.as_ref();
    let flight = Flight {
        context,
        context_name: Arc::clone(&change.context),
        resource: Arc::clone(&change.resource),
        verb: change.verb,
        name: Text::new(&exact).shown().into_owned(),
        exact,
        id: target.map(|target| target.id.clone()),
        client_id: target.and_then(|target| client_id(model, context, target)),
        confirmed,
        entry: None,
        trace: Box::new(trace.clone()),
        link,
    };
    model.say(Tone::Info, format!("{} is on its way…", flight.sentence()));
    let call = model.next_call();
    form::sending(model, call, &change);
    let (rotation, sink) = rotation::errand(model, flight.link.rotation);
    let errand = Errand {
        trace,
        repeat: flight.link.repeat,
        unwritten: flight.link.unwritten,
        change,
        rotation,
        sink,
    };
    model.flights.insert(call, flight);
    vec![Effect::Send {
        call,
        context,
        errand: Box::new(errand),
        pass,
    }]
}

/// Sends the very change once more whose end is not known, because the operator said so.
pub fn again(model: &mut Model, doubt: Doubt, change: Change) -> Vec<Effect> {
    let Flight {
        context,
        confirmed,
        link,
        entry,
        ..
    } = doubt.flight;
    let link = Link {
        repeat: true,
        settles: entry,
        ..link
    };
    let effects = launch(model, context, change, confirmed, link);
    if let Some(Effect::Send { call, .. }) = effects.last() {
        form::resent(model, doubt.call, *call);
    } else {
        form::unlock(model, doubt.call);
    }
    effects
}

/// The exact name that a change speaks of.
fn name_of(change: &Change) -> String {
    if let Some(target) = &change.target {
        return target.name.clone();
    }
    let name = change
        .resource
        .role(Role::Name)
        .and_then(|at| change.resource.field.get(at));
    let value = name.and_then(|field| change.values.get(&field.key));
    match value {
        Some(FieldValue::Plain(serde_json::Value::String(text))) => text.clone(),
        _ => String::new(),
    }
}

/// The public half of a pair, looked up in the rows: the reply of a regeneration may hold nothing but
/// the secret.
fn client_id(model: &Model, context: ContextId, target: &Target) -> Option<String> {
    let sources = model
        .panes
        .iter()
        .flat_map(|pane| &pane.sources)
        .filter(|source| source.context == context);
    sources
        .filter_map(|source| {
            source
                .rows
                .find(&target.id)
                .map(|at| source.rows.record(at))
        })
        .find_map(role_client_id)
}

/// The journal could not be written, so nothing was sent: the operator decides.
pub fn unwritten(model: &mut Model, call: CallId, why: &str, errand: Errand) -> Vec<Effect> {
    let Some(flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    form::unlock(model, call);
    model.notice = None;
    let link = Link {
        unwritten: true,
        ..flight.link.clone()
    };
    model.dialogs.push(Dialog::Confirm(Confirm {
        title: "Send it without the journal?".to_owned(),
        lines: vec![
            format!("Nothing was sent yet: {why}"),
            "Without the journal nobody is told at the next start if keyrack ends before the answer is here."
                .to_owned(),
        ],
        verb: "Send it",
        typed: None,
        on_yes: false,
        yes: Yes::Send(
            flight.context,
            Box::new(errand.change),
            flight.confirmed,
            link,
        ),
        drawn: None,
    }));
    Vec::new()
}

/// A write was answered, or was not.
pub fn landed(model: &mut Model, call: CallId, sent: Sent) -> Vec<Effect> {
    let Some(mut flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    flight.entry = sent.entry;
    flight.trace = Box::new(sent.trace);
    rotation::begun(model, flight.link.rotation, sent.rotation);
    if !matches!(sent.outcome, Outcome::Done { .. } | Outcome::NotDone(_)) {
        rotation::doubted(model, flight.link.rotation);
    }
    match sent.outcome {
        Outcome::Done { id, rows, secret } => {
            succeeded(model, call, &flight, id, Some(&rows), secret, None)
        }
        Outcome::NotDone(error) => {
            not_done(model, call, &flight, &error);
            Vec::new()
        }
        Outcome::Unreadable { error, raw } => {
            if let Some(raw) = raw {
                keep_answer(model, &flight, call, raw);
            }
            let doubt = doubt_of(call, flight, Some(sent.change), &error);
            doubt::open(
                model,
                Doubt {
                    unreadable: true,
                    ..doubt
                },
            )
        }
        Outcome::Unknown(error) | Outcome::Earlier(error) => {
            let doubt = doubt_of(call, flight, Some(sent.change), &error);
            doubt::open(model, doubt)
        }
    }
}

fn doubt_of(call: CallId, flight: Flight, change: Option<Change>, error: &ApiError) -> Doubt {
    Doubt {
        call,
        flight,
        change: change.map(Box::new),
        reason: sentence(error),
        unreadable: false,
        looking: None,
        found: Vec::new(),
        target: None,
        choices: Choices::default(),
        drawn: None,
    }
}

/// The task of a write broke off, and whether it was sent is not known.
pub fn broken(model: &mut Model, call: CallId) -> Vec<Effect> {
    let Some(flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    rotation::doubted(model, flight.link.rotation);
    let error =
        ApiError::Unexpected("keyrack failed within; this is a defect of keyrack".to_owned());
    let doubt = doubt_of(call, flight, None, &error);
    doubt::open(model, doubt)
}

fn done_words(flight: &Flight) -> String {
    let key = flight.key();
    let words = match flight.verb {
        Verb::Create => format!("{key} was created."),
        Verb::Update => format!("{key} was changed."),
        Verb::Rotate => format!("{key} has a new secret; the old one is dead."),
        Verb::Delete => match flight.resource.linger {
            Some(seconds) => {
                format!("{key} was deleted. It may keep working for up to {seconds} s.")
            }
            None => format!("{key} was deleted."),
        },
    };
    capital(&words)
}

/// The words as the beginning of a sentence.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.map_or_else(String::new, |first| format!("{first}{}", letters.as_str()))
}

/// A write was done: its form closes, a new secret goes to the tray, and the list is read anew.
pub fn succeeded(
    model: &mut Model,
    call: CallId,
    flight: &Flight,
    id: Option<KeyId>,
    rows: Option<&Rows>,
    secret: Option<Secret>,
    note: Option<String>,
) -> Vec<Effect> {
    form::finished(model, call);
    flight.entry.map(|entry| model.waits.remove(&entry));
    model.say(Tone::Good, done_words(flight));
    let id = id.or_else(|| flight.id.clone());
    let settled = match flight.verb {
        Verb::Delete => "the key was deleted",
        Verb::Create | Verb::Update | Verb::Rotate => "the key has another secret",
    };
    let mut effects: Vec<Effect> = doubt::close_entry(flight.link.settles, settled)
        .into_iter()
        .collect();
    let has_secret = secret.is_some();
    if let Some(secret) = secret {
        let record = rows
            .filter(|rows| !rows.is_empty())
            .map(|rows| rows.record(0));
        let reveal = reveal_of(model, flight, id.as_ref(), record, secret);
        model.tray.push_back(Reveal {
            call,
            note: note.or(reveal.note),
            ..reveal
        });
    }
    effects.extend(rotation::landed(
        model,
        flight,
        id.as_ref(),
        (call, rows),
        has_secret,
    ));
    effects.extend(listing::reread(model, flight.context, id.as_ref()));
    effects
}

fn not_done(model: &mut Model, call: CallId, flight: &Flight, error: &ApiError) {
    rotation::failed(model, flight, error);
    if form::refused(model, call, error) {
        // It is not on its way any more.
        model.notice = None;
        return;
    }
    let what = match flight.verb {
        Verb::Create => "was not created",
        Verb::Update => "was not changed",
        Verb::Rotate => "was not regenerated; its secret still works",
        Verb::Delete => "was not deleted",
    };
    problem(
        model,
        capital(&format!("{} {what}", flight.key())),
        vec![sentence(error), error.next_step().to_owned()],
    );
}

fn problem(model: &mut Model, title: String, lines: Vec<String>) {
    model.notice = None;
    model.dialogs.push(Dialog::Problem(Problem {
        title,
        lines,
        drawn: None,
    }));
}

/// An error as a sentence: some words come with their full stop.
#[must_use]
pub fn sentence(error: &ApiError) -> String {
    let words = match error {
        // The service's own words stay as they are.
        ApiError::Refused { .. } => error.to_string(),
        ours => capital(&ours.to_string()),
    };
    if words.ends_with('.') {
        words
    } else {
        format!("{words}.")
    }
}
