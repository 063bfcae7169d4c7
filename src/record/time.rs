//! Moments: read from every form that services write, written as RFC 3339 UTC, and typed by people
//! as `30d`, `never` or a date.

mod expiry;
#[cfg(test)]
mod tests;

use jiff::{Timestamp, Unit, civil::DateTime, tz::TimeZone};

pub use expiry::{as_told, expiry, typed, typed_wire};

const MINUTE: i64 = 60 * 1_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

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
        if let Some(micros) = number(text) {
            let micros = i64::try_from(micros).ok()?;
            return Timestamp::from_microsecond(micros).ok().map(Self::from);
        }
        let stamp = text.parse::<Timestamp>().or_else(|_| {
            let civil = text.parse::<DateTime>()?;
            civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp())
        });
        stamp.ok().map(Self::from)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }

    /// RFC 3339 in UTC, with as many decimals as it takes: `2026-11-20T10:00:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.stamp().to_string()
    }

    /// The day on the clocks of this zone: `2026-03-01`.
    #[must_use]
    pub fn date(self, zone: &TimeZone) -> String {
        zone.to_datetime(self.stamp()).date().to_string()
    }

    /// Day and minute on the clocks of this zone: `2026-03-01 14:03`.
    #[must_use]
    pub fn date_time(self, zone: &TimeZone) -> String {
        let at = zone.to_datetime(self.stamp());
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
    }

    /// The distance in the largest unit that tells: `now`, `5 min ago`, `in 3 h`, `12 d ago`, `in 8 mo`,
    /// `3 y ago`.
    #[must_use]
    pub fn relative(self, now: Self) -> String {
        let distance = self.0.saturating_sub(now.0);
        let size = distance.saturating_abs();
        let words = match size {
            _ if size < MINUTE => return "now".to_owned(),
            _ if size < HOUR => format!("{} min", size / MINUTE),
            _ if size < 2 * DAY => format!("{} h", size / HOUR),
            _ if size < 90 * DAY => format!("{} d", size / DAY),
            _ if size < 730 * DAY => format!("{} mo", size * 12 / (365 * DAY)),
            _ => format!("{} y", size / (365 * DAY + DAY / 4)),
        };
        if distance < 0 {
            format!("{words} ago")
        } else {
            format!("in {words}")
        }
    }

    /// The nearest moment that a calendar has.
    fn stamp(self) -> Timestamp {
        let last = if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        Timestamp::from_microsecond(self.0).unwrap_or(last)
    }

    /// The start of its second.
    fn whole_second(self) -> Timestamp {
        let stamp = self.stamp();
        let round = jiff::TimestampRound::new()
            .smallest(Unit::Second)
            .mode(jiff::RoundMode::Floor);
        stamp.round(round).unwrap_or(stamp)
    }
}

impl From<Timestamp> for Moment {
    fn from(stamp: Timestamp) -> Self {
        Self(stamp.as_microsecond())
    }
}

/// A number since 1970 in microseconds.
fn number(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let millionths: i128 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let millionths = if text.starts_with('-') {
        -millionths
    } else {
        millionths
    };
    Some(match whole.unsigned_abs() {
        size if size < 100_000_000_000 => whole * 1_000_000 + millionths,
        size if size < 100_000_000_000_000 => whole * 1_000 + millionths / 1_000,
        size if size < 100_000_000_000_000_000 => whole,
        _ => whole / 1_000,
    })
}
