//! What is asked before a change that cannot be undone: which key it is, what will happen, what makes it
//! a worst case, and what must be typed then. The change is built here; yes sends exactly that.

use std::sync::Arc;

use super::{
    ContextId, Effect, Model,
    act::with_article,
    confirm::{Confirm, Typed, Yes},
    dialog::Dialog,
    pane::Source,
    state,
};
use crate::{
    api::{Change, Target},
    manifest::{Resource, Tab, Verb},
    record::Text,
};

/// Asks before the selected key is deleted.
pub fn ask_delete(model: &mut Model) -> Vec<Effect> {
    let Some((context, resource, target)) = model.pane().target() else {
        return Vec::new();
    };
    let title = format!(
        "Delete the {} “{}”?",
        resource.noun,
        Text::new(&target.name).shown()
    );
    let mut lines = vec!["Whatever uses it stops working. This cannot be undone.".to_owned()];
    if let Some(seconds) = resource.linger {
        lines.push(format!(
            "The service may accept it for up to {seconds} s more."
        ));
    }
    let change = Change {
        context: model
            .contexts
            .get(context)
            .map_or_else(|| "".into(), |it| Arc::clone(&it.name)),
        resource,
        verb: Verb::Delete,
        target: Some(target),
        values: std::collections::BTreeMap::new(),
    };
    ask(model, title, lines, "Delete", context, change)
}

/// Asks before a change; the worst cases by typing the key's name.
pub fn ask(
    model: &mut Model,
    title: String,
    mut lines: Vec<String>,
    verb: &'static str,
    context: ContextId,
    change: Change,
) -> Vec<Effect> {
    let reasons = worst(model, context, &change);
    let mut typed = None;
    if let Some(target) = change.target.as_ref() {
        lines.insert(0, identity(model, context, target));
        lines.extend(alike(model, context, &change.resource, target));
        typed = (!reasons.is_empty()).then(|| typed_word(target));
    }
    lines.extend(reasons);
    let yes = Yes::Send(context, Box::new(change));
    model.dialogs.push(Dialog::Confirm(Confirm {
        title,
        lines,
        verb,
        typed,
        on_yes: false,
        yes,
        drawn: None,
    }));
    Vec::new()
}

/// Which key it is, so that nobody mistakes it for its look-alike.
fn identity(model: &Model, context: ContextId, target: &Target) -> String {
    let name = model.contexts.get(context).map_or("", |it| &*it.name);
    let id = Text::new(target.id.as_str());
    let mut line = format!("Context {name} · id {}", id.shown());
    let escaped = Text::new(&target.name).escaped();
    if escaped != target.name {
        line = format!("{line} · the name as it is stored: {escaped}");
    }
    line
}

/// That other keys of the list have this name, or one that could be taken for it.
fn alike(
    model: &Model,
    context: ContextId,
    resource: &Arc<Resource>,
    target: &Target,
) -> Option<String> {
    let is_list =
        |source: &&Source| source.context == context && Arc::ptr_eq(&source.resource, resource);
    let source = model.pane().sources.iter().find(is_list)?;
    let skeleton = Text::new(&target.name).skeleton();
    let (mut same, mut twins) = (0_usize, 0_usize);
    for record in source
        .rows
        .iter()
        .filter(|record| record.id_text() != Some(target.id.as_str()))
    {
        let name = record.name();
        if name.exact() == target.name {
            same += 1;
        } else if !(name.exact().is_ascii() && target.name.is_ascii())
            && name.skeleton() == skeleton
        {
            twins += 1;
        }
    }
    match (same, twins) {
        (0, 0) => None,
        (0, _) => Some("Another key has a name that looks the same: check the id.".to_owned()),
        _ => Some("Another key has the same name: check the id.".to_owned()),
    }
}

/// A name that can be typed as it is shown, else the id.
fn typed_word(target: &Target) -> Typed {
    let shown = Text::new(&target.name).shown();
    let plain = shown == target.name
        && !shown.is_empty()
        && shown.len() <= 64
        && shown.trim() == shown
        && shown.is_ascii();
    let (word, what) = if plain {
        (shown.into_owned(), "name")
    } else {
        (target.id.as_str().to_owned(), "id")
    };
    Typed {
        word,
        what,
        input: tui_input::Input::default(),
    }
}

/// Reasons for which a button is not enough.
fn worst(model: &Model, context: ContextId, change: &Change) -> Vec<String> {
    let mut reasons = Vec::new();
    let Some(target) = &change.target else {
        return reasons;
    };
    let Some(at) = model.contexts.get(context) else {
        return reasons;
    };
    let source = model.pane().sources.iter().find(|source| {
        source.context == context && Arc::ptr_eq(&source.resource, &change.resource)
    });
    if let Some(source) = source {
        if source
            .end
            .as_ref()
            .is_some_and(|(end, _)| end.own.as_ref() == Some(&target.id))
        {
            reasons.push(format!(
                "This is the key with which {} signs in: keyrack would lock itself out.",
                at.name
            ));
        }
        if source
            .rows
            .find(&target.id)
            .is_some_and(|row| state::powerful(source.rows.record(row)))
        {
            reasons.push(format!(
                "It is {} with far-reaching rights.",
                with_article(&change.resource.noun)
            ));
        }
    }
    if at.production {
        reasons.push(format!("{} is a production context.", at.name));
    }
    if change.resource.pane == Tab::Admin {
        reasons.push("It belongs to somebody else, or may.".to_owned());
    }
    if change.verb == Verb::Rotate {
        reasons.push("Its present secret stops working at once.".to_owned());
    }
    reasons
}
