//! Many keys by one plan: what is in it, what confirms it, which row begins when, and what can be done about
//! those that did not end well.

use super::*;
use crate::app::{
    CallId,
    bulk::{Act, Bulk, News, Phase, Walk, plan::Does},
    report::{End, Report},
};

fn bulk(desk: &Desk) -> &Bulk {
    match desk.model.dialogs.last() {
        Some(Dialog::Bulk(bulk)) => bulk,
        other => panic!("no bulk but {other:?}"),
    }
}

/// A console on `count` Typesense keys, all of them marked.
fn marked(count: u64) -> Desk {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(count));
        desk.ended(call);
    }
    desk.press("*");
    desk.take();
    desk
}

fn walks(desk: &mut Desk) -> Vec<(CallId, Box<Walk>)> {
    let walks = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::Walk { call, walk, .. } => Some((call, walk)),
        _ => None,
    });
    walks.collect()
}

fn ends(desk: &mut Desk, call: CallId, walk: &Walk, end: End) {
    let report = Report {
        end,
        id: Some(walk.target.id.as_str().to_owned()),
        name: Some(walk.target.name.clone()),
        message: format!("{} {}", walk.target.name, end.word()),
        journal: None,
        partial: false,
    };
    desk.send(Msg::Walked { call, report });
}

/// The names of the keys that are walked.
fn names(walks: &[(CallId, Box<Walk>)]) -> Vec<&str> {
    walks.iter().map(|(_, walk)| &*walk.target.name).collect()
}

#[test]
fn the_number_of_keys_is_typed_before_any_is_deleted() {
    let mut desk = marked(12);
    desk.press("d");
    assert_eq!((bulk(&desk).act, bulk(&desk).sending()), (Act::Delete, 12));
    for wrong in ["Enter", "1 Enter", "3 Enter"] {
        desk.press(wrong);
        assert_eq!(walks(&mut desk).len(), 0, "{wrong}");
    }
    desk.press("Backspace Backspace");
    desk.paste("12");
    desk.press("Enter");
    assert_eq!(walks(&mut desk).len(), 0, "pasted");
    desk.press("1 2 Enter");
    let walks = walks(&mut desk);
    assert_eq!(walks.len(), 8, "so many at once");
    assert!(walks.iter().all(|(_, walk)| walk.does == Does::Delete));
}

#[test]
fn keys_typed_before_the_plan_was_drawn_confirm_nothing() {
    let mut desk = marked(1);
    desk.hurry("d 1 Enter");
    assert_eq!(walks(&mut desk).len(), 0);
    assert_eq!(bulk(&desk).phase, Phase::Plan);
}

#[test]
fn a_range_that_is_still_drawn_is_in_the_plan() {
    let mut desk = marked(5);
    desk.press("* Space");
    for (open, act) in [("g j j v j d", Act::Delete), ("g j v r", Act::Rotate)] {
        desk.press(open);
        assert_eq!(bulk(&desk).act, act);
        let rows = bulk(&desk).rows.iter();
        let names: Vec<&str> = rows.map(|row| &*row.plan.target.name).collect();
        let shown = [0, 1, 2, 3].map(|at| {
            let (_, record) = desk.model.pane().record(at).expect("a row");
            record.name().exact().to_owned()
        });
        let wanted: &[String] = match act {
            Act::Delete => &[shown[0].clone(), shown[2].clone(), shown[3].clone()],
            Act::Rotate => &shown,
        };
        assert_eq!(names, wanted);
        desk.press("Esc");
    }
}

#[test]
fn each_row_ends_with_an_outcome_and_the_next_begins() {
    let mut desk = marked(10);
    desk.press("d 1 0 Enter");
    let mut open = walks(&mut desk);
    assert_eq!(open.len(), 8);
    let mut began = open.len();
    while let Some((call, walk)) = open.pop() {
        ends(&mut desk, call, &walk, End::Done);
        let next = walks(&mut desk);
        began += next.len();
        open.extend(next);
    }
    assert_eq!(began, 10);
    assert!(!bulk(&desk).runs());
    assert_eq!(bulk(&desk).queue.counts().done, 10);
    desk.press("Esc");
    assert_eq!(desk.notice(), "10 of 10 keys deleted.");
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn no_row_begins_after_one_whose_end_is_not_known_until_somebody_says_so() {
    let mut desk = marked(10);
    desk.model.bulk.parallel = 2;
    desk.press("d 1 0 Enter");
    let open = walks(&mut desk);
    assert_eq!(open.len(), 2);
    desk.send(Msg::Walking {
        call: open[0].0,
        news: News::Doubted,
    });
    ends(&mut desk, open[1].0, &open[1].1, End::Done);
    assert_eq!(walks(&mut desk).len(), 0, "while it is looked for");
    ends(&mut desk, open[0].0, &open[0].1, End::Unknown);
    assert_eq!(walks(&mut desk).len(), 0, "after its unknown end");
    assert_eq!(bulk(&desk).queue.counts().waiting, 8);
    desk.press("g");
    assert_eq!(walks(&mut desk).len(), 2);
}

#[test]
fn the_failed_are_tried_again_and_the_others_are_not() {
    let mut desk = marked(3);
    desk.press("d 3 Enter");
    let open = walks(&mut desk);
    let end = [End::Done, End::NotDone, End::Done];
    for ((call, walk), end) in open.iter().zip(end) {
        ends(&mut desk, *call, walk, end);
    }
    desk.take();
    desk.press("r");
    let again = walks(&mut desk);
    assert_eq!(names(&again), [&*open[1].1.target.name]);
    assert!(!again[0].1.repeat);
    ends(&mut desk, again[0].0, &again[0].1, End::Done);
    assert_eq!(bulk(&desk).queue.counts().done, 3);
}

#[test]
fn what_was_done_is_marked_no_longer_and_what_was_not_still_is() {
    let mut desk = marked(3);
    desk.press("d 3 Enter");
    let open = walks(&mut desk);
    let end = [End::Done, End::NotDone, End::Unknown];
    for ((call, walk), end) in open.iter().zip(end) {
        ends(&mut desk, *call, walk, end);
    }
    assert_eq!(desk.model.pane().marked(), 2);
}

#[test]
fn an_unknown_deletion_is_looked_for_and_sent_once_more_only_where_it_is_still_there() {
    let mut desk = marked(2);
    desk.press("d 2 Enter");
    for (call, walk) in walks(&mut desk) {
        ends(&mut desk, call, &walk, End::Unknown);
    }
    desk.take();
    desk.press("r");
    assert_eq!(walks(&mut desk).len(), 0, "nobody has looked");
    desk.press("l");
    let looks = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::Look { call, .. } => Some(call),
        _ => None,
    });
    let looks: Vec<CallId> = looks.collect();
    assert_eq!(looks.len(), 2);
    desk.send(Msg::Looked {
        call: looks[0],
        sighting: Sighting::Absent,
    });
    desk.send(Msg::Looked {
        call: looks[1],
        sighting: Sighting::Same,
    });
    let counts = bulk(&desk).queue.counts();
    assert_eq!((counts.done, counts.unknown), (1, 1));
    desk.press("r");
    let again = walks(&mut desk);
    assert_eq!(again.len(), 1);
    assert!(again[0].1.repeat);
}

#[test]
fn a_pause_begins_no_row_and_esc_begins_none_any_more() {
    let mut desk = marked(10);
    desk.model.bulk.parallel = 1;
    desk.press("d 1 0 Enter");
    let first = walks(&mut desk).remove(0);
    desk.press("p");
    ends(&mut desk, first.0, &first.1, End::Done);
    assert_eq!(walks(&mut desk).len(), 0);
    desk.press("g");
    let second = walks(&mut desk).remove(0);
    desk.press("Esc");
    assert_eq!(bulk(&desk).phase, Phase::Run, "it waits for what has begun");
    ends(&mut desk, second.0, &second.1, End::Done);
    assert_eq!(walks(&mut desk).len(), 0);
    desk.press("Esc");
    assert_eq!(desk.notice(), "2 of 10 keys deleted · 8 untouched.");
}

#[test]
fn more_keys_than_one_run_may_have_are_refused() {
    let mut desk = marked(101);
    desk.press("d");
    assert!(desk.model.dialogs.is_empty());
    assert!(
        desk.notice().starts_with("101 keys are more than the 100"),
        "{}",
        desk.notice()
    );
}

#[test]
fn what_may_not_be_done_is_in_the_plan_with_its_reason_and_is_left_out() {
    let mut desk = Desk::new(vec![context("dev", "typesense"), {
        let mut prod = context("prod", "typesense");
        prod.write = Write::Never;
        prod
    }]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(1));
        desk.send(Msg::Listed {
            call,
            result: Ok(ListEnd::default()),
        });
    }
    desk.press("* d");
    let rows = &bulk(&desk).rows;
    assert_eq!((rows.len(), bulk(&desk).sending()), (2, 1));
    let refused = rows
        .iter()
        .find(|row| row.plan.does == Does::Refuse)
        .unwrap();
    assert_eq!(&*refused.plan.context, "prod");
    assert!(!refused.plan.reasons.is_empty());
    desk.press("1 Enter");
    assert_eq!(walks(&mut desk).len(), 1);
}

#[test]
fn the_key_that_signs_in_is_left_out_of_the_plan() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(2));
        let own = KeyId::new("1", query.resource.id_kind()).ok();
        let end = ListEnd {
            own,
            ..ListEnd::default()
        };
        desk.send(Msg::Listed {
            call,
            result: Ok(end),
        });
    }
    desk.press("* d");
    let own = bulk(&desk).rows.iter().find(|row| row.plan.own).unwrap();
    assert_eq!(own.plan.does, Does::Refuse);
    assert!(own.plan.reasons[0].contains("signs in with it"));
}

#[test]
fn the_key_that_signs_in_is_left_out_while_its_list_is_still_read() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let mut first = None;
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(2));
        let own = KeyId::new("1", query.resource.id_kind()).ok();
        let progress = crate::api::Progress {
            rows: crate::record::Rows::new(query.resource.clone()),
            page: 1,
            pages: Some(9),
            total: None,
            own,
        };
        desk.send(Msg::Rows { call, progress });
        first = first.or(Some(call));
    }
    desk.press("* d");
    let own = bulk(&desk).rows.iter().find(|row| row.plan.own).unwrap();
    assert_eq!(own.plan.does, Does::Refuse);
    // One that breaks off has shown it all the same.
    desk.press("Esc");
    desk.send(Msg::Listed {
        call: first.unwrap(),
        result: Err(crate::api::ApiError::Lost("silence".to_owned())),
    });
    desk.press("d");
    assert!(bulk(&desk).rows.iter().any(|row| row.plan.own));
}

#[test]
fn rotating_asks_where_the_secrets_go_before_the_plan() {
    let mut desk = marked(2);
    desk.press("r");
    assert_eq!(bulk(&desk).phase, Phase::Destination);
    desk.press("Enter");
    assert_eq!(bulk(&desk).phase, Phase::Typing);
    desk.type_text("env:keys.env:{name}");
    desk.press("Enter");
    let checks = desk.take();
    let [Effect::CheckSinks { call, sink, keys }] = &*checks else {
        panic!("{checks:?}")
    };
    assert_eq!((&**sink, keys.len()), ("env:keys.env:{name}", 2));
    desk.send(Msg::SinkChecked {
        call: *call,
        result: Err("There is no such folder.".to_owned()),
    });
    assert_eq!(bulk(&desk).input.value(), "env:keys.env:{name}");
    desk.press("Enter");
    let call = desk.take().into_iter().find_map(|effect| match effect {
        Effect::CheckSinks { call, .. } => Some(call),
        _ => None,
    });
    desk.send(Msg::SinkChecked {
        call: call.unwrap(),
        result: Ok(()),
    });
    desk.press("2 Enter");
    let walks = walks(&mut desk);
    assert_eq!(walks.len(), 2);
    assert!(
        walks
            .iter()
            .all(|(_, walk)| walk.sink.as_deref() == Some("env:keys.env:{name}"))
    );
}

#[test]
fn keys_that_can_go_two_ways_are_asked_about_and_twins_have_different_names() {
    let mut desk = Desk::of("runai");
    desk.press("* r");
    assert_eq!(bulk(&desk).phase, Phase::Way);
    desk.press("Enter");
    let twins: Vec<_> = bulk(&desk)
        .rows
        .iter()
        .filter_map(|row| match &row.plan.does {
            Does::Rotate { twin, .. } => twin.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(twins, ["ci-deploy-2", "nightly-2", "old-laptop-2"]);
}

#[test]
fn a_secret_on_its_way_is_handed_over_should_the_console_be_ended() {
    let mut desk = marked(1);
    desk.press("d 1 Enter");
    let (call, _) = walks(&mut desk).remove(0);
    let entry: crate::journal::EntryId = "1jqfy5dbsatfq".parse().unwrap();
    desk.send(Msg::Walking {
        call,
        news: News::Made {
            label: "the new secret of x".to_owned(),
            entry: Some(entry),
            secret: crate::secret::Secret::new(zeroize::Zeroizing::new("s3cret".to_owned())),
        },
    });
    let held = crate::app::held::secrets(&desk.model);
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].entry, Some(entry), "its rotation goes on with it");
    desk.send(Msg::Walking {
        call,
        news: News::Stored,
    });
    assert_eq!(crate::app::held::secrets(&desk.model).len(), 0);
}

#[test]
fn a_secret_that_its_destination_did_not_take_waits_for_its_operator() {
    let mut desk = marked(1);
    desk.press("d 1 Enter");
    let (call, walk) = walks(&mut desk).remove(0);
    let secret = crate::secret::Secret::new(zeroize::Zeroizing::new("s3cret".to_owned()));
    let fingerprint = secret.fingerprint();
    desk.send(Msg::Walking {
        call,
        news: News::Made {
            label: "the new secret of x".to_owned(),
            entry: None,
            secret,
        },
    });
    ends(&mut desk, call, &walk, End::Done);
    let reads = |effect: &Effect| matches!(effect, Effect::ReadJournal { show: false });
    assert!(desk.take().iter().any(reads), "its rotation goes on");
    let waits: Vec<_> = desk.model.tray.iter().collect();
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].secret.fingerprint(), fingerprint);
    assert_eq!(waits[0].name, walk.target.name);
    desk.press("Esc");
    assert_eq!(desk.model.tray.len(), 1, "no stray key drops it");
}

#[test]
fn the_plan_and_the_outcome_are_saved_as_csv_or_json() {
    let mut desk = marked(2);
    desk.press("d e");
    assert_eq!(
        bulk(&desk).input.value(),
        "keyrack-plan-20261120140320.csv".replace("140320", &digits(&desk))
    );
    desk.press("Enter");
    let saved = desk.take();
    let [Effect::SaveText { call, text, .. }] = &*saved else {
        panic!("{saved:?}")
    };
    assert!(
        text.starts_with("context,resource,id,name,action"),
        "{text}"
    );
    desk.send(Msg::Saved {
        call: *call,
        result: Ok("plan.csv".to_owned()),
    });
    assert_eq!(bulk(&desk).problem.as_deref(), Some("Saved as plan.csv."));
    desk.press("2 Enter");
    for (call, walk) in walks(&mut desk) {
        ends(&mut desk, call, &walk, End::Done);
    }
    desk.take();
    desk.press("e ctrl-u");
    desk.type_text("out.json");
    desk.press("Enter");
    let saved = desk.take();
    let [Effect::SaveText { text, .. }] = &*saved else {
        panic!("{saved:?}")
    };
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(json["items"][0]["outcome"], "done");
}

#[test]
fn the_outcome_leaves_out_no_key_of_the_plan() {
    let mut desk = marked(3);
    desk.model.bulk.parallel = 1;
    desk.press("d 3 Enter");
    let (call, walk) = walks(&mut desk).remove(0);
    ends(&mut desk, call, &walk, End::Unknown);
    desk.take();
    desk.press("e ctrl-u");
    desk.type_text("out.json");
    desk.press("Enter");
    let saved = desk.take();
    let [Effect::SaveText { text, .. }] = &*saved else {
        panic!("{saved:?}")
    };
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let items = json["items"].as_array().unwrap();
    let told = items
        .iter()
        .map(|item| (&item["outcome"], &item["message"]));
    let told: Vec<_> = told.skip(1).collect();
    assert_eq!(told, [(&"not_done".into(), &"untouched".into()); 2]);
}

/// The time of day as the name of a file has it.
fn digits(desk: &Desk) -> String {
    let time = desk.model.now.rfc3339();
    time[11..19].replace(':', "")
}

#[test]
fn another_try_does_not_go_on_past_a_key_without_a_known_end() {
    let mut desk = marked(4);
    desk.model.bulk.parallel = 2;
    desk.press("d 4 Enter");
    let open = walks(&mut desk);
    ends(&mut desk, open[0].0, &open[0].1, End::Unknown);
    ends(&mut desk, open[1].0, &open[1].1, End::NotDone);
    desk.press("r");
    assert_eq!(walks(&mut desk).len(), 0);
    desk.press("g");
    assert_eq!(walks(&mut desk).len(), 2);
}
