//! A text or a secret goes to exactly the destination that was asked for, and the receipt says which
//! one it was and whether that is certain. The runtime and the commands hand a [`Content`] to a
//! [`Courier`] and keep the secret until the receipt is there; nothing here reads the environment: what
//! it needs of it is handed in.

use std::{fmt, io, path::PathBuf, time::Duration};

use zeroize::Zeroizing;

use crate::{record::Moment, secret::Secret};

mod clipboard;
mod command;
mod courier;
mod env;
mod file;
#[cfg(unix)]
#[cfg(test)]
mod fixture;
mod folder;
mod pattern;
mod rescue;
mod sink;

pub use clipboard::{hold, read_back};
pub use command::{apart, end_group, ending, find as find_program};
pub use courier::{Courier, Settings, Surroundings};
pub use file::{make as make_file, taken};
pub use pattern::{About, Pattern};
pub use rescue::{Rescue, Rescued};
pub use sink::Sink;

/// What is delivered: a copy of its own, erased when dropped.
pub struct Content {
    text: Zeroizing<String>,
    /// Clipboard histories are asked not to keep it, and it is taken back after a while.
    secret: bool,
    /// Its write in the journal: a rescue file names it.
    entry: Option<String>,
    /// The key that it is of, for a command that is told.
    about: Option<About>,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A way to a clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The X server's CLIPBOARD selection.
    X11,
    /// The Wayland compositor's data control.
    Wayland,
    /// The clipboard of macOS or Windows.
    System,
    /// The tmux server around us.
    Tmux,
    /// The OSC 52 sequence.
    Terminal,
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

/// How long a copy stays on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// From the copy, or from its last extension.
    pub lasts: Duration,
    /// The moment at which it ends.
    pub until: Moment,
}

impl Lease {
    /// A lease that begins now.
    fn from_now(lasts: Duration) -> Self {
        let now = jiff::Timestamp::now().as_microsecond();
        let micros = i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX);
        Self {
            lasts,
            until: Moment::from_micros(now.saturating_add(micros)),
        }
    }
}

/// Where the content went, and how certain that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Another client of the clipboard read the exact bytes.
    Copied {
        /// Which clipboard.
        channel: Channel,
        /// When it is taken back; never, for what is no secret.
        lease: Option<Lease>,
    },
    /// It left here; whether it arrived cannot be known.
    Handed(Channel),
    /// Standard output took it, and a newline.
    Printed,
    /// It is the whole content of a file.
    Stored(PathBuf),
    /// It is the value of a variable in a file.
    Set {
        /// The file.
        path: PathBuf,
        /// The variable.
        name: String,
    },
    /// A command read it and ended well.
    Taken(String),
    /// It is on no clipboard; why.
    NotCopied(String),
    /// It is nowhere; why.
    Failed(String),
}

/// Whether a content is where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is there.
    Certain,
    /// It left here, and nobody said that it came.
    Unknown,
    /// It is not there.
    None,
}

impl Receipt {
    /// Whether the content arrived.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        match self {
            Self::Copied { .. }
            | Self::Printed
            | Self::Stored(_)
            | Self::Set { .. }
            | Self::Taken(_) => Arrival::Certain,
            Self::Handed(_) => Arrival::Unknown,
            Self::NotCopied(_) | Self::Failed(_) => Arrival::None,
        }
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copied { channel, lease } => {
                write!(f, "copied to the clipboard ({channel})")?;
                match lease {
                    Some(lease) => write!(f, " for {}", words(lease.lasts)),
                    None => Ok(()),
                }
            }
            Self::Handed(Channel::Tmux) => f.write_str("handed to tmux"),
            Self::Handed(Channel::Terminal) => {
                f.write_str("sent to the terminal (OSC 52), which may ignore it")
            }
            Self::Handed(channel) => write!(
                f,
                "handed to the clipboard ({channel}), which could not be read back"
            ),
            Self::Printed => f.write_str("written to standard output"),
            Self::Stored(path) => write!(f, "stored in {}", path.display()),
            Self::Set { path, name } => write!(f, "stored as {name} in {}", path.display()),
            Self::Taken(command) => write!(f, "taken by the command {command}"),
            Self::NotCopied(why) => write!(f, "not copied: {why}"),
            Self::Failed(why) => write!(f, "not delivered: {why}"),
        }
    }
}

/// A time as people say it: `30 s`, `10 min`.
fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// A name that nobody can have taken: 16 hexadecimal digits.
fn unguessable() -> io::Result<String> {
    let mut random = [0; 8];
    getrandom::getrandom(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(format!("{:016x}", u64::from_ne_bytes(random)))
}

/// What came of a delivery, and what the caller has to send to the terminal for it, if anything.
#[derive(Debug)]
pub struct Delivery {
    /// Where it went.
    pub receipt: Receipt,
    /// Bytes for the terminal: the receipt holds only once they are sent.
    pub for_terminal: Option<Zeroizing<Vec<u8>>>,
    /// What a command printed: lines that a terminal may show, without the secret.
    pub output: Vec<String>,
}

impl From<Receipt> for Delivery {
    fn from(receipt: Receipt) -> Self {
        Self {
            receipt,
            for_terminal: None,
            output: Vec::new(),
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
            entry: None,
            about: None,
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
        Self {
            text,
            secret: true,
            entry: None,
            about: None,
        }
    }

    /// The same, with its write in the journal.
    #[must_use]
    pub fn of(self, entry: Option<String>) -> Self {
        Self { entry, ..self }
    }

    /// The same, with the key that it is of.
    #[must_use]
    pub fn about(self, about: Option<About>) -> Self {
        Self { about, ..self }
    }

    /// A second copy, for a way that may fail.
    fn again(&self) -> Self {
        Self {
            text: self.text.clone(),
            secret: self.secret,
            entry: self.entry.clone(),
            about: self.about.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_output_shows_what_is_delivered() {
        let secret = Secret::new(Zeroizing::new("canary".to_owned()));
        for content in [Content::secret(&secret), Content::text("canary")] {
            assert_eq!(format!("{content:?}"), "[redacted]");
        }
    }

    #[test]
    fn a_receipt_says_no_more_than_is_known() {
        let lease = Lease::from_now(Duration::from_secs(90));
        let copied = |lease| Receipt::Copied {
            channel: Channel::X11,
            lease,
        };
        let set = Receipt::Set {
            path: "/k/.env".into(),
            name: "KEY".to_owned(),
        };
        for (receipt, says, arrival) in [
            (
                copied(Some(lease)),
                "copied to the clipboard (X11) for 1 min 30 s",
                Arrival::Certain,
            ),
            (
                copied(None),
                "copied to the clipboard (X11)",
                Arrival::Certain,
            ),
            (
                Receipt::Handed(Channel::Wayland),
                "handed to the clipboard (Wayland), which could not be read back",
                Arrival::Unknown,
            ),
            (
                Receipt::Handed(Channel::Terminal),
                "sent to the terminal (OSC 52), which may ignore it",
                Arrival::Unknown,
            ),
            (
                Receipt::Stored("/k/f".into()),
                "stored in /k/f",
                Arrival::Certain,
            ),
            (set, "stored as KEY in /k/.env", Arrival::Certain),
            (
                Receipt::Taken("vault".to_owned()),
                "taken by the command vault",
                Arrival::Certain,
            ),
            (
                Receipt::NotCopied("why".to_owned()),
                "not copied: why",
                Arrival::None,
            ),
            (
                Receipt::Failed("why".to_owned()),
                "not delivered: why",
                Arrival::None,
            ),
        ] {
            assert_eq!(
                (receipt.to_string().as_str(), receipt.arrival()),
                (says, arrival)
            );
        }
    }
}
