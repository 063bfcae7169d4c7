use std::{fs, os::unix::fs::symlink};

use super::{
    super::fixture::{SmallDisk, mode, names, secret, set_mode},
    *,
};

fn told(receipt: &Receipt, folder: &Path) -> String {
    receipt.to_string().replace(folder.to_str().unwrap(), "D")
}

#[test]
fn a_file_is_new_private_and_exactly_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    check(&path).unwrap();
    assert!(!path.exists(), "a check makes nothing");
    let receipt = store(&path, &secret("se\ncret "));
    assert_eq!(told(&receipt, folder.path()), "stored in D/key");
    assert_eq!(fs::read(&path).unwrap(), b"se\ncret ");
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn what_is_there_is_never_overwritten_nor_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link, dangling) = (
        folder.path().join("key"),
        folder.path().join("link"),
        folder.path().join("dangling"),
    );
    fs::write(&path, "old").unwrap();
    symlink(&path, &link).unwrap();
    symlink(folder.path().join("elsewhere"), &dangling).unwrap();
    for path in [&path, &link, &dangling] {
        let refused = check(path).unwrap_err();
        assert!(refused.ends_with("is there already and is never overwritten; name another file"));
        assert_eq!(store(path, &secret("new")), Receipt::Failed(refused));
    }
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["dangling", "key", "link"]);
}

#[test]
fn a_folder_that_others_may_change_is_refused_with_the_command_that_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let shown = |why: String| why.replace(folder.path().to_str().unwrap(), "D");
    for (bits, says) in [
        (
            0o775,
            "the folder D can be changed by others (mode 0775); correct it with: chmod go-w 'D'",
        ),
        (
            0o1777,
            "the folder D is shared with other users (mode 1777); choose one of your own",
        ),
    ] {
        set_mode(folder.path(), bits);
        assert_eq!(shown(check(&path).unwrap_err()), says);
        assert_eq!(
            shown(store(&path, &secret("x")).to_string()),
            format!("not delivered: {says}")
        );
    }
    set_mode(folder.path(), 0o700);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_folder_that_is_none_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |path: &str| {
        let why = check(&folder.path().join(path)).unwrap_err();
        why.replace(folder.path().to_str().unwrap(), "D")
    };
    fs::write(folder.path().join("f"), "").unwrap();
    assert_eq!(
        shown("no/key"),
        "the folder D/no is not there; make it with: mkdir -p 'D/no'"
    );
    assert_eq!(shown("f/key"), "D/f is not a folder");
    assert!(shown("..").ends_with("is not the name of a file"));
}

#[test]
fn a_read_only_folder_is_told_before_anything_is_sent() {
    if rustix::process::geteuid().is_root() {
        // A disk that is read-only stops root too, where one can be mounted.
        let Some(disk) = SmallDisk::make() else {
            return;
        };
        let remounted = std::process::Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(disk.path())
            .status();
        assert!(remounted.unwrap().success());
        let refused = check(&disk.path().join("key")).unwrap_err();
        assert!(
            refused.starts_with("nothing can be written in "),
            "{refused}"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o500);
    let refused = check(&folder.path().join("key")).unwrap_err();
    assert!(
        refused.starts_with("nothing can be written in "),
        "{refused}"
    );
}

#[test]
fn a_file_half_written_on_a_full_disk_is_removed_and_told() {
    let Some(disk) = SmallDisk::make() else {
        return;
    };
    let path = disk.path().join("key");
    let receipt = store(&path, &secret(&"x".repeat(1 << 16)));
    let words = told(&receipt, &disk.path());
    assert!(
        words.starts_with("not delivered: D/key cannot be written: ")
            && words.ends_with("; it was removed again"),
        "{words}"
    );
    assert!(names(&disk.path()).is_empty());
}
