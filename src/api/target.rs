//! The key that an operation acts on, as it was when somebody asked for that: what happens to its row meanwhile
//! changes nothing of what is sent.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::record::{Cell, KeyId, Record, cell_json};

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

/// The value of a field as JSON has it; nothing of a secret one.
fn value(row: Record<'_>, key: &str) -> Option<Value> {
    let cell = row.cell(row.resource().field_at(key)?);
    (!matches!(cell, Cell::Hidden)).then(|| cell_json(cell))
}
