//! Which keys a command acts on: the ids that were given or all that a filter keeps, each with what hangs on
//! it, from the list as it is now. An id acts once, however often it is given.

use std::{collections::BTreeMap, sync::Arc};

use super::{Failure, Place};
use crate::{
    api::{ApiError, ListEnd, Progress, Query, Target, client::Client},
    app::{
        filter::{Facts, Filter, Names},
        state,
    },
    manifest::Resource,
    record::{KeyId, Rows, Text},
};

/// A list as it is now.
#[derive(Debug)]
pub(in crate::cli) struct Listed {
    /// Its rows.
    pub rows: Rows,
    /// How it ended.
    pub end: ListEnd,
}

/// A key that is acted on.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Chosen {
    /// Its id, captured now, and its name.
    pub target: Target,
    /// The context signs in with it.
    pub own: bool,
    /// It may do more than a key should; also where that is not known.
    pub powerful: bool,
    /// Its position in the list, where it is there.
    pub row: Option<usize>,
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
        Ok(Self { rows, end })
    }

    /// The rows, where the list is whole.
    pub fn whole(&self) -> Option<&Rows> {
        self.end.cut.is_none().then_some(&self.rows)
    }

    /// The key of this id; where the list does not have it, it may be any.
    pub fn key(&self, id: KeyId) -> Chosen {
        let row = self.rows.find(&id);
        let record = row.map(|row| self.rows.record(row));
        Chosen {
            own: self.end.own.as_ref() == Some(&id),
            powerful: record.is_none_or(state::powerful),
            target: Target {
                name: record.map_or_else(
                    || id.as_str().to_owned(),
                    |record| record.name().exact().to_owned(),
                ),
                id,
            },
            row,
        }
    }

    /// The keys that a filter keeps, in the order of the list.
    pub fn kept(&self, place: &Place, filter: &Filter) -> Vec<Chosen> {
        let connection = &place.context.connection;
        let facts = Facts {
            now: super::now(),
            context: &connection.name,
            backend: &connection.manifest.id,
            own: self.end.own.as_ref(),
        };
        let kept = filter.positions(&self.rows, 0, &facts);
        let ids = kept.filter_map(|row| self.rows.record(row).id());
        ids.map(|id| self.key(id)).collect()
    }

    /// A row of its own for one key, whole where the service can read one.
    ///
    /// # Errors
    /// When it could not be had.
    pub async fn row(&self, client: &Client, key: &Chosen) -> Result<Rows, ApiError> {
        let resource = self.rows.resource();
        if resource.get.is_some() {
            return Ok(client.get(resource, &key.target.id).await?.rows);
        }
        let mut rows = Rows::new(Arc::clone(resource));
        if let Some(row) = key.row {
            rows.push_record(self.rows.record(row));
        }
        Ok(rows)
    }
}

impl Place {
    /// A filter over keys of this kind.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn filter(&self, text: &str) -> Result<Filter, Failure> {
        crate::cli::list::filter(text, &Names::of([&*self.resource]))
    }

    /// An id that was typed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn id(&self, text: &str) -> Result<KeyId, Failure> {
        KeyId::new(text, self.resource.item_id_kind)
            .map_err(|why| Failure::usage(format!("the id {} {why}", Text::new(text).shown())))
    }

    /// Reads the list, and says where it may not be whole.
    ///
    /// # Errors
    /// When it could not be had: nothing was sent.
    pub async fn list(&self, client: &Client) -> Result<Listed, Failure> {
        let listed = Listed::read(client, &self.resource).await;
        let listed = listed.map_err(|error| self.failed(&error))?;
        if let Some(cut) = &listed.end.cut {
            let name = self.name();
            crate::cli::output::say(&format!("{name}: the list may not be whole: {cut}"));
        }
        Ok(listed)
    }
}
