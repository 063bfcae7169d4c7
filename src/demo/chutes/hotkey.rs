//! A hotkey is an sr25519 key, its address SS58 with prefix 42; signatures are checked in substrate's context.
//! [`super::auth`] and [`super::login`] say what has to be signed.

use blake2::{Blake2b512, Digest as _};
use schnorrkel::{PublicKey, Signature};

/// Whether the key behind an address signed a message, bare or wrapped as browser wallets do.
pub(super) fn signed(address: &str, message: &str, signature: &[u8]) -> bool {
    let Some(public) = public_key(address) else {
        return false;
    };
    let Ok(signature) = Signature::from_bytes(signature) else {
        return false;
    };
    let wrapped = format!("<Bytes>{message}</Bytes>");
    [message, &wrapped].iter().any(|text| {
        public
            .verify_simple(b"substrate", text.as_bytes(), &signature)
            .is_ok()
    })
}

/// Hex as bytes; the error is the position that Python's `fromhex` complains about.
pub(super) fn unhex(text: &str) -> Result<Vec<u8>, usize> {
    if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_hexdigit()) {
        return Err(at);
    }
    if text.len() % 2 == 1 {
        return Err(text.len());
    }
    let pairs = (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).unwrap_or_default());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).map_err(|_| 0))
        .collect()
}

/// The public key of an SS58 address with prefix 42.
fn public_key(address: &str) -> Option<PublicKey> {
    let bytes = bs58::decode(address).into_vec().ok()?;
    let (body, checksum) = bytes.split_at_checked(33)?;
    let digest = Blake2b512::new()
        .chain_update(b"SS58PRE")
        .chain_update(body)
        .finalize();
    let (prefix, key) = body.split_first()?;
    (*prefix == 42 && checksum.len() == 2 && digest.starts_with(checksum))
        .then(|| PublicKey::from_bytes(key).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_one_of_its_seed() {
        for (seed, address) in [
            (
                [0x11; 32],
                "5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi",
            ),
            (
                [0x22; 32],
                "5Fpfx4iDtrrY99VGkQnLXASytC2y9Z3o8KUyTtD4w7o5SZcA",
            ),
        ] {
            let seed = schnorrkel::MiniSecretKey::from_bytes(&seed).unwrap();
            let pair = seed.expand_to_keypair(schnorrkel::ExpansionMode::Ed25519);
            assert_eq!(public_key(address), Some(pair.public));
        }
        assert_eq!(
            public_key("5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fj"),
            None
        );
        assert_eq!(public_key("not-an-address"), None);
    }

    #[test]
    fn hex_that_is_wrong_says_where() {
        assert_eq!(unhex("00fFa0"), Ok(vec![0, 255, 160]));
        assert_eq!(unhex("0x7a"), Err(1));
        assert_eq!(unhex("zz"), Err(0));
        assert_eq!(unhex("abc"), Err(3));
    }
}
