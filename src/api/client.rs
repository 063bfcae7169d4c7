//! The only HTTP: one client per context, credentials only to its own origin, nothing retried but reads.
//! A manifest's operations come in, decoded answers go out; what an answer means for a write is decided
//! in `outcome`, how a list goes on in `list`.

mod check;
mod list;
pub mod look;
mod outcome;
mod own;
mod prove;
pub mod rehearse;
mod row;
mod watch;
pub mod wire;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use backon::Retryable;
use jiff::Timestamp;
use reqwest::StatusCode;

use self::wire::{Bounds, Lane, Reply, Trouble, Wire};
use super::{
    ApiError, Change, Connection, Inputs, ListEnd, Outcome, Progress, Query,
    auth::{self, Session, Site, command::Runner},
    refusal::{Reading, Redactor},
    request::{self, Holes, Request},
    retry::{self, Budget},
};
use crate::{
    manifest::{Alternative, List, Op, Resource, Verb},
    record::{KeyId, survey::Survey},
    secret::Secret,
};

/// Talks to one context. Cheap to share behind an `Arc`; all methods may run at once.
#[derive(Debug)]
pub struct Client {
    connection: Arc<Connection>,
    inputs: Inputs,
    session: Session,
    wire: Wire,
    budget: Budget,
    /// What runs programs that sign.
    runner: Option<Arc<dyn Runner>>,
    /// By resource id: which API answered.
    apis: Mutex<BTreeMap<String, Api>>,
    /// What answers are made of, where somebody writes a manifest by them.
    survey: Option<Mutex<Survey>>,
    /// The ids that are secrets, by what stands for them.
    ids: Mutex<BTreeMap<KeyId, Secret>>,
    /// By resource id: the key that signs in, where the service was asked.
    own: tokio::sync::Mutex<BTreeMap<String, KeyId>>,
}

/// Which API of a resource is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    /// The manifest's main one.
    Main,
    /// One of the resource's alternatives.
    Older(usize),
}

impl Api {
    fn older(self, resource: &Resource) -> Option<&Alternative> {
        match self {
            Self::Main => None,
            Self::Older(at) => resource.alternatives.get(at),
        }
    }

    fn list(self, resource: &Resource) -> &List {
        self.older(resource)
            .map_or(&resource.list, |older| &older.list)
    }

    fn get(self, resource: &Resource) -> Option<&Op> {
        self.older(resource)
            .map_or(&resource.get, |older| &older.get)
            .as_ref()
    }

    fn op(self, resource: &Resource, verb: Verb) -> Option<&Op> {
        let older = self.older(resource);
        match verb {
            Verb::Create => older.map_or(&resource.create, |older| &older.create),
            Verb::Update => older.map_or(&resource.update, |older| &older.update),
            Verb::Rotate => older.map_or(&resource.rotate, |older| &older.rotate),
            Verb::Delete => older.map_or(&resource.delete, |older| &older.delete),
            // An older API is said without actions.
            Verb::Act(_) if older.is_some() => &None,
            Verb::Act(at) => return resource.acts.get(usize::from(at)),
        }
        .as_ref()
    }

    /// An older API is said without it.
    fn reveal(self, resource: &Resource) -> Option<&Op> {
        match self {
            Self::Main => resource.reveal.as_ref(),
            Self::Older(_) => None,
        }
    }
}

/// A try of a read that failed.
struct Setback {
    error: ApiError,
    again: bool,
    after: Option<Duration>,
}

impl Client {
    /// Prepares the client of a context; nothing is sent yet. Certificates are read with the first call.
    ///
    /// # Errors
    /// When the address or an input cannot be used.
    pub fn new(connection: Arc<Connection>, inputs: Inputs) -> Result<Self, ApiError> {
        let inputs = auth::complete(&connection.manifest, inputs);
        Ok(Self {
            wire: Wire::new(Arc::clone(&connection))?,
            session: Session::new(&connection.manifest, &inputs)?,
            connection,
            inputs,
            budget: Budget::default(),
            runner: None,
            apis: Mutex::default(),
            survey: None,
            ids: Mutex::default(),
            own: tokio::sync::Mutex::default(),
        })
    }

    /// The same client, whose requests programs may sign.
    #[must_use]
    pub fn signed_by(self, runner: Option<Arc<dyn Runner>>) -> Self {
        Self { runner, ..self }
    }

    /// Says whether requests can be signed as far as that is known before one is: a program has to be
    /// approved.
    ///
    /// # Errors
    /// Why the program may not run, as it is now.
    pub async fn may_sign(&self) -> Result<(), ApiError> {
        self.session.may_sign(self.site(self.write_bounds())).await
    }

    /// What the backend can do.
    #[cfg(test)]
    pub fn manifest(&self) -> &Arc<crate::manifest::Manifest> {
        &self.connection.manifest
    }

    /// Scheme, host, port and path that everything goes below.
    pub fn address(&self) -> &str {
        self.connection.url.as_str().trim_end_matches('/')
    }

    /// The backend's name.
    pub fn backend(&self) -> &str {
        &self.connection.manifest.id
    }

    /// Fetches a list; `progress` is called with new rows as they come.
    ///
    /// # Errors
    /// When a page could not be had; rows that came before were reported.
    pub async fn list(
        &self,
        query: &Query,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ListEnd, ApiError> {
        list::run(self, query, progress).await
    }

    /// Sends a write exactly once. The one exception: an answer of 401 renews a login, and a call that
    /// was refused with 401 was not done.
    pub async fn send(&self, change: &Change) -> Outcome {
        Box::pin(outcome::send(self, change)).await
    }

    /// Sends once more a write whose first try ended as unknown, when the operator decided so. A refusal
    /// that the first try explains is [`Outcome::Earlier`]; any other leaves it unknown.
    pub async fn repeat(&self, change: &Change) -> Outcome {
        Box::pin(outcome::repeat(self, change)).await
    }

    fn start(
        &self,
        call: &str,
        headers: &BTreeMap<String, String>,
        holes: Holes<'_>,
    ) -> Result<Request, ApiError> {
        let all = [&self.connection.manifest.headers, headers];
        request::start(&self.connection.url, call, &all, holes)
    }

    fn holes<'a>(&'a self, resource: &'a Resource, id: Option<&'a str>) -> Holes<'a> {
        Holes {
            id,
            id_secret: resource.item_id_secret,
            id_kind: resource.item_id_kind,
            parent: resource.within.as_ref(),
            parent_kind: resource.parent_kind,
            ..Holes::new(&self.inputs)
        }
    }

    fn site(&self, bounds: Bounds) -> Site<'_> {
        Site {
            base: &self.connection.url,
            wire: &self.wire,
            manifest: &self.connection.manifest,
            inputs: &self.inputs,
            bounds,
            runner: self.runner.as_deref(),
        }
    }

    fn read_bounds(&self) -> Bounds {
        let limits = &self.connection.limits;
        Bounds {
            bytes: limits.item_bytes,
            bytes_key: "item_mib",
            total: limits.read,
            head: Some(limits.idle),
        }
    }

    fn list_bounds(&self) -> Bounds {
        Bounds {
            bytes: self.connection.limits.list_bytes,
            bytes_key: "list_mib",
            ..self.read_bounds()
        }
    }

    fn write_bounds(&self) -> Bounds {
        Bounds {
            total: self.connection.limits.write,
            head: None,
            ..self.read_bounds()
        }
    }

    fn reading<'a>(
        &'a self,
        resource: Option<&'a Resource>,
        redactor: &'a Redactor,
    ) -> Reading<'a> {
        Reading {
            errors: &self.connection.manifest.errors,
            resource,
            redactor,
        }
    }

    /// Signs and sends a call; on 401 renews the login once and sends it again. What must not be shown
    /// of the answer is added to the redactor.
    async fn call(
        &self,
        lane: Lane,
        bounds: Bounds,
        redactor: &mut Redactor,
        build: impl Fn(Option<&Inputs>) -> Result<Request, ApiError>,
    ) -> Result<Reply, Trouble> {
        let mut renewed = false;
        loop {
            let site = self.site(self.write_bounds());
            let entered = self.session.enter(site).await;
            let mut pass = entered.map_err(Trouble::unbuilt)?;
            let mut request = build(pass.captures()).map_err(Trouble::unbuilt)?;
            if let Some(id) = &request.unsaid {
                redactor.add(id);
            }
            let asked = request.url.clone();
            let signed = self.session.sign(site, &mut pass, &mut request, redactor);
            signed.await.map_err(Trouble::unbuilt)?;
            let mut reply = self.wire.exchange(lane, request, bounds).await?;
            self.session.answered(&pass, &reply.headers).await;
            // As it was before a credential was added to its query.
            reply.url = asked;
            if reply.status != StatusCode::UNAUTHORIZED || renewed {
                return Ok(reply);
            }
            let again = self.session.refused(site, &pass).await;
            if !again.map_err(Trouble::unbuilt)? {
                return Ok(reply);
            }
            renewed = true;
        }
    }

    /// A read: tried again where that is safe and useful. Gives a 2xx answer with a whole body.
    async fn read(
        &self,
        lane: Lane,
        bounds: Bounds,
        resource: Option<&Resource>,
        called: &str,
        build: impl Fn(Option<&Inputs>) -> Result<Request, ApiError>,
    ) -> Result<Reply, ApiError> {
        self.budget.request();
        let once = async || {
            let mut redactor = auth::redactor(&self.connection.manifest, &self.inputs);
            let reply = self.call(lane, bounds, &mut redactor, &build).await;
            let reply = reply.map_err(|trouble| Setback {
                error: trouble.error,
                again: trouble.again,
                after: None,
            })?;
            judge(reply, &self.reading(resource, &redactor))
        };
        let is_safe = called.starts_with("GET ") || called.starts_with("LIST ");
        let answer = once
            .retry(retry::waits())
            .when(|setback: &Setback| is_safe && setback.again)
            .adjust(|setback, wait| {
                let wait = wait.filter(|_| self.budget.repeat())?;
                Some(wait.max(setback.after.unwrap_or_default()))
            });
        answer.await.map_err(|setback: Setback| setback.error)
    }

    fn api(&self, resource: &Resource) -> Option<Api> {
        if resource.alternatives.is_empty() {
            return Some(Api::Main);
        }
        let apis = self.apis.lock().unwrap_or_else(PoisonError::into_inner);
        apis.get(&resource.id).copied()
    }

    fn remember(&self, resource: &Resource, api: Api) {
        let mut apis = self.apis.lock().unwrap_or_else(PoisonError::into_inner);
        apis.insert(resource.id.clone(), api);
    }
}

/// Tells an answer that can be used from one that cannot, and from one to be asked for again.
fn judge(mut reply: Reply, reading: &Reading<'_>) -> Result<Reply, Setback> {
    let give_up = |error| Setback {
        error,
        again: false,
        after: None,
    };
    if !reply.status.is_success() {
        return Err(setback(&reply, reading));
    }
    let body = match std::mem::replace(&mut reply.body, Ok(Vec::new().into())) {
        Ok(body) => body,
        Err(trouble) => {
            return Err(Setback {
                error: trouble.error,
                again: trouble.again,
                after: None,
            });
        }
    };
    let refused = web_page(&reply, &body).or_else(|| reading.flagged(&reply, &body));
    if let Some(error) = refused {
        return Err(give_up(error));
    }
    reply.body = Ok(body);
    Ok(reply)
}

/// A refusal, and whether the server may be asked again.
fn setback(reply: &Reply, reading: &Reading<'_>) -> Setback {
    let mut error = reading.refused(reply);
    let busy = matches!(reply.status.as_u16(), 429 | 502 | 503 | 504);
    let after = reply
        .header("retry-after")
        .and_then(|value| retry::retry_after(value, Timestamp::now()));
    let too_long = after.is_some_and(|after| after > retry::LONGEST);
    if let (true, ApiError::Refused { message, .. }, Some(after)) =
        (busy && too_long, &mut error, after)
    {
        let text = format!("it asks to be left alone for {} s", after.as_secs());
        *message = if message.is_empty() {
            text
        } else {
            format!("{message}; {text}")
        };
    }
    Setback {
        error,
        again: busy && !too_long,
        after,
    }
}

/// The whole body of an answer that was judged.
fn body(reply: &Reply) -> Result<&[u8], ApiError> {
    match &reply.body {
        Ok(body) => Ok(body),
        Err(trouble) => Err(trouble.error.clone()),
    }
}

/// What a page of HTML in place of an answer means. Its label alone makes none: frameworks put it on JSON, on
/// bare words and on nothing at all.
fn web_page(reply: &Reply, body: &[u8]) -> Option<ApiError> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let is_page = reply.is("text/html") && body.trim_ascii_start().starts_with(b"<");
    is_page.then(|| {
        ApiError::Unexpected(
            "this is a web page, not the API; check the context's url (does the API stand under /api?)"
                .to_owned(),
        )
    })
}
