//! What a filter found stands out where it is shown: each term marks its text in the cells that it was asked
//! of, and in no others. `ui` asks for the rows in its window only.

use std::ops::Range;

use nucleo_matcher::{Config, Matcher, Utf32Str, pattern::Atom};
use unicode_segmentation::UnicodeSegmentation;

use super::{Column, Filter, Spot, Test, needle, needle::Needle};
use crate::manifest::{Kind, Resource, Role};

/// The texts for which a filter keeps rows.
#[derive(Debug)]
pub struct Marks<'a> {
    terms: Vec<Sought<'a>>,
    /// Made for the first name.
    matcher: Option<Matcher>,
}

#[derive(Debug)]
enum Sought<'a> {
    Anywhere(Needle),
    In(&'a Column, Needle),
    Whole(&'a Column, &'a str),
    Letters(Atom),
}

impl<'a> Marks<'a> {
    /// What a filter looks for; what it keeps out marks nothing.
    #[must_use]
    pub fn of(filter: &'a Filter) -> Self {
        let terms = filter.any.iter().flatten().filter(|term| !term.not);
        let sought = terms.filter_map(|term| match &term.test {
            Test::Word(word) => Some(Sought::Anywhere(Needle::new(word))),
            Test::Fuzzy(word) => Some(Sought::Letters(needle::letters(word))),
            Test::Contains(column, value) => Some(Sought::In(column, Needle::new(value))),
            Test::Equals(column, value) if !value.is_empty() => Some(Sought::Whole(column, value)),
            _ => None,
        });
        Self {
            terms: sought.collect(),
            matcher: None,
        }
    }

    /// The bytes of a cell's text, as it is shown, that the filter looked for; `spot` is where rows of
    /// `resource` keep the cell.
    pub fn places(&mut self, resource: &Resource, spot: Spot, text: &str) -> Vec<Range<usize>> {
        let asked = |column: &Column| same(column.spot(resource), spot, resource);
        let mut places = Vec::new();
        for term in &self.terms {
            match term {
                Sought::Anywhere(needle) if worded(spot, resource) => {
                    places.extend(needle.places(text));
                }
                Sought::In(column, needle) if asked(column) => places.extend(needle.places(text)),
                Sought::Whole(column, value) if asked(column) => places.extend(wholes(text, value)),
                Sought::Letters(atom) if same(Spot::Name, spot, resource) => {
                    let matcher = &mut self.matcher;
                    let matcher = matcher.get_or_insert_with(|| Matcher::new(Config::DEFAULT));
                    places.extend(letters(atom, matcher, text));
                }
                _ => {}
            }
        }
        places
    }
}

/// A word is looked for there: a yes or no is none.
fn worded(spot: Spot, resource: &Resource) -> bool {
    let field = match spot {
        Spot::Field(at) => resource.field.get(at),
        _ => None,
    };
    field.is_none_or(|field| field.kind != Kind::Bool)
}

/// Both are the same place in the rows of this resource: an id or a name may be one of its fields.
fn same(one: Spot, other: Spot, resource: &Resource) -> bool {
    let plain = |spot: Spot| match spot {
        Spot::Field(at) => match resource.field.get(at) {
            Some(field) if field.role == Some(Role::Name) => Spot::Name,
            Some(field) if field.holds_id(resource) => Spot::Id,
            _ => spot,
        },
        _ => spot,
    };
    one != Spot::Nowhere && plain(one) == plain(other)
}

/// The whole text, or each item of a list that is exactly this.
fn wholes(text: &str, value: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    if text == value {
        found.push(0..text.len());
        return found;
    }
    for item in text.split(", ") {
        if item == value {
            found.push(at..at + item.len());
        }
        at += item.len() + 2;
    }
    found
}

/// Where the letters of a fuzzy name stand.
fn letters(atom: &Atom, matcher: &mut Matcher, text: &str) -> Vec<Range<usize>> {
    let (mut buffer, mut found) = (Vec::new(), Vec::new());
    let hay = Utf32Str::new(text, &mut buffer);
    if atom.indices(hay, matcher, &mut found).is_none() {
        return Vec::new();
    }
    let letters = text.grapheme_indices(true).zip(0u32..);
    let letters = letters.filter(|(_, number)| found.contains(number));
    letters
        .map(|((at, letter), _)| at..at + letter.len())
        .collect()
}
