//! Which key the context signs in with, where the service has to be asked because no row tells: once for
//! each client, beside the first list that wants to know.

use super::{Client, check::told_at};
use crate::{
    api::ApiError,
    manifest::{Pointer, Resource},
    record::KeyId,
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
        match self.ask_id(resource, call, at).await {
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

    async fn ask_id(
        &self,
        resource: &Resource,
        call: &str,
        at: &Pointer,
    ) -> Result<KeyId, ApiError> {
        let reply = self.ask(call, Some(resource)).await?;
        KeyId::typed(&told_at(&reply, at)?, resource)
            .map_err(|why| ApiError::Unexpected(format!("the id at {at} {why}")))
    }
}
