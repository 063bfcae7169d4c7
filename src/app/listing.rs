//! How replies become the rows of a pane: stale calls are ignored, old rows stay while new ones load, a
//! failure leaves the rows and says so, and the cursor stays on its key.

use std::sync::Arc;

use tui_input::InputRequest;

use super::{
    CallId, Context, ContextId, Effect, Light, Model, Tone,
    columns::{ColumnId, columns},
    filter::{Facts, Filter, Names},
    key::{Code, Key},
    order,
    pane::{FilterLine, Load, Pane, RowRef, Sorting, Source},
    state,
};
use crate::{
    api::{ApiError, Checked, ListEnd, Progress, Query},
    manifest::Tab,
    record::{KeyId, Moment, Rows},
};

/// Rows up to which a list is kept in order while it still comes.
const ORDERED_WHILE_LOADING: usize = 5_000;

/// Gives every pane one source for each chosen context and resource; lists that stay keep their rows.
pub fn rebuild_sources(model: &mut Model) {
    for pane in &mut model.panes {
        let mut old = std::mem::take(&mut pane.sources);
        for (id, context) in model
            .contexts
            .iter()
            .enumerate()
            .filter(|(_, context)| context.chosen)
        {
            for resource in context
                .manifest
                .resource
                .iter()
                .filter(|resource| resource.pane == pane.tab)
            {
                let known = old.iter().position(|source| {
                    source.context == id && Arc::ptr_eq(&source.resource, resource)
                });
                pane.sources.push(
                    known.map_or_else(|| Source::new(id, resource), |at| old.swap_remove(at)),
                );
            }
        }
        pane.columns = columns(&pane.sources);
        if pane
            .order
            .is_some_and(|order| !pane.columns.iter().any(|column| column.id == order.column))
        {
            pane.order = None;
        }
        pane.left = 0;
    }
    for tab in Tab::ALL {
        rebuild_view(model, tab);
    }
}

impl Source {
    /// A list that was never asked for.
    fn new(context: ContextId, resource: &Arc<crate::manifest::Resource>) -> Self {
        Self {
            context,
            resource: Arc::clone(resource),
            rows: Rows::new(Arc::clone(resource)),
            incoming: None,
            call: None,
            load: Load::Waiting,
            end: None,
            wanted: None,
        }
    }
}

/// The demo's contexts take the place of none.
pub fn replace_contexts(model: &mut Model, contexts: Vec<Context>) -> Vec<Effect> {
    model.contexts = contexts;
    model.first_run = None;
    model.notice = None;
    model.dialogs.clear();
    rebuild_sources(model);
    begin(model)
}

/// Asks for the lists of the tab in front that were never asked for, and checks their contexts.
pub fn show(model: &mut Model) -> Vec<Effect> {
    fetch(model, |source| source.load == Load::Waiting)
}

/// Asks again for the lists of the tab in front.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    fetch(model, |_| true)
}

/// Asks again for the lists of one context in all tabs that were asked for before.
pub fn reread(model: &mut Model, context: ContextId, wanted: Option<&KeyId>) -> Vec<Effect> {
    let active = model.active;
    let mut effects = Vec::new();
    for tab in Tab::ALL {
        model.active = tab;
        for source in model
            .pane_mut()
            .sources
            .iter_mut()
            .filter(|source| source.context == context)
        {
            source.wanted = wanted.filter(|_| tab == active).cloned();
        }
        effects.extend(fetch(model, |source| {
            source.context == context && source.load != Load::Waiting
        }));
    }
    model.active = active;
    effects
}

fn fetch(model: &mut Model, which: impl Fn(&Source) -> bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    for at in 0..model.pane().sources.len() {
        let call = model.next_call();
        let pane = model.pane_mut();
        let filters = pane.server.clone();
        let Some(source) = pane.sources.get_mut(at).filter(|source| which(source)) else {
            continue;
        };
        effects.extend(source.call.take().map(Effect::Cancel));
        source.incoming =
            (!source.rows.is_empty()).then(|| Rows::new(Arc::clone(&source.resource)));
        source.call = Some(call);
        source.load = Load::Loading {
            page: 0,
            pages: None,
            fetched: 0,
            total: None,
        };
        let known = |filter: &String| {
            source
                .resource
                .filter
                .iter()
                .any(|known| known.id == *filter)
        };
        let filters = filters.into_iter().filter(|(id, _)| known(id)).collect();
        let (context, resource) = (source.context, Arc::clone(&source.resource));
        effects.push(Effect::List {
            call,
            context,
            query: Query { resource, filters },
        });
        if let Some(asked) = model
            .contexts
            .get_mut(context)
            .filter(|context| context.light == Light::Dark)
        {
            asked.light = Light::Checking;
            effects.push(Effect::Check(context));
        }
    }
    effects
}

/// The source that a call fills, with its pane's tab.
fn source_of(model: &mut Model, call: CallId) -> Option<(Tab, &mut Source)> {
    model.panes.iter_mut().find_map(|pane| {
        let tab = pane.tab;
        pane.sources
            .iter_mut()
            .find(|source| source.call == Some(call))
            .map(|source| (tab, source))
    })
}

/// Rows came.
pub fn rows(model: &mut Model, call: CallId, progress: Progress) -> Vec<Effect> {
    let Some((tab, source)) = source_of(model, call) else {
        return Vec::new();
    };
    let Progress {
        rows,
        page,
        pages,
        total,
    } = progress;
    let target = source.incoming.as_mut().unwrap_or(&mut source.rows);
    target.append(&rows);
    let before = target.len() - rows.len();
    let fetched = target.len();
    source.load = Load::Loading {
        page,
        pages,
        fetched,
        total,
    };
    if source.incoming.is_none() {
        if fetched <= ORDERED_WHILE_LOADING {
            rebuild_view(model, tab);
        } else {
            extend_view(model, tab, call, before);
        }
    }
    Vec::new()
}

/// Puts the rows that came behind those shown: a long list is put in order once, when it is whole.
fn extend_view(model: &mut Model, tab: Tab, call: CallId, before: usize) {
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

/// A list ended.
pub fn ended(model: &mut Model, call: CallId, result: Result<ListEnd, ApiError>) -> Vec<Effect> {
    let now = model.now;
    let Some((tab, source)) = source_of(model, call) else {
        return Vec::new();
    };
    source.call = None;
    let fresh = source.incoming.take();
    match result {
        Ok(end) => {
            if let Some(fresh) = fresh {
                source.rows = fresh;
            }
            source.rows.shrink();
            source.load = Load::Ready;
            source.end = Some((end, now));
        }
        Err(error) => source.load = Load::Failed(error),
    }
    let (context, wanted) = (source.context, source.wanted.take());
    rebuild_view(model, tab);
    if let Some(id) = wanted {
        select_id(model, tab, context, &id);
    }
    Vec::new()
}

/// The checks of a context ended.
pub fn checked(model: &mut Model, context: ContextId, results: Vec<Checked>) -> Vec<Effect> {
    let mut who = None;
    let mut failed = None;
    for result in results {
        match result.result {
            Ok(name) => who = who.or(name),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if let Some(context) = model.contexts.get_mut(context) {
        context.light = failed.map_or(Light::Ok(who), Light::Failed);
    }
    Vec::new()
}

/// The pane of a tab.
fn pane_of(model: &mut Model, tab: Tab) -> Option<&mut Pane> {
    model.panes.iter_mut().find(|pane| pane.tab == tab)
}

/// Moves the cursor of a tab to the key with this id, if it is shown.
pub fn select_id(model: &mut Model, tab: Tab, context: ContextId, id: &KeyId) {
    let rows = model.table_rows();
    let Some(pane) = pane_of(model, tab) else {
        return;
    };
    if let Some(at) = pane.position(context, id) {
        pane.select(at, rows);
        return;
    }
    let mut lists = pane
        .sources
        .iter()
        .filter(|source| source.context == context);
    if lists.any(|source| source.rows.find(id).is_some()) {
        let hidden = "The filter hides it: Esc shows all keys.";
        match &mut model.notice {
            Some(notice) => notice.text = format!("{} {hidden}", notice.text),
            None => model.say(Tone::Info, hidden),
        }
    }
}

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

/// Shows the contexts that `wanted` names.
pub fn choose(model: &mut Model, wanted: impl Fn(ContextId) -> bool) -> Vec<Effect> {
    for (id, context) in model.contexts.iter_mut().enumerate() {
        context.chosen = wanted(id);
    }
    rebuild_sources(model);
    begin(model)
}

/// Shows the tab in front if it has lists, else the first one that has.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    if model.pane().sources.is_empty()
        && let Some(pane) = model.panes.iter().find(|pane| !pane.sources.is_empty())
    {
        model.active = pane.tab;
    }
    show(model)
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
