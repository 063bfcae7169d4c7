//! Keys are counted by what stands in one column, the most first, and those of which nothing is known are a
//! group of their own. The dialog of groups and the health view count here; a text that repeats is counted
//! by its number, so that a hundred thousand rows cost one look each.

pub mod sheet;

use std::{borrow::Cow, collections::HashMap};

use super::filter::{Column, Facts, Spot};
use crate::record::{Cell, Rows, Text};

/// Keys that have one value in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value, as `column=value` finds it; none where the rows have no value.
    pub value: Option<String>,
    /// How many keys have it.
    pub count: usize,
}

/// Counts rows by one column, list by list.
#[derive(Debug)]
pub struct Tally<'a> {
    column: &'a Column,
    known: HashMap<Cow<'a, str>, usize>,
    unknown: usize,
    total: usize,
}

impl<'a> Tally<'a> {
    /// Counts by this column; nothing is counted yet.
    #[must_use]
    pub fn of(column: &'a Column) -> Self {
        Self {
            column,
            known: HashMap::new(),
            unknown: 0,
            total: 0,
        }
    }

    /// Counts the rows at these positions. A row with several values counts in the group of each.
    pub fn add(
        &mut self,
        rows: &'a Rows,
        facts: &Facts<'a>,
        positions: impl IntoIterator<Item = usize>,
    ) {
        let spot = self.column.spot(rows.resource());
        let mut by_word: Vec<usize> = Vec::new();
        // The row that tells what a number stands for.
        let mut told: Vec<usize> = Vec::new();
        for at in positions {
            self.total += 1;
            let word = match spot {
                Spot::Field(field) => rows.word(at, field).map(|word| word as usize),
                _ => None,
            };
            let Some(word) = word else {
                self.one(spot, rows, facts, at);
                continue;
            };
            if word >= by_word.len() {
                by_word.resize(word + 1, 0);
                told.resize(word + 1, at);
            }
            if let (Some(count), Some(told)) = (by_word.get_mut(word), told.get_mut(word)) {
                *count += 1;
                *told = at;
            }
        }
        if let Spot::Field(field) = spot {
            let counted = by_word
                .into_iter()
                .zip(told)
                .filter(|(count, _)| *count > 0);
            for (count, at) in counted {
                self.cell(rows.cell(at, field), count);
            }
        }
    }

    /// Counts a row whose value has no number.
    fn one(&mut self, spot: Spot, rows: &'a Rows, facts: &Facts<'a>, at: usize) {
        match spot {
            Spot::Field(field) => self.cell(rows.cell(at, field), 1),
            _ => match spot.text(rows.record(at), facts) {
                Some(text) => self.note(Some(Cow::Borrowed(text)), 1),
                None => self.note(None, 1),
            },
        }
    }

    /// Counts so many rows that have this cell.
    fn cell(&mut self, cell: Cell<'a>, count: usize) {
        match cell {
            Cell::Text(text) | Cell::Json(text) => {
                self.note(Some(Cow::Borrowed(text.exact())), count);
            }
            Cell::List(text) if text.exact().is_empty() => self.note(None, count),
            Cell::List(_) => {
                let mut items: Vec<&'a str> = cell.list().map(Text::exact).collect();
                items.sort_unstable();
                items.dedup();
                for item in items {
                    self.note(Some(Cow::Borrowed(item)), count);
                }
            }
            Cell::Bool(yes) => {
                let word = if yes { "yes" } else { "no" };
                self.note(Some(Cow::Borrowed(word)), count);
            }
            Cell::Int(number) => self.note(Some(Cow::Owned(number.to_string())), count),
            Cell::Time(moment) => self.note(Some(Cow::Owned(moment.rfc3339())), count),
            Cell::Absent | Cell::Null | Cell::Never | Cell::Unrecorded | Cell::Hidden => {
                self.note(None, count);
            }
        }
    }

    fn note(&mut self, value: Option<Cow<'a, str>>, count: usize) {
        match value.filter(|text| !text.is_empty()) {
            Some(text) => *self.known.entry(text).or_default() += count,
            None => self.unknown += count,
        }
    }

    /// How many rows were counted.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// The groups, the greatest first; of equal ones those with a value, by it.
    #[must_use]
    pub fn groups(self) -> Vec<Group> {
        let known = self.known.into_iter().map(|(value, count)| Group {
            value: Some(value.into_owned()),
            count,
        });
        let mut groups: Vec<Group> = known.collect();
        if self.unknown > 0 {
            groups.push(Group {
                value: None,
                count: self.unknown,
            });
        }
        groups.sort_unstable_by(|one, other| {
            let by_count = other.count.cmp(&one.count);
            let unknown = one.value.is_none().cmp(&other.value.is_none());
            by_count
                .then(unknown)
                .then_with(|| one.value.cmp(&other.value))
        });
        groups
    }
}
