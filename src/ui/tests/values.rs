//! A value that is looked into, made or waited for, as its form shows it.

use zeroize::Zeroizing;

use super::*;
use crate::app::Effect;

const KEY: &str = include_str!("../../../tests/fixtures/ssh/ed25519.key");
const LOCKED: &str = include_str!("../../../tests/fixtures/ssh/openssh_passphrase.key");

/// A form of a new SSH key, the cursor in the private key.
fn new_key() -> Desk {
    let mut desk = Desk::new(vec![context("dev", "djinn")]);
    desk.model.sources = vec!["deploy".to_owned(), "vault".to_owned()];
    desk.press("2");
    desk.answer();
    desk.press("n");
    desk.type_text("id_deploy");
    desk.press("Tab Tab");
    desk
}

#[test]
fn a_private_key_says_what_it_is() {
    let mut desk = new_key();
    shows!("key_empty", desk);
    desk.paste(LOCKED);
    shows!("key_locked", desk);
    desk.press("ctrl-u");
    desk.paste(KEY);
    shows!("key_pasted", desk);
    desk.press("Tab");
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("411 characters · OpenSSH ed25519"), "{text}");
    assert!(!text.contains("b3BlbnNzaC1rZXk"), "{text}");
}

#[test]
fn a_pair_that_was_made_here_shows_its_public_half() {
    let mut desk = new_key();
    desk.take();
    desk.press("ctrl-g");
    let Some(Effect::Value { call, .. }) = desk.take().pop() else {
        panic!("nothing is asked for")
    };
    // A key that is the same in every run.
    let result = Ok(Zeroizing::new(KEY.to_owned()));
    desk.send(Msg::Value { call, result });
    shows!("key_made", desk);
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), None);
    shows!("key_public", desk);
}

#[test]
fn where_a_value_comes_from_is_asked_for_and_waited_for() {
    let mut desk = new_key();
    desk.press("ctrl-o");
    shows!("value_from", desk);
    desk.type_text("command:deploy");
    desk.press("Enter");
    shows!("value_waits", desk);
}
