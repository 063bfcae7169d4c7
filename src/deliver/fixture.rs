//! What the tests of several sinks need: folders, programs and small disks.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use zeroize::Zeroizing;

use super::{Content, Surroundings};
use crate::secret::Secret;

/// A secret content.
pub fn secret(text: &str) -> Content {
    Content::secret(&Secret::new(Zeroizing::new(text.to_owned())))
}

/// Makes a program. Another process writes it: a child that a test starts meanwhile would keep it open
/// for writing, and a program that is open for writing cannot be started.
pub fn program(path: &Path, script: &str) {
    let mut writer = Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = writer.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    assert!(writer.wait().unwrap().success());
}

/// A folder with a program, in whose text DIR stands for the folder.
pub fn folder_with(name: &str, script: &str) -> (tempfile::TempDir, Surroundings) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    program(
        &path,
        &script.replace("DIR", folder.path().to_str().unwrap()),
    );
    let around = Surroundings {
        path: vec![folder.path().to_owned()],
        program: Some(path),
        inherited: vec![("PATH".into(), "/usr/bin:/bin".into())],
        ..Surroundings::default()
    };
    (folder, around)
}

/// A disk of 8 KiB, which only root can make; gone with the value.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None, and a line that says so, where it cannot be made.
    pub fn make() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8k,mode=0700", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        if made.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED: a full disk (mounting one needs root)");
        None
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// The permission bits of a file or a folder.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Sets the permission bits.
pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}
