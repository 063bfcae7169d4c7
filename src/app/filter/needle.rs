//! A text is found in another whatever the case of its letters, without a copy of either.

/// A text to find.
#[derive(Debug)]
pub(super) struct Needle {
    folded: Box<str>,
    /// First letter of an ASCII needle, in small and capital.
    first: Option<(u8, u8)>,
}

/// What a needle was already told of texts that repeat, by their number.
#[derive(Debug, Default)]
pub(super) struct Memo(Vec<Option<bool>>);

fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// A text in small letters.
pub(super) fn folded(text: &str) -> String {
    fold(text).collect()
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let folded = folded(text);
        let first = folded.bytes().next().filter(|_| folded.is_ascii());
        Self {
            folded: folded.into(),
            first: first.map(|byte| (byte, byte.to_ascii_uppercase())),
        }
    }

    /// The needle in small letters.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    pub(super) fn is_in(&self, hay: &str) -> bool {
        match self.first {
            Some((small, capital)) => self.is_in_bytes(hay.as_bytes(), small, capital),
            None => self.folded.is_empty() || !hay.is_ascii() && self.is_in_letters(hay),
        }
    }

    fn is_in_bytes(&self, hay: &[u8], small: u8, capital: u8) -> bool {
        let needle = self.folded.as_bytes();
        let Some(last) = hay.len().checked_sub(needle.len()) else {
            return false;
        };
        let starts = hay.get(..=last).unwrap_or_default();
        memchr::memchr2_iter(small, capital, starts).any(|at| {
            let part = hay.get(at..at + needle.len());
            part.is_some_and(|part| part.eq_ignore_ascii_case(needle))
        })
    }

    fn is_in_letters(&self, hay: &str) -> bool {
        hay.char_indices().any(|(at, _)| {
            let mut letters = fold(hay.get(at..).unwrap_or(""));
            self.folded.chars().all(|want| letters.next() == Some(want))
        })
    }
}

impl Memo {
    /// The answer for the text with this number, asked for once.
    pub(super) fn ask(&mut self, word: u32, answer: impl FnOnce() -> bool) -> bool {
        let place = word as usize;
        if place >= self.0.len() {
            self.0.resize((place + 1).max(self.0.len() * 2), None);
        }
        match self.0.get_mut(place) {
            Some(known) => *known.get_or_insert_with(answer),
            None => answer(),
        }
    }
}
