//! A write whose end is not known: what came instead of an answer, how far it was looked for, what was
//! found, and what can be done.

use super::{Canvas, choices, choices::Offer, theme::Ink};
use crate::app::doubt::Doubt;

/// Draws a doubt.
pub fn draw(canvas: &mut Canvas<'_>, doubt: &Doubt) {
    let sentence = doubt.flight.sentence();
    let state = match (&doubt.target, doubt.unreadable) {
        (Some(_), _) if !doubt.found.is_empty() => "done, without its secret",
        (_, true) => "done, but the answer cannot be read",
        _ => "unknown",
    };
    let title = format!("{sentence}: {state}");
    let mut lines = vec![(doubt.reason.clone(), Ink::Text)];
    if doubt.found.is_empty() {
        let words = if doubt.unreadable {
            "It was done, but the answer cannot be read. It was sent once and is not sent again by itself."
        } else {
            "It may have been done, or not. It was sent once and is not sent again by itself."
        };
        lines.push((words.to_owned(), Ink::Text));
    }
    if let Some((round, of)) = doubt.looking {
        let words = match of {
            0 => "Looking for it in the list…".to_owned(),
            of => format!("Looking for it in the list: {round} of {of}…"),
        };
        lines.push((words, Ink::Info));
    }
    lines.extend(doubt.found.iter().map(|line| (line.clone(), Ink::Warn)));
    choices::draw(
        canvas,
        &Offer {
            title: &title,
            lines,
            choices: &doubt.choices,
            ink: Ink::Warn,
        },
    );
}
