//! Keys that are made here: where a service lets the client choose the secret, it comes from the operating
//! system's generator, so that an answer that is lost loses nothing. Whoever sends a create completes it
//! here first.

use zeroize::Zeroizing;

use super::{ApiError, Change, FieldValue};
use crate::{
    manifest::{Field, Verb},
    secret::Secret,
};

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Gives a create the values that keyrack makes where none was typed.
///
/// # Errors
/// When the operating system has no random bytes: nothing was sent.
pub fn complete(change: &mut Change) -> Result<(), ApiError> {
    if change.verb != Verb::Create {
        return Ok(());
    }
    let wanted = |field: &&Field| {
        field.send.contains(&Verb::Create) && !change.values.contains_key(&field.key)
    };
    let made: Vec<(String, usize)> = change
        .resource
        .field
        .iter()
        .filter(wanted)
        .filter_map(|field| Some((field.key.clone(), letters(field)?)))
        .collect();
    for (key, length) in made {
        let value = alphanumeric(length).map_err(|error| {
            ApiError::NotSent(format!("the system has no random bytes: {error}"))
        })?;
        change
            .values
            .insert(key, FieldValue::Secret(Secret::new(value)));
    }
    Ok(())
}

/// The length of the key that a field has made: `alnum:40`.
fn letters(field: &Field) -> Option<usize> {
    field
        .generate
        .as_deref()?
        .strip_prefix("alnum:")?
        .parse()
        .ok()
}

/// That many letters and digits, each as likely as any other.
fn alphanumeric(length: usize) -> Result<Zeroizing<String>, getrandom::Error> {
    let mut text = Zeroizing::new(String::with_capacity(length));
    let mut bytes = Zeroizing::new([0_u8; 64]);
    while text.len() < length {
        getrandom::getrandom(bytes.as_mut_slice())?;
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
        let manifest = manifest::load(manifest::builtin("typesense").unwrap()).unwrap();
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
            complete(&mut change).unwrap();
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
        complete(&mut change).unwrap();
        let Some(FieldValue::Secret(secret)) = change.values.get("value") else {
            panic!("no value")
        };
        assert_eq!(secret.chars(), 4);
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
