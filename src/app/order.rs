//! Rows are sorted by one rule: equal rows keep their order, and rows without a value are last in
//! both directions, "never" just before them. Numbers and times sort as numbers; texts without regard to case and with the
//! numbers in them as numbers, so that `key9` is before `key10`. [`Ranks`] are that rule for one column;
//! `view` keeps them, and `ls --sort` makes them once.

use std::{collections::HashMap, fmt};

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
    let ranks = orders.iter().map(|order| {
        let key = keys(order);
        let ranks = Ranks::of(view.iter().map(|row| key(*row)));
        (ranks, order.descending)
    });
    let ranks: Vec<(Ranks, bool)> = ranks.collect();
    let by: Vec<(&Ranks, bool)> = ranks.iter().map(|(ranks, down)| (ranks, *down)).collect();
    *view = arranged(view.len(), &by)
        .into_iter()
        .filter_map(|place| view.get(place as usize).copied())
        .collect();
}

/// Where each row stands by one column: equal rows have one rank. Made once, it serves both directions and
/// any further columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranks {
    ranks: Vec<u32>,
    /// How many values there are; "never" is next, and rows without a value are last.
    values: u32,
}

impl Ranks {
    /// The ranks of rows with these keys.
    pub fn of<'a>(keys: impl Iterator<Item = Key<'a>>) -> Self {
        let mut numbers: Vec<(i64, u32)> = Vec::new();
        let mut texts = Texts::default();
        let (mut never, mut ranks) = (Vec::new(), Vec::with_capacity(keys.size_hint().0));
        for (place, key) in (0_u32..).zip(keys) {
            ranks.push(u32::MAX);
            match key {
                Key::Int(number) => numbers.push((number, place)),
                Key::Text(text) => texts.push(text, place),
                Key::Never => never.push(place),
                Key::Missing => {}
            }
        }
        numbers.sort_unstable();
        let mut made = Self { ranks, values: 0 };
        let mut last = None;
        for (number, place) in numbers {
            made.values += u32::from(last.is_some_and(|last| last != number));
            last = Some(number);
            made.put(place, made.values);
        }
        made.values += u32::from(last.is_some());
        let (of_texts, rows) = texts.ranked();
        let distinct = of_texts.iter().map(|rank| rank + 1).max().unwrap_or(0);
        for (place, text) in rows {
            let rank = of_texts.get(text as usize).copied().unwrap_or(0);
            made.put(place, made.values + rank);
        }
        made.values += distinct;
        for place in never {
            made.put(place, made.values);
        }
        let missing = made.values + 1;
        for rank in made.ranks.iter_mut().filter(|rank| **rank == u32::MAX) {
            *rank = missing;
        }
        made
    }

    fn put(&mut self, place: u32, rank: u32) {
        if let Some(known) = self.ranks.get_mut(place as usize) {
            *known = rank;
        }
    }

    /// The rank as it counts in this direction.
    fn directed(&self, rank: u32, descending: bool) -> usize {
        let rank = if descending && rank < self.values {
            self.values - 1 - rank
        } else {
            rank
        };
        rank as usize
    }
}

/// The rows in order: the first column decides, the next only between equals.
#[must_use]
pub fn arranged(count: usize, by: &[(&Ranks, bool)]) -> Vec<u32> {
    let mut places: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
    // Each pass is stable, so the column that decides comes last.
    for (ranks, descending) in by.iter().rev() {
        let rank = |place: u32| {
            let rank = ranks.ranks.get(place as usize).copied();
            ranks.directed(rank.unwrap_or(ranks.values + 1), *descending)
        };
        // Where the rows of each rank start: ranks are dense, so they are counted instead of compared.
        let mut starts = vec![0_u32; ranks.values as usize + 3];
        for place in &places {
            if let Some(next) = starts.get_mut(rank(*place) + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut sorted = vec![0; places.len()];
        for place in places {
            if let Some(start) = starts.get_mut(rank(place)) {
                if let Some(slot) = sorted.get_mut(*start as usize) {
                    *slot = place;
                }
                *start += 1;
            }
        }
        places = sorted;
    }
    places
}

/// Texts that are pushed before it is judged whether they repeat.
const TRIAL: usize = 1024;

/// Texts on their way to be sorted: all folded into one arena, their first bytes packed. A text that stands
/// at one place in memory for many rows is folded and compared once.
#[derive(Default)]
struct Texts {
    arena: Vec<u8>,
    /// Where each text ends in the arena.
    ends: Vec<usize>,
    /// Row and number of its text.
    rows: Vec<(u32, u32)>,
    /// First bytes of each text, and its number.
    heads: Vec<(u128, u32)>,
    /// Numbers by where their texts stand.
    known: HashMap<(usize, usize), u32>,
}

impl Texts {
    fn push(&mut self, text: &str, place: u32) {
        // Where nearly every row has its own text, looking for repeated ones costs more than it saves.
        let looks = self.rows.len() < TRIAL || self.ends.len() < self.rows.len() / 10 * 9;
        let at = (text.as_ptr().addr(), text.len());
        let known = looks.then(|| self.known.get(&at).copied()).flatten();
        let number = known.unwrap_or_else(|| {
            let number = self.fold(text);
            if looks {
                self.known.insert(at, number);
            }
            number
        });
        self.rows.push((place, number));
    }

    fn fold(&mut self, text: &str) -> u32 {
        let start = self.arena.len();
        fold(text, &mut self.arena);
        let mut head = [0; 16];
        for (packed, byte) in head.iter_mut().zip(self.arena.iter().skip(start)) {
            *packed = *byte;
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.heads.push((u128::from_be_bytes(head), number));
        self.ends.push(self.arena.len());
        number
    }

    /// The folded text after its first bytes.
    fn tail(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let before = number.checked_sub(1).and_then(|it| self.ends.get(it));
        let start = before.copied().unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        let head = start.saturating_add(16);
        self.arena.get(head.min(end)..end).unwrap_or_default()
    }

    /// The rank of each text, and each row with the number of its text.
    fn ranked(mut self) -> (Vec<u32>, Vec<(u32, u32)>) {
        let mut heads = std::mem::take(&mut self.heads);
        heads.sort_unstable_by(|(one, a), (other, b)| {
            let by_head = one.cmp(other);
            by_head.then_with(|| self.tail(*a).cmp(self.tail(*b)))
        });
        let mut ranks = vec![0; heads.len()];
        let (mut rank, mut last) = (0, None);
        for (head, number) in heads {
            let differs = |(before, other): (u128, u32)| {
                before != head || self.tail(other) != self.tail(number)
            };
            rank += u32::from(last.is_some_and(differs));
            last = Some((head, number));
            if let Some(known) = ranks.get_mut(number as usize) {
                *known = rank;
            }
        }
        (ranks, self.rows)
    }
}

/// Writes a text so that the order of its bytes is the order people expect: small letters, and each
/// run of digits with its length before it.
fn fold(text: &str, into: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (part, after) = if letter.is_ascii_digit() {
            let end = rest.bytes().position(|byte| !byte.is_ascii_digit());
            let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
            let digits = digits.trim_start_matches('0');
            // A run too long for its length is of the longest kind.
            into.extend([b'0', u8::try_from(digits.len()).unwrap_or(u8::MAX)]);
            (digits, after)
        } else {
            let words = |byte: u8| byte.is_ascii_digit() || !byte.is_ascii();
            let end = rest.bytes().position(words).unwrap_or(rest.len());
            rest.split_at(end.max(letter.len_utf8()))
        };
        if part.is_ascii() {
            into.extend(part.bytes().map(|byte| byte.to_ascii_lowercase()));
        } else {
            let mut small = [0; 4];
            for letter in part.chars().flat_map(char::to_lowercase) {
                into.extend_from_slice(letter.encode_utf8(&mut small).as_bytes());
            }
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::Role;

    /// Sorts by one column.
    fn sort<'a, T: Copy>(view: &mut Vec<T>, descending: bool, key: impl Fn(T) -> Key<'a>) {
        let ranks = Ranks::of(view.iter().map(|row| key(*row)));
        let places = arranged(view.len(), &[(&ranks, descending)]);
        *view = places.iter().map(|place| view[*place as usize]).collect();
    }

    fn sorted(texts: &[&'static str], descending: bool) -> Vec<&'static str> {
        let mut view = texts.to_vec();
        sort(&mut view, descending, Key::Text);
        view
    }

    #[test]
    fn numbers_inside_texts_sort_as_numbers() {
        let texts = [
            "key10", "Key9", "key", "key-1", "key09a", "key1x", "kez", "key007",
        ];
        let expected = [
            "key", "key-1", "key1x", "key007", "Key9", "key09a", "key10", "kez",
        ];
        assert_eq!(sorted(&texts, false), expected);
    }

    #[test]
    fn ids_of_digits_sort_by_value() {
        let expected = [
            "0",
            "2",
            "10",
            "99999999999999999999",
            "100000000000000000000",
        ];
        let mut turned = expected;
        turned.reverse();
        assert_eq!(sorted(&turned, false), expected);
        assert_eq!(sorted(&expected, true), turned);
    }

    #[test]
    fn texts_that_share_their_first_letters_are_told_apart() {
        let expected = ["deploy-prod-a", "deploy-prod-b", "deploy-prod-ba"];
        assert_eq!(
            sorted(&["deploy-prod-ba", "deploy-prod-b", "deploy-prod-a"], false),
            expected
        );
    }

    #[test]
    fn equal_rows_keep_their_order_in_both_directions() {
        for descending in [false, true] {
            assert_eq!(sorted(&["b", "B", "b"], descending), ["b", "B", "b"]);
            let mut view: Vec<usize> = (0..100).collect();
            sort(&mut view, descending, |_| Key::Int(1));
            assert!(view.is_sorted());
        }
    }

    #[test]
    fn rows_without_a_value_are_last_in_both_directions_and_never_just_before() {
        let keys = [
            Key::Missing,
            Key::Int(i64::MIN),
            Key::Never,
            Key::Int(i64::MAX),
            Key::Missing,
        ];
        let order = |descending| {
            let mut view: Vec<usize> = (0..keys.len()).collect();
            sort(&mut view, descending, |at| keys[at]);
            view
        };
        assert_eq!(order(false), [1, 3, 2, 0, 4]);
        assert_eq!(order(true), [3, 1, 2, 0, 4]);
    }

    #[test]
    fn the_first_column_decides_and_the_next_between_equals() {
        let rows = [(2, "a"), (1, "b"), (1, "a")];
        let orders = Order::parse("owner:desc,name", &Names::default()).unwrap();
        let mut view: Vec<usize> = vec![0, 1, 2];
        sort_all(&mut view, &orders, |order| {
            let by_name = order.column == Column::Role(Role::Name);
            move |at: usize| {
                if by_name {
                    Key::Text(rows[at].1)
                } else {
                    Key::Int(rows[at].0)
                }
            }
        });
        assert_eq!(view, [0, 2, 1]);
    }

    #[test]
    fn an_order_is_read_and_printed() {
        let read = |text| Order::parse(text, &Names::default());
        let printed = |text| {
            let orders = read(text).unwrap();
            orders
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(",")
        };
        assert_eq!(
            printed("created:desc, clientId:asc"),
            "created:desc,client-id"
        );
        assert_eq!(printed("age"), "created:desc", "the oldest is the earliest");
        assert_eq!(printed(""), "");
        let error = read("name,creatd").unwrap_err().to_string();
        assert_eq!(
            error,
            "no column is called \"creatd\"; did you mean created?"
        );
        assert!(
            read("xyzzy:desc")
                .unwrap_err()
                .to_string()
                .ends_with("\"xyzzy\"")
        );
    }

    fn key() -> impl Strategy<Value = Option<i64>> {
        prop::option::of(-3i64..3)
    }

    #[test]
    fn a_text_that_many_rows_share_is_folded_once() {
        let shared = ["b".repeat(20), "a".repeat(20)];
        let keys = (0..3_000).map(|row| Key::Text(&shared[row % 2]));
        let mut texts = Texts::default();
        for (row, key) in (0..).zip(keys.clone()) {
            if let Key::Text(text) = key {
                texts.push(text, row);
            }
        }
        assert_eq!(texts.ends.len(), 2);
        let ranks = Ranks::of(keys);
        assert_eq!((ranks.values, ranks.ranks[0], ranks.ranks[1]), (2, 1, 0));
    }

    proptest! {
        #[test]
        fn sorting_is_that_of_a_stable_sort(keys in prop::collection::vec(key(), 0..40), descending: bool) {
            let mut view: Vec<usize> = (0..keys.len()).collect();
            let mut expected = view.clone();
            sort(&mut view, descending, |at| keys[at].map_or(Key::Missing, Key::Int));
            let by = |at: usize| keys[at].map(|key| if descending { -key } else { key });
            expected.sort_by_key(|at| (by(*at).is_none(), by(*at)));
            prop_assert_eq!(view, expected);
        }

        #[test]
        fn no_text_is_lost(texts in prop::collection::vec(any::<String>(), 0..20), descending: bool) {
            let mut view: Vec<usize> = (0..texts.len()).collect();
            sort(&mut view, descending, |at| Key::Text(&texts[at]));
            view.sort_unstable();
            prop_assert!(view.into_iter().eq(0..texts.len()));
        }
    }
}
