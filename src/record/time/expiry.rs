//! The expiry of a form: what people type against what each backend writes. Whoever sends an expiry
//! comes here, so that a date in the past or a "never" that the backend does not have is never sent.

use jiff::{Span, civil::Date, tz::TimeZone};
use serde_json::Value;

use super::{DAY, HOUR, MINUTE, Moment};
use crate::{
    manifest::{Empty, Field, TimeFormat},
    record::Cell,
};

const SECOND: i64 = 1_000_000;
const DAYS: (i64, char) = (DAY, 'd');
const HOURS: (i64, char) = (HOUR, 'h');
const MINUTES: (i64, char) = (MINUTE, 'm');
const FORMS: &str =
    "write 30d, 12h, a date such as 2027-01-31, or a time such as 2027-01-31T10:00:00Z";

/// What a person typed as an expiry, as the wire value of `format`; `Ok(None)` is "nothing to send".
///
/// # Errors
/// What is wrong with it, for the form.
pub fn expiry(
    field: &Field,
    typed: &str,
    format: TimeFormat,
    now: Moment,
) -> Result<Option<Value>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(match field.empty {
            Empty::Omit | Empty::Never => None,
            Empty::Null | Empty::Clear => Some(Value::Null),
            Empty::Newline => Some(Value::from("\n")),
        });
    }
    if typed.eq_ignore_ascii_case("never") {
        return never(field);
    }
    let at = moment(typed, now)?;
    if at <= now {
        return Err("this is not in the future: choose a later time".to_owned());
    }
    wire(at, format, now).map(Some)
}

/// What to type for the value of a row, so that a copy ends when the original does; nothing where the
/// row does not say or its time is over.
#[must_use]
pub fn typed(field: &Field, cell: Cell<'_>, now: Moment) -> String {
    match cell {
        Cell::Never if never(field).is_ok() => "never".to_owned(),
        Cell::Time(at) if at > now => words(at),
        // What is given out by its length is asked for again by it.
        Cell::Int(number) if field.format == Some(TimeFormat::TtlS) => format!("{number}s"),
        Cell::Int(number) if field.format == Some(TimeFormat::TtlMs) => format!("{number}ms"),
        Cell::Text(text) => text.exact().to_owned(),
        _ => String::new(),
    }
}

/// A time of a row as it goes to the wire, also one that is over; nothing for a distance from now.
#[must_use]
pub fn as_told(field: &Field, at: Moment) -> Option<Value> {
    let format = field.format?;
    let distance = matches!(
        format,
        TimeFormat::TtlS | TimeFormat::TtlMs | TimeFormat::TtlText | TimeFormat::TtlHours
    );
    let ever = Moment::from_micros(i64::MIN);
    match format {
        TimeFormat::Rfc3339 => Some(Value::from(at.stamp().to_string())),
        _ if distance => None,
        _ => wire(at, format, ever).ok(),
    }
}

/// What to type for a value as it goes to the wire, such as the default of a field.
#[must_use]
pub fn typed_wire(field: &Field, value: &Value) -> String {
    if field.never.contains(value) {
        return "never".to_owned();
    }
    match (value, field.format) {
        (Value::Number(number), Some(TimeFormat::TtlS)) => format!("{number}s"),
        (Value::Number(number), Some(TimeFormat::TtlMs)) => format!("{number}ms"),
        (Value::Number(number), _) => {
            Moment::read(&number.to_string()).map_or_else(String::new, words)
        }
        (Value::String(text), _) => text.clone(),
        _ => String::new(),
    }
}

/// A date where the time is midnight, else the whole time.
fn words(at: Moment) -> String {
    if at.micros().rem_euclid(DAY) == 0 {
        at.date(&TimeZone::UTC)
    } else {
        at.rfc3339()
    }
}

fn never(field: &Field) -> Result<Option<Value>, String> {
    match (field.never.first(), field.empty) {
        (Some(value), _) => Ok(Some(value.clone())),
        (None, Empty::Null | Empty::Clear) => Ok(Some(Value::Null)),
        (None, Empty::Never) => Ok(None),
        (None, _) if field.required => {
            Err("this backend has no \"never\": its keys must end".to_owned())
        }
        (None, _) => Err(
            "this backend has no \"never\": leave the field empty for what it does by itself"
                .to_owned(),
        ),
    }
}

/// The moment that was typed: a duration from now, a date at its first second in UTC, or a time.
fn moment(typed: &str, now: Moment) -> Result<Moment, String> {
    if let Ok(span) = typed.to_ascii_lowercase().parse::<Span>() {
        let end = now.stamp().to_zoned(TimeZone::UTC).checked_add(span);
        return end
            .map(|end| Moment::from(end.timestamp()))
            .map_err(|_| "this is too far away for a calendar".to_owned());
    }
    // Short numbers are durations without a unit; long ones are seconds since 1970.
    let bare = typed.bytes().all(|byte| byte.is_ascii_digit());
    if bare && typed.len() < 9 {
        return Err(format!("{typed} has no unit: {FORMS}"));
    }
    Moment::read(typed).ok_or_else(|| format!("this is not a time: {FORMS}"))
}

fn wire(at: Moment, format: TimeFormat, now: Moment) -> Result<Value, String> {
    let left = at.micros().saturating_sub(now.micros());
    Ok(match format {
        TimeFormat::Rfc3339 => Value::from(at.whole_second().to_string()),
        TimeFormat::Date => {
            let day = |moment: Moment| -> Date { TimeZone::UTC.to_datetime(moment.stamp()).date() };
            if day(at) <= day(now) {
                return Err("this backend counts whole days: choose tomorrow or later".to_owned());
            }
            Value::from(day(at).to_string())
        }
        TimeFormat::EpochS => Value::from(at.micros().div_euclid(SECOND)),
        TimeFormat::EpochMs => Value::from(at.micros().div_euclid(1_000)),
        TimeFormat::TtlS => Value::from(seconds(left)),
        TimeFormat::TtlMs => Value::from((left / 1_000).max(1)),
        TimeFormat::TtlText => Value::from(duration(seconds(left), &[DAYS, HOURS, MINUTES])),
        TimeFormat::TtlHours => Value::from(duration(seconds(left), &[HOURS, MINUTES])),
    })
}

/// Whole seconds, one at least.
fn seconds(left: i64) -> i64 {
    (left / SECOND).max(1)
}

/// A duration in the largest of these units that divides it: `30d`, `12h`, `90m`, `5s`.
fn duration(seconds: i64, units: &[(i64, char)]) -> String {
    for (unit, name) in units {
        let unit = unit / SECOND;
        if seconds % unit == 0 {
            return format!("{}{name}", seconds / unit);
        }
    }
    format!("{seconds}s")
}
