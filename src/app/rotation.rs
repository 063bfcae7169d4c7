//! A guided rotation: its steps are visible, it can be left at any of them and taken up again, and at every
//! step it says which key lives. The old key goes only after the new one was made, stored, tried and handed
//! over, unless the service allows no other order. Each write of it passes `flight` like any other.

mod asked;
mod offer;
mod proof;
pub mod steps;
mod told;
pub mod twin;
mod walk;
mod words;

use std::{collections::BTreeMap, sync::Arc};

use tui_input::Input;

pub use asked::regenerate_with;
pub use proof::{adopted, proved};
pub use told::{begun, errand, plain};
pub use walk::{
    checked, closed, doubted, failed, hold, holds, landed, looked, sent, stored, tell, unheld,
    unsent,
};
pub use words::lines;

use self::{
    asked::ask,
    offer::offer,
    steps::{Step, Way},
};
use super::{
    CallId, ContextId, Effect, Model, Tone, act,
    choices::Choices,
    confirm::settled,
    dialog::Dialog,
    form::{self, Form, editor},
    key::{Code, Key},
    nested,
    pane::Source,
    waiting,
};
use crate::{
    api::Target,
    journal::EntryId,
    manifest::Resource,
    record::{KeyId, Moment, Rows, Text},
    secret::Secret,
};

/// Names one rotation of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RotationId(pub u64);

/// One key on its way to be replaced.
#[derive(Debug)]
pub struct Rotation {
    /// Its name.
    pub id: RotationId,
    /// Where the key is.
    pub context: ContextId,
    /// The context's name.
    pub context_name: Arc<str>,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// The key as it was.
    pub old: Target,
    /// The context signs in with it.
    pub own: bool,
    /// How it is rotated, once chosen.
    pub way: Option<Way>,
    /// The step at hand.
    pub at: Step,
    /// What became of the steps before.
    pub past: Vec<Past>,
    /// Where the new secret goes, if not only to the screen.
    pub sink: Option<String>,
    /// The destination while it is typed.
    pub line: Option<Input>,
    /// Where the journal has it.
    pub entry: Option<EntryId>,
    /// The new key.
    pub new: Option<Target>,
    /// Its row, where the service told it; of a key that stays, its own.
    pub row: Rows,
    /// The new secret until it is proved to work.
    pub secret: Option<Secret>,
    /// What the new key will be, until the service has it: of keys whose old one goes first.
    pub form: Option<Box<Form>>,
    /// What was filled in for it and is no secret, as the journal has it: field to JSON.
    pub plain: BTreeMap<String, String>,
    /// The context signs in with the new key already.
    pub adopted: bool,
    /// The end of its last write is not known.
    pub unsettled: bool,
    /// The write of an earlier run that made a secret which nobody has.
    pub lost: Option<EntryId>,
    /// What is waited for, and the call whose answer it is.
    pub busy: Option<(CallId, String)>,
    /// What went wrong at this step.
    pub problem: Option<String>,
    /// What can be done next.
    pub choices: Choices<Next>,
    /// When it was first on the screen.
    pub drawn: Option<Moment>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub step: Step,
    /// It was done; else it was passed over or is not certain.
    pub sure: bool,
    /// In a few words.
    pub words: String,
}

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The rotation goes this way.
    Way(Way),
    /// The new secret is shown here.
    Here,
    /// The new secret goes to the configured sink at this position.
    Sink(usize),
    /// A destination is typed.
    Type,
    /// The step is taken, or the next one.
    GoOn,
    /// The step is tried once more.
    Again,
    /// It is found out what came of the last write.
    Settle,
    /// The context signs in with the new key from now on.
    Adopt,
    /// The list is read anew, to see when the old key was last used.
    Look,
    /// The new key, whose secret is lost, is deleted.
    DropNew,
    /// The old key stays: the rotation ends here.
    Keep,
    /// The dialog closes and the rotation waits.
    Leave,
}

impl Rotation {
    /// A rotation of which nothing is decided.
    #[must_use]
    pub fn new(
        id: RotationId,
        (context, context_name): (ContextId, Arc<str>),
        resource: Arc<Resource>,
        old: Target,
        own: bool,
    ) -> Self {
        Self {
            id,
            context,
            context_name,
            old,
            own,
            way: None,
            at: Step::Choose,
            past: Vec::new(),
            sink: None,
            line: None,
            entry: None,
            new: None,
            row: Rows::new(Arc::clone(&resource)),
            resource,
            secret: None,
            form: None,
            plain: BTreeMap::new(),
            adopted: false,
            unsettled: false,
            lost: None,
            busy: None,
            problem: None,
            choices: Choices::default(),
            drawn: None,
        }
    }

    /// `Rotate the API key “x” in prod`.
    #[must_use]
    pub fn title(&self) -> String {
        format!("Rotate {}", self.key())
    }

    /// `the API key “x” in prod`.
    #[must_use]
    pub fn key(&self) -> String {
        format!(
            "the {} “{}”{} in {}",
            self.resource.noun,
            Text::new(&self.old.name).shown(),
            nested::of(&self.resource),
            self.context_name
        )
    }

    /// The step was done.
    #[must_use]
    pub fn did(&self, step: Step) -> bool {
        self.past.iter().any(|past| past.step == step)
    }

    /// Which key lives now, as a sentence.
    #[must_use]
    pub fn lives(&self) -> &'static str {
        self.way.map_or("Only the old key works.", |way| {
            if self.unsettled {
                way.unsettled(self.at)
            } else {
                way.lives(&self.resource, |step| self.did(step))
            }
        })
    }

    /// Something was sent: leaving it is not the same as never having begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.did(Step::Make) || self.did(Step::Revoke) || self.unsettled || self.entry.is_some()
    }

    /// The context could sign in with the new key from now on.
    fn can_adopt(&self) -> bool {
        self.own && !self.adopted && self.secret.is_some()
    }

    /// Its keys are given back by the service with a secret.
    fn makes_secret(&self) -> bool {
        let op = match self.way {
            Some(Way::Regenerate) => self.resource.rotate.as_ref(),
            _ => self.resource.create.as_ref(),
        };
        op.is_some_and(|op| op.secret.is_some())
    }
}

/// The rotation of this name.
pub fn of(model: &mut Model, id: RotationId) -> Option<&mut Rotation> {
    model.rotations.iter_mut().find(|one| one.id == id)
}

/// The old key of this rotation, once it was deleted.
#[must_use]
pub fn gone(model: &Model, id: Option<RotationId>) -> Option<&KeyId> {
    let mut all = model.rotations.iter();
    let one = all.find(|one| Some(one.id) == id && one.did(Step::Revoke))?;
    Some(&one.old.id)
}

/// The name of the rotation whose dialog is in front.
fn front(model: &Model) -> Option<RotationId> {
    match model.dialogs.last() {
        Some(Dialog::Rotation(id)) => Some(*id),
        _ => None,
    }
}

/// Opens the rotation of the selected key: the one that waits for it, here or of an earlier run, or a new
/// one.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some((context, resource, old)) = model.pane().target() else {
        return Vec::new();
    };
    let waits = model
        .rotations
        .iter()
        .find(|one| one.context == context && one.resource.is(&resource) && one.old.id == old.id);
    let id = match waits.map(|one| one.id) {
        Some(id) => id,
        None if let Some(entry) = waiting::rotation_of(model, context, &resource, &old) => {
            return waiting::resume(model, entry);
        }
        None => begin(model, context, resource, old),
    };
    show(model, id)
}

/// A rotation of the selected key, of which nothing is decided.
fn begin(
    model: &mut Model,
    context: ContextId,
    resource: Arc<Resource>,
    old: Target,
) -> RotationId {
    let id = RotationId(model.next_call().0);
    let at = model.contexts.get(context);
    let name = at.map_or_else(|| "".into(), |it| Arc::clone(&it.name));
    let current = model.pane().current();
    let own = current.is_some_and(|(source, _): (&Source, _)| source.is_own(&old.id));
    let mut one = Rotation::new(id, (context, name), resource, old, own);
    if let Some((_, record)) = current {
        one.row.push_record(record);
    }
    model.rotations.push(one);
    id
}

/// Brings the dialog of a rotation to the front.
pub fn show(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let is_it = |dialog: &Dialog| matches!(dialog, Dialog::Rotation(one) if *one == id);
    model.dialogs.retain(|dialog| !is_it(dialog));
    model.dialogs.push(Dialog::Rotation(id));
    offer(model, id);
    Vec::new()
}

/// A key for the rotation in front.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let now = model.now;
    let leaves = act::leaves(model, key);
    let Some(id) = front(model) else {
        return Vec::new();
    };
    let Some(one) = of(model, id) else {
        model.dialogs.pop();
        return Vec::new();
    };
    if !settled(one.drawn, now) {
        return Vec::new();
    }
    if one.line.is_some() {
        return line_key(model, id, key);
    }
    if key.code == Code::Esc || leaves {
        return put_aside(model, id);
    }
    match one.choices.key(key) {
        Some(next) => walk::take_up(model, id, next),
        None => Vec::new(),
    }
}

/// Pasted text goes into the destination that is typed.
pub fn paste(model: &mut Model, text: &str) {
    let Some(one) = front(model).and_then(|id| of(model, id)) else {
        return;
    };
    if let Some(line) = &mut one.line {
        one.problem = editor::line_paste(line, text).err();
    }
}

fn line_key(model: &mut Model, id: RotationId, key: Key) -> Vec<Effect> {
    let call = model.next_call();
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let Some(mut line) = one.line.take() else {
        return Vec::new();
    };
    match key.code {
        Code::Esc => {
            one.problem = None;
            offer(model, id);
            return Vec::new();
        }
        Code::Enter if !line.value().trim().is_empty() => {
            return walk::check(model, id, line.value().trim().to_owned(), call);
        }
        _ => {}
    }
    editor::line_key(&mut line, key);
    one.line = Some(line);
    Vec::new()
}

/// Closes the dialog: a rotation that has begun or holds what was typed waits, another is forgotten.
fn put_aside(model: &mut Model, id: RotationId) -> Vec<Effect> {
    model.dialogs.pop();
    let mut flights = model.flights.values();
    let in_flight = flights.any(|flight| flight.link.rotation == Some(id));
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    let (key, lives) = (one.key(), one.lives());
    let begun = one.has_begun() || one.form.is_some();
    if in_flight || (one.at != Step::Ended && begun) {
        let words = format!("The rotation of {key} waits. {lives} r on the key, or L, goes on.");
        model.say(Tone::Warn, words);
        return Vec::new();
    }
    let ended = one.at == Step::Ended;
    model.rotations.retain(|one| one.id != id);
    if ended {
        model.say(
            Tone::Good,
            format!("The rotation of {key} is over. {lives}"),
        );
    } else {
        model.say(Tone::Info, "Cancelled: nothing was sent.");
    }
    vec![Effect::Repaint]
}

/// Opens the form of the new key, which starts as a copy of the old one.
fn fill(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let Some(one) = of(model, id) else {
        return Vec::new();
    };
    if let Some(form) = one.form.take() {
        model.dialogs.push(Dialog::Form(*form));
        return Vec::new();
    }
    form::twin(model, id)
}
