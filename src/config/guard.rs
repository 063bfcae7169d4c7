//! A file that decides or proves who we are is used only when no other user of the machine could have
//! written it, or, where it holds a credential, read it. The refusal names the command that mends it.

use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

/// Largest config, manifest or credential that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// What others must not be able to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// They may read it.
    Write,
    /// They may do nothing.
    ReadOrWrite,
}

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// It is not there, or cannot be opened.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others could have written it.
    #[error("{} can be changed by others (mode {mode:04o}); correct it with: chmod go-w {}", path.display(), shell(path))]
    Writable {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It holds a credential that others could have read.
    #[error("{} holds a credential and can be read by others (mode {mode:04o}); correct it with: chmod 600 {}", path.display(), shell(path))]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is somebody else's.
    #[error("{} belongs to another user (uid {owner}); correct it with: sudo chown \"$USER\" {}", path.display(), shell(path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// It is too large to be what it should be.
    #[error("{} is larger than {mib} MiB; this is not such a file", path.display())]
    Large {
        /// The file.
        path: PathBuf,
        /// The most that it may have.
        mib: u64,
    },
    /// It is not text.
    #[error("{} is not UTF-8 text", .0.display())]
    NotText(PathBuf),
}

/// A path as a shell takes it.
#[must_use]
pub fn shell(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Reads a text file that keeps the guard; the file that was checked is the one that is read.
///
/// # Errors
/// When it cannot be read or others could have touched it.
pub fn read(path: &Path, guard: Guard) -> Result<Zeroizing<String>, GuardError> {
    let bytes = read_bytes(path, guard)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(GuardError::NotText(path.to_owned())),
    }
}

/// Does what [`read`] does for a file that may not be text.
///
/// # Errors
/// When it cannot be read or others could have touched it.
pub fn read_bytes(path: &Path, guard: Guard) -> Result<Zeroizing<Vec<u8>>, GuardError> {
    read_most(path, guard, LARGEST)
}

/// Does what [`read_bytes`] does for a file that may have another size, in bytes.
///
/// # Errors
/// When it cannot be read or others could have touched it.
pub fn read_most(
    path: &Path,
    guard: Guard,
    largest: u64,
) -> Result<Zeroizing<Vec<u8>>, GuardError> {
    let (file, _) = open(path, guard)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(largest + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| unreadable(path, source))?;
    if bytes.len() as u64 > largest {
        return Err(GuardError::Large {
            path: path.to_owned(),
            mib: largest >> 20,
        });
    }
    Ok(bytes)
}

/// Opens a file that keeps the guard; the file that was checked is the one that is open.
///
/// # Errors
/// When it cannot be opened or others could have touched it.
pub fn open(path: &Path, guard: Guard) -> Result<(File, Metadata), GuardError> {
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let metadata = file.metadata().map_err(|source| unreadable(path, source))?;
    check(path, &metadata, guard)?;
    Ok((file, metadata))
}

fn unreadable(path: &Path, source: io::Error) -> GuardError {
    GuardError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// Checks a file without reading it.
///
/// # Errors
/// When it is not there or others could have touched it.
pub fn inspect(path: &Path, guard: Guard) -> Result<(), GuardError> {
    let metadata = std::fs::metadata(path).map_err(|source| unreadable(path, source))?;
    check(path, &metadata, guard)
}

#[cfg(unix)]
fn check(path: &Path, metadata: &Metadata, guard: Guard) -> Result<(), GuardError> {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let kind = metadata.file_type();
    // `<(command)` of a shell: nobody else can open it.
    if kind.is_fifo() || kind.is_char_device() {
        return Ok(());
    }
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    let path = path.to_owned();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        Err(GuardError::Foreign { path, owner })
    } else if guard == Guard::ReadOrWrite && mode & 0o077 != 0 {
        Err(GuardError::Readable { path, mode })
    } else if mode & 0o022 != 0 {
        Err(GuardError::Writable { path, mode })
    } else {
        Ok(())
    }
}

#[cfg(not(unix))]
fn check(_: &Path, _: &Metadata, _: Guard) -> Result<(), GuardError> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    fn with_mode(mode: u32, guard: Guard) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let shown = path.display().to_string();
        read(&path, guard)
            .map(|_| ())
            .map_err(|error| error.to_string().replace(&shown, "F"))
    }

    #[test]
    fn a_file_that_others_may_write_is_refused_with_the_command_that_mends_it() {
        for mode in [0o620, 0o602, 0o666] {
            assert_eq!(
                with_mode(mode, Guard::Write),
                Err(format!(
                    "F can be changed by others (mode {mode:04o}); correct it with: chmod go-w F"
                ))
            );
        }
        assert_eq!(with_mode(0o644, Guard::Write), Ok(()));
    }

    #[test]
    fn a_credential_that_others_may_read_is_refused_with_the_command_that_mends_it() {
        for mode in [0o640, 0o604, 0o644, 0o660] {
            assert_eq!(
                with_mode(mode, Guard::ReadOrWrite),
                Err(format!(
                    "F holds a credential and can be read by others (mode {mode:04o}); correct it with: chmod 600 F"
                ))
            );
        }
        assert_eq!(with_mode(0o600, Guard::ReadOrWrite), Ok(()));
        assert_eq!(with_mode(0o400, Guard::ReadOrWrite), Ok(()));
    }

    #[test]
    fn a_path_in_a_command_is_quoted_where_a_shell_would_split_it() {
        assert_eq!(shell(Path::new("/a/b-c.toml")), "/a/b-c.toml");
        assert_eq!(shell(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }

    #[test]
    fn a_file_that_is_too_large_or_not_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, vec![b'x'; 1 << 20 | 1]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            read(&path, Guard::Write),
            Err(GuardError::Large { mib: 1, .. })
        ));
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(
            read(&path, Guard::Write),
            Err(GuardError::NotText(_))
        ));
    }
}
