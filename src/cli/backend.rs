//! `keyrack backend ls`, `show` and `schema`: the backends there are, and their manifests as text.

pub(super) mod approve;
pub(super) mod attempt;
pub(super) mod check;
pub(super) mod new;

use super::{DONE, Ended, Failure, Setting, output, table};
use crate::{
    config::{BackendError, backends_folder, guard, load_backend, own_backends},
    manifest::{self, Manifest, Tab},
};

/// Lists the backends.
pub(super) fn list(setting: &Setting) -> Ended {
    let path = config_path(setting)?;
    let built_in = manifest::builtin_names();
    let own = own_backends(&path);
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    let others = own
        .iter()
        .map(String::as_str)
        .filter(|name| !built_in.contains(name));
    for name in built_in.iter().copied().chain(others) {
        let place = if built_in.contains(&name) {
            "built in"
        } else {
            "backends/"
        };
        match load_backend(name, &path) {
            Ok((manifest, _)) => rows.push(row(name, &manifest, place)),
            Err(error) => broken.push(error.to_string()),
        }
    }
    let titles = ["name", "service", "panes", "from"];
    output::print(&table::lay_out(titles, &rows, output::width()))?;
    if broken.is_empty() {
        Ok(DONE)
    } else {
        // The list was printed: a part of it failed, and the configuration as such can be used.
        Err(Failure::failed(format!(
            "not listed, because it cannot be used:\n{}",
            broken.join("\n")
        )))
    }
}

fn row(name: &str, manifest: &Manifest, place: &str) -> Vec<String> {
    let has = |tab: &Tab| {
        manifest
            .resource
            .iter()
            .any(|resource| resource.pane == *tab)
    };
    let panes: Vec<&str> = Tab::ALL.into_iter().filter(has).map(Tab::name).collect();
    vec![
        name.to_owned(),
        manifest.title.clone(),
        panes.join(", "),
        place.to_owned(),
    ]
}

/// Prints a manifest as it is written.
pub(super) fn show(setting: &Setting, name: &str) -> Ended {
    if let Some(text) = manifest::builtin(name) {
        output::print(text)?;
        return Ok(DONE);
    }
    let path = config_path(setting)?;
    if let Err(BackendError::Unknown(words)) = load_backend(name, &path) {
        return Err(Failure::usage(words));
    }
    let file = backends_folder(&path).join(format!("{name}.toml"));
    let text = guard::read(&file, guard::Guard::Write)
        .map_err(|error| Failure::config(error.to_string()))?;
    output::print(&text)?;
    Ok(DONE)
}

/// Prints the schema of manifests.
pub(super) fn schema() -> Ended {
    output::print(manifest::schema())?;
    Ok(DONE)
}

fn config_path(setting: &Setting) -> Result<std::path::PathBuf, Failure> {
    let path = setting.environment.config_path(setting.config.as_deref());
    let (path, _) = path.ok_or(crate::config::ConfigError::NoHome)?;
    Ok(path)
}
