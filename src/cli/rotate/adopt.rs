//! A context that signs in with the old key signs in with the new one before the old one goes, and its
//! config does where keyrack can see to that.

use std::sync::Arc;

use super::walk::{Stop, Turn};
use crate::{
    api::Inputs,
    cli::{output, write::End},
    config,
    record::Cell,
    secret::{Secret, Source},
};

impl Turn<'_> {
    /// A context that signs in with the old key signs in with the new one from now on, and its config does
    /// where keyrack can see to that.
    pub(super) async fn adopt(&mut self) -> Result<(), Stop> {
        let place = self.site.place;
        let own = place.resource.own_inputs().filter(|_| self.old.own);
        let (Some(own), Some(secret)) = (own, &self.secret) else {
            return Ok(());
        };
        let credential = &place.context.connection.credential;
        if let Some(source) = credential.get(own.secret) {
            match config::keep(source, secret) {
                Ok(words) => output::say(&format!("{}: the new secret: {words}", place.name())),
                Err(why) => return Err(Stop::new(End::NotDone, why)),
            }
        }
        let mut inputs: Inputs = [(own.secret.to_owned(), secret.again())].into();
        for (input, field) in own.with {
            let at = place.resource.field_at(field);
            let row = (!self.row.is_empty()).then(|| self.row.record(0));
            let cell = row.zip(at).map(|(row, at)| row.cell(at));
            let Some(Cell::Text(text)) = cell else {
                continue;
            };
            if credential.get(input) != Some(&Source::Plain(text.exact().to_owned())) {
                output::say(&format!(
                    "{}: set {input} to {} in the config yourself",
                    place.name(),
                    text.shown()
                ));
            }
            let value = zeroize::Zeroizing::new(text.exact().to_owned());
            inputs.insert(input.clone(), Secret::new(value));
        }
        match self.site.ready.client_with(inputs).await {
            Ok(client) => {
                self.site.client = Arc::new(client);
                Ok(())
            }
            Err(error) => Err(Stop::new(
                End::NotDone,
                format!("Signing in with the new key failed: {error}."),
            )),
        }
    }
}
