//! Clients of several contexts at once: credentials are asked for one after the other, then everything
//! runs together, and the slow one holds up nobody else's rows.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::{Failure, Setting};
use crate::{
    api::{ApiError, Connection, Inputs, client::Client},
    config::{Config, Context, Resolver},
};

/// Most contexts at work at once.
const AT_ONCE: usize = 8;

/// A context whose questions have been answered.
pub(super) struct Ready {
    connection: Arc<Connection>,
    resolver: Resolver,
    typed: Inputs,
}

impl Ready {
    /// The client of the context.
    ///
    /// # Errors
    /// When a source gives no value or the client cannot be made.
    pub async fn client(self) -> Result<Client, ApiError> {
        let inputs = self.resolver.resolve(&self.connection, self.typed).await;
        let inputs = inputs.map_err(|error| ApiError::Credential(error.to_string()))?;
        Client::new(self.connection, inputs)
    }
}

/// Asks on the terminal what these contexts need, in their order.
pub(super) fn prepare(
    setting: &Setting,
    config: &Config,
    contexts: &[&Context],
) -> Result<Vec<Ready>, Failure> {
    let resolver = config.resolver(&setting.environment);
    let mut ready = Vec::new();
    for context in contexts {
        let connection = Arc::clone(&context.connection);
        for warning in resolver.warnings(&connection) {
            super::output::say(&format!("warning: {}: {warning}", connection.name));
        }
        ready.push(Ready {
            typed: resolver.ask(&connection)?,
            resolver: resolver.clone(),
            connection,
        });
    }
    Ok(ready)
}

/// Does the jobs, a few at once, and gives what came of them in their order.
pub(super) async fn together<T>(jobs: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(jobs).buffered(AT_ONCE).collect().await
}
