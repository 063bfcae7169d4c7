//! Adds a context, a filter or a group to the config file and leaves everything else in it, comments included, as it was.
//! The file is replaced as a whole or not at all, and is the owner's alone.

#[cfg(test)]
mod tests;

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::{
    ConfigError, Environment,
    build::{address, build, check_name},
    guard::{self, Guard, GuardError},
};
use crate::{app::fleet::Group, secret::Source};

/// A context to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContext {
    /// Its name.
    pub name: String,
    /// A built-in name, or a manifest's file name in `backends/`.
    pub backend: String,
    /// The address of the service.
    pub url: String,
    /// The input and where it comes from; none where the backend has only one.
    pub credential: Vec<(String, Source)>,
}

/// Why a context, a filter or a group was not added.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is one of this name.
    #[error("there is a context {0:?} already; nothing was changed")]
    Exists(String),
    /// There is a filter or a group of this name.
    #[error("there is a {what} {name:?} already; nothing was changed")]
    Named {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The name, address or credential cannot be used.
    #[error("{0}; nothing was changed")]
    Unfit(String),
    /// The file cannot be read or others could have touched it.
    #[error(transparent)]
    Guarded(#[from] GuardError),
    /// The config has mistakes already.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Appends the context to the file, which is made when it is not there.
///
/// # Errors
/// When the name is taken, something cannot be used, or the file cannot be replaced.
pub fn add_context(
    path: &Path,
    context: &NewContext,
    environment: &Environment,
) -> Result<(), EditError> {
    edit(path, environment, |document| put_context(document, context))
}

/// Puts a filter and its name into the file, which is made when it is not there; `replace` lets it take the
/// place of the one that has its name.
///
/// # Errors
/// When the name is taken or cannot be used, or the file cannot be replaced.
pub fn add_filter(
    path: &Path,
    (name, text): (&str, &str),
    replace: bool,
    environment: &Environment,
) -> Result<(), EditError> {
    let place = ("filters", "filter", name);
    set(path, place, Value::from(text), replace, environment)
}

/// Puts a group of contexts into the file, as [`add_filter`] does a filter.
///
/// # Errors
/// When the name is taken or cannot be used, or the file cannot be replaced.
pub fn add_group(
    path: &Path,
    group: &Group,
    replace: bool,
    environment: &Environment,
) -> Result<(), EditError> {
    let names = group.contexts.iter().map(|name| &**name);
    let place = ("groups", "group", &*group.name);
    set(path, place, names.collect(), replace, environment)
}

/// Sets a key in a table of the file: the table, what its entries are called, and the key.
fn set(
    path: &Path,
    (in_table, what, name): (&str, &'static str, &str),
    mut new: Value,
    replace: bool,
    environment: &Environment,
) -> Result<(), EditError> {
    check_name(name)
        .map_err(|why| EditError::Unfit(format!("{name:?} cannot name a {what}: {why}")))?;
    edit(path, environment, |document| {
        let entries = table(document, in_table, false)?;
        match entries.get_mut(name) {
            Some(_) if !replace => {
                let name = name.to_owned();
                return Err(EditError::Named { what, name });
            }
            Some(there) => {
                // What stands behind it in its line stays there.
                if let Some(decor) = there.as_value().map(|value| value.decor().clone()) {
                    *new.decor_mut() = decor;
                }
                *there = Item::Value(new);
            }
            None => drop(entries.insert(name, value(new))),
        }
        Ok(())
    })
}

/// Changes the file, when what it says then can be used.
fn edit(
    path: &Path,
    environment: &Environment,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), EditError>,
) -> Result<(), EditError> {
    let text = match guard::read(path, Guard::Write) {
        Ok(text) => text.to_string(),
        Err(GuardError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            String::new()
        }
        Err(error) => return Err(error.into()),
    };
    build(&text, path, true, environment)?.whole()?;
    let mut document: DocumentMut = text
        .parse()
        .map_err(|_| EditError::Unfit("the config is not TOML; correct it first".to_owned()))?;
    change(&mut document)?;
    let text = document.to_string();
    // What would make the whole config unusable is refused before it is written.
    build(&text, path, true, environment).map_err(|error| match error {
        ConfigError::Mistakes(mistakes) => {
            let words = mistakes.iter().map(|mistake| mistake.fault.message.clone());
            EditError::Unfit(words.collect::<Vec<_>>().join("; "))
        }
        other => EditError::Config(other),
    })?;
    replace(path, text.as_bytes()).map_err(|source| EditError::Write {
        path: path.to_owned(),
        source,
    })
}

/// A table of the file, which is made when it is not there; one that holds only tables has no head.
fn table<'a>(
    document: &'a mut DocumentMut,
    name: &str,
    implicit: bool,
) -> Result<&'a mut dyn TableLike, EditError> {
    let there = document.entry(name).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(implicit);
        Item::Table(table)
    });
    there
        .as_table_like_mut()
        .ok_or_else(|| EditError::Unfit(format!("{name} in the config is not a table")))
}

fn put_context(document: &mut DocumentMut, context: &NewContext) -> Result<(), EditError> {
    check_name(&context.name).map_err(|why| {
        EditError::Unfit(format!("{:?} cannot name a context: {why}", context.name))
    })?;
    address(&context.url).map_err(|why| EditError::Unfit(format!("url {why}")))?;
    let contexts = table(document, "contexts", true)?;
    if contexts.contains_key(&context.name) {
        return Err(EditError::Exists(context.name.clone()));
    }
    let mut table = Table::new();
    table.insert("backend", value(&context.backend));
    table.insert("url", value(&context.url));
    if !context.credential.is_empty() {
        let mut inputs = InlineTable::new();
        for (input, source) in &context.credential {
            inputs.insert(input, source_value(source));
        }
        table.insert("credential", value(inputs));
    }
    contexts.insert(&context.name, Item::Table(table));
    Ok(())
}

fn source_value(source: &Source) -> Value {
    let path = |path: &Path| Value::from(path.to_string_lossy().as_ref());
    let (word, value) = match source {
        Source::Env(name) => ("env", Value::from(name.as_str())),
        Source::File(file) => ("file", path(file)),
        Source::Command(argv) => ("command", Value::from_iter(argv)),
        Source::Keyring(entry) => ("keyring", Value::from(entry.as_str())),
        Source::HotkeyConfig(file) => ("config", path(file)),
        Source::HotkeyWallet { wallet, hotkey } => {
            return InlineTable::from_iter([("wallet", wallet), ("hotkey", hotkey)]).into();
        }
        Source::Prompt => ("prompt", Value::from(true)),
        Source::Plain(text) => return Value::from(text.as_str()),
    };
    InlineTable::from_iter([(word, value)]).into()
}

/// Puts the bytes into the place of the file, which is the one behind a link: it is there as a whole, for its
/// owner alone, or as it was.
///
/// # Errors
/// When its folder cannot be made or written in.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut name = path.file_name().ok_or(io::ErrorKind::NotFound)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = folder.join(name);
    let written = write_new(&beside, bytes).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
