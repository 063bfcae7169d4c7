//! A bulk on its way: rows begin as the queue says, each ends with its report, and what failed or is not known
//! can be tried or looked for again. Nothing that has begun is taken back.

use std::sync::Arc;

use super::{
    Act, Bulk, News, Phase, Walk, keys,
    keys::leave,
    of, open,
    plan::Does,
    queue::{Counts, Halted},
};
use crate::{
    api::trace::{Sighting, Trace},
    app::{
        CallId, Effect, Model,
        gate::Tier,
        key::{Code, Key},
        listing, mark,
        report::{End, Report},
        reveal::Reveal,
    },
};

/// The number was typed: the first rows begin.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    bulk.turn(Phase::Run);
    bulk.problem = None;
    bulk.time = Some((now, now));
    pump(model)
}

/// Begins as many rows as may run.
fn pump(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    loop {
        let call = model.next_call();
        let Some(bulk) = of(model) else {
            return effects;
        };
        let Some(place) = bulk.queue.next() else {
            break;
        };
        let at = bulk.rows.iter().position(|row| row.place == Some(place));
        let Some(at) = at else { continue };
        effects.extend(start(model, at, call));
    }
    if of(model).is_some_and(|bulk| bulk.queue.rests()) {
        effects.extend(rest(model));
    }
    effects
}

/// Begins one row.
fn start(model: &mut Model, at: usize, call: CallId) -> Option<Effect> {
    let now = model.now;
    let context = of(model)?.rows.get(at)?.context;
    let its = model.contexts.get(context)?;
    let (write, production) = ((its.write, its.armed(now)), its.production);
    let bulk = of(model)?;
    let sink = bulk.sink.clone();
    if !bulk.held {
        bulk.at = at;
    }
    let row = bulk.rows.get_mut(at)?;
    row.call = Some(call);
    "on its way".clone_into(&mut row.words);
    let repeat = std::mem::take(&mut row.looked);
    row.report = None;
    let walk = Walk {
        context: row.plan.context.clone(),
        resource: row.plan.resource.clone(),
        target: row.plan.target.clone(),
        own: row.plan.own,
        powerful: row.powerful,
        does: row.plan.does.clone(),
        sink: sink.filter(|_| row.makes),
        write,
        production,
        confirmed: Tier::Typed,
        repeat,
    };
    Some(Effect::Walk {
        call,
        context,
        walk: Box::new(walk),
    })
}

/// Something happened to a row on its way.
pub fn news(model: &mut Model, call: CallId, news: News) -> Vec<Effect> {
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    let Some(row) = bulk.row_of(call) else {
        return Vec::new();
    };
    match news {
        News::Words(words) => row.words = words,
        News::Doubted => {
            "its answer was lost: looking for what became of it".clone_into(&mut row.words);
            if let Some(place) = row.place {
                bulk.queue.doubted(place);
            }
        }
        News::Looking(round, of) => {
            row.words = format!("its answer was lost: looking, {round} of {of}");
        }
        News::Step(step) => {
            let way = match row.plan.does {
                Does::Rotate { way, .. } => Some(way),
                _ => None,
            };
            step.title(way).clone_into(&mut row.words);
        }
        News::Made {
            label,
            entry,
            secret,
        } => row.holds = Some((label, entry, secret)),
        News::Stored => row.holds = None,
    }
    Vec::new()
}

/// A row is at its end.
pub fn walked(model: &mut Model, call: CallId, report: Report) -> Vec<Effect> {
    let now = model.now;
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    let Some(row) = bulk.row_of(call) else {
        return Vec::new();
    };
    row.call = None;
    row.words = String::new();
    let left = row.holds.take().map(|held| row.reveal(call, held, &report));
    // What stops in the middle of a rotation waits: nothing begins after it unasked.
    let end = match report.end {
        End::Done if report.partial => End::Unknown,
        end => end,
    };
    row.report = Some(report);
    let (context, resource) = (row.context, Arc::clone(&row.plan.resource));
    let id = row.plan.target.id.clone();
    if let Some(place) = row.place {
        bulk.queue.ended(place, end);
    }
    bulk.time = bulk.time.map(|(began, _)| (began, now));
    if end == End::Done {
        // What is done is not done once more with those that were not.
        mark::unmark(model, context, &resource, &id);
    }
    let unheld = left.is_some();
    // No place has it, and nobody is told it again: it waits until somebody says where it goes.
    let service = model.contexts.get(context);
    let service = service.map_or_else(String::new, |it| it.manifest.title.clone());
    model
        .tray
        .extend(left.map(|left| Reveal { service, ..left }));
    let mut effects = pump(model);
    // Once it was stored its rotation goes on, which the journal has.
    effects.extend(unheld.then_some(Effect::ReadJournal { show: false }));
    effects
}

/// Nothing is on its way any more: the lists are read anew, and the journal.
fn rest(model: &mut Model) -> Vec<Effect> {
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    bulk.drawn = None;
    let ended = bulk.rows.iter().filter(|row| row.report.is_some());
    let mut contexts: Vec<usize> = ended.map(|row| row.context).collect();
    contexts.sort_unstable();
    contexts.dedup();
    let rotates = bulk.act == Act::Rotate;
    let mut effects = Vec::new();
    for context in contexts {
        effects.extend(listing::reread(model, context, None));
    }
    if rotates {
        effects.push(Effect::ReadJournal { show: false });
    }
    effects
}

/// A key while rows are on their way or at their ends.
pub(super) fn key(model: &mut Model, key: Key, leaves: bool) -> Vec<Effect> {
    let now = model.now;
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    let runs = bulk.runs();
    match key.code {
        _ if leaves && !runs => return leave(model),
        Code::Enter if !runs => return leave(model),
        _ if leaves => bulk.queue.cancel(),
        Code::Char('p') if runs && bulk.queue.is_paused() => {
            bulk.queue.resume();
            return pump(model);
        }
        Code::Char('p') if runs => bulk.queue.pause(),
        Code::Char('g') if !runs && bulk.queue.halted().is_some() => {
            bulk.queue.go_on();
            return pump(model);
        }
        Code::Char('r') if !runs => return again(model),
        Code::Char('l') if !runs => return look(model),
        Code::Char('e') if !runs => bulk.ask_file(now),
        _ => {}
    }
    Vec::new()
}

/// Rows that were certainly not done, or are still there, run once more; where another has no known end, not
/// before that is said to be no reason to wait.
fn again(model: &mut Model) -> Vec<Effect> {
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    bulk.held = false;
    let again: Vec<usize> = bulk
        .rows
        .iter()
        .filter(|row| row.can_repeat())
        .filter_map(|row| row.place)
        .collect();
    for place in again {
        bulk.queue.again(place);
    }
    bulk.queue.resume();
    pump(model)
}

/// Looks for what became of the rows whose end is not known.
fn look(model: &mut Model) -> Vec<Effect> {
    let lost = of(model).map_or(0, |bulk| bulk.rows.len());
    let mut effects = Vec::new();
    for at in 0..lost {
        let call = model.next_call();
        let Some(bulk) = of(model) else { break };
        let Some(row) = bulk.rows.get_mut(at).filter(|row| row.can_look()) else {
            continue;
        };
        row.call = Some(call);
        "looking for what became of it".clone_into(&mut row.words);
        let (resource, id) = (row.plan.resource.clone(), row.plan.target.id.clone());
        effects.push(Effect::Look {
            call,
            context: row.context,
            entry: row.report.as_ref().and_then(|report| report.journal),
            trace: Box::new(Trace::of_deleted(resource, id)),
        });
    }
    effects
}

/// What a look for a row saw; `None` where no row waits for it.
pub fn looked(model: &mut Model, call: CallId, sighting: &Sighting) -> Option<Vec<Effect>> {
    let bulk = of(model)?;
    let row = bulk.row_of(call)?;
    row.call = None;
    row.words = String::new();
    let key = row.key();
    let noun = row.plan.resource.noun.clone();
    if let Some(report) = &mut row.report {
        match sighting {
            Sighting::Absent => {
                report.end = End::Done;
                report.message = format!("The {key} is gone: it was deleted.");
            }
            Sighting::Unclear(why) => {
                report.message = format!("Whether the {key} was deleted could not be seen: {why}");
            }
            _ => {
                row.looked = true;
                report.message = format!(
                    "The {noun} is still in the list: r deletes it again. The first try may still arrive."
                );
            }
        }
    }
    if let (Some(place), Some(end)) = (row.place, row.ended()) {
        bulk.queue.settle(place, end);
    }
    Some(Vec::new())
}

/// The destination takes the secrets, or says why not; `None` where no bulk waits for it.
pub fn checked(
    model: &mut Model,
    call: CallId,
    result: &Result<(), String>,
) -> Option<Vec<Effect>> {
    let bulk = of(model)?;
    bulk.busy.take_if(|(busy, _)| *busy == call)?;
    match result {
        Ok(()) => open::plan(model),
        Err(why) => {
            let typed = bulk.sink.take().unwrap_or_default();
            bulk.turn(Phase::Typing);
            bulk.input = tui_input::Input::new(typed);
            bulk.problem = Some(format!("{why} Nothing was sent."));
        }
    }
    Some(Vec::new())
}

/// The plan or the outcome was written, or was not.
pub fn saved(model: &mut Model, call: CallId, result: Result<String, String>) -> Vec<Effect> {
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    if bulk.busy.take_if(|(busy, _)| *busy == call).is_none() {
        return Vec::new();
    }
    match (result, bulk.phase) {
        (Ok(path), Phase::File) => {
            bulk.turn_back();
            bulk.problem = Some(format!("Saved as {path}."));
        }
        (Ok(_), _) => {}
        (Err(why), _) => bulk.problem = Some(why),
    }
    Vec::new()
}

/// What was done so far, as sentences.
#[must_use]
pub fn summary(bulk: &Bulk) -> String {
    let Counts {
        waiting,
        running,
        done,
        not_done,
        unknown,
    } = bulk.queue.counts();
    let mut parts = vec![format!(
        "{done} of {} {}",
        keys(bulk.sending()),
        bulk.act.past()
    )];
    let mut part = |count: usize, words: &str| {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    };
    part(not_done, "not");
    part(unknown, "unknown or half done");
    let way = if running == 1 { "its" } else { "their" };
    part(running, &format!("on {way} way"));
    part(waiting, "untouched");
    format!("{}.", parts.join(" · "))
}

/// Why no further row begins, as a sentence.
#[must_use]
pub fn halted(bulk: &Bulk) -> Option<&'static str> {
    Some(match bulk.queue.halted()? {
        Halted::Paused => "Paused: no further key is begun; p goes on.",
        Halted::Cancelled => "Cancelled: no further key is begun.",
        Halted::Unknown => {
            "Stopped: one has no known end, so that no further key is begun (stop_on_unknown)."
        }
    })
}

/// Seconds as people say them.
#[must_use]
pub fn span(seconds: f64) -> String {
    if seconds < 1.0 {
        "less than 1 s".to_owned()
    } else if seconds < 90.0 {
        format!("about {seconds:.0} s")
    } else {
        format!("about {:.0} min", seconds / 60.0)
    }
}
