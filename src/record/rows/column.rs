//! One field of all rows: a byte for what each value is, and four bytes for it until one needs eight.

use super::words::Words;

/// What a packed value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum SlotKind {
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

impl SlotKind {
    /// The value is the number of a text.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::List | Self::Json)
    }
}

/// One field of all rows.
#[derive(Debug, Default)]
pub(super) struct Column {
    kinds: Vec<SlotKind>,
    values: Values,
    /// Texts that were put in, and how many of them were new.
    texts: u32,
    fresh: u32,
}

/// Texts that a column takes before it is judged.
const TRIAL: u32 = 1024;

#[derive(Debug)]
enum Values {
    Narrow(Vec<u32>),
    Wide(Vec<i64>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Column {
    /// Kind and value of a row.
    pub(super) fn get(&self, row: usize) -> Option<(SlotKind, i64)> {
        let value = match &self.values {
            Values::Narrow(values) => i64::from(*values.get(row)?),
            Values::Wide(values) => *values.get(row)?,
        };
        Some((*self.kinds.get(row)?, value))
    }

    /// Adds a row.
    pub(super) fn push(&mut self, kind: SlotKind, value: i64) {
        self.kinds.push(kind);
        match &mut self.values {
            Values::Narrow(values) => values.push(0),
            Values::Wide(values) => values.push(0),
        }
        self.set(self.kinds.len().saturating_sub(1), kind, value);
    }

    /// Changes a row that exists.
    pub(super) fn set(&mut self, row: usize, kind: SlotKind, value: i64) {
        if let Some(known) = self.kinds.get_mut(row) {
            *known = kind;
        }
        if u32::try_from(value).is_err() {
            self.widen();
        }
        match &mut self.values {
            Values::Narrow(values) => {
                if let (Some(known), Ok(value)) = (values.get_mut(row), u32::try_from(value)) {
                    *known = value;
                }
            }
            Values::Wide(values) => {
                if let Some(known) = values.get_mut(row) {
                    *known = value;
                }
            }
        }
    }

    /// The number of a text of this column. Where nearly every row has its own, looking for repeated
    /// ones would cost more than it saves.
    pub(super) fn keep(&mut self, words: &mut Words, text: &str) -> Option<u32> {
        if self.texts >= TRIAL && self.fresh > self.texts / 10 * 9 {
            return words.add(text);
        }
        let before = words.len();
        let word = words.keep(text);
        self.texts = self.texts.saturating_add(1);
        self.fresh = self.fresh.saturating_add(u32::from(words.len() > before));
        word
    }

    /// Gives back room for rows to come.
    pub(super) fn shrink(&mut self) {
        self.kinds.shrink_to_fit();
        match &mut self.values {
            Values::Narrow(values) => values.shrink_to_fit(),
            Values::Wide(values) => values.shrink_to_fit(),
        }
    }

    fn widen(&mut self) {
        if let Values::Narrow(values) = &self.values {
            self.values = Values::Wide(values.iter().copied().map(i64::from).collect());
        }
    }
}
