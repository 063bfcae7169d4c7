//! What earlier runs saw of each list is read once and written as lists come whole: one write takes all that
//! came while another was made. Where it cannot be, nothing is new: that is said in the log alone.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Tasks, post};
use crate::{
    app::{
        Msg,
        visit::{Seen, Visit},
    },
    remember,
};

/// What it is kept under.
const NAME: &str = "seen";

/// Lists on their way to the file.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    waiting: Mutex<Vec<Seen>>,
    /// Held while the file is read or written.
    turn: Mutex<()>,
}

impl Arrivals {
    /// Writes all lists that wait, if that was not done meanwhile.
    fn write(&self, folder: &Path) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let came = std::mem::take(&mut *waiting);
        drop(waiting);
        if came.is_empty() {
            return;
        }
        // Another console may have written meanwhile.
        let known = remember::load::<Visit>(folder, NAME);
        let known = known.map_err(|error| log::warn!("{error}")).ok().flatten();
        let mut visit = known.unwrap_or_default();
        for seen in came {
            visit.keep(seen);
        }
        if let Err(error) = remember::save(folder, NAME, &visit) {
            log::warn!("{error}");
        }
    }
}

impl Tasks {
    /// Reads what earlier runs saw.
    pub(super) fn read_visit(&self) {
        let (sender, folder) = (self.sender.clone(), self.state.clone());
        let arrivals = Arc::clone(&self.arrivals);
        tokio::task::spawn_blocking(move || {
            let _turn = arrivals.turn.lock().unwrap_or_else(PoisonError::into_inner);
            let visit = folder.map(|folder| remember::load::<Visit>(&folder, NAME));
            let visit = visit.and_then(|visit| visit.map_err(|error| log::warn!("{error}")).ok());
            post(&sender, Msg::Visited(visit.flatten().unwrap_or_default()));
        });
    }

    /// Keeps a list for the next visit.
    pub(super) fn keep_seen(&self, seen: Seen) {
        let Some(folder) = self.state.clone() else {
            return;
        };
        let arrivals = Arc::clone(&self.arrivals);
        let mut waiting = arrivals
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        waiting.push(seen);
        drop(waiting);
        tokio::task::spawn_blocking(move || arrivals.write(&folder));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        config::{Config, Environment},
        runtime::core::Mail,
    };

    fn seen(context: &str) -> Seen {
        let list = json!({ "context": context, "address": "https://dev.example", "resource": "keys",
                           "at": 7, "ids": [1, 2, 4_294_967_295_u32] });
        serde_json::from_value(list).unwrap()
    }

    #[test]
    fn one_write_takes_all_lists_that_wait() {
        let folder = tempfile::tempdir().unwrap();
        let read = || remember::load::<Visit>(folder.path(), NAME).unwrap();
        let arrivals = Arrivals::default();
        let mut expected = Visit::default();
        for context in ["dev", "staging", "prod"] {
            expected.keep(seen(context));
            arrivals.waiting.lock().unwrap().push(seen(context));
        }
        arrivals.write(folder.path());
        assert_eq!(read(), Some(expected));
        std::fs::remove_file(remember::path(folder.path(), NAME)).unwrap();
        arrivals.write(folder.path());
        assert_eq!(read(), None, "nothing waited");
    }

    #[tokio::test]
    async fn a_list_that_was_kept_is_read_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment {
            config_folder: Some("/keyrack/nowhere".into()),
            state_folder: Some(folder.path().to_owned()),
            ..Environment::default()
        };
        let config = Config::load(None, &environment).unwrap();
        let (sender, mut mail) = mpsc::unbounded_channel();
        let tasks = Tasks::new(&config, sender, environment);
        let seen = seen("dev");
        let mut expected = Visit::default();
        expected.keep(seen.clone());
        tasks.keep_seen(seen);
        let mut visit = Visit::default();
        // Which of the two has its turn first is left to the system.
        while visit == Visit::default() {
            tasks.read_visit();
            if let Some(Mail::Msg(msg)) = mail.recv().await
                && let Msg::Visited(read) = *msg
            {
                visit = read;
            }
        }
        assert_eq!(visit, expected);
    }
}
