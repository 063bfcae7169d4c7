//! All that is known of one key, read anew from the service when it is opened.

use std::sync::Arc;

use super::{
    CallId, ContextId, Effect, Model, Tone, act,
    dialog::Dialog,
    key::{Code, Key},
    keymap::{Action, Place},
    pane::KeyAt,
    tell,
};
use crate::{
    api::{ApiError, Target},
    manifest::Resource,
    record::{Decoded, Rows},
};

/// All that is known of one key.
#[derive(Debug)]
pub struct Details {
    /// Where it is.
    pub context: ContextId,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// Which.
    pub target: Option<Target>,
    /// The row: from the list at first, then as the service answered.
    pub rows: Rows,
    /// The read on its way.
    pub call: Option<CallId>,
    /// Why it could not be read anew.
    pub error: Option<ApiError>,
    /// Lines scrolled away.
    pub scrolled: u16,
}

/// Opens the details of the selected key.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some((source, record)) = model.pane().current() else {
        return Vec::new();
    };
    let mut rows = Rows::new(Arc::clone(&source.resource));
    rows.push_record(record);
    let (context, resource) = (source.context, Arc::clone(&source.resource));
    let target = model.pane().target().map(|(_, _, target)| target);
    let call = target
        .as_ref()
        .filter(|_| resource.get.is_some())
        .map(|_| model.next_call());
    let effect = call.zip(target.clone()).map(|(call, target)| Effect::Get {
        call,
        context,
        resource: Arc::clone(&resource),
        id: target.id,
    });
    model.dialogs.push(Dialog::Details(Details {
        context,
        resource,
        target,
        rows,
        call,
        error: None,
        scrolled: 0,
    }));
    effect.into_iter().collect()
}

/// The key was read.
pub fn fetched(model: &mut Model, call: CallId, result: Result<Decoded, ApiError>) -> Vec<Effect> {
    let details = model.dialogs.iter_mut().find_map(|dialog| match dialog {
        Dialog::Details(details) if details.call == Some(call) => Some(details),
        _ => None,
    });
    let Some(details) = details else {
        return Vec::new();
    };
    details.call = None;
    match result {
        Ok(decoded) if !decoded.rows.is_empty() => details.rows = decoded.rows,
        Ok(_) => {}
        Err(error) => details.error = Some(error),
    }
    Vec::new()
}

/// A key for the details: they scroll, and the table's actions on this key work here too.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let leaves = act::leaves(model, key);
    // The key that shows a new secret has one told again here.
    let shows = model.keymap.action(Place::Reveal, key) == Some(Action::Show);
    let shows = shows.then_some(Action::Reveal);
    let action = shows.or_else(|| model.keymap.action(Place::Table, key));
    let Some(Dialog::Details(details)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    let last = u16::try_from(details.resource.field.len()).unwrap_or(u16::MAX);
    match key.code {
        Code::Esc | Code::Enter => drop(model.dialogs.pop()),
        _ if action == Some(Action::Reveal) => return tell_shown(model),
        // What was read anew may have what the list has not.
        _ if action == Some(Action::CopyId) => {
            return act::copy(details.rows.record(0)).into_iter().collect();
        }
        _ if leaves => drop(model.dialogs.pop()),
        Code::Down | Code::Char('j') => {
            details.scrolled = details.scrolled.saturating_add(1).min(last);
        }
        Code::Up | Code::Char('k') => details.scrolled = details.scrolled.saturating_sub(1),
        _ => {
            if let Some(
                action @ (Action::Edit
                | Action::Clone
                | Action::Rotate
                | Action::Delete
                | Action::Actions
                | Action::ServerFilter
                | Action::SameCreator
                | Action::SameClient),
            ) = action
            {
                return act_on_shown(model, action);
            }
        }
    }
    Vec::new()
}

/// Asks for the secret of the key that the details show; they stay.
fn tell_shown(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Details(details)) = model.dialogs.last() else {
        return Vec::new();
    };
    let (context, resource) = (details.context, Arc::clone(&details.resource));
    let why = act::key_why_not(model, context, &resource, Action::Reveal);
    let target = details.target.clone();
    match (target, why) {
        (Some(target), None) => tell::ask(model, context, resource, target),
        (target, why) => {
            let nameless = || "The service gives this row no usable id.".to_owned();
            let why = why.filter(|_| target.is_some()).unwrap_or_else(nameless);
            model.say(Tone::Warn, why);
            Vec::new()
        }
    }
}

/// Carries out an action on the key that the details show, wherever the cursor is by now.
fn act_on_shown(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Dialog::Details(details)) = model.dialogs.pop() else {
        return Vec::new();
    };
    let rows = model.table_rows();
    let at = details.target.and_then(|target| {
        let pane = model.pane();
        pane.position(&KeyAt {
            context: details.context,
            resource: details.resource,
            id: target.id,
        })
    });
    let Some(at) = at else {
        model.say(
            Tone::Warn,
            "The key that was shown is no longer in the list.",
        );
        return Vec::new();
    };
    model.pane_mut().select(at, rows);
    act::act(model, action)
}
