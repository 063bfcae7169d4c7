//! Which columns a pane has: with one resource the manifest's own, with several those that roles name,
//! so that keys of services which nobody here has seen stand side by side. Rows that are no keys have no
//! state.

use std::sync::Arc;

use super::{filter::Spot, pane::Source};
use crate::{
    manifest::{Field, Kind, Resource, Role},
    record::{Cell, Record, Text},
};

/// A title up to so many characters is never cut.
const SHORT: u16 = 6;
/// The most cells of the column with the keys' names; no other has as many.
const NAME_MOST: u16 = 40;

/// The most cells of a time: `2026-03-01 14:03`.
const TIME_MOST: u16 = 16;

/// The most columns that stay at the left: context, id and name.
const MOST_PINNED: usize = 3;

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnId {
    /// The context's name.
    Context,
    /// What kind of key it is, where a row holds several.
    Kind,
    /// The key's name, or its id where it has none.
    Name,
    /// The key's id, for tables from which it is copied.
    Id,
    /// The first of client id, prefix and id that the row has.
    Identity,
    /// Owner, else creator.
    Person,
    /// The field with this role.
    Role(Role),
    /// The field at this position of the only resource.
    Field(usize),
    /// Expired, over-broad and the like.
    State,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it shows.
    pub id: ColumnId,
    /// Its title.
    pub title: String,
    /// Its name in filters and on the command line.
    pub name: String,
    /// The fewest cells in which it makes sense.
    pub least: u16,
    /// The most cells that it can use.
    pub most: u16,
}

/// The columns for these sources.
#[must_use]
pub fn columns(sources: &[Source]) -> Vec<Column> {
    let resources: Vec<_> = sources.iter().map(|source| &source.resource).collect();
    columns_of(&resources)
}

/// All columns that there can be for these sources, those that are shown unless told otherwise among them.
#[must_use]
pub fn known(sources: &[Source]) -> Vec<Column> {
    let resources: Vec<_> = sources.iter().map(|source| &source.resource).collect();
    with(&resources, true)
}

/// The columns for lists of these resources, one for each list.
#[must_use]
pub fn columns_of(resources: &[&Arc<Resource>]) -> Vec<Column> {
    with(resources, false)
}

/// The columns of these resources, with those that are shown only where somebody chose them.
fn with(resources: &[&Arc<Resource>], all: bool) -> Vec<Column> {
    let [first, others @ ..] = resources else {
        return Vec::new();
    };
    let mut columns = if others.iter().all(|other| Arc::ptr_eq(first, other)) {
        let fields = first.field.iter().enumerate();
        let own = fields
            .filter(|(_, field)| field.column || all && field.kind != Kind::Secret)
            .map(|(at, field)| of_field(at, field));
        own.collect()
    } else {
        by_role(resources, all)
    };
    if resources.len() > 1 {
        // What is in one row is of one context.
        let inside = resources.iter().any(|it| it.within.is_some());
        columns.insert(
            0,
            if inside {
                column(ColumnId::Kind, "Kind", "kind", 7, 16)
            } else {
                column(ColumnId::Context, "Context", "context", 7, 16)
            },
        );
    }
    if resources.iter().any(|it| it.holds_keys()) {
        columns.push(column(ColumnId::State, "State", "state", 10, 26));
    }
    columns
}

fn column(id: ColumnId, title: &str, name: &str, least: u16, most: u16) -> Column {
    Column {
        id,
        title: title.to_owned(),
        name: name.to_owned(),
        least,
        most,
    }
}

fn of_field(at: usize, field: &Field) -> Column {
    let (least, most): (u16, u16) = match (field.role, field.kind) {
        (Some(Role::Name), _) => (14, NAME_MOST),
        (_, Kind::Time | Kind::Expiry) => (10, TIME_MOST),
        (_, Kind::Bool) => (5, 6),
        (_, Kind::Int) => (4, 12),
        (Some(Role::Prefix), _) => (6, 14),
        _ => (10, 36),
    };
    // A short title is read in whole.
    let title = u16::try_from(field.title.chars().count()).unwrap_or(most);
    let least = least.max(title.min(SHORT));
    let most = most.max(least);
    column(ColumnId::Field(at), &field.title, &field.key, least, most)
}

impl Column {
    /// It tells keys apart: it is always shown.
    #[must_use]
    pub fn is_name(&self) -> bool {
        self.id == ColumnId::Name || self.most == NAME_MOST
    }

    /// Its name among the columns of a table, whose fields may be called as anything.
    #[must_use]
    pub fn word(&self) -> String {
        match self.id {
            ColumnId::Field(_) => format!("field {}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// How many columns at the left stay where they are while the others scroll: those up to the name, unless
/// somebody moved it to the right.
#[must_use]
pub fn pinned(columns: &[Column]) -> usize {
    let name = columns.iter().take(MOST_PINNED).position(Column::is_name);
    name.map_or(1, |at| at + 1).min(columns.len())
}

fn by_role(resources: &[&Arc<Resource>], all: bool) -> Vec<Column> {
    let has = |role| {
        resources
            .iter()
            .any(|resource| resource.role(role).is_some())
    };
    let mut columns = vec![
        column(ColumnId::Name, "Name", "name", 14, NAME_MOST),
        column(ColumnId::Identity, "Id", "id", 8, 24),
    ];
    if has(Role::Owner) || has(Role::Creator) {
        columns.push(column(ColumnId::Person, "Owner", "owner", 8, 24));
    }
    let times = [
        (Role::Created, "Created", "created"),
        (Role::LastUsed, "Last used", "used"),
        (Role::Expires, "Expires", "expires"),
    ];
    for (role, title, name) in times {
        if has(role) {
            columns.push(column(ColumnId::Role(role), title, name, 10, TIME_MOST));
        }
    }
    let others = [
        (Role::Creator, "Creator", "creator", 24),
        (Role::ClientId, "Client id", "client-id", 36),
        (Role::Prefix, "Prefix", "prefix", 12),
        (Role::Scopes, "Scopes", "scopes", 36),
        (Role::Admin, "Admin", "admin", 6),
        (Role::Updated, "Updated", "updated", TIME_MOST),
    ];
    for (role, title, name, most) in others {
        if all && has(role) {
            columns.push(column(ColumnId::Role(role), title, name, 6, most));
        }
    }
    columns
}

impl ColumnId {
    /// What stands in this column of a row; the context and the state are the caller's.
    #[must_use]
    pub fn cell(self, record: Record<'_>) -> Cell<'_> {
        match self.spot(record) {
            _ if self == Self::Kind => Cell::Text(Text::new(&record.resource().noun)),
            Spot::Name => Cell::Text(record.name()),
            Spot::Id => record
                .id_text()
                .map_or(Cell::Absent, |id| Cell::Text(Text::new(id))),
            Spot::Field(at) => record.cell(at),
            _ => Cell::Absent,
        }
    }

    /// What a table shows in this column: of a choice what people call it, of a key without a name its id.
    #[must_use]
    pub fn shown(self, record: Record<'_>) -> Cell<'_> {
        let words = match self.spot(record) {
            Spot::Field(at) if record.resource().role(Role::Name) == Some(at) => {
                Some(record.name())
            }
            Spot::Field(at) => record.label(at).map(Text::new),
            _ => None,
        };
        words.map_or_else(|| self.cell(record), Cell::Text)
    }

    /// Where this row keeps what stands in the column.
    #[must_use]
    pub fn spot(self, record: Record<'_>) -> Spot {
        let resource = record.resource();
        let field = |role: Role| resource.role(role).map_or(Spot::Nowhere, Spot::Field);
        let first = |roles: &[Role]| {
            let has = |role: &&Role| matches!(record.role(**role), Cell::Text(_));
            roles.iter().find(has).map(|role| field(*role))
        };
        match self {
            Self::Context => Spot::Context,
            Self::State | Self::Kind => Spot::Nowhere,
            Self::Name => Spot::Name,
            Self::Id => Spot::Id,
            Self::Identity => first(&[Role::ClientId, Role::Prefix]).unwrap_or(Spot::Id),
            Self::Person => first(&[Role::Owner, Role::Creator]).unwrap_or(Spot::Nowhere),
            Self::Role(role) => field(role),
            Self::Field(at) => Spot::Field(at),
        }
    }
}
