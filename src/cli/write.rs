//! What every command that writes begins with: one context, one kind of key, the gate, the journal, and where
//! secrets may go. Nothing is sent before all of it is right; `walk` then carries what is asked to its known end.

mod adopt;
mod ask;
mod choose;
mod report;
mod route;
mod signals;
mod values;

use std::sync::Arc;

use jiff::Timestamp;

pub(super) use crate::app::report::{End, Report};
pub(super) use crate::walk::Listed;
pub(super) use ask::{Question, agreed, confirm};
pub(super) use report::{Form, tell};
pub(super) use route::{Route, pattern, route};
pub(super) use signals::listen;
pub(super) use values::{Values, mistakes, told};

use super::{
    Failure, Setting, args,
    fetch::{Ready, prepare},
    kind::{command, one_context, one_resource},
    output,
};
use crate::{
    api::{ApiError, client::Client},
    config::{Config, Context},
    deliver::Courier,
    journal::Journal,
    manifest::{Resource, Tab, Verb},
    record::Moment,
    runtime::contexts,
    walk::{Broken, Ground, Halt, Sign, Site},
};

/// Where a command writes.
pub(super) struct Place {
    pub config: Config,
    pub context: Context,
    pub resource: Arc<Resource>,
    pub journal: Journal,
    pub courier: Arc<Courier>,
    armed: bool,
}

impl Place {
    /// The place that was named, where this may be done: the gate lets it through, and there is a journal.
    ///
    /// # Errors
    /// Why not; nothing was asked of anybody.
    pub fn of(
        setting: &Setting,
        pane: Tab,
        place: &args::Place,
        verb: impl Into<Option<Verb>>,
    ) -> Result<Self, Failure> {
        let config = setting.contexts()?;
        let context = one_context(&config, &place.context)?.clone();
        let resource = one_resource(&context, pane, &place.kind)?;
        let place = Self::at(setting, config, context, resource, place.how.arm)?;
        verb.into().map_or(Ok(()), |verb| place.can(verb))?;
        Ok(place)
    }

    /// A place that is known.
    pub fn at(
        setting: &Setting,
        config: Config,
        context: Context,
        resource: Arc<Resource>,
        armed: bool,
    ) -> Result<Self, Failure> {
        Ok(Self {
            journal: journal(setting)?,
            courier: Arc::new(contexts::courier(&config, &setting.environment, true)),
            config,
            context,
            resource,
            armed,
        })
    }

    /// The context's name.
    pub fn name(&self) -> &Arc<str> {
        self.context.name()
    }

    /// The service can do this to a key of this kind.
    ///
    /// # Errors
    /// That it cannot.
    pub fn can(&self, verb: Verb) -> Result<(), Failure> {
        let resource = &self.resource;
        let (op, what) = match verb {
            Verb::Create => (&resource.create, "make"),
            Verb::Update => (&resource.update, "change"),
            Verb::Rotate => (&resource.rotate, "regenerate"),
            Verb::Delete => (&resource.delete, "delete"),
            // Which there are is asked by name.
            Verb::Act(_) => return Ok(()),
        };
        if op.is_some() {
            return Ok(());
        }
        let actions: Vec<&str> = resource.action.iter().map(|it| &*it.id).collect();
        let instead = if actions.is_empty() {
            String::new()
        } else {
            let pane = resource.pane.name();
            let all = actions.join(" or ");
            format!("; what it can do: keyrack update {pane} ID --action {all}")
        };
        Err(Failure::usage(format!(
            "{} cannot {what} a key of this kind: {}{instead}",
            self.context.connection.manifest.title, resource.title
        )))
    }

    /// What is written to, as a walk sees it.
    pub fn ground(&self) -> Ground {
        Ground {
            context: self.name().clone(),
            write: self.context.write,
            armed: self.armed,
            arming: "give --arm to allow the writes of this command",
            production: self.context.production,
            resource: self.resource.clone(),
        }
    }

    /// Where a walk goes with this client.
    pub fn site(&self, ready: &Arc<Ready>, client: Arc<Client>) -> Site {
        Site {
            ground: self.ground(),
            client,
            journal: Some(self.journal.clone()),
            courier: Arc::clone(&self.courier),
            sign_in: adopt::sign_in(ready),
            tell: Arc::new(|sign| {
                if let Some(words) = words(&sign) {
                    output::say(&words);
                }
            }),
            halt: Halt::default(),
            keeps: false,
        }
    }

    /// The gate may let a write through here.
    ///
    /// # Errors
    /// Why it does not.
    pub fn open(&self) -> Result<(), Failure> {
        self.ground().standing().refusal().map_or(Ok(()), |why| {
            Err(Failure::usage(format!("nothing was sent: {why}")))
        })
    }

    /// `the API key “x” in prod`.
    pub fn key(&self, name: &str) -> String {
        self.ground().key(name)
    }

    /// What the context's client is made of; asks on the terminal what must be typed.
    ///
    /// # Errors
    /// When the question was broken off.
    pub fn ready(&self, setting: &Setting) -> Result<Arc<Ready>, Failure> {
        let ready = prepare(setting, &self.config, &[&self.context])?;
        let first = ready.into_iter().next();
        first
            .map(Arc::new)
            .ok_or_else(|| Failure::failed("there is no such context"))
    }

    /// The context's client.
    ///
    /// # Errors
    /// When its credential cannot be read.
    pub async fn client(&self, ready: &Ready) -> Result<Arc<Client>, Failure> {
        let client = ready.client_with(crate::api::Inputs::new()).await;
        client.map(Arc::new).map_err(|error| self.failed(&error))
    }

    /// Nothing was sent, because of this.
    pub fn failed(&self, error: &ApiError) -> Failure {
        let words = format!("{}: {error}\n{}", self.name(), error.next_step_of_list());
        Failure::of(error, words)
    }

    /// `keyrack VERB PANE` for the words that tell what to type next.
    pub fn command(&self, verb: &str) -> String {
        command(verb, &self.context, &self.resource)
    }
}

/// The journal of this machine.
///
/// # Errors
/// That there is no folder for it.
pub(super) fn journal(setting: &Setting) -> Result<Journal, Failure> {
    let folder = setting.environment.state_folder.as_deref();
    folder.map(Journal::at).ok_or_else(|| {
        Failure::usage(
            "nothing was sent: there is no folder for the journal, without which a lost answer would be forgotten; set HOME or XDG_STATE_HOME",
        )
    })
}

/// The present time.
pub(super) fn now() -> Moment {
    Moment::from_micros(Timestamp::now().as_microsecond())
}

/// What a walk tells, for people.
pub(super) fn words(sign: &Sign) -> Option<String> {
    match sign {
        Sign::Words(words) => Some(words.clone()),
        Sign::Looking { round, of } => Some(format!("unknown, looking: {round} of {of}")),
        Sign::Doubted | Sign::Step(_) | Sign::Made { .. } | Sign::Stored => None,
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Unsent(why) => Self::usage(why),
            Broken::Left { message, code } => Self { code, message },
        }
    }
}
