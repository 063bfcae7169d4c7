//! What a session holds for all calls: it counts how often that was renewed, is renewed before it ends, and
//! remembers a try that failed for those who waited for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::cookies::Cookies;
use crate::api::{ApiError, Inputs};

/// What a session holds, and since which try it does not.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Counts the logins, so that a refused call knows whether somebody renewed since.
    pub(super) turn: u64,
    pub(super) held: Option<Held>,
    renew_at: Option<Instant>,
    pub(super) failed: Option<(Instant, ApiError)>,
    /// The program made headers for one request alone: others need not wait for it.
    pub(super) alone: bool,
}

impl State {
    /// What is held, unless it is about to end.
    pub(super) fn fresh(&self) -> Option<&Held> {
        let ended = self.renew_at.is_some_and(|at| Instant::now() >= at);
        self.held.as_ref().filter(|_| !ended)
    }

    /// Holds something new, for this long.
    pub(super) fn hold(&mut self, held: Held, life: Option<Duration>) {
        self.turn += 1;
        self.held = Some(held);
        self.failed = None;
        self.renew_at = life.and_then(|life| Instant::now().checked_add(early(life)));
    }

    /// The failure of a try that was made while a caller waited.
    pub(super) fn failed_since(&self, asked: Instant) -> Result<(), ApiError> {
        match &self.failed {
            Some((at, error)) if *at > asked => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

/// What signing in gave, for all calls until it ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// The captures of a login, or the headers that a program made.
    pub(super) values: Arc<Inputs>,
    /// The cookies of a login that wants them kept.
    pub(super) cookies: Option<Arc<Cookies>>,
}

/// When a token of this lifetime is renewed: a minute early, a short one at half its life.
fn early(life: Duration) -> Duration {
    life.saturating_sub(Duration::from_mins(1)).max(life / 2)
}
