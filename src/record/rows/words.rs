//! Texts in one arena, named by numbers; those that repeat are kept once.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use memchr::memmem::Finder;

/// The number of no text.
pub(super) const NO_WORD: u32 = u32::MAX;

/// Bytes that one look for a needle goes through.
const CHUNK: usize = 1 << 16;

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Words {
    arena: String,
    /// Where each text ends in the arena; it starts where the one before ends.
    ends: Vec<u32>,
    /// Numbers of the texts with capital letters of ASCII, which a look for small ones does not find.
    capitals: Vec<u32>,
    /// Numbers by text, while texts come in.
    known: HashTable<u32>,
    /// Seeded per process: a server cannot choose texts that collide.
    seed: RandomState,
}

impl Words {
    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text with this number.
    pub(super) fn get(&self, word: u32) -> Option<&str> {
        text(&self.arena, &self.ends, word)
    }

    /// The hash of a text, for tables beside this one.
    pub(super) fn hash(&self, text: &str) -> u64 {
        self.seed.hash_one(text)
    }

    /// The number of a text, which is added if it is new; none once four gigabytes are full.
    pub(super) fn keep(&mut self, new: &str) -> Option<u32> {
        let hash = self.seed.hash_one(new);
        let (arena, ends) = (&self.arena, &self.ends);
        let same = |word: &u32| text(arena, ends, *word) == Some(new);
        if let Some(word) = self.known.find(hash, same) {
            return Some(*word);
        }
        let word = self.add(new)?;
        let (arena, ends, seed) = (&self.arena, &self.ends, &self.seed);
        self.known.insert_unique(hash, word, |word| {
            seed.hash_one(text(arena, ends, *word).unwrap_or(""))
        });
        Some(word)
    }

    /// The number of a text that is added without a look whether it is there already.
    pub(super) fn add(&mut self, new: &str) -> Option<u32> {
        let word = u32::try_from(self.ends.len())
            .ok()
            .filter(|word| *word != NO_WORD)?;
        let end = u32::try_from(self.arena.len().checked_add(new.len())?).ok()?;
        self.arena.push_str(new);
        self.ends.push(end);
        if new.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.capitals.push(word);
        }
        Some(word)
    }

    /// Gives back what only [`keep`](Self::keep) needs; a text that comes later may be kept twice.
    pub(super) fn shrink(&mut self) {
        self.known = HashTable::new();
        self.arena.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.capitals.shrink_to_fit();
    }

    /// Looks at some texts from this number on at once: tells which have the bytes in them as they stand, and
    /// gives the number of the first text that it did not look at.
    pub(super) fn scan(&self, finder: &Finder<'_>, from: u32, mut found: impl FnMut(u32)) -> u32 {
        let end_of = |word: usize| self.ends.get(word).map(|end| *end as usize);
        let mut word = from as usize;
        let start = word.checked_sub(1).and_then(end_of).unwrap_or(0);
        let most = start.saturating_add(CHUNK);
        let until = self.ends.partition_point(|end| (*end as usize) <= most);
        let until = until.max(word + 1).min(self.ends.len());
        let end = until.checked_sub(1).and_then(end_of).unwrap_or(start);
        let mut at = start;
        let rest = |at: usize| self.arena.as_bytes().get(at..end).unwrap_or_default();
        while let Some(place) = finder.find(rest(at)) {
            let place = at + place;
            while end_of(word).is_some_and(|end| end <= place) {
                word += 1;
            }
            let end = end_of(word).unwrap_or(end);
            at = if place + finder.needle().len() <= end {
                found(u32::try_from(word).unwrap_or(NO_WORD));
                end
            } else {
                // It begins in one text and ends in the next.
                place + 1
            };
        }
        u32::try_from(until).unwrap_or(NO_WORD)
    }

    /// The texts with capital letters among those of these numbers.
    pub(super) fn capitals(&self, from: u32, until: u32) -> &[u32] {
        let place = |number: u32| self.capitals.partition_point(|word| *word < number);
        self.capitals
            .get(place(from)..place(until))
            .unwrap_or_default()
    }
}

fn text<'a>(arena: &'a str, ends: &[u32], word: u32) -> Option<&'a str> {
    let word = word as usize;
    let end = *ends.get(word)? as usize;
    let start = match word.checked_sub(1) {
        Some(before) => *ends.get(before)? as usize,
        None => 0,
    };
    arena.get(start..end)
}
