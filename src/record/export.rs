//! Records as data for scripts: PRODUCT's JSON item and CSV row. Hidden values are left out, and
//! neither form can move a terminal's cursor or run in a spreadsheet.

mod json;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::{Cell, Record, Text};
use crate::manifest::{Kind, Role};

pub use json::to_json;

/// The roles in the order of every output, with their names there; the name itself comes before them.
const ROLES: [(Role, &str); 10] = [
    (Role::Owner, "owner"),
    (Role::Creator, "creator"),
    (Role::ClientId, "client_id"),
    (Role::Prefix, "prefix"),
    (Role::Created, "created"),
    (Role::Updated, "updated"),
    (Role::LastUsed, "last_used"),
    (Role::Expires, "expires"),
    (Role::Scopes, "scopes"),
    (Role::Admin, "admin"),
];

/// One record as the JSON item of `ls --json`.
#[must_use]
pub fn item(context: &str, backend: &str, record: Record<'_>) -> Value {
    let resource = record.resource();
    let mut item = Map::new();
    let mut put = |name: &str, value: Value| item.insert(name.to_owned(), value);
    put("context", json!(context));
    put("backend", json!(backend));
    put("resource", json!(resource.id));
    put("id", json!(record.id_text()));
    put("name", json!(record.name().exact()));
    let (mut never, mut unrecorded) = (Vec::new(), Vec::new());
    for (role, name) in ROLES {
        if resource.role(role).is_none() {
            continue;
        }
        let cell = record.role(role);
        match cell {
            Cell::Never => never.push(name),
            Cell::Unrecorded => unrecorded.push(name),
            _ => {}
        }
        let value = match role {
            Role::Scopes if !is_empty(cell) => json!(texts(cell)),
            Role::Admin => match cell {
                Cell::Bool(yes) => json!(yes),
                _ => Value::Null,
            },
            Role::Scopes => Value::Null,
            _ => text(cell).map_or(Value::Null, Value::from),
        };
        put(name, value);
    }
    put("never", json!(never));
    put("unrecorded", json!(unrecorded));
    put("fields", fields(record));
    Value::Object(item)
}

/// Every declared field that may be seen, under the service's own name.
fn fields(record: Record<'_>) -> Value {
    let mut fields = Map::new();
    for (at, field) in record.resource().field.iter().enumerate() {
        let cell = record.cell(at);
        if field.kind == Kind::Secret || cell == Cell::Hidden {
            continue;
        }
        let large = match (field.kind, cell) {
            (Kind::Int, Cell::Text(digits)) => digits.exact().parse::<u64>().ok(),
            _ => None,
        };
        fields.insert(
            field.key.clone(),
            large.map_or_else(|| cell_json(cell), Value::from),
        );
    }
    Value::Object(fields)
}

/// The header of the CSV output.
#[must_use]
pub fn csv_header() -> Vec<&'static str> {
    ["context", "backend", "resource", "id", "name"]
        .into_iter()
        .chain(ROLES.map(|(_, name)| name))
        .collect()
}

/// One record as a CSV row in the order of the header: times are RFC 3339, `never`, `unrecorded` or
/// empty; scopes stand behind one another with a space between; what a terminal cannot show is marked.
#[must_use]
pub fn csv_row(context: &str, backend: &str, record: Record<'_>) -> Vec<String> {
    let first = [
        context,
        backend,
        &record.resource().id,
        record.id_text().unwrap_or(""),
        record.name().exact(),
    ];
    let roles = ROLES.map(|(role, _)| match record.role(role) {
        Cell::Never => "never".to_owned(),
        Cell::Unrecorded => "unrecorded".to_owned(),
        cell if role == Role::Scopes => texts(cell).join(" "),
        cell => text(cell).unwrap_or_default(),
    });
    first
        .map(str::to_owned)
        .into_iter()
        .chain(roles)
        .map(|cell| harmless(&cell))
        .collect()
}

/// A cell that a spreadsheet takes for text and a terminal may show.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let shown = Text::new(cell).shown();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{shown}")
    } else {
        shown.into_owned()
    }
}

fn is_empty(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Absent | Cell::Null | Cell::Hidden)
}

/// A cell as JSON of the kind that the service wrote; times as RFC 3339.
#[must_use]
pub fn cell_json(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Absent | Cell::Null | Cell::Never | Cell::Unrecorded | Cell::Hidden => Value::Null,
        Cell::Text(text) => json!(text.exact()),
        Cell::List(_) => cell.list().map(|item| json!(item.exact())).collect(),
        Cell::Json(text) => {
            serde_json::from_str(text.exact()).unwrap_or_else(|_| json!(text.exact()))
        }
        Cell::Bool(yes) => json!(yes),
        Cell::Int(number) => json!(number),
        Cell::Time(moment) => json!(moment.rfc3339()),
    }
}

/// A cell as one text; none where it says nothing.
fn text(cell: Cell<'_>) -> Option<String> {
    match cell_json(cell) {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A cell as texts: the elements of a list, the values of each object joined by colons.
fn texts(cell: Cell<'_>) -> Vec<String> {
    match cell_json(cell) {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(joined).collect(),
        one => vec![joined(&one)],
    }
}

fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(members) => members
            .values()
            .filter(|value| !value.is_null())
            .map(joined)
            .collect::<Vec<_>>()
            .join(":"),
        other => other.to_string(),
    }
}
