//! A new secret that stays until it is taken, whatever is done to the screen, the clipboard and the disk.

use std::{fs, time::Duration};

use rustix::process::Signal;

use crate::{
    display::{Display, holders},
    kind::{CHUTES, TYPESENSE},
    session::Session,
    world::{SIZE, World},
};

/// It is still there, and works.
async fn is_still_there(world: &mut World, name: &str) {
    world.revealed(name);
    let secret = world.secret();
    assert!(world.takes(name, &secret).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_tabs_filters_and_sizes_leave_a_secret_where_it_is() {
    let mut world = World::of(TYPESENSE).await;
    world.create("stays");
    world.session.press("ctrl-r 2 3 / x : ? n d r");
    for size in [(1, 1), (0, 0), (400, 2), (2, 400), SIZE] {
        world.session.resize(size);
    }
    is_still_there(&mut world, "stays").await;
    assert_eq!((world.sent("POST"), world.sent("DELETE")), (1, 0));
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_by_habit_asks_and_keeps_the_secret() {
    let mut world = World::of(TYPESENSE).await;
    world.create("habit");
    for keys in ["q", "Esc", "ctrl-c", "ctrl-c ctrl-c", "ctrl-d", "q q q"] {
        world.session.press(keys);
        if keys != "ctrl-d" {
            world.session.wait_text("It was not stored");
            world.answer("Keep it", "Esc");
        }
        world.session.wait_gone("It was not stored");
        is_still_there(&mut world, "habit").await;
    }
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_display_a_copy_is_called_unverified_and_the_secret_stays() {
    let mut world = World::of(TYPESENSE).await;
    world.create("unseen");
    world.session.press("y");
    world.session.wait_text("sent to the terminal (OSC 52)");
    world.session.press("Enter");
    world.session.wait_text("It was not stored");
    world.answer("Keep it", "Enter");
    is_still_there(&mut world, "unseen").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_length_and_a_fingerprint_are_there_to_compare_with() {
    use sha2::{Digest as _, Sha256};
    let mut world = World::of(TYPESENSE).await;
    world.create("print");
    let secret = world.secret();
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(&secret));
    let print = format!("{a:02x}{b:02x}{c:02x}{d:02x}");
    let words = format!("{} characters · SHA-256 begins {print}", secret.len());
    assert!(world.session.text().contains(&words), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_wider_than_the_screen_is_selected_exactly() {
    let mut world = World::of(CHUTES).await;
    world.session.resize((80, 24));
    world.create("wide");
    let secret = world.secret();
    assert!(
        secret.starts_with("cpk_") && secret.len() == 102,
        "{}",
        secret.len()
    );
    assert!(world.takes("wide", &secret).await);
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_cannot_be_written_is_asked_about_before_anything_is_sent() {
    let mut world = World::of(TYPESENSE).await;
    let folder = world.session.home().join("state/keyrack");
    let _ = fs::remove_dir_all(&folder);
    write_nothing_here(&folder);
    world.fill("unwritten");
    world.session.press("ctrl-s");
    world.session.wait_text("Send it without the journal?");
    assert_eq!(world.sent("POST"), 0);
    world.answer("Send it without the journal?", "Enter");
    world.session.wait_text("Cancelled: nothing was sent.");
    assert_eq!(world.sent("POST"), 0);
    world.session.press("ctrl-s");
    world.answer("Send it without the journal?", "Tab Enter");
    is_still_there(&mut world, "unwritten").await;
    assert_eq!(world.sent("POST"), 1);
}

/// A file stands where the folder should be: nobody can write there, not even root.
fn write_nothing_here(folder: &std::path::Path) {
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    fs::write(folder, "").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_asked_about_before_anything_is_sent() {
    let mut world = World::of(TYPESENSE).await;
    // No file may grow from here on: what a full disk does, too.
    let limit = rustix::process::Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let pid = Some(world.session.pid());
    rustix::process::prlimit(pid, rustix::process::Resource::Fsize, limit).unwrap();
    world.fill("full");
    world.session.press("ctrl-s");
    world.session.wait_text("Send it without the journal?");
    assert_eq!(world.sent("POST"), 0);
    world.answer("Send it without the journal?", "Tab Enter");
    is_still_there(&mut world, "full").await;
    assert_eq!(world.sent("POST"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_outlives_quitting_until_its_time_is_over() {
    let Some(display) = Display::start() else {
        return;
    };
    let env = [("DISPLAY", display.name.as_str())];
    let mut world = World::with(TYPESENSE, "[clipboard]\nclear_after = \"6s\"", &env).await;
    world.create("copied");
    let secret = world.secret();
    world.session.press("y");
    world.session.wait_text("copied to the clipboard (X11)");
    world.session.press("Enter");
    world.session.wait_text("is closed");
    world.session.press("q");
    assert_eq!(world.session.exit_code(), 0);
    display.wait_for(Some(&secret));
    display.wait_for(None);
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_extended_and_the_sheet_outlives_its_end() {
    let Some(display) = Display::start() else {
        return;
    };
    let env = [("DISPLAY", display.name.as_str())];
    let mut world = World::with(TYPESENSE, "[clipboard]\nclear_after = \"3s\"", &env).await;
    world.create("extended");
    let secret = world.secret();
    world.session.press("y");
    world.session.wait_text("x extends");
    world.session.press("x");
    world.session.wait_text("still on the clipboard");
    display.wait_for(Some(&secret));
    display.wait_for(None);
    // The sheet is still there, and gives it once more.
    world.session.press("y");
    display.wait_for(Some(&secret));
    display.copy("somebody's text");
    is_still_there(&mut world, "extended").await;
    std::thread::sleep(Duration::from_secs(3));
    display.wait_for(Some("somebody's text"));
    world.session.press("y");
    display.wait_for(Some(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rescued_secret_is_on_the_clipboard_and_its_key_waits_when_that_is_lost() {
    let Some(display) = Display::start() else {
        return;
    };
    let env = [("DISPLAY", display.name.as_str())];
    for signal in [Signal::HUP, Signal::TERM] {
        let mut world = World::with(CHUTES, "", &env).await;
        world.create("held");
        let secret = world.secret();
        world.session.signal(signal);
        world.session.exit_code();
        display.wait_for(Some(&secret));
        assert!(world.takes("held", &secret).await);
        // Its holder ends before anybody pasted it: ten minutes are over, or it was killed.
        end_of_the_holder(&world.session);
        display.wait_for(None);
        world.again(&env);
        world.session.wait_text("1 key has no holder");
        world.there();
        world.take_up();
        world.answer("its secret was never stored", "Down Enter");
        world.confirm_by("Delete the API key “held”?", "held");
        world.session.wait_text("was deleted");
        assert_eq!((world.sent("POST"), world.sent("DELETE")), (1, 1));
        assert_eq!(world.made().await.len(), 0);
        world.has_no_orphan().await;
    }
}

/// Ends the process that holds the clipboard; its parent has ended.
fn end_of_the_holder(_: &Session) {
    for holder in holders(1) {
        rustix::process::kill_process(holder, Signal::KILL).unwrap();
    }
}
