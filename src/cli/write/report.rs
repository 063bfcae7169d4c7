//! How a write ended, for people on standard error and for scripts as one JSON object with an exit code.
//! A write that was done and whose secret did not arrive is done, and its exit code says that something is
//! missing.

use serde_json::{Value, json};

use super::Place;
use crate::{
    cli::{DONE, Ended, FAILED, PARTIAL, output},
    journal::EntryId,
    record::to_json,
};

/// How a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum End {
    /// It was done.
    Done,
    /// It was certainly not done.
    NotDone,
    /// It may have been done.
    Unknown,
    /// It was done, and what its answer held is lost.
    Unreadable,
}

/// What is told of a write.
#[derive(Debug)]
pub(in crate::cli) struct Report {
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

impl Report {
    fn code(&self) -> u8 {
        match self.end {
            _ if self.partial => PARTIAL,
            End::Done => DONE,
            End::NotDone => FAILED,
            End::Unknown | End::Unreadable => PARTIAL,
        }
    }

    fn json(&self, place: &Place) -> Value {
        json!({
            "outcome": match self.end {
                End::Done => "done",
                End::NotDone => "not_done",
                End::Unknown => "unknown",
                End::Unreadable => "unreadable",
            },
            "context": &**place.name(),
            "resource": place.resource.id,
            "id": self.id,
            "name": self.name,
            "message": self.message,
            "journal": self.journal.map(|id| id.to_string()),
        })
    }

    /// Says it on standard error.
    pub fn say(&self) {
        output::say(&self.message);
    }
}

/// Prints what scripts asked for, and gives the exit code; `many` tells that there could be several.
pub(in crate::cli) fn tell(place: &Place, reports: &[Report], many: bool, json: bool) -> Ended {
    if json {
        let mut items: Vec<Value> = reports.iter().map(|report| report.json(place)).collect();
        let whole = match items.pop() {
            Some(only) if !many => only,
            last => {
                items.extend(last);
                json!({ "items": items })
            }
        };
        output::print(&format!("{}\n", to_json(&whole)))?;
    }
    let mut codes = reports.iter().map(Report::code);
    let first = codes.next().unwrap_or(DONE);
    Ok(if codes.all(|code| code == first) {
        first
    } else {
        PARTIAL
    })
}
