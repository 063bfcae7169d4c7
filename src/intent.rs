//! One confirmed intent is one write: it is in the journal before it is sent, sent once, and what became of
//! it is in the journal after. The console's tasks and the commands call [`carry`] with the gate's
//! [`Pass`]; nothing else sends a change. A lost answer is followed by [`follow`], which only looks.

use crate::{
    api::{
        ApiError, Outcome,
        client::{Client, look::WAITS},
        generate,
        trace::{Sighting, Trace},
    },
    app::{
        flight::{Errand, Rotating, Sent},
        gate::Pass,
        nested,
    },
    journal::{self, EntryId, Event, Intent, Journal, JournalError},
    manifest::{Role, Verb},
    record::Text,
};

/// What was not sent, because the journal could not be written; why, as a sentence.
#[derive(Debug)]
pub struct Unwritten {
    /// Why, as a sentence.
    pub why: String,
    /// What was to be sent.
    pub errand: Box<Errand>,
}

/// Where the writes of one context go.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// What sends them.
    pub client: &'a Client,
    /// What is told of them; none where there is no folder for it.
    pub journal: Option<&'a Journal>,
}

/// Writes an errand down, sends it once, and writes down what became of it.
///
/// # Errors
/// When it cannot be written down: nothing was sent.
pub async fn carry(site: Site<'_>, mut errand: Box<Errand>, pass: Pass) -> Result<Sent, Unwritten> {
    // The leave is for this one change and ends with it.
    let Pass { .. } = pass;
    if let Err(error) = complete(&mut errand) {
        return Ok(ended(*errand, Outcome::NotDone(error), None, None));
    }
    let (entry, rotation) = match write_down(site, &errand).await {
        Ok(written) => written,
        Err(_) if errand.unwritten => (None, None),
        Err(why) => return Err(Unwritten { why, errand }),
    };
    let outcome = if errand.repeat {
        site.client.repeat(&errand.change).await
    } else {
        site.client.send(&errand.change).await
    };
    if let (Some(journal), Some(entry)) = (site.journal, entry) {
        let end = told(&outcome, keeps_secret(&errand));
        note(journal, entry, Event::Outcome(end)).await;
    }
    Ok(ended(*errand, outcome, entry, rotation))
}

/// Gives a create the values that are made here, and what it is looked for by with them.
fn complete(errand: &mut Errand) -> Result<(), ApiError> {
    generate::complete(&mut errand.change)?;
    let made = Trace::of(&errand.change, None, errand.trace.since);
    errand.trace.natural = made.natural;
    errand.trace.prefix = made.prefix;
    Ok(())
}

fn ended(
    errand: Errand,
    outcome: Outcome,
    entry: Option<EntryId>,
    rotation: Option<EntryId>,
) -> Sent {
    Sent {
        outcome,
        change: errand.change,
        trace: errand.trace,
        entry,
        rotation,
    }
}

/// The entries of an errand and of its rotation, on the disk.
async fn write_down(
    site: Site<'_>,
    errand: &Errand,
) -> Result<(Option<EntryId>, Option<EntryId>), String> {
    let Some(journal) = site.journal else {
        return Err("there is no folder for the journal; set HOME or XDG_STATE_HOME.".to_owned());
    };
    let (journal, mut intent) = (journal.clone(), intent_of(site.client, errand));
    let begins = match &errand.rotation {
        Rotating::No => None,
        Rotating::Of(entry) => {
            intent.rotation = Some(*entry);
            None
        }
        Rotating::Begins(rotation) => Some(rotation.clone()),
    };
    let write = move || -> Result<_, JournalError> {
        if let Some(rotation) = begins {
            intent.rotation = Some(journal.begin_rotation(&rotation)?);
        }
        Ok((Some(journal.begin(&intent)?), intent.rotation))
    };
    match tokio::task::spawn_blocking(write).await {
        Ok(written) => written.map_err(|error| format!("{error}.")),
        Err(_) => Err("the journal could not be written.".to_owned()),
    }
}

fn intent_of(client: &Client, errand: &Errand) -> Intent {
    let (change, trace) = (&errand.change, &errand.trace);
    let resource = &change.resource;
    let op = match change.verb {
        Verb::Create => resource.create.as_ref(),
        Verb::Rotate => resource.rotate.as_ref(),
        Verb::Update | Verb::Delete | Verb::Act(_) => None,
    };
    Intent {
        context: change.context.to_string(),
        origin: client.address().to_owned(),
        backend: client.backend().to_owned(),
        resource: resource.id.clone(),
        parent: nested::parent(resource),
        noun: resource.noun.clone(),
        verb: match change.verb {
            Verb::Create => journal::Verb::Create,
            Verb::Update => journal::Verb::Update,
            Verb::Rotate => journal::Verb::Rotate,
            Verb::Delete => journal::Verb::Delete,
            Verb::Act(_) => journal::Verb::Act,
        },
        action: match change.verb {
            Verb::Act(at) => resource.action.get(usize::from(at)).map(|it| it.id.clone()),
            _ => None,
        },
        target: change.target.as_ref().map(|target| journal::Target {
            id: target.id.as_str().to_owned(),
            name: target.name.clone(),
        }),
        name: new_name(errand),
        natural: trace.natural.clone(),
        prefix: trace.prefix.clone(),
        seen: trace
            .seen
            .as_ref()
            .map(|seen| seen.iter().cloned().collect()),
        secret: op.is_some_and(|op| op.secret.is_some()) || keeps_secret(errand),
        sink: errand.sink.clone(),
        rotation: None,
    }
}

/// The name that a create gives to its key, whatever the key is found again by.
fn new_name(errand: &Errand) -> Option<String> {
    let (change, trace) = (&errand.change, &errand.trace);
    if change.verb != Verb::Create {
        return None;
    }
    let given = change.new_name().filter(|name| !name.is_empty());
    given.map(str::to_owned).or_else(|| {
        let resource = &change.resource;
        let field = resource.field.get(resource.role(Role::Name)?)?;
        trace.natural.get(&field.key).cloned()
    })
}

/// A secret that was made here and that the service does not tell again: it has a destination all the same.
fn keeps_secret(errand: &Errand) -> bool {
    errand.change.verb == Verb::Create && errand.sink.is_some()
}

/// How a write ended, as the journal says it.
fn told(outcome: &Outcome, keeps_secret: bool) -> journal::Outcome {
    let (state, id, error, secret) = match outcome {
        Outcome::Done { id, secret, .. } => {
            let secret = secret.is_some() || keeps_secret;
            (journal::State::Done, id.as_ref(), None, secret)
        }
        Outcome::NotDone(error) => (journal::State::NotDone, None, Some(error), false),
        Outcome::Unreadable { error, .. } => (journal::State::Unreadable, None, Some(error), false),
        Outcome::Earlier(error) | Outcome::Unknown(error) => {
            (journal::State::Unknown, None, Some(error), false)
        }
    };
    journal::Outcome {
        state,
        id: id.map(|id| id.as_str().to_owned()),
        message: error.map(|error| Text::new(&error.to_string()).shown().into_owned()),
        secret,
    }
}

/// Looks for a write whose answer was lost, and writes down what was seen; `tell` gets the number of the
/// look that begins and how many there are.
pub async fn follow(
    site: Site<'_>,
    entry: Option<EntryId>,
    trace: &Trace,
    tell: &mut (dyn FnMut(usize, usize) + Send),
) -> Sighting {
    let sighting = site.client.follow(trace, &WAITS, tell).await;
    if let (Some(journal), Some(entry)) = (site.journal, entry) {
        note(journal, entry, Event::Resolved(found(trace, &sighting))).await;
    }
    sighting
}

/// What was seen, as the journal says it: whether what the write was to bring about is so. Readers go by the
/// verb: of a deletion that is a key which is gone.
fn found(trace: &Trace, sighting: &Sighting) -> journal::Found {
    match (trace.verb, sighting) {
        (_, Sighting::Exists(id, _)) => journal::Found::Exists {
            id: Some(id.as_str().to_owned()),
        },
        (Verb::Update, Sighting::Same) | (Verb::Delete, Sighting::Absent) => {
            journal::Found::Exists { id: None }
        }
        // It may still arrive: only the operator ends it.
        _ => journal::Found::Unclear,
    }
}

/// Writes down what happened to an entry; what cannot be written is no reason to stop.
pub async fn note(journal: &Journal, entry: EntryId, event: Event) {
    let journal = journal.clone();
    let written = tokio::task::spawn_blocking(move || journal.note(entry, &event)).await;
    if let Ok(Err(error)) = written {
        log::warn!("the journal lacks a line: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        api::{Change, FieldValue},
        manifest,
        record::Moment,
    };

    fn errand(verb: Verb, found_by_nothing: bool) -> Errand {
        let manifest = manifest::load(manifest::builtin("chutes").unwrap()).unwrap();
        let mut resource = manifest.resource[0].as_ref().clone();
        if found_by_nothing {
            resource.natural_key.clear();
        }
        let name = FieldValue::Plain("foo".into());
        let change = Change {
            context: "c".into(),
            resource: Arc::new(resource),
            verb,
            target: None,
            values: [("name".to_owned(), name)].into(),
        };
        Errand {
            trace: Trace::of(&change, None, Moment::from_micros(0)),
            change,
            repeat: false,
            unwritten: false,
            rotation: Rotating::No,
            sink: None,
        }
    }

    #[test]
    fn the_name_of_a_new_key_is_written_down_whatever_it_is_found_again_by() {
        for found_by_nothing in [false, true] {
            let named = new_name(&errand(Verb::Create, found_by_nothing));
            assert_eq!(named.as_deref(), Some("foo"));
        }
        assert_eq!(new_name(&errand(Verb::Update, true)), None);
    }
}
