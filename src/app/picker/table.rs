//! Lists about the columns of the table: by which the rows are ordered, and which are shown where. Their marks
//! say what Enter will do; `look` keeps it.

use super::{Item, Pick, Picker};
use crate::app::{
    Effect, Model, Tone,
    columns::{self, Column, ColumnId},
    dialog::Dialog,
    key::{Code, Key},
    pane::{Pane, Sorting},
    view,
};

impl Picker {
    /// The columns by which the pane in front can be ordered, those that order it marked.
    #[must_use]
    pub fn sort(model: &Model) -> Self {
        let pane = model.pane();
        let hidden = |column: &&Column| !pane.columns.iter().any(|it| it.id == column.id);
        let all = pane.columns.iter().chain(pane.known.iter().filter(hidden));
        let items = all.map(|column| {
            let place = pane.order.iter().position(|it| it.column == column.id);
            let order = place.and_then(|place| pane.order.get(place));
            let order = order.copied().unwrap_or(Sorting {
                column: column.id,
                descending: false,
            });
            let mut item = Item::new(&column.title, "", Pick::Sort(order, place));
            item.marked = place.is_some();
            item
        });
        let mut picker = Self {
            query: Some(tui_input::Input::default()),
            many: true,
            ..Self::of("Sort by", items.collect())
        };
        picker.tell_order();
        picker
    }

    /// The columns of the pane in front, those that are shown marked and in their order.
    #[must_use]
    pub fn columns(model: &Model) -> Self {
        let pane = model.pane();
        let shown: Vec<ColumnId> = pane.columns.iter().map(|column| column.id).collect();
        Self {
            many: true,
            ..Self::of("Columns", column_items(pane, &shown))
        }
    }

    /// Columns and directions that are marked, the one that decides first.
    fn order(&self) -> Vec<Sorting> {
        let mut marked: Vec<(usize, Sorting)> = self
            .items
            .iter()
            .filter_map(|item| match item.pick {
                Pick::Sort(order, Some(place)) => Some((place, order)),
                _ => None,
            })
            .collect();
        marked.sort_unstable_by_key(|(place, _)| *place);
        marked.into_iter().map(|(_, order)| order).collect()
    }

    /// Adds the column under the cursor as a further one, or takes it out.
    fn mark_order(&mut self) {
        let next = self.order().len();
        let Some(Pick::Sort(order, place)) = self.pick() else {
            return;
        };
        for item in &mut self.items {
            let Pick::Sort(other, at) = &mut item.pick else {
                continue;
            };
            match (*at, place) {
                _ if other.column == order.column => {
                    *at = if place.is_some() { None } else { Some(next) };
                    item.marked = at.is_some();
                }
                (Some(behind), Some(gone)) if behind > gone => *at = Some(behind - 1),
                _ => {}
            }
        }
        self.tell_order();
    }

    /// Turns the direction of the column under the cursor.
    fn reverse(&mut self) {
        let at = self.current();
        let item = at.and_then(|at| self.items.get_mut(at));
        if let Some(Item {
            pick: Pick::Sort(order, _),
            ..
        }) = item
        {
            order.descending = !order.descending;
        }
        self.tell_order();
    }

    /// Says behind each marked column what it does.
    fn tell_order(&mut self) {
        let several = self.order().len() > 1;
        for item in &mut self.items {
            let Pick::Sort(order, place) = item.pick else {
                continue;
            };
            let from = if order.descending {
                "from the greatest"
            } else {
                "from the least"
            };
            item.note = match place {
                Some(0) if several => format!("first, {from}"),
                Some(0) => format!("now, {from}"),
                Some(_) => format!("between equals, {from}"),
                None if order.descending => from.to_owned(),
                None => String::new(),
            };
        }
    }

    /// Moves the column under the cursor, and the cursor with it.
    fn shift(&mut self, down: bool) {
        let from = self.selected;
        let to = if down {
            from + 1
        } else {
            from.saturating_sub(1)
        };
        if to < self.items.len() && from < self.items.len() {
            self.items.swap(from, to);
            self.selected = to;
        }
    }
}

/// All columns of a pane: those shown in their order, then the others.
fn column_items(pane: &Pane, shown: &[ColumnId]) -> Vec<Item> {
    let find = |id: &ColumnId| pane.known.iter().find(|column| column.id == *id);
    let hidden = |column: &&Column| !shown.contains(&column.id);
    let first = shown.iter().filter_map(find);
    let all = first.chain(pane.known.iter().filter(hidden));
    let items = all.map(|column| {
        let note = if column.is_name() { "always shown" } else { "" };
        let mut item = Item::new(&column.title, note, Pick::Column(column.id));
        item.marked = shown.contains(&column.id);
        item
    });
    items.collect()
}

/// A key that means something of its own in these lists.
pub(super) fn key(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    let Some(Dialog::Picker(picker)) = model.dialogs.last_mut() else {
        return None;
    };
    match (picker.items.first()?.pick, key.code) {
        (Pick::Sort(..), Code::Char(' ')) => picker.mark_order(),
        (Pick::Sort(..), Code::Left | Code::Right) => picker.reverse(),
        (Pick::Sort(..), Code::Enter) => return sort(model),
        (Pick::Column(_), Code::Char(' ')) => return Some(toggle(model)),
        (Pick::Column(_), Code::Char('J') | Code::Right) => picker.shift(true),
        (Pick::Column(_), Code::Char('K') | Code::Left) => picker.shift(false),
        (Pick::Column(_), Code::Char('0' | 'r')) => reset(model),
        (Pick::Column(_), Code::Enter) => keep(model),
        _ => return None,
    }
    Some(Vec::new())
}

/// Orders the rows by the marked columns, or, where the marks are as they were, by the one under the cursor.
fn sort(model: &mut Model) -> Option<Vec<Effect>> {
    let before = model.pane().order.clone();
    let Some(Dialog::Picker(picker)) = model.dialogs.last() else {
        return None;
    };
    let marked = picker.order();
    let Some(Pick::Sort(order, place)) = picker.pick() else {
        return Some(Vec::new());
    };
    let orders = if marked == before {
        // What orders the rows already is turned around.
        let descending = order.descending != place.is_some();
        vec![Sorting {
            descending,
            ..order
        }]
    } else {
        marked
    };
    model.dialogs.pop();
    Some(view::sort(model, orders))
}

fn toggle(model: &mut Model) -> Vec<Effect> {
    let known = &model.pane().known;
    let names: Vec<ColumnId> = known
        .iter()
        .filter(|column| column.is_name())
        .map(|column| column.id)
        .collect();
    let Some(Dialog::Picker(picker)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    let at = picker.current();
    let Some(item) = at.and_then(|at| picker.items.get_mut(at)) else {
        return Vec::new();
    };
    if names.iter().any(|id| item.pick == Pick::Column(*id)) {
        let why = "The name is always shown: it tells keys apart.";
        model.say(Tone::Info, why);
    } else {
        item.marked = !item.marked;
    }
    Vec::new()
}

/// The marks are those of the manifest again.
fn reset(model: &mut Model) {
    let pane = model.pane();
    let own = columns::columns(&pane.sources);
    let own: Vec<ColumnId> = own.iter().map(|column| column.id).collect();
    let items = column_items(pane, &own);
    if let Some(Dialog::Picker(picker)) = model.dialogs.last_mut() {
        picker.items = items;
        picker.selected = 0;
    }
}

/// Shows the marked columns.
fn keep(model: &mut Model) {
    let Some(Dialog::Picker(picker)) = model.dialogs.pop() else {
        return;
    };
    let marked = picker.items.iter().filter(|item| item.marked);
    let ids = marked.filter_map(|item| match item.pick {
        Pick::Column(id) => Some(id),
        _ => None,
    });
    let ids: Vec<ColumnId> = ids.collect();
    if ids.is_empty() {
        model.say(Tone::Info, "The columns are as they were: none was marked.");
    } else {
        model.pane_mut().show_columns(&ids);
    }
}
