//! The line in which a filter is typed: a text that makes no sense leaves the rows as the last good one
//! had them, and says where it goes wrong; what may come next is offered below it. `filter` reads the text
//! and finds what may come, `view` shows the rows that it keeps.

use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthStr;

use super::{
    Effect, Model,
    filter::{Completion, Filter, FilterError, List, Names, complete},
    key::{Code, Key},
    pane::Pane,
    view,
};
use crate::record::Text;

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
    /// What may stand at the cursor.
    pub offer: Option<Offer>,
}

/// What may stand at the cursor instead of what is typed there.
#[derive(Debug, PartialEq, Eq)]
pub struct Offer {
    /// What, and where it begins.
    pub completion: Completion,
    /// Which of it stands there now; `None`: what was typed.
    pub at: Option<usize>,
    typed: String,
}

/// Where the words about a mistake stand, by the mark under its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Behind the mark.
    Behind,
    /// Before the mark.
    Before,
    /// In the rows below the mark.
    Below,
}

impl Words {
    /// Where words fit on a screen of `width` columns whose mark is in column `x`.
    #[must_use]
    pub fn fit(x: u16, words: &str, width: u16) -> Self {
        let wide = u16::try_from(words.width()).unwrap_or(u16::MAX);
        if x.saturating_add(wide).saturating_add(3) <= width {
            Self::Behind
        } else if wide.saturating_add(2) <= x {
            Self::Before
        } else {
            Self::Below
        }
    }
}

impl FilterLine {
    /// What stands before the text; beside the server's filter it says where this one is applied.
    #[must_use]
    pub fn lead(&self, beside: bool) -> &'static str {
        match (self.editing, beside) {
            (true, _) => "/ ",
            (false, true) => "here: ",
            (false, false) => "filter: ",
        }
    }

    /// The mistake, unless something is offered that mends it.
    #[must_use]
    pub fn mistake(&self) -> Option<&FilterError> {
        let error = self.error.as_ref()?;
        let mends = |offer: &Offer| offer.completion.from <= error.at;
        self.offer
            .as_ref()
            .is_none_or(|it| !mends(it))
            .then_some(error)
    }

    /// Rows that it has on a screen of so many columns, alone or beside the server's filter.
    #[must_use]
    pub fn rows(&self, width: u16, beside: bool) -> u16 {
        if !self.editing && self.input.value().is_empty() {
            return 0;
        }
        let Some(mistake) = self.mistake() else {
            // What is offered has its row before it is there, so that no key moves under the cursor.
            return 1 + u16::from(self.editing);
        };
        let mut x = 1 + self.lead(beside).width();
        for letter in self.input.value().chars().take(mistake.at) {
            x += Text::new(letter.encode_utf8(&mut [0; 4])).shown().width();
        }
        let x = u16::try_from(x).unwrap_or(u16::MAX);
        match Words::fit(x, &mistake.message, width) {
            Words::Behind | Words::Before if x < width => 2,
            _ if mistake.message.width() + 4 > usize::from(width) => 4,
            _ => 3,
        }
    }

    /// Puts the next of what is offered in, or the one before; behind the last one is what was typed.
    fn step(&mut self, forward: bool) {
        let Some(offer) = &mut self.offer else { return };
        let count = offer.completion.texts.len();
        offer.at = match (offer.at, forward) {
            (None, true) => Some(0),
            (None, false) => count.checked_sub(1),
            (Some(at), true) => Some(at + 1).filter(|next| *next < count),
            (Some(at), false) => at.checked_sub(1),
        };
        let chosen = offer.at.and_then(|at| offer.completion.texts.get(at));
        let chosen = chosen.unwrap_or(&offer.typed);
        let letters = self.input.value().chars();
        let before: String = letters.clone().take(offer.completion.from).collect();
        let after: String = letters.skip(self.input.cursor()).collect();
        let cursor = offer.completion.from + chosen.chars().count();
        self.input = Input::new(format!("{before}{chosen}{after}")).with_cursor(cursor);
    }

    /// Finds what may stand at the cursor: only at the end of a term.
    fn offered(&self, names: &Names, lists: &[List<'_>]) -> Option<Offer> {
        let value = self.input.value();
        let cursor = self.input.cursor();
        let place = value.char_indices().nth(cursor).map(|(at, _)| at);
        let (before, after) = value.split_at_checked(place.unwrap_or(value.len()))?;
        if !after.is_empty() && !after.starts_with(char::is_whitespace) {
            return None;
        }
        let completion = complete(before, names, lists)?;
        let typed = before.chars().skip(completion.from).collect();
        Some(Offer {
            completion,
            at: None,
            typed,
        })
    }
}

/// Opens the line; what was typed before is still there.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.pane_mut().filter.editing = true;
    offer(model);
    Vec::new()
}

/// A key for the filter line.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    let request = match key.code {
        Code::Enter | Code::Down => {
            // Rows of another filter must not be taken for those of a text that makes no sense.
            line.editing = line.error.is_some();
            line.offer = None;
            return Vec::new();
        }
        Code::Tab | Code::BackTab => return turn(model, key.code == Code::Tab),
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
    offer(model);
    apply(model)
}

/// Takes what is offered next; where it is the only one, what may come behind it is offered at once.
fn turn(model: &mut Model, forward: bool) -> Vec<Effect> {
    let line = &mut model.pane_mut().filter;
    let Some(count) = line.offer.as_ref().map(|it| it.completion.texts.len()) else {
        return Vec::new();
    };
    line.step(forward);
    if count == 1 {
        offer(model);
    }
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
    offer(model);
    apply(model)
}

/// The pane in front is filtered by this text, as if it had been typed and kept.
pub fn set(model: &mut Model, text: &str) -> Vec<Effect> {
    model.pane_mut().filter = FilterLine {
        input: Input::new(text.to_owned()),
        ..FilterLine::default()
    };
    apply(model)
}

/// The filter line is closed and all rows are shown.
pub fn clear(model: &mut Model) -> Vec<Effect> {
    model.pane_mut().filter = FilterLine::default();
    view::refilter(model);
    Vec::new()
}

/// The filter is another text.
fn apply(model: &mut Model) -> Vec<Effect> {
    read(model.pane_mut());
    view::refilter(model);
    Vec::new()
}

/// Reads the filter by the columns of what is listed now; while it makes no sense the last good one stays.
pub(super) fn read(pane: &mut Pane) {
    let names = Names::of(pane.sources.iter().map(|source| &*source.resource));
    let text = pane.filter.input.value();
    match Filter::parse(text, &names) {
        Ok(filter) => {
            pane.filter.filter = (!text.trim().is_empty()).then_some(filter);
            pane.filter.error = None;
        }
        Err(error) => pane.filter.error = Some(error),
    }
}

/// Looks anew for what may stand at the cursor.
fn offer(model: &mut Model) {
    let pane = model.pane();
    let names = Names::of(pane.sources.iter().map(|source| &*source.resource));
    let lists = pane.sources.iter().filter_map(|source| {
        let context = model.contexts.get(source.context)?;
        Some(List {
            rows: &source.rows,
            facts: source.facts(context, model.now),
        })
    });
    let lists: Vec<List<'_>> = lists.collect();
    let offer = pane.filter.offered(&names, &lists);
    model.pane_mut().filter.offer = offer;
}
