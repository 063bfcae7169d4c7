//! The pictures of the main screens are taken from the real binary on a real terminal:
//! `KEYRACK_BLESS=1 cargo test --test screenshots` writes them, otherwise each screen must still be
//! reachable and be headed as its picture is.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "support/picture.rs"]
mod picture;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;

use std::path::PathBuf;

use session::Session;

/// A screen, the keys that lead to it from the table, and what it shows then; before each press the
/// text beside it must be on the screen.
struct Shot {
    name: &'static str,
    size: (u16, u16),
    /// What goes wrong, as `--fault` takes it.
    fault: Option<&'static str>,
    steps: &'static [Step],
    shows: &'static str,
}

enum Step {
    Press(&'static str),
    /// Pressed in a dialog that takes no key until it was on the screen for a moment.
    Answer(&'static str),
    Type(&'static str),
    /// Steps that several pictures begin with.
    Do(&'static [Step]),
    Await(&'static str),
}

use Step::{Answer, Await, Do, Press, Type};

/// Longer than such a dialog takes no key for.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(300);

const WIDE: (u16, u16) = (110, 30);
const USUAL: (u16, u16) = (80, 24);

/// From the table to a key whose twin is made, stored and tried.
const ROTATED: [Step; 14] = [
    Press("/"),
    Type("name=12"),
    Press("Enter r"),
    Await("choose how"),
    Answer("Enter"),
    Await("Show it here"),
    Answer("Enter"),
    Await("takes the place of the old key"),
    Press("ctrl-s"),
    Await("New secret of"),
    Answer("v"),
    Await("v masks"),
    Answer("Enter"),
    Await("let it in"),
];

const SHOTS: [Shot; 13] = [
    Shot {
        name: "api-keys",
        size: WIDE,
        fault: None,
        steps: &[],
        shows: "keys · by Name",
    },
    Shot {
        name: "filter",
        size: WIDE,
        fault: None,
        steps: &[
            Press("/"),
            Type("is:broad atlas OR beacon"),
            Press("Enter"),
            Await("shown"),
        ],
        // Not while it is typed: the footer has other keys then.
        shows: "Enter details",
    },
    Shot {
        name: "details",
        size: WIDE,
        fault: None,
        steps: &[Press("Enter")],
        shows: "Last used",
    },
    Shot {
        name: "new-key",
        size: WIDE,
        fault: None,
        steps: &[
            Press("n"),
            Await("New key"),
            Press("Down Enter"),
            Await("New API key in typesense"),
            Type("search of the shop"),
            Press("Tab"),
        ],
        shows: "keys:create",
    },
    Shot {
        name: "new-secret",
        size: USUAL,
        fault: None,
        steps: &[
            Press("n"),
            Await("New key"),
            Press("Down Enter"),
            Await("New API key in typesense"),
            Type("search of the shop"),
            Press("Tab"),
            Type("documents:search"),
            Press("ctrl-s"),
        ],
        shows: "New secret of",
    },
    Shot {
        name: "rotation",
        size: WIDE,
        fault: None,
        steps: &[Do(&ROTATED)],
        shows: "Both keys work.",
    },
    Shot {
        name: "unknown",
        size: WIDE,
        fault: Some("lost-after:1:POST/api_keys:1"),
        steps: &[
            Press("n"),
            Await("New key"),
            Press("Enter"),
            Await("New API key in chutes"),
            Type("nightly-export"),
            Press("ctrl-s"),
            Await("Its secret is lost"),
        ],
        shows: "Delete it",
    },
    Shot {
        name: "log",
        size: WIDE,
        fault: None,
        steps: &[
            Do(&ROTATED),
            Answer("Esc"),
            Await("goes on"),
            Press("L"),
            Await("What waits is marked"),
        ],
        shows: "next:",
    },
    Shot {
        name: "delete",
        size: WIDE,
        fault: None,
        steps: &[Press("d")],
        shows: "cannot be undone",
    },
    Shot {
        name: "admin",
        size: WIDE,
        fault: None,
        steps: &[Press("4")],
        shows: "Created by",
    },
    Shot {
        name: "contexts",
        size: WIDE,
        fault: None,
        steps: &[Press("c")],
        shows: "Space marks",
    },
    Shot {
        name: "help",
        size: USUAL,
        fault: None,
        steps: &[Press("?")],
        shows: "Next key.",
    },
    Shot {
        name: "small",
        size: USUAL,
        fault: None,
        steps: &[Press("2"), Await("Secrets ·")],
        shows: " 85 keys",
    },
];

#[test]
fn every_screen_of_the_gallery_is_reached_and_headed_as_its_picture_is() {
    let bless = std::env::var_os("KEYRACK_BLESS").is_some();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    for shot in &SHOTS {
        let screen = take(shot);
        let svg = picture::svg(&screen, shot.name);
        let (vector, pixels) = (
            folder.join(shot.name).with_extension("svg"),
            folder.join(shot.name).with_extension("png"),
        );
        if bless {
            std::fs::write(&pixels, picture::png(&svg)).unwrap();
            std::fs::write(&vector, &svg).unwrap();
        }
        let kept = std::fs::read_to_string(&vector).unwrap_or_else(|_| panic!("{vector:?}"));
        assert_eq!(heading(&svg), heading(&kept), "{}", shot.name);
        assert!(std::fs::read(&pixels).unwrap().starts_with(b"\x89PNG"));
    }
}

fn take(shot: &Shot) -> vt100::Screen {
    let fault = shot.fault.map_or(vec![], |fault| vec!["--fault", fault]);
    let mut session = Session::start(&[&["demo"], &*fault].concat(), shot.size, &[]);
    session.wait_text("as of");
    session.wait_gone("reading");
    session.wait_gone("checking");
    walk(&mut session, shot.steps);
    session.wait_text(shot.shows);
    session.wait_gone("reading");
    session.wait_gone("checking");
    session.screen()
}

fn walk(session: &mut Session, steps: &[Step]) {
    for step in steps {
        match step {
            Press(keys) => session.press(keys),
            Answer(keys) => {
                std::thread::sleep(SETTLE);
                session.press(keys);
            }
            Type(text) => session.type_text(text),
            Do(steps) => walk(session, steps),
            Await(text) => session.wait_text(text),
        }
    }
}

/// The first two rows of a picture, their figures masked: they tell where one is.
fn heading(svg: &str) -> Vec<String> {
    let (_, text) = svg.split_once("<desc>").unwrap();
    let mask = |row: &str| row.replace(|sign: char| sign.is_ascii_digit(), "#");
    text.lines().take(2).map(mask).collect()
}

#[test]
fn a_screen_becomes_a_picture_with_its_text_and_colours() {
    let size = |size| std::num::NonZeroU16::new(size).unwrap();
    let mut parser = vt100::Parser::new(size(2), size(20), 0);
    parser.process(b"\x1b[31mred\x1b[0m <&> \x1b[7mon\x1b[0m");
    let svg = picture::svg(parser.screen(), "a & b");
    for part in [
        "<title>a &amp; b</title>",
        "<desc>red &lt;&amp;&gt; on</desc>",
        r##"fill="#e06c75" textLength="25.29">red<"##,
        ">&lt;&amp;&gt;<",
        r##"height="18" fill="#d8dee9"/>"##,
    ] {
        assert!(svg.contains(part), "{part} in\n{svg}");
    }
    assert!(picture::png(&svg).starts_with(b"\x89PNG"));
}
