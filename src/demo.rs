//! The embedded backend answers as the four services do, quirks included, over a database of its own.
//! It is the other side of the wire: it shares no type with the rest of the crate and is reached by HTTP alone.
//!
//! One port, a path for each service: `/chutes`, `/runai`, `/djinn/api` (`/djinn/version` beside it) and
//! `/typesense`. Each service has its own database, so a long list of one does not hold up another.

mod call;
mod chutes;
mod dice;
mod djinn;
mod fault;
mod jwt;
mod place;
mod runai;
mod sample;
mod server;
mod store;
#[cfg(test)]
mod tests;
mod typesense;
mod vault;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinError};

pub(crate) use fault::{Fault, FaultError};
use place::Place;
use server::Hub;
use store::{Backend, Plan, Site};

/// How long a Run:ai token lives.
const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// What the embedded backend is started with.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The address to listen on; it should be a loopback address.
    pub(crate) listen: SocketAddr,
    /// The directory that keeps the databases; in memory when absent.
    pub(crate) data: Option<PathBuf>,
    /// The rows of each list that the real service does not cap.
    pub(crate) keys: Option<usize>,
    /// What is added to the time of every answer.
    pub(crate) latency: Duration,
    /// What goes wrong, and how often; the first that strikes is the one that happens.
    pub(crate) faults: Vec<Fault>,
    /// Whether Run:ai is a 2.20 to 2.23 control plane: `user-applications`, no `/api/v2/token`.
    pub(crate) runai_legacy: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: None,
            keys: None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            runai_legacy: false,
        }
    }
}

/// Why the embedded backend did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// The address is taken or not this machine's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    /// A file of the data directory cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The databases are there, but the credentials that open them are not.
    #[error("{} is missing, but its database is there; use another directory or empty this one", .0.display())]
    CredentialLost(PathBuf),
    /// The database cannot be opened or filled.
    #[error(transparent)]
    Store(#[from] store::Trouble),
    /// A task that filled a database ended early.
    #[error("the sample keys were not made: {0}")]
    Seeding(#[from] JoinError),
}

/// The embedded backend while it runs; dropping it ends the server and removes what was temporary.
#[derive(Debug)]
pub(crate) struct Demo {
    place: Place,
    address: SocketAddr,
    credentials: Vec<(Backend, store::Credential)>,
    hub: Arc<Hub>,
    serving: AbortHandle,
}

impl Demo {
    /// The folder for a journal of what is done here; it goes with the demo.
    pub(crate) fn state_folder(&self) -> PathBuf {
        self.place.config().with_file_name("state")
    }

    /// The config file whose contexts point at this server.
    pub(crate) fn config_path(&self) -> &Path {
        self.place.config()
    }

    /// How many writes arrived whose method and path begin so: `POST /typesense/keys`.
    pub(crate) fn writes(&self, what: &str) -> usize {
        self.hub.writes(what)
    }

    /// From now on other things go wrong.
    pub(crate) fn trouble(&self, faults: Vec<Fault>) {
        self.hub.trouble(faults);
    }

    /// How many requests something went wrong with.
    pub(crate) fn struck(&self) -> usize {
        self.hub.struck()
    }

    /// Who else can reach it, where that is not this machine alone.
    pub(crate) fn warning(&self) -> Option<String> {
        let address = self.address;
        (!address.ip().is_loopback()).then(|| {
            format!(
                "warning: {address} can be reached from the network, and the sample credentials are served there by plain HTTP"
            )
        })
    }

    /// Ends the server; the files stay.
    pub(crate) fn stop(&self) {
        self.serving.abort();
    }

    /// The one line of JSON that `demo --serve` prints first.
    pub(crate) fn ready_line(&self) -> String {
        let contexts = self.credentials.iter().map(|(backend, credential)| {
            let inputs = credential
                .iter()
                .map(|(input, value)| ((*input).to_owned(), value.as_str().into()));
            let context = serde_json::json!({
                "backend": backend.name(),
                "url": backend.url(reachable(self.address)),
                "credential": serde_json::Value::Object(inputs.collect()),
            });
            (backend.name().to_owned(), context)
        });
        let contexts: serde_json::Map<String, serde_json::Value> = contexts.collect();
        serde_json::json!({ "contexts": contexts, "config": self.place.config() }).to_string()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Binds, fills the databases that are empty, writes the config and serves in the background.
pub(crate) async fn start(options: Options) -> Result<Demo, DemoError> {
    start_with(options, TOKEN_LIFETIME).await
}

/// Does what [`start`] does, with Run:ai tokens that live as long as is asked.
async fn start_with(options: Options, token_lifetime: Duration) -> Result<Demo, DemoError> {
    let failed = |source| DemoError::Listen {
        address: options.listen,
        source,
    };
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let place = Place::prepare(options.data.as_deref())?;
    let plan = Plan {
        now: jiff::Timestamp::now(),
        keys: options.keys,
        token_lifetime,
        runai_legacy: options.runai_legacy,
    };
    let mut credentials = Vec::new();
    let mut seeding = Vec::new();
    for backend in Backend::ALL {
        let database = store::open(place.database(backend)?.as_deref())?;
        let credential = place.credential(backend, store::is_seeded(&database)?)?;
        credentials.push((backend, credential.clone()));
        let plan = plan.clone();
        seeding.push(tokio::task::spawn_blocking(move || {
            Site::found(backend, database, plan, &credential)
        }));
    }
    let mut sites = Vec::new();
    for site in seeding {
        sites.push(Arc::new(site.await??));
    }
    place.write_config(reachable(address), &credentials)?;
    let hub = Arc::new(Hub::new(sites, options.latency, options.faults));
    let serving = tokio::spawn(server::serve(listener, Arc::clone(&hub))).abort_handle();
    Ok(Demo {
        place,
        address,
        credentials,
        hub,
        serving,
    })
}

/// The address by which this machine reaches the server: one that stands for all of them is none to call.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
