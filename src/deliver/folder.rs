//! A secret is written only where no other user of the machine could read, replace or redirect it. The
//! refusal names the command that mends it; `file` and `env` ask here before and while they write.

use std::{
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
};

/// The folder of a file that is to be written.
pub fn of(path: &Path) -> Result<PathBuf, String> {
    if path.file_name().is_none() {
        return Err(format!("{} is not the name of a file", path.display()));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder.to_owned()
    })
}

/// Checks that files can be made in a folder, and that nobody else can.
pub fn check(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    let metadata = fs::metadata(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!(
                "the folder {shown} is not there; make it with: mkdir -p {}",
                quoted(folder)
            )
        }
        _ => format!("the folder {shown} cannot be used: {error}"),
    })?;
    if !metadata.is_dir() {
        return Err(format!("{shown} is not a folder"));
    }
    guarded(folder, &metadata)?;
    writable(folder).map_err(|error| format!("nothing can be written in {shown}: {error}"))
}

#[cfg(unix)]
fn guarded(folder: &Path, metadata: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let (shown, mode, owner) = (folder.display(), metadata.mode() & 0o7777, metadata.uid());
    if !ours(owner) && owner != 0 {
        return Err(format!(
            "the folder {shown} belongs to another user (uid {owner}); choose one of your own"
        ));
    }
    if mode & 0o022 == 0 {
        return Ok(());
    }
    if mode & 0o1000 != 0 {
        return Err(format!(
            "the folder {shown} is shared with other users (mode {mode:04o}); choose one of your own"
        ));
    }
    Err(format!(
        "the folder {shown} can be changed by others (mode {mode:04o}); correct it with: chmod go-w {}",
        quoted(folder)
    ))
}

/// Checks that a file which holds secrets is a plain file of ours that nobody else can open.
#[cfg(unix)]
pub fn private(path: &Path, metadata: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let (shown, mode, owner) = (path.display(), metadata.mode() & 0o7777, metadata.uid());
    if metadata.file_type().is_symlink() {
        Err(format!("{shown} is a symbolic link; name the file itself"))
    } else if !metadata.is_file() {
        Err(format!("{shown} is not a plain file"))
    } else if !ours(owner) {
        Err(format!(
            "{shown} belongs to another user (uid {owner}); correct it with: sudo chown \"$USER\" {}",
            quoted(path)
        ))
    } else if mode & 0o077 != 0 {
        Err(format!(
            "{shown} can be read or changed by others (mode {mode:04o}); correct it with: chmod 600 {}",
            quoted(path)
        ))
    } else {
        Ok(())
    }
}

#[cfg(unix)]
fn ours(owner: u32) -> bool {
    owner == rustix::process::geteuid().as_raw()
}

/// Asks the system, which knows of read-only disks too; nothing is made.
#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    Ok(accessat(CWD, folder, wanted, AtFlags::EACCESS)?)
}

/// Makes what was done in a folder last.
#[cfg(unix)]
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn guarded(_: &Path, _: &Metadata) -> Result<(), String> {
    Ok(())
}

/// Checks that a file which holds secrets is a plain file.
#[cfg(not(unix))]
pub fn private(path: &Path, metadata: &Metadata) -> Result<(), String> {
    if metadata.is_file() {
        Ok(())
    } else {
        Err(format!("{} is not a plain file", path.display()))
    }
}

#[cfg(not(unix))]
fn writable(folder: &Path) -> io::Result<()> {
    if fs::metadata(folder)?.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

/// Folders are made to last by the system itself here.
#[cfg(not(unix))]
pub fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a file that was not there, for our eyes alone; a link in its place is not followed.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    // The process's mask may have taken bits away.
    #[cfg(unix)]
    rustix::fs::fchmod(&file, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)?;
    Ok(file)
}

/// A path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}
