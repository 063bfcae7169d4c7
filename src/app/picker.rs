//! A list from which one thing is chosen: the palette, the sort column, the contexts, the first run.

mod actions;
pub mod contexts;
mod filters;
mod log;
mod table;

use std::sync::Arc;

use tui_input::{Input, InputRequest};

pub use log::entry_words;

use super::{
    ContextId, Effect, Model, act,
    columns::ColumnId,
    dialog::Dialog,
    key::{Code, Key},
    keymap::Action,
    listing,
    pane::Sorting,
    saved, waiting,
};
use crate::{
    api::Target,
    journal::EntryId,
    manifest::{Manifest, Resource},
};

/// A list from which one thing is chosen.
#[derive(Debug)]
pub struct Picker {
    /// What is chosen.
    pub title: String,
    /// A sentence above the list.
    pub intro: Option<String>,
    /// What is typed to narrow the list; `None`: typing does nothing.
    pub query: Option<Input>,
    /// All that can be chosen.
    pub items: Vec<Item>,
    /// The cursor, within the items shown.
    pub selected: usize,
    /// Several may be marked with Space.
    pub many: bool,
    /// The key that it is about, captured when the list was opened.
    pub about: Option<Box<Subject>>,
}

/// A key that a list is about.
pub type Subject = (ContextId, Arc<Resource>, Target);

/// One thing that can be chosen.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub label: String,
    /// What it does, or why it cannot be chosen now.
    pub note: String,
    /// It cannot be chosen now.
    pub off: bool,
    /// It is marked.
    pub marked: bool,
    /// What choosing it does.
    pub pick: Pick,
}

/// What choosing an item does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// An action of the table.
    Action(Action),
    /// The context is shown, alone or with the marked ones.
    Context(ContextId),
    /// The pane is sorted by a column; its place among those that are marked.
    Sort(Sorting, Option<usize>),
    /// A column of the table.
    Column(ColumnId),
    /// A new key of this kind, where a tab has several: the position of the source.
    New(usize),
    /// The contexts of the group at this position are shown.
    Group(usize),
    /// The marked contexts are saved as a group.
    SaveGroup,
    /// A context is added: its backend is chosen next.
    AddContext,
    /// A new context on this backend.
    Backend(usize),
    /// What waits under this entry of the journal is taken up.
    Waiting(EntryId),
    /// What happened under this entry of the journal is shown.
    Past(EntryId),
    /// The action at this position of the key's resource is asked about.
    Act(u8),
    /// The saved filter at this position is put into the filter line.
    Filter(usize),
    /// The present filter is saved.
    SaveFilter,
    /// The demo is started.
    Demo,
    /// The program ends.
    Quit,
}

impl Item {
    /// Something that can be chosen now.
    fn new(label: &str, note: &str, pick: Pick) -> Self {
        Self {
            label: label.to_owned(),
            note: note.to_owned(),
            off: false,
            marked: false,
            pick,
        }
    }
}

/// The backends that a new context may have were read: one is chosen next.
pub fn backends(model: &mut Model, backends: Vec<Arc<Manifest>>) -> Vec<Effect> {
    model.backends = backends;
    let picker = Picker::backends(model);
    model.dialogs.push(Dialog::Picker(picker));
    Vec::new()
}

impl Picker {
    /// The first start without a config.
    #[must_use]
    pub fn welcome() -> Self {
        let intro = "No context is configured yet: keyrack needs the address of a service and a credential for it.";
        let mut items = vec![
            Item::new(
                "Add a context",
                "a service, its address and where its credential is",
                Pick::AddContext,
            ),
            Item::new("Quit", "", Pick::Quit),
        ];
        if cfg!(feature = "demo") {
            let note = "sample keys of four services; nothing leaves this machine";
            items.insert(0, Item::new("Open the demo", note, Pick::Demo));
        }
        Self {
            intro: Some(intro.to_owned()),
            ..Self::of("Welcome to keyrack", items)
        }
    }

    /// A list with nothing above it.
    fn of(title: &str, items: Vec<Item>) -> Self {
        Self {
            title: title.to_owned(),
            intro: None,
            query: None,
            items,
            selected: 0,
            many: false,
            about: None,
        }
    }

    /// The backends that a new context may have.
    #[must_use]
    pub fn backends(model: &Model) -> Self {
        let known = model.backends.iter().enumerate();
        let items = known.map(|(at, manifest)| {
            let mut tabs: Vec<&str> = manifest
                .resource
                .iter()
                .map(|resource| resource.pane.title())
                .collect();
            tabs.dedup();
            Item::new(&manifest.title, &tabs.join(", "), Pick::Backend(at))
        });
        Self::of("A context for which service?", items.collect())
    }

    /// All actions by name, those that are not available with the reason.
    #[must_use]
    pub fn palette(model: &Model) -> Self {
        let actions = Action::ALL
            .iter()
            .copied()
            .filter(|action| action.place() == super::keymap::Place::Table);
        let items = actions.map(|action| {
            let why = act::why_not(model, action);
            let keys = model
                .keymap
                .keys(action)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ");
            Item {
                label: format!("{:<14}{keys}", action.name()),
                note: why.clone().unwrap_or_else(|| action.help().to_owned()),
                off: why.is_some(),
                marked: false,
                pick: Pick::Action(action),
            }
        });
        let (title, query) = ("Palette".to_owned(), Some(Input::default()));
        Self {
            title,
            intro: None,
            query,
            items: items.collect(),
            selected: 0,
            many: false,
            about: None,
        }
    }

    /// The kinds of keys that the pane can make.
    #[must_use]
    pub fn kinds(model: &Model, kinds: &[usize]) -> Self {
        let items = kinds.iter().filter_map(|&at| {
            let source = model.pane().sources.get(at)?;
            let context = model.contexts.get(source.context)?;
            Some(Item {
                label: format!("{} in {}", source.resource.noun, context.name),
                note: act::context_note(context),
                off: false,
                marked: false,
                pick: Pick::New(at),
            })
        });
        Self {
            title: "New key".to_owned(),
            intro: None,
            query: None,
            items: items.collect(),
            selected: 0,
            many: false,
            about: None,
        }
    }

    /// Positions of the items that match what is typed.
    #[must_use]
    pub fn shown(&self) -> Vec<usize> {
        let words = self
            .query
            .as_ref()
            .map_or(String::new(), |query| query.value().to_lowercase());
        let fits = |item: &Item| {
            let text = format!("{} {}", item.label, item.note).to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        self.items
            .iter()
            .enumerate()
            .filter(|(_, item)| fits(item))
            .map(|(at, _)| at)
            .collect()
    }

    /// It lists contexts.
    fn has_contexts(&self) -> bool {
        let is_one = |item: &Item| matches!(item.pick, Pick::Context(_));
        self.items.iter().any(is_one)
    }

    /// Pasted text narrows the list.
    pub fn paste(&mut self, text: &str) {
        for letter in text.chars().filter(|letter| !letter.is_control()).take(256) {
            self.type_into(InputRequest::InsertChar(letter));
        }
    }

    fn type_into(&mut self, request: InputRequest) {
        if let Some(query) = &mut self.query {
            query.handle(request);
            self.selected = 0;
        }
    }

    fn current(&self) -> Option<usize> {
        self.shown().get(self.selected).copied()
    }

    fn pick(&self) -> Option<Pick> {
        let item = self.items.get(self.current()?)?;
        Some(item.pick)
    }
}

/// A key for the list.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    if let Some(effects) = table::key(model, key) {
        return effects;
    }
    let leaves = key == Key::ctrl('c') || act::leaves(model, key);
    let page = usize::from(model.size.1 / 2).max(1);
    let Some(Dialog::Picker(picker)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    let last = picker.shown().len().saturating_sub(1);
    let types = picker.query.is_some();
    match key.code {
        Code::Esc if contexts::end_find(picker) => {}
        Code::Esc => return close(model),
        Code::Enter => return choose(model),
        Code::Down => picker.selected = (picker.selected + 1).min(last),
        Code::Up => picker.selected = picker.selected.saturating_sub(1),
        Code::PageDown => picker.selected = (picker.selected + page).min(last),
        Code::PageUp => picker.selected = picker.selected.saturating_sub(page),
        Code::Home => picker.selected = 0,
        Code::End => picker.selected = last,
        Code::Char(' ') if picker.has_contexts() => contexts::mark(model),
        Code::Backspace if types => picker.type_into(InputRequest::DeletePrevChar),
        Code::Char(letter) if !types && !leaves && !key.ctrl => return letter_key(model, letter),
        _ if !types && leaves => return close(model),
        _ if key == Key::ctrl('c') => return close(model),
        _ => {
            if let Some(letter) = key.typed() {
                picker.type_into(InputRequest::InsertChar(letter));
            }
        }
    }
    Vec::new()
}

/// A letter where nothing is typed.
fn letter_key(model: &mut Model, letter: char) -> Vec<Effect> {
    let Some(Dialog::Picker(picker)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    let last = picker.shown().len().saturating_sub(1);
    match letter {
        'j' => picker.selected = (picker.selected + 1).min(last),
        'k' => picker.selected = picker.selected.saturating_sub(1),
        'g' => picker.selected = 0,
        'G' => picker.selected = last,
        'a' if picker.has_contexts() => contexts::mark_all(model),
        '/' if picker.has_contexts() => contexts::find(picker),
        'r' if picker.has_contexts() => return contexts::retry(model),
        's' if picker.has_contexts() => return contexts::ask_name(model),
        _ => {}
    }
    Vec::new()
}

fn close(model: &mut Model) -> Vec<Effect> {
    model.dialogs.pop();
    if model.first_run.is_some() && model.dialogs.is_empty() {
        vec![Effect::Quit]
    } else {
        Vec::new()
    }
}

fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Picker(picker)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    let Some(item) = picker
        .current()
        .and_then(|at| picker.items.get(at))
        .cloned()
    else {
        return Vec::new();
    };
    if item.off {
        model.say(super::Tone::Warn, item.note);
        return Vec::new();
    }
    let marked = picker
        .items
        .iter()
        .filter(|item| item.marked)
        .map(|item| item.pick)
        .collect::<Vec<_>>();
    let about = picker.about.take();
    if !matches!(item.pick, Pick::AddContext | Pick::SaveGroup) {
        model.dialogs.pop();
    }
    match item.pick {
        Pick::Action(action) => act::act(model, action),
        // `table` has taken their keys.
        Pick::Sort(..) | Pick::Column(_) => Vec::new(),
        Pick::New(source) => super::form::create(model, source),
        Pick::Context(at) => contexts::choose(model, at, &marked),
        Pick::Waiting(entry) => waiting::resume(model, entry),
        Pick::Past(entry) => waiting::show(model, entry),
        Pick::Act(at) => actions::ask(model, about, at),
        Pick::Filter(at) => saved::take(model, at),
        Pick::SaveFilter => saved::ask_name(model),
        Pick::Demo => {
            model.first_run = None;
            model.demo = true;
            model.say(super::Tone::Info, "Starting the demo…");
            vec![Effect::StartDemo]
        }
        Pick::Group(at) => {
            let members = contexts::members(model, at);
            listing::choose(model, |id| members.contains(&id))
        }
        Pick::SaveGroup => contexts::ask_name(model),
        Pick::AddContext => vec![Effect::ReadBackends],
        Pick::Backend(at) => super::form::new_context(model, at),
        Pick::Quit => vec![Effect::Quit],
    }
}
