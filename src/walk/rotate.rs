//! A rotation is made up before its first step: the row of the key, the values of the one that takes its
//! place, and a destination exactly where a secret is made.

use std::{collections::BTreeMap, sync::Arc};

use super::{Broken, Key, Site, now, turn::Turn};
use crate::{
    api::{ApiError, FieldValue},
    app::{
        form::given::Sheet,
        gate::Tier,
        report::Report,
        rotation::{
            steps::{Step, Way},
            twin,
        },
    },
    deliver::Sink,
    manifest::{Resource, Verb},
    record::Rows,
};

/// What was decided of a rotation before its first step.
#[derive(Debug)]
pub struct Job {
    /// How the key is rotated.
    pub way: Way,
    /// It ends before the old key is deleted.
    pub keep_old: bool,
    /// Where the new secret goes.
    pub sink: Option<Sink>,
    /// How far it was confirmed.
    pub confirmed: Tier,
    /// A new key that cannot be tried is taken as working, unless it is the one signed in with.
    pub sure: bool,
    /// The whole list, where it is known: a lost answer is looked up by what it does not have.
    pub known: Option<Arc<Rows>>,
    /// The row of the key.
    pub row: Rows,
    /// What the new key will be; none where the key stays.
    pub values: Option<BTreeMap<String, FieldValue>>,
}

/// Rotates a key, to its end or until a step does not end well.
///
/// # Errors
/// When nothing more was sent, or it is not waited for any longer.
pub async fn rotate(site: &Site, job: Job, key: &Key) -> Result<Report, Broken> {
    let mut turn = Turn {
        sink: job.sink,
        keep_old: job.keep_old,
        confirmed: job.confirmed,
        sure: job.sure,
        known: job.known,
        values: job.values,
        row: job.row,
        ..Turn::new(site.clone(), key.clone(), job.way)
    };
    turn.walk(Step::Choose).await
}

/// A row of its own for a key, whole where the service can read one, else as this list has it.
///
/// # Errors
/// When it could not be had.
pub async fn row(site: &Site, list: &Rows, key: &Key) -> Result<Rows, ApiError> {
    let resource = list.resource();
    if resource.get.is_some() {
        return Ok(site.client.get(resource, &key.target.id).await?.rows);
    }
    let mut rows = Rows::new(Arc::clone(resource));
    if let Some(row) = list.find(&key.target.id) {
        rows.push_record(list.record(row));
    }
    Ok(rows)
}

/// The form of the key that takes this one's place, as a copy of its row; none where the key stays.
///
/// # Errors
/// Why its row cannot be copied, without a full stop.
pub fn copy(way: Way, row: &Rows) -> Result<Option<Sheet>, String> {
    if way == Way::Regenerate {
        return Ok(None);
    }
    if let Some(why) = row.bad(0) {
        return Err(why.to_string());
    }
    let mut base = Rows::new(Arc::clone(row.resource()));
    base.push_record(row.record(0));
    Ok(Some(Sheet::new(Verb::Create, base, now())))
}

/// What a destination is to a rotation that does not have, or should not have, one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// A secret is made, and nothing says where it goes.
    Destination,
    /// There is a destination, and nothing to bring there.
    Secret,
}

/// A destination is there exactly when a secret is made; for one that was chosen it may be.
#[must_use]
pub fn lacks(resource: &Resource, way: Way, sheet: Option<&Sheet>, goes: bool) -> Option<Lacks> {
    let op = match way {
        Way::Regenerate => resource.rotate.as_ref(),
        Way::CreateFirst | Way::DeleteFirst => resource.create.as_ref(),
    };
    let answers = op.is_some_and(|op| op.secret.is_some());
    let chosen = sheet.is_some_and(Sheet::chosen);
    let makes = sheet.is_some_and(|sheet| !sheet.made().is_empty()) || (answers && !chosen);
    match goes {
        false if makes => Some(Lacks::Destination),
        true if !makes && !chosen => Some(Lacks::Secret),
        _ => None,
    }
}

/// What the twin of a key is called beside those of this list, and those that `taken` knows.
#[must_use]
pub fn twin_name(list: &Rows, name: &str, taken: impl Fn(&str) -> bool) -> String {
    let there = |name: &str| list.iter().any(|row| row.name().exact() == name);
    twin::name(list.resource(), name, |name| there(name) || taken(name))
}
