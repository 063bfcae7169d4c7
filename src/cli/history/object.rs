//! An entry for scripts: one object a line, whose fields the README lists and which are always there.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde::Serialize;

use crate::journal::{
    Begun, Entry, EntryId, Event, Intent, Mode, Next, Order, Rotation, Seen, Stage, State, Verb,
    Waiting,
};

/// A line of `keyrack log --json`.
#[derive(Debug, Default, Serialize)]
struct Object<'a> {
    at: String,
    journal: String,
    kind: &'static str,
    context: Option<&'a str>,
    origin: Option<&'a str>,
    backend: Option<&'a str>,
    resource: Option<&'a str>,
    noun: Option<&'a str>,
    verb: Option<Verb>,
    id: Option<&'a str>,
    name: Option<&'a str>,
    outcome: Option<State>,
    resolved: Option<&'static str>,
    message: Option<&'a str>,
    state: &'static str,
    waits: Option<&'static str>,
    next: Option<&'static str>,
    sink: Option<&'a str>,
    delivered: Vec<&'a str>,
    acknowledged: Option<&'a str>,
    closed: Option<&'a str>,
    rotation: Option<String>,
    mode: Option<Mode>,
    order: Option<Order>,
    keep_old: Option<bool>,
    steps: Vec<Stage>,
}

/// Writes an entry's line.
pub(super) fn write(out: &mut impl Write, entry: &Entry, waiting: &Waits<'_>) -> io::Result<()> {
    let mut object = Object {
        at: entry.at.to_string(),
        journal: entry.id.to_string(),
        kind: "lost",
        id: entry.key(),
        state: "closed",
        delivered: entry.delivered().collect(),
        ..Object::default()
    };
    match &entry.begun {
        Begun::Intent(intent) => object.write(intent),
        Begun::Rotation(rotation) => object.rotation(rotation),
        Begun::Lost => {}
    }
    for noted in &entry.events {
        object.add(entry, &noted.event);
    }
    if let Some(why) = waiting.get(entry) {
        object.wait(&why);
    }
    serde_json::to_writer(&mut *out, &object)?;
    out.write_all(b"\n")
}

impl<'a> Object<'a> {
    fn write(&mut self, intent: &'a Intent) {
        let target = intent.target.as_ref();
        self.kind = "write";
        self.context = Some(&intent.context);
        self.origin = Some(&intent.origin);
        self.backend = Some(&intent.backend);
        self.resource = Some(&intent.resource);
        self.noun = Some(&intent.noun);
        self.verb = Some(intent.verb);
        self.name = intent.name.as_deref();
        self.name = self.name.or(target.map(|target| target.name.as_str()));
        self.sink = intent.sink.as_deref();
        self.rotation = intent.rotation.map(|id| id.to_string());
    }

    fn rotation(&mut self, rotation: &'a Rotation) {
        self.kind = "rotation";
        self.context = Some(&rotation.context);
        self.origin = Some(&rotation.origin);
        self.backend = Some(&rotation.backend);
        self.resource = Some(&rotation.resource);
        self.noun = Some(&rotation.noun);
        self.verb = Some(Verb::Rotate);
        self.id = self.id.or(Some(&rotation.target.id));
        self.name = Some(&rotation.target.name);
        self.sink = rotation.sink.as_deref();
        self.mode = Some(rotation.mode);
        self.order = Some(rotation.order);
        self.keep_old = Some(rotation.keep_old);
    }

    fn add(&mut self, entry: &Entry, event: &'a Event) {
        match event {
            Event::Outcome(outcome) => {
                self.outcome = Some(outcome.state);
                self.message = outcome.message.as_deref();
            }
            Event::Resolved(found) => {
                self.resolved = Some(match entry.seen(found) {
                    Seen::There => "exists",
                    Seen::AsWanted => "as_wanted",
                    Seen::Gone => "gone",
                    Seen::Missing => "absent",
                    Seen::Unclear => "unclear",
                });
            }
            Event::Acknowledged { how } => self.acknowledged = Some(how),
            Event::Step(step) => {
                self.steps.push(step.stage);
                self.message = step.message.as_deref();
            }
            Event::Closed { why } => self.closed = Some(why),
            Event::Delivered(_) | Event::Taken | Event::Other { .. } => {}
        }
    }

    fn wait(&mut self, why: &Waiting) {
        self.state = "open";
        self.waits = Some(match why {
            Waiting::InFlight => "in_flight",
            Waiting::Unknown => "unknown",
            Waiting::SecretLost { .. } => "secret_lost",
            Waiting::Undelivered { .. } => "undelivered",
            Waiting::Rotation { .. } => "rotation",
        });
        if let Waiting::Rotation { next } = why {
            self.next = Some(match next {
                Next::Settle(_) => "settle",
                Next::Create => "create",
                Next::Deliver => "deliver",
                Next::Verify => "verify",
                Next::HandOver => "hand_over",
                Next::Revoke => "revoke",
                Next::CheckDead => "check_dead",
            });
        }
    }
}

/// What each entry waits for: as all of them together say it, else by itself.
#[derive(Debug)]
pub(super) struct Waits<'a>(HashMap<EntryId, &'a Waiting>);

impl<'a> Waits<'a> {
    /// Takes what [`waiting`](crate::journal::waiting) says.
    pub(super) fn new(waiting: &'a [(&Entry, Waiting)]) -> Self {
        Self(waiting.iter().map(|(entry, why)| (entry.id, why)).collect())
    }

    fn get(&self, entry: &Entry) -> Option<Waiting> {
        let told = self.0.get(&entry.id).map(|why| (*why).clone());
        told.or_else(|| entry.open())
    }
}
