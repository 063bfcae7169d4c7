//! Secrets that a person types or pastes go through the library that reads the terminal.

use crate::desk::{Desk, may_look};

const TYPED: &str = "hf_Zq7Vd3canaryXw9Lp2Rt5Kj8Hn4Gb6Qs";

/// Fills in the form of a new secret at Chutes.
fn filled(desk: &mut Desk, name: &str, paste: bool) {
    desk.press_and_see("n", "New secret in chutes");
    desk.session.type_text(name);
    desk.press("Tab");
    desk.session.type_text("atlas-chat");
    desk.press("Tab");
    if paste {
        desk.session.paste(TYPED);
    } else {
        desk.session.type_text(TYPED);
    }
    desk.session.wait_text("35 characters");
}

#[test]
fn no_copy_is_left_of_a_secret_that_was_typed_or_pasted() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("chutes");
    desk.press_and_see("2", "25 keys");
    for (way, paste) in [("typed", false), ("pasted", true)] {
        // Given up.
        filled(&mut desk, "HF_TOKEN", paste);
        desk.assert_found(TYPED);
        desk.press("Esc");
        desk.settle();
        desk.press("Tab Enter");
        desk.session.wait_gone("New secret in");
        let left = desk.left(TYPED);
        println!("{way}, given up: {:?}", left.found);
        // Sent.
        filled(&mut desk, &format!("HF_{}", way.to_uppercase()), paste);
        desk.press("ctrl-s");
        desk.session.wait_text("was created");
        desk.press("Esc");
        desk.session.wait_gone("was created");
        let left = desk.left(TYPED);
        println!("{way}, sent: {:?}", left.found);
    }
}
