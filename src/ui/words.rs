//! A value has one wording on screen: times are told from now, and "never", "not
//! recorded" and "no value" are three different things. Table and details both ask here.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use crate::{
    app::pane::{Pane, Sorting},
    record::{Cell, Moment, Text},
};

/// Stands where a row has no value.
pub const NONE: &str = "–";
/// Stands for a secret.
pub const MASK: &str = "••••";

/// A value in a few words.
#[must_use]
pub fn cell(cell: Cell<'_>, now: Moment) -> Cow<'_, str> {
    match cell {
        Cell::Absent | Cell::Null => NONE.into(),
        Cell::Never => "never".into(),
        Cell::Unrecorded => "not recorded".into(),
        Cell::Hidden => MASK.into(),
        Cell::Text(text) if text.exact().is_empty() => NONE.into(),
        Cell::Text(text) => text.shown(),
        Cell::List(_) => list(cell).into(),
        Cell::Json(text) => records(text).into(),
        Cell::Bool(yes) => (if yes { "yes" } else { "no" }).into(),
        Cell::Int(number) => number.to_string().into(),
        Cell::Time(moment) => moment.relative(now).into(),
    }
}

/// The direction in which the column at this position orders the rows, with its place where there are
/// several.
#[must_use]
pub fn direction(orders: &[Sorting], at: usize) -> String {
    let down = orders.get(at).is_some_and(|order| order.descending);
    let arrow = if down { " ↓" } else { " ↑" };
    match orders.len() {
        0 | 1 => arrow.to_owned(),
        _ => format!("{arrow}{}", at + 1),
    }
}

/// The cell says that there is no value, in a way that can be overlooked.
#[must_use]
pub fn pale(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Absent | Cell::Null | Cell::Unrecorded | Cell::Hidden | Cell::Bool(false) => true,
        Cell::Text(text) | Cell::List(text) => text.exact().is_empty(),
        Cell::Json(text) => text.exact() == "[]",
        _ => false,
    }
}

fn list(cell: Cell<'_>) -> String {
    let mut out = String::new();
    for item in cell.list() {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&item.shown());
    }
    if out.is_empty() {
        out.push_str(NONE);
    }
    out
}

/// Objects by the values of the first and the number of the others: `chutes:invoke +2`.
fn records(text: Text<'_>) -> String {
    match serde_json::from_str(text.exact()) {
        Ok(Value::Array(items)) => match items.split_first() {
            None => NONE.to_owned(),
            Some((first, [])) => record(first),
            Some((first, rest)) => format!("{} +{}", record(first), rest.len()),
        },
        _ => text.shown().into_owned(),
    }
}

/// One object as its values.
#[must_use]
pub fn record(value: &Value) -> String {
    let values = match value {
        Value::Object(members) => members.values().filter_map(scalar).collect(),
        other => scalar(other).into_iter().collect::<Vec<_>>(),
    };
    values.join(":")
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Text::new(text).shown().into_owned()),
        other => Some(Text::new(&other.to_string()).shown().into_owned()),
    }
}

/// `14:03:20`; day and minute where that is another day than now.
#[must_use]
pub fn clock(moment: Moment, now: Moment, zone: &TimeZone) -> String {
    if moment.date(zone) != now.date(zone) {
        return moment.date_time(zone);
    }
    let at = Timestamp::from_microsecond(moment.micros()).map(|at| zone.to_datetime(at));
    at.map_or_else(
        |_| NONE.to_owned(),
        |at| format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()),
    )
}

/// `14:03`, after its day where that is another day than now.
#[must_use]
pub fn minute(moment: Moment, now: Moment, zone: &TimeZone) -> String {
    let text = moment.date_time(zone);
    match text.split_once(' ') {
        Some((day, minute)) if day == now.date(zone) => minute.to_owned(),
        _ => text,
    }
}

/// `2026-03-01 14:03 (3 d ago)`: a time at full length.
#[must_use]
pub fn full(moment: Moment, now: Moment, zone: &TimeZone) -> String {
    format!("{} ({})", moment.date_time(zone), moment.relative(now))
}

/// `1,200`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// [`count`] of a length.
#[must_use]
pub fn len(number: usize) -> String {
    count(number as u64)
}

/// `3 rows` where these are no keys but places that hold some, else `3 keys`.
#[must_use]
pub fn rows_of(pane: &Pane, number: usize) -> String {
    let places = pane.sources.iter().all(|it| !it.resource.holds_keys());
    match (places && !pane.sources.is_empty(), number) {
        (true, 1) => "1 row".to_owned(),
        (true, _) => format!("{} rows", len(number)),
        (false, _) => keys(number),
    }
}

/// `1 key`, `1,200 keys`.
#[must_use]
pub fn keys(number: usize) -> String {
    if number == 1 {
        "1 key".to_owned()
    } else {
        format!("{} keys", len(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_time_of_another_day_says_which() {
        let at = |text| Moment::read(text).unwrap();
        let now = at("2026-03-02T09:00:00Z");
        let zone = TimeZone::UTC;
        assert_eq!(clock(at("2026-03-02T08:05:09Z"), now, &zone), "08:05:09");
        assert_eq!(
            clock(at("2026-03-01T08:05:09Z"), now, &zone),
            "2026-03-01 08:05"
        );
        assert_eq!(minute(at("2026-03-02T08:05:09Z"), now, &zone), "08:05");
    }

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn records_are_summed_up_by_the_first_one() {
        let text = r#"[{"object_type":"chutes","object_id":null,"action":"invoke"},{},{}]"#;
        assert_eq!(records(Text::new(text)), "chutes:invoke +2");
        assert_eq!(records(Text::new("[]")), NONE);
    }
}
