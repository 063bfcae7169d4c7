//! A secret that nobody acknowledged when the program is ended from outside is handed to one place that
//! the config allows: the clipboard for ten minutes, or a private file in memory that the next start
//! shows and erases. Nothing here waits long, and what is said about it never holds the secret.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use super::{Content, Surroundings, clipboard, folder, unguessable};
use crate::{record::Text, secret::Secret};

/// How long the clipboard holds a rescued secret.
const LEASE: Duration = Duration::from_mins(10);
/// How long a rescue may take in all.
const PATIENCE: Duration = Duration::from_millis(1_800);
/// Largest rescue file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// How the names of rescue files begin.
const PREFIX: &str = "rescue-";
/// What stands between a label and the entry of the journal that the secret belongs to.
const OF: char = '\u{1f}';

/// Where an undelivered secret goes when the program is ended from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rescue {
    /// To a process that holds the clipboard.
    #[default]
    Holder,
    /// To a private file in the runtime folder.
    Runtime,
    /// Nowhere.
    Off,
}

/// Hands over labelled secrets because the program is ended; gives lines for standard error.
pub fn rescue(way: Rescue, around: &Surroundings, secrets: &[(String, Content)]) -> Vec<String> {
    match hand_over(way, around, secrets, " when keyrack was ended") {
        Ok(lines) | Err(lines) => lines,
    }
}

/// Hands over labelled secrets that their destination did not take; gives lines for standard error, as an
/// error where nothing keeps them.
pub fn keep(
    way: Rescue,
    around: &Surroundings,
    secrets: &[(String, Content)],
) -> Result<Vec<String>, Vec<String>> {
    hand_over(way, around, secrets, "")
}

fn hand_over(
    way: Rescue,
    around: &Surroundings,
    secrets: &[(String, Content)],
    when: &str,
) -> Result<Vec<String>, Vec<String>> {
    if secrets.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = secrets
        .iter()
        .map(|(label, _)| Text::new(label).shown().into_owned())
        .collect();
    let (what, they) = match secrets {
        [_] => ("the secret of", "it was"),
        _ => ("the secrets of", "they were"),
    };
    let what = format!("not saved{when}: {what} {}", names.join(", "));
    let handed = match way {
        Rescue::Holder => on_clipboard(around, secrets),
        Rescue::Runtime => in_files(around.runtime_folder.as_deref(), secrets),
        Rescue::Off => Err("rescue = \"off\" in the config".to_owned()),
    };
    match handed {
        Ok(place) => Ok(vec![format!("{what}; {place}")]),
        Err(why) => Err(vec![
            format!("{what}; {they} not kept: {why}"),
            "the key itself exists: regenerate it where the service can, else delete it and create another".to_owned(),
        ]),
    }
}

fn on_clipboard(around: &Surroundings, secrets: &[(String, Content)]) -> Result<String, String> {
    if !around.has_display() {
        return Err("there is no display".to_owned());
    }
    let by = Instant::now() + PATIENCE;
    let (_holder, channel, read) =
        clipboard::hand_over(around, together(secrets), Some(LEASE), by)?;
    let (they, shape) = match secrets {
        [_] => ("it is", ""),
        _ => ("they are", ", a line each"),
    };
    let sure = if read { "" } else { ", as far as can be known" };
    let lease = super::words(LEASE);
    Ok(format!(
        "{they} on the clipboard ({channel}) for {lease}{shape}{sure}"
    ))
}

/// The one secret, or a line for each with its label.
fn together(secrets: &[(String, Content)]) -> Content {
    if let [(_, content)] = secrets {
        return content.again();
    }
    let size = |(label, content): &(String, Content)| label.len() + content.text.len() + 3;
    let mut text = Zeroizing::new(String::with_capacity(secrets.iter().map(size).sum()));
    for (label, content) in secrets {
        for piece in [label, ": ", &content.text, "\n"] {
            text.push_str(piece);
        }
    }
    Content {
        text,
        secret: true,
        entry: None,
        about: None,
    }
}

fn in_files(runtime: Option<&Path>, secrets: &[(String, Content)]) -> Result<String, String> {
    let runtime = runtime.ok_or("there is no runtime folder (XDG_RUNTIME_DIR)")?;
    let folder = open_folder(runtime)?;
    for (label, content) in secrets {
        store(&folder, label, content)
            .map_err(|error| format!("nothing can be written in {}: {error}", folder.display()))?;
    }
    let (they, erased) = match secrets {
        [_] => ("it is", "it"),
        _ => ("they are", "them"),
    };
    Ok(format!(
        "{they} in {} until the next start of keyrack shows and erases {erased}",
        folder.display()
    ))
}

/// The folder of rescue files, made if it is not there.
fn open_folder(runtime: &Path) -> Result<PathBuf, String> {
    folder::check(runtime)?;
    let folder = runtime.join("keyrack");
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    match builder.create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(format!("{} cannot be made: {error}", folder.display()));
        }
        _ => {}
    }
    private_folder(&folder)?;
    Ok(folder)
}

fn private_folder(folder: &Path) -> Result<(), String> {
    let metadata = fs::symlink_metadata(folder)
        .map_err(|error| format!("{} cannot be used: {error}", folder.display()))?;
    if metadata.file_type().is_symlink() {
        return Err(format!("{} is a symbolic link", folder.display()));
    }
    folder::check(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if metadata.mode() & 0o077 != 0 {
            return Err(format!(
                "the folder {} can be read by others; correct it with: chmod 700 {}",
                folder.display(),
                folder::quoted(folder)
            ));
        }
    }
    Ok(())
}

/// One secret: its label on the first line, with the entry of the journal where there is one, then the secret and nothing else.
fn store(folder: &Path, label: &str, content: &Content) -> io::Result<()> {
    let path = folder.join(format!("{PREFIX}{}", unguessable()?));
    let mut label = label.replace(['\n', '\r', OF], " ");
    if let Some(entry) = &content.entry {
        label.push(OF);
        label.push_str(entry);
    }
    let mut file = folder::create(&path)?;
    let written = [label.as_bytes(), b"\n", content.text.as_bytes()]
        .into_iter()
        .try_for_each(|piece| file.write_all(piece))
        .and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&path);
    }
    written
}

/// A secret that an earlier end of the program left behind.
#[derive(Debug)]
pub struct Rescued {
    /// Whose secret it is.
    pub label: String,
    /// Its write in the journal, where that is known.
    pub entry: Option<String>,
    /// The secret.
    pub secret: Secret,
    path: PathBuf,
}

impl Rescued {
    /// Those in the runtime folder. A file that others could have touched is left out and told, in words.
    #[must_use]
    pub fn find(runtime_folder: &Path) -> (Vec<Self>, Vec<String>) {
        let folder = runtime_folder.join("keyrack");
        let Ok(entries) = fs::read_dir(&folder) else {
            return (Vec::new(), Vec::new());
        };
        let name = |path: &PathBuf| {
            let name = path.file_name()?.to_str()?;
            name.starts_with(PREFIX).then_some(())
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| name(path).is_some())
            .collect();
        if paths.is_empty() {
            return (Vec::new(), Vec::new());
        }
        if let Err(why) = private_folder(&folder) {
            return (Vec::new(), vec![why]);
        }
        paths.sort();
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for path in paths {
            match Self::read(&path) {
                Ok(rescued) => found.push(rescued),
                Err(why) => faults.push(why),
            }
        }
        (found, faults)
    }

    fn read(path: &Path) -> Result<Self, String> {
        let unreadable = |error| format!("{} cannot be read: {error}", path.display());
        folder::private(path, &fs::symlink_metadata(path).map_err(unreadable)?)?;
        let file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        if size > LARGEST {
            return Err(format!("{} is larger than 1 MiB", path.display()));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(
            usize::try_from(size).unwrap_or_default() + 1,
        ));
        file.take(LARGEST)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let (label, secret) = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.split_once('\n'))
            .ok_or_else(|| format!("{} is no rescue file", path.display()))?;
        let (label, entry) = match label.rsplit_once(OF) {
            Some((label, entry)) => (label, Some(entry.to_owned())),
            None => (label, None),
        };
        Ok(Self {
            label: label.to_owned(),
            entry,
            secret: Secret::new(Zeroizing::new(secret.to_owned())),
            path: path.to_owned(),
        })
    }

    /// Erases its file; call it once the secret is shown. Calling it again does nothing.
    ///
    /// # Errors
    /// Why the file is still there.
    pub fn erase(&self) -> io::Result<()> {
        // Overwritten first, for whoever has it open.
        let mut file = match File::options().write(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        let size = file.metadata()?.len();
        io::copy(&mut io::repeat(0).take(size), &mut file)?;
        fs::remove_file(&self.path)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
