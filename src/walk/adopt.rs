//! A context that signs in with the old key signs in with the new one before the old one goes, and its
//! config does where keyrack can see to that. Who keeps the contexts sees to both.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::turn::{Stop, Turn};
use crate::{api::client::Client, app::report::End, record::Rows, secret::Secret};

/// Makes a context sign in with a new secret of the key that it signs in with.
pub trait SignIn: Send + Sync {
    /// Makes it so for the key of these rows; they are empty where its row is not known.
    fn adopt<'a>(&'a self, rows: &'a Rows, secret: &'a Secret) -> BoxFuture<'a, Adopted>;
}

/// What came of it.
#[derive(Debug)]
pub struct Adopted {
    /// Where the secret is kept, and what the operator has to do.
    pub words: Vec<String>,
    /// What signs in with it, or why nothing does, as a sentence.
    pub client: Result<Arc<Client>, String>,
}

impl Turn {
    /// The context signs in with the new key from now on, where it did with the old one.
    pub(super) async fn adopt(&mut self) -> Result<(), Stop> {
        let signs_in = self.site.ground.resource.own_inputs().is_some() && self.old.own;
        let Some(secret) = self.secret.as_ref().filter(|_| signs_in) else {
            return Ok(());
        };
        let adopted = self.site.sign_in.adopt(&self.row, secret).await;
        for words in adopted.words {
            self.site.say(words);
        }
        let client = adopted.client;
        self.site.client = client.map_err(|why| Stop::new(End::NotDone, why))?;
        Ok(())
    }
}
