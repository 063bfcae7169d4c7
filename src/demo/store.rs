//! A site is one service with its own database; whatever fails inside it is that service's 500.
//! The server hands it calls on threads that may wait; the service modules say what the answers are.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::call::{Call, Reply};
use super::{chutes, djinn, runai, typesense};

/// What opens a service: its inputs by name, in the clear.
pub(super) type Credential = Vec<(&'static str, String)>;

/// What went wrong inside a service.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The database failed.
    #[error("the demo's database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
}

// By hand: without its `std` feature getrandom's error is no `Error`.
impl From<getrandom::Error> for Trouble {
    fn from(error: getrandom::Error) -> Self {
        Self::Random(error)
    }
}

/// Why a call is not answered with 200.
pub(super) enum Halt {
    /// The service refuses, and says why.
    Refused(Box<Reply>),
    /// The service crashes.
    Crashed(Trouble),
}

impl From<Reply> for Halt {
    fn from(reply: Reply) -> Self {
        Self::Refused(Box::new(reply))
    }
}

impl<T: Into<Trouble>> From<T> for Halt {
    fn from(trouble: T) -> Self {
        Self::Crashed(trouble.into())
    }
}

impl Halt {
    /// What a service answers after all: a refusal is an answer, a crash is not.
    pub(super) fn settled(answered: Result<Reply, Self>) -> Result<Reply, Trouble> {
        match answered {
            Ok(reply) => Ok(reply),
            Err(Self::Refused(reply)) => Ok(*reply),
            Err(Self::Crashed(trouble)) => Err(trouble),
        }
    }
}

/// What one start settles for its services.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// When the demo started; the sample keys end here.
    pub(super) now: Timestamp,
    /// The rows of each list that the real service does not cap.
    pub(super) keys: Option<usize>,
    /// How long a Run:ai token lives.
    pub(super) token_lifetime: Duration,
    /// Whether Run:ai is older than 2.24.
    pub(super) runai_legacy: bool,
}

impl Plan {
    /// The rows of a list: what was asked for, or what suits it.
    pub(super) fn rows(&self, usual: usize) -> usize {
        self.keys.unwrap_or(usual)
    }
}

/// The services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    Chutes,
    Runai,
    Djinn,
    Typesense,
}

impl Backend {
    /// All of them, in the order of the config.
    pub(super) const ALL: [Self; 4] = [Self::Chutes, Self::Runai, Self::Djinn, Self::Typesense];

    /// The name of the backend, of its context and of its files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chutes => "chutes",
            Self::Runai => "runai",
            Self::Djinn => "djinn",
            Self::Typesense => "typesense",
        }
    }

    /// The path that the service is found under.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Chutes => "/chutes",
            Self::Runai => "/runai",
            Self::Djinn => "/djinn",
            Self::Typesense => "/typesense",
        }
    }

    /// The base URL that a client is given.
    pub(super) fn url(self, address: SocketAddr) -> String {
        // Djinn serves its pages at the root and its API below them.
        let api = if self == Self::Djinn { "/api" } else { "" };
        format!("http://{address}{}{api}", self.prefix())
    }

    /// A new credential.
    pub(super) fn mint(self) -> Result<Credential, Trouble> {
        match self {
            Self::Chutes => chutes::mint(),
            Self::Runai => runai::mint(),
            Self::Djinn => djinn::mint(),
            Self::Typesense => typesense::mint(),
        }
    }
}

/// One service and its database.
#[derive(Debug)]
pub(super) struct Site {
    /// Which service.
    pub(super) backend: Backend,
    database: Mutex<Connection>,
    plan: Plan,
}

impl Site {
    /// Fills the database if it is empty, so that `credential` opens the service.
    pub(super) fn found(
        backend: Backend,
        mut database: Connection,
        plan: Plan,
        credential: &Credential,
    ) -> Result<Self, Trouble> {
        if !is_seeded(&database)? {
            let transaction = database.transaction()?;
            match backend {
                Backend::Chutes => chutes::seed(&transaction, &plan, credential)?,
                Backend::Runai => runai::seed(&transaction, &plan, credential)?,
                Backend::Djinn => djinn::seed(&transaction, &plan, credential)?,
                Backend::Typesense => typesense::seed(&transaction, &plan, credential)?,
            }
            transaction.pragma_update(None, "user_version", 1)?;
            transaction.commit()?;
        }
        Ok(Self {
            backend,
            database: Mutex::new(database),
            plan,
        })
    }

    /// Answers a call; it may wait for the database.
    pub(super) fn answer(&self, call: &Call) -> Reply {
        // What a panic left half-done was rolled back with its transaction.
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = match self.backend {
            Backend::Chutes => chutes::answer(&mut database, call),
            Backend::Runai => runai::answer(&mut database, call, &self.plan),
            Backend::Djinn => djinn::answer(&mut database, call),
            Backend::Typesense => typesense::answer(&mut database, call),
        };
        answered.unwrap_or_else(|_| self.trouble(500))
    }

    /// The service's own words for a 429, 500 or 503.
    pub(super) fn trouble(&self, status: u16) -> Reply {
        match self.backend {
            Backend::Chutes => chutes::trouble(status),
            Backend::Runai => runai::trouble(status),
            Backend::Djinn => djinn::trouble(status),
            Backend::Typesense => typesense::trouble(status),
        }
    }
}

/// Opens a database file, or one in memory.
pub(super) fn open(path: Option<&Path>) -> Result<Connection, Trouble> {
    let Some(path) = path else {
        return Ok(Connection::open_in_memory()?);
    };
    let database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "temp_store", "memory")?;
    Ok(database)
}

/// Whether a database was filled by an earlier start.
pub(super) fn is_seeded(database: &Connection) -> Result<bool, Trouble> {
    Ok(database.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? > 0)
}
