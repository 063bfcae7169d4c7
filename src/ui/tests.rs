//! Every screen and dialog as a terminal shows it, wide and as narrow as it may be.

use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, style::Modifier};

use super::{Look, view};
use crate::{
    api::{ApiError, ListEnd, Progress},
    app::{
        Accent, Light, Msg, Tone,
        dialog::{Dialog, Problem},
        fixture::{self, Desk, context, many, refused},
        gate::Write,
        reveal::Receipt,
        saved::Saved,
    },
    manifest::Meaning,
    record::{KeyId, Rows},
};

/// The screen.
fn buffer(desk: &mut Desk, size: (u16, u16), look: &Look) -> Buffer {
    desk.send(Msg::Resize(size.0, size.1));
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal
        .draw(|frame| view(&desk.model, frame, look))
        .unwrap();
    terminal.backend().buffer().clone()
}

/// The screen as text.
fn screen(desk: &mut Desk, size: (u16, u16), look: &Look) -> String {
    let buffer = buffer(desk, size, look);
    let mut text = String::new();
    for row in 0..size.1 {
        let cells = (0..size.0).map(|x| buffer[(x, row)].symbol());
        let line: String = cells.collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

macro_rules! shows {
    ($name:literal, $desk:expr) => {
        insta::assert_snapshot!(
            concat!($name, "_wide"),
            screen(&mut $desk, (80, 24), &Look::default())
        );
        insta::assert_snapshot!(
            concat!($name, "_narrow"),
            screen(&mut $desk, (40, 10), &Look::default())
        );
    };
}

mod admin;
mod bulk;
mod find;
mod fleet;
mod health;
mod journeys;
mod nested;
mod secrets;
mod values;

fn problem() -> Desk {
    let mut desk = Desk::of("runai");
    desk.model.dialogs.push(Dialog::Problem(Problem {
        title: "The access key “ci-deploy” in dev was not deleted".to_owned(),
        lines: vec![
            "Forbidden (403).".to_owned(),
            "Ask for the permission, or use a stronger credential; some services also answer so to a wrong one.".to_owned(),
        ],
        drawn: None,
    }));
    desk
}

/// Three contexts, of which one fails and one is a production one.
fn fleet() -> Desk {
    let mut prod = context("prod", "runai");
    (prod.production, prod.write) = (true, Write::Arm);
    (prod.accent, prod.light) = (
        Some(Accent::Red),
        Light::Ok(Some("ana@example.org".to_owned())),
    );
    let mut desk = Desk::new(vec![
        context("dev", "chutes"),
        context("search", "typesense"),
        context("eu", "typesense"),
        prod,
    ]);
    let lists = desk.lists();
    let (last, first) = lists.split_last().unwrap();
    for (call, query) in first {
        desk.rows(*call, query, &fixture::sample(&query.resource));
        desk.ended(*call);
    }
    desk.failed(last.0, refused(503, Meaning::Unavailable, "", &[]));
    desk
}

fn production() -> Desk {
    let mut prod = context("prod", "runai");
    (prod.production, prod.write) = (true, Write::Arm);
    prod.accent = Some(Accent::Red);
    prod.light = Light::Ok(Some("ana@example.org".to_owned()));
    let mut desk = Desk::new(vec![prod]);
    desk.press("3");
    desk.answer();
    desk
}

fn revealed() -> Desk {
    let mut desk = Desk::of("runai");
    desk.press("r Down Enter Enter");
    desk.type_text("ci-deploy");
    desk.press("Enter Enter");
    let (call, change) = desk.write();
    desk.done(
        call,
        &change,
        None,
        Some("s3cr3t-Vn2Kq8Zr4Tb7Wm1Xc5Yp9Lh3Jd6Fg0As"),
    );
    desk.answer();
    desk
}

#[test]
fn a_table_of_one_backend() {
    shows!("typesense", Desk::of("typesense"));
    shows!("chutes", Desk::of("chutes"));
    shows!("runai", Desk::of("runai"));
}

#[test]
fn several_contexts_stand_side_by_side_and_a_failing_one_is_a_banner() {
    shows!("fleet", fleet());
}

#[test]
fn a_failed_context_says_all_of_its_reason_and_what_to_do() {
    let mut desk = Desk::new(vec![context("runai", "runai"), context("other", "runai")]);
    desk.press("3");
    let mut lists = desk.lists();
    let (call, query) = lists.pop().unwrap();
    desk.rows(call, &query, &fixture::sample(&query.resource));
    desk.ended(call);
    let why = "no connection to 127.0.0.1: Connection refused (os error 111)";
    desk.failed(lists[0].0, ApiError::NotSent(why.to_owned()));
    let text = screen(&mut desk, (80, 24), &Look::default());
    let line = "✖ runai: no connection to 127.0.0.1: Connection refused · R tries again";
    assert!(text.contains(line), "{text}");
    shows!("banner", desk);
    desk.press("ctrl-r");
    let (call, _) = desk.lists().pop().unwrap();
    desk.failed(call, ApiError::NotSent(why.to_owned()));
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("the older rows stay"), "{text}");
    assert!(text.contains("R tries again"), "{text}");
    shows!("banner_rows_stay", desk);
}

#[test]
fn the_footer_has_what_can_be_done_here_first() {
    let mut desk = Desk::of("runai");
    desk.press("4");
    desk.answer();
    let text = screen(&mut desk, (80, 24), &Look::default());
    let footer = text.lines().last().unwrap();
    assert!(footer.contains("/ filter  F server filter"), "{footer}");
    let new = footer.find("n new").unwrap_or(footer.len());
    assert!(
        footer.find("d delete").is_some_and(|delete| delete < new),
        "{footer}"
    );
    shows!("footer_admin", desk);
}

#[test]
fn badges_are_words() {
    let mut desk = production();
    desk.press("A");
    desk.press("j");
    shows!("production", desk);
}

#[test]
fn a_tab_without_a_resource_says_why() {
    let mut desk = Desk::of("typesense");
    desk.model.active = crate::manifest::Tab::Admin;
    shows!("no_resource", desk);
}

#[test]
fn no_keys_yet_says_which_key_makes_one() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(0));
    desk.ended(call);
    shows!("no_keys", desk);
}

#[test]
fn a_list_on_its_way_says_how_far_it_is() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    shows!("loading", desk);
    let progress = Progress {
        rows: Rows::new(query.resource.clone()),
        page: 3,
        pages: Some(12),
        total: None,
        own: None,
    };
    desk.send(Msg::Rows { call, progress });
    shows!("loading_pages", desk);
    desk.rows(call, &query, &many(1_200));
    shows!("loading_rows", desk);
}

#[test]
fn a_failed_list_says_what_to_do() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, _) = desk.lists().remove(0);
    desk.failed(
        call,
        ApiError::NotSent("no connection to localhost:8108: refused".to_owned()),
    );
    shows!("failed", desk);
}

#[test]
fn a_list_that_may_not_be_whole_says_so() {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.answer();
    desk.press("4");
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &fixture::sample(&query.resource));
    let end = ListEnd {
        cut: Some(
            "exactly 100 rows, the most that the service gives: there may be more".to_owned(),
        ),
        alternative: Some("user applications (2.20 to 2.23)".to_owned()),
        ..ListEnd::default()
    };
    desk.send(Msg::Listed {
        call,
        result: Ok(end),
    });
    shows!("cut", desk);
}

#[test]
fn long_lists_and_hidden_columns() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(340));
    desk.ended(call);
    desk.press("G k k Right Right");
    shows!("long", desk);
}

#[test]
fn a_row_that_cannot_be_read_is_shown_with_its_reason() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    let mut body = many(2);
    body["keys"][1]["id"] = serde_json::json!({ "no": "number" });
    desk.rows(call, &query, &body);
    desk.ended(call);
    shows!("bad_row", desk);
}

#[test]
fn a_notice_takes_the_place_of_the_status_line() {
    let mut desk = Desk::of("chutes");
    desk.press("e");
    shows!("notice", desk);
    desk.model.say(Tone::Good, "The API key “a name that is rather long” in a-context-with-a-long-name was deleted. It may keep working for up to 120 s.");
    shows!("notice_long", desk);
}

#[test]
fn help_lists_keys_and_the_filter_language() {
    let mut desk = Desk::of("typesense");
    desk.press("?");
    shows!("help", desk);
    desk.press("PageDown PageDown PageDown");
    shows!("help_end", desk);
}

#[test]
fn lists_to_choose_from() {
    let mut desk = Desk::of("typesense");
    desk.press(":");
    shows!("palette", desk);
    desk.type_text("change");
    shows!("palette_narrowed", desk);
    desk.press("Esc o");
    shows!("sort", desk);
    desk.press("Space Down Space Right");
    shows!("sort_several", desk);
    desk.press("Enter");
    shows!("sorted_by_two", desk);
    desk.press("|");
    shows!("columns", desk);
    desk.press("Esc");
    let mut desk = fleet();
    desk.press("c j");
    shows!("contexts", desk);
    desk.press("Esc n");
    shows!("kinds", desk);
}

#[test]
fn the_first_start_offers_the_demo() {
    let mut desk = Desk::new(Vec::new());
    desk.model.first_run = Some("/home/ana/.config/keyrack/config.toml".into());
    desk.model.start();
    shows!("welcome", desk);
}

#[test]
fn details_say_what_values_mean() {
    let mut desk = Desk::of("chutes");
    desk.press("G Enter");
    shows!("details", desk);
    let call = match &desk.model.dialogs[0] {
        Dialog::Details(details) => details.call.unwrap(),
        other => panic!("{other:?}"),
    };
    let result = Err(refused(503, Meaning::Unavailable, "", &[]));
    desk.send(Msg::Fetched { call, result });
    desk.press("j j");
    shows!("details_failed", desk);
}

#[test]
fn a_form_shows_what_is_wrong_with_each_field() {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    shows!("form", desk);
    desk.press("ctrl-s");
    shows!("form_wrong", desk);
    desk.type_text("search");
    desk.press("Tab");
    desk.type_text("documents:search, doc");
    shows!("form_completion", desk);
    desk.press("Tab Tab");
    desk.type_text("30d");
    shows!("form_expiry", desk);
    desk.press("Tab Tab");
    desk.paste("not-to-be-seen");
    shows!("form_secret", desk);
    desk.press("Tab");
    shows!("form_button", desk);
    desk.press("Esc");
    shows!("form_drop", desk);
}

#[test]
fn a_form_on_its_way_offers_only_what_can_still_be_done() {
    let mut desk = Desk::of("runai");
    desk.press("n");
    desk.type_text("ci");
    let Some(Dialog::Form(form)) = desk.model.dialogs.last_mut() else {
        panic!("no form");
    };
    form.sending = Some(crate::app::CallId(7));
    let text = screen(&mut desk, (80, 24), &Look::default());
    for words in ["sending…", "ctrl-c leaves", "Esc puts the form aside"] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert!(!text.contains("ctrl-s"), "{text}");
    shows!("form_sending", desk);
}

#[test]
fn a_secret_that_is_made_here_says_so_until_one_is_typed() {
    let mut desk = Desk::of("typesense");
    desk.press("n BackTab BackTab BackTab");
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("made here"), "{text}");
    desk.paste("a-key-of-my-own");
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(!text.contains("made here"), "{text}");
}

#[test]
fn a_field_that_cannot_be_changed_is_not_asked_for() {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    let Some(Dialog::Form(form)) = desk.model.dialogs.last_mut() else {
        panic!("no form");
    };
    let at = form
        .entries
        .iter()
        .position(|entry| entry.required)
        .unwrap();
    let title = format!("* {}", form.entries[at].title);
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains(&title), "{text}");
    let Some(Dialog::Form(form)) = desk.model.dialogs.last_mut() else {
        panic!("no form");
    };
    form.entries[at].locked = Some("set when the key was made".to_owned());
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(!text.contains(&title), "{text}");
}

#[test]
fn a_form_with_records_and_a_form_with_a_file() {
    let mut desk = Desk::of("chutes");
    desk.press("n Tab Tab ctrl-n");
    desk.type_text("chu");
    shows!("form_records", desk);
    let mut desk = Desk::new(vec![context("dev", "djinn")]);
    desk.press("2");
    desk.answer();
    desk.press("n Tab Tab");
    desk.paste(include_str!("../../tests/fixtures/ssh/rsa.key"));
    shows!("form_lines", desk);
    desk.press("ctrl-o");
    desk.type_text("~/.ssh/id_ed25519");
    shows!("form_file", desk);
}

#[test]
fn questions_have_cancel_in_front() {
    let mut desk = Desk::of("runai");
    desk.press("d");
    shows!("confirm", desk);
    desk.press("Tab");
    shows!("confirm_yes", desk);
    let mut desk = production();
    desk.press("A d");
    shows!("confirm_typed", desk);
    desk.type_text("ci-deploy");
    desk.press("Enter");
    shows!("confirm_typed_yes", desk);
}

#[test]
fn a_question_on_a_small_screen_keeps_what_makes_it_dangerous() {
    let mut prod = context("prod", "runai");
    (prod.production, prod.write) = (true, Write::Arm);
    let mut desk = Desk::new(vec![prod]);
    desk.press("4");
    let (call, query) = desk.lists().pop().unwrap();
    desk.rows(call, &query, &fixture::sample(&query.resource));
    let own = KeyId::new("77", query.resource.id_kind()).ok();
    let end = ListEnd {
        own,
        ..ListEnd::default()
    };
    let result = Ok(end);
    desk.send(Msg::Listed { call, result });
    desk.press("G A d");
    let text = screen(&mut desk, (40, 10), &Look::default());
    let words: String = text.replace(['│', '\n'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for reason in [
        "This is the key with which prod signs in",
        "somebody else",
        "prod is a production context.",
        "Type the name batch",
        "Cancel",
    ] {
        assert!(words.contains(reason), "{reason}:\n{text}");
    }
    shows!("confirm_worst", desk);
}

#[test]
fn a_problem_says_what_happened_and_what_to_do() {
    shows!("problem", problem());
}

#[test]
fn a_new_secret_is_masked_until_asked_for() {
    let mut desk = revealed();
    shows!("reveal", desk);
    desk.press("v");
    shows!("reveal_shown", desk);
    desk.press("y");
    let secret = desk.model.tray.front().map(|reveal| reveal.call);
    desk.send(Msg::Delivered(Receipt {
        delivered: false,
        lasting: false,
        until: None,
        words: "not copied: no display".to_owned(),
        secret,
    }));
    shows!("reveal_not_copied", desk);
    desk.press("Esc");
    shows!("reveal_asking", desk);
    desk.press("Right");
    shows!("reveal_discard", desk);
}

#[test]
fn a_new_secret_says_where_its_memory_is_not_locked() {
    let mut desk = revealed();
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(!text.contains("lock its memory"), "{text}");
    desk.model.unlocked = true;
    for size in [(80, 24), (40, 12)] {
        let text = screen(&mut desk, size, &Look::default());
        assert!(text.contains("The system did not lock its"), "{text}");
        assert!(text.contains("doctor"), "{text}");
    }
}

#[test]
fn a_long_secret_fills_whole_lines_from_the_first_column() {
    let mut desk = revealed();
    let long: String = ('a'..='z').cycle().take(2_000).collect();
    desk.model.tray[0].secret = crate::secret::Secret::new(zeroize::Zeroizing::new(long));
    desk.press("v");
    let text = screen(&mut desk, (80, 24), &Look::default());
    let line: String = ('a'..='z').cycle().take(80).collect();
    assert!(text.lines().any(|shown| shown == line), "{text}");
    shows!("reveal_long", desk);
}

#[test]
fn without_utf8_all_is_ascii_and_without_colour_nothing_has_one() {
    let plain = Look {
        ascii: true,
        colour: false,
        ..Look::default()
    };
    let mut desk = Desk::of("chutes");
    desk.press("Enter");
    let text = screen(&mut desk, (80, 24), &plain);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("ascii", text);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal
        .draw(|frame| view(&desk.model, frame, &plain))
        .unwrap();
    let colour = ratatui::style::Color::Reset;
    let cells = &terminal.backend().buffer().content;
    assert!(
        cells
            .iter()
            .all(|cell| cell.fg == colour && cell.bg == colour)
    );
}

#[test]
fn a_terminal_that_is_too_small_is_told_its_size() {
    let mut desk = Desk::of("typesense");
    let text = screen(&mut desk, (39, 10), &Look::default());
    assert!(text.contains("keyrack needs 40×10"), "{text}");
    for size in [(1, 1), (39, 3), (200, 2), (5, 60)] {
        screen(&mut desk, size, &Look::default());
    }
}

#[test]
fn every_dialog_can_be_drawn_at_any_size() {
    let mut desks = vec![
        fleet(),
        production(),
        problem(),
        revealed(),
        Desk::of("typesense"),
        Desk::of("chutes"),
    ];
    for (at, keys) in [
        (1, "A d"),
        (4, "n Tab Tab ctrl-s"),
        (5, "n Tab Tab ctrl-n"),
        (0, "c"),
    ] {
        desks[at].press(keys);
    }
    for desk in &mut desks {
        for columns in [40, 41, 57, 80, 133, 250] {
            for rows in [10, 11, 13, 17, 24, 60] {
                screen(desk, (columns, rows), &Look::default());
            }
        }
    }
}

#[test]
fn the_chosen_row_is_always_in_the_window() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(100));
    desk.ended(call);
    for keys in ["G", "/", "Enter", "ctrl-r"] {
        desk.press(keys);
        let text = screen(&mut desk, (80, 24), &Look::default());
        assert!(text.contains("▌ 99"), "after {keys}:\n{text}");
    }
    let (call, _) = desk.lists().remove(0);
    desk.failed(call, refused(503, Meaning::Unavailable, "", &[]));
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("▌ 99"), "{text}");
}
