//! Fields to fill in: a title at the left, the value at the right, and what is wrong or worth knowing
//! below the field with the cursor. The field with the cursor is always in sight.

mod words;

use std::borrow::Cow;

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};
use tui_input::Input;

pub use words::mask;

use super::{
    Canvas,
    canvas::{columns, wrap},
    dialog::{Sheet, buttons, more, open, room},
    input,
    theme::Ink,
};
use crate::{
    app::{
        Model,
        form::{
            Entry, Form, Purpose,
            editor::{Editor, Lines},
        },
    },
    record::Text,
};

/// Most lines of a text that are on the screen at once.
const MOST_LINES: usize = 8;

/// Values narrower than this leave no room for texts below them; the narrowest inside is two wider.
const NARROW: u16 = 34;

/// What stands in a line.
enum Body<'a> {
    Text(Vec<(Cow<'a, str>, Ink)>),
    /// A line that is typed, with what it could be completed to.
    Typed(&'a Input, Option<&'a str>, Ink),
}

/// One line of the inside.
struct Line<'a> {
    title: Cow<'a, str>,
    body: Body<'a>,
    /// The cursor's field.
    near: bool,
    /// The cursor stands in it.
    cursor: bool,
    /// It runs over the whole width.
    wide: bool,
}

impl Line<'_> {
    fn note(text: String, ink: Ink, near: bool) -> Self {
        Self {
            title: "".into(),
            body: Body::Text(vec![(text.into(), ink)]),
            near,
            cursor: false,
            wide: false,
        }
    }

    fn wide(text: String, ink: Ink) -> Self {
        Self {
            wide: true,
            ..Self::note(text, ink, false)
        }
    }
}

/// Draws the form.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, form: &Form) {
    let width = room(canvas, 76);
    let titles = form.entries.iter().map(|entry| columns(&entry.title) + 2);
    let first = titles.max().unwrap_or(0).max(8).min(width * 2 / 5);
    let value = width.saturating_sub(first + 1);
    let lines = lines(model, form, width, value);
    let problem = form
        .problem
        .as_ref()
        .map_or_else(Vec::new, |text| wrap(text, width));
    let below = u16::try_from(problem.len()).unwrap_or(0).min(3) + 2;
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let inside = open(
        canvas,
        &Sheet {
            title: &form.title,
            size: (width, rows.saturating_add(below)),
            keys: &words::hints(form),
            ink: Ink::Border,
        },
    );
    let tight = u16::from(inside.height >= 10);
    let below = below - 1 + tight;
    let list = Rect {
        height: inside.height.saturating_sub(below).max(1),
        ..inside
    };
    body(canvas, list, &lines, first);
    let style = canvas.ink(Ink::Bad);
    for (y, line) in (list.bottom() + tight..).zip(problem.iter().take(3)) {
        canvas.put(inside.x, y, inside.width, line, style);
    }
    let y = inside.bottom().saturating_sub(1);
    let waits = match (&form.sending, &form.reading) {
        (Some(_), _) => Some("sending… waiting for the answer".to_owned()),
        (None, Some(wait)) => Some(wait.said()),
        (None, None) => None,
    };
    if let Some(words) = waits {
        let style = canvas.ink(Ink::Info);
        canvas.put(inside.x, y, inside.width, &words, style);
        return;
    }
    let send = form.focus == form.entries.len();
    let both = [
        (form.button(), send, Ink::Accent),
        (words::cancel(form), form.on_cancel(), Ink::Text),
    ];
    buttons(canvas, inside.x, y, &both);
}

fn lines<'a>(model: &Model, form: &'a Form, width: u16, value: u16) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    if let Some(intro) = &form.intro {
        lines.extend(
            wrap(intro, width)
                .into_iter()
                .map(|line| Line::wide(line, Ink::Text)),
        );
        lines.push(Line::wide(String::new(), Ink::Text));
    }
    if let Purpose::Public(facts) = &form.purpose {
        let text = [facts.public.as_deref(), facts.fingerprint.as_deref()];
        for (text, ink) in text.into_iter().flatten().zip([Ink::Accent, Ink::Info]) {
            let filled = fill(text, width).into_iter();
            lines.extend(filled.map(|line| Line::wide(line, ink)));
        }
    }
    for (at, entry) in form.entries.iter().enumerate() {
        let near = at == form.focus;
        values(&mut lines, form, entry, near);
        if let Some(text) = words::facts(entry) {
            notes(&mut lines, &text, value, Ink::Info, near);
        }
        // One reason for several fields stands once, below the last of them.
        let next = form
            .entries
            .get(at + 1)
            .and_then(|next| next.locked.as_ref());
        let locked = entry.locked.as_ref();
        if let Some(why) = locked.filter(|why| next != Some(*why)) {
            notes(&mut lines, why, value, Ink::Dim, near);
        }
        if let Some(error) = &entry.error {
            notes(&mut lines, &format!("✖ {error}"), value, Ink::Bad, near);
        }
        if near {
            below(model, &mut lines, form, entry, value);
        }
    }
    lines
}

/// The lines of a text that is not broken between words: put together again they are the text.
fn fill(text: &str, width: u16) -> Vec<String> {
    let lines = wrap(&text.replace(' ', "\u{a0}"), width).into_iter();
    lines.map(|line| line.replace('\u{a0}', " ")).collect()
}

/// Adds a text below a field: under its value, or over the whole width where that is narrow.
fn notes(lines: &mut Vec<Line<'_>>, text: &str, width: u16, ink: Ink, near: bool) {
    let wide = width < NARROW;
    let room = if wide { NARROW } else { width };
    let indent = if wide { "  " } else { "" };
    lines.extend(wrap(text, room).into_iter().map(|line| Line {
        wide,
        ..Line::note(format!("{indent}{line}"), ink, near)
    }));
}

/// What helps with the field that has the cursor.
fn below<'a>(
    model: &Model,
    lines: &mut Vec<Line<'a>>,
    form: &'a Form,
    entry: &'a Entry,
    width: u16,
) {
    if let Some(path) = &form.path {
        lines.push(Line {
            title: "  from".into(),
            body: Body::Typed(path, None, Ink::Accent),
            near: true,
            cursor: true,
            wide: false,
        });
        notes(lines, &words::places(model), width, Ink::Dim, true);
        return;
    }
    if let Some(public) = form.public() {
        let wide = width < NARROW;
        let room = if wide { NARROW } else { width };
        lines.extend(fill(public, room).into_iter().map(|line| Line {
            wide,
            ..Line::note(line, Ink::Text, true)
        }));
        return;
    }
    if let Some(words) = form.live(entry, model.now) {
        notes(lines, &words, width, Ink::Info, true);
    }
    let there = |value: &&str| matches!(&entry.editor, Editor::Line(it) if it.value() == *value);
    if let Some(value) = form.offered().filter(|value| !there(value)) {
        let words = format!(
            "ctrl-o takes {} from the selected key.",
            Text::new(value).shown()
        );
        notes(lines, &words, width, Ink::Info, true);
    }
    if let Some(help) = &entry.help {
        notes(lines, help, width, Ink::Dim, true);
    }
    if !entry.suggest.is_empty() {
        // A beginning of the list shows what values look like; typing completes them.
        let room = usize::from(width.max(NARROW)) * 2 - 12;
        let mut text = "such as".to_owned();
        let mut shown = 0;
        for value in &entry.suggest {
            if text.len() + value.len() + 1 > room {
                break;
            }
            text.push(' ');
            text.push_str(value);
            shown += 1;
        }
        let more = if shown < entry.suggest.len() {
            " …"
        } else {
            ""
        };
        notes(lines, &format!("{text}{more}"), width, Ink::Info, true);
    }
}

/// The lines of a field's value.
fn values<'a>(lines: &mut Vec<Line<'a>>, form: &'a Form, entry: &'a Entry, near: bool) {
    let star = if entry.required && entry.locked.is_none() {
        "* "
    } else {
        "  "
    };
    let title: Cow<'a, str> = format!("{star}{}", entry.title).into();
    let ink = match (entry.locked.is_some(), near) {
        (true, _) => Ink::Dim,
        (false, true) => Ink::Accent,
        (false, false) => Ink::Text,
    };
    let cursor = near && form.path.is_none();
    let mut title = Some(title);
    let mut add = |body, cursor| {
        lines.push(Line {
            title: title.take().unwrap_or_default(),
            body,
            near,
            cursor,
            wide: false,
        });
    };
    match &entry.editor {
        Editor::Line(input) => {
            let ghost = form.completion().filter(|_| near);
            add(Body::Typed(input, ghost, ink), cursor);
        }
        Editor::Lines(text) if !text.lines.is_empty() => {
            for (at, line) in window(text) {
                add(Body::Typed(line, None, ink), cursor && at == text.at);
            }
        }
        Editor::Secret(masked) if masked.shown && !masked.text.is_empty() => {
            let count = masked.text.split('\n').count();
            let skip = count.saturating_sub(MOST_LINES);
            for (at, line) in masked.text.split('\n').enumerate().skip(skip) {
                let text = vec![(Cow::Borrowed(line), ink)];
                add(Body::Text(text), cursor && at + 1 == count);
            }
        }
        editor => {
            let typed = matches!(editor, Editor::Lines(_) | Editor::Secret(_));
            add(Body::Text(words::said(form, entry, ink)), cursor && typed);
        }
    }
}

/// The lines around the cursor.
fn window(text: &Lines) -> impl Iterator<Item = (usize, &Input)> {
    let top = (text.at + 1).saturating_sub(MOST_LINES);
    text.lines.iter().enumerate().skip(top).take(MOST_LINES)
}

/// Draws the lines that are in sight.
fn body(canvas: &mut Canvas<'_>, area: Rect, lines: &[Line<'_>], first: u16) {
    let height = usize::from(area.height);
    let last = lines
        .iter()
        .rposition(|line| line.near)
        .unwrap_or(if lines.is_empty() { 0 } else { lines.len() - 1 });
    let start = lines.iter().position(|line| line.near).unwrap_or(last);
    // All that belongs to the field is in sight, and its first line whatever happens.
    let top = (last + 1).saturating_sub(height).min(start);
    let dim = canvas.ink(Ink::Dim);
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(top)) {
        let title: Style = if line.near {
            canvas.ink(Ink::Title)
        } else {
            canvas.ink(Ink::Text)
        };
        canvas.put(area.x, y, first, &line.title, title);
        let x = if line.wide {
            area.x
        } else {
            area.x + first + 1
        };
        let room = area.right().saturating_sub(x);
        match &line.body {
            Body::Text(pieces) => {
                let mut used = 0;
                for (text, ink) in pieces {
                    let style = canvas.ink(*ink);
                    used += canvas.put(x + used, y, room.saturating_sub(used), text, style);
                }
                // What is only a hint stands behind the cursor.
                if matches!(pieces.as_slice(), [(_, Ink::Dim)]) {
                    used = 0;
                }
                if line.cursor {
                    canvas.point((x + used).min(area.right() - 1), y);
                }
            }
            Body::Typed(text, ghost, ink) => {
                let style = canvas.ink(*ink);
                let style = if line.near {
                    style.add_modifier(Modifier::UNDERLINED)
                } else {
                    style
                };
                let placed = input::draw(canvas, Rect::new(x, y, room, 1), text, style);
                if let Some(ghost) = ghost {
                    let rest = area.right().saturating_sub(placed.end);
                    canvas.put(placed.end, y, rest, ghost, dim);
                }
                if line.cursor {
                    canvas.point(placed.cursor, y);
                }
            }
        }
    }
    more(canvas, area, top > 0, top + height < lines.len());
}
