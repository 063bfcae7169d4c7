//! A secret that a service tells again is asked for and shown like a new one, masked; that it can be had once
//! more is said, and closing it loses nothing. Asking is a read: nothing is changed by it.

use std::sync::Arc;

use super::{
    CallId, ContextId, Effect, Model, Tone,
    dialog::{Dialog, Problem},
    flight::{self, capital},
    listing, nested,
    reveal::Reveal,
};
use crate::{
    api::{ApiError, Target},
    manifest::Resource,
    record::Text,
    secret::Secret,
};

/// A secret that was asked for.
#[derive(Debug)]
pub struct Telling {
    /// Names the answer.
    call: CallId,
    /// What is shown with the secret.
    shown: Shown,
}

/// What is known of the key, as it is shown.
#[derive(Debug)]
struct Shown {
    key: String,
    noun: String,
    name: String,
    id: String,
    context: String,
    service: String,
    client_id: Option<String>,
    lines: Vec<String>,
}

impl Shown {
    fn of(
        model: &Model,
        (context, resource): (ContextId, &Arc<Resource>),
        target: &Target,
    ) -> Self {
        let at = model.contexts.get(context);
        let row = listing::row(model, context, resource, &target.id);
        let name = nested::shown(target.id.as_str(), &target.name);
        let place = at.map_or("", |it| &*it.name);
        Self {
            key: format!(
                "the {} “{name}”{} in {place}",
                resource.noun,
                nested::of(resource)
            ),
            noun: resource.noun.clone(),
            name,
            id: Text::new(target.id.as_str()).shown().into_owned(),
            context: place.to_owned(),
            service: at.map_or_else(String::new, |it| it.manifest.title.clone()),
            client_id: row.and_then(flight::role_client_id),
            lines: flight::lines_of(resource.reveal.as_ref()),
        }
    }
}

/// Asks for the secret of the selected key.
pub fn open(model: &mut Model) -> Vec<Effect> {
    match model.pane().target() {
        Some((context, resource, target)) => ask(model, context, resource, target),
        None => Vec::new(),
    }
}

/// Asks for the secret of a key.
pub fn ask(
    model: &mut Model,
    context: ContextId,
    resource: Arc<Resource>,
    target: Target,
) -> Vec<Effect> {
    let shown = Shown::of(model, (context, &resource), &target);
    let words = format!("Asking for the secret of {}…", shown.key);
    model.say(Tone::Info, words);
    // An answer to an earlier question would be shown twice.
    let earlier = model
        .tellings
        .iter()
        .position(|it| it.shown.key == shown.key);
    let earlier = earlier.map(|at| Effect::Cancel(model.tellings.remove(at).call));
    let call = model.next_call();
    model.tellings.push(Telling { call, shown });
    let asks = Effect::Reveal {
        call,
        context,
        resource,
        target,
    };
    earlier.into_iter().chain([asks]).collect()
}

/// The service told a secret, or did not.
pub fn told(model: &mut Model, call: CallId, result: Result<Secret, ApiError>) -> Vec<Effect> {
    let Some(at) = model.tellings.iter().position(|it| it.call == call) else {
        return Vec::new();
    };
    let shown = model.tellings.remove(at).shown;
    model.notice = None;
    match result {
        Ok(secret) => model.tray.push_back(Reveal {
            noun: shown.noun,
            context: shown.context,
            service: shown.service,
            name: shown.name,
            id: Some(shown.id),
            client_id: shown.client_id,
            lines: shown.lines,
            again: true,
            ..Reveal::new(call, secret)
        }),
        Err(error) => model.dialogs.push(Dialog::Problem(Problem {
            title: capital(&format!("the secret of {} was not told", shown.key)),
            lines: vec![flight::sentence(&error), error.next_step().to_owned()],
            drawn: None,
        })),
    }
    Vec::new()
}
