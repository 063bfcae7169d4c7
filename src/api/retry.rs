//! Reads are tried again, at most twice, never earlier than the server asks and never so often that the
//! tries become a load of their own; writes are not. `client` asks here whether and when.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

/// Tries of one read.
pub const TRIES: usize = 3;
/// The longest that a server may ask to wait.
pub const LONGEST: Duration = Duration::from_mins(1);
const FIRST: Duration = Duration::from_millis(250);
const CEILING: Duration = Duration::from_secs(8);

/// Reads `Retry-After`: seconds, or an HTTP date. Anything else says nothing.
#[must_use]
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    Duration::try_from(http_date(value)?.duration_since(now)).ok()
}

/// Reads a date as HTTP writes it, and with the dashes that some cookies have in theirs.
#[must_use]
pub fn http_date(text: &str) -> Option<Timestamp> {
    let parser = DateTimeParser::new();
    let date = parser.parse_timestamp(text);
    date.or_else(|_| parser.parse_timestamp(text.replace('-', " ")))
        .ok()
}

/// The waits between the tries of one read: full jitter below 250 ms · 2ⁿ.
pub fn waits() -> impl Iterator<Item = Duration> + Send + Sync + Unpin {
    (0..TRIES.saturating_sub(1)).map(|turn| jitter(turn, random()))
}

/// A wait of `share` of the whole range, which is 0 to `u32::MAX`.
fn jitter(turn: usize, share: u32) -> Duration {
    let most = FIRST
        .saturating_mul(
            1u32.checked_shl(u32::try_from(turn).unwrap_or(31))
                .unwrap_or(u32::MAX),
        )
        .min(CEILING);
    most.mul_f64(f64::from(share) / f64::from(u32::MAX))
}

fn random() -> u32 {
    let mut bytes = [0; 4];
    // Without randomness the longest wait is the polite one.
    getrandom::getrandom(&mut bytes).map_or(u32::MAX, |()| u32::from_ne_bytes(bytes))
}

/// Allows a few extra tries at once, and in the long run one for five requests.
#[derive(Debug)]
pub struct Budget(AtomicI64);

/// Fifths of a try in a full budget.
const FULL: i64 = 50;

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicI64::new(FULL))
    }
}

impl Budget {
    /// Counts a request that is no repetition.
    pub fn request(&self) {
        let add = |fifths: i64| Some((fifths + 1).min(FULL));
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Takes one more try, if there is one.
    #[must_use]
    pub fn repeat(&self) -> bool {
        let take = |fifths: i64| (fifths >= 5).then_some(fifths - 5);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T23:53:49Z".parse().expect("a time")
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let date = "Fri, 20 Nov 2026 23:53:59 GMT";
        assert_eq!(retry_after(" 7 ", now()), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(date, now()), Some(Duration::from_secs(10)));
        assert_eq!(
            retry_after("99999999999999999999999", now()),
            Some(Duration::from_secs(u64::MAX))
        );
    }

    #[test]
    fn a_negative_past_or_garbled_retry_after_says_nothing() {
        for value in [
            "-1",
            "",
            "soon",
            "1.5",
            "Fri, 20 Nov 2026 23:53:00 GMT",
            "\u{661}",
        ] {
            assert_eq!(retry_after(value, now()), None, "{value}");
        }
    }

    #[test]
    fn waits_grow_twofold_and_end_at_eight_seconds() {
        let longest: Vec<u64> = (0..8)
            .map(|turn| u64::try_from(jitter(turn, u32::MAX).as_millis()).expect("small"))
            .collect();
        assert_eq!(longest, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(jitter(3, 0), Duration::ZERO);
        assert_eq!(waits().count(), 2);
    }

    #[test]
    fn the_budget_allows_a_fifth_of_the_requests_in_the_long_run() {
        let budget = Budget::default();
        let first = (0..100).filter(|_| budget.repeat()).count();
        let later = (0..100)
            .filter(|_| {
                budget.request();
                budget.repeat()
            })
            .count();
        assert_eq!((first, later), (10, 20));
    }

    proptest! {
        #[test]
        fn any_retry_after_is_taken_without_a_panic(value in any::<String>()) {
            let _ = retry_after(&value, now());
        }
    }
}
