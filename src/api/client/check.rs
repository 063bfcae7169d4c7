//! The checks of a manifest tell whether a context works: each is a read, or the login itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Client, Lane, body};
use crate::{
    api::{ApiError, Checked, Inputs, auth, request::Holes},
    manifest::Check,
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

    /// One check: a read on a connection of its own, for some answers carry a password in their head.
    pub(super) async fn check_one(&self, check: &Check) -> Result<Option<String>, ApiError> {
        let holes = Holes::new(&self.inputs);
        let Some(call) = &check.call else {
            return self.sign_in().await.map(|()| None);
        };
        let build = |captures: Option<&Inputs>| {
            let holes = Holes { captures, ..holes };
            self.start(call, &BTreeMap::new(), holes)
        };
        let reply = self.read(Lane::Secret, self.read_bounds(), None, call, build);
        let reply = reply.await?;
        let Some(who) = &check.who else {
            return Ok(None);
        };
        let json: Value = serde_json::from_slice(body(&reply)?).unwrap_or(Value::Null);
        let redactor = auth::redactor(&self.connection.manifest, &self.inputs);
        let name = match value_at(&json, who) {
            Some(Value::String(name)) if !name.is_empty() => redactor.clean(name),
            Some(Value::Number(number)) => number.to_string(),
            // Some services let anybody ask, and name nobody.
            _ => return Err(DecodeError::Missing(who.clone()).into()),
        };
        Ok(Some(name))
    }

    /// Signs in, and sends nothing else.
    pub(super) async fn sign_in(&self) -> Result<(), ApiError> {
        let site = self.site(self.write_bounds());
        self.session.enter(site).await.map(|_| ())
    }
}
