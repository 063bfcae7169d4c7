//! Which of a pane's rows are shown, and in which order: the filter line, the sort column, and the view
//! that follows from both. `listing` brings the rows.

use tui_input::{Input, InputRequest};

use super::{
    CallId, Context, Effect, Model, Tone,
    columns::ColumnId,
    filter::{Facts, Filter, Names},
    key::{Code, Key},
    listing::pane_of,
    order,
    pane::{FilterLine, Pane, RowRef, Sorting},
    state,
};
use crate::{manifest::Tab, record::Moment};

/// Filters and orders a pane's rows again; the cursor stays on its key.
pub fn rebuild_view(model: &mut Model, tab: Tab) {
    let (now, visible) = (model.now, model.table_rows());
    let contexts = std::mem::take(&mut model.contexts);
    if let Some(pane) = pane_of(model, tab) {
        pane.view = (0..pane.sources.len())
            .flat_map(|at| filtered(pane, &contexts, now, at, 0))
            .collect();
        sort_view(pane, &contexts, now);
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
fn sort_view(pane: &mut Pane, contexts: &[Context], now: Moment) {
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
            ColumnId::State => order::Key::Int(state::rank(record, now)),
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

/// A key for the filter line.
pub fn filter_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    let request = match key.code {
        Code::Enter | Code::Down => {
            line.editing = false;
            return Vec::new();
        }
        Code::Esc => return clear_filter(model),
        _ if key == Key::ctrl('c') => return clear_filter(model),
        _ if key == Key::ctrl('u') => InputRequest::DeleteLine,
        _ if key == Key::ctrl('w') => InputRequest::DeletePrevWord,
        Code::Backspace if line.input.value().is_empty() => return clear_filter(model),
        Code::Backspace => InputRequest::DeletePrevChar,
        Code::Delete => InputRequest::DeleteNextChar,
        Code::Left => InputRequest::GoToPrevChar,
        Code::Right => InputRequest::GoToNextChar,
        Code::Home => InputRequest::GoToStart,
        Code::End => InputRequest::GoToEnd,
        _ => match key.typed() {
            Some(letter) => InputRequest::InsertChar(letter),
            None => return Vec::new(),
        },
    };
    line.input.handle(request);
    apply_filter(model)
}

/// Pasted text goes into the filter line.
pub fn filter_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    for letter in text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(1024)
    {
        line.input.handle(InputRequest::InsertChar(letter));
    }
    apply_filter(model)
}

/// The pane in front is filtered by this text, as if it had been typed and kept.
pub fn set_filter(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    line.input = Input::new(text.to_owned());
    line.editing = false;
    apply_filter(model)
}

/// The filter line is closed and all rows are shown.
pub fn clear_filter(model: &mut Model) -> Vec<Effect> {
    model.pane_mut().filter = FilterLine::default();
    rebuild_view(model, model.active);
    Vec::new()
}

/// Reads the filter anew; while it makes no sense the last good one stays.
fn apply_filter(model: &mut Model) -> Vec<Effect> {
    let pane = model.pane_mut();
    let names = Names::of(pane.sources.iter().map(|source| &*source.resource));
    let text = pane.filter.input.value();
    match Filter::parse(text, &names) {
        Ok(filter) => {
            pane.filter.filter = (!text.trim().is_empty()).then_some(filter);
            pane.filter.error = None;
        }
        Err(error) => pane.filter.error = Some(error),
    }
    rebuild_view(model, model.active);
    Vec::new()
}
