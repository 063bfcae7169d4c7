//! What is said between this process and a holder: one line with the order, then the content; after that
//! a word a line each way. Both are the same binary, so the words have one home, here.

use std::{fmt, str::FromStr, time::Duration};

use super::Channel;

/// What a holder is to hold; the content's bytes follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Bytes of the content.
    pub length: usize,
    /// How long it is held; without an end when none.
    pub lasts: Option<Duration>,
    /// It is kept out of clipboard histories.
    pub secret: bool,
}

/// Longest line of an order, in bytes.
pub const LONGEST: u64 = 96;
/// Most bytes of a content.
pub const LARGEST: usize = 64 << 20;

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.lasts.map_or(0, |lasts| lasts.as_millis().max(1));
        let kind = if self.secret { "secret" } else { "text" };
        write!(f, "hold {kind} {} {millis}", self.length)
    }
}

impl FromStr for Order {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let mut words = line.split_whitespace();
        let mut word = || words.next().ok_or(());
        if word()? != "hold" {
            return Err(());
        }
        let secret = match word()? {
            "secret" => true,
            "text" => false,
            _ => return Err(()),
        };
        let length = word()?.parse().map_err(|_| ())?;
        let millis = word()?.parse().map_err(|_| ())?;
        if length > LARGEST {
            return Err(());
        }
        Ok(Self {
            length,
            lasts: (millis > 0).then(|| Duration::from_millis(millis)),
            secret,
        })
    }
}

/// What a holder is told later.
pub const EXTEND: &str = "extend";
/// What a holder is told when it may end.
pub const END: &str = "end";
/// What a holder answers to an extension.
pub const EXTENDED: &str = "extended";

/// What a holder says first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It owns this clipboard.
    Owned(Channel),
    /// It does not; why.
    Failed(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned(channel) => write!(f, "owned {channel}"),
            Self::Failed(why) => write!(f, "failed {}", why.replace(['\n', '\r'], " ")),
        }
    }
}

impl FromStr for Answer {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let channels = [Channel::X11, Channel::Wayland, Channel::System];
        match line.split_once(' ') {
            Some(("owned", name)) => {
                let channel = channels.into_iter().find(|known| known.to_string() == name);
                channel.map(Self::Owned).ok_or(())
            }
            Some(("failed", why)) => Ok(Self::Failed(why.to_owned())),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_understand_each_other() {
        for lasts in [None, Some(Duration::from_secs(30))] {
            let order = Order {
                length: 24,
                lasts,
                secret: lasts.is_some(),
            };
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        for answer in [
            Answer::Owned(Channel::Wayland),
            Answer::Failed("no display".to_owned()),
        ] {
            assert_eq!(answer.to_string().parse(), Ok(answer));
        }
        for line in [
            "",
            "hold",
            "hold x 1 1",
            "hold text 1",
            "hold text 99999999999 0",
        ] {
            assert_eq!(line.parse::<Order>(), Err(()), "{line}");
        }
        assert_eq!("owned tmux".parse::<Answer>(), Err(()));
    }
}
