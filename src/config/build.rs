//! What the words of a config mean: names that exist, durations, addresses, manifests and credentials
//! are checked here, and every mistake is collected before the config is refused.

mod bounds;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::Spanned;

use super::{
    Clipboard, Config, ConfigError, Context, Environment, Guard, LeftOut, Mistake, Named, Policy,
    Ui, Write,
    backends::{BackendError, load_backend},
    file::{CommandFile, ContextFile, Entries, File},
    guard::{self, GuardError},
    read::{fault_at, read, suggestion},
    source,
};
use crate::{
    api::{Connection, Limits},
    app::fleet::Group,
    manifest::{Fault, Manifest},
};

/// Builds a config from its text.
pub(super) fn build(
    text: &str,
    path: &Path,
    exists: bool,
    environment: &Environment,
) -> Result<Config, ConfigError> {
    let here = |fault| Mistake {
        path: path.to_owned(),
        fault,
    };
    let file: File = read(text)
        .map_err(|faults| ConfigError::Mistakes(faults.into_iter().map(here).collect()))?;
    let mut builder = Builder {
        text,
        path,
        environment,
        manifests: BTreeMap::new(),
        left_out: Vec::new(),
        mistakes: Vec::new(),
        warnings: Vec::new(),
        literal: false,
    };
    let config = builder.config(file, exists);
    if builder.mistakes.is_empty() {
        return Ok(config);
    }
    if builder.literal
        && let Err(error @ GuardError::Readable { .. }) = guard::inspect(path, Guard::ReadOrWrite)
    {
        builder.fault(
            0,
            format!("{error}; then replace the credential at the service"),
        );
    }
    builder
        .mistakes
        .sort_by_key(|mistake| (mistake.fault.line, mistake.fault.column));
    Err(ConfigError::Mistakes(builder.mistakes))
}

/// A manifest, or its mistakes: none where the config itself names it wrongly.
type Loaded = Result<Arc<Manifest>, Arc<[Mistake]>>;

struct Builder<'a> {
    text: &'a str,
    path: &'a Path,
    environment: &'a Environment,
    manifests: BTreeMap<String, Loaded>,
    left_out: Vec<LeftOut>,
    mistakes: Vec<Mistake>,
    warnings: Vec<String>,
    /// A secret stands in the file itself.
    literal: bool,
}

impl Builder<'_> {
    fn config(&mut self, file: File, exists: bool) -> Config {
        let limits = self.limits(&file.limits);
        let mut contexts = Vec::new();
        let mut names: Vec<Arc<str>> = Vec::new();
        for (name, context) in &file.contexts.0 {
            self.name(name, "context");
            names.push(name.get_ref().as_str().into());
            contexts.extend(self.context(name, context, &limits));
        }
        Config {
            path: self.path.to_owned(),
            exists,
            contexts,
            left_out: std::mem::take(&mut self.left_out),
            groups: self.groups(&file.groups, &names),
            filters: self.named(&file.filters),
            sinks: self.commands(&file.sinks, "sink"),
            sources: self.commands(&file.sources, "source"),
            clipboard: Clipboard {
                clear_after: self.duration(file.clipboard.clear_after.as_ref(), 30),
                rescue: file.clipboard.rescue.unwrap_or_default(),
            },
            bulk: self.bulk(&file.bulk),
            limits,
            policy: Policy {
                max_age: self.micros(file.policy.max_age.as_ref(), 365 * 86_400),
                idle: self.micros(file.policy.idle.as_ref(), 90 * 86_400),
                warn: self.micros(file.policy.warn.as_ref(), 14 * 86_400),
                allow_broad: file.policy.allow_broad,
            },
            keys: self.named(&file.keys),
            ui: Ui {
                theme: file
                    .ui
                    .theme
                    .map_or_else(|| "terminal".to_owned(), Spanned::into_inner),
                mouse: file.ui.mouse.unwrap_or(false),
            },
            warnings: std::mem::take(&mut self.warnings),
        }
    }

    fn context(
        &mut self,
        name: &Spanned<String>,
        file: &ContextFile,
        limits: &Limits,
    ) -> Option<Context> {
        let manifest = self.manifest(&file.backend);
        let url = self.url(name, file, manifest.as_deref().ok());
        let [ca_cert, client_cert, client_key] = self.certificates(file);
        let proxy = self.proxy(file.proxy.as_ref());
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(mistakes) => {
                self.leave_out(name.get_ref(), mistakes);
                return None;
            }
        };
        let mut reader = source::Reader {
            text: self.text,
            folder: self.path.parent().unwrap_or(Path::new(".")),
            environment: self.environment,
            manifest: &manifest,
            faults: Vec::new(),
            literal: false,
        };
        let credential = reader.credential(file.credential.as_ref(), name.span().start);
        let (faults, literal) = (reader.faults, reader.literal);
        self.literal |= literal;
        for fault in faults {
            self.mistake(fault);
        }
        let connection = Connection {
            name: name.get_ref().as_str().into(),
            manifest,
            url: url?,
            credential,
            ca_cert,
            client_cert,
            client_key,
            proxy,
            allow_plaintext: file.allow_plaintext,
            limits: limits.clone(),
        };
        let careful = if file.production {
            Write::Arm
        } else {
            Write::Always
        };
        Some(Context {
            connection: Arc::new(connection),
            production: file.production,
            write: file.write.unwrap_or(careful),
            accent: file.accent,
        })
    }

    /// The files of a certificate authority, a client's certificate and its key.
    fn certificates(&mut self, file: &ContextFile) -> [Option<PathBuf>; 3] {
        match (&file.client_cert, &file.client_key) {
            (Some(given), None) => {
                self.fault(given.span().start, "client_cert also needs client_key");
            }
            (None, Some(given)) => {
                self.fault(given.span().start, "client_key also needs client_cert");
            }
            _ => {}
        }
        [&file.ca_cert, &file.client_cert, &file.client_key].map(|path| {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            let path = path.as_ref()?;
            Some(self.environment.expand(path.get_ref(), folder))
        })
    }

    /// The manifest of a backend, read once for all its contexts.
    fn manifest(&mut self, backend: &Spanned<String>) -> Loaded {
        let name = backend.get_ref();
        if let Some(known) = self.manifests.get(name) {
            return known.clone();
        }
        let loaded = load_backend(name, self.path);
        let manifest = match loaded {
            Ok((manifest, warning)) => {
                self.warnings.extend(warning);
                Ok(manifest)
            }
            Err(BackendError::Mistakes(mistakes)) => Err(mistakes.into()),
            Err(error) => {
                self.fault(backend.span().start, error.to_string());
                Err([].into())
            }
        };
        self.manifests.insert(name.clone(), manifest.clone());
        manifest
    }

    /// A manifest that is being written does not stop the contexts of others.
    fn leave_out(&mut self, name: &str, mistakes: Arc<[Mistake]>) {
        let Some(first) = mistakes.first() else {
            return;
        };
        let path = first.path.display();
        self.warnings.push(format!(
            "the context {name} is left out, because its manifest has mistakes; see them with: keyrack backend check {path}"
        ));
        let context = name.into();
        self.left_out.push(LeftOut { context, mistakes });
    }

    fn url(
        &mut self,
        name: &Spanned<String>,
        file: &ContextFile,
        manifest: Option<&Manifest>,
    ) -> Option<url::Url> {
        let fallback = manifest.and_then(|manifest| manifest.base_url.as_deref());
        let (text, at) = match (&file.url, fallback) {
            (Some(url), _) => (url.get_ref().as_str(), url.span().start),
            (None, Some(url)) => (url, name.span().start),
            (None, None) => {
                if manifest.is_some() {
                    self.fault(
                        name.span().start,
                        "url is missing; add url = \"https://…\" to this context",
                    );
                }
                return None;
            }
        };
        match address(text) {
            Ok(url) => Some(url),
            Err(why) => {
                self.fault(at, format!("url {why}"));
                None
            }
        }
    }

    fn proxy(&mut self, proxy: Option<&Spanned<String>>) -> Option<String> {
        let proxy = proxy?;
        let known = ["http", "https"];
        match url::Url::parse(proxy.get_ref()) {
            Ok(url) if known.contains(&url.scheme()) && url.has_host() => {
                if url.password().is_some() {
                    self.literal = true;
                    self.fault(
                        proxy.span().start,
                        "proxy holds a password, which must not stand in the file; use a proxy on this machine that signs in",
                    );
                }
                Some(proxy.get_ref().clone())
            }
            _ => {
                self.fault(
                    proxy.span().start,
                    "proxy is not an address such as \"http://proxy.example:3128\"",
                );
                None
            }
        }
    }

    fn groups(&mut self, groups: &Entries<Vec<Spanned<String>>>, names: &[Arc<str>]) -> Vec<Group> {
        let mut built = Vec::new();
        for (name, members) in &groups.0 {
            self.name(name, "group");
            if names.iter().any(|context| **context == **name.get_ref()) {
                let words = format!(
                    "{:?} is also the name of a context; name the group otherwise",
                    name.get_ref()
                );
                self.fault(name.span().start, words);
            }
            for member in members {
                if !names.iter().any(|context| **context == **member.get_ref()) {
                    let wanted = member.get_ref();
                    let hint = suggestion(wanted, names);
                    self.fault(
                        member.span().start,
                        format!("there is no context {wanted:?}; {hint}"),
                    );
                }
            }
            let contexts = members
                .iter()
                .map(|member| member.get_ref().as_str().into());
            built.push(Group {
                name: name.get_ref().clone(),
                contexts: contexts.collect(),
            });
        }
        built
    }

    fn commands(
        &mut self,
        commands: &Entries<CommandFile>,
        what: &str,
    ) -> BTreeMap<String, Vec<String>> {
        let mut built = BTreeMap::new();
        for (name, file) in &commands.0 {
            self.name(name, what);
            let argv = file.command.get_ref();
            if argv.first().is_none_or(String::is_empty) {
                self.fault(
                    file.command.span().start,
                    "a command is a list of words, the program first: [\"vault\", \"kv\", \"put\"]",
                );
            }
            built.insert(name.get_ref().clone(), argv.clone());
        }
        built
    }

    fn named(&self, entries: &Entries<Spanned<String>>) -> Vec<Named> {
        let entries = entries.0.iter().map(|(name, value)| {
            let place = fault_at(self.text, value.span().start, "");
            Named {
                name: name.get_ref().clone(),
                value: value.get_ref().clone(),
                line: place.line,
                column: place.column,
            }
        });
        entries.collect()
    }

    /// A name that can be typed after `-c` and shown anywhere.
    fn name(&mut self, name: &Spanned<String>, what: &str) {
        if let Err(why) = check_name(name.get_ref()) {
            self.fault(
                name.span().start,
                format!("{:?} cannot name a {what}: {why}", name.get_ref()),
            );
        }
    }

    fn fault(&mut self, at: usize, message: impl Into<String>) {
        let fault = fault_at(self.text, at, message);
        self.mistake(fault);
    }

    fn mistake(&mut self, fault: Fault) {
        self.mistakes.push(Mistake {
            path: self.path.to_owned(),
            fault,
        });
    }
}

/// Checks the name of a context, group, sink or source.
pub(super) fn check_name(name: &str) -> Result<(), &'static str> {
    let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.chars().count() > 64 {
        Err("a name has 1 to 64 characters")
    } else if name.starts_with('-') || !name.chars().all(fits) {
        Err("a name has letters, digits, '-', '_' and '.', and no '-' at its start")
    } else {
        Ok(())
    }
}

/// Checks the address of a service.
pub(super) fn address(text: &str) -> Result<url::Url, &'static str> {
    let example = "is not an address such as \"https://api.example.com\"";
    let url = url::Url::parse(text).map_err(|_| example)?;
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        Err(example)
    } else if !url.username().is_empty() || url.password().is_some() {
        Err("holds a user or a password; give the credential as a source instead")
    } else if url.query().is_some() || url.fragment().is_some() {
        Err("has a query or a fragment; write only the address of the API")
    } else {
        Ok(url)
    }
}
