//! Bytes become keys, pastes and changes of the focus, as xterm and its kin send them; what is none of them
//! is dropped. `tty` feeds the bytes as they come: a sequence may come in pieces, and a lone escape is a key
//! once nothing follows it at once.

use zeroize::{Zeroize as _, Zeroizing};

use crate::app::key::{Code, Key};

const ESC: u8 = 0x1b;
/// The longest sequence that is looked at, in bytes.
const LONGEST: usize = 64;
/// Ends a paste.
const END: &[u8] = b"\x1b[201~";
/// How much of a paste is kept, in bytes: no field takes as much, so that it is refused whole.
const KEPT: usize = 256 << 10;

/// What was sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(Zeroizing<String>),
    /// The terminal has the focus, or lost it.
    Focus(bool),
}

/// What came so far of a sequence or of a paste.
pub struct Sequences {
    pending: Zeroizing<Vec<u8>>,
    paste: Option<Paste>,
}

impl Default for Sequences {
    fn default() -> Self {
        Self {
            pending: Zeroizing::new(Vec::with_capacity(LONGEST + 8)),
            paste: None,
        }
    }
}

/// What the bytes so far are.
enum Step {
    /// The beginning of something.
    More,
    /// Nothing that is known.
    Drop,
    /// Something whole.
    Give(Token),
    /// The last byte begins anew; what stood before it is this, or nothing.
    Anew(Option<Token>),
    /// A paste begins.
    Paste,
}

impl Sequences {
    /// Takes bytes; there is `more` where others are at hand already.
    pub fn take(&mut self, mut bytes: &[u8], more: bool, give: &mut dyn FnMut(Token)) {
        loop {
            if let Some(paste) = &mut self.paste {
                let taken = paste.take(bytes);
                bytes = bytes.get(taken..).unwrap_or_default();
                if paste.is_whole() {
                    let text = self.paste.take().map(Paste::text).unwrap_or_default();
                    give(Token::Paste(text));
                }
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return;
            };
            bytes = rest;
            self.pending.push(*byte);
            self.step(more || !rest.is_empty(), give);
        }
    }

    fn step(&mut self, more: bool, give: &mut dyn FnMut(Token)) {
        match step(&self.pending, more) {
            Step::More => return,
            Step::Drop => {}
            Step::Give(token) => give(token),
            Step::Paste => self.paste = Some(Paste::default()),
            Step::Anew(token) => {
                let last = self.pending.last().copied();
                self.pending.zeroize();
                token.into_iter().for_each(&mut *give);
                self.pending.extend(last);
                return self.step(more, give);
            }
        }
        // Erases the whole buffer and empties it.
        self.pending.zeroize();
    }
}

/// A paste on its way.
#[derive(Default)]
struct Paste {
    kept: Zeroizing<Vec<u8>>,
    /// How much of its end has come.
    ended: usize,
}

impl Paste {
    /// Takes what belongs to it; gives how many bytes that were.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.ended == 0 {
                // One by one: a search by wide registers leaves them on the stack.
                let text = rest.iter().position(|byte| *byte == ESC);
                let text = text.unwrap_or(rest.len());
                self.keep(rest.get(..text).unwrap_or_default());
                at += text + 1;
                self.ended = usize::from(text < rest.len());
            } else if rest.first() == END.get(self.ended) {
                self.ended += 1;
                at += 1;
            } else {
                self.keep(END.get(..self.ended).unwrap_or_default());
                self.ended = 0;
            }
            if self.is_whole() {
                break;
            }
        }
        at.min(bytes.len())
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.kept.len()).min(bytes.len());
        self.kept
            .extend_from_slice(bytes.get(..room).unwrap_or_default());
    }

    fn is_whole(&self) -> bool {
        self.ended == END.len()
    }

    fn text(mut self) -> Zeroizing<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.kept));
        Zeroizing::new(text.unwrap_or_else(|error| {
            let bytes = Zeroizing::new(error.into_bytes());
            String::from_utf8_lossy(&bytes).into_owned()
        }))
    }
}

fn step(bytes: &[u8], more: bool) -> Step {
    match bytes {
        [ESC] if more => Step::More,
        [ESC] => Step::Give(Token::Key(Key::plain(Code::Esc))),
        [ESC, ESC] => Step::Anew(Some(Token::Key(Key::plain(Code::Esc)))),
        [ESC, b'O' | b'['] => Step::More,
        [ESC, b'O', last] => named(*last, 1).map_or(Step::Drop, |key| modified(key, 0)),
        [ESC, b'[', inner @ .., last] => control(inner, *last),
        [ESC, inner @ ..] => match plain(inner) {
            Step::Give(Token::Key(key)) => Step::Give(Token::Key(Key { alt: true, ..key })),
            other => other,
        },
        inner => plain(inner),
    }
}

/// A key that is one character, as it stands.
fn plain(bytes: &[u8]) -> Step {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return Step::More;
    };
    let control = |letter: u8| Key::ctrl(char::from(letter));
    let key = match *first {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x7f => Key::plain(Code::Backspace),
        0 => control(b' '),
        byte @ 0x01..=0x1a => control(byte - 1 + b'a'),
        byte @ 0x1c..=0x1f => control(byte - 0x1c + b'4'),
        byte if byte < 0x80 => Key::plain(Code::Char(char::from(byte))),
        lead => {
            let wanted = match lead {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Step::Drop,
            };
            return match std::str::from_utf8(bytes).map(|text| text.chars().next()) {
                Ok(Some(letter)) => Step::Give(Token::Key(Key::plain(Code::Char(letter)))),
                // What follows is no part of it.
                _ if bytes.len() > 1 && last & 0xc0 != 0x80 => Step::Anew(None),
                _ if bytes.len() < wanted => Step::More,
                _ => Step::Drop,
            };
        }
    };
    Step::Give(Token::Key(key))
}

/// A control sequence: what stands between its beginning and its last byte, and that.
fn control(inner: &[u8], last: u8) -> Step {
    match (inner, last) {
        // The console of Linux.
        ([b'['], b'A'..=b'E') => modified(Code::F(last - b'A' + 1), 0),
        // `M` is the mouse as it was first reported: three more bytes of any kind.
        ([], b'[' | b'M') | ([b'M'] | [b'M', _], _) => Step::More,
        ([b'['] | [b'M', ..], _) => Step::Drop,
        (_, ESC) => Step::Anew(None),
        (_, 0x20..=0x3f) if inner.len() < LONGEST => Step::More,
        (_, 0x40..=0x7e) => whole(inner, last),
        _ => Step::Drop,
    }
}

fn whole(inner: &[u8], last: u8) -> Step {
    let Ok(text) = std::str::from_utf8(inner) else {
        return Step::Drop;
    };
    let mut parts = text.split(';').map(|part| {
        let (number, more) = part.split_once(':').unwrap_or((part, ""));
        (number.parse::<u32>().ok(), more)
    });
    let (number, _) = parts.next().unwrap_or_default();
    let (modifiers, kind) = parts.next().unwrap_or_default();
    // Some terminals tell when a key is let go.
    if kind == "3" || (number.is_none() && !inner.is_empty()) {
        return Step::Drop;
    }
    let number = number.unwrap_or(1);
    let held = modifiers.unwrap_or(1).saturating_sub(1);
    match (last, number) {
        (b'I', _) if inner.is_empty() => Step::Give(Token::Focus(true)),
        (b'O', _) if inner.is_empty() => Step::Give(Token::Focus(false)),
        (b'~', 200) => Step::Paste,
        (b'u', _) => match char::from_u32(number) {
            Some(letter) => spelled(letter, held),
            None => Step::Drop,
        },
        _ => named(last, number).map_or(Step::Drop, |code| modified(code, held)),
    }
}

/// A key that is told by the number of its character.
fn spelled(letter: char, held: u32) -> Step {
    let code = match letter {
        '\r' => Code::Enter,
        '\t' if held & 1 != 0 => Code::BackTab,
        '\t' => Code::Tab,
        '\u{7f}' => Code::Backspace,
        '\u{1b}' => Code::Esc,
        letter if letter.is_control() => return Step::Drop,
        letter => Code::Char(letter),
    };
    modified(code, held)
}

/// A key that has a name, by the last byte of its sequence or by its number.
fn named(last: u8, number: u32) -> Option<Code> {
    Some(match (last, number) {
        (b'A', _) => Code::Up,
        (b'B', _) => Code::Down,
        (b'C', _) => Code::Right,
        (b'D', _) => Code::Left,
        (b'H', _) | (b'~', 1 | 7) => Code::Home,
        (b'F', _) | (b'~', 4 | 8) => Code::End,
        (b'Z', _) => Code::BackTab,
        (b'P', _) => Code::F(1),
        (b'Q', _) => Code::F(2),
        // With two numbers it is a place of the cursor.
        (b'R', 1) => Code::F(3),
        (b'S', _) => Code::F(4),
        (b'~', 3) => Code::Delete,
        (b'~', 5) => Code::PageUp,
        (b'~', 6) => Code::PageDown,
        // The numbers have gaps, as the first keyboards had.
        (b'~', 11..=15) => function(number - 10)?,
        (b'~', 17..=21) => function(number - 11)?,
        (b'~', 23..=26) => function(number - 12)?,
        (b'~', 28..=29) => function(number - 13)?,
        (b'~', 31..=34) => function(number - 14)?,
        _ => return None,
    })
}

fn function(number: u32) -> Option<Code> {
    u8::try_from(number).ok().map(Code::F)
}

fn modified(code: Code, held: u32) -> Step {
    Step::Give(Token::Key(Key {
        code,
        ctrl: held & 4 != 0,
        alt: held & 2 != 0,
    }))
}

#[cfg(test)]
mod tests;
