//! A context that signed in with the old key of a rotation signs in with the new one, and its config does
//! where keyrack can see to that.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Ready;
use crate::{
    api::Inputs,
    config,
    record::Rows,
    secret::Secret,
    walk::{Adopted, SignIn},
};

/// What makes the context sign in with a new secret of its own key.
pub(super) fn sign_in(ready: &Arc<Ready>) -> Arc<dyn SignIn> {
    Arc::clone(ready) as Arc<dyn SignIn>
}

impl SignIn for Ready {
    fn adopt<'a>(&'a self, rows: &'a Rows, secret: &'a Secret) -> BoxFuture<'a, Adopted> {
        Box::pin(adopt(self, rows, secret))
    }
}

async fn adopt(ready: &Ready, rows: &Rows, secret: &Secret) -> Adopted {
    let mut words = Vec::new();
    let client = match kept(ready, rows, secret, &mut words) {
        Ok(inputs) => ready
            .client_with(inputs)
            .await
            .map(Arc::new)
            .map_err(|error| format!("Signing in with the new key failed: {error}.")),
        Err(why) => Err(why),
    };
    Adopted { words, client }
}

/// Keeps the secret, and gives what the client is made of.
fn kept(
    ready: &Ready,
    rows: &Rows,
    secret: &Secret,
    words: &mut Vec<String>,
) -> Result<Inputs, String> {
    let name = &ready.connection().name;
    let adopted = config::adopt(ready.connection(), rows, secret)
        .ok_or("This context does not sign in with such a key.")?;
    words.push(format!("{name}: the new secret: {}", adopted.kept?));
    for (input, value) in adopted.by_hand {
        words.push(format!(
            "{name}: set {input} to {value} in the config yourself"
        ));
    }
    Ok(adopted.inputs)
}
