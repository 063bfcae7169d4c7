//! Rotations on the real binary: in the promised order, left and ended at each step, and taken up again.

use std::{fs, os::unix::fs::PermissionsExt as _};

use rustix::process::Signal;

use crate::{
    display::wait,
    kind::{CHUTES, DJINN, Kind, PEM, RUNAI, SECRETS, TYPESENSE},
    world::World,
};

const OLD: &str = "turned";
const HAND_OVER: &str = "Delete the old key…";

/// A key that a test made, on its way to be replaced by another one.
struct Turn {
    world: World,
    /// The old key's id and secret.
    id: String,
    old: String,
    /// The new key's name, and its secret once there is one.
    name: &'static str,
    new: String,
}

/// How a rotation is broken off at each of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Never,
    ByEscAndKey,
    ByEscAndLog,
    ByKill,
}

const ALL: [Break; 4] = [
    Break::Never,
    Break::ByEscAndKey,
    Break::ByEscAndLog,
    Break::ByKill,
];

impl Turn {
    /// A new key, selected, and the rotation of it open.
    async fn of(kind: Kind) -> Self {
        let mut world = World::of(kind).await;
        world.create(OLD);
        let old = world.secret();
        world.close_secret();
        let id = kind.named(&world.services, OLD).await.remove(0);
        world.select(&id);
        world.session.press("r");
        let name = if kind.context == "typesense" {
            OLD
        } else {
            "turned-2"
        };
        Self {
            world,
            id,
            old,
            name,
            new: String::new(),
        }
    }

    /// Chooses to replace it, to see the new secret here, and sends the twin as it is filled in.
    fn replace(&mut self) {
        self.world.choose("Replace it");
        self.make();
    }

    fn make(&mut self) {
        self.world.choose("Show it here");
        let title = format!(": the new {}", self.world.kind.noun);
        self.world.session.wait_text(&title);
        self.world.session.wait_text(self.name);
        self.world.session.press("ctrl-s");
    }

    /// Takes the new secret; both keys work by then.
    async fn store(&mut self) {
        self.world.revealed(self.name);
        self.new = self.world.secret();
        assert!(self.old_works().await, "until the new one is stored");
        assert!(self.new_works().await);
        self.world.close_secret();
    }

    async fn works(&self, name: &str, secret: &str) -> bool {
        self.world.takes(name, secret).await
    }

    async fn old_works(&self) -> bool {
        self.works(OLD, &self.old).await
    }

    async fn new_works(&self) -> bool {
        self.works(self.name, &self.new).await
    }

    /// Waits until the journal has this step: a kill before that would go back to the one before.
    fn noted(&self, stage: &str) {
        let stage = format!("\"{stage}\"");
        wait(&stage, || {
            let lines = self.world.journal();
            lines.iter().any(|line| line.to_string().contains(&stage))
        });
    }

    /// Leaves it, and takes it up again.
    fn breaks(&mut self, by: Break) {
        match by {
            Break::Never => {}
            Break::ByEscAndKey | Break::ByEscAndLog => {
                self.world.answer("Later", "Esc");
                self.world.session.wait_text("waits.");
                if by == Break::ByEscAndKey {
                    self.world.session.press("r");
                } else {
                    self.world.take_up();
                }
            }
            Break::ByKill => {
                self.world.killed();
                self.world.take_up();
            }
        }
        self.world
            .session
            .wait_text(&format!("Rotate the {}", self.world.kind.noun));
    }

    /// Confirms that the old key is deleted.
    fn confirm(&mut self) {
        let question = format!("Delete the {} “{OLD}”?", self.world.kind.noun);
        if self.world.kind.context == "chutes" {
            self.world.confirm_by(&question, OLD);
        } else {
            self.world.answer(&question, "Tab Enter");
        }
    }

    /// The end: the old key is dead, the new one is the only new one.
    async fn is_over(&mut self) {
        self.world.session.wait_text("Only the new key works.");
        self.world.session.wait_text("Close");
        if self.world.kind.context == "chutes" {
            self.world.session.wait_text("for up to 120 s more.");
        }
        assert!(self.new_works().await);
        let new = self.world.made().await;
        assert_eq!(new.len(), 1);
        assert!(!new.contains(&self.id));
        if self.world.kind.context == "typesense" {
            assert!(!self.old_works().await);
        }
        self.world.answer("Close", "Enter");
        self.world.session.wait_gone("Rotate the");
        self.world.has_no_orphan().await;
        self.waits_for_nothing();
    }

    /// The next start has nothing to offer.
    fn waits_for_nothing(&mut self) {
        self.world.session.signal(Signal::TERM);
        self.world.session.exit_code();
        self.world.again(&[]);
        self.world.there();
        let text = self.world.session.text();
        for words in ["rotation waits", "no known end", "no holder"] {
            assert!(!text.contains(words), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_in_order_and_wherever_that_is_left_it_goes_on() {
    for kind in [TYPESENSE, CHUTES, RUNAI] {
        for by in ALL {
            let mut turn = Turn::of(kind).await;
            turn.replace();
            turn.store().await;
            turn.world.session.wait_text("Both keys work.");
            turn.world.session.wait_text(HAND_OVER);
            assert_eq!(turn.world.sent("DELETE"), 0);
            turn.noted("verified");
            turn.breaks(by);
            turn.world.session.wait_text("Both keys work.");
            turn.world.choose(HAND_OVER);
            // The question can be left too; nothing is deleted then.
            turn.world.answer("This cannot be undone", "Esc");
            turn.world.session.wait_text(HAND_OVER);
            turn.breaks(by);
            assert!(
                turn.old_works().await && turn.new_works().await,
                "{kind:?} {by:?}"
            );
            assert_eq!(turn.world.sent("DELETE"), 0);
            turn.world.choose(HAND_OVER);
            turn.confirm();
            turn.is_over().await;
            assert_eq!((turn.world.sent("POST"), turn.world.sent("DELETE")), (2, 1));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_new_secret_was_stored_makes_the_new_key_anew() {
    for kind in [TYPESENSE, CHUTES, RUNAI] {
        let mut turn = Turn::of(kind).await;
        turn.replace();
        turn.world.revealed(turn.name);
        turn.world.killed();
        turn.world.take_up();
        turn.world.session.wait_text("it, nobody does");
        assert!(turn.old_works().await);
        turn.world.choose("Delete the new key…");
        let question = format!("Delete the {} “", kind.noun);
        if kind.context == "chutes" {
            turn.world.answer(&question, "Home");
            turn.world.session.type_text(turn.name);
            turn.world.session.press("Enter Enter");
        } else {
            turn.world.answer(&question, "Tab Enter");
        }
        turn.world.choose("Fill in the new key…");
        turn.world
            .session
            .wait_text(&format!(": the new {}", kind.noun));
        turn.world.session.wait_gone("reading");
        turn.world.session.wait_text(turn.name);
        turn.world.session.press("ctrl-s");
        turn.store().await;
        turn.world.choose(HAND_OVER);
        turn.confirm();
        turn.is_over().await;
        assert_eq!((turn.world.sent("POST"), turn.world.sent("DELETE")), (3, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_new_key_is_made_is_found_out_and_goes_on() {
    for kind in [CHUTES, RUNAI] {
        let mut turn = Turn::of(kind).await;
        turn.world
            .server
            .trouble(&[&format!("silent:1:POST{}:1", kind.path)])
            .unwrap();
        turn.replace();
        while turn.world.made().await.len() < 2 {
            tokio::task::yield_now().await;
        }
        turn.world.killed();
        turn.world.take_up();
        turn.world.session.wait_text("Its secret is lost");
        if kind.context == "runai" {
            turn.world.choose("Regenerate its secret");
            turn.world.confirm_by(
                "Regenerate the secret of the access key “turned-2”?",
                "turned-2",
            );
        } else {
            turn.world.choose("Delete it");
            turn.world
                .confirm_by("Delete the API key “turned-2”?", "turned-2");
            turn.world.choose("Fill in the new key…");
            turn.world.session.wait_text(": the new API key");
            turn.world.session.press("ctrl-s");
        }
        turn.store().await;
        turn.world.choose(HAND_OVER);
        turn.confirm();
        turn.is_over().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_old_key_is_deleted_is_found_out_and_ends_it() {
    for kind in [TYPESENSE, CHUTES, RUNAI] {
        let mut turn = Turn::of(kind).await;
        turn.replace();
        turn.store().await;
        turn.world.server.trouble(&["silent:1:DELETE:1"]).unwrap();
        turn.world.choose(HAND_OVER);
        turn.confirm();
        while turn.world.made().await.len() > 1 {
            tokio::task::yield_now().await;
        }
        turn.world.killed();
        turn.world.take_up();
        assert!(!turn.world.session.text().contains("Neither key works"));
        turn.is_over().await;
        assert_eq!(turn.world.sent("DELETE"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_old_key_was_seen_to_be_gone_looks_once_more() {
    let mut turn = Turn::of(TYPESENSE).await;
    turn.replace();
    turn.store().await;
    turn.world.choose(HAND_OVER);
    turn.confirm();
    turn.world
        .session
        .wait_text("Looking whether the old key is gone");
    turn.world.killed();
    turn.world.take_up();
    turn.world.choose("Look again");
    turn.is_over().await;
    assert_eq!(turn.world.sent("DELETE"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regeneration_kills_the_old_secret_and_tries_the_new_one() {
    for by in [Break::Never, Break::ByKill] {
        let mut turn = Turn::of(RUNAI).await;
        turn.name = OLD;
        turn.world.choose("Regenerate its secret");
        turn.world.choose("Show it here");
        let question = "Regenerate the secret of the access key “turned”?";
        turn.world.confirm_by(question, OLD);
        turn.world.revealed(OLD);
        if by == Break::ByKill {
            turn.world.killed();
            turn.world.take_up();
            turn.world.session.wait_text("it, nobody does");
            turn.world.choose("Regenerate once more…");
            turn.world.confirm_by(question, OLD);
            turn.world.revealed(OLD);
        }
        turn.new = turn.world.secret();
        assert!(!turn.old_works().await, "it died at once");
        assert!(turn.new_works().await);
        turn.world.close_secret();
        turn.world.session.wait_text("it signed in");
        turn.world
            .session
            .wait_text("Only the new secret works; the old one is dead.");
        turn.world.answer("Close", "Enter");
        turn.world.session.wait_gone("Rotate the");
        assert_eq!(turn.world.made().await.len(), 1);
        turn.world.has_no_orphan().await;
        turn.waits_for_nothing();
    }
}

/// A value whose old key is gone and whose new one was refused; with the id and the name of the old one.
async fn held(kind: Kind) -> (World, String, String) {
    let mut world = World::of(kind).await;
    let (id, name) = kind.weak(&world.services).await;
    world.select(&id);
    world.session.press("r");
    world.choose("Replace it under the same name");
    world.session.wait_text("which is deleted first");
    // What the key is known by stays: the cursor is on its value.
    if kind.context == "djinn" {
        world.session.paste(PEM);
    } else {
        world.session.type_text("hf_turned4711");
    }
    world.session.wait_text(" characters");
    world.server.trouble(&["429:1:POST:1"]).unwrap();
    world.session.press("ctrl-s");
    assert_eq!(world.sent("DELETE"), 0);
    world.answer(&format!("Delete the {} “{name}”?", kind.noun), "Tab Enter");
    world.session.wait_text("Not done: ");
    (world, id, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_whose_old_key_went_first_is_held_until_the_service_has_it() {
    for kind in [SECRETS, DJINN] {
        let (mut world, id, name) = held(kind).await;
        world.session.wait_text("the new one is not made yet");
        world.session.wait_text(" characters");
        assert_eq!((world.sent("POST"), world.sent("DELETE")), (1, 1));
        assert!(!kind.ids(&world.services).await.contains(&id));
        world.session.press("ctrl-s");
        world.session.wait_text("Only the new key works.");
        assert_eq!((world.sent("POST"), world.sent("DELETE")), (2, 1));
        assert!(kind.named(&world.services, &name).await.len() == 1 || kind.context == "chutes");
        world.has_no_orphan().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_the_two_keys_of_one_name_asks_for_the_value_once_more() {
    for kind in [SECRETS, DJINN] {
        let (mut world, ..) = held(kind).await;
        world.killed();
        world.take_up();
        world.session.wait_text("Neither key works");
        world.choose("Fill in the new key…");
        world.session.wait_text(&format!(": the new {}", kind.noun));
        assert_eq!((world.sent("POST"), world.sent("DELETE")), (1, 1));
    }
}

/// The context's own key: asked about twice, verified, kept where the config has it, and the old one is
/// revoked by the new credential.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_the_context_signs_in_with_is_replaced_by_itself() {
    let mut world = World::of(CHUTES).await;
    let old = world.services.input("chutes", "api_key");
    let (id, name) = CHUTES.own(&world.services, &old).await;
    world.select(&id);
    world.session.press("r");
    world.choose("Replace it");
    world.choose("Show it here");
    world.session.wait_text(": the new API key");
    world.session.press("ctrl-s");
    world.answer("New secret of the API key", "");
    let new = world.secret();
    world.close_secret();
    world.session.wait_text("signs in with this key");
    world.choose("Sign in with the new key");
    world.session.wait_text("chutes signs in with the new key");
    let file = world.services.file("chutes", "api_key");
    assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), new);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    world.choose(HAND_OVER);
    world.confirm_by(&format!("Delete the API key “{name}”?"), &name);
    world.answer("Really the key that chutes signs in with?", "Tab Enter");
    world.session.wait_text("Only the new key works.");
    wait("the old one is refused", || world.sent("DELETE") == 1);
    assert_eq!(
        world
            .services
            .chutes_status(&new, "/api_keys/?limit=1")
            .await,
        200
    );
    assert_eq!(
        world
            .services
            .chutes_status(&old, "/api_keys/?limit=1")
            .await,
        401
    );
}

/// The same for a pair whose public half stays: its secret is made anew and kept.
#[tokio::test(flavor = "multi_thread")]
async fn the_pair_that_the_context_signs_in_with_gets_another_secret() {
    let mut world = World::of(RUNAI).await;
    let client = world.services.input("runai", "client_id");
    let old = world.services.input("runai", "client_secret");
    let id = RUNAI.named(&world.services, "keyrack").await.remove(0);
    world.select(&id);
    world.session.press("r");
    world.choose("Regenerate its secret");
    world.choose("Show it here");
    world.confirm_by(
        "Regenerate the secret of the access key “keyrack”?",
        "keyrack",
    );
    assert!(world.services.token(&client, &old).await.is_some());
    world.answer("Really the key that runai signs in with?", "Tab Enter");
    world.revealed("keyrack");
    let new = world.secret();
    assert!(world.services.token(&client, &old).await.is_none());
    assert!(world.services.token(&client, &new).await.is_some());
    world.close_secret();
    world.session.wait_text("it signed in");
    world.choose("Sign in with the new secret");
    world.session.wait_text("runai signs in with the new key");
    let file = world.services.file("runai", "client_secret");
    assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), new);
    world.answer("Close", "End Enter");
    // It is what the context goes on with, now and at the next start.
    world.session.press("ctrl-r");
    world.session.wait_gone("reading");
    world.session.signal(Signal::TERM);
    world.session.exit_code();
    world.again(&[]);
    world.there();
    // The filter is as it was left.
    world.session.wait_text("1 of 14 shown");
}
