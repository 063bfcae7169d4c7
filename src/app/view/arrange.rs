//! All rows of a pane in order: by the columns that were chosen, else as the manifest says, else as the
//! service sends them. What was found out about a column stays as long as the rows do, so that it is ranked
//! once whatever it is combined with.

use super::{
    super::{
        columns::ColumnId,
        order::{self, Key, Ranks},
        pane::{Pane, RowRef, Sorting},
        state,
    },
    sieve::Known,
};
use crate::manifest::Resource;

/// Columns whose ranks are kept.
const KEPT: usize = 4;

/// The ranks of the columns by which the rows were ordered of late.
#[derive(Debug, Default)]
pub struct Ranked(Vec<(ColumnId, Ranks)>);

impl Pane {
    /// All rows in the order of their sources, the new ones of a source that has `before` already.
    pub(super) fn rows_from(&self, source: usize, before: usize) -> impl Iterator<Item = RowRef> {
        let count = self.sources.get(source).map_or(0, |it| it.rows.len());
        let at = u32::try_from(source).unwrap_or(u32::MAX);
        let fits = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        (fits(before)..fits(count)).map(move |row| RowRef { source: at, row })
    }

    /// The rows are others than before.
    pub(super) fn forget_ranks(&mut self) {
        self.ranked = Ranked::default();
    }

    /// Puts all rows in order.
    pub(super) fn arrange(&mut self, known: &Known<'_>) {
        let all: Vec<RowRef> = (0..self.sources.len())
            .flat_map(|source| self.rows_from(source, 0))
            .collect();
        let orders = order_of(self);
        for order in &orders {
            self.rank(order.column, known, &all);
        }
        let by = orders.iter().filter_map(|order| {
            let mut ranked = self.ranked.0.iter();
            let (_, ranks) = ranked.find(|(column, _)| *column == order.column)?;
            Some((ranks, order.descending))
        });
        let by: Vec<_> = by.collect();
        let all = if by.is_empty() {
            all
        } else {
            let places = order::arranged(all.len(), &by).into_iter();
            let row = |place: u32| all.get(place as usize).copied();
            places.filter_map(row).collect()
        };
        self.restart(all, known);
    }

    /// Ranks the rows by a column unless that is done; the state of a key changes as time goes by.
    fn rank(&mut self, column: ColumnId, known: &Known<'_>, all: &[RowRef]) {
        let at = self.ranked.0.iter().position(|(it, _)| *it == column);
        let mut found = at.map(|at| self.ranked.0.remove(at));
        if column == ColumnId::State || found.is_none() {
            let key = |row: &RowRef| self.key(column, *row, known);
            found = Some((column, Ranks::of(all.iter().map(key))));
        }
        self.ranked.0.truncate(KEPT - 1);
        self.ranked.0.splice(0..0, found);
    }

    fn key<'a>(&'a self, column: ColumnId, row: RowRef, known: &Known<'a>) -> Key<'a> {
        let Some((source, record)) = self.row(row) else {
            return Key::Missing;
        };
        match column {
            ColumnId::Context => known
                .contexts
                .get(source.context)
                .map_or(Key::Missing, |it| Key::text(&it.name)),
            ColumnId::State => Key::Int(state::rank(record, known.now, known.policy)),
            column => Key::of(column.cell(record)),
        }
    }
}

/// What orders the rows, the column that decides first: what was chosen, else what the manifest says, else
/// the name where there are several lists; nothing: the service's own order.
#[must_use]
pub fn order_of(pane: &Pane) -> Vec<Sorting> {
    if !pane.order.is_empty() {
        return pane.order.clone();
    }
    match pane.sources.as_slice() {
        [] => Vec::new(),
        [only] => manifest_order(&only.resource).into_iter().collect(),
        _ => vec![Sorting {
            column: ColumnId::Name,
            descending: false,
        }],
    }
}

/// The manifest names one field and a direction.
fn manifest_order(resource: &Resource) -> Option<Sorting> {
    let sort = resource.sort.as_deref()?;
    let (key, direction) = sort.split_once(':').unwrap_or((sort, "asc"));
    Some(Sorting {
        column: ColumnId::Field(resource.field_at(key)?),
        descending: direction == "desc",
    })
}
