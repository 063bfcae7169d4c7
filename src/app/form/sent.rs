//! What becomes of a form once its values have left: it waits, closes, is unlocked, or says field by
//! field why the service refused them.

use std::collections::BTreeMap;

use super::{Form, Purpose, front, open};
use crate::{
    api::{ApiError, Change},
    app::{CallId, ContextId, Effect, Model, NewContext, Tone, dialog::Dialog, listing},
    secret::Secret,
};

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
    let now = model.now;
    if let Some(form) = take(model, call) {
        model.dialogs.push(Dialog::Form(Form {
            sending: None,
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
