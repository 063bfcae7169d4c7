//! What would be sent, built and signed by the same code that sends it: only the wire at its end is
//! another, which keeps requests and opens no connection.

use std::sync::Arc;

use futures_util::{FutureExt as _, future::BoxFuture};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Client, StatusCode, list, wire::Answer};
use crate::{
    api::{
        ApiError, Change, Connection, Inputs, Outcome, Query, Target,
        auth::{
            Session,
            command::{Runner, Signer},
        },
        request::{self, Request},
    },
    manifest::{Check, Login, Resource},
    record::{KeyId, SecretId},
    secret::Secret,
};

/// What is looked at.
#[derive(Debug)]
pub enum Rehearsed<'a> {
    /// Signing in.
    Login,
    /// A check.
    Check(&'a Check),
    /// A page of a list, counted from 1, with the mark of a page behind the first.
    List(&'a Query, u64, &'a str),
    /// One row.
    Get(&'a Arc<Resource>, &'a KeyId),
    /// The secret of a row.
    Reveal(&'a Arc<Resource>, &'a Target),
    /// A write.
    Write(&'a Change),
}

/// The header that stands for all that a program makes: none runs here.
pub const PROGRAM: &str = "made-by-the-program";

/// Plays a program that signs.
#[derive(Debug)]
struct Player;

impl Runner for Player {
    fn check<'a>(&'a self, _: Signer<'a>) -> BoxFuture<'a, Result<(), ApiError>> {
        async { Ok(()) }.boxed()
    }

    fn run<'a>(
        &'a self,
        _: Signer<'a>,
        _: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>, ApiError>> {
        let answer = serde_json::json!({ "headers": { PROGRAM: "" } });
        async move { Ok(Zeroizing::new(answer.to_string().into_bytes())) }.boxed()
    }
}

impl Client {
    /// A client that sends nothing and signs in by the way at this position, or as its inputs choose. A login
    /// is answered with `gives` for each of its captures.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn rehearsing(
        connection: Arc<Connection>,
        inputs: Inputs,
        way: Option<usize>,
        gives: &dyn Fn(&str) -> String,
    ) -> Result<Self, ApiError> {
        let client = Self::new(connection, inputs)?;
        let session = way.map_or(client.session, Session::by);
        let login = session.way(&client.connection.manifest);
        let login = login.and_then(|way| way.login.first());
        let answer = login.map(|login| answer(login, gives)).transpose()?;
        Ok(Self {
            wire: client.wire.rehearsing(answer),
            session,
            runner: Some(Arc::new(Player)),
            ..client
        })
    }

    /// Signing in, where each login but the last answers that it is not there.
    #[must_use]
    pub fn by_all_logins(self) -> Self {
        let way = self.session.way(&self.connection.manifest);
        let logins = way.map(|way| way.login.as_slice()).unwrap_or_default();
        let refusals = logins.iter().filter_map(|login| login.next_on.first());
        let refusals: Vec<Answer> = refusals.copied().map(refusal).collect();
        Self {
            wire: self.wire.rehearsing(refusals),
            ..self
        }
    }

    /// The requests that an operation would send, in their order.
    ///
    /// # Errors
    /// Why it could not be built.
    pub async fn rehearse(&self, what: Rehearsed<'_>) -> Result<Vec<Request>, ApiError> {
        let ended = match what {
            Rehearsed::Login => self.sign_in().await.err(),
            Rehearsed::Check(check) => self.check_one(check).await.err(),
            Rehearsed::List(query, page, mark) => list::page(self, query, page, mark).await.err(),
            Rehearsed::Get(resource, id) => {
                self.know(resource, id);
                self.get(resource, id).await.err()
            }
            Rehearsed::Reveal(resource, target) => {
                self.know(resource, &target.id);
                self.reveal(resource, target).await.err()
            }
            Rehearsed::Write(change) => {
                if let Some(target) = &change.target {
                    self.know(&change.resource, &target.id);
                }
                match self.send(change).await {
                    Outcome::NotDone(error) => Some(error),
                    _ => None,
                }
            }
        };
        let (requests, reached) = self.wire.rehearsed();
        match ended {
            Some(error) if !reached => Err(error),
            None if requests.is_empty() => {
                let why = "this way to sign in has no login";
                Err(ApiError::NotSent(why.to_owned()))
            }
            _ => Ok(requests),
        }
    }

    /// An id that is a secret is known without a list.
    fn know(&self, resource: &Resource, id: &KeyId) {
        if resource.item_id_secret {
            self.learn(vec![SecretId {
                shown: id.clone(),
                id: Secret::new(Zeroizing::new(id.as_str().to_owned())),
            }]);
        }
    }
}

/// What a login that is not there is answered with.
fn refusal(status: u16) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND),
        headers: HeaderMap::new(),
        body: Zeroizing::default(),
    }
}

/// What a login is answered with.
fn answer(login: &Login, gives: &dyn Fn(&str) -> String) -> Result<Answer, ApiError> {
    let mut headers = HeaderMap::new();
    let mut body = Value::Null;
    let unfit = || ApiError::Unfit("what the login captures cannot be played".to_owned());
    let text = |name: &str| HeaderValue::from_str(&gives(name)).map_err(|_| unfit());
    for (name, at) in &login.capture {
        match at.strip_prefix("header:") {
            Some(header) => {
                let header = HeaderName::from_bytes(header.as_bytes()).map_err(|_| unfit())?;
                headers.insert(header, text(name)?);
            }
            None => request::put(&mut body, at, gives(name).into())?,
        }
    }
    if login.cookies {
        let pair = format!("session={}", gives("session"));
        let pair = HeaderValue::from_str(&pair).map_err(|_| unfit())?;
        headers.insert(SET_COOKIE, pair);
    }
    let body = serde_json::to_vec(&body).map_err(|_| unfit())?;
    Ok(Answer {
        status: StatusCode::OK,
        headers,
        body: Zeroizing::new(body),
    })
}
