//! Several contexts at once are told apart by one set of facts: which of them are shown, how many of those are
//! production ones, and of how many the rows are whole. Header, status line and banners ask here.

use std::sync::Arc;

use super::{
    Context, ContextId, Model,
    pane::{Load, Pane, Source},
};
use crate::record::Moment;

/// Lists that ended within this time of each other have one age, in microseconds.
const SAME_AGE: i64 = 10_000_000;

/// A name for several contexts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The contexts' names.
    pub contexts: Vec<Arc<str>>,
}

/// The contexts that are shown, in the order of the config.
pub fn chosen(model: &Model) -> impl Iterator<Item = &Context> {
    model.contexts.iter().filter(|context| context.chosen)
}

/// How many of the contexts shown are production ones.
#[must_use]
pub fn productions(model: &Model) -> usize {
    chosen(model).filter(|context| context.production).count()
}

/// What is shown, in words: `prod`, or `3 contexts, 1 PROD`; what is in a row is of one context.
#[must_use]
pub fn crumb(model: &Model) -> String {
    let opened = model.pane().opened();
    if let Some(context) = opened.and_then(|list| model.contexts.get(list.context)) {
        return context.name.to_string();
    }
    let mut all = chosen(model);
    match (all.next(), all.next()) {
        (None, _) => "no context".to_owned(),
        (Some(only), None) => only.name.to_string(),
        _ => {
            let count = format!("{} contexts", chosen(model).count());
            match productions(model) {
                0 => count,
                some => format!("{count}, {some} PROD"),
            }
        }
    }
}

impl Source {
    /// All its rows are here, as the service had them when they were last asked for.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.end.is_some() && !matches!(self.load, Load::Failed(_))
    }
}

/// Of how many of the pane's contexts all rows are here, and how many contexts it has.
#[must_use]
pub fn whole(pane: &Pane) -> (usize, usize) {
    let mut all: Vec<(ContextId, bool)> = Vec::new();
    for source in &pane.sources {
        match all
            .iter_mut()
            .find(|(context, _)| *context == source.context)
        {
            Some((_, whole)) => *whole &= source.is_whole(),
            None => all.push((source.context, source.is_whole())),
        }
    }
    let whole = all.iter().filter(|(_, whole)| *whole).count();
    (whole, all.len())
}

/// When the oldest of these lists was read, and the youngest where that is another age.
#[must_use]
pub fn age<'a>(
    sources: impl IntoIterator<Item = &'a Source>,
) -> Option<(&'a Source, Moment, Option<Moment>)> {
    let ends = sources.into_iter();
    let ends = ends.filter_map(|source| Some((source, source.end.as_ref()?.1)));
    let ends: Vec<(&Source, Moment)> = ends.collect();
    let (oldest, first) = ends.iter().min_by_key(|(_, at)| *at)?;
    let (_, last) = ends.iter().max_by_key(|(_, at)| *at)?;
    let apart = last.micros().saturating_sub(first.micros()) > SAME_AGE;
    Some((oldest, *first, apart.then_some(*last)))
}
