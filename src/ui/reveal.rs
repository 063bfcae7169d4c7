//! A new secret has the whole screen, and its own lines hold nothing else, so that a selection with the
//! mouse is exact. It is drawn from the borrowed text; no copy of it is made here but the cells.

use ratatui::layout::Rect;
use tui_input::Input;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    Canvas, Look,
    canvas::{columns, wrap},
    dialog::{buttons, keys},
    header,
    theme::Ink,
    words,
};
use crate::{
    app::{
        Model, Tone,
        keymap::Action,
        reveal::{Receipt, Reveal, complete},
    },
    secret::Secret,
};

/// Draws the secret that is first in the tray.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, reveal: &Reveal) {
    let area = canvas.area();
    canvas.clear(area);
    let y = title(model, canvas, reveal);
    let foot = foot(model, canvas.look, reveal, area.width.saturating_sub(2));
    let foot_rows = u16::try_from(foot.len()).unwrap_or(0) + 2;
    let body = area.height.saturating_sub(foot_rows);
    let y = facts(
        canvas,
        reveal,
        y,
        body.saturating_sub(wanted(reveal, area.width)),
    );
    let y = y + u16::from(area.height >= 16);
    let place = Rect::new(0, y, area.width, body.saturating_sub(y));
    let left = if reveal.shown.is_some() {
        shown(canvas, &reveal.secret, place)
    } else {
        masked(canvas, &reveal.secret, place)
    };
    // On a tall screen the foot follows the secret; on a small one it stands at the bottom.
    let end = place.bottom() - left.min(place.bottom());
    let mut y = (end + u16::from(area.height >= 16)).min(body);
    for (text, ink) in &foot {
        let style = canvas.ink(*ink);
        canvas.put(1, y, area.width.saturating_sub(2), text, style);
        y += 1;
    }
    y += u16::from(area.height >= 16);
    answer(model, canvas, reveal, y.min(area.height - 1));
}

/// Rows that the secret is given before all but the warning.
fn wanted(reveal: &Reveal, width: u16) -> u16 {
    let chars = reveal.secret.chars();
    // Each of several lines has a row at least.
    let rows = chars
        .div_ceil(usize::from(width.max(1)))
        .max(reveal.lines.len());
    let rows = u16::try_from(rows);
    match reveal.shown {
        Some(_) => rows.unwrap_or(u16::MAX).clamp(1, 3),
        None => 1,
    }
}

fn title(model: &Model, canvas: &mut Canvas<'_>, reveal: &Reveal) -> u16 {
    let width = canvas.area().width;
    let style = canvas.ink(Ink::Title);
    let others = match model.tray.len() {
        0 | 1 => String::new(),
        count => format!("1 of {count}"),
    };
    let used = columns(&others);
    canvas.put_right(1, 0, width - 2, &others, canvas.ink(Ink::Info));
    let what = if reveal.again { "Secret" } else { "New secret" };
    let text = match reveal.noun.as_str() {
        // One of an earlier run has all of this in its name.
        noun if reveal.raw => format!("The answer about the {noun} “{}”", reveal.name),
        "" => {
            let name = reveal.name.strip_prefix("the ").unwrap_or(&reveal.name);
            format!("{what} of the {name}")
        }
        noun => format!("{what} of the {noun} “{}”", reveal.name),
    };
    let room = width.saturating_sub(used + 4);
    let mut lines = wrap(&text, room);
    if lines.len() > 2 {
        // The name matters more than what kind of key has it.
        lines = wrap(&format!("{what}: “{}”", reveal.name), room);
    }
    let rest = lines.split_off(lines.len().min(1)).join(" ");
    lines.extend(Some(rest).filter(|rest| !rest.is_empty()));
    let mut y = 0;
    for line in lines {
        canvas.put(1, y, room, &line, style);
        y += 1;
    }
    let rule = canvas.ink(Ink::Border);
    for x in 0..width {
        canvas.put(x, y, 1, "─", rule);
    }
    y + 1
}

/// Where the key is, what else belongs to it, and what to beware of.
fn facts(canvas: &mut Canvas<'_>, reveal: &Reveal, y: u16, bottom: u16) -> u16 {
    let width = canvas.area().width.saturating_sub(2);
    let mut lines = Vec::new();
    let note = reveal.note.iter().flat_map(|note| wrap(note, width));
    let note = note.map(|line| (line, Ink::Warn));
    let small = canvas.area().height < 16;
    let parts = if reveal.lines.is_empty() {
        String::new()
    } else {
        format!("lines      {}", reveal.lines.join(", "))
    };
    let parts = Some((parts, Ink::Text)).filter(|(text, _)| !text.is_empty());
    // Where not all fits, what to beware of comes first.
    lines.extend(note.clone().filter(|_| small));
    lines.extend(parts.clone().filter(|_| small));
    if let Some(client) = &reveal.client_id {
        lines.push((format!("client id  {client}"), Ink::Text));
    }
    if let Some(id) = &reveal.id {
        lines.push((format!("id         {id}"), Ink::Text));
    }
    if !reveal.context.is_empty() {
        lines.push((
            format!("{} · context {}", reveal.service, reveal.context),
            Ink::Dim,
        ));
    }
    lines.extend(note.filter(|_| !small));
    lines.extend(parts.filter(|_| !small));
    let once = if reveal.again {
        "The service tells it again when asked."
    } else {
        "The service shows it this once: copy it, store it, or write it down."
    };
    lines.extend(wrap(once, width).into_iter().map(|line| (line, Ink::Text)));
    let mut y = y;
    for (text, ink) in lines {
        if y >= bottom {
            break;
        }
        let style = canvas.ink(ink);
        canvas.put(1, y, width, &text, style);
        y += 1;
    }
    y
}

/// Dots instead of the secret; gives the rows that stay free.
fn masked(canvas: &mut Canvas<'_>, secret: &Secret, place: Rect) -> u16 {
    let dots = u16::try_from(secret.chars()).unwrap_or(u16::MAX).min(24);
    let style = canvas.ink(Ink::Accent);
    for x in 0..dots {
        canvas.put(1 + x, place.y, 1, "•", style);
    }
    place.height.saturating_sub(1)
}

/// The secret itself from the first column on; gives the rows that stay free.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where a secret goes to the screen, because the operator asked to see it"
)]
fn shown(canvas: &mut Canvas<'_>, secret: &Secret, place: Rect) -> u16 {
    let style = canvas.ink(Ink::Accent);
    let text = secret.expose();
    let more = place.height < rows(text, place.width);
    let bottom = place.bottom() - u16::from(more).min(place.height);
    let (mut x, mut y) = (place.x, place.y);
    for cluster in text.graphemes(true) {
        if newline(cluster) {
            (x, y) = (place.x, y + 1);
            continue;
        }
        let text = if cluster.chars().any(char::is_control) {
            crate::record::Text::new(cluster).shown()
        } else {
            cluster.into()
        };
        if x + columns(&text).max(1) > place.right() {
            (x, y) = (place.x, y + 1);
        }
        if y >= bottom {
            break;
        }
        x += canvas.cluster(x, y, &text, style);
    }
    if more {
        let more = "… more than fits: y copies all of it";
        let warn = canvas.ink(Ink::Warn);
        canvas.put(0, bottom, place.width, more, warn);
        return 0;
    }
    place.bottom().saturating_sub(y + 1)
}

/// How many rows of this width a text takes.
fn rows(text: &str, width: u16) -> u16 {
    let (mut x, mut rows) = (0, 1_u16);
    for cluster in text.graphemes(true) {
        let used = columns(&crate::record::Text::new(cluster).shown()).max(1);
        if newline(cluster) {
            (x, rows) = (0, rows.saturating_add(1));
        } else if x + used > width {
            (x, rows) = (used, rows.saturating_add(1));
        } else {
            x += used;
        }
    }
    rows
}

fn newline(cluster: &str) -> bool {
    matches!(cluster, "\n" | "\r\n")
}

/// What is known of the secret without showing it, and what became of the last copy.
fn foot(model: &Model, look: &Look, reveal: &Reveal, width: u16) -> Vec<(String, Ink)> {
    let length = words::len(reveal.secret.chars());
    let print = reveal.secret.fingerprint();
    let mut lines = vec![(
        format!("{length} characters · SHA-256 begins {print}"),
        Ink::Dim,
    )];
    if model.unlocked {
        let text =
            "The system did not lock its memory, so that it may reach the swap (keyrack doctor).";
        lines.extend(wrap(text, width).into_iter().map(|line| (line, Ink::Dim)));
    }
    let told = |receipt: &Receipt| {
        let (tone, ink) = if receipt.delivered {
            (Tone::Good, Ink::Good)
        } else {
            (Tone::Bad, Ink::Bad)
        };
        let until = receipt.until.map_or_else(String::new, |until| {
            format!(
                ", until {} (x extends)",
                words::clock(until, model.now, &look.zone)
            )
        });
        (
            format!("{} {}{until}", super::theme::mark(tone), receipt.words),
            ink,
        )
    };
    // What arrived before stays in sight when another delivery fails.
    let before = reveal
        .best()
        .filter(|best| reveal.receipt.as_ref() != Some(best));
    let mut said: Vec<_> = before.map(told).into_iter().collect();
    if reveal.copying {
        said.push(("On its way…".to_owned(), Ink::Info));
    } else {
        said.extend(reveal.receipt.as_ref().map(told));
    }
    for (text, ink) in said {
        lines.extend(
            wrap(&text, width)
                .into_iter()
                .take(3)
                .map(|line| (line, ink)),
        );
    }
    if reveal.asking.is_some() {
        let text = "It was not stored. Once closed, nobody can see it again.";
        lines.extend(wrap(text, width).into_iter().map(|line| (line, Ink::Warn)));
    }
    lines
}

/// The destination that is typed, with what it could become.
fn destination(model: &Model, canvas: &mut Canvas<'_>, line: &Input, y: u16) {
    let width = canvas.area().width;
    let key = canvas.ink(Ink::Key);
    let x = 1 + canvas.put(1, y, width, "store in › ", key);
    let style = canvas.ink(Ink::Accent);
    let place = Rect::new(x, y, width.saturating_sub(x + 1), 1);
    let placed = super::input::draw(canvas, place, line, style);
    canvas.point(placed.cursor, y);
    let typed = line.value();
    let known = model.sinks.iter().map(|name| format!("cmd:{name}"));
    let known: Vec<String> = known.collect();
    let hint = match complete(typed, &model.sinks) {
        Some(whole) => format!("Tab: {whole}"),
        None if typed.is_empty() => {
            let mut all = vec!["file:PATH".to_owned(), "env:PATH:NAME".to_owned()];
            all.extend(known);
            format!("{} · Esc", all.join("  "))
        }
        None => "Enter stores · Esc".to_owned(),
    };
    if y + 1 < canvas.area().height {
        let dim = canvas.ink(Ink::Dim);
        canvas.put(1, y + 1, width.saturating_sub(2), &hint, dim);
    }
}

/// The keys, or the two answers to whether it is to be closed uncopied.
fn answer(model: &Model, canvas: &mut Canvas<'_>, reveal: &Reveal, y: u16) {
    if let Some(discard) = reveal.asking {
        let both = [
            ("Keep it", !discard, Ink::Text),
            ("Discard", discard, Ink::Bad),
        ];
        buttons(canvas, 1, y, &both);
        return;
    }
    if let Some(line) = &reveal.saving {
        return destination(model, canvas, line, y);
    }
    let hint = |action| model.keymap.hint(action);
    let (copy, show, save, saved) = (
        hint(Action::CopySecret),
        hint(Action::Show),
        hint(Action::Save),
        hint(Action::Saved),
    );
    let width = canvas.area().width;
    // Shorter words where the others would drop one.
    let words = match (width < 48, reveal.shown.is_some()) {
        (false, false) => ["copies", "shows", "stores", "closes"],
        (false, true) => ["copies", "masks", "stores", "closes"],
        (true, false) => ["copy", "show", "store", "done"],
        (true, true) => ["copy", "mask", "store", "done"],
    };
    let mut all = [copy.as_str(), &show, &save, &saved].map(|key| (key, ""));
    for (hint, words) in all.iter_mut().zip(words) {
        hint.1 = words;
    }
    // Until the delivery has ended it can only be looked at.
    let hints = if reveal.copying { &all[1..2] } else { &all[..] };
    keys(canvas, 0, y, width, hints);
    if let Some(notice) = model
        .notice
        .as_ref()
        .filter(|_| y + 1 < canvas.area().height)
    {
        let (mark, style) = header::mark(canvas, notice.tone);
        let bottom = canvas.area().height - 1;
        canvas.put(1, bottom, 1, mark, style);
        canvas.put(3, bottom, width.saturating_sub(4), &notice.text, style);
    }
}
