//! Keys that are made here: where a service lets the client choose the secret, it comes from the operating
//! system's generator, so that an answer that is lost loses nothing. Whoever sends a change completes it
//! here first, and what cannot be used goes no further.

use zeroize::Zeroizing;

use super::{ApiError, Change, FieldValue, ssh};
use crate::{
    manifest::{Content, Field, Make, Verb},
    secret::Secret,
};

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What was made for a create, without the secret itself: that is among the change's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The field's own name.
    pub field: String,
    /// The line for `authorized_keys` of a pair.
    pub public: Option<String>,
    /// `SHA256:…` of a pair.
    pub fingerprint: Option<String>,
}

impl Made {
    /// The secret that was made, among the values of its change.
    #[must_use]
    pub fn secret<'a>(&self, change: &'a Change) -> Option<&'a Secret> {
        match change.values.get(&self.field)? {
            FieldValue::Secret(secret) => Some(secret),
            FieldValue::Plain(_) => None,
        }
    }
}

/// Gives a create the values that keyrack makes where none was given, and tells what it made. Values that
/// were given are looked into where the manifest says so.
///
/// # Errors
/// When a value cannot be used, or the operating system has no random bytes: nothing was sent.
pub fn complete(change: &mut Change) -> Result<Vec<Made>, ApiError> {
    for field in &change.resource.field {
        if let Some(FieldValue::Secret(secret)) = change.values.get(&field.key) {
            usable(field, secret)
                .map_err(|why| ApiError::Unfit(format!("{}: {why}", field.title)))?;
        }
    }
    if change.verb != Verb::Create {
        return Ok(Vec::new());
    }
    let wanted = |field: &&Field| {
        field.send.contains(&Verb::Create) && !change.values.contains_key(&field.key)
    };
    let fields = change.resource.field.iter().filter(wanted);
    let wanted: Vec<(String, Make)> = fields
        .filter_map(|field| Some((field.key.clone(), field.makes()?)))
        .collect();
    let comment = change.new_name().unwrap_or("keyrack").to_owned();
    let mut all = Vec::new();
    for (field, what) in wanted {
        let (value, public, fingerprint) = match what {
            Make::Alnum(length) => (alphanumeric(length), None, None),
            Make::SshEd25519 => match ssh::generate(&comment) {
                Ok(pair) => (Ok(pair.private), Some(pair.public), Some(pair.fingerprint)),
                Err(why) => (Err(why), None, None),
            },
        };
        let secret = Secret::new(value.map_err(ApiError::Unfit)?);
        all.push(Made {
            field: field.clone(),
            public,
            fingerprint,
        });
        change.values.insert(field, FieldValue::Secret(secret));
    }
    Ok(all)
}

/// A value of its own, before anything else of a create is known; `comment` goes into a pair.
///
/// # Errors
/// When the operating system has no random bytes.
pub fn value(what: Make, comment: &str) -> Result<Zeroizing<String>, String> {
    match what {
        Make::Alnum(length) => alphanumeric(length),
        Make::SshEd25519 => ssh::generate(comment).map(|pair| pair.private),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a value that the manifest has looked into before it is sent"
)]
fn usable(field: &Field, secret: &Secret) -> Result<(), String> {
    match field.check {
        Some(Content::SshPrivateKey) => ssh::check(secret.expose()).map(drop),
        Some(Content::SshPublicKey) | None => Ok(()),
    }
}

/// That many letters and digits, each as likely as any other.
fn alphanumeric(length: usize) -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::with_capacity(length));
    let mut bytes = Zeroizing::new([0_u8; 64]);
    while text.len() < length {
        getrandom::getrandom(bytes.as_mut_slice())
            .map_err(|error| format!("the system has no random bytes: {error}"))?;
        // 248 is the greatest multiple of 62 in a byte: what lies above would favour some letters.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let drawn = fair.filter_map(|byte| LETTERS.get(usize::from(byte % 62)));
        for letter in drawn.take(length - text.len()) {
            text.push(char::from(*letter));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::manifest;

    fn create(values: BTreeMap<String, FieldValue>) -> Change {
        create_at("typesense", values)
    }

    fn create_at(backend: &str, values: BTreeMap<String, FieldValue>) -> Change {
        let manifest = manifest::load(manifest::builtin(backend).unwrap()).unwrap();
        let resource = Arc::clone(manifest.resource("keys").unwrap());
        Change {
            context: "t".into(),
            resource,
            verb: Verb::Create,
            target: None,
            values,
        }
    }

    #[test]
    fn a_key_that_was_not_typed_is_made_here() {
        let mut lengths = Vec::new();
        for _ in 0..2 {
            let mut change = create(BTreeMap::new());
            let made = complete(&mut change).unwrap();
            assert_eq!((&*made[0].field, &made[0].public), ("value", &None));
            let Some(FieldValue::Secret(secret)) = change.values.get("value") else {
                panic!("no value")
            };
            lengths.push(secret.chars());
        }
        assert_eq!(lengths, [40, 40]);
    }

    #[test]
    fn a_key_that_was_typed_stays() {
        let typed = FieldValue::Secret(Secret::new(Zeroizing::new("mine".to_owned())));
        let mut change = create([("value".to_owned(), typed)].into());
        assert_eq!(complete(&mut change).unwrap(), []);
        let Some(FieldValue::Secret(secret)) = change.values.get("value") else {
            panic!("no value")
        };
        assert_eq!(secret.chars(), 4);
    }

    fn secret(text: &str) -> FieldValue {
        FieldValue::Secret(Secret::new(Zeroizing::new(text.to_owned())))
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test looks into the key")]
    fn a_private_key_that_was_not_given_is_made_here_and_its_public_half_told() {
        let name = ("name".to_owned(), FieldValue::Plain("id_deploy".into()));
        let mut change = create_at("djinn", [name].into());
        let made = complete(&mut change).unwrap();
        let [made] = &*made else { panic!("{made:?}") };
        let facts = ssh::check(made.secret(&change).unwrap().expose()).unwrap();
        assert_eq!(facts.public, made.public);
        assert_eq!(facts.fingerprint, made.fingerprint);
        let public = made.public.as_ref().unwrap();
        assert!(public.ends_with(" id_deploy"), "{public}");
        assert_eq!(complete(&mut change).unwrap(), [], "the key stays");
    }

    #[test]
    fn a_private_key_that_cannot_be_used_is_not_sent() {
        let mut change = create_at("djinn", [("key".to_owned(), secret("hunter2"))].into());
        let error = complete(&mut change).unwrap_err();
        let words = error.to_string();
        assert!(matches!(error, ApiError::Unfit(_)), "{words}");
        assert!(
            words.contains("Private key: This is no private key"),
            "{words}"
        );
        assert!(!words.contains("hunter2"), "{words}");
    }

    #[test]
    fn made_keys_use_all_letters_and_never_repeat() {
        let texts: Vec<_> = (0..200).map(|_| alphanumeric(40).unwrap()).collect();
        let used: std::collections::BTreeSet<char> =
            texts.iter().flat_map(|text| text.chars()).collect();
        assert_eq!(used.len(), LETTERS.len());
        let distinct: std::collections::BTreeSet<&str> =
            texts.iter().map(|text| text.as_str()).collect();
        assert_eq!(distinct.len(), texts.len());
    }
}
