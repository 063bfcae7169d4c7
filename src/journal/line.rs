//! One line of the file: `{"prev":…,"at":…,"id":…,"run":…,"event":…,"data":{…}}`. The hash and the id come first
//! and never change their form; what an event's data says may grow, and a reader that does not know an event
//! keeps its name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Begun, Entry, EntryId, Event, Noted};

pub(super) const INTENT: &str = "intent";
pub(super) const ROTATION: &str = "rotation";
pub(super) const OUTCOME: &str = "outcome";
pub(super) const RESOLVED: &str = "resolved";
pub(super) const DELIVERED: &str = "delivered";
pub(super) const ACKNOWLEDGED: &str = "acknowledged";
pub(super) const STEP: &str = "step";
pub(super) const TAKEN: &str = "taken";
pub(super) const CLOSED: &str = "closed";

/// A line as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    /// SHA-256 of the line before, without its end of line; of nothing for the first.
    pub prev: &'a str,
    /// When it was written, to the millisecond.
    pub at: Timestamp,
    /// The entry that it belongs to.
    pub id: EntryId,
    /// The run that wrote it; none in the lines of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<EntryId>,
    event: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The data of an event that is words alone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Words<T>(pub T);

impl<'a> Line<'a> {
    /// Reads a line; none when it is not one.
    pub(super) fn read(raw: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(raw).ok()
    }

    /// Adds to the entry what the line says.
    pub(super) fn add_to(&self, entry: &mut Entry) {
        entry.run = self.run.or(entry.run);
        let begun = match self.event {
            INTENT => self.data().map(|intent| Begun::Intent(Box::new(intent))),
            ROTATION => self.data().map(|turn| Begun::Rotation(Box::new(turn))),
            _ => None,
        };
        match begun {
            Some(begun) => entry.begun = begun,
            None => entry.events.push(Noted {
                at: self.at,
                event: self.event(),
            }),
        }
    }

    fn event(&self) -> Event {
        let known = match self.event {
            OUTCOME => self.data().map(Event::Outcome),
            RESOLVED => self.data().map(Event::Resolved),
            DELIVERED => self.data().map(Event::Delivered),
            ACKNOWLEDGED => self.data().map(|Words(how)| Event::Acknowledged { how }),
            STEP => self.data().map(Event::Step),
            TAKEN => Some(Event::Taken),
            CLOSED => self.data().map(|Words(why)| Event::Closed { why }),
            _ => None,
        };
        known.unwrap_or_else(|| Event::Other {
            name: self.event.to_owned(),
        })
    }

    fn data<T: Deserialize<'a>>(&self) -> Option<T> {
        serde_json::from_str(self.data.get()).ok()
    }
}

/// A line without its end.
pub(super) fn write(
    prev: &str,
    now: Timestamp,
    (id, run): (EntryId, Option<EntryId>),
    event: &str,
    data: &impl Serialize,
) -> serde_json::Result<Vec<u8>> {
    let data = to_raw_value(data)?;
    let millis = Timestamp::from_millisecond(now.as_millisecond());
    serde_json::to_vec(&Line {
        prev,
        at: millis.unwrap_or(now),
        id,
        run,
        event,
        data: &data,
    })
}
