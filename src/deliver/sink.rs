//! A sink is written as one word, the same in the console, on the command line and in the journal; what
//! cannot be meant is refused in words before anything is asked of a service.

use std::{fmt, path::PathBuf, str::FromStr};

/// Where a new secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    /// Standard output, and a newline.
    Stdout,
    /// The clipboard, for a while.
    Clipboard,
    /// A new file that holds nothing else.
    File(PathBuf),
    /// A variable in a file of variables.
    Env {
        /// The file.
        path: PathBuf,
        /// The variable.
        name: String,
    },
    /// A command of the config, by name; it reads the secret on its standard input.
    Command(String),
}

/// What can be written.
const FORMS: &str = "stdout, clipboard, file:PATH, env:PATH:NAME or cmd:NAME";

impl FromStr for Sink {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (text, None),
        };
        match (kind, rest) {
            ("stdout", None) => Ok(Self::Stdout),
            ("clipboard", None) => Ok(Self::Clipboard),
            ("file", rest) => {
                let path = named(rest, "file: needs a path, such as file:/run/user/1000/key")?;
                Ok(Self::File(path.into()))
            }
            ("env", rest) => variable(rest.unwrap_or("")),
            ("cmd", rest) => {
                let name = named(rest, "cmd: needs the name of a command under [sinks]")?;
                Ok(Self::Command(name.to_owned()))
            }
            ("stdout" | "clipboard", Some(_)) => {
                Err(format!("{kind} takes nothing after it; write {kind}"))
            }
            _ => Err(format!("{text:?} is no place for a secret; write {FORMS}")),
        }
    }
}

fn named<'a>(text: Option<&'a str>, missing: &str) -> Result<&'a str, String> {
    text.filter(|text| !text.is_empty())
        .ok_or_else(|| missing.to_owned())
}

fn variable(text: &str) -> Result<Sink, String> {
    let (path, name) = text
        .rsplit_once(':')
        .filter(|(path, _)| !path.is_empty())
        .ok_or("env: needs a file and a variable, such as env:.env:API_KEY")?;
    let starts = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_');
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '_';
    if !starts || !name.chars().all(fits) {
        return Err(format!(
            "{name:?} cannot be the name of a variable; letters, digits and _ can, without a digit at the start"
        ));
    }
    Ok(Sink::Env {
        path: path.into(),
        name: name.to_owned(),
    })
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("stdout"),
            Self::Clipboard => f.write_str("clipboard"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Env { path, name } => write!(f, "env:{}:{name}", path.display()),
            Self::Command(name) => write!(f, "cmd:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_is_shown_as_it_was_typed() {
        for text in [
            "stdout",
            "clipboard",
            "file:/k/f",
            "file:a:b",
            "env:.env:API_KEY",
            "env:/a:b/.env:_K2",
            "cmd:vault",
        ] {
            assert_eq!(text.parse::<Sink>().unwrap().to_string(), text);
        }
        assert_eq!(
            "env:/a:b/.env:K".parse(),
            Ok(Sink::Env {
                path: "/a:b/.env".into(),
                name: "K".to_owned()
            })
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused_in_words() {
        for (text, says) in [
            (
                "",
                "\"\" is no place for a secret; write stdout, clipboard, file:PATH",
            ),
            ("/tmp/x", "\"/tmp/x\" is no place for a secret"),
            ("vault:x", "\"vault:x\" is no place for a secret"),
            ("file:", "file: needs a path"),
            ("file", "file: needs a path"),
            ("clipboard:x", "clipboard takes nothing after it"),
            ("env:.env", "env: needs a file and a variable"),
            ("env::K", "env: needs a file and a variable"),
            ("env:.env:", "\"\" cannot be the name of a variable"),
            ("env:.env:2K", "\"2K\" cannot be the name of a variable"),
            ("env:.env:A-B", "\"A-B\" cannot be the name of a variable"),
            ("cmd:", "cmd: needs the name of a command"),
        ] {
            let refused = text.parse::<Sink>().unwrap_err();
            assert!(refused.starts_with(says), "{text}: {refused}");
        }
    }
}
