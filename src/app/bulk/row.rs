//! One key of a bulk: what happens to it, how far it is, and what there is to say of it. The runtime gets it as
//! a [`Walk`] and tells of it by [`News`].

use std::sync::Arc;

use super::{
    Bulk,
    plan::{self, Does, Planned},
    queue::At,
};
use crate::{
    api::Target,
    app::{
        CallId, ContextId, flight,
        gate::{Tier, Write},
        report::{End, Report},
        reveal::Reveal,
        rotation::steps::{Step, Way},
    },
    journal::EntryId,
    manifest::Resource,
    record::Text,
    secret::Secret,
};

/// One key of a bulk.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one answer of its own"
)]
#[derive(Debug)]
pub struct Row {
    /// Where it is.
    pub context: ContextId,
    /// What happens to it, and why not.
    pub plan: Planned,
    /// It may do more than a key should.
    pub(super) powerful: bool,
    /// Its context is a production context.
    pub production: bool,
    /// The filter hides it.
    pub hidden: bool,
    /// A new secret is made for it.
    pub(super) makes: bool,
    /// Its place among the rows that send something.
    pub place: Option<usize>,
    /// The call that walks it, or looks for it.
    pub(super) call: Option<CallId>,
    /// What it is doing, in a few words.
    pub words: String,
    /// How it ended.
    pub report: Option<Report>,
    /// A secret that is nowhere else yet: what it is, and where the journal has it.
    pub holds: Option<(String, Option<EntryId>, Secret)>,
    /// It was looked for after an unknown end and is still there.
    pub(super) looked: bool,
}

/// One row as the runtime walks it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one answer of its own"
)]
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

    pub(super) fn ended(&self) -> Option<End> {
        self.report.as_ref().map(|report| report.end)
    }

    /// It was certainly not done, or not known to be and is still there: it can be tried again.
    pub(super) fn can_repeat(&self) -> bool {
        let whole = self.report.as_ref().is_some_and(|report| !report.partial);
        match self.ended() {
            Some(End::NotDone) => whole,
            Some(End::Unknown) => self.looked,
            _ => false,
        }
    }

    /// The secret of a row that is at its end and that no place took, as it waits for its operator.
    pub(super) fn reveal(
        &self,
        call: CallId,
        (label, entry, secret): (String, Option<EntryId>, Secret),
        report: &Report,
    ) -> Reveal {
        let raw = report.end == End::Unreadable;
        let note = if raw {
            "This is the whole answer, which keyrack cannot read: the secret may stand in it."
        } else {
            "Its destination did not take it, and nobody else has it: save it elsewhere."
        };
        let shown = |text: &String| Text::new(text).shown().into_owned();
        Reveal {
            noun: self.plan.resource.noun.clone(),
            context: self.plan.context.to_string(),
            name: report.name.as_ref().map_or(label, shown),
            id: report.id.as_ref().map(shown),
            note: Some(note.to_owned()),
            lines: self.lines(raw),
            raw,
            // What becomes of an answer says nothing of the secret: the journal still waits for a holder.
            entry: entry.filter(|_| !raw),
            ..Reveal::new(call, secret)
        }
    }

    /// What the lines of its new secret are.
    fn lines(&self, raw: bool) -> Vec<String> {
        let resource = &self.plan.resource;
        let op = match &self.plan.does {
            Does::Rotate {
                way: Way::Regenerate,
                ..
            } => resource.rotate.as_ref(),
            _ => resource.create.as_ref(),
        };
        flight::lines_of(op.filter(|_| !raw))
    }

    /// What became of it can be looked for.
    pub(super) fn can_look(&self) -> bool {
        self.plan.does == Does::Delete && self.ended() == Some(End::Unknown)
    }
}

impl Row {
    /// What there is to say of it at length: what it does, how it ended, else what will happen to it.
    #[must_use]
    pub fn told(&self) -> String {
        if !self.words.is_empty() {
            return self.words.clone();
        }
        if let Some(report) = &self.report {
            return report.message.clone();
        }
        let what = match &self.plan.does {
            Does::Delete => " will be deleted".to_owned(),
            Does::Rotate { way, twin, .. } => match twin {
                Some(twin) => format!(" will be replaced by {}", Text::new(twin).shown()),
                None => format!(" will be rotated: {}", plan::mode(*way)),
            },
            Does::Skip => " is not there".to_owned(),
            Does::Refuse => ": left out".to_owned(),
        };
        let reasons = self.plan.reasons.join(" ");
        format!("{}{what}. {reasons}", self.subject())
            .trim_end()
            .to_owned()
    }

    /// The same for the line of the key, which names it already.
    #[must_use]
    pub fn line(&self) -> String {
        let told = self.told();
        let key = format!("{} in {}", self.key(), self.plan.context);
        let names = [self.subject(), format!("The rotation of the {key}")];
        let rest = names.iter().find_map(|name| told.strip_prefix(&**name));
        rest.unwrap_or(&told)
            .trim_start_matches([' ', ':'])
            .to_owned()
    }

    /// How it ended, or that it did not begin, as scripts read it: no key of the plan is left out.
    pub(super) fn outcome(&self) -> Report {
        let words = || match (self.place, self.call) {
            (None, _) => format!("left out: {}", self.plan.reasons.join(" ")),
            (_, Some(_)) => format!("on its way: {}", self.words),
            (_, None) => "untouched".to_owned(),
        };
        let end = match self.call {
            Some(_) => End::Unknown,
            None => End::NotDone,
        };
        self.report.clone().unwrap_or_else(|| Report {
            end,
            id: Some(self.plan.target.id.as_str().to_owned()),
            name: Some(self.plan.target.name.clone()),
            message: words(),
            journal: None,
            partial: false,
        })
    }

    /// What sentences about it begin with.
    fn subject(&self) -> String {
        format!("The {} in {}", self.key(), self.plan.context)
    }

    /// How far it is.
    #[must_use]
    pub fn at(&self, bulk: &Bulk) -> Option<At> {
        self.place.map(|place| bulk.queue.at(place))
    }
}
