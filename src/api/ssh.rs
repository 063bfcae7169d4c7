//! A private SSH key that a service would take and `ssh` could not use is refused here, before it is sent, as
//! is one in place of a public key; a pair that is made here comes from the operating system's generator.
//! Forms and [`generate`](super::generate) ask; nothing is kept.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use ssh_key::{
    Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey,
    private::{Ed25519Keypair, KeypairData},
};
use zeroize::Zeroizing;

use crate::secret::without_traces;

/// The label of OpenSSH's own format.
const OPENSSH: &str = "OPENSSH PRIVATE KEY";
/// What OpenSSH's own format begins with.
const MAGIC: &[u8] = b"openssh-key-v1\0";
/// Labels of PEM in which a service takes a private key, and what to call them.
const OTHERS: [(&str, &str); 4] = [
    ("RSA PRIVATE KEY", "PKCS#1 rsa"),
    ("EC PRIVATE KEY", "SEC 1 ecdsa"),
    ("DSA PRIVATE KEY", "PEM dsa"),
    ("PRIVATE KEY", "PKCS#8"),
];

/// What is known of a private key without telling any of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Format and algorithm in words: `OpenSSH ed25519`, `OpenSSH rsa 3072`, `PKCS#8`.
    pub kind: String,
    /// The line for `authorized_keys`; `None` where the format is not looked into.
    pub public: Option<String>,
    /// `SHA256:…` as `ssh-keygen -l` says it; `None` where the format is not looked into.
    pub fingerprint: Option<String>,
    /// Its lines end as Windows ends them; it is sent as it is.
    pub returns: bool,
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        match &self.fingerprint {
            Some(fingerprint) => write!(f, " · {fingerprint}")?,
            None => f.write_str(" · not looked into, so without its public half")?,
        }
        if self.returns {
            f.write_str(" · lines end with \\r\\n")?;
        }
        Ok(())
    }
}

/// A pair that was made here.
pub struct Pair {
    /// The private half as OpenSSH writes it, with LF and a last newline.
    pub private: Zeroizing<String>,
    /// The line for `authorized_keys`.
    pub public: String,
    /// `SHA256:…`.
    pub fingerprint: String,
}

/// Makes an ed25519 pair.
///
/// # Errors
/// When the operating system has no random bytes.
pub fn generate(comment: &str) -> Result<Pair, String> {
    without_traces(|| made(comment))
}

fn made(comment: &str) -> Result<Pair, String> {
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::getrandom(seed.as_mut_slice())
        .map_err(|error| format!("the system has no random bytes: {error}"))?;
    // What goes into `authorized_keys` must stay one line.
    let comment = comment.replace(char::is_control, " ");
    let pair = Ed25519Keypair::from(&SigningKey::from_bytes(&seed));
    let written = || {
        let key = PrivateKey::new(KeypairData::from(pair), comment)?;
        Ok(Pair {
            private: key.to_openssh(LineEnding::LF)?,
            public: key.public_key().to_openssh()?,
            fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        })
    };
    written().map_err(|error: ssh_key::Error| format!("the key cannot be written: {error}"))
}

/// Looks into a private key.
///
/// # Errors
/// Why it cannot be used and what to do, in one sentence that holds nothing of it.
pub fn check(text: &str) -> Result<Facts, String> {
    without_traces(|| facts(text))
}

fn facts(text: &str) -> Result<Facts, String> {
    let block = block(text)?;
    let locked = block.headers.contains("ENCRYPTED");
    if locked || block.label == "ENCRYPTED PRIVATE KEY" {
        return Err(passphrase());
    }
    let whole: Zeroizing<Vec<u8>> = block
        .body
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect::<Vec<u8>>()
        .into();
    let damaged = || {
        "Between its first and last line stands what is not base64: the key is damaged; take it from its file again.".to_owned()
    };
    let bytes = STANDARD
        .decode(&*whole)
        .map(Zeroizing::new)
        .map_err(|_| damaged())?;
    let returns = text.contains("\r\n");
    if block.label == OPENSSH {
        return openssh(text, &block, &bytes).map(|facts| Facts { returns, ..facts });
    }
    match OTHERS.iter().find(|(label, _)| *label == block.label) {
        Some(_) if !is_whole(&bytes) => Err(
            "Some of the key is missing or is there twice: take it from its file again.".to_owned(),
        ),
        Some((_, kind)) => Ok(Facts {
            kind: (*kind).to_owned(),
            public: None,
            fingerprint: None,
            returns,
        }),
        None => Err(other(block.label)),
    }
}

/// Looks into a public key before it is sent: a private one that was taken by mistake goes nowhere.
///
/// # Errors
/// What is wrong with it and what to send instead, without any of it.
pub fn check_public(text: &str) -> Result<(), String> {
    let text = text.trim();
    if text.contains("PRIVATE KEY-----") || text.starts_with("PuTTY-User-Key-File-") {
        return Err(
            "This is a private key, which stays where it is: send its public half, the file with .pub."
                .to_owned(),
        );
    }
    let lines = text.lines().count();
    if lines > 1 {
        return Err(format!(
            "{lines} lines stand here: a public key is one line, as in the file with .pub."
        ));
    }
    PublicKey::from_openssh(text).map(drop).map_err(|_| {
        "This is no public key: one is a line such as ssh-ed25519 AAAA… name, as in the file with .pub."
            .to_owned()
    })
}

fn passphrase() -> String {
    "It is protected by a passphrase, and nobody could type it there: take the passphrase off a copy with ssh-keygen -p -f COPY, or make a key for this purpose alone."
        .to_owned()
}

/// What a PEM block is that is no private key.
fn other(label: &str) -> String {
    if label.ends_with("PUBLIC KEY") {
        public_half()
    } else if label.contains("CERTIFICATE") {
        certificate()
    } else {
        let label: String = label.chars().take(40).collect();
        format!("This is PEM, but “{label}” is no private key that a service takes.")
    }
}

fn public_half() -> String {
    "This is a public key: the private half is needed, the file without .pub.".to_owned()
}

fn certificate() -> String {
    "This is a certificate: the private key that it was made for is needed.".to_owned()
}

/// One block of PEM.
struct Block<'a> {
    label: &'a str,
    headers: &'a str,
    body: &'a str,
    /// What stands before and after it.
    around: (&'a str, &'a str),
}

/// The only block of a text.
fn block(text: &str) -> Result<Block<'_>, String> {
    const BEGIN: &str = "-----BEGIN ";
    let no_pem = || not_pem(text.trim_start());
    let (before, begun) = text.split_once(BEGIN).ok_or_else(no_pem)?;
    let (label, rest) = begun.split_once("-----").ok_or_else(no_pem)?;
    let blocks = text.matches(BEGIN).count();
    if blocks > 1 {
        return Err(format!(
            "{blocks} keys or other blocks stand here: keep one private key alone."
        ));
    }
    let end = format!("-----END {label}-----");
    let (inside, after) = rest.split_once(&end).ok_or_else(|| {
        format!(
            "Its last line, {}, is missing: take the whole file.",
            end.chars().take(60).collect::<String>()
        )
    })?;
    let blank = ["\n\n", "\r\n\r\n"]
        .into_iter()
        .find_map(|blank| inside.split_once(blank));
    let (headers, body) = blank
        .filter(|(headers, _)| headers.contains(':'))
        .unwrap_or(("", inside));
    Ok(Block {
        label,
        headers,
        body,
        around: (before, after),
    })
}

/// What a text is that holds no PEM.
fn not_pem(text: &str) -> String {
    let algorithm = text.split_whitespace().next().unwrap_or_default();
    if text.starts_with("PuTTY-User-Key-File-") {
        "This is PuTTY's own format: export the key for OpenSSH, as puttygen FILE -O private-openssh does.".to_owned()
    } else if algorithm.contains("-cert-v01@openssh.com") {
        certificate()
    } else if ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .any(|start| algorithm.starts_with(start))
        || text.starts_with("---- BEGIN SSH2 PUBLIC KEY")
    {
        public_half()
    } else {
        "This is no private key: one begins with -----BEGIN and ends with -----END.".to_owned()
    }
}

/// OpenSSH's own format is looked into, to the last byte.
fn openssh(text: &str, block: &Block<'_>, bytes: &[u8]) -> Result<Facts, String> {
    let damaged = || "The key is damaged: take it from its file again.".to_owned();
    let (cipher, keys) = head(bytes).ok_or_else(damaged)?;
    if cipher != b"none" {
        return Err(passphrase());
    }
    if keys != 1 {
        return Err(format!("{keys} keys stand in it: a service takes one."));
    }
    if !block.around.0.is_empty() || !block.around.1.trim().is_empty() {
        return Err(
            "Something stands before or after the key, and ssh could not read it: keep the lines from -----BEGIN to -----END alone."
                .to_owned(),
        );
    }
    if !text.ends_with('\n') {
        return Err(
            "Its last line does not end, and ssh could not read it: add a line break at the end (Enter in the form)."
                .to_owned(),
        );
    }
    let key = PrivateKey::from_bytes(bytes)
        .map_err(|error| format!("The key is damaged ({error}): take it from its file again."))?;
    let mut public = key.public_key().clone();
    // Here as well.
    if public.comment().chars().any(char::is_control) {
        public.set_comment("");
    }
    Ok(Facts {
        kind: format!("OpenSSH {}", algorithm(&key)?),
        public: public.to_openssh().ok(),
        fingerprint: Some(key.fingerprint(HashAlg::Sha256).to_string()),
        returns: false,
    })
}

/// The cipher and the number of keys of OpenSSH's own format, which come before all that may be encrypted.
fn head(bytes: &[u8]) -> Option<(&[u8], u32)> {
    fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
    }
    let (cipher, rest) = field(bytes.strip_prefix(MAGIC)?)?;
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (keys, _) = rest.split_first_chunk::<4>()?;
    Some((cipher, u32::from_be_bytes(*keys)))
}

/// The algorithm in a word, with its size where it has several.
fn algorithm(key: &PrivateKey) -> Result<String, String> {
    match key.algorithm() {
        Algorithm::Ed25519 => Ok("ed25519".to_owned()),
        Algorithm::Ecdsa { curve } => Ok(format!("ecdsa {curve}")),
        Algorithm::Rsa { .. } => {
            let modulus = key.public_key().key_data().rsa();
            let bytes = modulus.and_then(|rsa| rsa.n.as_positive_bytes());
            let zeros = |bytes: &[u8]| bytes.first().map_or(0, |first| first.leading_zeros());
            let bits = bytes.map(|bytes| bytes.len() * 8 - zeros(bytes) as usize);
            Ok(bits.map_or_else(|| "rsa".to_owned(), |bits| format!("rsa {bits}")))
        }
        Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256 => Err(
            "This key works only with the security key that it was made on: make one without."
                .to_owned(),
        ),
        other => Err(format!(
            "No service takes {other} in this format: use ed25519, ecdsa or rsa."
        )),
    }
}

/// One DER sequence from the first byte to the last: nothing was cut off or added.
fn is_whole(der: &[u8]) -> bool {
    let Some((&[0x30, first], rest)) = der.split_first_chunk::<2>() else {
        return false;
    };
    if first < 0x80 {
        return rest.len() == usize::from(first);
    }
    let Some((length, rest)) = rest.split_at_checked(usize::from(first & 0x7F)) else {
        return false;
    };
    let length = length.iter().try_fold(0_usize, |length, byte| {
        length
            .checked_mul(256)
            .map(|length| length + usize::from(*byte))
    });
    length == Some(rest.len())
}

#[cfg(test)]
mod tests;
