//! Many keys are deleted or rotated by one plan: every key is in it with what will happen to it, its number
//! is typed once, and each row then ends with an outcome of its own. [`queue`] says which row begins when,
//! for the console and for scripts alike; the runtime walks each row, and tells of it by [`News`].

mod open;
pub mod plan;
pub mod queue;
mod run;

use std::sync::Arc;

use tui_input::Input;

pub use open::open;
pub use run::{checked, halted, looked, news, saved, span, summary, walked};

use self::{
    plan::{Does, Planned},
    queue::{Counts, Queue},
};
use super::{
    CallId, ContextId, Effect, Model, Tone, act,
    choices::Choices,
    confirm::settled,
    dialog::Dialog,
    form::editor::Editor,
    gate::{Tier, Write},
    key::{Code, Key},
    report::{End, Report},
    rotation::steps::{Step, Way},
};
use crate::{
    api::Target,
    journal::EntryId,
    manifest::Resource,
    record::{Moment, Text},
    secret::Secret,
};

/// How far one run may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Most keys of one run.
    pub max: usize,
    /// Most writes at once.
    pub parallel: usize,
    /// No new row is started after one with an unknown outcome.
    pub stop_on_unknown: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            max: 100,
            parallel: 8,
            stop_on_unknown: true,
        }
    }
}

/// What is done to the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// They are deleted.
    Delete,
    /// They are rotated.
    Rotate,
}

impl Act {
    /// `Delete`.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Rotate => "Rotate",
        }
    }

    fn past(self) -> &'static str {
        match self {
            Self::Delete => "deleted",
            Self::Rotate => "rotated",
        }
    }
}

/// Many keys on their way to be deleted or rotated.
#[derive(Debug)]
pub struct Bulk {
    /// What is done.
    pub act: Act,
    /// Every key, with what happens to it.
    pub rows: Vec<Row>,
    /// How far the whole is.
    pub phase: Phase,
    /// Which rows of those that send something begin when.
    pub queue: Queue,
    /// Where the new secrets go.
    pub sink: Option<String>,
    /// What is chosen from before the plan.
    pub choices: Choices<Next>,
    /// What is typed: the number of keys, a destination, or a file.
    pub input: Input,
    /// The row under the cursor.
    pub at: usize,
    /// The cursor stays where it was put; else it follows what happens.
    held: bool,
    /// What is waited for that is no row.
    pub busy: Option<(CallId, &'static str)>,
    /// What went wrong, or where something was saved; a sentence.
    pub problem: Option<String>,
    /// When the first row began, and when the last one ended so far.
    pub time: Option<(Moment, Moment)>,
    /// When it was first on the screen as it stands.
    pub drawn: Option<Moment>,
}

/// How far a bulk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is chosen how the keys are rotated.
    Way,
    /// It is chosen where the new secrets go.
    Destination,
    /// A destination is typed.
    Typing,
    /// The plan is read, and the number of keys is typed.
    Plan,
    /// Rows are on their way or at their ends.
    Run,
    /// A file for the plan or the outcome is typed.
    File {
        /// It was begun before.
        run: bool,
    },
}

/// What is chosen before the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Each key goes this way where it can.
    Way {
        /// In place where the service can.
        regenerate: bool,
    },
    /// The new secrets go to the configured sink at this position.
    Sink(usize),
    /// A destination is typed.
    Type,
    /// Nothing is done.
    Leave,
}

/// One key of a bulk.
#[derive(Debug)]
pub struct Row {
    /// Where it is.
    pub context: ContextId,
    /// What happens to it, and why not.
    pub plan: Planned,
    /// It may do more than a key should.
    powerful: bool,
    /// The filter hides it.
    pub hidden: bool,
    /// A new secret is made for it.
    makes: bool,
    /// Its place among the rows that send something.
    pub place: Option<usize>,
    /// The call that walks it, or looks for it.
    call: Option<CallId>,
    /// What it is doing, in a few words.
    pub words: String,
    /// How it ended.
    pub report: Option<Report>,
    /// A secret that is nowhere else yet: what it is, and where the journal has it.
    pub holds: Option<(String, Option<EntryId>, Secret)>,
    /// It was looked for after an unknown end and is still there.
    looked: bool,
}

/// One row as the runtime walks it.
#[derive(Debug)]
pub struct Walk {
    /// The context's name.
    pub context: Arc<str>,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// Which.
    pub target: Target,
    /// The context signs in with it.
    pub own: bool,
    /// It may do more than a key should.
    pub powerful: bool,
    /// What is done.
    pub does: Does,
    /// Where its new secret goes, where it gets one.
    pub sink: Option<String>,
    /// Whether the context allows writes, and whether it is armed.
    pub write: (Write, bool),
    /// It is a production context.
    pub production: bool,
    /// How far it was confirmed.
    pub confirmed: Tier,
    /// It is sent again after an unknown end.
    pub repeat: bool,
}

/// What is told of a row on its way.
#[derive(Debug)]
pub enum News {
    /// Words for people.
    Words(String),
    /// An answer was lost; it is looked for.
    Doubted,
    /// Which look begins, and how many there are.
    Looking(usize, usize),
    /// A step of a rotation begins.
    Step(Step),
    /// There is a new secret that is nowhere else.
    Made {
        /// What it is.
        label: String,
        /// Where the journal has it.
        entry: Option<EntryId>,
        /// A copy of it.
        secret: Secret,
    },
    /// The secret arrived.
    Stored,
}

impl Row {
    /// `API key “x”`.
    #[must_use]
    pub fn key(&self) -> String {
        let name = Text::new(&self.plan.target.name);
        format!("{} “{}”", self.plan.resource.noun, name.shown())
    }

    fn ended(&self) -> Option<End> {
        self.report.as_ref().map(|report| report.end)
    }

    /// It was certainly not done, or not known to be and is still there: it can be tried again.
    fn can_repeat(&self) -> bool {
        let whole = self.report.as_ref().is_some_and(|report| !report.partial);
        match self.ended() {
            Some(End::NotDone) => whole,
            Some(End::Unknown) => self.looked,
            _ => false,
        }
    }

    /// What became of it can be looked for.
    fn can_look(&self) -> bool {
        self.plan.does == Does::Delete && self.ended() == Some(End::Unknown)
    }
}

impl Bulk {
    /// `Delete 12 keys`.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.act.verb(), keys(self.rows.len()))
    }

    /// How many rows send something.
    #[must_use]
    pub fn sending(&self) -> usize {
        self.rows.iter().filter(|row| row.place.is_some()).count()
    }

    /// How many rows could be tried again.
    #[must_use]
    pub fn repeatable(&self) -> usize {
        self.rows.iter().filter(|row| row.can_repeat()).count()
    }

    /// How many rows could be looked for.
    #[must_use]
    pub fn lookable(&self) -> usize {
        self.rows.iter().filter(|row| row.can_look()).count()
    }

    /// Rows are on their way, or begin by themselves.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.phase == Phase::Run && !self.queue.rests()
    }

    /// Nothing was sent so far.
    fn is_fresh(&self) -> bool {
        self.time.is_none()
    }

    /// Rows per second and seconds that are left at that rate, once two rows have ended.
    #[must_use]
    pub fn rate(&self) -> Option<(f64, f64)> {
        let (began, last) = self.time?;
        let Counts {
            waiting,
            running,
            done,
            not_done,
            unknown,
        } = self.queue.counts();
        let ended = done + not_done + unknown;
        let millis = u32::try_from((last.micros() - began.micros()) / 1_000).ok()?;
        if ended < 2 || millis == 0 {
            return None;
        }
        let count = |rows: usize| u32::try_from(rows).map_or(f64::MAX, f64::from);
        let rate = count(ended) * 1_000.0 / f64::from(millis);
        Some((rate, count(waiting + running) / rate))
    }

    /// Shows another phase: what is typed is empty again and a key counts once this was seen.
    fn turn(&mut self, phase: Phase) {
        self.phase = phase;
        self.input = Input::default();
        self.drawn = None;
    }

    fn row_of(&mut self, call: CallId) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.call == Some(call))
    }

    /// The plan or the outcome, as JSON where the file's name ends so, else as CSV.
    fn text(&self, path: &str, run: bool) -> String {
        let json = std::path::Path::new(path)
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("json"));
        if run {
            let told = self.rows.iter().filter_map(|row| {
                let report = row.report.as_ref()?;
                Some((&*row.plan.context, &*row.plan.resource, report))
            });
            if json {
                let items = told
                    .map(|(context, resource, report)| plan::outcome(context, resource, report));
                let items: Vec<_> = items.collect();
                return plan::text(&serde_json::json!({ "items": items }));
            }
            return plan::outcomes_csv(told);
        }
        let all: Vec<Planned> = self.rows.iter().map(|row| row.plan.clone()).collect();
        if json {
            plan::text(&plan::json(&all))
        } else {
            plan::csv(&all)
        }
    }
}

/// `1 key`, `12 keys`.
#[must_use]
pub fn keys(count: usize) -> String {
    format!("{count} key{}", if count == 1 { "" } else { "s" })
}

/// The bulk that is open, wherever its dialog lies.
pub fn of(model: &mut Model) -> Option<&mut Bulk> {
    model.dialogs.iter_mut().find_map(|dialog| match dialog {
        Dialog::Bulk(bulk) => Some(&mut **bulk),
        _ => None,
    })
}

/// Secrets of rows on their way that are nowhere else, each with what it is.
pub fn held(model: &Model) -> impl Iterator<Item = (&str, &Secret)> {
    let bulks = model.dialogs.iter().filter_map(|dialog| match dialog {
        Dialog::Bulk(bulk) => Some(&bulk.rows),
        _ => None,
    });
    let held = bulks.flatten().filter_map(|row| row.holds.as_ref());
    held.map(|(label, _, secret)| (&**label, secret))
}

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
        Phase::Typing | Phase::File { .. } if !leaves => line_key(model, key),
        Phase::Typing => {
            open::destinations(model);
            Vec::new()
        }
        Phase::File { run } => {
            bulk.turn(if run { Phase::Run } else { Phase::Plan });
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
    fn ask_file(&mut self, now: Moment) {
        let run = self.phase == Phase::Run;
        let what = if run { "outcome" } else { "plan" };
        let time = now.rfc3339();
        let digits = time.chars().filter(char::is_ascii_digit).take(14);
        let digits: String = digits.collect();
        self.turn(Phase::File { run });
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
        let mut editor = Editor::Line(std::mem::take(&mut bulk.input));
        editor.key(key);
        if let Editor::Line(line) = editor {
            bulk.input = line;
        }
        return Vec::new();
    }
    if typed.is_empty() {
        return Vec::new();
    }
    match bulk.phase {
        Phase::Typing => open::check(model, typed),
        Phase::File { run } => {
            bulk.busy = Some((call, "Writing the file…"));
            bulk.problem = None;
            let text = bulk.text(&typed, run);
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
    if matches!(bulk.phase, Phase::Typing | Phase::File { .. }) {
        let mut editor = Editor::Line(std::mem::take(&mut bulk.input));
        bulk.problem = editor.paste(text).err();
        if let Editor::Line(line) = editor {
            bulk.input = line;
        }
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
fn leave(model: &mut Model) -> Vec<Effect> {
    let at = |dialog: &Dialog| matches!(dialog, Dialog::Bulk(_));
    let Some(Dialog::Bulk(bulk)) = model
        .dialogs
        .iter()
        .position(at)
        .map(|at| model.dialogs.remove(at))
    else {
        return Vec::new();
    };
    if bulk.is_fresh() {
        model.say(Tone::Info, "Cancelled: nothing was sent.");
    } else {
        let counts = bulk.queue.counts();
        let tone = if counts.done == bulk.sending() {
            Tone::Good
        } else {
            Tone::Warn
        };
        model.say(tone, run::summary(&bulk));
    }
    Vec::new()
}

/// Each row that can go both ways goes this one.
fn way_of(resource: &Resource, regenerate: bool) -> Option<Way> {
    let ways = Way::of(resource);
    let fits = |way: &&Way| (**way == Way::Regenerate) == regenerate;
    ways.iter().find(fits).or_else(|| ways.first()).copied()
}
