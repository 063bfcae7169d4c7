//! A question before something that cannot be undone. Yes means exactly the change that was asked about:
//! it was built when the dialog opened. Keys typed before the dialog was on the screen never answer it.

use std::borrow::Cow;

use tui_input::{Input, InputRequest};

use super::{
    Effect, Model, Tone,
    dialog::Dialog,
    doubt,
    fleet::Group,
    flight::{self, Link},
    form,
    gate::Tier,
    key::{Code, Key},
    rotation,
    saved::Saved,
};
use crate::{api::Change, record::Moment};

/// How long a dialog must have been on the screen before it takes an answer.
const SETTLE_MICROS: i64 = 150_000;

/// A question before something that cannot be undone.
#[derive(Debug)]
pub struct Confirm {
    /// `Delete the API key …?`
    pub title: String,
    /// What is asked about, and what will happen: a paragraph each.
    pub lines: Vec<String>,
    /// The button that does it.
    pub verb: Cow<'static, str>,
    /// What must be typed first; `None`: only the button.
    pub typed: Option<Typed>,
    /// The button that does it has the cursor; else Cancel has it.
    pub on_yes: bool,
    /// What happens on yes.
    pub yes: Yes,
    /// When it was first on the screen.
    pub drawn: Option<Moment>,
}

/// A word that proves that the operator has read which key it is.
#[derive(Debug)]
pub struct Typed {
    /// What must be typed.
    pub word: String,
    /// What it is: `name` or `id`.
    pub what: &'static str,
    /// What was typed so far.
    pub input: Input,
}

/// What happens on yes.
#[derive(Debug)]
pub enum Yes {
    /// The change is sent, once; it was confirmed so far.
    Send(super::ContextId, Box<Change>, Tier, Link),
    /// The change of this doubt is sent once more, although the journal cannot be written.
    SendAgain(super::CallId),
    /// One more question is asked.
    Ask(Box<Confirm>),
    /// The program ends.
    Quit,
    /// The filter takes the place of the one that the config has under its name.
    SaveFilter(Saved),
    /// The group of the same name is replaced.
    SaveGroup(Group),
    /// The form behind is dropped with what was typed.
    Discard,
}

impl Confirm {
    /// The typed word is right, or none is asked for.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.typed
            .as_ref()
            .is_none_or(|typed| typed.input.value() == typed.word)
    }

    /// Something else than the asked word was typed.
    fn mistyped(&self) -> bool {
        self.typed
            .as_ref()
            .is_some_and(|typed| !typed.input.value().is_empty())
            && !self.ready()
    }
}

/// The screen was drawn: a dialog that is on it may be answered soon.
pub fn drawn(model: &mut Model) {
    let now = model.now;
    if let Some(reveal) = model.tray.front_mut() {
        reveal.drawn.get_or_insert(now);
        reveal.seen |= reveal.shown.is_some();
        return;
    }
    let rotation = match model.dialogs.last() {
        Some(Dialog::Rotation(id)) => Some(*id),
        _ => None,
    };
    if let Some(one) = rotation.and_then(|id| rotation::of(model, id)) {
        one.drawn.get_or_insert(now);
    }
    match model.dialogs.last_mut() {
        Some(Dialog::Doubt(doubt)) => drop(doubt.drawn.get_or_insert(now)),
        Some(Dialog::Confirm(confirm)) => drop(confirm.drawn.get_or_insert(now)),
        Some(Dialog::Problem(problem)) => drop(problem.drawn.get_or_insert(now)),
        Some(Dialog::Bulk(bulk)) => drop(bulk.drawn.get_or_insert(now)),
        _ => {}
    }
}

/// Something has been on the screen long enough for a key to be an answer to it.
#[must_use]
pub fn settled(drawn: Option<Moment>, now: Moment) -> bool {
    drawn.is_some_and(|drawn| now.micros() - drawn.micros() >= SETTLE_MICROS)
}

/// A key for the question.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let now = model.now;
    let Some(Dialog::Confirm(confirm)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    if !settled(confirm.drawn, now) {
        return Vec::new();
    }
    if key.code == Code::Esc || key == Key::ctrl('c') {
        model.dialogs.pop();
        return Vec::new();
    }
    match key.code {
        Code::Left | Code::Right | Code::Tab | Code::BackTab | Code::Up | Code::Down => {
            confirm.on_yes = !confirm.on_yes && confirm.ready();
            Vec::new()
        }
        Code::Enter if confirm.on_yes && confirm.ready() => yes(model),
        Code::Enter if confirm.typed.is_some() && !confirm.on_yes && confirm.ready() => {
            confirm.on_yes = true;
            Vec::new()
        }
        Code::Enter if confirm.mistyped() => {
            let what = confirm.typed.as_ref().map_or("word", |typed| typed.what);
            model.say(
                Tone::Warn,
                format!("That is not the {what}. Nothing was sent; Esc cancels."),
            );
            Vec::new()
        }
        Code::Enter => {
            model.dialogs.pop();
            model.say(Tone::Info, "Cancelled: nothing was sent.");
            Vec::new()
        }
        _ => {
            type_into(confirm, key);
            Vec::new()
        }
    }
}

fn type_into(confirm: &mut Confirm, key: Key) {
    let Some(typed) = &mut confirm.typed else {
        return;
    };
    match (key.code, key.typed()) {
        (Code::Backspace, _) => drop(typed.input.handle(InputRequest::DeletePrevChar)),
        (_, Some(letter)) => drop(typed.input.handle(InputRequest::InsertChar(letter))),
        _ => {}
    }
    confirm.on_yes = false;
}

fn yes(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Confirm(confirm)) = model.dialogs.pop() else {
        return Vec::new();
    };
    match confirm.yes {
        Yes::Quit => vec![Effect::Quit],
        Yes::Discard => form::discard(model),
        Yes::SaveFilter(saved) => vec![Effect::SaveFilter(saved, true)],
        Yes::SaveGroup(group) => vec![Effect::SaveGroup(group, true)],
        Yes::Send(context, change, tier, link) => {
            flight::launch(model, context, *change, tier, link)
        }
        Yes::SendAgain(call) => doubt::unwritten(model, call),
        Yes::Ask(next) => {
            model.dialogs.push(Dialog::Confirm(*next));
            Vec::new()
        }
    }
}
