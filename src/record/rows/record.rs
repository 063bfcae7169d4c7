//! One row as everything above sees it.

use std::sync::Arc;

use super::{Cell, KeyId, Rows, Text};
use crate::manifest::{Resource, Role};

/// One row of [`Rows`].
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    rows: &'a Rows,
    row: usize,
}

impl<'a> Record<'a> {
    pub(super) fn new(rows: &'a Rows, row: usize) -> Self {
        Self { rows, row }
    }

    /// The resource whose fields it has.
    #[must_use]
    pub fn resource(self) -> &'a Arc<Resource> {
        self.rows.resource()
    }

    /// The checked id; a row without one has no operations.
    #[must_use]
    pub fn id(self) -> Option<KeyId> {
        self.id_text().map(KeyId::checked)
    }

    /// The checked id, without a copy.
    #[must_use]
    pub fn id_text(self) -> Option<&'a str> {
        self.rows.id_text(self.row)
    }

    /// The field at this position of the resource's fields.
    #[must_use]
    pub fn cell(self, field: usize) -> Cell<'a> {
        self.rows.cell(self.row, field)
    }

    /// What people call the choice in this field, where it has such a name.
    #[must_use]
    pub fn label(self, field: usize) -> Option<&'a str> {
        let declared = self.rows.resource().field.get(field)?;
        if declared.labels.is_empty() {
            return None;
        }
        match self.cell(field) {
            Cell::Text(text) => declared.label(text.exact()),
            Cell::Int(number) => declared.label(&number.to_string()),
            _ => None,
        }
    }

    /// The number of the text in a field: rows of one list that have the same number have the same text.
    #[must_use]
    pub fn word(self, field: usize) -> Option<u32> {
        self.rows.word(self.row, field)
    }

    /// The field with this role.
    #[must_use]
    pub fn role(self, role: Role) -> Cell<'a> {
        self.resource()
            .role(role)
            .map_or(Cell::Absent, |field| self.cell(field))
    }

    /// What people call it: the name, else the id.
    #[must_use]
    pub fn name(self) -> Text<'a> {
        match self.role(Role::Name) {
            Cell::Text(text) if !text.exact().is_empty() => text,
            _ => Text::new(self.id_text().unwrap_or("")),
        }
    }

    /// Why the row could not be read.
    #[must_use]
    pub fn bad(self) -> Option<&'a str> {
        self.rows.bad(self.row)
    }
}
