//! `keyrack context ls` and `add`: what is configured, and a new context without an editor.

use std::path::Path;

use super::{DONE, Ended, FAILED, Failure, Setting, USAGE, args, output, table};
use crate::{
    app::gate::Write,
    config::{BackendError, EditError, NewContext, add_context, load_backend, nearest},
    manifest::Manifest,
    secret::Source,
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
        let source = source_of(&manifest, &input, &source).map_err(Failure::usage)?;
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
            EditError::Exists(_) | EditError::Unfit(_) => USAGE,
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

/// Reads `env:VAR`, `file:PATH`, `command:ARGV`, `prompt` or `plain:VALUE`.
fn source_of(manifest: &Manifest, input: &str, text: &str) -> Result<Source, String> {
    let Some(declared) = manifest.inputs.get(input) else {
        let known: Vec<&str> = manifest.inputs.keys().map(String::as_str).collect();
        let hint = nearest(input, known.iter().copied())
            .map_or_else(|| known.join(", "), |near| format!("did you mean {near}?"));
        return Err(format!("{} has no input {input:?}: {hint}", manifest.id));
    };
    // What was typed may be the credential itself, so it is never repeated.
    let wrong = || {
        format!(
            "{input} takes env:VAR, file:PATH, command:ARGV or prompt, never the credential itself"
        )
    };
    let (word, rest) = text.split_once(':').unwrap_or((text, ""));
    match (word, rest) {
        ("prompt", "") => Ok(Source::Prompt),
        (_, "") => Err(wrong()),
        ("env", name) => Ok(Source::Env(name.to_owned())),
        ("file", path) if path.starts_with('~') => Ok(Source::File(path.into())),
        ("file", path) => std::path::absolute(Path::new(path))
            .map(Source::File)
            .map_err(|error| format!("{input}: {path}: {error}")),
        ("command", argv) => command_of(argv).map(Source::Command),
        ("plain", value) if !declared.secret => Ok(Source::Plain(value.to_owned())),
        _ => Err(wrong()),
    }
}

/// Words between blanks, or a JSON list of words.
fn command_of(argv: &str) -> Result<Vec<String>, String> {
    let words = if argv.trim_start().starts_with('[') {
        serde_json::from_str(argv)
            .map_err(|_| "the command is not a JSON list of texts".to_owned())?
    } else if argv.contains(['"', '\'', '\\']) {
        return Err(
            "write a command with quotes as a JSON list: command:[\"pass\", \"show\", \"my key\"]"
                .to_owned(),
        );
    } else {
        argv.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    if words.is_empty() {
        return Err("the command is empty".to_owned());
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(input: &str, text: &str) -> Result<Source, String> {
        let manifest = crate::manifest::load(crate::manifest::builtin("runai").unwrap()).unwrap();
        source_of(&manifest, input, text)
    }

    #[test]
    fn a_source_on_the_command_line_is_a_word_and_a_place() {
        let secret = |text| source("client_secret", text);
        assert_eq!(secret("env:S"), Ok(Source::Env("S".into())));
        assert_eq!(secret("file:/a:b"), Ok(Source::File("/a:b".into())));
        assert_eq!(secret("file:~/s"), Ok(Source::File("~/s".into())));
        assert_eq!(secret("prompt"), Ok(Source::Prompt));
        let words = |words: &[&str]| {
            Ok(Source::Command(
                words.iter().map(|&word| word.to_owned()).collect(),
            ))
        };
        assert_eq!(secret("command:pass show x"), words(&["pass", "show", "x"]));
        assert_eq!(
            secret("command:[\"pass\", \"my key\"]"),
            words(&["pass", "my key"])
        );
        assert_eq!(
            source("client_id", "plain:a"),
            Ok(Source::Plain("a".into()))
        );
    }

    #[test]
    fn a_credential_on_the_command_line_is_refused_and_not_repeated() {
        for text in [
            "hunter2",
            "plain:hunter2",
            "env:",
            "hunter2:x",
            "command:a 'hunter2'",
        ] {
            let words = source("client_secret", text).unwrap_err();
            assert!(!words.contains("hunter2"), "{words}");
        }
        assert_eq!(
            source("client_secre", "prompt").unwrap_err(),
            "runai has no input \"client_secre\": did you mean client_secret?"
        );
    }
}
