//! Things of which one is done next: what each does, and beside it what that means. On a narrow screen only
//! the one under the cursor says what it means, below the others.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{columns, wrap},
    dialog::{Sheet, heading, open, paragraph, room},
    theme::Ink,
};
use crate::app::choices::{Choice, Choices};

/// Columns from which on each row says what its choice means.
const WIDE: u16 = 60;
/// Rows for what the choice under the cursor means on a narrow screen.
const NOTE: usize = 2;

/// A dialog that tells something and offers what can be done next.
pub struct Offer<'a, T> {
    /// What it is about.
    pub title: &'a str,
    /// What is told, each line with its role.
    pub lines: Vec<(String, Ink)>,
    /// What can be done.
    pub choices: &'a Choices<T>,
    /// The role of its frame.
    pub ink: Ink,
}

/// Draws such a dialog: where rows are few, what can be done stays and the first lines go. Gives the inside
/// above the choices.
pub fn draw<T: Copy>(canvas: &mut Canvas<'_>, offer: &Offer<'_, T>) -> Rect {
    let width = room(canvas, 76);
    let (title, head) = heading(offer.title, width);
    let mut body: Vec<(String, Ink)> = Vec::new();
    for (text, ink) in &offer.lines {
        body.extend(wrap(text, width).into_iter().map(|line| (line, *ink)));
    }
    let note = note(offer.choices, width);
    let beside = beside(offer.choices, width);
    let rows = beside.iter().map(|lines| lines.len().max(1));
    let count = rows.sum::<usize>() + note.len();
    let gap = usize::from(count > 0);
    let wanted = |head: &[String]| head.len() + body.len() + count + gap;
    // A title that the rows have no room for stands in the frame as far as it goes.
    let tight = wanted(&head) + 2 > usize::from(canvas.area().height);
    let (title, head) = if tight {
        (offer.title, Vec::new())
    } else {
        (title, head)
    };
    let keys: &[_] = match count {
        0 => &[("Esc", "closes")],
        _ if width < WIDE => &[("↑↓ Enter", "does it"), ("Esc", "closes")],
        _ => &[("↑↓", "choose"), ("Enter", "does it"), ("Esc", "closes")],
    };
    let inside = open(
        canvas,
        &Sheet {
            title,
            size: (width, u16::try_from(wanted(&head)).unwrap_or(u16::MAX)),
            keys,
            ink: offer.ink,
        },
    );
    let free = usize::from(inside.height).saturating_sub(count);
    let fits = head.len() + body.len() < free;
    let room = free.saturating_sub(usize::from(fits && gap > 0));
    let styles = (canvas.ink(Ink::Title), canvas.ink(Ink::Text));
    let below = paragraph(canvas, inside, &head, &[], styles);
    let skipped = body.len().saturating_sub(room.saturating_sub(head.len()));
    for (y, (text, ink)) in (below..).zip(body.iter().skip(skipped)) {
        let style = canvas.ink(*ink);
        canvas.put(inside.x, y, inside.width, text, style);
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    let top = inside.bottom().saturating_sub(count).max(inside.y);
    let place = Rect::new(inside.x, top, inside.width, count);
    list(canvas, place, offer.choices, (&beside, &note));
    Rect {
        height: top - inside.y,
        ..inside
    }
}

/// What the choice under the cursor means, where the rows have no room for it.
fn note<T: Copy>(choices: &Choices<T>, width: u16) -> Vec<String> {
    let current = choices.iter().find(|(_, selected)| *selected);
    match current {
        Some((choice, _)) if width < WIDE && !choice.note.is_empty() => {
            let mut lines = wrap(&choice.note, width.saturating_sub(2));
            lines.truncate(NOTE);
            lines
        }
        _ => Vec::new(),
    }
}

/// Where the notes begin, beside the widest label.
fn indent<T: Copy>(choices: &Choices<T>) -> u16 {
    let labels = choices.iter().map(|(choice, _)| columns(&choice.label));
    labels.max().unwrap_or(0) + 4
}

/// What each choice means, as the lines beside it; none on a narrow screen.
fn beside<T: Copy>(choices: &Choices<T>, width: u16) -> Vec<Vec<String>> {
    let room = width.saturating_sub(indent(choices));
    let lines = choices.iter().map(|(choice, _)| match width {
        0..WIDE => Vec::new(),
        _ => wrap(&choice.note, room),
    });
    lines.collect()
}

fn list<T: Copy>(
    canvas: &mut Canvas<'_>,
    area: Rect,
    choices: &Choices<T>,
    (beside, note): (&[Vec<String>], &[String]),
) {
    let indent = indent(choices);
    let mut y = area.y;
    for ((choice, selected), beside) in choices.iter().zip(beside) {
        let rows = u16::try_from(beside.len()).unwrap_or(u16::MAX).max(1);
        let rows = rows.min(area.bottom().saturating_sub(y));
        let lines = Rect::new(area.x, y, area.width, rows);
        row(canvas, lines, choice, selected, (indent, beside));
        y += rows;
    }
    let dim = canvas.ink(Ink::Dim);
    for (y, line) in (y..area.bottom()).zip(note) {
        canvas.put(area.x + 2, y, area.width.saturating_sub(2), line, dim);
    }
}

fn row<T>(
    canvas: &mut Canvas<'_>,
    lines: Rect,
    choice: &Choice<T>,
    selected: bool,
    (indent, beside): (u16, &[String]),
) {
    if lines.height == 0 {
        return;
    }
    let ink = match (selected, choice.risky) {
        (true, _) => Ink::Selection,
        (false, true) => Ink::Bad,
        (false, false) => Ink::Text,
    };
    let style = canvas.ink(ink);
    if selected {
        canvas.paint(lines, style);
    }
    let bar = if selected { "▌ " } else { "  " };
    let room = lines.width.saturating_sub(2);
    canvas.put(lines.x, lines.y, 2, bar, style);
    canvas.put(lines.x + 2, lines.y, room, &choice.label, style);
    let note = canvas.ink(if selected { Ink::Selection } else { Ink::Dim });
    let x = lines.x + indent;
    for (y, line) in (lines.y..lines.bottom()).zip(beside) {
        canvas.put(x, y, lines.right().saturating_sub(x), line, note);
    }
}
