//! A write on its way out and back: what is sent, what the journal is told of it, and what came of it.
//! `flight` makes one, `intent` carries it.

use crate::{
    api::{Change, Outcome, trace::Trace},
    app::rotation::RotationId,
    journal::{self, EntryId},
};

/// What a write belongs to beside itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// The rotation that it is a step of.
    pub rotation: Option<RotationId>,
    /// The entries of the journal that are closed once it is done.
    pub settles: Vec<EntryId>,
    /// It is sent again after one whose end is not known.
    pub repeat: bool,
    /// The journal cannot be written, and the operator wants it sent all the same.
    pub unwritten: bool,
}

/// A write on its way out, with all that the journal is told of it.
#[derive(Debug)]
pub struct Errand {
    /// What is sent.
    pub change: Change,
    /// What it is looked for by, should its answer be lost.
    pub trace: Trace,
    /// It is sent again after one whose end is not known.
    pub repeat: bool,
    /// It is sent although the journal cannot be written.
    pub unwritten: bool,
    /// The rotation that it is a step of.
    pub rotation: Rotating,
    /// Where a new secret goes, in words.
    pub sink: Option<String>,
}

/// The rotation that a write is a step of, as the journal knows it.
#[derive(Debug, Default)]
pub enum Rotating {
    /// None.
    #[default]
    No,
    /// One that begins with this write.
    Begins(Box<journal::Rotation>),
    /// One that has begun.
    Of(EntryId),
}

/// What came of an errand.
#[derive(Debug)]
pub struct Sent {
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent: should it be sent again, it is exactly this.
    pub change: Change,
    /// What it is looked for by.
    pub trace: Trace,
    /// Where the journal has it.
    pub entry: Option<EntryId>,
    /// Where the journal has its rotation.
    pub rotation: Option<EntryId>,
}
