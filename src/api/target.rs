//! The key that an operation acts on, as it was when somebody asked for that: what happens to its row meanwhile
//! changes nothing of what is sent.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::record::{Cell, KeyId, Record};

/// The key that an operation acts on, captured when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: KeyId,
    /// Its name, exactly as the service has it.
    pub name: String,
    /// What operations send of its other fields, by field key.
    pub item: Arc<BTreeMap<String, Value>>,
}

impl Target {
    /// The key of a row; none where the row has no id.
    #[must_use]
    pub fn of(row: Record<'_>) -> Option<Self> {
        let resource = row.resource();
        let items = resource.items().into_iter();
        let items = items.filter_map(|key| Some((key.to_owned(), value(row, key)?)));
        Some(Self {
            id: row.id()?,
            name: row.name().exact().to_owned(),
            item: Arc::new(items.collect()),
        })
    }

    /// A key of which no more is known.
    #[must_use]
    pub fn named(id: KeyId, name: String) -> Self {
        Self {
            id,
            name,
            item: Arc::default(),
        }
    }
}

/// The value of a field as JSON has it.
fn value(row: Record<'_>, key: &str) -> Option<Value> {
    match row.cell(row.resource().field_at(key)?) {
        Cell::Text(text) => Some(text.exact().into()),
        Cell::Bool(yes) => Some(yes.into()),
        Cell::Int(number) => Some(number.into()),
        list @ Cell::List(_) => Some(list.list().map(|item| Value::from(item.exact())).collect()),
        Cell::Time(moment) => Some(moment.rfc3339().into()),
        Cell::Json(text) => serde_json::from_str(text.exact()).ok(),
        Cell::Absent | Cell::Null | Cell::Never | Cell::Unrecorded => Some(Value::Null),
        Cell::Hidden => None,
    }
}
