//! The config's contexts as the console shows them, and the connections behind them: a client is made
//! when it is first needed, off the screen's thread, for a credential may take a command to read.

use std::{
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Mutex as Turn;

use crate::{
    api::{ApiError, Connection, Inputs, client::Client},
    app::{self, saved::Saved},
    approval::Programs,
    config::{self, Config, Environment, Resolver, load_backend, own_backends},
    deliver::{Courier, Rescue, Settings, Surroundings},
    manifest::{self, Manifest},
    record::Rows,
    secret::Secret,
};

/// The contexts of a config, all of them shown.
#[must_use]
pub fn of(config: &Config) -> Vec<app::Context> {
    config.contexts.iter().map(context).collect()
}

fn context(context: &config::Context) -> app::Context {
    let connection = &context.connection;
    app::Context {
        name: Arc::clone(&connection.name),
        manifest: Arc::clone(&connection.manifest),
        address: connection.url.as_str().trim_end_matches('/').to_owned(),
        production: context.production,
        plaintext: connection.allow_plaintext && connection.url.scheme() == "http",
        write: context.write,
        accent: context.accent,
        armed_until: None,
        chosen: true,
        light: app::Light::Dark,
        keeps: connection
            .credential
            .iter()
            .map(|(input, source)| (input.clone(), config::keeping(source)))
            .collect(),
    }
}

/// The filters of a config, in its order.
#[must_use]
pub fn filters(config: &Config) -> Vec<Saved> {
    let saved = config.filters.iter().map(|filter| Saved {
        name: filter.name.clone(),
        text: filter.value.clone(),
    });
    saved.collect()
}

/// The backends that a new context may have: the built-in ones, then those beside the config.
#[must_use]
pub fn backends(config: &Path) -> Vec<Arc<Manifest>> {
    let own = own_backends(config);
    let names = manifest::builtin_names()
        .into_iter()
        .map(ToOwned::to_owned)
        .chain(own);
    // A manifest with mistakes is told about when a context uses it, and by `backend check`.
    names
        .filter_map(|name| load_backend(&name, config).ok())
        .map(|(manifest, _)| manifest)
        .collect()
}

/// What takes secrets to where the config lets them go; `stdout` tells that standard output is no screen.
#[must_use]
pub fn courier(config: &Config, environment: &Environment, stdout: bool) -> Courier {
    let surroundings = Surroundings {
        x11: environment.x11,
        wayland: environment.wayland,
        tmux: environment.tmux.clone(),
        tmux_pane: environment.tmux_pane.clone(),
        path: environment.search_path.clone(),
        program: environment.program.clone(),
        display: environment.display.clone(),
        inherited: environment.inherited.clone(),
        home: environment.home.clone(),
        runtime_folder: environment.runtime_folder.clone(),
    };
    Courier::new(Settings {
        surroundings,
        commands: config.sinks.clone(),
        clear_after: config.clipboard.clear_after,
        rescue: match config.clipboard.rescue {
            config::Rescue::Holder => Rescue::Holder,
            config::Rescue::Runtime => Rescue::Runtime,
            config::Rescue::Off => Rescue::Off,
        },
        stdout,
    })
}

/// The connections of all contexts.
#[derive(Debug)]
pub struct Connections {
    links: Vec<Arc<Link>>,
    resolver: Resolver,
    programs: Programs,
}

/// The connection of one context.
#[derive(Debug)]
struct Link {
    connection: Arc<Connection>,
    /// Made on first use, by one call at a time.
    client: Turn<Option<Arc<Client>>>,
    /// Inputs that a person gave, until the client has them.
    given: Mutex<Option<Inputs>>,
    /// Inputs that took the place of those that the config names, for as long as the program runs.
    adopted: Mutex<Inputs>,
}

impl Link {
    /// It is the connection that another config means too.
    fn serves(&self, other: &Connection) -> bool {
        let one = &self.connection;
        let files = |it: &Connection| {
            let files = [&it.ca_cert, &it.client_cert, &it.client_key];
            files.map(Clone::clone)
        };
        one.name == other.name
            && one.url == other.url
            && one.manifest == other.manifest
            && one.credential == other.credential
            && one.proxy == other.proxy
            && one.limits == other.limits
            && one.allow_plaintext == other.allow_plaintext
            && files(one) == files(other)
    }
}

impl Connections {
    /// The connections of a config's contexts; nothing is opened yet.
    #[must_use]
    pub fn of(config: &Config, environment: &Environment) -> Self {
        let link = |context: &config::Context| {
            Arc::new(Link {
                connection: Arc::clone(&context.connection),
                client: Turn::new(None),
                given: Mutex::new(None),
                adopted: Mutex::default(),
            })
        };
        Self {
            links: config.contexts.iter().map(link).collect(),
            resolver: config.resolver(environment),
            programs: Programs::of(config, environment),
        }
    }

    /// The same, where contexts that are as before go on with the clients and the inputs that they have.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        for link in &mut self.links {
            let mut known = before.links.iter();
            if let Some(same) = known.find(|known| known.serves(&link.connection)) {
                *link = Arc::clone(same);
            }
        }
        self
    }

    /// What reads values that a person points at.
    #[must_use]
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// The names and labels of the inputs that a person must give first.
    #[must_use]
    pub fn missing(&self, context: app::ContextId) -> Vec<(String, String)> {
        let Some(link) = self
            .links
            .get(context)
            .filter(|link| link.client.try_lock().is_ok_and(|client| client.is_none()))
        else {
            return Vec::new();
        };
        if link.given.try_lock().is_ok_and(|given| given.is_some()) {
            return Vec::new();
        }
        let label = |name: &str| {
            let input = link.connection.manifest.inputs.get(name);
            input.map_or_else(|| name.to_owned(), |input| input.label.clone())
        };
        self.resolver
            .prompts(&link.connection)
            .map(|name| (name.to_owned(), label(name)))
            .collect()
    }

    /// Keeps inputs that a person gave.
    pub fn give(&self, context: app::ContextId, inputs: Inputs) {
        if let Some(link) = self.links.get(context) {
            *link.given.lock().unwrap_or_else(PoisonError::into_inner) = Some(inputs);
        }
    }

    /// The client of a context, made on first use.
    ///
    /// # Errors
    /// When a credential cannot be read or the connection's settings cannot be used.
    pub async fn client(&self, context: app::ContextId) -> Result<Arc<Client>, ApiError> {
        let link = self
            .links
            .get(context)
            .ok_or_else(|| ApiError::NotSent("there is no such context".to_owned()))?;
        let mut client = link.client.lock().await;
        if let Some(client) = &*client {
            return Ok(Arc::clone(client));
        }
        let given = link
            .given
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut inputs = given.unwrap_or_default();
        for (name, secret) in &*link.adopted.lock().unwrap_or_else(PoisonError::into_inner) {
            inputs.insert(name.clone(), secret.again());
        }
        let inputs = self.resolver.resolve(&link.connection, inputs).await;
        let inputs = inputs.map_err(|error| ApiError::Credential(error.to_string()))?;
        let made = Client::new(Arc::clone(&link.connection), inputs)?;
        let made = made.signed_by(Some(Arc::new(self.programs.clone())));
        made.may_sign().await?;
        let made = Arc::new(made);
        *client = Some(Arc::clone(&made));
        Ok(made)
    }

    /// Makes a context sign in with a new secret of the key that it signs in with; says where it is kept.
    ///
    /// # Errors
    /// Why it could not be kept, as a sentence; the context goes on with it all the same.
    pub async fn adopt(
        &self,
        context: app::ContextId,
        rows: &Rows,
        secret: Secret,
    ) -> Result<String, String> {
        let link = self.links.get(context);
        let adopted = link.and_then(|link| config::adopt(&link.connection, rows, &secret));
        let (Some(link), Some(adopted)) = (link, adopted) else {
            return Err("This context does not sign in with such a key.".to_owned());
        };
        let mut by_hand = String::new();
        for (input, value) in &adopted.by_hand {
            let _ = write!(by_hand, "; set {input} to {value} in the config");
        }
        link.adopted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(adopted.inputs);
        *link.client.lock().await = None;
        let name = &link.connection.name;
        let kept = adopted.kept;
        kept.map(|words| format!("{name} signs in with the new key: {words}{by_hand}."))
    }

    /// Forgets the client of a context whose credential was refused: the next call reads it anew, and
    /// asks the person again who typed it.
    pub async fn forget(&self, context: app::ContextId) {
        if let Some(link) = self.links.get(context) {
            *link.client.lock().await = None;
        }
    }
}

/// Starts the embedded backend and reads the config that it wrote.
///
/// # Errors
/// Why it could not start, in words.
#[cfg(feature = "demo")]
pub async fn demo(
    options: crate::demo::Options,
    environment: &Environment,
) -> Result<(Config, crate::demo::Demo), String> {
    let demo = crate::demo::start(options)
        .await
        .map_err(|error| error.to_string())?;
    let config =
        Config::load(Some(demo.config_path()), environment).map_err(|error| error.to_string())?;
    Ok((config, demo))
}
