//! Clients of several contexts at once: credentials are asked for one after the other, then everything
//! runs together, and the slow one holds up nobody else's rows.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::{Failure, Setting};
use crate::{
    api::{ApiError, Connection, Inputs, client::Client},
    approval::Programs,
    config::{Config, Context, CredentialError, Resolver},
};

/// Most contexts at work at once.
const AT_ONCE: usize = 8;

/// A context whose questions have been answered.
pub(super) struct Ready {
    connection: Arc<Connection>,
    resolver: Resolver,
    programs: Programs,
    /// What was typed, or why nobody could be asked.
    typed: Result<Inputs, ApiError>,
}

impl Ready {
    /// The client of the context.
    ///
    /// # Errors
    /// When a source gives no value, nobody could be asked for one, or the client cannot be made or not sign.
    pub async fn client(self) -> Result<Client, ApiError> {
        self.client_with(Inputs::new()).await
    }

    /// A client of the context in which these inputs take the place of those of their names.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub async fn client_with(&self, others: Inputs) -> Result<Client, ApiError> {
        let typed = self.typed.as_ref().map_err(Clone::clone)?.iter();
        let mut given: Inputs = typed
            .map(|(name, secret)| (name.clone(), secret.again()))
            .collect();
        given.extend(others);
        let inputs = self.resolver.resolve(&self.connection, given).await;
        let inputs = inputs.map_err(|error| unread(&error))?;
        let client = Client::new(Arc::clone(&self.connection), inputs)?;
        let client = client.signed_by(Some(Arc::new(self.programs.clone())));
        client.may_sign().await?;
        Ok(client)
    }

    /// What the client is made for.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What reads values that the config names.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }
}

/// The failure of the context that it is told under, so that it does not name the context again.
fn unread(error: &CredentialError) -> ApiError {
    ApiError::Credential(format!("{}: {}", error.input, error.problem))
}

/// Asks on the terminal what these contexts need, in their order. A question that cannot be asked is
/// a failure of its context alone; one that is broken off ends the command.
pub(super) fn prepare(
    setting: &Setting,
    config: &Config,
    contexts: &[&Context],
) -> Result<Vec<Ready>, Failure> {
    let resolver = config.resolver(&setting.environment);
    let programs = Programs::of(config, &setting.environment);
    let mut ready = Vec::new();
    for context in contexts {
        let connection = Arc::clone(&context.connection);
        for warning in resolver.warnings(&connection) {
            super::output::say(&format!("warning: {}: {warning}", connection.name));
        }
        let typed = match resolver.ask(&connection) {
            Err(error) if error.broken_off => return Err(Failure::interrupted(error.to_string())),
            asked => asked.map_err(|error| unread(&error)),
        };
        ready.push(Ready {
            typed,
            resolver: resolver.clone(),
            programs: programs.clone(),
            connection,
        });
    }
    Ok(ready)
}

/// Does the jobs, a few at once, and gives what came of them in their order.
pub(super) async fn together<T>(jobs: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(jobs).buffered(AT_ONCE).collect().await
}
