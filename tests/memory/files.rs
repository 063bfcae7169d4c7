//! Every file that keyrack writes is its owner's alone, made anew or put in its place whole, and never
//! written by way of a link; a config that others could have touched is refused with the command that mends
//! it. All by the real binary, with a mask that takes nothing away.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::Signal;

use crate::{
    desk::{self, SIZE},
    harness::{Demo, Home, Ran},
    session::Session,
};

/// Takes no permission away from what a program makes.
const UNMASKED: &str = "umask 000; exec \"$@\"";
const TEXT: &str = "somebody else's\n";

fn mode(path: &Path) -> u32 {
    let about = fs::symlink_metadata(path).unwrap_or_else(|why| panic!("{path:?}: {why}"));
    about.permissions().mode() & 0o7777
}

/// A console on Run:ai without a mask, its rows on the screen.
fn unmasked(more: &str, args: &[&str], env: &[(&str, &str)]) -> (Session, Demo) {
    let demo = Demo::start(&[]);
    let text = format!("{}\n{more}\n", desk::context(&demo, "runai"));
    let path = demo.config.with_file_name("own.toml");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let keyrack = env!("CARGO_BIN_EXE_keyrack");
    let all = [
        "-c",
        UNMASKED,
        "sh",
        keyrack,
        "--config",
        path.to_str().unwrap(),
    ];
    let session = Session::run("/bin/sh", &[&all, args].concat(), SIZE, env);
    session.wait_text("as of");
    (session, demo)
}

/// Makes a key; its secret waits.
fn create(session: &mut Session, name: &str) {
    session.press("n");
    session.wait_text("ctrl-s");
    session.type_text(name);
    session.press("ctrl-s");
    session.wait_text("New secret of");
    std::thread::sleep(desk::SETTLE);
}

/// Sends the secret that waits to a destination and waits for these words.
fn store(session: &mut Session, sink: &str, words: &str) {
    session.press("s");
    session.wait_text("store in");
    session.type_text(sink);
    session.press("Enter");
    session.wait_text(words);
}

fn at_home(session: &Session, name: &str) -> String {
    session.home().join(name).to_str().unwrap().to_owned()
}

/// Adds a context to a config that is not there yet, without a mask.
fn add_context(home: &Home) {
    let added = Command::new("/bin/sh")
        .args(["-c", UNMASKED, "sh", env!("CARGO_BIN_EXE_keyrack")])
        .args([
            "context",
            "add",
            "a",
            "--backend",
            "typesense",
            "--url",
            "http://localhost:1",
        ])
        .args(["--credential", "api_key=env:KEY"])
        .env_clear()
        .env("HOME", home.path("home"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(added.status.success(), "{added:?}");
}

#[test]
fn every_file_that_is_written_is_its_owners_alone() {
    let rescue = "[clipboard]\nrescue = \"runtime\"";
    let (mut session, demo) =
        unmasked(rescue, &["--log", "trace.log"], &[("KEYRACK_LOG", "trace")]);
    let home = session.home().to_owned();
    fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700)).unwrap();
    create(&mut session, "owned");
    let (file, env) = (at_home(&session, "new.key"), at_home(&session, "new.env"));
    store(&mut session, &format!("file:{file}"), "stored in");
    store(&mut session, &format!("env:{env}:KEY"), "stored as KEY");
    session.press("Enter");
    session.wait_gone("New secret of");
    create(&mut session, "rescued");
    session.signal(Signal::TERM);
    assert_eq!(session.exit_code(), 143);
    let home_of_config = Home::new();
    add_context(&home_of_config);
    let config = home_of_config.path("home/.config/keyrack");
    let rescued = fs::read_dir(home.join("run/keyrack")).unwrap();
    let rescued: Vec<_> = rescued.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(rescued.len(), 1);
    let served = demo.config.parent().unwrap();
    let table = [
        ("the journal's folder", home.join("state/keyrack"), 0o700),
        (
            "the journal",
            home.join("state/keyrack/journal.jsonl"),
            0o600,
        ),
        ("the log", home.join("trace.log"), 0o600),
        ("a secret's file", file.into(), 0o600),
        ("a file of variables", env.into(), 0o600),
        (
            "the folder of rescued secrets",
            home.join("run/keyrack"),
            0o700,
        ),
        ("a rescued secret", rescued[0].clone(), 0o600),
        ("the config's folder", config.clone(), 0o700),
        ("the config", config.join("config.toml"), 0o600),
        ("the demo's folder", served.to_owned(), 0o700),
        ("the demo's config", demo.config.clone(), 0o600),
        (
            "a credential of the demo",
            served.join("typesense.api_key"),
            0o600,
        ),
    ];
    for (what, path, wanted) in &table {
        let is = mode(path);
        assert_eq!(is, *wanted, "{what}, {path:?}: {is:04o}");
    }
    println!("{} of {} as they should be", table.len(), table.len());
}

#[test]
fn no_file_is_written_by_way_of_a_link_and_none_is_written_over() {
    let (mut session, _demo) = unmasked("", &[], &[]);
    let other = session.home().join("other");
    fs::write(&other, TEXT).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    let link = session.home().join("link");
    symlink(&other, &link).unwrap();
    let dangling = session.home().join("dangling");
    symlink(session.home().join("nowhere"), &dangling).unwrap();
    create(&mut session, "linked");
    let there = "is there already and is never overwritten";
    let sinks = [
        ("file", &link, there),
        ("file", &dangling, there),
        ("file", &other, there),
        ("env", &link, "is a symbolic link"),
        ("env", &dangling, "is a symbolic link"),
    ];
    for (kind, path, words) in sinks {
        let path = path.display();
        let name = if kind == "env" { ":KEY" } else { "" };
        let sink = format!("{kind}:{path}{name}");
        store(
            &mut session,
            &sink,
            &format!("not delivered: {path} {words}"),
        );
    }
    assert_eq!(fs::read_to_string(&other).unwrap(), TEXT);
    assert!(!session.home().join("nowhere").exists());
    session.press("v");
    session.wait_text("masks");
    session.press("Enter");
    session.wait_gone("New secret of");
    let (log, journal) = (at_home(&session, "link"), session.home().join("journals"));
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyrack"));
        Ran::of(
            command
                .args(args)
                .env_clear()
                .env("HOME", session.home())
                .env("KEYRACK_LOG", "trace")
                .env("XDG_STATE_HOME", &journal)
                .stdin(Stdio::null()),
        )
    };
    let ran = run(&["--log", &log, "paths"]);
    ran.fails(1, "it is a symbolic link; name the file itself");
    fs::create_dir_all(journal.join("keyrack")).unwrap();
    fs::set_permissions(journal.join("keyrack"), fs::Permissions::from_mode(0o700)).unwrap();
    symlink(&other, journal.join("keyrack/journal.jsonl")).unwrap();
    run(&["log"]).fails(1, "is a link or no file");
    assert_eq!(fs::read_to_string(&other).unwrap(), TEXT);
    fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = run(&["--log", other.to_str().unwrap(), "paths"]);
    ran.fails(1, "correct it with: chmod 600 ");
    assert_eq!(fs::read_to_string(&other).unwrap(), TEXT);
}

#[test]
fn a_write_is_not_sent_where_its_journal_is_a_link() {
    let (mut session, _demo) = unmasked("", &[], &[]);
    let folder = session.home().join("state/keyrack");
    session.wait_text("as of");
    let other = session.home().join("other");
    fs::write(&other, TEXT).unwrap();
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let _ = fs::remove_file(folder.join("journal.jsonl"));
    symlink(&other, folder.join("journal.jsonl")).unwrap();
    session.press("n");
    session.wait_text("ctrl-s");
    session.type_text("linked");
    session.press("ctrl-s");
    session.wait_text("Send it without the journal?");
    session.wait_text("journal.jsonl is a link or no");
    assert_eq!(fs::read_to_string(&other).unwrap(), TEXT);
    assert!(!session.text().contains("New secret of"));
}

#[test]
fn a_config_is_put_in_its_place_whole() {
    let home = Home::new();
    home.config("# mine\n[ui]\nmouse = false\n", 0o600);
    let path = home.path("keyrack/config.toml");
    let before = fs::metadata(&path).unwrap().ino();
    // Somebody who reads it meanwhile reads the old one to its end.
    let reader = fs::File::open(&path).unwrap();
    let ran = home.run(&[
        "context",
        "add",
        "a",
        "--backend",
        "typesense",
        "--url",
        "http://localhost:1",
        "--credential",
        "api_key=env:KEY",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_ne!(fs::metadata(&path).unwrap().ino(), before);
    let old = std::io::read_to_string(reader).unwrap();
    assert_eq!(old, "# mine\n[ui]\nmouse = false\n");
    assert!(home.read().starts_with("# mine\n"));
    assert_eq!(home.mode("keyrack/config.toml"), 0o600);
    let left = fs::read_dir(home.path("keyrack")).unwrap().count();
    assert_eq!(left, 1, "nothing is left beside it");
}

#[test]
fn a_config_that_others_could_have_touched_is_refused_with_the_command_that_mends_it() {
    let plain = "[ui]\nmouse = true\n";
    let token = "[contexts.a]\nbackend = \"typesense\"\nurl = \"http://localhost:1\"\n\
                 credential = \"zq7Vd3-canary-Xw9Lp2\"\n";
    let table = [
        ("others may write it", plain, 0o602, "chmod go-w "),
        ("its group may write it", plain, 0o620, "chmod go-w "),
        ("a token that others may read", token, 0o604, "chmod 600 "),
        (
            "a token that its group may read",
            token,
            0o640,
            "chmod 600 ",
        ),
    ];
    for (what, text, unsafe_mode, mends) in table {
        for command in [&["context", "ls"][..], &["ls", "api-keys"], &[]] {
            let home = Home::new();
            home.config(text, unsafe_mode);
            let path = home.path("keyrack/config.toml");
            let mends = format!("{mends}{}", path.display());
            let ran = home.run(command);
            ran.fails(78, &mends);
            assert!(!ran.stderr.contains("canary"), "{what}: {ran:?}");
            // It does what it says.
            let fix = mends.split_once("chmod ").unwrap().1;
            let fixed = Command::new("sh")
                .args(["-c", &format!("chmod {fix}")])
                .status();
            assert!(fixed.unwrap().success());
            assert!(!home.run(command).stderr.contains("chmod"), "{what}");
        }
    }
    println!("{} of {} refused", table.len(), table.len());
}
