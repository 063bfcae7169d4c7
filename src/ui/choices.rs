//! Things of which one is done next, a row each: what it does, and what that means as far as there is room.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{columns, wrap},
    dialog::{Sheet, heading, open, paragraph, room},
    theme::Ink,
};
use crate::app::choices::Choices;

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
    let count = offer.choices.len();
    let wanted = head.len() + body.len() + count + usize::from(count > 0);
    let keys: &[_] = if count > 0 {
        &[("↑↓", "choose"), ("Enter", "does it"), ("Esc", "closes")]
    } else {
        &[("Esc", "closes")]
    };
    let inside = open(
        canvas,
        &Sheet {
            title,
            size: (width, u16::try_from(wanted).unwrap_or(u16::MAX)),
            keys,
            ink: offer.ink,
        },
    );
    let free = usize::from(inside.height).saturating_sub(count);
    let gap = usize::from(count > 0 && head.len() + body.len() < free);
    let room = free.saturating_sub(gap);
    let cut = (head.len() + body.len()).saturating_sub(room);
    let head = head.get(cut.min(head.len())..).unwrap_or(&[]);
    let styles = (canvas.ink(Ink::Title), canvas.ink(Ink::Text));
    let mut y = paragraph(canvas, inside, head, &[], styles);
    let skipped = body.len().saturating_sub(room.saturating_sub(head.len()));
    for (text, ink) in body.iter().skip(skipped) {
        let style = canvas.ink(*ink);
        canvas.put(inside.x, y, inside.width, text, style);
        y += 1;
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    let top = inside.bottom().saturating_sub(count).max(inside.y);
    list(
        canvas,
        Rect::new(inside.x, top, inside.width, count),
        offer.choices,
    );
    Rect {
        height: top - inside.y,
        ..inside
    }
}

fn list<T: Copy>(canvas: &mut Canvas<'_>, area: Rect, choices: &Choices<T>) {
    let label = choices
        .iter()
        .map(|(choice, _)| columns(&choice.label))
        .max();
    let label = label.unwrap_or(0).min(area.width.saturating_sub(2));
    for (y, (choice, selected)) in (area.y..area.bottom()).zip(choices.iter()) {
        let ink = match (selected, choice.risky) {
            (true, _) => Ink::Selection,
            (false, true) => Ink::Bad,
            (false, false) => Ink::Text,
        };
        let style = canvas.ink(ink);
        let note = canvas.ink(if selected { Ink::Selection } else { Ink::Dim });
        if selected {
            canvas.paint(Rect::new(area.x, y, area.width, 1), style);
        }
        canvas.put(area.x, y, 2, if selected { "▌ " } else { "  " }, style);
        canvas.put(area.x + 2, y, label, &choice.label, style);
        let x = area.x + 2 + label + 2;
        canvas.put(x, y, area.right().saturating_sub(x), &choice.note, note);
    }
}
