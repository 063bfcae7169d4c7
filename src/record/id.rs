//! An id that was checked before it goes into a path: never empty, `.`, `..`, longer than 512 bytes or
//! with control characters, and of the shape that the resource declares.

use std::{borrow::Borrow, fmt::Write as _};

use sha2::{Digest, Sha256};

use crate::manifest::{IdKind, Resource};

/// Longest id in bytes.
const LONGEST: usize = 512;

/// The id of one key; of a key whose id is its secret, what stands for that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(Box<str>);

impl KeyId {
    /// Checks an id that a server sent or a person typed; says what is wrong with it.
    ///
    /// # Errors
    /// The reason why it cannot be used, as the rest of a sentence that starts with "the id".
    pub fn new(text: &str, kind: IdKind) -> Result<Self, &'static str> {
        let digits = || text.bytes().all(|byte| byte.is_ascii_digit());
        if text.is_empty() {
            return Err("is missing");
        }
        if text.len() > LONGEST {
            return Err("is longer than 512 bytes");
        }
        if matches!(text, "." | "..") {
            return Err("is `.` or `..`, which a path would swallow");
        }
        if text.chars().any(char::is_control) {
            return Err("has control characters");
        }
        if kind != IdKind::Text && !digits() {
            return Err("is not a whole number");
        }
        // A service that cuts a number to 32 bits would act on another key.
        if kind == IdKind::U32 && text.parse::<u32>().is_err() {
            return Err("is above 4294967295");
        }
        if kind == IdKind::U32 && text.len() > 1 && text.starts_with('0') {
            return Err("has leading zeros");
        }
        Ok(Self(text.into()))
    }

    /// Checks an id of several parts: each is written so that the parts can be told apart again.
    ///
    /// # Errors
    /// As [`new`](Self::new), of the first part that cannot be used.
    pub fn of_parts<'p>(
        parts: impl Iterator<Item = &'p str>,
        kind: IdKind,
    ) -> Result<Self, &'static str> {
        let mut whole = String::new();
        for part in parts {
            Self::new(part, kind)?;
            if !whole.is_empty() {
                whole.push('/');
            }
            whole.push_str(&part.replace('%', "%25").replace('/', "%2F"));
        }
        Self::new(&whole, IdKind::Text)
    }

    /// The parts of an id that has several.
    #[must_use]
    pub fn parts(text: &str) -> Vec<String> {
        let part = |part: &str| part.replace("%2F", "/").replace("%25", "%");
        text.split('/').map(part).collect()
    }

    /// What stands for an id that is a secret: it tells rows apart and gives nothing away.
    #[must_use]
    pub fn fingerprint(secret: &str) -> Self {
        let digest = Sha256::digest(secret.as_bytes());
        let mut text = String::from("id-");
        for byte in digest.iter().take(6) {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text.into())
    }

    /// The key that a person names: a secret id that was typed stands for its fingerprint, as rows have it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn typed(text: &str, resource: &Resource) -> Result<Self, &'static str> {
        let id = Self::new(text, resource.id_kind())?;
        let hex = |digits: &str| digits.bytes().all(|it| it.is_ascii_hexdigit());
        let shown = text
            .strip_prefix("id-")
            .is_some_and(|it| it.len() == 12 && hex(it));
        Ok(if resource.item_id_secret && !shown {
            Self::fingerprint(text)
        } else {
            id
        })
    }

    /// Takes an id that was checked when its row was read.
    pub(super) fn checked(text: &str) -> Self {
        Self(text.into())
    }

    /// The id as the service writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for KeyId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_that_could_leave_its_path_segment_is_refused() {
        for text in ["", ".", "..", "a\nb", "\u{9b}", "\u{7f}", "\0"] {
            assert!(KeyId::new(text, IdKind::Text).is_err(), "{text:?}");
        }
        for text in ["...", "a/b", "*:development.x", "../x", "é", "%2e"] {
            assert_eq!(KeyId::new(text, IdKind::Text).unwrap().as_str(), text);
        }
        assert!(KeyId::new(&"x".repeat(512), IdKind::Text).is_ok());
        assert!(KeyId::new(&"x".repeat(513), IdKind::Text).is_err());
    }

    #[test]
    fn a_number_is_one_that_the_service_reads_the_same() {
        for text in ["0", "1", "4294967295"] {
            assert!(KeyId::new(text, IdKind::U32).is_ok(), "{text}");
        }
        for text in [
            "4294967296",
            "4294967297",
            "-1",
            "+1",
            "1abc",
            "01",
            "00",
            " 1",
            "١",
            "1.0",
        ] {
            assert!(KeyId::new(text, IdKind::U32).is_err(), "{text}");
        }
        assert!(KeyId::new("00099999999999999999999", IdKind::Digits).is_ok());
        assert!(KeyId::new("1a", IdKind::Digits).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_accepted_id_is_what_was_given(text in any::<String>(), number in any::<u32>()) {
            if let Ok(id) = KeyId::new(&text, IdKind::Text) {
                prop_assert_eq!(id.as_str(), text.as_str());
                prop_assert!(!text.chars().any(char::is_control) && !text.is_empty());
            }
            prop_assert!(KeyId::new(&number.to_string(), IdKind::U32).is_ok());
        }
    }
}
