//! The keys of all users: groups, the server's filter and the local one, and an answer that may be cut.

use super::*;

#[test]
fn groups_are_counted_with_their_share_and_a_bar() {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.press("4");
    let (call, query) = desk.lists().pop().unwrap();
    let by = |at: u64| match at {
        0..40 => serde_json::json!("batch@example.org"),
        40..58 => serde_json::json!("ana.of.a.long.name.that.does.not.fit.anywhere@example.org"),
        58 => serde_json::json!("evil\u{202e}name"),
        _ => serde_json::Value::Null,
    };
    let keys = (0..66u64).map(|at| {
        serde_json::json!({ "id": at.to_string(), "name": format!("key {at}"), "createdBy": by(at), "clientId": "c" })
    });
    let body = serde_json::json!({ "accessKeys": keys.collect::<Vec<_>>() });
    desk.rows(call, &query, &body);
    desk.ended(call);
    desk.press("b Down");
    shows!("groups", desk);
}

/// An admin pane with so many keys, of which the list says how it ended.
fn admin(count: u64, cut: Option<&str>) -> Desk {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.press("4");
    let (call, query) = desk.lists().pop().unwrap();
    fill(&mut desk, call, &query, count);
    let end = ListEnd {
        cut: cut.map(ToOwned::to_owned),
        ..ListEnd::default()
    };
    let result = Ok(end);
    desk.send(Msg::Listed { call, result });
    desk
}

fn fill(desk: &mut Desk, call: crate::app::CallId, query: &crate::api::Query, count: u64) {
    let keys = (0..count).map(|at| {
        serde_json::json!({ "id": at.to_string(), "name": format!("key {at}"),
            "createdBy": if at % 2 == 0 { "ana@example.org" } else { "ben@example.org" }, "clientId": format!("cid-{at}") })
    });
    let body = serde_json::json!({ "accessKeys": keys.collect::<Vec<_>>() });
    desk.rows(call, query, &body);
}

#[test]
fn the_server_filter_and_the_local_one_say_what_each_of_them_did() {
    let mut desk = admin(20, None);
    desk.press("F Tab ctrl-o");
    shows!("server_form", desk);
    desk.press("ctrl-s");
    let (call, query) = desk.lists().remove(0);
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(
        text.contains("server: createdBy=ana@example.org → asking"),
        "{text}"
    );
    fill(&mut desk, call, &query, 6);
    desk.ended(call);
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(
        text.contains("server: createdBy=ana@example.org → 6 keys"),
        "{text}"
    );
    desk.press("/");
    desk.type_text("4");
    desk.press("Enter");
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("here: 4 → 1 shown"), "{text}");
    shows!("server_and_here", desk);
}

#[test]
fn an_answer_that_may_be_cut_says_so_and_how_to_narrow_it() {
    let words = "an answer holds 100 keys at most, so some may be missing; the service's own filters ask for fewer: clientId, createdBy";
    let mut desk = admin(100, Some(words));
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("createdBy · F narrows it"), "{text}");
    shows!("cut", desk);
}
