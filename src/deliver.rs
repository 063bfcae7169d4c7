//! A text or a secret goes to exactly the destination that was asked for, and the receipt says which
//! one it was and whether that is certain. The runtime calls this for the model's effects; nothing
//! here reads the environment: what it needs of it is handed in.

use std::{ffi::OsString, fmt};

use zeroize::Zeroizing;

use crate::secret::Secret;

pub mod clipboard;

/// What is delivered: a copy of its own, erased when dropped.
#[derive(Debug)]
pub struct Content {
    text: Zeroizing<String>,
    /// Clipboard histories are asked not to keep it.
    secret: bool,
}

/// What the environment says about ways to a clipboard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// DISPLAY is set.
    pub x11: bool,
    /// `WAYLAND_DISPLAY` is set.
    pub wayland: bool,
    /// TMUX: where the tmux server around us listens.
    pub tmux: Option<OsString>,
    /// PATH, to find tmux.
    pub path: Option<OsString>,
}

/// A way to a clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The X server's CLIPBOARD selection.
    X11,
    /// The Wayland compositor's data control.
    Wayland,
    /// The clipboard of macOS or Windows.
    #[cfg_attr(
        not(any(windows, target_os = "macos")),
        expect(dead_code, reason = "other platforms name their display")
    )]
    System,
    /// A buffer of the tmux server around us.
    Tmux,
    /// The OSC 52 sequence.
    Terminal,
}

/// Where the content went, and how certain that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Another client of the clipboard read the exact bytes.
    Copied(Channel),
    /// It left here; whether it arrived cannot be known.
    Handed(Channel),
    /// It is nowhere; why.
    Failed(String),
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copied(channel) => write!(f, "copied to the clipboard ({channel})"),
            Self::Handed(Channel::Tmux) => f.write_str("handed to tmux"),
            Self::Handed(Channel::Terminal) => {
                f.write_str("sent to the terminal (OSC 52), which may ignore it")
            }
            Self::Handed(channel) => write!(
                f,
                "handed to the clipboard ({channel}), which could not be read back"
            ),
            Self::Failed(why) => write!(f, "not copied: {why}"),
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X11 => "X11",
            Self::Wayland => "Wayland",
            Self::System => "system",
            Self::Tmux => "tmux",
            Self::Terminal => "OSC 52",
        })
    }
}

/// What came of a delivery, and what the loop has to send to the terminal for it, if anything.
#[derive(Debug)]
pub struct Delivery {
    /// Where it went.
    pub receipt: Receipt,
    /// Bytes for the terminal: the receipt holds only once they are sent.
    pub for_terminal: Option<Zeroizing<Vec<u8>>>,
}

impl From<Receipt> for Delivery {
    fn from(receipt: Receipt) -> Self {
        Self {
            receipt,
            for_terminal: None,
        }
    }
}

impl Content {
    /// Anything that may be shown: an id, a name.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            secret: false,
        }
    }

    /// A secret: kept out of clipboard histories.
    #[must_use]
    pub fn secret(secret: &Secret) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the bytes leave to the destination that was asked for"
        )]
        let text = Zeroizing::new(secret.expose().to_owned());
        Self { text, secret: true }
    }
}
