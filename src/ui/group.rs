//! The groups of the keys shown: the column that counts, then each value with its number of keys, its share
//! and a bar; the words say all that the bars do.

use std::borrow::Cow;

use ratatui::{layout::Rect, style::Modifier};

use super::{
    Canvas,
    canvas::columns,
    dialog::{Hint, Sheet, more, open, room},
    theme::Ink,
    words,
};
use crate::{
    app::{
        Model,
        group::{
            Group,
            sheet::{Groups, UNKNOWN},
        },
    },
    record::{Cell, Moment, Text},
};

/// What the keys do.
const KEYS: [Hint<'static>; 4] = [
    ("Enter", "filters"),
    ("Tab", "other column"),
    ("↑↓", "moves"),
    ("Esc", "closes"),
];

/// The same where one column is all there is.
const ALONE: [Hint<'static>; 3] = [KEYS[0], KEYS[2], KEYS[3]];

/// The widest bar.
const BAR: u16 = 24;

/// Draws the dialog.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, groups: &Groups) {
    let by = groups
        .column()
        .map_or_else(String::new, |column| format!(" by {column}"));
    let title = format!("{}{by}", words::keys(groups.total));
    let rows = u16::try_from(groups.all.len()).unwrap_or(u16::MAX);
    let inside = open(
        canvas,
        &Sheet {
            title: &title,
            size: (room(canvas, 84), rows.saturating_add(3)),
            keys: if groups.columns.len() > 1 {
                &KEYS
            } else {
                &ALONE
            },
            ink: Ink::Border,
        },
    );
    tabs(canvas, groups, inside);
    let query = Rect::new(inside.x, inside.y + 1, inside.width, 1);
    let used = canvas.put(query.x, query.y, 2, "› ", canvas.ink(Ink::Key));
    let line = Rect {
        x: query.x + used,
        width: query.width.saturating_sub(used),
        ..query
    };
    let text = canvas.ink(Ink::Text);
    let placed = super::input::draw(canvas, line, &groups.query, text);
    canvas.point(placed.cursor, query.y);
    let gap = u16::from(inside.height > 8);
    let list = Rect {
        y: inside.y + 2 + gap,
        height: inside.height.saturating_sub(2 + gap),
        ..inside
    };
    rows_of(model, canvas, groups, list);
}

/// The columns, the one that counts marked.
fn tabs(canvas: &mut Canvas<'_>, groups: &Groups, inside: Rect) {
    let names: Vec<String> = groups.columns.iter().map(ToString::to_string).collect();
    let wide = |from: usize| -> u16 {
        let upto = names.iter().take(groups.at + 1).skip(from);
        upto.map(|name| columns(name) + 3).sum()
    };
    // The one that counts is in sight.
    let first = (0..=groups.at).find(|from| wide(*from) <= inside.width);
    let mut x = inside.x;
    for (at, name) in names.iter().enumerate().skip(first.unwrap_or(groups.at)) {
        let style = if at == groups.at {
            canvas.ink(Ink::Accent).add_modifier(Modifier::REVERSED)
        } else {
            canvas.ink(Ink::Text)
        };
        let room = inside.right().saturating_sub(x);
        x += canvas.put(x, inside.y, room, &format!(" {name} "), style) + 1;
    }
}

/// What a group is called.
fn label(group: &Group, now: Moment) -> Cow<'_, str> {
    match group.value.as_deref() {
        None => UNKNOWN.into(),
        // A list of records reads as it does in the table.
        Some(text) if text.starts_with("[{") => words::cell(Cell::Json(Text::new(text)), now),
        Some(text) => Text::new(text).shown(),
    }
}

fn rows_of(model: &Model, canvas: &mut Canvas<'_>, groups: &Groups, list: Rect) {
    let shown = groups.shown();
    if shown.is_empty() {
        let dim = canvas.ink(Ink::Dim);
        canvas.put(list.x, list.y, list.width, "No group is called that.", dim);
        return;
    }
    let height = usize::from(list.height);
    let top = (groups.selected + 1).saturating_sub(height);
    let visible = || shown.iter().enumerate().skip(top).take(height);
    let longest = visible().map(|(_, group)| columns(&label(group, model.now)));
    let count = visible().map(|(_, group)| columns(&words::len(group.count)));
    let count = count.max().unwrap_or(1);
    // The number and the share are said whole; the bar takes what the names leave.
    let numbers = 2 + 2 + count + 2 + 4;
    let name = longest.max().unwrap_or(1).clamp(7, 44);
    let name = name.min(list.width.saturating_sub(numbers));
    let bar = list.width.saturating_sub(numbers + name + 2).min(BAR);
    let most = groups.all.first().map_or(1, |group| group.count).max(1);
    for (y, (at, group)) in (list.y..list.bottom()).zip(visible()) {
        let selected = at == groups.selected;
        let ink = |ink| if selected { Ink::Selection } else { ink };
        let text = canvas.ink(ink(if group.value.is_none() {
            Ink::Warn
        } else {
            Ink::Text
        }));
        if selected {
            // Not over the bar: a block in reverse is a hole.
            let width = list.width.min(numbers + name + 1);
            canvas.paint(Rect::new(list.x, y, width, 1), text);
            canvas.put(list.x, y, 1, "▌", text);
        }
        let mut x = list.x + 2;
        canvas.put(x, y, name, &label(group, model.now), text);
        x += name + 2;
        let number = words::len(group.count);
        canvas.put_right(x, y, count, &number, text);
        x += count + 2;
        let share = canvas.ink(ink(Ink::Dim));
        canvas.put_right(x, y, 4, &percent(group.count, groups.total), share);
        x += 4 + 2;
        let filled = (group.count * usize::from(bar)).div_ceil(most);
        let style = canvas.ink(Ink::Accent);
        canvas.put(x, y, bar, &"█".repeat(filled.min(usize::from(bar))), style);
    }
    more(canvas, list, top > 0, top + height < shown.len());
}

/// A share in whole percent; a small one is not said to be nothing.
fn percent(count: usize, total: usize) -> String {
    match count * 100 / total.max(1) {
        0 if count > 0 => "<1%".to_owned(),
        share => format!("{share}%"),
    }
}
