//! Things of which one is done next, a row each: what it does, and what that means. On a narrow screen only
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
    let count = offer.choices.len() + note.len();
    let gap = usize::from(count > 0);
    let wanted = |head: &[String]| head.len() + body.len() + count + gap;
    // A title that the rows have no room for stands in the frame as far as it goes.
    let tight = wanted(&head) + 2 > usize::from(canvas.area().height);
    let (title, head) = if tight {
        (offer.title, Vec::new())
    } else {
        (title, head)
    };
    let keys: &[_] = if count > 0 {
        &[("↑↓", "choose"), ("Enter", "does it"), ("Esc", "closes")]
    } else {
        &[("Esc", "closes")]
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
    list(canvas, place, offer.choices, &note);
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

fn list<T: Copy>(canvas: &mut Canvas<'_>, area: Rect, choices: &Choices<T>, note: &[String]) {
    let label = choices
        .iter()
        .map(|(choice, _)| columns(&choice.label))
        .max();
    let label = label.unwrap_or(0).min(area.width.saturating_sub(2));
    let mut y = area.y;
    for (choice, selected) in choices.iter().take(usize::from(area.height)) {
        let line = Rect::new(area.x, y, area.width, 1);
        row(canvas, line, choice, (selected, label));
        y += 1;
    }
    let dim = canvas.ink(Ink::Dim);
    for (y, line) in (y..area.bottom()).zip(note) {
        canvas.put(area.x + 2, y, area.width.saturating_sub(2), line, dim);
    }
}

fn row<T>(canvas: &mut Canvas<'_>, line: Rect, choice: &Choice<T>, (selected, label): (bool, u16)) {
    let ink = match (selected, choice.risky) {
        (true, _) => Ink::Selection,
        (false, true) => Ink::Bad,
        (false, false) => Ink::Text,
    };
    let style = canvas.ink(ink);
    if selected {
        canvas.paint(line, style);
    }
    let bar = if selected { "▌ " } else { "  " };
    canvas.put(line.x, line.y, 2, bar, style);
    canvas.put(
        line.x + 2,
        line.y,
        line.width.saturating_sub(2),
        &choice.label,
        style,
    );
    if line.width >= WIDE {
        let note = canvas.ink(if selected { Ink::Selection } else { Ink::Dim });
        let x = line.x + 2 + label + 2;
        canvas.put(
            x,
            line.y,
            line.right().saturating_sub(x),
            &choice.note,
            note,
        );
    }
}
