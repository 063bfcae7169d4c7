//! A few things of which one is done next, each with what it means: the cursor stands on the one that
//! changes least. `doubt` and `rotation` offer their next steps so; `ui::choices` draws them.

use super::key::{Code, Key};

/// Things of which one is done next.
#[derive(Debug, Clone)]
pub struct Choices<T> {
    items: Vec<Choice<T>>,
    at: usize,
}

/// One thing that can be done next.
#[derive(Debug, Clone)]
pub struct Choice<T> {
    /// What it does, in a few words.
    pub label: String,
    /// What that means.
    pub note: String,
    /// It cannot be undone.
    pub risky: bool,
    /// What it is to the dialog that offers it.
    pub next: T,
}

impl<T> Default for Choices<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            at: 0,
        }
    }
}

impl<T: Copy> Choices<T> {
    /// Offers one more.
    #[must_use]
    pub fn with(mut self, next: T, label: impl Into<String>, note: impl Into<String>) -> Self {
        self.items.push(Choice {
            label: label.into(),
            note: note.into(),
            risky: false,
            next,
        });
        self
    }

    /// Offers one more, which cannot be undone.
    #[must_use]
    pub fn with_risky(self, next: T, label: impl Into<String>, note: impl Into<String>) -> Self {
        let mut choices = self.with(next, label, note);
        if let Some(last) = choices.items.last_mut() {
            last.risky = true;
        }
        choices
    }

    /// All of them, with whether the cursor is there.
    pub fn iter(&self) -> impl Iterator<Item = (&Choice<T>, bool)> {
        let at = self.at;
        self.items
            .iter()
            .enumerate()
            .map(move |(place, choice)| (choice, place == at))
    }

    /// A key for them: arrows move, Enter gives what stands under the cursor.
    pub fn key(&mut self, key: Key) -> Option<T> {
        let last = self.items.len().saturating_sub(1);
        match key.code {
            Code::Down | Code::Tab | Code::Char('j') => self.at = (self.at + 1).min(last),
            Code::Up | Code::BackTab | Code::Char('k') => self.at = self.at.saturating_sub(1),
            Code::Home => self.at = 0,
            Code::End => self.at = last,
            Code::Enter => return self.items.get(self.at).map(|choice| choice.next),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_begins_at_the_first_and_stays_within() {
        let mut choices = Choices::default().with(1, "keep", "").with(2, "drop", "");
        let mut press = |key: &str| choices.key(key.parse().unwrap());
        assert_eq!(press("Enter"), Some(1));
        assert_eq!(press("Down"), None);
        assert_eq!(press("Down"), None);
        assert_eq!(press("Enter"), Some(2));
        assert_eq!(press("x"), None);
        assert_eq!(press("Home"), None);
        assert_eq!(press("Enter"), Some(1));
    }
}
