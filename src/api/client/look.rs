//! A lost write is looked up, never sent again: the list is read until it tells, at growing intervals,
//! and what it tells is judged in [`trace`](crate::api::trace). A key is said to be gone only by a whole
//! list that the credential was good for.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};

use super::{Client, Query};
use crate::{
    api::{
        ApiError,
        trace::{Doubt, Sighting, Trace, judge, unseen},
    },
    manifest::{Meaning, Resource, Verb},
    record::{KeyId, Rows},
};

/// The waits before the looks at a lost write.
pub const WAITS: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

impl Client {
    /// Looks once at what became of a lost write.
    pub async fn look(&self, trace: &Trace) -> Sighting {
        match trace.verb {
            Verb::Rotate | Verb::Act(_) => Sighting::Unclear(unseen(trace.verb)),
            Verb::Update => self.look_at_row(trace).await,
            Verb::Create | Verb::Delete => self.look_at_list(trace).await,
        }
    }

    /// Looks at a lost write until something settles it, after each of these waits ([`WAITS`]); `tell` gets the
    /// number of the look that begins and how many there are. A create that is not there may still be
    /// on its way: only the last look says so, as it says of a delete or an update that changed nothing.
    pub async fn follow(
        &self,
        trace: &Trace,
        waits: &[Duration],
        tell: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Sighting {
        if matches!(trace.verb, Verb::Rotate | Verb::Act(_)) {
            return Sighting::Unclear(unseen(trace.verb));
        }
        let mut look = || self.look(trace).boxed();
        follow(trace.verb, waits, tell, &mut look).await
    }

    /// Whether a key is not there any more, as a whole list tells that the credential was good for: a
    /// refused delete alone proves nothing where one answer stands for a bad credential too.
    ///
    /// # Errors
    /// When neither is certain.
    pub async fn gone(&self, resource: &Arc<Resource>, id: &KeyId) -> Result<bool, ApiError> {
        let trace = Trace::of_deleted(Arc::clone(resource), id.clone());
        match self.look(&trace).await {
            Sighting::Absent => Ok(true),
            Sighting::Unclear(doubt) => Err(doubt.into()),
            _ => Ok(false),
        }
    }

    async fn look_at_list(&self, trace: &Trace) -> Sighting {
        let query = Query {
            resource: Arc::clone(&trace.resource),
            filters: BTreeMap::new(),
        };
        let mut rows = Rows::new(Arc::clone(&trace.resource));
        let listed = self.list(&query, &mut |some| rows.append(&some.rows)).await;
        let end = match listed {
            Ok(end) => end,
            Err(error) => return Sighting::Unclear(error.into()),
        };
        match judge(trace, &rows, end.cut.as_deref()) {
            Sighting::Absent => self.surely_absent(&trace.resource).await,
            Sighting::Unclear(Doubt::Cut(why)) if trace.verb == Verb::Delete => {
                self.look_for_one(trace, why).await
            }
            told => told,
        }
    }

    /// Where one answer stands for a bad credential and for what is not there, an empty list does not prove
    /// that the credential was good: a check does. Elsewhere a list that came does.
    async fn surely_absent(&self, resource: &Resource) -> Sighting {
        let meanings = &self.connection.manifest.errors.status;
        let doubtful = !resource.list.empty_on.is_empty();
        if !doubtful
            && !meanings
                .values()
                .any(|it| *it == Meaning::CredentialOrNotFound)
        {
            return Sighting::Absent;
        }
        let failed = self
            .check()
            .await
            .into_iter()
            .find_map(|it| it.result.err());
        failed.map_or(Sighting::Absent, |error| Sighting::Unclear(error.into()))
    }

    /// A list that may lack a row is no proof; the row itself is, where it can be read.
    async fn look_for_one(&self, trace: &Trace, why: String) -> Sighting {
        match self.get_target(trace).await {
            Some(Ok(_)) => Sighting::Present,
            Some(Err(error)) if is_gone(&error) => Sighting::Absent,
            _ => Sighting::Unclear(Doubt::Cut(why)),
        }
    }

    /// An update is looked up in the row itself, where it can be read, else in the list.
    async fn look_at_row(&self, trace: &Trace) -> Sighting {
        match self.get_target(trace).await {
            Some(Ok(rows)) => judge(trace, &rows, None),
            Some(Err(error)) if is_gone(&error) => Sighting::Absent,
            Some(Err(error)) => Sighting::Unclear(error.into()),
            None => self.look_at_list(trace).await,
        }
    }

    /// The row that a write was about; none where single rows cannot be read.
    async fn get_target(&self, trace: &Trace) -> Option<Result<Rows, ApiError>> {
        let target = trace.target.as_ref()?;
        let api = self.api(&trace.resource).unwrap_or(super::Api::Main);
        api.get(&trace.resource)?;
        let got = self.get(&trace.resource, &target.id).await;
        Some(got.map(|decoded| decoded.rows))
    }
}

/// The service says that a key is not there, and means nothing else by it.
fn is_gone(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Refused {
            meaning: Meaning::NotFound,
            ..
        }
    )
}

/// Waits and looks in turn.
async fn follow<'a>(
    verb: Verb,
    waits: &[Duration],
    tell: &mut (dyn FnMut(usize, usize) + Send),
    look: &mut (dyn FnMut() -> BoxFuture<'a, Sighting> + Send),
) -> Sighting {
    let mut last = Sighting::Unclear(Doubt::Untold("nobody looked".to_owned()));
    for (at, wait) in waits.iter().enumerate() {
        tokio::time::sleep(*wait).await;
        tell(at + 1, waits.len());
        last = look().await;
        if settles(verb, &last) {
            break;
        }
    }
    last
}

/// A later look would not say anything else.
fn settles(verb: Verb, sighting: &Sighting) -> bool {
    match sighting {
        Sighting::Exists(..) | Sighting::Several(_) | Sighting::Same => true,
        Sighting::Absent => verb != Verb::Create,
        Sighting::Different | Sighting::Present | Sighting::Unclear(_) => false,
    }
}

#[cfg(test)]
mod tests;
