//! What is decided of each key of a rotation of many before anything is sent: what its twin is called, and where
//! its secret goes.

use std::collections::BTreeSet;

use super::{Failure, Job, Listed, Place};
use crate::{
    app::rotation::steps::Way,
    deliver::Sink,
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
    let keys = chosen.iter().map(|key| &key.target);
    let sinks = match &job.pattern {
        Some(pattern) => place.sinks(pattern, keys)?.into_iter().map(Some).collect(),
        None => vec![None; chosen.len()],
    };
    let rows = chosen.into_iter().zip(twins).zip(sinks);
    Ok(rows
        .map(|((key, twin), sink)| Turning { key, twin, sink })
        .collect())
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
