//! A line that is typed shows the part around its cursor, whatever its length.

use ratatui::{layout::Rect, style::Style};
use tui_input::Input;
use unicode_width::UnicodeWidthChar;

use super::Canvas;

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

/// Draws the part of the line around its cursor.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, input: &Input, style: Style) -> Placed {
    let wide = |letter: char| u16::try_from(letter.width().unwrap_or(1)).unwrap_or(1);
    let cursor = input.cursor();
    let before: u16 = input.value().chars().take(cursor).map(wide).sum();
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
        let width = wide(letter);
        if gone < hidden {
            gone += width;
            continue;
        }
        if x + width > area.right() {
            break;
        }
        placed.shown.push((number, x));
        let text = crate::record::Text::new(letter.encode_utf8(&mut buffer)).shown();
        let used = canvas.put(x, area.y, width.max(1), &text, style);
        x += used.max(width);
    }
    placed.end = x;
    if cursor >= input.value().chars().count() {
        placed.cursor = x.min(area.right().saturating_sub(1));
    }
    placed
}
