//! Fields to fill in: create, edit and clone a key, filter at the server, give a credential. What was
//! typed stays until the service has accepted it; nothing is sent while a field is wrong.

pub mod editor;
mod fields;
pub mod given;
mod leave;
mod open;
mod sent;
pub mod server;
mod source;
mod texts;
mod told;
mod values;

pub use open::{
    ask, clone, create, delete, edit, filter_name, group_name, new_context, regenerate, twin,
};
pub use sent::{
    Reached, finished, not_added, put_aside, refused, resent, resume, sending, unlock, unsent,
};
pub use source::{Wait, came};

use std::{collections::BTreeMap, sync::Arc};

use tui_input::Input;

use super::{
    CallId, ContextId, Effect, Model, Tone, act,
    confirm::{Confirm, Yes, settled},
    dialog::Dialog,
    key::{Code, Key},
    keymap::Action,
    rotation::{self, RotationId},
};
use crate::{
    api::{Target, ssh::Facts},
    manifest::{Field, Kind, Make, Resource, TimeFormat, Verb},
    record::{KeyId, Moment, Rows, expiry},
};

use self::editor::Editor;

/// Fields to fill in.
#[derive(Debug)]
pub struct Form {
    /// What it is for.
    pub title: String,
    /// A sentence above the fields.
    pub intro: Option<String>,
    /// What happens with the values.
    pub purpose: Purpose,
    /// The fields in screen order.
    pub entries: Vec<Entry>,
    /// The field with the cursor; past the last: the button that sends, then Cancel.
    pub focus: usize,
    /// What is wrong with the whole.
    pub problem: Option<String>,
    /// The write that the values left with.
    pub sending: Option<CallId>,
    /// Where the field takes its value from, while that is typed.
    pub path: Option<Input>,
    /// The value that is being read.
    pub reading: Option<Wait>,
    /// A public half was copied.
    pub copied: bool,
    /// Something was typed.
    pub dirty: bool,
    /// When Enter was last pressed in it, or it came back after an answer.
    pub entered: Option<Moment>,
    /// How far its values have come.
    pub reached: Reached,
    /// The rotation whose new key it is, and the old one's id.
    pub rotation: Option<(RotationId, KeyId)>,
}

/// What happens with the values of a form.
#[derive(Debug)]
pub enum Purpose {
    /// A write to this context.
    Write {
        /// Where.
        context: ContextId,
        /// What kind of key.
        resource: Arc<Resource>,
        /// Create, update or rotate.
        verb: Verb,
        /// Which key; none for a create.
        target: Option<Target>,
        /// The row as it was when the form opened.
        base: Box<Rows>,
    },
    /// The server filters the pane in front; the values that the selected key has, by filter.
    ServerFilter(BTreeMap<String, String>),
    /// A context's inputs.
    Credential(ContextId),
    /// A new context on the backend of this name.
    NewContext(String),
    /// This filter's name in the config.
    SaveFilter(String),
    /// The name of these contexts together in the config.
    SaveGroup(Vec<Arc<str>>),
    /// Nothing: the public half of a pair that was made here is looked at, the private one is gone.
    Public(Facts),
}

/// One field of a form.
#[derive(Debug)]
pub struct Entry {
    /// The field's own name.
    pub key: String,
    /// Its name on screen.
    pub title: String,
    /// What it does, and what to beware of.
    pub help: Option<String>,
    /// Its value.
    pub editor: Editor,
    /// What is wrong with it.
    pub error: Option<String>,
    /// What it is, where that was looked into and is right.
    pub facts: Option<Facts>,
    /// Why it cannot be changed.
    pub locked: Option<String>,
    /// It must be given.
    pub required: bool,
    /// Values worth offering.
    pub suggest: Vec<String>,
    /// The position of the field, and of the record and its part where the field is a list of records.
    pub slot: Slot,
}

/// Which field an entry edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Position of the field in the resource.
    pub field: usize,
    /// Position of the record and of its part.
    pub part: Option<(usize, usize)>,
}

impl Form {
    /// The button that sends, in one word.
    #[must_use]
    pub fn button(&self) -> &'static str {
        match &self.purpose {
            Purpose::Write {
                verb: Verb::Create, ..
            } => "Create",
            Purpose::Write {
                verb: Verb::Rotate, ..
            } => "Regenerate",
            Purpose::Write { .. } | Purpose::SaveFilter(_) | Purpose::SaveGroup(_) => "Save",
            Purpose::ServerFilter(_) => "Ask the server",
            Purpose::Credential(_) => "Sign in",
            Purpose::NewContext(_) => "Add",
            Purpose::Public(_) => "Copy",
        }
    }

    /// The field with the cursor.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        self.entries.get(self.focus)
    }

    /// The manifest's field that an entry edits; parts of records are not such.
    #[must_use]
    pub fn field(&self, entry: &Entry) -> Option<&Field> {
        field_of(&self.purpose, entry)
    }

    /// What can be made here for an entry of a new key.
    #[must_use]
    pub fn makes(&self, entry: &Entry) -> Option<Make> {
        match self.purpose {
            Purpose::Write {
                verb: Verb::Create, ..
            } => self.field(entry)?.makes(),
            _ => None,
        }
    }

    /// The public half that is in sight: the one of the field with the cursor.
    #[must_use]
    pub fn public(&self) -> Option<&str> {
        let facts = match &self.purpose {
            Purpose::Public(facts) => Some(facts),
            _ => self.entry().and_then(|entry| entry.facts.as_ref()),
        };
        facts?.public.as_deref()
    }

    /// The cursor is on Cancel.
    #[must_use]
    pub fn on_cancel(&self) -> bool {
        self.focus > self.entries.len()
    }

    /// Pasted text goes into the field with the cursor; what would have to be altered is refused there.
    pub fn paste(&mut self, text: &str) {
        if self.sending.is_some() || self.reading.is_some() {
            return;
        }
        if let Some(path) = &mut self.path {
            self.problem = editor::line_paste(path, text).err();
            return;
        }
        if let Some(entry) = self
            .entries
            .get_mut(self.focus)
            .filter(|entry| entry.locked.is_none())
        {
            entry.error = entry.editor.paste(text).err();
            if entry.error.is_none() {
                source::look(&self.purpose, entry, true);
            }
            self.dirty = true;
        }
    }

    /// Whether a key may send a write: it is an Enter of its own, and no repetition of one that is held down.
    fn enter(&mut self, key: Key, now: Moment) -> bool {
        let before = self.entered;
        if key.code == Code::Enter {
            self.entered = Some(now);
        }
        let writes = matches!(self.purpose, Purpose::Write { .. });
        !writes || before.is_none() || settled(before, now)
    }

    fn step(&mut self, forward: bool) {
        let count = self.entries.len() + 2;
        for _ in 0..count {
            self.focus = if forward {
                (self.focus + 1) % count
            } else {
                (self.focus + count - 1) % count
            };
            if self.entry().is_none_or(|entry| entry.locked.is_none()) {
                return;
            }
        }
    }

    /// The value that the line with the cursor could be completed to.
    #[must_use]
    pub fn completion(&self) -> Option<&str> {
        let entry = self.entry()?;
        let Editor::Line(input) = &entry.editor else {
            return None;
        };
        let word = input
            .value()
            .rsplit([',', ' '])
            .next()
            .filter(|word| !word.is_empty())?;
        let at_end = input.cursor() == input.value().chars().count();
        let fits = |known: &&String| known.len() > word.len() && known.starts_with(word);
        entry
            .suggest
            .iter()
            .filter(|_| at_end)
            .find(fits)
            .map(|known| known.get(word.len()..).unwrap_or(""))
    }

    /// What the time typed into this entry means, told from now; `None` where it is no time or none was
    /// typed.
    #[must_use]
    pub fn live(&self, entry: &Entry, now: Moment) -> Option<String> {
        let Editor::Line(input) = &entry.editor else {
            return None;
        };
        let field = self.field(entry)?;
        let timed = field.kind == Kind::Expiry;
        let typed = Some(input.value().trim()).filter(|text| timed && !text.is_empty())?;
        let read = expiry(field, typed, TimeFormat::Rfc3339, now).ok()?;
        // Whole seconds, so that 30d is in 30 days and not in one second less.
        let now = Moment::from_micros(now.micros() - now.micros().rem_euclid(1_000_000));
        let moment = read.as_ref().and_then(serde_json::Value::as_str);
        Some(match moment.and_then(Moment::read) {
            Some(end) => format!("ends {} ({})", end.rfc3339(), end.relative(now)),
            None => "never ends".to_owned(),
        })
    }

    fn complete(&mut self) -> bool {
        let Some(rest) = self.completion().map(ToOwned::to_owned) else {
            return false;
        };
        if let Some(entry) = self.entries.get_mut(self.focus) {
            entry.error = entry.editor.paste(&rest).err();
        }
        true
    }
}

fn field_of<'a>(purpose: &'a Purpose, entry: &Entry) -> Option<&'a Field> {
    match purpose {
        Purpose::Write { resource, .. } if entry.slot.part.is_none() => {
            resource.field.get(entry.slot.field)
        }
        _ => None,
    }
}

/// The form in front.
fn front(model: &mut Model) -> Option<&mut Form> {
    match model.dialogs.last_mut() {
        Some(Dialog::Form(form)) => Some(form),
        _ => None,
    }
}

/// A key for the form in front.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let now = model.now;
    let Some(form) = front(model) else {
        return Vec::new();
    };
    let pressed = form.enter(key, now);
    if form.sending.is_some() {
        return sending_key(model, key);
    }
    if form.reading.is_some() {
        return source::wait_key(model, key);
    }
    if form.path.is_some() {
        return source::line_key(model, key);
    }
    let last = form.entries.len();
    match key.code {
        _ if key == Key::ctrl('y') => return source::copy(model),
        _ if key == Key::ctrl('g') => return source::make(model),
        _ if matches!(form.purpose, Purpose::Public(_)) => return public_key(model, key),
        Code::Esc => return close(model),
        _ if key == Key::ctrl('c') => return close(model),
        _ if key == Key::ctrl('s') => return submit(model),
        // A key that is held down sends nothing.
        Code::Enter if form.focus == last && !pressed => {}
        Code::Enter if form.focus == last => return submit(model),
        Code::Enter if form.focus > last => return close(model),
        Code::Tab => form.step(true),
        Code::BackTab => form.step(false),
        _ => entry_key(form, key),
    }
    Vec::new()
}

/// A key while the answer is on its way: the form can be put aside, and the program left after a question.
fn sending_key(model: &mut Model, key: Key) -> Vec<Effect> {
    if key == Key::ctrl('c') {
        return act::act(model, Action::Quit);
    }
    if key.code == Code::Esc
        && let Some(Dialog::Form(form)) = model.dialogs.pop()
    {
        model.aside.push(form);
        model.say(
            Tone::Info,
            "The form is put aside; it comes back unless the service does as it says.",
        );
        return vec![Effect::Repaint];
    }
    model.say(
        Tone::Info,
        "The answer is on its way: nothing can be changed until it is here.",
    );
    Vec::new()
}

/// A key for the field with the cursor; what it does not use moves the cursor.
fn entry_key(form: &mut Form, key: Key) {
    if key == Key::ctrl('n') || key == Key::ctrl('x') {
        return fields::change_records(form, key == Key::ctrl('n'));
    }
    if key == Key::ctrl('o') && form.take_offered() {
        return;
    }
    if key == Key::ctrl('o')
        && matches!(
            form.entry().map(|entry| &entry.editor),
            Some(Editor::Secret(_) | Editor::Lines(_))
        )
    {
        form.path = Some(Input::default());
        return;
    }
    if key.code == Code::Right && form.complete() {
        return;
    }
    let Form {
        entries,
        purpose,
        focus,
        ..
    } = form;
    let used = entries.get_mut(*focus).is_some_and(|entry| {
        let used = entry.locked.is_none() && entry.editor.key(key);
        if used {
            entry.error = None;
            source::look(purpose, entry, false);
        }
        used
    });
    form.dirty |= used;
    match key.code {
        _ if used => {}
        Code::Down | Code::Right | Code::Enter => form.step(true),
        Code::Up | Code::Left => form.step(false),
        _ => {}
    }
}

/// A key while a public half is looked at.
fn public_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let leaves = key.code == Code::Esc || act::leaves(model, key);
    let Some(form) = front(model) else {
        return Vec::new();
    };
    match key.code {
        Code::Enter if !form.on_cancel() => return source::copy(model),
        Code::Enter => return close(model),
        _ if leaves => return close(model),
        Code::Tab | Code::Right | Code::Down => form.step(true),
        Code::BackTab | Code::Left | Code::Up => form.step(false),
        _ => {}
    }
    Vec::new()
}

/// Closes the form; what was typed is dropped only after a question.
fn close(model: &mut Model) -> Vec<Effect> {
    let question = match front(model) {
        Some(Form {
            purpose: Purpose::Public(_),
            copied: false,
            ..
        }) => Some((
            "Close without a copy of the public half?",
            vec!["No service tells it, and it is shown only now.".to_owned()],
            "Close",
        )),
        Some(form) if form.dirty => Some(("Drop what was typed?", sent::dropped(model), "Drop")),
        _ => None,
    };
    if let Some((title, lines, verb)) = question {
        model.dialogs.push(Dialog::Confirm(Confirm {
            title: title.to_owned(),
            lines,
            verb: verb.into(),
            typed: None,
            on_yes: false,
            yes: Yes::Discard,
            drawn: None,
        }));
        return Vec::new();
    }
    discard(model)
}

/// Drops the form in front; a credential that was not given ends the calls that wait for it.
pub fn discard(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::Repaint];
    if let Some(Dialog::Form(form)) = model.dialogs.pop() {
        if let Purpose::Credential(context) = form.purpose {
            effects.extend(sent::give(context, Vec::new()));
        }
        if let Some((id, _)) = form.rotation {
            rotation::closed(model, id);
        }
    }
    effects
}

fn submit(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let Some(Dialog::Form(mut form)) = model.dialogs.pop() else {
        return Vec::new();
    };
    form.problem = None;
    let effects = match values::read(model, &mut form, now) {
        Err(()) => {
            form.focus = form
                .entries
                .iter()
                .position(|entry| entry.error.is_some())
                .unwrap_or(form.focus);
            Vec::new()
        }
        Ok(read) => return values::done(model, form, read),
    };
    model.dialogs.push(Dialog::Form(form));
    effects
}
