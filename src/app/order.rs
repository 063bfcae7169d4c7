//! Rows are sorted by one rule: equal rows keep their order, and rows without a value are last in
//! both directions, "never" just before them. Numbers and times sort as numbers; texts without regard to case and with the
//! numbers in them as numbers, so that `key9` is before `key10`.

use std::{cmp::Ordering, fmt};

use super::filter::{Column, Names};
use crate::record::Cell;

/// A column to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub column: Column,
    /// From the greatest to the least.
    pub descending: bool,
}

/// Why a text is not a list of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// No column has this name.
    #[error("no column is called {name:?}{}", nearest.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    Unknown {
        /// What was typed.
        name: String,
        /// The name that is most like it.
        nearest: Option<String>,
    },
}

impl Order {
    /// Reads `created:desc,name`; the first column decides, the next only between equals.
    ///
    /// # Errors
    /// The first name that is no column, with the nearest that is one.
    pub fn parse(text: &str, names: &Names) -> Result<Vec<Self>, OrderError> {
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(|part| Self::one(part, names))
            .collect()
    }

    fn one(part: &str, names: &Names) -> Result<Self, OrderError> {
        let (name, descending) = match part.rsplit_once(':') {
            Some((name, "desc")) => (name, true),
            Some((name, "asc")) => (name, false),
            _ => (part, false),
        };
        // The greatest age is the earliest moment.
        let turned = name.eq_ignore_ascii_case("age");
        let column = names.column(name).ok_or_else(|| OrderError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, names),
        })?;
        Ok(Self {
            column,
            descending: descending != turned,
        })
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { ":desc" } else { "" };
        write!(f, "{}{direction}", self.column)
    }
}

fn nearest(name: &str, names: &Names) -> Option<String> {
    let name = name.to_lowercase();
    let far = |known: &str| strsim::damerau_levenshtein(&known.to_lowercase(), &name);
    names
        .iter()
        .min_by_key(|known| far(known))
        .filter(|known| far(known) <= 2)
        .map(str::to_owned)
}

/// By what a row is sorted; numbers are before texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// A number, or a time in microseconds.
    Int(i64),
    /// A text as it was sent.
    Text(&'a str),
    /// The time is "never": after all others.
    Never,
    /// The row has none.
    Missing,
}

impl<'a> Key<'a> {
    /// The key of a text.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(text)
    }

    /// The key of a cell.
    #[must_use]
    pub fn of(cell: Cell<'a>) -> Self {
        match cell {
            Cell::Absent | Cell::Null | Cell::Unrecorded | Cell::Hidden => Self::Missing,
            Cell::Never => Self::Never,
            Cell::Text(text) | Cell::List(text) | Cell::Json(text) => Self::Text(text.exact()),
            Cell::Bool(yes) => Self::Int(i64::from(yes)),
            Cell::Int(number) => Self::Int(number),
            Cell::Time(moment) => Self::Int(moment.micros()),
        }
    }
}

/// Sorts by several columns; `keys` makes for a column what gives a row's key.
pub fn sort_all<'a, T: Copy, K: Fn(T) -> Key<'a>>(
    view: &mut Vec<T>,
    orders: &[Order],
    keys: impl Fn(&Order) -> K,
) {
    // Each sort is stable, so the column that decides comes last.
    for order in orders.iter().rev() {
        sort(view, order.descending, keys(order));
    }
}

/// Sorts by one column.
pub fn sort<'a, T: Copy>(view: &mut Vec<T>, descending: bool, key: impl Fn(T) -> Key<'a>) {
    let mut numbers = Vec::new();
    let mut texts = Texts::default();
    let (mut never, mut missing) = (Vec::new(), Vec::new());
    for (place, row) in view.iter().enumerate() {
        match key(*row) {
            // The bits turned over sort the other way round, without overflow.
            Key::Int(number) => numbers.push((if descending { !number } else { number }, place)),
            Key::Text(text) => texts.push(text, place),
            Key::Never => never.push(place),
            Key::Missing => missing.push(place),
        }
    }
    numbers.sort_unstable();
    let numbers = numbers.into_iter().map(|(_, place)| place);
    let texts = texts.sorted(descending);
    let mut places: Vec<usize> = if descending {
        texts.chain(numbers).collect()
    } else {
        numbers.chain(texts).collect()
    };
    places.extend(never.into_iter().chain(missing));
    *view = places
        .into_iter()
        .filter_map(|place| view.get(place).copied())
        .collect();
}

/// Texts on their way to be sorted: all folded into one arena, their first bytes packed.
#[derive(Default)]
struct Texts {
    arena: String,
    entries: Vec<TextEntry>,
}

#[derive(Clone, Copy)]
struct TextEntry {
    head: u64,
    start: usize,
    end: usize,
    place: usize,
}

impl Texts {
    fn push(&mut self, text: &str, place: usize) {
        let start = self.arena.len();
        fold(text, &mut self.arena);
        let end = self.arena.len();
        let folded = self.arena.as_bytes().get(start..end).unwrap_or_default();
        let head = folded
            .iter()
            .chain(std::iter::repeat(&0))
            .take(8)
            .fold(0, |head, byte| head << 8 | u64::from(*byte));
        self.entries.push(TextEntry {
            head,
            start,
            end,
            place,
        });
    }

    fn sorted(self, descending: bool) -> impl Iterator<Item = usize> {
        let Self { arena, mut entries } = self;
        let text = |entry: &TextEntry| arena.get(entry.start..entry.end);
        let compare = |one: &TextEntry, other: &TextEntry| {
            let by_head = one.head.cmp(&other.head);
            by_head.then_with(|| text(one).cmp(&text(other)))
        };
        let directed = |ordering: Ordering| {
            if descending {
                ordering.reverse()
            } else {
                ordering
            }
        };
        entries.sort_unstable_by(|one, other| {
            directed(compare(one, other)).then(one.place.cmp(&other.place))
        });
        entries.into_iter().map(|entry| entry.place)
    }
}

/// Writes a text so that the order of its bytes is the order people expect: small letters, and each
/// run of digits with its length before it.
fn fold(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if letter.is_ascii_digit() {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            let digits = digits.trim_start_matches('0');
            let length = u32::try_from(digits.len()).unwrap_or(u32::MAX);
            into.push('0');
            into.push(char::from_u32(length.min(0xd000)).unwrap_or('0'));
            into.push_str(digits);
            rest = after;
        } else {
            into.extend(letter.to_lowercase());
            rest = rest.get(letter.len_utf8()..).unwrap_or("");
        }
    }
}
