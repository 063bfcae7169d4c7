//! Which of a pane's rows are shown, and in which order: the filter line, the sort columns, and the view
//! that follows from both. `listing` brings the rows.

mod arrange;
mod sieve;
#[cfg(test)]
mod tests;

use tui_input::InputRequest;

pub use arrange::{Ranked, order_of};
pub use sieve::{Sieve, ask, go_on, settle};

use super::{
    CallId, Effect, Model, Tone,
    filter::{Filter, Names},
    key::{Code, Key},
    listing::pane_of,
    pane::{FilterLine, Pane, Sorting},
};
use crate::manifest::Tab;
use sieve::Known;

/// A pane's rows are others than before: they are put in order and filtered again; the cursor stays on its
/// key.
pub fn rebuild_view(model: &mut Model, tab: Tab) {
    with(model, tab, |pane, known| {
        pane.forget_ranks();
        pane.arrange(known);
    });
}

/// Puts the rows that came behind those shown: a long list is put in order once, when it is whole.
pub(super) fn extend_view(model: &mut Model, tab: Tab, call: CallId, before: usize) {
    with(model, tab, |pane, known| {
        let mut sources = pane.sources.iter();
        if let Some(at) = sources.position(|source| source.call == Some(call)) {
            pane.forget_ranks();
            let new: Vec<_> = pane.rows_from(at, before).collect();
            pane.extend(&new, known);
        }
    });
}

/// Does something to the pane of a tab that needs to know what lies around it.
fn with(model: &mut Model, tab: Tab, act: impl FnOnce(&mut Pane, &Known<'_>)) {
    let (now, visible) = (model.now, model.table_rows());
    let contexts = std::mem::take(&mut model.contexts);
    if let Some(pane) = pane_of(model, tab) {
        act(pane, &Known::new(&contexts, now, visible));
    }
    model.contexts = contexts;
}

/// Sorts the pane in front; without a column as its manifest says.
pub fn sort(model: &mut Model, orders: Vec<Sorting>) -> Vec<Effect> {
    model.pane_mut().order = orders;
    with(model, model.active, Pane::arrange);
    Vec::new()
}

/// Reverses the order of the pane in front.
pub fn reverse(model: &mut Model) -> Vec<Effect> {
    let mut orders = order_of(model.pane());
    if orders.is_empty() {
        model.say(
            Tone::Info,
            "The rows are in the service's own order: press o to choose a column.",
        );
        return Vec::new();
    }
    for order in &mut orders {
        order.descending = !order.descending;
    }
    sort(model, orders)
}

/// A key for the filter line.
pub fn filter_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    let request = match key.code {
        Code::Enter | Code::Down => {
            line.editing = false;
            return Vec::new();
        }
        Code::Esc => return clear_filter(model),
        _ if key == Key::ctrl('c') => return clear_filter(model),
        _ if key == Key::ctrl('u') => InputRequest::DeleteLine,
        _ if key == Key::ctrl('w') => InputRequest::DeletePrevWord,
        Code::Backspace if line.input.value().is_empty() => return clear_filter(model),
        Code::Backspace => InputRequest::DeletePrevChar,
        Code::Delete => InputRequest::DeleteNextChar,
        Code::Left => InputRequest::GoToPrevChar,
        Code::Right => InputRequest::GoToNextChar,
        Code::Home => InputRequest::GoToStart,
        Code::End => InputRequest::GoToEnd,
        _ => match key.typed() {
            Some(letter) => InputRequest::InsertChar(letter),
            None => return Vec::new(),
        },
    };
    line.input.handle(request);
    apply_filter(model)
}

/// Pasted text goes into the filter line.
pub fn filter_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    for letter in text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(1024)
    {
        line.input.handle(InputRequest::InsertChar(letter));
    }
    apply_filter(model)
}

/// The filter line is closed and all rows are shown.
pub fn clear_filter(model: &mut Model) -> Vec<Effect> {
    model.pane_mut().filter = FilterLine::default();
    with(model, model.active, Pane::refilter);
    Vec::new()
}

/// Reads the filter anew; while it makes no sense the last good one stays.
fn apply_filter(model: &mut Model) -> Vec<Effect> {
    let pane = model.pane_mut();
    let names = Names::of(pane.sources.iter().map(|source| &*source.resource));
    let text = pane.filter.input.value();
    match Filter::parse(text, &names) {
        Ok(filter) => {
            pane.filter.filter = (!text.trim().is_empty()).then_some(filter);
            pane.filter.error = None;
        }
        Err(error) => pane.filter.error = Some(error),
    }
    with(model, model.active, Pane::refilter);
    Vec::new()
}
