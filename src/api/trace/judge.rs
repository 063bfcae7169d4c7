//! What rows say of a lost write: a key is taken for what a create made only if all that can be compared
//! is the same and nothing speaks for it having been there before; what is missing is said to be absent
//! only of a whole list.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Doubt, Sighting, Trace,
    compare::{Compared, natural, told, value},
};
use crate::{
    api::own,
    manifest::{Role, Verb},
    record::{Cell, KeyId, Record, Rows},
};

/// How far the clocks of a service and of this machine may differ where nothing else tells a new row.
const SKEW: i64 = 5 * 60 * 1_000_000;
/// The same where the row was not in the list before.
const SKEW_OF_UNSEEN: i64 = 60 * 60 * 1_000_000;

/// Whether a row is what a create made, by its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Some value is another one.
    Not,
    /// The row could not be read, and what was read of it does not speak against it.
    Unread,
    /// What can be compared is the same.
    Partly,
    /// All values are the same.
    Wholly,
}

impl Trace {
    /// Whether a row is what this create made, by its values.
    pub(super) fn fits(&self, row: Record<'_>) -> Fit {
        let resource = row.resource();
        let of_key = |(key, sent): (&String, &String)| {
            let at = resource.field_at(key)?;
            Some(natural(resource.field.get(at)?, sent, row.cell(at)))
        };
        let compared = self.natural.iter().filter_map(of_key);
        let compared: Vec<Compared> = compared.chain(self.by_prefix(row)).collect();
        let all = |wanted| compared.iter().all(|one| *one == wanted);
        if compared.contains(&Compared::Other) {
            Fit::Not
        } else if !compared.is_empty() && all(Compared::Same) {
            Fit::Wholly
        } else if row.bad().is_some() {
            Fit::Unread
        } else if compared.contains(&Compared::Same) {
            Fit::Partly
        } else {
            Fit::Not
        }
    }

    /// A service shows as many characters as it likes.
    fn by_prefix(&self, row: Record<'_>) -> Option<Compared> {
        let sent = self.prefix.as_deref()?;
        Some(match row.role(Role::Prefix) {
            Cell::Text(listed) if !listed.exact().is_empty() => {
                let listed = own::beginning(listed.exact());
                told(listed.starts_with(sent) || sent.starts_with(listed))
            }
            _ => Compared::Untold,
        })
    }

    /// Whether a row that fits came with this write: none where that cannot be told.
    fn is_new(&self, row: Record<'_>) -> Option<bool> {
        let known = |seen: &BTreeSet<String>| row.id_text().is_some_and(|id| seen.contains(id));
        if self.seen.as_ref().is_some_and(known) {
            return Some(false);
        }
        let skew = if self.seen.is_some() {
            SKEW_OF_UNSEEN
        } else {
            SKEW
        };
        match row.role(Role::Created) {
            // An older row is another one, or the service's clock is wrong.
            Cell::Time(at) => (at.micros() >= self.since.micros() - skew).then_some(true),
            _ if self.seen.is_some() => Some(true),
            // 62⁴ beginnings: two keys of one name hardly share theirs.
            _ => (self.by_prefix(row) == Some(Compared::Same)).then_some(true),
        }
    }
}

/// What these rows say of a lost write; `cut` is why they may not be all.
#[must_use]
pub fn judge(trace: &Trace, rows: &Rows, cut: Option<&str>) -> Sighting {
    let found = trace.target.as_ref().and_then(|it| rows.find(&it.id));
    match (trace.verb, found) {
        (Verb::Create, _) => created(trace, rows, cut),
        (Verb::Rotate | Verb::Act(_), _) => Sighting::Unclear(unseen(trace.verb)),
        (Verb::Delete, Some(_)) => Sighting::Present,
        (Verb::Update, Some(at)) => updated(trace, rows.record(at)),
        (Verb::Delete | Verb::Update, None) => missing(rows, cut),
    }
}

/// Why a lost rotation or action stays lost.
#[must_use]
pub fn unseen(verb: Verb) -> Doubt {
    if matches!(verb, Verb::Act(_)) {
        let why = "only the key itself may show whether it was done";
        return Doubt::Untold(why.to_owned());
    }
    Doubt::Untold(
        "no list shows which secret of a key is in force: whether the old one still works is not known until \
         it is used"
            .to_owned(),
    )
}

/// A key that is not among the rows.
fn missing(rows: &Rows, cut: Option<&str>) -> Sighting {
    let nameless = |row: Record<'_>| row.bad().is_some() && row.id_text().is_none();
    match cut {
        Some(why) => Sighting::Unclear(Doubt::Cut(why.to_owned())),
        None if rows.iter().any(nameless) => Sighting::Unclear(unreadable()),
        None => Sighting::Absent,
    }
}

fn unreadable() -> Doubt {
    Doubt::Untold("a row of the list cannot be read, and it may be the one".to_owned())
}

fn created(trace: &Trace, rows: &Rows, cut: Option<&str>) -> Sighting {
    if trace.natural.is_empty() && trace.prefix.is_none() {
        return Sighting::Unclear(Doubt::Untold(format!(
            "its manifest does not say by what a new {} is known (natural_key)",
            trace.resource.noun
        )));
    }
    let fits = |wanted| rows.iter().filter(move |row| trace.fits(*row) == wanted);
    let mut alike: Vec<Record<'_>> = fits(Fit::Wholly).collect();
    if alike.is_empty() {
        alike = fits(Fit::Partly).collect();
    }
    let with_id = |row: &Record<'_>| row.id();
    let new = alike.iter().filter(|row| trace.is_new(**row) == Some(true));
    let new: Vec<(KeyId, Record<'_>)> = new.filter_map(|row| Some((with_id(row)?, *row))).collect();
    match new.as_slice() {
        [(id, row)] => {
            let mut one = Rows::new(Arc::clone(&trace.resource));
            one.push_record(*row);
            Sighting::Exists(id.clone(), one)
        }
        [] => not_among(trace, rows, &alike, cut),
        several => Sighting::Several(several.iter().map(|(id, _)| id.clone()).collect()),
    }
}

/// No row is certainly what the create made.
fn not_among(trace: &Trace, rows: &Rows, alike: &[Record<'_>], cut: Option<&str>) -> Sighting {
    let doubtful = alike.iter().find(|row| trace.is_new(**row).is_none());
    if let Some(row) = doubtful {
        let when = match row.role(Role::Created) {
            Cell::Time(at) => format!(
                "it was made at {}, before this was sent, by the service's clock",
                at.rfc3339()
            ),
            _ => "nothing tells whether it was there before".to_owned(),
        };
        return Sighting::Unclear(Doubt::Untold(format!("one like it is there, and {when}")));
    }
    let unread =
        |row: Record<'_>| trace.fits(row) == Fit::Unread && trace.is_new(row) != Some(false);
    if rows.iter().any(unread) {
        return Sighting::Unclear(unreadable());
    }
    match cut {
        Some(why) => Sighting::Unclear(Doubt::Cut(why.to_owned())),
        None => Sighting::Absent,
    }
}

fn updated(trace: &Trace, row: Record<'_>) -> Sighting {
    let compared: Vec<Compared> = trace
        .values
        .iter()
        .map(|(key, sent)| {
            let at = trace.resource.field_at(key);
            let field = at.and_then(|at| trace.resource.field.get(at));
            match (at, field) {
                (Some(at), Some(field)) => value(field, sent, row.cell(at)),
                _ => Compared::Untold,
            }
        })
        .collect();
    if compared.contains(&Compared::Other) {
        Sighting::Different
    } else if compared.contains(&Compared::Same) {
        Sighting::Same
    } else {
        Sighting::Unclear(Doubt::Untold(
            "what was changed cannot be read back".to_owned(),
        ))
    }
}
