//! The dialog of groups counts the keys that the pane shows by one of its columns, and Enter goes on
//! filtering by the group under the cursor: what comes of it is a filter like any that is typed.

use std::sync::Arc;

use tui_input::{Input, InputRequest};

use super::{Group, Tally};
use crate::{
    app::{
        Context, Effect, Model,
        dialog::Dialog,
        filter::{Column, Names},
        filter_line,
        key::{Code, Key},
        pane::Pane,
        view,
    },
    manifest::{Field, Kind, Resource, Role},
    record::Moment,
};

/// What a group is called whose keys have no value.
pub const UNKNOWN: &str = "unknown";

/// Rows that a page key moves.
const PAGE: usize = 10;

/// The keys of the pane in front, counted by a column.
#[derive(Debug)]
pub struct Groups {
    /// The columns that make sense here.
    pub columns: Vec<Column>,
    /// Which of them counts.
    pub at: usize,
    /// What is typed to narrow the list.
    pub query: Input,
    /// All groups, the greatest first.
    pub all: Vec<Group>,
    /// How many keys were counted.
    pub total: usize,
    /// The cursor, within the groups shown.
    pub selected: usize,
}

impl Groups {
    /// The column that counts.
    #[must_use]
    pub fn column(&self) -> Option<&Column> {
        self.columns.get(self.at)
    }

    /// The groups that match what is typed.
    #[must_use]
    pub fn shown(&self) -> Vec<&Group> {
        let words = self.query.value().to_lowercase();
        let fits = |group: &&Group| {
            let text = group.value.as_deref().unwrap_or(UNKNOWN).to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        self.all.iter().filter(fits).collect()
    }

    fn type_into(&mut self, request: InputRequest) {
        self.query.handle(request);
        self.selected = 0;
    }

    /// Takes the next column, or the one before.
    fn turn(&mut self, forward: bool) {
        let count = self.columns.len().max(1);
        let step = if forward { 1 } else { count - 1 };
        self.at = (self.at + step) % count;
        self.query = Input::default();
        self.selected = 0;
    }

    /// Counts the rows that the pane shows.
    fn count(&mut self, pane: &Pane, contexts: &[Context], now: Moment) {
        let Some(column) = self.columns.get(self.at).cloned() else {
            return;
        };
        let mut positions: Vec<Vec<usize>> = vec![Vec::new(); pane.sources.len()];
        for row in &pane.view {
            if let Some(list) = positions.get_mut(row.source as usize) {
                list.push(row.row as usize);
            }
        }
        let mut tally = Tally::of(&column);
        for (source, positions) in pane.sources.iter().zip(positions) {
            let Some(context) = contexts.get(source.context) else {
                continue;
            };
            tally.add(&source.rows, &source.facts(context, now), positions);
        }
        self.total = tally.total();
        self.all = tally.groups();
    }
}

/// The columns by which the keys of a pane can be counted, those that tell people apart first.
#[must_use]
pub fn columns(pane: &Pane, contexts: &[Context]) -> Vec<Column> {
    let mut resources: Vec<&Arc<Resource>> = Vec::new();
    let mut backends: Vec<&str> = Vec::new();
    let mut of: Vec<usize> = Vec::new();
    for source in &pane.sources {
        let id = contexts
            .get(source.context)
            .map_or("", |it| &*it.manifest.id);
        if !backends.contains(&id) {
            backends.push(id);
        }
        if !of.contains(&source.context) {
            of.push(source.context);
        }
        if !resources.iter().any(|it| Arc::ptr_eq(it, &source.resource)) {
            resources.push(&source.resource);
        }
    }
    let has = |role| resources.iter().any(|it| it.role(role).is_some());
    let offered = [
        (Column::Role(Role::Creator), has(Role::Creator)),
        (Column::Role(Role::Owner), has(Role::Owner)),
        (Column::Context, of.len() > 1),
        (Column::Backend, backends.len() > 1),
        (Column::Resource, resources.len() > 1),
        (Column::Role(Role::Scopes), has(Role::Scopes)),
        (Column::Role(Role::Admin), has(Role::Admin)),
    ];
    let mut columns: Vec<Column> = offered
        .into_iter()
        .filter_map(|(column, there)| there.then_some(column))
        .collect();
    let names = Names::of(resources.iter().map(|it| &***it));
    let fields = resources.iter().flat_map(|it| &it.field);
    for field in fields.filter(|field| repeats(field)) {
        let column = names.column(&field.key);
        columns.extend(column.filter(|column| !columns.contains(column)));
    }
    columns
}

/// Keys can have the same value in this column of the table.
fn repeats(field: &Field) -> bool {
    let kind = matches!(
        field.kind,
        Kind::Text | Kind::Choice | Kind::Bool | Kind::List
    );
    field.column && field.role.is_none() && kind
}

/// Why there is nothing to count; `None`: there is.
#[must_use]
pub fn why_not(model: &Model) -> Option<String> {
    let pane = model.pane();
    if pane.view.is_empty() {
        return Some("No keys are shown that could be grouped.".to_owned());
    }
    let none = columns(pane, &model.contexts).is_empty();
    none.then(|| "No column here has values that keys could have in common.".to_owned())
}

/// Opens the dialog on the pane in front.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let groups = Groups {
        columns: columns(model.pane(), &model.contexts),
        at: 0,
        query: Input::default(),
        all: Vec::new(),
        total: 0,
        selected: 0,
    };
    model.dialogs.push(Dialog::Groups(groups));
    recount(model);
    Vec::new()
}

/// Counts anew where the dialog is open: rows came, or another column was chosen.
pub fn recount(model: &mut Model) {
    let at = model
        .dialogs
        .iter()
        .position(|dialog| matches!(dialog, Dialog::Groups(_)));
    let Some(at) = at else { return };
    view::settle(model, model.active);
    let mut dialogs = std::mem::take(&mut model.dialogs);
    if let Some(Dialog::Groups(groups)) = dialogs.get_mut(at) {
        groups.count(model.pane(), &model.contexts, model.now);
        let last = groups.shown().len().saturating_sub(1);
        groups.selected = groups.selected.min(last);
    }
    model.dialogs = dialogs;
}

/// A key for the dialog.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(Dialog::Groups(groups)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    let last = groups.shown().len().saturating_sub(1);
    let to = |at: usize| at.min(last);
    match key.code {
        Code::Esc => drop(model.dialogs.pop()),
        _ if key == Key::ctrl('c') => drop(model.dialogs.pop()),
        Code::Enter => return choose(model),
        Code::Tab | Code::Right => turn(model, true),
        Code::BackTab | Code::Left => turn(model, false),
        Code::Down => groups.selected = to(groups.selected + 1),
        Code::Up => groups.selected = groups.selected.saturating_sub(1),
        Code::PageDown => groups.selected = to(groups.selected + PAGE),
        Code::PageUp => groups.selected = groups.selected.saturating_sub(PAGE),
        Code::Home => groups.selected = 0,
        Code::End => groups.selected = last,
        Code::Backspace => groups.type_into(InputRequest::DeletePrevChar),
        _ if key == Key::ctrl('u') => groups.type_into(InputRequest::DeleteLine),
        _ => {
            if let Some(letter) = key.typed() {
                groups.type_into(InputRequest::InsertChar(letter));
            }
        }
    }
    Vec::new()
}

fn turn(model: &mut Model, forward: bool) {
    if let Some(Dialog::Groups(groups)) = model.dialogs.last_mut() {
        groups.turn(forward);
    }
    recount(model);
}

/// Pasted text narrows the list.
pub fn paste(groups: &mut Groups, text: &str) {
    for letter in text.chars().filter(|letter| !letter.is_control()).take(256) {
        groups.type_into(InputRequest::InsertChar(letter));
    }
}

/// The pane shows the keys of the group under the cursor, of those that it shows now.
fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Groups(groups)) = model.dialogs.last() else {
        return Vec::new();
    };
    let group = groups.shown().get(groups.selected).copied();
    let Some((column, group)) = groups.column().zip(group) else {
        return Vec::new();
    };
    let filter = model.pane().filter.filter.clone().unwrap_or_default();
    let filter = filter.and_exactly(column, group.value.as_deref().unwrap_or(""));
    model.dialogs.pop();
    filter_line::set(model, &filter.to_string())
}
