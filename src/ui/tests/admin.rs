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
