//! A rotation is made up before its first step: the row of the key, the values of the one that takes its
//! place, and a destination exactly where a secret is made.

use std::{collections::BTreeMap, sync::Arc};

use super::{Broken, Key, Listed, Site, now, turn::Turn};
use crate::{
    api::{ApiError, FieldValue},
    app::{
        form::given::{Sheet, Wrong},
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

/// What is decided of a rotation before the key's row is read.
#[derive(Debug, Clone)]
pub struct Decided {
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
    /// What the other key is called, where both are there at once.
    pub twin: Option<String>,
}

/// All that a rotation needs before its first step.
#[derive(Debug)]
pub struct Job {
    /// What was decided.
    pub decided: Decided,
    /// The whole list, where it is known: a lost answer is looked up by what it does not have.
    pub known: Option<Arc<Rows>>,
    /// The row of the key.
    pub row: Rows,
    /// What the new key will be; none where the key stays.
    pub values: Option<BTreeMap<String, FieldValue>>,
}

/// Why a rotation cannot begin; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// A secret is made, and nothing says where it goes.
    NoDestination,
    /// There is a destination, and nothing to bring there.
    NoSecret,
    /// Values that the new key cannot have.
    Wrong(Vec<Wrong>),
}

impl Decided {
    /// The rotation of a key whose place one like it takes, with nothing else edited.
    ///
    /// # Errors
    /// Why it cannot begin, as a sentence; nothing was sent.
    pub async fn plain(&self, site: &Site, listed: &Listed, key: &Key) -> Result<Job, String> {
        let row = row(site, &listed.rows, key).await;
        let row = row.map_err(|error| format!("{error}."))?;
        let sheet =
            copy(self.way, &row).map_err(|why| format!("Its row cannot be read: {why}."))?;
        self.job(listed, key, row, sheet)
            .map_err(|unfit| match unfit {
                Unfit::NoDestination => {
                    "The new secret is told once, and nothing says where it goes.".to_owned()
                }
                Unfit::NoSecret => "There is no new secret to bring anywhere.".to_owned(),
                Unfit::Wrong(wrong) => {
                    let lines = wrong
                        .into_iter()
                        .map(|one| format!("{}: {}", one.field, one.why));
                    lines.collect::<Vec<_>>().join(" ")
                }
            })
    }

    /// The rotation of a key with this row, and of the form of the one that takes its place.
    ///
    /// # Errors
    /// Why it cannot begin.
    pub fn job(
        &self,
        listed: &Listed,
        key: &Key,
        row: Rows,
        mut sheet: Option<Sheet>,
    ) -> Result<Job, Unfit> {
        let resource = listed.rows.resource();
        if let Some(unfit) = self.lacks(resource, sheet.as_ref()) {
            return Err(unfit);
        }
        if let (Some(sheet), Some(twin)) = (&mut sheet, &self.twin) {
            sheet.rename(twin);
        }
        // What is deleted before is no other key's name.
        let own = (self.way == Way::DeleteFirst).then_some(&key.target.id);
        let values = sheet.map(|sheet| sheet.values(&listed.rows, own));
        Ok(Job {
            decided: self.clone(),
            known: listed.whole().cloned(),
            row,
            values: values.transpose().map_err(Unfit::Wrong)?,
        })
    }

    /// A destination is there exactly when a secret is made; for one that was chosen it may be.
    fn lacks(&self, resource: &Resource, sheet: Option<&Sheet>) -> Option<Unfit> {
        let makes = twin::makes_secret(resource, self.way, sheet);
        let chosen = sheet.is_some_and(Sheet::chosen);
        match &self.sink {
            None if makes => Some(Unfit::NoDestination),
            Some(_) if !makes && !chosen => Some(Unfit::NoSecret),
            _ => None,
        }
    }
}

/// Rotates a key, to its end or until a step does not end well.
///
/// # Errors
/// When nothing more was sent, or it is not waited for any longer.
pub async fn rotate(site: &Site, job: Job, key: &Key) -> Result<Report, Broken> {
    let decided = job.decided;
    let mut turn = Turn {
        sink: decided.sink,
        keep_old: decided.keep_old,
        confirmed: decided.confirmed,
        sure: decided.sure,
        known: job.known,
        values: job.values,
        row: job.row,
        ..Turn::new(site.clone(), key.clone(), decided.way)
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

/// The form of the key that takes this one's place, as a copy of its row. Of a key that stays, what its service
/// asks beside: nothing of its row, and none where it asks nothing.
///
/// # Errors
/// Why its row cannot be copied, without a full stop.
pub fn copy(way: Way, row: &Rows) -> Result<Option<Sheet>, String> {
    if way == Way::Regenerate {
        let resource = row.resource();
        let empty = Rows::new(Arc::clone(resource));
        let asks = resource.sends(Verb::Rotate);
        return Ok(asks.then(|| Sheet::new(Verb::Rotate, empty, now())));
    }
    if let Some(why) = row.bad(0) {
        return Err(why.to_string());
    }
    let mut base = Rows::new(Arc::clone(row.resource()));
    base.push_record(row.record(0));
    Ok(Some(Sheet::new(Verb::Create, base, now())))
}

/// What the twin of a key is called beside those of this list, and those that `taken` knows.
#[must_use]
pub fn twin_name(list: &Rows, name: &str, taken: impl Fn(&str) -> bool) -> String {
    let there = |name: &str| list.iter().any(|row| row.name().exact() == name);
    twin::name(list.resource(), name, |name| there(name) || taken(name))
}
