//! "Whose key is this?": the value, which is never shown, then the keys that fit, how sure each is, and which
//! lists were looked at.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::wrap,
    dialog::{Sheet, more, open, room},
    form::mask,
    theme::Ink,
};
use crate::{
    app::{
        ContextId, Model,
        form::editor::Editor,
        whose::{Looked, State, Whose},
    },
    record::Text,
};

/// What happens to the value.
const INTRO: &str = "Paste or type a key that turned up somewhere, with or without what stands around it. It is compared here with what the lists say of their keys: it is not sent, stored or logged.";

/// Lists that are named before the others are counted.
const NAMED: usize = 3;

/// A line of the answer, and the key that it is about.
struct Line {
    text: String,
    ink: Ink,
    of: Option<usize>,
}

/// Draws the dialog.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, whose: &Whose) {
    if whose.asks() {
        ask(canvas, whose);
    } else {
        answer(model, canvas, whose);
    }
}

fn ask(canvas: &mut Canvas<'_>, whose: &Whose) {
    let width = room(canvas, 72);
    let intro = wrap(INTRO, width);
    let problem = whose.problem.as_ref().map(|why| wrap(why, width));
    let problem = problem.unwrap_or_default();
    let rows = u16::try_from(intro.len() + 2 + problem.len()).unwrap_or(u16::MAX);
    let inside = open(
        canvas,
        &Sheet {
            title: "Whose key is this?",
            size: (width, rows),
            keys: &[("Enter", "looks"), ("ctrl-u", "empties"), ("Esc", "closes")],
            ink: Ink::Border,
        },
    );
    let (text, bad, key) = (
        canvas.ink(Ink::Text),
        canvas.ink(Ink::Bad),
        canvas.ink(Ink::Key),
    );
    // The field and what is wrong with it stay where rows are few.
    let below = u16::try_from(problem.len() + 1).unwrap_or(u16::MAX);
    let field = (inside.y + u16::try_from(intro.len() + 1).unwrap_or(0))
        .min(inside.bottom().saturating_sub(below));
    for (y, line) in (inside.y..field).zip(&intro) {
        canvas.put(inside.x, y, inside.width, line, text);
    }
    let x = inside.x + canvas.put(inside.x, field, inside.width, "› ", key);
    let held = match &whose.value {
        Some(Editor::Secret(masked)) => mask(masked),
        _ => "".into(),
    };
    let used = canvas.put(x, field, inside.right().saturating_sub(x), &held, text);
    canvas.point(x + used, field);
    for (y, line) in (field + 1..inside.bottom()).zip(&problem) {
        canvas.put(inside.x, y, inside.width, line, bad);
    }
}

fn answer(model: &Model, canvas: &mut Canvas<'_>, whose: &Whose) {
    let width = room(canvas, 72);
    let lines = lines(model, whose, width);
    let fits = whose.found.get(whose.at).is_some();
    let keys: &[_] = match (fits, whose.found.len()) {
        (true, 1) => &[("Enter", "goes to it"), ("Esc", "closes")],
        (true, _) => &[("↑↓", "choose"), ("Enter", "goes to it"), ("Esc", "closes")],
        (false, _) => &[("↑↓", "scroll"), ("Esc", "closes")],
    };
    let inside = open(
        canvas,
        &Sheet {
            title: "Whose key is this?",
            size: (width, u16::try_from(lines.len()).unwrap_or(u16::MAX)),
            keys,
            ink: Ink::Border,
        },
    );
    let height = usize::from(inside.height);
    let most = lines.len().saturating_sub(height);
    let below = |last: usize| (last + 1).saturating_sub(height);
    let last = lines.iter().rposition(|line| line.of == Some(whose.at));
    // Behind the keys it goes on line by line.
    let keys = lines.iter().filter(|line| line.of.is_some()).count();
    let past = (whose.at + 1).saturating_sub(whose.found.len());
    let top = last.map_or(keys.saturating_sub(height) + past, below);
    let top = top.min(most);
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(top)) {
        draw_line(
            canvas,
            Rect::new(inside.x, y, inside.width, 1),
            line,
            whose.at,
        );
    }
    more(canvas, inside, top > 0, top < most);
}

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, line: &Line, at: usize) {
    let head = line.of == Some(at) && line.ink == Ink::Title;
    let style = canvas.ink(if head { Ink::Selection } else { line.ink });
    if head {
        canvas.paint(area, style);
    }
    canvas.put(area.x, area.y, area.width, &line.text, style);
}

/// All lines of the answer: the keys that fit, then what is said of the lists.
fn lines(model: &Model, whose: &Whose, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, found) in whose.found.iter().enumerate() {
        let bar = if at == whose.at { "▌" } else { " " };
        let context = name(model, found.context);
        lines.push(Line {
            text: format!("{bar} {context} · {}", found.label()),
            ink: Ink::Title,
            of: Some(at),
        });
        let words = wrap(&found.words(), width.saturating_sub(4));
        lines.extend(words.into_iter().map(|text| Line {
            text: format!("    {text}"),
            ink: Ink::Text,
            of: Some(at),
        }));
    }
    for (text, ink) in told(model, whose) {
        let parts = wrap(&text, width).into_iter();
        lines.extend(parts.map(|text| Line {
            text,
            ink,
            of: None,
        }));
    }
    lines
}

fn name(model: &Model, context: ContextId) -> &str {
    model.contexts.get(context).map_or("", |it| &*it.name)
}

/// What is said of the lists, a sentence each.
fn told(model: &Model, whose: &Whose) -> Vec<(String, Ink)> {
    let mut told = Vec::new();
    let reading = some(model, whose, |state| matches!(state, State::Reading(_)));
    if whose.found.is_empty() && reading.is_none() {
        told.push(("No key of these lists fits.".to_owned(), Ink::Title));
    }
    if let Some(lists) = reading {
        let words = format!("Reading: {lists}… Nothing of the value is sent.");
        told.push((words, Ink::Info));
    }
    for list in &whose.lists {
        let named = named(model, list);
        match &list.state {
            State::Failed(error) => {
                let words = format!("Not looked at: {named}: {error}");
                told.push((Text::new(&words).shown().into_owned(), Ink::Bad));
            }
            State::Cut(why) => {
                told.push((format!("Maybe not whole: {named}: {why}"), Ink::Warn));
            }
            _ => {}
        }
    }
    if let Some(lists) = some(model, whose, |state| *state == State::Whole) {
        told.push((format!("Looked at: {lists}."), Ink::Dim));
    }
    if let Some(lists) = some(model, whose, |state| *state == State::Silent) {
        told.push((format!("Say nothing of their values: {lists}."), Ink::Dim));
    }
    if let Some(lists) = some(model, whose, |state| *state == State::Inside) {
        let words =
            format!("Not looked at, for they are in rows: {lists}. Open the row, then look.");
        told.push((words, Ink::Warn));
    }
    if whose.value.is_none() {
        told.push(("The value is gone from here.".to_owned(), Ink::Dim));
    }
    told
}

/// `API keys of dev`.
fn named(model: &Model, list: &Looked) -> String {
    let (title, context) = (&list.resource.title, name(model, list.context));
    match &list.resource.within {
        Some(row) => format!("{title} of {} in {context}", Text::new(&row.name).shown()),
        None => format!("{title} of {context}"),
    }
}

/// The lists of this state: the first by name, the others by number; `None`: there are none.
fn some(model: &Model, whose: &Whose, which: fn(&State) -> bool) -> Option<String> {
    let lists = whose.lists.iter().filter(|list| which(&list.state));
    let all: Vec<String> = lists.map(|list| named(model, list)).collect();
    if all.is_empty() {
        return None;
    }
    let first = all.get(..NAMED).filter(|_| all.len() > NAMED + 1);
    Some(first.map_or_else(
        || all.join(", "),
        |first| format!("{} and {} more lists", first.join(", "), all.len() - NAMED),
    ))
}
