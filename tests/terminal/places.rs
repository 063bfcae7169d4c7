//! Where keyrack cannot write, read keys or find a home, it says so in one line and ends, or asks before it
//! goes on; what is no terminal gets no escape sequence.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{harness::Demo, session::Session};

const PROGRAM: &str = env!("CARGO_BIN_EXE_keyrack");
/// A context that can be added without a service.
const ADD: &str = "context add a --backend typesense --url http://localhost:1 \
                   --credential api_key=env:KEY";

/// A small disk in memory, gone with the value.
struct Disk(PathBuf);

impl Disk {
    /// None where this process may not mount one, which is told.
    fn at(place: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k,mode=0700", "none"])
            .arg(place)
            .stderr(Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED in part, needs root: no disk can be mounted");
            return None;
        }
        Some(Self(place.to_owned()))
    }

    fn close(&self) {
        let closed = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(&self.0)
            .status();
        assert!(closed.unwrap().success());
    }

    fn fill(&self) {
        let full = fs::write(self.0.join("fill"), vec![1; 1 << 20]);
        assert!(full.is_err(), "it is full");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Runs a shell line in which `keyrack` is the program; what it ended with, and what it said.
fn shell(home: &Path, line: &str) -> (i32, String, String) {
    let output = Command::new("sh")
        .args(["-c", &line.replace("keyrack", PROGRAM)])
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// It failed in one line that says this, and sent no escape sequence to anybody.
#[track_caller]
fn fails(home: &Path, line: &str, words: &str) {
    let (code, stdout, stderr) = shell(home, line);
    assert_ne!(code, 0, "{line}: {stderr}");
    assert_eq!(stdout, "", "{line}");
    assert_eq!(stderr.lines().count(), 1, "{line}: {stderr}");
    assert!(stderr.starts_with("keyrack: "), "{line}: {stderr}");
    assert!(stderr.contains(words), "{line}: {stderr}");
    assert!(!stderr.contains('\x1b'), "{line}: {stderr:?}");
}

#[test]
fn what_cannot_be_written_or_found_is_told_in_one_line() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let add = format!("keyrack {ADD}");
    let table = [
        ("keyrack >&-", "the console needs a terminal"),
        ("keyrack demo >&-", "the console needs a terminal"),
        ("keyrack >\"$HOME/file\"", "the console needs a terminal"),
        (
            "TERM=dumb keyrack >/dev/null",
            "the console needs a terminal",
        ),
        ("keyrack man >/dev/full", "cannot write to standard output"),
        (
            "keyrack paths >/dev/full",
            "cannot write to standard output",
        ),
        (
            "keyrack backend ls >/dev/full",
            "cannot write to standard output",
        ),
        ("HOME=relative keyrack", "there is no home folder"),
        (
            "HOME=relative keyrack context ls",
            "there is no home folder",
        ),
    ];
    for (line, words) in table {
        fails(home, line, words);
    }
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED in part, needs root: a user without a home");
        return;
    }
    // A user that no list of users has, and a program that such a one can run.
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(home, open.clone()).unwrap();
    fs::copy(PROGRAM, home.join("program")).unwrap();
    fs::set_permissions(home.join("program"), open).unwrap();
    let nobody = "env -u HOME setpriv --reuid=12345 --regid=12345 --clear-groups";
    for command in ["", "context ls", "ls api-keys"] {
        let line = format!("{nobody} \"$HOME/program\" {command}");
        fails(home, &line, "there is no home folder");
    }
    let place = home.join("disk");
    fs::create_dir(&place).unwrap();
    let Some(disk) = Disk::at(&place) else {
        return;
    };
    disk.fill();
    fails(&place, &add, "No space left on device");
    disk.close();
    fails(&place, &add, "Read-only file system");
    fails(
        &place,
        "keyrack --log \"$HOME/log\" ls api-keys",
        "cannot write the log",
    );
}

#[test]
fn a_console_whose_journal_cannot_be_written_asks_before_it_sends() {
    for read_only in [true, false] {
        let demo = Demo::start(&[]);
        let arguments = ["--config", demo.config.to_str().unwrap()];
        let mut session = Session::start(&arguments, (100, 30), &[]);
        session.wait_text("as of");
        let Some(disk) = Disk::at(&session.home().join("state")) else {
            return;
        };
        if read_only {
            disk.close();
        } else {
            disk.fill();
        }
        session.press("n");
        session.wait_text("API key in typesense");
        session.press("Down Enter");
        session.wait_text("New API key in typesense");
        session.type_text("unwritten");
        session.press("Tab");
        session.type_text("documents:search");
        session.press("ctrl-s");
        session.wait_text("Send it without the journal?");
        session.wait_text(if read_only {
            "Read-only"
        } else {
            "No space left"
        });
        // Sent only when it is said so.
        std::thread::sleep(std::time::Duration::from_millis(300));
        session.press("Tab Enter");
        session.wait_text("New secret of the API key “unwritten”");
        session.signal(rustix::process::Signal::TERM);
        assert_eq!(session.exit_code(), 143);
        session.assert_restored();
    }
}
