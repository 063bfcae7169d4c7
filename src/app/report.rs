//! How a write ended, in the four words that scripts and the console share, and what is told of it. `bulk`
//! counts these, and `cli` prints them.

use crate::journal::EntryId;

/// How a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// It was done.
    Done,
    /// It was certainly not done.
    NotDone,
    /// It may have been done.
    Unknown,
    /// It was done, and what its answer held is lost.
    Unreadable,
}

impl End {
    /// The word that scripts read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone => "not_done",
            Self::Unknown => "unknown",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What is told of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// The key's id, where it is known.
    pub id: Option<String>,
    /// The key's name as the service has it.
    pub name: Option<String>,
    /// What happened to the key, why, and what to do next.
    pub message: String,
    /// Where the journal has it.
    pub journal: Option<EntryId>,
    /// A part is missing, however it ended.
    pub partial: bool,
}
