//! Names of one list that are the same, or could be taken for each other: each is looked at once and
//! compared only with those that hash alike, however many there are.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Rule;
use crate::{
    manifest::Role,
    record::{Cell, Record, Rows, Text},
};

/// The rows whose names are alike, with the rule that says how. Where a service tells keys apart by more
/// than the name, only those are compared that have the rest in common.
pub(super) fn alike(rows: &Rows) -> Vec<(usize, Rule)> {
    let Some(names) = Names::of(rows) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut hashes = Vec::with_capacity(rows.len());
    for (row, record) in rows.iter().enumerate() {
        let Some(name) = names.name(record) else {
            continue;
        };
        if name.lookalike().is_some() {
            found.push((row, Rule::LookAlikeName));
        }
        hashes.push((names.hash(record, name), row));
    }
    hashes.sort_unstable();
    for run in hashes.chunk_by(|one, next| one.0 == next.0) {
        if run.len() > 1 {
            names.compare(run, &mut found);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Where a list keeps what tells its keys apart.
struct Names<'a> {
    rows: &'a Rows,
    name: usize,
    /// The other fields that make a key of this name another one.
    rest: Vec<usize>,
}

/// What the eye tells keys apart by, then the name as it is, and the row.
type Looks<'a> = (String, Vec<String>, &'a str, usize);

impl<'a> Names<'a> {
    fn of(rows: &'a Rows) -> Option<Self> {
        let resource = rows.resource();
        let name = resource.role(Role::Name)?;
        let keys = resource.natural_key.iter();
        let places = keys.filter_map(|key| resource.field_at(key));
        Some(Self {
            rows,
            name,
            rest: places.filter(|place| *place != name).collect(),
        })
    }

    fn name(&self, record: Record<'a>) -> Option<Text<'a>> {
        match record.cell(self.name) {
            Cell::Text(text) if record.bad().is_none() && !text.exact().is_empty() => Some(text),
            _ => None,
        }
    }

    fn hash(&self, record: Record<'a>, name: Text<'a>) -> u64 {
        let mut hasher = DefaultHasher::new();
        name.skeleton().hash(&mut hasher);
        for place in &self.rest {
            if let Cell::Text(text) = record.cell(*place) {
                text.hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// Tells the rows of one hash apart.
    fn compare(&self, run: &[(u64, usize)], found: &mut Vec<(usize, Rule)>) {
        let mut looks: Vec<Looks<'a>> =
            run.iter().filter_map(|(_, row)| self.looks(*row)).collect();
        looks.sort_unstable();
        let same = |one: &Looks<'a>, next: &Looks<'a>| one.0 == next.0 && one.1 == next.1;
        for group in looks.chunk_by(same) {
            let exact: Vec<_> = group.chunk_by(|one, next| one.2 == next.2).collect();
            for twins in &exact {
                let duplicate = (twins.len() > 1).then_some(Rule::DuplicateName);
                let lookalike = (exact.len() > 1).then_some(Rule::LookAlikeName);
                let rules = duplicate.into_iter().chain(lookalike);
                found.extend(rules.flat_map(|rule| twins.iter().map(move |it| (it.3, rule))));
            }
        }
    }

    fn looks(&self, row: usize) -> Option<Looks<'a>> {
        let record = self.rows.record(row);
        let name = self.name(record)?;
        let rest = self.rest.iter().map(|place| match record.cell(*place) {
            Cell::Text(text) => text.exact().to_owned(),
            _ => String::new(),
        });
        Some((name.skeleton(), rest.collect(), name.exact(), row))
    }
}
