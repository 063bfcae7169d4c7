//! One row by its id: read, its secret told again, and the rows of a list that has little more than ids.
//! An id that is a secret is known here alone: everything else has what stands for it.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    Client, body, list,
    wire::{Lane, Reply},
};
use crate::{
    api::{
        ApiError, Inputs, Query, Target,
        request::{Holes, exposed, fill_json},
    },
    manifest::{Op, Resource, RowShape},
    record::{DecodeError, Decoded, KeyId, Record, Rows, SecretId, Text, decode_item},
    secret::Secret,
};

impl Client {
    /// Reads one key.
    ///
    /// # Errors
    /// When it could not be had.
    pub async fn get(&self, resource: &Arc<Resource>, id: &KeyId) -> Result<Decoded, ApiError> {
        let api = list::settle(self, resource).await?;
        let op = api.get(resource).ok_or_else(|| {
            ApiError::Unfit(format!(
                "{} cannot read a single {}",
                self.connection.manifest.title, resource.noun
            ))
        })?;
        let real = self.real_id(resource, id).await?;
        let mut decoded = self.get_by(resource, op, &real).await?;
        let named_around = matches!(api.list(resource).rows, RowShape::Map | RowShape::Strings);
        if named_around && decoded.id.is_none() && !decoded.rows.is_empty() {
            // The name of a member is the id, and no row repeats it.
            let mut rows = Rows::new(Arc::clone(resource));
            rows.push_as(decoded.rows.record(0), id);
            decoded.rows = rows;
            decoded.id = Some(id.clone());
        }
        Ok(decoded)
    }

    async fn get_by(
        &self,
        resource: &Arc<Resource>,
        op: &Op,
        id: &str,
    ) -> Result<Decoded, ApiError> {
        let lane = if resource.item_id_secret {
            Lane::Secret
        } else {
            Lane::Browse
        };
        let reply = self.read_row(lane, resource, op, id, None).await?;
        self.watch(|survey| survey.item(op, body(&reply).unwrap_or_default()));
        let mut decoded = decode_item(resource, op, body(&reply)?)?;
        self.learn(std::mem::take(&mut decoded.ids));
        Ok(decoded)
    }

    /// Asks a service that tells a secret again for it.
    ///
    /// # Errors
    /// When it could not be had.
    pub async fn reveal(
        &self,
        resource: &Arc<Resource>,
        target: &Target,
    ) -> Result<Secret, ApiError> {
        let api = list::settle(self, resource).await?;
        let op = api.reveal(resource).ok_or_else(|| {
            ApiError::Unfit(format!(
                "{} does not tell the secret of a {} again",
                self.connection.manifest.title, resource.noun
            ))
        })?;
        let item = Some(&*target.item);
        let id = self.real_id(resource, &target.id).await?;
        let reply = self.read_row(Lane::Secret, resource, op, &id, item);
        let reply = reply.await?;
        let decoded = decode_item(resource, op, body(&reply)?)?;
        let at = op.secret.as_ref().map(crate::manifest::Pointers::named);
        let missing = || DecodeError::Missing(at.unwrap_or_default());
        Ok(decoded.secret.ok_or_else(missing)?)
    }

    /// A read of one row.
    async fn read_row(
        &self,
        lane: Lane,
        resource: &Arc<Resource>,
        op: &Op,
        id: &str,
        item: Option<&BTreeMap<String, Value>>,
    ) -> Result<Reply, ApiError> {
        let build = |captures: Option<&Inputs>| {
            let holes = Holes {
                captures,
                item,
                ..self.holes(resource, Some(id))
            };
            let mut request = self.start(&op.call, &op.headers, holes)?;
            if let Some(body) = &op.body {
                request.set_body(&fill_json(body, holes)?, op.encode)?;
            }
            Ok(request)
        };
        let bounds = self.read_bounds();
        self.read(lane, bounds, Some(resource), &op.call, build)
            .await
    }

    /// Reads each row of a page by its id, a few at once. One that is gone by then is given by its id alone;
    /// one that cannot be read stays with its id and says why.
    pub(super) async fn hydrate(
        &self,
        resource: &Arc<Resource>,
        op: &Op,
        rows: &Rows,
    ) -> (Rows, Vec<KeyId>) {
        let most = self.connection.limits.parallel.max(1);
        let ids: Vec<_> = rows.iter().map(Record::id).collect();
        let read = |id: Option<KeyId>| async move {
            let real = self.id_now(resource, id.as_ref()?)?;
            Some((self.get_by(resource, op, &real).await, id?))
        };
        let reads = stream::iter(ids).map(read).buffered(most);
        let reads: Vec<_> = reads.collect().await;
        let mut whole = Rows::new(Arc::clone(resource));
        let mut gone = Vec::new();
        for (at, read) in reads.into_iter().enumerate() {
            match read {
                Some((Ok(decoded), id)) if !decoded.rows.is_empty() => {
                    whole.push_as(decoded.rows.record(0), &id);
                }
                Some((Err(error), id)) if error.is_missing() => gone.push(id),
                Some((Err(error), _)) => whole.push_spoilt(rows.record(at), &error.to_string()),
                _ => whole.push_record(rows.record(at)),
            }
        }
        (whole, gone)
    }

    /// Remembers ids that are secrets.
    pub(super) fn learn(&self, ids: Vec<SecretId>) {
        if !ids.is_empty() {
            let mut known = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
            known.extend(ids.into_iter().map(|it| (it.shown, it.id)));
        }
    }

    /// The id as the service has it, where it is no secret or was met before.
    pub(super) fn id_now(&self, resource: &Resource, id: &KeyId) -> Option<Zeroizing<String>> {
        let exact = |id: &str| Zeroizing::new(id.to_owned());
        if !resource.item_id_secret {
            return Some(exact(id.as_str()));
        }
        let known = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).map(|id| exact(exposed(id)))
    }

    /// The id as the service has it. What stands for a secret one is looked up in the list where it was not
    /// met before.
    ///
    /// # Errors
    /// When the list could not be had, or has no such row.
    pub(super) async fn real_id(
        &self,
        resource: &Arc<Resource>,
        id: &KeyId,
    ) -> Result<Zeroizing<String>, ApiError> {
        if let Some(id) = self.id_now(resource, id) {
            return Ok(id);
        }
        let query = Query {
            resource: Arc::clone(resource),
            filters: BTreeMap::new(),
        };
        Box::pin(list::run(self, &query, &mut |_| {})).await?;
        self.id_now(resource, id).ok_or_else(|| {
            let shown = Text::new(id.as_str()).shown().into_owned();
            ApiError::Unfit(format!("no {} is known as {shown}", resource.noun))
        })
    }
}
