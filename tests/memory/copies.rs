//! A second after a secret was dismissed, its copies in the console's memory are counted: there are none,
//! whatever was done with it before. Each case first sees that the scan finds it while it is shown.

use std::{fs, path::Path, process::Command};

use crate::{
    desk::{Desk, SIZE, may_look, settle},
    display::{Display, has},
    front::Front,
    scan::Scan,
    session::Session,
};

/// How often the main case runs.
const RUNS: usize = 20;
/// How often each other case runs.
const OTHERS: usize = 3;

#[test]
fn no_copy_of_a_secret_is_left_a_second_after_it_was_shown() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("typesense");
    let mut all = Vec::new();
    for run in 1..=RUNS {
        let name = format!("memory {run}");
        desk.create(&name);
        let secret = desk.show();
        let (texts, cells) = desk.found(&secret);
        desk.press("v Enter");
        desk.session.wait_gone("New secret of");
        let left = desk.left(&secret);
        println!(
            "run {run}: {texts} as text and {cells} in cells while shown, {} after, in {} bytes",
            left.found.len(),
            left.bytes
        );
        assert!(texts > 0 && cells > 0, "the scan does not see it");
        assert!(left.found.is_empty(), "run {run}: {:?}", left.found);
        all.push(secret);
    }
    for secret in all {
        assert!(Scan::of(desk.pid(), &secret).found.is_empty());
    }
}

/// Makes a key, shows its secret, closes it, and counts.
fn shown_and_closed(desk: &mut Desk, what: &str, name: &str) {
    desk.create(name);
    let secret = desk.show();
    desk.assert_found(&secret);
    desk.press("Enter");
    desk.session.wait_gone("New secret of");
    desk.assert_gone(what, &secret);
}

#[test]
fn no_copy_of_a_secret_that_the_service_chose_is_left() {
    if !may_look() {
        return;
    }
    for (context, prefix) in [("chutes", "memory "), ("runai", "memory-")] {
        let mut desk = Desk::on(context);
        for run in 1..=OTHERS {
            shown_and_closed(&mut desk, context, &format!("{prefix}{run}"));
        }
    }
}

#[test]
fn no_copy_of_a_secret_is_left_that_came_by_tls() {
    if !may_look() {
        return;
    }
    for context in ["typesense", "chutes", "runai"] {
        let front = Front::of(context);
        let mut desk = Desk::behind(&front);
        for run in 1..=OTHERS {
            shown_and_closed(
                &mut desk,
                &format!("{context} by TLS"),
                &format!("tls-{run}"),
            );
        }
        assert!(front.requests() > OTHERS, "the requests went by TLS");
    }
}

#[test]
fn no_copy_is_left_of_a_secret_that_was_discarded() {
    if !may_look() {
        return;
    }
    // The test can learn a secret only from the screen: it was shown once, but never stored.
    let mut desk = Desk::on("runai");
    for run in 1..=OTHERS {
        desk.create(&format!("discarded-{run}"));
        let secret = desk.show();
        desk.assert_found(&secret);
        desk.press("v Esc");
        desk.session.wait_text("Discard");
        desk.press("Tab Enter");
        desk.session.wait_gone("New secret of");
        desk.assert_gone("discarded", &secret);
    }
}

#[test]
fn no_copy_is_left_of_a_regenerated_secret_nor_of_the_one_before() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("runai");
    desk.create("again-memory");
    let mut old = desk.show();
    desk.assert_found(&old);
    desk.press("Enter");
    desk.session.wait_gone("New secret of");
    for _ in 0..OTHERS {
        desk.regenerate("again-memory");
        let secret = desk.show();
        desk.assert_found(&secret);
        desk.press("Enter");
        desk.session.wait_gone("New secret of");
        // The rotation goes on and has the secret until it tried it.
        desk.wait_tried();
        desk.assert_gone("regenerated", &secret);
        desk.assert_gone("the one before", &old);
        desk.press("Enter");
        desk.session.wait_gone("Rotate the");
        old = secret;
    }
}

#[test]
fn no_copy_is_left_once_a_rotation_has_tried_the_new_secret() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("runai");
    desk.create("turned");
    desk.press_and_see("v", "masks");
    desk.press("Enter");
    desk.session.wait_gone("New secret of");
    desk.press_and_see("r", "Replace it");
    settle();
    desk.press_and_see("Enter", "Show it here");
    settle();
    desk.press_and_see("Enter", "takes the place of");
    desk.press("ctrl-s");
    desk.waits("turned-2");
    let secret = desk.show();
    desk.assert_found(&secret);
    desk.press("Enter");
    desk.wait_tried();
    desk.assert_gone("rotated", &secret);
}

#[test]
fn no_copy_is_left_of_a_secret_that_was_copied_but_with_its_holder() {
    if !may_look() {
        return;
    }
    let Some(display) = Display::start() else {
        return;
    };
    let mut desk = Desk::with("typesense", "", &[("DISPLAY", &display.name)]);
    for run in 1..=OTHERS {
        desk.create(&format!("copied {run}"));
        let secret = desk.show();
        desk.assert_found(&secret);
        desk.press_and_see("v y", "copied to the clipboard (X11)");
        display.wait_for(Some(&secret));
        desk.press("Enter");
        desk.session.wait_gone("New secret of");
        desk.assert_gone("copied", &secret);
        let holders = crate::display::holders(u32::try_from(desk.pid().as_raw_pid()).unwrap());
        let holds = |holder: &rustix::process::Pid| !Scan::of(*holder, &secret).found.is_empty();
        assert!(holders.iter().any(holds), "the holder has it");
    }
}

#[test]
fn no_copy_is_left_of_a_secret_that_was_copied_through_tmux() {
    if !may_look() || !has(&[("tmux", "tmux")]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let around = ["-S", socket.to_str().unwrap(), "-f", "/dev/null"];
    let words = [around.as_slice(), &["new-session", "sh"]].concat();
    let tmux = Session::run("tmux", &words, SIZE, &[]);
    tmux.wait_log("its status line", |log| {
        String::from_utf8_lossy(log).contains("0:sh")
    });
    let server = format!("{},{},0", socket.display(), tmux.pid().as_raw_pid());
    let env = [("TMUX", server.as_str()), ("TMUX_PANE", "%0")];
    let mut desk = Desk::with("typesense", "", &env);
    for run in 1..=OTHERS {
        desk.create(&format!("tmux {run}"));
        let secret = desk.show();
        desk.assert_found(&secret);
        desk.press_and_see("v y", "handed to tmux");
        desk.press("Enter");
        desk.session.wait_gone("New secret of");
        desk.assert_gone("copied through tmux", &secret);
    }
    let kill = [around.as_slice(), &["kill-server"]].concat();
    assert!(Command::new("tmux").args(kill).status().unwrap().success());
}

#[test]
fn no_copy_is_left_of_a_secret_that_went_to_a_file_or_a_command() {
    if !may_look() {
        return;
    }
    let sink = "[sinks.eat]\ncommand = [\"sh\", \"-c\", \"cat >/dev/null\"]";
    let mut desk = Desk::with("chutes", sink, &[]);
    let file = desk.session.home().join("key.env");
    let sinks = [
        (
            format!("file:{}", desk.session.home().join("key").display()),
            "stored in",
        ),
        (format!("env:{}:KEY", file.display()), "stored as KEY"),
        ("cmd:eat".to_owned(), "taken by the command eat"),
        ("clipboard".to_owned(), "sent to the terminal"),
    ];
    for (sink, receipt) in sinks {
        desk.create(&format!("sink {}", &sink[..3]));
        let secret = desk.show();
        desk.assert_found(&secret);
        desk.press_and_see("v s", "store in");
        desk.session.type_text(&sink);
        desk.press_and_see("Enter", receipt);
        desk.press("Enter");
        desk.session.wait_gone("New secret of");
        desk.assert_gone(&sink, &secret);
        if sink.starts_with("file") {
            assert_eq!(read(&sink[5..]), secret);
        }
    }
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap().trim_end().to_owned()
}

#[test]
fn no_copy_is_left_of_a_secret_that_was_there_while_the_console_slept() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("typesense");
    for run in 1..=OTHERS {
        desk.create(&format!("slept {run}"));
        let secret = desk.show();
        desk.assert_found(&secret);
        desk.sleep();
        desk.session.resize((90, 25));
        desk.session
            .wait_for("the new width", |screen| screen.size().1.get() == 90);
        desk.press_and_see("v", "masks");
        desk.session.resize((120, 30));
        desk.press("Enter");
        desk.session.wait_gone("New secret of");
        desk.assert_gone("slept", &secret);
    }
}
