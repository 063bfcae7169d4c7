//! macOS and Windows hold the content themselves: a holder waits beside it, and takes it back only if it
//! still stands there.

use std::sync::mpsc::Sender;

use arboard::Clipboard;
use zeroize::Zeroizing;

use super::{super::hold::Event, Channel, Owned, words};

/// Puts a text on the clipboard.
pub fn own(text: &Zeroizing<String>, secret: bool, _: Sender<Event>) -> Result<Owned, String> {
    #[cfg(target_os = "macos")]
    use arboard::SetExtApple as _;
    #[cfg(windows)]
    use arboard::SetExtWindows as _;
    let mut clipboard = Clipboard::new().map_err(words)?;
    let set = clipboard.set();
    let set = if secret {
        set.exclude_from_history()
    } else {
        set
    };
    #[cfg(windows)]
    let set = if secret {
        set.exclude_from_cloud()
    } else {
        set
    };
    set.text(text.as_str()).map_err(words)?;
    let text = text.clone();
    // A clipboard of its own: not every platform lets one go to another thread.
    let release = move || {
        let Ok(mut clipboard) = Clipboard::new() else {
            return;
        };
        let read = clipboard.get_text().map(Zeroizing::new);
        if read.is_ok_and(|read| *read == *text) {
            let _ = clipboard.clear();
        }
    };
    Ok(Owned {
        channel: Channel::System,
        release: Box::new(release),
    })
}

/// What the clipboard holds.
pub fn read() -> Result<Zeroizing<Vec<u8>>, String> {
    let mut clipboard = Clipboard::new().map_err(words)?;
    match clipboard.get_text() {
        Ok(text) => Ok(Zeroizing::new(text.into_bytes())),
        Err(arboard::Error::ContentNotAvailable) => Ok(Zeroizing::default()),
        Err(error) => Err(words(error)),
    }
}
