//! The view of the keys' health: what it asks for, what it counts, and where its keys lead.

use super::*;
use crate::app::{
    filter_line,
    health::view::{self, Health, Page},
};

fn health(desk: &Desk) -> &Health {
    match desk.model.dialogs.last() {
        Some(Dialog::Health(health)) => health,
        other => panic!("no view but {other:?}"),
    }
}

/// Names and numbers of keys of the findings.
fn lines(desk: &Desk) -> Vec<(&'static str, Tab, usize)> {
    let lines = health(desk).sums.lines.iter();
    lines
        .map(|line| (line.rule.id(), line.tab, line.keys))
        .collect()
}

fn filter(desk: &Desk) -> &str {
    desk.model.pane().filter.input.value()
}

/// The view with the cursor on this rule.
fn on(desk: &mut Desk, rule: &str) {
    let at = lines(desk).iter().position(|line| line.0 == rule).unwrap();
    desk.press("g");
    desk.press(&"j ".repeat(at));
}

#[test]
fn it_asks_for_the_lists_that_were_not_read_and_counts_each_when_it_ends() {
    let mut desk = Desk::new(vec![context("dev", "chutes"), context("prod", "runai")]);
    desk.answer();
    desk.press("h");
    let mut lists = desk.lists();
    let asked: Vec<&str> = lists.iter().map(|(_, query)| &*query.resource.id).collect();
    assert_eq!(asked, ["secrets", "access-keys", "administration"]);
    assert_eq!(desk.model.active, Tab::ApiKeys, "the tab in front stays");
    let far = view::progress(&desk.model);
    assert_eq!((far.lists, far.whole, far.coming), (4, 1, 3));
    assert_eq!(health(&desk).sums.keys, 3);
    let before = lines(&desk);
    let (call, query) = lists.remove(1);
    desk.rows(call, &query, &sample(&query.resource));
    assert_eq!(lines(&desk), before, "half a list says nothing yet");
    desk.ended(call);
    assert!(lines(&desk).contains(&("idle", Tab::AccessKeys, 1)));
    assert_eq!(health(&desk).sums.keys, 6);
    let refusal = refused(403, Meaning::Forbidden, "", &[]);
    desk.failed(lists[1].0, refusal);
    let far = view::progress(&desk.model);
    assert_eq!((far.coming, far.partial), (1, 1));
}

#[test]
fn a_list_that_is_read_again_is_counted_once() {
    let mut desk = Desk::of("runai");
    desk.press("h");
    desk.answer();
    let before = lines(&desk);
    assert!(!before.is_empty());
    desk.press("ctrl-r");
    desk.answer();
    assert_eq!(lines(&desk), before);
    assert_eq!(health(&desk).sums.keys, 5);
}

#[test]
fn enter_on_a_rule_filters_its_pane_to_the_keys() {
    let mut desk = Desk::of("runai");
    desk.press("h");
    desk.answer();
    on(&mut desk, "idle");
    desk.press("Enter");
    assert!(desk.model.dialogs.is_empty());
    assert_eq!(desk.model.active, Tab::AccessKeys);
    assert_eq!(filter(&desk), "used>90d");
    assert_eq!(desk.model.pane().view.len(), 1);
    assert_eq!(desk.selected(), "nightly");
}

#[test]
fn keys_that_no_filter_finds_are_shown_and_gone_to() {
    let mut desk = Desk::of("chutes");
    filter_line::set(&mut desk.model, "reader");
    desk.press("h");
    desk.answer();
    on(&mut desk, "look-alike-name");
    desk.press("Enter");
    let keys = health(&desk).keys.as_ref().unwrap();
    let names: Vec<&str> = keys.all.iter().map(|key| &*key.name).collect();
    assert_eq!(names, ["prod-admin", "рrod-admin"]);
    desk.press("Esc");
    assert!(health(&desk).keys.is_none(), "one layer");
    desk.press("Enter j Enter");
    assert!(desk.model.dialogs.is_empty());
    assert_eq!(filter(&desk), "", "a filter would hide it");
    assert_eq!(desk.selected(), "рrod-admin");
}

#[test]
fn its_pages_go_round_and_every_way_out_closes_it() {
    let mut desk = Desk::of("chutes");
    for out in ["Esc", "q", "h"] {
        desk.press("h");
        assert_eq!(health(&desk).page, Page::Findings);
        desk.press("Right Tab");
        assert_eq!(health(&desk).page, Page::Use);
        desk.press("Left Left Left");
        assert_eq!(health(&desk).page, Page::Owners);
        desk.press("Tab");
        assert_eq!(health(&desk).page, Page::Findings);
        desk.press(out);
        assert!(desk.model.dialogs.is_empty(), "{out}");
        assert!(desk.take().iter().all(|it| !matches!(it, Effect::Quit)));
    }
}

#[test]
fn the_cursor_stays_on_the_screen_and_charts_scroll_to_their_end() {
    let mut desk = Desk::new(vec![context("dev", "chutes"), context("prod", "runai")]);
    desk.answer();
    desk.send(Msg::Resize(40, 10));
    desk.press("h");
    desk.answer();
    desk.press("G");
    let room = view::room(10, Page::Findings);
    let view = health(&desk);
    assert_eq!(view.at + 1, view.sums.lines.len());
    assert_eq!(view.top + room, view.sums.lines.len());
    desk.press("Right G");
    assert_eq!(health(&desk).top + room, health(&desk).lines());
    desk.press("g");
    assert_eq!(health(&desk).top, 0);
}

#[test]
fn the_policy_of_the_config_decides_what_is_found() {
    let mut desk = Desk::of("runai");
    desk.model.policy.idle = 1;
    desk.press("h");
    desk.answer();
    on(&mut desk, "idle");
    let line = health(&desk).sums.lines[health(&desk).at];
    assert_eq!(line.keys, 2);
    desk.press("Enter");
    assert!(
        health(&desk).keys.is_some(),
        "a microsecond is no word of the filter language"
    );
}
