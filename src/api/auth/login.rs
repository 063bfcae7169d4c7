//! A login trades the inputs for a token: the calls of the manifest in order, each going on to the next
//! only where its `next_on` says "not here". Any other refusal is about the credential, unless
//! its status says that the service is busy or not well.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    Held, Site, basic,
    cookies::{Cookies, add_origin},
    redactor,
};
use crate::{
    api::{
        ApiError, Inputs,
        client::wire::{Lane, Reply},
        refusal::{Reading, Redactor},
        request::{self, Holes, Request, exposed, fill_json},
    },
    manifest::{Auth, Login, Meaning},
    record::value_at,
    secret::Secret,
};

/// What a login gave, and how long it lives.
type Token = (Held, Option<Duration>);

/// Logs in.
pub async fn run(site: Site<'_>, way: &Auth) -> Result<Token, ApiError> {
    let mut redactor = redactor(site.manifest, site.inputs);
    let last = way.login.len().saturating_sub(1);
    for (at, login) in way.login.iter().enumerate() {
        let request = build(site, login, &mut redactor)?;
        let reply = site
            .wire
            .exchange(Lane::Secret, request, site.bounds)
            .await?;
        if reply.status.is_success() {
            return capture(login, &reply);
        }
        if at < last && login.next_on.contains(&reply.status.as_u16()) {
            continue;
        }
        return Err(refused(site, &reply, &redactor));
    }
    Err(ApiError::Credential(
        "the manifest has no call to sign in with".to_owned(),
    ))
}

fn build(site: Site<'_>, login: &Login, redactor: &mut Redactor) -> Result<Request, ApiError> {
    let holes = Holes::new(site.inputs);
    let mut request = request::start(site.base, &login.call, &[&site.manifest.headers], holes)?;
    if let Some(body) = &login.body {
        request.set_body(&fill_json(body, holes)?, login.encode)?;
    }
    if let Some(pair) = &login.basic {
        basic(pair, holes, &mut request, redactor)?;
    }
    if login.cookies {
        add_origin(site.base, &mut request)?;
    }
    Ok(request)
}

/// A refused login is about the credential, unless the service is busy or not well.
fn refused(site: Site<'_>, reply: &Reply, redactor: &Redactor) -> ApiError {
    let reading = Reading {
        errors: site.errors(),
        resource: None,
        redactor,
    };
    let mut error = reading.refused(reply);
    if let ApiError::Refused {
        status,
        meaning,
        message,
        ..
    } = &mut error
    {
        let told = std::mem::take(message);
        let start;
        (*meaning, start) = match *status {
            429 => (Meaning::Busy, "the sign-in is busy"),
            500.. => (Meaning::Unavailable, "the sign-in is not available"),
            404 => (
                Meaning::Credential,
                "there is no sign-in at this address; check the context's url",
            ),
            _ => (Meaning::Credential, "signing in was refused"),
        };
        *message = if told.is_empty() {
            start.to_owned()
        } else {
            format!("{start}: {told}")
        };
    }
    error
}

fn capture(login: &Login, reply: &Reply) -> Result<Token, ApiError> {
    let body = reply
        .body
        .as_ref()
        .map_err(|trouble| trouble.error.clone())?;
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let mut captures = Inputs::new();
    for (name, at) in &login.capture {
        let text = match at.strip_prefix("header:") {
            Some(header) => reply.header(header).map(str::to_owned),
            None => value_at(&json, at).and_then(text),
        };
        let text = text.filter(|text| !text.is_empty()).ok_or_else(|| {
            ApiError::Unexpected(format!("the answer to the sign-in has nothing at {at}"))
        })?;
        captures.insert(name.clone(), Secret::new(Zeroizing::new(text)));
    }
    let cookies = login.cookies.then(|| Cookies::of(&reply.headers));
    if cookies.as_ref().is_some_and(Cookies::is_empty) && captures.is_empty() {
        return Err(ApiError::Unexpected(
            "the answer to the sign-in sets no cookie".to_owned(),
        ));
    }
    let told = login.expires_in.as_deref();
    let life = told
        .and_then(|at| seconds(value_at(&json, at)?))
        .or_else(|| captures.values().find_map(|token| jwt_life(exposed(token))))
        .or_else(|| cookies.as_ref().and_then(Cookies::life));
    let held = Held {
        values: Arc::new(captures),
        cookies: cookies.map(Arc::new),
    };
    Ok((held, life))
}

/// A token is a text, or a number as it is written.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// How long a JWT lives by its own `exp`; nothing for other tokens.
fn jwt_life(token: &str) -> Option<Duration> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?);
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let ends = Duration::try_from_secs_f64(claims.get("exp")?.as_f64()?).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(ends.saturating_sub(now))
}
