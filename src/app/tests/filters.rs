//! The local filter and the one of the server.

use super::*;

#[test]
fn the_last_good_filter_stays_while_the_text_makes_no_sense() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("is:broad");
    assert_eq!(desk.model.pane().view.len(), 1);
    desk.paste(" age>");
    assert!(desk.model.pane().filter.error.is_some());
    assert_eq!(desk.model.pane().view.len(), 1);
    desk.type_text("0d");
    assert!(desk.model.pane().filter.error.is_none());
}

#[test]
fn enter_keeps_it_and_esc_clears_it() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("2");
    desk.press("Enter j k");
    assert_eq!(desk.model.pane().view.len(), 1);
    assert_eq!(desk.selected(), "key 2");
    desk.press("Esc");
    assert_eq!(desk.model.pane().view.len(), 3);
    assert_eq!(desk.selected(), "key 2");
}

#[test]
fn a_filter_is_read_by_the_columns_of_the_contexts_that_are_shown_now() {
    let mut desk = Desk::new(vec![context("a", "chutes"), context("b", "typesense")]);
    desk.answer();
    desk.press("c Down Space Enter");
    desk.answer();
    let chosen =
        |desk: &Desk| -> Vec<bool> { desk.model.contexts.iter().map(|it| it.chosen).collect() };
    assert_eq!(chosen(&desk), [true, false]);
    desk.press("/");
    desk.type_text("collections:*");
    desk.press("Enter");
    assert!(desk.model.pane().view.is_empty(), "a text that no key has");
    desk.press("c Down Space Enter");
    desk.answer();
    assert_eq!(chosen(&desk), [true, true]);
    assert!(
        !desk.model.pane().view.is_empty(),
        "a column of the other one"
    );
}

#[test]
fn a_text_that_makes_no_sense_is_not_kept() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("key 2 age>");
    desk.press("Enter *");
    let pane = desk.model.pane();
    assert!(pane.filter.editing && pane.filter.mistake().is_some());
    assert_eq!(pane.marked(), 0, "* goes into the line");
    desk.press("Esc");
    assert_eq!(desk.model.pane().view.len(), 3);
}

#[test]
fn letters_go_into_the_line_and_not_to_the_table() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("dqn");
    assert!(desk.model.dialogs.is_empty());
    assert!(desk.take().is_empty());
    assert_eq!(desk.model.pane().filter.input.value(), "dqn");
}

#[test]
fn the_server_filter_goes_to_the_server_and_esc_takes_it_off() {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.press("4");
    desk.answer();
    desk.press("F Tab");
    desk.type_text("ana@example.org");
    desk.press("ctrl-s");
    let (call, query) = desk.lists().remove(0);
    assert_eq!(query.filters.get("createdBy").unwrap(), "ana@example.org");
    let body = sample(&query.resource);
    desk.rows(call, &query, &body);
    desk.ended(call);
    desk.press("Esc");
    let (_, query) = desk.lists().remove(0);
    assert!(query.filters.is_empty());
}

#[test]
fn pasted_text_without_a_field_is_ignored() {
    let mut desk = Desk::of("typesense");
    desk.paste("d\ndq");
    assert!(desk.model.dialogs.is_empty());
    assert!(desk.take().is_empty());
    assert!(desk.notice().contains("ignored"));
}

#[test]
fn rows_of_another_server_filter_are_not_shown_under_a_new_one() {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.answer();
    desk.press("4");
    desk.answer();
    assert!(desk.model.pane().total() > 0);
    desk.press("F");
    desk.type_text("cid-1");
    desk.press("ctrl-s");
    assert_eq!(desk.model.pane().total(), 0);
    let (call, _) = desk.lists().remove(0);
    desk.failed(call, refused(503, Meaning::Unavailable, "", &[]));
    assert_eq!(desk.model.pane().view.len(), 0);
}

#[test]
fn q_goes_back_before_it_quits() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("key");
    desk.press("Enter q");
    assert!(desk.model.pane().filter.filter.is_none());
    assert!(!desk.take().iter().any(|it| matches!(it, Effect::Quit)));
    desk.press("q");
    assert!(desk.take().iter().any(|it| matches!(it, Effect::Quit)));
}

/// An admin pane with the sample's keys.
fn admins() -> Desk {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.answer();
    desk.press("4");
    desk.answer();
    desk
}

#[test]
fn the_server_is_asked_for_all_keys_of_the_selected_ones_creator_or_client_id() {
    for (action, filter, value) in [
        ("same-creator", "createdBy", "ana@example.org"),
        ("same-client-id", "clientId", "cid-ci-deploy"),
    ] {
        let mut desk = admins();
        assert_eq!(desk.selected(), "ci-deploy");
        desk.press(":");
        desk.type_text(action);
        desk.press("Enter");
        let (_, query) = desk.lists().remove(0);
        let asked: Vec<_> = query.filters.iter().collect();
        assert_eq!(asked, [(&filter.to_owned(), &value.to_owned())]);
    }
}

#[test]
fn the_form_of_the_server_filter_takes_values_of_the_selected_key() {
    let mut desk = admins();
    desk.press("j F Tab");
    assert_eq!(form(&desk).offered(), Some("ben@example.org"));
    desk.press("ctrl-o ctrl-s");
    let (_, query) = desk.lists().remove(0);
    assert_eq!(query.filters["createdBy"], "ben@example.org");
    assert_eq!(query.filters.len(), 1);
}

#[test]
fn details_lead_to_the_server_filter_with_the_values_of_their_key() {
    let mut desk = admins();
    desk.press("j Enter F");
    assert_eq!(form(&desk).offered(), Some("cid-batch"));
}

#[test]
fn where_the_service_has_no_such_filter_it_is_said_what_to_do_instead() {
    let mut desk = Desk::of("typesense");
    desk.press(":");
    desk.type_text("same-creator");
    desk.press("Enter");
    assert!(
        desk.notice().contains("/ and b look through"),
        "{}",
        desk.notice()
    );
    assert!(desk.take().is_empty());
}

#[test]
fn tab_goes_through_what_is_offered_and_back_to_what_was_typed() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("!act");
    desk.press("Tab");
    let typed = |desk: &Desk| desk.model.pane().filter.input.value().to_owned();
    assert_eq!(typed(&desk), "!actions:", "the only one is taken");
    desk.press("Tab");
    assert_eq!(typed(&desk), "!actions:documents:get");
    assert_eq!(desk.model.pane().view.len(), 1);
    desk.press("Tab BackTab BackTab");
    assert_eq!(typed(&desk), "!actions:");
    desk.press("BackTab");
    assert_eq!(typed(&desk), "!actions:*");
    desk.type_text(" id");
    desk.press("Tab 1");
    assert_eq!(typed(&desk), "!actions:* id:1");
    assert_eq!(desk.model.pane().view.len(), 1);
}

#[test]
fn tab_with_nothing_to_offer_stays_in_the_line() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("zzz");
    desk.press("Tab BackTab");
    assert!(desk.model.pane().filter.editing);
    assert_eq!(desk.model.pane().filter.input.value(), "zzz");
    desk.press("Home Tab");
    assert_eq!(desk.model.pane().filter.input.value(), "zzz");
}

#[test]
fn no_key_moves_while_the_line_is_edited() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    let rows = desk.model.table_rows();
    for text in ["o", "w", "n", "e", "r:", "x", " is:e", "xpired"] {
        desk.type_text(text);
        assert_eq!(desk.model.table_rows(), rows, "{text}");
    }
    desk.press("Enter");
    assert_eq!(desk.model.table_rows(), rows + 1);
}

#[test]
fn a_mistake_is_not_told_while_it_can_become_right() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("is:bro");
    assert!(desk.model.pane().filter.mistake().is_none());
    desk.type_text("t");
    assert_eq!(desk.model.pane().filter.mistake().unwrap().at, 3);
    desk.press("Enter");
    assert!(desk.model.pane().filter.mistake().is_some());
}
