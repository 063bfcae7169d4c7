//! The last lines: what is wrong, which filter does what, where the data comes from, and the keys that
//! help most here. A notice takes the place of the status line until the next key.

use ratatui::{layout::Rect, style::Style};

use super::{
    Canvas,
    canvas::{columns, wrap},
    empty, filter_line, header,
    theme::Ink,
    words,
};
use crate::app::{
    Model, act, fleet, form,
    keymap::Action,
    pane::Load,
    screen::{self, Banner},
    view,
};

/// Keys of the table in the footer, the most useful first.
const KEYS: [Action; 15] = [
    Action::Open,
    Action::Details,
    Action::Filter,
    Action::Retry,
    Action::ServerFilter,
    Action::New,
    Action::Delete,
    Action::Rotate,
    Action::Edit,
    Action::Actions,
    Action::Contexts,
    Action::Sort,
    Action::Arm,
    Action::Refresh,
    Action::Palette,
];

/// Draws the lines between the table and the status line from here on.
pub fn above(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let mut y = area.y;
    for banner in screen::banners(model) {
        self::banner(canvas, y, area.width, &banner);
        y += banner.rows;
    }
    if !model.pane().server.is_empty() {
        server_filter(model, canvas, y, area.width);
        y += 1;
    }
    let rows = area.bottom().saturating_sub(y);
    filter_line::draw(model.pane(), canvas, Rect::new(0, y, area.width, rows));
}

/// A banner in its rows: what can be done is said whole.
fn banner(canvas: &mut Canvas<'_>, y: u16, width: u16, banner: &Banner) {
    let (mark, style) = header::mark(canvas, banner.tone);
    canvas.put(1, y, 1, mark, style);
    let room = screen::banner_columns(width);
    let line = banner.line();
    let lines = wrap(&line, room);
    if banner.rows < 2 || lines.len() < 2 {
        canvas.put(3, y, room, &line, style);
        return;
    }
    let Some((first, rest)) = lines.split_first() else {
        return;
    };
    canvas.put(3, y, room, first.trim_end_matches(" ·"), style);
    if let [only] = rest {
        canvas.put(3, y + 1, room, only, style);
        return;
    }
    let rest = banner.text.get(first.len()..).unwrap_or("").trim_start();
    let next = banner
        .next
        .as_ref()
        .map_or_else(String::new, |next| format!(" · {next}"));
    let used = canvas.put(3, y + 1, room.saturating_sub(columns(&next)), rest, style);
    canvas.put(3 + used, y + 1, room.saturating_sub(used), &next, style);
}

/// The server's filter, and how many keys it gave.
fn server_filter(model: &Model, canvas: &mut Canvas<'_>, y: u16, width: u16) {
    let pairs = model
        .pane()
        .server
        .iter()
        .map(|(name, value)| format!("{name}={}", crate::record::Text::new(value).shown()));
    let text = pairs.collect::<Vec<_>>().join(" ");
    let asked = || form::server::asked(model);
    let came: usize = asked().map(|source| source.rows.len()).sum();
    let came = if asked().any(|source| matches!(source.load, Load::Loading { .. })) {
        " → asking".to_owned()
    } else if asked().any(|source| matches!(source.load, Load::Failed(_))) && came == 0 {
        " → no answer".to_owned()
    } else {
        format!(" → {}", words::rows_of(model.pane(), came))
    };
    let (key, dim) = (canvas.ink(Ink::Key), canvas.ink(Ink::Dim));
    let mut x = 1 + canvas.put(1, y, width, "server: ", key);
    // How many came is said whole.
    let room = width.saturating_sub(x + columns(&came) + 1);
    x += canvas.put(x, y, room, &text, Style::new());
    canvas.put(x, y, width.saturating_sub(x + 1), &came, dim);
}

/// Draws the status line and the keys.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, y: u16) {
    let width = canvas.area().width;
    if model.dialogs.is_empty() && model.tray.is_empty() {
        footer(model, canvas, y + 1, width);
    }
    let (partial, text) = status(model, canvas);
    let (warn, dim) = (canvas.ink(Ink::Warn), canvas.ink(Ink::Dim));
    let end = width.saturating_sub(1);
    let mut x = 1;
    if let Some(partial) = partial {
        let blank = if text.is_empty() { "" } else { " · " };
        x += canvas.pieces(
            x,
            y,
            end.saturating_sub(x),
            &[(&partial, warn), (blank, dim)],
        );
    }
    canvas.put(x, y, end.saturating_sub(x), &text, dim);
}

/// Draws what just happened over the status line, and over the keys where it is long.
pub fn notice(model: &Model, canvas: &mut Canvas<'_>, y: u16) {
    let Some(notice) = &model.notice else { return };
    let width = canvas.area().width;
    let (mark, style) = header::mark(canvas, notice.tone);
    let lines = wrap(&notice.text, width.saturating_sub(4));
    let rows = u16::try_from(lines.len().min(2)).unwrap_or(2);
    // A single line leaves the keys where they are.
    canvas.clear(Rect::new(0, y, width, rows));
    canvas.put(1, y, 1, mark, style);
    if let [first, _, _, ..] = lines.as_slice() {
        canvas.put(3, y, width, first, style);
        let rest = lines.get(1..).unwrap_or(&[]).join(" ");
        canvas.put(3, y + 1, width.saturating_sub(4), &rest, style);
        return;
    }
    for (at, line) in (y..).zip(&lines) {
        canvas.put(3, at, width.saturating_sub(4), line, style);
    }
}

/// How many keys are new, and since when at the earliest.
fn new(model: &Model, canvas: &Canvas<'_>) -> Option<String> {
    let new = model.pane().sources.iter();
    let new = new.filter_map(|source| source.new.as_ref());
    let new: Vec<_> = new.filter(|new| !new.ids.is_empty()).collect();
    let since = new.iter().map(|new| new.since).min()?;
    let count: usize = new.iter().map(|new| new.ids.len()).sum();
    let since = words::minute(since, model.now, &canvas.look.zone);
    Some(format!("{} new since {since}", words::len(count)))
}

/// What is missing, where the data comes from and what is shown of it.
fn status(model: &Model, canvas: &Canvas<'_>) -> (Option<String>, String) {
    let pane = model.pane();
    let mut parts: Vec<String> = Vec::new();
    let (whole, all) = fleet::whole(pane);
    let partial = (whole < all && all > 1).then(|| format!("{whole} of {all} contexts"));
    if pane.loading() {
        let far = empty::progress(model).map_or_else(String::new, |far| format!(" {far}"));
        parts.push(format!("reading{far}"));
    }
    match model.flights.len() {
        0 => {}
        1 => parts.push("1 write on its way".to_owned()),
        count => parts.push(format!("{count} writes on their way")),
    }
    match model.rotations.iter().filter(|one| one.has_begun()).count() {
        0 => {}
        1 => parts.push("1 rotation waits".to_owned()),
        count => parts.push(format!("{count} rotations wait")),
    }
    if !model.waits.is_empty() {
        let key = model.keymap.hint(Action::Log);
        parts.push(format!("{key}: {} waiting", model.waits.len()));
    }
    match pane.marked() {
        0 => {}
        count => parts.push(format!("{} marked", words::len(count))),
    }
    if model.tray.len() > 1 {
        parts.push(format!("{} secrets wait", model.tray.len()));
    }
    parts.extend(new(model, canvas));
    parts.extend(age(model, canvas));
    let total = pane.total();
    if pane.filtering() {
        parts.push("filtering…".to_owned());
    } else if pane.view.len() != total {
        parts.push(format!(
            "{} of {} shown",
            words::len(pane.view.len()),
            words::len(total)
        ));
    } else if total > 0 {
        parts.push(words::rows_of(pane, total));
    }
    let orders = view::order_of(pane);
    let sorted = orders.iter().enumerate().filter_map(|(at, order)| {
        let column = pane.columns.iter().find(|it| it.id == order.column)?;
        Some(format!("{}{}", column.title, words::direction(&orders, at)))
    });
    let sorted = sorted.collect::<Vec<_>>().join(", ");
    if total > 0 && !sorted.is_empty() {
        parts.push(format!("by {sorted}"));
    }
    parts.extend(origin(model));
    (partial, parts.join(" · "))
}

/// How old the rows are; of several ages the oldest with its context, and the youngest.
fn age(model: &Model, canvas: &Canvas<'_>) -> Option<String> {
    let (oldest, first, last) = fleet::age(&model.pane().sources)?;
    let clock = |at| words::clock(at, model.now, &canvas.look.zone);
    // Lists that are on their way end later than others anyway.
    let Some(last) = last.filter(|_| !model.pane().loading()) else {
        return Some(format!("as of {}", clock(first)));
    };
    let name = model
        .contexts
        .get(oldest.context)
        .map_or("", |it| &*it.name);
    Some(format!(
        "as of {} ({name}) to {}",
        clock(first),
        clock(last)
    ))
}

/// The address of the only context, and the older API that it speaks.
fn origin(model: &Model) -> Vec<String> {
    let pane = model.pane();
    let mut parts = Vec::new();
    let older = pane
        .sources
        .iter()
        .find_map(|source| source.end.as_ref()?.0.alternative.clone());
    parts.extend(older.map(|title| format!("over {title}")));
    let mut chosen = model.contexts.iter().filter(|it| it.chosen);
    if let (Some(only), None) = (chosen.next(), chosen.next()) {
        parts.push(only.address.clone());
    }
    parts
}

/// Draws the keys that help most; help and quit are always there.
fn footer(model: &Model, canvas: &mut Canvas<'_>, y: u16, width: u16) {
    if model.pane().filter.editing {
        let keys = "Enter keeps · Esc clears · Tab completes · word  owner:ann  age>90d  ~fuzy";
        let dim = canvas.ink(Ink::Dim);
        canvas.put(1, y, width.saturating_sub(2), keys, dim);
        return;
    }
    let all = [Action::Help, Action::Quit];
    let last = all.get(..if width < 60 { 1 } else { 2 }).unwrap_or(&all);
    let wide = |action: Action| {
        columns(&model.keymap.hint(action)) + 1 + columns(short(model, action)) + 2
    };
    let reserved: u16 = last.iter().map(|action| wide(*action)).sum();
    let end = width.saturating_sub(reserved);
    let mut x = 1;
    // What cannot be done now is worth only the room that is left.
    let actions = KEYS.into_iter();
    let actions = actions.filter(|it| !model.keymap.hint(*it).is_empty() && useful(model, *it));
    let (can, cannot): (Vec<_>, Vec<_>) =
        actions.partition(|action| act::why_not(model, *action).is_none());
    let can = can.into_iter().map(|action| (action, false));
    for (action, off) in can.chain(cannot.into_iter().map(|action| (action, true))) {
        if x + wide(action) > end {
            break;
        }
        x += key(model, canvas, (x, y), action, off) + 2;
    }
    let mut x = end;
    for action in last {
        x += key(model, canvas, (x, y), *action, false) + 2;
    }
}

/// What an action does here, in one or two words.
fn short(model: &Model, action: Action) -> &'static str {
    match action {
        Action::Open if !act::opens(model) => Action::Details.short(),
        Action::Quit if model.pane().behind.is_some() => "back",
        _ => action.short(),
    }
}

/// An action that never makes sense in these contexts gives its place to others.
fn useful(model: &Model, action: Action) -> bool {
    let sources = &model.pane().sources;
    match action {
        // Else the key that opens does the same.
        Action::Details => act::opens(model),
        Action::Edit => sources.iter().any(|it| it.resource.update.is_some()),
        Action::Actions => sources.iter().any(|it| !it.resource.action.is_empty()),
        Action::Rotate => sources.iter().any(|it| it.resource.rotate.is_some()),
        Action::Retry => sources.len() > 1 && act::why_not(model, action).is_none(),
        Action::ServerFilter => sources.iter().any(|it| !it.resource.filter.is_empty()),
        Action::Arm => {
            let chosen = model.contexts.iter().filter(|it| it.chosen);
            let mut arms = chosen.filter(|it| it.write == crate::app::gate::Write::Arm);
            arms.any(|it| !it.armed(model.now))
        }
        Action::Contexts => model.contexts.len() > 1,
        _ => true,
    }
}

fn key(
    model: &Model,
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    action: Action,
    off: bool,
) -> u16 {
    let (key, text) = if off {
        (Ink::Dim, Ink::Dim)
    } else {
        (Ink::Key, Ink::Text)
    };
    let (key, text) = (canvas.ink(key), canvas.ink(text));
    let width = canvas.area().width.saturating_sub(x);
    let hint = model.keymap.hint(action);
    canvas.pieces(
        x,
        y,
        width,
        &[(&hint, key), (" ", text), (short(model, action), text)],
    )
}
