//! What one run leaves for the next is a JSON file of its own in the state folder: whole or as it was, for
//! its owner alone, and never needed. `runtime` keeps the console's last look there; whoever cannot read
//! its file goes on without it and says so in the log.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::config::{
    self, GuardError,
    guard::{self, Guard},
};

/// What the files of this program say of themselves.
const VERSION: u32 = 1;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// What stands in a file.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    version: u32,
    kept: T,
}

/// The version alone: what another one keeps may look different.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Why something is not remembered.
#[derive(Debug, thiserror::Error)]
pub enum RememberError {
    /// The file cannot be read, or others could have written it.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// It is of another version of keyrack.
    #[error("{} is of version {version}; this keyrack reads version {VERSION}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        version: u32,
    },
    /// It holds something else.
    #[error("{} makes no sense: {source}", path.display())]
    Strange {
        /// The file.
        path: PathBuf,
        /// Where, and what is wrong.
        source: serde_json::Error,
    },
    /// It cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Where something with this name is kept.
#[must_use]
pub fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}

/// Reads what [`save`] kept under this name; `None` when nothing was.
///
/// # Errors
/// When there is a file that cannot be read, that others could have written, or that holds something else.
pub fn load<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<Option<T>, RememberError> {
    let path = path(folder, name);
    let bytes = match guard::read_most(&path, Guard::Write, LARGEST) {
        Err(GuardError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        read => read?,
    };
    let strange = |source| RememberError::Strange {
        path: path.clone(),
        source,
    };
    let Version { version } = serde_json::from_slice(&bytes).map_err(strange)?;
    if version != VERSION {
        return Err(RememberError::Version { path, version });
    }
    let Kept { kept, .. } = serde_json::from_slice(&bytes).map_err(strange)?;
    Ok(Some(kept))
}

/// Keeps something under a name, in the place of what was kept before.
///
/// # Errors
/// When the file cannot be written: it is as it was.
pub fn save<T: Serialize>(folder: &Path, name: &str, kept: &T) -> Result<(), RememberError> {
    let path = path(folder, name);
    let version = VERSION;
    let written = serde_json::to_vec(&Kept { version, kept })
        .map_err(io::Error::other)
        .and_then(|bytes| config::replace(&path, &bytes));
    written.map_err(|source| RememberError::Unwritten { path, source })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;

    type Word = BTreeMap<String, u8>;

    fn word() -> Word {
        BTreeMap::from([("a".to_owned(), 7)])
    }

    #[test]
    fn what_was_kept_is_read_again_and_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("not/yet");
        assert!(load::<Word>(&state, "look").unwrap().is_none());
        save(&state, "look", &word()).unwrap();
        save(&state, "look", &word()).unwrap();
        assert_eq!(load::<Word>(&state, "look").unwrap(), Some(word()));
        assert!(load::<Word>(&state, "other").unwrap().is_none());
        assert_eq!(fs::read_dir(&state).unwrap().count(), 1, "nothing beside");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it_and_what_others_may_write_is_not_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = path(folder.path(), "look");
        save(folder.path(), "look", &word()).unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o622)).unwrap();
        let read = load::<Word>(folder.path(), "look");
        assert!(matches!(read, Err(RememberError::Guard(_))));
    }

    #[test]
    fn what_is_of_another_version_or_makes_no_sense_is_an_error_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = path(folder.path(), "look");
        save(folder.path(), "look", &word()).unwrap();
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            let error = load::<Word>(folder.path(), "look").unwrap_err();
            error.to_string().replace(&file.display().to_string(), "F")
        };
        assert_eq!(
            read(r#"{"version":2,"kept":["else"]}"#),
            "F is of version 2; this keyrack reads version 1"
        );
        assert!(read(r#"{"version":1,"kept":{"a":"b"}}"#).starts_with("F makes no sense: "));
        assert!(read("").starts_with("F makes no sense: "));
    }

    #[test]
    fn a_file_that_cannot_be_written_says_which_and_why() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::write(&taken, "").unwrap();
        let error = save(&taken, "look", &word()).unwrap_err().to_string();
        assert!(error.starts_with("cannot write "), "{error}");
    }
}
