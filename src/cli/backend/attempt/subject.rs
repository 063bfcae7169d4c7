//! What is tried: a manifest from a file, from a backend or of a context, at an address, with inputs of which
//! only those that stand open in the config are known. No source is asked for a value.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use zeroize::Zeroizing;

use super::{
    super::super::{FAILED, Failure, Setting},
    marks::Marks,
};
use crate::{
    api::{Connection, Inputs, Limits},
    config::{BackendError, Config, Mistake, guard, load_backend, nearest},
    manifest::{self, Manifest},
    secret::{Secret, Source},
};

/// Stands for the address where none is known.
pub(super) const NOWHERE: &str = "https://url.invalid/";
/// A seed of a hotkey, so that a signature can be made that nobody takes.
const SEED: &str = "0000000000000000000000000000000000000000000000000000000000000001";

/// A manifest at an address.
pub(super) struct Subject {
    pub connection: Arc<Connection>,
    /// It is a context, whose inputs are those that it gives.
    is_context: bool,
}

impl Subject {
    /// What a name says: the path of a manifest, a context, or a backend.
    ///
    /// # Errors
    /// That there is no such thing, or that it cannot be used.
    pub fn named(setting: &Setting, name: &str) -> Result<Self, Failure> {
        let path = Path::new(name);
        if path.extension().is_some_and(|it| it == "toml") || name.contains(['/', '\\']) {
            return Self::of(from_file(path)?, name);
        }
        // A config that cannot be used is in the way of its contexts alone.
        let config = setting.config();
        let context = config.as_ref().ok().and_then(|config| config.context(name));
        if let Some(context) = context {
            return Ok(Self {
                connection: Arc::clone(&context.connection),
                is_context: true,
            });
        }
        let path = super::super::config_path(setting)?;
        let backend = load_backend(name, &path).map_err(|error| match error {
            BackendError::Unknown(words) => match config {
                Ok(config) => unknown(name, words, &config),
                Err(unusable) => unusable,
            },
            other => Failure::config(other.to_string()),
        })?;
        Self::of(backend.0, name)
    }

    fn of(manifest: Arc<Manifest>, name: &str) -> Result<Self, Failure> {
        let url = manifest.base_url.as_deref().unwrap_or(NOWHERE);
        let url = url::Url::parse(url).map_err(|error| Failure::failed(error.to_string()))?;
        Ok(Self {
            connection: Arc::new(Connection {
                name: name.into(),
                manifest,
                url,
                credential: BTreeMap::new(),
                ca_cert: None,
                client_cert: None,
                client_key: None,
                proxy: None,
                allow_plaintext: false,
                limits: Limits::default(),
            }),
            is_context: false,
        })
    }

    /// The first way to sign in that has a login, by its position.
    pub fn logs_in(&self) -> Option<usize> {
        let mut ways = self.connection.manifest.auth.iter();
        let at = ways.position(|way| !way.login.is_empty());
        at.filter(|_| !self.is_context)
    }

    /// The way to sign in of this id, by its position.
    ///
    /// # Errors
    /// When there is no such way.
    pub fn way(&self, id: &str) -> Result<usize, Failure> {
        let manifest = &self.connection.manifest;
        let found = manifest.auth.iter().position(|auth| auth.id == id);
        found.ok_or_else(|| {
            let known: Vec<&str> = manifest.auth.iter().map(|auth| auth.id.as_str()).collect();
            Failure::usage(format!(
                "{} has no way to sign in called {id:?}; there are {}",
                manifest.title,
                known.join(", ")
            ))
        })
    }

    /// The inputs that a client is made with: those that a context gives, or all where a way is named.
    pub fn inputs(&self, way: Option<usize>, marks: &Marks) -> Inputs {
        let manifest = &self.connection.manifest;
        let hotkeys: Vec<&str> = manifest
            .auth
            .iter()
            .filter_map(|auth| Some(auth.hotkey.as_ref()?.input.as_str()))
            .collect();
        let mut inputs = Inputs::new();
        for (name, input) in &manifest.inputs {
            let source = self.connection.credential.get(name);
            let given = !self.is_context || source.is_some() || way.is_some();
            if !given {
                continue;
            }
            let value = match source {
                _ if hotkeys.contains(&name.as_str()) => SEED.to_owned(),
                Some(Source::Plain(value)) if !input.secret => value.clone(),
                None if input.default.is_some() => continue,
                _ if input.secret => marks.secret(name),
                _ => marks.hole(name),
            };
            inputs.insert(name.clone(), Secret::new(Zeroizing::new(value)));
        }
        inputs
    }
}

/// No backend has this name, and no context.
fn unknown(name: &str, words: String, config: &Config) -> Failure {
    let contexts = config.contexts.iter().map(|it| &**it.name());
    let near = nearest(name, contexts).filter(|_| !words.contains("did you mean"));
    Failure::usage(match near {
        Some(near) => {
            format!("there is neither a context nor a backend {name:?}; did you mean {near:?}?")
        }
        None => words,
    })
}

fn from_file(file: &Path) -> Result<Arc<Manifest>, Failure> {
    let text = guard::read(file, guard::Guard::Write)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let mistake = |fault| {
        let path = file.to_owned();
        Mistake { path, fault }.to_string()
    };
    manifest::load(&text).map_err(|faults| Failure {
        code: FAILED,
        message: faults
            .into_iter()
            .map(mistake)
            .collect::<Vec<_>>()
            .join("\n"),
    })
}
