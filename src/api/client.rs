//! The only HTTP: one client per context, credentials only to its own origin, nothing retried but reads.

use std::sync::Arc;

use super::{ApiError, Change, Checked, Connection, Inputs, ListEnd, Outcome, Progress, Query};
use crate::{
    manifest::Resource,
    record::{Decoded, KeyId},
};

/// Talks to one context. Cheap to share behind an `Arc`; all methods may run at once.
#[derive(Debug)]
pub struct Client {}

impl Client {
    /// Prepares the client of a context; nothing is sent yet.
    ///
    /// # Errors
    /// When the address, a certificate or an input cannot be used.
    pub fn new(connection: Arc<Connection>, inputs: Inputs) -> Result<Self, ApiError> {
        let _ = (connection, inputs);
        Ok(Self {})
    }

    /// Fetches a list; `progress` is called with new rows as they come.
    ///
    /// # Errors
    /// When a page could not be had; rows that came before were reported.
    pub async fn list(
        &self,
        query: &Query,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ListEnd, ApiError> {
        let _ = (query, progress);
        Ok(ListEnd::default())
    }

    /// Reads one key.
    ///
    /// # Errors
    /// When it could not be had.
    pub async fn get(&self, resource: &Arc<Resource>, id: &KeyId) -> Result<Decoded, ApiError> {
        let _ = (resource, id);
        Err(ApiError::NotSent(String::new()))
    }

    /// Sends a write exactly once.
    pub async fn send(&self, change: &Change) -> Outcome {
        let _ = change;
        Outcome::NotDone(ApiError::NotSent(String::new()))
    }

    /// Runs the manifest's checks that fit the way this context signs in.
    pub async fn check(&self) -> Vec<Checked> {
        Vec::new()
    }
}
