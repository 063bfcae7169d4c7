//! A text is found in another whatever the case of its letters, without a copy of either.

/// A text to find.
#[derive(Debug)]
pub(super) struct Needle {
    folded: Box<str>,
    /// First letter of an ASCII needle, in small and capital.
    first: Option<(u8, u8)>,
}

fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let first = text.bytes().next().filter(|_| text.is_ascii());
        Self {
            folded: fold(text).collect::<String>().into(),
            first: first.map(|byte| (byte.to_ascii_lowercase(), byte.to_ascii_uppercase())),
        }
    }

    /// The needle in small letters.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    pub(super) fn is_in(&self, hay: &str) -> bool {
        match self.first {
            Some(first) => self.is_in_bytes(hay.as_bytes(), first),
            None => self.folded.is_empty() || self.is_in_letters(hay),
        }
    }

    fn is_in_bytes(&self, hay: &[u8], (small, capital): (u8, u8)) -> bool {
        let needle = self.folded.as_bytes();
        hay.windows(needle.len()).any(|part| {
            let starts = part.first().is_some_and(|&b| b == small || b == capital);
            starts && part.eq_ignore_ascii_case(needle)
        })
    }

    fn is_in_letters(&self, hay: &str) -> bool {
        hay.char_indices().any(|(at, _)| {
            let mut letters = fold(hay.get(at..).unwrap_or(""));
            self.folded.chars().all(|want| letters.next() == Some(want))
        })
    }
}
