//! A value that turned up somewhere finds its key, and leaves nothing behind.

use super::*;
use crate::app::{
    CallId,
    whose::{State, Whose},
};

fn whose(desk: &Desk) -> &Whose {
    let Some(Dialog::Whose(whose)) = desk.model.dialogs.last() else {
        panic!("no question")
    };
    whose
}

fn found(desk: &Desk) -> Vec<String> {
    let name = |at: usize| &*desk.model.contexts[at].name;
    let found = whose(desk).found.iter();
    found
        .map(|it| format!("{} in {}: {}", it.label(), name(it.context), it.words()))
        .collect()
}

/// Three contexts of which only the first is shown and read.
fn fleet() -> Desk {
    let mut far = context("far", "chutes");
    far.chosen = false;
    let mut cluster = context("cluster", "runai");
    cluster.chosen = false;
    let mut desk = Desk::new(vec![context("search", "typesense"), far, cluster]);
    desk.answer();
    desk.take();
    desk
}

#[test]
fn lists_that_are_not_here_are_read_without_a_part_of_the_value() {
    let mut desk = fleet();
    desk.press("w");
    desk.paste("Authorization: Bearer \"cpk_000000000000400080000000000000a2.u.secret\"\n");
    desk.press("Enter");
    let lists = desk.lists();
    let asked: Vec<&str> = lists.iter().map(|(_, query)| &*query.resource.id).collect();
    assert_eq!(asked, ["api_keys", "access-keys", "administration"]);
    assert!(lists.iter().all(|(_, query)| query.filters.is_empty()));
    assert!(
        whose(&desk).value.is_some(),
        "it is compared with what comes"
    );
    for (call, query) in lists {
        let body = sample(&query.resource);
        desk.rows(call, &query, &body);
        desk.ended(call);
    }
    assert!(whose(&desk).value.is_none(), "it is gone");
    assert_eq!(
        found(&desk),
        [
            "API key “reader” in far: Its id stands inside the value: it is this key, or was made to look like it."
        ]
    );
    assert!(!desk.model.contexts[1].chosen);
    desk.press("Enter");
    assert!(desk.model.dialogs.is_empty());
    assert!(desk.model.contexts[1].chosen && desk.model.contexts[0].chosen);
    desk.answer();
    assert_eq!(desk.selected(), "reader");
}

#[test]
fn a_prefix_is_a_hint_and_said_to_be_one() {
    let mut desk = Desk::of("typesense");
    desk.take();
    desk.press("w");
    desk.type_text("KEY='k001abcdef'");
    desk.press("Enter");
    assert!(desk.lists().is_empty(), "the list is here already");
    assert_eq!(
        found(&desk),
        [
            "API key “key 1” in dev: The 4 characters of it that the list shows are those of the value. That is no proof: others may have them."
        ]
    );
    assert!(whose(&desk).value.is_none());
    desk.press("Enter");
    assert_eq!(desk.selected(), "key 1");
}

#[test]
fn enter_goes_to_a_key_that_a_filter_hid() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("key 2");
    desk.press("Enter w");
    desk.type_text("k001abcdef");
    desk.press("Enter Enter");
    assert_eq!(desk.selected(), "key 1");
    assert!(desk.model.pane().filter.filter.is_none());
}

#[test]
fn a_list_that_fails_is_said_and_the_value_goes_all_the_same() {
    let mut desk = fleet();
    desk.press("w");
    desk.type_text("nothing-like-it");
    desk.press("Enter");
    let failed = refused(503, Meaning::Unavailable, "", &[]);
    let mut failures = Vec::new();
    for (call, query) in desk.lists() {
        if query.resource.id == "api_keys" {
            desk.failed(call, failed.clone());
        } else {
            desk.ended(call);
        }
        failures.push(query.resource.id.clone());
    }
    let states: Vec<_> = whose(&desk).lists.iter().map(|it| &it.state).collect();
    assert_eq!(
        states
            .iter()
            .filter(|it| matches!(it, State::Failed(_)))
            .count(),
        1
    );
    assert!(whose(&desk).value.is_none());
    assert!(found(&desk).is_empty());
    desk.press("Enter");
    assert!(matches!(desk.model.dialogs.last(), Some(Dialog::Whose(_))));
    desk.press("Esc");
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn closing_gives_up_what_is_read_and_erases_the_screen() {
    let mut desk = fleet();
    desk.press("w");
    desk.type_text("q");
    desk.press("Enter");
    let calls: Vec<CallId> = desk.lists().into_iter().map(|(call, _)| call).collect();
    desk.press("Esc");
    let asked = desk.take();
    let given: Vec<CallId> = asked
        .iter()
        .filter_map(|effect| match effect {
            Effect::Cancel(call) => Some(*call),
            _ => None,
        })
        .collect();
    assert_eq!(given, calls);
    assert!(asked.iter().any(|it| matches!(it, Effect::Repaint)));
    desk.ended(calls[0]);
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn an_empty_value_is_not_looked_for_and_several_lines_are_refused() {
    let mut desk = Desk::of("typesense");
    desk.take();
    desk.press("w Enter");
    assert!(whose(&desk).problem.as_deref().unwrap().contains("Nothing"));
    desk.paste("a\nb");
    assert!(
        whose(&desk)
            .problem
            .as_deref()
            .unwrap()
            .contains("one line")
    );
    assert!(whose(&desk).asks());
    assert!(desk.take().is_empty());
}

#[test]
fn a_key_is_found_whatever_stands_around_it() {
    for around in [
        "k001abcdef",
        "  k001abcdef  ",
        "'k001abcdef'",
        "Bearer k001abcdef",
        "Authorization: Bearer k001abcdef",
        "export KEY=k001abcdef",
        "TYPESENSE_API_KEY = \"k001abcdef\"",
        "\"api_key\": \"k001abcdef\",",
        "-H 'X-TYPESENSE-API-KEY: k001abcdef'",
        "http://localhost:8108/x?x-typesense-api-key=k001abcdef",
    ] {
        let mut desk = Desk::of("typesense");
        desk.press("w");
        desk.paste(around);
        desk.press("Enter");
        assert_eq!(whose(&desk).found.len(), 1, "{around}");
    }
}

#[test]
fn a_sign_that_fits_all_keys_of_a_long_list_is_told_once_for_each_of_the_first() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    let keys = (0..50_000).map(|id| {
        serde_json::json!({ "id": id, "description": format!("key {id}"), "value_prefix": "same",
            "actions": ["*"], "collections": ["*"], "expires_at": 64_723_363_199_u64, "autodelete": false })
    });
    let keys: Vec<serde_json::Value> = keys.collect();
    desk.rows(call, &query, &serde_json::json!({ "keys": keys }));
    desk.ended(call);
    desk.take();
    desk.press("w");
    desk.type_text("same-and-more");
    desk.press("Enter");
    let mut ids: Vec<_> = whose(&desk).found.iter().map(|it| it.id.clone()).collect();
    assert_eq!(ids.len(), 200);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 200);
}
