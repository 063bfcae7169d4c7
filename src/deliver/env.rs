//! `env:PATH:NAME`: one variable of a file of variables is set, every other byte of the file stays, and
//! at no moment is the file half written. Two processes that do so at once both land: they take turns at
//! the folder's lock, and a change by anybody else is noticed before the new file takes the old one's place.

mod text;

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{Content, Receipt, folder, unguessable};

/// Largest file that is changed, in bytes.
const LARGEST: u64 = 1 << 20;
/// How often a file that others change meanwhile is read anew.
const TRIES: usize = 5;

/// Checks that the variable could be set, without setting it.
pub fn check(path: &Path) -> Result<(), String> {
    folder::check(&folder::of(path)?)?;
    Old::read(path).map(|_| ())
}

/// Sets the variable; waits for the disk.
pub fn store(path: &Path, name: &str, content: &Content) -> Receipt {
    match set(path, name, content) {
        Ok(()) => Receipt::Set {
            path: path.to_owned(),
            name: name.to_owned(),
        },
        Err(why) => Receipt::Failed(why),
    }
}

fn set(path: &Path, name: &str, content: &Content) -> Result<(), String> {
    let value = text::written(&content.text)
        .map_err(|why| format!("{why}, so it cannot be set in {}", path.display()))?;
    let folder = folder::of(path)?;
    folder::check(&folder)?;
    let _turn = lock(&folder)?;
    for _ in 0..TRIES {
        let old = Old::read(path)?;
        let new = text::with(&old.bytes, name, &value);
        if replace(path, &folder, &old, &new)
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?
        {
            return Ok(());
        }
    }
    Err(format!(
        "{} is being changed by another program; try again",
        path.display()
    ))
}

/// The file as it is now.
struct Old {
    bytes: Zeroizing<Vec<u8>>,
    /// None: it is not there.
    metadata: Option<Metadata>,
}

impl Old {
    fn read(path: &Path) -> Result<Self, String> {
        let unreadable = |error| format!("{} cannot be read: {error}", path.display());
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    bytes: Zeroizing::default(),
                    metadata: None,
                });
            }
            Err(error) => return Err(unreadable(error)),
        };
        folder::private(path, &metadata)?;
        let file = open(path).map_err(unreadable)?;
        // What is read is what was checked.
        let metadata = file.metadata().map_err(unreadable)?;
        folder::private(path, &metadata)?;
        if metadata.len() > LARGEST {
            return Err(format!("{} is larger than 1 MiB", path.display()));
        }
        let size = usize::try_from(metadata.len()).unwrap_or_default();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
        file.take(LARGEST)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        Ok(Self {
            bytes,
            metadata: Some(metadata),
        })
    }

    /// Whether the file is still the one that was read.
    fn stands(&self, path: &Path) -> bool {
        match (fs::symlink_metadata(path), &self.metadata) {
            (Ok(now), Some(then)) => same(&now, then),
            (Err(error), None) => error.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }
}

#[cfg(unix)]
fn same(now: &Metadata, then: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |of: &Metadata| (of.ino(), of.len(), of.mtime(), of.mtime_nsec());
    identity(now) == identity(then)
}

#[cfg(not(unix))]
fn same(now: &Metadata, then: &Metadata) -> bool {
    now.len() == then.len() && now.modified().ok() == then.modified().ok()
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW.bits();
        options.custom_flags(i32::try_from(flags).unwrap_or_default());
    }
    options.open(path)
}

/// Puts a new file in the old one's place; false if the old one was changed meanwhile.
fn replace(path: &Path, folder: &Path, old: &Old, new: &[u8]) -> io::Result<bool> {
    let fresh = Fresh::create(path, folder)?;
    let mut file = &fresh.file;
    file.write_all(new)?;
    if let Some(metadata) = &old.metadata {
        file.set_permissions(metadata.permissions())?;
    }
    file.sync_all()?;
    if !old.stands(path) {
        return Ok(false);
    }
    fs::rename(&fresh.path, path)?;
    folder::sync(folder)?;
    Ok(true)
}

/// A new file beside the one that it is to replace; removed unless it did.
struct Fresh {
    path: PathBuf,
    file: File,
}

impl Fresh {
    fn create(path: &Path, folder: &Path) -> io::Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}", unguessable()?));
        let path = folder.join(name);
        let file = folder::create(&path)?;
        Ok(Self { path, file })
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        // After the rename nothing of this name is left.
        let _ = fs::remove_file(&self.path);
    }
}

/// Waits for our turn among those who set variables in this folder; it ends with the file.
#[cfg(unix)]
fn lock(folder: &Path) -> Result<Option<File>, String> {
    use std::{fs::TryLockError, thread, time};
    /// How long others may hold it.
    const PATIENCE: time::Duration = time::Duration::from_secs(5);
    let failed = |error| format!("{} cannot be locked: {error}", folder.display());
    let file = File::open(folder).map_err(failed)?;
    let started = time::Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                thread::sleep(time::Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(format!(
                    "another program has locked {} for {} s; try again",
                    folder.display(),
                    PATIENCE.as_secs()
                ));
            }
            // Some network disks lock no folders; a change by others is still noticed.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> Result<Option<File>, String> {
    Ok(None)
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
