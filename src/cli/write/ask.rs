//! A write is confirmed by `--yes`, or on the terminal itself: never by what is piped in, nor by what was
//! typed before the question stood there. Where there is neither, nothing is sent.

use std::io;

use super::Failure;
use crate::app::{gate::Tier, question::typed_word};

/// Longest answer in bytes.
const LONGEST: u64 = 4 << 10;

/// What is asked before a write.
pub(in crate::cli) struct Question {
    /// What will happen: `Delete the API key “x” in prod`.
    pub title: String,
    /// What there is to know, a line each.
    pub lines: Vec<String>,
    /// How it has to be confirmed.
    pub needed: Tier,
    /// What must be typed where a yes is not enough, and what that is.
    pub word: (String, &'static str),
}

impl Question {
    /// A question about one key.
    pub fn of(title: String, lines: Vec<String>, needed: Tier, key: &crate::api::Target) -> Self {
        let typed = typed_word(key);
        Self {
            title,
            lines,
            needed,
            word: (typed.word, typed.what),
        }
    }
}

/// How far it is confirmed: by the flags, else on the terminal.
///
/// # Errors
/// That it is not; nothing was sent.
pub(in crate::cli) fn confirm(yes: u8, question: &Question) -> Result<Tier, Failure> {
    let given = match yes {
        0 => Tier::Form,
        1 => Tier::Typed,
        _ => Tier::Twice,
    };
    if question.needed <= given {
        return Ok(given);
    }
    let flag = match question.needed {
        Tier::Twice => "--yes --yes",
        _ => "--yes",
    };
    let refused = |why: &str| {
        let lines = question.lines.join("\n");
        Failure::usage(format!(
            "{}? {why}; confirm it with {flag}. Nothing was sent.\n{lines}",
            question.title
        ))
    };
    if yes > 0 {
        return Err(refused("It has to be confirmed twice"));
    }
    match answered(question) {
        Ok(true) => Ok(question.needed),
        Ok(false) => Err(Failure::usage("not confirmed: nothing was sent")),
        Err(_) => Err(refused(
            "It has to be confirmed, and there is no terminal to ask on",
        )),
    }
}

/// Asks on the terminal what a yes or no answers; everything but a yes is a no.
///
/// # Errors
/// When there is no terminal.
pub(in crate::cli) fn agreed(question: &str) -> io::Result<bool> {
    Ok(is_yes(&Terminal::open()?.ask(question)?))
}

fn is_yes(answer: &str) -> bool {
    matches!(&*answer.to_ascii_lowercase(), "y" | "yes")
}

/// Asks until the question is answered as it has to be.
fn answered(question: &Question) -> io::Result<bool> {
    let mut terminal = Terminal::open()?;
    terminal.say(&format!("{}?\n", question.title))?;
    for line in &question.lines {
        terminal.say(&format!("  {line}\n"))?;
    }
    if question.needed < Tier::Typed {
        return Ok(is_yes(&terminal.ask("Type yes: ")?));
    }
    let (word, what) = &question.word;
    if terminal.ask(&format!("Type the {what}, {word}: "))? != *word {
        return Ok(false);
    }
    Ok(question.needed < Tier::Twice
        || terminal.ask(&format!("Really? Type the {what} once more: "))? == *word)
}

#[cfg(unix)]
struct Terminal(std::fs::File);

#[cfg(unix)]
impl Terminal {
    fn open() -> io::Result<Self> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).open("/dev/tty").map(Self)
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        io::Write::write_all(&mut self.0, text.as_bytes())
    }

    /// The line that is typed from now on, without its end.
    fn ask(&mut self, question: &str) -> io::Result<String> {
        use std::io::{BufRead as _, BufReader, Read as _};
        rustix::termios::tcflush(&self.0, rustix::termios::QueueSelector::IFlush)?;
        self.say(question)?;
        let mut line = String::new();
        BufReader::new((&self.0).take(LONGEST)).read_line(&mut line)?;
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    }
}

#[cfg(not(unix))]
struct Terminal;

#[cfg(not(unix))]
impl Terminal {
    fn open() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn say(&mut self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn ask(&mut self, _: &str) -> io::Result<String> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
