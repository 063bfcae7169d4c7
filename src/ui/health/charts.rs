//! Charts of all keys, by the library's own widgets: the number of each bar stands beside it, and what is
//! cut off by a small screen is scrolled to.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use ratatui::{
    layout::{Direction, Rect},
    symbols::bar,
    text::Line,
    widgets::{Bar, BarChart, BarGroup, Sparkline},
};

use super::{Canvas, Ink, dialog, severity, words};
use crate::{
    app::{
        Model,
        health::{
            sums::{END_WEEKS, Past, SPANS, Sums, USE_WEEKS, monday},
            view::{Health, Page},
        },
        state::{Policy, Severity},
    },
    record::{Moment, Text},
};

const DAY: i64 = 86_400 * 1_000_000;

/// Widest label of a bar on a wide screen.
const LABEL: usize = 28;

/// One bar with what stands before it.
struct Row {
    label: String,
    /// None: a line between bars.
    count: Option<usize>,
    ink: Ink,
    /// A number without a bar, for one as long as the others are together would hide them.
    aside: bool,
}

impl Row {
    fn new(label: impl Into<String>, count: usize, ink: Ink) -> Self {
        Self {
            label: label.into(),
            count: Some(count),
            ink,
            aside: false,
        }
    }

    fn aside(label: &str, count: usize) -> Self {
        Self {
            aside: true,
            ..Self::new(label, count, Ink::Dim)
        }
    }

    fn said(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            count: None,
            ink: Ink::Dim,
            aside: true,
        }
    }
}

/// Draws the chart of the page in front.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect, health: &Health) {
    let sums = &health.sums;
    let strips = if health.page == Page::Use {
        sums.heat.len()
    } else {
        0
    };
    let rows = match health.page {
        Page::Age => ages(&sums.made, &model.policy),
        Page::Use => uses(&sums.used, &model.policy),
        Page::Expiry => ends(sums, model.now, area.width),
        Page::Contexts => contexts(model, sums),
        Page::Owners => owners(sums),
        Page::Findings => Vec::new(),
    };
    let mut area = area;
    let all = rows.len() + if strips > 0 { strips + 2 } else { 0 };
    let most = all.saturating_sub(usize::from(area.height));
    let top = health.top.min(most);
    dialog::more(canvas, area, top > 0, top < most);
    let mut skip = top;
    if strips > 0 {
        let used = heat(model, canvas, area, (sums, skip));
        skip = skip.saturating_sub(strips + 2);
        area = Rect {
            y: area.y + used,
            height: area.height.saturating_sub(used),
            ..area
        };
    }
    bars(canvas, area, &rows, skip);
}

/// Bars with their labels and numbers, from a row on.
fn bars(canvas: &mut Canvas<'_>, area: Rect, rows: &[Row], skip: usize) {
    let counts = || rows.iter().filter_map(|row| row.count);
    let barred = rows.iter().filter(|row| !row.aside);
    let most = barred.filter_map(|row| row.count).max().unwrap_or(0);
    let digits = counts()
        .map(|count| words::len(count).len())
        .max()
        .unwrap_or(1);
    let shortest = |row: &&Row| row.count.is_some();
    let labels = rows
        .iter()
        .filter(shortest)
        .map(|row| Line::raw(&row.label).width());
    let room = usize::from(area.width).saturating_sub(digits + 8).max(8);
    let widest = labels.max().unwrap_or(0).min(room);
    let shown = rows.iter().skip(skip).take(usize::from(area.height));
    for (y, row) in (area.y..).zip(shown) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        let Some(count) = row.count else {
            canvas.put(line.x, y, line.width, &row.label, canvas.ink(row.ink));
            continue;
        };
        let label = fitted(&row.label, widest);
        let label = format!("{label} {:>digits$}", words::len(count));
        let length = if row.aside { 0 } else { count };
        let bar = Bar::default()
            .value(length as u64)
            .text_value(String::new())
            .label(Line::styled(label, canvas.ink(Ink::Text)))
            .style(canvas.ink(row.ink));
        let chart = BarChart::default()
            .direction(Direction::Horizontal)
            .bar_width(1)
            .bar_gap(0)
            .max(most.max(1) as u64)
            .data(BarGroup::default().bars(&[bar]));
        canvas.widget(line, chart);
        // A bar of a few among many is shorter than a cell: it is there all the same.
        if length > 0 {
            let x = line.x + u16::try_from(widest + 1 + digits + 1).unwrap_or(u16::MAX);
            canvas.put(x, y, 1, bar::FULL, canvas.ink(row.ink));
        }
    }
}

/// A text of exactly so many columns.
fn fitted(text: &str, width: usize) -> String {
    let (head, cut) = super::super::canvas::fit(text, width);
    let dots = if cut { "…" } else { "" };
    let used = Line::raw(head).width() + dots.chars().count();
    format!("{head}{dots}{:pad$}", "", pad = width.saturating_sub(used))
}

fn past(past: &Past, bound: i64, ink: Ink) -> Vec<Row> {
    let first = SPANS.iter().zip(past.within);
    let mut rows: Vec<Row> = first
        .map(|((days, title), count)| {
            let ink = if days * DAY > bound { ink } else { Ink::Good };
            Row::new(format!("up to {title}"), count, ink)
        })
        .collect();
    rows.push(Row::new("older", past.older, ink));
    rows
}

/// Ages: what is older than the policy lets keys become has another colour, and is told in words.
fn ages(made: &Past, policy: &Policy) -> Vec<Row> {
    let mut rows = past(made, policy.max_age, Ink::Warn);
    let unknown = made.unknown + made.unrecorded + made.never;
    rows.push(Row::aside("not told", unknown));
    rows.push(Row::said(format!(
        "Too old from {} on.",
        days(policy.max_age)
    )));
    rows
}

fn uses(used: &Past, policy: &Policy) -> Vec<Row> {
    let mut rows = past(used, policy.idle, Ink::Warn);
    rows.push(Row::new("never", used.never, Ink::Warn));
    rows.push(Row::aside("not recorded", used.unrecorded));
    rows.push(Row::aside("not told", used.unknown));
    rows.push(Row::said(format!("Idle from {} on.", days(policy.idle))));
    rows
}

fn days(micros: i64) -> String {
    match micros / DAY {
        0 => format!("{} h", micros / (DAY / 24)),
        days => format!("{days} d"),
    }
}

/// The weeks from this one on, each with its days: how many keys end on each.
fn ends(sums: &Sums, now: Moment, width: u16) -> Vec<Row> {
    let ends = &sums.ends;
    let wide = width >= 60;
    let mut rows = vec![Row::new("has ended", ends.over, Ink::Bad)];
    if wide {
        rows.push(Row::said("week of      Mo  Tu  We  Th  Fr  Sa  Su"));
    }
    for (week, days) in ends.days.iter().enumerate().take(END_WEEKS) {
        let at = monday(now).micros() + i64::try_from(week).unwrap_or(0) * 7 * DAY;
        let mut label = Moment::from_micros(at).date(&TimeZone::UTC);
        if wide {
            for keys in days {
                let keys = if *keys == 0 {
                    "·".to_owned()
                } else {
                    words::len(*keys)
                };
                // Writing to a string cannot fail.
                let _ = write!(label, " {keys:>3}");
            }
        }
        let ink = if week < 2 { Ink::Warn } else { Ink::Good };
        rows.push(Row::new(label, days.iter().sum(), ink));
    }
    rows.push(Row::new("later", ends.later, Ink::Good));
    rows.push(Row::aside("never", ends.never));
    rows.push(Row::aside("not told", ends.unknown));
    rows
}

fn contexts(model: &Model, sums: &Sums) -> Vec<Row> {
    let rows = sums.contexts.iter().filter_map(|(context, keys, worst)| {
        let context = model.contexts.get(*context)?;
        let (mark, ink) = severity(*worst);
        let mark = if *worst == Severity::Fine { "  " } else { mark };
        let label = format!("{mark}{} · {}", context.name, context.manifest.title);
        Some(Row::new(label, *keys, ink))
    });
    rows.collect()
}

fn owners(sums: &Sums) -> Vec<Row> {
    let rows = sums.owners.iter().map(|(owner, keys)| match owner {
        Some(owner) => Row::new(Text::new(owner).shown(), *keys, Ink::Good),
        None => Row::new("(nobody told)", *keys, Ink::Warn),
    });
    rows.collect()
}

/// Shades instead of heights, so that a strip of one line tells much from little.
const SHADES: bar::Set<'static> = bar::Set {
    full: "█",
    seven_eighths: "█",
    three_quarters: "▓",
    five_eighths: "▓",
    half: "▒",
    three_eighths: "▒",
    one_quarter: "░",
    one_eighth: "░",
    empty: "·",
};

/// A strip of weeks for each context, the present one at the right; gives the lines used.
fn heat(model: &Model, canvas: &mut Canvas<'_>, area: Rect, (sums, skip): (&Sums, usize)) -> u16 {
    let names = sums
        .heat
        .iter()
        .filter_map(|(at, _)| model.contexts.get(*at));
    let widest = names
        .map(|it| Line::raw(&*it.name).width())
        .max()
        .unwrap_or(0);
    let widest = widest.max(8).min(usize::from(area.width) / 3).min(LABEL);
    let label = u16::try_from(widest).unwrap_or(u16::MAX);
    let room = area.width.saturating_sub(label + 1);
    let weeks = usize::from(room).min(USE_WEEKS);
    let most = sums
        .heat
        .iter()
        .flat_map(|(_, all)| all.iter().take(weeks))
        .max();
    let most = most.copied().unwrap_or(1).max(1);
    let dim = canvas.ink(Ink::Dim);
    let mut y = area.y;
    for (at, line) in (0..sums.heat.len() + 2).enumerate().skip(skip) {
        if y >= area.bottom() {
            break;
        }
        let x = area.x + label + 1;
        if at == 0 {
            let text = format!("last use, {weeks} weeks, now at the right");
            canvas.put(area.x, y, area.width, &text, dim);
        } else if let Some((context, all)) = sums.heat.get(line.wrapping_sub(1)) {
            let name = model.contexts.get(*context).map_or("", |it| &*it.name);
            canvas.put(area.x, y, label, name, canvas.ink(Ink::Text));
            let data: Vec<u64> = all
                .iter()
                .take(weeks)
                .rev()
                .map(|keys| *keys as u64)
                .collect();
            let strip = Sparkline::default()
                .data(data)
                .max(most as u64)
                .bar_set(SHADES)
                .style(canvas.ink(Ink::Good));
            let area = Rect {
                x,
                y,
                width: room,
                height: 1,
            };
            canvas.widget(area, strip);
        } else {
            let text = format!("░ few  █ {} a week", words::keys(most));
            canvas.put(x, y, room, &text, dim);
        }
        y += 1;
    }
    y - area.y
}
