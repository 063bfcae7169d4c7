//! How replies become the rows of a pane: stale calls are ignored, old rows stay while new ones load, a
//! failure leaves the rows and says so, and the cursor stays on its key.

mod places;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

pub use places::{
    keep_contexts, leave_out, placed, places, replace_contexts, reread_manifest, same_contexts,
};

use super::{
    CallId, ContextId, Effect, Light, Model, Tone, filter_line, group, health, nested,
    pane::{KeyAt, Load, Pane, Source},
    view::{self, exchange_rows, extend_view, rebuild_view},
    visit, whose,
};
use crate::{
    api::{ApiError, Checked, ListEnd, Progress, Query},
    manifest::{Resource, Tab},
    record::{KeyId, Moment, Record, Rows},
};

/// Rows up to which a pane is kept in order while they still come.
const ORDERED_WHILE_LOADING: usize = 5_000;

/// Least time between two orders of many rows while lists end, in microseconds.
const ORDERED_EVERY: i64 = 250_000;

/// A list that takes longer is slow, in microseconds.
pub const SLOW: i64 = 3_000_000;

/// Gives every pane one source for each chosen context and resource that is in no row of another; lists that
/// stay keep their rows, and so do rows that were opened.
pub fn rebuild_sources(model: &mut Model) {
    for pane in model.panes.iter_mut().map(Pane::outermost_mut) {
        let mut old = std::mem::take(&mut pane.sources);
        for (id, context) in model
            .contexts
            .iter()
            .enumerate()
            .filter(|(_, context)| context.chosen)
        {
            let all = context.manifest.top();
            for resource in all.filter(|resource| resource.pane == pane.tab) {
                let known = old.iter().position(|source| source.lists(id, resource));
                pane.sources.push(
                    known.map_or_else(|| Source::new(id, resource), |at| old.swap_remove(at)),
                );
            }
        }
        pane.arrange_columns(&model.contexts);
        filter_line::read(pane);
    }
    for tab in Tab::ALL {
        rebuild_view(model, tab);
    }
}

impl Source {
    /// A list that was never asked for.
    pub(super) fn new(context: ContextId, resource: &Arc<Resource>) -> Self {
        Self {
            context,
            resource: Arc::clone(resource),
            rows: Rows::new(Arc::clone(resource)),
            incoming: None,
            call: None,
            asked: None,
            load: Load::Waiting,
            end: None,
            own: None,
            wanted: None,
            marked: HashSet::new(),
            new: None,
        }
    }
}

/// Asks for the lists of the tab in front that were never asked for, and checks their contexts.
pub fn show(model: &mut Model) -> Vec<Effect> {
    fetch(model, |source| source.load == Load::Waiting)
}

/// Filters the tab in front at the server: rows of another filter are not shown under this one.
pub fn filter_at_server(model: &mut Model, filters: BTreeMap<String, String>) -> Vec<Effect> {
    let pane = model.pane_mut();
    if pane.server != filters {
        for source in pane
            .sources
            .iter_mut()
            .filter(|source| !source.resource.filter.is_empty())
        {
            source.rows = Rows::new(Arc::clone(&source.resource));
            source.marked.clear();
            source.end = None;
        }
    }
    pane.server = filters;
    rebuild_view(model, model.active);
    refresh(model)
}

/// Asks again for the lists of the tab in front, and whether their contexts work.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    again(model, |_| true)
}

/// Asks again for those lists of the tab in front that failed.
pub fn retry(model: &mut Model) -> Vec<Effect> {
    again(model, |source| matches!(source.load, Load::Failed(_)))
}

/// Asks again for the lists of one context in the tab in front.
pub fn retry_context(model: &mut Model, context: ContextId) -> Vec<Effect> {
    again(model, |source| source.context == context)
}

fn again(model: &mut Model, which: impl Fn(&Source) -> bool) -> Vec<Effect> {
    let sources = model.pane().sources.iter().filter(|source| which(source));
    let contexts: Vec<ContextId> = sources.map(|source| source.context).collect();
    for context in contexts {
        if let Some(context) = model.contexts.get_mut(context) {
            context.light = Light::Dark;
        }
    }
    fetch(model, which)
}

/// Asks for the lists of all tabs that were never asked for.
pub fn show_all(model: &mut Model) -> Vec<Effect> {
    in_all(model, show)
}

/// Asks again for the lists of all tabs, and whether their contexts work.
pub fn refresh_all(model: &mut Model) -> Vec<Effect> {
    in_all(model, refresh)
}

/// Does something in each tab as if it were in front.
fn in_all(model: &mut Model, mut what: impl FnMut(&mut Model) -> Vec<Effect>) -> Vec<Effect> {
    let active = model.active;
    let mut effects = Vec::new();
    for tab in Tab::ALL {
        model.active = tab;
        effects.extend(what(model));
    }
    model.active = active;
    effects
}

/// Asks again for the lists of one context in all tabs that were asked for before.
pub fn reread(model: &mut Model, context: ContextId, wanted: Option<&KeyAt>) -> Vec<Effect> {
    let active = model.active;
    in_all(model, |model| {
        let front = model.active == active;
        for source in &mut model.pane_mut().sources {
            let its = |key: &&KeyAt| front && source.lists(key.context, &key.resource);
            source.wanted = wanted.filter(its).map(|key| key.id.clone());
        }
        let asked = |it: &Source| it.context == context && it.load != Load::Waiting;
        let levels = 0..model.pane().levels().count();
        let effects = levels.flat_map(|depth| fetch_behind(model, depth, asked));
        effects.collect()
    })
}

fn fetch(model: &mut Model, which: impl Fn(&Source) -> bool) -> Vec<Effect> {
    fetch_behind(model, 0, which)
}

/// Asks for lists of the tab in front, on the pane at this depth.
fn fetch_behind(model: &mut Model, depth: usize, which: impl Fn(&Source) -> bool) -> Vec<Effect> {
    let now = model.now;
    let mut effects = Vec::new();
    let lists = model.pane().levels().nth(depth);
    for at in 0..lists.map_or(0, |pane| pane.sources.len()) {
        let call = model.next_call();
        let Some(pane) = model.pane_mut().level_mut(depth) else {
            continue;
        };
        let filters = pane.server.clone();
        let Some(source) = pane.sources.get_mut(at).filter(|source| which(source)) else {
            continue;
        };
        effects.extend(source.call.take().map(Effect::Cancel));
        source.incoming =
            (!source.rows.is_empty()).then(|| Rows::new(Arc::clone(&source.resource)));
        source.call = Some(call);
        source.asked = Some(now);
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
    // One list alone says in its place that it is read; of several, the slow ones are named.
    if !effects.is_empty() && model.pane().sources.len() > 1 {
        effects.push(Effect::WakeAt(Moment::from_micros(now.micros() + SLOW)));
    }
    effects
}

/// A time that was waited for has come: rows that came behind the others are put in order, for the lists
/// that are still on their way are slow.
pub fn woken(model: &mut Model) {
    let panes = model.panes.iter().filter(|pane| pane.loose);
    let loose: Vec<Tab> = panes.map(|pane| pane.tab).collect();
    for tab in loose {
        rebuild_view(model, tab);
    }
}

/// The source that a call fills, with the tab that shows it; one that lies behind is shown later.
fn source_of(model: &mut Model, call: CallId) -> Option<(Option<Tab>, &mut Source)> {
    let is_it = |source: &Source| source.call == Some(call);
    let mut panes = model.panes.iter();
    let shown = panes.find(|pane| pane.sources.iter().any(is_it));
    let tab = shown.map(|pane| pane.tab);
    let mut sources = model.panes.iter_mut().flat_map(Pane::all_lists_mut);
    let source = sources.find(|source| is_it(source))?;
    Some((tab, source))
}

/// Rows came.
pub fn rows(model: &mut Model, call: CallId, progress: Progress) -> Vec<Effect> {
    let Some((tab, source)) = source_of(model, call) else {
        return whose::rows(model, call, &progress);
    };
    let Progress {
        rows,
        page,
        pages,
        total,
        own,
    } = progress;
    source.own = own.or(source.own.take());
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
    let shown = tab.filter(|_| source.incoming.is_none());
    if let Some(tab) = shown {
        let total = pane_of(model, tab).map_or(0, |pane| pane.total());
        if total <= ORDERED_WHILE_LOADING {
            rebuild_view(model, tab);
        } else {
            extend_view(model, tab, call, before);
        }
    }
    Vec::new()
}

/// The rows of a list that ended are put among the others: at once, or where that was done a moment ago
/// with those that end next, for there may be a hundred lists.
fn settle(model: &mut Model, tab: Tab, (at, replaced): (usize, bool)) {
    let now = model.now.micros();
    let Some(pane) = pane_of(model, tab) else {
        return;
    };
    let since = pane
        .ordered
        .map_or(i64::MAX, |then| now.saturating_sub(then.micros()));
    let many = pane.total() > ORDERED_WHILE_LOADING;
    match pane.loading() && many && since < ORDERED_EVERY {
        true if replaced => exchange_rows(model, tab, at),
        true => {}
        false => rebuild_view(model, tab),
    }
}

/// A list ended.
pub fn ended(model: &mut Model, call: CallId, result: Result<ListEnd, ApiError>) -> Vec<Effect> {
    let now = model.now;
    let Some((tab, source)) = source_of(model, call) else {
        return whose::ended(model, call, result);
    };
    source.call = None;
    let fresh = source.incoming.take();
    let replaced = fresh.is_some() && result.is_ok();
    match result {
        Ok(end) => {
            if let Some(fresh) = fresh {
                source.rows = fresh;
            }
            source.rows.shrink();
            source.drop_lost_marks();
            source.load = Load::Ready;
            // A list that is asked for with a filter may be without it.
            source.own = end.own.clone().or(source.own.take());
            source.end = Some((end, now));
        }
        Err(error) => source.load = Load::Failed(error),
    }
    let (context, wanted) = (source.context, source.wanted.take());
    let resource = Arc::clone(&source.resource);
    let effects = visit::came(model, context, &resource);
    let Some(tab) = tab else {
        return effects;
    };
    let lists = |source: &Source| source.lists(context, &resource);
    let place = pane_of(model, tab).and_then(|pane| pane.sources.iter().position(lists));
    if let Some(at) = place {
        settle(model, tab, (at, replaced));
    }
    health::view::came(model, tab, context, &resource);
    group::sheet::recount(model);
    if let Some(id) = wanted {
        view::settle(model, tab);
        let key = KeyAt {
            context,
            resource,
            id,
        };
        select(model, tab, &key);
    }
    effects
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

/// The lists of this kind of key in this context, on whichever panes.
pub fn lists<'a>(
    model: &'a Model,
    context: ContextId,
    resource: &Arc<Resource>,
) -> impl Iterator<Item = &'a Source> {
    let sources = model.all_lists();
    sources.filter(move |source| source.lists(context, resource))
}

/// The row of a key, where a list has it.
#[must_use]
pub fn row<'a>(
    model: &'a Model,
    context: ContextId,
    resource: &Arc<Resource>,
    id: &KeyId,
) -> Option<Record<'a>> {
    lists(model, context, resource)
        .find_map(|source| Some(source.rows.record(source.rows.find(id)?)))
}

/// The rows of a list, where they are known to be all there are.
#[must_use]
pub fn whole<'a>(
    model: &'a Model,
    context: ContextId,
    resource: &Arc<Resource>,
) -> Option<&'a Rows> {
    let panes = model.panes.iter().flat_map(Pane::levels);
    let lists = panes.filter(|pane| pane.server.is_empty());
    let mut lists = lists.flat_map(|pane| &pane.sources);
    let source = lists.find(|source| source.lists(context, resource))?;
    let (end, _) = source.end.as_ref()?;
    (source.load == Load::Ready && end.cut.is_none()).then_some(&source.rows)
}

/// The pane of a tab.
pub(super) fn pane_of(model: &mut Model, tab: Tab) -> Option<&mut Pane> {
    model.panes.iter_mut().find(|pane| pane.tab == tab)
}

/// Moves the cursor of a tab to a key, if it is shown.
pub fn select(model: &mut Model, tab: Tab, key: &KeyAt) {
    let rows = model.table_rows();
    let Some(pane) = pane_of(model, tab) else {
        return;
    };
    if let Some(at) = pane.position(key) {
        pane.select(at, rows);
        return;
    }
    let mut lists = pane.sources.iter();
    let has = |it: &Source| it.lists(key.context, &key.resource) && it.rows.find(&key.id).is_some();
    if lists.any(has) {
        let hidden = "The filter hides it: Esc shows all keys.";
        match &mut model.notice {
            Some(notice) => notice.text = format!("{} {hidden}", notice.text),
            None => model.say(Tone::Info, hidden),
        }
    }
}

/// Shows the contexts that `wanted` names.
pub fn choose(model: &mut Model, wanted: impl Fn(ContextId) -> bool) -> Vec<Effect> {
    let mut others = false;
    for (id, context) in model.contexts.iter_mut().enumerate() {
        others |= context.chosen != wanted(id);
        context.chosen = wanted(id);
    }
    // A row that is open would hide what was chosen.
    let mut effects = if others {
        nested::close_all(model)
    } else {
        Vec::new()
    };
    rebuild_sources(model);
    effects.extend(begin(model));
    effects
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
