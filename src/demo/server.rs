//! Every request is answered once, or its connection ends: latency and faults happen here and nowhere else.
//! Connections are served by hand because a connection that ends without an answer is a fault worth having.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, Response, header, request::Parts};
use futures_util::{StreamExt as _, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::call::{Call, Reply};
use super::fault::{Fault, FaultKind, Faults};
use super::store::Site;

/// The largest request body that is read.
const BODY_LIMIT: usize = 4 << 20;
/// How long a cut answer waits before its connection ends.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a slow answer stalls.
const STALL: Duration = Duration::from_secs(3);

/// All services behind one port.
#[derive(Debug)]
pub(super) struct Hub {
    sites: Vec<Arc<Site>>,
    latency: Duration,
    faults: RwLock<Faults>,
    struck: AtomicUsize,
    /// How often each write arrived, by method and path, whatever became of it.
    writes: Mutex<BTreeMap<String, usize>>,
    /// What is answered again where answers are stale, by method, path and query.
    stale: Mutex<BTreeMap<String, Reply>>,
}

impl Hub {
    /// Puts services behind one port.
    pub(super) fn new(sites: Vec<Arc<Site>>, latency: Duration, faults: Vec<Fault>) -> Self {
        Self {
            sites,
            latency,
            faults: RwLock::new(Faults::new(faults)),
            struck: AtomicUsize::new(0),
            writes: Mutex::default(),
            stale: Mutex::default(),
        }
    }

    /// From now on other things go wrong.
    pub(super) fn trouble(&self, faults: Vec<Fault>) {
        *self.faults.write().unwrap_or_else(PoisonError::into_inner) = Faults::new(faults);
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        stale.clear();
    }

    /// What this was answered before; keeps the answer for the next time.
    fn first_answer(&self, what: String, reply: Reply) -> Reply {
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        stale.entry(what).or_insert(reply).clone()
    }

    /// Counts a request, if it is a write.
    fn count(&self, method: &Method, path: &str) {
        if method.is_safe() {
            return;
        }
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        *writes.entry(format!("{method} {path}")).or_default() += 1;
    }

    /// How many writes arrived whose method and path begin so: `POST /typesense/keys`.
    pub(super) fn writes(&self, what: &str) -> usize {
        let writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let those = writes.iter().filter(|(write, _)| write.starts_with(what));
        those.map(|(_, count)| count).sum()
    }

    /// What strikes a request, if anything does.
    fn fault(&self, method: &Method, path: &str) -> Option<FaultKind> {
        let faults = self.faults.read().unwrap_or_else(PoisonError::into_inner);
        let fault = faults.draw(method, path)?;
        self.struck.fetch_add(1, Ordering::Relaxed);
        Some(fault)
    }

    /// How many requests something went wrong with.
    pub(super) fn struck(&self) -> usize {
        self.struck.load(Ordering::Relaxed)
    }

    /// The service that a path belongs to, and the path as that service knows it.
    fn site<'path>(&self, path: &'path str) -> Option<(&Arc<Site>, &'path str)> {
        self.sites.iter().find_map(|site| {
            let rest = path.strip_prefix(site.backend.prefix())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((site, rest))
        })
    }
}

/// The connection ends here, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends without an answer")]
struct Cut;

/// Accepts connections until it is aborted; its connections end with it.
pub(super) async fn serve(listener: TcpListener, hub: Arc<Hub>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&hub)));
                }
                // Out of descriptors, most likely: some come back when a connection ends.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection to its end.
async fn connection(stream: TcpStream, hub: Arc<Hub>) {
    // Without it answers of two writes wait for an acknowledgement; a socket that refuses is only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&hub), request));
    // An error is a client that left or a fault that struck: either way the connection is over.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Answers one request, unless a fault says otherwise.
async fn answer(hub: Arc<Hub>, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    let (parts, body) = request.into_parts();
    let what = format!("{} {}", parts.method, parts.uri);
    hub.count(&parts.method, parts.uri.path());
    let fault = hub.fault(&parts.method, parts.uri.path());
    let Some((site, path)) = hub.site(parts.uri.path()) else {
        return Ok(response(nowhere()));
    };
    let reply = match fault {
        Some(FaultKind::LostBefore) => return Err(Cut),
        Some(FaultKind::TooManyRequests) => site.trouble(429).with(header::RETRY_AFTER, "1"),
        Some(FaultKind::Unavailable) => site.trouble(503),
        _ => {
            let path = path.to_owned();
            let site = Arc::clone(site);
            let body = axum::body::to_bytes(Body::new(body), BODY_LIMIT)
                .await
                .map_err(|_| Cut)?;
            processed(site, call(parts, path, body)).await
        }
    };
    let reply = match fault {
        Some(FaultKind::Stale) => hub.first_answer(what, reply),
        _ => reply,
    };
    if reply.silent || fault == Some(FaultKind::Silent) {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(hub.latency).await;
    match fault {
        Some(FaultKind::LostAfter) => Err(Cut),
        Some(FaultKind::Slow) => Ok(stalling(reply)),
        Some(FaultKind::Cut) => Ok(half(reply)),
        Some(FaultKind::Garbage) => Ok(garbled(reply)),
        Some(FaultKind::BadGateway) => Ok(response(bad_gateway())),
        _ => Ok(response(reply)),
    }
}

/// What a request asks of its service.
fn call(parts: Parts, path: String, body: Bytes) -> Call {
    Call {
        method: parts.method,
        path,
        full_path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    }
}

/// Has the service answer on a thread that may wait for its database.
async fn processed(site: Arc<Site>, call: Call) -> Reply {
    let at_work = Arc::clone(&site);
    let done = tokio::task::spawn_blocking(move || at_work.answer(&call));
    done.await.unwrap_or_else(|_| site.trouble(500))
}

/// What a path outside every service gets.
fn nowhere() -> Reply {
    Reply::new(
        404,
        "text/plain",
        "keyrack demo: /chutes, /runai, /djinn/api and /typesense are here\n",
    )
}

/// A reply as it is sent.
fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// A reply whose body stops half-way and goes on later.
fn stalling(mut reply: Reply) -> Response<Body> {
    let rest = reply.body.split_off(reply.body.len() / 2);
    let begun = std::mem::take(&mut reply.body);
    let later = stream::once(async move {
        tokio::time::sleep(STALL).await;
        Ok::<Bytes, Cut>(rest)
    });
    let body = stream::once(async move { Ok(begun) }).chain(later);
    let mut response = response(reply);
    if response.status() != axum::http::StatusCode::NO_CONTENT {
        *response.body_mut() = Body::from_stream(body);
    }
    response
}

/// A reply that ends half-way through its body; one without a body is whole.
fn half(mut reply: Reply) -> Response<Body> {
    // The length of the whole: what misses a part can be told from what is at its end.
    let whole = reply.body.len();
    let _ = reply.body.split_off(whole / 2);
    let begun = std::mem::take(&mut reply.body);
    // Its head has to be out before the connection ends.
    let cut = stream::once(async {
        tokio::time::sleep(PAUSE).await;
        Err(Cut)
    });
    let ends = stream::once(async move { Ok(begun) }).chain(cut);
    let mut response = response(reply);
    if response.status() != axum::http::StatusCode::NO_CONTENT {
        *response.body_mut() = Body::from_stream(ends);
        let length = HeaderValue::from(whole);
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length);
    }
    response
}

/// A reply with the body of another program.
fn garbled(mut reply: Reply) -> Response<Body> {
    if reply.status.is_success() {
        reply.body = Bytes::from_static(br#"{"status":"accepted","ticket":[17,"#);
    }
    response(reply)
}

/// What a proxy says that lost the service's answer.
fn bad_gateway() -> Reply {
    Reply::new(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>\n")
}
