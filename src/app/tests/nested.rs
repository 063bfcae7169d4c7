//! A row that holds others is opened in the place of its table, and left again.

use super::*;
use crate::{
    app::{fixture, pane::Pane, whose, whose::State},
    journal::{self, Begun, Entry, Intent},
    manifest,
};

/// A console on the accounts of one context.
pub(super) fn accounts() -> Desk {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    desk.answer();
    desk
}

/// The same inside the first account.
pub(super) fn inside() -> Desk {
    let mut desk = accounts();
    desk.press("Enter");
    desk.answer();
    desk
}

fn names(pane: &Pane) -> Vec<String> {
    let rows = (0..pane.view.len()).filter_map(|at| pane.record(at));
    rows.map(|(_, row)| row.name().exact().to_owned()).collect()
}

pub(super) fn shown(desk: &Desk) -> Vec<String> {
    names(desk.model.pane())
}

pub(super) fn opened(desk: &Desk) -> Vec<String> {
    desk.model.pane().opened_names()
}

#[test]
fn rows_that_are_in_others_are_not_listed_at_the_top() {
    let desk = accounts();
    let listed = desk.model.pane().sources.iter();
    let listed: Vec<&str> = listed.map(|list| &*list.resource.id).collect();
    assert_eq!(listed, ["accounts"]);
    assert_eq!(shown(&desk), ["ci-bot", "backup", "grafana-agent"]);
}

#[test]
fn a_row_is_opened_in_the_place_of_its_table() {
    let mut desk = accounts();
    desk.press("j Enter");
    let (call, query) = desk.lists().remove(0);
    let within = query.resource.within.as_ref().unwrap();
    assert_eq!((&*within.id, &*within.name), ("2", "backup"));
    assert_eq!(query.resource.id, "tokens");
    desk.rows(call, &query, &sample(&query.resource));
    desk.ended(call);
    assert_eq!(shown(&desk), ["deploy", "nightly"]);
    assert_eq!(opened(&desk), ["backup"]);
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn the_table_is_as_it_was_when_one_comes_back() {
    for back in ["Esc", "q"] {
        let mut desk = accounts();
        desk.press("O o Down Enter / - Enter G Space k");
        let before = (
            shown(&desk),
            desk.selected(),
            desk.model.pane().order.clone(),
            desk.model.pane().marked(),
        );
        assert_eq!(before.0.len(), 2, "filtered: {:?}", before.0);
        desk.press("Enter");
        desk.answer();
        assert_eq!(desk.model.pane().marked(), 0);
        desk.press("j");
        desk.press(back);
        let after = (
            shown(&desk),
            desk.selected(),
            desk.model.pane().order.clone(),
            desk.model.pane().marked(),
        );
        assert_eq!(after, before, "{back}");
        assert!(opened(&desk).is_empty());
        assert!(desk.lists().is_empty(), "nothing is asked for again");
    }
}

#[test]
fn esc_takes_exactly_one_layer_away() {
    let mut desk = inside();
    desk.press("Space / n i g Enter");
    assert_eq!(shown(&desk), ["nightly"]);
    desk.press("Esc");
    assert_eq!(shown(&desk), ["deploy", "nightly"]);
    assert_eq!(desk.model.pane().marked(), 1);
    desk.press("Esc");
    assert_eq!(desk.model.pane().marked(), 0);
    assert_eq!(opened(&desk), ["ci-bot"]);
    desk.press("Esc");
    assert!(opened(&desk).is_empty());
    desk.press("Esc");
    assert!(!desk.take().iter().any(|it| matches!(it, Effect::Quit)));
}

#[test]
fn q_goes_back_before_it_leaves() {
    let mut desk = inside();
    desk.press("q");
    assert!(opened(&desk).is_empty());
    assert!(!desk.take().iter().any(|it| matches!(it, Effect::Quit)));
    desk.press("q");
    assert!(desk.take().iter().any(|it| matches!(it, Effect::Quit)));
}

#[test]
fn what_comes_for_the_table_behind_is_there_when_one_comes_back() {
    let mut desk = accounts();
    desk.press("j ctrl-r");
    let (behind, query) = desk.lists().remove(0);
    desk.press("Enter");
    let (call, tokens) = desk.lists().remove(0);
    let more = serde_json::json!({ "accounts": [
        { "id": 9, "name": "new", "role": "Viewer" },
        { "id": 2, "name": "backup", "role": "Admin" },
    ]});
    desk.rows(behind, &query, &more);
    desk.rows(call, &tokens, &sample(&tokens.resource));
    desk.ended(behind);
    desk.ended(call);
    assert_eq!(shown(&desk), ["deploy", "nightly"], "not of this list");
    desk.press("Esc");
    assert_eq!(shown(&desk), ["new", "backup"]);
    assert_eq!(desk.selected(), "backup", "the cursor is on the same row");
}

#[test]
fn what_comes_for_a_row_that_was_left_is_ignored() {
    let mut desk = accounts();
    desk.press("Enter");
    let (old, query) = desk.lists().remove(0);
    desk.press("Esc");
    let given_up = desk.take();
    assert!(
        given_up
            .iter()
            .any(|it| matches!(it, Effect::Cancel(call) if *call == old))
    );
    desk.press("j Enter");
    let (new, others) = desk.lists().remove(0);
    desk.rows(old, &query, &sample(&query.resource));
    desk.ended(old);
    assert!(shown(&desk).is_empty(), "those are another row's");
    desk.rows(
        new,
        &others,
        &serde_json::json!([{ "id": 7, "name": "own" }]),
    );
    desk.ended(new);
    assert_eq!(shown(&desk), ["own"]);
}

#[test]
fn a_filter_that_runs_behind_goes_on_when_one_comes_back() {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    let (call, query) = desk.lists().remove(0);
    let rows = (0..4_000).map(|at| serde_json::json!({ "id": at, "name": format!("a{at}") }));
    let rows: Vec<_> = rows.collect();
    desk.rows(call, &query, &serde_json::json!({ "accounts": rows }));
    desk.ended(call);
    for letter in ["/", "7", "Enter", "Enter"] {
        // The slices that were asked for come only behind the keys.
        let key = letter.parse().unwrap();
        let effects = super::super::update(&mut desk.model, Msg::Key(key));
        drop(effects);
    }
    assert_eq!(opened(&desk).len(), 1);
    desk.send(Msg::Continue(Tab::ApiKeys));
    desk.press("Esc");
    assert!(!desk.model.pane().filtering());
    assert_eq!(shown(&desk).len(), 4_000 - 4 * 9 * 9 * 9);
}

#[test]
fn what_is_done_inside_is_done_in_that_row() {
    let mut desk = inside();
    desk.press("n");
    desk.type_text("fresh");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    assert_eq!(change.verb, Verb::Create);
    assert_eq!(change.resource.within.as_ref().unwrap().id, "1");
    desk.done(call, &change, Some("3"), Some("sec-ret"));
    let again = desk.lists();
    let kinds: Vec<&str> = again.iter().map(|(_, it)| &*it.resource.id).collect();
    assert_eq!(
        kinds,
        ["tokens", "accounts"],
        "the table behind is read too"
    );
    for (call, query) in again {
        let body = if query.resource.id == "tokens" {
            serde_json::json!([{ "id": 2, "name": "deploy" }, { "id": 3, "name": "fresh" }])
        } else {
            sample(&query.resource)
        };
        desk.rows(call, &query, &body);
        desk.ended(call);
    }
    assert_eq!(desk.model.tray.len(), 1);
    desk.model.tray.clear();
    assert_eq!(desk.selected(), "fresh");
    desk.press("Esc");
    assert_eq!(
        desk.selected(),
        "ci-bot",
        "not the row with the new key's id"
    );
}

#[test]
fn an_answer_that_comes_after_one_went_back_moves_no_cursor_there() {
    let mut desk = inside();
    desk.press("j d");
    desk.confirm();
    let (call, change) = desk.write();
    assert_eq!(change.target.as_ref().unwrap().id.as_str(), "5");
    desk.press("Esc");
    desk.done(call, &change, Some("2"), None);
    desk.answer();
    assert_eq!(desk.selected(), "ci-bot");
    assert!(
        desk.notice()
            .starts_with("The token “nightly” of “ci-bot” in dev was deleted")
    );
}

#[test]
fn a_question_says_in_which_row_the_key_is() {
    let mut desk = inside();
    desk.press("d");
    let lines = question(&desk).lines.join("\n");
    assert!(
        lines.contains("Context dev · in “ci-bot” · id 2"),
        "{lines}"
    );
}

#[test]
fn marks_and_the_plan_of_many_keys_are_those_inside() {
    let mut desk = inside();
    desk.press("* d");
    let Some(Dialog::Bulk(bulk)) = desk.model.dialogs.last() else {
        panic!("no plan")
    };
    assert_eq!(bulk.rows.len(), 2);
    assert!(
        bulk.rows
            .iter()
            .all(|row| row.plan.resource.within.is_some())
    );
}

#[test]
fn a_server_filter_inside_is_gone_with_the_row() {
    let mut desk = inside();
    desk.press("F");
    desk.press("Right");
    desk.press("ctrl-s");
    let (_, query) = desk.lists().remove(0);
    assert_eq!(query.filters["state"], "live");
    assert!(query.resource.within.is_some());
    desk.press("Esc Esc");
    assert!(desk.model.pane().server.is_empty());
    assert!(opened(&desk).is_empty());
}

#[test]
fn a_row_in_a_row_holds_two_kinds_side_by_side() {
    let mut desk = inside();
    desk.press("j Enter");
    let lists = desk.lists();
    let kinds: Vec<&str> = lists.iter().map(|(_, it)| &*it.resource.id).collect();
    assert_eq!(kinds, ["grants", "uses"]);
    for (call, query) in lists {
        assert_eq!(query.resource.within.as_ref().unwrap().id, "5");
        desk.rows(call, &query, &sample(&query.resource));
        desk.ended(call);
    }
    assert_eq!(opened(&desk), ["ci-bot", "nightly"]);
    assert_eq!(shown(&desk), ["grant a", "grant b", "use a", "use b"]);
    // One id in two lists of a pane is two keys.
    desk.press("j j");
    desk.send(Msg::Key("ctrl-r".parse().unwrap()));
    desk.answer();
    assert_eq!(desk.selected(), "use a");
    desk.press("Esc");
    assert_eq!(
        (opened(&desk), desk.selected()),
        (vec!["ci-bot".to_owned()], "nightly".to_owned())
    );
    desk.press("Esc");
    assert_eq!(desk.selected(), "ci-bot");
}

#[test]
fn details_have_a_key_of_their_own_where_enter_opens() {
    let mut desk = accounts();
    desk.press("l");
    assert!(matches!(
        desk.model.dialogs.last(),
        Some(Dialog::Details(_))
    ));
    desk.press("Esc Enter");
    desk.answer();
    desk.press("Enter");
    desk.answer();
    desk.press("Enter");
    assert!(
        matches!(desk.model.dialogs.last(), Some(Dialog::Details(_))),
        "a grant holds nothing"
    );
}

#[test]
fn columns_are_kept_by_what_is_listed() {
    let mut desk = inside();
    desk.press("o Down Down Enter");
    let order = desk.model.pane().order.clone();
    assert_eq!(order.len(), 1);
    desk.press("Esc");
    assert!(desk.model.pane().order.is_empty());
    desk.press("j Enter");
    desk.answer();
    assert_eq!(desk.model.pane().order, order);
    let kept = crate::app::look::of(&desk.model);
    let mut again = Desk::new(vec![fixture::nested("dev")]);
    crate::app::look::put_on(&mut again.model, &kept);
    again.answer();
    again.press("Enter");
    assert_eq!(again.model.pane().order, order, "also at the next start");
}

#[test]
fn the_filter_of_the_tab_is_kept_and_not_that_inside() {
    let mut desk = accounts();
    desk.press("/");
    desk.type_text("ci");
    desk.press("Enter Enter");
    desk.answer();
    desk.press("/");
    desk.type_text("night");
    desk.press("Enter");
    let kept = crate::app::look::of(&desk.model);
    let mut again = Desk::new(vec![fixture::nested("dev")]);
    crate::app::look::put_on(&mut again.model, &kept);
    assert_eq!(again.model.pane().filter.input.value(), "ci");
}

#[test]
fn places_are_no_keys() {
    let desk = accounts();
    let pane = desk.model.pane();
    let list = &pane.sources[0];
    assert!(!list.resource.holds_keys());
    assert!(pane.columns.iter().all(|it| it.title != "State"));
    let policy = crate::app::state::Policy::default();
    let found = crate::app::health::examine(&list.rows, desk.model.now, &policy, |_| true);
    assert_eq!(found, []);
    let desk = inside();
    let list = &desk.model.pane().sources[0];
    assert!(
        list.resource.holds_keys(),
        "tokens hold others, and are keys"
    );
    let found = crate::app::health::examine(&list.rows, desk.model.now, &policy, |_| true);
    assert!(!found.is_empty());
}

#[test]
fn what_is_new_is_told_by_row() {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    desk.send(Msg::Visited(crate::app::visit::Visit::default()));
    desk.answer();
    assert!(
        !desk
            .take()
            .iter()
            .any(|it| matches!(it, Effect::KeepSeen(_))),
        "accounts are no keys"
    );
    let mut visit = crate::app::visit::Visit::default();
    desk.press("Enter");
    desk.answer();
    for effect in desk.take() {
        if let Effect::KeepSeen(seen) = effect {
            visit.keep(*seen);
        }
    }
    desk.send(Msg::Visited(visit));
    assert!(desk.model.pane().sources[0].new.is_some(), "seen before");
    desk.press("Esc j Enter");
    let (call, query) = desk.lists().remove(0);
    desk.rows(
        call,
        &query,
        &serde_json::json!([{ "id": 99, "name": "other" }]),
    );
    desk.ended(call);
    assert!(
        desk.model.pane().sources[0].new.is_none(),
        "of this row nothing was seen before"
    );
}

#[test]
fn health_looks_at_what_is_inside() {
    let mut desk = inside();
    desk.press("h");
    let Some(Dialog::Health(health)) = desk.model.dialogs.last() else {
        panic!("no health")
    };
    assert_eq!(health.sums.keys, 2);
    let mut desk = accounts();
    desk.press("h");
    let Some(Dialog::Health(health)) = desk.model.dialogs.last() else {
        panic!("no health")
    };
    assert_eq!(health.sums.keys, 0);
    let progress = crate::app::health::view::progress(&desk.model);
    assert_eq!((progress.lists, progress.places), (1, 1), "hooks are keys");
}

#[test]
fn a_lost_write_in_a_row_is_looked_for_there_after_a_restart() {
    let begun = Begun::Intent(Box::new(Intent {
        context: "dev".to_owned(),
        origin: "https://accounts.example.org".to_owned(),
        backend: "accounts".to_owned(),
        resource: "tokens".to_owned(),
        parent: Some(journal::Target {
            id: "2".to_owned(),
            name: "backup".to_owned(),
        }),
        noun: "token".to_owned(),
        name: Some("fresh".to_owned()),
        natural: [("name".to_owned(), "fresh".to_owned())].into(),
        ..Intent::default()
    }));
    let entry = Entry {
        run: None,
        held: None,
        id: "0000000000001".parse().unwrap(),
        at: jiff::Timestamp::from_second(1_795_000_000).unwrap(),
        begun,
        events: Vec::new(),
    };
    let mut desk = accounts();
    desk.send(Msg::Journal {
        entries: vec![entry],
        show: true,
    });
    desk.press("Enter");
    let effects = desk.take();
    let Some(Effect::Look { trace, .. }) =
        effects.iter().find(|it| matches!(it, Effect::Look { .. }))
    else {
        panic!("no look but {effects:?}")
    };
    assert_eq!(trace.resource.within.as_ref().unwrap().id, "2");
    assert_eq!(trace.resource.id, "tokens");
}

#[test]
fn an_entry_without_its_row_cannot_be_taken_up() {
    let manifest = fixture::nested("dev").manifest;
    let row = journal::Target {
        id: "1".to_owned(),
        name: "x".to_owned(),
    };
    let find = |id, row| crate::app::nested::find(&manifest, id, row);
    assert!(find("tokens", None).is_none());
    assert!(find("accounts", Some(&row)).is_none());
    assert!(find("accounts", None).is_some());
    assert!(find("tokens", Some(&row)).is_some_and(|it| it.within.is_some()));
}

#[test]
fn a_rotation_inside_is_known_again_when_the_row_is_opened_anew() {
    let mut desk = inside();
    desk.press("r");
    desk.press("Enter");
    desk.press("Esc Esc");
    desk.press("Enter");
    desk.answer();
    let list = &desk.model.pane().sources[0];
    let rotation = desk.model.rotations.first();
    if let Some(rotation) = rotation {
        assert!(rotation.resource.is(&list.resource));
    }
    let again = manifest::Resource::under(&list.resource, "2", "backup");
    assert!(!again.is(&list.resource), "another row");
}

#[test]
fn a_value_is_compared_with_the_lists_of_open_rows_and_the_others_are_named() {
    let mut desk = inside();
    desk.press("w");
    desk.paste("cl-nightly");
    desk.press("Enter");
    let Some(Dialog::Whose(whose::Whose { lists, .. })) = desk.model.dialogs.last() else {
        panic!("no question")
    };
    let state = |list: &&whose::Looked| list.resource.within.is_some();
    assert_eq!(lists.iter().filter(state).count(), 1);
    let inner = lists.iter().filter(|it| it.resource.parent.is_some());
    let mut asked = inner.filter(|it| matches!(it.state, State::Reading(_)));
    assert!(
        asked.next().is_none(),
        "nothing is asked for without its row"
    );
}

#[test]
fn what_is_made_in_a_row_is_told_from_what_was_there_before() {
    let mut desk = inside();
    desk.press("n");
    desk.type_text("fresh");
    desk.press("ctrl-s");
    let sent = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Send { errand, .. } => Some(errand),
        _ => None,
    });
    assert!(sent.unwrap().trace.seen.is_some(), "the list was whole");
}
