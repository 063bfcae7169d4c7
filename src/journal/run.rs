//! Which run has an entry, and whether it lives: a run that writes holds a lock on an empty file of its own
//! beside the journal until it ends. The kernel lets go of it however that comes about, so that no process
//! number is guessed from. The files of runs that are gone are removed by the next run that writes.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use super::{EntryId, JournalError, NAME, file};

/// The folder of the files, in the state folder.
const RUNS: &str = "runs";

/// This run, which lives as long as its file is locked.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: EntryId,
    path: PathBuf,
    _locked: File,
}

impl Run {
    /// Makes the file of this run and locks it. All of it is done under the lock of the journal: nobody
    /// takes the file for one that a dead run left.
    pub(super) fn begin(folder: &Path, id: EntryId) -> Result<Self, JournalError> {
        file::make(folder)?;
        let _alone = file::locked(&folder.join(NAME))?;
        let runs = folder.join(RUNS);
        file::make(&runs)?;
        sweep(folder);
        let path = runs.join(id.to_string());
        let failed = |source| JournalError::Write {
            path: path.clone(),
            source,
        };
        let locked = file::create(&path).map_err(failed)?;
        locked.lock().map_err(failed)?;
        Ok(Self {
            id,
            path,
            _locked: locked,
        })
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a run of this name lives. One whose file cannot be looked at is not taken for dead.
pub(super) fn lives(folder: &Path, id: EntryId) -> bool {
    let path = folder.join(RUNS).join(id.to_string());
    let failed = |source| JournalError::Read {
        path: path.clone(),
        source,
    };
    match file::open(&path, OpenOptions::new().read(true), failed) {
        Ok(None) => false,
        // Shared, for others may look at the same time.
        Ok(Some(file)) => match file.try_lock_shared() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
        },
        Err(_) => true,
    }
}

/// Removes the files of runs that are gone.
fn sweep(folder: &Path) {
    let Ok(files) = fs::read_dir(folder.join(RUNS)) else {
        return;
    };
    for file in files.flatten() {
        let id = file.file_name().to_str().and_then(|name| name.parse().ok());
        if id.is_some_and(|id| !lives(folder, id)) {
            // It is empty: what stays is in nobody's way.
            let _ = fs::remove_file(file.path());
        }
    }
}
