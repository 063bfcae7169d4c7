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
    pane::{Load, Pane},
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
        let title = format!(
            "None of the {} fits the filter.",
            words::rows_of(pane, pane.total())
        );
        let now = format!("The filter is: {text}");
        return (title, vec![now, "Esc clears it.".to_owned()]);
    }
    if pane.loading() {
        return ("Reading…".to_owned(), progress(model).into_iter().collect());
    }
    if let Some(failed) = failed(model) {
        return failed;
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
    let title = match inside(pane) {
        Some((title, row)) => {
            lines.push("Esc goes back.".to_owned());
            format!("“{row}” has no {title} yet.")
        }
        None => format!("There is nothing under {} yet.", model.active.title()),
    };
    (title, lines)
}

/// Why a list could not be read, and what to do about it.
fn failed(model: &Model) -> Option<(String, Vec<String>)> {
    let mut lists = model.pane().sources.iter();
    let error = lists.find_map(|list| match &list.load {
        Load::Failed(error) => Some(error),
        _ => None,
    })?;
    let again = format!("{} tries again.", model.keymap.hint(Action::Refresh));
    let next = error.next_step().to_owned();
    let mut lines = vec![stopped(capital(&error.to_string())), next, again];
    let title = match inside(model.pane()) {
        Some((title, row)) => {
            lines.push("Esc goes back.".to_owned());
            format!("{} of “{row}” could not be read.", capital(&title))
        }
        None => "The keys could not be read.".to_owned(),
    };
    Some((title, lines))
}

/// What is listed of the row that is open, and what that row is called.
fn inside(pane: &Pane) -> Option<(String, String)> {
    let row = pane.opened_names().pop()?;
    let titles = pane.sources.iter().map(|list| small(&list.resource.title));
    Some((titles.collect::<Vec<_>>().join(" and "), row))
}

/// A title inside a sentence: `API keys` stays, `Tokens` does not.
fn small(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => title.to_owned(),
    }
}

/// How far the lists of the pane in front are.
#[must_use]
pub fn progress(model: &Model) -> Option<String> {
    let several = model.pane().sources.len() > 1;
    let inside = model.pane().opened().is_some();
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
        let context = model.contexts.get(source.context);
        let name = match context.filter(|_| several) {
            Some(_) if inside => &*source.resource.title,
            Some(context) => &*context.name,
            None => "",
        };
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
