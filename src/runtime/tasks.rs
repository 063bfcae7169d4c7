//! Each effect that takes time is a task; its answer comes back as mail. A list may be given up, a write
//! never is: it goes on whatever the screen shows, and is sent once.

mod deliveries;
mod saving;
mod visit;
mod walks;
mod writes;

use std::{
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{
    sync::{Semaphore, mpsc},
    task::AbortHandle,
};
use zeroize::Zeroizing;

use super::{
    contexts::{Connections, backends, courier},
    core::Mail,
};
use crate::{
    api::{ApiError, Checked, Query, Target, client::Client, generate},
    app::{CallId, ContextId, Effect, Msg, Origin},
    config::{self, Config, Environment},
    deliver::{Courier, Rescued},
    journal::Journal,
    manifest::{Meaning, Resource},
    record::{KeyId, Moment},
};

/// Largest file that a form takes.
const LARGEST_FILE: u64 = 64 << 10;

/// Most lists at work at once: a hundred contexts have their first rows as soon as a few, and no more
/// connections than these need.
const LISTS: usize = 16;

/// Most checks of contexts at once, beside the lists: rows come first.
const CHECKS: usize = 8;

/// Starts tasks and posts their answers.
#[derive(Debug)]
pub struct Tasks {
    connections: Arc<Connections>,
    sender: mpsc::UnboundedSender<Mail>,
    courier: Arc<Courier>,
    /// What an earlier run left behind; found at the start.
    rescued: Arc<Mutex<Vec<Rescued>>>,
    environment: Environment,
    /// What writes are written down in; none where there is no folder for it.
    journal: Option<Journal>,
    /// Where one run leaves something for the next; none where there is no folder for it.
    state: Option<PathBuf>,
    /// Lists that the next run is told of.
    arrivals: Arc<visit::Arrivals>,
    /// The config that a new context is added to.
    config: PathBuf,
    /// Turns of the lists and of the checks; what an operator waits for takes none, a write above all.
    lists: Arc<Semaphore>,
    checks: Arc<Semaphore>,
    /// What may be given up.
    calls: HashMap<CallId, AbortHandle>,
    /// Effects that wait for inputs that only a person can give.
    waiting: BTreeMap<ContextId, Vec<Effect>>,
}

impl Tasks {
    /// Tasks on these connections.
    #[must_use]
    pub fn new(
        config: &Config,
        sender: mpsc::UnboundedSender<Mail>,
        environment: Environment,
    ) -> Self {
        Self {
            connections: Arc::new(Connections::of(config, &environment)),
            journal: environment.state_folder.as_deref().map(Journal::at),
            state: environment.state_folder.clone(),
            arrivals: Arc::default(),
            config: config.path.clone(),
            sender,
            courier: Arc::new(courier(config, &environment, false)),
            rescued: Arc::default(),
            environment,
            lists: Arc::new(Semaphore::new(LISTS)),
            checks: Arc::new(Semaphore::new(CHECKS)),
            calls: HashMap::new(),
            waiting: BTreeMap::new(),
        }
    }

    /// What is written down goes to another state folder.
    #[cfg(feature = "demo")]
    pub fn write_down_in(&mut self, state_folder: &Path) {
        self.journal = Some(Journal::at(state_folder));
        self.state = Some(state_folder.to_owned());
    }

    /// The connections and sinks of another config take the place of the present ones.
    pub fn connect(&mut self, config: &Config) {
        let connections = Connections::of(config, &self.environment);
        self.connections = Arc::new(connections.after(&self.connections));
        self.courier = Arc::new(courier(config, &self.environment, false));
    }

    /// Starts what an effect asks for.
    pub fn start(&mut self, effect: Effect) {
        let Some(effect) = self.hold(effect) else {
            return;
        };
        match effect {
            Effect::List {
                call,
                context,
                query,
            } => self.list(call, context, query),
            Effect::Cancel(call) => {
                if let Some(list) = self.calls.remove(&call) {
                    list.abort();
                }
            }
            Effect::Get {
                call,
                context,
                resource,
                id,
            } => self.get(call, context, resource, id),
            Effect::Reveal {
                call,
                context,
                resource,
                target,
            } => self.reveal(call, context, resource, target),
            Effect::Check(context) => self.check(context),
            Effect::ReadVisit => self.read_visit(),
            Effect::KeepSeen(seen) => self.keep_seen(*seen),
            Effect::Give { context, inputs } => self.give(context, inputs),
            Effect::Value { call, from, exact } => self.value(call, from, exact),
            Effect::Continue(tab) => post(&self.sender, Msg::Continue(tab)),
            Effect::WakeAt(until) => self.wake_at(until),
            Effect::AddContext(context) => self.add_context(context),
            Effect::SaveFilter(saved, replace) => self.save_filter(saved, replace),
            Effect::SaveGroup(group, replace) => self.save_group(group, replace),
            Effect::ReadBackends => {
                let (sender, config) = (self.sender.clone(), self.config.clone());
                let read = move || post(&sender, Msg::Backends(backends(&config)));
                tokio::task::spawn_blocking(read);
            }
            #[cfg(feature = "demo")]
            Effect::StartDemo => self.start_demo(),
            other => self.start_write(other),
        }
    }

    /// Keeps back a call whose context waits for inputs that only a person can give.
    fn hold(&mut self, effect: Effect) -> Option<Effect> {
        let Some(context) = context_of(&effect) else {
            return Some(effect);
        };
        let inputs = self.connections.missing(context);
        if inputs.is_empty() {
            return Some(effect);
        }
        let waiting = self.waiting.entry(context).or_default();
        if waiting.is_empty() {
            post(&self.sender, Msg::Asked { context, inputs });
        }
        waiting.push(effect);
        None
    }

    fn get(&self, call: CallId, context: ContextId, resource: Arc<Resource>, id: KeyId) {
        let fetched = move |result| Msg::Fetched { call, result };
        self.with_client(
            context,
            None,
            move |client| async move {
                fetched(match client {
                    Ok(client) => client.get(&resource, &id).await,
                    Err(error) => Err(error),
                })
            },
            move |error| fetched(Err(error)),
        );
    }

    fn reveal(
        &mut self,
        call: CallId,
        context: ContextId,
        resource: Arc<Resource>,
        target: Target,
    ) {
        let told = move |result| Msg::Told { call, result };
        let task = self.with_client(
            context,
            None,
            move |client| async move {
                told(match client {
                    Ok(client) => client.reveal(&resource, &target).await,
                    Err(error) => Err(error),
                })
            },
            move |error| told(Err(error)),
        );
        self.calls.insert(call, task);
    }

    fn check(&self, context: ContextId) {
        let failed = move |error| Msg::Checked {
            context,
            results: vec![Checked {
                id: "client".to_owned(),
                result: Err(error),
            }],
        };
        self.with_client(
            context,
            Some(&self.checks),
            move |client| async move {
                match client {
                    Ok(client) => Msg::Checked {
                        context,
                        results: client.check().await,
                    },
                    Err(error) => failed(error),
                }
            },
            failed,
        );
    }

    /// Runs a call with the context's client, where there are turns in its own, and posts what it gives; a
    /// panic in it is a failure.
    fn with_client<F, R>(
        &self,
        context: ContextId,
        turns: Option<&Arc<Semaphore>>,
        call: F,
        failed: impl FnOnce(ApiError) -> Msg + Send + 'static,
    ) -> AbortHandle
    where
        F: FnOnce(Result<Arc<Client>, ApiError>) -> R + Send + 'static,
        R: Future<Output = Msg> + Send,
    {
        let (connections, sender) = (Arc::clone(&self.connections), self.sender.clone());
        let turns = turns.map(Arc::clone);
        let work = async move {
            let _turn = match turns {
                Some(turns) => turns.acquire_owned().await.ok(),
                None => None,
            };
            call(connections.client(context).await).await
        };
        let task = tokio::spawn(async move {
            let msg = AssertUnwindSafe(work).catch_unwind().await;
            post(
                &sender,
                msg.unwrap_or_else(|_| {
                    failed(ApiError::Unexpected(
                        "keyrack failed within; this is a defect of keyrack".to_owned(),
                    ))
                }),
            );
        });
        task.abort_handle()
    }

    fn list(&mut self, call: CallId, context: ContextId, query: Query) {
        self.calls.retain(|_, list| !list.is_finished());
        let (sender, connections) = (self.sender.clone(), Arc::clone(&self.connections));
        let list = self.with_client(
            context,
            Some(&self.lists),
            move |client| async move {
                let result = match client {
                    Ok(client) => {
                        let mut progress = |progress| post(&sender, Msg::Rows { call, progress });
                        client.list(&query, &mut progress).await
                    }
                    Err(error) => Err(error),
                };
                if let Err(ApiError::Refused {
                    meaning: Meaning::Credential,
                    ..
                }) = &result
                {
                    connections.forget(context).await;
                }
                Msg::Listed { call, result }
            },
            move |error| Msg::Listed {
                call,
                result: Err(error),
            },
        );
        self.calls.insert(call, list);
    }

    /// What a person gave lets the waiting calls go on; nothing given ends them.
    fn give(&mut self, context: ContextId, inputs: Vec<(String, crate::secret::Secret)>) {
        let waiting = self.waiting.remove(&context).unwrap_or_default();
        if inputs.is_empty() {
            let error = || {
                ApiError::Credential(
                    "the credential was not given; refresh to be asked again".to_owned(),
                )
            };
            for effect in waiting {
                match effect {
                    Effect::List { call, .. } => post(
                        &self.sender,
                        Msg::Listed {
                            call,
                            result: Err(error()),
                        },
                    ),
                    Effect::Get { call, .. } => post(
                        &self.sender,
                        Msg::Fetched {
                            call,
                            result: Err(error()),
                        },
                    ),
                    Effect::Reveal { call, .. } => {
                        let result = Err(error());
                        post(&self.sender, Msg::Told { call, result });
                    }
                    Effect::Send { call, errand, .. } => {
                        post(&self.sender, writes::unsent(call, *errand, error()));
                    }
                    Effect::Walk { call, walk, .. } => {
                        let report = walks::unsent(&walk, &error());
                        post(&self.sender, Msg::Walked { call, report });
                    }
                    Effect::Check(context) => {
                        let results = vec![Checked {
                            id: "client".to_owned(),
                            result: Err(error()),
                        }];
                        post(&self.sender, Msg::Checked { context, results });
                    }
                    _ => {}
                }
            }
            return;
        }
        self.connections.give(context, inputs.into_iter().collect());
        for effect in waiting {
            self.start(effect);
        }
    }

    /// Gets a value for a form; giving it up ends the command that was to give it.
    fn value(&mut self, call: CallId, from: Origin, exact: bool) {
        let (connections, sender) = (Arc::clone(&self.connections), self.sender.clone());
        let task = tokio::spawn(async move {
            let resolver = connections.resolver();
            let told = |said: &str, why: String| format!("{said}: {why}.");
            let result = match from {
                Origin::File(path) => {
                    let path = resolver.path(&path);
                    let read = tokio::task::spawn_blocking(move || read_file(&path)).await;
                    read.unwrap_or_else(|_| Err("The file could not be read.".to_owned()))
                }
                Origin::Command(name) => {
                    let printed = resolver.named(&name, exact).await;
                    printed.map_err(|why| told(&format!("command:{name}"), why))
                }
                Origin::Variable(name) => config::credential::variable(&name)
                    .map_err(|why| told(&format!("env:{name}"), why)),
                Origin::Made { what, comment } => generate::value(what, &comment)
                    .map_err(|why| format!("Nothing was made: {why}.")),
            };
            post(&sender, Msg::Value { call, result });
        });
        self.calls.retain(|_, call| !call.is_finished());
        self.calls.insert(call, task.abort_handle());
    }

    fn wake_at(&self, until: Moment) {
        let sender = self.sender.clone();
        let wait = until.micros() - super::core::now().micros();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_micros(wait.max(0).cast_unsigned() + 1_000)).await;
            post(&sender, Msg::Woken);
        });
    }

    #[cfg(feature = "demo")]
    fn start_demo(&self) {
        let (sender, environment) = (self.sender.clone(), self.environment.clone());
        tokio::spawn(async move {
            match super::contexts::demo(crate::demo::Options::default(), &environment).await {
                Ok(started) => drop(sender.send(Mail::Demo(Box::new(started)))),
                Err(error) => post(&sender, Msg::Failed(error)),
            }
        });
    }
}

fn post(sender: &mpsc::UnboundedSender<Mail>, msg: Msg) {
    // The loop has ended: nobody waits for the answer.
    drop(sender.send(Mail::Msg(Box::new(msg))));
}

/// The context that an effect talks to.
fn context_of(effect: &Effect) -> Option<ContextId> {
    match effect {
        Effect::List { context, .. }
        | Effect::Get { context, .. }
        | Effect::Reveal { context, .. }
        | Effect::Send { context, .. }
        | Effect::Look { context, .. }
        | Effect::Walk { context, .. }
        | Effect::Check(context) => Some(*context),
        _ => None,
    }
}

fn read_file(path: &Path) -> Result<Zeroizing<String>, String> {
    let shown = path.display();
    let size =
        std::fs::metadata(path).map_err(|error| format!("{shown} cannot be read: {error}."))?;
    if !size.is_file() || size.len() > LARGEST_FILE {
        return Err(format!(
            "{shown} is not a file of at most {} KiB.",
            LARGEST_FILE >> 10
        ));
    }
    let bytes = std::fs::read(path)
        .map(Zeroizing::new)
        .map_err(|error| format!("{shown} cannot be read: {error}."))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(format!("{shown} is not text.")),
    }
}
