//! What can be done at each step of a rotation: the cursor begins at what changes least, and what cannot be
//! undone is marked.

use std::sync::Arc;

use super::{
    Next, Rotation, RotationId, of,
    steps::{Step, Way},
};
use crate::{
    app::{Model, choices::Choices},
    manifest::{Resource, Role},
};

/// Offers what can be done at the step at hand.
pub(super) fn offer(model: &mut Model, id: RotationId) {
    let sinks = model.sinks.clone();
    let home = of(model, id).map(|one| (one.context, Arc::clone(&one.resource)));
    let home = home.and_then(|(context, resource)| {
        let input = resource.own_inputs()?.secret;
        model.contexts.get(context)?.keeps.get(input).cloned()
    });
    let Some(one) = of(model, id) else { return };
    one.drawn = None;
    one.choices = match one.at {
        _ if one.busy.is_some() || one.line.is_some() => Choices::default(),
        _ if one.unsettled => leave().with(
            Next::Settle,
            "Find out",
            "what came of the last write; nothing is sent",
        ),
        Step::Choose => ways(one),
        Step::Destination => destinations(&sinks),
        Step::Fill | Step::Make => making(one),
        Step::Store => lost(one),
        Step::Prove => proving(one),
        Step::HandOver | Step::Revoke => revoking(one, home.as_deref()),
        Step::Dead => adopting(leave(), one, home.as_deref())
            .with(Next::Again, "Look again", "asks the list once more")
            .with(
                Next::Keep,
                "End here",
                "the old key was deleted; the journal is closed",
            ),
        Step::Ended => ended(one, home.as_deref()),
    };
}

fn leave() -> Choices<Next> {
    Choices::default().with(
        Next::Leave,
        "Later",
        "the rotation waits; r on the key, or L, goes on",
    )
}

fn ways(one: &Rotation) -> Choices<Next> {
    let mut choices = Choices::default();
    for way in Way::of(&one.resource) {
        choices = match way {
            Way::CreateFirst => choices.with(
                Next::Way(way),
                "Replace it",
                "a new key first; both work until you delete the old one",
            ),
            Way::DeleteFirst => choices.with_risky(
                Next::Way(way),
                "Replace it under the same name",
                "the old one goes first; the new value is held here until it is created",
            ),
            Way::Regenerate => choices.with_risky(
                Next::Way(way),
                "Regenerate its secret",
                "the key stays; the old secret dies at once, before anybody has the new one",
            ),
        };
    }
    choices.with(Next::Leave, "Cancel", "nothing was sent")
}

fn destinations(sinks: &[String]) -> Choices<Next> {
    let mut choices = Choices::default().with(
        Next::Here,
        "Show it here",
        "masked; y copies it, s stores it",
    );
    for (at, name) in sinks.iter().enumerate() {
        choices = choices.with(
            Next::Sink(at),
            format!("cmd:{name}"),
            "a command of the config takes it",
        );
    }
    choices
        .with(
            Next::Type,
            "A file or variable…",
            "file:PATH, env:PATH:NAME, clipboard",
        )
        .with(Next::Leave, "Later", "nothing was sent")
}

fn making(one: &Rotation) -> Choices<Next> {
    let choices = Choices::default();
    let choices = match (one.way, one.form.is_some()) {
        (Some(Way::Regenerate), _) => choices.with_risky(
            Next::GoOn,
            "Make the new secret…",
            "asks first; the old secret dies",
        ),
        (_, true) => choices.with(
            Next::GoOn,
            "Go on with what was filled in",
            "it is held here",
        ),
        _ => choices.with(
            Next::GoOn,
            "Fill in the new key…",
            "it starts as a copy of the old one",
        ),
    };
    choices.with(Next::Leave, "Later", one.lives())
}

/// The secret was made and is not here any more: an earlier run ended in between.
fn lost(one: &Rotation) -> Choices<Next> {
    let choices = leave().with(
        Next::GoOn,
        "Go on",
        "you have the new secret: it was shown once more, or stored",
    );
    match one.way {
        Some(Way::Regenerate) => choices.with_risky(
            Next::Again,
            "Regenerate once more…",
            "the lost secret dies, the new one is shown",
        ),
        _ => choices.with_risky(
            Next::DropNew,
            "Delete the new key…",
            "nobody holds its secret; then begin again",
        ),
    }
}

fn proving(one: &Rotation) -> Choices<Next> {
    let choices = Choices::default();
    let choices = if one.secret.is_some() {
        choices.with(Next::Again, "Try it again", "uses the new key once more")
    } else {
        choices
    };
    choices
        .with(Next::GoOn, "Go on", "you know that the new key works")
        .with(Next::Leave, "Later", one.lives())
}

/// The old key is to go: after the new one was handed over, or before the new one can take its name.
fn revoking(one: &Rotation, home: Option<&str>) -> Choices<Next> {
    let mut choices = adopting(leave(), one, home);
    if one.way == Some(Way::CreateFirst) && records_use(&one.resource) {
        choices = choices.with(Next::Look, "Look again", "when the old key was last used");
    }
    let asks = if one.can_adopt() {
        "sign in with the new key first: keyrack would lock itself out"
    } else {
        "asks first"
    };
    choices = choices.with_risky(Next::GoOn, "Delete the old key…", asks);
    if one.way != Some(Way::CreateFirst) {
        return choices;
    }
    choices.with(
        Next::Keep,
        "Keep the old key",
        "the rotation ends here; both keys work",
    )
}

/// The service tells when a key was last used.
pub(super) fn records_use(resource: &Resource) -> bool {
    let role = resource.role(Role::LastUsed);
    let field = role.and_then(|at| resource.field.get(at));
    field.is_some_and(|field| !field.not_recorded)
}

fn ended(one: &Rotation, home: Option<&str>) -> Choices<Next> {
    adopting(Choices::default(), one, home).with(Next::Leave, "Close", "")
}

fn adopting(choices: Choices<Next>, one: &Rotation, home: Option<&str>) -> Choices<Next> {
    if !one.can_adopt() {
        return choices;
    }
    let what = match one.way {
        Some(Way::Regenerate) => "Sign in with the new secret",
        _ => "Sign in with the new key",
    };
    choices.with(Next::Adopt, what, home.unwrap_or("until keyrack ends"))
}
