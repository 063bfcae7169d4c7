//! `keyrack log`: what was done here as the journal has it, with what waits at the top. People get words
//! fit for a terminal, scripts one object a line; neither ever holds a value, since the journal has none.

mod object;
mod verify;

use std::{fmt::Write as _, io::Write as _};

use jiff::{Timestamp, tz::TimeZone};

use super::{DONE, Ended, Failure, Setting, args, output, table};
use crate::{
    config::ConfigError,
    deliver::Sink,
    journal::{
        Begun, Entry, Event, Journal, JournalError, Mode, Next, Rotation, Seen, Stage, State, Verb,
        Waiting, waiting,
    },
    record::{Moment, Text},
};

/// Shows or checks the journal.
pub(super) fn run(setting: &Setting, arguments: args::History) -> Ended {
    let folder = setting.environment.state_folder.as_ref();
    let journal = Journal::at(folder.ok_or(ConfigError::NoHome)?);
    if arguments.verify {
        return verify::run(&journal, arguments.json);
    }
    let entries = read(&journal)?;
    let waiting = waiting(&entries);
    if arguments.json {
        let (mut out, waits) = (output::data(), object::Waits::new(&waiting));
        for entry in &entries {
            object::write(&mut out, entry, &waits)?;
        }
        out.flush()?;
    } else if entries.is_empty() {
        output::say(&nothing(&journal));
    } else {
        let zone = TimeZone::system();
        let mut text = waits(&waiting, &zone);
        text.push_str(&listed(&entries, &zone));
        output::print(&text)?;
    }
    Ok(DONE)
}

fn read(journal: &Journal) -> Result<Vec<Entry>, Failure> {
    journal
        .read()
        .map_err(|error| Failure::failed(error.to_string()))
}

/// Says that there is nothing to show.
fn nothing(journal: &Journal) -> String {
    format!(
        "nothing was written down yet: {} begins with the first write from here",
        journal.path().display()
    )
}

/// A text of the journal as a terminal may show it.
fn shown(text: &str) -> String {
    Text::new(text).shown().into_owned()
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    Moment::from(at).date_time(zone)
}

/// What waits, and what can be done about it; nothing when nothing does.
pub(super) fn waits(waiting: &[(&Entry, Waiting)], zone: &TimeZone) -> String {
    if waiting.is_empty() {
        return String::new();
    }
    let mut text = count(waiting);
    if text.is_empty() {
        text.push_str("another keyrack is at work");
    }
    text.push_str(":\n");
    for (entry, why) in waiting {
        let (at, (what, key), context) = (clock(entry.at, zone), subject(entry), context(entry));
        let _ = writeln!(
            text,
            "  {at}  {context}: {what} {key}: {}",
            advice(entry, why)
        );
    }
    text.push('\n');
    text
}

/// How much waits: `2 rotations wait, 1 write waits`; empty when nothing does.
pub(super) fn count(waiting: &[(&Entry, Waiting)]) -> String {
    // What another run has on its screen waits for nobody else.
    let free = waiting.iter().filter(|(entry, _)| entry.held.is_none());
    let all = free.clone().count();
    let turns = free.filter(|(_, why)| matches!(why, Waiting::Rotation { .. }));
    let turns = turns.count();
    let parts = [(turns, "rotation"), (all - turns, "write")];
    let parts = parts.iter().filter_map(|(number, noun)| match number {
        0 => None,
        1 => Some(format!("1 {noun} waits")),
        many => Some(format!("{many} {noun}s wait")),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// What an entry waits for, and what to do.
fn advice(entry: &Entry, why: &Waiting) -> String {
    let id = |id: &Option<String>| match id {
        Some(id) => format!(" with the id {}", shown(id)),
        None => String::new(),
    };
    if let Some(began) = entry.held {
        return JournalError::Held { began }.to_string();
    }
    match why {
        Waiting::InFlight => "no outcome was written down: it is under way, or keyrack was ended before its answer; look whether it was done before you do it again".to_owned(),
        Waiting::Unknown => "nobody knows yet whether it was done; look whether it was before you do it again".to_owned(),
        Waiting::SecretLost { id: key } => format!(
            "the key{} is there, and its secret was lost on its way; give it a new secret or delete it",
            id(key)
        ),
        Waiting::Undelivered { id: key } => format!(
            "the secret of the key{} was neither delivered nor closed: where no keyrack shows it any more it is lost; give the key a new secret or delete it",
            id(key)
        ),
        Waiting::Rotation { next } => format!(
            "the next step is to {next}; go on with: keyrack rotate --resume {}",
            entry.id
        ),
    }
}

fn context(entry: &Entry) -> String {
    match &entry.begun {
        Begun::Intent(intent) => shown(&intent.context),
        Begun::Rotation(rotation) => shown(&rotation.context),
        Begun::Lost => "?".to_owned(),
    }
}

/// What was done, and to which key.
fn subject(entry: &Entry) -> (String, String) {
    let target = match &entry.begun {
        Begun::Intent(intent) => intent.target.as_ref(),
        Begun::Rotation(rotation) => Some(&rotation.target),
        Begun::Lost => None,
    };
    let named = entry.intent().and_then(|intent| intent.name.as_deref());
    let named = named.or(target.map(|target| target.name.as_str()));
    let name = named.filter(|name| !name.is_empty()).or(entry.key());
    let what = match &entry.begun {
        Begun::Intent(intent) => format!("{} {}", verb(intent.verb), shown(&intent.noun)),
        Begun::Rotation(rotation) => format!("{} {}", turn(rotation), shown(&rotation.noun)),
        Begun::Lost => "a write whose first line cannot be read".to_owned(),
    };
    (what, shown(name.unwrap_or_default()))
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "create",
        Verb::Update => "update",
        Verb::Rotate => "new secret for",
        Verb::Delete => "delete",
        Verb::Act => "action on",
    }
}

fn turn(rotation: &Rotation) -> &'static str {
    match rotation.mode {
        Mode::Regenerate => "rotate",
        Mode::Replace => "replace",
    }
}

/// All entries as a table, the latest first.
fn listed(entries: &[Entry], zone: &TimeZone) -> String {
    let row = |entry: &Entry| {
        let (what, key) = subject(entry);
        vec![
            clock(entry.at, zone),
            context(entry),
            what,
            key,
            ending(entry),
            entry.id.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = entries.iter().rev().map(row).collect();
    let titles = ["when", "context", "what", "key", "outcome", "journal"];
    table::lay_out(titles, &rows, output::width())
}

/// Where a secret went: a destination as commands take it, or the words of the console, `stored in …`.
fn delivered(to: &str) -> String {
    let is_name = to.parse::<Sink>().is_ok();
    format!("secret {}{to}", if is_name { "to " } else { "" })
}

/// How far an entry came, in words.
fn ending(entry: &Entry) -> String {
    let mut parts: Vec<String> = Vec::new();
    for noted in &entry.events {
        parts.push(match &noted.event {
            Event::Outcome(outcome) => match outcome.state {
                State::Done => "done".to_owned(),
                State::NotDone => "not done".to_owned(),
                State::Unknown => "unknown".to_owned(),
                State::Unreadable => "done, its answer could not be read".to_owned(),
            },
            Event::Resolved(found) => seen(entry, entry.seen(found)).to_owned(),
            Event::Delivered(delivery) => delivered(&shown(&delivery.to)),
            Event::Acknowledged { how } => format!("secret {}", shown(how)),
            Event::Step(step) => match (step.stage, &step.message) {
                (Stage::Failed, Some(why)) => format!("failed: {}", shown(why)),
                (stage, _) => stage.to_string(),
            },
            Event::Taken => "taken up again".to_owned(),
            Event::Closed { why } => format!("closed: {}", shown(why)),
            Event::Other { .. } => continue,
        });
    }
    match entry.open() {
        Some(Waiting::Rotation { next }) if !matches!(next, Next::Settle(_)) => {
            parts.push(format!("next: {next}"));
        }
        Some(Waiting::InFlight) => parts.push("in flight".to_owned()),
        _ => {}
    }
    parts.join(", ")
}

/// What a look at the list said.
fn seen(entry: &Entry, seen: Seen) -> &'static str {
    match seen {
        Seen::There => "it is there",
        Seen::AsWanted => "it is as it was to be",
        Seen::Gone => "it is gone",
        Seen::Missing => "it is not there",
        Seen::Unclear if entry.is_unreadable() => "the list does not tell which it is",
        Seen::Unclear => "still unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_secret_went_is_said_in_one_sentence() {
        assert_eq!(delivered("file:/k/f"), "secret to file:/k/f");
        assert_eq!(delivered("stored in /k/f"), "secret stored in /k/f");
        assert_eq!(
            delivered("taken by the command v"),
            "secret taken by the command v"
        );
    }
}
