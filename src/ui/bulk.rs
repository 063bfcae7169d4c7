//! Many keys at once: the plan with a line for every key, what is typed, how far it is, and an outcome in
//! every row. What the row under the cursor has to say stands whole below the rows.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{columns, wrap},
    choices::{self, Offer},
    dialog::{Hint, Sheet, free, heading, open, room},
    input,
    theme::Ink,
};
use crate::app::{
    bulk::{self, Act, Bulk, Phase, Row, plan::Does, queue::At},
    report::End,
};

/// Rows for what the row under the cursor has to say.
const TOLD: usize = 4;
/// Columns of a row's name at least.
const NAME: u16 = 16;

/// Draws the bulk.
pub fn draw(canvas: &mut Canvas<'_>, bulk: &Bulk) {
    match bulk.phase {
        Phase::Way | Phase::Destination => choose(canvas, bulk),
        Phase::Typing => destination(canvas, bulk),
        Phase::Plan | Phase::Run | Phase::File => rows(canvas, bulk),
    }
}

/// What is chosen before the plan.
fn choose(canvas: &mut Canvas<'_>, bulk: &Bulk) {
    let question = if bulk.phase == Phase::Way {
        "How are they rotated? Keys that can go only one way go that way."
    } else {
        "Where do the new secrets go? None is shown on the screen."
    };
    let mut lines = vec![(question.to_owned(), Ink::Text)];
    lines.extend(bulk.busy.map(|(_, words)| (words.to_owned(), Ink::Info)));
    lines.extend(bulk.problem.clone().map(|why| (why, Ink::Warn)));
    let title = bulk.title();
    choices::draw(
        canvas,
        &Offer {
            title: &title,
            lines,
            choices: &bulk.choices,
            ink: Ink::Border,
        },
    );
}

/// A destination is typed.
fn destination(canvas: &mut Canvas<'_>, bulk: &Bulk) {
    let width = room(canvas, 76);
    let text = "env:PATH:{name} (a variable of a dotenv file for each key), file:DIR/{name} (a new file that only you may read for each), or cmd:NAME. {name}, {id} and {context} stand for the key.";
    let mut lines: Vec<(String, Ink)> = wrap(text, width)
        .into_iter()
        .map(|line| (line, Ink::Text))
        .collect();
    let problem = bulk.problem.iter().flat_map(|why| wrap(why, width));
    lines.extend(problem.map(|line| (line, Ink::Warn)));
    lines.extend(bulk.busy.map(|(_, words)| (words.to_owned(), Ink::Info)));
    let title = bulk.title();
    let (title, _) = heading(&title, width);
    let inside = open(
        canvas,
        &Sheet {
            title,
            size: (width, u16::try_from(lines.len()).unwrap_or(0) + 2),
            keys: &[("Enter", "looks whether it takes them"), ("Esc", "back")],
            ink: Ink::Border,
        },
    );
    let last = inside.bottom().saturating_sub(1);
    for (y, (line, ink)) in (inside.y..last).zip(&lines) {
        canvas.put(inside.x, y, inside.width, line, canvas.ink(*ink));
    }
    line(
        canvas,
        Rect::new(inside.x, last, inside.width, 1),
        "› ",
        bulk,
    );
}

/// A line that is typed, behind what it is.
fn line(canvas: &mut Canvas<'_>, area: Rect, lead: &str, bulk: &Bulk) {
    let used = canvas.put(area.x, area.y, area.width, lead, canvas.ink(Ink::Key));
    let text = Rect::new(area.x + used, area.y, area.width.saturating_sub(used), 1);
    let style = canvas.ink(Ink::Accent);
    let placed = input::draw(canvas, text, &bulk.input, style);
    canvas.point(placed.cursor, area.y);
}

/// The plan, what is on its way, or the outcome: as large as the screen.
fn rows(canvas: &mut Canvas<'_>, bulk: &Bulk) {
    let width = canvas.area().width.saturating_sub(4);
    let title = bulk.title();
    let inside = open(
        canvas,
        &Sheet {
            title: &title,
            size: (width, free(canvas)),
            keys: &hints(bulk),
            ink: Ink::Border,
        },
    );
    let mut y = inside.y;
    for (text, ink) in head(bulk, inside.width) {
        for line in wrap(&text, inside.width).iter().take(2) {
            canvas.put(inside.x, y, inside.width, line, canvas.ink(ink));
            y += 1;
        }
    }
    if bulk.phase == Phase::Run {
        bar(canvas, Rect::new(inside.x, y, inside.width, 1), bulk);
        y += 1;
    }
    let mut bottom = inside.bottom();
    let asks = typed(bulk);
    if let Some(lead) = &asks {
        bottom = bottom.saturating_sub(1);
        line(
            canvas,
            Rect::new(inside.x, bottom, inside.width, 1),
            lead,
            bulk,
        );
    }
    let left = bottom.saturating_sub(y);
    let told = told(bulk, inside.width, usize::from(left / 3).min(TOLD));
    let room = u16::try_from(told.len()).unwrap_or(0);
    bottom = bottom.saturating_sub(room);
    for (y, line) in (bottom..bottom + room).zip(&told) {
        canvas.put(inside.x, y, inside.width, line, canvas.ink(Ink::Dim));
    }
    // A rule parts them where there is room for one.
    if room > 0 && bottom.saturating_sub(y) > 4 {
        bottom -= 1;
        for x in inside.x..inside.right() {
            canvas.put(x, bottom, 1, "─", canvas.ink(Ink::Border));
        }
    }
    list(
        canvas,
        Rect::new(inside.x, y, inside.width, bottom.saturating_sub(y)),
        bulk,
    );
}

/// What the row under the cursor has to say; where that has no room, without the key, which its line names.
fn told(bulk: &Bulk, width: u16, most: usize) -> Vec<String> {
    let Some(row) = bulk.rows.get(bulk.at) else {
        return Vec::new();
    };
    let mut told = wrap(&row.told(), width);
    if told.len() > most {
        told = wrap(&row.line(), width);
    }
    told.truncate(most);
    told
}

/// What stands above the rows.
fn head(bulk: &Bulk, width: u16) -> Vec<(String, Ink)> {
    let mut lines = Vec::new();
    if bulk.has_begun() {
        let counts = bulk.queue.counts();
        let ink = if counts.unknown + counts.not_done > 0 {
            Ink::Warn
        } else {
            Ink::Text
        };
        lines.push((bulk::summary(bulk), ink));
        lines.extend(bulk::halted(bulk).map(|why| (why.to_owned(), Ink::Warn)));
    } else {
        let ink = if bulk.in_production() > 0 {
            Ink::Warn
        } else {
            Ink::Text
        };
        lines.push((intro(bulk), ink));
        let means = match bulk.act {
            Act::Delete => "Whatever uses them stops working. This cannot be undone.",
            Act::Rotate => "A key that stops halfway stays in the journal: L goes on with it.",
        };
        if width >= 60 {
            lines.push((means.to_owned(), Ink::Text));
        }
    }
    lines.extend(bulk.busy.map(|(_, words)| (words.to_owned(), Ink::Info)));
    lines.extend(bulk.problem.clone().map(|why| (why, Ink::Warn)));
    lines
}

/// `10 of 12 keys are deleted, in 2 contexts; 2 are left out · 3 are hidden by the filter`.
fn intro(bulk: &Bulk) -> String {
    let mut contexts: Vec<usize> = bulk.rows.iter().map(|row| row.context).collect();
    contexts.sort_unstable();
    contexts.dedup();
    let (all, sending) = (bulk.rows.len(), bulk.sending());
    let verb = bulk.act.past();
    let mut parts = vec![if all == sending {
        format!("{} will be {verb}", bulk::keys(all))
    } else {
        format!("{sending} of {} will be {verb}", bulk::keys(all))
    }];
    if contexts.len() > 1 {
        parts.push(format!("in {} contexts", contexts.len()));
    }
    match bulk.in_production() {
        0 => {}
        count => parts.push(format!("{count} in PROD")),
    }
    if sending < all {
        parts.push(format!("{} left out", all - sending));
    }
    let hidden = bulk.rows.iter().filter(|row| row.hidden).count();
    if hidden > 0 {
        parts.push(format!("{hidden} hidden by the filter"));
    }
    parts.extend(bulk.sink.as_ref().map(|sink| format!("secrets to {sink}")));
    format!("{}.", parts.join(" · "))
}

/// What is asked for in the last line.
fn typed(bulk: &Bulk) -> Option<String> {
    match bulk.phase {
        Phase::Plan if bulk.sending() > 0 => Some(format!("Type {} to go on: ", bulk.sending())),
        Phase::File => Some("Save as (.csv or .json): ".to_owned()),
        _ => None,
    }
}

fn hints(bulk: &Bulk) -> Vec<Hint<'static>> {
    let mut hints: Vec<Hint<'static>> = Vec::new();
    match bulk.phase {
        Phase::File => hints.extend([("Enter", "saves"), ("Esc", "back")]),
        Phase::Plan => {
            hints.extend([("↑↓", "look"), ("e", "save plan")]);
            hints.push(("Esc", "cancels"));
        }
        _ if bulk.runs() && bulk.queue.is_paused() => {
            hints.extend([("p", "goes on"), ("Esc", "begins no more")]);
        }
        _ if bulk.runs() => hints.extend([("p", "pauses"), ("Esc", "begins no more")]),
        _ => {
            if bulk.queue.halted().is_some() {
                hints.push(("g", "go on"));
            }
            if bulk.repeatable() > 0 {
                hints.push(("r", "retry"));
            }
            if bulk.lookable() > 0 {
                hints.push(("l", "look again"));
            }
            hints.extend([("e", "save"), ("Esc", "closes")]);
        }
    }
    hints
}

/// How far it is, as a bar with its number, the rate and what is left.
fn bar(canvas: &mut Canvas<'_>, area: Rect, bulk: &Bulk) {
    let counts = bulk.queue.counts();
    let all = bulk.sending();
    let ended = counts.ended();
    let rate = bulk.rate().map_or_else(String::new, |(rate, left)| {
        let left = if bulk.runs() {
            format!(", {} left", bulk::span(left))
        } else {
            String::new()
        };
        format!(" · {rate:.1}/s{left}")
    });
    let text = format!(" {ended}/{all}{rate}");
    let width = area.width.saturating_sub(columns(&text)).min(40);
    let share = |count: usize| {
        let cells = usize::from(width) * count / all.max(1);
        u16::try_from(cells).unwrap_or(width)
    };
    let (full, good) = (share(ended), share(counts.done));
    for x in 0..width {
        let (mark, ink) = if x < good {
            ("█", Ink::Good)
        } else if x < full {
            ("▒", Ink::Warn)
        } else {
            ("░", Ink::Dim)
        };
        canvas.put(area.x + x, area.y, 1, mark, canvas.ink(ink));
    }
    canvas.put(
        area.x + width,
        area.y,
        area.width - width,
        &text,
        canvas.ink(Ink::Text),
    );
}

/// The rows around the cursor.
fn list(canvas: &mut Canvas<'_>, area: Rect, bulk: &Bulk) {
    let height = usize::from(area.height);
    let top = (bulk.at + 1)
        .saturating_sub(height.saturating_sub(1).max(1))
        .min(bulk.rows.len().saturating_sub(height));
    let many = bulk.rows.iter().any(|row| {
        bulk.rows
            .first()
            .is_some_and(|first| first.context != row.context)
    });
    let name = (area.width / 3).max(NAME).min(area.width);
    for (y, (at, one)) in (area.y..area.bottom()).zip(bulk.rows.iter().enumerate().skip(top)) {
        row(
            canvas,
            Rect::new(area.x, y, area.width, 1),
            (bulk, one),
            at == bulk.at,
            (many, name),
        );
    }
}

fn row(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (bulk, one): (&Bulk, &Row),
    selected: bool,
    (many, name): (bool, u16),
) {
    let (mark, ink) = mark(bulk, one);
    let pick = |ink: Ink| canvas.ink(if selected { Ink::Selection } else { ink });
    let (plain, dim, ink) = (pick(Ink::Text), pick(Ink::Dim), pick(ink));
    if selected {
        canvas.paint(area, plain);
    }
    canvas.put(area.x, area.y, 2, mark, ink);
    let text = crate::record::Text::new(&one.plan.target.name).shown();
    canvas.put(area.x + 2, area.y, name.saturating_sub(3), &text, plain);
    let mut x = area.x + name;
    if many && area.width >= 60 {
        canvas.put(x, area.y, 12, &one.plan.context, dim);
        x += 14;
    }
    if area.width >= 60 {
        let id = crate::record::Text::new(one.plan.target.id.as_str()).shown();
        canvas.put(x, area.y, 12, &id, dim);
        x += 14;
    }
    let left = area.right().saturating_sub(x);
    let hidden = if one.hidden && bulk.phase == Phase::Plan {
        "(hidden) "
    } else {
        ""
    };
    let waits = bulk.has_begun() && matches!(one.at(bulk), Some(At::Waiting));
    let text = if waits && bulk.runs() {
        "waits".to_owned()
    } else if waits {
        "untouched".to_owned()
    } else {
        format!("{hidden}{}", one.line())
    };
    canvas.put(x, area.y, left, &text, ink);
}

/// The mark and the role of how far a row is.
fn mark(bulk: &Bulk, row: &Row) -> (&'static str, Ink) {
    if row.plan.does == Does::Refuse {
        return ("×", Ink::Dim);
    }
    match row.at(bulk) {
        Some(At::Running) => ("▸", Ink::Accent),
        Some(At::Ended(End::Done)) => ("✓", Ink::Good),
        Some(At::Ended(End::NotDone)) => ("✖", Ink::Bad),
        Some(At::Doubted | At::Ended(End::Unknown | End::Unreadable)) => ("?", Ink::Warn),
        Some(At::Waiting) | None => ("·", Ink::Text),
    }
}
