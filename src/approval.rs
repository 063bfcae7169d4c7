//! A program that a manifest names runs only as the operator approved it: by the words of its command and by
//! the content of every file that they name, looked at before each run. What was approved is kept in the state
//! folder; `cli` asks the operator, and the client runs programs through [`Programs`] alone.

mod content;
mod run;

use std::{ffi::OsString, io, path::PathBuf, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    api::{
        ApiError,
        auth::command::{Runner, Signer},
    },
    config::{Config, Environment, backends_folder, guard::shell},
    record::Text,
    remember::{self, RememberError},
};
use content::Hashes;
pub use content::{Content, Piece};

/// The file of the state folder.
const NAME: &str = "approvals";
/// Most characters of a command in an error.
const LONGEST: usize = 160;

/// One command that the operator approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The id of the manifest that names it.
    pub backend: String,
    /// The command as the manifest has it.
    pub words: Vec<String>,
    /// Its program and every other file that it names.
    pub pieces: Vec<Piece>,
    /// When it was approved, as RFC 3339.
    pub at: String,
}

impl Approved {
    /// It is this command of this manifest, with nothing changed.
    #[must_use]
    pub fn is(&self, backend: &str, content: &Content) -> bool {
        self.backend == backend && self.words == content.words && self.pieces == content.pieces
    }
}

/// Why approvals can be neither read nor kept.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// There is no state folder.
    #[error("there is no home folder to keep approvals in; set HOME")]
    Homeless,
    /// The file cannot be used.
    #[error(transparent)]
    Kept(#[from] RememberError),
}

/// The programs of manifests, and what was approved of them.
#[derive(Debug, Clone)]
pub struct Programs(Arc<Place>);

/// Where programs are found and how they run.
#[derive(Debug)]
struct Place {
    state: Option<PathBuf>,
    /// Where a program runs, and what relative paths of its command start from.
    folder: PathBuf,
    path: Vec<PathBuf>,
    inherited: Vec<(OsString, OsString)>,
    patience: Duration,
    hashes: Hashes,
}

impl Programs {
    /// The programs of the manifests beside this config.
    #[must_use]
    pub fn of(config: &Config, environment: &Environment) -> Self {
        let folder = backends_folder(&config.path);
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        let there = folder.ancestors().find(|folder| folder.is_dir());
        Self(Arc::new(Place {
            state: environment.state_folder.clone(),
            folder: there.map_or_else(|| folder.clone(), ToOwned::to_owned),
            path: environment.search_path.clone(),
            inherited: environment.inherited.clone(),
            patience: config.limits.idle,
            hashes: Hashes::default(),
        }))
    }

    /// Where the programs run.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.0.folder
    }

    /// What a command consists of, as it is now.
    ///
    /// # Errors
    /// Why it cannot run, as words about its program or one of its files.
    pub fn content(&self, words: &[String], argv: &[String]) -> Result<Content, String> {
        self.0.content(words, argv)
    }

    /// Everything that was approved.
    ///
    /// # Errors
    /// When that cannot be read, or others could have written it.
    pub fn approved(&self) -> Result<Vec<Approved>, ApprovalError> {
        self.0.approved()
    }

    /// What is not as it was approved, or stands in the way of running it.
    #[must_use]
    pub fn changes(&self, approved: &Approved) -> Option<String> {
        let mut changed =
            approved
                .pieces
                .iter()
                .filter_map(|piece| match self.0.piece(&piece.path) {
                    Ok(now) if now == *piece => None,
                    Ok(_) => Some(format!("{} has changed", piece.path.display())),
                    Err(why) => Some(why),
                });
        changed.next()
    }

    /// Approves these commands of a manifest, and no other of it any more.
    ///
    /// # Errors
    /// When that cannot be kept: what was approved before still is.
    pub fn approve(&self, backend: &str, contents: Vec<Content>) -> Result<(), ApprovalError> {
        let mut all = self.approved()?;
        all.retain(|approved| approved.backend != backend);
        let at = jiff::Timestamp::now();
        let at = at.round(jiff::Unit::Second).unwrap_or(at).to_string();
        all.extend(contents.into_iter().map(|content| Approved {
            backend: backend.to_owned(),
            words: content.words,
            pieces: content.pieces,
            at: at.clone(),
        }));
        self.keep(&all)
    }

    /// Takes back whatever was approved of a manifest; says whether anything was.
    ///
    /// # Errors
    /// When that cannot be kept: what was approved before still is.
    pub fn revoke(&self, backend: &str) -> Result<bool, ApprovalError> {
        let mut all = self.approved()?;
        let before = all.len();
        all.retain(|approved| approved.backend != backend);
        let found = all.len() < before;
        if found {
            self.keep(&all)?;
        }
        Ok(found)
    }

    fn keep(&self, all: &[Approved]) -> Result<(), ApprovalError> {
        let state = self.0.state.as_ref().ok_or(ApprovalError::Homeless)?;
        Ok(remember::save(state, NAME, &all)?)
    }
}

impl Place {
    fn approved(&self) -> Result<Vec<Approved>, ApprovalError> {
        let state = self.state.as_ref().ok_or(ApprovalError::Homeless)?;
        Ok(remember::load(state, NAME)?.unwrap_or_default())
    }

    /// The program, once everything that its command names is as it was approved.
    fn approved_program(&self, signer: Signer<'_>) -> Result<PathBuf, ApiError> {
        let content = self.content(signer.words, signer.argv);
        let content = content.map_err(ApiError::Unsigned)?;
        let refused = |error: ApprovalError| ApiError::Unapproved(error.to_string());
        let all = self.approved().map_err(refused)?;
        let backend = signer.backend;
        if all.iter().any(|approved| approved.is(backend, &content)) {
            return Ok(content.program);
        }
        let before = all
            .iter()
            .find(|approved| approved.backend == backend && approved.words == content.words);
        let news = before.map_or_else(
            || "which nobody has approved here".to_owned(),
            |before| content.news(&before.pieces),
        );
        Err(ApiError::Unapproved(format!(
            "the backend {backend} signs in by running `{}`, {news}; look at it and run: keyrack backend approve {backend}",
            command_line(signer.words)
        )))
    }
}

impl Programs {
    /// The program, if it may run; files are read and hashed off the screen's thread.
    async fn program(&self, signer: Signer<'_>) -> Result<PathBuf, ApiError> {
        let place = Arc::clone(&self.0);
        let (backend, words) = (signer.backend.to_owned(), signer.words.to_owned());
        let argv = signer.argv.to_owned();
        let looked = tokio::task::spawn_blocking(move || {
            place.approved_program(Signer {
                backend: &backend,
                words: &words,
                argv: &argv,
            })
        });
        let failed = |error: io::Error| ApiError::Unsigned(error.to_string());
        looked.await.map_err(|error| failed(error.into()))?
    }
}

impl Runner for Programs {
    fn check<'a>(&'a self, signer: Signer<'a>) -> BoxFuture<'a, Result<(), ApiError>> {
        Box::pin(async move { self.program(signer).await.map(|_| ()) })
    }

    fn run<'a>(
        &'a self,
        signer: Signer<'a>,
        told: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>, ApiError>> {
        Box::pin(async move {
            // It starts right after the look at its files.
            let program = self.program(signer).await?;
            let ran = run::run(&self.0, &program, signer.argv, told).await;
            ran.map_err(ApiError::Unsigned)
        })
    }
}

/// A command as one would type it, on one line and not too long.
#[must_use]
pub fn command_line(words: &[String]) -> String {
    let whole = typed(words);
    if whole.chars().count() <= LONGEST {
        return whole;
    }
    whole.chars().take(LONGEST).chain(['…']).collect()
}

/// A command as one would type it, whole.
#[must_use]
pub fn typed(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Text::new(&words.join(" ")).shown().into_owned()
}

/// A word as a shell takes it; holes and the empty word stay recognisable.
fn quoted(word: &str) -> String {
    let plain = word.replace(['{', '}'], "");
    match word {
        "" => "''".to_owned(),
        _ if shell(plain.as_ref()) == plain => word.to_owned(),
        _ => shell(word.as_ref()),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
