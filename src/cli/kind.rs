//! Which kind of key a command is about: a resource of one context, by its pane, by its name where the pane
//! has several, and within which row of its parent where it is nested.

use std::sync::Arc;

use super::{Failure, args::Kind};
use crate::{
    config::{Config, Context},
    manifest::{IdKind, Resource, Tab},
    record::{KeyId, Text},
};

/// The context of this name, which is no group.
pub(super) fn one_context<'a>(config: &'a Config, name: &str) -> Result<&'a Context, Failure> {
    let chosen = config.select(&[name.to_owned()])?;
    let [context] = *chosen else {
        return Err(Failure::usage(format!(
            "{name:?} is a group; name one context"
        )));
    };
    Ok(context)
}

/// The resources of a context in a pane that this names: those at the top, or those within a row.
///
/// # Errors
/// When the id of the row cannot be one.
pub(super) fn in_pane(
    context: &Context,
    tab: Tab,
    kind: &Kind,
) -> Result<Vec<Arc<Resource>>, Failure> {
    let named = |one: &&Arc<Resource>| kind.resource.as_ref().is_none_or(|name| one.id == *name);
    let mut found = Vec::new();
    for one in all(context, tab).filter(named) {
        match (&one.parent, &kind.parent) {
            (None, None) => found.push(Arc::clone(one)),
            (Some(_), Some(id)) => found.push(within(context, one, id)?),
            _ => {}
        }
    }
    Ok(found)
}

/// All resources of a context in a pane, nested ones too.
fn all(context: &Context, tab: Tab) -> impl Iterator<Item = &Arc<Resource>> {
    let all = context.connection.manifest.resource.iter();
    all.filter(move |one| one.pane == tab)
}

/// A nested resource as a row of its parent has it.
fn within(context: &Context, resource: &Resource, id: &str) -> Result<Arc<Resource>, Failure> {
    let holder = context.connection.manifest.holder(resource);
    let kind = holder.map_or_else(IdKind::default, |it| it.id_kind());
    KeyId::new(id, kind).map_err(|why| {
        let shown = Text::new(id).shown().into_owned();
        Failure::usage(format!("the id {shown} of --parent {why}"))
    })?;
    Ok(Arc::new(resource.under(id, id)))
}

/// `keyrack VERB PANE …` for keys of this kind, in words that tell what to type next.
pub(super) fn command(verb: &str, context: &Context, resource: &Resource) -> String {
    let within = resource.within.as_ref();
    let within = within.map_or_else(String::new, |within| {
        let id = Text::new(&within.id).shown();
        format!(" --resource {} --parent {id}", resource.id)
    });
    let pane = resource.pane.name();
    format!("keyrack {verb} {pane} -c {}{within}", context.name())
}

/// The one resource of a context in a pane, or the one that is named.
///
/// # Errors
/// When there is none, or several.
pub(super) fn one_resource(
    context: &Context,
    tab: Tab,
    kind: &Kind,
) -> Result<Arc<Resource>, Failure> {
    let found = in_pane(context, tab, kind)?;
    match &*found {
        [only] => Ok(Arc::clone(only)),
        [] if all(context, tab).next().is_none() => Err(Failure::usage(format!(
            "{} has no {}",
            context.name(),
            tab.name()
        ))),
        [] => Err(Failure::usage(nothing(&[context], tab, kind))),
        several => {
            let names: Vec<&str> = several.iter().map(|it| &*it.id).collect();
            Err(Failure::usage(format!(
                "{} has {} in {}; name one with --resource",
                context.name(),
                names.join(" and "),
                tab.name(),
            )))
        }
    }
}

/// Why these contexts have nothing of this kind, and what to write instead.
pub(super) fn nothing(contexts: &[&Context], tab: Tab, kind: &Kind) -> String {
    let pane = tab.name();
    let there = || contexts.iter().flat_map(|context| all(context, tab));
    let ids: Vec<&str> = there().map(|resource| resource.id.as_str()).collect();
    if ids.is_empty() {
        return format!(
            "none of these contexts has {pane}; keyrack backend ls says which backends do"
        );
    }
    let named = kind.resource.as_deref();
    if let Some(name) = named.filter(|name| !ids.contains(name)) {
        return format!(
            "{pane} has no resource {name:?} here; there are {}",
            ids.join(", ")
        );
    }
    let nested = there().find(|one| one.parent.is_some() && named.is_none_or(|it| one.id == it));
    match (nested, &kind.parent) {
        (Some(one), None) => {
            let parent = one.parent.as_deref().unwrap_or_default();
            format!(
                "{} are within one of {parent}: name it with --parent ID; keyrack ls {pane} --resource {parent} lists them",
                one.id
            )
        }
        _ => format!("--parent is for keys within another row, and {pane} has none of those here"),
    }
}
