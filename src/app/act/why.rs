//! Why an action cannot be done: [`why_not`] is asked by the keys, the palette, the help and the footer alike,
//! so that an action is never silently missing.

use super::{makers, tab_of};
use crate::{
    app::{
        ContextId, Model, form, gate, group,
        keymap::Action,
        pane::{Load, Source},
        rotation,
    },
    manifest::{Resource, Role, Tab},
    record::Record,
};

/// Why a tab has nothing to show in the chosen contexts; `None`: it has.
#[must_use]
pub fn empty_tab(model: &Model, tab: Tab) -> Option<String> {
    let empty = model
        .panes
        .iter()
        .find(|pane| pane.tab == tab)
        .is_some_and(|pane| pane.sources.is_empty());
    empty.then(|| {
        let mut titles: Vec<&str> = model
            .contexts
            .iter()
            .filter(|it| it.chosen)
            .map(|it| &*it.manifest.title)
            .collect();
        titles.sort_unstable();
        titles.dedup();
        if titles.is_empty() {
            return "No context is chosen.".to_owned();
        }
        let services = titles.join(", ");
        let verb = if titles.len() > 1 { "have" } else { "has" };
        format!("{services} {verb} nothing under {}.", tab.title())
    })
}

/// Why an action cannot be done now, as a sentence; `None`: it can.
#[must_use]
pub fn why_not(model: &Model, action: Action) -> Option<String> {
    if let Some(tab) = tab_of(action) {
        return empty_tab(model, tab);
    }
    match action {
        Action::New => {
            let none = makers(model).is_empty();
            none.then(|| {
                format!(
                    "No service shown here can make keys under {}.",
                    model.active.title()
                )
            })
        }
        Action::ServerFilter => {
            let none = model
                .pane()
                .sources
                .iter()
                .all(|source| source.resource.filter.is_empty());
            none.then(|| {
                "The service has no filter of its own here: / filters the rows shown.".to_owned()
            })
        }
        Action::Health => {
            let none = model.panes.iter().all(|pane| pane.sources.is_empty());
            none.then(|| "No context is chosen.".to_owned())
        }
        Action::SameCreator => form::server::why_not(model, Role::Creator),
        Action::SameClient => form::server::why_not(model, Role::ClientId),
        Action::Group => group::sheet::why_not(model),
        Action::Sort | Action::Columns => model.pane().sources.is_empty().then(|| {
            empty_tab(model, model.active).unwrap_or_else(|| "No key is listed here.".to_owned())
        }),
        Action::Retry => {
            let mut sources = model.pane().sources.iter();
            let none = !sources.any(|it| matches!(it.load, Load::Failed(_)));
            let key = model.keymap.hint(Action::Refresh);
            none.then(|| format!("Nothing here failed: {key} asks all services again."))
        }
        Action::Open
        | Action::Details
        | Action::Mark
        | Action::Range
        | Action::MarkAll
        | Action::Invert => model.pane().current().is_none().then(no_row),
        Action::Actions if acts_on_many(model) => {
            Some("This is done to one key at a time: Esc takes the marks off.".to_owned())
        }
        // The plan says of each marked key whether it can.
        Action::Rotate | Action::Delete if acts_on_many(model) => None,
        Action::CopyId
        | Action::Clone
        | Action::Edit
        | Action::Rotate
        | Action::Delete
        | Action::Reveal
        | Action::Actions => row_why_not(model, action),
        _ => None,
    }
}

/// The selected row holds others.
#[must_use]
pub fn opens(model: &Model) -> bool {
    let row = model.pane().current();
    let opens =
        |(source, record): (&Source, Record<'_>)| source.resource.opens && record.id().is_some();
    row.is_some_and(opens)
}

/// Why nothing can be done with a key.
pub fn no_row() -> String {
    "No key is selected.".to_owned()
}

/// Keys are marked: what is done is done to them.
pub fn acts_on_many(model: &Model) -> bool {
    model.pane().marked() > 0 || model.pane().anchor.is_some()
}

/// Why an action on the selected key cannot be done.
fn row_why_not(model: &Model, action: Action) -> Option<String> {
    let Some((source, record)) = model.pane().current() else {
        return Some(no_row());
    };
    if record.id().is_none() {
        return Some(
            "The service gives this row no usable id: nothing can be done with it.".to_owned(),
        );
    }
    key_why_not(model, source.context, &source.resource, action)
}

/// Why an action on keys of this kind cannot be done in this context.
#[must_use]
pub fn key_why_not(
    model: &Model,
    context: ContextId,
    resource: &Resource,
    action: Action,
) -> Option<String> {
    let context = model.contexts.get(context)?;
    let (title, noun) = (&context.manifest.title, &resource.noun);
    let absent = match action {
        Action::Clone if resource.create.is_none() => {
            format!("{title} cannot make a new {noun} here.")
        }
        Action::Edit if resource.update.is_none() => {
            format!(
                "{title} cannot change {}: delete it and make a new one.",
                with_article(noun)
            )
        }
        Action::Rotate if rotation::steps::Way::of(resource).is_empty() => {
            format!(
                "{title} can neither make {} here nor give this one a new secret.",
                with_article(noun)
            )
        }
        Action::Delete if resource.delete.is_none() => {
            format!("{title} cannot delete {} here.", with_article(noun))
        }
        Action::Reveal if resource.reveal.is_none() => {
            let noun = with_article(noun);
            format!("{title} does not tell the secret of {noun} again.")
        }
        Action::Actions if resource.action.is_empty() => {
            format!("{title} has no other action for {}.", with_article(noun))
        }
        Action::CopyId
        | Action::Clone
        | Action::Edit
        | Action::Rotate
        | Action::Delete
        | Action::Reveal
        | Action::Actions => {
            let writes = !matches!(action, Action::CopyId | Action::Reveal);
            return gate::refusal(context, model.now)
                .filter(|_| writes)
                .map(|why| format!("{why}."));
        }
        _ => return None,
    };
    Some(absent)
}

/// `an API key`, `a secret`.
#[must_use]
pub fn with_article(noun: &str) -> String {
    let vowel =
        noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O']) || noun.starts_with("SSH");
    format!("{} {noun}", if vowel { "an" } else { "a" })
}
