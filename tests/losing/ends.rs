//! Ends of the console while a secret waits or a write is on its way, and what the next start does.

use rustix::process::Signal;

use crate::{
    kind::{CHUTES, Kind, RUNAI, TYPESENSE},
    world::World,
};

const RUNTIME: &str = "[clipboard]\nrescue = \"runtime\"";

/// The file of the secret is shown once more, and erased once it is closed.
async fn is_shown_again(world: &mut World, name: &str, secret: &str) {
    assert_eq!(world.rescued(), 1);
    world.again(&[]);
    world.session.wait_text("An earlier run was ended");
    world.answer(name, "");
    assert_eq!(world.secret(), secret);
    assert!(world.takes(name, secret).await);
    assert_eq!(world.rescued(), 1, "until it is closed");
    world.session.press("Enter");
    world.session.wait_text("1 API keys");
    crate::display::wait("no file", || world.rescued() == 0);
    assert_eq!(world.sent("POST"), 1);
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_from_outside_leaves_the_secret_in_a_file_that_the_next_start_shows_and_erases() {
    for (signal, code) in [(Signal::HUP, 129), (Signal::TERM, 143), (Signal::QUIT, 131)] {
        let mut world = World::with(TYPESENSE, RUNTIME, &[]).await;
        world.create("ended");
        let secret = world.secret();
        world.session.signal(signal);
        assert_eq!(world.session.exit_code(), code);
        world.session.assert_restored();
        is_shown_again(&mut world, "ended", &secret).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_leaves_the_secret_in_a_file_that_the_next_start_shows_and_erases() {
    let env = [("KEYRACK_TEST_PANIC", "secret")];
    let mut world = World::with(TYPESENSE, RUNTIME, &env).await;
    world.fill("panicked");
    world.session.press("ctrl-s");
    world.revealed("panicked");
    world.session.press("v");
    assert_eq!(world.session.exit_code(), 101);
    world.session.assert_restored();
    assert_eq!(world.rescued(), 1);
    world.again(&[]);
    world.session.wait_text("An earlier run was ended");
    world.answer("panicked", "");
    let secret = world.secret();
    assert!(world.takes("panicked", &secret).await);
    world.session.press("Enter");
    world.session.wait_text("1 API keys");
    crate::display::wait("no file", || world.rescued() == 0);
    assert_eq!(world.sent("POST"), 1);
    world.has_no_orphan().await;
}

/// Ends the console so that the text of the secret is gone, and gets another one by what is offered.
async fn is_recovered(kind: Kind, world: &mut World, words: &str, asks: &str) {
    world.again(&[]);
    world.session.wait_text(words);
    world.there();
    world.take_up();
    world.answer(asks, "Down Enter");
    let verb = if kind.context == "runai" {
        "Regenerate the secret of"
    } else {
        "Delete"
    };
    world.confirm_by(&format!("{verb} the {} “gone”?", kind.noun), "gone");
    if kind.context == "runai" {
        world.revealed("gone");
        let secret = world.secret();
        assert!(world.takes("gone", &secret).await);
        assert_eq!(world.sent("POST"), 2, "one made it, one regenerated it");
        world.session.press("Enter");
        world.session.wait_text("is closed");
    } else {
        world.session.wait_text("was deleted");
        assert_eq!((world.sent("POST"), world.sent("DELETE")), (1, 1));
        assert_eq!(world.made().await.len(), 0);
    }
    world.has_no_orphan().await;
    // Nothing waits any more.
    world.session.press("q");
    world.session.exit_code();
    world.again(&[]);
    world.there();
    assert!(
        !world.session.text().contains("has no holder"),
        "{}",
        world.session.text()
    );
    assert!(
        !world.session.text().contains("no known end"),
        "{}",
        world.session.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_secret_is_shown_leaves_a_key_that_the_next_start_offers() {
    for kind in [RUNAI, CHUTES] {
        let mut world = World::of(kind).await;
        world.create("gone");
        world.session.signal(Signal::KILL);
        world.session.exit_code();
        let asks = "its secret was never stored";
        is_recovered(kind, &mut world, "1 key has no holder", asks).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_without_a_display_and_without_a_file_leaves_a_key_that_the_next_start_offers() {
    for signal in [Signal::HUP, Signal::TERM] {
        let mut world = World::of(CHUTES).await;
        world.create("gone");
        world.session.signal(signal);
        world.session.exit_code();
        world.session.wait_text("not saved when keyrack was ended");
        assert_eq!(world.rescued(), 0);
        let asks = "its secret was never stored";
        is_recovered(CHUTES, &mut world, "1 key has no holder", asks).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_answer_is_on_its_way_leaves_a_write_that_the_next_start_finds_out() {
    for (kind, signal) in [
        (RUNAI, Signal::KILL),
        (CHUTES, Signal::KILL),
        (CHUTES, Signal::TERM),
    ] {
        let mut world = World::of(kind).await;
        let fault = format!("silent:1:POST{}:1", kind.path);
        world.server.trouble(&[&fault]).unwrap();
        world.fill("gone");
        world.session.press("ctrl-s");
        crate::display::wait("it was sent", || world.sent("POST") == 1);
        while world.made().await.is_empty() {
            tokio::task::yield_now().await;
        }
        world.session.signal(signal);
        world.session.exit_code();
        is_recovered(
            kind,
            &mut world,
            "1 write has no known end",
            "Its secret is lost",
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_create_was_done_is_found_out_to_have_made_nothing() {
    let mut world = World::of(TYPESENSE).await;
    // It arrives, and is not looked at.
    world
        .server
        .trouble(&["lost-before:1:POST/keys:1"])
        .unwrap();
    world.fill("never");
    world.session.press("ctrl-s");
    world.session.wait_text("unknown");
    world.session.signal(Signal::KILL);
    world.session.exit_code();
    world.again(&[]);
    world.session.wait_text("1 write has no known end");
    world.there();
    world.take_up();
    world.session.wait_text("5 of 5");
    world.answer("The API key is not in the list.", "End Enter");
    world
        .session
        .wait_text("The journal no longer waits for it.");
    assert_eq!(world.sent("POST"), 1);
    assert_eq!(world.made().await.len(), 0);
    world.has_no_orphan().await;
}
