//! What is decided of each key of a rotation of many before anything is sent: what its twin is called, where
//! its secret goes, and whether it may go beside others. No two secrets have one place.

use std::collections::{BTreeMap, BTreeSet};

use super::{Failure, Job, Listed, Place};
use crate::{
    app::rotation::steps::Way,
    deliver::Sink,
    manifest::{Resource, Role},
    record::Text,
    walk::{self, Key},
};

/// One key of the plan.
#[derive(Debug)]
pub(super) struct Turning {
    /// The key.
    pub key: Key,
    /// What the new key is called, where both are there at once.
    pub twin: Option<String>,
    /// Where the new secret goes.
    pub sink: Option<Sink>,
    /// It goes beside no other.
    pub alone: bool,
}

/// The keys in the order of the plan: the one that the context signs in with is the last.
///
/// # Errors
/// When a secret has no place of its own.
pub(super) fn rows(
    place: &Place,
    job: &Job,
    listed: &Listed,
    mut chosen: Vec<Key>,
) -> Result<Vec<Turning>, Failure> {
    chosen.sort_by_key(|key| key.own);
    let twins = twins(job.way, listed, &chosen);
    let mut rows = Vec::new();
    let found = tells_apart(&place.resource);
    for (key, twin) in chosen.into_iter().zip(twins) {
        let pattern = job.pattern.as_ref();
        let sink = pattern.map(|pattern| place.sink(pattern, &key.target));
        rows.push(Turning {
            sink: sink.transpose()?,
            // Of two keys that are called alike it could not be said which one a lost answer made.
            alone: key.own || job.way == Way::DeleteFirst || (twin.is_some() && !found),
            key,
            twin,
        });
    }
    let mut names = BTreeMap::<String, usize>::new();
    for name in rows.iter().filter_map(|row| row.twin.clone()) {
        *names.entry(name).or_default() += 1;
    }
    for row in &mut rows {
        let shared = |twin: &String| names.get(twin).is_some_and(|count| *count > 1);
        row.alone |= row.twin.as_ref().is_some_and(shared);
    }
    apart(&rows)?;
    Ok(rows)
}

/// What the twins are called: no two alike, where the service has one key of a name.
fn twins(way: Way, listed: &Listed, chosen: &[Key]) -> Vec<Option<String>> {
    let mut given = BTreeSet::new();
    let twin = |key: &Key| {
        if way != Way::CreateFirst {
            return None;
        }
        let taken = |name: &str| given.contains(name);
        let name = walk::twin_name(&listed.rows, &key.target.name, taken);
        given.insert(name.clone());
        Some(name)
    };
    chosen.iter().map(twin).collect()
}

/// A new key of another name is another key to whoever looks for a lost one.
fn tells_apart(resource: &Resource) -> bool {
    let name = resource.role(Role::Name);
    let name = name.and_then(|at| resource.field.get(at));
    name.is_some_and(|field| resource.natural_key.contains(&field.key))
}

/// No two secrets have one place.
fn apart(rows: &[Turning]) -> Result<(), Failure> {
    let mut places: BTreeMap<String, &Key> = BTreeMap::new();
    for row in rows {
        let place = match &row.sink {
            // Some disks hold names that differ by case alone for one.
            Some(sink @ Sink::File(_)) => sink.to_string().to_lowercase(),
            Some(sink @ Sink::Env { .. }) => sink.to_string(),
            _ => continue,
        };
        if let Some(other) = places.insert(place, &row.key) {
            let called = |key: &Key| {
                let id = Text::new(key.target.id.as_str());
                let name = Text::new(&key.target.name);
                format!("“{}” (id {})", name.shown(), id.shown())
            };
            let sink = row.sink.as_ref().map(ToString::to_string);
            return Err(Failure::usage(format!(
                "nothing was sent: the secrets of {} and {} would both go to {}; let {{id}} stand in it",
                called(other),
                called(&row.key),
                sink.unwrap_or_default()
            )));
        }
    }
    Ok(())
}
