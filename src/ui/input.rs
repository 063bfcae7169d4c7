//! A line that is typed shows the part around its cursor, whatever its length.

use std::borrow::Cow;

use ratatui::{layout::Rect, style::Style};
use tui_input::Input;

use super::{Canvas, canvas::columns};
use crate::record::Text;

/// Where the pieces of a line are on the screen.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The column of the cursor.
    pub cursor: u16,
    /// The column after the text.
    pub end: u16,
    /// The column of each character that is shown, by its number.
    shown: Vec<(usize, u16)>,
}

impl Placed {
    /// The column of the character with this number; the column after the last one for the end.
    #[must_use]
    pub fn column(&self, at: usize) -> Option<u16> {
        let found = self.shown.iter().find(|(number, _)| *number == at);
        let past = self.shown.last().is_none_or(|(number, _)| at > *number);
        found.map(|(_, x)| *x).or_else(|| past.then_some(self.end))
    }
}

/// A character as the table shows it: a mark where it cannot be seen.
fn shown(letter: char, buffer: &mut [u8; 4]) -> Cow<'_, str> {
    Text::new(letter.encode_utf8(buffer)).shown()
}

/// Draws the part of the line around its cursor.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, input: &Input, style: Style) -> Placed {
    let cursor = input.cursor();
    let before = input.value().chars().take(cursor).map(|letter| {
        let mut buffer = [0; 4];
        columns(&shown(letter, &mut buffer))
    });
    let before: u16 = before.fold(0, u16::saturating_add);
    let hidden = before.saturating_sub(area.width.saturating_sub(1));
    let (mut gone, mut x) = (0, area.x);
    let mut placed = Placed {
        cursor: area.x,
        end: area.x,
        shown: Vec::new(),
    };
    let mut buffer = [0; 4];
    for (number, letter) in input.value().chars().enumerate() {
        if number == cursor {
            placed.cursor = x;
        }
        let text = shown(letter, &mut buffer);
        let width = columns(&text);
        if gone < hidden {
            gone += width;
            continue;
        }
        if x + width > area.right() {
            break;
        }
        placed.shown.push((number, x));
        x += canvas.put(x, area.y, width, &text, style);
    }
    placed.end = x;
    if cursor >= input.value().chars().count() {
        placed.cursor = x.min(area.right().saturating_sub(1));
    }
    placed
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::ui::Look;

    fn drawn(text: &str, cursor: usize, width: u16) -> (String, Placed) {
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        let look = Look::default();
        let mut canvas = Canvas::new(&mut buffer, &look);
        let input = Input::new(text.to_owned()).with_cursor(cursor);
        let placed = draw(&mut canvas, area, &input, Style::new());
        let cells = buffer.content.iter();
        let line: String = cells.map(ratatui::buffer::Cell::symbol).collect();
        (line.trim_end().to_owned(), placed)
    }

    #[test]
    fn what_cannot_be_seen_is_a_mark_and_the_cursor_stands_after_it() {
        let (line, placed) = drawn("a\u{9b}b", 2, 20);
        assert_eq!(line, "a‹U+009B›b");
        assert_eq!((placed.cursor, placed.end), (9, 10));
        assert_eq!(placed.column(2), Some(9));
    }

    #[test]
    fn marks_that_do_not_fit_leave_the_end_with_the_cursor_in_sight() {
        let (line, placed) = drawn("a\u{9b}\u{202e}bc", 5, 12);
        assert_eq!(line, "‹U+202E›bc");
        assert_eq!(placed.cursor, 10);
    }
}
