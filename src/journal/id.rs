//! The name of an entry: thirteen letters and digits that sort by time, differ between processes, and can
//! be read out loud. People type it back: capitals, hyphens, and the letters that look like digits are
//! understood.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Crockford's base 32: no i, l, o or u.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of an id.
const LENGTH: usize = 13;
/// Bits of chance beside the milliseconds.
const CHANCE: u32 = 23;
/// 2020-01-01, from which the milliseconds are counted: they fit until 2089.
const SINCE: i64 = 1_577_836_800_000;

/// What an entry of the journal is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(u64);

/// The text is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not the id of a journal entry, which has 13 letters and digits; keyrack log shows them"
)]
pub struct NotAnId;

impl EntryId {
    /// One that nobody has had.
    pub(super) fn fresh(now: Timestamp) -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 4];
        getrandom::getrandom(&mut bytes)?;
        let chance = u64::from(u32::from_le_bytes(bytes) >> (u32::BITS - CHANCE));
        let millis = now.as_millisecond().saturating_sub(SINCE);
        let millis = u64::try_from(millis).unwrap_or(0) & (u64::MAX >> CHANCE);
        Ok(Self(millis << CHANCE | chance))
    }

    /// When it was made.
    pub(super) fn made(self) -> Timestamp {
        let millis = i64::try_from(self.0 >> CHANCE).unwrap_or_default();
        Timestamp::from_millisecond(millis.saturating_add(SINCE)).unwrap_or_default()
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |place: usize| {
            let five = (self.0 >> (5 * (LENGTH - 1 - place))) & 31;
            let letter = usize::try_from(five).ok().and_then(|at| LETTERS.get(at));
            char::from(*letter.unwrap_or(&b'0'))
        };
        let text: String = (0..LENGTH).map(letter).collect();
        f.pad(&text)
    }
}

impl FromStr for EntryId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (mut number, mut length) = (0_u64, 0);
        for byte in text.trim().bytes().filter(|byte| *byte != b'-') {
            let plain = match byte.to_ascii_lowercase() {
                b'i' | b'l' => b'1',
                b'o' => b'0',
                other => other,
            };
            let five = LETTERS.iter().position(|letter| *letter == plain);
            let five = five.and_then(|five| u64::try_from(five).ok());
            length += 1;
            number = number
                .checked_mul(32)
                .and_then(|number| number.checked_add(five?))
                .ok_or(NotAnId)?;
        }
        if length == LENGTH {
            Ok(Self(number))
        } else {
            Err(NotAnId)
        }
    }
}

impl Serialize for EntryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_sort_by_their_time_as_numbers_and_as_text() {
        let at = |text: &str| EntryId::fresh(text.parse().unwrap()).unwrap();
        let early = at("2026-01-02T03:04:05.678Z");
        let late = at("2026-01-02T03:04:05.679Z");
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().len(), LENGTH);
    }

    #[test]
    fn an_id_is_understood_as_people_type_it() {
        let id: EntryId = "0123456789abc".parse().unwrap();
        for typed in [" 0123456789ABC\n", "O123-4567-89abc", "ol23456789abc"] {
            assert_eq!(typed.parse(), Ok(id), "{typed}");
        }
        for typed in [
            "",
            "0123456789ab",
            "0123456789abcd",
            "0123456789abu",
            "zzzzzzzzzzzzz",
            "é123456789ab",
        ] {
            assert_eq!(typed.parse::<EntryId>(), Err(NotAnId), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_id_is_read_back_from_what_is_shown(number: u64) {
            prop_assert_eq!(EntryId(number).to_string().parse(), Ok(EntryId(number)));
        }
    }
}
