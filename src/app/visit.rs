//! What is new since the last visit: a key that the last whole list of an earlier run did not have. Where
//! there was no such list nothing is new; lists that come whole are kept for the next visit, as numbers
//! that tell their ids apart and say nothing else.

#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    Context, ContextId, Effect, Model, listing,
    pane::{Pane, Source},
};
use crate::{
    manifest::Resource,
    record::{KeyId, Moment, Record, Rows},
};

/// Most keys of a list that is kept.
const MOST_KEYS: usize = 250_000;
/// Most keys of all lists together.
const MOST_ALL: usize = 2_000_000;

/// What earlier runs saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// One for each list, in the order in which they came.
    lists: Vec<Seen>,
}

/// A list as it came whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    context: String,
    address: String,
    resource: String,
    /// When, in microseconds since 1970.
    at: i64,
    /// The first four bytes of a hash of each id, in their order.
    ids: Vec<u32>,
}

/// The keys of a list that are new.
#[derive(Debug)]
pub struct New {
    /// Since then.
    pub since: Moment,
    /// Which.
    pub ids: HashSet<KeyId>,
}

impl Visit {
    /// Keeps a list in the place of what was seen of it before; the oldest make room.
    pub fn keep(&mut self, seen: Seen) {
        self.lists.retain(|known| !known.is(&seen));
        self.lists.push(seen);
        let all = |lists: &[Seen]| lists.iter().map(|list| list.ids.len()).sum::<usize>();
        while all(&self.lists) > MOST_ALL {
            self.lists.remove(0);
        }
    }
}

impl Seen {
    /// A whole list; none where it is too long to be kept.
    fn of(context: &Context, rows: &Rows, now: Moment) -> Option<Self> {
        if rows.len() > MOST_KEYS {
            return None;
        }
        let ids = rows.iter().filter_map(Record::id_text);
        let mut ids: Vec<u32> = ids.map(number).collect();
        ids.sort_unstable();
        Some(Self {
            context: context.name.to_string(),
            address: context.address.clone(),
            resource: name_of(rows.resource()),
            at: now.micros(),
            ids,
        })
    }

    /// Both are of one list.
    fn is(&self, other: &Self) -> bool {
        (&self.context, &self.address, &self.resource)
            == (&other.context, &other.address, &other.resource)
    }

    fn is_of(&self, context: &Context, resource: &Resource) -> bool {
        *self.context == *context.name
            && self.address == context.address
            && self.resource == name_of(resource)
    }

    /// The rows that it did not have.
    fn new_among(&self, rows: &Rows) -> New {
        let new = rows.iter().filter(|record| {
            let id = record.id_text();
            id.is_some_and(|id| self.ids.binary_search(&number(id)).is_err())
        });
        New {
            since: Moment::from_micros(self.at),
            ids: new.filter_map(Record::id).collect(),
        }
    }
}

/// What a list is called among those that are kept: one in a row says which by what stands for its id.
fn name_of(resource: &Resource) -> String {
    match &resource.within {
        Some(row) => format!("{}/{:08x}", resource.id, number(&row.id)),
        None => resource.id.clone(),
    }
}

/// What stands for an id: of a million others one in four thousand has the same.
fn number(id: &str) -> u32 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(id.as_bytes()));
    u32::from_be_bytes([a, b, c, d])
}

impl Source {
    /// The key was not there at the last visit.
    #[must_use]
    pub fn is_new(&self, record: Record<'_>) -> bool {
        let new = self.new.as_ref().filter(|new| !new.ids.is_empty());
        new.is_some_and(|new| record.id().is_some_and(|id| new.ids.contains(&id)))
    }
}

/// What earlier runs saw was read.
pub fn read(model: &mut Model, visit: Visit) -> Vec<Effect> {
    model.visit = Some(visit);
    let ended = model.all_lists().filter(|source| source.end.is_some());
    let lists: Vec<_> = ended
        .map(|source| (source.context, Arc::clone(&source.resource)))
        .collect();
    let came = lists.iter();
    came.flat_map(|(context, resource)| self::came(model, *context, resource))
        .collect()
}

/// A list came: what is new in it is marked, and one that is whole is kept for the next visit.
pub fn came(model: &mut Model, context: ContextId, resource: &Arc<Resource>) -> Vec<Effect> {
    let (Some(visit), Some(its)) = (&model.visit, model.contexts.get(context)) else {
        return Vec::new();
    };
    if !resource.holds_keys() {
        return Vec::new();
    }
    let before = visit.lists.iter().find(|seen| seen.is_of(its, resource));
    let rows = listing::whole(model, context, resource);
    let seen = rows.and_then(|rows| Seen::of(its, rows, model.now));
    let sources = model.panes.iter_mut().flat_map(Pane::all_lists_mut);
    for source in sources.filter(|source| source.lists(context, resource)) {
        source.new = before.map(|before| before.new_among(&source.rows));
    }
    let kept = seen.map(|seen| Effect::KeepSeen(Box::new(seen)));
    kept.into_iter().collect()
}
