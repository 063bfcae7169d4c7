//! Which key the context signs in with, where the service has to be asked because no row tells: once for
//! each client, beside the first list that wants to know.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Client, Lane, body};
use crate::{
    api::{ApiError, Inputs, request::Holes},
    manifest::{Pointer, Resource},
    record::{DecodeError, KeyId, value_at},
};

impl Client {
    /// The key that this context signs in with, as the service says; none where the manifest has no call for
    /// it, where the context signs in another way, or where the answer tells no id.
    pub(super) async fn ask_own(&self, resource: &Resource) -> Option<KeyId> {
        let own = resource.own.as_ref()?;
        let (call, at) = (own.call.as_ref()?, own.id.as_ref()?);
        let way = self.session.way(&self.connection.manifest)?;
        if !way.inputs.contains(&own.input) {
            return None;
        }
        // Lists that come in meanwhile wait for the one answer.
        let mut asked = self.own.lock().await;
        if let Some(id) = asked.get(&resource.id) {
            return Some(id.clone());
        }
        match self.ask(resource, call, at).await {
            Ok(id) => {
                asked.insert(resource.id.clone(), id.clone());
                Some(id)
            }
            Err(error) => {
                log::debug!("which {} signs in is not known: {error}", resource.noun);
                None
            }
        }
    }

    /// One read, on a connection of its own: some services answer with the credential itself.
    async fn ask(&self, resource: &Resource, call: &str, at: &Pointer) -> Result<KeyId, ApiError> {
        let build = |captures: Option<&Inputs>| {
            let holes = Holes {
                captures,
                ..Holes::new(&self.inputs)
            };
            self.start(call, &BTreeMap::new(), holes)
        };
        let bounds = self.read_bounds();
        let reply = self.read(Lane::Secret, bounds, Some(resource), call, build);
        let reply = reply.await?;
        let json: Value = serde_json::from_slice(body(&reply)?).unwrap_or(Value::Null);
        let text = match value_at(&json, at) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(DecodeError::Missing(at.clone()).into()),
        };
        KeyId::typed(&text, resource)
            .map_err(|why| ApiError::Unexpected(format!("the id at {at} {why}")))
    }
}
