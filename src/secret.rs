//! A value that cannot be printed, compared or serialised, and where credentials come from. Every
//! module may hold a [`Secret`]; only named sites may [`expose`](Secret::expose) one.

mod locking;

use std::{fmt, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use locking::Locking;

/// A credential, or a new key: redacted in every output, erased when dropped.
pub struct Secret(SecretString);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Secret {
    /// Takes the text. It stays where it is when its buffer has no spare room; otherwise it moves to
    /// one that fits and the old one is erased whole. Its memory is locked where the system allows it.
    #[must_use]
    pub fn new(mut text: Zeroizing<String>) -> Self {
        // Shrinking in place may move the text and leave the old copy behind.
        let fits = text.capacity() == text.len();
        let exact: Box<str> = if fits {
            std::mem::take(&mut *text).into_boxed_str()
        } else {
            text.as_str().into()
        };
        locking::lock(&exact);
        Self(SecretString::from(exact))
    }

    /// The text itself. Allowed at named sites only (clippy.toml).
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The same secret for one more owner: explicit, for every copy is one more to erase.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::new(Zeroizing::new(self.0.expose_secret().to_owned()))
    }

    /// The first eight hexadecimal digits of its SHA-256: enough to tell two secrets apart, and of no use
    /// to anybody who guesses.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = without_traces(|| Sha256::digest(self.0.expose_secret().as_bytes()));
        let first = digest.iter().take(4);
        let number = first.fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{number:08x}")
    }

    /// Length in characters.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.0.expose_secret().chars().count()
    }
}

/// More of the stack than the work of [`without_traces`] needs, in bytes.
const TRACES: usize = 64 << 10;

/// Does work that moves a secret about on the stack, as hashes and parsers of keys do, and erases what it
/// left there.
pub fn without_traces<T>(work: impl FnOnce() -> T) -> T {
    /// Keeps the work below the frame that erases it.
    #[inline(never)]
    fn below<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
    let done = below(work);
    zeroize::zeroize_stack::<TRACES>();
    done
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

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use super::*;

    /// Has two candidates, and so no meaning, for a type that is `Clone`, `Display` or comparable.
    trait Unless<Which> {
        fn holds() -> bool {
            true
        }
    }
    impl<T: ?Sized> Unless<()> for T {}
    impl<T: Clone> Unless<u8> for T {}
    impl<T: Display> Unless<u16> for T {}
    impl<T: PartialEq> Unless<u32> for T {}
    impl<T: serde::Serialize> Unless<u64> for T {}

    #[test]
    fn a_secret_cannot_be_copied_printed_compared_or_serialised() {
        assert!(<Secret as Unless<_>>::holds());
    }

    #[test]
    fn debug_output_is_redacted() {
        let secret = Secret::new(Zeroizing::new("canary".to_owned()));
        assert_eq!(
            format!("{:?} {:#?}", secret, Some(&secret))
                .matches("canary")
                .count(),
            0
        );
        assert_eq!(format!("{secret:?}"), "[redacted]");
    }

    /// Kilobytes that this process has locked.
    #[cfg(target_os = "linux")]
    fn locked() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
        let number = line.unwrap().trim().trim_end_matches(" kB");
        number.parse().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_a_secret_is_locked_where_the_system_allows_it() {
        use rustix::process::{Resource, geteuid, getrlimit};
        let secret = Secret::new(Zeroizing::new("canary".to_owned()));
        let limit = getrlimit(Resource::Memlock).current.unwrap_or(u64::MAX);
        if geteuid().is_root() || limit > 64 << 10 {
            assert!(locked() > 0);
            assert!(matches!(Locking::now(), Locking::Locked | Locking::Partly));
        } else {
            assert_ne!(Locking::now(), Locking::Untried);
        }
        drop(secret);
        assert_eq!(Secret::new(Zeroizing::default()).chars(), 0);
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the test looks at where the text stands"
    )]
    fn a_text_that_fits_stays_where_it_is() {
        let text = Zeroizing::new("canary-é".to_owned());
        let place = text.as_ptr();
        let secret = Secret::new(text);
        assert_eq!(secret.expose().as_ptr(), place);
        let mut roomy = Zeroizing::new(String::with_capacity(64));
        roomy.push_str("canary-é");
        let secret = Secret::new(roomy);
        assert_eq!((secret.expose(), secret.chars()), ("canary-é", 8));
    }
}
