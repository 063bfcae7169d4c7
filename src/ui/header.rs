//! The first two lines: where one is, what to beware of here, and the tabs. Badges are words. Where the
//! crumbs have no room the tab goes first, for its line tells it too.

use ratatui::style::{Modifier, Style};

use super::{
    Canvas,
    canvas::{columns, fit},
    theme::{self, Ink},
    words,
};
use crate::{
    app::{
        Context, Light, Model, act,
        fleet::{self, chosen},
        gate::Write,
        pane::Load,
    },
    manifest::Tab,
};

/// Between two crumbs.
const SEPARATOR: &str = " › ";
/// Columns for the separator and the beginning of a key's name behind the others.
const KEY: u16 = 13;

/// Draws the line with crumbs, badges and the light.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    let width = canvas.area().width;
    let marks = marks(model, canvas);
    let first = fleet::crumb(model);
    let pane = model.pane();
    let opened = pane.opened_names();
    let least = opened.last().map_or(0, |name| columns(name).min(KEY) + KEY);
    let room = right(canvas, width, &marks, columns(&first) + least);
    let here = subject(model);
    let accent = |it: &Context| it.accent.map(|accent| canvas.look.accent(accent));
    let alone = pane.opened().is_some() || chosen(model).count() == 1;
    let style = here.filter(|_| alone).and_then(accent);
    let row = here.filter(|_| !alone).and_then(accent).unwrap_or_default();
    let (title, dim) = (canvas.ink(Ink::Title), canvas.ink(Ink::Dim));
    let mut x = 1;
    x += canvas.put(x, 0, room.saturating_sub(x), &first, style.unwrap_or(title));
    for part in way(model.active, opened, room.saturating_sub(x)) {
        x += canvas.put(x, 0, room.saturating_sub(x), SEPARATOR, dim);
        let left = room.saturating_sub(x);
        // A long name leaves some room for the key.
        let most = if left > 2 * KEY { left - KEY } else { left };
        x += canvas.put(x, 0, most, &part, title);
    }
    if let Some((_, record)) = pane.current().filter(|_| x + 6 < room) {
        x += canvas.put(x, 0, room.saturating_sub(x), SEPARATOR, dim);
        let name = record.name().shown();
        canvas.put(x, 0, room.saturating_sub(x + 1), &name, row);
    }
}

/// The tab and the rows that were opened, as far as this room takes them with some of a key's name behind.
fn way(tab: Tab, opened: Vec<String>, room: u16) -> Vec<String> {
    let tab = tab.title().to_owned();
    if opened.is_empty() {
        return vec![tab];
    }
    let wide = |parts: &[String]| -> u16 {
        let wide = parts.iter().map(|part| columns(part) + columns(SEPARATOR));
        wide.sum()
    };
    let mut parts = vec![tab];
    parts.extend(opened);
    while parts.len() > 1 && wide(&parts) + KEY > room {
        parts.remove(0);
    }
    parts
}

/// The context that a key pressed now would act in.
fn subject(model: &Model) -> Option<&Context> {
    let of_row = model.pane().current().map(|(source, _)| source.context);
    let opened = model.pane().opened().map(|list| list.context);
    let alone = || {
        let mut all = chosen(model);
        all.next().filter(|_| all.next().is_none())
    };
    of_row
        .or(opened)
        .and_then(|context| model.contexts.get(context))
        .or_else(alone)
}

/// Words at the right of the first line, the most important last, for that one goes last.
fn marks(model: &Model, canvas: &Canvas<'_>) -> Vec<(String, Style)> {
    let mut marks = Vec::new();
    let (warn, bad) = (canvas.ink(Ink::Warn), canvas.ink(Ink::Bad));
    marks.push(light(model, canvas));
    if let Some(context) = subject(model) {
        if context.plaintext {
            marks.push(("PLAINTEXT".to_owned(), warn));
        }
        match (context.write, context.armed_until) {
            (Write::Never, _) => marks.push(("READ-ONLY".to_owned(), canvas.ink(Ink::Info))),
            (Write::Arm, Some(until)) if context.armed(model.now) => {
                let until = words::minute(until, model.now, &canvas.look.zone);
                let text = if canvas.area().width < 60 {
                    "ARMED".to_owned()
                } else {
                    format!("ARMED until {until}")
                };
                marks.push((text, bad));
            }
            _ => {}
        }
        if context.production {
            marks.push((
                " PROD ".to_owned(),
                bad.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            ));
        }
    }
    if model.demo {
        marks.push(("DEMO".to_owned(), canvas.ink(Ink::Info)));
    }
    marks
}

/// Whether the contexts work, in words.
fn light(model: &Model, canvas: &Canvas<'_>) -> (String, Style) {
    let ink = |ink| canvas.ink(ink);
    let mut all = chosen(model);
    let (Some(first), None) = (all.next(), all.next()) else {
        let failed = chosen(model).filter(|it| matches!(it.light, Light::Failed(_)));
        let asked = chosen(model).any(|it| matches!(it.light, Light::Checking));
        return match (failed.count(), asked) {
            (0, true) => ("checking".to_owned(), ink(Ink::Dim)),
            (0, false) if works(model) => ("ok".to_owned(), ink(Ink::Good)),
            (0, false) => (String::new(), ink(Ink::Dim)),
            (count, _) => (format!("{count} failing"), ink(Ink::Bad)),
        };
    };
    match &first.light {
        Light::Dark => (String::new(), ink(Ink::Dim)),
        Light::Checking => ("checking".to_owned(), ink(Ink::Dim)),
        Light::Ok(None) => ("ok".to_owned(), ink(Ink::Good)),
        Light::Ok(Some(who)) => {
            let who = crate::record::Text::new(who).shown();
            (format!("ok as {who}"), ink(Ink::Good))
        }
        Light::Failed(error) => {
            let text = error.to_string();
            let (head, cut) = fit(&text, 28);
            let dots = if cut { "…" } else { "" };
            (format!("{head}{dots}"), ink(Ink::Bad))
        }
    }
}

/// All contexts were asked and work.
fn works(model: &Model) -> bool {
    chosen(model).count() > 0 && chosen(model).all(|it| matches!(it.light, Light::Ok(_)))
}

/// Writes the words from the right as far as half the line takes them and the first crumb stays whole; gives
/// what is left.
fn right(canvas: &mut Canvas<'_>, width: u16, marks: &[(String, Style)], crumb: u16) -> u16 {
    let least = 24.min(width / 2).max(crumb + 2).min(width * 3 / 4);
    let mut end = width.saturating_sub(1);
    for (text, style) in marks.iter().rev().filter(|(text, _)| !text.is_empty()) {
        let wide = columns(text);
        let Some(start) = end.checked_sub(wide).filter(|start| *start > least) else {
            continue;
        };
        canvas.put(start, 0, wide, text, *style);
        end = start.saturating_sub(2);
    }
    end
}

/// Draws the line of tabs.
pub fn tabs(model: &Model, canvas: &mut Canvas<'_>) {
    let width = canvas.area().width;
    let texts = [full as fn(&Model, Tab) -> String, named, short]
        .into_iter()
        .map(|text| Tab::ALL.map(|tab| text(model, tab)))
        .find(|texts| {
            let wide: u16 = texts.iter().map(|text| columns(text) + 3).sum();
            wide < width
        })
        .unwrap_or_else(|| Tab::ALL.map(|tab| short(model, tab)));
    let mut x = 0;
    for (tab, text) in Tab::ALL.into_iter().zip(texts) {
        let style = match (tab == model.active, act::empty_tab(model, tab).is_some()) {
            (true, _) => canvas.ink(Ink::Accent).add_modifier(Modifier::REVERSED),
            (false, true) => canvas.ink(Ink::Dim),
            (false, false) => canvas.ink(Ink::Text),
        };
        let text = format!(" {text} ");
        x += canvas.put(x, 1, width.saturating_sub(x), &text, style) + 1;
    }
}

fn number(tab: Tab) -> usize {
    Tab::ALL
        .iter()
        .position(|known| *known == tab)
        .map_or(0, |at| at + 1)
}

fn named(_: &Model, tab: Tab) -> String {
    format!("{} {}", number(tab), tab.title())
}

fn short(_: &Model, tab: Tab) -> String {
    let title = tab.title().split(' ').next().unwrap_or("");
    format!("{} {title}", number(tab))
}

/// With the number of keys, once they are known.
fn full(model: &Model, tab: Tab) -> String {
    let pane = model.panes.iter().find(|pane| pane.tab == tab);
    let known = pane.filter(|pane| {
        pane.sources
            .iter()
            .any(|source| !matches!(source.load, Load::Waiting) && source.end.is_some())
    });
    match known {
        Some(pane) => format!("{} · {}", named(model, tab), words::len(pane.total())),
        None => named(model, tab),
    }
}

/// The mark of a tone with its style.
#[must_use]
pub fn mark(canvas: &Canvas<'_>, tone: crate::app::Tone) -> (&'static str, Style) {
    (theme::mark(tone), canvas.ink(theme::of_tone(tone)))
}
