//! Text that a server sent: it reaches a screen only through [`Text::shown`], in which every character
//! that moves, hides or reorders is a visible mark. What a name only pretends to be, [`Text::lookalike`]
//! and [`Text::skeleton`] tell.

mod cluster;
mod lookalike;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt::Write};

use unicode_segmentation::UnicodeSegmentation;

pub(super) use cluster::hides;
#[cfg(test)]
use lookalike::Lookalike;

/// Text of a server, exactly as it was sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// Wraps what a server sent.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The bytes as they were sent: for requests, comparison and data output, never for a terminal.
    #[must_use]
    pub fn exact(self) -> &'a str {
        self.0
    }

    /// The text as a terminal may show it on one line: control characters as their pictures (`␛`),
    /// whatever else cannot be seen as its number (`‹U+202E›`), and at most four combining marks and 64
    /// bytes in a cell. Borrowed where nothing had to change.
    #[must_use]
    pub fn shown(self) -> Cow<'a, str> {
        if self.0.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Cow::Borrowed(self.0);
        }
        let mut out = String::with_capacity(self.0.len());
        for cluster in self.0.graphemes(true) {
            cluster::show(cluster, &mut out);
        }
        if out == self.0 {
            Cow::Borrowed(self.0)
        } else {
            Cow::Owned(out)
        }
    }

    /// The lines of a field that has several, each as [`shown`](Self::shown); one at least.
    pub fn shown_lines(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.0
            .split('\n')
            .map(|line| Self(line.strip_suffix('\r').unwrap_or(line)).shown())
    }

    /// The text in ASCII alone: `pr\u{043e}d`. What looks alike differs here.
    #[must_use]
    pub fn escaped(self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for char in self.0.chars() {
            match char {
                '\\' => out.push_str("\\\\"),
                ' '..='~' => out.push(char),
                // Writing to a string cannot fail.
                _ => drop(write!(out, "\\u{{{:04x}}}", u32::from(char))),
            }
        }
        out
    }
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.shown(), f)
    }
}
