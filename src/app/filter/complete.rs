//! A completion takes the place of what is being typed and leaves a text that reads further: names with
//! their sign, words that a column knows, and values of the rows at hand. How many rows are looked at is
//! bounded; the filter line offers what is found.

use std::{borrow::Cow, cmp::Reverse, collections::HashMap};

use super::{
    Column, Facts, Is, Names, Quoted, Unit,
    column::{Spot, Subject, Values},
    parse::{self, Head},
};
use crate::{
    manifest::{Resource, Role},
    record::{Cell, Record, Rows},
};

/// Most rows that are looked at for one completion; of more, a part that is spread evenly.
const SCAN: usize = 4_000;
/// Most texts that are offered.
const MOST: usize = 24;
/// Longest value that is offered, in bytes.
const LONGEST: usize = 120;
/// Spans that are offered before a digit is typed.
const SPANS: [&str; 4] = ["7d", "30d", "90d", "365d"];

/// What may stand at the end of a text instead of what is being typed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Number of characters before it.
    pub from: usize,
    /// What may stand there, the likeliest first; never empty.
    pub texts: Vec<String>,
}

/// Rows of which values are offered.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// The rows.
    pub rows: &'a Rows,
    /// What is known beside them.
    pub facts: Facts<'a>,
}

/// What can be offered at the end of a text; `None`: nothing.
#[must_use]
pub fn complete(text: &str, names: &Names, lists: &[List<'_>]) -> Option<Completion> {
    let open = parse::open(text, names)?;
    let typed = text.get(open.from..)?;
    let mut texts = match open.head {
        None => heads(typed, names, lists),
        Some(head) => after(&head, typed, lists),
    };
    texts.retain(|text| text != typed);
    texts.truncate(MOST);
    let from = text.get(..open.from)?.chars().count();
    (!texts.is_empty()).then_some(Completion { from, texts })
}

/// Names that begin so, with the signs that they take.
fn heads(typed: &str, names: &Names, lists: &[List<'_>]) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, subject) in names.beginning(typed) {
        let signs: &[char] = match &subject {
            Subject::Age => &['>'],
            Subject::Column(column, _) if !known(column, lists) => &[],
            Subject::Column(Column::Role(Role::Expires), _) => &['<', ':'],
            Subject::Column(_, values) if values.times => &['>', ':'],
            Subject::Is | Subject::Column(..) => &[':'],
        };
        texts.extend(signs.iter().map(|sign| format!("{name}{sign}")));
    }
    texts
}

/// Some list has the column.
fn known(column: &Column, lists: &[List<'_>]) -> bool {
    let has = |list: &List<'_>| column.spot(list.rows.resource()) != Spot::Nowhere;
    lists.iter().any(has)
}

/// Values behind a name and its sign.
fn after(head: &Head<'_>, typed: &str, lists: &[List<'_>]) -> Vec<String> {
    let begins = |word: &&str| {
        let start = word.get(..typed.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(typed))
    };
    let own = |words: &[&str]| {
        let words = words.iter().copied().filter(begins);
        words.map(str::to_owned).collect()
    };
    let compares = matches!(head.split, '<' | '>');
    match &head.subject {
        Subject::Is if !compares => own(&Is::ALL.map(Is::word)),
        Subject::Age if compares => spans(typed, own(&SPANS)),
        Subject::Column(_, values) if compares && values.times => spans(typed, own(&SPANS)),
        Subject::Column(_, Values { times: true, .. }) if !compares => {
            own(&[parse::NEVER, parse::UNRECORDED])
        }
        Subject::Column(column, _) if !compares => match parse::so_far(typed) {
            Some(typed) => values(column, &typed, lists),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// A number that was typed, with the units that it may have.
fn spans(typed: &str, own: Vec<String>) -> Vec<String> {
    if typed.is_empty() || typed.parse::<u32>().is_err() || typed.starts_with('+') {
        return own;
    }
    let units = [Unit::Day, Unit::Week, Unit::Year, Unit::Hour];
    let units = units.iter().map(|unit| format!("{typed}{}", unit.letter()));
    units.collect()
}

/// Values of a column that have the typed text in them: those that begin with it first, then the most
/// frequent.
fn values(column: &Column, typed: &str, lists: &[List<'_>]) -> Vec<String> {
    let total: usize = lists.iter().map(|list| list.rows.len()).sum();
    let step = total.div_ceil(SCAN).max(1);
    let mut counts: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for list in lists {
        let spot = column.spot(list.rows.resource());
        for row in (0..list.rows.len()).step_by(step) {
            texts(spot, list.rows.record(row), &list.facts, &mut |text| {
                *counts.entry(text).or_default() += 1;
            });
        }
        if spot == Spot::Resource && !list.rows.is_empty() {
            let resource: &Resource = list.rows.resource();
            *counts.entry(resource.title.as_str().into()).or_default() += 1;
        }
    }
    let typed = typed.to_lowercase();
    let fits = counts.into_iter().filter_map(|(text, count)| {
        let at = text.to_lowercase().find(&typed)?;
        let fit = !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control);
        fit.then_some((at > 0, Reverse(count), text))
    });
    let mut fits: Vec<_> = fits.collect();
    fits.sort_unstable();
    fits.truncate(MOST + 1);
    let quoted = fits.iter().map(|(_, _, text)| Quoted::value(text));
    quoted.map(|text| text.to_string()).collect()
}

/// The texts that a row has there; a list has several.
fn texts<'a>(
    spot: Spot,
    record: Record<'a>,
    facts: &Facts<'a>,
    take: &mut impl FnMut(Cow<'a, str>),
) {
    if let Some(text) = spot.text(record, facts) {
        return take(text.into());
    }
    let Spot::Field(place) = spot else { return };
    let cell = record.cell(place);
    match cell {
        Cell::Text(text) => take(text.exact().into()),
        Cell::List(_) => cell.list().for_each(|item| take(item.exact().into())),
        Cell::Bool(yes) => take(if yes { "yes" } else { "no" }.into()),
        Cell::Int(number) => take(number.to_string().into()),
        _ => {}
    }
}
