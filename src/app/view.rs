//! Which of a pane's rows are shown, and in which order: the view that follows from the filter and the
//! sort column. `listing` brings the rows, `filter_line` the filter.

use super::{
    CallId, Context, Effect, Model, Tone,
    columns::ColumnId,
    filter::{Facts, Filter},
    listing::pane_of,
    order,
    pane::{Pane, RowRef, Sorting},
    state::{self, Policy},
};
use crate::{manifest::Tab, record::Moment};

/// Filters and orders a pane's rows again; the cursor stays on its key.
pub fn rebuild_view(model: &mut Model, tab: Tab) {
    let (now, visible) = (model.now, model.table_rows());
    let policy = model.policy.clone();
    let contexts = std::mem::take(&mut model.contexts);
    if let Some(pane) = pane_of(model, tab) {
        pane.view = (0..pane.sources.len())
            .flat_map(|at| filtered(pane, &contexts, now, at, 0))
            .collect();
        sort_view(pane, &contexts, now, &policy);
        (pane.loose, pane.ordered) = (false, pane.total());
        pane.follow(visible);
    }
    model.contexts = contexts;
}

/// Puts the rows that came behind those shown: a long list is put in order once, when it is whole.
pub(super) fn extend_view(model: &mut Model, tab: Tab, call: CallId, before: usize) {
    let now = model.now;
    let contexts = std::mem::take(&mut model.contexts);
    if let Some(pane) = pane_of(model, tab)
        && let Some(at) = pane
            .sources
            .iter()
            .position(|source| source.call == Some(call))
    {
        let new = filtered(pane, &contexts, now, at, before);
        pane.view.extend(new);
        pane.loose = true;
    }
    model.contexts = contexts;
}

/// The rows of one source from a position on that pass the filter.
fn filtered(pane: &Pane, contexts: &[Context], now: Moment, at: usize, from: usize) -> Vec<RowRef> {
    let Some((source, context)) = pane
        .sources
        .get(at)
        .and_then(|source| Some((source, contexts.get(source.context)?)))
    else {
        return Vec::new();
    };
    let own = source.end.as_ref().and_then(|(end, _)| end.own.as_ref());
    let facts = Facts {
        now,
        context: &context.name,
        backend: &context.manifest.id,
        own,
    };
    let every = Filter::default();
    let filter = pane.filter.filter.as_ref().unwrap_or(&every);
    let source_at = u32::try_from(at).unwrap_or(u32::MAX);
    filter
        .positions(&source.rows, from, &facts)
        .filter_map(|row| {
            Some(RowRef {
                source: source_at,
                row: u32::try_from(row).ok()?,
            })
        })
        .collect()
}

/// Orders the rows by the chosen column, else each list as its manifest says.
fn sort_view(pane: &mut Pane, contexts: &[Context], now: Moment, policy: &Policy) {
    let Some(Sorting { column, descending }) = order_of(pane) else {
        return;
    };
    let mut view = std::mem::take(&mut pane.view);
    order::sort(&mut view, descending, |row: RowRef| {
        let source = usize::try_from(row.source)
            .ok()
            .and_then(|at| pane.sources.get(at));
        let Some((source, at)) = source.zip(usize::try_from(row.row).ok()) else {
            return order::Key::Missing;
        };
        let record = source.rows.record(at);
        match column {
            ColumnId::Context => contexts
                .get(source.context)
                .map_or(order::Key::Missing, |it| order::Key::text(&it.name)),
            ColumnId::State => order::Key::Int(state::rank(record, now, policy)),
            column => order::Key::of(column.cell(record)),
        }
    });
    pane.view = view;
}

/// What orders the rows: the chosen column, else what the manifest says; `None`: the service's order.
#[must_use]
pub fn order_of(pane: &Pane) -> Option<Sorting> {
    pane.order.or_else(|| default_order(pane))
}

fn default_order(pane: &Pane) -> Option<Sorting> {
    let [only] = pane.sources.as_slice() else {
        return Some(Sorting {
            column: ColumnId::Name,
            descending: false,
        });
    };
    let sort = only.resource.sort.as_deref()?;
    let (key, direction) = sort.split_once(':').unwrap_or((sort, "asc"));
    let column = ColumnId::Field(only.resource.field_at(key)?);
    Some(Sorting {
        column,
        descending: direction == "desc",
    })
}

/// Sorts the pane in front.
pub fn sort(model: &mut Model, order: Sorting) -> Vec<Effect> {
    model.pane_mut().order = Some(order);
    rebuild_view(model, model.active);
    Vec::new()
}

/// Reverses the order of the pane in front.
pub fn reverse(model: &mut Model) -> Vec<Effect> {
    if let Some(order) = order_of(model.pane()) {
        return sort(
            model,
            Sorting {
                column: order.column,
                descending: !order.descending,
            },
        );
    }
    model.say(
        Tone::Info,
        "The rows are in the service's own order: press o to choose a column.",
    );
    Vec::new()
}
