//! `keyrack hold`, which keyrack starts itself: a process of its own that holds the clipboard. It talks
//! over pipes alone; what it is told to hold comes by standard input.

use super::{DONE, Ended, Failure};
use crate::deliver;

/// Holds the clipboard, or prints what it holds.
pub(super) fn run(read_back: bool) -> Ended {
    let done = if read_back {
        deliver::read_back()
    } else {
        deliver::hold()
    };
    done.map(|()| DONE).map_err(Failure::failed)
}
