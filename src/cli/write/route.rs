//! `--to`: where a new secret goes is one word, read and looked into before anything is sent.

use super::{Failure, Form, Place};
use crate::{
    api::Target,
    deliver::{Pattern, Sink},
};

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
}

/// Reads `--to`, and refuses what cannot go together with what scripts get.
///
/// # Errors
/// Why it cannot be used; nothing was sent.
pub(in crate::cli) fn route(to: Option<&str>, form: Form) -> Result<Option<Route>, Failure> {
    let sink = read::<Sink>(to)?;
    if sink == Some(Sink::Stdout) {
        alone(form)?;
    }
    Ok(sink.map(|sink| Route { sink }))
}

/// The same for the secrets of keys that are there: their names may stand in it.
///
/// # Errors
/// Why it cannot be used; nothing was sent.
pub(in crate::cli) fn pattern(to: Option<&str>, form: Form) -> Result<Option<Pattern>, Failure> {
    if to.is_some_and(|to| to.parse() == Ok(Sink::Stdout)) {
        alone(form)?;
    }
    read(to)
}

fn read<T: std::str::FromStr<Err = String>>(to: Option<&str>) -> Result<Option<T>, Failure> {
    let read = to.map(str::parse).transpose();
    read.map_err(|why| Failure::usage(format!("nothing was sent: --to: {why}")))
}

/// Standard output has one reader.
fn alone(form: Form) -> Result<(), Failure> {
    let flag = match form {
        Form::People => return Ok(()),
        Form::Json => "--json",
        Form::Csv => "--csv",
    };
    Err(Failure::usage(format!(
        "nothing was sent: --to stdout and {flag} both want standard output, and what reads the one would get the other; choose another sink, or leave {flag} out"
    )))
}

impl Place {
    /// Whether a destination would take a secret now, that of this key where one is there.
    ///
    /// # Errors
    /// Why it would not; nothing was sent.
    pub async fn check(&self, sink: &Sink, key: Option<&Target>) -> Result<(), Failure> {
        let about = key.map(|key| self.ground().about(key));
        let checked = self.courier.check_for(sink, about.as_ref()).await;
        checked.map_err(|why| Failure::usage(format!("nothing was sent: --to {sink}: {why}")))
    }

    /// Where the secrets of keys go, each to a place of its own.
    ///
    /// # Errors
    /// Which can go nowhere, or where another goes; nothing was sent.
    pub fn sinks<'a>(
        &self,
        pattern: &Pattern,
        keys: impl Iterator<Item = &'a Target>,
    ) -> Result<Vec<Sink>, Failure> {
        let ground = self.ground();
        let keys: Vec<_> = keys.map(|key| ground.about(key)).collect();
        let sinks = pattern.places(&keys);
        sinks.map_err(|why| Failure::usage(format!("nothing was sent: --to: {why}")))
    }
}
