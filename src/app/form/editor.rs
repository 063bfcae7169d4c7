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
    /// Yes or no; `None`: the row has neither.
    Flag(Option<bool>),
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
    /// How it got here.
    pub came: Came,
}

/// How a secret got into its field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Came {
    /// Letter by letter.
    #[default]
    Typed,
    /// From the terminal's clipboard.
    Pasted,
    /// From what these words name.
    From(String),
    /// It was made for this form.
    Made,
}

impl Came {
    /// In words.
    #[must_use]
    pub fn said(&self) -> &str {
        match self {
            Self::Typed => "typed",
            Self::Pasted => "pasted",
            Self::From(words) => words,
            Self::Made => "made here",
        }
    }
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
                    *yes = Some(!yes.unwrap_or(false));
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

    /// Pasted text goes in where the cursor is; what would have to be altered is refused.
    ///
    /// # Errors
    /// Why nothing was taken.
    pub fn paste(&mut self, text: &str) -> Result<(), String> {
        self.take(&pasted(text))?;
        if let Self::Secret(masked) = self {
            masked.came = Came::Pasted;
        }
        Ok(())
    }

    /// What came from elsewhere takes the place of what is there, byte for byte.
    ///
    /// # Errors
    /// Why nothing was taken.
    pub fn read(&mut self, text: &str, came: Came) -> Result<(), String> {
        let before = std::mem::replace(self, self.emptied());
        let taken = self.take(text);
        match self {
            _ if taken.is_err() => *self = before,
            Self::Secret(masked) => masked.came = came,
            _ => {}
        }
        taken
    }

    /// What a script gives takes the place of what is there, letter by letter as it was given.
    ///
    /// # Errors
    /// Why nothing was taken.
    pub fn put(&mut self, text: &str) -> Result<(), String> {
        match self {
            Self::Line(input) => {
                fits("", text, false)?;
                *input = Input::new(text.to_owned());
                Ok(())
            }
            _ => self.read(text, Came::Typed),
        }
    }

    fn emptied(&self) -> Self {
        match self {
            Self::Secret(masked) => Self::Secret(Masked::new(masked.lines)),
            Self::Lines(_) => Self::Lines(Lines::default()),
            _ => Self::Line(Input::default()),
        }
    }

    fn take(&mut self, text: &str) -> Result<(), String> {
        match self {
            Self::Line(input) => line_take(input, text),
            Self::Lines(lines) => lines.take(text),
            Self::Secret(masked) => masked.take(text),
            Self::Flag(_) | Self::Choice { .. } | Self::Records(_) => Ok(()),
        }
    }

    /// The other one says the same, wherever its cursor is.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Line(one), Self::Line(other)) => one.value() == other.value(),
            (Self::Lines(one), Self::Lines(other)) => one.text() == other.text(),
            (Self::Secret(one), Self::Secret(other)) => one.text == other.text,
            (Self::Flag(one), Self::Flag(other)) => one == other,
            (Self::Choice { at: one, .. }, Self::Choice { at: other, .. }) => one == other,
            (Self::Records(one), Self::Records(other)) => one == other,
            _ => false,
        }
    }

    /// Nothing was typed or chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Line(input) => input.value().is_empty(),
            Self::Lines(lines) => lines.text().is_empty(),
            Self::Secret(masked) => masked.text.is_empty(),
            Self::Flag(yes) => yes.is_none(),
            Self::Choice { at, .. } => at.is_none(),
            Self::Records(count) => *count == 0,
        }
    }
}

/// Whether a text can be taken as it is beside what is there.
fn fits(there: &str, text: &str, lines: bool) -> Result<(), String> {
    let control =
        |letter: char| letter.is_control() && !(lines && matches!(letter, '\n' | '\t' | '\r'));
    if there.len() + text.len() > LONGEST {
        Err(format!(
            "Nothing was taken: more than {} KiB do not fit.",
            LONGEST >> 10
        ))
    } else if !lines && text.contains('\n') {
        Err("Nothing was taken: the value has one line, and this has several.".to_owned())
    } else if text.contains(control) {
        Err("Nothing was taken: it holds a control character.".to_owned())
    } else {
        Ok(())
    }
}

/// What stands before and after the cursor.
fn around(input: &Input) -> (String, String) {
    let value = input.value();
    let at = value
        .char_indices()
        .nth(input.cursor())
        .map_or(value.len(), |(at, _)| at);
    let (before, after) = value.split_at_checked(at).unwrap_or((value, ""));
    (before.to_owned(), after.to_owned())
}

/// Terminals send a return for each line break of a paste.
fn pasted(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Pasted text goes into a line where its cursor is; what would have to be altered is refused.
///
/// # Errors
/// Why nothing was taken.
pub fn line_paste(input: &mut Input, text: &str) -> Result<(), String> {
    line_take(input, &pasted(text))
}

fn line_take(input: &mut Input, text: &str) -> Result<(), String> {
    let line = text.trim();
    fits(input.value(), line, false)?;
    let (before, after) = around(input);
    let cursor = before.chars().count() + line.chars().count();
    *input = Input::new(format!("{before}{line}{after}")).with_cursor(cursor);
    Ok(())
}

/// A key for a line; tells whether it was one that edits.
pub fn line_key(input: &mut Input, key: Key) -> bool {
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

    fn take(&mut self, text: &str) -> Result<(), String> {
        fits(&self.text(), text, true)?;
        let (above, below) = self.lines.split_at_checked(self.at).unwrap_or((&[], &[]));
        let (before, after) = below.first().map(around).unwrap_or_default();
        let lines = |lines: &[Input]| {
            lines
                .iter()
                .map(|line| line.value().to_owned())
                .collect::<Vec<_>>()
        };
        let (mut all, rest) = (lines(above), lines(below.get(1..).unwrap_or(&[])));
        let upto = format!("{before}{text}");
        let cursor = upto.rsplit('\n').next().unwrap_or("").chars().count();
        let at = all.len() + upto.matches('\n').count();
        all.push(format!("{upto}{after}"));
        all.extend(rest);
        *self = Self::new(&all.join("\n"));
        self.at = at;
        if let Some(line) = self.lines.get_mut(at) {
            *line = std::mem::take(line).with_cursor(cursor);
        }
        Ok(())
    }

    fn split(&mut self) {
        if self.lines.is_empty() {
            self.lines.push(Input::default());
        }
        let Some(line) = self.lines.get_mut(self.at) else {
            return;
        };
        let (left, right) = around(line);
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
            came: Came::Typed,
        }
    }

    fn take(&mut self, text: &str) -> Result<(), String> {
        let text = if self.lines {
            text
        } else {
            text.strip_suffix('\n').unwrap_or(text)
        };
        let text = if self.lines {
            text
        } else {
            text.strip_suffix('\r').unwrap_or(text)
        };
        fits(&self.text, text, self.lines)?;
        self.text.push_str(text);
        Ok(())
    }

    /// The buffer never grows: a larger one would leave a copy behind.
    fn push(&mut self, letter: char) {
        if self.text.len() + letter.len_utf8() <= self.text.capacity() {
            self.text.push(letter);
        }
    }

    fn key(&mut self, key: Key) -> bool {
        if key == Key::ctrl('v') {
            self.shown = !self.shown;
            return true;
        }
        match key.code {
            Code::Enter if self.lines => self.push('\n'),
            Code::Backspace => drop(self.text.pop()),
            _ if key == Key::ctrl('u') => self.text.clear(),
            _ => match key.typed() {
                Some(letter) => self.push(letter),
                None => return false,
            },
        }
        // What was made here is no longer that once it was altered.
        if self.text.is_empty() || self.came == Came::Made {
            self.came = Came::Typed;
        }
        true
    }
}
