//! The line in which a filter is typed, and below it either what may come next or what is wrong: the
//! character is marked, and a `^` stands under it. `status` gives it its rows.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Canvas,
    canvas::{columns, wrap},
    input,
    theme::Ink,
    words,
};
use crate::{
    app::{
        filter::FilterError,
        filter_line::{Offer, Words},
        pane::Pane,
    },
    record::Text,
};

/// Draws the line into these rows.
pub fn draw(pane: &Pane, canvas: &mut Canvas<'_>, area: Rect) {
    let line = &pane.filter;
    if area.height == 0 {
        return;
    }
    let (key, text) = (canvas.ink(Ink::Key), canvas.ink(Ink::Text));
    let lead = line.lead(!pane.server.is_empty());
    let start = 1 + canvas.put(1, area.y, area.width, lead, key);
    let room = area.width.saturating_sub(start + 1);
    let place = input::draw(canvas, Rect::new(start, area.y, room, 1), &line.input, text);
    if line.editing {
        canvas.point(place.cursor, area.y);
    }
    let below = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    if !line.editing && line.mistake().is_none() && !pane.server.is_empty() && !pane.filtering() {
        // Beside the server's filter it says what this one, the console's own, has left.
        let shown = format!(" → {} shown", words::len(pane.view.len()));
        let room = area.width.saturating_sub(place.end + 1);
        canvas.put(place.end, area.y, room, &shown, canvas.ink(Ink::Dim));
    }
    if let Some(error) = line.mistake() {
        let x = place.column(error.at).unwrap_or(start);
        let wrong = canvas.ink(Ink::Bad);
        let both = Modifier::REVERSED | Modifier::UNDERLINED;
        canvas.paint(Rect::new(x, area.y, 1, 1), wrong.add_modifier(both));
        mistake(canvas, below, x, error);
    } else if let Some(offer) = line.offer.as_ref().filter(|_| below.height > 0) {
        offered(canvas, below, offer);
    }
}

/// Says what is wrong by a mark under its place.
fn mistake(canvas: &mut Canvas<'_>, area: Rect, x: u16, error: &FilterError) {
    if area.height == 0 {
        return;
    }
    let style = canvas.ink(Ink::Bad);
    let words = &error.message;
    canvas.put(x, area.y, 1, "^", style);
    match Words::fit(x, words, area.width) {
        Words::Behind => drop(canvas.put(x + 2, area.y, area.width, words, style)),
        Words::Before => drop(canvas.put_right(1, area.y, x.saturating_sub(2), words, style)),
        Words::Below => {
            let lines = wrap(words, area.width.saturating_sub(4));
            for (y, line) in (area.y + 1..area.bottom()).zip(lines) {
                canvas.put(3, y, area.width.saturating_sub(4), &line, style);
            }
        }
    }
}

/// What may stand at the cursor, the chosen one always in sight.
fn offered(canvas: &mut Canvas<'_>, area: Rect, offer: &Offer) {
    let (key, dim) = (canvas.ink(Ink::Key), canvas.ink(Ink::Dim));
    let start = 1 + canvas.put(1, area.y, area.width, "Tab ", key);
    let shown = |text: &String| Text::new(text).shown().into_owned();
    let texts: Vec<String> = offer.completion.texts.iter().map(shown).collect();
    let room = area.width.saturating_sub(start + 3);
    let wide = |from: usize, to: usize| {
        let part = texts.get(from..=to).unwrap_or(&[]);
        part.iter().map(|text| columns(text) + 2).sum::<u16>()
    };
    let at = offer.at.unwrap_or(0);
    let from = (0..=at).find(|from| wide(*from, at) <= room).unwrap_or(at);
    let mut x = start;
    if from > 0 {
        x += canvas.put(x, area.y, 2, "‹ ", key);
    }
    for (number, text) in texts.iter().enumerate().skip(from) {
        let left = (area.right().saturating_sub(3)).saturating_sub(x);
        if left < columns(text).min(4) {
            canvas.put(x, area.y, 1, "›", key);
            break;
        }
        let chosen = offer.at == Some(number);
        let style = if chosen { picked(canvas) } else { dim };
        x += canvas.put(x, area.y, left, text, style) + 2;
    }
}

fn picked(canvas: &Canvas<'_>) -> Style {
    canvas.ink(Ink::Selection)
}
