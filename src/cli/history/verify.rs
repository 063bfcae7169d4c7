//! `keyrack log --verify`: what the chain of hashes shows, and, with the same weight, what it cannot show.

use std::{fmt::Write as _, path::Path};

use serde::Serialize;

use super::super::{DONE, Ended, FAILED, Failure, output};
use crate::journal::{Journal, Verified};

/// What no chain of hashes can show, and what helps.
const LIMITS: &str = "\
What this cannot show: that lines at the end were cut off, or that the whole file was written anew with new
hashes by somebody who can write it. Keep this elsewhere, and later the same line has to have the same hash:";

/// `--verify --json`
#[derive(Debug, Serialize)]
struct Object<'a> {
    path: &'a Path,
    lines: usize,
    whole: bool,
    broken: Option<usize>,
    torn: &'a [usize],
    last: &'a str,
}

/// Checks the journal; a chain that does not hold is a failure.
pub(super) fn run(journal: &Journal, json: bool) -> Ended {
    let verified = journal
        .verify()
        .map_err(|error| Failure::failed(error.to_string()))?;
    let path = journal.path();
    if json {
        let object = Object {
            path: &path,
            lines: verified.lines,
            whole: verified.broken.is_none(),
            broken: verified.broken.map(|broken| broken.line),
            torn: &verified.torn,
            last: &verified.last,
        };
        let text = serde_json::to_string(&object).map_err(std::io::Error::from)?;
        output::print(&(text + "\n"))?;
    } else if verified.lines == 0 {
        output::say(&super::nothing(journal));
    } else {
        output::print(&words(&path, &verified))?;
    }
    Ok(if verified.broken.is_none() {
        DONE
    } else {
        FAILED
    })
}

fn words(path: &Path, verified: &Verified) -> String {
    let mut text = format!("{}: {}\n", path.display(), finding(verified));
    if !verified.torn.is_empty() {
        let torn: Vec<String> = verified.torn.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "Cut off while written, by a crash or a full disk: line {}. What follows is chained to what is left.",
            torn.join(", ")
        );
    }
    let (lines, last) = (verified.lines, &verified.last);
    let _ = writeln!(
        text,
        "\n{LIMITS}\n  {lines} lines, the last has the SHA-256 {last}"
    );
    text
}

/// What was found, in a sentence or two.
fn finding(verified: &Verified) -> String {
    let lines = verified.lines;
    match verified.broken {
        None if lines == 1 => "1 line, which is the first".to_owned(),
        None => format!("{lines} lines, each follows from the one before"),
        Some(broken) if broken.unreadable => format!(
            "BROKEN: line {} of {lines} is no line of a journal; it was changed since it was written, or put in",
            broken.line
        ),
        Some(broken) if broken.line == 1 => format!(
            "BROKEN: line 1 of {lines} is not the first that was written; lines before it were removed, or it was changed"
        ),
        Some(broken) => format!(
            "BROKEN: line {} of {lines} does not follow from line {}; one of them was changed, or lines between them were removed, moved or put in",
            broken.line,
            broken.line - 1
        ),
    }
}
