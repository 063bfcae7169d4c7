//! The display's clipboard as a holder owns it and as another client reads it. `hold` runs this in
//! threads that it does not wait for.

#[cfg(any(windows, target_os = "macos"))]
mod system;
#[cfg(not(any(windows, target_os = "macos")))]
mod unix;

use super::Channel;

#[cfg(any(windows, target_os = "macos"))]
pub use system::{own, read};
#[cfg(not(any(windows, target_os = "macos")))]
pub use unix::{own, read};

/// The clipboard, owned by this process.
pub struct Owned {
    /// Which one.
    pub channel: Channel,
    /// Gives it back, if it is still ours.
    pub release: Box<dyn FnOnce() + Send>,
}

fn words(error: arboard::Error) -> String {
    match error {
        arboard::Error::ClipboardNotSupported => "the display has no clipboard".to_owned(),
        arboard::Error::ClipboardOccupied => "another program holds the clipboard".to_owned(),
        arboard::Error::Unknown { description } => description,
        other => other.to_string(),
    }
}
