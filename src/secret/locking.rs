//! A secret's memory stays out of the swap as far as the system lets it. Every [`Secret`](super::Secret)
//! asks for it once and goes on whatever the answer; [`Locking::now`] tells what the answers were.

use std::sync::atomic::{AtomicBool, Ordering};

/// Some pages were locked.
static LOCKED: AtomicBool = AtomicBool::new(false);
/// Some pages could not be locked.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Whether the memory of this process's secrets is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locking {
    /// There was no secret yet.
    Untried,
    /// All of it.
    Locked,
    /// A part: the system's limit was reached.
    Partly,
    /// None of it.
    NotLocked,
}

impl Locking {
    /// What came of it so far.
    #[must_use]
    pub fn now() -> Self {
        match (
            LOCKED.load(Ordering::Relaxed),
            REFUSED.load(Ordering::Relaxed),
        ) {
            (false, false) => Self::Untried,
            (true, false) => Self::Locked,
            (true, true) => Self::Partly,
            (false, true) => Self::NotLocked,
        }
    }
}

/// Locks the pages that a text stands on, for the life of the process: other secrets may stand on them too,
/// so that nobody may unlock them.
pub(super) fn lock(text: &str) {
    if text.is_empty() {
        return;
    }
    let answer = match region::lock(text.as_ptr(), text.len()) {
        Ok(guard) => {
            std::mem::forget(guard);
            &LOCKED
        }
        Err(_) => &REFUSED,
    };
    answer.store(true, Ordering::Relaxed);
}
