//! A secret is random, shown once, and kept as what cannot be turned back into it.
//! The services ask here for every secret and every check of one.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Bytes from the operating system's generator.
pub(super) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::getrandom(&mut bytes)?;
    Ok(bytes)
}

/// That many random letters and digits.
pub(super) fn alphanumeric(length: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // A byte above the last whole multiple of 62 is left out: each character stays equally likely.
        let letters = random::<64>()?.into_iter().filter(|byte| *byte < 248);
        let letters = letters.filter_map(|byte| ALPHANUMERIC.get(usize::from(byte % 62)).copied());
        let missing = length - text.len();
        text.extend(letters.take(missing).map(char::from));
    }
    Ok(text)
}

/// Bytes as lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A random UUID of version 4, in text.
pub(super) fn uuid() -> Result<String, getrandom::Error> {
    Ok(uuid_text(u128::from_be_bytes(random()?)))
}

/// 128 bits as a UUID of version 4, in text.
pub(super) fn uuid_text(bits: u128) -> String {
    dashed(&format!(
        "{:032x}",
        bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
    ))
}

/// 32 hex digits with the dashes of a UUID; any other text stays as it is.
pub(super) fn dashed(hex: &str) -> String {
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| hex.get(group));
    let groups: Option<Vec<&str>> = groups.into_iter().collect();
    groups.map_or_else(|| hex.to_owned(), |groups| groups.join("-"))
}

/// What is kept of a secret: a salt and a hash.
pub(super) fn seal(secret: &str) -> Result<String, getrandom::Error> {
    let salt = hex(&random::<8>()?);
    let digest = digest(&salt, secret);
    Ok(format!("{salt}${digest}"))
}

/// Whether this is the secret that was sealed.
pub(super) fn opens(secret: &str, sealed: &str) -> bool {
    sealed
        .split_once('$')
        .is_some_and(|(salt, kept)| digest(salt, secret) == kept)
}

/// A hash that is equal for equal secrets, for services that must find or compare them.
pub(super) fn digest(pepper: &str, secret: &str) -> String {
    hex(&Sha256::new()
        .chain_update(pepper)
        .chain_update([0])
        .chain_update(secret)
        .finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_with_itself_alone_and_does_not_contain_it() {
        let sealed = seal("hunter2").unwrap();
        assert!(opens("hunter2", &sealed));
        assert!(!opens("hunter3", &sealed));
        assert!(!sealed.contains("hunter2"));
        assert_ne!(sealed, seal("hunter2").unwrap());
    }

    #[test]
    fn a_uuid_says_version_4_and_its_variant() {
        assert_eq!(uuid_text(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid_text(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn random_text_is_as_long_as_asked_and_never_the_same() {
        let text = alphanumeric(150).unwrap();
        assert_eq!(text.len(), 150);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(text, alphanumeric(150).unwrap());
    }
}
