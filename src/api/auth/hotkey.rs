//! Chutes' request signatures: sr25519 over `hotkey:nonce:tail`, where the tail is the purpose of the
//! path, or the SHA-256 of the exact body. The one proof that is Rust and not data.

use std::time::{SystemTime, UNIX_EPOCH};

use blake2::Blake2b512;
use schnorrkel::{ExpansionMode, Keypair, MiniSecretKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    api::{
        ApiError,
        refusal::Redactor,
        request::{Request, add_header},
    },
    manifest::Hotkey,
};

/// The context of substrate's signatures.
const CONTEXT: &[u8] = b"substrate";
/// The address format of substrate in general.
const PREFIX: u8 = 42;

/// The headers that prove who signs: address, time and signature.
pub const HEADERS: [&str; 3] = ["x-chutes-hotkey", "x-chutes-nonce", "x-chutes-signature"];

/// Signs a request, if its path has a purpose or it has a body.
///
/// # Errors
/// When the seed is not 32 bytes in hex.
pub fn sign(
    hotkey: &Hotkey,
    seed: &str,
    request: &mut Request,
    redactor: &mut Redactor,
) -> Result<(), ApiError> {
    let Some(tail) = tail(hotkey, request) else {
        return Ok(());
    };
    let pair = keypair(seed)?;
    let address = address(&pair);
    let nonce = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let message = format!("{address}:{nonce}:{tail}");
    let signature = hex(&pair.sign_simple(CONTEXT, message.as_bytes()).to_bytes());
    redactor.add(&signature);
    for (name, value) in HEADERS
        .into_iter()
        .zip([address, nonce.to_string(), signature])
    {
        add_header(&mut request.headers, name, &value)?;
    }
    Ok(())
}

/// What is signed beside who and when.
fn tail(hotkey: &Hotkey, request: &Request) -> Option<String> {
    if let Some(body) = &request.body {
        return Some(hex(&Sha256::digest(&*body.bytes)));
    }
    let first = request.path.trim_start_matches('/').split('/').next()?;
    hotkey.purpose.get(first).cloned()
}

fn keypair(seed: &str) -> Result<Keypair, ApiError> {
    let bad = || ApiError::Credential("the hotkey's seed is not 64 hexadecimal digits".to_owned());
    let seed = seed.trim();
    let digits = seed.strip_prefix("0x").unwrap_or(seed);
    let bytes = unhex(digits).ok_or_else(bad)?;
    let mini = MiniSecretKey::from_bytes(&bytes).map_err(|_| bad())?;
    Ok(mini.expand_to_keypair(ExpansionMode::Ed25519))
}

/// The SS58 address of the public key.
fn address(pair: &Keypair) -> String {
    let mut bytes = vec![PREFIX];
    bytes.extend_from_slice(&pair.public.to_bytes());
    let mut hash = Blake2b512::new();
    hash.update(b"SS58PRE");
    hash.update(&bytes);
    bytes.extend(hash.finalize().iter().take(2));
    bs58::encode(bytes).into_string()
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .flatten()
        .collect()
}

fn unhex(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = digits.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let nibble = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|n| u8::try_from(n).ok())
    };
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    };
    digits
        .chunks(2)
        .map(pair)
        .collect::<Option<Vec<u8>>>()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schnorrkel::Signature;

    use super::*;
    use crate::api::{
        Inputs,
        request::{Holes, start},
    };

    const SEED: &str = "1111111111111111111111111111111111111111111111111111111111111111";
    const ADDRESS: &str = "5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi";

    fn chutes() -> Hotkey {
        let purpose = [("api_keys", "api_keys"), ("registry", "registry")];
        Hotkey {
            input: "hotkey".to_owned(),
            purpose: purpose.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        }
    }

    fn request(call: &str) -> Request {
        let base = url::Url::parse("http://127.0.0.1/v/").expect("a url");
        let inputs = Inputs::new();
        let holes = Holes {
            id: Some("x"),
            ..Holes::new(&inputs)
        };
        start(&base, call, &[&BTreeMap::new()], holes).expect("a request")
    }

    fn header(request: &Request, name: &str) -> String {
        let value = request.headers.get(name).expect("the header");
        value.to_str().expect("text").to_owned()
    }

    fn verifies(request: &Request, tail: &str) -> bool {
        let text = format!(
            "{ADDRESS}:{}:{tail}",
            header(request, "x-chutes-nonce")
                .parse::<u64>()
                .expect("a number")
        );
        let hex = header(request, "x-chutes-signature");
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
            .collect();
        let signature = Signature::from_bytes(&bytes).expect("64 bytes");
        let public = keypair(SEED).expect("a pair").public;
        public
            .verify_simple(CONTEXT, text.as_bytes(), &signature)
            .is_ok()
    }

    #[test]
    fn a_seed_has_the_address_that_the_service_gives_it() {
        let other = "0x2222222222222222222222222222222222222222222222222222222222222222";
        let addresses = [SEED, other].map(|seed| address(&keypair(seed).expect("a pair")));
        assert_eq!(
            addresses,
            [ADDRESS, "5Fpfx4iDtrrY99VGkQnLXASytC2y9Z3o8KUyTtD4w7o5SZcA"]
        );
    }

    #[test]
    fn a_call_without_a_body_signs_the_purpose_of_its_path() {
        let mut get = request("GET /api_keys/{id}");
        sign(&chutes(), SEED, &mut get, &mut Redactor::default()).expect("signed");
        assert_eq!(header(&get, "x-chutes-hotkey"), ADDRESS);
        assert!(verifies(&get, "api_keys"));
        assert!(!verifies(&get, "secrets"));
    }

    #[test]
    fn a_call_with_a_body_signs_the_hash_of_its_exact_bytes() {
        let mut post = request("POST /api_keys/");
        let body = serde_json::json!({"admin": true, "name": "ops-admin"});
        post.set_body(&body, crate::manifest::Encode::Json)
            .expect("a body");
        sign(&chutes(), SEED, &mut post, &mut Redactor::default()).expect("signed");
        let hash = hex(&Sha256::digest(br#"{"admin":true,"name":"ops-admin"}"#));
        assert!(verifies(&post, &hash));
        assert!(!verifies(&post, "api_keys"));
    }

    #[test]
    fn a_path_without_a_purpose_goes_unsigned() {
        let mut ping = request("GET /ping");
        sign(&chutes(), SEED, &mut ping, &mut Redactor::default()).expect("nothing to sign");
        assert!(ping.headers.get("x-chutes-signature").is_none());
    }

    #[test]
    fn a_seed_of_another_length_or_alphabet_is_a_credential_error() {
        for seed in ["", "0x11", &SEED.replace('1', "g"), &format!("{SEED}1")] {
            let error = keypair(seed).expect_err("a bad seed");
            assert!(matches!(error, ApiError::Credential(_)));
            assert!(seed.is_empty() || !error.to_string().contains(seed));
        }
    }
}
