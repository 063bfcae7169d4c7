//! A write is on the disk before it is sent, and what came of it after: whoever sends calls
//! [`Journal::begin`] first, and at the next start [`waiting`] tells what was left open. The journal is a
//! file of lines that are only ever added, each with the hash of the one before; it never holds a value.
//! The folder is handed in, and nothing here knows a backend or the screen.

mod chain;
mod entry;
mod file;
mod id;
mod line;
mod open;
mod run;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

pub use chain::Verified;
pub use entry::{
    Begun, Delivery, Entry, Event, Found, Intent, Mode, Noted, Order, Outcome, Place, Rotation,
    Seen, State, Step, Target, Verb,
};
pub use file::JournalError;
pub use id::EntryId;
pub use open::{Next, Stage, Waiting, rotations_of, waiting};

use line::Line;
use run::Run;

/// The name of the file in the state folder.
const NAME: &str = "journal.jsonl";

/// Where it is written down what is sent from here; nothing is touched before it is needed.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
    /// What shows others that this run lives; made with the first line.
    run: Arc<Mutex<Option<Run>>>,
}

impl Journal {
    /// The journal of this state folder, which need not be there.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            run: Arc::default(),
        }
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// Writes down what will be sent; only once this has returned may it be sent. Waits for the disk, and
    /// for other processes that write.
    ///
    /// # Errors
    /// When the line is not certain to be on the disk; then nothing may be sent.
    pub fn begin(&self, intent: &Intent) -> Result<EntryId, JournalError> {
        let id = self.fresh()?;
        self.append(id, line::INTENT, intent)?;
        Ok(id)
    }

    /// Writes down that a key will be replaced by another, in steps: the id is what resumes it.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn begin_rotation(&self, rotation: &Rotation) -> Result<EntryId, JournalError> {
        let id = self.fresh()?;
        self.append(id, line::ROTATION, rotation)?;
        Ok(id)
    }

    /// Writes down what happened since.
    ///
    /// # Errors
    /// When the line is not certain to be on the disk.
    pub fn note(&self, id: EntryId, event: &Event) -> Result<(), JournalError> {
        match event {
            Event::Outcome(outcome) => self.append(id, line::OUTCOME, outcome),
            Event::Resolved(found) => self.append(id, line::RESOLVED, found),
            Event::Delivered(delivery) => self.append(id, line::DELIVERED, delivery),
            Event::Acknowledged { how } => self.append(id, line::ACKNOWLEDGED, &line::Words(how)),
            Event::Step(step) => self.append(id, line::STEP, step),
            Event::Taken => self.append(id, line::TAKEN, &()),
            Event::Closed { why } => self.append(id, line::CLOSED, &line::Words(why)),
            // Only a newer version knows what it would mean.
            Event::Other { .. } => Ok(()),
        }
    }

    /// Everything that was written down, in the order in which it began; nothing where there is no journal.
    /// What a newer version wrote is kept as [`Event::Other`], what is not a line is passed over.
    ///
    /// # Errors
    /// When the file is there and cannot be read, or others could have written it.
    pub fn read(&self) -> Result<Vec<Entry>, JournalError> {
        match file::reader(&self.folder)? {
            Some(lines) => self.entries(lines),
            None => Ok(Vec::new()),
        }
    }

    /// Makes an entry that waits this run's, so that no other goes on with it while this one lives; gives
    /// what the journal has. One that waits no longer stays as it is.
    ///
    /// # Errors
    /// [`JournalError::Held`] when another run has it and lives; as [`begin`](Self::begin).
    pub fn take(&self, id: EntryId) -> Result<Vec<Entry>, JournalError> {
        let run = self.own()?;
        let mut entries = Vec::new();
        let allows = |lines| {
            entries = self.entries(lines)?;
            let found = entries.iter().find(|entry| entry.id == id);
            match found.and_then(|entry| entry.held) {
                Some(began) => Err(JournalError::Held { began }),
                None => Ok(found.is_some_and(|it| it.open().is_some() && it.run != Some(run))),
            }
        };
        file::append_if(&self.folder, allows, |before| {
            let prev = chain::hash(before);
            line::write(&prev, Timestamp::now(), (id, Some(run)), line::TAKEN, &())
        })?;
        Ok(entries)
    }

    fn entries(&self, mut lines: file::Lines) -> Result<Vec<Entry>, JournalError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: HashMap<EntryId, usize> = HashMap::new();
        let mut raw = Vec::new();
        while lines.next(&mut raw)? {
            let Some(line) = Line::read(&raw) else {
                continue;
            };
            let place = *places.entry(line.id).or_insert_with(|| {
                entries.push(Entry::new(line.id, line.at));
                entries.len() - 1
            });
            if let Some(entry) = entries.get_mut(place) {
                line.add_to(entry);
            }
        }
        self.tell_held(&mut entries);
        Ok(entries)
    }

    /// Marks what waits and is another run's that lives.
    fn tell_held(&self, entries: &mut [Entry]) {
        let own = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.as_ref().map(|run| run.id);
        let mut live: HashMap<EntryId, bool> = HashMap::new();
        let open = entries.iter_mut().filter(|entry| entry.open().is_some());
        for entry in open {
            let other = entry.run.filter(|run| Some(*run) != own);
            let held = other.filter(|run| {
                let lives = || run::lives(&self.folder, *run);
                *live.entry(*run).or_insert_with(lives)
            });
            entry.held = held.map(EntryId::made);
        }
    }

    /// The name of this run, whose file is locked from now on.
    fn own(&self) -> Result<EntryId, JournalError> {
        let mut own = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = own.as_ref() {
            return Ok(run.id);
        }
        let run = Run::begin(&self.folder, self.fresh()?)?;
        Ok(own.insert(run).id)
    }

    /// Follows the chain of hashes from the first line. It shows that a line which has others after it was
    /// changed, removed, moved or put in between; it cannot show that the last lines were cut off, nor that
    /// the whole file was written anew by somebody who computed the hashes again.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn verify(&self) -> Result<Verified, JournalError> {
        let mut chain = chain::Chain::default();
        let mut raw = Vec::new();
        let Some(mut lines) = file::reader(&self.folder)? else {
            return Ok(chain.end());
        };
        while lines.next(&mut raw)? {
            chain.follow(&raw);
        }
        Ok(chain.end())
    }

    fn fresh(&self) -> Result<EntryId, JournalError> {
        EntryId::fresh(Timestamp::now()).map_err(|error| JournalError::Write {
            path: self.path(),
            source: io::Error::other(error.to_string()),
        })
    }

    fn append(
        &self,
        id: EntryId,
        event: &str,
        data: &impl serde::Serialize,
    ) -> Result<(), JournalError> {
        let run = self.own()?;
        file::append(&self.folder, |before| {
            let prev = chain::hash(before);
            line::write(&prev, Timestamp::now(), (id, Some(run)), event, data)
        })
    }
}
