//! Rows of one resource by column: texts in one arena with repeated values kept once, times and numbers
//! packed. A hundred thousand keys fit in a few megabytes, and a [`Record`] is a view that costs nothing.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::{KeyId, Moment, Text};
use crate::manifest::{Resource, Role};

/// Joins the elements of a list inside the arena.
pub(super) const LIST_MARK: char = '\u{1f}';

/// What one field of one row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The row has no such member.
    Absent,
    /// The value is null where that says nothing.
    Null,
    /// The time is "never".
    Never,
    /// The backend does not record this time.
    Unrecorded,
    /// A secret stands here: it was dropped at the door.
    Hidden,
    /// Text, or one of the choices.
    Text(Text<'a>),
    /// Texts; split with [`Cell::list`].
    List(Text<'a>),
    /// Objects or anything deeper, as compact JSON.
    Json(Text<'a>),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A moment.
    Time(Moment),
}

impl<'a> Cell<'a> {
    /// The elements of a list.
    pub fn list(self) -> impl Iterator<Item = Text<'a>> {
        let text = match self {
            Cell::List(text) if !text.exact().is_empty() => Some(text),
            _ => None,
        };
        text.into_iter()
            .flat_map(|text| text.exact().split(LIST_MARK).map(Text::new))
    }
}

/// A cell as it is packed: what it is, and where its text or value stands.
#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: SlotKind,
    value: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SlotKind {
    Absent,
    Null,
    Never,
    Unrecorded,
    Hidden,
    Text,
    List,
    Json,
    Bool,
    Int,
    Time,
}

/// One field of all rows.
#[derive(Debug, Default)]
struct Column {
    kinds: Vec<SlotKind>,
    values: Vec<u64>,
}

/// The rows of one resource, as far as they have come.
#[derive(Debug)]
pub struct Rows {
    resource: Arc<Resource>,
    arena: String,
    known: HashMap<u64, (u32, u32)>,
    columns: Vec<Column>,
    ids: Vec<u64>,
    bad: Vec<(u32, Box<str>)>,
}

/// A value on its way into [`Rows`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// See [`Cell::Absent`].
    Absent,
    /// See [`Cell::Null`].
    Null,
    /// See [`Cell::Never`].
    Never,
    /// See [`Cell::Unrecorded`].
    Unrecorded,
    /// See [`Cell::Hidden`].
    Hidden,
    /// See [`Cell::Text`].
    Text(String),
    /// See [`Cell::List`].
    List(Vec<String>),
    /// See [`Cell::Json`].
    Json(String),
    /// See [`Cell::Bool`].
    Bool(bool),
    /// See [`Cell::Int`].
    Int(i64),
    /// See [`Cell::Time`].
    Time(Moment),
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(resource: Arc<Resource>) -> Self {
        let columns = resource.field.iter().map(|_| Column::default()).collect();
        Self {
            resource,
            arena: String::new(),
            known: HashMap::new(),
            columns,
            ids: Vec::new(),
            bad: Vec::new(),
        }
    }

    /// The resource whose fields the rows have.
    #[must_use]
    pub fn resource(&self) -> &Arc<Resource> {
        &self.resource
    }

    /// Number of rows, bad ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// No rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds a row; `values` are in the order of the resource's fields.
    pub fn push(&mut self, id: Option<&KeyId>, values: Vec<Value>) {
        let id = id.map_or(u64::MAX, |id| self.keep(id.as_str(), false));
        self.ids.push(id);
        let mut values = values.into_iter();
        for at in 0..self.columns.len() {
            let slot = self.pack(values.next().unwrap_or(Value::Absent));
            if let Some(column) = self.columns.get_mut(at) {
                column.kinds.push(slot.kind);
                column.values.push(slot.value);
            }
        }
    }

    /// Adds a row that could not be read; it is shown with its reason and has no operations.
    pub fn push_bad(&mut self, id: Option<&KeyId>, reason: &str) {
        let row = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.push(id, Vec::new());
        self.bad.push((row, reason.into()));
    }

    /// Moves all rows of `page` behind the own ones.
    pub fn append(&mut self, page: &Rows) {
        for row in 0..page.len() {
            self.push_record(page.record(row));
        }
    }

    /// Copies one row of the same resource behind the own ones.
    pub fn push_record(&mut self, record: Record<'_>) {
        let values = (0..self.columns.len())
            .map(|at| Value::from(record.cell(at)))
            .collect();
        match record.bad() {
            Some(reason) => self.push_bad(record.id().as_ref(), reason),
            None => self.push(record.id().as_ref(), values),
        }
    }

    /// The row at this position; a row past the end has no cells.
    #[must_use]
    pub fn record(&self, row: usize) -> Record<'_> {
        Record { rows: self, row }
    }

    /// The rows in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.len()).map(|row| self.record(row))
    }

    /// The position of the row with this id.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<usize> {
        (0..self.len()).find(|&row| self.id_text(row) == Some(id.as_str()))
    }

    /// Gives back what only building needs.
    pub fn shrink(&mut self) {
        self.known = HashMap::new();
        self.arena.shrink_to_fit();
        self.ids.shrink_to_fit();
        for column in &mut self.columns {
            column.kinds.shrink_to_fit();
            column.values.shrink_to_fit();
        }
    }

    fn id_text(&self, row: usize) -> Option<&str> {
        let span = *self.ids.get(row)?;
        if span == u64::MAX {
            None
        } else {
            Some(self.text(span))
        }
    }

    fn text(&self, span: u64) -> &str {
        let start = usize::try_from(span >> 32).unwrap_or(usize::MAX);
        let length = usize::try_from(span & 0xffff_ffff).unwrap_or(0);
        self.arena
            .get(start..start.saturating_add(length))
            .unwrap_or("")
    }

    /// Puts a text into the arena and gives its place; repeated texts are kept once.
    fn keep(&mut self, text: &str, repeats: bool) -> u64 {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        if repeats && let Some(&(start, length)) = self.known.get(&hash) {
            let span = u64::from(start) << 32 | u64::from(length);
            if self.text(span) == text {
                return span;
            }
        }
        let (Ok(start), Ok(length)) = (u32::try_from(self.arena.len()), u32::try_from(text.len()))
        else {
            return 0;
        };
        self.arena.push_str(text);
        if repeats {
            self.known.insert(hash, (start, length));
        }
        u64::from(start) << 32 | u64::from(length)
    }

    fn pack(&mut self, value: Value) -> Slot {
        let (kind, value) = match value {
            Value::Absent => (SlotKind::Absent, 0),
            Value::Null => (SlotKind::Null, 0),
            Value::Never => (SlotKind::Never, 0),
            Value::Unrecorded => (SlotKind::Unrecorded, 0),
            Value::Hidden => (SlotKind::Hidden, 0),
            Value::Text(text) => (SlotKind::Text, self.keep(&text, true)),
            Value::List(items) => {
                let joined = items
                    .iter()
                    .map(|item| item.replace(LIST_MARK, " "))
                    .collect::<Vec<_>>();
                (SlotKind::List, self.keep(&joined.join("\u{1f}"), true))
            }
            Value::Json(text) => (SlotKind::Json, self.keep(&text, true)),
            Value::Bool(yes) => (SlotKind::Bool, u64::from(yes)),
            Value::Int(number) => (SlotKind::Int, number.cast_unsigned()),
            Value::Time(moment) => (SlotKind::Time, moment.micros().cast_unsigned()),
        };
        Slot { kind, value }
    }
}

/// One row of [`Rows`].
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    rows: &'a Rows,
    row: usize,
}

impl<'a> Record<'a> {
    /// The resource whose fields it has.
    #[must_use]
    pub fn resource(self) -> &'a Arc<Resource> {
        &self.rows.resource
    }

    /// The checked id; a row without one has no operations.
    #[must_use]
    pub fn id(self) -> Option<KeyId> {
        self.rows.id_text(self.row).map(KeyId::checked)
    }

    /// The field at this position of the resource's fields.
    #[must_use]
    pub fn cell(self, field: usize) -> Cell<'a> {
        let Some(column) = self.rows.columns.get(field) else {
            return Cell::Absent;
        };
        let (Some(&kind), Some(&value)) = (column.kinds.get(self.row), column.values.get(self.row))
        else {
            return Cell::Absent;
        };
        let text = |span| Text::new(self.rows.text(span));
        match kind {
            SlotKind::Absent => Cell::Absent,
            SlotKind::Null => Cell::Null,
            SlotKind::Never => Cell::Never,
            SlotKind::Unrecorded => Cell::Unrecorded,
            SlotKind::Hidden => Cell::Hidden,
            SlotKind::Text => Cell::Text(text(value)),
            SlotKind::List => Cell::List(text(value)),
            SlotKind::Json => Cell::Json(text(value)),
            SlotKind::Bool => Cell::Bool(value != 0),
            SlotKind::Int => Cell::Int(value.cast_signed()),
            SlotKind::Time => Cell::Time(Moment::from_micros(value.cast_signed())),
        }
    }

    /// The field with this role.
    #[must_use]
    pub fn role(self, role: Role) -> Cell<'a> {
        self.rows
            .resource
            .role(role)
            .map_or(Cell::Absent, |field| self.cell(field))
    }

    /// What people call it: the name, else the id.
    #[must_use]
    pub fn name(self) -> Text<'a> {
        match self.role(Role::Name) {
            Cell::Text(text) if !text.exact().is_empty() => text,
            _ => Text::new(self.rows.id_text(self.row).unwrap_or("")),
        }
    }

    /// Why the row could not be read.
    #[must_use]
    pub fn bad(self) -> Option<&'a str> {
        let row = u32::try_from(self.row).ok()?;
        self.rows
            .bad
            .iter()
            .find(|(at, _)| *at == row)
            .map(|(_, reason)| &**reason)
    }
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Absent => Self::Absent,
            Cell::Null => Self::Null,
            Cell::Never => Self::Never,
            Cell::Unrecorded => Self::Unrecorded,
            Cell::Hidden => Self::Hidden,
            Cell::Text(text) => Self::Text(text.exact().to_owned()),
            Cell::List(_) => Self::List(cell.list().map(|item| item.exact().to_owned()).collect()),
            Cell::Json(text) => Self::Json(text.exact().to_owned()),
            Cell::Bool(yes) => Self::Bool(yes),
            Cell::Int(number) => Self::Int(number),
            Cell::Time(moment) => Self::Time(moment),
        }
    }
}
