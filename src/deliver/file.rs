//! `file:PATH`: a new file of mode 0600 that holds the secret and nothing else, no newline either, and
//! that is on the disk before it is called stored. It never overwrites; a file half written is removed.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use super::{Content, Receipt, folder};

/// Checks that the file could be made, without making it.
pub fn check(path: &Path) -> Result<(), String> {
    folder::check(&folder::of(path)?)?;
    match fs::symlink_metadata(path) {
        Ok(_) => Err(taken(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{} cannot be made: {error}", path.display())),
    }
}

/// Stores the content; waits for the disk.
pub fn store(path: &Path, content: &Content) -> Receipt {
    match write(path, content) {
        Ok(()) => Receipt::Stored(path.to_owned()),
        Err(why) => Receipt::Failed(why),
    }
}

fn write(path: &Path, content: &Content) -> Result<(), String> {
    let folder = folder::of(path)?;
    folder::check(&folder)?;
    let left = "a part of the secret may stand in it, for it cannot be removed";
    make(path, left, |file| {
        file.write_all(content.text.as_bytes())?;
        file.sync_all()?;
        folder::sync(&folder)
    })
}

/// Makes a file that was not there, for its owner alone; one that could not be written whole is removed, and
/// `left` says what it means when that failed too.
///
/// # Errors
/// Why there is no such file, and what to do.
pub fn make(
    path: &Path,
    left: &str,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), String> {
    let shown = path.display();
    let mut file = folder::create(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(path),
        _ => format!("{shown} cannot be made: {error}"),
    })?;
    write(&mut file).map_err(|error| {
        drop(file);
        match fs::remove_file(path) {
            Ok(()) => format!("{shown} cannot be written: {error}; it was removed again"),
            Err(still) => format!("{shown} cannot be written: {error}; {left}: {still}"),
        }
    })
}

/// Nothing is written over a file.
#[must_use]
pub fn taken(path: &Path) -> String {
    format!(
        "{} is there already and is never overwritten; name another file",
        path.display()
    )
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
