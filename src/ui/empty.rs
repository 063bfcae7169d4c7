//! A table without rows says why, and what to do about it; it is never just blank.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{columns, wrap},
    theme::Ink,
    words,
};
use crate::app::{
    Model, act,
    flight::{capital, stopped},
    keymap::Action,
    pane::{Load, Source},
};

/// Says why there are no rows, and what to do.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let (title, lines) = nothing(model);
    let width = area.width.saturating_sub(4).min(64);
    let mut text: Vec<String> = Vec::new();
    for line in &lines {
        text.extend(wrap(line, width));
    }
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let mut y = area.y + area.height.saturating_sub(height) / 3;
    let centred = |text: &str| area.x + area.width.saturating_sub(columns(text)) / 2;
    for line in wrap(&title, width) {
        let style = canvas.ink(Ink::Title);
        canvas.put(centred(&line), y, width, &line, style);
        y += 1;
    }
    y += u16::from(area.height > 6);
    for line in text {
        if y >= area.bottom() {
            return;
        }
        let style = canvas.ink(Ink::Text);
        canvas.put(centred(&line), y, width, &line, style);
        y += 1;
    }
}

/// Why the pane has no rows to show, and what to do about it.
fn nothing(model: &Model) -> (String, Vec<String>) {
    let pane = model.pane();
    let hint = |action| model.keymap.hint(action);
    if let Some(why) = act::empty_tab(model, model.active) {
        let contexts = format!("{} chooses other contexts.", hint(Action::Contexts));
        return (why, vec![contexts]);
    }
    if pane.total() > 0 {
        let text = match (&pane.filter.filter, &pane.filter.error) {
            (Some(good), Some(_)) => good.to_string(),
            _ => pane.filter.input.value().to_owned(),
        };
        let title = format!("None of the {} fits the filter.", words::keys(pane.total()));
        let now = format!("The filter is: {text}");
        return (title, vec![now, "Esc clears it.".to_owned()]);
    }
    if pane.loading() {
        return ("Reading…".to_owned(), progress(model).into_iter().collect());
    }
    let failed = |source: &&Source| matches!(source.load, Load::Failed(_));
    if let Some(source) = pane.sources.iter().find(failed) {
        let Load::Failed(error) = &source.load else {
            return (String::new(), Vec::new());
        };
        let again = format!("{} tries again.", hint(Action::Refresh));
        let next = error.next_step().to_owned();
        return (
            "The keys could not be read.".to_owned(),
            vec![stopped(capital(&error.to_string())), next, again],
        );
    }
    if !pane.server.is_empty() {
        let change = format!(
            "{} changes the server filter, Esc clears it.",
            hint(Action::ServerFilter)
        );
        return (
            "The server knows no key like that.".to_owned(),
            vec![change],
        );
    }
    let mut lines = Vec::new();
    if act::why_not(model, Action::New).is_none() {
        lines.push(format!("{} makes the first one.", hint(Action::New)));
    }
    lines.push(format!("{} asks again.", hint(Action::Refresh)));
    let title = format!("There is nothing under {} yet.", model.active.title());
    (title, lines)
}

/// How far the lists of the pane in front are.
#[must_use]
pub fn progress(model: &Model) -> Option<String> {
    let several = model.pane().sources.len() > 1;
    let parts = model.pane().sources.iter().filter_map(|source| {
        let Load::Loading {
            page,
            pages,
            fetched,
            total,
        } = &source.load
        else {
            return None;
        };
        let far = match (pages, total) {
            (_, Some(total)) if *fetched > 0 => {
                format!("{} of {}", words::len(*fetched), words::count(*total))
            }
            (Some(pages), _) if *page > 0 => format!("{page} of {pages} pages"),
            _ if *fetched > 0 => words::len(*fetched),
            _ => String::new(),
        };
        let name = model
            .contexts
            .get(source.context)
            .filter(|_| several)
            .map_or("", |it| &*it.name);
        let blank = if name.is_empty() || far.is_empty() {
            ""
        } else {
            " "
        };
        Some(format!("{name}{blank}{far}"))
    });
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [one, rest @ ..] if rest.len() > 1 => Some(format!("{one} and {} more", rest.len())),
        several => Some(several.join(", ")),
    }
}
