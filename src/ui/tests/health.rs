//! The view of the keys' health, page by page.

use super::*;
use crate::app::{Effect, health::view::Page};

/// Two backends, of which one tells when its keys are used and the other when they end.
fn opened() -> Desk {
    let mut desk = Desk::new(vec![
        context("search", "typesense"),
        context("prod", "runai"),
    ]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(40));
        desk.ended(call);
    }
    desk.press("h");
    desk.answer();
    desk
}

#[test]
fn findings_stand_by_rule_with_what_to_do() {
    shows!("health_findings", opened());
}

#[test]
fn a_chart_has_its_numbers_beside_its_bars() {
    let mut desk = opened();
    for page in Page::ALL.iter().skip(1) {
        desk.press("Tab");
        let text = screen(&mut desk, (80, 24), &Look::default());
        insta::assert_snapshot!(format!("health_{}", page.title().to_lowercase()), text);
    }
}

#[test]
fn charts_say_the_same_without_colour_and_in_ascii() {
    let plain = Look {
        ascii: true,
        colour: false,
        ..Look::default()
    };
    let mut desk = opened();
    desk.press("Tab Tab");
    let text = screen(&mut desk, (80, 24), &plain);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("health_use_plain", text);
    desk.press("Tab");
    let text = screen(&mut desk, (40, 10), &plain);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("health_expiry_plain_narrow", text);
}

#[test]
fn a_list_that_comes_or_failed_is_said() {
    let mut desk = Desk::new(vec![context("prod", "runai")]);
    desk.press("h");
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("0 keys · reading, 0 of 2 lists"), "{text}");
    assert!(text.contains("Nothing found so far."), "{text}");
    for (call, _) in desk.lists() {
        desk.failed(call, refused(503, Meaning::Unavailable, "", &[]));
    }
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("2 lists · ▲ 2 not whole"), "{text}");
    assert!(
        text.contains("Nothing found in the lists that came."),
        "{text}"
    );
}

#[test]
fn keys_behind_a_finding_are_shown_with_their_ids() {
    let mut desk = Desk::of("chutes");
    desk.press("h");
    desk.answer();
    desk.press("j Enter");
    shows!("health_keys", desk);
}

#[test]
fn what_is_new_since_the_last_visit_is_marked_and_counted() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    desk.send(Msg::Visited(crate::app::visit::Visit::default()));
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(3));
    desk.ended(call);
    let kept = desk.take().into_iter().find_map(|effect| match effect {
        Effect::KeepSeen(seen) => Some(*seen),
        _ => None,
    });
    let mut visit = crate::app::visit::Visit::default();
    visit.keep(kept.unwrap());
    desk.wait(6 * 86_400_000);
    desk.press("ctrl-r");
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(5));
    desk.ended(call);
    desk.send(Msg::Visited(visit));
    shows!("new", desk);
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("2 new since 2026-11-20 14:03"), "{text}");
}

#[test]
fn the_number_of_keys_is_never_cut() {
    let mut desk = Desk::new(vec![context("search", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(30_000));
    desk.ended(call);
    desk.press("h G");
    for (size, number) in [((80, 24), " 30,000 keys"), ((40, 10), " 30,000")] {
        let text = screen(&mut desk, size, &Look::default());
        let line = text.lines().find(|line| line.contains("use not recorded"));
        assert!(line.is_some_and(|line| line.contains(number)), "{text}");
    }
}
