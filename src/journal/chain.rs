//! Each line has the SHA-256 of the one before. Following it shows where the file is not what was written;
//! what a cut end or a file written anew would show is nothing, and [`Verified`] does not claim otherwise.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::line::Line;

/// What following the chain has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lines in the file.
    pub lines: usize,
    /// The first line that does not follow from what stands before it.
    pub broken: Option<Broken>,
    /// Lines that were cut off while they were written, by number from 1: a crash or a full disk. Those
    /// before the last are part of the chain all the same.
    pub torn: Vec<usize>,
    /// The hash of the last line, in hexadecimal; kept elsewhere, it shows later that the file still begins
    /// with these lines.
    pub last: String,
}

/// A line that does not follow from what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Its number from 1.
    pub line: usize,
    /// It is not a line of a journal, rather than one with another hash.
    pub unreadable: bool,
}

/// The SHA-256 of a line without its end, in hexadecimal.
pub(super) fn hash(raw: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(raw) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Follows lines one by one.
#[derive(Debug)]
pub(super) struct Chain(Verified);

impl Default for Chain {
    fn default() -> Self {
        Self(Verified {
            last: hash(b""),
            ..Verified::default()
        })
    }
}

impl Chain {
    /// Takes the next line.
    pub(super) fn follow(&mut self, raw: &[u8]) {
        let Self(seen) = self;
        seen.lines += 1;
        let line = Line::read(raw);
        let follows = match &line {
            Some(line) => line.prev == seen.last,
            None => begins(raw, &seen.last),
        };
        if !follows {
            seen.broken.get_or_insert(Broken {
                line: seen.lines,
                unreadable: line.is_none(),
            });
        } else if line.is_none() {
            seen.torn.push(seen.lines);
        }
        seen.last = hash(raw);
    }

    /// What was shown by all that was taken.
    pub(super) fn end(self) -> Verified {
        self.0
    }
}

/// Whether what is left of a line could be the beginning of one that follows from this hash. A crash may
/// leave zeros where the rest should be.
fn begins(raw: &[u8], last: &str) -> bool {
    let zeros = raw.iter().rev().take_while(|byte| **byte == 0).count();
    let written = raw.len().saturating_sub(zeros);
    let wanted = format!("{{\"prev\":\"{last}\"");
    wanted
        .bytes()
        .zip(raw.iter().take(written))
        .all(|(wanted, found)| wanted == *found)
}
