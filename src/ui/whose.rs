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
    let last = lines.iter().rposition(|line| line.of == Some(whose.at));
    let top = match last {
        Some(last) => (last + 1).saturating_sub(height),
        // Behind the keys it goes on line by line.
        None => {
            let told = lines.iter().filter(|line| line.of.is_some()).count();
            let first = told.saturating_sub(height);
            first + (whose.at + 1).saturating_sub(whose.found.len())
        }
    }
    .min(most);
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

/// All lines of the answer.
fn lines(model: &Model, whose: &Whose, width: u16) -> Vec<Line> {
    let name = |context: ContextId| model.contexts.get(context).map_or("", |it| &*it.name);
    let mut lines = Vec::new();
    for (at, found) in whose.found.iter().enumerate() {
        let bar = if at == whose.at { "▌" } else { " " };
        lines.push(Line {
            text: format!("{bar} {} in {}", found.label(), name(found.context)),
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
    let mut say = |text: String, ink| {
        let parts = wrap(&text, width).into_iter();
        lines.extend(parts.map(|text| Line {
            text,
            ink,
            of: None,
        }));
    };
    let reading = whose.reading().count();
    if whose.found.is_empty() && reading == 0 {
        say("No key of these lists fits.".to_owned(), Ink::Title);
    }
    let named = |list: &Looked| format!("{} of {}", list.resource.title, name(list.context));
    let all = |which: fn(&State) -> bool| -> String {
        let lists = whose.lists.iter().filter(|list| which(&list.state));
        let names: Vec<String> = lists.map(named).collect();
        match names.get(..NAMED) {
            Some(first) if names.len() > NAMED + 1 => {
                let rest = names.len() - NAMED;
                format!("{} and {rest} more lists", first.join(", "))
            }
            _ => names.join(", "),
        }
    };
    if reading > 0 {
        let lists = all(|state| matches!(state, State::Reading(_)));
        say(
            format!("Reading: {lists}… Nothing of the value is sent."),
            Ink::Info,
        );
    }
    for list in &whose.lists {
        match &list.state {
            State::Failed(error) => {
                let words = format!("Not looked at: {}: {error}", named(list));
                say(Text::new(&words).shown().into_owned(), Ink::Bad);
            }
            State::Cut(why) => say(
                format!("Maybe not whole: {}: {why}", named(list)),
                Ink::Warn,
            ),
            _ => {}
        }
    }
    let looked = all(|state| matches!(state, State::Whole));
    if !looked.is_empty() {
        say(format!("Looked at: {looked}."), Ink::Dim);
    }
    let silent = all(|state| matches!(state, State::Silent));
    if !silent.is_empty() {
        say(format!("Say nothing of their values: {silent}."), Ink::Dim);
    }
    if whose.value.is_none() {
        say("The value is gone from here.".to_owned(), Ink::Dim);
    }
    lines
}
