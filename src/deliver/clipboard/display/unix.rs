//! Wayland where the compositor lets programs at the clipboard, else X11: the same test as arboard's, so
//! that the holder and those who read it back agree.

mod wayland;
mod x11;

use std::sync::mpsc::Sender;

use zeroize::Zeroizing;

use super::{super::hold::Event, Channel, Owned, words};

/// Puts a text on the clipboard and serves it; tells when something else is there.
pub fn own(text: &Zeroizing<String>, secret: bool, events: Sender<Event>) -> Result<Owned, String> {
    if wayland::is_here() {
        wayland::own(text, secret, events)
    } else {
        x11::own(text, secret, events)
    }
}

/// What the clipboard holds.
pub fn read() -> Result<Zeroizing<Vec<u8>>, String> {
    if wayland::is_here() {
        wayland::read()
    } else {
        x11::read()
    }
}
