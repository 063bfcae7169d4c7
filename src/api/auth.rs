//! How a request proves who sends it: the first way of the manifest whose inputs are all given. A login
//! is made once however many calls wait for it, renewed a minute early, and its failure is always a
//! matter of the credential. `client` asks a [`Session`] before each request and
//! says when it was refused.

pub mod hotkey;
mod login;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::AUTHORIZATION;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{
    ApiError, Inputs,
    client::wire::Wire,
    refusal::Redactor,
    request::{self, Holes, Request, exposed, fill},
};
use crate::{
    manifest::{Auth, Errors, Manifest},
    secret::Secret,
};

/// The sign-in of one context.
#[derive(Debug)]
pub struct Session {
    way: Option<usize>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the logins, so that a refused call knows whether somebody renewed since.
    turn: u64,
    captures: Option<Arc<Inputs>>,
    renew_at: Option<Instant>,
    failed: Option<(Instant, ApiError)>,
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
}

/// What a session gives to a call: the turn of its login, for [`Session::refused`], and what that gave.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// The turn of the login.
    pub turn: u64,
    captures: Option<Arc<Inputs>>,
}

impl Pass {
    /// What the login gave.
    #[must_use]
    pub fn captures(&self) -> Option<&Inputs> {
        self.captures.as_deref()
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
            turn: state.turn,
            captures: state.captures.clone(),
        })
    }

    /// Adds to a request what proves who sends it.
    ///
    /// # Errors
    /// When the proof cannot be made.
    pub fn sign(
        &self,
        site: Site<'_>,
        pass: &Pass,
        request: &mut Request,
        redactor: &mut Redactor,
    ) -> Result<(), ApiError> {
        let Some(way) = self.way(site.manifest) else {
            return Ok(());
        };
        let holes = Holes {
            captures: pass.captures(),
            ..Holes::new(site.inputs)
        };
        prove(way, holes, request, redactor)
    }

    /// Renews the login after a call of this turn was refused; false where there is nothing to renew.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn refused(&self, site: Site<'_>, turn: u64) -> Result<bool, ApiError> {
        match self.way(site.manifest) {
            Some(way) if !way.login.is_empty() => {
                self.logged_in(site, way, Some(turn)).await.map(|_| true)
            }
            _ => Ok(false),
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
        let fresh = state.renew_at.is_none_or(|at| Instant::now() < at);
        if state.captures.is_some() && fresh && refused.is_none_or(|turn| turn != state.turn) {
            return Ok(state);
        }
        if let Some((at, error)) = &state.failed
            && *at > asked
        {
            return Err(error.clone());
        }
        state.captures = None;
        match login::run(site, way).await {
            Ok((captures, lifetime)) => {
                state.turn += 1;
                state.captures = Some(Arc::new(captures));
                state.failed = None;
                state.renew_at = lifetime.and_then(|life| Instant::now().checked_add(early(life)));
                Ok(state)
            }
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }
}

/// When a token of this lifetime is renewed: a minute early, a short one at half its life.
fn early(life: Duration) -> Duration {
    life.saturating_sub(Duration::from_mins(1)).max(life / 2)
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
