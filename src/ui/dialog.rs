//! What lies over the table. The frame, its place, its title and the keys that close it are drawn here
//! once; each kind draws only its inside.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Canvas, bulk,
    canvas::{columns, wrap},
    details, doubt, form, group, health, picker, question, rotation,
    theme::Ink,
    whose,
};
use crate::app::{
    Model,
    dialog::{Dialog, Problem},
    filter::LANGUAGE,
    keymap::{Action, Place},
};

/// A key and what it does here.
pub type Hint<'a> = (&'a str, &'a str);

/// A dialog's outside.
pub struct Sheet<'a> {
    /// What it is about.
    pub title: &'a str,
    /// Columns and rows that its inside would like.
    pub size: (u16, u16),
    /// The keys that mean something in it.
    pub keys: &'a [Hint<'a>],
    /// The role of its frame.
    pub ink: Ink,
}

/// The widest inside that can be had here.
#[must_use]
pub fn room(canvas: &Canvas<'_>, most: u16) -> u16 {
    canvas.area().width.saturating_sub(4).min(most)
}

/// Rows for a dialog: the last lines stay free for what just happened.
pub fn free(canvas: &Canvas<'_>) -> u16 {
    let rows = canvas.area().height;
    rows.saturating_sub(if rows < 16 { 1 } else { 2 })
}

/// Draws the outside in the middle of the screen; gives the inside.
pub fn open(canvas: &mut Canvas<'_>, sheet: &Sheet<'_>) -> Rect {
    let free = free(canvas);
    open_in(canvas, sheet, free)
}

/// Draws the outside in the middle of the first rows of the screen; gives the inside.
pub fn open_in(canvas: &mut Canvas<'_>, sheet: &Sheet<'_>, free: u16) -> Rect {
    let screen = canvas.area();
    let hints = sheet.keys.iter();
    let hints: u16 = hints
        .map(|(key, text)| columns(key) + columns(text) + 4)
        .sum();
    let wanted = sheet.size.0.max(columns(sheet.title) + 2).max(hints) + 4;
    let width = wanted.min(screen.width);
    let height = (sheet.size.1 + 2).min(free);
    let area = Rect::new(
        (screen.width - width) / 2,
        (free - height) / 2,
        width,
        height,
    );
    canvas.clear(area);
    border(canvas, area, sheet);
    Rect::new(
        area.x + 2,
        area.y + 1,
        width.saturating_sub(4),
        height.saturating_sub(2),
    )
}

fn border(canvas: &mut Canvas<'_>, area: Rect, sheet: &Sheet<'_>) {
    let style = canvas.ink(sheet.ink);
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x + 1..right {
        canvas.put(x, area.y, 1, "─", style);
        canvas.put(x, bottom, 1, "─", style);
    }
    for y in area.y + 1..bottom {
        canvas.put(area.x, y, 1, "│", style);
        canvas.put(right, y, 1, "│", style);
    }
    for (x, y, corner) in [
        (area.x, area.y, "┌"),
        (right, area.y, "┐"),
        (area.x, bottom, "└"),
        (right, bottom, "┘"),
    ] {
        canvas.put(x, y, 1, corner, style);
    }
    if !sheet.title.is_empty() {
        let title = match sheet.ink {
            Ink::Border => canvas.ink(Ink::Title),
            ink => canvas.ink(ink).add_modifier(Modifier::BOLD),
        };
        let text = format!(" {} ", sheet.title);
        canvas.put(
            area.x + 2,
            area.y,
            area.width.saturating_sub(4),
            &text,
            title,
        );
    }
    keys(
        canvas,
        area.x + 2,
        bottom,
        area.width.saturating_sub(4),
        sheet.keys,
    );
}

/// Writes keys and what they do, as many as fit.
pub fn keys(canvas: &mut Canvas<'_>, x: u16, y: u16, width: u16, hints: &[Hint<'_>]) {
    let (key, text) = (canvas.ink(Ink::Key), canvas.ink(Ink::Text));
    let wide = |(name, does): &Hint<'_>| columns(name) + columns(does) + 4;
    let mut left = width + 1;
    let Some((last, others)) = hints.split_last() else {
        return;
    };
    // The way out is always said.
    left = left.saturating_sub(wide(last));
    let fit = others.iter().take_while(|hint| {
        let fits = wide(hint) <= left;
        left = left.saturating_sub(wide(hint));
        fits
    });
    let mut used = 0;
    for (name, does) in fit.chain([last]) {
        let pieces = [
            (" ", text),
            (*name, key),
            (" ", text),
            (*does, text),
            (" ", text),
        ];
        let room = width.saturating_sub(used);
        used += canvas.pieces(x + used, y, room, &pieces) + 1;
    }
}

/// Draws buttons from the left; `true` has the cursor.
pub fn buttons(canvas: &mut Canvas<'_>, x: u16, y: u16, buttons: &[(&str, bool, Ink)]) {
    let mut x = x;
    for (label, focused, ink) in buttons {
        let mut style = canvas.ink(*ink);
        if *focused {
            style = style.add_modifier(Modifier::REVERSED | Modifier::BOLD);
        }
        let text = format!("[{}{label} ]", if *focused { "▸" } else { " " });
        x += canvas.put(x, y, columns(&text), &text, style) + 2;
    }
}

/// Draws a dialog.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, dialog: &Dialog) {
    match dialog {
        Dialog::Help(scrolled) => help(model, canvas, *scrolled),
        Dialog::Picker(picker) => picker::draw(model, canvas, picker),
        Dialog::Groups(groups) => group::draw(model, canvas, groups),
        Dialog::Details(details) => details::draw(model, canvas, details),
        Dialog::Form(form) => form::draw(model, canvas, form),
        Dialog::Whose(one) => whose::draw(model, canvas, one),
        Dialog::Confirm(confirm) => question::draw(canvas, confirm),
        Dialog::Problem(trouble) => problem(canvas, trouble),
        Dialog::Doubt(doubt) => doubt::draw(canvas, doubt),
        Dialog::Rotation(id) => rotation::draw(model, canvas, *id),
        Dialog::Health(health) => health::draw(model, canvas, health),
        Dialog::Bulk(bulk) => bulk::draw(canvas, bulk),
    }
}

/// A title that the frame cannot hold stands whole in the first lines.
pub fn heading(title: &str, width: u16) -> (&str, Vec<String>) {
    if columns(title) + 2 <= width {
        (title, Vec::new())
    } else {
        let mut lines = wrap(title, width);
        lines.push(String::new());
        ("", lines)
    }
}

fn problem(canvas: &mut Canvas<'_>, problem: &Problem) {
    let width = room(canvas, 68);
    let (title, head) = heading(&problem.title, width);
    let paragraphs = problem.lines.iter().filter(|line| !line.trim().is_empty());
    let body: Vec<String> = paragraphs.flat_map(|line| wrap(line, width)).collect();
    let rows = u16::try_from(head.len() + body.len()).unwrap_or(u16::MAX);
    let inside = open(
        canvas,
        &Sheet {
            title,
            size: (width, rows),
            keys: &[("Esc", "closes")],
            ink: Ink::Bad,
        },
    );
    let styles = (canvas.ink(Ink::Title), canvas.ink(Ink::Text));
    paragraph(canvas, inside, &head, &body, styles);
}

/// Writes a heading and lines below it; gives the row after them.
pub fn paragraph(
    canvas: &mut Canvas<'_>,
    area: Rect,
    head: &[String],
    body: &[String],
    (bold, text): (Style, Style),
) -> u16 {
    let lines = head.iter().map(|line| (line, bold));
    let lines = lines.chain(body.iter().map(|line| (line, text)));
    let mut y = area.y;
    for (line, style) in lines {
        if y >= area.bottom() {
            break;
        }
        canvas.put(area.x, y, area.width, line, style);
        y += 1;
    }
    y
}

/// One line of the help.
enum Line {
    Title(&'static str),
    Entry(String, &'static str),
}

fn help(model: &Model, canvas: &mut Canvas<'_>, scrolled: u16) {
    let keys = |action: Action| {
        let keys = model.keymap.keys(action);
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        // What has no key is in the palette.
        let keys = match keys.as_slice() {
            [] => format!("{} {}", model.keymap.hint(Action::Palette), action.name()),
            keys => keys.join(" "),
        };
        Line::Entry(keys, action.help())
    };
    let place = |place| Action::ALL.iter().filter(move |it| it.place() == place);
    let mut lines = vec![Line::Title("Keys")];
    lines.extend(place(Place::Table).map(|action| keys(*action)));
    lines.push(Line::Title("Where a new secret waits"));
    lines.extend(place(Place::Reveal).map(|action| keys(*action)));
    lines.push(Line::Title("The filter"));
    let language = LANGUAGE.iter();
    lines.extend(language.map(|(example, finds)| Line::Entry((*example).to_owned(), finds)));
    let width = room(canvas, 84);
    let first = if width < 60 { 12 } else { 20 };
    let inside = open(
        canvas,
        &Sheet {
            title: "Help",
            size: (width, u16::try_from(lines.len()).unwrap_or(u16::MAX)),
            keys: &[("↑↓", "scroll"), ("Esc", "closes")],
            ink: Ink::Border,
        },
    );
    let room = inside.width.saturating_sub(first + 1);
    let mut rows: Vec<(&str, String, Ink)> = Vec::new();
    for line in &lines {
        match line {
            Line::Title(words) => rows.push((words, String::new(), Ink::Accent)),
            Line::Entry(left, right) => {
                let parts = wrap(right, room).into_iter().enumerate();
                rows.extend(
                    parts.map(|(at, part)| (if at == 0 { left } else { "" }, part, Ink::Key)),
                );
            }
        }
    }
    let most = rows.len().saturating_sub(usize::from(inside.height));
    let skip = usize::from(scrolled).min(most);
    let text = canvas.ink(Ink::Text);
    for (y, (left, right, ink)) in (inside.y..inside.bottom()).zip(rows.iter().skip(skip)) {
        let style = canvas.ink(*ink);
        let wide = if right.is_empty() {
            inside.width
        } else {
            first
        };
        canvas.put(inside.x, y, wide, left, style);
        canvas.put(inside.x + first + 1, y, room, right, text);
    }
    more(canvas, inside, skip > 0, skip < most);
}

/// Marks in the frame that there is more above or below.
pub fn more(canvas: &mut Canvas<'_>, inside: Rect, above: bool, below: bool) {
    let key = canvas.ink(Ink::Key);
    if above {
        canvas.put(inside.right() + 1, inside.y, 1, "↑", key);
    }
    if below {
        canvas.put(inside.right() + 1, inside.bottom() - 1, 1, "↓", key);
    }
}
