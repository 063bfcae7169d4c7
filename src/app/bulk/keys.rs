//! What a key means while a bulk is in front: a choice, a letter of a line, a digit of the number that confirms
//! it, or what is done with the rows.

use tui_input::Input;

use super::{Bulk, Phase, of, open, run};
use crate::{
    app::{
        Effect, Model, Tone, act,
        confirm::settled,
        dialog::Dialog,
        form::editor,
        key::{Code, Key},
    },
    record::Moment,
};

/// A key for the bulk in front.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let now = model.now;
    let leaves = key.code == Code::Esc || key == Key::ctrl('c');
    let quits = act::leaves(model, key);
    let page = usize::from(model.size.1 / 2).max(1);
    let Some(Dialog::Bulk(bulk)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    if !settled(bulk.drawn, now) || bulk.busy.is_some() && !leaves {
        return Vec::new();
    }
    match bulk.phase {
        Phase::Way | Phase::Destination => {
            if leaves || quits {
                return leave(model);
            }
            match bulk.choices.key(key) {
                Some(next) => open::choose(model, next),
                None => Vec::new(),
            }
        }
        Phase::Typing | Phase::File if !leaves => line_key(model, key),
        Phase::Typing => {
            open::destinations(model);
            Vec::new()
        }
        Phase::File => {
            bulk.turn_back();
            Vec::new()
        }
        Phase::Plan | Phase::Run => {
            let plans = bulk.phase == Phase::Plan;
            if bulk.scroll(key, page) {
                Vec::new()
            } else if plans {
                plan_key(model, key, leaves || quits)
            } else {
                run::key(model, key, leaves || quits)
            }
        }
    }
}

impl Bulk {
    /// Moves the cursor over the rows; tells whether the key was for that.
    fn scroll(&mut self, key: Key, page: usize) -> bool {
        let last = self.rows.len().saturating_sub(1);
        self.at = match key.code {
            Code::Down | Code::Char('j') => self.at + 1,
            Code::Up | Code::Char('k') => self.at.saturating_sub(1),
            Code::PageDown => self.at + page,
            Code::PageUp => self.at.saturating_sub(page),
            Code::Home => 0,
            Code::End => last,
            _ => return false,
        }
        .min(last);
        self.held = true;
        true
    }

    /// Begins to ask for a file.
    pub(super) fn ask_file(&mut self, now: Moment) {
        let what = if self.has_begun() { "outcome" } else { "plan" };
        let time = now.rfc3339();
        let digits = time.chars().filter(char::is_ascii_digit).take(14);
        let digits: String = digits.collect();
        self.turn(Phase::File);
        self.problem = None;
        self.input = Input::new(format!("keyrack-{what}-{digits}.csv"));
    }
}

/// A key for a line that is typed.
fn line_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let call = model.next_call();
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    let typed = bulk.input.value().trim().to_owned();
    if key.code != Code::Enter {
        editor::line_key(&mut bulk.input, key);
        return Vec::new();
    }
    if typed.is_empty() {
        return Vec::new();
    }
    match bulk.phase {
        Phase::Typing => open::check(model, typed),
        Phase::File => {
            bulk.busy = Some((call, "Writing the file…"));
            bulk.problem = None;
            let text = bulk.text(&typed);
            vec![Effect::SaveText {
                call,
                path: typed,
                text,
            }]
        }
        _ => Vec::new(),
    }
}

/// Pasted text goes into a line; it confirms nothing.
pub fn paste(model: &mut Model, text: &str) {
    let Some(bulk) = of(model) else { return };
    if matches!(bulk.phase, Phase::Typing | Phase::File) {
        bulk.problem = editor::line_paste(&mut bulk.input, text).err();
    } else {
        model.say(
            Tone::Warn,
            "Pasted text does not confirm anything: type the number.",
        );
    }
}

/// A key for the plan: digits are the number that is asked for.
fn plan_key(model: &mut Model, key: Key, leaves: bool) -> Vec<Effect> {
    let now = model.now;
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    let wanted = bulk.sending().to_string();
    match key.code {
        _ if leaves => return leave(model),
        Code::Char('e') => bulk.ask_file(now),
        Code::Char(digit) if digit.is_ascii_digit() => {
            bulk.problem = None;
            bulk.input
                .handle(tui_input::InputRequest::InsertChar(digit));
        }
        Code::Backspace => drop(bulk.input.handle(tui_input::InputRequest::DeletePrevChar)),
        Code::Enter if bulk.sending() == 0 => return leave(model),
        Code::Enter if bulk.input.value() == wanted => return run::begin(model),
        Code::Enter if !bulk.input.value().is_empty() => {
            bulk.problem = Some(format!(
                "That is not the number of keys, {wanted}. Nothing was sent; Esc cancels."
            ));
        }
        Code::Enter => {
            bulk.problem = Some(format!("Type {wanted}, the number of keys, to go on."));
        }
        _ => {}
    }
    Vec::new()
}

/// Closes the dialog and says what was done.
pub(super) fn leave(model: &mut Model) -> Vec<Effect> {
    let at = |dialog: &Dialog| matches!(dialog, Dialog::Bulk(_));
    let Some(Dialog::Bulk(bulk)) = model
        .dialogs
        .iter()
        .position(at)
        .map(|at| model.dialogs.remove(at))
    else {
        return Vec::new();
    };
    if bulk.has_begun() {
        let counts = bulk.queue.counts();
        let tone = if counts.done == bulk.sending() {
            Tone::Good
        } else {
            Tone::Warn
        };
        model.say(tone, run::summary(&bulk));
    } else {
        model.say(Tone::Info, "Cancelled: nothing was sent.");
    }
    Vec::new()
}
