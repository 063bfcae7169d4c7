//! The screen as a function of the model.

use crate::app::Model;

/// How the terminal wants to be drawn on.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Colours may be used.
    pub colour: bool,
}

/// Draws the model.
pub fn view(model: &Model, frame: &mut ratatui::Frame<'_>, look: &Look) {
    let _ = (model, frame, look);
}
