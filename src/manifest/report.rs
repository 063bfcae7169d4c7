//! Every mistake in a manifest is told with its line and column. [`Path`] names a part of the document
//! as the checks walk it; [`Report`] finds where that part stands, and only when there is a mistake.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A mistake in a manifest, or something that looks forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, why, and what to write instead.
    pub message: String,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

/// A part of the document, by the steps that lead to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    up: Option<&'a Path<'a>>,
    step: Step<'a>,
}

impl<'a> Path<'a> {
    /// The whole document.
    pub(super) const ROOT: Path<'static> = Path {
        up: None,
        step: Step::Root,
    };

    /// The value under a key.
    pub(super) fn key(&'a self, key: &'a str) -> Path<'a> {
        Path {
            up: Some(self),
            step: Step::Key(key),
        }
    }

    /// The element at a position.
    pub(super) fn index(&'a self, index: usize) -> Path<'a> {
        Path {
            up: Some(self),
            step: Step::Index(index),
        }
    }
}

/// Reads a document as TOML.
///
/// # Errors
/// Where it stops being TOML.
pub(super) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Vec<Fault>> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let message = format!("this is not TOML: {}", error.message().trim_end());
        vec![place(text, at, message)]
    })
}

/// A fault at a byte of the text.
pub(super) fn place(text: &str, at: usize, message: String) -> Fault {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let in_line = before.get(line_start..).unwrap_or_default();
    Fault {
        line: before.matches('\n').count() + 1,
        column: in_line.chars().count() + 1,
        message,
    }
}

/// What was found in one document.
pub(super) struct Report<'t> {
    text: &'t str,
    tree: &'t Spanned<DeTable<'t>>,
    faults: Vec<Fault>,
    hints: Vec<Fault>,
}

impl<'t> Report<'t> {
    /// Nothing was found yet.
    pub(super) fn new(text: &'t str, tree: &'t Spanned<DeTable<'t>>) -> Self {
        Self {
            text,
            tree,
            faults: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The document.
    pub(super) fn tree(&self) -> &'t Spanned<DeTable<'t>> {
        self.tree
    }

    /// Tells a mistake at a part of the document, or at the nearest part around it that is there.
    pub(super) fn at(&mut self, path: &Path<'_>, message: impl Into<String>) {
        let at = self.find(path).0;
        self.here(at, message);
    }

    /// Tells a mistake at a byte of the text.
    pub(super) fn here(&mut self, at: usize, message: impl Into<String>) {
        let fault = place(self.text, at, message.into());
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Tells something that works and looks forgotten.
    pub(super) fn hint(&mut self, path: &Path<'_>, message: impl Into<String>) {
        let fault = place(self.text, self.find(path).0, message.into());
        self.hints.push(fault);
    }

    /// The document has this part.
    pub(super) fn says(&self, path: &Path<'_>) -> bool {
        self.find(path).1.is_some()
    }

    /// Nothing was found so far.
    pub(super) fn clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// What was found, in the order of the text: mistakes, then what looks forgotten.
    pub(super) fn done(mut self) -> (Vec<Fault>, Vec<Fault>) {
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self.hints.sort_by_key(|fault| (fault.line, fault.column));
        (self.faults, self.hints)
    }

    /// The place of a part and its value; a missing part has the place of what is around it.
    fn find<'s>(&'s self, path: &Path<'_>) -> (usize, Option<&'s DeValue<'t>>) {
        let Some(up) = path.up else {
            return (0, None);
        };
        let (around, value) = self.find(up);
        let table = match (up.up, value) {
            (None, _) => Some(self.tree.get_ref()),
            (_, Some(DeValue::Table(table))) => Some(table),
            _ => None,
        };
        let found = match (path.step, table, value) {
            (Step::Key(key), Some(table), _) => table.get(key),
            (Step::Index(index), _, Some(DeValue::Array(array))) => array.get(index),
            _ => None,
        };
        found.map_or((around, None), |found| {
            (found.span().start, Some(found.get_ref()))
        })
    }
}
