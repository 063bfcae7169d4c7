//! One exchange with one server: no redirect, no retry, no cookie, no decompression, nothing without a
//! bound. `client` decides what an answer means; here is only what came, or why nothing did.

mod rehearsal;
mod setup;

use std::{
    error::Error as StdError,
    fmt, io,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use reqwest::{
    Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap},
};
use zeroize::Zeroizing;

pub use self::rehearsal::Answer;
use self::{
    rehearsal::Rehearsal,
    setup::{build, check_address},
};
use crate::{
    api::{ApiError, Connection, request::Request},
    record::Text,
};

/// Largest head of an answer that is taken, in bytes.
const HEAD_BYTES: usize = 64 << 10;

/// Which connections an exchange may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Pooled connections: reads.
    Browse,
    /// A fresh connection that is closed afterwards: writes, and whatever carries or returns a secret.
    Secret,
}

/// The bounds of one exchange.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Largest body in bytes.
    pub bytes: usize,
    /// The bound's name in the config.
    pub bytes_key: &'static str,
    /// Longest time for all of it.
    pub total: Duration,
    /// Longest silence before the head; none: only `total` counts.
    pub head: Option<Duration>,
}

/// What a server answered.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// What was asked for.
    pub url: url::Url,
    /// The headers; never shown.
    pub headers: HeaderMap,
    /// The body, or why it could not be had.
    pub body: Result<Zeroizing<Vec<u8>>, Trouble>,
}

impl fmt::Debug for Reply {
    /// Neither a header nor the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.body.as_ref().map_or(0, |body| body.len());
        write!(f, "{} with {bytes} bytes", self.status)
    }
}

impl Reply {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body is of this media type.
    pub fn is(&self, media: &str) -> bool {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with(media))
    }
}

/// How far a call came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The request could not be built, or not be signed.
    Unbuilt,
    /// No connection was made, or the server's TLS refused ours.
    NoConnection,
    /// A byte may have left before it failed.
    Lost,
}

/// Why no whole answer came.
#[derive(Debug)]
pub struct Trouble {
    /// How far it came.
    pub stage: Stage,
    /// Another try of a read may help; after a deadline or at a bound it does not.
    pub again: bool,
    /// What is said.
    pub error: ApiError,
    /// As much of the body as had come.
    pub came: Zeroizing<Vec<u8>>,
}

impl Trouble {
    /// A call that was never sent.
    pub fn unbuilt(error: ApiError) -> Self {
        Self {
            stage: Stage::Unbuilt,
            again: false,
            error,
            came: Zeroizing::default(),
        }
    }

    fn lost(error: ApiError, again: bool) -> Self {
        Self {
            stage: Stage::Lost,
            again,
            error,
            came: Zeroizing::default(),
        }
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

/// The two clients of one context, each made when it is first needed.
#[derive(Debug)]
pub struct Wire {
    connection: Arc<Connection>,
    browse: OnceLock<Result<reqwest::Client, ApiError>>,
    secret: OnceLock<Result<reqwest::Client, ApiError>>,
    /// Keeps every request instead of sending it.
    rehearsal: Option<Rehearsal>,
}

impl Wire {
    /// Takes a connection whose address may be used.
    ///
    /// # Errors
    /// When credentials cannot go to this address.
    pub fn new(connection: Arc<Connection>) -> Result<Self, ApiError> {
        check_address(&connection)?;
        Ok(Self {
            connection,
            browse: OnceLock::new(),
            secret: OnceLock::new(),
            rehearsal: None,
        })
    }

    fn client(&self, lane: Lane) -> Result<&reqwest::Client, ApiError> {
        let cell = match lane {
            Lane::Browse => &self.browse,
            Lane::Secret => &self.secret,
        };
        cell.get_or_init(|| build(&self.connection, lane))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Sends one request and reads the answer within the bounds.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn exchange(
        &self,
        lane: Lane,
        request: Request,
        bounds: Bounds,
    ) -> Result<Reply, Trouble> {
        if let Some(rehearsal) = &self.rehearsal {
            return rehearsal.take(request);
        }
        let client = self.client(lane).map_err(Trouble::unbuilt)?;
        let method = request.method.clone();
        let url = request.url.clone();
        let path = if request.hidden {
            request.path.clone()
        } else {
            url.path().to_owned()
        };
        let started = Instant::now();
        let mut call = client
            .request(request.method, request.url)
            .headers(request.headers)
            .timeout(bounds.total);
        if let Some(mut body) = request.body {
            call = call.body(std::mem::take(&mut *body.bytes));
        }
        let sent = match bounds.head {
            Some(limit) => match tokio::time::timeout(limit, call.send()).await {
                Ok(sent) => sent,
                Err(_) => return Err(silent(limit)),
            },
            None => call.send().await,
        };
        let response = sent.map_err(|error| self.trouble(error, bounds))?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = self.read(response, bounds).await;
        let millis = started.elapsed().as_millis();
        log::debug!(
            "{method} {path} answered {} in {millis} ms",
            status.as_u16()
        );
        Ok(Reply {
            status,
            url,
            headers,
            body,
        })
    }

    /// Reads a body by pieces into a buffer of bounded size.
    async fn read(
        &self,
        mut response: Response,
        bounds: Bounds,
    ) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let head: usize = response
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if head > HEAD_BYTES {
            let error = "the head of the answer is larger than 64 KiB".to_owned();
            return Err(Trouble::lost(ApiError::Bound(error), false));
        }
        check_encoding(response.headers()).map_err(|error| Trouble::lost(error, false))?;
        let too_big = || too_big(bounds);
        let expected = response.content_length().unwrap_or(0);
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        if expected > bounds.bytes {
            return Err(too_big());
        }
        let mut body = Zeroizing::new(Vec::with_capacity(expected.max(1024)));
        let idle = self.connection.limits.idle;
        let trouble = loop {
            let piece = match tokio::time::timeout(idle, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => return Ok(body),
                Ok(Err(error)) => break broken(error, bounds),
                Err(_) => break silent(idle),
            };
            if body.len() + piece.len() > bounds.bytes {
                break too_big();
            }
            body.extend_from_slice(&piece);
        };
        Err(Trouble {
            came: body,
            ..trouble
        })
    }

    /// Tells what certainly was not sent from what may have been. `is_connect` decides before
    /// `is_timeout`: a stalled handshake is both.
    fn trouble(&self, error: reqwest::Error, bounds: Bounds) -> Trouble {
        let error = error.without_url();
        let host = self.connection.url.host_str().unwrap_or("the server");
        if error.is_builder() {
            let why = "the request could not be built".to_owned();
            return Trouble::unbuilt(ApiError::Unfit(why));
        }
        if error.is_connect() {
            let why = if error.is_timeout() {
                let limit = self.connection.limits.connect;
                format!("no connection to {host} within {limit:?}")
            } else {
                format!("no connection to {host}: {}", cause(&error))
            };
            return Trouble {
                stage: Stage::NoConnection,
                again: !error.is_timeout(),
                error: ApiError::NotSent(why),
                came: Zeroizing::default(),
            };
        }
        if let Some(alert) = tls_alert(&error) {
            let why = format!("{host} refused the TLS connection: {alert}");
            return Trouble {
                stage: Stage::NoConnection,
                again: false,
                error: ApiError::NotSent(why),
                came: Zeroizing::default(),
            };
        }
        broken(error, bounds)
    }
}

fn silent(limit: Duration) -> Trouble {
    let error = ApiError::Lost(format!("the server was silent for {limit:?}"));
    Trouble::lost(error, false)
}

fn too_big(bounds: Bounds) -> Trouble {
    let mib = bounds.bytes.div_ceil(1 << 20);
    let error = ApiError::Bound(format!(
        "the answer is larger than {mib} MiB ({} under [limits])",
        bounds.bytes_key
    ));
    Trouble::lost(error, false)
}

fn broken(error: reqwest::Error, bounds: Bounds) -> Trouble {
    if error.is_timeout() {
        let why = format!("no whole answer within {:?}", bounds.total);
        return Trouble::lost(ApiError::Lost(why), false);
    }
    let why = cause(&error.without_url());
    Trouble::lost(ApiError::Lost(format!("the answer broke off: {why}")), true)
}

/// The innermost reason, in its own words.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn StdError = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    Text::new(&inner.to_string()).shown().into_owned()
}

/// The alert with which the server's TLS refused ours, if that is why.
fn tls_alert(error: &reqwest::Error) -> Option<String> {
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = next {
        let tls = inner
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .or_else(|| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::AlertReceived(alert)) = tls {
            return Some(format!("{alert:?}"));
        }
        next = inner.source();
    }
    None
}

fn check_encoding(headers: &HeaderMap) -> Result<(), ApiError> {
    for value in headers.get_all(CONTENT_ENCODING) {
        let name = value.to_str().unwrap_or("?").trim();
        if !name.is_empty() && !name.eq_ignore_ascii_case("identity") {
            let short: String = name.chars().take(20).collect();
            let shown = Text::new(&short).shown().into_owned();
            return Err(ApiError::Unexpected(format!(
                "unexpected encoding of the answer: {shown}"
            )));
        }
    }
    Ok(())
}
