//! `--to`: where a new secret goes is one word, read and looked into before anything is sent.

use super::{Failure, Place};
use crate::deliver::Sink;

/// A destination that takes a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Route {
    /// Where it is.
    pub sink: Sink,
}

impl Route {
    /// As it is written in the journal.
    pub fn said(&self) -> String {
        self.sink.to_string()
    }

    /// A command of the config, which may take several secrets one after the other.
    pub fn takes_several(&self) -> bool {
        matches!(self.sink, Sink::Command(_))
    }
}

/// Reads `--to`, and refuses what cannot go together.
///
/// # Errors
/// Why it cannot be used; nothing was sent.
pub(in crate::cli) fn route(to: Option<&str>, json: bool) -> Result<Option<Route>, Failure> {
    let Some(to) = to else {
        return Ok(None);
    };
    let sink: Sink = to
        .parse()
        .map_err(|why: String| Failure::usage(format!("nothing was sent: --to: {why}")))?;
    if json && sink == Sink::Stdout {
        return Err(Failure::usage(
            "nothing was sent: --to stdout and --json both want standard output, and what reads the one would get the other; choose another sink, or leave --json out",
        ));
    }
    Ok(Some(Route { sink }))
}

impl Place {
    /// Whether a destination would take a secret now.
    ///
    /// # Errors
    /// Why it would not; nothing was sent.
    pub async fn check(&self, route: &Route) -> Result<(), Failure> {
        let checked = self.courier.check(&route.sink).await;
        checked.map_err(|why| {
            Failure::usage(format!("nothing was sent: --to {}: {why}", route.said()))
        })
    }
}
