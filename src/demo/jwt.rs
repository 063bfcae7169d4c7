//! A token proves who signed in until it expires, by itself: nothing is looked up, so it outlives its key.
//! Chutes and Run:ai sign their tokens here, each with the key of its own database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What a token turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is ours and alive: the name that it carries.
    Valid(String),
    /// It is ours and too old.
    Expired,
    /// It is not ours.
    Forged,
}

/// Signs a token for `subject` that dies at `expires`, in Unix seconds; `id` makes it unlike any other.
pub(super) fn sign(key: &str, subject: &str, expires: i64, id: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = json!({ "sub": subject, "exp": expires, "jti": id });
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(hmac(key.as_bytes(), signed.as_bytes()))
    )
}

/// Judges a token at `now`, in Unix seconds.
pub(super) fn verify(key: &str, token: &str, now: i64) -> Verdict {
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return Verdict::Forged;
    };
    if URL_SAFE_NO_PAD.encode(hmac(key.as_bytes(), signed.as_bytes())) != signature {
        return Verdict::Forged;
    }
    let claims = signed
        .split_once('.')
        .and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok());
    let claims: Value = claims
        .and_then(|claims| serde_json::from_slice(&claims).ok())
        .unwrap_or_default();
    match (
        claims.get("sub").and_then(Value::as_str),
        claims.get("exp").and_then(Value::as_i64),
    ) {
        (Some(subject), Some(expires)) if now < expires => Verdict::Valid(subject.to_owned()),
        (Some(_), Some(_)) => Verdict::Expired,
        _ => Verdict::Forged,
    }
}

/// HMAC-SHA256.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    let short: [u8; 32];
    let key = if key.len() > block.len() {
        short = Sha256::digest(key).into();
        &short[..]
    } else {
        key
    };
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256() {
        // RFC 4231, test cases 2 and 6.
        let short = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            super::super::vault::hex(&short),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = hmac(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
        );
        assert_eq!(
            super::super::vault::hex(&long),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_token_holds_until_its_time_and_only_under_its_key() {
        let token = sign("key", "mira", 100, "1");
        assert_eq!(verify("key", &token, 99), Verdict::Valid("mira".to_owned()));
        assert_eq!(verify("key", &token, 100), Verdict::Expired);
        assert_eq!(verify("other", &token, 99), Verdict::Forged);
        assert_eq!(verify("key", &token.replace('.', ""), 99), Verdict::Forged);
        assert_eq!(verify("key", "", 99), Verdict::Forged);
    }
}
