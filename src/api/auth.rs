//! How a request proves who sends it: the first way of the manifest whose inputs are all given. A login
//! is made once however many calls wait for it, renewed a minute early, and its failure is always a
//! matter of the credential; so it is with a program whose headers hold for a while. `client` asks a
//! [`Session`] before each request and says when it was refused.

pub mod command;
mod cookies;
pub mod hotkey;
mod login;
mod state;

use std::{sync::Arc, time::Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use self::state::{Held, State};
use super::{
    ApiError, Inputs,
    client::wire::Wire,
    refusal::Redactor,
    request::{self, Holes, Request, exposed, fill},
};
use crate::{
    manifest::{Auth, Command, Errors, Manifest},
    secret::Secret,
};

/// A capture of fewer characters is no token, but an id or a number that messages may name.
const SHORT: usize = 8;

/// The sign-in of one context.
#[derive(Debug)]
pub struct Session {
    way: Option<usize>,
    state: Mutex<State>,
}

/// What a login needs to be made.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// Where to.
    pub base: &'a url::Url,
    /// By what.
    pub wire: &'a Wire,
    /// What the manifest says.
    pub manifest: &'a Manifest,
    /// With which credential.
    pub inputs: &'a Inputs,
    /// The bounds of the call.
    pub bounds: super::client::wire::Bounds,
    /// What runs programs that sign.
    pub runner: Option<&'a dyn command::Runner>,
}

/// What a session gives to a call: the turn of its login, for [`Session::refused`], and what that gave.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// The turn of the login; none where nothing is held for others.
    turn: Option<u64>,
    held: Option<Held>,
}

impl Pass {
    /// What the login gave.
    #[must_use]
    pub fn captures(&self) -> Option<&Inputs> {
        self.held.as_ref().map(|held| &*held.values)
    }
}

impl Site<'_> {
    fn errors(&self) -> &Errors {
        &self.manifest.errors
    }
}

impl Session {
    /// Chooses the way to sign in.
    ///
    /// # Errors
    /// When the context gives the inputs of none.
    pub fn new(manifest: &Manifest, inputs: &Inputs) -> Result<Self, ApiError> {
        let given = |name: &String| inputs.get(name).is_some_and(|value| value.chars() > 0);
        let fits = |way: &Auth| way.inputs.iter().all(given);
        let way = manifest.auth.iter().position(fits);
        if way.is_none() && !manifest.auth.is_empty() {
            let wanted: Vec<String> = manifest
                .auth
                .iter()
                .map(|way| way.inputs.join(" and "))
                .collect();
            return Err(ApiError::Credential(format!(
                "the context's credential is not complete: it needs {}",
                wanted.join(", or ")
            )));
        }
        Ok(Self {
            way,
            state: Mutex::default(),
        })
    }

    /// The session of one way, whichever the inputs would choose.
    #[must_use]
    pub fn by(way: usize) -> Self {
        Self {
            way: Some(way),
            state: Mutex::default(),
        }
    }

    /// The way that was chosen.
    #[must_use]
    pub fn way<'a>(&self, manifest: &'a Manifest) -> Option<&'a Auth> {
        self.way.and_then(|at| manifest.auth.get(at))
    }

    /// A program that signs may run.
    ///
    /// # Errors
    /// Why it may not, as it is now.
    pub async fn may_sign(&self, site: Site<'_>) -> Result<(), ApiError> {
        match self.way(site.manifest).and_then(|way| way.command.as_ref()) {
            Some(command) => command::may_run(site, command).await,
            None => Ok(()),
        }
    }

    /// Logs in where there is no token yet or it is about to end.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn enter(&self, site: Site<'_>) -> Result<Pass, ApiError> {
        let way = self.way(site.manifest);
        let Some(way) = way.filter(|way| !way.login.is_empty()) else {
            return Ok(Pass::default());
        };
        let state = self.logged_in(site, way, None).await?;
        Ok(Pass {
            turn: Some(state.turn),
            held: state.held.clone(),
        })
    }

    /// Adds to a request what proves who sends it.
    ///
    /// # Errors
    /// When the proof cannot be made.
    pub async fn sign(
        &self,
        site: Site<'_>,
        pass: &mut Pass,
        request: &mut Request,
        redactor: &mut Redactor,
    ) -> Result<(), ApiError> {
        let Some(way) = self.way(site.manifest) else {
            return Ok(());
        };
        if let Some(command) = &way.command {
            // Boxed, for few requests are signed so and all would be as large.
            let made = Box::pin(self.made(site, command, request)).await;
            let (headers, turn) = made.map_err(|error| redacted(error, redactor))?;
            pass.turn = turn;
            return add_all(&headers, request, redactor);
        }
        let cookies = pass.held.as_ref().and_then(|held| held.cookies.as_ref());
        if let Some(cookies) = cookies {
            cookies.add(site.base, request, redactor)?;
        }
        let captured = pass.captures().into_iter().flat_map(Inputs::values);
        for value in captured.filter(|value| value.chars() >= SHORT) {
            redactor.add(exposed(value));
        }
        let holes = Holes {
            captures: pass.captures(),
            ..Holes::new(site.inputs)
        };
        prove(way, holes, request, redactor)
    }

    /// Renews the login, or forgets the headers that a program made for many, after a call with them was
    /// refused; false where there is nothing to renew.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn refused(&self, site: Site<'_>, pass: &Pass) -> Result<bool, ApiError> {
        let (Some(way), Some(turn)) = (self.way(site.manifest), pass.turn) else {
            return Ok(false);
        };
        if way.login.is_empty() {
            let mut state = self.state.lock().await;
            if state.turn == turn {
                state.held = None;
            }
            return Ok(true);
        }
        self.logged_in(site, way, Some(turn)).await.map(|_| true)
    }

    /// Takes from an answer the new values of cookies that are kept.
    pub async fn answered(&self, pass: &Pass, headers: &HeaderMap) {
        let cookies = pass.held.as_ref().and_then(|held| held.cookies.as_ref());
        let Some(renewed) = cookies.and_then(|cookies| cookies.renewed(headers)) else {
            return;
        };
        let mut state = self.state.lock().await;
        if Some(state.turn) == pass.turn
            && let Some(held) = &mut state.held
        {
            held.cookies = Some(Arc::new(renewed));
        }
    }

    /// Waits for the one login that serves all callers. A caller that began to wait before it failed
    /// takes its failure and does not try again.
    async fn logged_in(
        &self,
        site: Site<'_>,
        way: &Auth,
        refused: Option<u64>,
    ) -> Result<tokio::sync::MutexGuard<'_, State>, ApiError> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if state.fresh().is_some() && refused.is_none_or(|turn| turn != state.turn) {
            return Ok(state);
        }
        state.failed_since(asked)?;
        state.held = None;
        match login::run(site, way).await {
            Ok((held, life)) => {
                state.hold(held, life);
                Ok(state)
            }
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// The headers that a program makes for a request, with the turn where others have them as well. A program
    /// runs once for all who wait for it, until it has said that its headers are for one request alone.
    async fn made(
        &self,
        site: Site<'_>,
        command: &Command,
        request: &Request,
    ) -> Result<(Arc<Inputs>, Option<u64>), ApiError> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(held) = state.fresh() {
            return Ok((Arc::clone(&held.values), Some(state.turn)));
        }
        let ran = if state.alone {
            drop(state);
            let ran = command::run(site, command, request).await;
            state = self.state.lock().await;
            ran
        } else {
            state.failed_since(asked)?;
            command::run(site, command, request).await
        };
        let (headers, life) = ran.inspect_err(|error| {
            state.failed = Some((Instant::now(), error.clone()));
        })?;
        state.alone = life.is_none();
        let values = Arc::new(headers);
        let held = Held {
            values: Arc::clone(&values),
            cookies: None,
        };
        Ok(if life.is_some() {
            state.hold(held, life);
            (values, Some(state.turn))
        } else {
            (values, None)
        })
    }
}

/// What a program said of its failure, without the credentials that are known here.
fn redacted(error: ApiError, redactor: &Redactor) -> ApiError {
    match error {
        ApiError::Unsigned(why) => ApiError::Unsigned(redactor.clean(&why)),
        other => other,
    }
}

/// Adds the headers that a program made.
fn add_all(
    headers: &Inputs,
    request: &mut Request,
    redactor: &mut Redactor,
) -> Result<(), ApiError> {
    for (name, value) in headers {
        redactor.add(exposed(value));
        request::add_header(&mut request.headers, name, exposed(value))?;
    }
    Ok(())
}

/// Adds what proves the sender to a request.
fn prove(
    way: &Auth,
    holes: Holes<'_>,
    request: &mut Request,
    redactor: &mut Redactor,
) -> Result<(), ApiError> {
    for (name, template) in &way.headers {
        let value = fill(template, holes)?;
        redactor.add(&value);
        request::add_header(&mut request.headers, name, &value)?;
    }
    if let Some(pair) = &way.basic {
        basic(pair, holes, request, redactor)?;
    }
    for (name, template) in &way.query {
        let value = fill(template, holes)?;
        redactor.add(&value);
        request::set_query(&mut request.url, name, &value);
    }
    if let Some(hotkey) = &way.hotkey
        && let Some(seed) = holes.inputs.get(&hotkey.input)
    {
        hotkey::sign(hotkey, exposed(seed), request, redactor)?;
    }
    Ok(())
}

/// HTTP Basic.
fn basic(
    [user, password]: &[String; 2],
    holes: Holes<'_>,
    request: &mut Request,
    redactor: &mut Redactor,
) -> Result<(), ApiError> {
    let (user, password) = (fill(user, holes)?, fill(password, holes)?);
    let pair = Zeroizing::new(format!("{}:{}", *user, *password));
    let value = Zeroizing::new(format!(
        "Basic {}",
        *Zeroizing::new(STANDARD.encode(&*pair))
    ));
    redactor.add(&value);
    request::add_header(&mut request.headers, AUTHORIZATION.as_str(), &value)
}

/// The secret inputs of a context, for redaction.
#[must_use]
pub fn redactor(manifest: &Manifest, inputs: &Inputs) -> Redactor {
    let mut redactor = Redactor::default();
    for (name, value) in inputs {
        if manifest.inputs.get(name).is_none_or(|input| input.secret) {
            redactor.add(exposed(value));
        }
    }
    redactor
}

/// All inputs, the defaults of those that the context leaves out included.
#[must_use]
pub fn complete(manifest: &Manifest, mut inputs: Inputs) -> Inputs {
    for (name, input) in &manifest.inputs {
        if let Some(default) = &input.default {
            inputs
                .entry(name.clone())
                .or_insert_with(|| Secret::new(Zeroizing::new(default.clone())));
        }
    }
    inputs
}
