//! Editing one value: a line, several lines, a masked secret, a yes or no, a choice. A form owns one
//! editor per field and gives it the keys that the form itself does not use.

use tui_input::{Input, InputRequest};
use zeroize::Zeroizing;

use crate::app::key::{Code, Key};

/// Most bytes that a field takes.
const LONGEST: usize = 64 << 10;

/// Editing one value.
#[derive(Debug)]
pub enum Editor {
    /// One line of text.
    Line(Input),
    /// Several lines of text.
    Lines(Lines),
    /// A secret: masked until asked for.
    Secret(Masked),
    /// Yes or no.
    Flag(bool),
    /// One of some values; `None`: none yet.
    Choice {
        /// The values.
        choices: Vec<String>,
        /// What they are called.
        labels: Vec<String>,
        /// Which is chosen.
        at: Option<usize>,
    },
    /// The head of a list of records, with their number.
    Records(usize),
}

/// Several lines of text with a cursor.
#[derive(Debug, Default)]
pub struct Lines {
    /// The lines; never none once something was typed.
    pub lines: Vec<Input>,
    /// The line with the cursor.
    pub at: usize,
}

/// A secret being typed: the cursor is always at its end.
#[derive(Debug)]
pub struct Masked {
    /// What was typed or pasted.
    pub text: Zeroizing<String>,
    /// It is readable now.
    pub shown: bool,
    /// It may have several lines.
    pub lines: bool,
}

impl Editor {
    /// A key that the form did not use; tells whether the editor did.
    pub fn key(&mut self, key: Key) -> bool {
        match self {
            Self::Line(input) => line_key(input, key),
            Self::Lines(lines) => lines.key(key),
            Self::Secret(masked) => masked.key(key),
            Self::Flag(yes) => match key.code {
                Code::Char(' ') | Code::Left | Code::Right => {
                    *yes = !*yes;
                    true
                }
                _ => false,
            },
            Self::Choice { choices, at, .. } => {
                let count = choices.len().max(1);
                *at = match (key.code, *at) {
                    (Code::Char(' ') | Code::Right, None) => Some(0),
                    (Code::Char(' ') | Code::Right, Some(now)) => Some((now + 1) % count),
                    (Code::Left, now) => Some((now.unwrap_or(0) + count - 1) % count),
                    _ => return false,
                };
                true
            }
            Self::Records(_) => false,
        }
    }

    /// Pasted text: one-line fields take its first line.
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Line(input) => {
                let line = text
                    .lines()
                    .find(|line| !line.trim().is_empty())
                    .unwrap_or("");
                let room = LONGEST.saturating_sub(input.value().len());
                for letter in line
                    .trim()
                    .chars()
                    .filter(|letter| !letter.is_control())
                    .take(room)
                {
                    input.handle(InputRequest::InsertChar(letter));
                }
            }
            Self::Lines(lines) => lines.paste(text),
            Self::Secret(masked) => masked.paste(text),
            Self::Flag(_) | Self::Choice { .. } | Self::Records(_) => {}
        }
    }

    /// Nothing was typed or chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Line(input) => input.value().is_empty(),
            Self::Lines(lines) => lines.text().is_empty(),
            Self::Secret(masked) => masked.text.is_empty(),
            Self::Flag(_) => false,
            Self::Choice { at, .. } => at.is_none(),
            Self::Records(count) => *count == 0,
        }
    }
}

fn line_key(input: &mut Input, key: Key) -> bool {
    let request = match key.code {
        Code::Backspace => InputRequest::DeletePrevChar,
        Code::Delete => InputRequest::DeleteNextChar,
        Code::Left => InputRequest::GoToPrevChar,
        Code::Right => InputRequest::GoToNextChar,
        Code::Home => InputRequest::GoToStart,
        Code::End => InputRequest::GoToEnd,
        _ if key == Key::ctrl('u') => InputRequest::DeleteLine,
        _ if key == Key::ctrl('w') => InputRequest::DeletePrevWord,
        _ => match key.typed() {
            Some(letter) if input.value().len() < LONGEST => InputRequest::InsertChar(letter),
            _ => return false,
        },
    };
    input.handle(request);
    true
}

impl Lines {
    /// Starts with a text, the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let lines: Vec<Input> = text
            .split('\n')
            .map(|line| Input::new(line.to_owned()))
            .collect();
        let at = lines.len().saturating_sub(1);
        Self { lines, at }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines
            .iter()
            .map(Input::value)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn paste(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text().len());
        for letter in text.replace("\r\n", "\n").chars().take(room) {
            match letter {
                '\n' => self.split(),
                letter if letter.is_control() && letter != '\t' => {}
                letter => self.insert(letter),
            }
        }
    }

    fn insert(&mut self, letter: char) {
        if self.lines.is_empty() {
            self.lines.push(Input::default());
        }
        if let Some(line) = self.lines.get_mut(self.at) {
            line.handle(InputRequest::InsertChar(letter));
        }
    }

    fn split(&mut self) {
        if self.lines.is_empty() {
            self.lines.push(Input::default());
        }
        let Some(line) = self.lines.get_mut(self.at) else {
            return;
        };
        let cursor = line
            .value()
            .char_indices()
            .nth(line.cursor())
            .map_or(line.value().len(), |(at, _)| at);
        let (left, right) = line.value().split_at(cursor);
        let (left, right) = (left.to_owned(), right.to_owned());
        *line = Input::new(left);
        self.at += 1;
        self.lines.insert(self.at, Input::new(right).with_cursor(0));
    }

    /// Joins the line with the cursor to the one before.
    fn join(&mut self) {
        if self.at == 0 || self.at >= self.lines.len() {
            return;
        }
        let tail = self.lines.remove(self.at);
        self.at -= 1;
        if let Some(line) = self.lines.get_mut(self.at) {
            let cursor = line.value().chars().count();
            *line = Input::new(format!("{}{}", line.value(), tail.value())).with_cursor(cursor);
        }
    }

    fn key(&mut self, key: Key) -> bool {
        let at_start = self
            .lines
            .get(self.at)
            .is_none_or(|line| line.cursor() == 0);
        match key.code {
            Code::Enter => self.split(),
            Code::Up if self.at > 0 => self.at -= 1,
            Code::Down if self.at + 1 < self.lines.len() => self.at += 1,
            Code::Backspace if at_start => self.join(),
            Code::Up | Code::Down => return false,
            _ => {
                if self.lines.is_empty() {
                    self.lines.push(Input::default());
                }
                return self
                    .lines
                    .get_mut(self.at)
                    .is_some_and(|line| line_key(line, key));
            }
        }
        true
    }
}

impl Masked {
    /// Nothing typed yet.
    #[must_use]
    pub fn new(lines: bool) -> Self {
        Self {
            text: Zeroizing::new(String::with_capacity(LONGEST)),
            shown: false,
            lines,
        }
    }

    /// Takes the place of what was typed; a file's content, for example.
    pub fn replace(&mut self, text: &str) {
        self.text.clear();
        self.paste(text);
    }

    fn paste(&mut self, text: &str) {
        let text = if self.lines {
            text
        } else {
            text.trim_end_matches(['\r', '\n'])
        };
        let lines = self.lines;
        for letter in text
            .chars()
            .filter(|letter| *letter != '\r' && (lines || !letter.is_control()))
        {
            self.push(letter);
        }
    }

    /// The buffer never grows: a larger one would leave a copy behind.
    fn push(&mut self, letter: char) {
        if self.text.len() + letter.len_utf8() <= self.text.capacity() {
            self.text.push(letter);
        }
    }

    fn key(&mut self, key: Key) -> bool {
        match key.code {
            Code::Enter if self.lines => self.push('\n'),
            Code::Backspace => drop(self.text.pop()),
            _ if key == Key::ctrl('u') => self.text.clear(),
            _ if key == Key::ctrl('v') => self.shown = !self.shown,
            _ => match key.typed() {
                Some(letter) => self.push(letter),
                None => return false,
            },
        }
        true
    }
}
