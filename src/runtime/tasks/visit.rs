//! What earlier runs saw of each list is read once and written as lists come whole, one at a time. Where it
//! cannot be, nothing is new: that is said in the log alone.

use std::sync::{Mutex, PoisonError};

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

/// Two lists that come at once are written one after the other.
static TURN: Mutex<()> = Mutex::new(());

impl Tasks {
    /// Reads what earlier runs saw.
    pub(super) fn read_visit(&self) {
        let (sender, folder) = (self.sender.clone(), self.state.clone());
        tokio::task::spawn_blocking(move || {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
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
        tokio::task::spawn_blocking(move || {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            let known = remember::load::<Visit>(&folder, NAME);
            let known = known.map_err(|error| log::warn!("{error}")).ok().flatten();
            let mut visit = known.unwrap_or_default();
            visit.keep(seen);
            if let Err(error) = remember::save(&folder, NAME, &visit) {
                log::warn!("{error}");
            }
        });
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
        let list = json!({ "context": "dev", "address": "https://dev.example", "resource": "keys",
                           "at": 7, "ids": [1, 2, 4_294_967_295_u32] });
        let seen: Seen = serde_json::from_value(list).unwrap();
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
