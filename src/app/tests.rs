//! What follows from which key: the console is driven by keys and answers, and asked what it wants.

use std::collections::BTreeMap;

use super::{
    Effect, Light, Msg,
    dialog::Dialog,
    fixture::{Desk, context, many, refused, sample, typesense},
    form::editor::Editor,
    gate::Write,
    pane::Load,
    reveal::Receipt,
};
use crate::{
    api::{ApiError, FieldValue, Outcome},
    manifest::{Meaning, Tab, Verb},
    record::Moment,
};

/// The dialog in front is a question; `true` when its button has the cursor.
fn asked(desk: &Desk) -> bool {
    match desk.model.dialogs.last() {
        Some(Dialog::Confirm(confirm)) => confirm.on_yes,
        other => panic!("no question but {other:?}"),
    }
}

fn form(desk: &Desk) -> &super::form::Form {
    match desk.model.dialogs.last() {
        Some(Dialog::Form(form)) => form,
        other => panic!("no form but {other:?}"),
    }
}

/// What is wrong with a field of the form in front.
fn error<'a>(desk: &'a Desk, key: &str) -> &'a str {
    let entry = form(desk).entries.iter().find(|entry| entry.key == key);
    entry.unwrap().error.as_deref().unwrap_or("")
}

/// The values that are not secret.
fn plain(values: &BTreeMap<String, FieldValue>) -> Vec<(&str, serde_json::Value)> {
    let values = values.iter().filter_map(|(key, value)| match value {
        FieldValue::Plain(value) => Some((key.as_str(), value.clone())),
        FieldValue::Secret(_) => None,
    });
    values.collect()
}

/// The titles of what is in front of the table.
fn problem(desk: &Desk) -> &super::dialog::Problem {
    match desk.model.dialogs.last() {
        Some(Dialog::Problem(problem)) => problem,
        other => panic!("no problem but {other:?}"),
    }
}

/// A console in which a new secret waits.
fn with_secret() -> Desk {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    desk.type_text("search");
    desk.press("Tab");
    desk.type_text("documents:search");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("a-new-secret"));
    desk.take();
    desk
}

fn copied(delivered: bool) -> Msg {
    Msg::Copied(Receipt {
        delivered,
        words: "copied to the clipboard (X11)".to_owned(),
        secret: true,
    })
}

mod deleting {
    use super::*;

    #[test]
    fn asks_with_cancel_in_front() {
        let mut desk = Desk::of("typesense");
        desk.press("j d");
        assert!(!asked(&desk));
        desk.press("Enter");
        assert!(desk.model.dialogs.is_empty());
        assert!(desk.writes().is_empty());
        assert_eq!(desk.notice(), "Cancelled: nothing was sent.");
    }

    #[test]
    fn sends_exactly_the_key_that_was_asked_about() {
        let mut desk = Desk::of("typesense");
        desk.press("j d Tab Enter");
        let (_, change) = desk.write();
        assert_eq!(change.verb, Verb::Delete);
        assert_eq!(change.target.unwrap().id.as_str(), "1");
    }

    #[test]
    fn is_not_answered_by_keys_typed_before_the_question_was_drawn() {
        let mut desk = Desk::of("typesense");
        desk.press("j");
        desk.hurry("d Tab Enter Enter y Esc");
        assert!(!asked(&desk), "the question is still open, on Cancel");
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn is_not_answered_within_150_milliseconds_of_the_first_drawing() {
        let mut desk = Desk::of("typesense");
        desk.press("j d");
        desk.send(Msg::Drawn);
        desk.wait(149);
        desk.send(Msg::Drawn);
        desk.hurry("Tab Enter");
        assert!(!asked(&desk));
        desk.wait(1);
        desk.hurry("Tab");
        assert!(asked(&desk));
        desk.hurry("Enter");
        assert_eq!(desk.writes().len(), 1);
    }

    #[test]
    fn a_broad_key_needs_its_name_typed() {
        let mut desk = Desk::of("typesense");
        desk.press("d Tab Enter");
        assert!(desk.writes().is_empty(), "key 0 may do everything");
        desk.press("d");
        desk.type_text("key 1");
        desk.press("Tab Enter");
        assert!(desk.writes().is_empty(), "the wrong name");
        desk.press("d");
        desk.type_text("key 0");
        desk.press("Tab Enter");
        assert_eq!(desk.writes().len(), 1);
    }

    #[test]
    fn a_pasted_name_confirms_nothing() {
        let mut desk = Desk::of("typesense");
        desk.press("d");
        desk.paste("key 0");
        desk.press("Tab Enter");
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn a_production_context_needs_the_name_typed() {
        let mut prod = context("prod", "typesense");
        prod.production = true;
        let mut desk = Desk::new(vec![prod]);
        desk.answer();
        desk.press("j d Tab Enter");
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn a_refusal_says_what_happened_why_and_what_to_do() {
        let mut desk = Desk::of("typesense");
        desk.press("j d Tab Enter");
        let (call, _) = desk.write();
        let error = refused(403, Meaning::Forbidden, "not yours", &[]);
        desk.send(Msg::Sent {
            call,
            outcome: Outcome::NotDone(error),
        });
        let problem = problem(&desk);
        assert_eq!(problem.title, "The API key “key 1” in dev was not deleted");
        assert!(problem.lines[0].contains("not yours"));
        assert!(problem.lines[1].contains("permission"));
    }

    #[test]
    fn an_unknown_outcome_is_read_again_and_never_sent_again() {
        let mut desk = Desk::of("typesense");
        desk.press("j d Tab Enter");
        let (call, _) = desk.write();
        desk.send(Msg::Sent {
            call,
            outcome: Outcome::Unknown(ApiError::Lost("no answer within 60 s".to_owned())),
        });
        assert!(problem(&desk).title.ends_with("unknown"));
        let effects = desk.take();
        assert!(effects.iter().any(|it| matches!(it, Effect::List { .. })));
        assert!(!effects.iter().any(|it| matches!(it, Effect::Send { .. })));
        desk.press("Esc ctrl-r");
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn an_answer_that_came_twice_is_told_once() {
        let mut desk = Desk::of("typesense");
        desk.press("j d Tab Enter");
        let (call, change) = desk.write();
        desk.done(call, &change, None, None);
        desk.press("j");
        desk.done(call, &change, None, None);
        assert_eq!(desk.notice(), "");
    }
}

mod lists {
    use super::*;

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
        let banners = super::super::screen::banners(&desk.model);
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
        let mut desk = with_secret();
        let mut desk2 = Desk::of("typesense");
        desk2.press("n");
        desk2.type_text("search");
        desk2.press("Tab");
        desk2.type_text("documents:search");
        desk2.press("ctrl-s");
        let (call, change) = desk2.write();
        desk2.done(call, &change, Some("9"), Some("a-new-secret"));
        let (call, query) = desk2.lists().remove(0);
        desk2.rows(call, &query, &many(12));
        desk2.ended(call);
        assert_eq!(desk2.selected(), "key 9");
        desk.press("Enter");
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
}

mod filters {
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
}

mod forms {
    use super::*;

    #[test]
    fn nothing_is_sent_while_a_field_is_wrong() {
        let mut desk = Desk::of("typesense");
        desk.press("n ctrl-s");
        assert_eq!(error(&desk, "description"), "This is needed.");
        assert_eq!(error(&desk, "actions"), "This is needed.");
        assert!(desk.writes().is_empty());
        desk.type_text("search");
        assert_eq!(error(&desk, "description"), "");
    }

    #[test]
    fn a_name_that_is_taken_is_not_sent() {
        let mut desk = Desk::of("runai");
        desk.press("n");
        desk.type_text("nightly");
        desk.press("ctrl-s");
        assert_eq!(error(&desk, "name"), "This name is taken: choose another.");
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn a_name_that_the_service_would_refuse_is_not_sent() {
        let mut desk = Desk::of("runai");
        desk.press("n");
        desk.type_text("Not Good");
        desk.press("ctrl-s");
        assert!(error(&desk, "name").starts_with("The service would refuse this."));
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn a_refusal_reaches_the_fields_and_keeps_what_was_typed() {
        let mut desk = Desk::of("chutes");
        desk.press("n");
        desk.type_text("fresh");
        desk.press("ctrl-s");
        let (call, change) = desk.write();
        assert_eq!(plain(&change.values)[1].1, "fresh");
        desk.press("x Esc");
        assert!(
            form(&desk).sending.is_some(),
            "locked until the answer is here"
        );
        let outcome = Outcome::NotDone(refused(
            422,
            Meaning::Invalid,
            "",
            &[("name", "no such letters")],
        ));
        desk.send(Msg::Sent { call, outcome });
        assert_eq!(error(&desk, "name"), "no such letters");
        assert!(
            matches!(&form(&desk).entries[0].editor, Editor::Line(input) if input.value() == "fresh")
        );
        desk.press("ctrl-s");
        assert_eq!(desk.writes().len(), 1);
    }

    #[test]
    fn an_unknown_outcome_unlocks_the_form_and_sends_nothing() {
        let mut desk = Desk::of("chutes");
        desk.press("n");
        desk.type_text("fresh");
        desk.press("ctrl-s");
        let (call, _) = desk.write();
        let outcome = Outcome::Unknown(ApiError::Lost("no answer".to_owned()));
        desk.send(Msg::Sent { call, outcome });
        assert!(desk.writes().is_empty());
        desk.press("Esc");
        assert!(form(&desk).sending.is_none());
    }

    #[test]
    fn what_was_typed_is_dropped_only_after_a_question() {
        let mut desk = Desk::of("chutes");
        desk.press("n Esc");
        assert!(desk.model.dialogs.is_empty(), "nothing was typed");
        desk.press("n");
        desk.type_text("x");
        desk.press("Esc Enter");
        assert!(
            matches!(&form(&desk).entries[0].editor, Editor::Line(input) if input.value() == "x")
        );
        desk.press("Esc Tab Enter");
        assert!(desk.model.dialogs.is_empty());
    }

    #[test]
    fn pasted_lines_do_not_send_a_form() {
        let mut desk = Desk::of("chutes");
        desk.press("n");
        desk.paste("one\ntwo\n");
        assert!(desk.writes().is_empty());
        assert!(
            matches!(&form(&desk).entries[0].editor, Editor::Line(input) if input.value() == "one")
        );
    }

    #[test]
    fn completion_takes_the_rest_of_the_word() {
        let mut desk = Desk::of("typesense");
        desk.press("n Tab");
        desk.type_text("documents:search, doc");
        desk.press("Right");
        assert!(matches!(&form(&desk).entries[1].editor,
            Editor::Line(input) if input.value() == "documents:search, documents:search"));
    }

    #[test]
    fn a_clone_starts_as_a_copy_without_the_secret() {
        let mut desk = Desk::of("typesense");
        desk.press("j C");
        let entries = &form(&desk).entries;
        assert!(matches!(&entries[0].editor, Editor::Line(input) if input.value() == "key 1"));
        assert!(
            entries
                .iter()
                .any(|entry| matches!(&entry.editor, Editor::Secret(it) if it.text.is_empty()))
        );
    }

    #[test]
    fn an_edit_sends_only_what_changed_and_nothing_when_nothing_did() {
        let mut desk = djinn();
        desk.press("e ctrl-s");
        assert!(desk.writes().is_empty());
        assert_eq!(desk.notice(), "Nothing was changed, so nothing was sent.");
        desk.press("e");
        assert!(
            form(&desk)
                .entries
                .iter()
                .filter(|entry| entry.locked.is_some())
                .count()
                >= 2
        );
        desk.type_text(" more");
        desk.press("ctrl-s");
        let (_, change) = desk.write();
        assert_eq!(
            plain(&change.values),
            [("config", "Host a\n  User b more".into())]
        );
    }

    fn djinn() -> Desk {
        let mut desk = Desk::new(vec![context("ci", "djinn")]);
        desk.press("2");
        let (call, query) = desk.lists().remove(0);
        let rows = serde_json::json!([{ "id": 5, "name": "deploy", "namespace": { "path": "n" },
            "config": "Host a\n  User b", "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z" }]);
        desk.rows(call, &query, &rows);
        desk.ended(call);
        desk
    }
}

mod secrets {
    use super::*;

    #[test]
    fn no_stray_key_resize_refresh_or_paste_dismisses_a_new_secret() {
        let mut desk = with_secret();
        desk.press("j k d n q Esc Esc x Space Tab 1 2 ctrl-r ctrl-d : ? /");
        desk.send(Msg::Resize(40, 10));
        desk.send(Msg::Focus(false));
        desk.send(Msg::Suspend);
        desk.paste("Enter");
        assert_eq!(desk.model.tray.len(), 1);
        assert!(desk.writes().is_empty());
    }

    #[test]
    fn quit_only_asks_while_a_secret_waits() {
        let mut desk = with_secret();
        for keys in ["ctrl-c", "ctrl-c", "q"] {
            desk.press(keys);
            assert!(
                !desk.take().iter().any(|it| matches!(it, Effect::Quit)),
                "{keys}"
            );
        }
        assert_eq!(desk.model.tray[0].asking, Some(false));
    }

    #[test]
    fn closing_it_uncopied_asks_and_only_discard_closes() {
        let mut desk = with_secret();
        desk.press("Enter");
        assert_eq!(desk.model.tray[0].asking, Some(false));
        desk.press("Enter");
        assert_eq!(
            (desk.model.tray.len(), desk.model.tray[0].asking),
            (1, None)
        );
        desk.press("Esc Right Enter");
        assert!(desk.model.tray.is_empty());
    }

    #[test]
    fn a_copied_secret_closes_and_is_painted_over() {
        let mut desk = with_secret();
        desk.press("y");
        assert!(matches!(desk.take().as_slice(), [Effect::CopySecret]));
        desk.send(copied(true));
        assert_eq!(desk.model.tray.len(), 1, "a copy alone closes nothing");
        desk.press("Enter");
        assert!(desk.model.tray.is_empty());
        assert!(desk.take().iter().any(|it| matches!(it, Effect::Repaint)));
    }

    #[test]
    fn a_failed_copy_is_no_delivery() {
        let mut desk = with_secret();
        desk.press("y");
        desk.send(copied(false));
        desk.press("Esc");
        assert_eq!(desk.model.tray[0].asking, Some(false));
    }

    #[test]
    fn it_is_masked_until_asked_for_and_again_when_the_focus_goes() {
        let mut desk = with_secret();
        assert!(!desk.model.tray[0].shown);
        desk.press("v");
        assert!(desk.model.tray[0].shown);
        desk.take();
        desk.send(Msg::Focus(false));
        assert!(!desk.model.tray[0].shown);
        assert!(matches!(desk.take().as_slice(), [Effect::Repaint]));
    }

    #[test]
    fn a_second_secret_waits_behind_the_first() {
        let mut desk = with_secret();
        let mut other = with_secret();
        let second = other.model.tray.pop_front().unwrap();
        desk.model.tray.push_back(second);
        desk.press("v Enter");
        assert_eq!(desk.model.tray.len(), 1);
    }

    #[test]
    fn the_client_id_comes_from_the_row_that_was_asked_about() {
        let mut desk = Desk::of("runai");
        desk.press("r");
        desk.type_text("ci-deploy");
        desk.press("Tab Enter");
        let (call, change) = desk.write();
        assert_eq!(change.verb, Verb::Rotate);
        desk.done(call, &change, None, Some("fresh"));
        assert_eq!(
            desk.model.tray[0].client_id.as_deref(),
            Some("cid-ci-deploy")
        );
        assert_eq!(desk.model.tray[0].id.as_deref(), Some("41"));
    }
}

mod gate {
    use super::*;

    fn guarded(write: Write) -> Desk {
        let mut dev = context("dev", "typesense");
        dev.write = write;
        let mut desk = Desk::new(vec![dev]);
        desk.answer();
        desk
    }

    #[test]
    fn a_read_only_context_opens_no_form_and_no_question() {
        let mut desk = guarded(Write::Never);
        for keys in ["n", "j d", "C", "A"] {
            desk.press(keys);
            assert!(desk.model.dialogs.is_empty(), "{keys}");
            assert!(
                desk.notice().contains("read-only"),
                "{keys}: {}",
                desk.notice()
            );
        }
    }

    #[test]
    fn arming_lasts_ten_minutes_and_not_a_moment_longer() {
        let mut desk = guarded(Write::Arm);
        desk.press("j d");
        assert!(desk.notice().contains("press A"), "{}", desk.notice());
        desk.press("A");
        let until = desk.model.contexts[0].armed_until.unwrap();
        assert!(
            desk.take()
                .iter()
                .any(|it| matches!(it, Effect::DisarmAt(at) if *at == until))
        );
        desk.press("d Tab");
        desk.model.now = until;
        desk.hurry("Enter");
        assert!(desk.writes().is_empty(), "armed no more when it was sent");
        assert!(
            desk.notice().contains("Nothing was sent"),
            "{}",
            desk.notice()
        );
    }

    #[test]
    fn an_armed_context_may_write() {
        let mut desk = guarded(Write::Arm);
        desk.press("A j d Tab Enter");
        assert_eq!(desk.writes().len(), 1);
        desk.model.now = Moment::from_micros(desk.model.contexts[0].armed_until.unwrap().micros());
        desk.send(Msg::Disarm);
        assert_eq!(desk.model.contexts[0].armed_until, None);
    }

    #[test]
    fn an_action_that_a_service_does_not_have_says_so() {
        let mut desk = Desk::of("chutes");
        desk.press("e");
        assert_eq!(
            desk.notice(),
            "Chutes cannot change an API key: delete it and make a new one."
        );
    }
}

mod leaving {
    use super::*;

    #[test]
    fn quit_leaves_at_once_when_nothing_is_on_its_way() {
        let mut desk = Desk::of("typesense");
        desk.press("q");
        assert!(matches!(desk.take().as_slice(), [Effect::Quit]));
    }

    #[test]
    fn quit_asks_while_a_write_is_on_its_way() {
        let mut desk = Desk::of("typesense");
        desk.press("j d Tab Enter");
        desk.take();
        desk.press("q");
        assert!(!asked(&desk));
        assert!(desk.take().is_empty());
        desk.press("Enter");
        assert!(desk.model.dialogs.is_empty(), "Cancel");
        desk.press("ctrl-c Tab Enter");
        assert!(matches!(desk.take().as_slice(), [Effect::Quit]));
    }

    #[test]
    fn esc_closes_exactly_one_layer() {
        let mut desk = Desk::of("typesense");
        desk.press("/");
        desk.type_text("key");
        desk.press("Enter Enter Esc");
        assert!(desk.model.dialogs.is_empty());
        assert!(desk.model.pane().filter.filter.is_some());
        desk.press("Esc");
        assert!(desk.model.pane().filter.filter.is_none());
        desk.press("Esc");
        assert!(!desk.take().iter().any(|it| matches!(it, Effect::Quit)));
    }
}

mod choosing {
    use super::*;

    #[test]
    fn the_palette_lists_what_cannot_be_done_and_says_why() {
        let mut desk = Desk::of("chutes");
        desk.press(":");
        desk.type_text("regenerate an");
        desk.press("Enter");
        assert!(
            desk.notice()
                .starts_with("Chutes cannot regenerate an API key")
        );
        assert_eq!(desk.model.dialogs.len(), 1);
    }

    #[test]
    fn one_context_is_shown_by_enter_and_several_by_marks() {
        let mut desk = Desk::new(vec![context("a", "typesense"), context("b", "typesense")]);
        desk.answer();
        desk.press("c Space Enter");
        let chosen: Vec<bool> = desk.model.contexts.iter().map(|it| it.chosen).collect();
        assert_eq!(chosen, [true, false]);
        assert_eq!(desk.model.pane().total(), 3);
        desk.press("c a Enter");
        assert!(desk.model.contexts.iter().all(|it| it.chosen));
    }

    #[test]
    fn sorting_by_the_same_column_again_turns_it_around() {
        let mut desk = Desk::of("typesense");
        desk.press("j o Enter");
        assert_eq!(desk.selected(), "key 1", "the cursor stays on its key");
        desk.press("o Enter g");
        assert_eq!(desk.selected(), "key 2");
        desk.press("O g");
        assert_eq!(desk.selected(), "key 0");
    }

    #[test]
    fn details_read_the_key_anew_and_keep_what_the_list_said_when_that_fails() {
        let mut desk = Desk::of("typesense");
        desk.press("j Enter");
        let call = desk.take().into_iter().find_map(|effect| match effect {
            Effect::Get { call, id, .. } => {
                assert_eq!(id.as_str(), "1");
                Some(call)
            }
            _ => None,
        });
        let result = Err(ApiError::Lost("the answer broke off".to_owned()));
        desk.send(Msg::Fetched {
            call: call.unwrap(),
            result,
        });
        match desk.model.dialogs.last() {
            Some(Dialog::Details(details)) => {
                assert!(details.error.is_some());
                assert_eq!(details.rows.record(0).name().exact(), "key 1");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn scrolled_help_comes_back_with_as_many_keys() {
        let mut desk = Desk::of("typesense");
        desk.press("? G");
        let end = match desk.model.dialogs[0] {
            Dialog::Help(scrolled) => scrolled,
            _ => 0,
        };
        desk.press("j j j k");
        assert!(matches!(desk.model.dialogs[0], Dialog::Help(at) if at + 1 == end));
    }
}
