//! Wayland's data control. A source ends with the process that offers it, so giving it back is ending.

use std::{io::Read as _, sync::mpsc::Sender, thread};

use wl_clipboard_rs::{copy, paste, utils::is_primary_selection_supported};
use zeroize::Zeroizing;

use super::{Channel, Event, Owned};

/// The compositor lets programs at the clipboard.
pub fn is_here() -> bool {
    is_primary_selection_supported().is_ok()
}

/// Offers a text; tells when something else is offered.
pub fn own(text: &Zeroizing<String>, secret: bool, events: Sender<Event>) -> Result<Owned, String> {
    let mut options = copy::Options::new();
    options.foreground(true).sensitive(secret);
    let source = copy::Source::Bytes(text.as_bytes().into());
    let prepared = options
        .prepare_copy(source, copy::MimeType::Text)
        .map_err(|error| error.to_string())?;
    let serve = move || {
        let _ = prepared.serve();
        let _ = events.send(Event::Gone);
    };
    thread::Builder::new()
        .spawn(serve)
        .map_err(|error| error.to_string())?;
    Ok(Owned {
        channel: Channel::Wayland,
        release: Box::new(|| {}),
    })
}

/// What the clipboard holds.
pub fn read() -> Result<Zeroizing<Vec<u8>>, String> {
    let clipboard = paste::ClipboardType::Regular;
    match paste::get_contents(clipboard, paste::Seat::Unspecified, paste::MimeType::Text) {
        Ok((mut pipe, _)) => {
            let mut bytes = Zeroizing::default();
            let read: std::io::Result<usize> = pipe.read_to_end(&mut bytes);
            read.map(|_| bytes).map_err(|error| error.to_string())
        }
        Err(paste::Error::ClipboardEmpty | paste::Error::NoMimeType) => Ok(Zeroizing::default()),
        Err(error) => Err(error.to_string()),
    }
}
