//! The line in which a filter is typed: a text that makes no sense leaves the rows as the last good one
//! had them, and says where it goes wrong. `filter` reads the text, `view` shows the rows that it keeps.

use tui_input::{Input, InputRequest};

use super::{
    Effect, Model,
    filter::{Filter, FilterError, Names},
    key::{Code, Key},
    view::rebuild_view,
};

/// The local filter while it is typed and after.
#[derive(Debug, Default)]
pub struct FilterLine {
    /// What is typed.
    pub input: Input,
    /// Keys go into it.
    pub editing: bool,
    /// The last text that could be understood.
    pub filter: Option<Filter>,
    /// What is wrong with the text.
    pub error: Option<FilterError>,
}

/// A key for the filter line.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    let request = match key.code {
        Code::Enter | Code::Down => {
            line.editing = false;
            return Vec::new();
        }
        Code::Esc => return clear(model),
        _ if key == Key::ctrl('c') => return clear(model),
        _ if key == Key::ctrl('u') => InputRequest::DeleteLine,
        _ if key == Key::ctrl('w') => InputRequest::DeletePrevWord,
        Code::Backspace if line.input.value().is_empty() => return clear(model),
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
    apply(model)
}

/// Pasted text goes into the filter line.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    for letter in text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(1024)
    {
        line.input.handle(InputRequest::InsertChar(letter));
    }
    apply(model)
}

/// Filters by a text that was not typed here.
pub fn set(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    (line.input, line.editing) = (Input::new(text.to_owned()), false);
    apply(model)
}

/// The filter line is closed and all rows are shown.
pub fn clear(model: &mut Model) -> Vec<Effect> {
    model.pane_mut().filter = FilterLine::default();
    rebuild_view(model, model.active);
    Vec::new()
}

/// Reads the filter anew; while it makes no sense the last good one stays.
fn apply(model: &mut Model) -> Vec<Effect> {
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
    rebuild_view(model, model.active);
    Vec::new()
}
