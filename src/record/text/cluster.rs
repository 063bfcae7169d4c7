//! One user-perceived character on its way to a cell: what cannot be seen in it becomes a mark, and it
//! stays small enough for a cell.

use std::fmt::Write;

use unicode_properties::{GeneralCategory as Category, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Most combining marks on one base.
const MOST_MARKS: usize = 4;
/// Most bytes in one cell.
const MOST_BYTES: usize = 64;
/// Carries a combining mark that has no base of its own.
const CARRIER: char = '◌';
const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';

/// Writes a grapheme cluster as it may be shown.
pub(super) fn show(cluster: &str, out: &mut String) {
    let mut shown = Shown::default();
    let mut chars = cluster.chars().peekable();
    while let Some(char) = chars.next() {
        shown.push(char, chars.peek().copied());
    }
    shown.close();
    out.push_str(&shown.done);
}

/// A cluster as far as it is shown; marks end a cell and start another.
#[derive(Default)]
struct Shown {
    /// Cells that are finished.
    done: String,
    /// The cell that grows.
    cell: String,
    marks: usize,
    /// Characters that did not fit.
    cut: usize,
}

impl Shown {
    fn push(&mut self, char: char, next: Option<char>) {
        let joins = match char {
            JOINER => self.joins(next),
            '\u{fe0e}' | '\u{fe0f}' => self.selects(next),
            _ => {
                if hides(char) {
                    self.mark(char);
                    return;
                }
                if is_combining(char) {
                    self.combine(char);
                } else {
                    self.add(char);
                }
                return;
            }
        };
        if joins {
            self.add(char);
        } else {
            self.mark(char);
        }
    }

    /// A joiner stands between two emoji.
    fn joins(&self, next: Option<char>) -> bool {
        let before = self.cell.chars().next_back();
        let pictured = |char: char| char.is_emoji_char() && !component(char) && !hides(char);
        self.cut == 0
            && next.is_some_and(pictured)
            && before.is_some_and(|before| {
                pictured(before) || matches!(before, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
            })
    }

    /// A selector follows an emoji; on a digit it is part of a keycap.
    fn selects(&self, next: Option<char>) -> bool {
        self.cut == 0
            && self.cell.chars().next_back().is_some_and(|before| {
                before.is_emoji_char() && (!before.is_ascii() || next == Some(KEYCAP))
            })
    }

    fn combine(&mut self, char: char) {
        if self.cell.is_empty() {
            if !carried(char) {
                self.mark(char);
                return;
            }
            self.cell.push(CARRIER);
        }
        self.marks += 1;
        if self.marks > MOST_MARKS {
            self.cut += 1;
        } else {
            self.add(char);
        }
    }

    fn add(&mut self, char: char) {
        if self.cut > 0 || self.cell.len() + char.len_utf8() > MOST_BYTES {
            self.cut += 1;
        } else {
            self.cell.push(char);
        }
    }

    fn mark(&mut self, char: char) {
        self.close();
        write_mark(char, &mut self.done);
    }

    /// Ends the cell; one that would take no room on screen is told by its numbers.
    fn close(&mut self) {
        let mut cell = std::mem::take(&mut self.cell);
        while cell.ends_with(JOINER) {
            cell.pop();
            self.cut += 1;
        }
        if cell.width() == 0 {
            cell.chars()
                .for_each(|char| write_mark(char, &mut self.done));
        } else {
            self.done.push_str(&cell);
        }
        if self.cut > 0 {
            // Writing to a string cannot fail.
            let _ = write!(self.done, "‹+{}›", self.cut);
        }
        (self.marks, self.cut) = (0, 0);
    }
}

/// A character that is not seen, or that moves or reorders what is.
pub(in crate::record) fn hides(char: char) -> bool {
    match char.general_category() {
        Category::Control
        | Category::Format
        | Category::LineSeparator
        | Category::ParagraphSeparator
        | Category::PrivateUse
        | Category::Surrogate
        | Category::Unassigned => true,
        // The ideographic space has the width of what it stands beside.
        Category::SpaceSeparator => !matches!(char, ' ' | '\u{3000}'),
        // An empty braille cell is a space in disguise.
        _ => char == '\u{2800}' || is_ignorable(char),
    }
}

/// Unicode's `Default_Ignorable_Code_Point`, which is stable: what an unaware program does not show.
pub(super) fn is_ignorable(char: char) -> bool {
    matches!(
        u32::from(char),
        0xad | 0x34f
            | 0x61c
            | 0x115f..=0x1160
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f
            | 0x202a..=0x202e
            | 0x2060..=0x206f
            | 0x3164
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfff8
            | 0x1_bca0..=0x1_bca3
            | 0x1_d173..=0x1_d17a
            | 0xe_0000..=0xe_0fff
    )
}

/// Digits, flags' letters and skin tones: parts of emoji that join nothing themselves.
fn component(char: char) -> bool {
    char.is_ascii() || matches!(char, '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_combining(char: char) -> bool {
    matches!(
        char.general_category(),
        Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark
    )
}

/// The tables of clusters may be older than those of characters and not know a combining mark as one.
fn carried(char: char) -> bool {
    let pair: String = [CARRIER, char].iter().collect();
    pair.graphemes(true).count() == 1
}

fn write_mark(char: char, out: &mut String) {
    let number = u32::from(char);
    let picture = match number {
        0..0x20 => char::from_u32(0x2400 + number),
        0x7f => Some('␡'),
        _ => None,
    };
    match picture {
        Some(picture) => out.push(picture),
        // Writing to a string cannot fail.
        None => drop(write!(out, "‹U+{number:04X}›")),
    }
}
