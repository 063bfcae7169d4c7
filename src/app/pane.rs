//! One tab's table: which lists it shows, which of their rows, in which order, and where the cursor is.
//! `listing` fills it with replies; `act` moves in it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    CallId, Context, ContextId,
    columns::{Column, ColumnId},
    filter::Facts,
    filter_line::FilterLine,
    look::Tables,
    mark::Anchor,
    view::{Ranked, Sieve},
    visit::New,
};
use crate::{
    api::{ApiError, ListEnd, Target},
    manifest::{Resource, Tab},
    record::{KeyId, Moment, Record, Rows},
};

/// One tab's table.
#[derive(Debug)]
pub struct Pane {
    /// Which tab.
    pub tab: Tab,
    /// The lists that it shows: one for each chosen context and resource.
    pub sources: Vec<Source>,
    /// The columns shown.
    pub columns: Vec<Column>,
    /// All columns that there can be, by what the sources have in common.
    pub known: Vec<Column>,
    /// What it lists: the name under which its arrangement is kept.
    pub(super) lists: String,
    /// How tables are arranged, by what they list.
    pub(super) tables: Tables,
    /// The rows shown, filtered and in order.
    pub view: Vec<RowRef>,
    /// Rows that came stand behind the others, not yet in order.
    pub loose: bool,
    /// When all rows were last put in order.
    pub ordered: Option<Moment>,
    /// The cursor: a position in `view`.
    pub selected: usize,
    /// The key that the cursor stays on once somebody has moved it; until then it stays on top.
    cursor: Option<KeyAt>,
    /// Where the range begins that is being drawn.
    pub anchor: Option<Anchor>,
    /// The first row on the screen.
    pub top: usize,
    /// Columns scrolled away on the left.
    pub left: usize,
    /// The local filter.
    pub filter: FilterLine,
    /// The columns that order the rows, the one that decides first; none: the backend's own order.
    pub order: Vec<Sorting>,
    /// What of the rows is filtered and ordered so far.
    pub(super) sieve: Sieve,
    /// What is known of the order by single columns.
    pub(super) ranked: Ranked,
    /// Filters that the server applies, by their id.
    pub server: BTreeMap<String, String>,
    /// The pane from which a row was opened, where these are the rows in it.
    pub behind: Option<Box<Pane>>,
}

/// A key wherever the pane shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyAt {
    /// Whose.
    pub context: ContextId,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// Which.
    pub id: KeyId,
}

/// A row of one of a pane's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowRef {
    /// Position of the source.
    pub source: u32,
    /// Position of the row in it.
    pub row: u32,
}

/// A column that orders the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting {
    /// Which.
    pub column: ColumnId,
    /// From the greatest to the least.
    pub descending: bool,
}

/// One list of one context.
#[derive(Debug)]
pub struct Source {
    /// Whose.
    pub context: ContextId,
    /// What.
    pub resource: Arc<Resource>,
    /// The rows so far.
    pub rows: Rows,
    /// The rows of a refresh on its way; they replace `rows` when it ends well.
    pub incoming: Option<Rows>,
    /// The list call on its way.
    pub call: Option<CallId>,
    /// When it was last asked for.
    pub asked: Option<Moment>,
    /// How far it is.
    pub load: Load,
    /// How and when the rows came.
    pub end: Option<(ListEnd, Moment)>,
    /// The key that the context signs in with: known from the page on that has it.
    pub own: Option<KeyId>,
    /// Selected once the list is read again.
    pub wanted: Option<KeyId>,
    /// The keys that are marked.
    pub marked: HashSet<KeyId>,
    /// The keys that are new since the last visit, where that is known.
    pub new: Option<New>,
}

impl Source {
    /// It lists this kind of key in this context.
    #[must_use]
    pub fn lists(&self, context: ContextId, resource: &Arc<Resource>) -> bool {
        self.context == context && self.resource.is(resource)
    }

    /// The key of one of its rows; none where the row has no id.
    #[must_use]
    pub fn key_at(&self, row: Record<'_>) -> Option<KeyAt> {
        Some(KeyAt {
            context: self.context,
            resource: Arc::clone(&self.resource),
            id: row.id()?,
        })
    }

    /// What a filter knows beside its rows.
    #[must_use]
    pub fn facts<'a>(&'a self, context: &'a Context, now: Moment) -> Facts<'a> {
        Facts {
            now,
            context: &context.name,
            backend: &context.manifest.id,
            own: self.own.as_ref(),
        }
    }

    /// The key is the one that the context signs in with.
    #[must_use]
    pub fn is_own(&self, id: &KeyId) -> bool {
        self.own.as_ref() == Some(id)
    }
}

/// How far a list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// Never asked for.
    Waiting,
    /// On its way.
    Loading {
        /// Pages that came.
        page: usize,
        /// Pages that there are.
        pages: Option<usize>,
        /// Rows that came.
        fetched: usize,
        /// Rows that there are.
        total: Option<u64>,
    },
    /// Complete.
    Ready,
    /// It failed; rows that came before stay.
    Failed(ApiError),
}

impl Pane {
    /// An empty pane.
    #[must_use]
    pub fn new(tab: Tab) -> Self {
        Self {
            tab,
            sources: Vec::new(),
            columns: Vec::new(),
            known: Vec::new(),
            lists: String::new(),
            tables: Tables::new(),
            view: Vec::new(),
            loose: false,
            ordered: None,
            selected: 0,
            cursor: None,
            anchor: None,
            top: 0,
            left: 0,
            filter: FilterLine::default(),
            order: Vec::new(),
            sieve: Sieve::default(),
            ranked: Ranked::default(),
            server: BTreeMap::new(),
            behind: None,
        }
    }

    /// The row at a position of the view.
    #[must_use]
    pub fn record(&self, at: usize) -> Option<(&Source, Record<'_>)> {
        self.row(*self.view.get(at)?)
    }

    /// A row and its list.
    #[must_use]
    pub fn row(&self, row: RowRef) -> Option<(&Source, Record<'_>)> {
        let source = self.sources.get(usize::try_from(row.source).ok()?)?;
        Some((source, source.rows.record(usize::try_from(row.row).ok()?)))
    }

    /// The selected row.
    #[must_use]
    pub fn current(&self) -> Option<(&Source, Record<'_>)> {
        self.record(self.selected)
    }

    /// The selected key; a row without an id has none.
    #[must_use]
    pub fn current_key(&self) -> Option<KeyAt> {
        let (source, record) = self.current()?;
        source.key_at(record)
    }

    /// The selected key, captured for an operation; a row without an id has none.
    #[must_use]
    pub fn target(&self) -> Option<(ContextId, Arc<Resource>, Target)> {
        let (source, record) = self.current()?;
        let target = Target::of(record)?;
        Some((source.context, Arc::clone(&source.resource), target))
    }

    /// Rows of all sources, before the filter.
    #[must_use]
    pub fn total(&self) -> usize {
        self.sources.iter().map(|source| source.rows.len()).sum()
    }

    /// A list is on its way.
    #[must_use]
    pub fn loading(&self) -> bool {
        self.sources
            .iter()
            .any(|source| matches!(source.load, Load::Loading { .. }))
    }

    /// Moves the cursor to a position, or to the nearest that exists.
    pub fn select(&mut self, at: usize, rows: usize) {
        self.selected = at.min(self.view.len().saturating_sub(1));
        self.stay();
        self.cursor = self.current_key();
        self.keep_visible(rows);
    }

    /// The row of the key on which the cursor stays.
    pub(super) fn cursor_row(&self) -> Option<RowRef> {
        self.first(self.cursor.as_ref()?)
    }

    /// Other rows are shown: the cursor is on its key, or where it was.
    pub(super) fn follow(&mut self, at: usize, rows: usize) {
        self.follow_anchor();
        if self.cursor.is_some() {
            self.select(at, rows);
        } else {
            self.selected = 0;
            self.keep_visible(rows);
        }
    }

    /// Where the view shows this key.
    #[must_use]
    pub fn position(&self, key: &KeyAt) -> Option<usize> {
        let row = self.first(key)?;
        self.view.iter().position(|it| *it == row)
    }

    /// The first row of this key, shown or not.
    fn first(&self, key: &KeyAt) -> Option<RowRef> {
        (0_u32..).zip(&self.sources).find_map(|(at, source)| {
            let found = || source.rows.find(&key.id);
            let lists = source.lists(key.context, &key.resource);
            let row = lists.then(found).flatten()?;
            let row = u32::try_from(row).ok()?;
            Some(RowRef { source: at, row })
        })
    }

    /// Scrolls so that the cursor is within `rows` rows.
    pub fn keep_visible(&mut self, rows: usize) {
        self.top = self
            .top
            .min(self.view.len().saturating_sub(rows))
            .min(self.selected);
        if self.selected >= self.top + rows {
            self.top = self.selected + 1 - rows;
        }
    }
}
