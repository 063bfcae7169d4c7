//! The keys: only the rows in the window are looked at, however many there are. The name stands at the
//! left and the state at the right; what lies between scrolls.

use std::{
    borrow::Cow,
    ops::{Range, RangeBounds},
};

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Canvas, canvas::columns, empty, theme::Ink, words};
use crate::{
    app::{
        Context, Model,
        columns::{Column, ColumnId, pinned},
        filter::Marks,
        fleet,
        pane::{Pane, Source},
        state::{Severity, State},
        view,
    },
    manifest::Role,
    record::{Cell, Record},
};

/// Columns between two cells.
const GAP: u16 = 2;
/// The longest single word of a state: `expires soon`. It has its columns before others grow.
const STATE: u16 = 12;
/// A column that can use as many cells holds texts.
const TEXTS: u16 = 20;
/// What tells a production context in its cell, behind the name or before it.
const PROD: (&str, &str) = (" PROD", "▲ ");
/// Columns for the mark of the selected row.
const MARGIN: u16 = 2;

/// A column on the screen.
struct Place<'a> {
    column: &'a Column,
    x: u16,
    width: u16,
}

/// The columns on the screen, and whether there are more on either side.
struct Layout<'a> {
    places: Vec<Place<'a>>,
    before: bool,
    after: bool,
}

/// Draws titles and keys into this area.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let pane = model.pane();
    if pane.sources.is_empty() || pane.view.is_empty() {
        return empty::draw(model, canvas, area);
    }
    let layout = layout(model, area.width);
    titles(pane, canvas, area, &layout);
    let rows = usize::from(area.height.saturating_sub(1));
    let mut marks = pane.filter.filter.as_ref().map(Marks::of);
    for (line, at) in (1u16..).zip(pane.top..pane.view.len().min(pane.top + rows)) {
        row(model, canvas, &layout, (at, area.y + line), marks.as_mut());
    }
}

/// Shares the width out: each column has its least, then all grow towards their most.
fn layout(model: &Model, width: u16) -> Layout<'_> {
    let pane = model.pane();
    let fixed = pinned(&pane.columns);
    let (head, rest) = pane
        .columns
        .split_at_checked(fixed)
        .unwrap_or((&pane.columns, &[]));
    let (tail, middle) = rest.split_last().unzip();
    let middle: &[Column] = middle.unwrap_or(&[]);
    let left = pane.left.min(middle.len().saturating_sub(1));
    let mut shown: Vec<&Column> = head.iter().collect();
    let mut used: u16 = MARGIN + tail.map_or(0, |column| column.least);
    used += head.iter().map(|column| column.least + GAP).sum::<u16>();
    let mut taken = 0;
    for column in middle.iter().skip(left) {
        if used + column.least + GAP > width {
            break;
        }
        used += column.least + GAP;
        shown.push(column);
        taken += 1;
    }
    shown.extend(tail);
    let mut widths: Vec<u16> = shown.iter().map(|column| column.least).collect();
    let mut spare = width.saturating_sub(used + 1);
    for (width, column) in widths.iter_mut().zip(&shown) {
        let wider = wanted(model, column).saturating_sub(*width).min(spare);
        *width += wider;
        spare -= wider;
    }
    // Texts are cut before times are: they grow first.
    spare = grow(&mut widths, &shown, spare, TEXTS..);
    grow(&mut widths, &shown, spare, 0..);
    let mut x = MARGIN;
    let places = shown.into_iter().zip(widths).map(|(column, width)| {
        let place = Place { column, x, width };
        x += width + GAP;
        place
    });
    Layout {
        places: places.collect(),
        before: left > 0,
        after: left + taken < middle.len(),
    }
}

/// The columns that this one has before others grow: what tells keys apart comes first.
fn wanted(model: &Model, column: &Column) -> u16 {
    match column.id {
        ColumnId::Context => {
            let wide = |context: &Context| {
                let word = if context.production { PROD.0 } else { "" };
                columns(&context.name).min(column.most) + columns(word)
            };
            fleet::chosen(model).map(wide).max().unwrap_or(0)
        }
        ColumnId::Name => 20,
        ColumnId::State => STATE,
        _ => 0,
    }
}

/// Widens the columns whose most cells are in this range; gives what is left.
fn grow(
    widths: &mut [u16],
    shown: &[&Column],
    mut spare: u16,
    which: impl RangeBounds<u16>,
) -> u16 {
    while spare > 0 {
        let mut grown = false;
        for (width, column) in widths.iter_mut().zip(shown) {
            if spare > 0 && *width < column.most && which.contains(&column.most) {
                *width += 1;
                spare -= 1;
                grown = true;
            }
        }
        if !grown {
            break;
        }
    }
    spare
}

fn titles(pane: &Pane, canvas: &mut Canvas<'_>, area: Rect, layout: &Layout<'_>) {
    let orders = view::order_of(pane);
    let rule = canvas.ink(Ink::Border).add_modifier(Modifier::UNDERLINED);
    canvas.paint(Rect { height: 1, ..area }, rule);
    let title = canvas.ink(Ink::Title).add_modifier(Modifier::UNDERLINED);
    for place in &layout.places {
        let sorted = orders
            .iter()
            .position(|order| order.column == place.column.id);
        let mark = sorted.map_or_else(String::new, |at| words::direction(&orders, at));
        let wide = columns(&place.column.title).saturating_add(columns(&mark));
        // A narrow column keeps its title rather than the blank behind it.
        let mark = if wide > place.width {
            mark.trim_start()
        } else {
            &mark
        };
        let room = place.width.saturating_sub(columns(mark));
        let used = canvas.put(place.x, area.y, room, &place.column.title, title);
        canvas.put(place.x + used, area.y, columns(mark), mark, title);
    }
    let key = canvas.ink(Ink::Key).add_modifier(Modifier::UNDERLINED);
    let Some(last) = layout.places.last() else {
        return;
    };
    if layout.after {
        canvas.put(last.x - GAP, area.y, 1, "›", key);
    }
    let first = layout.places.get(pinned(&pane.columns));
    if let (true, Some(first)) = (layout.before, first) {
        // Where nothing fits between name and state, both marks stand before the state.
        let x = first.x - if first.x == last.x { GAP + 1 } else { GAP };
        canvas.put(x, area.y, 1, "‹", key);
    }
}

/// Draws one row.
fn row(
    model: &Model,
    canvas: &mut Canvas<'_>,
    layout: &Layout<'_>,
    (at, y): (usize, u16),
    mut marks: Option<&mut Marks<'_>>,
) {
    let pane = model.pane();
    let Some((source, record)) = pane.record(at) else {
        return;
    };
    let selected = at == pane.selected;
    let line = Rect {
        x: 0,
        y,
        width: canvas.area().width,
        height: 1,
    };
    if selected {
        canvas.paint(line, canvas.ink(Ink::Selection));
        canvas.put(0, y, 1, "▌", canvas.ink(Ink::Selection));
    }
    if pane.shows_marked(at) {
        // The bar of the selected row has the first column.
        let (x, ink) = if selected {
            (1, Ink::Selection)
        } else {
            (0, Ink::Key)
        };
        canvas.put(x, y, 1, "●", canvas.ink(ink));
    }
    if let Some(why) = record.bad() {
        let style = pick(canvas, selected, Ink::Bad);
        let id = record.id_text().map_or_else(String::new, |id| {
            format!(" {}", crate::record::Text::new(id).shown())
        });
        let why = crate::record::Text::new(why).shown();
        let several = |place: &Place<'_>| place.column.id == ColumnId::Context;
        let whose = model
            .contexts
            .get(source.context)
            .filter(|_| layout.places.iter().any(several))
            .map_or_else(String::new, |context| format!("{}: ", context.name));
        let text = format!("{whose}unreadable row{id}: {why}");
        canvas.put(MARGIN, y, line.width - MARGIN, &text, style);
        return;
    }
    for place in &layout.places {
        let drawn = cell(model, canvas, place, (source, record), (y, selected));
        if let (Some((used, text)), Some(marks)) = (drawn, marks.as_deref_mut()) {
            let spot = place.column.id.spot(record);
            let places = marks.places(&source.resource, spot, &text);
            let area = Rect::new(place.x, y, used, 1);
            found(canvas, area, (&text, places), selected);
        }
    }
}

/// In the selected row everything looks alike.
fn pick(canvas: &Canvas<'_>, selected: bool, ink: Ink) -> Style {
    canvas.ink(if selected { Ink::Selection } else { ink })
}

/// Draws a cell; gives its columns and its text where a filter looks into such cells.
fn cell<'a>(
    model: &'a Model,
    canvas: &mut Canvas<'_>,
    place: &Place<'_>,
    (source, record): (&Source, Record<'a>),
    (y, selected): (u16, bool),
) -> Option<(u16, Cow<'a, str>)> {
    let (x, width) = (place.x, place.width);
    match place.column.id {
        ColumnId::State => {
            state(model, canvas, (x, y, width), (source, record), selected);
            None
        }
        ColumnId::Context => {
            let context = model.contexts.get(source.context)?;
            self::context(canvas, context, (x, y, width), selected)
        }
        id => {
            let value = known(id, record);
            let text = words::cell(value, model.now);
            let ink = if words::pale(value) {
                Ink::Dim
            } else {
                Ink::Text
            };
            let style = pick(canvas, selected, ink);
            let twin = is_name(source, id) && record.name().lookalike().is_some();
            let room = if twin { width.saturating_sub(2) } else { width };
            let used = canvas.put(x, y, room, &text, style);
            if twin {
                canvas.put(x + used, y, 2, " ≈", pick(canvas, selected, Ink::Warn));
            }
            let searched = matches!(
                value,
                Cell::Text(_) | Cell::List(_) | Cell::Json(_) | Cell::Int(_) | Cell::Bool(_)
            );
            searched.then_some((used, text))
        }
    }
}

/// A context's name in its colour; a production one is told by a word, or where that has no room by a mark.
/// Gives the columns of the name where it begins the cell.
fn context<'a>(
    canvas: &mut Canvas<'_>,
    context: &'a Context,
    (x, y, width): (u16, u16, u16),
    selected: bool,
) -> Option<(u16, Cow<'a, str>)> {
    let accent = context.accent.filter(|_| !selected);
    let style = accent.map_or_else(
        || pick(canvas, selected, Ink::Text),
        |it| canvas.look.accent(it),
    );
    let bad = pick(canvas, selected, Ink::Bad).add_modifier(Modifier::BOLD);
    let (word, mark) = PROD;
    let name = &*context.name;
    if context.production && columns(name) + columns(word) > width {
        canvas.pieces(x, y, width, &[(mark, bad), (name, style)]);
        return None;
    }
    let used = canvas.put(x, y, width, name, style);
    if context.production {
        canvas.put(x + used, y, width.saturating_sub(used), word, bad);
    }
    Some((used, Cow::Borrowed(name)))
}

/// Marks what the filter looked for in a cell that was drawn; in the selected row without a colour.
fn found(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (text, places): (&str, Vec<Range<usize>>),
    selected: bool,
) {
    let plain = Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
    let style = if selected {
        plain
    } else {
        canvas.ink(Ink::Match)
    };
    for place in places {
        let before = text.get(..place.start).map_or(0, columns);
        let wide = text.get(place).map_or(0, columns);
        let mark = Rect::new(area.x.saturating_add(before), area.y, wide, 1);
        canvas.paint(mark.intersection(area), style);
    }
}

/// A time that a backend does not have at all, where others have it, is not recorded.
fn known(id: ColumnId, record: Record<'_>) -> Cell<'_> {
    match id {
        ColumnId::Role(Role::LastUsed) if record.resource().role(Role::LastUsed).is_none() => {
            Cell::Unrecorded
        }
        id => id.shown(record),
    }
}

fn is_name(source: &Source, id: ColumnId) -> bool {
    let name = source.resource.role(Role::Name);
    id == ColumnId::Name || name.is_some_and(|at| id == ColumnId::Field(at))
}

/// The mark and the role of how bad something is.
#[must_use]
pub fn severity(severity: Severity) -> (&'static str, Ink) {
    match severity {
        Severity::Fine => ("", Ink::Good),
        Severity::Info => ("· ", Ink::Info),
        Severity::Warn => ("▲ ", Ink::Warn),
        Severity::Danger => ("✖ ", Ink::Bad),
    }
}

fn state(
    model: &Model,
    canvas: &mut Canvas<'_>,
    (x, y, width): (u16, u16, u16),
    (source, record): (&Source, Record<'_>),
    selected: bool,
) {
    let state = State::of(record, model.now, &model.policy);
    let (mark, ink) = severity(state.severity());
    let (new, ink) = match source.is_new(record) {
        true if ink == Ink::Good => (Some("new"), Ink::Info),
        new => (new.then_some("new"), ink),
    };
    let words = state.words().map(|(word, _)| word);
    let text: Cow<'_, str> = match new.into_iter().chain(words).collect::<Vec<_>>() {
        words if words.is_empty() => "active".into(),
        words => format!("{mark}{}", words.join(", ")).into(),
    };
    let newer = new.map(|new| format!("{mark}{new}, {}", state.word()));
    let least = new.map(|_| format!("{mark}+{}", state.word()));
    let newer = newer.into_iter().chain(least);
    let newer = newer.filter(|_| state.severity() != Severity::Fine);
    let short = [format!("{mark}{}", state.word()), state.word().to_owned()];
    let text = std::iter::once(text)
        .chain(newer.chain(short).map(Cow::Owned))
        .find(|text| columns(text) <= width)
        .unwrap_or_else(|| state.word().into());
    canvas.put(x, y, width, &text, pick(canvas, selected, ink));
}
