//! What was found of a lost write, in words, and what can be done about it.

use super::{Doubt, Next};
use crate::{
    api::{Target, trace::Sighting},
    app::{Effect, Model, choices::Choices, dialog::Dialog, flight, listing},
    manifest::{Replace, Verb},
    record::{KeyId, Rows, Text},
};

/// What was seen is exactly what the write was to bring about.
pub(super) fn settles(doubt: &Doubt, sighting: &Sighting) -> bool {
    match doubt.flight.verb {
        Verb::Update => matches!(sighting, Sighting::Same),
        Verb::Delete => matches!(sighting, Sighting::Absent),
        Verb::Create | Verb::Rotate | Verb::Act(_) => false,
    }
}

/// A new key is there: its secret is known here, was never needed, or is lost.
pub(super) fn exists(
    model: &mut Model,
    mut doubt: Box<Doubt>,
    id: KeyId,
    rows: &Rows,
) -> Vec<Effect> {
    let resource = &doubt.flight.resource;
    let shows_a_secret = resource
        .create
        .as_ref()
        .is_some_and(|op| op.secret.is_some());
    if !shows_a_secret {
        return done(model, &doubt, Some(id), None);
    }
    let ours = doubt
        .change
        .as_mut()
        .and_then(|change| change.take_chosen());
    if let Some(secret) = ours {
        return done(model, &doubt, Some(id), Some((rows, secret)));
    }
    let key = doubt.flight.key_at(id.clone());
    let effects = listing::reread(model, doubt.flight.context, Some(&key));
    doubt.found = vec![
        format!(
            "It was done: the {} is there, with the id {}.",
            resource.noun,
            Text::new(id.as_str()).shown()
        ),
        if doubt.unreadable {
            "Its secret stood in the answer that could not be read, if you found it there. Otherwise nobody holds it."
        } else {
            "Its secret is lost: the service showed it once, in the answer that did not come. Nobody holds it."
        }
        .to_owned(),
    ];
    offer_a_holder(&mut doubt, id);
    model.dialogs.push(Dialog::Doubt(doubt));
    effects
}

/// A key of an earlier run is there, and nobody has its secret.
pub fn without_holder(model: &mut Model, mut doubt: Doubt, id: Option<KeyId>) -> Vec<Effect> {
    doubt.found = vec![
        format!(
            "The {} was made, and its secret was never stored.",
            doubt.flight.resource.noun
        ),
        "If you have it, close this. If not, nobody does.".to_owned(),
    ];
    match id.or_else(|| doubt.target.as_ref().map(|target| target.id.clone())) {
        Some(id) => offer_a_holder(&mut doubt, id),
        None => {
            doubt.choices =
                Choices::default().with(Next::Leave, "Leave it", "the journal keeps it");
        }
    }
    forget(&mut doubt);
    model.dialogs.push(Dialog::Doubt(Box::new(doubt)));
    Vec::new()
}

/// A change of an earlier run: what it was is not known any more, so that nothing can be compared.
pub fn untold(model: &mut Model, mut doubt: Doubt) -> Vec<Effect> {
    doubt.found = vec!["Whether it was changed cannot be told: look at the key.".to_owned()];
    doubt.choices = Choices::default().with(Next::Leave, "Leave it", "the journal keeps it");
    forget(&mut doubt);
    model.dialogs.push(Dialog::Doubt(Box::new(doubt)));
    Vec::new()
}

fn forget(doubt: &mut Doubt) {
    doubt.choices = std::mem::take(&mut doubt.choices).with(
        Next::Forget,
        "Close it",
        "the journal no longer waits for it; nothing is sent",
    );
}

/// What can be done about a key whose secret is lost.
fn offer_a_holder(doubt: &mut Doubt, id: KeyId) {
    let choices = Choices::default().with(
        Next::Leave,
        "Leave it",
        "the journal keeps that this key has no holder",
    );
    doubt.choices = if doubt.flight.resource.rotate.is_some() {
        choices.with_risky(
            Next::Regenerate,
            "Regenerate its secret",
            "the lost secret dies, and the new one is shown",
        )
    } else {
        let then = if doubt.change.is_some() {
            "then create it again: what was typed is still in the form"
        } else {
            "then it can be created again"
        };
        choices.with_risky(Next::DeleteIt, "Delete it", then)
    };
    doubt.target = Some(Target::named(id, doubt.flight.exact.clone()));
}

/// The doubt is over: it was done.
pub(super) fn done(
    model: &mut Model,
    doubt: &Doubt,
    id: Option<KeyId>,
    found: Option<(&Rows, crate::secret::Secret)>,
) -> Vec<Effect> {
    let note = found.is_some().then(|| {
        "The answer was lost, and nothing with it: keyrack had chosen this secret itself."
            .to_owned()
    });
    let (rows, secret) = match found {
        Some((rows, secret)) => (Some(rows), Some(secret)),
        None => (None, None),
    };
    flight::succeeded(model, doubt.call, &doubt.flight, id, rows, secret, note)
}

/// Says what was seen, and what can be done.
pub(super) fn tell(doubt: &mut Doubt, sighting: Sighting) {
    let noun = doubt.flight.resource.noun.clone();
    let again = doubt.change.is_some();
    let look =
        |choices: Choices<Next>| choices.with(Next::Look, "Look again", "asks the list once more");
    let leave = Choices::default().with(
        Next::Leave,
        "Leave it",
        "the journal keeps it; L shows it again",
    );
    let (found, mut choices) = match (doubt.flight.verb, sighting) {
        (Verb::Rotate, _) if doubt.unreadable => (
            "A new secret was made and the old one is dead, but nobody holds the new one, unless you found it in the answer.".to_owned(),
            leave.with_risky(Next::Regenerate, "Regenerate once more", "the lost secret dies, and the new one is shown"),
        ),
        (Verb::Rotate, _) => (
            "Whether a secret was made cannot be seen in the list. If it was, the old secret is dead and nobody holds the new one.".to_owned(),
            leave.with_risky(Next::Regenerate, "Regenerate once more", "whatever happened, the secret shown then is the right one"),
        ),
        (_, Sighting::Several(ids)) => (
            format!("{} new keys look like it: compare them in the list.", ids.len()),
            look(leave),
        ),
        (_, Sighting::Unclear(why)) => (
            format!("It could not be found out: {}.", why.to_string().trim_end_matches('.')),
            look(leave),
        ),
        (Verb::Create, _) => (
            format!("The {noun} is not in the list."),
            look(leave),
        ),
        (Verb::Update | Verb::Act(_), _) => (
            format!("The {noun} is as it was before."),
            look(leave),
        ),
        (Verb::Delete, _) => (
            format!("The {noun} is still in the list."),
            look(leave),
        ),
    };
    if again && doubt.flight.verb != Verb::Rotate {
        choices = choices.with_risky(Next::SendAgain, "Send it again", again_means(doubt));
    }
    doubt.found = vec![found];
    doubt.choices = choices;
    if !again {
        forget(doubt);
    }
}

/// Whether a second sending could do something twice.
fn again_means(doubt: &Doubt) -> &'static str {
    let resource = &doubt.flight.resource;
    let unique = resource.field.iter().any(|field| field.unique);
    match doubt.flight.verb {
        Verb::Create if resource.repeatable_by.is_some() => {
            "safe: it has the same secret, which the service takes only once"
        }
        Verb::Create if unique || !resource.natural_key.is_empty() => {
            "safe: the service refuses the same name a second time"
        }
        Verb::Create => "if the first one arrives late, there will be two",
        // A name that is there only once may give the next key the id of this one.
        Verb::Delete if resource.replace == Some(Replace::DeleteFirst) => {
            "the key with this id goes, even a newer one of the same name"
        }
        Verb::Update | Verb::Delete | Verb::Rotate => "safe: doing it twice changes nothing more",
        // Only its manifest knows what it does.
        Verb::Act(_) => "look at the key first: it may be done already",
    }
}
