//! A context that signed in with the old key of a rotation signs in with the new one, and its config does
//! where keyrack can see to that.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Ready;
use crate::{
    api::Inputs,
    config,
    record::{Cell, Rows},
    secret::{Secret, Source},
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

/// Keeps the secret where the config reads the present one, and gives what the client is made of.
fn kept(
    ready: &Ready,
    rows: &Rows,
    secret: &Secret,
    words: &mut Vec<String>,
) -> Result<Inputs, String> {
    let (name, credential) = (&ready.connection().name, &ready.connection().credential);
    let Some(own) = rows.resource().own_inputs() else {
        return Err("This context does not sign in with such a key.".to_owned());
    };
    if let Some(source) = credential.get(own.secret) {
        let kept = config::keep(source, secret)?;
        words.push(format!("{name}: the new secret: {kept}"));
    }
    let mut inputs: Inputs = [(own.secret.to_owned(), secret.again())].into();
    for (input, field) in own.with {
        let at = rows.resource().field_at(field);
        let row = (!rows.is_empty()).then(|| rows.record(0));
        let cell = row.zip(at).map(|(row, at)| row.cell(at));
        let Some(Cell::Text(text)) = cell else {
            continue;
        };
        if credential.get(input) != Some(&Source::Plain(text.exact().to_owned())) {
            let text = text.shown();
            words.push(format!(
                "{name}: set {input} to {text} in the config yourself"
            ));
        }
        let value = zeroize::Zeroizing::new(text.exact().to_owned());
        inputs.insert(input.clone(), Secret::new(value));
    }
    Ok(inputs)
}
