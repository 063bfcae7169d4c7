//! The view is what the filter keeps of all rows, in their order, and finding it never makes a key wait: a
//! pass tests a slice of the rows for each message, a newer filter drops the pass of an older one, and one
//! that narrows the last whole view tests only that view's rows. `view` says when rows, order or filter
//! change; `update` asks for the next slice.

use super::super::{
    Context, Effect, Model,
    filter::{Bound, Facts, Filter, Notes},
    group,
    listing::pane_of,
    pane::{Pane, RowRef, Source},
    state::Policy,
};
use crate::{
    manifest::Tab,
    record::{Moment, Rows},
};

/// Rows that are tested for one message: about a millisecond of work.
#[cfg(not(test))]
const SLICE: usize = 1 << 14;
/// Small enough that the tests' lists need several.
#[cfg(test)]
const SLICE: usize = 1 << 10;

/// A view of less than one in so many rows is searched row by row.
const FEW: usize = 16;

/// Microseconds for which a view by age or end is taken to be of the present.
const FRESH: i64 = 60 * 1_000_000;

/// What the filter has kept of a pane's rows, and how far it is.
#[derive(Debug, Default)]
pub struct Sieve {
    /// All rows, in order.
    all: Vec<RowRef>,
    /// Whose rows the view has, all of them; `None` before the first pass ends and while one runs.
    whole: Option<Whole>,
    pass: Option<Pass>,
    /// The next slice was asked for.
    asked: bool,
}

/// All rows that a filter keeps.
#[derive(Debug)]
struct Whole {
    filter: Filter,
    /// The moment from which its ages count.
    now: Moment,
}

/// A filter on its way through the rows.
#[derive(Debug)]
struct Pass {
    filter: Filter,
    now: Moment,
    /// The last whole view.
    base: Option<(Whole, Vec<RowRef>)>,
    /// Its rows alone are tested; else all.
    narrows: bool,
    /// Rows that were tested.
    at: usize,
    /// What was found out, by source.
    notes: Vec<Notes>,
    /// The row on which the cursor stays, until the view has it.
    cursor: Option<RowRef>,
    /// Where the cursor stood.
    place: usize,
}

/// One source under the filter.
struct Tester<'a> {
    bound: Bound<'a>,
    rows: &'a Rows,
    facts: Facts<'a>,
}

impl Pane {
    /// The view does not have all rows yet that the filter keeps.
    #[must_use]
    pub fn filtering(&self) -> bool {
        self.sieve.pass.is_some()
    }

    /// No slice is asked for any more: those of another pane took their place.
    pub(in crate::app) fn forget_slices(&mut self) {
        self.sieve.asked = false;
    }

    /// Takes all rows, which are others than before or in another order.
    pub(super) fn restart(&mut self, all: Vec<RowRef>, known: &Known<'_>) {
        let place = self.place();
        self.sieve.all = all;
        self.sieve.whole = None;
        self.sieve.pass = None;
        self.begin(known, place);
    }

    /// Takes other rows of a source, behind those of the others.
    pub(super) fn exchange(&mut self, source: usize, new: &[RowRef], known: &Known<'_>) {
        let mut all = std::mem::take(&mut self.sieve.all);
        all.retain(|row| row.source as usize != source);
        all.extend_from_slice(new);
        self.restart(all, known);
    }

    /// Takes rows behind all others.
    pub(super) fn extend(&mut self, new: &[RowRef], known: &Known<'_>) {
        let before = self.sieve.all.len();
        self.sieve.all.extend_from_slice(new);
        if let Some(pass) = &mut self.sieve.pass {
            // Also where it does not narrow: the next filter may narrow what this one does not.
            if let Some((_, base)) = &mut pass.base {
                base.extend_from_slice(new);
            }
            return;
        }
        let (filter, now) = match self.sieve.whole.take() {
            Some(whole) => (whole.filter, whole.now),
            None => (self.wanted(), known.now),
        };
        self.sieve.pass = Some(Pass {
            filter,
            now,
            base: None,
            narrows: false,
            at: before,
            notes: Vec::new(),
            cursor: None,
            place: self.selected,
        });
        self.slice(known);
    }

    /// Begins a pass if the filter is another one than that of the view.
    pub(super) fn refilter(&mut self, known: &Known<'_>) {
        let wanted = self.wanted();
        let Sieve { whole, pass, .. } = &self.sieve;
        let filter = pass.as_ref().map(|pass| &pass.filter);
        let filter = filter.or(whole.as_ref().map(|whole| &whole.filter));
        if filter != Some(&wanted) {
            let place = self.place();
            self.begin(known, place);
        }
    }

    fn wanted(&self) -> Filter {
        self.filter.filter.clone().unwrap_or_default()
    }

    /// Where the cursor stands, or stood before the pass that runs.
    fn place(&self) -> usize {
        let pass = self.sieve.pass.as_ref();
        pass.map_or(self.selected, |pass| pass.place)
    }

    fn begin(&mut self, known: &Known<'_>, place: usize) {
        let filter = self.wanted();
        let shown = std::mem::take(&mut self.view);
        let base = match self.sieve.pass.take() {
            Some(pass) => pass.base,
            None => self.sieve.whole.take().map(|whole| (whole, shown)),
        };
        let narrowed = base.as_ref().map(|(whole, _)| whole).filter(|whole| {
            let age = known.now.micros().saturating_sub(whole.now.micros());
            filter.narrows(&whole.filter) && (!whole.filter.is_timed() || age < FRESH)
        });
        // What counts from now counts from the moment of the view whose rows are taken over.
        let now = narrowed.map_or(known.now, |whole| whole.now);
        let narrows = narrowed.is_some();
        let at = if filter == Filter::default() {
            self.view.clone_from(&self.sieve.all);
            self.sieve.all.len()
        } else {
            0
        };
        self.sieve.pass = Some(Pass {
            narrows: narrows && at == 0,
            filter,
            now,
            base,
            at,
            notes: Vec::new(),
            cursor: self.cursor_row(),
            place,
        });
        self.seek(0);
        self.slice(known);
    }

    /// Tests the next slice.
    pub(super) fn slice(&mut self, known: &Known<'_>) {
        let Some(mut pass) = self.sieve.pass.take() else {
            return;
        };
        let before = self.view.len();
        let rows = match &pass.base {
            Some((_, base)) if pass.narrows => base,
            _ => &self.sieve.all,
        };
        let few = rows.len() < self.sieve.all.len() / FEW;
        let end = pass.at.saturating_add(known.slice).min(rows.len());
        let part = rows.get(pass.at..end).unwrap_or_default();
        pass.notes.resize_with(self.sources.len(), Notes::default);
        let notes = std::mem::take(&mut pass.notes);
        let sources = self.sources.iter().zip(notes);
        let testers = sources.map(|(source, notes)| {
            let facts = known.of(source, pass.now)?;
            let bound = pass.filter.bound(&source.resource, notes);
            let bound = if few { bound } else { bound.for_all() };
            let rows = &source.rows;
            Some(Tester { bound, rows, facts })
        });
        let mut testers: Vec<Option<Tester<'_>>> = testers.collect();
        for row in part {
            let tester = testers.get_mut(row.source as usize);
            if tester.is_some_and(|it| it.as_mut().is_some_and(|it| it.keeps(*row))) {
                self.view.push(*row);
            }
        }
        let done = end == rows.len();
        let notes = testers.into_iter();
        pass.notes = notes
            .map(|it| it.map_or_else(Notes::default, |it| it.bound.into_notes()))
            .collect();
        pass.at = end;
        self.sieve.pass = Some(pass);
        self.seek(before);
        if done {
            self.end(known.visible);
        }
    }

    /// Puts the cursor onto its row once the view has it.
    fn seek(&mut self, before: usize) {
        let Some(pass) = &mut self.sieve.pass else {
            return;
        };
        let new = self.view.get(before..).unwrap_or_default();
        let found = pass
            .cursor
            .and_then(|row| new.iter().position(|it| *it == row));
        if let Some(at) = found {
            pass.cursor = None;
            pass.place = before + at;
        }
        self.selected = pass.place.min(self.view.len().saturating_sub(1));
    }

    /// The view has all rows that the filter keeps.
    fn end(&mut self, visible: usize) {
        let Some(pass) = self.sieve.pass.take() else {
            return;
        };
        self.sieve.whole = Some(Whole {
            filter: pass.filter,
            now: pass.now,
        });
        self.follow(pass.place, visible);
    }

    /// Whoever moves the cursor wants it there.
    pub(in crate::app) fn stay(&mut self) {
        if let Some(pass) = &mut self.sieve.pass {
            pass.cursor = None;
            pass.place = self.selected;
        }
    }
}

impl Tester<'_> {
    fn keeps(&mut self, row: RowRef) -> bool {
        self.bound.keeps(self.rows, row.row as usize, &self.facts)
    }
}

/// What a pane is told from outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) contexts: &'a [Context],
    pub(super) policy: &'a Policy,
    pub(super) now: Moment,
    /// Rows of the table on the screen.
    pub(super) visible: usize,
    /// Rows that are tested at once.
    pub(super) slice: usize,
}

impl<'a> Known<'a> {
    pub(super) fn new(
        (contexts, policy): (&'a [Context], &'a Policy),
        now: Moment,
        visible: usize,
    ) -> Self {
        Self {
            contexts,
            policy,
            now,
            visible,
            slice: SLICE,
        }
    }

    fn of(&self, source: &'a Source, now: Moment) -> Option<Facts<'a>> {
        let context = self.contexts.get(source.context)?;
        Some(source.facts(context, now))
    }
}

/// Asks for the next slices of what is on its way.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    for pane in &mut model.panes {
        if pane.filtering() && !pane.sieve.asked {
            pane.sieve.asked = true;
            effects.push(Effect::Continue(pane.tab));
        }
    }
    effects
}

/// Tests the next slice of a tab's rows.
pub fn go_on(model: &mut Model, tab: Tab) -> Vec<Effect> {
    if let Some(pane) = pane_of(model, tab) {
        pane.sieve.asked = false;
    }
    super::with(model, tab, Pane::slice);
    group::sheet::recount(model);
    Vec::new()
}

/// Tests all rows that are left, for what acts on the rows shown.
pub fn settle(model: &mut Model, tab: Tab) {
    super::with(model, tab, |pane, known| {
        while pane.filtering() {
            pane.slice(known);
        }
    });
}
