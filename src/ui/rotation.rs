//! A rotation as its steps: what became of those before, the one at hand, those to come, which key lives,
//! and what can be done next.

use ratatui::layout::Rect;

use super::{
    Canvas,
    choices::{self, Offer},
    input,
    theme::Ink,
};
use crate::app::{
    Model,
    rotation::{self, Rotation, RotationId, steps::Step},
};

/// Draws the rotation of this name.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, id: RotationId) {
    let Some(one) = model.rotations.iter().find(|one| one.id == id) else {
        return;
    };
    let small = canvas.area().height < 16;
    let mut lines = if small {
        vec![at_hand(one)]
    } else {
        steps(one)
    };
    if !small {
        lines.push((String::new(), Ink::Text));
    }
    let told = rotation::lines(model, one).into_iter();
    lines.extend(told.map(|line| (line, Ink::Text)));
    if let Some(problem) = &one.problem {
        lines.push((problem.clone(), Ink::Warn));
    }
    if let Some((_, words)) = &one.busy {
        lines.push((words.clone(), Ink::Info));
    }
    if one.line.is_some() {
        lines.push((
            "To file:PATH (a new file that only you may read), env:PATH:NAME (a variable of a dotenv file), cmd:NAME, or clipboard:".to_owned(),
            Ink::Text,
        ));
        lines.push((String::new(), Ink::Text));
    }
    let title = one.title();
    let place = choices::draw(
        canvas,
        &Offer {
            title: &title,
            lines,
            choices: &one.choices,
            ink: if one.problem.is_some() {
                Ink::Warn
            } else {
                Ink::Border
            },
        },
    );
    if let Some(line) = &one.line {
        let y = place.bottom().saturating_sub(1);
        let used = canvas.put(place.x, y, 2, "› ", canvas.ink(Ink::Key));
        let text = Rect::new(place.x + used, y, place.width.saturating_sub(used), 1);
        let style = canvas.ink(Ink::Accent);
        let placed = input::draw(canvas, text, line, style);
        canvas.point(placed.cursor, y);
    }
}

/// All steps, a line each: done, at hand, to come.
fn steps(one: &Rotation) -> Vec<(String, Ink)> {
    let Some(way) = one.way else {
        return vec![at_hand(one)];
    };
    let steps = way.steps().iter();
    let lines = steps.map(|step| {
        let title = step.title(Some(way));
        match one.past.iter().find(|past| past.step == *step) {
            Some(past) => {
                let (mark, ink) = if past.sure {
                    ("✓", Ink::Good)
                } else {
                    ("?", Ink::Warn)
                };
                let words = if past.words.is_empty() {
                    String::new()
                } else {
                    format!(": {}", past.words)
                };
                (format!("{mark} {title}{words}"), ink)
            }
            None if *step == one.at => (format!("▸ {title}"), Ink::Accent),
            None => (format!("· {title}"), Ink::Dim),
        }
    });
    lines.collect()
}

/// The step at hand alone, and how many there are.
fn at_hand(one: &Rotation) -> (String, Ink) {
    let title = one.at.title(one.way);
    let text = match one.way {
        Some(way) if one.at != Step::Ended => {
            let steps = way.steps();
            let at = steps.iter().position(|step| *step == one.at).unwrap_or(0);
            format!("▸ step {} of {}: {title}", at + 1, steps.len())
        }
        _ => format!("▸ {title}"),
    };
    (text, Ink::Accent)
}
