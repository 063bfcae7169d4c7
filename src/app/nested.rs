//! A row that holds others is opened in the place of its table: the lists of what is in it are a pane of
//! their own, and the pane that it was opened from lies behind that, as it was, until one goes back. What
//! comes for lists that lie behind is put into them all the same.

use std::sync::Arc;

use super::{
    Effect, Model, filter_line, listing,
    pane::{Pane, Source},
    view,
};
use crate::{
    journal,
    manifest::{Manifest, Resource, Tab},
    record::Text,
};

impl Model {
    /// All lists, also those of panes from which a row was opened.
    pub fn all_lists(&self) -> impl Iterator<Item = &Source> {
        let panes = self.panes.iter().flat_map(Pane::levels);
        panes.flat_map(|pane| &pane.sources)
    }
}

impl Pane {
    /// This pane, and those that lie behind it, the nearest first.
    pub fn levels(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |pane| pane.behind.as_deref())
    }

    /// The pane at this depth: 0 is this one.
    pub(super) fn level_mut(&mut self, depth: usize) -> Option<&mut Self> {
        match depth {
            0 => Some(self),
            _ => self.behind.as_deref_mut()?.level_mut(depth - 1),
        }
    }

    /// The pane of the tab itself, whose rows are in no other.
    #[must_use]
    pub fn outermost(&self) -> &Self {
        self.levels().last().unwrap_or(self)
    }

    /// The pane of the tab itself, to change it.
    pub(super) fn outermost_mut(&mut self) -> &mut Self {
        match self.behind {
            Some(ref mut behind) => behind.outermost_mut(),
            None => self,
        }
    }

    /// The lists of this pane and of those behind it.
    pub(super) fn all_lists_mut(&mut self) -> Vec<&mut Source> {
        let mut all = Vec::new();
        let mut next = Some(self);
        while let Some(pane) = next {
            all.extend(&mut pane.sources);
            next = pane.behind.as_deref_mut();
        }
        all
    }

    /// The row whose rows are shown: the resource of one of its lists says which it is.
    #[must_use]
    pub fn opened(&self) -> Option<&Source> {
        self.behind.as_ref().and_then(|_| self.sources.first())
    }

    /// What the rows that were opened are called, the outermost first, as they may be shown.
    #[must_use]
    pub fn opened_names(&self) -> Vec<String> {
        let rows = self.levels().filter_map(Self::opened);
        let rows = rows.filter_map(|list| list.resource.within.as_ref());
        let mut names: Vec<String> = rows.map(|row| shown(&row.id, &row.name)).collect();
        names.reverse();
        names
    }
}

/// The row in which keys of this kind are, as the journal has it.
#[must_use]
pub fn parent(resource: &Resource) -> Option<journal::Target> {
    resource.within.as_ref().map(|row| journal::Target {
        id: row.id.clone(),
        name: row.name.clone(),
    })
}

/// The kind of key that the journal speaks of, as the manifest has it now.
#[must_use]
pub fn find(
    manifest: &Manifest,
    resource: &str,
    parent: Option<&journal::Target>,
) -> Option<Arc<Resource>> {
    manifest.find(resource, parent.map(|row| (&*row.id, &*row.name)))
}

/// ` of “ci”` where keys of this kind are in a row, else nothing.
#[must_use]
pub fn of(resource: &Resource) -> String {
    let row = resource.within.as_ref();
    row.map_or_else(String::new, |row| {
        format!(" of “{}”", shown(&row.id, &row.name))
    })
}

/// What a row is called: its name, or its id where it has none.
pub(super) fn shown(id: &str, name: &str) -> String {
    let text = if name.is_empty() { id } else { name };
    Text::new(text).shown().into_owned()
}

/// The resources that list what is in the selected row, as it has them; none where it holds no others.
#[must_use]
pub fn inside(model: &Model) -> Vec<Arc<Resource>> {
    let opened = model.pane().target().and_then(|(context, resource, row)| {
        let manifest = &model.contexts.get(context)?.manifest;
        let inside = manifest.inside(&resource);
        let inside = inside.map(|it| Arc::new(it.under(row.id.as_str(), &row.name)));
        Some(inside.collect())
    });
    opened.unwrap_or_default()
}

/// Opens the selected row: what is in it is shown in the place of the table.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let lists = inside(model);
    let Some((context, ..)) = model.pane().target().filter(|_| !lists.is_empty()) else {
        return Vec::new();
    };
    let rows = model.table_rows();
    let pane = model.pane_mut();
    // Whoever comes back finds the cursor on this row, wherever it stands by then.
    pane.select(pane.selected, rows);
    let mut inner = Pane::new(pane.tab);
    inner.tables = pane.tables.clone();
    let lists = lists.iter();
    inner.sources = lists.map(|it| Source::new(context, it)).collect();
    inner.arrange_columns(&model.contexts);
    filter_line::read(&mut inner);
    let pane = model.pane_mut();
    let behind = std::mem::replace(pane, inner);
    pane.behind = Some(Box::new(behind));
    view::rebuild_view(model, model.active);
    listing::show(model)
}

/// Goes back to the table from which the row was opened.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    if model.pane().behind.is_none() {
        return Vec::new();
    }
    let mut effects = back(model.pane_mut());
    view::rebuild_view(model, model.active);
    effects.extend(listing::show(model));
    effects
}

/// Shows the pane that has this list in front of those that were opened from it.
pub(super) fn leave_until(model: &mut Model, tab: Tab, is_it: impl Fn(&Source) -> bool) {
    let has = |pane: &Pane| pane.sources.iter().any(&is_it);
    let Some(pane) = listing::pane_of(model, tab) else {
        return;
    };
    let Some(depth) = pane.levels().position(has).filter(|depth| *depth > 0) else {
        return;
    };
    for _ in 0..depth {
        // What it still waits for is ignored by its call.
        back(pane);
    }
    view::rebuild_view(model, tab);
}

/// Closes all rows that were opened; the views are to be rebuilt.
pub(super) fn close_all(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    for pane in &mut model.panes {
        while pane.behind.is_some() {
            effects.extend(back(pane));
        }
    }
    effects
}

/// Puts the pane behind in the place of this one, and gives up what this one waits for.
fn back(pane: &mut Pane) -> Vec<Effect> {
    let Some(mut behind) = pane.behind.take() else {
        return Vec::new();
    };
    // How tables are arranged is one for all levels.
    behind.tables = std::mem::take(&mut pane.tables);
    behind.forget_slices();
    let left = std::mem::replace(pane, *behind);
    let calls = left.sources.iter().filter_map(|source| source.call);
    calls.map(Effect::Cancel).collect()
}
