//! The tasks of writes and of what follows from one: sent through [`intent`], looked for, tried, kept, and
//! written down. None of them is ever given up.

use std::sync::Arc;

use super::{Tasks, post};
use crate::{
    api::{
        ApiError, Outcome, Proof,
        trace::{Doubt, Sighting, Trace},
    },
    app::{
        CallId, ContextId, Effect, Msg,
        flight::{Errand, Sent},
        gate::Pass,
        rotation::RotationId,
    },
    intent::{self, Site, Unwritten},
    journal::{EntryId, Event},
    record::Rows,
    secret::Secret,
};

impl Tasks {
    /// Starts what a write asks for, and what follows from one.
    pub(super) fn start_write(&self, effect: Effect) {
        match effect {
            Effect::Send {
                call,
                context,
                errand,
                pass,
            } => self.send(call, context, errand, pass),
            Effect::Look {
                call,
                context,
                entry,
                trace,
            } => self.look(call, context, entry, trace),
            Effect::Prove {
                call,
                context,
                rows,
                secret,
            } => self.prove(call, context, rows, secret),
            Effect::Adopt {
                rotation,
                context,
                rows,
                secret,
            } => self.adopt(rotation, context, rows, secret),
            Effect::Note { entry, event } => self.note(entry, event),
            Effect::ReadJournal { show } => self.read_journal(show),
            Effect::TakeUp { entry } => self.take_up(entry),
            other => self.start_walk(other),
        }
    }

    /// Sends a write, once.
    fn send(&self, call: CallId, context: ContextId, errand: Box<Errand>, pass: Pass) {
        let (connections, sender) = (Arc::clone(&self.connections), self.sender.clone());
        let (journal, watcher) = (self.journal.clone(), self.sender.clone());
        let sending = tokio::spawn(async move {
            let client = match connections.client(context).await {
                Ok(client) => client,
                Err(error) => return post(&sender, unsent(call, *errand, error)),
            };
            let site = Site {
                client: &client,
                journal: journal.as_ref(),
            };
            post(
                &sender,
                match intent::carry(site, errand, pass).await {
                    Ok(sent) => Msg::Sent {
                        call,
                        sent: Box::new(sent),
                    },
                    Err(Unwritten { why, errand }) => Msg::Unwritten { call, why, errand },
                },
            );
        });
        // A panic in it must not leave a write on its way for ever.
        tokio::spawn(async move {
            if sending.await.is_err() {
                post(&watcher, Msg::Broken(call));
            }
        });
    }

    /// Looks for a write whose answer was lost.
    fn look(&self, call: CallId, context: ContextId, entry: Option<EntryId>, trace: Box<Trace>) {
        let (sender, journal) = (self.sender.clone(), self.journal.clone());
        let looked = move |sighting| Msg::Looked { call, sighting };
        self.with_client(
            context,
            None,
            move |client| async move {
                looked(match client {
                    Ok(client) => {
                        let mut tell = |round, of| post(&sender, Msg::Looking { call, round, of });
                        let site = Site {
                            client: &client,
                            journal: journal.as_ref(),
                        };
                        intent::follow(site, entry, &trace, &mut tell).await
                    }
                    Err(error) => Sighting::Unclear(Doubt::from(error)),
                })
            },
            move |error| looked(Sighting::Unclear(Doubt::from(error))),
        );
    }

    /// Tries a new secret by using it, and gives it back.
    fn prove(&self, call: CallId, context: ContextId, rows: Box<Rows>, secret: Secret) {
        let (connections, sender) = (Arc::clone(&self.connections), self.sender.clone());
        tokio::spawn(async move {
            let proof = match connections.client(context).await {
                Ok(client) => {
                    let row = (!rows.is_empty()).then(|| rows.record(0));
                    client.prove(rows.resource(), &secret, row).await
                }
                Err(error) => Proof::Unproven {
                    why: format!("{error}."),
                },
            };
            post(
                &sender,
                Msg::Proved {
                    call,
                    secret,
                    proof,
                },
            );
        });
    }

    /// Makes a context sign in with a new secret, and keeps it where the config reads the present one.
    fn adopt(&self, rotation: RotationId, context: ContextId, rows: Box<Rows>, secret: Secret) {
        let (connections, sender) = (Arc::clone(&self.connections), self.sender.clone());
        tokio::spawn(async move {
            let result = connections.adopt(context, &rows, secret).await;
            post(&sender, Msg::Adopted { rotation, result });
        });
    }

    /// Writes down what happened to an entry of the journal.
    fn note(&self, entry: EntryId, event: Event) {
        if let Some(journal) = self.journal.clone() {
            tokio::spawn(async move { intent::note(&journal, entry, event).await });
        }
    }

    /// Makes an entry that waits this run's.
    fn take_up(&self, entry: EntryId) {
        let (sender, journal) = (self.sender.clone(), self.journal.clone());
        tokio::task::spawn_blocking(move || {
            let taken = journal.map_or_else(|| Ok(Vec::new()), |journal| journal.take(entry));
            let result = taken.map_err(|error| format!("{error}."));
            post(&sender, Msg::TakenUp { entry, result });
        });
    }

    /// Reads the journal.
    fn read_journal(&self, show: bool) {
        let (sender, journal) = (self.sender.clone(), self.journal.clone());
        tokio::task::spawn_blocking(move || {
            let entries = journal.map_or_else(|| Ok(Vec::new()), |journal| journal.read());
            post(
                &sender,
                match entries {
                    Ok(entries) => Msg::Journal { entries, show },
                    Err(error) => Msg::Failed(format!("{error}.")),
                },
            );
        });
    }
}

/// A write that was not sent, because its context has no client.
pub(super) fn unsent(call: CallId, errand: Errand, error: ApiError) -> Msg {
    Msg::Sent {
        call,
        sent: Box::new(Sent {
            outcome: Outcome::NotDone(error),
            change: errand.change,
            trace: errand.trace,
            entry: None,
            rotation: None,
        }),
    }
}
