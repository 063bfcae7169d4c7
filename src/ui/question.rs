//! A question is never asked without its reasons: where rows are few, what warns stays and what is true
//! of every such change goes first. The frame, the lines and the buttons are those of `dialog`.

use ratatui::{layout::Rect, style::Modifier};

use super::{
    Canvas,
    canvas::{columns, fit, wrap},
    dialog::{Sheet, buttons, free, heading, open_in, paragraph, room},
    input,
    theme::Ink,
};
use crate::app::confirm::{Confirm, Typed};

/// Stands where a text had to be cut.
const MORE: &str = " … more";

/// Columns that the typed word needs beside its prompt.
const WORD: u16 = 8;

/// A question as it fits on the screen.
struct Layout {
    body: Vec<String>,
    prompt: Vec<String>,
    /// The word is typed behind the prompt, not below it.
    beside: bool,
    /// Rows of the screen that the dialog may take.
    free: u16,
}

/// Draws a question.
pub fn draw(canvas: &mut Canvas<'_>, confirm: &Confirm) {
    let width = room(canvas, 64);
    let (title, head) = heading(&confirm.title, width);
    let layout = lay(canvas, confirm, width, head.len());
    let typed = match layout.prompt.len() {
        0 => 0,
        lines if layout.beside => lines,
        lines => lines + 1,
    };
    let rows = u16::try_from(head.len() + layout.body.len() + typed).unwrap_or(u16::MAX);
    let inside = open_in(
        canvas,
        &Sheet {
            title,
            size: (width, rows.saturating_add(2)),
            keys: &[("Tab", "chooses"), ("Enter", "answers"), ("Esc", "cancels")],
            ink: Ink::Warn,
        },
        layout.free,
    );
    let styles = (canvas.ink(Ink::Title), canvas.ink(Ink::Text));
    let last = inside.bottom().saturating_sub(1);
    let kept = u16::try_from(typed).unwrap_or(0) + 1;
    let above = Rect {
        height: inside.height.saturating_sub(kept),
        ..inside
    };
    let y = paragraph(canvas, above, &head, &layout.body, styles);
    if let Some(typed) = &confirm.typed {
        let rest = Rect::new(inside.x, y, inside.width, last.saturating_sub(y));
        let below = paragraph(canvas, rest, &[], &layout.prompt, styles);
        let (left, y) = match layout.prompt.last() {
            Some(prompt) if layout.beside => (columns(prompt) + 1, below.saturating_sub(1)),
            _ => (0, below.min(last.saturating_sub(1))),
        };
        let line = Rect::new(inside.x + left, y, inside.width.saturating_sub(left), 1);
        word(canvas, line, typed, !confirm.on_yes);
    }
    let yes = if confirm.ready() { Ink::Bad } else { Ink::Dim };
    let both = [
        ("Cancel", !confirm.on_yes, Ink::Text),
        (&*confirm.verb, confirm.on_yes, yes),
    ];
    buttons(canvas, inside.x, last, &both);
}

/// The line in which the word is typed.
fn word(canvas: &mut Canvas<'_>, line: Rect, typed: &Typed, focused: bool) {
    let style = canvas.ink(Ink::Accent).add_modifier(Modifier::UNDERLINED);
    canvas.put(line.x, line.y, 2, "› ", canvas.ink(Ink::Key));
    let text = Rect::new(line.x + 2, line.y, line.width.saturating_sub(2), 1);
    let placed = input::draw(canvas, text, &typed.input, style);
    if focused {
        canvas.point(placed.cursor, line.y);
    }
}

/// All texts as they are, else what warns first and on as many rows as there are.
fn lay(canvas: &Canvas<'_>, confirm: &Confirm, width: u16, head: usize) -> Layout {
    let typed = confirm.typed.as_ref();
    let prompt = |text: Option<String>| text.map_or_else(Vec::new, |text| wrap(&text, width));
    let lines = confirm.lines.iter();
    let full = Layout {
        body: lines.flat_map(|line| wrap(line, width)).collect(),
        prompt: prompt(typed.map(|it| format!("Type the {} {} to go on:", it.what, it.word))),
        beside: false,
        free: free(canvas),
    };
    // The frame and the buttons.
    let around = head + 3;
    let rows = full.body.len() + full.prompt.len() + usize::from(typed.is_some());
    if rows + around <= usize::from(full.free) {
        return full;
    }
    let prompt = prompt(typed.map(|it| format!("Type the {} {}:", it.what, it.word)));
    let beside = prompt
        .last()
        .is_some_and(|line| columns(line) + WORD + 3 <= width);
    let answer = prompt.len() + usize::from(typed.is_some() && !beside);
    let whole = canvas.area().height;
    let left = usize::from(whole).saturating_sub(around + answer);
    Layout {
        body: urgent(&confirm.lines, width, left),
        prompt,
        beside,
        free: whole,
    }
}

/// Which key it is, then the other texts from the last, which warns most, as one paragraph.
fn urgent(lines: &[String], width: u16, rows: usize) -> Vec<String> {
    let Some((first, others)) = lines.split_first() else {
        return Vec::new();
    };
    let mut body = wrap(first, width);
    let others: Vec<&str> = others.iter().rev().map(String::as_str).collect();
    if !others.is_empty() {
        body.extend(wrap(&others.join(" "), width));
    }
    if body.len() > rows {
        body.truncate(rows.max(1));
        if let Some(last) = body.last_mut() {
            let room = width.saturating_sub(columns(MORE));
            let kept = fit(last, usize::from(room) + 1).0.trim_end().len();
            last.truncate(kept);
            last.push_str(MORE);
        }
    }
    body
}
