//! One key is deleted or rotated to its known end with nobody to ask: what is left to decide was decided
//! before it begins, and every write asks the gate. `runtime` and `cli` give a [`Site`] and hear [`Sign`]s;
//! what is sent goes through `intent`.

mod action;
mod adopt;
mod ending;
mod erase;
mod halt;
mod listed;
mod rotate;
mod secret;
mod send;
mod turn;

use std::{fmt, sync::Arc};

use crate::{
    api::{Target, client::Client},
    app::{
        gate::{self, Pass, Stakes, Standing, Tier, Write},
        report::{End, Report},
        rotation::steps::Step,
    },
    deliver::{About, Courier},
    journal::{EntryId, Journal},
    manifest::{Resource, Verb},
    record::{KeyId, Moment, Text},
    secret::Secret,
};

pub use action::act;
pub use adopt::{Adopted, SignIn};
pub use erase::delete;
pub use halt::Halt;
pub use listed::Listed;
pub use rotate::{Decided, Job, Unfit, copy, rotate, row, twin_name};
pub use secret::{bring, bring_raw, keep_raw};
pub use send::{Landed, Order, send};
pub use turn::Turn;

/// One kind of key in one context, and what its gate asks of a write.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The context's name.
    pub context: Arc<str>,
    /// Whether its config allows writes.
    pub write: Write,
    /// It is armed.
    pub armed: bool,
    /// How it is armed here: `press A to …`.
    pub arming: &'static str,
    /// It is a production context.
    pub production: bool,
    /// The kind of key.
    pub resource: Arc<Resource>,
}

/// Where a walk goes, and who hears of it.
#[derive(Clone)]
pub struct Site {
    /// What is written to.
    pub ground: Ground,
    /// What sends the writes.
    pub client: Arc<Client>,
    /// Where they are written down; without one nothing is sent.
    pub journal: Option<Journal>,
    /// What takes new secrets to where they go.
    pub courier: Arc<Courier>,
    /// What makes the context sign in with a new secret of its own key.
    pub sign_in: Arc<dyn SignIn>,
    /// Hears what happens, as it happens.
    pub tell: Arc<dyn Fn(Sign) + Send + Sync>,
    /// How it is stopped.
    pub halt: Halt,
    /// Who hears of a new secret keeps it until it is said to be stored: nothing else is handed it.
    pub keeps: bool,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut site = f.debug_struct("Site");
        site.field("ground", &self.ground).finish_non_exhaustive()
    }
}

/// Something that happens on the way.
#[derive(Debug)]
pub enum Sign {
    /// Words for people, of one line or more.
    Words(String),
    /// An answer was lost; what became of the write is looked for.
    Doubted,
    /// A look for it begins.
    Looking {
        /// Which, from 1.
        round: usize,
        /// How many there are.
        of: usize,
    },
    /// A step of a rotation begins.
    Step(Step),
    /// There is a new secret that is nowhere else.
    Made {
        /// Whose it is, in words.
        label: String,
        /// The write that made it, in the journal.
        entry: Option<EntryId>,
        /// A copy of it.
        secret: Secret,
    },
    /// The secret that was made arrived, or is kept in the place that the config names for that.
    Stored,
}

/// A key that is acted on.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its id, captured before anything was asked, and its name.
    pub target: Target,
    /// The context signs in with it.
    pub own: bool,
    /// It may do more than a key should; also where that is not known.
    pub powerful: bool,
    /// It is not among the keys that came.
    pub unknown: bool,
}

/// Why a walk has no end to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A write was not sent; why, as it is told.
    Unsent(String),
    /// It is not waited for any longer.
    Left {
        /// What was waited for, as it is told.
        message: String,
        /// What [`Halt::leave`] was given.
        code: u8,
    },
}

impl Broken {
    /// A write was not sent; why, without a full stop.
    fn unsent(why: impl fmt::Display) -> Self {
        Self::Unsent(format!("nothing was sent: {why}"))
    }

    /// What is told of the key.
    #[must_use]
    pub fn report(&self, key: &Target) -> Report {
        match self {
            Self::Unsent(why) => report(key, End::NotDone, why.clone()),
            Self::Left { message, .. } => report(key, End::Unknown, message.clone()),
        }
    }
}

/// What is told of a key of which the journal has nothing.
#[must_use]
pub fn report(key: &Target, end: End, message: String) -> Report {
    Report {
        end,
        id: Some(key.id.as_str().to_owned()),
        name: Some(key.name.clone()),
        message,
        journal: None,
        partial: false,
    }
}

impl Ground {
    /// Whether writes pass here.
    #[must_use]
    pub fn standing(&self) -> Standing<'_> {
        Standing {
            context: &self.context,
            write: self.write,
            armed: self.armed,
            arming: self.arming,
        }
    }

    /// Leave for one change that was confirmed so far.
    ///
    /// # Errors
    /// Why it may not be sent.
    pub fn pass(&self, needed: Tier, confirmed: Tier) -> Result<Pass, Broken> {
        gate::pass(&self.standing(), needed, confirmed).map_err(Broken::unsent)
    }

    /// What hangs on doing this to a key.
    #[must_use]
    pub fn stakes(&self, key: &Key, verb: Verb) -> Stakes<'_> {
        Stakes {
            context: &self.context,
            noun: &self.resource.noun,
            verb,
            pane: self.resource.pane,
            production: self.production,
            own: key.own,
            powerful: key.powerful,
            unknown: key.unknown,
            at_once: verb == Verb::Rotate,
        }
    }

    /// How far doing this to a key has to be confirmed.
    #[must_use]
    pub fn tier(&self, key: &Key, verb: Verb) -> Tier {
        self.stakes(key, verb).tier()
    }

    /// What the holes of a destination stand for.
    #[must_use]
    pub fn about(&self, key: &Target) -> About {
        About {
            name: key.name.clone(),
            id: key.id.as_str().to_owned(),
            context: self.context.to_string(),
        }
    }

    /// `the API key “x” in prod`.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        let (noun, context) = (&self.resource.noun, &self.context);
        format!("the {noun} “{}” in {context}", Text::new(name).shown())
    }
}

impl Site {
    /// Says something to people.
    fn say(&self, words: impl Into<String>) {
        (self.tell)(Sign::Words(words.into()));
    }

    fn intent(&self) -> crate::intent::Site<'_> {
        crate::intent::Site {
            client: &self.client,
            journal: self.journal.as_ref(),
        }
    }

    /// Does what must not be left in the middle; `what` says what is waited for.
    async fn over<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, Broken> {
        self.halt.over(what, &*self.tell, work).await
    }

    /// Writes down what happened to an entry.
    async fn note(&self, entry: EntryId, event: crate::journal::Event) {
        if let Some(journal) = &self.journal {
            crate::intent::note(journal, entry, event).await;
        }
    }
}

/// The present time.
fn now() -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond())
}

/// An id as it may be shown.
fn shown(id: &KeyId) -> String {
    Text::new(id.as_str()).shown().into_owned()
}
