//! Keys counted by a column, and a group as a filter.

use std::sync::Arc;

use super::*;
use crate::{
    app::{
        filter::{Column, Facts, Filter, Names},
        group::{Group, Tally, sheet::Groups},
    },
    manifest::Role,
    record::{Rows, decode_page},
};

/// An admin pane with these creators, a key each.
fn admin(creators: &[Option<&str>]) -> Desk {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.answer();
    desk.press("4");
    let (call, query) = desk.lists().remove(0);
    let keys: Vec<serde_json::Value> = creators
        .iter()
        .enumerate()
        .map(|(at, by)| {
            serde_json::json!({ "id": at.to_string(), "name": format!("key {at}"), "createdBy": by,
                "clientId": format!("cid-{at}"), "createdAt": "2026-09-01T10:00:00Z" })
        })
        .collect();
    desk.rows(call, &query, &serde_json::json!({ "accessKeys": keys }));
    desk.ended(call);
    desk
}

fn groups(desk: &Desk) -> &Groups {
    match desk.model.dialogs.last() {
        Some(Dialog::Groups(groups)) => groups,
        other => panic!("no groups but {other:?}"),
    }
}

fn told(desk: &Desk) -> Vec<(&str, usize)> {
    let groups = groups(desk).shown().into_iter();
    groups
        .map(|it| (it.value.as_deref().unwrap_or("?"), it.count))
        .collect()
}

#[test]
fn keys_are_counted_by_creator_the_most_first_and_the_unknown_are_a_group() {
    let mut desk = admin(&[
        Some("ben"),
        None,
        Some("ana"),
        Some("ben"),
        Some("ana"),
        Some("ben"),
        Some(""),
    ]);
    desk.press("b");
    assert_eq!(told(&desk), [("ben", 3), ("ana", 2), ("?", 2)]);
    assert_eq!(groups(&desk).total, 7);
    desk.type_text("unk");
    assert_eq!(told(&desk), [("?", 2)]);
    desk.press("Enter");
    assert_eq!(
        desk.model.pane().filter.input.value(),
        "creator=\"\"",
        "the group of the unknown is a filter too"
    );
    assert_eq!(desk.model.pane().view.len(), 2);
}

#[test]
fn enter_on_a_group_goes_on_filtering_the_keys_shown() {
    let mut desk = admin(&[Some("Ben Li"), Some("ana"), Some("Ben Li"), Some("Ben Li")]);
    desk.press("/");
    desk.type_text("0");
    desk.paste(" OR 2");
    desk.press("Enter b");
    assert_eq!(told(&desk), [("Ben Li", 2)], "of the keys shown");
    desk.press("Enter");
    assert_eq!(
        desk.model.pane().filter.input.value(),
        "0 creator=\"Ben Li\" OR 2 creator=\"Ben Li\""
    );
    assert_eq!(desk.model.pane().view.len(), 2);
    desk.press("Esc");
    assert_eq!(desk.model.pane().view.len(), 4);
}

#[test]
fn tab_counts_by_another_column_and_only_those_that_are_here_are_offered() {
    let mut desk = Desk::new(vec![context("a", "typesense"), context("b", "chutes")]);
    desk.answer();
    desk.press("b");
    let names: Vec<String> = groups(&desk)
        .columns
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        names.first().map(String::as_str),
        Some("owner"),
        "nobody here tells who made a key: {names:?}"
    );
    desk.press("Tab");
    assert_eq!(told(&desk), [("a", 3), ("b", 3)]);
    desk.press("BackTab Esc");
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn without_keys_there_is_nothing_to_group_and_it_says_so() {
    let mut desk = admin(&[]);
    desk.press("b");
    assert!(desk.model.dialogs.is_empty());
    assert!(
        desk.notice().contains("No keys are shown"),
        "{}",
        desk.notice()
    );
}

#[test]
fn keys_that_come_while_the_dialog_is_open_are_counted_when_the_list_ends() {
    let mut desk = admin(&[Some("ana"), Some("ben")]);
    desk.press("ctrl-r b");
    let (call, query) = desk.lists().remove(0);
    let body = serde_json::json!({ "accessKeys": [
        { "id": "1", "name": "a", "createdBy": "ben", "clientId": "c" },
    ]});
    desk.rows(call, &query, &body);
    desk.ended(call);
    assert_eq!(told(&desk), [("ben", 1)]);
}

/// The rows of a built-in list.
fn rows(backend: &str, resource: &str, body: &serde_json::Value) -> Rows {
    let context = context("dev", backend);
    let resource = Arc::clone(context.manifest.resource(resource).unwrap());
    decode_page(&resource, &resource.list, body.to_string().as_bytes())
        .unwrap()
        .rows
}

#[test]
fn every_group_has_as_many_keys_as_its_filter_finds() {
    let typesense = rows("typesense", "keys", &many(40));
    let chutes = context("dev", "chutes");
    let chutes = Arc::clone(chutes.manifest.resource("api_keys").unwrap());
    let chutes = rows("chutes", "api_keys", &sample(&chutes));
    for rows in [&typesense, &chutes] {
        for column in [
            Column::Role(Role::Creator),
            Column::Role(Role::Owner),
            Column::Role(Role::Scopes),
            Column::Role(Role::Admin),
            Column::Context,
            Column::Resource,
        ] {
            let facts = Facts {
                now: Moment::from_micros(0),
                context: "dev",
                backend: "svc",
                own: None,
            };
            let mut tally = Tally::of(&column);
            tally.add(rows, &facts, 0..rows.len());
            assert_eq!(tally.total(), rows.len());
            for Group { value, count } in tally.groups() {
                let filter = Filter::default().and_exactly(&column, value.as_deref().unwrap_or(""));
                let names = Names::of([&**rows.resource()]);
                assert_eq!(
                    Filter::parse(&filter.to_string(), &names).as_ref(),
                    Ok(&filter)
                );
                let found = filter.positions(rows, 0, &facts).count();
                assert_eq!(found, count, "{filter}");
            }
        }
    }
}

#[test]
fn all_keys_of_a_person_who_left_are_a_group_marks_and_one_plan() {
    let mut desk = admin(&[Some("ben"), Some("ana"), Some("ben"), None, Some("ben")]);
    desk.press("b Enter *");
    assert_eq!(desk.model.pane().marked(), 3);
    desk.press("d");
    let Some(Dialog::Bulk(_)) = desk.model.dialogs.last() else {
        panic!("no plan but {:?}", desk.model.dialogs.last());
    };
}
