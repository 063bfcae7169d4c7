//! Every write starts and lands here: it passes the gate, is sent once, and its end is told in words:
//! what happened to which key, why, and what to do next. A new secret goes to the tray, a write without a
//! known end to `doubt`.

mod errand;
mod shown;
mod words;

use std::sync::Arc;

pub use errand::{Errand, Link, Rotating, Sent};
pub use shown::{lines_of, role_client_id};
pub use words::{capital, sentence, stopped};

use self::{
    shown::{keep_answer, reveal_of},
    words::done_words,
};

use super::{
    CallId, ContextId, Effect, Model, Tone,
    confirm::{Confirm, Yes},
    dialog::{Dialog, Problem},
    doubt::{self, Doubt},
    form,
    gate::{self, Stakes, Tier},
    listing, nested,
    pane::KeyAt,
    question,
    reveal::Reveal,
    rotation,
};
use crate::{
    api::{ApiError, Change, Outcome, trace::Trace},
    journal::EntryId,
    manifest::{Resource, Verb},
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
            Verb::Act(at) => {
                let title = self.resource.action_title(at);
                return format!("“{title}” of {}", self.key());
            }
        };
        format!("The {what} of {}", self.key())
    }

    /// The key with this id, where lists have it.
    #[must_use]
    pub fn key_at(&self, id: KeyId) -> KeyAt {
        KeyAt {
            context: self.context,
            resource: Arc::clone(&self.resource),
            id,
        }
    }

    /// `the API key "x" in prod`, of one in a row `the token "x" of "ci" in prod`.
    #[must_use]
    pub fn key(&self) -> String {
        let row = nested::of(&self.resource);
        format!(
            "the {} “{}”{row} in {}",
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
    let sent = start(model, context, Box::new(change), confirmed, link, None);
    sent.map_or_else(|_| Vec::new(), |effects| effects.1)
}

/// The change leaves, or comes back: `earlier` is what its first sending is looked for by.
fn start(
    model: &mut Model,
    context: ContextId,
    change: Box<Change>,
    confirmed: Tier,
    link: Link,
    earlier: Option<Trace>,
) -> Result<(CallId, Vec<Effect>), Box<Change>> {
    let Some(at) = model.contexts.get(context) else {
        return Err(change);
    };
    // What could not be known when it was asked cannot be known now either.
    let known = question::stakes(model, context, &change);
    let needed = Stakes {
        unknown: false,
        ..known
    }
    .tier();
    let pass = match gate::pass(&at.standing(model.now), needed, confirmed) {
        Ok(pass) => pass,
        Err(why) => {
            model.say(Tone::Warn, format!("Nothing was sent: {why}."));
            return Err(change);
        }
    };
    let change = *change;
    let trace = earlier.unwrap_or_else(|| {
        let known = listing::whole(model, context, &change.resource);
        let gone = rotation::gone(model, link.rotation);
        Trace::of(&change, known, model.now).after(gone)
    });
    let exact = change.name().to_owned();
    let target = change.target.as_ref();
    let flight = Flight {
        context,
        context_name: Arc::clone(&change.context),
        resource: Arc::clone(&change.resource),
        verb: change.verb,
        name: Text::new(&exact).shown().into_owned(),
        exact,
        id: target.map(|target| target.id.clone()),
        client_id: client_id(model, context, &change),
        confirmed,
        entry: None,
        trace: Box::new(trace.clone()),
        link,
    };
    model.say(Tone::Info, format!("{} is on its way…", flight.sentence()));
    let call = model.next_call();
    form::sending(model, call, &change);
    let mut effects = rotation::sent(model, call, &flight);
    let (rotation, sink) = rotation::errand(model, flight.link.rotation, &change);
    let errand = Errand {
        trace,
        repeat: flight.link.repeat,
        unwritten: flight.link.unwritten,
        change,
        rotation,
        sink,
    };
    model.flights.insert(call, flight);
    effects.push(Effect::Send {
        call,
        context,
        errand: Box::new(errand),
        pass,
    });
    Ok((call, effects))
}

/// Sends the very change once more whose end is not known, because the operator said so; the doubt stays
/// until there is an answer, for a change that does not leave or is refused is nowhere else.
pub fn again(
    model: &mut Model,
    mut doubt: Doubt,
    change: Box<Change>,
    unwritten: bool,
) -> Vec<Effect> {
    let first = &doubt.flight;
    let mut link = Link {
        repeat: true,
        unwritten,
        ..first.link.clone()
    };
    link.settles.extend(first.entry);
    let (context, confirmed) = (first.context, first.confirmed);
    // A list that was read since may show what the first one made.
    let trace = Some((*first.trace).clone());
    match start(model, context, change, confirmed, link, trace) {
        Ok((call, effects)) => {
            form::resent(model, doubt.call, call);
            doubt.call = call;
            model.doubts.push(doubt);
            effects
        }
        Err(change) => {
            doubt::give_back(model, doubt, change);
            Vec::new()
        }
    }
}

/// The public half of a pair, by its row: the reply of a regeneration may hold nothing but the secret.
fn client_id(model: &Model, context: ContextId, change: &Change) -> Option<String> {
    let id = &change.target.as_ref()?.id;
    let row = listing::row(model, context, &change.resource, id)?;
    role_client_id(row)
}

/// The journal could not be written, so nothing was sent: the operator decides.
pub fn unwritten(model: &mut Model, call: CallId, why: &str, errand: Errand) -> Vec<Effect> {
    let Some(flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    rotation::unsent(model, call);
    model.notice = None;
    let change = Box::new(errand.change);
    let yes = if let Some(doubt) = doubt::take(model, call) {
        doubt::give_back(model, *doubt, change);
        Yes::SendAgain(call)
    } else {
        form::unsent(model, call);
        let link = Link {
            unwritten: true,
            ..flight.link.clone()
        };
        Yes::Send(flight.context, change, flight.confirmed, link)
    };
    model.dialogs.push(Dialog::Confirm(Confirm {
        title: "Send it without the journal?".to_owned(),
        lines: vec![
            format!("Nothing was sent yet: {why}"),
            "Without the journal nobody is told at the next start if keyrack ends before the answer is here."
                .to_owned(),
        ],
        verb: "Send it".into(),
        typed: None,
        on_yes: false,
        yes,
        drawn: None,
    }));
    Vec::new()
}

/// A write was answered, or was not.
pub fn landed(model: &mut Model, call: CallId, sent: Sent) -> Vec<Effect> {
    let Some(mut flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    // The doubt about an earlier sending.
    let earlier = doubt::take(model, call);
    flight.entry = sent.entry;
    flight.trace = Box::new(sent.trace);
    rotation::unsent(model, call);
    rotation::begun(model, flight.link.rotation, sent.rotation);
    if !matches!(sent.outcome, Outcome::Done { .. } | Outcome::NotDone(_)) {
        rotation::doubted(model, flight.link.rotation);
    }
    match sent.outcome {
        Outcome::Done { id, rows, secret } => {
            succeeded(model, call, &flight, id, Some(&rows), secret, None)
        }
        Outcome::NotDone(error) => {
            let mut effects = match earlier {
                // The first one may have been done all the same.
                Some(doubt) => {
                    let effects = rotation::failed(model, &flight, &error);
                    model.notice = None;
                    let reason = format!("It was sent again and not done. {}", sentence(&error));
                    let doubt = Doubt { reason, ..*doubt };
                    doubt::give_back(model, doubt, Box::new(sent.change));
                    effects
                }
                None => not_done(model, call, &flight, &error),
            };
            if error.is_missing() {
                effects.extend(listing::reread(model, flight.context, None));
            }
            effects
        }
        Outcome::Unreadable { error, raw } => {
            if let Some(raw) = raw {
                keep_answer(model, &flight, call, raw);
            }
            let doubt = doubt::of(call, flight, Some(sent.change), &error);
            doubt::open(
                model,
                Doubt {
                    unreadable: true,
                    ..doubt
                },
            )
        }
        Outcome::Unknown(error) | Outcome::Earlier(error) => {
            let doubt = doubt::of(call, flight, Some(sent.change), &error);
            doubt::open(model, doubt)
        }
    }
}

/// The task of a write broke off, and whether it was sent is not known.
pub fn broken(model: &mut Model, call: CallId) -> Vec<Effect> {
    let Some(flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    drop(doubt::take(model, call));
    rotation::unsent(model, call);
    rotation::doubted(model, flight.link.rotation);
    let error =
        ApiError::Unexpected("keyrack failed within; this is a defect of keyrack".to_owned());
    let doubt = doubt::of(call, flight, None, &error);
    doubt::open(model, doubt)
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
        _ if flight.link.repeat => "it was done when it was sent again",
        Verb::Delete => "the key was deleted",
        Verb::Act(_) => "it was done later",
        Verb::Create | Verb::Update | Verb::Rotate => "the key has another secret",
    };
    let settles = flight.link.settles.iter();
    let mut effects: Vec<Effect> = settles
        .filter_map(|entry| doubt::close_entry(Some(*entry), settled))
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
    let made = id.map(|id| flight.key_at(id));
    effects.extend(listing::reread(model, flight.context, made.as_ref()));
    effects
}

fn not_done(model: &mut Model, call: CallId, flight: &Flight, error: &ApiError) -> Vec<Effect> {
    let effects = rotation::failed(model, flight, error);
    if form::refused(model, call, error) {
        // It is not on its way any more.
        model.notice = None;
        rotation::tell(model, flight.link.rotation);
        return effects;
    }
    if !effects.is_empty() {
        // The rotation looks whether there was anything to do.
        model.notice = None;
        return effects;
    }
    problem(
        model,
        words::not_done_words(flight),
        vec![sentence(error), error.next_step().to_owned()],
    );
    effects
}

fn problem(model: &mut Model, title: String, lines: Vec<String>) {
    model.notice = None;
    model.dialogs.push(Dialog::Problem(Problem {
        title,
        lines,
        drawn: None,
    }));
}
