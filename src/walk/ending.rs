//! What the journal is told of a rotation, and how its end or its stop is told to people: which key lives, and
//! how to go on.

use super::{
    shown,
    turn::{Stop, Turn},
};
use crate::{
    api::Change,
    app::{
        flight::{Rotating, capital},
        nested,
        report::{End, Report},
        rotation::{
            self,
            steps::{Step, Way},
        },
    },
    journal::{self, Event, Stage},
    record::{KeyId, Text},
};

impl Turn {
    /// What the journal is told of the rotation with one of its writes.
    pub(super) fn rotating(&self, change: &Change) -> Rotating {
        if let Some(entry) = self.entry {
            return Rotating::Of(entry);
        }
        let (ground, client) = (&self.site.ground, &self.site.client);
        let (mode, order) = self.way.journal();
        // Of a key whose old one goes first nothing is left to copy from.
        let held = self.values.as_ref().unwrap_or(&change.values);
        Rotating::Begins(Box::new(journal::Rotation {
            context: ground.context.to_string(),
            origin: client.address().to_owned(),
            backend: client.backend().to_owned(),
            resource: ground.resource.id.clone(),
            parent: nested::parent(&ground.resource),
            noun: ground.resource.noun.clone(),
            mode,
            order,
            target: journal::Target {
                id: self.old.target.id.as_str().to_owned(),
                name: self.old.target.name.clone(),
            },
            changed: rotation::plain(held),
            sink: self.sink.as_ref().map(ToString::to_string),
            keep_old: self.keep_old,
        }))
    }

    /// Writes down that a step is done.
    pub(super) async fn note(&self, stage: Stage, id: Option<&KeyId>, message: Option<&str>) {
        let event = Event::Step(journal::Step {
            stage,
            id: id.map(|id| id.as_str().to_owned()),
            message: message.map(ToOwned::to_owned),
        });
        if let Some(entry) = self.entry {
            self.site.note(entry, event).await;
        }
    }

    /// The rotation no longer waits, and neither do its writes.
    async fn close(&self, why: &str) {
        for entry in self.loose.iter().chain(&self.entry) {
            let why = why.to_owned();
            self.site.note(*entry, Event::Closed { why }).await;
        }
    }

    pub(super) fn name(&self) -> String {
        let new = self.new.as_ref().unwrap_or(&self.old.target);
        new.name.clone()
    }

    fn report(&self, end: End, message: String, partial: bool) -> Report {
        let key = self.new.as_ref().unwrap_or(&self.old.target);
        Report {
            end,
            id: Some(key.id.as_str().to_owned()),
            name: Some(key.name.clone()),
            message,
            journal: self.entry,
            partial,
        }
    }

    /// Nothing is left to do.
    pub(super) async fn ended(&self) -> Report {
        let lives = self.lives();
        self.close(lives).await;
        let key = capital(&self.site.ground.key(&self.old.target.name));
        let how = match self.way {
            Way::Regenerate => match &self.new {
                Some(new) if new.id != self.old.target.id => {
                    format!("has a new secret, and the new id {}", shown(&new.id))
                }
                _ => "has a new secret".to_owned(),
            },
            Way::CreateFirst | Way::DeleteFirst => self.new.as_ref().map_or_else(
                || "was replaced".to_owned(),
                |new| {
                    let (name, id) = (Text::new(&new.name), shown(&new.id));
                    let what = if self.keep_old {
                        "has the twin"
                    } else {
                        "was replaced by"
                    };
                    format!("{what} “{}”, id {id}", name.shown())
                },
            ),
        };
        let resource = &self.site.ground.resource;
        let linger = self.way.linger(resource, |step| self.did(step));
        let linger = linger.map(|seconds| {
            format!(" The service may accept the old one for up to {seconds} s more.")
        });
        let message = format!("{key} {how}. {lives}{}", linger.unwrap_or_default());
        self.report(End::Done, message, false)
    }

    /// A step did not end well.
    pub(super) async fn stopped(&self, at: Step, stop: Stop) -> Report {
        let changed = self.did(Step::Make) || self.did(Step::Revoke);
        let key = self.site.ground.key(&self.old.target.name);
        let lives = self.lives();
        let title = at.title(Some(self.way));
        if !changed && !self.resumed && stop.end == End::NotDone {
            self.close("nothing was done").await;
            let message = format!(
                "{} was not rotated: it stopped at “{title}”. {} {lives}",
                capital(&key),
                stop.why
            );
            return self.report(stop.end, message, false);
        }
        self.note(Stage::Failed, None, Some(&stop.why)).await;
        let id = self.entry.map_or_else(String::new, |id| id.to_string());
        let lives = match stop.end {
            End::Unknown => in_doubt(self.way, at),
            _ => lives,
        };
        let message = format!(
            "The rotation of {key} stopped at “{title}”. {} {lives} Go on with: keyrack rotate --resume {id}",
            stop.why
        );
        self.report(stop.end, message, true)
    }
}

/// Which key lives where it is not known what became of a step.
fn in_doubt(way: Way, at: Step) -> &'static str {
    match (way, at) {
        (Way::Regenerate, _) => "Whether the old secret still works is not known.",
        (Way::CreateFirst, Step::Make) => {
            "The old key works; whether there is a new one is not known."
        }
        (Way::CreateFirst, _) => "The new key works; whether the old one does is not known.",
        (Way::DeleteFirst, Step::Revoke) => {
            "There is no new key yet; whether the old one works is not known."
        }
        (Way::DeleteFirst, _) => "The old key is gone; whether there is a new one is not known.",
    }
}
