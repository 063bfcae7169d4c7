//! A write whose end is not known: it is looked for in the service's list, what was found is told, and only
//! the operator has anything sent again. `flight` opens a doubt when an answer does not come, `waiting`
//! opens one that an earlier run left behind.

mod found;

pub use found::{untold, without_holder};

use self::found::{done, exists, settles, tell};
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
    api::{ApiError, Change, FieldValue, Target, trace::Sighting},
    journal::{EntryId, Event},
    manifest::Verb,
    record::Moment,
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

/// The doubt about this write, of which nothing is known so far.
pub(super) fn of(call: CallId, flight: Flight, change: Option<Change>, error: &ApiError) -> Doubt {
    Doubt {
        call,
        flight,
        change: change.map(Box::new),
        reason: flight::sentence(error),
        unreadable: false,
        looking: None,
        found: Vec::new(),
        target: None,
        choices: Choices::default(),
        drawn: None,
    }
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
        .chain(&mut model.doubts)
        .find(|doubt| doubt.call == call)
}

/// The entries of the journal that wait for the end of this write, the last sending's too.
fn entries(doubt: &Doubt) -> impl Iterator<Item = EntryId> {
    let link = &doubt.flight.link;
    let earlier = link.settles.iter().copied();
    earlier.chain(doubt.flight.entry)
}

/// The change did not leave, or was refused: the doubt has it again.
pub(super) fn give_back(model: &mut Model, doubt: Doubt, change: Box<Change>) {
    model.dialogs.push(Dialog::Doubt(Box::new(Doubt {
        change: Some(change),
        drawn: None,
        ..doubt
    })));
}

/// The change is sent once more although the journal cannot be written.
pub(super) fn unwritten(model: &mut Model, call: CallId) -> Vec<Effect> {
    let Some(mut doubt) = take(model, call) else {
        return Vec::new();
    };
    match doubt.change.take() {
        Some(change) => flight::again(model, *doubt, change, true),
        None => Vec::new(),
    }
}

/// Takes the doubt about this write from wherever it is.
pub(super) fn take(model: &mut Model, call: CallId) -> Option<Box<Doubt>> {
    let is_it = |dialog: &Dialog| matches!(dialog, Dialog::Doubt(doubt) if doubt.call == call);
    if let Some(at) = model.dialogs.iter().position(is_it)
        && let Dialog::Doubt(doubt) = model.dialogs.remove(at)
    {
        return Some(doubt);
    }
    let at = model.doubts.iter().position(|doubt| doubt.call == call)?;
    Some(Box::new(model.doubts.remove(at)))
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
            done(model, &doubt, None, None)
        }
        other => {
            tell(&mut doubt, other);
            let context = doubt.flight.context;
            model.dialogs.push(Dialog::Doubt(doubt));
            listing::reread(model, context, None)
        }
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
        // It waits for no answer any more, and comes back with the doubt.
        form::put_aside(model, doubt.call);
        model.doubts.push(*doubt);
        model.say(
            Tone::Info,
            format!("{sentence} is still looked for; what is found will be told."),
        );
        return Vec::new();
    }
    // What was typed would make a second key: only the doubt sends it again.
    let waits = doubt.flight.verb == Verb::Create && doubt.change.is_some();
    if waits {
        form::put_aside(model, doubt.call);
    } else {
        form::unlock(model, doubt.call);
    }
    let made = doubt.flight.verb == Verb::Create && doubt.target.is_some();
    let end = if made || doubt.unreadable {
        "was done"
    } else {
        "stays unknown"
    };
    let words = format!("{sentence} {end}; L shows it again.");
    model.say(Tone::Warn, words);
    // Its rotation cannot go on without it, and a secret that was chosen here is nowhere else.
    let keeps = waits || doubt.flight.link.rotation.is_some() || holds_secret(&doubt);
    model.doubts.extend(keeps.then_some(*doubt));
    Vec::new()
}

fn holds_secret(doubt: &Doubt) -> bool {
    let change = doubt.change.as_ref();
    change.is_some_and(|change| {
        let mut values = change.values.values();
        values.any(|value| matches!(value, FieldValue::Secret(_)))
    })
}

/// Looks once more for the write that this rotation waits for.
pub fn reopen(model: &mut Model, rotation: RotationId) -> Vec<Effect> {
    reopen_which(model, |doubt| doubt.flight.link.rotation == Some(rotation)).unwrap_or_default()
}

/// Looks once more for the write of this entry that was left, if there is one; without an entry, for one
/// that the journal does not know.
pub fn reopen_left(model: &mut Model, entry: Option<EntryId>) -> Option<Vec<Effect>> {
    reopen_which(model, |doubt| match entry {
        Some(entry) => entries(doubt).any(|one| one == entry),
        None => entries(doubt).next().is_none() && doubt.flight.link.rotation.is_none(),
    })
}

fn reopen_which(model: &mut Model, is_it: impl Fn(&Doubt) -> bool) -> Option<Vec<Effect>> {
    // One that is sent again waits for its answer.
    let flies = |doubt: &Doubt| model.flights.contains_key(&doubt.call);
    let mut all = model.doubts.iter();
    let at = all.position(|doubt| is_it(doubt) && !flies(doubt))?;
    let doubt = model.doubts.remove(at);
    if doubt.looking.is_some() {
        model.dialogs.push(Dialog::Doubt(Box::new(doubt)));
        return Some(Vec::new());
    }
    Some(open(model, doubt))
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
            model.say(Tone::Info, "The journal no longer waits for it.");
            entries(&doubt)
                .filter_map(|entry| close_entry(Some(entry), "closed by the operator"))
                .collect()
        }
        Next::SendAgain => match doubt.change.take() {
            Some(change) => flight::again(model, *doubt, change, false),
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
                settles: entries(&doubt).collect(),
                rotation: doubt.flight.link.rotation,
                ..Link::default()
            };
            // Until then nothing more is known than before: the doubt is kept for its rotation.
            model
                .doubts
                .extend(link.rotation.is_some().then_some(*doubt));
            let asked = |verb| form::given::defaults(verb, &resource, model.now);
            if next == Next::Regenerate {
                let asked = (target, asked(Verb::Rotate));
                question::ask_regenerate(model, context, resource, asked, link)
            } else {
                let asked = (target, asked(Verb::Delete));
                question::ask_delete(model, context, resource, asked, link)
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
