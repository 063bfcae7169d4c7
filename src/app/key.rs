//! A key press in the notation of the config, the help and the tests: `ctrl-r`, `G`, `Enter`.
//! The runtime translates the terminal's events into [`Key`]s; nothing above it knows the terminal library.

use std::{fmt, str::FromStr};

/// What was pressed, without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed: capitals need no shift.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key.
    F(u8),
}

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What was pressed.
    pub code: Code,
    /// With control.
    pub ctrl: bool,
    /// With alt.
    pub alt: bool,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// A key with control.
    #[must_use]
    pub const fn ctrl(letter: char) -> Self {
        Self {
            code: Code::Char(letter),
            ctrl: true,
            alt: false,
        }
    }

    /// The text that the key types into a field.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self {
            Self {
                code: Code::Char(letter),
                ctrl: false,
                alt: false,
            } => Some(letter),
            _ => None,
        }
    }
}

/// Names of the keys that are not characters.
const NAMED: [(&str, Code); 16] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("BackTab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PageUp", Code::PageUp),
    ("PageDown", Code::PageDown),
    ("Space", Code::Char(' ')),
    ("Escape", Code::Esc),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match self.code {
            Code::F(number) => write!(f, "F{number}"),
            code => match (NAMED.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => f.write_str(name),
                (None, Code::Char(letter)) => write!(f, "{letter}"),
                (None, _) => Ok(()),
            },
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            if let Some(tail) = rest.strip_prefix("ctrl-").filter(|tail| !tail.is_empty()) {
                (rest, ctrl) = (tail, true);
            } else if let Some(tail) = rest.strip_prefix("alt-").filter(|tail| !tail.is_empty()) {
                (rest, alt) = (tail, true);
            } else {
                break;
            }
        }
        let code = NAMED
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(rest))
            .map(|(_, code)| *code)
            .or_else(|| single(rest).map(Code::Char))
            .or_else(|| {
                rest.strip_prefix(['F', 'f'])
                    .and_then(|digits| digits.parse().ok())
                    .map(Code::F)
            })
            .ok_or_else(|| {
                format!("`{text}` is not a key; write it like `r`, `ctrl-r`, `Enter` or `F5`")
            })?;
        let code = match code {
            Code::Char(letter) if ctrl => Code::Char(letter.to_ascii_lowercase()),
            code => code,
        };
        Ok(Self { code, ctrl, alt })
    }
}

fn single(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_reads_back_as_the_same_key() {
        for text in [
            "r", "G", "ctrl-r", "alt-x", "Enter", "Esc", "F5", "Space", "/", "-", "ctrl--",
            "PageDown", "?",
        ] {
            let key: Key = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn a_word_that_is_no_key_is_refused_with_an_example() {
        let error = "ctrl-banana".parse::<Key>().unwrap_err();
        assert!(
            error.contains("ctrl-banana") && error.contains("ctrl-r"),
            "{error}"
        );
    }
}
