//! What was left open: a write without an outcome, a secret that nobody took, a rotation between two steps.
//! It follows from the lines alone, so that it is the same after a crash, after SIGKILL and in another
//! process.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{
    Begun, Entry, EntryId, Event, Found, Intent, Mode, Noted, Order, Place, Rotation, State,
};

/// What an entry waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing is known of its end: it is under way, or its process was ended.
    InFlight,
    /// It may have been applied.
    Unknown,
    /// The key is there, and nobody has its secret.
    SecretLost {
        /// Its id, where it is known.
        id: Option<String>,
    },
    /// The secret came and was neither delivered nor closed by the operator: it is still shown, or lost with
    /// its process.
    Undelivered {
        /// The key's id, where it is known.
        id: Option<String>,
    },
    /// A rotation is not at its end.
    Rotation {
        /// What has to be done next.
        next: Next,
    },
}

impl Waiting {
    /// What came of the write has to be found out: also which key it made.
    fn is_unsettled(&self) -> bool {
        matches!(
            self,
            Self::InFlight | Self::Unknown | Self::SecretLost { id: None }
        )
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InFlight => f.write_str("no answer was noted"),
            Self::Unknown => f.write_str("unknown whether it was done"),
            Self::SecretLost { .. } => f.write_str("its secret is lost"),
            Self::Undelivered { .. } => f.write_str("its secret was not stored"),
            Self::Rotation { next } => write!(f, "next: {next}"),
        }
    }
}

/// What a rotation has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Find out what came of its last write.
    Settle(EntryId),
    /// Make the new key, or the new secret.
    Create,
    /// Bring the new secret to its destination.
    Deliver,
    /// Use the new credential.
    Verify,
    /// Let go of the old key.
    HandOver,
    /// Delete the old key.
    Revoke,
    /// See that the old key works no more.
    CheckDead,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Settle(_) => "find out what came of its last write",
            Self::Create => "make the new one",
            Self::Deliver => "deliver the new secret",
            Self::Verify => "verify the new one by using it",
            Self::HandOver => "hand over to the new one",
            Self::Revoke => "revoke the old one",
            Self::CheckDead => "check that the old one is dead",
        })
    }
}

/// A step that a rotation took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The operator confirmed it.
    Chosen,
    /// The new key or secret is there.
    Created,
    /// The new secret reached its destination.
    Delivered,
    /// The new credential was used and works.
    Verified,
    /// It could not be tried; the operator goes on.
    Unproven,
    /// The old key is no longer needed.
    HandedOver,
    /// The old key was deleted.
    Revoked,
    /// The old key was seen to work no more.
    Dead,
    /// The old key stays; the rotation is at its end.
    Kept,
    /// A step failed and has to be done again.
    Failed,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chosen => "chosen",
            Self::Created => "made",
            Self::Delivered => "delivered",
            Self::Verified => "verified",
            Self::Unproven => "not tried",
            Self::HandedOver => "handed over",
            Self::Revoked => "old one revoked",
            Self::Dead => "old one dead",
            Self::Kept => "old one kept",
            Self::Failed => "failed",
        })
    }
}

impl Rotation {
    /// Its steps in order, each with what has to be noted before the next.
    fn steps(&self) -> &'static [(Next, &'static [Stage])] {
        const CREATE: (Next, &[Stage]) = (Next::Create, &[Stage::Created]);
        const DELIVER: (Next, &[Stage]) = (Next::Deliver, &[Stage::Delivered]);
        const VERIFY: (Next, &[Stage]) = (Next::Verify, &[Stage::Verified, Stage::Unproven]);
        const HAND_OVER: (Next, &[Stage]) = (Next::HandOver, &[Stage::HandedOver]);
        const REVOKE: (Next, &[Stage]) = (Next::Revoke, &[Stage::Revoked]);
        const CHECK: (Next, &[Stage]) = (Next::CheckDead, &[Stage::Dead]);
        match (self.mode, self.order) {
            (Mode::Regenerate, _) => &[CREATE, DELIVER, VERIFY],
            (Mode::Replace, Order::DeleteFirst) => &[REVOKE, CREATE, DELIVER, VERIFY],
            (Mode::Replace, Order::CreateFirst) if self.keep_old => &[CREATE, DELIVER, VERIFY],
            (Mode::Replace, Order::CreateFirst) => {
                &[CREATE, DELIVER, VERIFY, HAND_OVER, REVOKE, CHECK]
            }
        }
    }

    /// The step after the last one that was taken; one that was passed over counts as taken.
    fn next(&self, taken: &[Stage]) -> Option<Next> {
        let steps = self.steps();
        let is_done = |(_, by): &(Next, &[Stage])| by.iter().any(|stage| taken.contains(stage));
        let done = steps.iter().rposition(is_done).map_or(0, |last| last + 1);
        steps.get(done).map(|(next, _)| *next)
    }
}

impl Entry {
    /// What it waits for; none when it has ended.
    #[must_use]
    pub fn open(&self) -> Option<Waiting> {
        if self.has(|event| matches!(event, Event::Closed { .. })) {
            return None;
        }
        match &self.begun {
            Begun::Intent(intent) => self.open_write(Some(intent)),
            Begun::Lost => self.open_write(None),
            Begun::Rotation(rotation) => {
                let taken: Vec<Stage> = self.stages().collect();
                let next = rotation.next(&taken)?;
                (!taken.contains(&Stage::Kept)).then_some(Waiting::Rotation { next })
            }
        }
    }

    fn open_write(&self, intent: Option<&Intent>) -> Option<Waiting> {
        let secret = intent.is_some_and(|intent| intent.secret);
        let (mut waiting, mut sure) = (Some(Waiting::InFlight), false);
        let lost = |id: &Option<String>| secret.then(|| Waiting::SecretLost { id: id.clone() });
        for Noted { event, .. } in &self.events {
            if let Event::Outcome(end) = event {
                sure = end.state == State::Unreadable;
            }
            waiting = match event {
                Event::Outcome(end) => match end.state {
                    State::Done => end
                        .secret
                        .then(|| Waiting::Undelivered { id: end.id.clone() }),
                    State::NotDone => None,
                    State::Unknown => Some(Waiting::Unknown),
                    State::Unreadable => lost(&end.id),
                },
                Event::Resolved(Found::Exists { id }) => lost(id),
                Event::Resolved(Found::Absent) => None,
                // What was done is done, whatever a list does not show.
                Event::Resolved(Found::Unclear) if sure => waiting,
                Event::Resolved(Found::Unclear) => Some(Waiting::Unknown),
                _ => waiting,
            };
        }
        let taken =
            |event: &Event| matches!(event, Event::Delivered(_) | Event::Acknowledged { .. });
        match waiting {
            Some(Waiting::SecretLost { .. } | Waiting::Undelivered { .. }) if self.has(taken) => {
                None
            }
            other => other,
        }
    }

    /// The steps of a rotation that were taken, in order.
    fn stages(&self) -> impl Iterator<Item = Stage> {
        self.events.iter().filter_map(|noted| match &noted.event {
            Event::Step(step) => Some(step.stage),
            _ => None,
        })
    }

    fn has(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.events.iter().any(|noted| is_it(&noted.event))
    }
}

/// The entries that wait, in order. A write that a waiting rotation made is told by the rotation, whose next
/// step it then is to find out what came of it.
#[must_use]
pub fn waiting(entries: &[Entry]) -> Vec<(&Entry, Waiting)> {
    let all = entries.iter();
    let open: Vec<_> = all
        .filter_map(|entry| Some((entry, entry.open()?)))
        .collect();
    let rotations: HashSet<EntryId> = open
        .iter()
        .filter(|(entry, _)| entry.rotation().is_some())
        .map(|(entry, _)| entry.id)
        .collect();
    let told_by = |entry: &Entry| {
        let rotation = entry.intent()?.rotation;
        rotation.filter(|id| rotations.contains(id))
    };
    let unsettled: HashMap<EntryId, EntryId> = open
        .iter()
        .filter(|(_, why)| why.is_unsettled())
        .filter_map(|(entry, _)| Some((told_by(entry)?, entry.id)))
        .collect();
    open.into_iter()
        .filter(|(entry, _)| told_by(entry).is_none())
        .map(|(entry, why)| match unsettled.get(&entry.id) {
            Some(write) => (
                entry,
                Waiting::Rotation {
                    next: Next::Settle(*write),
                },
            ),
            None => (entry, why),
        })
        .collect()
}

/// The rotations of one key that wait, in order.
#[must_use]
pub fn rotations_of<'a>(entries: &'a [Entry], place: Place<'_>, target: &str) -> Vec<&'a Entry> {
    let is_it = |it: &Rotation| it.place() == place && it.target.id == target;
    let open = waiting(entries).into_iter().map(|(entry, _)| entry);
    open.filter(|entry| entry.rotation().is_some_and(is_it))
        .collect()
}
