//! What stands in a request for values that are not given, or not shown: a mark goes through all of the
//! building as the value would, and is told as a hole of the manifest at the end.

use std::cell::RefCell;

/// What a mark begins and ends with: it passes through addresses, headers, forms and JSON as it is.
const BEGIN: &str = "kRhole";
const END: &str = "kRend";
/// How a value that is not shown begins.
pub(super) const HIDDEN: &str = "••••";

/// A value that is not there.
#[derive(Debug)]
struct Mark {
    shown: String,
    /// In JSON it is no text.
    bare: bool,
}

/// All marks of one request.
#[derive(Debug, Default)]
pub(super) struct Marks(RefCell<Vec<Mark>>);

impl Marks {
    /// What stands for a value that was not given.
    pub fn hole(&self, name: &str) -> String {
        self.add(format!("{{{name}}}"), false)
    }

    /// The same for a value that in JSON is no text.
    pub fn bare(&self, name: &str) -> String {
        self.add(format!("{{{name}}}"), true)
    }

    /// What stands for a value that is not shown.
    pub fn secret(&self, name: &str) -> String {
        self.add(format!("{HIDDEN}{{{name}}}"), false)
    }

    fn add(&self, shown: String, bare: bool) -> String {
        let mut marks = self.0.borrow_mut();
        let at = marks
            .iter()
            .position(|it| it.shown == shown && it.bare == bare);
        let at = at.unwrap_or_else(|| {
            marks.push(Mark { shown, bare });
            marks.len() - 1
        });
        format!("{BEGIN}{at}{END}")
    }

    /// A text as it is told.
    pub fn told(&self, text: &str) -> String {
        let marks = self.0.borrow();
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(BEGIN) {
            told.push_str(before);
            let mark = after.split_once(END).and_then(|(at, after)| {
                let mark = marks.get(at.parse::<usize>().ok()?)?;
                Some((mark, after))
            });
            if let Some((mark, after)) = mark {
                told.push_str(&mark.shown);
                rest = after;
            } else {
                told.push_str(BEGIN);
                rest = after;
            }
        }
        told.push_str(rest);
        told
    }

    /// A text is one mark, for a value that in JSON is no text.
    pub fn is_bare(&self, text: &str) -> bool {
        let at = text
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END));
        let marks = self.0.borrow();
        let at = at.and_then(|at| at.parse::<usize>().ok());
        at.and_then(|at| marks.get(at))
            .is_some_and(|mark| mark.bare)
    }

    /// A text has a mark in it.
    pub fn are_in(text: &str) -> bool {
        text.contains(BEGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_told_as_the_hole_that_it_stands_for() {
        let marks = Marks::default();
        let (id, token) = (marks.bare("id"), marks.secret("token"));
        assert_eq!(marks.bare("id"), id);
        let text = format!("/keys/{id}?key={token}&x={BEGIN}y");
        assert_eq!(
            marks.told(&text),
            format!("/keys/{{id}}?key=••••{{token}}&x={BEGIN}y")
        );
        assert!(marks.is_bare(&id) && !marks.is_bare(&token) && !marks.is_bare("x"));
    }
}
