//! A list from which one thing is chosen, with its cursor always in sight.

mod state;

use ratatui::{layout::Rect, style::Style};

use super::{
    Canvas,
    canvas::{columns, wrap},
    dialog::{Hint, Sheet, more, open, room},
    theme::Ink,
};
use crate::app::{
    Model,
    picker::{Item, Pick, Picker},
};

/// Keys of a list from which one thing is chosen.
const ONE: [Hint<'static>; 2] = [("Enter", "chooses"), ("Esc", "closes")];
/// Keys of a list in which several may be marked.
const MANY: [Hint<'static>; 6] = [
    ("Enter", "shows"),
    ("Space", "marks"),
    ("a", "all"),
    ("/", "finds"),
    ("r", "asks again"),
    ("Esc", "closes"),
];
/// Keys of such a list while one is being found.
const FINDS: [Hint<'static>; 3] = [
    ("Enter", "shows"),
    ("Space", "marks"),
    ("Esc", "ends the search"),
];

/// Keys of the columns that order the rows.
const SORT: [Hint<'static>; 4] = [
    ("Enter", "sorts"),
    ("Space", "adds"),
    ("←", "turns"),
    ("Esc", "closes"),
];
/// Keys of the columns shown.
const COLUMNS: [Hint<'static>; 5] = [
    ("Enter", "keeps"),
    ("Space", "shows"),
    ("J K", "moves"),
    ("0", "resets"),
    ("Esc", "leaves"),
];

/// What can be done in the list.
fn keys(picker: &Picker) -> &'static [Hint<'static>] {
    match picker.items.first().map(|item| item.pick) {
        Some(Pick::Sort(..)) => &SORT,
        Some(Pick::Column(_)) => &COLUMNS,
        _ if picker.many && picker.query.is_some() => &FINDS,
        _ if picker.many => &MANY,
        _ => &ONE,
    }
}

/// Draws the list.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, picker: &Picker) {
    let shown = picker.shown();
    let items = || shown.iter().filter_map(|at| picker.items.get(*at));
    let label = items().map(|item| columns(&item.label)).max().unwrap_or(0);
    let note = picker.items.iter().map(|item| match item.pick {
        Pick::Context(at) => state::width(model, canvas, at),
        _ => columns(&item.note),
    });
    let note = note.max();
    let marks = if picker.many { 4 } else { 0 };
    let wanted = label
        .saturating_add(note.unwrap_or(0))
        .saturating_add(marks + 5);
    let width = room(canvas, wanted.clamp(36, 90));
    let intro = picker.intro.as_ref().map_or_else(Vec::new, |intro| {
        let mut lines = wrap(intro, width);
        lines.push(String::new());
        lines
    });
    let query = u16::from(picker.query.is_some());
    let above = u16::try_from(intro.len()).unwrap_or(0) + query;
    let rows = u16::try_from(picker.items.len()).unwrap_or(u16::MAX);
    let inside = open(
        canvas,
        &Sheet {
            title: &picker.title,
            size: (width, rows.saturating_add(above)),
            keys: keys(picker),
            ink: Ink::Border,
        },
    );
    let mut y = inside.y;
    let text = canvas.ink(Ink::Text);
    for line in intro.iter().take(usize::from(
        inside.height.saturating_sub(query + rows.min(3)),
    )) {
        canvas.put(inside.x, y, inside.width, line, text);
        y += 1;
    }
    if let Some(query) = &picker.query {
        let used = canvas.put(inside.x, y, 2, "› ", canvas.ink(Ink::Key));
        let line = Rect::new(inside.x + used, y, inside.width.saturating_sub(used), 1);
        let placed = super::input::draw(canvas, line, query, text);
        canvas.point(placed.cursor, y);
        y += 1;
    }
    let list = Rect::new(inside.x, y, inside.width, inside.bottom().saturating_sub(y));
    choices(model, canvas, list, (picker, &shown, label));
}

/// Draws the items around the cursor.
fn choices(
    model: &Model,
    canvas: &mut Canvas<'_>,
    list: Rect,
    (picker, shown, label): (&Picker, &[usize], u16),
) {
    if shown.is_empty() {
        let dim = canvas.ink(Ink::Dim);
        canvas.put(list.x, list.y, list.width, "Nothing is called that.", dim);
        return;
    }
    let height = usize::from(list.height);
    let top = (picker.selected + 1).saturating_sub(height);
    let items = shown.iter().filter_map(|at| picker.items.get(*at));
    for (y, (at, one)) in (list.y..list.bottom()).zip(items.enumerate().skip(top)) {
        let line = Rect::new(list.x, y, list.width, 1);
        let selected = at == picker.selected;
        item(model, canvas, line, (one, picker.many, selected, label));
    }
    more(canvas, list, top > 0, top + height < shown.len());
}

fn item(
    model: &Model,
    canvas: &mut Canvas<'_>,
    line: Rect,
    (item, many, selected, label): (&Item, bool, bool, u16),
) {
    let ink = |ink| if selected { Ink::Selection } else { ink };
    let name = canvas.ink(ink(if item.off { Ink::Dim } else { Ink::Text }));
    let note = canvas.ink(ink(Ink::Dim));
    if selected {
        canvas.paint(line, name);
    }
    let mark = if many {
        self::mark(item)
    } else {
        String::new()
    };
    let bar = if selected { "▌ " } else { "  " };
    let mut x = line.x + canvas.pieces(line.x, line.y, line.width, &[(bar, name), (&mark, name)]);
    let room = line.right().saturating_sub(x);
    let label = label.min(room.saturating_mul(3) / 5);
    let context = match item.pick {
        Pick::Context(at) => model.contexts.get(at).map(|context| (at, context)),
        _ => None,
    };
    let accent = context.and_then(|(_, it)| it.accent).filter(|_| !selected);
    let named = accent.map_or(name, |accent| canvas.look.accent(accent));
    canvas.put(x, line.y, label, &item.label, named);
    x += label + 2;
    if let Some((at, _)) = context {
        let rest = Rect::new(x, line.y, line.right().saturating_sub(x), 1);
        state::draw(model, canvas, rest, (at, selected));
        return;
    }
    let style: Style = note;
    canvas.put(x, line.y, line.right().saturating_sub(x), &item.note, style);
}

/// The mark of an item where several may be marked, four cells wide.
fn mark(item: &Item) -> String {
    match item.pick {
        Pick::Sort(order, Some(place)) => {
            let arrow = if order.descending { "↓" } else { "↑" };
            format!("{arrow}{:<3}", place + 1)
        }
        Pick::Context(_) | Pick::Column(_) if item.marked => "[x] ".to_owned(),
        Pick::Context(_) | Pick::Column(_) => "[ ] ".to_owned(),
        _ => "    ".to_owned(),
    }
}
