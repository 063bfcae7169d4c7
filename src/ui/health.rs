//! The view of the keys' health: a page of findings by rule, and charts whose numbers stand beside them,
//! so that nothing is said by a colour or a length alone.

mod charts;

use ratatui::{layout::Rect, style::Modifier};

use super::{
    Canvas,
    canvas::{columns, wrap},
    dialog::{self, Hint, Sheet, free},
    table::severity,
    theme::Ink,
    words,
};
use crate::{
    app::{
        Model,
        health::{
            sums::Line,
            view::{self, ABOUT, ABOUT_FROM, Health, Keys, Page},
        },
    },
    record::Text,
};

/// Draws the view.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, health: &Health) {
    let (title, keys) = frame(health);
    let size = (canvas.area().width, free(canvas).saturating_sub(2));
    let sheet = Sheet {
        title: &title,
        size,
        keys: &keys,
        ink: Ink::Border,
    };
    let inside = dialog::open(canvas, &sheet);
    let list = Rect {
        y: inside.y + 2,
        height: u16::try_from(room(canvas, health)).unwrap_or(u16::MAX),
        ..inside
    };
    if let Some(keys) = &health.keys {
        progress(model, canvas, inside.y, inside, health);
        let next = keys.rule.next();
        let dim = canvas.ink(Ink::Dim);
        canvas.put(inside.x, inside.y + 1, inside.width, next, dim);
        return found(model, canvas, list, keys);
    }
    pages(canvas, inside, health);
    progress(model, canvas, inside.y + 1, inside, health);
    match health.page {
        Page::Findings => findings(model, canvas, (inside, list), health),
        _ => charts::draw(model, canvas, list, health),
    }
}

fn room(canvas: &Canvas<'_>, health: &Health) -> usize {
    let page = if health.keys.is_some() {
        Page::Age
    } else {
        health.page
    };
    view::room(canvas.area().height, page)
}

/// Title and keys of the frame.
fn frame(health: &Health) -> (String, Vec<Hint<'static>>) {
    if let Some(keys) = &health.keys {
        let title = format!("Health › {} · {}", keys.rule.title(), keys.tab.title());
        return (title, vec![("Enter", "to the key"), ("Esc", "back")]);
    }
    let mut keys: Vec<Hint<'static>> = Vec::new();
    if health.page == Page::Findings && !health.sums.lines.is_empty() {
        keys.push(("Enter", "to the keys"));
    }
    keys.extend([("Tab", "next page"), ("Esc", "closes")]);
    ("Health".to_owned(), keys)
}

/// The titles of the pages; where they have no room the one in front with its number.
fn pages(canvas: &mut Canvas<'_>, inside: Rect, health: &Health) {
    let wide: u16 = Page::ALL.iter().map(|page| columns(page.title()) + 3).sum();
    let front = canvas.ink(Ink::Accent).add_modifier(Modifier::REVERSED);
    if wide > inside.width {
        let at = Page::ALL.iter().position(|page| *page == health.page);
        let at = at.unwrap_or(0) + 1;
        let text = format!(" {} ", health.page.title());
        let used = canvas.put(inside.x, inside.y, inside.width, &text, front);
        let text = format!(" {at} of {} · Tab for the next", Page::ALL.len());
        let room = inside.width.saturating_sub(used);
        canvas.put(inside.x + used, inside.y, room, &text, canvas.ink(Ink::Dim));
        return;
    }
    let mut x = inside.x;
    for page in Page::ALL {
        let style = if page == health.page {
            front
        } else {
            canvas.ink(Ink::Text)
        };
        let text = format!(" {} ", page.title());
        x += canvas.put(x, inside.y, inside.right().saturating_sub(x), &text, style) + 1;
    }
}

/// How many keys were looked at, and what is not among them.
fn progress(model: &Model, canvas: &mut Canvas<'_>, y: u16, inside: Rect, health: &Health) {
    let far = view::progress(model);
    let mut parts = vec![words::keys(health.sums.keys)];
    for pane in model.panes.iter().filter(|pane| pane.behind.is_some()) {
        let names = pane.opened_names().join(" › ");
        parts.push(format!("{}: only {names}", pane.tab.title()));
    }
    let lists = |count: usize| if count == 1 { "list" } else { "lists" };
    if far.coming > 0 {
        let read = far.lists - far.coming;
        parts.push(format!("reading, {read} of {} lists", far.lists));
    } else {
        parts.push(format!("{} {}", far.lists, lists(far.lists)));
    }
    if far.places > 0 {
        parts.push("without what is in closed rows".to_owned());
    }
    let text = parts.join(" · ");
    let used = canvas.put(inside.x, y, inside.width, &text, canvas.ink(Ink::Dim));
    if far.partial > 0 {
        let text = format!(" · ▲ {} not whole", far.partial);
        let room = inside.width.saturating_sub(used);
        canvas.put(inside.x + used, y, room, &text, canvas.ink(Ink::Warn));
    }
}

/// The findings by rule and tab, and below them what the one with the cursor means.
fn findings(model: &Model, canvas: &mut Canvas<'_>, (inside, list): (Rect, Rect), health: &Health) {
    let lines = &health.sums.lines;
    if lines.is_empty() {
        let text = match view::progress(model) {
            far if far.coming > 0 => "Nothing found so far.",
            far if far.partial > 0 => "Nothing found in the lists that came.",
            far if far.lists == 0 && far.places > 0 => {
                "No keys are listed here: Enter on a row opens it, then h looks at what is in it."
            }
            _ => "Nothing found: all keys are as they should be.",
        };
        let style = canvas.ink(Ink::Text);
        for (y, line) in (list.y..list.bottom()).zip(wrap(text, list.width)) {
            canvas.put(list.x, y, list.width, &line, style);
        }
        return;
    }
    let shown = lines.iter().enumerate().skip(health.top);
    for (y, (at, one)) in (list.y..list.bottom()).zip(shown) {
        line(
            model,
            canvas,
            Rect {
                y,
                height: 1,
                ..list
            },
            one,
            at == health.at,
        );
    }
    let below = health.top + usize::from(list.height) < lines.len();
    dialog::more(canvas, list, health.top > 0, below);
    if usize::from(inside.height) < ABOUT_FROM {
        return;
    }
    if let Some(one) = lines.get(health.at) {
        let text = format!("{} {}", one.rule.why(), one.rule.next());
        let text = wrap(&text, inside.width);
        for (y, line) in (list.bottom() + 1..inside.bottom()).zip(text.iter().take(ABOUT)) {
            canvas.put(inside.x, y, inside.width, line, canvas.ink(Ink::Text));
        }
    }
}

/// Widest word of a level, with its mark.
const LEVEL: u16 = 9;
/// Widest name of a rule.
const RULE: u16 = 17;
/// Widest name of a tab.
const TAB: u16 = 12;
/// Columns for the number of keys.
const COUNT: u16 = 13;

fn line(model: &Model, canvas: &mut Canvas<'_>, area: Rect, line: &Line, selected: bool) {
    let pick = |ink| if selected { Ink::Selection } else { ink };
    if selected {
        canvas.paint(area, canvas.ink(Ink::Selection));
    }
    let text = canvas.ink(pick(Ink::Text));
    let (mark, ink) = severity(line.level);
    let level = canvas.ink(pick(ink));
    let narrow = area.width < 60;
    let mut x = area.x;
    if narrow {
        canvas.put(x, area.y, 2, mark, level);
        x += 2;
    } else {
        let word = format!("{mark}{}", line.level.name());
        canvas.put(x, area.y, LEVEL, &word, level);
        x += LEVEL;
    }
    canvas.put(x, area.y, RULE, &line.rule.title(), text);
    x += RULE;
    let room = area.right().saturating_sub(x);
    let dim = canvas.ink(pick(Ink::Dim));
    if narrow {
        let count = words::len(line.keys);
        let tab = room.saturating_sub(columns(&count) + 1);
        canvas.put(x, area.y, tab, line.tab.title(), dim);
        canvas.put_right(x, area.y, room, &count, text);
        return;
    }
    canvas.put(x, area.y, TAB, line.tab.title(), dim);
    x += TAB;
    let room = room.saturating_sub(TAB);
    canvas.put_right(x, area.y, COUNT, &words::keys(line.keys), text);
    if let Some(since) = line.since {
        let since = since.relative(model.now);
        let since = if line.keys == 1 {
            since
        } else {
            format!("the first {since}")
        };
        canvas.put(
            x + COUNT + 2,
            area.y,
            room.saturating_sub(COUNT + 2),
            &since,
            canvas.ink(pick(Ink::Dim)),
        );
    }
}

/// The keys behind a finding.
fn found(model: &Model, canvas: &mut Canvas<'_>, list: Rect, keys: &Keys) {
    let shown = keys.all.iter().enumerate().skip(keys.top);
    let several = model.contexts.iter().filter(|it| it.chosen).count() > 1;
    let wide = list.width / 2;
    for (y, (at, key)) in (list.y..list.bottom()).zip(shown) {
        let style = if at == keys.at {
            let style = canvas.ink(Ink::Selection);
            canvas.paint(
                Rect {
                    y,
                    height: 1,
                    ..list
                },
                style,
            );
            style
        } else {
            canvas.ink(Ink::Text)
        };
        let name = Text::new(&key.name).shown();
        canvas.put(list.x, y, wide.saturating_sub(1), &name, style);
        let id = key.key.as_ref().map_or("", |key| key.id.as_str());
        let id = Text::new(id).shown();
        let context = model.contexts.get(key.context).filter(|_| several);
        let rest = match context {
            Some(context) => format!("{} · {id}", context.name),
            None => id.into_owned(),
        };
        canvas.put(list.x + wide, y, list.width - wide, &rest, style);
    }
    let below = keys.top + usize::from(list.height) < keys.all.len();
    dialog::more(canvas, list, keys.top > 0, below);
}
