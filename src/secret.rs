//! A value that cannot be printed, compared or serialised, and where credentials come from. Every
//! module may hold a [`Secret`]; only named sites may [`expose`](Secret::expose) one.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// A credential, or a new key: redacted in every output, erased when dropped.
#[derive(Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of the text; the caller's copy is moved, not cloned.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(SecretString::from(text.as_str()))
    }

    /// The text itself. Allowed at named sites only (clippy.toml).
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Length in characters.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.0.expose_secret().chars().count()
    }
}

/// Where the value of one input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An environment variable.
    Env(String),
    /// A file's content without its last newline.
    File(PathBuf),
    /// A command's standard output without its last newline: an argv vector, never a shell line.
    Command(Vec<String>),
    /// An entry of the system's keyring.
    Keyring(String),
    /// Asked for when it is needed.
    Prompt,
    /// Stands in the config itself: allowed for inputs that are not secret.
    Plain(String),
    /// The seed in a `config.ini` of the Chutes CLI.
    HotkeyConfig(PathBuf),
    /// The seed in a bittensor wallet's hotkey file.
    HotkeyWallet {
        /// Name of the wallet.
        wallet: String,
        /// Name of the hotkey.
        hotkey: String,
    },
}
