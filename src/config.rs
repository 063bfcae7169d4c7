//! Where files are, what wins over what, and the contexts: the only reader of the environment and of the
//! config. A config is used as a whole or refused with every mistake in it, each with its place and its
//! fix; only contexts whose manifests have mistakes are left out of it, and whoever asks for one of them is
//! told these. [`Config`] is what the rest of the program may rely on.

mod ask;
mod backends;
mod build;
pub mod credential;
mod duration;
mod edit;
mod environment;
mod file;
pub mod guard;
mod ini;
mod keep;
mod read;
mod source;
#[cfg(test)]
mod tests;
mod typed;

use std::{
    collections::BTreeMap,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::manifest::nearest;
pub use backends::{BackendError, load_backend, own_backends};
pub use credential::{CredentialError, Resolver};
pub use edit::{EditError, NewContext, add_context, add_filter, add_group, replace};
pub use environment::Environment;
pub use guard::GuardError;
pub use keep::{adopt, keeping};
pub use typed::typed_source;

use crate::{
    api::{Connection, Limits},
    app::{Accent, bulk::Rules, fleet::Group, gate::Write, state::Policy},
    manifest::Fault,
    secret::Source,
};
use guard::Guard;

/// Everything that the config says, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file, or where it would be.
    pub path: PathBuf,
    /// The file is there.
    pub exists: bool,
    /// The contexts in the order of the file.
    pub contexts: Vec<Context>,
    /// Contexts that cannot be used until their manifests are mended.
    pub left_out: Vec<LeftOut>,
    /// Names for several contexts together, in the order of the file.
    pub groups: Vec<Group>,
    /// Saved filters, in the order of the file.
    pub filters: Vec<Named>,
    /// Commands that take a new secret on standard input, by name.
    pub sinks: BTreeMap<String, Vec<String>>,
    /// Commands whose standard output is a value, by name.
    pub sources: BTreeMap<String, Vec<String>>,
    /// What happens to a copied secret.
    pub clipboard: Clipboard,
    /// Writes to many keys.
    pub bulk: Rules,
    /// The bounds of every call; each context's connection has them too.
    pub limits: Limits,
    /// What the health check finds.
    pub policy: Policy,
    /// Action to key, as written; the keymap reads the notation.
    pub keys: Vec<Named>,
    /// The look of the console.
    pub ui: Ui,
    /// What looks wrong but does not stop anything.
    pub warnings: Vec<String>,
}

/// One backend at one address with one credential, and how careful to be with it.
#[derive(Debug, Clone)]
pub struct Context {
    /// What a client needs.
    pub connection: Arc<Connection>,
    /// Marked as production.
    pub production: bool,
    /// Whether writes are possible.
    pub write: Write,
    /// Colour of its badge.
    pub accent: Option<Accent>,
}

impl Context {
    /// The context's name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.connection.name
    }
}

/// A context whose manifest has mistakes.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Its name.
    pub context: Arc<str>,
    /// What is wrong with its manifest.
    pub mistakes: Arc<[Mistake]>,
}

/// A name and a text that another module reads, with the text's place for its mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The key in the file.
    pub name: String,
    /// The value in the file.
    pub value: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// Where an undelivered secret goes when the program is ended from outside.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rescue {
    /// To the process that holds the clipboard.
    #[default]
    Holder,
    /// To a private file in the runtime folder.
    Runtime,
    /// Nowhere.
    Off,
}

/// What happens to a copied secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clipboard {
    /// When it is taken back.
    pub clear_after: Duration,
    /// Where an undelivered one goes.
    pub rescue: Rescue,
}

/// The look of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ui {
    /// Name of a palette.
    pub theme: String,
    /// The mouse is used.
    pub mouse: bool,
}

/// A mistake and the file that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The config, or a manifest beside it.
    pub path: PathBuf,
    /// Where it stands and what is wrong.
    pub fault: Fault,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, fault) = (self.path.display(), &self.fault);
        write!(
            f,
            "{path}:{}:{}: {}",
            fault.line, fault.column, fault.message
        )
    }
}

/// Why the configuration cannot be used: exit code 78.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no folder to look in.
    #[error("there is no home folder to look for a config in; name one with --config FILE")]
    NoHome,
    /// The named file is not there.
    #[error("{} is not there; name another with --config, or begin one with: keyrack context add", .0.display())]
    Missing(PathBuf),
    /// Others could have touched it, or it cannot be read.
    #[error(transparent)]
    Guarded(#[from] GuardError),
    /// It has mistakes.
    #[error("{}", lines(.0))]
    Mistakes(Vec<Mistake>),
}

/// Why contexts cannot be chosen.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A name that is none, with the nearest one.
    #[error("{0}")]
    Unknown(String),
    /// One of them has a manifest with mistakes.
    #[error(transparent)]
    LeftOut(#[from] ConfigError),
}

fn lines(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl Config {
    /// Reads the config that the flag, the environment or the platform names; a usual place without a
    /// file is a config without contexts.
    ///
    /// # Errors
    /// Why it cannot be used, with every mistake in it.
    pub fn load(flag: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let (path, named) = environment.config_path(flag).ok_or(ConfigError::NoHome)?;
        match guard::read(&path, Guard::Write) {
            Ok(text) => build::build(&text, &path, true, environment),
            Err(GuardError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                if named {
                    return Err(ConfigError::Missing(path));
                }
                build::build("", &path, false, environment)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The context of this name.
    #[must_use]
    pub fn context(&self, name: &str) -> Option<&Context> {
        self.contexts
            .iter()
            .find(|context| &**context.name() == name)
    }

    /// The context of this name, where there is one.
    ///
    /// # Errors
    /// The mistakes of its manifest.
    pub fn named(&self, name: &str) -> Result<Option<&Context>, ConfigError> {
        self.mended(|context| **context == *name)?;
        Ok(self.context(name))
    }

    /// The contexts of these names, a group standing for its members; all contexts when none is named.
    ///
    /// # Errors
    /// The name that is neither, with the nearest one; or the mistakes of a manifest of one of them.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Context>, SelectError> {
        let contexts = self.contexts.iter().map(Context::name);
        let all: Vec<&Arc<str>> = contexts
            .chain(self.left_out.iter().map(|it| &it.context))
            .collect();
        let mut chosen: Vec<&Arc<str>> = Vec::new();
        for name in names {
            let context = all.iter().find(|context| ****context == **name);
            let group = self.groups.iter().find(|group| group.name == *name);
            match (context, group) {
                (Some(context), _) => chosen.push(context),
                (None, Some(group)) => chosen.extend(&group.contexts),
                (None, None) => {
                    let groups = self.groups.iter().map(|group| &*group.name);
                    let known: Vec<&str> = all.iter().map(|name| &***name).chain(groups).collect();
                    let hint = read::suggestion(name, &known);
                    let words = format!("there is no context {name:?}; {hint}");
                    return Err(SelectError::Unknown(words));
                }
            }
        }
        if names.is_empty() {
            chosen = all;
        }
        self.mended(|context| chosen.contains(&context))?;
        let is_chosen = |context: &&Context| chosen.contains(&context.name());
        Ok(self.contexts.iter().filter(is_chosen).collect())
    }

    /// The config, where no manifest of its contexts has mistakes.
    ///
    /// # Errors
    /// Those mistakes.
    pub fn whole(self) -> Result<Self, ConfigError> {
        self.mended(|_| true)?;
        Ok(self)
    }

    /// None of these contexts is left out.
    fn mended(&self, asked: impl Fn(&Arc<str>) -> bool) -> Result<(), ConfigError> {
        let left_out = self.left_out.iter().filter(|it| asked(&it.context));
        let mut mistakes: Vec<Mistake> = Vec::new();
        for mistake in left_out.flat_map(|it| it.mistakes.iter()) {
            // Several contexts may have one manifest.
            if !mistakes.contains(mistake) {
                mistakes.push(mistake.clone());
            }
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        Err(ConfigError::Mistakes(mistakes))
    }

    /// What reads the credentials of the contexts.
    #[must_use]
    pub fn resolver(&self, environment: &Environment) -> Resolver {
        let connections = self.contexts.iter().map(|context| &context.connection);
        let variables = connections.flat_map(|connection| connection.credential.values());
        let hidden = variables.filter_map(|source| match source {
            Source::Env(name) => Some(name.clone()),
            _ => None,
        });
        Resolver::new(environment.home.clone(), hidden.collect()).with_sources(self.sources.clone())
    }
}

/// The folder of manifests beside a config.
#[must_use]
pub fn backends_folder(config: &Path) -> PathBuf {
    config.with_file_name("backends")
}

/// The schema of the config for editors, as `assets/config.schema.json` has it.
#[cfg(test)]
fn schema() -> serde_json::Value {
    schemars::schema_for!(file::File).to_value()
}
