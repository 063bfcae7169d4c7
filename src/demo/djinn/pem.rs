//! What Djinn takes for a private SSH key: PEM of a known kind, without a passphrase.
//! The form asks here and puts the answer into its own words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why a text is not a key that can be used; `None` when it is one.
pub(super) fn complaint(text: &str) -> Option<String> {
    let Some((kind, headers, body)) = block(text) else {
        return Some("ssh: no key found".to_owned());
    };
    let passphrase = || Some("ssh: this private key is passphrase protected".to_owned());
    match kind {
        "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY" | "PRIVATE KEY" => {
            if headers.contains("ENCRYPTED") {
                passphrase()
            } else {
                None
            }
        }
        "OPENSSH PRIVATE KEY" => match openssh(&body) {
            None => Some("ssh: invalid openssh private key format".to_owned()),
            Some((cipher, _)) if cipher != b"none" => passphrase(),
            Some((_, 1)) => None,
            Some(_) => Some("ssh: multi-key files are not supported".to_owned()),
        },
        other => Some(format!("ssh: unsupported key type \"{other}\"")),
    }
}

/// The first PEM block: its kind, its header lines and its bytes.
fn block(text: &str) -> Option<(&str, &str, Vec<u8>)> {
    let (_, begun) = text.split_once("-----BEGIN ")?;
    let (kind, rest) = begun.split_once("-----")?;
    let (inside, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    let (headers, body) = inside.split_once("\n\n").unwrap_or(("", inside));
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    Some((kind, headers, STANDARD.decode(body).ok()?))
}

/// The cipher and the number of keys of OpenSSH's own format.
fn openssh(bytes: &[u8]) -> Option<(&[u8], u32)> {
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (cipher, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (count, _) = rest.split_first_chunk::<4>()?;
    Some((cipher, u32::from_be_bytes(*count)))
}

fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A key in OpenSSH's format, as far as anybody looks into it.
    pub(in super::super) fn openssh_key(cipher: &str, count: u32) -> String {
        let mut bytes = b"openssh-key-v1\0".to_vec();
        for field in [cipher, "none", ""] {
            bytes.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
            bytes.extend(field.as_bytes());
        }
        bytes.extend(count.to_be_bytes());
        let body = STANDARD.encode(bytes);
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n")
    }

    fn pem(kind: &str, headers: &str) -> String {
        format!("-----BEGIN {kind}-----\n{headers}AAAA\n-----END {kind}-----\n")
    }

    #[test]
    fn keys_that_can_be_used_have_no_complaint() {
        for kind in [
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "DSA PRIVATE KEY",
            "PRIVATE KEY",
        ] {
            assert_eq!(complaint(&pem(kind, "")), None, "{kind}");
        }
        assert_eq!(complaint(&openssh_key("none", 1)), None);
    }

    #[test]
    fn other_texts_say_what_they_are() {
        let said = |text: &str| complaint(text).unwrap();
        assert_eq!(said(""), "ssh: no key found");
        assert_eq!(said("ssh-ed25519 AAAA me@host"), "ssh: no key found");
        assert_eq!(
            said("PuTTY-User-Key-File-3: ssh-ed25519"),
            "ssh: no key found"
        );
        assert_eq!(
            said(&pem("PRIVATE KEY", "").replace("AAAA", "?")),
            "ssh: no key found"
        );
        let protected = "ssh: this private key is passphrase protected";
        assert_eq!(
            said(&pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\n")),
            protected
        );
        assert_eq!(said(&openssh_key("aes256-ctr", 1)), protected);
        assert_eq!(
            said(&openssh_key("none", 2)),
            "ssh: multi-key files are not supported"
        );
        let unsupported = "ssh: unsupported key type \"ENCRYPTED PRIVATE KEY\"";
        assert_eq!(said(&pem("ENCRYPTED PRIVATE KEY", "")), unsupported);
    }
}
