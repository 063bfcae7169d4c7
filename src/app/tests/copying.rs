//! What is copied of a row says what it is, and is never a secret.

use super::*;
use crate::app::fixture;

/// A console on this tab of a service whose keys are in rows, and whose hooks have secret ids.
fn at(tab: &str) -> Desk {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    desk.answer();
    desk.press(tab);
    desk.answer();
    desk
}

fn copied(desk: &mut Desk) -> (String, String) {
    let found = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Copy(what, text) => Some((what, text)),
        _ => None,
    });
    found.expect("something is copied")
}

#[test]
fn a_field_that_is_to_be_copied_is_copied_in_place_of_the_id() {
    let mut desk = at("1");
    desk.press("y");
    assert_eq!(
        copied(&mut desk),
        ("The id of “ci-bot”".to_owned(), "1".to_owned())
    );
    desk.press("Enter");
    desk.answer();
    desk.press("y");
    let client = ("Client of “deploy”".to_owned(), "cl-deploy".to_owned());
    assert_eq!(copied(&mut desk), client);
}

#[test]
fn a_row_without_that_field_has_its_id_copied() {
    let mut desk = at("1");
    desk.press("Enter");
    let (call, query) = desk.lists().remove(0);
    desk.rows(
        call,
        &query,
        &serde_json::json!([{ "id": 7, "name": "bare", "client": "" }]),
    );
    desk.ended(call);
    desk.press("y");
    assert_eq!(
        copied(&mut desk),
        ("The id of “bare”".to_owned(), "7".to_owned())
    );
}

#[test]
fn the_details_copy_what_they_show_and_stay() {
    let mut desk = at("1");
    desk.press("Enter");
    desk.answer();
    desk.press("l y");
    assert_eq!(copied(&mut desk).1, "cl-deploy");
    assert!(matches!(
        desk.model.dialogs.last(),
        Some(Dialog::Details(_))
    ));
}

#[test]
fn of_an_id_that_is_a_secret_only_the_fingerprint_is_there() {
    let mut desk = at("2");
    desk.press("y");
    let (what, text) = copied(&mut desk);
    assert_eq!(what, "The fingerprint of the id of “deploy”");
    assert!(text.starts_with("id-") && text.len() == 15, "{text}");
    desk.press("d");
    let asked = question(&desk).lines.join(" ");
    assert!(asked.contains(&text) && !asked.contains("whsec"), "{asked}");
    desk.confirm();
    let (_, change) = desk.write();
    assert_eq!(change.target.as_ref().unwrap().id.as_str(), text);
}
