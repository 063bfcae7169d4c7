//! A filter fitted to one resource: names are positions, needles are folded, and a row is tested
//! without a copy of it.

use std::fmt::Write as _;

use nucleo_matcher::{Config, Matcher, Utf32Str, pattern::Atom};

use super::{
    Facts, Filter, Is, Limit, Side, Test, Unit,
    column::Spot,
    column::ends,
    needle::{Memo, Needle, letters},
};
use crate::{
    app::state::Rules,
    manifest::{Field, Kind, Resource, Role},
    record::{Cell, Record, Rows},
};

/// A filter that is ready for the rows of one resource.
#[derive(Debug)]
pub struct Bound<'a> {
    any: Vec<Vec<Probe<'a>>>,
    resource: &'a Resource,
    rules: Rules<'a>,
    readable: Vec<usize>,
    /// Fields whose choices have names beside their values.
    named: Vec<usize>,
    notes: Notes,
    /// All rows are asked about, not some.
    all: bool,
}

/// What a filter found out about the texts of some rows, for whoever goes on with the same filter and rows;
/// and what tests write into instead of allocating.
#[derive(Debug, Default)]
pub struct Notes {
    text: String,
    letters: Vec<char>,
    matcher: Option<Matcher>,
    /// By needle.
    memos: Vec<Memo>,
}

#[derive(Debug)]
struct Probe<'a> {
    not: bool,
    test: Fitted<'a>,
    /// Position of what it was told already.
    memo: usize,
}

#[derive(Debug)]
enum Fitted<'a> {
    Word(Needle),
    Fuzzy(Atom),
    Contains(Spot, Needle),
    Equals(Spot, &'a str),
    Compare(Spot, Side, Reach),
    Never(Spot),
    Unrecorded(Spot, bool),
    Is(Is),
}

/// What a time or number is compared with.
#[derive(Debug, Clone, Copy)]
enum Reach {
    /// Microseconds before now.
    Ago(i64),
    /// Microseconds after now.
    Ahead(i64),
    /// Microseconds since 1970 of a day's begin and end.
    Day(i64, i64),
    Number(i64),
}

impl<'a> Bound<'a> {
    pub(super) fn new(filter: &'a Filter, resource: &'a Resource, mut notes: Notes) -> Self {
        let mut needles = 0;
        let mut probe = |term: &'a super::Term| {
            needles += 1;
            Probe {
                not: term.not,
                test: fit(&term.test, resource),
                memo: needles - 1,
            }
        };
        let any = filter.any.iter();
        let any = any.map(|all| all.iter().map(&mut probe).collect());
        let any: Vec<Vec<_>> = any.collect();
        notes.memos.resize_with(needles, Memo::default);
        let places = |holds: &dyn Fn(&Field) -> bool| {
            let fields = resource.field.iter().enumerate();
            let fields = fields.filter(|(_, field)| holds(field));
            fields.map(|(place, _)| place).collect()
        };
        Self {
            any,
            resource,
            rules: Rules::of(resource),
            readable: places(&|field| field.kind != Kind::Secret),
            named: places(&|field| !field.labels.is_empty()),
            notes,
            all: false,
        }
    }

    /// Says that nearly all rows will be asked about.
    #[must_use]
    pub fn for_all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Tests one row of `rows`, which must be the same in each call: repeated texts are tested once.
    pub fn keeps(&mut self, rows: &Rows, row: usize, facts: &Facts<'_>) -> bool {
        let row = Row {
            record: rows.record(row),
            rows,
            at: row,
            facts,
            resource: self.resource,
            rules: &self.rules,
            readable: &self.readable,
            named: &self.named,
            all: self.all,
        };
        let notes = &mut self.notes;
        let mut holds = |probe: &Probe<'_>| row.holds(probe, notes) != probe.not;
        self.any.is_empty() || self.any.iter().any(|all| all.iter().all(&mut holds))
    }

    /// What it found out, for whoever goes on.
    #[must_use]
    pub fn into_notes(self) -> Notes {
        self.notes
    }
}

fn fit<'a>(test: &'a Test, resource: &Resource) -> Fitted<'a> {
    match test {
        Test::Word(word) => Fitted::Word(Needle::new(word)),
        Test::Fuzzy(word) => Fitted::Fuzzy(letters(word)),
        Test::Contains(column, value) => {
            Fitted::Contains(column.spot(resource), Needle::new(value))
        }
        Test::Equals(column, value) => Fitted::Equals(column.spot(resource), value),
        Test::Compare(column, side, limit) => {
            let spot = column.spot(resource);
            Fitted::Compare(spot, *side, reach(*limit, spot, resource))
        }
        Test::Never(column) => Fitted::Never(column.spot(resource)),
        Test::Unrecorded(column) => {
            let spot = column.spot(resource);
            // A backend without the field records it as little as one that leaves it empty.
            let nowhere = *column == super::Column::Role(Role::LastUsed) && spot == Spot::Nowhere;
            Fitted::Unrecorded(spot, nowhere)
        }
        Test::Is(what) => Fitted::Is(*what),
    }
}

fn reach(limit: Limit, spot: Spot, resource: &Resource) -> Reach {
    match limit {
        Limit::Number(number) => Reach::Number(number),
        Limit::Span(count, unit) => {
            let micros = i64::from(count)
                .saturating_mul(unit.seconds())
                .saturating_mul(1_000_000);
            match spot {
                Spot::Field(place) if ends(resource, place) => Reach::Ahead(micros),
                _ => Reach::Ago(micros),
            }
        }
        Limit::Day(day) => {
            let begin = day
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map_or(i64::MAX, |begin| begin.timestamp().as_microsecond());
            let length = Unit::Day.seconds() * 1_000_000;
            Reach::Day(begin, begin.saturating_add(length))
        }
    }
}

/// A row under test.
struct Row<'a> {
    record: Record<'a>,
    rows: &'a Rows,
    at: usize,
    facts: &'a Facts<'a>,
    resource: &'a Resource,
    rules: &'a Rules<'a>,
    readable: &'a [usize],
    named: &'a [usize],
    all: bool,
}

impl Row<'_> {
    fn holds(&self, probe: &Probe<'_>, notes: &mut Notes) -> bool {
        match &probe.test {
            Fitted::Word(needle) => self.shows(needle, probe.memo, notes),
            Fitted::Fuzzy(atom) => {
                let name = Utf32Str::new(self.record.name().exact(), &mut notes.letters);
                let matcher = notes
                    .matcher
                    .get_or_insert_with(|| Matcher::new(Config::DEFAULT));
                atom.score(name, matcher).is_some()
            }
            Fitted::Contains(spot, needle) => self.contains(*spot, needle, probe.memo, notes),
            Fitted::Equals(spot, value) => self.equals(*spot, value, notes),
            Fitted::Compare(spot, side, reach) => self.compares(*spot, *side, *reach),
            Fitted::Never(spot) => self.cell(*spot) == Cell::Never,
            Fitted::Unrecorded(spot, nowhere) => *nowhere || self.cell(*spot) == Cell::Unrecorded,
            Fitted::Is(what) => self.is(*what),
        }
    }

    fn cell(&self, spot: Spot) -> Cell<'_> {
        match spot {
            Spot::Field(place) => self.record.cell(place),
            _ => Cell::Absent,
        }
    }

    fn is(&self, what: Is) -> bool {
        match what {
            Is::Expired => self.rules.expired(self.record, self.facts.now),
            Is::Admin => self.rules.admin(self.record),
            Is::Broad => self.rules.broad(self.record),
            Is::Mine => self
                .facts
                .own
                .is_some_and(|own| self.record.id_text() == Some(own.as_str())),
        }
    }

    /// A word stands anywhere in the row: in its id, its name, its context or a field.
    fn shows(&self, needle: &Needle, memo: usize, notes: &mut Notes) -> bool {
        let dated = looks_dated(needle.folded());
        let numeric = needle.folded().bytes().all(|byte| byte.is_ascii_digit());
        let Notes { text, memos, .. } = notes;
        let Some(memo) = memos.get_mut(memo) else {
            return false;
        };
        let mut has = |word| memo.text(word, needle, self.rows, self.all);
        let mut in_field = |&field: &usize| match self.rows.word(self.at, field) {
            Some(word) => has(word),
            None if dated || numeric => match self.record.cell(field) {
                Cell::Time(moment) => dated && needle.is_in(&moment.rfc3339()),
                Cell::Int(number) => numeric && needle.is_in(write_number(text, number)),
                _ => false,
            },
            None => false,
        };
        self.readable.iter().any(&mut in_field)
            || self
                .named
                .iter()
                .any(|field| self.is_called(*field, needle))
            || self.rows.id_word(self.at).is_some_and(&mut has)
            || memo.context(needle, self.facts.context)
            || self.record.bad().is_some_and(|why| needle.is_in(why))
    }

    /// The field has a text with the needle in it.
    fn has(&self, field: usize, needle: &Needle, memo: usize, notes: &mut Notes) -> bool {
        let word = self.rows.word(self.at, field);
        word.zip(notes.memos.get_mut(memo))
            .is_some_and(|(word, memo)| memo.text(word, needle, self.rows, self.all))
    }

    /// The needle stands in what people call the choice in this field.
    fn is_called(&self, field: usize, needle: &Needle) -> bool {
        let label = self.record.label(field);
        label.is_some_and(|label| needle.is_in(label))
    }

    fn contains(&self, spot: Spot, needle: &Needle, memo: usize, notes: &mut Notes) -> bool {
        let name = self
            .resource
            .role(Role::Name)
            .filter(|_| spot == Spot::Name);
        let named = |field: &usize| {
            let cell = self.record.cell(*field);
            matches!(cell, Cell::Text(text) if !text.exact().is_empty())
        };
        if let Some(field) = name.filter(named) {
            return self.has(field, needle, memo, notes);
        }
        let Spot::Field(field) = spot else {
            let text = spot.text(self.record, self.facts);
            return text.is_some_and(|text| needle.is_in(text))
                || spot == Spot::Resource && needle.is_in(&self.resource.title);
        };
        if self.is_called(field, needle) {
            return true;
        }
        match self.record.cell(field) {
            Cell::Text(_) | Cell::List(_) | Cell::Json(_) => self.has(field, needle, memo, notes),
            Cell::Time(moment) => needle.is_in(&moment.rfc3339()),
            Cell::Int(number) => needle.is_in(write_number(&mut notes.text, number)),
            Cell::Bool(yes) => words(yes).iter().any(|word| needle.is_in(word)),
            _ => false,
        }
    }

    fn equals(&self, spot: Spot, value: &str, notes: &mut Notes) -> bool {
        if let Some(text) = spot.text(self.record, self.facts) {
            return text == value || spot == Spot::Resource && self.resource.title == value;
        }
        if let Spot::Field(field) = spot
            && self.record.label(field) == Some(value)
        {
            return true;
        }
        let cell = self.cell(spot);
        match cell {
            Cell::Text(text) | Cell::Json(text) => text.exact() == value,
            Cell::List(text) if text.exact().is_empty() => value.is_empty(),
            Cell::List(_) => cell.list().any(|item| item.exact() == value),
            Cell::Time(moment) => {
                let text = moment.rfc3339();
                text == value || text.split('T').next() == Some(value)
            }
            Cell::Int(number) => write_number(&mut notes.text, number) == value,
            Cell::Bool(yes) => words(yes)
                .iter()
                .any(|word| value.eq_ignore_ascii_case(word)),
            Cell::Absent | Cell::Null => value.is_empty(),
            Cell::Never | Cell::Unrecorded | Cell::Hidden => false,
        }
    }

    fn compares(&self, spot: Spot, side: Side, reach: Reach) -> bool {
        let number = match (spot, self.cell(spot)) {
            (Spot::Id, _) => self.record.id_text().and_then(|id| id.parse().ok()),
            (_, Cell::Int(number)) => Some(number),
            _ => None,
        };
        let time = match self.cell(spot) {
            Cell::Time(moment) => Some(moment.micros()),
            _ => None,
        };
        let now = self.facts.now.micros();
        let (value, low, high) = match reach {
            Reach::Number(limit) => (number, limit, limit),
            Reach::Ago(span) => (time.map(|time| now.saturating_sub(time)), span, span),
            Reach::Ahead(span) => (time.map(|time| time.saturating_sub(now)), span, span),
            Reach::Day(begin, end) => (time, begin, end.saturating_sub(1)),
        };
        value.is_some_and(|value| match side {
            Side::Less => value < low,
            Side::More => value > high,
        })
    }
}

/// The two ways to say yes or no.
fn words(yes: bool) -> [&'static str; 2] {
    if yes {
        ["true", "yes"]
    } else {
        ["false", "no"]
    }
}

/// The text can only be meant as (part of) a day: `2026-`, `2026-03-01`.
pub(super) fn looks_dated(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.by_ref().take(4).all(|byte| byte.is_ascii_digit()) && bytes.next() == Some(b'-')
}

fn write_number(into: &mut String, number: i64) -> &str {
    into.clear();
    let _ = write!(into, "{number}");
    into
}
