//! All that is known of one key: every declared field by its title, and what its value means where that
//! is not plain.

use ratatui::style::Style;

use super::{
    Canvas,
    canvas::{columns, wrap},
    dialog::{Sheet, more, open, room},
    table::severity,
    theme::Ink,
    words,
};
use crate::{
    app::{Model, details::Details, keymap::Action, state::State},
    manifest::{Field, Kind, Role},
    record::{Cell, Record, Text},
};

/// What can be done with the key from here.
const KEYS: [Action; 7] = [
    Action::Edit,
    Action::Rotate,
    Action::Delete,
    Action::Actions,
    Action::Reveal,
    Action::CopyId,
    Action::ServerFilter,
];

/// One line of the inside: a title where a field begins, and a piece of its value.
struct Line {
    title: String,
    text: String,
    ink: Ink,
}

/// Draws the details.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, details: &Details) {
    let width = room(canvas, 92);
    let record = details.rows.record(0);
    let titles = details
        .resource
        .field
        .iter()
        .map(|field| columns(&field.title));
    let first = titles.max().unwrap_or(0).max(8).min(width / 3);
    let lines = lines(
        model,
        canvas,
        details,
        (record, width.saturating_sub(first + 2)),
    );
    let reading = if details.call.is_some() {
        " · reading"
    } else {
        ""
    };
    let title = format!(
        "{} “{}”{reading}",
        details.resource.noun,
        record.name().shown()
    );
    let hints: Vec<(String, &str)> = KEYS
        .into_iter()
        .filter(|action| can(details, *action))
        .map(|action| (hint(model, action), action.short()))
        .collect();
    let named = hints.iter().map(|(key, text)| (key.as_str(), *text));
    let keys: Vec<(&str, &str)> = named.chain([("Esc", "closes")]).collect();
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let inside = open(
        canvas,
        &Sheet {
            title: &title,
            size: (width, rows),
            keys: &keys,
            ink: Ink::Border,
        },
    );
    let most = lines.len().saturating_sub(usize::from(inside.height));
    let skip = usize::from(details.scrolled).min(most);
    let bold = canvas.ink(Ink::Dim);
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(skip)) {
        canvas.put(inside.x, y, first, &line.title, bold);
        let style: Style = canvas.ink(line.ink);
        let room = inside.width.saturating_sub(first + 2);
        canvas.put(inside.x + first + 2, y, room, &line.text, style);
    }
    more(canvas, inside, skip > 0, skip < most);
}

/// The key of an action here.
fn hint(model: &Model, action: Action) -> String {
    match action {
        Action::Reveal => model.keymap.hint(Action::Show),
        action => model.keymap.hint(action),
    }
}

fn can(details: &Details, action: Action) -> bool {
    let resource = &details.resource;
    match action {
        Action::Edit => resource.update.is_some(),
        Action::Rotate => resource.rotate.is_some(),
        Action::Delete => resource.delete.is_some(),
        Action::Reveal => resource.reveal.is_some() && details.target.is_some(),
        Action::Actions => !resource.action.is_empty(),
        Action::ServerFilter => !resource.filter.is_empty(),
        _ => details.target.is_some(),
    }
}

fn lines(
    model: &Model,
    canvas: &Canvas<'_>,
    details: &Details,
    (record, width): (Record<'_>, u16),
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |title: &str, text: &str, ink| {
        for (at, part) in wrap(text, width).into_iter().enumerate() {
            let title = if at == 0 { title } else { "" };
            lines.push(Line {
                title: title.to_owned(),
                text: part,
                ink,
            });
        }
    };
    if let Some(error) = &details.error {
        let text = format!("Not read anew: {error}. This is what the list said.");
        add("", &text, Ink::Bad);
    }
    if let Some(why) = record.bad() {
        let why = Text::new(why).shown();
        add("", &format!("This row cannot be read: {why}."), Ink::Bad);
    }
    add(
        "State",
        &state(record, model),
        severity(State::of(record, model.now, &model.policy).severity()).1,
    );
    if let Some(kind) = record.name().lookalike() {
        let text = format!("{kind}; as it is stored: {}", record.name().escaped());
        add("≈ Beware", &text, Ink::Warn);
    }
    if let Some(context) = model.contexts.get(details.context) {
        let text = format!("{} · {}", context.name, context.address);
        add("Context", &text, Ink::Text);
    }
    for (at, field) in details.resource.field.iter().enumerate() {
        let cell = record.cell(at);
        let ink = if words::pale(cell) {
            Ink::Dim
        } else {
            Ink::Text
        };
        for (number, line) in value(model, canvas, field, cell).into_iter().enumerate() {
            add(if number == 0 { &field.title } else { "" }, &line, ink);
        }
        if let Some(help) = meaning(field, cell) {
            add("", help, Ink::Dim);
        }
    }
    if let Some(id) = id(details, record) {
        add("Id", &id, Ink::Text);
    }
    lines
}

/// The id, where no field shows it.
fn id(details: &Details, record: Record<'_>) -> Option<String> {
    let resource = &details.resource;
    let id = Text::new(record.id_text()?).shown();
    if resource.item_id_secret {
        return Some(format!("{id} stands for it: the id is a secret"));
    }
    let at = resource.item_id.one().unwrap_or_default();
    let holds = |field: &Field| {
        field
            .at
            .as_ref()
            .map_or_else(|| *at == format!("/{}", field.key), |it| it == at)
    };
    let shown = resource.field.iter().any(holds);
    (!shown).then(|| id.into_owned())
}

fn state(record: Record<'_>, model: &Model) -> String {
    let state = State::of(record, model.now, &model.policy);
    let (mark, _) = severity(state.severity());
    let all: Vec<&str> = state.words().map(|(word, _)| word).collect();
    if all.is_empty() {
        "active".to_owned()
    } else {
        format!("{mark}{}", all.join(", "))
    }
}

/// The lines of a value, with what people call it.
fn value(model: &Model, canvas: &Canvas<'_>, field: &Field, cell: Cell<'_>) -> Vec<String> {
    let mut lines = plain_value(model, canvas, field, cell);
    if let [line] = lines.as_mut_slice()
        && let Some(label) = field.label(line).filter(|label| *label != line.as_str())
    {
        line.extend([" · ", label]);
    }
    lines
}

fn plain_value(model: &Model, canvas: &Canvas<'_>, field: &Field, cell: Cell<'_>) -> Vec<String> {
    match cell {
        Cell::Time(moment) => vec![words::full(moment, model.now, &canvas.look.zone)],
        Cell::Text(text) if !text.exact().is_empty() => text
            .shown_lines()
            .map(std::borrow::Cow::into_owned)
            .collect(),
        Cell::List(_) => {
            let items: Vec<String> = cell.list().map(|it| it.shown().into_owned()).collect();
            if items.is_empty() {
                vec![words::NONE.to_owned()]
            } else {
                vec![items.join(", ")]
            }
        }
        Cell::Json(text) if field.kind == Kind::Records => {
            match serde_json::from_str::<Vec<serde_json::Value>>(text.exact()) {
                Ok(items) if !items.is_empty() => items.iter().map(words::record).collect(),
                Ok(_) => vec![words::NONE.to_owned()],
                Err(_) => vec![text.shown().into_owned()],
            }
        }
        Cell::Json(text) => vec![text.shown().into_owned()],
        Cell::Hidden => vec![format!(
            "{} the service has it; it is not shown",
            words::MASK
        )],
        cell => vec![words::cell(cell, model.now).into_owned()],
    }
}

/// What a value means that could be taken for something else.
fn meaning<'a>(field: &'a Field, cell: Cell<'_>) -> Option<&'a str> {
    let odd = matches!(cell, Cell::Unrecorded)
        || field.role == Some(Role::Admin) && cell == Cell::Bool(true);
    field.help.as_deref().filter(|_| odd)
}
