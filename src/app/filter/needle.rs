//! A text is found in another whatever the case of its letters, without a copy of either.

use std::ops::Range;

use crate::record::Rows;
use memchr::memmem::Finder;
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};

/// A text to find.
#[derive(Debug)]
pub(super) struct Needle {
    folded: Box<str>,
    /// First letter of an ASCII needle, in small and capital.
    first: Option<(u8, u8)>,
    /// Finds several letters of ASCII in many texts at once; a single one is soon found in each.
    finder: Option<Finder<'static>>,
}

/// What a needle was already told of the texts of some rows, by their number.
#[derive(Debug, Default)]
pub(super) struct Memo {
    texts: Vec<Option<bool>>,
    /// All texts before this number are known.
    scanned: u32,
    context: Option<bool>,
}

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
        let several = folded.is_ascii() && folded.len() > 1;
        Self {
            finder: several.then(|| Finder::new(&folded).into_owned()),
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

    /// Everywhere it stands in a short text, one behind the other, as bytes of that text.
    pub(super) fn places(&self, hay: &str) -> Vec<Range<usize>> {
        let (mut places, mut from) = (Vec::new(), 0);
        for (at, _) in hay.char_indices() {
            let rest = hay.get(at..).unwrap_or("");
            if at < from || self.folded.is_empty() {
                continue;
            }
            if let Some(end) = self.leads(rest) {
                from = at + end;
                places.push(at..from);
            }
        }
        places
    }

    /// How many bytes of the text it takes where the text begins with it.
    fn leads(&self, text: &str) -> Option<usize> {
        let mut wanted = self.folded.chars();
        for (at, letter) in text.char_indices() {
            if wanted.as_str().is_empty() {
                return Some(at);
            }
            for small in letter.to_lowercase() {
                // A letter that becomes several in small ones may be wanted in part.
                if wanted.next().is_some_and(|want| want != small) {
                    return None;
                }
            }
        }
        wanted.as_str().is_empty().then_some(text.len())
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

/// The letters of `~` in their order.
pub(super) fn letters(word: &str) -> Atom {
    let (case, marks) = (CaseMatching::Ignore, Normalization::Smart);
    Atom::new(word, case, marks, AtomKind::Fuzzy, false)
}

impl Memo {
    /// The text with this number has the needle; where all rows are asked about, many texts are looked at at
    /// once.
    pub(super) fn text(&mut self, word: u32, needle: &Needle, rows: &Rows, all: bool) -> bool {
        if let (true, Some(finder)) = (all, &needle.finder) {
            while self.scanned <= word {
                self.scan(finder, needle, rows);
            }
        }
        let known = self.known(word).and_then(|known| *known);
        known.unwrap_or_else(|| {
            let answer = needle.is_in(rows.text(word));
            if let Some(known) = self.known(word) {
                *known = Some(answer);
            }
            answer
        })
    }

    fn known(&mut self, word: u32) -> Option<&mut Option<bool>> {
        let place = word as usize;
        if place >= self.texts.len() {
            self.texts
                .resize((place + 1).max(self.texts.len() * 2), None);
        }
        self.texts.get_mut(place)
    }

    fn scan(&mut self, finder: &Finder<'_>, needle: &Needle, rows: &Rows) {
        let from = self.scanned;
        let mut found = Vec::new();
        let until = rows.scan(
            finder,
            from,
            |text| needle.is_in(text),
            |word| found.push(word),
        );
        // Texts come behind these only; there is always one to go on with.
        self.scanned = until.max(from.saturating_add(1));
        self.known(self.scanned);
        let seen = self.texts.get_mut(from as usize..self.scanned as usize);
        seen.unwrap_or_default().fill(Some(false));
        for word in found {
            if let Some(known) = self.known(word) {
                *known = Some(true);
            }
        }
    }

    /// The name of the rows' context has the needle.
    pub(super) fn context(&mut self, needle: &Needle, name: &str) -> bool {
        *self.context.get_or_insert_with(|| needle.is_in(name))
    }
}
