//! Which keys of a list somebody should look at follows from its rows, the time and the policy alone.
//! `audit` prints the findings of [`examine`]; the console's view sums them up. What expired, idle and
//! broad mean is [`state`](super::state)'s.

mod names;
mod rule;
pub mod sums;
#[cfg(test)]
mod tests;
pub mod view;

use super::state::{Life, Policy, Reach, Rules, Severity, Usage};
use crate::{
    manifest::Role,
    record::{Cell, Moment, Record, Rows},
};

pub use rule::Rule;
pub use sums::Sums;

/// One thing to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub rule: Rule,
    /// How bad it is.
    pub level: Severity,
    /// Since when it is so, where that is known.
    pub since: Option<Moment>,
    /// What it is about.
    pub about: About,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The row at this position.
    Row(usize),
    /// So many rows of the list, which all have it alike.
    List(usize),
}

impl Finding {
    fn of(rule: Rule, since: Option<Moment>, about: About) -> Self {
        Self {
            rule,
            level: rule.level(),
            since,
            about,
        }
    }

    /// How many keys it is about.
    #[must_use]
    pub fn keys(&self) -> usize {
        match self.about {
            About::Row(_) => 1,
            About::List(keys) => keys,
        }
    }
}

/// The findings of one list in the rows that are kept, rule by rule and in the order of the rows; names are
/// compared with those of all rows. A row that could not be read has none, and neither have rows that are no
/// keys.
#[must_use]
pub fn examine(
    rows: &Rows,
    now: Moment,
    policy: &Policy,
    keeps: impl Fn(usize) -> bool,
) -> Vec<Finding> {
    if !rows.resource().holds_keys() {
        return Vec::new();
    }
    let eye = Eye::of(rows, now, policy);
    let mut findings = Vec::new();
    let mut unrecorded = 0;
    for (at, record) in rows.iter().enumerate() {
        if record.bad().is_none() && keeps(at) {
            unrecorded += usize::from(eye.look(record, at, &mut findings));
        }
    }
    let alike = names::alike(rows).into_iter();
    let alike = alike.filter(|(row, _)| keeps(*row));
    findings.extend(alike.map(|(row, rule)| Finding::of(rule, None, About::Row(row))));
    if unrecorded > 0 {
        let about = About::List(unrecorded);
        findings.push(Finding::of(Rule::UseNotRecorded, None, about));
    }
    findings.sort_by_key(|finding| finding.rule);
    findings
}

/// Where the rows of one resource keep what the rules ask for.
struct Eye<'a> {
    rules: Rules<'a>,
    now: Moment,
    policy: &'a Policy,
    created: Option<usize>,
    used: Option<usize>,
    expires: Option<usize>,
    /// Who a key belongs to: the first that a row has.
    people: Vec<usize>,
}

impl<'a> Eye<'a> {
    fn of(rows: &'a Rows, now: Moment, policy: &'a Policy) -> Self {
        let resource = rows.resource();
        Self {
            rules: Rules::of_list(rows),
            now,
            policy,
            created: resource.role(Role::Created),
            used: resource.role(Role::LastUsed),
            expires: resource.role(Role::Expires),
            people: [Role::Owner, Role::Creator]
                .into_iter()
                .filter_map(|role| resource.role(role))
                .collect(),
        }
    }

    /// Judges one row by itself; true where its use is not recorded.
    fn look(&self, record: Record<'_>, at: usize, into: &mut Vec<Finding>) -> bool {
        let state = self.rules.state(record, self.now, self.policy);
        let created = time(record, self.created);
        let all = [
            self.life(record, state.life),
            (cell(record, self.expires) == Cell::Never).then_some((Rule::NeverExpires, created)),
            self.usage(record, state.usage, created),
            self.older(created, self.policy.max_age)
                .map(|made| (Rule::TooOld, Some(later(made, self.policy.max_age)))),
            self.unowned(record).then_some((Rule::OwnerUnknown, None)),
        ];
        for (rule, since) in all.into_iter().flatten() {
            into.push(Finding::of(rule, since, About::Row(at)));
        }
        into.extend(self.reach(record, state.reach, created, at));
        state.usage == Usage::Unrecorded
    }

    fn life(&self, record: Record<'_>, life: Life) -> Option<(Rule, Option<Moment>)> {
        let end = time(record, self.expires);
        match life {
            Life::Expired => Some((Rule::Expired, end)),
            Life::ExpiresSoon => {
                let since = end.map(|end| later(end, self.policy.warn.saturating_neg()));
                Some((Rule::ExpiresSoon, since))
            }
            Life::Active => None,
        }
    }

    /// A key that was never used counts once it is as old as one must be to be idle.
    fn usage(
        &self,
        record: Record<'_>,
        usage: Usage,
        created: Option<Moment>,
    ) -> Option<(Rule, Option<Moment>)> {
        match usage {
            Usage::Idle => Some((Rule::Idle, time(record, self.used))),
            Usage::Never => {
                let made = self.older(created, self.policy.idle)?;
                Some((Rule::NeverUsed, Some(made)))
            }
            Usage::Recent | Usage::Unrecorded | Usage::Unknown => None,
        }
    }

    /// A key that may be broad is no finding; one that may do everything stays one, worth knowing.
    fn reach(
        &self,
        record: Record<'_>,
        reach: Reach,
        created: Option<Moment>,
        at: usize,
    ) -> Option<Finding> {
        let name = record.name().exact();
        let allowed = || self.policy.allow_broad.iter().any(|known| known == name);
        let (rule, level) = match reach {
            Reach::Admin if allowed() => (Rule::Admin, Severity::Info),
            Reach::Admin => (Rule::Admin, Rule::Admin.level()),
            Reach::Broad if !allowed() => (Rule::OverBroad, Rule::OverBroad.level()),
            Reach::Broad | Reach::Ordinary => return None,
        };
        let finding = Finding::of(rule, created, About::Row(at));
        Some(Finding { level, ..finding })
    }

    /// The time of its making, where that is longer ago than this.
    fn older(&self, created: Option<Moment>, than: i64) -> Option<Moment> {
        created.filter(|made| self.now.micros().saturating_sub(made.micros()) > than)
    }

    /// The service says whose the keys are, and not of this one.
    fn unowned(&self, record: Record<'_>) -> bool {
        let nobody = |place: &usize| match record.cell(*place) {
            Cell::Text(text) => text.exact().trim().is_empty(),
            Cell::Absent | Cell::Null => true,
            _ => false,
        };
        !self.people.is_empty() && self.people.iter().all(nobody)
    }
}

fn cell(record: Record<'_>, place: Option<usize>) -> Cell<'_> {
    place.map_or(Cell::Absent, |place| record.cell(place))
}

fn time(record: Record<'_>, place: Option<usize>) -> Option<Moment> {
    match cell(record, place) {
        Cell::Time(moment) => Some(moment),
        _ => None,
    }
}

fn later(moment: Moment, by: i64) -> Moment {
    Moment::from_micros(moment.micros().saturating_add(by))
}
