//! Keys are marked by their id, so that a mark outlives the filter, the order and a refresh; a key that the
//! service no longer lists loses it. What acts on many keys acts on the marked ones, hidden ones included,
//! which its plan says.

use std::sync::Arc;

use super::{
    ContextId, Effect, Model, Tone,
    pane::{KeyAt, Pane, RowRef, Source},
};
use crate::{
    manifest::Resource,
    record::{KeyId, Record},
};

/// Where a range begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// The key.
    key: KeyAt,
    /// Where the view shows it.
    at: usize,
}

/// A marked key.
#[derive(Debug, Clone)]
pub struct Marked {
    /// Where it is.
    pub context: ContextId,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// Its row among those of its list, and the position of that list in the pane.
    pub row: RowRef,
    /// The view shows it.
    pub shown: bool,
}

impl Source {
    /// This row of the list is marked.
    #[must_use]
    pub fn is_marked(&self, row: Record<'_>) -> bool {
        let id = row.id_text();
        !self.marked.is_empty() && id.is_some_and(|id| self.marked.contains(id))
    }

    /// Takes the marks off keys that are not in the list any more.
    pub(super) fn drop_lost_marks(&mut self) {
        let rows = &self.rows;
        self.marked.retain(|id| rows.find(id).is_some());
    }
}

impl Pane {
    /// How many keys are marked.
    #[must_use]
    pub fn marked(&self) -> usize {
        self.sources.iter().map(|source| source.marked.len()).sum()
    }

    /// The row at this position of the view is marked, or would be if the range ended now.
    #[must_use]
    pub fn shows_marked(&self, at: usize) -> bool {
        let range = self.range();
        let in_range = range.is_some_and(|(from, to)| (from..=to).contains(&at));
        in_range || self.view.get(at).is_some_and(|row| self.is_marked(*row))
    }

    fn is_marked(&self, row: RowRef) -> bool {
        self.row(row)
            .is_some_and(|(source, record)| source.is_marked(record))
    }

    /// The first and the last position of the range that is being drawn.
    #[must_use]
    pub fn range(&self) -> Option<(usize, usize)> {
        let at = self.anchor.as_ref()?.at;
        Some((at.min(self.selected), at.max(self.selected)))
    }

    /// Other rows are shown: the range begins at its key, or is given up with it.
    pub(super) fn follow_anchor(&mut self) {
        self.anchor = self.anchor.take().and_then(|anchor| {
            let at = self.position(&anchor.key)?;
            Some(Anchor { at, ..anchor })
        });
    }

    /// Marks all keys of the range that is being drawn; tells whether there was one.
    pub(super) fn end_range(&mut self) -> bool {
        let Some((from, to)) = self.range() else {
            return false;
        };
        self.anchor = None;
        for at in from..=to {
            self.set_mark(at, |_| true);
        }
        true
    }

    fn set_mark(&mut self, at: usize, how: impl Fn(bool) -> bool) {
        let Some((source, record)) = self.record(at) else {
            return;
        };
        let Some(id) = record.id() else { return };
        let wanted = how(source.marked.contains(&id));
        let place = self.view.get(at).map_or(0, |row| row.source);
        let source = usize::try_from(place).ok();
        if let Some(source) = source.and_then(|at| self.sources.get_mut(at)) {
            if wanted {
                source.marked.insert(id);
            } else {
                source.marked.remove(&id);
            }
        }
    }

    /// The marked keys: first those that are shown, in the order of the view, then the hidden ones.
    #[must_use]
    pub fn all_marked(&self) -> Vec<Marked> {
        let shown = self.view.iter().copied().filter(|row| self.is_marked(*row));
        let shown: Vec<RowRef> = shown.collect();
        let mut hidden: Vec<RowRef> = Vec::new();
        let seen: std::collections::HashSet<RowRef> = shown.iter().copied().collect();
        for (at, source) in (0_u32..).zip(&self.sources) {
            let rows = source.marked.iter().filter_map(|id| source.rows.find(id));
            let rows = rows.filter_map(|row| u32::try_from(row).ok());
            let rows = rows.map(|row| RowRef { source: at, row });
            hidden.extend(rows.filter(|row| !seen.contains(row)));
        }
        hidden.sort_unstable_by_key(|row| (row.source, row.row));
        let both = shown.into_iter().map(|row| (row, true));
        let both = both.chain(hidden.into_iter().map(|row| (row, false)));
        let marked = both.filter_map(|(row, shown)| {
            let (source, _) = self.row(row)?;
            Some(Marked {
                context: source.context,
                resource: Arc::clone(&source.resource),
                row,
                shown,
            })
        });
        marked.collect()
    }
}

/// Marks the selected key or takes its mark off, and goes to the next one; ends a range.
pub fn toggle(model: &mut Model) -> Vec<Effect> {
    let rows = model.table_rows();
    let pane = model.pane_mut();
    if pane.end_range() {
        return Vec::new();
    }
    let at = pane.selected;
    pane.set_mark(at, |marked| !marked);
    pane.select(at + 1, rows);
    Vec::new()
}

/// Begins a range at the selected key, or marks all keys of the range.
pub fn range(model: &mut Model) -> Vec<Effect> {
    let pane = model.pane_mut();
    if pane.end_range() {
        return Vec::new();
    }
    let at = pane.selected;
    let key = pane.current_key();
    pane.anchor = key.map(|key| Anchor { key, at });
    if pane.anchor.is_some() {
        let words = "A range begins here: move to its other end, then v or Space marks it; Esc gives it up.";
        model.say(Tone::Info, words);
    }
    Vec::new()
}

/// Marks all keys that are shown; where they all are, takes their marks off.
pub fn all(model: &mut Model) -> Vec<Effect> {
    let pane = model.pane_mut();
    pane.anchor = None;
    let nameless = |at| {
        pane.record(at)
            .is_none_or(|(_, row)| row.id_text().is_none())
    };
    let every = (0..pane.view.len()).all(|at| pane.shows_marked(at) || nameless(at));
    for at in 0..pane.view.len() {
        pane.set_mark(at, |_| !every);
    }
    Vec::new()
}

/// Marks the shown keys that are not marked, and takes the marks off the others.
pub fn invert(model: &mut Model) -> Vec<Effect> {
    let pane = model.pane_mut();
    pane.anchor = None;
    for at in 0..pane.view.len() {
        pane.set_mark(at, |marked| !marked);
    }
    Vec::new()
}

/// Takes the mark off a key, wherever it is listed.
pub(super) fn unmark(model: &mut Model, context: ContextId, resource: &Arc<Resource>, id: &KeyId) {
    let sources = model.panes.iter_mut().flat_map(Pane::all_lists_mut);
    for source in sources.filter(|source| source.lists(context, resource)) {
        source.marked.remove(id);
    }
}

/// Takes all marks of the pane in front off.
pub fn clear(model: &mut Model) {
    for source in &mut model.pane_mut().sources {
        source.marked.clear();
    }
}
