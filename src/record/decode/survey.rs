//! What answers are made of, for whoever writes a manifest: the names of members and what stands there,
//! never a value. A name that may itself be a value, as the keys of a map are, is not kept either.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    each_row,
    field::scalar,
    pointer::{Path, each_element, each_member, first, raw_at},
};
use crate::{
    manifest::{List, Op, Paging, RowShape},
    record::Moment,
};

/// Most members that are told apart: an answer cannot fill the memory with names.
const MOST: usize = 2_000;
/// How deep members are looked into.
const DEEP: usize = 5;
/// How deep what stands around rows is looked into.
const SHALLOW: usize = 3;
/// The longest name.
const LONGEST: usize = 40;
/// Most digits of a name: more of them make it a number or a key.
const DIGITS: usize = 4;
/// The longest word of a name that has a digit in it.
const WORD: usize = 12;
/// The step of a pointer that stands for each element of a list.
pub const EACH: &str = "*";

/// What stands somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// A whole number that is a moment of these years, in seconds or milliseconds.
    Epoch,
    /// Any other number.
    Number,
    /// Text.
    Text,
    /// Text that is a moment.
    Time,
    /// A list.
    List,
    /// An object.
    Object,
}

/// What was found at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How often something stood there.
    pub times: usize,
    /// What it was, and how often.
    pub shapes: BTreeMap<Shape, usize>,
}

impl Found {
    /// All that stood there and was not null is of these shapes, and something was.
    #[must_use]
    pub fn is_only(&self, shapes: &[Shape]) -> bool {
        let mut there = self
            .shapes
            .keys()
            .filter(|shape| **shape != Shape::Null)
            .peekable();
        there.peek().is_some() && there.all(|shape| shapes.contains(shape))
    }
}

/// Members by pointer; the elements of a list are at [`EACH`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members(BTreeMap<String, Found>);

impl Members {
    /// What was found at a pointer.
    #[must_use]
    pub fn get(&self, pointer: &str) -> Option<&Found> {
        self.0.get(pointer)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Found)> {
        self.0.iter().map(|(at, found)| (at.as_str(), found))
    }

    /// The members of what stands at a pointer.
    pub fn within<'m>(&'m self, pointer: &'m str) -> impl Iterator<Item = (&'m str, &'m Found)> {
        self.iter().filter(move |(at, _)| {
            at.strip_prefix(pointer)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|rest| !rest.contains('/'))
        })
    }

    fn walk(&mut self, at: &str, json: &str, deep: usize) {
        let shape = shape(json);
        if !self.0.contains_key(at) && self.0.len() >= MOST {
            return;
        }
        let found = self.0.entry(at.to_owned()).or_default();
        found.times += 1;
        *found.shapes.entry(shape).or_default() += 1;
        if deep == 0 {
            return;
        }
        // What is no JSON is told by the decoder.
        let _ = match shape {
            Shape::Object => each_member(json, |name, value| {
                if is_name(&name) {
                    self.walk(&format!("{at}/{}", escaped(&name)), value, deep - 1);
                }
            }),
            Shape::List => each_element(json, |_, value| {
                self.walk(&format!("{at}/{EACH}"), value, deep - 1);
            }),
            _ => Ok(()),
        };
    }
}

/// What the answers about one resource were made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Rows of each page, in the order in which the pages came.
    pub pages: Vec<usize>,
    /// Members of the rows of lists.
    pub listed: Members,
    /// Rows that were read one by one.
    pub got: usize,
    /// Members of rows that were read one by one.
    pub single: Members,
    /// Members around the rows of a list, and around a single row.
    pub around: Members,
    /// A page named a next one in its `Link` header.
    pub linked: bool,
}

impl Survey {
    /// Looks at a page of a list, whether or not it is what the manifest says.
    pub fn page(&mut self, list: &List, body: &[u8], linked: bool) {
        self.linked |= linked;
        let Ok(body) = std::str::from_utf8(body) else {
            return;
        };
        self.around.walk("", body, SHALLOW);
        let items = raw_at(body, Path::new(&list.items).steps());
        let Ok(Some(items)) = items else { return };
        let mut rows = 0;
        let listed = &mut self.listed;
        let read = each_row(list, items, |_, _, row| {
            rows += 1;
            if list.rows != RowShape::Strings {
                listed.walk("", row, DEEP);
            }
        });
        if read.is_ok() {
            self.pages.push(rows);
        }
    }

    /// Looks at the answer about one row.
    pub fn item(&mut self, op: &Op, body: &[u8]) {
        let Ok(body) = std::str::from_utf8(body) else {
            return;
        };
        let at = op.item.as_deref().unwrap_or_default();
        self.around.walk("", body, SHALLOW);
        if let Ok(Some(row)) = raw_at(body, Path::new(at).steps()) {
            self.got += 1;
            self.single.walk("", row, DEEP);
        }
    }

    /// Places where an answer has a list of what could be such rows, the shallowest first.
    #[must_use]
    pub fn lists(&self, rows: RowShape) -> Vec<&str> {
        let element: &[Shape] = match rows {
            RowShape::Strings => &[Shape::Text, Shape::Whole],
            _ => &[Shape::Object],
        };
        let each = |at: &str| self.around.get(&format!("{at}/{EACH}"));
        let lists = self.around.iter().filter(|(at, found)| {
            let fits = each(at).is_none_or(|it| it.is_only(element));
            found.shapes.contains_key(&Shape::List) && fits && !at.contains(EACH)
        });
        let mut lists: Vec<&str> = lists.map(|(at, _)| at).collect();
        lists.sort_by_key(|at| at.matches('/').count());
        lists
    }

    /// Members around the rows that pages are usually told by, where the list has none.
    #[must_use]
    pub fn paging(&self, list: &List) -> Vec<&str> {
        if list.page != Paging::None || list.rows == RowShape::One {
            return Vec::new();
        }
        let inside = format!("{}/", list.items);
        let names = self.around.iter().filter(|(at, found)| {
            let name = at.rsplit('/').next().unwrap_or_default();
            let says = !found.is_only(&[Shape::Object, Shape::List]) && found.times > 0;
            let outside = list.items.is_empty() || !at.starts_with(&inside);
            says && outside && !at.contains(EACH) && is_of_pages(name)
        });
        names.map(|(at, _)| at).collect()
    }
}

/// Words by which services tell that there is more, whatever their spelling.
fn is_of_pages(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let name = letters.collect::<String>().to_ascii_lowercase();
    let words = [
        "next",
        "more",
        "cursor",
        "pagetoken",
        "totalpages",
        "totalcount",
        "lastid",
        "continuation",
    ];
    words.iter().any(|word| name.contains(word))
}

/// What a JSON text is.
fn shape(json: &str) -> Shape {
    match first(json) {
        '{' => Shape::Object,
        '[' => Shape::List,
        'n' => Shape::Null,
        't' | 'f' => Shape::Flag,
        '"' => match scalar(json) {
            Some(text) if is_time(&text) => Shape::Time,
            _ => Shape::Text,
        },
        _ => match json.parse::<i64>() {
            Ok(946_684_800..4_102_444_800 | 946_684_800_000..4_102_444_800_000) => Shape::Epoch,
            Ok(_) => Shape::Whole,
            Err(_) => Shape::Number,
        },
    }
}

/// A text that begins as a date does, and is one.
fn is_time(text: &str) -> bool {
    let starts = text.bytes().take(5).enumerate();
    let mut starts = starts.map(|(at, byte)| match at {
        4 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    text.len() >= 10 && starts.all(|fits| fits) && Moment::read(text).is_some()
}

/// A name that somebody gave to a member, and no value that became one.
fn is_name(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.$@:".contains(letter);
    let starts = |letter: char| letter.is_ascii_alphabetic() || "_$@".contains(letter);
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let mut words = name.split(['_', '-', '.', ':', '$', '@']);
    name.len() <= LONGEST
        && name.starts_with(starts)
        && name.chars().all(fits)
        && digits(name) <= DIGITS
        && words.all(|word| word.len() <= WORD || digits(word) == 0)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The pointers of members that no other one stands for: an object is told by those of its members that
/// have names of their own, else as a whole.
#[must_use]
pub fn leaves(members: &Members) -> BTreeSet<&str> {
    let mut leaves = BTreeSet::new();
    gather(members, "", &mut leaves);
    leaves
}

fn gather<'m>(members: &'m Members, at: &'m str, leaves: &mut BTreeSet<&'m str>) {
    let inner: Vec<&str> = match at {
        "" => members.within(at).map(|(at, _)| at).collect(),
        _ => named(members, at),
    };
    for at in inner {
        if named(members, at).is_empty() {
            leaves.insert(at);
        } else {
            gather(members, at, leaves);
        }
    }
}

/// The members of an object that most such objects have. What only some have may be keys of a map, and of a
/// single object only plain words are names for certain.
#[must_use]
pub fn named<'m>(members: &'m Members, at: &'m str) -> Vec<&'m str> {
    let Some(found) = members.get(at).filter(|it| it.is_only(&[Shape::Object])) else {
        return Vec::new();
    };
    let objects = found.shapes.get(&Shape::Object).copied().unwrap_or(0);
    let certain = |(at, inner): &(&str, &Found)| match objects {
        1 => at.rsplit('/').next().is_some_and(is_word),
        _ => inner.times * 2 > objects,
    };
    let named = members.within(at).filter(certain);
    named.map(|(at, _)| at).collect()
}

/// A short word of letters.
fn is_word(name: &str) -> bool {
    name.len() <= 24 && name.chars().all(|it| it.is_ascii_alphabetic() || it == '_')
}
