//! The values that a command was given: from its arguments where they are not secret, else from a file, from
//! standard input or from a command of the config. What is wrong is told of all fields at once, and never
//! shows a value.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::{Failure, args};
use crate::{
    app::form::given::{Sheet, Wrong},
    cli::output,
    config::Resolver,
    manifest::{Content, Field, Kind},
    record::Text,
};

/// Longest value in bytes.
const LONGEST: usize = 64 << 10;

/// Where one value comes from.
#[derive(Debug)]
enum From {
    Argument(String),
    File(String),
    Command(String),
    Json(String),
}

/// The values that were given, by the names of their fields, not read yet.
#[derive(Debug)]
pub(in crate::cli) struct Values(Vec<(String, From)>);

impl Values {
    /// The values of a command line.
    ///
    /// # Errors
    /// When one has no name; what stands there is not repeated, for it may be a secret.
    pub fn of(arguments: &args::Values) -> Result<Self, Failure> {
        let mut values = Vec::new();
        let mut take = |given: &[String], form: &str, from: fn(String) -> From| {
            for text in given {
                match text.split_once('=') {
                    Some((name, value)) if !name.is_empty() => {
                        values.push((name.to_owned(), from(value.to_owned())));
                    }
                    _ => return Err(Failure::usage(format!("nothing was sent: write {form}"))),
                }
            }
            Ok(())
        };
        take(&arguments.set, "--set NAME=VALUE", From::Argument)?;
        take(&arguments.set_file, "--set-file NAME=PATH", From::File)?;
        let command = "--set-command NAME=SOURCE";
        take(&arguments.set_command, command, From::Command)?;
        take(&arguments.set_json, "--set-json NAME=JSON", From::Json)?;
        Ok(Self(values))
    }

    /// Nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// They can be given to so many keys: standard input is read once.
    ///
    /// # Errors
    /// That it has the value of one key alone.
    pub fn are_for(&self, keys: usize) -> Result<(), Failure> {
        let piped = |from: &From| matches!(from, From::File(path) if path == "-");
        if keys < 2 || !self.0.iter().any(|(_, from)| piped(from)) {
            return Ok(());
        }
        Err(Failure::usage(
            "nothing was sent: standard input has the value of one key, and these are several; give it with --set-file NAME=PATH or --set-command",
        ))
    }

    /// Whether each value may be given so, before any is read.
    ///
    /// # Errors
    /// All that is wrong, a line for each field.
    pub fn check(&self, sheet: &Sheet) -> Result<(), Failure> {
        let (mut wrong, mut names, mut piped) = (Vec::new(), BTreeSet::new(), 0);
        for (name, from) in &self.0 {
            piped += usize::from(matches!(from, From::File(path) if path == "-"));
            match sheet.field(name) {
                Err(why) => wrong.push(why),
                Ok(_) if !names.insert(name) => {
                    wrong.push(Wrong::new(name, "It was given twice."));
                }
                Ok(field) => wrong.extend(unfit(field, from)),
            }
        }
        if piped > 1 {
            wrong.push(Wrong::new(
                "-",
                "Standard input has one value, not several.",
            ));
        }
        told(&wrong)
    }

    /// Reads all values into the fields.
    ///
    /// # Errors
    /// All that is wrong, a line for each field.
    pub async fn fill(&self, sheet: &mut Sheet, resolver: &Resolver) -> Result<(), Failure> {
        let mut wrong = Vec::new();
        for (name, from) in &self.0 {
            let filled = match from {
                From::Json(text) => json(sheet, name, text),
                other => match text(sheet, name, other, resolver).await {
                    Ok(text) => sheet.text(name, &text),
                    Err(why) => Err(Wrong::new(name, why)),
                },
            };
            wrong.extend(filled.err());
        }
        told(&wrong)
    }
}

/// All that is wrong, as the end of a command.
///
/// # Errors
/// Where anything is.
pub(in crate::cli) fn told(wrong: &[Wrong]) -> Result<(), Failure> {
    if wrong.is_empty() {
        return Ok(());
    }
    Err(mistakes(wrong))
}

/// All that is wrong, where anything is.
pub(in crate::cli) fn mistakes(wrong: &[Wrong]) -> Failure {
    let lines = wrong.iter();
    let lines = lines.map(|wrong| format!("{}: {}", wrong.field, wrong.why));
    let lines: Vec<String> = lines.collect();
    Failure::usage(format!("nothing was sent:\n{}", lines.join("\n")))
}

/// Why a field does not take a value from there.
fn unfit(field: &Field, from: &From) -> Option<Wrong> {
    let key = &field.key;
    let why = match (field.kind, from) {
        (Kind::Secret, From::Argument(_) | From::Json(_)) => format!(
            "A secret is never given as an argument, which other programs can read and the shell remembers: use --set-file {key}=PATH (- reads standard input) or --set-command {key}=SOURCE."
        ),
        (Kind::Records, From::Json(_)) => return None,
        (Kind::Records, _) => {
            format!("This is a list of objects: write --set-json {key}='[{{…}}]'.")
        }
        _ => return None,
    };
    Some(Wrong::new(key, why))
}

fn json(sheet: &mut Sheet, name: &str, text: &str) -> Result<(), Wrong> {
    match serde_json::from_str::<Json>(text) {
        Ok(value) => sheet.json(name, &value),
        Err(error) => Err(Wrong::new(name, format!("This is not JSON: {error}."))),
    }
}

/// The text of a value: byte for byte where its lines matter, else without its last newline.
async fn text(
    sheet: &Sheet,
    name: &str,
    from: &From,
    resolver: &Resolver,
) -> Result<Zeroizing<String>, String> {
    let field = sheet.field(name).map_err(|wrong| wrong.why)?;
    let exact = field.lines || field.check == Some(Content::SshPrivateKey);
    let secret = field.kind == Kind::Secret;
    let read = match from {
        From::Argument(text) | From::Json(text) => Zeroizing::new(text.clone()),
        From::Command(source) => {
            let printed = resolver.named(source, exact).await;
            printed.map_err(|why| format!("{why}."))?
        }
        From::File(path) if path == "-" => trimmed(standard_input()?, exact),
        From::File(path) => trimmed(file(&resolver.path(Path::new(path)), name, secret)?, exact),
    };
    if read.len() > LONGEST {
        return Err(too_long());
    }
    if read.is_empty() && !matches!(from, From::Argument(_)) {
        return Err("Nothing was there: check what it reads.".to_owned());
    }
    let one_line = secret && exact && read.ends_with('\n') && read.lines().count() == 1;
    if one_line && field.check.is_none() {
        output::say(&format!(
            "warning: {name}: the value ends with a newline, which is sent as a part of it; printf '%s' writes none"
        ));
    }
    Ok(read)
}

fn too_long() -> String {
    format!("More than {} KiB do not fit.", LONGEST >> 10)
}

/// A text without its last newline, unless it is wanted byte for byte.
fn trimmed(mut text: Zeroizing<String>, exact: bool) -> Zeroizing<String> {
    if !exact && text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn standard_input() -> Result<Zeroizing<String>, String> {
    let input = io::stdin();
    if input.is_terminal() {
        return Err(
            "- is standard input, which is a terminal here and would show it: pipe the value in, or name a file."
                .to_owned(),
        );
    }
    bounded(input.lock(), "standard input")
}

fn file(path: &Path, name: &str, secret: bool) -> Result<Zeroizing<String>, String> {
    let shown = path.display();
    let unread = |error: io::Error| format!("{shown} cannot be read: {error}.");
    let file = File::open(path).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    if metadata.is_dir() {
        return Err(format!("{shown} is a folder."));
    }
    if secret && metadata.is_file() && others_may_read(&metadata) {
        output::say(&format!(
            "warning: {name}: {shown} can be read by others; close it with: chmod 600 {shown}"
        ));
    }
    bounded(file, &shown.to_string())
}

#[cfg(unix)]
fn others_may_read(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn others_may_read(_: &std::fs::Metadata) -> bool {
    false
}

/// Reads up to the bound; one byte more shows that there is more. The buffer never grows, for a larger one
/// would leave a copy behind.
fn bounded(from: impl Read, what: &str) -> Result<Zeroizing<String>, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
    let read = from.take(LONGEST as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("{what} cannot be read: {error}."))?;
    if bytes.len() > LONGEST {
        return Err(too_long());
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(format!("{} is not UTF-8 text.", Text::new(what).shown())),
    }
}
