//! A backend is a built-in manifest or a file in `backends/` beside the config; a built-in name cannot be
//! taken by a file, and a file that others may write is not used.

use std::{path::Path, sync::Arc};

use super::{
    Mistake, backends_folder,
    guard::{self, Guard, GuardError},
    read::suggestion,
};
use crate::manifest::{self, Fault, Manifest};

/// Why a backend cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// There is none of this name.
    #[error("{0}")]
    Unknown(String),
    /// Its file cannot be read, or others could have changed it.
    #[error(transparent)]
    Guarded(#[from] GuardError),
    /// Its manifest has mistakes.
    #[error("{}", super::lines(.0))]
    Mistakes(Vec<Mistake>),
}

/// The manifest of a built-in backend or of one beside the config, and what looks wrong about it.
pub fn load_backend(
    name: &str,
    config: &Path,
) -> Result<(Arc<Manifest>, Option<String>), BackendError> {
    let path = backends_folder(config).join(format!("{name}.toml"));
    let mistakes = |faults: Vec<Fault>, path: &Path| {
        let faults = faults.into_iter().map(|fault| Mistake {
            path: path.to_owned(),
            fault,
        });
        BackendError::Mistakes(faults.collect())
    };
    if let Some(manifest) = manifest::load_builtin(name) {
        // A start asks this for each context: one look at the file, not a reading of the whole folder.
        let shadowed = path.symlink_metadata().is_ok().then(|| {
            format!(
                "{} is not used, because {name} is built in; name the file otherwise",
                path.display()
            )
        });
        return Ok((manifest, shadowed));
    }
    let own = own_backends(config);
    if !own.iter().any(|own| own == name) {
        let known: Vec<&str> = manifest::builtin_names()
            .into_iter()
            .chain(own.iter().map(String::as_str))
            .collect();
        return Err(BackendError::Unknown(format!(
            "there is no backend {name:?}; {}; or put its manifest at {}",
            suggestion(name, &known).trim_end_matches('?'),
            path.display()
        )));
    }
    let text = guard::read(&path, Guard::Write)?;
    let manifest = manifest::load(&text).map_err(|faults| mistakes(faults, &path))?;
    Ok((manifest, None))
}

/// The names of the manifests beside the config, in order.
pub fn own_backends(config: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(backends_folder(config)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_toml = path
                .extension()
                .is_some_and(|extension| extension == "toml");
            let name = path.file_stem()?.to_str()?.to_owned();
            is_toml.then_some(name)
        })
        .collect();
    names.sort();
    names
}
