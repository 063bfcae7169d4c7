//! The clipboard as other programs see it: the real binary holds it on an X server of the test's own, and
//! xclip pastes.

#![cfg(test)]
#![cfg(target_os = "linux")]

#[path = "clipboard/display.rs"]
mod display;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;
#[path = "clipboard/tmux.rs"]
mod tmux;

use std::{
    fs, process,
    time::{Duration, Instant},
};

use display::{Display, ended, holders, secret, wait};
use keyrack::testing::deliver::{Channel, Content, Receipt, Sink, Surroundings};
use rustix::process::{Signal, kill_process};

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(10);
/// A secret's time, where the test is about its end.
const SHORT: Duration = Duration::from_secs(1);
const CANARY: &str = "zq7Vd3-canary-Xw9Lp2 ü\n";

#[tokio::test]
async fn another_program_pastes_the_exact_bytes_and_histories_are_asked_to_look_away() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(LONG);
    courier.check(&Sink::Clipboard).await.unwrap();
    assert_eq!(display.paste(), None);
    let delivery = courier.copy(secret(CANARY)).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "copied to the clipboard (X11) for 10 min"
    );
    assert_eq!(display.paste().unwrap(), CANARY.as_bytes());
    assert_eq!(display.paste_as("x-kde-passwordManagerHint"), "secret");
    let delivery = courier.copy(Content::text("an id")).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "copied to the clipboard (X11)"
    );
    assert_eq!(display.paste().unwrap(), b"an id");
    assert_eq!(display.paste_as("x-kde-passwordManagerHint"), "");
}

#[tokio::test]
async fn a_hundred_copies_are_called_copied_exactly_when_they_can_be_pasted() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(LONG);
    for round in 0..100 {
        let text = format!("{CANARY}{round}");
        // Larger than the server takes in one piece: its owner believes that it serves it, nobody gets it.
        let large = round % 50 == 49;
        let content = if large {
            Content::text(&text.repeat((17 << 20) / text.len()))
        } else {
            secret(&text)
        };
        let receipt = courier.copy(content).await.receipt;
        if large {
            assert_eq!(receipt, Receipt::Handed(Channel::X11), "{round}");
        } else {
            assert!(
                matches!(receipt, Receipt::Copied { .. }),
                "{round}: {receipt}"
            );
            assert_eq!(display.paste().unwrap(), text.as_bytes());
        }
    }
    wait("one holder alone", || holders(process::id()).len() == 1);
}

#[tokio::test]
async fn a_secret_is_taken_back_at_its_deadline() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(SHORT);
    let started = Instant::now();
    courier.copy(secret(CANARY)).await;
    display.wait_for(Some(CANARY));
    display.wait_for(None);
    assert!(started.elapsed() >= SHORT);
    wait("no holder", || holders(process::id()).is_empty());
    assert_eq!(
        courier.extend().await.unwrap_err(),
        "the clipboard no longer holds it; copy it again"
    );
}

#[tokio::test]
async fn what_somebody_copied_meanwhile_stays() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(LONG);
    courier.copy(secret(CANARY)).await;
    display.copy("somebody's text");
    wait("no holder", || holders(process::id()).is_empty());
    assert_eq!(display.paste().unwrap(), b"somebody's text");
    assert!(courier.extend().await.is_err());
}

/// A holder that is stopped does not notice that it lost the clipboard, and its deadline passes: when it
/// goes on, it gives back what is no longer its own, which the server must ignore.
#[tokio::test]
async fn a_holder_whose_time_is_over_before_it_knows_of_a_change_takes_nothing_away() {
    let Some(display) = Display::start() else {
        return;
    };
    for _ in 0..5 {
        let courier = display.courier(SHORT);
        courier.copy(secret(CANARY)).await;
        let holder = holders(process::id())[0];
        kill_process(holder, Signal::STOP).unwrap();
        display.copy("somebody's text");
        let passed = Instant::now() + SHORT;
        wait("the deadline", || Instant::now() > passed);
        kill_process(holder, Signal::CONT).unwrap();
        wait("no holder", || ended(holder));
        assert_eq!(display.paste().unwrap(), b"somebody's text");
    }
}

#[tokio::test]
async fn a_secret_whose_time_passed_in_a_sleep_is_gone_within_a_second_of_waking() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(SHORT);
    courier.copy(secret(CANARY)).await;
    let holder = holders(process::id())[0];
    kill_process(holder, Signal::STOP).unwrap();
    let passed = Instant::now() + SHORT;
    wait("the deadline", || Instant::now() > passed);
    let woken = Instant::now();
    kill_process(holder, Signal::CONT).unwrap();
    display.wait_for(None);
    assert!(woken.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn an_extension_lets_the_time_begin_anew() {
    let Some(display) = Display::start() else {
        return;
    };
    let stays = Duration::from_secs(2);
    let courier = display.courier(stays);
    courier.copy(secret(CANARY)).await;
    let mut extended = Instant::now();
    for _ in 0..3 {
        let due = extended + stays / 2;
        wait("half of its time", || Instant::now() > due);
        assert_eq!(courier.extend().await.unwrap().lasts, stays);
        extended = Instant::now();
    }
    assert_eq!(display.paste().unwrap(), CANARY.as_bytes());
    display.wait_for(None);
    assert!(extended.elapsed() + Duration::from_millis(50) >= stays);
}

#[tokio::test]
async fn a_display_that_hangs_is_told_within_two_seconds_and_leaves_nothing_behind() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(LONG);
    display.signal(Signal::STOP);
    let started = Instant::now();
    let copy = courier.copy(secret(CANARY));
    let beside = async {
        // Nothing waits for the display: this goes on all the while.
        let mut longest = Duration::ZERO;
        while started.elapsed() < Duration::from_secs(1) {
            let before = Instant::now();
            tokio::time::sleep(Duration::from_millis(1)).await;
            longest = longest.max(before.elapsed());
        }
        longest
    };
    let (delivery, longest) = tokio::join!(copy, beside);
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    assert_eq!(delivery.receipt, Receipt::Handed(Channel::Terminal));
    let refused = courier.check(&Sink::Clipboard).await.unwrap_err();
    assert!(refused.contains("the display does not answer"), "{refused}");
    wait("no holder", || holders(process::id()).is_empty());
    display.signal(Signal::CONT);
    let delivery = courier.copy(secret(CANARY)).await;
    assert!(matches!(delivery.receipt, Receipt::Copied { .. }));
}

#[tokio::test]
async fn a_display_that_is_not_there_is_told_at_once() {
    let Some(display) = Display::start() else {
        return;
    };
    let surroundings = Surroundings {
        x11: true,
        display: vec![("DISPLAY".into(), ":4242".into())],
        program: Some(env!("CARGO_BIN_EXE_keyrack").into()),
        ..Surroundings::default()
    };
    let courier = display::courier(surroundings, LONG);
    let refused = courier.check(&Sink::Clipboard).await.unwrap_err();
    assert!(
        refused.contains("the display cannot be reached"),
        "{refused}"
    );
    let delivery = courier.copy(Content::text(&"x".repeat(1 << 17))).await;
    let words = delivery.receipt.to_string();
    assert!(
        words.starts_with("not copied: the X server cannot be reached: "),
        "{words}"
    );
    drop(display);
}

#[tokio::test]
async fn a_holder_ends_with_its_display() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(LONG);
    courier
        .copy(Content::text("an id without a deadline"))
        .await;
    let holder = holders(process::id())[0];
    drop(display);
    wait("no holder", || ended(holder));
}

#[tokio::test]
async fn a_holder_has_the_secret_in_its_memory_alone_and_nobody_may_look_there() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(LONG);
    courier.copy(secret(CANARY)).await;
    let holder = holders(process::id())[0].as_raw_pid();
    let read = |name: &str| fs::read(format!("/proc/{holder}/{name}"));
    assert_eq!(read("cmdline").unwrap(), b"keyrack\0hold\0");
    if rustix::process::geteuid().is_root() {
        let folder = fs::read_link(format!("/proc/{holder}/cwd")).unwrap();
        assert_eq!(folder.to_str(), Some("/"), "it keeps no disk in use");
        assert_eq!(
            String::from_utf8(read("environ").unwrap()).unwrap(),
            format!("DISPLAY={}\0", display.name)
        );
    } else {
        assert!(read("environ").is_err(), "its memory is closed");
    }
    let stat = String::from_utf8(read("stat").unwrap()).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    assert_eq!(
        fields[3],
        holder.to_string(),
        "it leads a session of its own"
    );
    assert_eq!(fields[4], "0", "it has no terminal");
    let owner = fs::metadata(format!("/proc/{holder}/mem")).unwrap();
    assert_eq!(
        std::os::unix::fs::MetadataExt::uid(&owner),
        0,
        "its memory is root's"
    );
}

#[tokio::test]
async fn a_rescued_secret_stays_on_the_clipboard_when_its_process_is_gone() {
    let Some(display) = Display::start() else {
        return;
    };
    let courier = display.courier(SHORT);
    let words = courier.rescue(&[("ci".to_owned(), secret(CANARY))]);
    assert_eq!(
        words,
        [
            "not saved when keyrack was ended: the secret of ci; it is on the clipboard (X11) for 10 min"
        ]
    );
    drop(courier);
    assert_eq!(display.paste().unwrap(), CANARY.as_bytes());
    let holder = holders(process::id())[0];
    kill_process(holder, Signal::KILL).unwrap();
    display.wait_for(None);
}

#[cfg(feature = "demo")]
#[test]
fn a_copy_outlives_its_console_however_that_ends() {
    use session::Session;
    const SIZE: (u16, u16) = (100, 30);
    let Some(display) = Display::start() else {
        return;
    };
    for signal in [Signal::TERM, Signal::HUP, Signal::KILL] {
        let mut session = Session::start(&["demo"], SIZE, &[("DISPLAY", &display.name)]);
        session.wait_text("as of");
        // The id of the first key: what is shown of it stands in the details.
        session.press("y");
        session.wait_text("copied to the clipboard (X11)");
        let copied = display.paste().unwrap();
        assert!(!copied.is_empty());
        let holder = holders(u32::try_from(session.pid().as_raw_pid()).unwrap())[0];
        session.signal(signal);
        session.exit_code();
        drop(session);
        assert_eq!(display.paste().unwrap(), copied);
        assert!(!ended(holder));
        kill_process(holder, Signal::TERM).unwrap();
        wait("its end", || ended(holder));
        assert_eq!(display.paste(), None);
    }
}
