//! The console's look is kept whenever nothing is typed any more, and given back at the next start: each
//! config has its own file in the state folder. Writing never makes a key wait, and no timer asks for it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

use crate::{
    app::{
        Model,
        look::{self, Look},
    },
    remember,
};

/// Keeps the console's look.
#[derive(Debug, Default)]
pub struct Keeper {
    /// Where and under which name; nowhere: nothing is kept.
    place: Option<(PathBuf, String)>,
    /// As it was read or kept last.
    last: Look,
    /// What is to be written next, the newest alone.
    next: Arc<Mutex<Option<Look>>>,
    /// Held while the file is written, so that the newest is written last.
    writes: Arc<Mutex<()>>,
}

impl Keeper {
    /// Keeps the look of the console on this config in a state folder.
    #[must_use]
    pub fn new(folder: Option<&Path>, config: &Path) -> Self {
        let config = config.canonicalize().unwrap_or_else(|_| config.to_owned());
        let hash = Sha256::digest(config.as_os_str().as_encoded_bytes());
        let bytes = hash.iter().take(8);
        let hash = bytes.fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        Self {
            place: folder.map(|folder| (folder.to_owned(), format!("look-{hash:016x}"))),
            ..Self::default()
        }
    }

    /// Gives a console that was not started yet the look that was kept; what cannot be read or is gone is
    /// told to the log alone.
    pub fn restore(&mut self, model: &mut Model) {
        let Some((folder, name)) = &self.place else {
            return;
        };
        match remember::load::<Look>(folder, name) {
            Ok(Some(look)) => {
                for gone in look::put_on(model, &look) {
                    log::info!("the context {gone:?} was shown by an earlier run and is gone");
                }
                self.last = look;
            }
            Ok(None) => self.last = look::of(model),
            Err(error) => log::warn!("the last look is not remembered: {error}"),
        }
    }

    /// Keeps the look, if it is another one and nobody is about to change it, without waiting for it.
    pub fn keep(&mut self, model: &Model) {
        if model.pane().filter.editing || !model.dialogs.is_empty() {
            return;
        }
        if self.notice(model)
            && let Some(write) = self.writer()
        {
            tokio::task::spawn_blocking(write);
        }
    }

    /// Keeps the look before the console ends.
    pub fn flush(&mut self, model: &Model) {
        self.notice(model);
        // What is being written is waited for.
        if let Some(write) = self.writer() {
            write();
        }
    }

    /// Takes the look to be written, if it is another one.
    fn notice(&mut self, model: &Model) -> bool {
        let look = look::of(model);
        if self.place.is_none() || model.first_run.is_some() || look == self.last {
            return false;
        }
        self.last.clone_from(&look);
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        true
    }

    /// Writes what is to be written, if that was not done meanwhile.
    fn writer(&self) -> Option<impl FnOnce() + use<>> {
        let (folder, name) = self.place.clone()?;
        let (next, writes) = (Arc::clone(&self.next), Arc::clone(&self.writes));
        Some(move || {
            let _alone = writes.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = next.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(look) = newest
                && let Err(error) = remember::save(&folder, &name, &look)
            {
                log::warn!("the look is not remembered: {error}");
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{Desk, context};

    fn desk() -> Desk {
        let mut desk = Desk::new(vec![
            context("a", "typesense"),
            context("b", "typesense"),
            context("c", "runai"),
        ]);
        desk.answer();
        desk
    }

    #[test]
    fn the_next_start_looks_as_the_last_one_ended() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        let mut keeper = Keeper::new(Some(folder.path()), &config);
        let mut first = desk();
        keeper.restore(&mut first.model);
        first.press("/");
        first.type_text("key 1");
        first.press("Enter o");
        first.type_text("created");
        first.press("Enter O 3");
        keeper.flush(&first.model);
        let mut second = desk();
        let mut keeper = Keeper::new(Some(folder.path()), &config);
        keeper.restore(&mut second.model);
        assert_eq!(look::of(&second.model), look::of(&first.model));
        assert_eq!(second.model.active, first.model.active);
        second.press("1");
        assert_eq!(second.model.pane().filter.input.value(), "key 1");
        assert!(second.model.pane().filter.filter.is_some());
        assert_eq!(second.model.pane().order, first.model.panes[0].order);
    }

    #[test]
    fn another_config_has_its_own_look_and_a_file_that_makes_no_sense_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = desk();
        first.press("3");
        let mut keeper = Keeper::new(Some(folder.path()), &folder.path().join("one.toml"));
        keeper.flush(&first.model);
        let mut other = desk();
        Keeper::new(Some(folder.path()), &folder.path().join("two.toml")).restore(&mut other.model);
        assert_eq!(look::of(&other.model), look::of(&desk().model));
        let (place, name) = keeper.place.unwrap();
        std::fs::write(remember::path(&place, &name), "{").unwrap();
        Keeper::new(Some(folder.path()), &folder.path().join("one.toml")).restore(&mut other.model);
        assert_eq!(look::of(&other.model), look::of(&desk().model));
    }
}
