//! A write whose end is not known: it is looked for in the service's list, what was found is told, and only
//! the operator has anything sent again. `flight` opens a doubt when an answer does not come, `waiting`
//! opens one that an earlier run left behind.

use super::{
    CallId, Effect, Model, Tone, act,
    choices::Choices,
    confirm::settled,
    dialog::Dialog,
    flight::{self, Flight, Link},
    form,
    key::{Code, Key},
    listing, question,
    rotation::{self, RotationId},
};
use crate::{
    api::{Change, Target, trace::Sighting},
    journal::{EntryId, Event},
    manifest::Verb,
    record::{KeyId, Moment, Rows, Text},
};

/// A write whose end is not known.
#[derive(Debug)]
pub struct Doubt {
    /// The write's call.
    pub call: CallId,
    /// What was to be done, to which key.
    pub flight: Flight,
    /// What was sent; none where an earlier run sent it.
    pub change: Option<Box<Change>>,
    /// What came instead of an answer, as a sentence.
    pub reason: String,
    /// It was done, but its answer cannot be read.
    pub unreadable: bool,
    /// The look on its way: its round, and of how many.
    pub looking: Option<(usize, usize)>,
    /// What is known by now, a paragraph each.
    pub found: Vec<String>,
    /// The key, where it was found.
    pub target: Option<Target>,
    /// What can be done next; none while it is looked for.
    pub choices: Choices<Next>,
    /// When it was first on the screen.
    pub drawn: Option<Moment>,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it stays in the journal.
    Leave,
    /// Nothing, and the journal no longer waits for it.
    Forget,
    /// The list is looked at once more.
    Look,
    /// The same change is sent once more.
    SendAgain,
    /// The key gets another secret.
    Regenerate,
    /// The key is deleted, and the form is there again.
    DeleteIt,
}

/// Opens the doubt about a write and looks for it.
pub fn open(model: &mut Model, doubt: Doubt) -> Vec<Effect> {
    let effect = look(&doubt);
    model.notice = None;
    model.dialogs.push(Dialog::Doubt(Box::new(Doubt {
        looking: Some((0, 0)),
        ..doubt
    })));
    vec![effect]
}

fn look(doubt: &Doubt) -> Effect {
    Effect::Look {
        call: doubt.call,
        context: doubt.flight.context,
        entry: doubt.flight.entry,
        trace: doubt.flight.trace.clone(),
    }
}

/// The doubt about this write, on the screen or put aside.
fn find(model: &mut Model, call: CallId) -> Option<&mut Doubt> {
    let dialogs = model.dialogs.iter_mut().filter_map(|dialog| match dialog {
        Dialog::Doubt(doubt) => Some(&mut **doubt),
        _ => None,
    });
    dialogs
        .chain(model.doubts.iter_mut().map(|doubt| &mut **doubt))
        .find(|doubt| doubt.call == call)
}

/// Takes the doubt about this write from wherever it is.
fn take(model: &mut Model, call: CallId) -> Option<Box<Doubt>> {
    let is_it = |dialog: &Dialog| matches!(dialog, Dialog::Doubt(doubt) if doubt.call == call);
    if let Some(at) = model.dialogs.iter().position(is_it)
        && let Dialog::Doubt(doubt) = model.dialogs.remove(at)
    {
        return Some(doubt);
    }
    let at = model.doubts.iter().position(|doubt| doubt.call == call)?;
    Some(model.doubts.remove(at))
}

/// The list is looked at.
pub fn looking(model: &mut Model, call: CallId, round: usize, of: usize) -> Vec<Effect> {
    if let Some(doubt) = find(model, call) {
        doubt.looking = Some((round, of));
    }
    Vec::new()
}

/// The looks ended: what follows without a question is done, the rest is offered.
pub fn looked(model: &mut Model, call: CallId, sighting: Sighting) -> Vec<Effect> {
    if let Some(effects) = rotation::looked(model, call, &sighting) {
        return effects;
    }
    let Some(mut doubt) = take(model, call) else {
        return Vec::new();
    };
    doubt.looking = None;
    doubt.drawn = None;
    match sighting {
        Sighting::Exists(id, rows) => exists(model, doubt, id, &rows),
        Sighting::Same | Sighting::Absent if settles(&doubt, &sighting) => {
            done(model, *doubt, None, None)
        }
        other => {
            tell(&mut doubt, other);
            let context = doubt.flight.context;
            model.dialogs.push(Dialog::Doubt(doubt));
            listing::reread(model, context, None)
        }
    }
}

/// What was seen is exactly what the write was to bring about.
fn settles(doubt: &Doubt, sighting: &Sighting) -> bool {
    match doubt.flight.verb {
        Verb::Update => matches!(sighting, Sighting::Same),
        Verb::Delete => matches!(sighting, Sighting::Absent),
        Verb::Create | Verb::Rotate => false,
    }
}

/// A new key is there: its secret is known here, was never needed, or is lost.
fn exists(model: &mut Model, mut doubt: Box<Doubt>, id: KeyId, rows: &Rows) -> Vec<Effect> {
    let resource = &doubt.flight.resource;
    let shows_a_secret = resource
        .create
        .as_ref()
        .is_some_and(|op| op.secret.is_some());
    if !shows_a_secret {
        return done(model, *doubt, Some(id), None);
    }
    let ours = doubt
        .change
        .as_mut()
        .and_then(|change| change.take_chosen());
    if let Some(secret) = ours {
        return done(model, *doubt, Some(id), Some((rows, secret)));
    }
    let effects = listing::reread(model, doubt.flight.context, Some(&id));
    doubt.found = vec![
        format!(
            "It was done: the {} is there, with the id {}.",
            resource.noun,
            Text::new(id.as_str()).shown()
        ),
        "Its secret is lost: the service showed it once, in the answer that did not come. Nobody holds it."
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
            doubt.choices = Choices::default().with(Next::Leave, "Leave it", "the journal keeps it")
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
        choices.with_risky(
            Next::DeleteIt,
            "Delete it",
            "then create it again: what was typed is still in the form",
        )
    };
    doubt.target = Some(Target {
        name: doubt.flight.exact.clone(),
        id,
    });
}

/// The doubt is over: it was done.
fn done(
    model: &mut Model,
    doubt: Doubt,
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
fn tell(doubt: &mut Doubt, sighting: Sighting) {
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
            "A new secret was made and the old one is dead, but nobody holds the new one: it was in the answer.".to_owned(),
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
        (Verb::Update, _) => (
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
        Verb::Update | Verb::Delete | Verb::Rotate => "safe: doing it twice changes nothing more",
    }
}

/// A key for the doubt in front.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let now = model.now;
    let leaves = act::leaves(model, key) || key.code == Code::Esc;
    let Some(Dialog::Doubt(doubt)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    if !settled(doubt.drawn, now) {
        return Vec::new();
    }
    if leaves {
        return leave(model);
    }
    if doubt.looking.is_some() {
        return Vec::new();
    }
    match doubt.choices.key(key) {
        Some(next) => take_up(model, next),
        None => Vec::new(),
    }
}

/// Puts the doubt aside; while the looks go on it comes back with what they find.
fn leave(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Doubt(doubt)) = model.dialogs.pop() else {
        return Vec::new();
    };
    let sentence = doubt.flight.sentence();
    if doubt.looking.is_some() {
        model.doubts.push(doubt);
        model.say(
            Tone::Info,
            format!("{sentence} is still looked for; what is found will be told."),
        );
        return Vec::new();
    }
    form::unlock(model, doubt.call);
    model.say(
        Tone::Warn,
        format!("{sentence} stays unknown; L shows it again."),
    );
    // Its rotation cannot go on without it.
    model
        .doubts
        .extend(doubt.flight.link.rotation.is_some().then_some(doubt));
    Vec::new()
}

/// Looks once more for the write that this rotation waits for.
pub fn reopen(model: &mut Model, rotation: RotationId) -> Vec<Effect> {
    let is_it = |doubt: &Box<Doubt>| doubt.flight.link.rotation == Some(rotation);
    let Some(at) = model.doubts.iter().position(is_it) else {
        return Vec::new();
    };
    let doubt = model.doubts.remove(at);
    if doubt.looking.is_some() {
        model.dialogs.push(Dialog::Doubt(doubt));
        return Vec::new();
    }
    open(model, *doubt)
}

fn take_up(model: &mut Model, next: Next) -> Vec<Effect> {
    if next == Next::Leave {
        return leave(model);
    }
    let Some(Dialog::Doubt(mut doubt)) = model.dialogs.pop() else {
        return Vec::new();
    };
    let context = doubt.flight.context;
    match next {
        Next::Leave => Vec::new(),
        Next::Look => {
            doubt.choices = Choices::default();
            open(model, *doubt)
        }
        Next::Forget => {
            let note = close_entry(doubt.flight.entry, "closed by the operator");
            model.say(Tone::Info, "The journal no longer waits for it.");
            note.into_iter().collect()
        }
        Next::SendAgain => match doubt.change.take() {
            Some(change) => flight::again(model, *doubt, *change),
            None => Vec::new(),
        },
        Next::Regenerate | Next::DeleteIt => {
            let Some(target) = doubt
                .target
                .clone()
                .or_else(|| doubt.flight.trace.target.clone())
            else {
                return Vec::new();
            };
            // A key that is there is not made once more: its form has done its part.
            if next == Next::Regenerate && doubt.flight.verb == Verb::Create {
                form::finished(model, doubt.call);
            } else {
                form::unlock(model, doubt.call);
            }
            let resource = std::sync::Arc::clone(&doubt.flight.resource);
            let link = Link {
                settles: doubt.flight.entry,
                rotation: doubt.flight.link.rotation,
                ..Link::default()
            };
            // Until then nothing more is known than before: the doubt is kept for its rotation.
            model
                .doubts
                .extend(link.rotation.is_some().then_some(doubt));
            if next == Next::Regenerate {
                question::ask_regenerate(model, context, resource, target, link)
            } else {
                question::ask_delete(model, context, resource, target, link)
            }
        }
    }
}

/// Ends an entry of the journal.
pub fn close_entry(entry: Option<EntryId>, why: &str) -> Option<Effect> {
    entry.map(|entry| Effect::Note {
        entry,
        event: Event::Closed {
            why: why.to_owned(),
        },
    })
}
