//! A duration in the config is a number and a unit, `30s` or `365d`; anything else is told with what
//! to write.

use std::time::Duration;

/// Reads `250ms`, `30s`, `5m`, `12h`, `365d` or `2w`.
///
/// # Errors
/// What is wrong with it and what to write.
pub fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let wrong = |why: &str| {
        format!(
            "{text:?} is not a duration: {why}; write a whole number and a unit, such as 30s, 5m, 12h or 365d"
        )
    };
    if number.is_empty() {
        return Err(wrong("it starts with no number"));
    }
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        "" => return Err(wrong("it has no unit")),
        _ => return Err(wrong("its unit is not ms, s, m, h, d or w")),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(millis))
        .map(Duration::from_millis)
        .ok_or_else(|| wrong("it is too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_make_a_duration() {
        let seconds = |text| parse(text).unwrap().as_secs();
        assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("30s"), 30);
        assert_eq!(seconds("5m"), 300);
        assert_eq!(seconds("12h"), 43_200);
        assert_eq!(seconds("365d"), 31_536_000);
        assert_eq!(seconds("2w"), 1_209_600);
    }

    #[test]
    fn anything_else_says_what_to_write() {
        let words = |text| parse(text).unwrap_err();
        assert_eq!(
            words("30"),
            "\"30\" is not a duration: it has no unit; write a whole number and a unit, such as 30s, 5m, 12h or 365d"
        );
        assert!(words("").contains("no number"));
        assert!(words("-5s").contains("no number"));
        assert!(words("1.5h").contains("its unit is not"));
        assert!(words("5 min").contains("its unit is not"));
        assert!(words("99999999999999999999d").contains("too long"));
        assert!(words("999999999999999999w").contains("too long"));
    }
}
