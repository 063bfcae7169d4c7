//! What the journal has of an entry is read out, an event a line; nothing is taken up by it.

use crate::{
    app::{
        Effect, Model,
        dialog::{Dialog, Problem},
        flight::{capital, stopped},
        picker,
    },
    journal::{Entry, EntryId, Event, Seen, State},
    record::Text,
};

/// Why a write waits, as a sentence: what was told of its end when it was there, if it ever was.
pub(super) fn reason(entry: &Entry) -> String {
    let Some(end) = entry.outcome() else {
        return "keyrack ended before the answer was here.".to_owned();
    };
    match (&end.message, end.state) {
        (Some(message), _) => stopped(capital(&Text::new(message).shown())),
        (None, State::Done) => {
            "It was done; keyrack ended before its secret was stored.".to_owned()
        }
        (None, State::Unreadable) => "It was done; its answer could not be read.".to_owned(),
        (None, State::NotDone | State::Unknown) => {
            "What came in place of an answer was not written down.".to_owned()
        }
    }
}

/// What happened to one entry, an event a line.
pub fn show(model: &mut Model, id: EntryId) -> Vec<Effect> {
    let entry = model.journal.iter().find(|entry| entry.id == id);
    let Some(entry) = entry else {
        return Vec::new();
    };
    let mut lines = vec![format!("{} began it.", entry.at)];
    lines.extend(
        entry
            .events
            .iter()
            .map(|noted| format!("{} {}", noted.at, words(entry, &noted.event))),
    );
    let title = picker::entry_words(entry);
    model.dialogs.push(Dialog::Problem(Problem {
        title,
        lines,
        drawn: None,
    }));
    Vec::new()
}

fn words(entry: &Entry, event: &Event) -> String {
    let shown = |text: &str| Text::new(text).shown().into_owned();
    match event {
        Event::Outcome(end) => {
            let words = match end.state {
                State::Done => "done",
                State::NotDone => "not done",
                State::Unknown => "outcome unknown",
                State::Unreadable => "done, but the answer could not be read",
            };
            match &end.message {
                Some(message) => format!("{words}: {}", shown(message)),
                None => words.to_owned(),
            }
        }
        Event::Resolved(found) => {
            let seen = match entry.seen(found) {
                Seen::There => "it is there",
                Seen::AsWanted => "it is as it was to be",
                Seen::Gone => "it is gone",
                Seen::Missing => "it is not there",
                Seen::Unclear => "it cannot be told",
            };
            format!("looked for: {seen}")
        }
        Event::Delivered(delivery) => format!("the secret: {}", shown(&delivery.to)),
        Event::Acknowledged { how } => format!("the secret was closed: {}", shown(how)),
        Event::Step(step) => step.stage.to_string(),
        Event::Taken => "taken up again".to_owned(),
        Event::Closed { why } => format!("closed: {}", shown(why)),
        Event::Other { name } => format!("{} (of a newer version)", shown(name)),
    }
}
