//! `keyrack context ls` and `add`: what is configured, and a new context without an editor.

use super::{DONE, Ended, FAILED, Failure, Setting, USAGE, args, output, table};
use crate::{
    app::gate::Write,
    config::{BackendError, EditError, NewContext, add_context, load_backend, typed_source},
};

/// Lists the contexts.
pub(super) fn list(setting: &Setting) -> Ended {
    let config = setting.contexts()?;
    let rows: Vec<Vec<String>> = config
        .contexts
        .iter()
        .map(|context| {
            let write = match context.write {
                Write::Never => "never",
                Write::Arm => "arm",
                Write::Always => "always",
            };
            let marks = if context.production { "production" } else { "" };
            vec![
                context.name().to_string(),
                context.connection.manifest.id.clone(),
                context.connection.url.to_string(),
                write.to_owned(),
                marks.to_owned(),
            ]
        })
        .collect();
    let titles = ["name", "backend", "url", "write", ""];
    output::print(&table::lay_out(titles, &rows, output::width()))?;
    Ok(DONE)
}

/// Adds a context to the config.
pub(super) fn add(setting: &Setting, arguments: args::Add) -> Ended {
    let (path, _) = setting
        .environment
        .config_path(setting.config.as_deref())
        .ok_or(crate::config::ConfigError::NoHome)?;
    let (manifest, _) = load_backend(&arguments.backend, &path).map_err(|error| match error {
        BackendError::Unknown(words) => Failure::usage(words),
        other => Failure::config(other.to_string()),
    })?;
    let mut credential = Vec::new();
    for (input, source) in arguments.credential {
        let source = typed_source(&manifest, &input, &source).map_err(Failure::usage)?;
        credential.push((input, source));
    }
    let context = NewContext {
        name: arguments.name,
        backend: arguments.backend,
        url: arguments.url,
        credential,
    };
    add_context(&path, &context, &setting.environment).map_err(|error| Failure {
        code: match &error {
            EditError::Exists(_) | EditError::Named { .. } | EditError::Unfit(_) => USAGE,
            EditError::Guarded(_) | EditError::Config(_) => super::CONFIG,
            EditError::Write { .. } => FAILED,
        },
        message: error.to_string(),
    })?;
    output::say(&format!(
        "added {} to {}; try it with: keyrack context check {0}",
        context.name,
        path.display()
    ));
    Ok(DONE)
}
