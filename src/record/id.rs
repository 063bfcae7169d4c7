//! An id that was checked before it goes into a path: never empty, `.`, `..`, longer than 512 bytes or
//! with control characters, and of the shape that the resource declares.

use crate::manifest::IdKind;

/// Longest id in bytes.
const LONGEST: usize = 512;

/// The id of one key.
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
