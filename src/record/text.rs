//! Text that a server sent: it reaches a screen only through [`Text::shown`], in which every character
//! that moves, hides or reorders is a visible mark.

use std::borrow::Cow;

/// Text of a server, exactly as it was sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// The text as a terminal may show it on one line.
    #[must_use]
    pub fn shown(self) -> Cow<'a, str> {
        Cow::Borrowed(self.0)
    }
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.shown(), f)
    }
}
