//! What the demo leaves on disk: a config whose contexts point at it, a file for each credential, the databases.
//! With a data directory it stays; otherwise it is a private temporary directory that goes with the demo.

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::DemoError;
use super::store::{Backend, Credential};

/// The directory of one demo.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    config: PathBuf,
    temporary: Option<TempDir>,
}

impl Place {
    /// Makes the directory, private to this user.
    pub(super) fn prepare(data: Option<&Path>) -> Result<Self, DemoError> {
        let (root, temporary) = if let Some(path) = data {
            make_private(path).map_err(at(path))?;
            (fs::canonicalize(path).map_err(at(path))?, None)
        } else {
            let made = make_temporary().map_err(at(&std::env::temp_dir()))?;
            (made.path().to_owned(), Some(made))
        };
        Ok(Self {
            config: root.join("config.toml"),
            root,
            temporary,
        })
    }

    /// The config file.
    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    /// Where a service's database is kept, made for its owner alone; `None` keeps it in memory.
    pub(super) fn database(&self, backend: Backend) -> Result<Option<PathBuf>, DemoError> {
        if self.temporary.is_some() {
            return Ok(None);
        }
        let path = self.root.join(format!("{}.sqlite", backend.name()));
        let mut options = fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // SQLite takes an empty file for an empty database.
        options.open(&path).map_err(at(&path))?;
        Ok(Some(path))
    }

    /// The credential that opens a service: the one kept here, or a new one while its database is empty.
    pub(super) fn credential(
        &self,
        backend: Backend,
        seeded: bool,
    ) -> Result<Credential, DemoError> {
        let mut credential = backend.mint()?;
        for (input, value) in &mut credential {
            let path = self.credential_path(backend, input);
            match fs::read_to_string(&path) {
                Ok(kept) => kept.trim_end().clone_into(value),
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(at(&path)(error));
                }
                Err(_) if seeded => return Err(DemoError::CredentialLost(path)),
                Err(_) => write_private(&path, value).map_err(at(&path))?,
            }
        }
        Ok(credential)
    }

    /// Writes the config: a context for each service.
    pub(super) fn write_config(
        &self,
        address: SocketAddr,
        credentials: &[(Backend, Credential)],
    ) -> Result<(), DemoError> {
        let contexts = credentials.iter().map(|(backend, credential)| {
            let inputs = credential.iter().map(|(input, value)| {
                // A client id is no secret, so that it may stand in the config.
                if *input == "client_id" {
                    return format!("{input} = {}", quoted(value));
                }
                let path = self.credential_path(*backend, input);
                format!("{input} = {{ file = {} }}", quoted(&path.to_string_lossy()))
            });
            let inputs: Vec<String> = inputs.collect();
            format!(
                "[contexts.{name}]\nbackend = \"{name}\"\nurl = {}\ncredential = {{ {} }}\n",
                quoted(&backend.url(address)),
                inputs.join(", "),
                name = backend.name(),
            )
        });
        let text = contexts.collect::<Vec<_>>().join("\n");
        write_private(&self.config, &text).map_err(at(&self.config))
    }

    fn credential_path(&self, backend: Backend, input: &str) -> PathBuf {
        self.root.join(format!("{}.{input}", backend.name()))
    }
}

/// A TOML basic string: JSON's escapes are all among TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn at(path: &Path) -> impl Fn(io::Error) -> DemoError {
    let path = path.to_owned();
    move |source| DemoError::File {
        path: path.clone(),
        source,
    }
}

/// Makes a directory that its owner alone can enter; one that is there stays as it is.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a temporary directory that its owner alone can enter.
fn make_temporary() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("keyrack-demo-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// Writes a file that its owner alone can read, whole or not at all.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::NotFound)?;
    // tempfile makes its files 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
