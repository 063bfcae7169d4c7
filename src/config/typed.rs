//! The source of a credential as a person types it, on the command line or in the console's form.

use std::path::Path;

use crate::{
    manifest::{Manifest, nearest},
    secret::Source,
};

/// Reads `env:VAR`, `file:PATH`, `command:ARGV`, `prompt` or `plain:VALUE`.
///
/// # Errors
/// What is wrong with it; the text itself is never repeated, for it may be the credential.
pub fn typed_source(manifest: &Manifest, input: &str, text: &str) -> Result<Source, String> {
    let Some(declared) = manifest.inputs.get(input) else {
        let known: Vec<&str> = manifest.inputs.keys().map(String::as_str).collect();
        let hint = nearest(input, known.iter().copied())
            .map_or_else(|| known.join(", "), |near| format!("did you mean {near}?"));
        return Err(format!("{} has no input {input:?}: {hint}", manifest.id));
    };
    let plain = if declared.secret { "" } else { ", plain:VALUE" };
    let wrong = || {
        format!(
            "{input} takes env:VAR, file:PATH, command:ARGV{plain} or prompt, never the credential itself"
        )
    };
    let (word, rest) = text.split_once(':').unwrap_or((text, ""));
    let empty = |what: &str| Err(format!("{input}: the {what} after {word}: is empty"));
    match (word, rest) {
        ("prompt", "") => Ok(Source::Prompt),
        ("env", "") => empty("name of the variable"),
        ("file", "") => empty("path"),
        ("command", "") => empty("command"),
        ("config" | "wallet", _) if is_hotkey(manifest, input) => Err(format!(
            "{input}: a hotkey of a config or a wallet is written in the config file: \
             {{ config = \"PATH\" }} or {{ wallet = \"NAME\", hotkey = \"NAME\" }}"
        )),
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

/// The input holds the seed of a hotkey.
pub(super) fn is_hotkey(manifest: &Manifest, input: &str) -> bool {
    let mut ways = manifest.auth.iter();
    ways.any(|way| way.hotkey.as_ref().is_some_and(|it| it.input == input))
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
        typed_source(&manifest, input, text)
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
    fn a_source_that_cannot_be_used_is_told_by_what_is_wrong_with_it() {
        for (input, text, words) in [
            (
                "client_secret",
                "env:",
                "the name of the variable after env: is empty",
            ),
            ("client_secret", "file:", "the path after file: is empty"),
            (
                "client_secret",
                "command:",
                "the command after command: is empty",
            ),
            ("client_id", "app", "command:ARGV, plain:VALUE or prompt"),
            ("client_secret", "app", "command:ARGV or prompt"),
        ] {
            let told = source(input, text).unwrap_err();
            assert!(told.contains(words), "{text}: {told}");
        }
        let chutes = crate::manifest::load(crate::manifest::builtin("chutes").unwrap()).unwrap();
        for text in ["config:~/elsewhere/config.ini", "wallet:a"] {
            let told = typed_source(&chutes, "hotkey", text).unwrap_err();
            assert!(told.contains("is written in the config file"), "{told}");
        }
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
