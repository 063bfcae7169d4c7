//! The real binary on a real terminal: it starts, it survives, and it leaves the terminal as found.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "terminal/fleet.rs"]
mod fleet;
#[path = "cli/harness.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod harness;
#[path = "terminal/places.rs"]
mod places;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;

use std::{
    io::{Read, Seek},
    process::{Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use session::Session;

const SIZE: (u16, u16) = (80, 24);
/// Stands on the console's screen once it is drawn.
const DRAWN: &str = "API keys";
/// Stands on it once the rows are there.
const LOADED: &str = " 140 keys";

/// The console on the demo, with its rows on the screen.
fn console(env: &[(&str, &str)]) -> Session {
    let session = Session::start(&["demo"], SIZE, env);
    session.wait_text(DRAWN);
    session.wait_text(LOADED);
    session
}

#[test]
fn a_program_on_the_harness_is_read_and_restored() {
    let script = "modes=$(stty -g); stty raw -echo; printf 'ready\\033[?1049h'; head -c 3 | od -c; \
                  stty $modes; printf '\\033[?1049l'; exit 7";
    let mut session = Session::run("/bin/sh", &["-c", script], SIZE, &[]);
    session.wait_for("the alternate screen", vt100::Screen::alternate_screen);
    assert_ne!(session.modes(), session.modes_before());
    session.press("a ctrl-b Enter");
    assert_eq!(session.exit_code(), 7);
    session.assert_restored();
}

#[test]
fn quitting_leaves_the_terminal_as_it_was_found() {
    let mut session = console(&[]);
    assert_ne!(session.modes(), session.modes_before());
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
    assert_eq!(
        session.text().trim(),
        "",
        "nothing stays on the main screen"
    );
}

#[test]
fn the_terminal_is_asked_nothing() {
    let mut session = console(&[]);
    session.press("q");
    session.exit_code();
    let log = String::from_utf8_lossy(&session.log()).into_owned();
    for query in [
        "\x1b[6n",
        "\x1b[c",
        "\x1b[0c",
        "\x1b[>c",
        "\x1b[?u",
        "\x1b[>q",
        "\x1b]11;?",
        "\x1b[18t",
    ] {
        assert!(!log.contains(query), "{query:?}");
    }
}

#[test]
fn a_signal_that_ends_the_console_restores_the_terminal_and_is_the_exit_code() {
    let endings = [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
    ];
    for (signal, code) in endings {
        let session = console(&[]);
        session.signal(signal);
        assert_eq!(session.exit_code(), code, "{signal:?}");
        session.assert_restored();
    }
}

#[test]
fn ctrl_z_gives_the_terminal_back_until_the_shell_continues_the_job() {
    let mut session = console(&[]);
    session.press("ctrl-z");
    stopped(&session);
    session.go_on();
    session.wait_text(DRAWN);
    session.wait_for("the alternate screen", vt100::Screen::alternate_screen);
    session.signal(Signal::TSTP);
    stopped(&session);
    session.go_on();
    session.wait_text(DRAWN);
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

/// The job is stopped and the terminal is the shell's.
fn stopped(session: &Session) {
    session.wait_stopped();
    session.wait_for("the main screen", |screen| !screen.alternate_screen());
    assert_eq!(session.modes(), session.modes_before());
    assert!(!session.screen().hide_cursor());
}

#[test]
fn a_console_that_was_stopped_from_outside_draws_everything_again() {
    let mut session = console(&[]);
    session.signal(Signal::STOP);
    let from = session.log().len();
    session.go_on();
    session.wait_log("a whole frame", |log| {
        let news = String::from_utf8_lossy(&log[from..]);
        news.contains("\x1b[2J") && news.contains(DRAWN)
    });
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

#[test]
fn ctrl_z_without_a_shell_says_so_and_goes_on() {
    let program = env!("CARGO_BIN_EXE_keyrack");
    let mut session = Session::run("setsid", &["--wait", program, "demo"], SIZE, &[]);
    session.wait_text(LOADED);
    session.press("ctrl-z");
    session.wait_text("no shell");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

#[test]
fn any_size_is_survived_and_the_place_is_kept() {
    let mut session = console(&[]);
    let first = row_marked(&session.screen()).unwrap();
    session.press("j");
    session.wait_for("the next row", |screen| {
        row_marked(screen).is_some_and(|row| row != first)
    });
    let before = row_marked(&session.screen());
    for round in 0..5 {
        for size in [
            (1, 1),
            (500, 200),
            (0, 0),
            (2, 40),
            (40, 10),
            (200, 1),
            (1, 200),
            (80 + round, 24),
        ] {
            session.resize(size);
        }
    }
    for size in [(1, 1), (500, 200), SIZE] {
        session.resize(size);
        if size.0 >= 80 {
            session.wait_text(DRAWN);
        }
    }
    session.wait_for("the same row", |screen| row_marked(screen) == before);
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

/// The row under the cursor, which a mark leads.
fn row_marked(screen: &vt100::Screen) -> Option<String> {
    let contents = screen.contents();
    let row = contents.lines().find(|row| row.starts_with('▌'))?;
    Some(row.chars().take(30).collect())
}

#[test]
fn a_panic_of_the_console_restores_the_terminal_before_it_is_reported() {
    let mut session = console(&[("KEYRACK_TEST_PANIC", "loop")]);
    session.press("j");
    assert_eq!(session.exit_code(), 101);
    session.assert_restored();
    session.wait_text("broke off");
    let log = String::from_utf8_lossy(&session.log()).into_owned();
    let (_, after) = log.rsplit_once("\x1b[?1049l").unwrap();
    assert!(after.contains(".rs:"), "where it happened: {after}");
    assert!(!log.contains("canary"), "what it said: {after}");
}

#[test]
fn a_panic_of_a_task_leaves_the_console_running_and_the_screen_whole() {
    let mut session = console(&[("KEYRACK_TEST_PANIC", "task")]);
    session.press("j");
    session.press("?");
    session.wait_for("help", |screen| {
        screen.alternate_screen() && screen.contents().contains("Next key.")
    });
    assert!(!session.text().contains("panicked"), "{}", session.text());
    session.press("Esc q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

#[test]
fn a_panic_of_a_thread_leaves_the_console_running_and_the_screen_whole() {
    let mut session = console(&[("KEYRACK_TEST_PANIC", "thread")]);
    session.press("j");
    session.press("?");
    session.wait_for("help", |screen| {
        screen.alternate_screen() && screen.contents().contains("Next key.")
    });
    assert!(!session.text().contains("panicked"), "{}", session.text());
    session.press("Esc q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

#[test]
fn modes_that_were_unusual_before_are_so_again_after_every_end() {
    // As somebody may have set them: no flow control, another end of file, no echo of control characters.
    let script = "stty -ixon -echoctl eof ^X intr ^T; stty -g >before; \"$@\"; code=$?; \
                  stty -g >after; exit $code";
    let program = env!("CARGO_BIN_EXE_keyrack");
    let endings: [(&str, Option<Signal>, &str, i32); 7] = [
        ("q", None, "", 0),
        ("ctrl-c", None, "", 0),
        ("j", None, "loop", 101),
        ("", Some(Signal::TERM), "", 143),
        ("", Some(Signal::HUP), "", 129),
        ("", Some(Signal::INT), "", 130),
        ("", Some(Signal::QUIT), "", 131),
    ];
    for (keys, signal, panic, code) in endings {
        for stopped_before in [false, true] {
            let args = ["-c", script, "sh", program, "demo"];
            let mut session =
                Session::run("/bin/sh", &args, SIZE, &[("KEYRACK_TEST_PANIC", panic)]);
            session.wait_text(LOADED);
            let keyrack = child_of(session.pid());
            if stopped_before {
                kill_process(keyrack, Signal::TSTP).unwrap();
                session.wait_stopped();
                session.wait_for("the main screen", |screen| !screen.alternate_screen());
                session.go_on();
                session.wait_for("the alternate screen", vt100::Screen::alternate_screen);
                session.wait_text(LOADED);
            }
            session.press(keys);
            if let Some(signal) = signal {
                kill_process(keyrack, signal).unwrap();
            }
            assert_eq!(session.exit_code(), code, "{keys} {signal:?} {panic}");
            let modes = |name| std::fs::read_to_string(session.home().join(name)).unwrap();
            assert_eq!(modes("after"), modes("before"), "{keys} {signal:?} {panic}");
            assert!(!session.screen().alternate_screen());
            assert!(!session.screen().hide_cursor());
        }
    }
}

/// The one process that a shell waits for.
fn child_of(shell: Pid) -> Pid {
    let id = shell.as_raw_pid();
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let child = children.split_whitespace().next().unwrap().parse().unwrap();
    Pid::from_raw(child).unwrap()
}

#[test]
fn a_paste_that_does_not_fit_is_refused_whole() {
    let mut session = console(&[]);
    session.press("n");
    session.wait_text("API key in typesense");
    session.press("Down Enter");
    session.wait_text("New API key in typesense");
    session.paste(&"x".repeat((64 << 10) + 1));
    session.wait_text("more than 64 KiB do not fit");
    session.paste(&"y".repeat(10 << 20));
    session.paste("fits");
    session.wait_text("fits");
    session.press("Tab Tab Tab Tab Tab");
    session.paste(&"z".repeat(10 << 20));
    session.wait_text("more than 64 KiB do not fit");
    session.press("Esc");
    session.signal(Signal::TERM);
    assert_eq!(session.exit_code(), 143);
    session.assert_restored();
}

#[test]
fn without_a_terminal_the_console_says_so_in_one_line() {
    let home = tempfile::tempdir().unwrap();
    let mut out = tempfile::tempfile().unwrap();
    let result = Command::new(env!("CARGO_BIN_EXE_keyrack"))
        .arg("demo")
        .env_clear()
        .env("HOME", home.path())
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let errors = String::from_utf8(result.stderr).unwrap();
    assert_ne!(result.status.code(), Some(0));
    assert_eq!(errors.trim().lines().count(), 1, "{errors}");
    assert!(errors.contains("terminal"), "{errors}");
    let mut written = String::new();
    out.rewind().unwrap();
    out.read_to_string(&mut written).unwrap();
    assert_eq!(written, "", "nothing goes to the standard output");
    assert!(!errors.contains('\x1b'), "{errors:?}");
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_refused_in_one_line() {
    let session = Session::start(&["demo"], SIZE, &[("TERM", "dumb")]);
    assert_ne!(session.exit_code(), 0);
    assert_eq!(
        session.text().trim().lines().count(),
        1,
        "{}",
        session.text()
    );
    session.wait_text("dumb");
    let log = String::from_utf8_lossy(&session.log()).into_owned();
    let escapes = log.replace("\x1b]7777;", "").matches('\x1b').count();
    assert_eq!(escapes, 0, "{log:?}");
    session.assert_restored();
}

#[test]
fn ten_megabytes_pasted_hold_nothing_up_and_do_nothing() {
    let mut session = console(&[]);
    let before = row_marked(&session.screen());
    session.paste(&"dq".repeat(5 << 20));
    session.wait_text("ignored");
    assert_eq!(row_marked(&session.screen()), before);
    session.press("/");
    session.paste(&"x".repeat(10 << 20));
    session.press("Esc Esc");
    session.wait_for("the row again", |screen| row_marked(screen) == before);
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

#[test]
fn broken_input_is_survived() {
    let mut session = console(&[]);
    for bytes in [
        b"\xff\xfe\x80".as_slice(),
        b"\x1b[",
        b"\x1b[999;999;999;999;999~",
        b"\x1b[<0;9999999999M",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\xf0\x9f",
        b"\x1b]52;c;AAAA\x07",
    ] {
        session.send(bytes);
        session.press("Esc Esc");
    }
    session.press("?");
    session.wait_text("Next key.");
    session.press("Esc Esc q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

#[test]
fn without_colours_asked_for_none_are_sent() {
    let mut session = console(&[("NO_COLOR", "1")]);
    session.press("j ? Esc q");
    assert_eq!(session.exit_code(), 0);
    let log = String::from_utf8_lossy(&session.log()).into_owned();
    for sequence in log.split("\x1b[").skip(1) {
        let Some((parameters, _)) = sequence.split_once('m') else {
            continue;
        };
        let mut numbers = parameters
            .split(';')
            .map_while(|number| number.parse::<u16>().ok());
        assert!(
            !numbers.any(|number| matches!(number, 30..=38 | 40..=48 | 90..=107)),
            "a colour: {parameters}"
        );
    }
}

#[test]
fn thousands_of_keys_at_once_are_all_taken() {
    let mut session = console(&[]);
    let first = row_marked(&session.screen());
    for _ in 0..5 {
        session.type_text(&"j".repeat(3_000));
        session.type_text(&"k".repeat(3_000));
    }
    session.wait_for("the first row", |screen| row_marked(screen) == first);
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}

#[test]
fn half_a_sequence_holds_nothing_up() {
    let session = console(&[]);
    let mut session = session;
    session.send(b"\x1b[");
    session.resize((100, 30));
    session.wait_for("the new width", |screen| {
        screen
            .contents()
            .lines()
            .any(|line| line.chars().count() > 90)
    });
    session.signal(Signal::TERM);
    assert_eq!(session.exit_code(), 143);
    session.assert_restored();
}
