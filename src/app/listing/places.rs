//! The contexts of another config take the place of the present ones: a context that is the same keeps its
//! [`ContextId`], for rotations, doubts, flights and forms speak of it by that. Nothing that is open is
//! dropped or comes to speak of another context: the switch is refused instead.

use std::sync::Arc;

use super::{begin, rebuild_sources};
use crate::app::{
    Context, ContextId, Effect, Model, Tone,
    confirm::{Confirm, Yes},
    dialog::{Dialog, Problem},
    form::{Form, Purpose},
    nested,
    pane::Pane,
};

/// By place, which of the new contexts goes there: the same ones keep theirs.
///
/// # Errors
/// What is open in a context that would lose its place, as a sentence.
pub fn places(model: &Model, new: &[Context]) -> Result<Vec<usize>, String> {
    let mut places: Vec<Option<usize>> = vec![None; new.len()];
    let open = open(model);
    for (at, old) in model.contexts.iter().enumerate() {
        let found = new.iter().position(|it| same(it, old));
        if let (Some(place), Some(found)) = (places.get_mut(at), found) {
            *place = Some(found);
        } else if let Some((_, what)) = open.iter().find(|(context, _)| *context == at) {
            let why = match found {
                Some(_) => "has it at another place, with contexts gone before it",
                None => "does not have it any more, or not as it was",
            };
            return Err(format!(
                "{what} is open: the config that gave {} {why}.",
                old.name
            ));
        }
    }
    let rest = (0..new.len()).filter(|at| !places.contains(&Some(*at)));
    let mut rest = rest.collect::<Vec<_>>().into_iter();
    let filled = places.into_iter();
    Ok(filled
        .filter_map(|place| place.or_else(|| rest.next()))
        .collect())
}

/// What there is for each context, in the order that [`places`] gives.
pub fn placed<T>(all: Vec<T>, places: &[usize]) -> Vec<T> {
    let mut all: Vec<Option<T>> = all.into_iter().map(Some).collect();
    let order = places.iter();
    order
        .filter_map(|at| all.get_mut(*at).and_then(Option::take))
        .collect()
}

/// Both names mean one context: its name, its address, and what its service can do.
fn same(one: &Context, other: &Context) -> bool {
    one.name == other.name && one.address == other.address && one.manifest == other.manifest
}

/// What would speak of another context if its place were another's.
fn open(model: &Model) -> Vec<(ContextId, String)> {
    let rotations = model.rotations.iter();
    let mut open: Vec<_> = rotations
        .map(|one| (one.context, format!("The rotation of {}", one.key())))
        .collect();
    let dialogs = model.dialogs.iter();
    let doubts = dialogs.clone().filter_map(|dialog| match dialog {
        Dialog::Doubt(doubt) => Some(&**doubt),
        _ => None,
    });
    let doubts = doubts.chain(&model.doubts).map(|doubt| &doubt.flight);
    open.extend(
        doubts
            .chain(model.flights.values())
            .map(|flight| (flight.context, flight.sentence())),
    );
    let forms = dialogs.clone().filter_map(|dialog| match dialog {
        Dialog::Form(form) => Some(form),
        _ => None,
    });
    let forms = forms.chain(&model.aside).filter_map(|form| {
        let context = form_context(form)?;
        Some((context, format!("The form “{}”", form.title)))
    });
    open.extend(forms);
    open.extend(dialogs.filter_map(|dialog| match dialog {
        Dialog::Confirm(confirm) => {
            let context = asked_context(confirm)?;
            Some((context, format!("The question “{}”", confirm.title)))
        }
        _ => None,
    }));
    for reveal in &model.tray {
        let mut contexts = model.contexts.iter();
        let at = contexts.position(|it| *it.name == *reveal.context);
        open.extend(at.map(|at| (at, format!("The secret of the {}", reveal.label()))));
    }
    open
}

fn form_context(form: &Form) -> Option<ContextId> {
    match &form.purpose {
        Purpose::Write { context, .. } | Purpose::Credential(context) => Some(*context),
        Purpose::ServerFilter(_)
        | Purpose::NewContext(_)
        | Purpose::SaveFilter(_)
        | Purpose::SaveGroup(_)
        | Purpose::Public(_) => None,
    }
}

fn asked_context(confirm: &Confirm) -> Option<ContextId> {
    match &confirm.yes {
        Yes::Send(context, ..) => Some(*context),
        Yes::Ask(next) => asked_context(next),
        // The doubt that it is about tells its context.
        Yes::SendAgain(_) | Yes::Quit | Yes::SaveFilter(_) | Yes::SaveGroup(_) | Yes::Discard => {
            None
        }
    }
}

/// The contexts of another config, as [`places`] ordered them, take the place of the present ones.
pub fn replace_contexts(model: &mut Model, mut contexts: Vec<Context>) -> Vec<Effect> {
    let mut stays = vec![false; model.contexts.len()];
    let pairs = contexts.iter_mut().zip(&model.contexts);
    for ((new, old), stays) in pairs.zip(&mut stays) {
        if same(new, old) {
            // Whatever is open tells its kind of key by the same pointer as the lists do.
            new.manifest = Arc::clone(&old.manifest);
            new.light = old.light.clone();
            *stays = true;
        }
    }
    // Another manifest is no other choice of what is shown.
    for new in &mut contexts {
        let mut old = model.contexts.iter();
        let old = old.find(|it| (&it.name, &it.address) == (&new.name, &new.address));
        new.chosen = old.map_or(new.chosen, |it| it.chosen);
    }
    let mut effects = Vec::new();
    let chosen = |all: &[Context]| -> Vec<Arc<str>> {
        let chosen = all.iter().filter(|it| it.chosen);
        chosen.map(|it| Arc::clone(&it.name)).collect()
    };
    // Rows that are open would hide other contexts.
    let same = chosen(&contexts) == chosen(&model.contexts);
    let opened = if same {
        nested::opened(model)
    } else {
        Vec::new()
    };
    let stay = same && nested::are_of(model, &stays);
    if !stay {
        effects.extend(nested::close_all(model));
    }
    for pane in model.panes.iter_mut().map(Pane::outermost_mut) {
        pane.sources.retain(|source| {
            let stays = stays.get(source.context).copied().unwrap_or(false);
            effects.extend(source.call.filter(|_| !stays).map(Effect::Cancel));
            stays
        });
    }
    model.contexts = contexts;
    model.first_run = None;
    model.notice = None;
    close_lists(model);
    rebuild_sources(model);
    if !stay {
        nested::reopen(model, opened);
    }
    effects.extend(begin(model));
    effects
}

/// Another config is there, and the present contexts stay: something is open in one that would change.
pub fn keep_contexts(model: &mut Model, why: String) -> Vec<Effect> {
    close_lists(model);
    model.notice = None;
    model.dialogs.push(Dialog::Problem(Problem {
        title: "The context was added, but cannot be shown yet".to_owned(),
        lines: vec![
            why,
            "The contexts stay as they were here. End what is open, or leave and start keyrack again."
                .to_owned(),
        ],
        drawn: None,
    }));
    Vec::new()
}

/// The title under which the mistakes of a manifest are told.
const MISTAKES: &str = "A manifest has mistakes";

/// A manifest was saved: what it says is shown already, or its mistakes are told until they are gone.
pub fn reread_manifest(model: &mut Model, read: Result<bool, String>) -> Vec<Effect> {
    model
        .dialogs
        .retain(|dialog| !matches!(dialog, Dialog::Problem(it) if it.title == MISTAKES));
    match read {
        Ok(true) => model.say(
            Tone::Good,
            "A manifest was saved: this is what it says now.",
        ),
        Ok(false) => {}
        Err(mistakes) => {
            let stays = "The console stays with what it said before.".to_owned();
            tell_mistakes(model, &mistakes, stays);
        }
    }
    Vec::new()
}

/// Tells at the start which contexts are left out until their manifests are mended.
pub fn leave_out(model: &mut Model, contexts: &[&str], mistakes: &str) {
    let are = if contexts.len() == 1 {
        "The context"
    } else {
        "The contexts"
    };
    let names = contexts.join(", ");
    let then = format!("{are} {names} will be here once it is saved without them.");
    tell_mistakes(model, mistakes, then);
}

fn tell_mistakes(model: &mut Model, mistakes: &str, then: String) {
    let mistakes = mistakes.lines().map(str::to_owned);
    model.dialogs.push(Dialog::Problem(Problem {
        title: MISTAKES.to_owned(),
        lines: mistakes.chain([then]).collect(),
        drawn: None,
    }));
}

/// The contexts are those that are shown.
#[must_use]
pub fn same_contexts(model: &Model, contexts: &[Context]) -> bool {
    let pairs = || model.contexts.iter().zip(contexts);
    model.contexts.len() == contexts.len() && pairs().all(|(old, new)| same(new, old))
}

/// Closes what only shows the present contexts, and the form that added one; what is open stays.
fn close_lists(model: &mut Model) {
    let mut stays = true;
    model.dialogs.retain(|dialog| {
        stays = match dialog {
            Dialog::Help(_)
            | Dialog::Picker(_)
            | Dialog::Groups(_)
            | Dialog::Whose(_)
            | Dialog::Details(_) => false,
            Dialog::Form(form) => !matches!(form.purpose, Purpose::NewContext(_)),
            // It asks about the form behind it.
            Dialog::Confirm(confirm) if matches!(confirm.yes, Yes::Discard) => stays,
            _ => true,
        };
        stays
    });
}
