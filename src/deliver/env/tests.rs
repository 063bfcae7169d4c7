use std::{os::unix::fs::symlink, process::Command, thread};

use proptest::prelude::*;

use super::{
    super::fixture::{SmallDisk, mode, names, secret, set_mode},
    *,
};

/// A folder with a file of variables.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    fs::write(&path, text).unwrap();
    set_mode(&path, 0o600);
    (folder, path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_variable_is_set_in_a_new_file_or_a_known_one_and_the_file_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    check(&path).unwrap();
    assert!(!path.exists(), "a check makes nothing");
    let receipt = store(&path, "KEY", &secret("a b"));
    assert_eq!(
        receipt,
        Receipt::Set {
            path: path.clone(),
            name: "KEY".to_owned()
        }
    );
    assert_eq!(
        (read(&path), mode(&path)),
        ("KEY='a b'\n".to_owned(), 0o600)
    );
    store(&path, "OTHER", &secret("1"));
    store(&path, "KEY", &secret("c"));
    assert_eq!(read(&path), "KEY=c\nOTHER=1\n");
    assert_eq!(names(folder.path()), [".env"]);
}

#[test]
fn the_mode_of_a_known_file_stays() {
    let (_folder, path) = file("A=1\n");
    set_mode(&path, 0o400);
    store(&path, "KEY", &secret("x"));
    assert_eq!(
        (read(&path), mode(&path)),
        ("A=1\nKEY=x\n".to_owned(), 0o400)
    );
}

#[test]
fn a_file_that_others_may_touch_is_refused_with_the_command_that_mends_it() {
    let (folder, path) = file("A=1\n");
    for bits in [0o640, 0o604, 0o620, 0o666] {
        set_mode(&path, bits);
        let refused = check(&path).unwrap_err();
        let wanted = format!(
            "D can be read or changed by others (mode {bits:04o}); correct it with: chmod 600 'D'"
        );
        assert_eq!(refused.replace(path.to_str().unwrap(), "D"), wanted);
        assert_eq!(store(&path, "KEY", &secret("x")), Receipt::Failed(refused));
    }
    set_mode(&path, 0o600);
    set_mode(folder.path(), 0o770);
    assert!(
        check(&path)
            .unwrap_err()
            .contains("correct it with: chmod go-w ")
    );
    assert_eq!(read(&path), "A=1\n");
}

#[test]
fn a_link_a_folder_and_a_pipe_are_refused() {
    let (folder, path) = file("A=1\n");
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(
        check(&link)
            .unwrap_err()
            .ends_with("is a symbolic link; name the file itself")
    );
    assert!(matches!(
        store(&link, "KEY", &secret("x")),
        Receipt::Failed(_)
    ));
    let inner = folder.path().join("folder");
    fs::create_dir(&inner).unwrap();
    assert!(check(&inner).unwrap_err().ends_with("is not a plain file"));
    assert_eq!(read(&path), "A=1\n");
    assert!(link.is_symlink());
}

#[test]
fn a_value_that_readers_would_take_differently_leaves_the_file_as_it_was() {
    let (_folder, path) = file("A=1\n");
    let receipt = store(&path, "KEY", &secret("two\nlines"));
    let words = receipt.to_string();
    assert!(
        words.starts_with("not delivered: the value has several lines"),
        "{words}"
    );
    assert!(!words.contains("two"));
    assert_eq!(read(&path), "A=1\n");
}

#[test]
fn a_full_disk_leaves_the_file_as_it_was_and_nothing_beside_it() {
    let Some(disk) = SmallDisk::make() else {
        return;
    };
    let path = disk.path().join(".env");
    fs::write(&path, "A=1\n").unwrap();
    set_mode(&path, 0o600);
    let receipt = store(&path, "KEY", &secret(&"x".repeat(1 << 16)));
    assert!(
        receipt.to_string().contains("cannot be written"),
        "{receipt}"
    );
    assert_eq!(read(&path), "A=1\n");
    assert_eq!(names(&disk.path()), [".env"]);
}

/// Each has its own open folder, as processes have: the lock is between those.
#[test]
fn all_who_set_variables_at_once_land() {
    let (folder, path) = file("A=1\n");
    thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for round in 0..10 {
                    let name = format!("K{writer}_{round}");
                    let receipt = store(path, &name, &secret("x"));
                    assert!(matches!(receipt, Receipt::Set { .. }), "{receipt}");
                }
            });
        }
    });
    let text = read(&path);
    assert_eq!(text.lines().count(), 81, "{text}");
    assert_eq!(names(folder.path()), [".env"]);
}

#[test]
fn a_change_by_another_program_between_reading_and_replacing_is_noticed() {
    let (folder, path) = file("A=1\n");
    let old = Old::read(&path).unwrap();
    fs::write(&path, "A=1\nB=2\n").unwrap();
    assert!(!replace(&path, folder.path(), &old, b"lost").unwrap());
    assert_eq!(read(&path), "A=1\nB=2\n");
    let now = Old::read(&path).unwrap();
    assert!(replace(&path, folder.path(), &now, b"new").unwrap());
    let none = Old::read(&folder.path().join("none")).unwrap();
    fs::write(folder.path().join("none"), "here").unwrap();
    assert!(!replace(&folder.path().join("none"), folder.path(), &none, b"x").unwrap());
}

/// What a shell reads from the file.
fn shell_reads(path: &Path) -> Vec<u8> {
    let output = Command::new("sh")
        .args(["-c", ". \"$0\" && printf '%s' \"$KEY\""])
        .arg(path)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Of every value: a shell reads back the same, or it is refused and nothing is written.
    #[test]
    fn a_shell_reads_back_exactly_what_was_set(
        value in "([ -~]|[\t\u{a0}-\u{24f}]|\\PC){0,40}",
        before in prop::sample::select(vec![
            "", "A=1", "A='x y'\nKEY='old'\nB=\"q\n'\"\n", "export KEY=old # note\n", "# KEY=1\n",
        ]),
    ) {
        let (_folder, path) = file(before);
        match store(&path, "KEY", &secret(&value)) {
            Receipt::Set { .. } => prop_assert_eq!(shell_reads(&path), value.as_bytes()),
            refused => {
                prop_assert!(refused.to_string().contains("the value has"), "{}", refused);
                prop_assert_eq!(read(&path), before);
            }
        }
    }
}
