//! What the gate refuses is refused before anything is asked of the service; what has to be confirmed is
//! confirmed by a flag or on the terminal itself.

use std::{
    io::{Read as _, Write as _},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::desk::Desk;

const CREATE: [&str; 10] = [
    "create",
    "api-keys",
    "-c",
    "typesense",
    "--set",
    "description=x",
    "--set",
    "actions=*",
    "--to",
    "stdout",
];

#[test]
fn a_context_that_never_writes_or_is_not_armed_is_asked_nothing() {
    let writes: [&[&str]; 4] = [
        &CREATE,
        &["update", "secrets", "6", "-c", "djinn", "--set", "config=x"],
        &["rm", "api-keys", "10", "-c", "typesense", "--yes"],
        &[
            "rotate",
            "access-keys",
            "x",
            "-c",
            "runai",
            "--to",
            "stdout",
            "--yes",
        ],
    ];
    for (lines, words) in [
        ("write = \"never\"", "is read-only"),
        ("write = \"arm\"", "give --arm"),
        ("production = true", "give --arm"),
    ] {
        let desk = Desk::new();
        for name in ["typesense", "djinn", "runai"] {
            desk.context(name, lines);
        }
        for write in writes {
            desk.run(write).fails(2, words);
        }
        let armed = desk.run(&[&CREATE[..], &["--arm"]].concat());
        if lines.contains("never") {
            armed.fails(2, words);
        } else {
            // A plan sends nothing, and says what it would take.
            let plan = desk.keyrack("rm api-keys 10 -c typesense --plan");
            assert_eq!((plan.code, armed.code), (0, 0), "{plan:?} {armed:?}");
        }
        let sent = usize::from(!lines.contains("never"));
        assert_eq!(desk.wire.count("POST", ""), sent, "{lines}");
        assert_eq!(desk.wire.count("DELETE", ""), 0);
    }
}

#[test]
fn without_a_home_for_the_journal_nothing_is_sent() {
    let desk = Desk::new();
    let mut command = desk.command(&CREATE);
    command
        .env_remove("HOME")
        .env_remove("XDG_STATE_HOME")
        .env("HOME", "relative");
    let ran = crate::desk::ran(command.output().unwrap());
    ran.fails(2, "there is no folder for the journal");
    // Nor where the journal cannot be written.
    let blocked = desk
        .demo
        .home
        .write(".local/state/keyrack", "no folder", 0o600);
    let ran = desk.run(&CREATE);
    ran.fails(2, "nothing was sent: ");
    assert!(ran.stderr.contains(&blocked), "{ran:?}");
    assert_eq!(desk.wire.count("POST", ""), 0);
}

#[test]
fn without_a_terminal_a_deletion_is_confirmed_by_flags_and_never_by_a_pipe() {
    let desk = Desk::with("[bulk]\nmax = 3");
    let rm = ["rm", "api-keys", "-c", "typesense"];
    let run = |more: &[&str]| desk.run_with(&[&rm[..], more].concat(), "yes\nyes\n");
    run(&["10"]).fails(2, "confirm it with --yes");
    run(&["1"]).fails(2, "far-reaching rights");
    run(&["10", "11"]).fails(2, "Delete 2 keys in typesense? ");
    run(&["-f", "id<4", "--yes"]).fails(2, "4 keys are more than the 3 of one run");
    let own = desk.id("api-keys", "chutes", "is:mine");
    let rm_own = ["rm", "api-keys", &own, "-c", "chutes", "--yes"];
    let ran = desk.run(&rm_own);
    ran.fails(2, "--yes --yes");
    assert!(
        ran.stderr.contains("the key with which chutes signs in"),
        "{ran:?}"
    );
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    assert_eq!(desk.journal(), "");
    let ran = desk.run(&[&rm_own[..], &["--yes"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// A command on a terminal of its own: what it asks is answered as it comes.
fn on_terminal(desk: &Desk, arguments: &[&str], answers: &[(&str, &str)]) -> (u32, String) {
    let size = PtySize {
        rows: 40,
        cols: 200,
        ..PtySize::default()
    };
    let pty = native_pty_system().openpty(size).unwrap();
    let inner = desk.command(arguments);
    let mut command = CommandBuilder::new(inner.get_program());
    command.args(inner.get_args());
    command.env_clear();
    for (name, value) in inner.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let screen: Arc<Mutex<String>> = Arc::default();
    let (shared, mut output) = (Arc::clone(&screen), pty.master.try_clone_reader().unwrap());
    let reader = thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count) = output.read(&mut bytes) {
            if count == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
            shared.lock().unwrap().push_str(&text);
        }
    });
    let mut input = pty.master.take_writer().unwrap();
    for (question, answer) in answers {
        let by = Instant::now() + Duration::from_secs(30);
        while !screen.lock().unwrap().contains(question) {
            assert!(
                Instant::now() < by,
                "{question}: {}",
                screen.lock().unwrap()
            );
            thread::sleep(Duration::from_millis(5));
        }
        input.write_all(answer.as_bytes()).unwrap();
    }
    let code = child.wait().unwrap().exit_code();
    drop(input);
    drop(pty.master);
    reader.join().unwrap();
    let said = screen.lock().unwrap().clone();
    (code, said)
}

#[test]
fn on_a_terminal_the_worst_keys_are_confirmed_by_typing_their_name() {
    let desk = Desk::new();
    let rm = ["rm", "api-keys", "1", "-c", "typesense"];
    let question = "Type the name, Admin key of the old dashboard: ";
    for wrong in ["yes\n", "\n"] {
        let (code, said) = on_terminal(&desk, &rm, &[(question, wrong)]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("not confirmed: nothing was sent"), "{said}");
    }
    let (code, said) = on_terminal(
        &desk,
        &["rm", "api-keys", "10", "-c", "typesense"],
        &[("Type yes: ", "n\n")],
    );
    assert_eq!(code, 2, "{said}");
    let several = ["rm", "api-keys", "10", "11", "-c", "typesense"];
    let (code, said) = on_terminal(&desk, &several, &[("Type the number of keys, 2: ", "1\n")]);
    assert_eq!(code, 2, "{said}");
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    let (code, said) = on_terminal(
        &desk,
        &rm,
        &[(question, "Admin key of the old dashboard\n")],
    );
    assert_eq!(code, 0, "{said}");
    let (code, said) = on_terminal(&desk, &several, &[("Type the number of keys, 2: ", "2\n")]);
    assert_eq!(code, 0, "{said}");
    let own = desk.id("api-keys", "chutes", "is:mine");
    let twice = [
        ("Type the name, keyrack-operator: ", "keyrack-operator\n"),
        ("once more: ", "keyrack-operator\n"),
    ];
    let (code, said) = on_terminal(&desk, &["rm", "api-keys", &own, "-c", "chutes"], &twice);
    assert_eq!(code, 0, "{said}");
    assert_eq!(desk.wire.count("DELETE", ""), 4);
}

#[test]
fn a_new_key_that_cannot_be_tried_is_taken_as_working_only_by_its_operator() {
    let desk = Desk::new();
    let id = desk.id("api-keys", "chutes", "name=powerless2");
    let file = format!("file:{}", desk.file("key"));
    let rotate = ["rotate", "api-keys", &id, "-c", "chutes", "--to", &file];
    let (code, said) = on_terminal(&desk, &rotate, &[("Type yes: ", "yes\n")]);
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("is not proved") && said.contains("Both keys work."),
        "{said}"
    );
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    let waits = desk.waits();
    assert_eq!(
        (waits.len(), &waits[0]["next"]),
        (1, &"verify".into()),
        "{waits:?}"
    );
    let journal = waits[0]["journal"].as_str().unwrap();
    let ran = desk.keyrack(&format!("rotate --resume {journal}"));
    ran.fails(2, "this takes it as working");
    let ran = desk.keyrack(&format!("rotate --resume {journal} --yes"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        desk.keys("api-keys", "chutes", "name=powerless2")
            .is_empty()
    );
    assert_eq!(
        desk.keys("api-keys", "chutes", "name=powerless2-2").len(),
        1
    );
    assert!(desk.waits().is_empty());
}
