//! What is written down: an intent or a rotation, and what happened since. All of it is words and ids; the
//! only trace of a value is the beginning of one that keyrack chose itself, which the service's list shows
//! as well.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EntryId, Stage};

/// A write that will be sent once this is on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Intent {
    /// The context's name.
    pub context: String,
    /// Scheme, host and port that it goes to.
    pub origin: String,
    /// The backend's name.
    pub backend: String,
    /// The resource's name in its manifest.
    pub resource: String,
    /// The row of its parent in which the keys are, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Target>,
    /// What the resource calls one of its keys.
    pub noun: String,
    /// What will be done.
    pub verb: Verb,
    /// What else is done to it, by the name in its manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The key that it is done to; none for a create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The name that a created key will have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What a created key is found again by: field to text, never a secret.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub natural: BTreeMap<String, String>,
    /// The first characters of a value that keyrack chose, as far as lists show them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Ids that were there with the same natural key before, where the whole list was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Vec<String>>,
    /// The answer will hold a secret that is shown once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Where the secret will go, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sink: Option<String>,
    /// The rotation that it is a step of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<EntryId>,
}

/// What a write does to a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Makes it.
    #[default]
    Create,
    /// Changes it.
    Update,
    /// Gives it a new secret.
    Rotate,
    /// Removes it.
    Delete,
    /// Does something else to it.
    Act,
}

/// One key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Its name, as the service sent it.
    pub name: String,
}

/// Where a kind of key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The context's name.
    pub context: &'a str,
    /// Scheme, host and port.
    pub origin: &'a str,
    /// The resource's name in its manifest.
    pub resource: &'a str,
    /// The id of the row of its parent, where it has one.
    pub parent: Option<&'a str>,
}

/// A key that will have another in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rotation {
    /// The context's name.
    pub context: String,
    /// Scheme, host and port that its writes go to.
    pub origin: String,
    /// The backend's name.
    pub backend: String,
    /// The resource's name in its manifest.
    pub resource: String,
    /// The row of its parent in which the keys are, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Target>,
    /// What the resource calls one of its keys.
    pub noun: String,
    /// How.
    pub mode: Mode,
    /// What comes first when it is replaced.
    pub order: Order,
    /// The old key.
    pub target: Target,
    /// What the operator changed about the new key: field to text, never a secret.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changed: BTreeMap<String, String>,
    /// Where the new secret goes, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sink: Option<String>,
    /// It ends before the old key is revoked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_old: bool,
}

/// How a key is rotated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The key stays and gets a new secret.
    #[default]
    Regenerate,
    /// Another key takes its place.
    Replace,
}

/// What comes first when a key is replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The new key is made while the old one lives.
    #[default]
    CreateFirst,
    /// The old key goes first, since both cannot be there.
    DeleteFirst,
}

/// What happened to an entry after it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The write ended.
    Outcome(Outcome),
    /// The list was asked what became of a write whose outcome is unknown.
    Resolved(Found),
    /// The secret reached a destination.
    Delivered(Delivery),
    /// The operator closed the secret: copied, stored or discarded.
    Acknowledged {
        /// Which of them.
        how: String,
    },
    /// A rotation went on.
    Step(Step),
    /// Another run took it up, the one before being gone.
    Taken,
    /// It ended, or the operator gave it up.
    Closed {
        /// Why.
        why: String,
    },
    /// What a newer version wrote.
    Other {
        /// What it calls it.
        name: String,
    },
}

/// How a write ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// In one word.
    #[serde(rename = "outcome")]
    pub state: State,
    /// The key's id, where the answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the operator was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The answer held a secret.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// How a write ended, in one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was applied.
    Done,
    /// It was not applied.
    NotDone,
    /// It may have been applied.
    #[default]
    Unknown,
    /// It was applied, but its answer could not be read.
    Unreadable,
}

/// What the list said about a write whose outcome was unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "lowercase")]
pub enum Found {
    /// What the write was to bring about is so: [`Entry::seen`] says what that is.
    Exists {
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// The key is not there.
    Absent,
    /// It cannot be told.
    Unclear,
}

/// What a look at the list said of a write, as its verb means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The key that it was to make is there.
    There,
    /// The key is as the write was to leave it.
    AsWanted,
    /// The key that it was to delete is gone.
    Gone,
    /// The key is not there.
    Missing,
    /// It cannot be told.
    Unclear,
}

/// Where a secret went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// The words of the receipt, such as `file:/x`.
    pub to: String,
}

/// A step of a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    #[serde(rename = "step")]
    pub stage: Stage,
    /// The new key's id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the operator was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// All that was written down under one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is called.
    pub id: EntryId,
    /// When it began.
    pub at: Timestamp,
    /// The run that has it: the one that wrote its last line. None in what earlier versions wrote.
    pub run: Option<EntryId>,
    /// When that run began, where it is another one than this and lives: then nobody else goes on with it.
    pub held: Option<Timestamp>,
    /// What it began with.
    pub begun: Begun,
    /// What happened since, in order.
    pub events: Vec<Noted>,
}

/// What an entry began with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// One write.
    Intent(Box<Intent>),
    /// A rotation, whose writes are entries of their own.
    Rotation(Box<Rotation>),
    /// Its first line cannot be read.
    Lost,
}

/// An event and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

impl Rotation {
    /// Where its key is.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        Place {
            context: &self.context,
            origin: &self.origin,
            resource: &self.resource,
            parent: self.parent.as_ref().map(|row| &*row.id),
        }
    }
}

impl Entry {
    /// An entry of which nothing is known yet.
    pub(super) fn new(id: EntryId, at: Timestamp) -> Self {
        Self {
            id,
            at,
            run: None,
            held: None,
            begun: Begun::Lost,
            events: Vec::new(),
        }
    }

    /// The write that it began with.
    #[must_use]
    pub fn intent(&self) -> Option<&Intent> {
        match &self.begun {
            Begun::Intent(intent) => Some(intent),
            _ => None,
        }
    }

    /// The rotation that it began with.
    #[must_use]
    pub fn rotation(&self) -> Option<&Rotation> {
        match &self.begun {
            Begun::Rotation(rotation) => Some(rotation),
            _ => None,
        }
    }

    /// How the write ended, as far as is known; the last word where it was sent again.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        let mut events = self.events.iter().rev();
        events.find_map(|noted| match &noted.event {
            Event::Outcome(outcome) => Some(outcome),
            _ => None,
        })
    }

    /// It was done, though its answer could not be read.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.outcome()
            .is_some_and(|end| end.state == State::Unreadable)
    }

    /// What a look at the list said of it.
    #[must_use]
    pub fn seen(&self, found: &Found) -> Seen {
        match (self.intent().map(|intent| intent.verb), found) {
            (_, Found::Unclear) => Seen::Unclear,
            (Some(Verb::Delete), _) => Seen::Gone,
            (_, Found::Absent) => Seen::Missing,
            (Some(Verb::Create), _) | (_, Found::Exists { id: Some(_) }) => Seen::There,
            (_, Found::Exists { id: None }) => Seen::AsWanted,
        }
    }

    /// The id of the key that a write made or was done to, or that a rotation made; the last one told.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        let mut events = self.events.iter().rev();
        let told = events.find_map(|noted| match &noted.event {
            Event::Outcome(outcome) => outcome.id.as_deref(),
            Event::Resolved(Found::Exists { id }) => id.as_deref(),
            Event::Step(step) => step.id.as_deref(),
            _ => None,
        });
        told.or_else(|| {
            let target = self.intent()?.target.as_ref()?;
            Some(target.id.as_str())
        })
    }

    /// Where its secret went, in order.
    pub fn delivered(&self) -> impl Iterator<Item = &str> {
        self.events.iter().filter_map(|noted| match &noted.event {
            Event::Delivered(delivery) => Some(delivery.to.as_str()),
            _ => None,
        })
    }
}
