//! "Whose key is this?": a value that turned up somewhere is compared here with what the lists say of their
//! keys, and is gone once that is done. Nothing of it is stored, logged or sent: a list that is not here yet
//! is read whole, and `api::own` says what tells a key from its value.

use std::{collections::HashSet, sync::Arc};

use super::{
    CallId, ContextId, Effect, Model,
    dialog::Dialog,
    filter_line,
    form::editor::{Editor, Masked},
    key::{Code, Key},
    listing, nested,
    pane::KeyAt,
    view,
};
use crate::{
    api::{
        ApiError, ListEnd, Progress, Query,
        own::{self, Sign},
    },
    manifest::Resource,
    record::{KeyId, Rows, Text},
};

/// Most keys that are told; those with the strongest signs stay.
const MOST: usize = 200;
/// Most readings of one value.
const READINGS: usize = 64;

/// The question, and what is known of its answer.
#[derive(Debug)]
pub struct Whose {
    /// The value; `None` once it was compared with all lists.
    pub value: Option<Editor>,
    /// Why what was typed or pasted was not taken.
    pub problem: Option<String>,
    /// The lists, once the value is there; none before.
    pub lists: Vec<Looked>,
    /// The keys that fit, those with the strongest signs first.
    pub found: Vec<Found>,
    /// The cursor: a key, or behind them a line of what is said of the lists.
    pub at: usize,
}

/// A list that the value is compared with.
#[derive(Debug)]
pub struct Looked {
    /// Where.
    pub context: ContextId,
    /// What.
    pub resource: Arc<Resource>,
    /// How far.
    pub state: State,
}

/// How far a list was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is being read by this call.
    Reading(CallId),
    /// All of it was.
    Whole,
    /// All that came was; why there may be more.
    Cut(String),
    /// It could not be read, or not to its end.
    Failed(ApiError),
    /// It says nothing of its keys by which one is told from its value.
    Silent,
    /// It is in rows that are not open.
    Inside,
}

/// A key that fits.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where.
    pub context: ContextId,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// Which.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// By what it fits.
    pub sign: Sign,
}

impl Found {
    fn is(&self, other: &Self) -> bool {
        self.context == other.context && self.resource.is(&other.resource) && self.id == other.id
    }

    fn key_at(&self) -> KeyAt {
        KeyAt {
            context: self.context,
            resource: Arc::clone(&self.resource),
            id: self.id.clone(),
        }
    }

    /// `API key “ci”`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} “{}”", self.resource.noun, Text::new(&self.name).shown())
    }

    /// How sure it is, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self.sign {
            Sign::Key => "The value is this key.".to_owned(),
            Sign::IdInside => {
                "Its id stands inside the value: it is this key, or was made to look like it."
                    .to_owned()
            }
            Sign::ClientId => {
                "Its client id is the value, or stands in it. That names the key; it is no secret."
                    .to_owned()
            }
            Sign::Id => "Its id is the value. An id is no secret.".to_owned(),
            Sign::Part(count) => format!(
                "The {count} characters of it that the list shows are those of the value. That is no proof: others may have them."
            ),
        }
    }
}

impl Whose {
    fn new() -> Self {
        Self {
            value: Some(Editor::Secret(Masked::new(false))),
            problem: None,
            lists: Vec::new(),
            found: Vec::new(),
            at: 0,
        }
    }

    /// The value is still asked for.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.lists.is_empty() && self.value.is_some()
    }

    /// Lists that are being read.
    pub fn reading(&self) -> impl Iterator<Item = CallId> {
        self.lists.iter().filter_map(|list| match list.state {
            State::Reading(call) => Some(call),
            _ => None,
        })
    }

    fn readings(&self) -> Vec<&str> {
        match &self.value {
            Some(Editor::Secret(masked)) => readings(&masked.text),
            _ => Vec::new(),
        }
    }

    /// Compares rows with the value.
    fn compare(&mut self, context: ContextId, rows: &Rows) {
        let readings = self.readings();
        let prints = own::fingerprints(rows.resource(), readings.iter().copied());
        let fits = rows.iter().filter_map(|record| {
            let sign = own::sign(record, &readings, &prints)?;
            Some(Found {
                context,
                resource: Arc::clone(rows.resource()),
                id: record.id()?,
                name: record.name().exact().to_owned(),
                sign,
            })
        });
        let fits: Vec<Found> = fits.collect();
        let chosen = self.found.get(self.at).cloned();
        // A page that was read again brings keys that are known; a short prefix fits all keys of a list.
        let mut known: HashSet<KeyId> = self
            .found
            .iter()
            .filter(|it| it.context == context && it.resource.is(rows.resource()))
            .map(|it| it.id.clone())
            .collect();
        self.found
            .extend(fits.into_iter().filter(|it| known.insert(it.id.clone())));
        // The longest part is the strongest.
        self.found.sort_by_key(|found| match found.sign {
            Sign::Part(count) => (Sign::Part(0), usize::MAX - count),
            sign => (sign, 0),
        });
        self.found.truncate(MOST);
        let at = chosen.and_then(|chosen| self.found.iter().position(|it| it.is(&chosen)));
        self.at = at.unwrap_or(0);
    }

    /// The value goes once no list is left to compare it with.
    fn settle(&mut self) -> Vec<Effect> {
        if self.reading().next().is_some() || self.value.take().is_none() {
            return Vec::new();
        }
        vec![Effect::Repaint]
    }
}

/// What may be the key itself in a text: it, and what is left of it without the words, names and quotes that
/// stand before keys elsewhere.
fn readings(text: &str) -> Vec<&str> {
    let mut rest = trimmed(text);
    let mut all = vec![rest];
    let parts = |letter: char| letter.is_whitespace() || matches!(letter, ':' | '=');
    while let Some((_, after)) = rest.split_once(parts).filter(|_| all.len() < READINGS) {
        rest = trimmed(after);
        all.push(rest);
    }
    all.retain(|reading| !reading.is_empty());
    all
}

/// A text without the blanks and quotes around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ',' | ';')
    })
}

/// Asks for the value.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.dialogs.push(Dialog::Whose(Whose::new()));
    Vec::new()
}

fn front(model: &mut Model) -> Option<&mut Whose> {
    match model.dialogs.last_mut() {
        Some(Dialog::Whose(whose)) => Some(whose),
        _ => None,
    }
}

/// A key for the dialog.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let leaves = key == Key::ctrl('c') || super::act::leaves(model, key);
    let Some(whose) = front(model) else {
        return Vec::new();
    };
    if whose.asks() {
        return asked_key(model, key);
    }
    match key.code {
        Code::Esc => close(model),
        Code::Down | Code::Char('j') => {
            // A list has a few lines of words at most.
            let last = whose.found.len() + whose.lists.len() * 4;
            whose.at = (whose.at + 1).min(last);
            Vec::new()
        }
        Code::Up | Code::Char('k') => {
            whose.at = whose.at.saturating_sub(1);
            Vec::new()
        }
        Code::Enter => match whose.found.get(whose.at).cloned() {
            Some(found) => go(model, &found),
            None => Vec::new(),
        },
        _ if leaves => close(model),
        _ => Vec::new(),
    }
}

fn asked_key(model: &mut Model, key: Key) -> Vec<Effect> {
    if key.code == Code::Esc || key == Key::ctrl('c') {
        return close(model);
    }
    if key.code == Code::Enter {
        return look(model);
    }
    if let Some(whose) = front(model)
        && let Some(editor) = &mut whose.value
        // The value is never shown.
        && key != Key::ctrl('v')
    {
        whose.problem = None;
        editor.key(key);
    }
    Vec::new()
}

/// Pasted text is the value, or a part of it.
pub fn paste(model: &mut Model, text: &str) {
    if let Some(whose) = front(model)
        && whose.asks()
        && let Some(editor) = &mut whose.value
    {
        whose.problem = editor.paste(text.trim()).err();
    }
}

/// Compares the value with the lists that are here, and has the others read.
fn look(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Whose(mut whose)) = model.dialogs.pop() else {
        return Vec::new();
    };
    if whose.readings().is_empty() {
        whose.problem = Some("Nothing was pasted or typed.".to_owned());
        model.dialogs.push(Dialog::Whose(whose));
        return Vec::new();
    }
    let mut effects = Vec::new();
    let all = model.contexts.iter().enumerate();
    let all = all.flat_map(|(context, it)| {
        let resources = it.manifest.resource.iter();
        resources.map(move |resource| (context, Arc::clone(resource)))
    });
    let opened = model.all_lists().filter(|it| it.resource.within.is_some());
    let opened = opened.map(|it| (it.context, Arc::clone(&it.resource)));
    for (context, resource) in all.chain(opened).collect::<Vec<_>>() {
        let closed = resource.parent.is_some() && resource.within.is_none();
        let state = if closed && own::tells(&resource) {
            State::Inside
        } else if closed {
            State::Silent
        } else if let Some(rows) = listing::whole(model, context, &resource) {
            whose.compare(context, rows);
            if own::tells(&resource) {
                State::Whole
            } else {
                State::Silent
            }
        } else if own::tells(&resource) {
            let call = model.next_call();
            effects.push(Effect::List {
                call,
                context,
                query: Query {
                    resource: Arc::clone(&resource),
                    filters: std::collections::BTreeMap::new(),
                },
            });
            State::Reading(call)
        } else {
            State::Silent
        };
        whose.lists.push(Looked {
            context,
            resource,
            state,
        });
    }
    effects.extend(whose.settle());
    model.dialogs.push(Dialog::Whose(whose));
    effects
}

/// The question that waits for this call, and the position of its list.
fn waiting(model: &mut Model, call: CallId) -> Option<(&mut Whose, usize)> {
    model.dialogs.iter_mut().find_map(|dialog| {
        let Dialog::Whose(whose) = dialog else {
            return None;
        };
        let mut lists = whose.lists.iter();
        let at = lists.position(|list| list.state == State::Reading(call))?;
        Some((whose, at))
    })
}

/// Rows came that no pane asked for.
pub fn rows(model: &mut Model, call: CallId, progress: &Progress) -> Vec<Effect> {
    if let Some((whose, at)) = waiting(model, call)
        && let Some(context) = whose.lists.get(at).map(|list| list.context)
    {
        whose.compare(context, &progress.rows);
    }
    Vec::new()
}

/// A list ended that no pane asked for.
pub fn ended(model: &mut Model, call: CallId, result: Result<ListEnd, ApiError>) -> Vec<Effect> {
    let Some((whose, at)) = waiting(model, call) else {
        return Vec::new();
    };
    if let Some(list) = whose.lists.get_mut(at) {
        list.state = match result {
            Ok(ListEnd { cut: None, .. }) => State::Whole,
            Ok(ListEnd { cut: Some(cut), .. }) => State::Cut(cut),
            Err(error) => State::Failed(error),
        };
    }
    whose.settle()
}

/// The value is gone with the dialog, and what it still waits for is given up.
fn close(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Whose(whose)) = model.dialogs.pop() else {
        return Vec::new();
    };
    let mut effects: Vec<Effect> = whose.reading().map(Effect::Cancel).collect();
    effects.push(Effect::Repaint);
    effects
}

/// Goes to the row of a key, in the tab that has it.
fn go(model: &mut Model, found: &Found) -> Vec<Effect> {
    let mut effects = close(model);
    let tab = found.resource.pane;
    model.active = tab;
    nested::leave_until(model, tab, |it| it.lists(found.context, &found.resource));
    let chosen: Vec<bool> = model.contexts.iter().map(|it| it.chosen).collect();
    let is_chosen = |id: ContextId| chosen.get(id).copied().unwrap_or(false);
    if is_chosen(found.context) {
        effects.extend(listing::show(model));
    } else {
        let with = |id: ContextId| is_chosen(id) || id == found.context;
        effects.extend(listing::choose(model, with));
        model.active = tab;
    }
    let key = found.key_at();
    let here = listing::row(model, found.context, &found.resource, &found.id).is_some();
    if model.pane().position(&key).is_none() {
        // Nothing hides the key that was asked for.
        effects.extend(filter_line::clear(model));
        view::settle(model, model.active);
        if !here && !model.pane().server.is_empty() {
            effects.extend(listing::filter_at_server(
                model,
                std::collections::BTreeMap::new(),
            ));
        }
    }
    if here {
        listing::select(model, tab, &key);
        return effects;
    }
    let mut sources = model.pane_mut().sources.iter_mut();
    if let Some(source) = sources.find(|it| it.lists(found.context, &found.resource)) {
        source.wanted = Some(found.id.clone());
        if source.call.is_none() {
            effects.extend(listing::reread(model, found.context, Some(&key)));
        }
    }
    effects
}
