//! The checks of a manifest tell whether a context works: each is a read, or the login itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Client, Lane, Reply, body};
use crate::{
    api::{ApiError, Checked, Inputs, auth, request::Holes},
    manifest::{Check, Pointer, Resource},
    record::{DecodeError, value_at},
};

impl Client {
    /// Runs the manifest's checks that fit the way this context signs in.
    pub async fn check(&self) -> Vec<Checked> {
        let manifest = &self.connection.manifest;
        let way = self.session.way(manifest).map(|way| way.id.as_str());
        let mut done = Vec::new();
        for check in &manifest.check {
            if check.auth.is_none() || check.auth.as_deref() == way {
                done.push(Checked {
                    id: check.id.clone(),
                    result: self.check_one(check).await,
                });
            }
        }
        done
    }

    /// One check: a read, or the login itself.
    pub(super) async fn check_one(&self, check: &Check) -> Result<Option<String>, ApiError> {
        let Some(call) = &check.call else {
            return self.sign_in().await.map(|()| None);
        };
        let reply = self.ask(call, None).await?;
        let Some(who) = &check.who else {
            return Ok(None);
        };
        let redactor = auth::redactor(&self.connection.manifest, &self.inputs);
        // Some services let anybody ask, and name nobody.
        Ok(Some(redactor.clean(&told_at(&reply, who)?)))
    }

    /// A read that names no row, on a connection of its own: some answers carry a password in their head, or
    /// the credential itself.
    pub(super) async fn ask(
        &self,
        call: &str,
        resource: Option<&Resource>,
    ) -> Result<Reply, ApiError> {
        let holes = Holes::new(&self.inputs);
        let build = |captures: Option<&Inputs>| {
            let holes = Holes { captures, ..holes };
            self.start(call, &BTreeMap::new(), holes)
        };
        self.read(Lane::Secret, self.read_bounds(), resource, call, build)
            .await
    }

    /// Signs in, and sends nothing else.
    pub(super) async fn sign_in(&self) -> Result<(), ApiError> {
        let site = self.site(self.write_bounds());
        self.session.enter(site).await.map(|_| ())
    }
}

/// The text or the number that an answer has at a pointer.
pub(super) fn told_at(reply: &Reply, at: &Pointer) -> Result<String, ApiError> {
    let json: Value = serde_json::from_slice(body(reply)?).unwrap_or(Value::Null);
    match value_at(&json, at) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(DecodeError::Missing(at.clone()).into()),
    }
}
