//! What one field of one row holds, on its way in and out.

use std::borrow::Cow;

use super::{Moment, Text};

/// Ends each element of a list inside the arena.
pub(in crate::record) const LIST_MARK: char = '\u{1f}';

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
            Cell::List(text) => text.exact().strip_suffix(LIST_MARK),
            _ => None,
        };
        text.into_iter()
            .flat_map(|text| text.split(LIST_MARK).map(Text::new))
    }
}

/// A value on its way into [`Rows`](super::Rows).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
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
    Text(Cow<'a, str>),
    /// See [`Cell::List`]; no element has a unit separator (U+001F).
    List(Vec<Cow<'a, str>>),
    /// See [`Cell::Json`].
    Json(Cow<'a, str>),
    /// See [`Cell::Bool`].
    Bool(bool),
    /// See [`Cell::Int`].
    Int(i64),
    /// See [`Cell::Time`].
    Time(Moment),
}

impl<'a> From<Cell<'a>> for Value<'a> {
    fn from(cell: Cell<'a>) -> Self {
        match cell {
            Cell::Absent => Self::Absent,
            Cell::Null => Self::Null,
            Cell::Never => Self::Never,
            Cell::Unrecorded => Self::Unrecorded,
            Cell::Hidden => Self::Hidden,
            Cell::Text(text) => Self::Text(Cow::Borrowed(text.exact())),
            Cell::List(_) => Self::List(
                cell.list()
                    .map(|item| Cow::Borrowed(item.exact()))
                    .collect(),
            ),
            Cell::Json(text) => Self::Json(Cow::Borrowed(text.exact())),
            Cell::Bool(yes) => Self::Bool(yes),
            Cell::Int(number) => Self::Int(number),
            Cell::Time(moment) => Self::Time(moment),
        }
    }
}
