//! The screen as a pure function of the model: [`view`] draws it, and nothing here is remembered between
//! two frames. Only what the window shows is looked at, however many keys there are.

mod bulk;
mod canvas;
mod choices;
mod details;
mod dialog;
mod doubt;
mod empty;
mod filter_line;
mod form;
mod group;
mod header;
mod health;
mod input;
mod picker;
mod question;
mod reveal;
mod rotation;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod theme;
mod whose;
pub mod words;

use jiff::tz::TimeZone;
use ratatui::{Frame, layout::Rect, style::Style};

use crate::app::{Accent, Model, dialog::Dialog, screen};

use self::{canvas::Canvas, theme::Ink};

pub use theme::Theme;

/// How the terminal wants to be drawn on.
#[derive(Debug, Clone)]
pub struct Look {
    /// Colours may be used; without, emphasis and words say all.
    pub colour: bool,
    /// The terminal cannot show more than ASCII.
    pub ascii: bool,
    /// What colours mean.
    pub theme: Theme,
    /// Whose clock the times are on.
    pub zone: TimeZone,
}

impl Default for Look {
    /// Colours of the terminal, UTF-8, times in UTC.
    fn default() -> Self {
        Self {
            colour: true,
            ascii: false,
            theme: Theme::default(),
            zone: TimeZone::UTC,
        }
    }
}

impl Look {
    /// How this role looks here.
    fn ink(&self, ink: Ink) -> Style {
        self.plain(self.theme.style(ink))
    }

    /// The colour that marks a context.
    fn accent(&self, accent: Accent) -> Style {
        self.plain(theme::accent(accent))
    }

    fn plain(&self, style: Style) -> Style {
        if self.colour {
            return style;
        }
        Style {
            fg: None,
            bg: None,
            ..style
        }
    }
}

/// Draws the model.
pub fn view(model: &Model, frame: &mut Frame<'_>, look: &Look) {
    let mut canvas = Canvas::new(frame.buffer_mut(), look);
    let area = canvas.area();
    let text = canvas.ink(Ink::Text);
    canvas.paint(area, text);
    if area.width < screen::LEAST.0 || area.height < screen::LEAST.1 {
        too_small(model, &mut canvas);
    } else {
        draw(model, &mut canvas);
    }
    if look.ascii {
        canvas.ascii();
    }
    if let Some(cursor) = canvas.cursor {
        frame.set_cursor_position(cursor);
    }
}

fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    if let Some(waiting) = model.tray.front() {
        reveal::draw(model, canvas, waiting);
        return;
    }
    let area = canvas.area();
    let rows = screen::rows(model);
    let below = rows.banners + rows.filters;
    let status = area.height.saturating_sub(2);
    header::draw(model, canvas);
    header::tabs(model, canvas);
    table::draw(
        model,
        canvas,
        Rect::new(0, 2, area.width, status.saturating_sub(2 + below)),
    );
    status::above(
        model,
        canvas,
        Rect::new(0, status - below, area.width, below),
    );
    status::draw(model, canvas, status);
    if let Some((front, behind)) = model.dialogs.split_last() {
        canvas.cursor = None;
        canvas.recede();
        // A question stands over the form that it is about.
        if let (Dialog::Confirm(_), Some(last)) = (front, behind.last()) {
            dialog::draw(model, canvas, last);
            canvas.cursor = None;
            canvas.recede();
        }
        dialog::draw(model, canvas, front);
    }
    status::notice(model, canvas, status);
}

/// Says how much is needed; a secret that waits is not lost.
fn too_small(model: &Model, canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    let (columns, rows) = screen::LEAST;
    let waits = if model.tray.is_empty() {
        ""
    } else {
        " A new secret waits."
    };
    let text = format!(
        "keyrack needs {columns}×{rows}; this terminal is {}×{}.{waits}",
        area.width, area.height
    );
    for (y, line) in (0..area.height).zip(canvas::wrap(&text, area.width)) {
        canvas.put(0, y, area.width, &line, Style::new());
    }
}
