//! Secrets that a person types or pastes go through the library that reads the terminal.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    desk::{Desk, may_look, settle},
    scan::Scan,
};

/// How often each case runs.
const RUNS: usize = 3;
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
    for run in 1..=RUNS {
        for paste in [false, true] {
            let way = if paste { "pasted" } else { "typed" };
            // Given up.
            filled(&mut desk, "HF_TOKEN", paste);
            desk.assert_found(TYPED);
            desk.press("Esc");
            settle();
            desk.press("Tab Enter");
            desk.session.wait_gone("New secret in");
            desk.assert_gone(&format!("{way}, given up"), TYPED);
            // Shown and sent.
            filled(&mut desk, &format!("HF_{way}_{run}").to_uppercase(), paste);
            desk.press("ctrl-v");
            desk.session.wait_text(TYPED);
            desk.press("ctrl-v ctrl-s");
            desk.session.wait_text("was created");
            desk.press("Esc");
            desk.session.wait_gone("was created");
            desk.assert_gone(&format!("{way}, sent"), TYPED);
        }
    }
}

#[test]
fn no_copy_is_left_of_a_key_that_was_made_in_a_form_and_given_up() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("djinn");
    desk.press_and_see("2", "60 keys");
    for _ in 0..RUNS {
        desk.press_and_see("n", "New SSH key in djinn");
        desk.session.type_text("id_given_up");
        desk.press("Tab Tab");
        desk.press_and_see("ctrl-g", "OpenSSH ed25519");
        desk.press("ctrl-v");
        desk.session.wait_text("END OPENSSH");
        let (text, seed) = halves_of(&desk.session.text());
        desk.assert_found(&text);
        desk.press("ctrl-v Esc");
        settle();
        desk.press("Tab Enter");
        desk.session.wait_gone("New SSH key");
        desk.assert_gone("the text of a key that was made, given up", &text);
        let raw = Scan::of(desk.pid(), &seed);
        assert!(raw.found.is_empty(), "its bytes: {:?}", raw.found);
    }
}

/// Of the private key that the form shows: the part of its text that is secret, and the bytes that this is.
fn halves_of(screen: &str) -> (String, Vec<u8>) {
    let lines = screen
        .lines()
        .skip_while(|line| !line.contains("BEGIN OPENSSH"));
    let lines = lines
        .skip(1)
        .take_while(|line| !line.contains("END OPENSSH"));
    let texts = lines.map(|line| line.split('│').nth(1).unwrap().trim());
    let text: String = texts.collect();
    let bytes = STANDARD.decode(&text).unwrap();
    // Behind the length of both halves of the pair stands the private one.
    let lengths = bytes.windows(4).rposition(|part| part == [0, 0, 0, 64]);
    let seed = lengths.unwrap() + 4;
    let groups = seed.div_ceil(3) * 4..(seed + 32) / 3 * 4;
    (text[groups].to_owned(), bytes[seed..seed + 32].to_vec())
}

#[test]
fn no_copy_is_left_of_a_value_whose_key_was_looked_for() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("chutes");
    for _ in 0..RUNS {
        for closes in ["Esc", "Enter Esc"] {
            desk.press_and_see("w", "Whose key is this?");
            desk.session
                .paste(&format!("Authorization: Bearer \"{TYPED}\""));
            desk.session.wait_text("characters");
            desk.assert_found(TYPED);
            desk.press(closes);
            desk.session.wait_gone("Whose key is this?");
            desk.assert_gone(&format!("looked for, {closes}"), TYPED);
        }
        // The value goes before the dialog does.
        desk.press_and_see("w", "Whose key is this?");
        desk.session.type_text(TYPED);
        desk.session.wait_text("35 characters");
        desk.press_and_see("Enter", "The value is gone from here");
        desk.assert_gone("looked for and not found", TYPED);
        desk.press("Esc");
        desk.session.wait_gone("Whose key is this?");
    }
}
