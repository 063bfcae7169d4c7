//! Whose the file is, who may write it, and what stands in its place.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What both ways to use the journal answer, with the file's name shortened.
fn refused(kept: &Kept) -> String {
    let write = kept.journal.begin(&create("a")).unwrap_err().to_string();
    let read = kept.journal.read().unwrap_err().to_string();
    assert_eq!(write, read);
    let folder = kept.folder();
    write.replace(folder.to_str().unwrap(), "F")
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Says on the tests' output why a rule was not tried here.
fn skipped(test: &str, why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

#[test]
fn nothing_is_touched_before_something_is_written() {
    let kept = Kept::new();
    assert_eq!(kept.journal.read().unwrap(), []);
    assert_eq!(kept.journal.verify().unwrap().lines, 0);
    assert!(!kept.folder.path().join("state").exists());
}

#[test]
fn the_file_and_its_folders_are_the_owners_alone() {
    let kept = Kept::with(1);
    assert_eq!(mode(&kept.journal.path()), 0o600);
    assert_eq!(mode(&kept.folder()), 0o700);
    assert_eq!(mode(&kept.folder.path().join("state")), 0o700);
}

#[test]
fn a_link_in_its_place_is_refused_wherever_it_points() {
    for target in ["elsewhere", "nowhere"] {
        let kept = Kept::with(1);
        let elsewhere = kept.folder().join("elsewhere");
        fs::rename(kept.journal.path(), &elsewhere).unwrap();
        let before = fs::read(&elsewhere).unwrap();
        symlink(kept.folder().join(target), kept.journal.path()).unwrap();
        assert_eq!(
            refused(&kept),
            "F/journal.jsonl is a link or no file, and the journal is never kept elsewhere; put it away with: mv F/journal.jsonl F/journal.jsonl.old"
        );
        assert_eq!(fs::read(&elsewhere).unwrap(), before);
        assert!(!kept.folder().join("nowhere").exists());
    }
}

#[test]
fn a_pipe_or_a_folder_in_its_place_is_refused_at_once() {
    for make in ["mkfifo", "mkdir"] {
        let kept = Kept::with(1);
        fs::remove_file(kept.journal.path()).unwrap();
        let made = std::process::Command::new(make)
            .arg(kept.journal.path())
            .status();
        assert!(made.unwrap().success());
        assert!(refused(&kept).contains("is a link or no file"), "{make}");
    }
}

#[test]
fn a_file_or_a_folder_that_others_may_write_is_refused_with_the_command_that_mends_it() {
    for wrong in [0o620, 0o602, 0o666] {
        let kept = Kept::with(1);
        chmod(&kept.journal.path(), wrong);
        assert_eq!(
            refused(&kept),
            format!(
                "F/journal.jsonl can be changed by others (mode {wrong:04o}); correct it with: chmod go-w F/journal.jsonl"
            )
        );
    }
    let kept = Kept::with(1);
    chmod(&kept.folder(), 0o770);
    let words = kept.journal.begin(&create("a")).unwrap_err().to_string();
    assert!(
        words.contains("can be changed by others (mode 0770)"),
        "{words}"
    );
    chmod(&kept.folder(), 0o755);
    kept.journal.begin(&create("a")).unwrap();
}

#[test]
fn a_file_of_somebody_else_is_refused() {
    if !is_root() {
        return skipped(
            "a_file_of_somebody_else_is_refused",
            "only root gives files away",
        );
    }
    let kept = Kept::with(1);
    std::os::unix::fs::chown(kept.journal.path(), Some(12_345), None).unwrap();
    assert_eq!(
        refused(&kept),
        "F/journal.jsonl belongs to another user (uid 12345); correct it with: sudo chown \"$USER\" F/journal.jsonl"
    );
}

#[test]
fn a_path_in_a_command_is_quoted_where_a_shell_would_split_it() {
    let error = JournalError::Writable {
        path: "/a b/it's".into(),
        mode: 0o666,
    };
    assert!(
        error.to_string().ends_with(r"chmod go-w '/a b/it'\''s'"),
        "{error}"
    );
}

#[test]
fn a_journal_that_was_put_away_is_begun_anew() {
    let kept = Kept::with(2);
    fs::rename(kept.journal.path(), kept.folder().join("old")).unwrap();
    kept.journal.begin(&create("a")).unwrap();
    assert_eq!((kept.lines().len(), kept.broken()), (1, None));
}

#[test]
fn what_cannot_be_written_is_an_error_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("state");
    fs::write(&in_the_way, "a file where the folder should be").unwrap();
    let journal = Journal::at(&in_the_way.join("keyrack"));
    let words = journal.begin(&create("a")).unwrap_err().to_string();
    assert!(
        words.starts_with("cannot make the folder of the journal"),
        "{words}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    if is_root() {
        return as_nobody("a_folder_that_cannot_be_written_is_an_error");
    }
    let kept = Kept::with(1);
    fs::remove_file(kept.journal.path()).unwrap();
    chmod(&kept.folder(), 0o500);
    let words = kept.journal.begin(&create("a")).unwrap_err().to_string();
    chmod(&kept.folder(), 0o700);
    assert!(words.contains("Permission denied"), "{words}");
}

/// Runs a test of this file again as somebody without rights: root writes everywhere.
fn as_nobody(test: &str) {
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(std::env::current_exe().unwrap())
        .args([&format!("journal::tests::files::{test}"), "--exact"])
        .output();
    let said = match output {
        Ok(output) if output.status.success() => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains("1 passed"), "{said}");
            return;
        }
        Ok(output) if !output.stdout.is_empty() => {
            panic!("{}", String::from_utf8_lossy(&output.stdout))
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    skipped(test, &format!("it cannot be run as nobody: {said}"));
}

/// A file system of so many bytes, gone when dropped.
#[cfg(target_os = "linux")]
struct Tiny(TempDir);

#[cfg(target_os = "linux")]
impl Tiny {
    fn mount(size: u32) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={size},mode=0700");
        let output = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(Self(folder))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Tiny {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg(self.0.path())
            .status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_journal_goes_on_once_there_is_room() {
    let disk = match Tiny::mount(64 << 10) {
        Ok(disk) => disk,
        Err(why) => {
            return skipped(
                "a_full_disk_is_an_error_and_the_journal_goes_on_once_there_is_room",
                &why,
            );
        }
    };
    let filler = disk.0.path().join("filler");
    let kept = Kept {
        journal: Journal::at(&disk.0.path().join("state").join("keyrack")),
        folder: tempfile::tempdir().unwrap(),
    };
    kept.journal.begin(&create("before")).unwrap();
    while fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&filler)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &[0; 1024]))
        .is_ok()
    {}
    let mut written = 1;
    let error = loop {
        match kept.journal.begin(&create(&"x".repeat(300))) {
            Ok(_) => written += 1,
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("No space left on device"), "{error}");
    assert_eq!(kept.journal.read().unwrap().len(), written);
    assert_eq!(kept.broken(), None);
    fs::remove_file(&filler).unwrap();
    kept.journal.begin(&create("after")).unwrap();
    assert_eq!(kept.journal.read().unwrap().len(), written + 1);
    assert_eq!(kept.broken(), None);
}
