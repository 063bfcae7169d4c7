//! What the journal keeps: shared ways to write one; each file below has one kind of rule.

mod chain;
#[cfg(unix)]
mod files;
mod open;
#[cfg(unix)]
mod processes;
mod words;

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;

/// A journal in a folder of its own, gone when dropped.
struct Kept {
    folder: TempDir,
    journal: Journal,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(&folder.path().join("state").join("keyrack"));
        Self { folder, journal }
    }

    /// With so many creates that are done.
    fn with(entries: usize) -> Self {
        let kept = Self::new();
        for at in 0..entries {
            let id = kept.journal.begin(&create(&format!("key {at}"))).unwrap();
            kept.journal.note(id, &ended(State::Done)).unwrap();
        }
        kept
    }

    fn folder(&self) -> PathBuf {
        self.folder.path().join("state").join("keyrack")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.journal.path()).unwrap()
    }

    fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    fn rewrite(&self, text: &str) {
        fs::write(self.journal.path(), text).unwrap();
    }

    fn broken(&self) -> Option<usize> {
        let verified = self.journal.verify().unwrap();
        verified.broken.map(|broken| broken.line)
    }
}

fn create(name: &str) -> Intent {
    Intent {
        context: "ci".to_owned(),
        name: Some(name.to_owned()),
        ..Intent::default()
    }
}

fn ended(state: State) -> Event {
    Event::Outcome(Outcome {
        state,
        ..Outcome::default()
    })
}
