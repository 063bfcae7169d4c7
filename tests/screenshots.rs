//! The pictures of the main screens are taken from the real binary on a real terminal:
//! `KEYRACK_BLESS=1 cargo test --test screenshots` writes them, otherwise each screen must still be
//! reachable and be headed as its picture is. `KEYRACK_SHOT=NAME` takes those of that name alone.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "screenshots/bulk.rs"]
mod bulk;
#[path = "screenshots/find.rs"]
mod find;
#[path = "screenshots/fleet.rs"]
mod fleet;
#[path = "cli/harness.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod harness;
#[path = "screenshots/health.rs"]
mod health;
#[path = "support/picture.rs"]
mod picture;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;
#[path = "screenshots/stage.rs"]
mod stage;
#[path = "screenshots/usual.rs"]
mod usual;

use std::path::PathBuf;

use stage::{Set, Stage};

/// A screen, the keys that lead to it from the table, and what it shows then; before each press the
/// text beside it must be on the screen.
#[derive(Clone, Copy)]
struct Shot {
    name: &'static str,
    size: (u16, u16),
    stage: Stage,
    steps: &'static [Step],
    shows: &'static str,
}

#[derive(Clone, Copy)]
enum Step {
    Press(&'static str),
    /// Pressed in a dialog that takes no key until it was on the screen for a moment.
    Answer(&'static str),
    Type(&'static str),
    /// Steps that several pictures begin with.
    Do(&'static [Step]),
    Await(&'static str),
    /// The number that the screen asks for is typed.
    Count,
    /// The credential of the first context is pasted.
    Leak,
}

use Step::{Answer, Await, Count, Do, Leak, Press, Type};

/// Longer than such a dialog takes no key for.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(300);

const WIDE: (u16, u16) = (110, 30);
const USUAL: (u16, u16) = (80, 24);

#[test]
fn every_screen_of_the_gallery_is_reached_and_headed_as_its_picture_is() {
    let bless = std::env::var_os("KEYRACK_BLESS").is_some();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    let only = std::env::var("KEYRACK_SHOT").unwrap_or_default();
    let shots = [
        usual::SHOTS,
        fleet::SHOTS,
        find::SHOTS,
        bulk::SHOTS,
        health::SHOTS,
    ];
    for shot in shots.concat().iter().filter(|it| it.name.contains(&only)) {
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
    let mut set = Set::build(&shot.stage, shot.size);
    walk(&mut set, shot.steps);
    set.session.wait_text(shot.shows);
    set.rests();
    // The cursor comes after its frame.
    std::thread::sleep(SETTLE);
    set.session.screen()
}

fn walk(set: &mut Set, steps: &[Step]) {
    for step in steps {
        match step {
            Press(keys) => set.session.press(keys),
            Answer(keys) => {
                std::thread::sleep(SETTLE);
                set.session.press(keys);
            }
            Type(text) => set.session.type_text(text),
            Do(steps) => walk(set, steps),
            Await(text) => set.session.wait_text(text),
            Count => {
                std::thread::sleep(SETTLE);
                let count = asked(&set.session.text());
                set.session.type_text(&count);
            }
            Leak => set.leak(),
        }
    }
}

/// The number that a plan wants to be typed.
fn asked(screen: &str) -> String {
    let (_, rest) = screen.split_once("Type ").unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// What the first two rows of a picture begin with, their figures masked: it tells where one is, however
/// far what is counted behind it has come.
fn heading(svg: &str) -> Vec<String> {
    let (_, text) = svg.split_once("<desc>").unwrap();
    let mask = |row: &str| {
        let (begin, _) = row.split_once(" · ").unwrap_or((row, ""));
        let mut signs: Vec<char> = begin.chars().collect();
        signs.dedup_by_key(|sign| if sign.is_ascii_digit() { '#' } else { *sign });
        let mask = |sign: char| if sign.is_ascii_digit() { '#' } else { sign };
        signs.into_iter().map(mask).collect()
    };
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
