//! The two files in which the Chutes CLI and bittensor keep a hotkey's seed: an INI file and a JSON
//! object. Only the seed is taken, and no message holds any of their text.

use serde::Deserialize;
use zeroize::Zeroizing;

/// The first bytes of a wallet file that a password protects.
const ENCRYPTED: &[u8] = b"$NACL";

/// The seed of `hotkey_seed` under `[auth]`.
///
/// # Errors
/// What is missing or wrong.
pub(super) fn seed_of_config(text: &str) -> Result<Zeroizing<String>, &'static str> {
    let mut in_auth = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            in_auth = section.trim() == "auth";
        } else if in_auth
            && !line.starts_with(['#', ';'])
            && let Some((key, value)) = line.split_once(['=', ':'])
            && key.trim().eq_ignore_ascii_case("hotkey_seed")
        {
            return seed(value.trim());
        }
    }
    Err("has no hotkey_seed under [auth]; register with the Chutes CLI, or use another source")
}

/// The seed of a wallet's hotkey file.
///
/// # Errors
/// What is missing or wrong.
pub(super) fn seed_of_wallet(bytes: &[u8]) -> Result<Zeroizing<String>, &'static str> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wallet {
        secret_seed: Option<String>,
    }
    if bytes.starts_with(ENCRYPTED) {
        return Err(
            "is an encrypted keyfile, which cannot be read here; use an unencrypted hotkey, or give its seed by hotkey = { seed = { command = [..] } }",
        );
    }
    let wallet: Wallet = serde_json::from_slice(bytes)
        .map_err(|_| "is not the hotkey file of a bittensor wallet (a JSON object)")?;
    let text = Zeroizing::new(
        wallet
            .secret_seed
            .ok_or("has no secretSeed; it may hold only the public key")?,
    );
    seed(text.strip_prefix("0x").unwrap_or(&text))
}

fn seed(text: &str) -> Result<Zeroizing<String>, &'static str> {
    if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(Zeroizing::new(text.to_owned()))
    } else {
        Err("holds a seed that is not 64 hexadecimal digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "1111111111111111111111111111111111111111111111111111111111111111";

    #[test]
    fn the_seed_of_the_chutes_cli_is_found_under_auth_only() {
        let text = format!(
            "[api]\nhotkey_seed = no\n; hotkey_seed = no\n[auth]\n# hotkey_seed = no\nusername = a\nHotkey_Seed: {SEED}\n"
        );
        assert_eq!(*seed_of_config(&text).unwrap(), SEED);
        assert!(
            seed_of_config("[api]\nhotkey_seed = 11")
                .unwrap_err()
                .contains("no hotkey_seed")
        );
        let short = seed_of_config("[auth]\nhotkey_seed = 11").unwrap_err();
        assert_eq!(short, "holds a seed that is not 64 hexadecimal digits");
    }

    #[test]
    fn the_seed_of_a_wallet_comes_without_its_prefix() {
        let text =
            format!(r#"{{"publicKey":"0x76","secretPhrase":"a b","secretSeed":"0x{SEED}"}}"#);
        assert_eq!(*seed_of_wallet(text.as_bytes()).unwrap(), SEED);
        let wrong = |bytes: &[u8]| seed_of_wallet(bytes).unwrap_err();
        assert!(wrong(b"$NACL\xff\x00").contains("encrypted keyfile"));
        assert!(wrong(b"{\"publicKey\":\"0x76\"}").contains("no secretSeed"));
        assert!(wrong(b"\xff").contains("not the hotkey file"));
    }
}
