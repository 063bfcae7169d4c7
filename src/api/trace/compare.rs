//! Whether a row shows what was sent, where services may show it in other words: the same, another one,
//! or not to be told. `judge` asks for each value of a lost write.

use serde_json::Value;

use crate::{
    api::request::own_pointer,
    manifest::{Empty, Field, Kind, Role, TimeFormat},
    record::{Cell, Moment},
};

/// What comparing one value gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// The same value.
    Same,
    /// Another value.
    Other,
    /// The row has it in a form that does not tell.
    Untold,
}

/// Compares what was sent with what a row shows, where services may show it in other words.
pub(super) fn natural(field: &Field, sent: &str, cell: Cell<'_>) -> Compared {
    let listed = match cell {
        Cell::Text(text) => text.exact().to_owned(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::Null => String::new(),
        Cell::Absent if sent.is_empty() => String::new(),
        // Older versions leave members out of a list that newer ones have.
        _ => return Compared::Untold,
    };
    if listed == sent {
        return Compared::Same;
    }
    // What was sent as the name of something else may be listed as the id that the name stands for: only
    // two ids or two names can be told apart. What a key is called itself is never rewritten.
    let refers = field.role != Some(Role::Name) && !sent.is_empty();
    if refers && is_id(&listed) && !is_id(sent) {
        return Compared::Untold;
    }
    // What is read elsewhere than it is sent may be a part of it: the path of `path@owner`.
    let own_place = own_pointer(&field.key);
    let place = |at: &Option<String>| at.clone().unwrap_or_else(|| own_place.clone());
    let is_part = sent
        .strip_prefix(&listed)
        .is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '/'));
    told(place(&field.at) != place(&field.to) && !listed.is_empty() && is_part)
}

pub(super) fn told(same: bool) -> Compared {
    if same {
        Compared::Same
    } else {
        Compared::Other
    }
}

/// Written as services write ids: a UUID, or digits.
fn is_id(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    digits || uuid
}

/// Compares a value of an update as it went to the wire with what a row shows.
pub(super) fn value(field: &Field, sent: &Value, cell: Cell<'_>) -> Compared {
    let relative = matches!(
        field.format,
        Some(TimeFormat::TtlS | TimeFormat::TtlMs | TimeFormat::TtlText | TimeFormat::TtlHours)
    );
    if field.kind == Kind::Secret || relative {
        return Compared::Untold;
    }
    match (sent, cell) {
        (_, Cell::Hidden) | (Value::Object(_), _) => Compared::Untold,
        (Value::Null, cell) => told(is_nothing(cell)),
        (Value::String(sent), cell) if sent.trim().is_empty() => {
            let newline = field.empty == Empty::Newline;
            let blank = |text: &str| text == sent || (newline && text == "\n");
            match cell {
                Cell::Text(text) => told(blank(text.exact())),
                cell => told(is_nothing(cell)),
            }
        }
        (Value::String(sent), Cell::Text(text)) => told(text.exact() == sent),
        (Value::String(sent), Cell::Time(at)) => told(Moment::read(sent) == Some(at)),
        (Value::Number(sent), Cell::Time(at)) => told(Moment::read(&sent.to_string()) == Some(at)),
        (Value::Bool(sent), Cell::Bool(yes)) => told(*sent == yes),
        (Value::Number(sent), Cell::Int(number)) => told(sent.as_i64() == Some(number)),
        (Value::String(_) | Value::Bool(_) | Value::Number(_), cell) if is_nothing(cell) => {
            Compared::Other
        }
        (Value::Array(sent), Cell::List(_)) => {
            let sent = sent.iter().map(Value::as_str);
            told(sent.eq(cell.list().map(|item| Some(item.exact()))))
        }
        // Anything deeper comes back in the service's own order and words.
        _ => Compared::Untold,
    }
}

fn is_nothing(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Null | Cell::Absent | Cell::Never => true,
        Cell::Text(text) => text.exact().is_empty(),
        Cell::List(_) => cell.list().next().is_none(),
        _ => false,
    }
}
