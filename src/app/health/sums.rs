//! What the charts and the lines of findings count: each list is looked through once when it ends, and
//! what is shown is the sum over the lists.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{Finding, Rule, examine};
use crate::{
    app::{
        ContextId,
        columns::ColumnId,
        state::{Policy, Severity},
    },
    manifest::{Role, Tab},
    record::{Cell, Moment, Record, Rows},
};

const DAY: i64 = 86_400 * 1_000_000;
/// Weeks that the strip of last uses shows.
pub const USE_WEEKS: usize = 52;
/// Weeks that the calendar of ends shows.
pub const END_WEEKS: usize = 12;
/// Most owners that are told apart.
const MOST_OWNERS: usize = 500;

/// The bounds of ages and of times since the last use, in days, and how each is called.
pub const SPANS: [(i64, &str); 6] = [
    (7, "7 d"),
    (30, "30 d"),
    (90, "90 d"),
    (180, "180 d"),
    (365, "1 y"),
    (730, "2 y"),
];

/// Keys by a time that lies behind them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// Within each of [`SPANS`], and not within the one before.
    pub within: [usize; SPANS.len()],
    /// Longer ago than the last.
    pub older: usize,
    /// Never.
    pub never: usize,
    /// The backend does not record it.
    pub unrecorded: usize,
    /// The row does not say.
    pub unknown: usize,
}

/// Keys by their end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// Had its end.
    pub over: usize,
    /// Ends on a day of the weeks from that of now on, Monday first.
    pub days: [[usize; 7]; END_WEEKS],
    /// Ends after them.
    pub later: usize,
    /// Has no end.
    pub never: usize,
    /// The row does not say.
    pub unknown: usize,
}

/// The findings of one rule under one tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What is found.
    pub rule: Rule,
    /// Where.
    pub tab: Tab,
    /// The worst of them.
    pub level: Severity,
    /// How many keys.
    pub keys: usize,
    /// The earliest time since when.
    pub since: Option<Moment>,
}

/// What one list, or all of them, come to.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// Keys.
    pub keys: usize,
    /// Findings by rule and tab, the worst first.
    pub lines: Vec<Line>,
    /// By the time of their making.
    pub made: Past,
    /// By their last use.
    pub used: Past,
    /// By context, last uses by the weeks that they are ago, the present one first.
    pub heat: Vec<(ContextId, [usize; USE_WEEKS])>,
    /// By their end.
    pub ends: Ends,
    /// Keys and the worst finding by context.
    pub contexts: Vec<(ContextId, usize, Severity)>,
    /// Keys by owner, else creator, the most first; none for those of nobody.
    pub owners: Vec<(Option<String>, usize)>,
}

impl Sums {
    /// What one list comes to; rows that are no keys come to nothing.
    #[must_use]
    pub fn of(
        (tab, context): (Tab, ContextId),
        rows: &Rows,
        (now, policy): (Moment, &Policy),
    ) -> Self {
        if !rows.resource().holds_keys() {
            return Self::default();
        }
        let findings = examine(rows, now, policy, |_| true);
        let worst = findings.iter().map(|it| it.level).max();
        let mut sums = Self {
            keys: rows.len(),
            lines: lines(tab, &findings),
            contexts: vec![(context, rows.len(), worst.unwrap_or(Severity::Fine))],
            ..Self::default()
        };
        let mut heat = [0; USE_WEEKS];
        let mut owners: HashMap<Option<&str>, usize> = HashMap::new();
        let resource = rows.resource();
        let places = [Role::Created, Role::LastUsed, Role::Expires];
        let [created, used, expires] = places.map(|role| resource.role(role));
        let of = |record: Record<'_>, place: Option<usize>| match place {
            Some(place) => Seen::of(record.cell(place)),
            None => Seen::Unknown,
        };
        for record in rows.iter() {
            sums.made.add(of(record, created), now);
            let last = used.map_or(Seen::Unrecorded, |_| of(record, used));
            sums.used.add(last, now);
            warm(&mut heat, last, now);
            sums.ends.add(of(record, expires), now);
            let person = match ColumnId::Person.cell(record) {
                Cell::Text(text) if !text.exact().is_empty() => Some(text.exact()),
                _ => None,
            };
            *owners.entry(person).or_default() += 1;
        }
        if heat.iter().any(|keys| *keys > 0) {
            sums.heat.push((context, heat));
        }
        let owners = owners.into_iter();
        sums.owners = owners
            .map(|(name, keys)| (name.map(str::to_owned), keys))
            .collect();
        sums.order();
        sums
    }

    /// The sum of several lists.
    #[must_use]
    pub fn all<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        let mut owners: HashMap<&Option<String>, usize> = HashMap::new();
        for part in parts {
            all.keys += part.keys;
            all.made.join(&part.made);
            all.used.join(&part.used);
            all.ends.join(&part.ends);
            for line in &part.lines {
                all.join_line(line);
            }
            for (context, weeks) in &part.heat {
                match all.heat.iter_mut().find(|(known, _)| known == context) {
                    Some((_, known)) => join(known, weeks),
                    None => all.heat.push((*context, *weeks)),
                }
            }
            for (context, keys, worst) in &part.contexts {
                match all.contexts.iter_mut().find(|it| it.0 == *context) {
                    Some(known) => (known.1, known.2) = (known.1 + keys, known.2.max(*worst)),
                    None => all.contexts.push((*context, *keys, *worst)),
                }
            }
            for (owner, keys) in &part.owners {
                *owners.entry(owner).or_default() += keys;
            }
        }
        let owners = owners.into_iter();
        all.owners = owners.map(|(name, keys)| (name.clone(), keys)).collect();
        all.order();
        all
    }

    fn join_line(&mut self, line: &Line) {
        let same = |known: &&mut Line| known.rule == line.rule && known.tab == line.tab;
        match self.lines.iter_mut().find(same) {
            Some(known) => {
                known.keys += line.keys;
                known.level = known.level.max(line.level);
                known.since = earliest(known.since, line.since);
            }
            None => self.lines.push(*line),
        }
    }

    fn order(&mut self) {
        self.lines.sort_by_key(|line| (line.rule, line.tab));
        self.contexts.sort_by_key(|(context, ..)| *context);
        self.heat.sort_by_key(|(context, _)| *context);
        let owners = &mut self.owners;
        owners.sort_by(|one, next| next.1.cmp(&one.1).then_with(|| one.0.cmp(&next.0)));
        owners.truncate(MOST_OWNERS);
    }
}

fn lines(tab: Tab, findings: &[Finding]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for finding in findings {
        let line = Line {
            rule: finding.rule,
            tab,
            level: finding.level,
            keys: finding.keys(),
            since: finding.since,
        };
        // Findings of one rule stand together.
        match lines.last_mut().filter(|last| last.rule == line.rule) {
            Some(last) => {
                last.keys += line.keys;
                last.level = last.level.max(line.level);
                last.since = earliest(last.since, line.since);
            }
            None => lines.push(line),
        }
    }
    lines
}

fn earliest(one: Option<Moment>, other: Option<Moment>) -> Option<Moment> {
    [one, other].into_iter().flatten().min()
}

fn join<const N: usize>(into: &mut [usize; N], from: &[usize; N]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into += from;
    }
}

/// A time of a row, as far as it is told.
#[derive(Debug, Clone, Copy)]
enum Seen {
    At(Moment),
    Never,
    Unrecorded,
    Unknown,
}

impl Seen {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Time(moment) => Self::At(moment),
            Cell::Never => Self::Never,
            Cell::Unrecorded => Self::Unrecorded,
            _ => Self::Unknown,
        }
    }
}

impl Past {
    fn add(&mut self, seen: Seen, now: Moment) {
        let count = match seen {
            Seen::At(moment) => {
                let ago = now.micros().saturating_sub(moment.micros());
                let spans = self.within.iter_mut().zip(SPANS);
                let mut spans = spans.filter(|(_, (days, _))| ago <= days * DAY);
                spans.next().map_or(&mut self.older, |(count, _)| count)
            }
            Seen::Never => &mut self.never,
            Seen::Unrecorded => &mut self.unrecorded,
            Seen::Unknown => &mut self.unknown,
        };
        *count += 1;
    }

    fn join(&mut self, other: &Self) {
        join(&mut self.within, &other.within);
        self.older += other.older;
        self.never += other.never;
        self.unrecorded += other.unrecorded;
        self.unknown += other.unknown;
    }
}

impl Ends {
    fn add(&mut self, seen: Seen, now: Moment) {
        let count = match seen {
            Seen::At(end) if end <= now => &mut self.over,
            Seen::At(end) => {
                let days = end.micros().saturating_sub(monday(now).micros()) / DAY;
                let day = usize::try_from(days).ok();
                let day = day.and_then(|day| self.days.get_mut(day / 7)?.get_mut(day % 7));
                day.unwrap_or(&mut self.later)
            }
            Seen::Never => &mut self.never,
            Seen::Unrecorded | Seen::Unknown => &mut self.unknown,
        };
        *count += 1;
    }

    fn join(&mut self, other: &Self) {
        self.over += other.over;
        for (into, from) in self.days.iter_mut().zip(&other.days) {
            join(into, from);
        }
        self.later += other.later;
        self.never += other.never;
        self.unknown += other.unknown;
    }
}

/// The first moment of the week of now, in UTC.
#[must_use]
pub fn monday(now: Moment) -> Moment {
    let days = now.micros().div_euclid(DAY);
    // 1970 began on a Thursday.
    let weekday = (days + 3).rem_euclid(7);
    Moment::from_micros((days - weekday) * DAY)
}

fn warm(heat: &mut [usize; USE_WEEKS], seen: Seen, now: Moment) {
    let Seen::At(moment) = seen else { return };
    let weeks = now.micros().saturating_sub(moment.micros()).max(0) / (7 * DAY);
    let week = usize::try_from(weeks).ok();
    if let Some(count) = week.and_then(|week| heat.get_mut(week)) {
        *count += 1;
    }
}
