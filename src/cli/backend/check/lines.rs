//! How a check on a service is told: a line for each step with how it ended, and below it what to look at.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

/// Cells before what is told below a step.
const INDENT: usize = 2;
/// Most members for which lines of a manifest are offered without being asked for.
const FEW: usize = 3;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Ok,
    Note,
    Hint,
    Failed,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Hint => "hint",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug)]
struct Step {
    what: String,
    mark: Mark,
    words: String,
    /// What to look at, by its place.
    notes: Vec<Note>,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// Where: a pointer, or nothing.
    pub at: String,
    /// What is so, and what to write.
    pub words: String,
}

impl Note {
    /// Something at a place.
    pub fn new(at: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            words: words.into(),
        }
    }
}

/// All steps so far.
#[derive(Debug, Default)]
pub(super) struct Lines {
    steps: Vec<Step>,
    /// Lines for a manifest, by resource.
    offers: Vec<(String, Vec<String>)>,
}

impl Lines {
    /// A step that went well.
    pub fn ok(&mut self, what: impl Into<String>, words: impl Into<String>) {
        self.push(what.into(), Mark::Ok, words.into(), Vec::new());
    }

    /// A step that went well and shows something to look at; without notes it is just well.
    pub fn hint(&mut self, what: impl Into<String>, words: impl Into<String>, notes: Vec<Note>) {
        let mark = if notes.is_empty() {
            Mark::Ok
        } else {
            Mark::Hint
        };
        self.push(what.into(), mark, words.into(), notes);
    }

    /// Something that is good to know.
    pub fn note(&mut self, what: impl Into<String>, words: impl Into<String>, notes: Vec<Note>) {
        self.push(what.into(), Mark::Note, words.into(), notes);
    }

    /// A step that failed, with what to do.
    pub fn failed_with(&mut self, what: impl Into<String>, words: &str, next: &str) {
        let words = format!("{}. {next}", words.trim_end_matches('.'));
        self.push(what.into(), Mark::Failed, words, Vec::new());
    }

    /// A step that shows mistakes.
    pub fn wrong(&mut self, what: impl Into<String>, words: impl Into<String>, notes: Vec<Note>) {
        self.push(what.into(), Mark::Failed, words.into(), notes);
    }

    /// Lines that a manifest could have.
    pub fn offer(&mut self, resource: &str, lines: Vec<String>) {
        if !lines.is_empty() {
            self.offers.push((resource.to_owned(), lines));
        }
    }

    /// A step failed.
    pub fn failed(&self) -> bool {
        self.count(Mark::Failed) > 0
    }

    fn push(&mut self, what: String, mark: Mark, words: String, notes: Vec<Note>) {
        self.steps.push(Step {
            what,
            mark,
            words,
            notes,
        });
    }

    fn count(&self, mark: Mark) -> usize {
        self.steps.iter().filter(|step| step.mark == mark).count()
    }

    /// All of it, within so many columns; `suggest` also offers many lines.
    pub fn text(&self, width: Option<usize>, suggest: bool) -> String {
        let mut text = String::new();
        let first = self.steps.iter().map(|step| step.what.width()).max();
        let first = first.unwrap_or(0);
        for step in &self.steps {
            let (what, mark) = (&step.what, step.mark.word());
            let head = format!("{what:<first$}  {mark:<6}  ");
            write(&mut text, &head, &step.words, width);
            let second = step.notes.iter().map(|note| note.at.width()).max();
            let second = second.unwrap_or(0);
            for note in &step.notes {
                let at = &note.at;
                let gap = if second == 0 { "" } else { "  " };
                let head = format!("{:INDENT$}{at:<second$}{gap}", "");
                write(&mut text, &head, &note.words, width);
            }
        }
        text.push_str(&self.sum());
        let many: usize = self.offers.iter().map(|(_, lines)| lines.len()).sum();
        if many > FEW && !suggest {
            text.push_str("--suggest prints what is not declared as lines of a manifest\n");
        } else {
            for (resource, lines) in &self.offers {
                let _ = writeln!(text, "\n# not declared by {resource}");
                text.push_str(&lines.join("\n"));
            }
        }
        text
    }

    /// How it went, in one line.
    fn sum(&self) -> String {
        let of = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {many}")),
        };
        let parts: Vec<String> = [
            of(self.count(Mark::Failed), "step failed", "steps failed"),
            of(self.count(Mark::Hint), "step has hints", "steps have hints"),
            of(self.count(Mark::Ok), "is ok", "are ok"),
        ]
        .into_iter()
        .flatten()
        .collect();
        format!("{}\n", parts.join(", "))
    }
}

/// Writes words behind a head; further lines stand below the first word.
fn write(text: &mut String, head: &str, words: &str, width: Option<usize>) {
    let start = head.width();
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(start).max(24));
    let mut line = head.to_owned();
    let mut used = 0;
    for word in words.split(' ') {
        let long = word.width();
        if used > 0 && used + 1 + long > room {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(start);
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += long;
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_behind_their_step_on_a_narrow_screen() {
        let mut lines = Lines::default();
        lines.ok("keys list", "3 rows");
        let notes = vec![Note::new(
            "/a",
            "no row has it, and this is a longer text about that",
        )];
        lines.hint("keys fields", "1 of 2", notes);
        lines.failed_with("keys get", "gone (404)", "Check `call`.");
        assert!(lines.failed());
        insta::assert_snapshot!(lines.text(Some(40), false), @r"
        keys list    ok      3 rows
        keys fields  hint    1 of 2
          /a  no row has it, and this is a
              longer text about that
        keys get     failed  gone (404). Check
                             `call`.
        1 step failed, 1 step has hints, 1 is ok
        ");
    }

    #[test]
    fn few_lines_of_a_manifest_are_offered_and_many_when_asked_for() {
        let mut lines = Lines::default();
        lines.offer("keys", vec!["a\n".to_owned(); 4]);
        assert!(
            lines
                .text(None, false)
                .ends_with("as lines of a manifest\n")
        );
        assert!(
            lines
                .text(None, true)
                .ends_with("# not declared by keys\na\n\na\n\na\n\na\n")
        );
    }
}
