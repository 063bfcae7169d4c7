//! What a lost write is looked for by, and what a list says about it: never more than rows show. The
//! client fetches the rows; everything here is decided without a clock or a network, so that what the
//! journal kept can be judged as well as what was just sent.

mod compare;
mod judge;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{ApiError, Change, FieldValue, Target, request::exposed};
use crate::{
    manifest::{Resource, Role, Verb},
    record::{KeyId, Moment, Record, Rows},
};
use judge::Fit;
pub use judge::{judge, unseen};

/// How much of a value that was chosen here is kept to know its row by, in characters.
const PREFIX: usize = 4;
/// A shorter value is not known by its beginning: that would give too much of it away.
const LONG_ENOUGH: usize = 16;

/// What a lost write is looked for by; built before it is sent, or from the journal after a crash. It
/// holds no secret.
#[derive(Debug, Clone)]
pub struct Trace {
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// What was asked for.
    pub verb: Verb,
    /// To which key; none for a create.
    pub target: Option<Target>,
    /// Of a create, the values of the natural key by field key; an empty one was not sent.
    pub natural: BTreeMap<String, String>,
    /// Of a create whose value was chosen here, the first characters of it.
    pub prefix: Option<String>,
    /// Of an update, the values that may be shown, as they go to the wire.
    pub values: BTreeMap<String, Value>,
    /// Ids of the rows that had the natural key before; none: not known.
    pub seen: Option<BTreeSet<String>>,
    /// When it was sent.
    pub since: Moment,
}

/// What was found of a lost write.
#[derive(Debug)]
pub enum Sighting {
    /// The create made this key; the row is the only one.
    Exists(KeyId, Rows),
    /// Several new rows look like what the create made.
    Several(Vec<KeyId>),
    /// No row is what the create made; or the key of a delete or an update is not there any more.
    Absent,
    /// The fields are as the update wants them.
    Same,
    /// Some field is not as the update wants it.
    Different,
    /// The key of a delete is still there.
    Present,
    /// Nothing can be said.
    Unclear(Doubt),
}

/// Why nothing can be said of a lost write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The list could not be had.
    #[error("{0}")]
    Unread(#[from] ApiError),
    /// The list may lack the row.
    #[error("the list may not be whole: {0}")]
    Cut(String),
    /// What was read does not tell.
    #[error("{0}")]
    Untold(String),
}

impl From<Doubt> for ApiError {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Unread(error) => error,
            Doubt::Cut(_) => Self::Bound(doubt.to_string()),
            Doubt::Untold(why) => Self::Unexpected(why),
        }
    }
}

impl Trace {
    /// What this write will be looked for by. A create has the values that are made here by then; `rows`
    /// is the whole list as it was before, where it is known.
    #[must_use]
    pub fn of(change: &Change, rows: Option<&Rows>, now: Moment) -> Self {
        let resource = Arc::clone(&change.resource);
        let mut trace = Self {
            verb: change.verb,
            target: change.target.clone(),
            natural: BTreeMap::new(),
            prefix: None,
            values: BTreeMap::new(),
            seen: None,
            since: now,
            resource,
        };
        match change.verb {
            Verb::Create => {
                trace.natural = natural(change);
                trace.prefix = prefix(change);
                trace.seen = rows.map(|rows| trace.known(rows));
            }
            Verb::Update => {
                let plain = change.values.iter().filter_map(|(key, value)| match value {
                    FieldValue::Plain(value) => Some((key.clone(), value.clone())),
                    FieldValue::Secret(_) => None,
                });
                trace.values = plain.collect();
            }
            Verb::Rotate | Verb::Delete | Verb::Act(_) => {}
        }
        trace
    }

    /// What a delete of this key is looked for by.
    #[must_use]
    pub fn of_deleted(resource: Arc<Resource>, id: KeyId) -> Self {
        let name = String::new();
        Self {
            resource,
            verb: Verb::Delete,
            target: Some(Target::named(id, name)),
            natural: BTreeMap::new(),
            prefix: None,
            values: BTreeMap::new(),
            seen: None,
            since: Moment::from_micros(0),
        }
    }

    /// The key that this create takes the place of was deleted before it: the list from before says nothing
    /// of a row with its id, for a service may give the same name the same id.
    #[must_use]
    pub fn after(mut self, gone: Option<&KeyId>) -> Self {
        if let (Verb::Create, Some(seen), Some(gone)) = (self.verb, &mut self.seen, gone) {
            seen.remove(gone.as_str());
        }
        self
    }

    /// Ids of the rows that could be taken for what this create makes.
    fn known(&self, rows: &Rows) -> BTreeSet<String> {
        let ids = rows
            .iter()
            .filter(|row| self.fits(*row) != Fit::Not)
            .filter_map(Record::id_text);
        ids.map(str::to_owned).collect()
    }
}

fn natural(change: &Change) -> BTreeMap<String, String> {
    let text = |key: &String| match change.values.get(key) {
        Some(FieldValue::Plain(Value::String(text))) => text.clone(),
        Some(FieldValue::Plain(value @ (Value::Bool(_) | Value::Number(_)))) => value.to_string(),
        _ => String::new(),
    };
    let keys = change.resource.natural_key.iter();
    keys.map(|key| (key.clone(), text(key))).collect()
}

/// The beginning of a value that was chosen here, where rows show theirs.
fn prefix(change: &Change) -> Option<String> {
    change.resource.role(Role::Prefix)?;
    let key = change.resource.repeatable_by.as_ref()?;
    let FieldValue::Secret(secret) = change.values.get(key)? else {
        return None;
    };
    (secret.chars() >= LONG_ENOUGH).then(|| exposed(secret).chars().take(PREFIX).collect())
}
