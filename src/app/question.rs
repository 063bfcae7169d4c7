//! What is asked before a change that cannot be undone: which key it is, what will happen, what makes it
//! a worst case, and what must be typed then. The change is built here; yes sends exactly that.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use super::{
    ContextId, Effect, Model,
    confirm::{Confirm, Typed, Yes},
    dialog::Dialog,
    flight::Link,
    gate::{Stakes, Tier},
    listing, nested,
    rotation::Rotation,
    state,
};
use crate::{
    api::{Change, FieldValue, Target},
    manifest::{Resource, Verb},
    record::Text,
};

/// The key that is asked about, and what its form says.
type Asked = (Target, BTreeMap<String, FieldValue>);

/// Asks before a key is deleted, with what its form says.
pub fn ask_delete(
    model: &mut Model,
    context: ContextId,
    resource: Arc<Resource>,
    asked: Asked,
    link: Link,
) -> Vec<Effect> {
    let title = title("Delete", &resource, &asked.0);
    let mut lines = vec!["Whatever uses it stops working. This cannot be undone.".to_owned()];
    if let Some(seconds) = resource.linger {
        lines.push(format!(
            "The service may accept it for up to {seconds} s more."
        ));
    }
    let change = change(model, context, resource, Verb::Delete, asked);
    let asks = (title, lines, "Delete".into());
    ask(model, asks, context, change, link)
}

/// Asks before a key gets a new secret, with what its form says.
pub fn ask_regenerate(
    model: &mut Model,
    context: ContextId,
    resource: Arc<Resource>,
    asked: Asked,
    link: Link,
) -> Vec<Effect> {
    let title = title("Regenerate the secret of", &resource, &asked.0);
    let lines = vec![
        "Whatever signs in with the present secret is locked out until it has the new one."
            .to_owned(),
    ];
    let change = change(model, context, resource, Verb::Rotate, asked);
    let asks = (title, lines, "Regenerate".into());
    ask(model, asks, context, change, link)
}

/// Asks before something else is done to a key.
pub fn ask_act(
    model: &mut Model,
    (context, resource): (ContextId, Arc<Resource>),
    target: Target,
    at: u8,
) -> Vec<Effect> {
    let Some(action) = resource.action.get(usize::from(at)) else {
        return Vec::new();
    };
    let (verb, does) = (action.title.clone(), action.confirm.clone());
    let title = title(&verb, &resource, &target);
    let asked = (target, BTreeMap::new());
    let change = change(model, context, resource, Verb::Act(at), asked);
    let lines = does.into_iter().collect();
    ask(
        model,
        (title, lines, verb.into()),
        context,
        change,
        Link::default(),
    )
}

fn change(
    model: &Model,
    context: ContextId,
    resource: Arc<Resource>,
    verb: Verb,
    (target, values): Asked,
) -> Change {
    let at = model.contexts.get(context);
    Change {
        context: at.map_or_else(|| "".into(), |it| Arc::clone(&it.name)),
        resource,
        verb,
        target: Some(target),
        values,
    }
}

/// `Delete the API key “x”?`
fn title(does: &str, resource: &Resource, target: &Target) -> String {
    let name = Text::new(&target.name).shown();
    format!("{does} the {} “{name}”?", resource.noun)
}

/// Asks before a change; the worst cases by typing the key's name.
fn ask(
    model: &mut Model,
    (title, mut lines, verb): (String, Vec<String>, Cow<'static, str>),
    context: ContextId,
    change: Change,
    link: Link,
) -> Vec<Effect> {
    let stakes = stakes(model, context, &change);
    let (tier, reasons) = (stakes.tier(), stakes.reasons());
    let mut typed = None;
    if let Some(target) = change.target.as_ref() {
        lines.insert(0, identity(model, context, &change.resource, target));
        lines.extend(alike(model, context, &change.resource, target));
        typed = (tier >= Tier::Typed).then(|| typed_word(target));
    }
    lines.extend(reasons);
    let send = Yes::Send(context, Box::new(change), tier, link);
    let yes = match tier {
        Tier::Twice => Yes::Ask(Box::new(once_more(model, context, verb.clone(), send))),
        _ => send,
    };
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

/// The second question before a context loses the key that it signs in with.
fn once_more(model: &Model, context: ContextId, verb: Cow<'static, str>, yes: Yes) -> Confirm {
    let name = model.contexts.get(context).map_or("", |it| &*it.name);
    Confirm {
        title: format!("Really the key that {name} signs in with?"),
        lines: vec![format!(
            "Once it works no more, keyrack can do nothing in {name} until its config names another credential."
        )],
        verb,
        typed: None,
        on_yes: false,
        yes,
        drawn: None,
    }
}

/// Which key it is, so that nobody mistakes it for its look-alike.
fn identity(model: &Model, context: ContextId, resource: &Resource, target: &Target) -> String {
    let name = model.contexts.get(context).map_or("", |it| &*it.name);
    let id = Text::new(target.id.as_str());
    let row = resource.within.as_ref();
    let row = row.map_or_else(String::new, |row| {
        format!(" · in “{}”", nested::shown(&row.id, &row.name))
    });
    let mut line = format!("Context {name}{row} · id {}", id.shown());
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
    let mut sources = model.pane().sources.iter();
    let source = sources.find(|source| source.lists(context, resource))?;
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
#[must_use]
pub fn typed_word(target: &Target) -> Typed {
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

/// What hangs on a change, by the rows that are known here.
#[must_use]
pub fn stakes<'a>(model: &'a Model, context: ContextId, change: &'a Change) -> Stakes<'a> {
    let at = model.contexts.get(context);
    let target = change.target.as_ref();
    let mut lists = listing::lists(model, context, &change.resource);
    let mut own = target.is_some_and(|it| lists.any(|source| source.is_own(&it.id)));
    let row = target.and_then(|it| listing::row(model, context, &change.resource, &it.id));
    let is_it = |one: &&Rotation| {
        one.context == context && target.is_some_and(|target| one.old.id == target.id)
    };
    own |= (model.rotations.iter().find(is_it)).is_some_and(|one| one.own && !one.adopted);
    Stakes {
        context: at.map_or("", |it| &*it.name),
        noun: &change.resource.noun,
        verb: change.verb,
        pane: change.resource.pane,
        production: at.is_some_and(|it| it.production),
        own,
        powerful: row.is_some_and(state::powerful),
        unknown: target.is_some() && row.is_none(),
        at_once: change.verb == Verb::Rotate,
    }
}
