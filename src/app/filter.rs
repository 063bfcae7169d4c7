//! The filter language has one grammar, and a filter prints as a sentence that means the same.
//! [`Filter::parse`] reads what people type, and [`Filter::positions`] finds the rows that it keeps,
//! without a copy of any; the console, `ls -f` and the saved filters all come here. A secret is never
//! searched.

mod bound;
mod column;
mod complete;
mod marks;
mod narrow;
mod needle;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::{
    manifest::Resource,
    record::{KeyId, Moment, Rows, Text},
};

pub use bound::{Bound, Notes};
pub use column::{Column, Names, Spot};
pub use complete::{Completion, List, complete};
pub use marks::Marks;

/// The whole language: an example, and what it finds. Help, `ls --help` and the README print it.
pub const LANGUAGE: &[(&str, &str)] = &[
    (
        "word",
        "rows with this text anywhere, in small or capital letters",
    ),
    ("one two", "rows with both"),
    (
        "one OR two",
        "rows with either; OR in capitals, weaker than a space",
    ),
    ("!word", "rows without it; stands before any term"),
    (
        "\"two words\"",
        "the text as it stands; \\\" is a quote in it",
    ),
    ("~fuzy", "names that have these letters in this order"),
    ("owner:ann", "the column has this text"),
    (
        "owner=ann",
        "the column is exactly this; owner=\"\" where it is empty",
    ),
    ("age>90d", "made more than 90 days ago; units s m h d w y"),
    ("used>30d", "last used more than 30 days ago"),
    ("used:never", "never used"),
    (
        "used:unrecorded",
        "the backend does not record when keys are used",
    ),
    ("expires<7d", "ends within 7 days, or has ended"),
    ("expires:never", "has no end"),
    (
        "created>2026-01-31",
        "later than that day; < is earlier, = is on it",
    ),
    ("id<100", "numbers compare as numbers"),
    ("is:expired", "has ended"),
    ("is:admin", "may do everything"),
    ("is:broad", "may do more than a key should"),
    ("is:mine", "the key that the context signs in with"),
];

/// Characters of a text that are shown before and after a mistake in it.
const AROUND: usize = 32;

/// A filter: any of its groups, in which all terms hold. The empty one keeps every row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    any: Vec<Vec<Term>>,
}

/// What a filter knows beside the row.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The moment from which ages count.
    pub now: Moment,
    /// The context's name.
    pub context: &'a str,
    /// The backend's name.
    pub backend: &'a str,
    /// The key that the context signs in with, where it is known.
    pub own: Option<&'a KeyId>,
}

/// Why a text is not a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter, character {}: {message}", at + 1)]
pub struct FilterError {
    /// Number of characters before the mistake.
    pub at: usize,
    /// What would be right.
    pub message: String,
}

impl FilterError {
    /// The mistake in a few lines: what would be right, then the text with a `^` under the character.
    #[must_use]
    pub fn pointed(&self, text: &str) -> String {
        let letters = text.chars().map(|letter| letter.to_string());
        let mut shown: Vec<String> = letters
            .map(|letter| Text::new(&letter).shown().into_owned())
            .collect();
        let from = self.at.saturating_sub(AROUND);
        shown.truncate(self.at.saturating_add(AROUND));
        let (left, right) = shown.split_at_checked(self.at).unwrap_or((&shown, &[]));
        let left = left.get(from..).unwrap_or(&[]).concat();
        let lead = if from > 0 { "…" } else { "" };
        let cut = right.len() == AROUND && text.chars().count() > self.at + AROUND;
        let tail = if cut { "…" } else { "" };
        let before = " ".repeat(lead.width() + left.width());
        let right = right.concat();
        format!("{self}\n{lead}{left}{right}{tail}\n{before}^")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    not: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Word(Box<str>),
    Fuzzy(Box<str>),
    Contains(Column, Box<str>),
    Equals(Column, Box<str>),
    Compare(Column, Side, Limit),
    Never(Column),
    Unrecorded(Column),
    Is(Is),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Less,
    More,
}

/// What `<` and `>` compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Span(u32, Unit),
    Day(jiff::civil::Date),
    Number(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Year,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Expired,
    Admin,
    Broad,
    Mine,
}

impl Filter {
    /// Reads a filter; `names` are the columns of the resources at hand.
    ///
    /// # Errors
    /// At the first character that cannot be right, also where a term is still being typed.
    pub fn parse(text: &str, names: &Names) -> Result<Self, FilterError> {
        parse::filter(text, names)
    }

    /// The rows that this filter keeps and whose column is exactly this; an empty text finds those without one.
    #[must_use]
    pub fn and_exactly(mut self, column: &Column, value: &str) -> Self {
        if self.any.is_empty() {
            self.any.push(Vec::new());
        }
        for all in &mut self.any {
            let term = Term {
                not: false,
                test: Test::Equals(column.clone(), value.into()),
            };
            if !all.contains(&term) {
                all.push(term);
            }
        }
        self
    }

    /// The filter fitted to the rows of one resource; `notes` are what an earlier one found out about the
    /// same rows.
    #[must_use]
    pub fn bound<'a>(&'a self, resource: &'a Resource, notes: Notes) -> Bound<'a> {
        Bound::new(self, resource, notes)
    }

    /// The positions of the rows that it keeps, in their order and not before `from`.
    pub fn positions<'a>(
        &'a self,
        rows: &'a Rows,
        from: usize,
        facts: &'a Facts<'a>,
    ) -> impl Iterator<Item = usize> + 'a {
        let bound = self.bound(rows.resource(), Notes::default());
        let mut bound = bound.for_all();
        (from..rows.len()).filter(move |row| bound.keeps(rows, *row, facts))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, all) in self.any.iter().enumerate() {
            if at > 0 {
                f.write_str(" OR ")?;
            }
            for (at, term) in all.iter().enumerate() {
                let blank = if at > 0 { " " } else { "" };
                let not = if term.not { "!" } else { "" };
                write!(f, "{blank}{not}{}", term.test)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "{}", Quoted::word(word)),
            Self::Fuzzy(word) => write!(f, "~{}", Quoted::value(word)),
            Self::Contains(column, value) => write!(f, "{column}:{}", Quoted::value(value)),
            Self::Equals(column, value) => write!(f, "{column}={}", Quoted::value(value)),
            Self::Compare(column, side, limit @ Limit::Span(..)) if *column == Column::CREATED => {
                write!(f, "age{side}{limit}")
            }
            Self::Compare(column, side, limit) => write!(f, "{column}{side}{limit}"),
            Self::Never(column) => write!(f, "{column}:{}", parse::NEVER),
            Self::Unrecorded(column) => write!(f, "{column}:{}", parse::UNRECORDED),
            Self::Is(what) => write!(f, "is:{}", what.word()),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Less => "<",
            Self::More => ">",
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(count, unit) => write!(f, "{count}{}", unit.letter()),
            Self::Day(day) => write!(f, "{day}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

impl Unit {
    const ALL: [Self; 6] = [
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Year,
    ];

    fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Year => 'y',
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Year => 365 * 86_400,
        }
    }
}

impl Is {
    const ALL: [Self; 4] = [Self::Expired, Self::Admin, Self::Broad, Self::Mine];

    fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Admin => "admin",
            Self::Broad => "broad",
            Self::Mine => "mine",
        }
    }
}

/// A text with quotes around it where it would otherwise be read as something else.
struct Quoted<'a> {
    text: &'a str,
    bare: bool,
}

impl<'a> Quoted<'a> {
    fn word(text: &'a str) -> Self {
        let mut quoted = Self::value(text);
        quoted.bare &=
            text != parse::OR && !text.starts_with(['!', '~']) && !text.contains(parse::SPLITS);
        quoted
    }

    fn value(text: &'a str) -> Self {
        let bare = !text.is_empty()
            && !text.starts_with('"')
            && !text.contains(char::is_whitespace)
            && parse::special(text).is_none();
        Self { text, bare }
    }
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bare {
            return f.write_str(self.text);
        }
        f.write_str("\"")?;
        for letter in self.text.chars() {
            if matches!(letter, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{letter}")?;
        }
        f.write_str("\"")
    }
}
