//! The file: made for its owner alone, never reached through a link, opened anew for each line and locked
//! while it is added to, so that threads and processes write one after another. What cannot be trusted is
//! refused with the command that mends it.

use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::NAME;

/// How much of the end is looked at for the last line, at first, in bytes.
const TAIL: u64 = 4 << 10;
/// How often the file may be put away by somebody between opening and locking it.
const TRIES: usize = 8;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Its folder cannot be made.
    #[error("cannot make the folder of the journal {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be written.
    #[error("cannot write the journal {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is there and cannot be read.
    #[error("cannot read the journal {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a link or no file.
    #[error("{} is a link or no file, and the journal is never kept elsewhere; put it away with: mv {quoted} {quoted}.old", path.display(), quoted = shell(path))]
    NotAFile {
        /// What stands in its place.
        path: PathBuf,
    },
    /// Another run has the entry, and lives.
    #[error("another keyrack is at it (started {}); end it there first", began.strftime("%F %T UTC"))]
    Held {
        /// When that run began.
        began: Timestamp,
    },
    /// Others could have written it.
    #[error("{} can be changed by others (mode {mode:04o}); correct it with: chmod go-w {}", path.display(), shell(path))]
    Writable {
        /// The file, or its folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is somebody else's.
    #[error("{} belongs to another user (uid {owner}); correct it with: sudo chown \"$USER\" {}", path.display(), shell(path))]
    Foreign {
        /// The file, or its folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
}

/// A path as a shell takes it.
fn shell(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Adds the line that follows from the one before, which `line` is given, and waits until the disk has it.
pub(super) fn append(
    folder: &Path,
    line: impl FnOnce(&[u8]) -> serde_json::Result<Vec<u8>>,
) -> Result<(), JournalError> {
    let path = folder.join(NAME);
    make(folder)?;
    let mut file = locked(&path)?;
    add(&mut file, line).map_err(|source| JournalError::Write { path, source })
}

/// As [`append`], if what the lines so far say allows it; nobody adds one in between. Tells whether it was
/// added.
pub(super) fn append_if(
    folder: &Path,
    allows: impl FnOnce(Lines) -> Result<bool, JournalError>,
    line: impl FnOnce(&[u8]) -> serde_json::Result<Vec<u8>>,
) -> Result<bool, JournalError> {
    let path = folder.join(NAME);
    let failed = |source| JournalError::Write {
        path: path.clone(),
        source,
    };
    make(folder)?;
    let mut file = locked(&path)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let lines = Lines::of(file.try_clone().map_err(failed)?, path.clone());
    if !allows(lines)? {
        return Ok(false);
    }
    add(&mut file, line).map_err(failed)?;
    Ok(true)
}

fn add(file: &mut File, line: impl FnOnce(&[u8]) -> serde_json::Result<Vec<u8>>) -> io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    let (before, torn) = last_line(file, length)?;
    let mut bytes = Vec::new();
    if torn {
        bytes.push(b'\n');
    }
    bytes.extend(line(&before)?);
    bytes.push(b'\n');
    let written = file.write_all(&bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // Nobody was told that this line is there. Where it stays all the same, the next one follows it.
        let _ = file.set_len(length);
    }
    written
}

/// The last line without its end, and whether its end is missing.
fn last_line(file: &mut File, length: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut size = TAIL;
    loop {
        let from = length.saturating_sub(size);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(length - from).read_to_end(&mut bytes)?;
        let whole = bytes.strip_suffix(b"\n");
        let torn = whole.is_none() && !bytes.is_empty();
        let mut parts = whole.unwrap_or(&bytes).rsplitn(2, |byte| *byte == b'\n');
        let last = parts.next().unwrap_or_default();
        if from == 0 || parts.next().is_some() {
            return Ok((last.to_owned(), torn));
        }
        size = size.saturating_mul(4);
    }
}

/// Makes the folder where it is missing, for its owner alone.
pub(super) fn make(folder: &Path) -> Result<(), JournalError> {
    let failed = |source| JournalError::Folder {
        path: folder.to_owned(),
        source,
    };
    let found = match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut builder = DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.recursive(true).create(folder).map_err(failed)?;
            if let Some(above) = folder.parent() {
                sync(above).map_err(failed)?;
            }
            fs::metadata(folder)
        }
        other => other,
    };
    trust(folder, &found.map_err(failed)?)
}

/// The file, which nobody else writes until it is closed.
pub(super) fn locked(path: &Path) -> Result<File, JournalError> {
    let failed = |source| JournalError::Write {
        path: path.to_owned(),
        source,
    };
    for _ in 0..TRIES {
        let mut options = OpenOptions::new();
        let Some(file) = open(path, options.read(true).append(true), failed)? else {
            match create(path) {
                // Another process was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => drop(made.map_err(failed)?),
            }
            continue;
        };
        file.lock().map_err(failed)?;
        if is_at(&file, path) {
            return Ok(file);
        }
    }
    let moved = "somebody keeps putting it away while it is opened";
    Err(failed(io::Error::other(moved)))
}

/// Makes an empty file where there is nothing, not even a link.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    path.parent().map_or(Ok(()), sync)?;
    Ok(file)
}

/// Opens the file that is there, when it can be trusted.
pub(super) fn open(
    path: &Path,
    options: &mut OpenOptions,
    failed: impl Fn(io::Error) -> JournalError,
) -> Result<Option<File>, JournalError> {
    let not_a_file = || JournalError::NotAFile {
        path: path.to_owned(),
    };
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(metadata) if !metadata.is_file() => return Err(not_a_file()),
        Ok(_) => {}
    }
    // What was looked at may have been replaced since: the flags hold for what is opened.
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.cast_signed());
    }
    let file = options.open(path).map_err(&failed)?;
    let metadata = file.metadata().map_err(&failed)?;
    if !metadata.is_file() {
        return Err(not_a_file());
    }
    trust(path, &metadata)?;
    Ok(Some(file))
}

#[cfg(unix)]
fn trust(path: &Path, metadata: &Metadata) -> Result<(), JournalError> {
    use std::os::unix::fs::MetadataExt as _;
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    let path = path.to_owned();
    if owner != rustix::process::geteuid().as_raw() {
        Err(JournalError::Foreign { path, owner })
    } else if mode & 0o022 != 0 {
        Err(JournalError::Writable { path, mode })
    } else {
        Ok(())
    }
}

#[cfg(not(unix))]
fn trust(_: &Path, _: &Metadata) -> Result<(), JournalError> {
    Ok(())
}

/// Whether the open file still stands under its name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |metadata: Metadata| (metadata.dev(), metadata.ino());
    let open = file.metadata().map(place).ok();
    open.is_some() && open == fs::symlink_metadata(path).map(place).ok()
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Waits until the disk has the names in a folder.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The lines of the file, while nobody adds one.
#[derive(Debug)]
pub(super) struct Lines {
    file: BufReader<File>,
    path: PathBuf,
}

/// The file from its beginning; none when there is none.
pub(super) fn reader(folder: &Path) -> Result<Option<Lines>, JournalError> {
    let path = folder.join(NAME);
    let failed = |source| JournalError::Read {
        path: path.clone(),
        source,
    };
    let Some(file) = open(&path, OpenOptions::new().read(true), failed)? else {
        return Ok(None);
    };
    file.lock_shared().map_err(failed)?;
    Ok(Some(Lines::of(file, path)))
}

impl Lines {
    /// From where the file is at.
    fn of(file: File, path: PathBuf) -> Self {
        let file = BufReader::with_capacity(256 << 10, file);
        Self { file, path }
    }

    /// Reads the next line without its end; false at the end of the file.
    pub(super) fn next(&mut self, raw: &mut Vec<u8>) -> Result<bool, JournalError> {
        raw.clear();
        let read = self.file.read_until(b'\n', raw);
        let read = read.map_err(|source| JournalError::Read {
            path: self.path.clone(),
            source,
        })?;
        if raw.last() == Some(&b'\n') {
            raw.pop();
        }
        Ok(read > 0)
    }
}
