//! Text is put on the screen by display width: what does not fit ends in `…`, and a wide character is
//! never cut in half. Everything in `ui` draws through [`Canvas`].

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    widgets::Widget,
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Look, theme::Ink};

/// The screen while it is drawn.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// How things look.
    pub look: &'a Look,
    /// Where the cursor stands.
    pub cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    /// Draws into this buffer.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        Self {
            buffer,
            look,
            cursor: None,
        }
    }

    /// The whole screen.
    #[must_use]
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The style of a role.
    #[must_use]
    pub fn ink(&self, ink: Ink) -> Style {
        self.look.ink(ink)
    }

    /// Writes a text into `width` columns from here; gives the columns used.
    pub fn put(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let area = self.area();
        if y >= area.bottom() || x >= area.right() || width == 0 {
            return 0;
        }
        let width = width.min(area.right() - x);
        let (head, cut) = fit(text, usize::from(width));
        let (end, _) = self
            .buffer
            .set_stringn(x, y, head, usize::from(width), style);
        if !cut {
            return end - x;
        }
        let (end, _) = self.buffer.set_stringn(end, y, "…", 1, style);
        end - x
    }

    /// Writes a text so that it ends at the right of these columns; gives the columns used.
    pub fn put_right(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let used = columns(text).min(width);
        self.put(x + width - used, y, used, text, style)
    }

    /// Writes pieces one behind the other; gives the columns used.
    pub fn pieces(&mut self, x: u16, y: u16, width: u16, pieces: &[(&str, Style)]) -> u16 {
        let mut used = 0;
        for (text, style) in pieces {
            used += self.put(x + used, y, width.saturating_sub(used), text, *style);
        }
        used
    }

    /// Gives an area a style on top of what is there.
    pub fn paint(&mut self, area: Rect, style: Style) {
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let style = self.ink(Ink::Text);
        for position in area.intersection(self.buffer.area).positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }

    /// Takes the emphasis off everything that was drawn so far.
    pub fn recede(&mut self) {
        let plain = Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED;
        let dim = self.ink(Ink::Dim).remove_modifier(plain);
        let area = self.area();
        self.paint(area, dim);
    }

    /// Puts one cluster into a cell; the columns it takes.
    pub fn cluster(&mut self, x: u16, y: u16, cluster: &str, style: Style) -> u16 {
        let width = columns(cluster);
        let (end, _) = if y < self.area().bottom() && x < self.area().right() {
            self.buffer
                .set_stringn(x, y, cluster, usize::from(width), style)
        } else {
            (x, y)
        };
        end - x
    }

    /// Shows the terminal's cursor here.
    pub fn point(&mut self, x: u16, y: u16) {
        if self.area().contains(Position { x, y }) {
            self.cursor = Some(Position { x, y });
        }
    }

    /// Draws a widget of the library.
    pub fn widget(&mut self, area: Rect, widget: impl Widget) {
        widget.render(area.intersection(self.area()), self.buffer);
    }

    /// Replaces what a terminal without UTF-8 cannot show.
    pub fn ascii(&mut self) {
        for cell in &mut self.buffer.content {
            if !cell.symbol().is_ascii() {
                let plain = plain(cell.symbol());
                cell.set_symbol(plain);
            }
        }
    }
}

/// Columns that a text takes.
#[must_use]
pub fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The beginning of a text that fits, with room for `…` where it was cut.
#[must_use]
pub fn fit(text: &str, width: usize) -> (&str, bool) {
    if text.len() <= width || text.width() <= width {
        return (text, false);
    }
    let mut used = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        used += cluster.width();
        if used > width.saturating_sub(1) {
            return (text.get(..at).unwrap_or(""), true);
        }
    }
    (text, false)
}

/// The lines of a text at this width, broken between words where that is possible.
#[must_use]
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width.max(1));
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split_inclusive(' ') {
        let wide = word.trim_end().width();
        if used + wide > width && used > 0 {
            lines.push(line.trim_end().to_owned());
            (line, used) = (String::new(), 0);
        }
        if wide <= width {
            line.push_str(word);
            used += word.width();
            continue;
        }
        for cluster in word.graphemes(true) {
            if used + cluster.width() > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
                if cluster == " " {
                    continue;
                }
            }
            line.push_str(cluster);
            used += cluster.width();
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The ASCII stand-in of a character.
fn plain(symbol: &str) -> &'static str {
    match symbol {
        "─" | "–" | "—" => "-",
        "│" => "|",
        "┌" | "┐" | "└" | "┘" | "✓" | "▒" => "+",
        "›" | "▸" | "▌" | "→" => ">",
        "‹" => "<",
        "…" => "~",
        "·" => ".",
        "•" | "●" | "▓" => "*",
        "“" | "”" => "\"",
        "’" | "‘" => "'",
        "✖" | "×" => "x",
        "▲" => "!",
        "↑" => "^",
        "↓" => "v",
        "≈" => "=",
        "█" => "#",
        "░" => ":",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_character_is_never_cut_in_half() {
        assert_eq!(fit("日本語", 6), ("日本語", false));
        assert_eq!(fit("日本語", 5), ("日本", true));
        assert_eq!(fit("日本語", 4), ("日", true));
        assert_eq!(fit("abc", 2), ("a", true));
        assert_eq!(fit("abc", 0), ("", true));
    }

    #[test]
    fn lines_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
