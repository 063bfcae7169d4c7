//! Many keys are deleted or rotated by one plan: every key is in it with what will happen to it, its number
//! is typed once, and each row then ends with an outcome of its own. [`queue`] says which row begins when,
//! for the console and for scripts alike; the runtime walks each row, and tells of it by [`News`].

mod keys;
mod open;
pub mod plan;
pub mod queue;
mod row;
mod run;

use tui_input::Input;

pub use keys::{key, paste};
pub use open::open;
pub use row::{News, Row, Walk};
pub use run::{checked, halted, looked, news, saved, span, summary, walked};

use self::{plan::Planned, queue::Queue};
use super::{
    CallId, Model, choices::Choices, dialog::Dialog, report::Report, rotation::steps::Way,
};
use crate::{journal::EntryId, manifest::Resource, record::Moment, secret::Secret};

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

    /// `deleted`.
    #[must_use]
    pub fn past(self) -> &'static str {
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
    /// A file is typed: for the plan, or for the outcome once it has begun.
    File,
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

    /// How many of those are in a production context.
    #[must_use]
    pub fn in_production(&self) -> usize {
        let sending = self.rows.iter().filter(|row| row.place.is_some());
        sending.filter(|row| row.production).count()
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

    /// The plan was confirmed, and its first rows have begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.time.is_some()
    }

    /// Rows per second and seconds that are left at that rate, once two rows have ended.
    #[must_use]
    pub fn rate(&self) -> Option<(f64, f64)> {
        let (began, last) = self.time?;
        let counts = self.queue.counts();
        let millis = u32::try_from((last.micros() - began.micros()) / 1_000).ok()?;
        let known = counts.ended() >= 2 && millis > 0;
        known.then(|| counts.rate(f64::from(millis) / 1_000.0))
    }

    /// Shows the rows again after a file was typed.
    fn turn_back(&mut self) {
        self.turn(if self.has_begun() {
            Phase::Run
        } else {
            Phase::Plan
        });
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
    fn text(&self, path: &str) -> String {
        let json = std::path::Path::new(path)
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("json"));
        if self.has_begun() {
            let reports: Vec<Report> = self.rows.iter().map(Row::outcome).collect();
            let told = self.rows.iter().zip(&reports);
            let told = told.map(|(row, report)| (&*row.plan.context, &*row.plan.resource, report));
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

/// Secrets of rows on their way that are nowhere else, each with what it is and the write that made it.
pub fn held(model: &Model) -> impl Iterator<Item = &(String, Option<EntryId>, Secret)> {
    let bulks = model.dialogs.iter().filter_map(|dialog| match dialog {
        Dialog::Bulk(bulk) => Some(&bulk.rows),
        _ => None,
    });
    bulks.flatten().filter_map(|row| row.holds.as_ref())
}

/// Each row that can go both ways goes this one.
fn way_of(resource: &Resource, regenerate: bool) -> Option<Way> {
    let ways = Way::of(resource);
    let fits = |way: &&Way| (**way == Way::Regenerate) == regenerate;
    ways.iter().find(fits).or_else(|| ways.first()).copied()
}
