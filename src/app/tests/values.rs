//! Values that nobody types: they come from elsewhere, are looked into, and stay until they have arrived.

use zeroize::Zeroizing;

use super::*;
use crate::{
    api::{generate, ssh},
    app::{CallId, Origin, form::Entry, form::editor::Came},
    manifest::Make,
};

const KEY: &str = include_str!("../../../tests/fixtures/ssh/ed25519.key");
const LOCKED: &str = include_str!("../../../tests/fixtures/ssh/openssh_passphrase.key");
const PUBLIC: &str = include_str!("../../../tests/fixtures/ssh/ed25519.pub");

/// A form of a new SSH key with its name, the cursor in the private key.
fn new_key() -> Desk {
    let mut desk = Desk::of("djinn");
    desk.model.sources = vec!["deploy".to_owned(), "vault".to_owned()];
    desk.take();
    desk.press("n");
    desk.type_text("id_new");
    desk.press("Tab Tab");
    desk
}

fn entry<'a>(desk: &'a Desk, key: &str) -> &'a Entry {
    let mut entries = form(desk).entries.iter();
    entries.find(|entry| entry.key == key).unwrap()
}

fn text<'a>(desk: &'a Desk, key: &str) -> &'a str {
    match &entry(desk, key).editor {
        Editor::Secret(masked) => &masked.text,
        _ => panic!("no secret"),
    }
}

/// Types where the value comes from.
fn from(desk: &mut Desk, place: &str) {
    desk.press("ctrl-o");
    desk.type_text(place);
    desk.press("Enter");
}

/// The value that was asked for.
fn wanted(desk: &mut Desk) -> (CallId, Origin, bool) {
    let mut wanted = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::Value { call, from, exact } => Some((call, from, exact)),
        _ => None,
    });
    wanted.next().expect("a value is asked for")
}

fn comes(desk: &mut Desk, call: CallId, text: &str) {
    let result = Ok(Zeroizing::new(text.to_owned()));
    desk.send(Msg::Value { call, result });
}

/// Makes a pair as the runtime does; gives its public half.
fn make(desk: &mut Desk) -> String {
    desk.press("ctrl-g");
    let (call, from, _) = wanted(desk);
    let Origin::Made { what, comment } = from else {
        panic!("{from:?}")
    };
    let value = generate::value(what, &comment).unwrap();
    let public = ssh::check(&value).unwrap().public.unwrap();
    comes(desk, call, &value);
    public
}

#[test]
fn a_file_goes_into_the_field_that_asked_for_it() {
    let mut desk = new_key();
    from(&mut desk, "/tmp/key");
    let (call, place, exact) = wanted(&mut desk);
    assert_eq!(place, Origin::File("/tmp/key".into()));
    assert!(exact, "a private key is taken byte for byte");
    desk.press("Tab");
    comes(&mut desk, call, KEY);
    assert_eq!(text(&desk, "key"), KEY);
    assert!(entry(&desk, "config").editor.is_empty());
    let facts = entry(&desk, "key").facts.as_ref().unwrap();
    assert_eq!(facts.public.as_deref(), Some(PUBLIC.trim_end()));
}

#[test]
fn a_place_is_read_as_it_is_written() {
    for (typed, place) in [
        ("~/.ssh/id", Origin::File("~/.ssh/id".into())),
        ("file:a:b", Origin::File("a:b".into())),
        ("./env:x", Origin::File("./env:x".into())),
        ("env:DEPLOY_KEY", Origin::Variable("DEPLOY_KEY".to_owned())),
        ("command:vault", Origin::Command("vault".to_owned())),
    ] {
        let mut desk = new_key();
        from(&mut desk, typed);
        assert_eq!(wanted(&mut desk).1, place, "{typed}");
    }
    for (typed, words) in [
        ("command:valt", "did you mean vault?"),
        ("command:xyzzyxyzzy", "there are deploy, vault."),
        ("env:", "Nothing stands after the colon"),
    ] {
        let mut desk = new_key();
        from(&mut desk, typed);
        assert!(desk.take().is_empty(), "{typed}");
        assert!(
            error(&desk, "key").contains(words),
            "{}",
            error(&desk, "key")
        );
        assert!(form(&desk).path.is_some(), "the line can be corrected");
    }
}

#[test]
fn a_value_that_does_not_come_leaves_what_was_there_and_says_why() {
    let mut desk = new_key();
    desk.paste(KEY);
    from(&mut desk, "command:deploy");
    let (call, ..) = wanted(&mut desk);
    let result = Err("command:deploy: sh ended with code 3.".to_owned());
    desk.send(Msg::Value { call, result });
    assert_eq!(error(&desk, "key"), "command:deploy: sh ended with code 3.");
    assert_eq!(text(&desk, "key"), KEY);
    from(&mut desk, "command:deploy");
    let (call, ..) = wanted(&mut desk);
    comes(&mut desk, call, "");
    assert!(error(&desk, "key").contains("Nothing was there"));
    assert_eq!(text(&desk, "key"), KEY);
}

#[test]
fn a_value_on_its_way_can_be_given_up_and_is_not_taken_later() {
    let mut desk = new_key();
    from(&mut desk, "command:deploy");
    let (call, ..) = wanted(&mut desk);
    desk.press("x ctrl-s");
    assert!(form(&desk).reading.is_some());
    desk.press("Esc");
    assert!(
        matches!(desk.take().as_slice(), [Effect::Cancel(gone)] if *gone == call),
        "the command is ended"
    );
    comes(&mut desk, call, KEY);
    assert_eq!(text(&desk, "key"), "");
    assert_eq!(desk.model.dialogs.len(), 1, "the form is still there");
}

#[test]
fn a_private_key_that_cannot_be_used_is_not_sent() {
    let mut desk = new_key();
    desk.paste(LOCKED);
    assert!(error(&desk, "key").contains("ssh-keygen -p"));
    desk.press("ctrl-s");
    assert!(desk.writes().is_empty());
    assert_eq!(text(&desk, "key"), LOCKED, "it stays to be looked at");
    desk.press("ctrl-u");
    assert_eq!(error(&desk, "key"), "");
    desk.paste(KEY.trim_end());
    assert!(error(&desk, "key").contains("Enter in the form"));
    desk.press("Enter");
    assert_eq!(error(&desk, "key"), "");
    assert!(
        entry(&desk, "key").facts.is_some(),
        "the fix is seen at once"
    );
    desk.press("ctrl-s");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_name_that_builds_could_not_use_is_not_sent_and_told_why() {
    for (name, words) in [
        (
            "config",
            "“config” cannot be used here. File name of the key",
        ),
        ("..", "“..” cannot be used here."),
        ("a/b", "The service would refuse this. File name of the key"),
    ] {
        let mut desk = Desk::of("djinn");
        desk.press("n");
        desk.type_text(name);
        desk.press("Tab Tab");
        desk.paste(KEY);
        desk.press("ctrl-s");
        assert!(
            error(&desk, "name").starts_with(words),
            "{}",
            error(&desk, "name")
        );
        assert!(desk.writes().is_empty());
    }
}

#[test]
fn a_private_key_is_made_only_when_a_person_asks() {
    let mut desk = new_key();
    desk.press("ctrl-s");
    assert!(error(&desk, "key").contains("make it here with ctrl-g"));
    assert!(desk.writes().is_empty());
    desk.press("ctrl-g");
    let (_, place, _) = wanted(&mut desk);
    let (what, comment) = (Make::SshEd25519, "id_new".to_owned());
    assert_eq!(place, Origin::Made { what, comment });
}

#[test]
fn a_pair_that_was_made_here_is_not_replaced_and_its_public_half_is_copied() {
    let mut desk = new_key();
    let public = make(&mut desk);
    assert!(public.ends_with(" id_new"));
    assert!(matches!(&entry(&desk, "key").editor, Editor::Secret(it) if it.came == Came::Made));
    desk.press("ctrl-g");
    assert!(desk.take().is_empty());
    assert!(desk.notice().contains("not replaced"));
    desk.press("ctrl-y");
    assert!(matches!(desk.take().as_slice(), [Effect::Copy(_, text)] if *text == public));
}

#[test]
fn a_pair_that_was_altered_is_not_called_made_here() {
    let mut desk = new_key();
    make(&mut desk);
    desk.press("ctrl-v");
    assert!(matches!(&entry(&desk, "key").editor, Editor::Secret(it) if it.came == Came::Made));
    desk.press("Backspace");
    assert!(matches!(&entry(&desk, "key").editor, Editor::Secret(it) if it.came == Came::Typed));
    assert_eq!(entry(&desk, "key").facts, None);
}

#[test]
fn a_public_half_is_shown_after_the_create_and_not_closed_unseen() {
    let mut desk = new_key();
    let public = make(&mut desk);
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), None);
    assert_eq!(form(&desk).public(), Some(&*public));
    desk.take();
    for closing in ["Esc", "Tab Enter"] {
        desk.press(closing);
        assert!(!asked(&desk), "a question, and Cancel has the cursor");
        desk.press("Esc");
    }
    // What was typed ahead does no harm: it copies.
    desk.press("BackTab Enter");
    assert!(matches!(desk.take().as_slice(), [Effect::Copy(_, text)] if *text == public));
    desk.press("Esc");
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn a_key_of_ones_own_has_no_public_half_to_be_shown_after_the_create() {
    let mut desk = new_key();
    desk.paste(KEY);
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), None);
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn a_key_stays_in_its_form_until_the_service_has_it() {
    let refusals = [
        Outcome::NotDone(refused(400, Meaning::Invalid, "", &[("name", "taken")])),
        Outcome::NotDone(refused(503, Meaning::Unavailable, "", &[])),
        Outcome::Unknown(ApiError::Lost("no answer".to_owned())),
    ];
    for outcome in refusals {
        let mut desk = new_key();
        make(&mut desk);
        let before = text(&desk, "key").to_owned();
        desk.press("ctrl-s");
        let (call, change) = desk.write();
        let lost = matches!(outcome, Outcome::Unknown(_));
        desk.ends(call, &change, outcome);
        if lost {
            let sighting = Sighting::Absent;
            desk.send(Msg::Looked { call, sighting });
            desk.press("Esc");
            // Its doubt sends it again, and the form waits for the answer.
            desk.press("L");
            let sighting = Sighting::Absent;
            desk.send(Msg::Looked { call, sighting });
            desk.press("End Enter");
            let (call, change) = desk.write();
            assert_eq!(desk.model.dialogs.len(), 0);
            desk.done(call, &change, Some("9"), None);
            assert!(form(&desk).public().is_some(), "the public half is here");
            continue;
        }
        assert_eq!(text(&desk, "key"), before);
        assert!(entry(&desk, "key").facts.is_some());
        desk.press("ctrl-s");
        assert_eq!(desk.writes().len(), 1, "sent again without a letter typed");
    }
}

#[test]
fn a_made_value_of_letters_takes_the_place_of_an_empty_one_alone() {
    let mut desk = Desk::of("typesense");
    desk.take();
    desk.press("n BackTab BackTab BackTab ctrl-g");
    let (call, place, exact) = wanted(&mut desk);
    let what = Make::Alnum(40);
    let comment = "keyrack".to_owned();
    assert_eq!((place, exact), (Origin::Made { what, comment }, false));
    comes(&mut desk, call, "made");
    assert_eq!(text(&desk, "value"), "made");
    desk.press("ctrl-g");
    assert!(desk.take().is_empty());
}
