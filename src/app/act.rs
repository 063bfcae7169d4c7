//! What each action of the table does; `why` says why one cannot be done.

mod why;

use super::{
    Context, Effect, Light, Model, Tone, bulk, columns,
    confirm::{Confirm, Yes},
    details,
    dialog::Dialog,
    filter_line, flight, form, gate, group, health, held,
    key::Key,
    keymap::{Action, Place},
    listing, mark, nested,
    picker::Picker,
    question, rotation, tell, view, waiting, whose,
};
use crate::{
    manifest::{Role, Tab, Verb},
    record::{Cell, Record, Text},
};
use why::acts_on_many;

pub use why::{empty_tab, key_why_not, no_row, opens, why_not, with_article};

/// The key means "leave" here.
#[must_use]
pub fn leaves(model: &Model, key: Key) -> bool {
    model.keymap.action(Place::Table, key) == Some(Action::Quit)
}

/// Carries out an action of the table, or says why not.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(why) = why_not(model, action) {
        model.say(Tone::Warn, why);
        return Vec::new();
    }
    if matches!(
        action,
        Action::Mark | Action::Range | Action::MarkAll | Action::Invert | Action::Group
    ) {
        // These act on what the filter keeps, not on what it has found so far.
        view::settle(model, model.active);
    }
    if let Some(tab) = tab_of(action) {
        return go(model, tab);
    }
    if let Some(picker) = picker_of(action) {
        return open(model, picker);
    }
    match action {
        Action::NextTab => step_tab(model, true),
        Action::PreviousTab => step_tab(model, false),
        Action::Filter => filter_line::open(model),
        Action::ServerFilter => form::server::open(model),
        Action::SameCreator => form::server::same(model, Role::Creator),
        Action::SameClient => form::server::same(model, Role::ClientId),
        Action::Reverse => view::reverse(model),
        Action::Whose => whose::open(model),
        Action::Group => group::sheet::open(model),
        Action::Help => {
            model.dialogs.push(Dialog::Help(0));
            Vec::new()
        }
        Action::Open if opens(model) => nested::open(model),
        Action::Open | Action::Details => details::open(model),
        Action::New => new(model),
        Action::Clone => form::clone(model),
        Action::Edit => form::edit(model),
        Action::Rotate if acts_on_many(model) => bulk::open(model, bulk::Act::Rotate),
        Action::Delete if acts_on_many(model) => bulk::open(model, bulk::Act::Delete),
        Action::Rotate => rotation::open(model),
        Action::Reveal => tell::open(model),
        Action::Delete => delete(model),
        Action::Mark => mark::toggle(model),
        Action::Range => mark::range(model),
        Action::MarkAll => mark::all(model),
        Action::Invert => mark::invert(model),
        Action::Health => health::view::open(model),
        Action::Log => waiting::open(model),
        Action::CopyId => copy_selected(model),
        Action::Arm => match model.pane().current().map(|(source, _)| source.context) {
            Some(context) => gate::arm(model, context),
            None => arm_only(model),
        },
        Action::Refresh => listing::refresh(model),
        Action::Retry => listing::retry(model),
        Action::Quit => quit(model),
        Action::Show | Action::CopySecret | Action::Save | Action::Extend | Action::Saved => {
            Vec::new()
        }
        _ => walk(model, action),
    }
}

/// Moves the cursor or the columns.
fn walk(model: &mut Model, action: Action) -> Vec<Effect> {
    let rows = model.table_rows();
    let half = (rows / 2).max(1);
    let pane = model.pane_mut();
    let at = pane.selected;
    // Whoever moves the cursor wants it there, not at the key that a list on its way was asked for.
    pane.sources
        .iter_mut()
        .for_each(|source| source.wanted = None);
    match action {
        Action::Down => pane.select(at + 1, rows),
        Action::Up => pane.select(at.saturating_sub(1), rows),
        Action::Top => pane.select(0, rows),
        Action::Bottom => pane.select(usize::MAX, rows),
        Action::HalfDown => pane.select(at + half, rows),
        Action::HalfUp => pane.select(at.saturating_sub(half), rows),
        Action::PageDown => pane.select(at + rows, rows),
        Action::PageUp => pane.select(at.saturating_sub(rows), rows),
        Action::ColumnsLeft => pane.left = pane.left.saturating_sub(1),
        Action::ColumnsRight => {
            // The state at the right stays too.
            let fixed = columns::pinned(&pane.columns) + 2;
            pane.left = (pane.left + 1).min(pane.columns.len().saturating_sub(fixed));
        }
        _ => {}
    }
    Vec::new()
}

fn open(model: &mut Model, picker: impl Fn(&Model) -> Picker) -> Vec<Effect> {
    let picker = picker(model);
    model.dialogs.push(Dialog::Picker(picker));
    Vec::new()
}

/// The tab that an action shows.
fn tab_of(action: Action) -> Option<Tab> {
    match action {
        Action::ApiKeys => Some(Tab::ApiKeys),
        Action::Secrets => Some(Tab::Secrets),
        Action::AccessKeys => Some(Tab::AccessKeys),
        Action::Admin => Some(Tab::Admin),
        _ => None,
    }
}

/// The list from which an action has something chosen.
fn picker_of(action: Action) -> Option<fn(&Model) -> Picker> {
    match action {
        Action::Sort => Some(Picker::sort),
        Action::Columns => Some(Picker::columns),
        Action::SavedFilters => Some(Picker::filters),
        Action::Contexts => Some(Picker::contexts),
        Action::Palette => Some(Picker::palette),
        Action::Actions => Some(Picker::actions),
        _ => None,
    }
}

/// Shows a tab.
pub fn go(model: &mut Model, tab: Tab) -> Vec<Effect> {
    model.active = tab;
    listing::show(model)
}

fn step_tab(model: &mut Model, forward: bool) -> Vec<Effect> {
    let at = Tab::ALL
        .iter()
        .position(|tab| *tab == model.active)
        .unwrap_or(0);
    let steps = Tab::ALL.len();
    let usable = (1..=steps)
        .map(|step| {
            if forward {
                (at + step) % steps
            } else {
                (at + steps - step) % steps
            }
        })
        .filter_map(|at| Tab::ALL.get(at).copied())
        .find(|tab| empty_tab(model, *tab).is_none());
    usable.map_or_else(Vec::new, |tab| go(model, tab))
}

/// Esc on the table: a range goes first, then the filter, the server filter, the marks; then it goes back to
/// the table from which a row was opened.
pub fn escape(model: &mut Model) -> Vec<Effect> {
    if model.pane_mut().anchor.take().is_some() {
        return Vec::new();
    }
    if model.pane().filter.filter.is_some() || model.pane().filter.error.is_some() {
        return filter_line::clear(model);
    }
    if !model.pane().server.is_empty() {
        model.say(
            Tone::Info,
            "The server filter is off: all keys are asked for.",
        );
        return listing::filter_at_server(model, std::collections::BTreeMap::new());
    }
    if model.pane().marked() > 0 {
        mark::clear(model);
        model.say(Tone::Info, "No key is marked any more.");
        return Vec::new();
    }
    nested::leave(model)
}

/// Back, then out: a filter is cleared first, and a row that is open is left as by Esc; a write on its way is
/// waited for unless told otherwise.
fn quit(model: &mut Model) -> Vec<Effect> {
    let pane = model.pane();
    let filtered = pane.filter.filter.is_some() || pane.filter.error.is_some();
    if model.dialogs.is_empty() && (filtered || !pane.server.is_empty() || pane.behind.is_some()) {
        return escape(model);
    }
    let held = held::words(model);
    if model.flights.is_empty() && held.is_empty() {
        return vec![Effect::Quit];
    }
    let lines = model
        .flights
        .values()
        .map(|flight| format!("{} is on its way.", flight.sentence()));
    let mut lines: Vec<String> = lines.collect();
    let title = if lines.is_empty() {
        "Leave and lose what is held here?".to_owned()
    } else {
        lines.push("Leaving now does not undo it, and nobody would see its answer.".to_owned());
        "Leave while a write is on its way?".to_owned()
    };
    lines.extend(held);
    let confirm = Confirm {
        title,
        lines,
        verb: "Leave".into(),
        typed: None,
        on_yes: false,
        yes: Yes::Quit,
        drawn: None,
    };
    model.dialogs.push(Dialog::Confirm(confirm));
    Vec::new()
}

/// Asks before the selected key is deleted.
fn delete(model: &mut Model) -> Vec<Effect> {
    let Some((context, resource, target)) = model.pane().target() else {
        return Vec::new();
    };
    if resource.sends(Verb::Delete) {
        return form::delete(model, context, &resource, target);
    }
    let nothing = std::collections::BTreeMap::new();
    let link = flight::Link::default();
    question::ask_delete(model, context, resource, (target, nothing), link)
}

fn copy_selected(model: &Model) -> Vec<Effect> {
    let row = model.pane().current();
    row.and_then(|(_, row)| copy(row)).into_iter().collect()
}

/// Copies what the manifest says is copied of a row, else the id; of an id that is a secret there is no more
/// than its fingerprint.
pub fn copy(record: Record<'_>) -> Option<Effect> {
    let resource = record.resource();
    let fields = resource.field.iter().enumerate();
    let mut fields = fields.filter(|(_, field)| field.copy);
    let field = fields.find_map(|(at, field)| Some((&*field.title, text_of(record.cell(at))?)));
    let id = || {
        let what = if resource.item_id_secret {
            "The fingerprint of the id"
        } else {
            "The id"
        };
        Some((what, record.id_text()?.to_owned()))
    };
    let (what, text) = field.or_else(id)?;
    let what = format!("{what} of “{}”", record.name().shown());
    Some(Effect::Copy(what, text))
}

/// A value as it is copied; none where there is none or it is hidden.
fn text_of(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.exact().to_owned()).filter(|text| !text.is_empty()),
        Cell::Int(number) => Some(number.to_string()),
        Cell::List(_) => {
            let items: Vec<&str> = cell.list().map(Text::exact).collect();
            Some(items.join("\n")).filter(|text| !text.is_empty())
        }
        Cell::Json(text) => Some(text.exact().to_owned()),
        _ => None,
    }
}

/// Without a row there is one context at most whose arming can be meant.
fn arm_only(model: &mut Model) -> Vec<Effect> {
    let mut chosen = model
        .contexts
        .iter()
        .enumerate()
        .filter(|(_, context)| context.chosen)
        .map(|(at, _)| at);
    if let (Some(only), None) = (chosen.next(), chosen.next()) {
        return gate::arm(model, only);
    }
    let words = "Select a key of the context to arm, or choose one context with c.";
    model.say(Tone::Warn, words);
    Vec::new()
}

/// Makes a new key where there is one kind of key; else asks which.
fn new(model: &mut Model) -> Vec<Effect> {
    let makers: Vec<usize> = makers(model);
    match makers.as_slice() {
        [only] => form::create(model, *only),
        _ => open(model, |model| Picker::kinds(model, &makers)),
    }
}

/// Positions of the sources of the pane in front that can make keys.
fn makers(model: &Model) -> Vec<usize> {
    let sources = model.pane().sources.iter().enumerate();
    sources
        .filter(|(_, source)| source.resource.create.is_some())
        .map(|(at, _)| at)
        .collect()
}

/// What a context is, in one line: service, address, state.
#[must_use]
pub fn context_note(context: &Context) -> String {
    let light = match &context.light {
        Light::Dark => String::new(),
        Light::Checking => " · checking".to_owned(),
        Light::Ok(None) => " · ok".to_owned(),
        Light::Ok(Some(who)) => format!(" · ok, as {who}"),
        Light::Failed(error) => format!(" · {error}"),
    };
    let production = if context.production { " · PROD" } else { "" };
    format!(
        "{} · {}{production}{light}",
        context.manifest.title, context.address
    )
}
