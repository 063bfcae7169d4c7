//! Every write starts and lands here: it passes the gate, is sent once, and its end is told in words:
//! what happened to which key, why, and what to do next. A new secret goes to the tray.

use std::sync::Arc;

use super::{
    CallId, ContextId, Effect, Model, Tone,
    dialog::{Dialog, Problem},
    form,
    gate::{self, Tier},
    listing, question,
    reveal::Reveal,
};
use crate::{
    api::{ApiError, Change, Outcome, Target},
    manifest::{Resource, Role, Verb},
    record::{Cell, KeyId, Record, Rows, Text},
    secret::Secret,
};

/// A write that has not been answered.
#[derive(Debug)]
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
    /// The id, where the key has one already.
    pub id: Option<KeyId>,
    /// The public half of the pair, where the row has one.
    pub client_id: Option<String>,
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
        format!(
            "The {what} of the {} “{}” in {}",
            self.resource.noun, self.name, self.context_name
        )
    }

    /// `The API key "x" in prod`.
    fn key(&self) -> String {
        format!(
            "The {} “{}” in {}",
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
    let flight = Flight {
        context,
        context_name: Arc::clone(&change.context),
        resource: Arc::clone(&change.resource),
        verb: change.verb,
        name: name_of(&change),
        id: change.target.as_ref().map(|target| target.id.clone()),
        client_id: change
            .target
            .as_ref()
            .and_then(|target| client_id(model, context, target)),
    };
    model.say(Tone::Info, format!("{} is on its way…", flight.sentence()));
    let call = model.next_call();
    model.flights.insert(call, flight);
    form::sending(model, call, &change);
    vec![Effect::Send {
        call,
        context,
        change,
        pass,
    }]
}

/// The name that a change speaks of, as shown.
fn name_of(change: &Change) -> String {
    if let Some(target) = &change.target {
        return Text::new(&target.name).shown().into_owned();
    }
    let name = change
        .resource
        .role(Role::Name)
        .and_then(|at| change.resource.field.get(at));
    let value = name.and_then(|field| change.values.get(&field.key));
    match value {
        Some(crate::api::FieldValue::Plain(serde_json::Value::String(text))) => {
            Text::new(text).shown().into_owned()
        }
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

fn role_client_id(record: Record<'_>) -> Option<String> {
    match record.role(Role::ClientId) {
        Cell::Text(text) => Some(text.shown().into_owned()),
        _ => None,
    }
}

/// A write was answered, or was not.
pub fn landed(model: &mut Model, call: CallId, outcome: Outcome) -> Vec<Effect> {
    let Some(flight) = model.flights.remove(&call) else {
        return Vec::new();
    };
    match outcome {
        Outcome::Done { id, rows, secret } => done(model, call, &flight, id, &rows, secret),
        Outcome::NotDone(error) => {
            not_done(model, call, &flight, &error);
            Vec::new()
        }
        Outcome::Unreadable(error) => {
            form::finished(model, call);
            problem(
                model,
                format!("{}: done, but the answer cannot be read", flight.sentence()),
                vec![
                    format!(
                        "{} The service did it, but its answer makes no sense: {}",
                        done_words(&flight),
                        sentence(&error)
                    ),
                    unreadable_advice(&flight).to_owned(),
                ],
            );
            listing::reread(model, flight.context, None)
        }
        Outcome::Unknown(error) | Outcome::Earlier(error) => {
            form::unlock(model, call);
            problem(model, format!("{}: unknown", flight.sentence()), vec![
                format!("It may have been done, or not: {}", sentence(&error)),
                "It was sent once and is not sent again by itself. The list is read again now: look there before you repeat it."
                    .to_owned(),
            ]);
            listing::reread(model, flight.context, None)
        }
    }
}

fn unreadable_advice(flight: &Flight) -> &'static str {
    match flight.verb {
        Verb::Create => {
            "If the key is in the list, its secret is lost: delete it, or regenerate it where the service can."
        }
        Verb::Rotate => "The old secret is dead and the new one is lost: regenerate it once more.",
        Verb::Update | Verb::Delete => "The list is read again now: look there.",
    }
}

fn done_words(flight: &Flight) -> String {
    let key = flight.key();
    match flight.verb {
        Verb::Create => format!("{key} was created."),
        Verb::Update => format!("{key} was changed."),
        Verb::Rotate => format!("{key} has a new secret; the old one is dead."),
        Verb::Delete => match flight.resource.linger {
            Some(seconds) => {
                format!("{key} was deleted. It may keep working for up to {seconds} s.")
            }
            None => format!("{key} was deleted."),
        },
    }
}

fn done(
    model: &mut Model,
    call: CallId,
    flight: &Flight,
    id: Option<KeyId>,
    rows: &Rows,
    secret: Option<Secret>,
) -> Vec<Effect> {
    form::finished(model, call);
    model.say(Tone::Good, done_words(flight));
    let id = id.or_else(|| flight.id.clone());
    if let Some(secret) = secret {
        let record = (!rows.is_empty()).then(|| rows.record(0));
        model.tray.push_back(Reveal {
            call,
            ..reveal_of(model, flight, id.as_ref(), record, secret)
        });
    }
    listing::reread(model, flight.context, id.as_ref())
}

fn reveal_of(
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
    let note = (flight.verb == Verb::Rotate)
        .then(|| "The old secret stopped working the moment this one was made.".to_owned());
    Reveal {
        call: CallId(0),
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
        secret,
        shown: false,
        seen: false,
        drawn: None,
        copying: false,
        receipt: None,
        asking: None,
    }
}

fn not_done(model: &mut Model, call: CallId, flight: &Flight, error: &ApiError) {
    if form::refused(model, call, error) {
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
        format!("{} {what}", flight.key()),
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
fn sentence(error: &ApiError) -> String {
    let words = error.to_string();
    if words.ends_with('.') {
        words
    } else {
        format!("{words}.")
    }
}
