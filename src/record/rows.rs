//! Rows of one resource by column: texts in one arena with repeated values kept once, times and numbers
//! packed. A hundred thousand keys fit in a few megabytes, and a [`Record`] is a view that costs nothing.

mod cell;
mod column;
mod record;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use hashbrown::HashTable;

use self::{
    column::{Column, SlotKind},
    words::{NO_WORD, Words},
};
use super::{KeyId, Moment, Text};
use crate::manifest::Resource;

pub(super) use cell::LIST_MARK;
pub use cell::{Cell, Value};
pub use record::Record;

/// The rows of one resource, as far as they have come.
#[derive(Debug)]
pub struct Rows {
    resource: Arc<Resource>,
    words: Words,
    columns: Vec<Column>,
    /// The word of each row's id, or [`NO_WORD`].
    ids: Vec<u32>,
    /// Rows by the text of their id; only where pages are gathered, as they alone are searched often.
    by_id: Option<HashTable<u32>>,
    /// Rows that could not be read with the reason, in row order.
    bad: Vec<(u32, Box<str>)>,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(resource: Arc<Resource>) -> Self {
        let columns = resource.field.iter().map(|_| Column::default()).collect();
        Self {
            resource,
            words: Words::default(),
            columns,
            ids: Vec::new(),
            by_id: None,
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
    #[cfg(test)]
    pub fn push(&mut self, id: Option<&KeyId>, values: Vec<Value<'_>>) {
        self.open();
        if let Some(id) = id {
            self.set_id(id);
        }
        for (field, value) in values.into_iter().enumerate() {
            self.set(field, value);
        }
    }

    /// Adds a row that could not be read; it is shown with its reason and has no operations.
    #[cfg(test)]
    pub fn push_bad(&mut self, id: Option<&KeyId>, reason: &str) {
        self.push(id, Vec::new());
        self.spoil(reason);
    }

    /// Copies all rows of `page` behind the own ones.
    pub fn append(&mut self, page: &Rows) {
        self.index();
        let start = self.len();
        // Each text of the page is looked up once, however many rows have it.
        let mut words = vec![NO_WORD; page.words.len()];
        for (field, column) in page.columns.iter().enumerate() {
            for row in 0..page.len() {
                self.copy(field, column.get(row), page, &mut words);
            }
        }
        for row in 0..page.len() {
            self.ids.push(NO_WORD);
            if let Some(id) = page.id_text(row) {
                self.put_id(start + row, id);
            }
        }
        for (row, reason) in &page.bad {
            self.put_bad(start + *row as usize, Some(reason));
        }
    }

    /// Adds one value of another page to a column.
    fn copy(
        &mut self,
        field: usize,
        slot: Option<(SlotKind, i64)>,
        page: &Rows,
        words: &mut [u32],
    ) {
        let Some(column) = self.columns.get_mut(field) else {
            return;
        };
        let (kind, mut value) = slot.unwrap_or((SlotKind::Absent, 0));
        if kind.is_text() {
            let theirs = u32::try_from(value).unwrap_or(NO_WORD);
            let known = words.get(theirs as usize).copied().unwrap_or(NO_WORD);
            let own = if known == NO_WORD {
                let text = page.words.get(theirs).unwrap_or("");
                column.keep(&mut self.words, text)
            } else {
                Some(known)
            };
            let Some(own) = own else {
                column.push(SlotKind::Absent, 0);
                return;
            };
            if let Some(known) = words.get_mut(theirs as usize) {
                *known = own;
            }
            value = i64::from(own);
        }
        column.push(kind, value);
    }

    /// Makes rows easy to find by their id from now on.
    fn index(&mut self) {
        if self.by_id.is_some() {
            return;
        }
        self.by_id = Some(HashTable::with_capacity(self.len()));
        for row in 0..self.len() {
            self.note_id(row);
        }
    }

    /// Copies one row of the same resource behind the own ones.
    pub fn push_record(&mut self, record: Record<'_>) {
        self.open();
        self.fill(self.len().saturating_sub(1), record);
    }

    /// Copies one row, which is known by this id where it has none itself.
    pub fn push_as(&mut self, record: Record<'_>, id: &KeyId) {
        self.push_record(record);
        if record.id_text().is_none() {
            self.set_id(id);
        }
    }

    /// Copies one row and says why no more of it could be read.
    pub fn push_spoilt(&mut self, record: Record<'_>, reason: &str) {
        self.push_record(record);
        self.spoil(reason);
    }

    /// The row at this position; a row past the end has no cells.
    #[must_use]
    pub fn record(&self, row: usize) -> Record<'_> {
        Record::new(self, row)
    }

    /// The rows in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.len()).map(|row| self.record(row))
    }

    /// The position of the row with this id; the first, should several have it.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<usize> {
        self.find_text(id.as_str())
    }

    /// The position of the row with this id, given as text.
    #[must_use]
    pub fn find_text(&self, id: &str) -> Option<usize> {
        let Some(by_id) = &self.by_id else {
            return (0..self.len()).find(|row| self.id_text(*row) == Some(id));
        };
        let same = |row: &u32| self.id_text(*row as usize) == Some(id);
        let row = by_id.find(self.words.hash(id), same)?;
        Some(*row as usize)
    }

    /// The id of the row at this position, without a copy.
    #[must_use]
    pub fn id_text(&self, row: usize) -> Option<&str> {
        self.ids.get(row).and_then(|word| self.words.get(*word))
    }

    /// The field of the row at this position.
    #[must_use]
    pub fn cell(&self, row: usize, field: usize) -> Cell<'_> {
        let Some((kind, value)) = self.columns.get(field).and_then(|column| column.get(row)) else {
            return Cell::Absent;
        };
        let text = || {
            let word = u32::try_from(value).unwrap_or(NO_WORD);
            Text::new(self.words.get(word).unwrap_or(""))
        };
        match kind {
            SlotKind::Absent => Cell::Absent,
            SlotKind::Null => Cell::Null,
            SlotKind::Never => Cell::Never,
            SlotKind::Unrecorded => Cell::Unrecorded,
            SlotKind::Hidden => Cell::Hidden,
            SlotKind::Text => Cell::Text(text()),
            SlotKind::List => Cell::List(text()),
            SlotKind::Json => Cell::Json(text()),
            SlotKind::Bool => Cell::Bool(value != 0),
            SlotKind::Int => Cell::Int(value),
            SlotKind::Time => Cell::Time(Moment::from_micros(value)),
        }
    }

    /// The number of the text in a cell: cells with one number
    /// have one text, so a test of texts runs once per number instead of once per row.
    #[must_use]
    pub fn word(&self, row: usize, field: usize) -> Option<u32> {
        match self.columns.get(field)?.get(row)? {
            (kind, value) if kind.is_text() => u32::try_from(value).ok(),
            _ => None,
        }
    }

    /// The number of the text of a row's id, as [`word`](Self::word) gives it for cells.
    #[must_use]
    pub fn id_word(&self, row: usize) -> Option<u32> {
        let word = self.ids.get(row).copied();
        word.filter(|word| *word != NO_WORD)
    }

    /// The text with this number.
    #[must_use]
    pub fn text(&self, word: u32) -> &str {
        self.words.get(word).unwrap_or("")
    }

    /// Looks for small letters of ASCII in some thousand texts from this number on, faster than one by one:
    /// tells the numbers of those that have them, capitals counting as small ones where `is_in` says so.
    /// Gives the number of the first text that it did not look at.
    pub fn scan(
        &self,
        finder: &memchr::memmem::Finder<'_>,
        from: u32,
        is_in: impl Fn(&str) -> bool,
        mut found: impl FnMut(u32),
    ) -> u32 {
        let until = self.words.scan(finder, from, &mut found);
        let capitals = self.words.capitals(from, until).iter();
        capitals
            .filter(|word| is_in(self.text(**word)))
            .for_each(|word| found(*word));
        until
    }

    /// Why the row at this position could not be read.
    #[must_use]
    pub fn bad(&self, row: usize) -> Option<&str> {
        let row = u32::try_from(row).ok()?;
        let at = self.bad.binary_search_by_key(&row, |(at, _)| *at).ok()?;
        self.bad.get(at).map(|(_, reason)| &**reason)
    }

    /// Why rows could not be read, a reason for each of them in their order.
    pub fn all_bad(&self) -> impl ExactSizeIterator<Item = &str> {
        self.bad.iter().map(|(_, reason)| &**reason)
    }

    /// Gives back what only building needs.
    pub fn shrink(&mut self) {
        self.words.shrink();
        self.ids.shrink_to_fit();
        self.bad.shrink_to_fit();
        for column in &mut self.columns {
            column.shrink();
        }
    }

    /// Adds a row without id or values; [`set`](Self::set), [`set_id`](Self::set_id) and
    /// [`spoil`](Self::spoil) act on it.
    pub(super) fn open(&mut self) {
        self.ids.push(NO_WORD);
        for column in &mut self.columns {
            column.push(SlotKind::Absent, 0);
        }
    }

    /// Puts a value into the last row.
    pub(super) fn set(&mut self, field: usize, value: Value<'_>) {
        self.put(self.len().saturating_sub(1), field, value);
    }

    /// Gives the last row its id.
    pub(super) fn set_id(&mut self, id: &KeyId) {
        self.put_id(self.len().saturating_sub(1), id.as_str());
    }

    /// Marks the last row as bad.
    pub(super) fn spoil(&mut self, reason: &str) {
        self.put_bad(self.len().saturating_sub(1), Some(reason));
    }

    fn fill(&mut self, row: usize, record: Record<'_>) {
        if let Some(id) = record.id_text().filter(|id| self.id_text(row) != Some(id)) {
            self.put_id(row, id);
        }
        for field in 0..self.columns.len() {
            match record.cell(field) {
                // A list goes over as it is packed.
                Cell::List(text) => self.put_text(row, field, SlotKind::List, text.exact()),
                cell => self.put(row, field, Value::from(cell)),
            }
        }
        self.put_bad(row, record.bad());
    }

    fn put(&mut self, row: usize, field: usize, value: Value<'_>) {
        let (kind, value) = match value {
            Value::Absent => (SlotKind::Absent, 0),
            Value::Null => (SlotKind::Null, 0),
            Value::Never => (SlotKind::Never, 0),
            Value::Unrecorded => (SlotKind::Unrecorded, 0),
            Value::Hidden => (SlotKind::Hidden, 0),
            Value::Text(text) => return self.put_text(row, field, SlotKind::Text, &text),
            Value::Json(text) => return self.put_text(row, field, SlotKind::Json, &text),
            Value::List(items) => {
                let mut packed = String::new();
                for item in items {
                    packed.push_str(&item);
                    packed.push(LIST_MARK);
                }
                return self.put_text(row, field, SlotKind::List, &packed);
            }
            Value::Bool(yes) => (SlotKind::Bool, i64::from(yes)),
            Value::Int(number) => (SlotKind::Int, number),
            Value::Time(moment) => (SlotKind::Time, moment.micros()),
        };
        if let Some(column) = self.columns.get_mut(field) {
            column.set(row, kind, value);
        }
    }

    fn put_text(&mut self, row: usize, field: usize, kind: SlotKind, text: &str) {
        let Some(column) = self.columns.get_mut(field) else {
            return;
        };
        match column.keep(&mut self.words, text) {
            Some(word) => column.set(row, kind, i64::from(word)),
            None => column.set(row, SlotKind::Absent, 0),
        }
    }

    fn put_id(&mut self, row: usize, id: &str) {
        if let (Some(word), Some(slot)) = (self.words.add(id), self.ids.get_mut(row)) {
            *slot = word;
            self.note_id(row);
        }
    }

    /// Puts a row into the index, unless one before it has its id.
    fn note_id(&mut self, row: usize) {
        let (words, ids) = (&self.words, &self.ids);
        let text = |row: &u32| {
            let word = ids.get(*row as usize).copied().unwrap_or(NO_WORD);
            words.get(word).unwrap_or("")
        };
        let (Some(by_id), Ok(at)) = (&mut self.by_id, u32::try_from(row)) else {
            return;
        };
        let hash = words.hash(text(&at));
        let has_id = ids.get(row).is_some_and(|word| *word != NO_WORD);
        if has_id && by_id.find(hash, |other| text(other) == text(&at)).is_none() {
            by_id.insert_unique(hash, at, |other| words.hash(text(other)));
        }
    }

    fn put_bad(&mut self, row: usize, reason: Option<&str>) {
        let Ok(row) = u32::try_from(row) else { return };
        match (self.bad.binary_search_by_key(&row, |(at, _)| *at), reason) {
            (Ok(at), None) => {
                self.bad.remove(at);
            }
            (Ok(at), Some(reason)) => {
                if let Some(known) = self.bad.get_mut(at) {
                    known.1 = reason.into();
                }
            }
            (Err(at), Some(reason)) => self.bad.insert(at, (row, reason.into())),
            (Err(_), None) => {}
        }
    }
}
