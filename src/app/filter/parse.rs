//! From text to terms: one pass, and a mistake is told with its place and what would be right there.

use super::{
    Filter, FilterError, Is, Limit, Side, Term, Test, Unit,
    column::{Column, Names, Subject, Values},
};

/// The word between alternatives.
pub(super) const OR: &str = "OR";
/// What parts a column from its value.
pub(super) const SPLITS: [char; 4] = [':', '=', '<', '>'];
/// Value of a time that says "never".
pub(super) const NEVER: &str = "never";
/// Value of a time that the backend does not record.
pub(super) const UNRECORDED: &str = "unrecorded";

/// A time's value that is a word of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Never,
    Unrecorded,
}

/// Reads a value as one of the words that times know.
pub(super) fn special(text: &str) -> Option<Special> {
    if text.eq_ignore_ascii_case(NEVER) {
        Some(Special::Never)
    } else if text.eq_ignore_ascii_case(UNRECORDED) {
        Some(Special::Unrecorded)
    } else {
        None
    }
}

/// Reads a whole filter.
pub(super) fn filter(text: &str, names: &Names) -> Result<Filter, FilterError> {
    let mut reader = Reader { text, at: 0, names };
    let mut any = Vec::new();
    let mut all = Vec::new();
    loop {
        reader.skip_blanks();
        if reader.rest().is_empty() {
            break;
        }
        if reader.bare() == OR {
            if all.is_empty() {
                return Err(reader.error(reader.at, "a term must stand before OR"));
            }
            any.push(std::mem::take(&mut all));
            reader.at += OR.len();
        } else {
            all.push(reader.term()?);
        }
    }
    match (all.is_empty(), any.is_empty()) {
        (false, _) => any.push(all),
        (true, false) => return Err(reader.error(text.len(), "a term must follow OR")),
        (true, true) => {}
    }
    Ok(Filter { any })
}

struct Reader<'a> {
    text: &'a str,
    /// Byte at which reading goes on.
    at: usize,
    names: &'a Names,
}

/// A column's name with the sign behind it.
pub(super) struct Head<'a> {
    pub(super) subject: Subject,
    pub(super) name: &'a str,
    pub(super) split: char,
}

/// What is being typed at the end of a text.
pub(super) struct Open<'a> {
    /// The column before it; none where a term begins.
    pub(super) head: Option<Head<'a>>,
    /// Byte at which it begins.
    pub(super) from: usize,
}

/// What the end of a text is about; `None` in a word that cannot become anything else.
pub(super) fn open<'a>(text: &'a str, names: &'a Names) -> Option<Open<'a>> {
    let mut reader = Reader { text, at: 0, names };
    loop {
        reader.skip_blanks();
        reader.take('!');
        let plain = reader.rest().starts_with(['~', '"']);
        reader.take('~');
        let head = if plain { None } else { reader.subject() };
        let from = reader.at;
        reader.skip_text();
        if reader.rest().is_empty() {
            return (!plain).then_some(Open { head, from });
        }
    }
}

/// The text that stands between quotes which are not closed yet, or bare; `None`: it is closed.
pub(super) fn so_far(value: &str) -> Option<Box<str>> {
    if !value.starts_with('"') {
        return Some(value.into());
    }
    let names = Names::default();
    let mut reader = Reader {
        text: &format!("{value}\""),
        at: 0,
        names: &names,
    };
    reader.quoted().ok()
}

/// A value as it stands after a column.
struct Typed<'a> {
    text: Box<str>,
    quoted: bool,
    at: usize,
    column: &'a str,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The characters up to the next blank.
    fn bare(&self) -> &'a str {
        self.rest()
            .split(char::is_whitespace)
            .next()
            .unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, mark: char) -> bool {
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len_utf8();
        }
        found
    }

    fn error(&self, byte: usize, message: impl Into<String>) -> FilterError {
        FilterError {
            at: self.text.get(..byte).unwrap_or("").chars().count(),
            message: message.into(),
        }
    }

    fn term(&mut self) -> Result<Term, FilterError> {
        let not = self.take('!');
        if not && self.bare().is_empty() {
            return Err(self.error(self.at, "a term must follow !"));
        }
        let test = if self.take('~') {
            match self.text()? {
                Some((word, _)) if !word.is_empty() => Test::Fuzzy(word),
                _ => return Err(self.error(self.at, "a name must follow ~")),
            }
        } else if self.rest().starts_with('"') {
            let at = self.at;
            let word = self.quoted()?;
            if word.is_empty() {
                return Err(self.error(at, "a text must stand between the quotes"));
            }
            Test::Word(word)
        } else {
            self.column_or_word()?
        };
        Ok(Term { not, test })
    }

    fn column_or_word(&mut self) -> Result<Test, FilterError> {
        let word = self.bare();
        match self.subject() {
            None => {
                self.at += word.len();
                Ok(Test::Word(word.into()))
            }
            Some(Head {
                subject,
                name,
                split,
            }) => {
                let sign = self.at - split.len_utf8();
                match split {
                    '<' => self.compare(subject, name, Side::Less, sign),
                    '>' => self.compare(subject, name, Side::More, sign),
                    _ => self.has(subject, name, split, sign),
                }
            }
        }
    }

    /// What stands before the first sign after a known name; reading goes on behind the sign.
    fn subject(&mut self) -> Option<Head<'a>> {
        let word = self.bare();
        let mut signs = word.char_indices().filter(|(_, c)| SPLITS.contains(c));
        let (place, head) = signs.find_map(|(place, split)| {
            let name = word.get(..place)?;
            let subject = self.names.subject(name)?;
            let head = Head {
                subject,
                name,
                split,
            };
            Some((place, head))
        })?;
        self.at += place + head.split.len_utf8();
        Some(head)
    }

    /// Goes on behind the text that stands here, whether it is whole or not.
    fn skip_text(&mut self) {
        let open = self.at;
        if self.rest().starts_with('"') && self.quoted().is_err() && self.at == open {
            self.at = self.text.len();
        }
        self.at += self.bare().len();
    }

    /// Reads the value after `:` and `=`.
    fn has(
        &mut self,
        subject: Subject,
        name: &'a str,
        split: char,
        sign: usize,
    ) -> Result<Test, FilterError> {
        if subject == Subject::Age {
            return Err(self.error(sign, "age takes < or >, as in age>90d"));
        }
        let typed = self.typed(name, split)?;
        let (column, values) = match subject {
            Subject::Column(column, values) => (column, values),
            Subject::Is | Subject::Age => return self.is(&typed),
        };
        let word = special(&typed.text).filter(|_| values.times && !typed.quoted);
        match word {
            Some(Special::Never) => Ok(Test::Never(column)),
            Some(Special::Unrecorded) => Ok(Test::Unrecorded(column)),
            None if split == '=' => Ok(Test::Equals(column, typed.text)),
            None => Ok(Test::Contains(column, typed.text)),
        }
    }

    fn is(&self, typed: &Typed<'_>) -> Result<Test, FilterError> {
        Is::ALL
            .into_iter()
            .find(|what| typed.text.eq_ignore_ascii_case(what.word()))
            .map(Test::Is)
            .ok_or_else(|| {
                let words = Is::ALL.map(Is::word).join(", ");
                self.error(typed.at, format!("is: knows {words}"))
            })
    }

    /// Reads the value after `<` and `>`.
    fn compare(
        &mut self,
        subject: Subject,
        name: &'a str,
        side: Side,
        sign: usize,
    ) -> Result<Test, FilterError> {
        let (column, values) = match subject {
            Subject::Is => return Err(self.error(sign, "is takes :, as in is:expired")),
            Subject::Age => (Column::CREATED, Values::TIMES),
            Subject::Column(column, values) => (column, values),
        };
        if !values.times && !values.numbers {
            let message = format!("{name} is text: write {name}:… or {name}=…");
            return Err(self.error(sign, message));
        }
        let typed = self.typed(name, if side == Side::Less { '<' } else { '>' })?;
        let limit = limit(&typed.text).filter(|limit| match limit {
            Limit::Number(_) => values.numbers,
            Limit::Day(_) | Limit::Span(..) => values.times,
        });
        limit
            .map(|limit| Test::Compare(column, side, limit))
            .ok_or_else(|| self.no_limit(&typed, values))
    }

    fn no_limit(&self, typed: &Typed<'_>, values: Values) -> FilterError {
        let column = typed.column;
        let message = match (values.times, typed.text.parse::<i64>()) {
            (true, Ok(number)) => {
                format!("{number} needs a unit: s, m, h, d, w or y, as in {number}d")
            }
            (true, Err(_)) => {
                format!("{column} takes a span (90d; s m h d w y) or a day (2026-01-31)")
            }
            (false, _) => format!("{column} takes a whole number"),
        };
        self.error(typed.at, message)
    }

    fn typed(&mut self, column: &'a str, split: char) -> Result<Typed<'a>, FilterError> {
        let at = self.at;
        match self.text()? {
            Some((text, quoted)) if !text.is_empty() || split == '=' => Ok(Typed {
                text,
                quoted,
                at,
                column,
            }),
            _ => Err(self.error(at, format!("a value must follow {column}{split}"))),
        }
    }

    /// A quoted or bare text, and whether it was quoted.
    fn text(&mut self) -> Result<Option<(Box<str>, bool)>, FilterError> {
        if self.rest().starts_with('"') {
            return self.quoted().map(|text| Some((text, true)));
        }
        let text = self.bare();
        self.at += text.len();
        Ok((!text.is_empty()).then(|| (text.into(), false)))
    }

    /// The text between the quote that stands here and the next; `\"` and `\\` stand for `"` and `\`.
    fn quoted(&mut self) -> Result<Box<str>, FilterError> {
        let open = self.at;
        let mut text = String::new();
        let mut letters = self.rest().char_indices().skip(1).peekable();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at = open + place + 1;
                    return if self.bare().is_empty() {
                        Ok(text.into())
                    } else {
                        Err(self.error(self.at, "a space must follow the closing quote"))
                    };
                }
                '\\' => {
                    let escaped = letters.next_if(|(_, next)| matches!(next, '"' | '\\'));
                    text.push(escaped.map_or('\\', |(_, next)| next));
                }
                _ => text.push(letter),
            }
        }
        Err(self.error(open, "a closing quote is missing"))
    }
}

/// Reads what `<` and `>` compare with: `90d`, `2026-01-31` or a number.
fn limit(text: &str) -> Option<Limit> {
    if let Ok(number) = text.parse() {
        return Some(Limit::Number(number));
    }
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if text.len() == 10 && plain {
        return text.parse().ok().map(Limit::Day);
    }
    let letter = text.chars().next_back()?;
    let unit = Unit::ALL.into_iter().find(|unit| unit.letter() == letter)?;
    let count = text.strip_suffix(letter)?;
    let digits = count.bytes().all(|byte| byte.is_ascii_digit());
    count
        .parse()
        .ok()
        .filter(|_| digits)
        .map(|count| Limit::Span(count, unit))
}
