//! The list as it is when a walk is decided: which keys are there, which one is signed in with, and whether
//! that is all of them.

use std::{collections::BTreeMap, sync::Arc};

use super::Key;
use crate::{
    api::{ApiError, ListEnd, Progress, Query, Target, client::Client},
    app::state,
    manifest::Resource,
    record::{KeyId, Rows},
};

/// A list as it is now.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its rows.
    pub rows: Arc<Rows>,
    /// How it ended.
    pub end: ListEnd,
}

impl Listed {
    /// Reads a list.
    ///
    /// # Errors
    /// When it could not be had.
    pub async fn read(client: &Client, resource: &Arc<Resource>) -> Result<Self, ApiError> {
        let mut rows = Rows::new(Arc::clone(resource));
        let query = Query {
            resource: Arc::clone(resource),
            filters: BTreeMap::new(),
        };
        let mut take = |progress: Progress| rows.append(&progress.rows);
        let end = client.list(&query, &mut take).await?;
        let rows = Arc::new(rows);
        Ok(Self { rows, end })
    }

    /// The rows, where the list is whole.
    #[must_use]
    pub fn whole(&self) -> Option<&Arc<Rows>> {
        self.end.cut.is_none().then_some(&self.rows)
    }

    /// The key of this id; where the list does not have it, it may be any.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Key {
        let row = self.rows.find(&id);
        let record = row.map(|row| self.rows.record(row));
        Key {
            own: self.end.own.as_ref() == Some(&id),
            powerful: record.is_none_or(state::powerful),
            unknown: record.is_none(),
            target: record.and_then(Target::of).unwrap_or_else(|| {
                let name = id.as_str().to_owned();
                Target::named(id, name)
            }),
        }
    }
}
