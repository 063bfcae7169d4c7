//! `keyrack doctor`: what keyrack relies on here, one fact a line with whether it is as it should be, and
//! what mends it where it is not. It looks at files, limits and variables; it sends nothing and changes
//! nothing.

mod files;
mod memory;
mod signing;
mod surroundings;

use std::fmt::Write as _;

use super::{DONE, Ended, Failure, Setting, output};
use crate::record::Text;

/// How a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// As it should be.
    Ok,
    /// It works, with less than could be had.
    Warn,
    /// Something will not work, or cannot be trusted.
    Bad,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// One thing that keyrack relies on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fact {
    level: Level,
    about: &'static str,
    words: String,
}

impl Fact {
    fn ok(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(Level::Ok, about, words)
    }

    fn warn(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(Level::Warn, about, words)
    }

    fn bad(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(Level::Bad, about, words)
    }

    fn new(level: Level, about: &'static str, words: impl Into<String>) -> Self {
        Self {
            level,
            about,
            words: words.into(),
        }
    }
}

/// Prints the facts; one that is bad is a failure.
pub(super) fn run(setting: &Setting) -> Ended {
    let facts = facts(setting);
    output::print(&table(&facts))?;
    match facts.iter().filter(|fact| fact.level == Level::Bad).count() {
        0 => Ok(DONE),
        1 => Err(Failure::failed("one of these is bad; its line says why")),
        many => Err(Failure::failed(format!(
            "{many} of these are bad; their lines say why"
        ))),
    }
}

fn facts(setting: &Setting) -> Vec<Fact> {
    let environment = &setting.environment;
    let mut facts = vec![version()];
    let config = files::config(setting, &mut facts);
    facts.extend(files::state(environment));
    facts.push(files::runtime(environment, config.as_ref()));
    facts.extend(memory::facts());
    facts.extend(surroundings::clipboard(environment));
    facts.extend(surroundings::terminal(setting));
    facts.extend(surroundings::network(environment));
    if let Some(config) = &config {
        facts.extend(surroundings::keyring(config));
        facts.extend(surroundings::programs(environment, config));
        facts.extend(signing::facts(environment, config));
    }
    facts
}

fn version() -> Fact {
    let version = env!("CARGO_PKG_VERSION");
    if cfg!(debug_assertions) {
        Fact::warn(
            "version",
            format!(
                "{version}, a debug build: slow, and with the switches of its tests; build it with --release"
            ),
        )
    } else {
        Fact::ok("version", version)
    }
}

fn table(facts: &[Fact]) -> String {
    let widest = facts.iter().map(|fact| fact.about.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Fact {
        level,
        about,
        words,
    } in facts
    {
        let (level, words) = (level.word(), Text::new(words).shown());
        let _ = writeln!(text, "{level:<4}  {about:<widest$}  {words}");
    }
    text
}
