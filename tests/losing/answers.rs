//! Answers that are lost, cut or stale, and keys that come twice.

use crate::{
    kind::{CHUTES, RUNAI, TYPESENSE},
    world::World,
};

const LIMITS: &str = "[limits]\nwrite = \"2s\"\nidle = \"2s\"";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_key_was_made_loses_nothing() {
    for fault in ["lost-after", "silent"] {
        let mut world = World::with(TYPESENSE, LIMITS, &[]).await;
        world
            .server
            .trouble(&[&format!("{fault}:1:POST/keys:1")])
            .unwrap();
        world.create("lost");
        let secret = world.secret();
        assert!(world.takes("lost", &secret).await);
        world.session.press("v Enter");
        world.session.wait_text("is closed");
        assert_eq!(world.sent("POST"), 1);
        world.has_no_orphan().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_or_makes_no_sense_is_recovered() {
    for fault in ["cut", "garbage", "lost-after"] {
        let mut world = World::of(RUNAI).await;
        let aimed = format!("{fault}:1:POST/access-keys:1");
        world.server.trouble(&[&aimed]).unwrap();
        world.fill("unread");
        world.session.press("ctrl-s");
        let lost = if fault == "lost-after" {
            "Its secret is lost"
        } else {
            // What came is kept as it came, for the secret may stand in it.
            world.answer("This is the whole answer", "v");
            world.session.wait_text("v masks");
            world.session.press("Enter");
            "Its secret stood in the answer"
        };
        world.answer(lost, "Down Enter");
        world.confirm_by(
            "Regenerate the secret of the access key “unread”?",
            "unread",
        );
        world.revealed("unread");
        let secret = world.secret();
        assert!(world.takes("unread", &secret).await);
        // One to make it, one to make its secret anew.
        assert_eq!(world.sent("POST"), 2);
        assert_eq!(world.made().await.len(), 1);
        world.has_no_orphan().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_list_that_does_not_show_the_key_ends_as_unknown_and_a_later_look_finds_it() {
    let mut world = World::of(CHUTES).await;
    world
        .server
        .trouble(&["stale:1:GET/api_keys", "lost-after:1:POST/api_keys:1"])
        .unwrap();
    world.session.press("ctrl-r");
    world.session.wait_gone("reading");
    world.fill("stale");
    world.session.press("ctrl-s");
    world.session.wait_text("5 of 5");
    world.session.wait_text("The API key is not in the list.");
    // The journal keeps it, over an end.
    world.answer("Leave it", "Enter");
    assert_eq!(world.made().await.len(), 1);
    world.session.signal(rustix::process::Signal::KILL);
    world.session.exit_code();
    world.server.trouble(&[]).unwrap();
    world.again(&[]);
    world.session.wait_text("1 write has no known end");
    world.there();
    world.take_up();
    world.answer("Its secret is lost", "Down Enter");
    world.confirm_by("Delete the API key “stale”?", "stale");
    world.session.wait_text("was deleted");
    assert_eq!(world.made().await.len(), 0);
    assert_eq!((world.sent("POST"), world.sent("DELETE")), (1, 1));
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_create_queues_behind_the_secret_of_the_first() {
    let mut taken = Vec::new();
    let mut world = World::of(TYPESENSE).await;
    world.server.trouble(&["slow:1:POST/keys:2"]).unwrap();
    for name in ["first", "second"] {
        world.fill(name);
        world.session.press("ctrl-s");
        world.session.wait_text("is on its way");
        if name == "first" {
            world.session.press("Esc");
            world.session.wait_text("put aside");
        }
    }
    // Whichever came first; the other one waits behind it.
    for _ in 0..2 {
        world.answer("New secret of the API key", "");
        let first = world.session.text().contains("“first”");
        let name = if first { "first" } else { "second" };
        let secret = world.secret();
        assert!(world.takes(name, &secret).await, "{name}");
        world.session.press("v Enter");
        world.session.wait_gone(&format!("“{name}”"));
        taken.push(name);
    }
    taken.sort_unstable();
    assert_eq!(taken, ["first", "second"]);
    assert_eq!(world.sent("POST"), 2);
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_pressed_many_times_sends_one_create() {
    let mut world = World::of(TYPESENSE).await;
    world.fill("pressed");
    world.session.press("Tab Tab Tab Tab Tab");
    world.session.type_text("\r\r\r\r\r\r\r\r");
    world.revealed("pressed");
    let secret = world.secret();
    assert!(world.takes("pressed", &secret).await);
    assert_eq!(world.sent("POST"), 1);
    world.has_no_orphan().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_another_operator_took_meanwhile_is_not_taken_for_ours() {
    let mut world = World::of(RUNAI).await;
    world.fill("theirs");
    let made = world.services.make_access_key("theirs").await;
    let (posts, new) = (world.sent("POST"), world.made().await);
    world.session.press("ctrl-s");
    world.session.wait_text("Not done: ");
    assert!(!world.session.text().contains("New secret"));
    assert!(!world.session.text().contains("unknown"));
    assert_eq!(world.sent("POST"), posts + 1);
    assert_eq!(world.made().await, new);
    assert!(world.takes("theirs", &made).await, "theirs lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_working_key_is_regenerated_only_by_its_name() {
    let mut world = World::of(RUNAI).await;
    world.create("working");
    let old = world.secret();
    world.session.press("Enter");
    world.session.wait_text("is closed");
    world.session.wait_for("it is selected", |screen| {
        screen
            .contents()
            .lines()
            .any(|line| line.starts_with('▌') && line.contains("working"))
    });
    world.session.press("r");
    world.answer("choose how", "Down Enter");
    world.answer("Show it here", "Enter");
    world.confirm_by(
        "Regenerate the secret of the access key “working”?",
        "workin",
    );
    world.session.wait_text("That is not the name");
    assert!(world.session.text().contains("stops working at once"));
    assert_eq!(world.sent("POST"), 1);
    assert!(world.takes("working", &old).await);
}
