//! Many contexts on the real binary: a hundred come whole and are found, and one that is down or slow holds up
//! none of the others.

use std::{fmt::Write as _, fs, net::TcpListener, path::PathBuf};

use crate::{harness::Demo, session::Session};

/// The lines of the demo's Typesense context, without its name.
fn lines(demo: &Demo) -> String {
    let text = fs::read_to_string(&demo.config).unwrap();
    let mut contexts = text.split("[contexts.").skip(1);
    let typesense = contexts.find(|it| it.starts_with("typesense]")).unwrap();
    let (_, lines) = typesense.split_once(']').unwrap();
    lines.split("\n[").next().unwrap().to_owned()
}

/// A config beside the demo's.
fn config(demo: &Demo, text: &str) -> PathBuf {
    demo.overwrite("fleet.toml", text);
    demo.close("fleet.toml", 0o600);
    demo.config.with_file_name("fleet.toml")
}

#[test]
fn a_hundred_contexts_come_whole_say_which_are_production_and_are_found() {
    let demo = Demo::start(&[]);
    let lines = lines(&demo);
    let mut text = String::new();
    for at in 0..100 {
        let production = if at % 10 == 0 {
            "production = true\n"
        } else {
            ""
        };
        write!(text, "[contexts.c{at:03}]{lines}\n{production}").unwrap();
    }
    let far: Vec<String> = (90..100).map(|at| format!("\"c{at:03}\"")).collect();
    write!(text, "[groups]\nfar = [{}]\n", far.join(", ")).unwrap();
    let config = config(&demo, &text);
    let config = config.to_str().unwrap();
    let mut session = Session::start(&["--config", config], (120, 40), &[]);
    session.wait_text("100 contexts, 10 PROD › API keys");
    session.wait_for("all keys", |screen| {
        let text = screen.contents();
        text.contains("8,000 keys") && !text.contains("of 100 contexts")
    });
    session.press("c /");
    session.type_text("c042");
    session.press("Enter");
    session.wait_text("c042 › API keys");
    session.wait_text(" 80 keys");
    session.press("c Enter");
    session.wait_text("10 contexts, 1 PROD");
    session.wait_text(" 800 keys");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    let listed = demo
        .home
        .run(&["--config", config, "ls", "api-keys", "--ids"]);
    assert_eq!((listed.code, listed.lines().len()), (0, 8_000));
}

#[test]
fn one_context_that_is_down_and_one_that_is_slow_hold_up_no_other() {
    let demo = Demo::start(&[]);
    // Nobody listens on the one port, and nobody answers on the other.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let down = nobody.local_addr().unwrap();
    drop(nobody);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = silent.local_addr().unwrap();
    let mut text = format!("[contexts.good]{}\n", lines(&demo));
    for (name, address) in [("down", down), ("quiet", slow)] {
        write!(
            text,
            "[contexts.{name}]\nbackend = \"typesense\"\nurl = \"http://{address}\"\ncredential = {{ env = \"KEY\" }}\n"
        )
        .unwrap();
    }
    let config = config(&demo, &text);
    let arguments = ["--config", config.to_str().unwrap()];
    let mut session = Session::start(&arguments, (120, 40), &[("KEY", "k")]);
    session.wait_text(" 80 keys");
    session.wait_text("1 of 3 contexts");
    session.wait_text("✖ down: no connection to 127.0.0.1");
    session.wait_text("quiet is still on the way");
    session.press("c");
    session.wait_text("✖ no connection to 127.0.0.1");
    session.wait_text("reading · Typesense");
    session.press("Esc R");
    session.wait_text("R tries again");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}
