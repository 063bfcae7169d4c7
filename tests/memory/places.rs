//! Files, arguments and environments: none of them holds a secret but the file that it was stored in.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rustix::process::Pid;

use crate::{
    desk::{Desk, essence},
    display::Display,
    scan,
};

/// Files that are larger hold no text of ours.
const LARGEST: u64 = 64 << 20;
/// Stands in the environment of the console and must not reach anybody that it starts.
const CANARY: &str = "zq7Vd3-canary-Xw9Lp2";
/// A sink that leaves a process to look at.
const SINK: &str =
    "[sinks.keep]\ncommand = [\"sh\", \"-c\", \"cat >/dev/null; echo >ready; sleep 20\"]";

/// Files below a folder that were written since then, or at any time.
fn files(folder: &Path, since: Option<SystemTime>, found: &mut Vec<PathBuf>) {
    // Other programs make and remove theirs meanwhile.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else {
            continue;
        };
        let new = since.is_none_or(|since| about.modified().is_ok_and(|at| at >= since));
        if about.is_dir() {
            files(&entry.path(), since, found);
        } else if about.is_file() && new && about.len() < LARGEST {
            found.push(entry.path());
        }
    }
}

/// Which of these files hold a piece of the secret, in any form.
fn with_pieces(files: &[PathBuf], secret: &str) -> Vec<PathBuf> {
    let holds = |path: &&PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        !scan::pieces(&bytes, essence(secret)).is_empty()
    };
    files.iter().filter(holds).cloned().collect()
}

#[test]
fn no_file_holds_a_secret_but_the_one_that_it_was_stored_in() {
    let start = SystemTime::now() - Duration::from_secs(2);
    let log = ["--log", "trace.log"];
    let mut desk = Desk::start("runai", "", &log, &[("KEYRACK_LOG", "trace")]);
    let home = desk.session.home().to_owned();
    desk.create("places");
    let old = desk.show();
    desk.press_and_see("y", "sent to the terminal");
    let stored = home.join("stored");
    desk.press_and_see("s", "store in");
    desk.session
        .type_text(&format!("file:{}", stored.display()));
    desk.press_and_see("Enter", "stored in");
    desk.press("Enter");
    desk.session.wait_gone("New secret of");
    desk.regenerate("places");
    let new = desk.show();
    desk.sleep();
    desk.press("Enter");
    desk.wait_tried();
    desk.press("Enter");
    desk.session.wait_gone("Rotate the");
    desk.press("q");
    assert_eq!(desk.session.exit_code(), 0);
    let mut all = Vec::new();
    files(&home, None, &mut all);
    for name in ["journal.jsonl", "trace.log", "stored"] {
        assert!(all.iter().any(|path| path.ends_with(name)), "no {name}");
    }
    let own = all.len();
    for folder in ["/tmp", "/var/tmp", "/dev/shm"] {
        files(Path::new(folder), Some(start), &mut all);
    }
    println!("{own} files of the console, {} in all", all.len());
    let holding = with_pieces(&all, &old);
    assert!(
        holding.iter().all(|path| *path == stored) && !holding.is_empty(),
        "{holding:?}"
    );
    let holding = with_pieces(&all, &new);
    assert!(holding.is_empty(), "{holding:?}");
}

/// The processes that a process started, and those that they started.
fn children(parent: Pid) -> Vec<i32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let Ok(id) = entry.file_name().to_str().unwrap().parse::<i32>() else {
            continue;
        };
        let of = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap();
        parents.push((id, of.parse::<i32>().unwrap()));
    }
    let mut family = vec![parent.as_raw_pid()];
    loop {
        let more = parents
            .iter()
            .filter(|(id, of)| family.contains(of) && !family.contains(id));
        let more: Vec<i32> = more.map(|(id, _)| *id).collect();
        if more.is_empty() {
            family.remove(0);
            return family;
        }
        family.extend(more);
    }
}

fn told(id: i32, what: &str) -> Vec<u8> {
    fs::read(format!("/proc/{id}/{what}")).unwrap_or_default()
}

#[test]
fn no_argument_and_no_environment_holds_a_secret_or_a_credential() {
    let display = Display::start();
    let name = display.as_ref().map_or("", |display| &display.name);
    let env = [
        ("DISPLAY", name),
        ("KEYRACK_LOG", "off"),
        ("VAULT_TOKEN", CANARY),
        ("AWS_SECRET_ACCESS_KEY", CANARY),
    ];
    let mut desk = Desk::start("typesense", SINK, &[], &env);
    let mut seen = Vec::new();
    desk.create("arguments");
    let secret = desk.show();
    if display.is_some() {
        desk.press_and_see("y", "copied to the clipboard (X11)");
        let holders = children(desk.pid());
        assert!(
            holders
                .iter()
                .any(|id| told(*id, "cmdline") == b"keyrack\0hold\0"),
            "a holder"
        );
        seen.extend(holders);
    }
    desk.press_and_see("s", "store in");
    desk.session.type_text("cmd:keep");
    desk.press_and_see("Enter", "On its way");
    let ready = desk.session.home().join("ready");
    crate::display::wait("the sink", || ready.exists());
    seen.extend(children(desk.pid()));
    assert!(
        seen.iter()
            .any(|id| told(*id, "cmdline").starts_with(b"sleep\0")),
        "the sink's own process"
    );
    seen.sort_unstable();
    seen.dedup();
    for id in &seen {
        let environ = String::from_utf8_lossy(&told(*id, "environ")).into_owned();
        assert!(!environ.contains("KEYRACK"), "{environ}");
        assert!(!environ.contains(CANARY), "{environ}");
        assert!(!environ.contains("TOKEN"), "{environ}");
    }
    seen.push(desk.pid().as_raw_pid());
    for id in &seen {
        for what in ["cmdline", "environ"] {
            let found = scan::pieces(&told(*id, what), &secret);
            assert!(found.is_empty(), "{what} of {id}: {found:?}");
        }
    }
    println!("{} processes", seen.len());
}

/// Writes down what a command finds: its variables, and which of its files are terminals.
const LOOK: &str = "env >env.NAME; for n in 0 1 2; do test -t $n && echo $n; done >ttys.NAME; ";

#[test]
fn what_keyrack_starts_has_no_terminal_and_no_credential_in_its_environment() {
    let demo = crate::harness::Demo::start(&[]);
    let key = demo.config.with_file_name("typesense.api_key");
    let script = |name: &str, does: &str| format!("{}{does}", LOOK.replace("NAME", name));
    let context = crate::desk::context(&demo, "typesense");
    let (head, _) = context.split_once("credential").unwrap();
    // Another context takes its credential from a variable, which is nobody else's business.
    let config = format!(
        "{head}\ncredential = {{ api_key = {{ command = [\"sh\", \"-c\", \"{}\"] }} }}\n\
         [contexts.other]\nbackend = \"typesense\"\nurl = \"http://127.0.0.1:9\"\n\
         credential = {{ env = \"OTHER_KEY\" }}\n\
         [sinks.look]\ncommand = [\"sh\", \"-c\", \"{}\"]\n",
        script("credential", &format!("cat {}", key.display())),
        script("sink", "cat >/dev/null; echo >ready"),
    );
    let env = [
        ("OTHER_KEY", CANARY),
        ("KEYRACK_LOG", "off"),
        ("KEYRACK_CONFIG", "/nowhere"),
        ("VAULT_TOKEN", CANARY),
    ];
    let mut desk = Desk::open(&config, &[], &env);
    desk.press("n");
    desk.session.wait_text("API key in typesense");
    desk.press_and_see("Enter", "New API key in typesense");
    desk.session.type_text("looked at");
    desk.press("Tab");
    desk.session.type_text("documents:search");
    desk.press("ctrl-s");
    desk.waits("looked at");
    desk.press_and_see("s", "store in");
    desk.session.type_text("cmd:look");
    desk.press_and_see("Enter", "taken by the command look");
    let read = |name: &str| fs::read_to_string(desk.session.home().join(name)).unwrap();
    for name in ["credential", "sink"] {
        let found = read(&format!("env.{name}"));
        assert!(found.contains("PATH="), "{name}: {found}");
        assert!(!found.contains("KEYRACK"), "{name}: {found}");
        assert!(!found.contains("OTHER_KEY"), "{name}: {found}");
        assert_eq!(read(&format!("ttys.{name}")), "", "{name} has a terminal");
    }
    // A command that signs in may need a token of its own, one that stores a secret gets a short list.
    assert!(!read("env.sink").contains(CANARY));
}
