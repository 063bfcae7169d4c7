//! What becomes of a form once its values have left: it waits, closes, is unlocked, or says field by
//! field why the service refused them.

use std::collections::BTreeMap;

use super::{
    Form, Purpose,
    editor::{Came, Editor},
    front, open,
};
use crate::{
    api::{ApiError, Change},
    app::{
        CallId, ContextId, Effect, Model, NewContext, Tone, dialog::Dialog, listing,
        rotation::steps::Way,
    },
    secret::Secret,
};

/// How far what a form holds has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// It was not sent.
    Nowhere,
    /// The service refused it.
    Refused,
    /// The service may have done it.
    Perhaps,
}

/// What is so when the form in front is dropped, and what is lost with it: a sentence each.
pub(super) fn dropped(model: &Model) -> Vec<String> {
    let Some(Dialog::Form(form)) = model.dialogs.last() else {
        return Vec::new();
    };
    let id = form.rotation.as_ref().map(|(id, _)| *id);
    let mut rotations = model.rotations.iter();
    let one = rotations.find(|one| Some(one.id) == id && one.has_begun());
    let mut lines = vec![
        match (form.reached, one) {
            (Reached::Nowhere, None) => "Nothing was sent.",
            (Reached::Nowhere, Some(_)) => "The new key was not sent.",
            (Reached::Refused, _) => "It was sent, and the service refused it.",
            (Reached::Perhaps, _) => "It was sent, and the service may have done it.",
        }
        .to_owned(),
    ];
    lines.extend(one.map(|one| one.lives().to_owned()));
    let made = form.entries.iter().any(|entry| {
        matches!(&entry.editor, Editor::Secret(masked) if masked.came == Came::Made && !masked.text.is_empty())
    });
    if made {
        lines.push("The private half that was made here is nowhere else: it is lost.".to_owned());
    } else if one.is_some_and(|one| one.way == Some(Way::DeleteFirst)) {
        lines.push(
            "The secret that was filled in is not kept: it has to be given again.".to_owned(),
        );
    }
    lines
}

/// The write of the form in front was sent as this call.
pub fn sending(model: &mut Model, call: CallId, change: &Change) {
    if let Some(form) = front(model)
        && let Purpose::Write { verb, .. } = &form.purpose
        && *verb == change.verb
    {
        form.sending = Some(call);
    }
}

/// The write was done: its form closes, wherever it is, and leaves the public half of what was made in it.
pub fn finished(model: &mut Model, call: CallId) {
    if let Some(form) = take(model, call) {
        open::public_half(model, &form);
    }
}

/// The write ended in doubt: the form may be used again.
pub fn unlock(model: &mut Model, call: CallId) {
    release(model, call, Reached::Perhaps);
}

/// The write was not sent: the form may be used again.
pub fn unsent(model: &mut Model, call: CallId) {
    release(model, call, Reached::Nowhere);
}

fn release(model: &mut Model, call: CallId, reached: Reached) {
    let now = model.now;
    if let Some(form) = take(model, call) {
        model.dialogs.push(Dialog::Form(Form {
            sending: None,
            reached: form.reached.max(reached),
            entered: Some(now),
            ..form
        }));
    }
}

/// The write ended in doubt, and the doubt was left: the form goes out of the way and waits with it.
pub fn put_aside(model: &mut Model, call: CallId) {
    if let Some(form) = take(model, call) {
        model.aside.push(form);
    }
}

/// The write of a form was sent once more, as another call.
pub fn resent(model: &mut Model, call: CallId, again: CallId) {
    let dialogs = model.dialogs.iter_mut().filter_map(|dialog| match dialog {
        Dialog::Form(form) => Some(form),
        _ => None,
    });
    let mut forms = dialogs.chain(&mut model.aside);
    if let Some(form) = forms.find(|form| form.sending == Some(call)) {
        form.sending = Some(again);
    }
}

/// Sends what a form holds that had to wait for another write.
pub fn resume(model: &mut Model, form: Form) -> Vec<Effect> {
    model.dialogs.push(Dialog::Form(form));
    super::submit(model)
}

/// The form whose write this is, out of the stack or from where it was put aside.
fn take(model: &mut Model, call: CallId) -> Option<Form> {
    let is_it =
        |dialog: &Dialog| matches!(dialog, Dialog::Form(form) if form.sending == Some(call));
    if let Some(at) = model.dialogs.iter().position(is_it) {
        return match model.dialogs.remove(at) {
            Dialog::Form(form) => Some(form),
            _ => None,
        };
    }
    let at = model
        .aside
        .iter()
        .position(|form| form.sending == Some(call))?;
    Some(model.aside.remove(at))
}

/// The write was refused: its form says why, field by field; tells whether there is such a form.
pub fn refused(model: &mut Model, call: CallId, error: &ApiError) -> bool {
    let Some(mut form) = take(model, call) else {
        return false;
    };
    form.sending = None;
    form.reached = form.reached.max(Reached::Refused);
    form.entered = Some(model.now);
    let mut rest = error.fields().cloned().unwrap_or_default();
    for entry in &mut form.entries {
        entry.error = rest.remove(&entry.key).or(entry.error.take());
    }
    let placed = form.entries.iter().position(|entry| entry.error.is_some());
    form.focus = placed.unwrap_or(form.focus);
    form.problem = Some(match (placed, rest.is_empty()) {
        (Some(_), true) => "Not done: the service refused the marked fields.".to_owned(),
        _ => format!("Not done: {error}. {}", error.next_step()),
    });
    model.dialogs.push(Dialog::Form(form));
    true
}

/// The server filter was filled in.
pub(super) fn ask_server(model: &mut Model, values: BTreeMap<String, String>) -> Vec<Effect> {
    listing::filter_at_server(model, values)
}

/// A context's inputs were filled in.
pub(super) fn give(context: ContextId, inputs: Vec<(String, Secret)>) -> Vec<Effect> {
    vec![Effect::Give { context, inputs }]
}

/// The fields of a new context were filled in: it is added to the config.
pub(super) fn add_context(
    model: &mut Model,
    form: Form,
    backend: String,
    mut texts: BTreeMap<String, String>,
) -> Vec<Effect> {
    let name = texts.remove("name").unwrap_or_default();
    let url = texts.remove("url").unwrap_or_default();
    model.dialogs.push(Dialog::Form(form));
    vec![Effect::AddContext(NewContext {
        name,
        backend,
        url,
        credential: texts.into_iter().collect(),
    })]
}

/// The config could not take the new context: its form says why.
pub fn not_added(model: &mut Model, why: String) -> Vec<Effect> {
    match front(model) {
        Some(form) => form.problem = Some(why),
        None => model.say(Tone::Bad, why),
    }
    Vec::new()
}
