//! Lists come, fail, are refreshed and outlived.

use super::*;

#[test]
fn the_console_begins_with_the_first_tab_that_has_lists() {
    for (backend, tab) in [
        ("typesense", Tab::ApiKeys),
        ("djinn", Tab::Secrets),
        ("runai", Tab::AccessKeys),
    ] {
        let desk = Desk::new(vec![context("dev", backend)]);
        assert_eq!(desk.model.active, tab, "{backend}");
    }
}

#[test]
fn an_older_call_is_ignored() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (old, query) = desk.lists().remove(0);
    desk.press("ctrl-r");
    assert!(
        desk.asked
            .iter()
            .any(|it| matches!(it, Effect::Cancel(call) if *call == old))
    );
    desk.rows(old, &query, &many(5));
    desk.ended(old);
    assert_eq!(desk.model.pane().total(), 0);
    assert!(desk.model.pane().loading());
    desk.answer();
    assert_eq!(desk.model.pane().total(), 3);
}

#[test]
fn a_refresh_keeps_the_rows_until_it_ends_and_the_cursor_on_its_key() {
    let mut desk = Desk::of("typesense");
    desk.press("j j ctrl-r");
    let (call, query) = desk.lists().remove(0);
    assert_eq!(desk.model.pane().total(), 3);
    let newer = serde_json::json!({ "keys": [typesense(7), typesense(2), typesense(1)] });
    desk.rows(call, &query, &newer);
    assert_eq!(desk.selected(), "key 2");
    assert_eq!(desk.model.pane().total(), 3);
    desk.ended(call);
    assert_eq!(desk.selected(), "key 2");
    assert!(desk.model.pane().sources[0].rows.find_text("7").is_some());
    assert!(desk.model.pane().sources[0].rows.find_text("0").is_none());
}

#[test]
fn a_failed_refresh_leaves_the_rows_and_says_so() {
    let mut desk = Desk::of("typesense");
    desk.press("j ctrl-r");
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(1));
    desk.failed(call, refused(503, Meaning::Unavailable, "", &[]));
    assert_eq!(desk.model.pane().total(), 3);
    assert_eq!(desk.selected(), "key 1");
    let banners = crate::app::screen::banners(&desk.model);
    assert!(
        banners[0].text.contains("the older rows stay"),
        "{banners:?}"
    );
}

#[test]
fn one_failing_context_does_not_hide_the_others() {
    let mut desk = Desk::new(vec![context("a", "typesense"), context("b", "typesense")]);
    let lists = desk.lists();
    desk.failed(
        lists[0].0,
        ApiError::Lost("the answer broke off".to_owned()),
    );
    desk.rows(lists[1].0, &lists[1].1, &many(4));
    desk.ended(lists[1].0);
    assert_eq!(desk.model.pane().view.len(), 4);
    assert!(matches!(desk.model.pane().sources[0].load, Load::Failed(_)));
}

#[test]
fn rows_of_a_first_read_are_shown_as_they_come() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(25));
    assert_eq!(desk.model.pane().view.len(), 25);
}

#[test]
fn a_tab_is_asked_for_once_and_keeps_its_place() {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.press("3");
    desk.answer();
    desk.press("j 4");
    assert_eq!(desk.lists().len(), 1);
    desk.press("3");
    assert_eq!(desk.lists().len(), 0);
    assert_eq!(desk.selected(), "nightly");
}

#[test]
fn tab_keys_skip_tabs_without_a_resource_and_their_numbers_say_why() {
    let mut desk = Desk::of("runai");
    desk.press("]");
    assert_eq!(desk.model.active, Tab::Admin);
    desk.press("]");
    assert_eq!(desk.model.active, Tab::AccessKeys);
    desk.press("2");
    assert_eq!(desk.model.active, Tab::AccessKeys);
    assert_eq!(desk.notice(), "NVIDIA Run:ai has nothing under Secrets.");
}

#[test]
fn a_new_key_is_selected_once_the_list_is_read_again() {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    desk.type_text("search");
    desk.press("Tab");
    desk.type_text("documents:search");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("a-new-secret"));
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(12));
    desk.ended(call);
    assert_eq!(desk.selected(), "key 9");
}

#[test]
fn checks_light_the_context() {
    let mut desk = Desk::of("typesense");
    let results = vec![crate::api::Checked {
        id: "health".to_owned(),
        result: Ok(Some("ana".to_owned())),
    }];
    desk.send(Msg::Checked {
        context: 0,
        results,
    });
    assert_eq!(
        desk.model.contexts[0].light,
        Light::Ok(Some("ana".to_owned()))
    );
}

#[test]
fn a_new_key_that_the_filter_hides_is_told_about() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("nothing-like-it");
    desk.press("Enter n");
    desk.type_text("fresh");
    desk.press("Tab");
    desk.type_text("documents:search");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), None);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(10));
    desk.ended(call);
    let notice = desk.model.notice.as_ref().unwrap();
    assert!(
        notice
            .text
            .ends_with("The filter hides it: Esc shows all keys."),
        "{notice:?}"
    );
    desk.press("Esc");
    assert_eq!(desk.model.pane().view.len(), 10);
}

#[test]
fn a_fleet_of_many_rows_is_put_in_order_now_and_then_and_whole_at_the_end() {
    let names = (0..60).map(|at| context(&format!("c{at:02}"), "typesense"));
    let mut desk = Desk::new(names.collect());
    let lists = desk.lists();
    let (last, others) = lists.split_last().unwrap();
    for (call, query) in others {
        desk.rows(*call, query, &many(200));
        desk.ended(*call);
    }
    assert_eq!(
        desk.model.pane().view.len(),
        59 * 200,
        "all is shown at once"
    );
    assert!(desk.model.pane().loose, "not for each list");
    // The last one is slow: what came is put in order meanwhile.
    desk.wait(3_000);
    desk.send(Msg::Woken);
    assert!(!desk.model.pane().loose);
    desk.rows(last.0, &last.1, &many(200));
    desk.ended(last.0);
    assert_eq!(firsts(&desk), 60);
    assert!(!desk.model.pane().loose);
}

#[test]
fn lists_of_a_fleet_that_are_read_again_take_the_place_of_their_rows_one_by_one() {
    let names = (0..40).map(|at| context(&format!("c{at:02}"), "typesense"));
    let mut desk = Desk::new(names.collect());
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(200));
        desk.ended(call);
    }
    desk.press("ctrl-r");
    let lists = desk.lists();
    for (number, (call, query)) in lists.iter().enumerate() {
        desk.rows(*call, query, &many(150));
        desk.ended(*call);
        let shown = desk.model.pane().view.len();
        assert_eq!(
            shown,
            40 * 200 - (number + 1) * 50,
            "no row of an older list"
        );
    }
    assert_eq!(firsts(&desk), 40);
    assert!(!desk.model.pane().loose);
}

/// How many keys with the first name stand at the top.
fn firsts(desk: &Desk) -> usize {
    let pane = desk.model.pane();
    let rows = (0..pane.view.len()).filter_map(|at| pane.record(at));
    let names = rows.map(|(_, record)| record.name().exact());
    names.take_while(|name| *name == "key 0").count()
}
