//! Which keys a command acts on: the ids that were given or all that a filter keeps, each with what hangs on
//! it, from the list as it is now. An id acts once, however often it is given.

use super::{Failure, Place};
use crate::{
    api::client::Client,
    app::filter::{Facts, Filter, Names},
    record::{KeyId, Text},
    walk::{Key, Listed},
};

impl Listed {
    /// The keys that a filter keeps, in the order of the list.
    pub(in crate::cli) fn kept(&self, place: &Place, filter: &Filter) -> Vec<Key> {
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
        KeyId::typed(text, &self.resource)
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
