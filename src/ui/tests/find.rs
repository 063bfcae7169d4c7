//! What finds keys: filters, saved ones too, and a leaked value.

use super::*;

#[test]
fn filters_say_what_they_do_and_where_they_are_wrong() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("key is:broad");
    shows!("filter", desk);
    desk.type_text(" is:bread");
    shows!("filter_wrong", desk);
    desk.press("ctrl-u");
    desk.type_text("key id<many");
    shows!("filter_wrong_number", desk);
    desk.press("ctrl-u");
    desk.type_text("created>yesterday");
    shows!("filter_wrong_time", desk);
    desk.press("ctrl-u");
    desk.type_text("actions:");
    desk.press("Tab Tab");
    shows!("filter_offer", desk);
    desk.press("ctrl-u");
    desk.type_text("nothing");
    desk.press("Enter");
    shows!("filter_hides_all", desk);
}

#[test]
fn what_a_filter_found_stands_out_in_every_row_without_colour_too() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("description:ey actions:DOC ~k");
    desk.press("Enter");
    for colour in [true, false] {
        let look = Look {
            colour,
            ..Look::default()
        };
        let cells = buffer(&mut desk, (80, 24), &look);
        let marked = |y: u16| -> String {
            let row = (0..80).filter_map(|x| cells.cell((x, y)));
            let row = row.filter(|cell| cell.modifier.contains(Modifier::UNDERLINED));
            row.map(ratatui::buffer::Cell::symbol).collect()
        };
        assert_eq!((marked(3), marked(4)), ("keydoc".into(), "keydoc".into()));
    }
}

#[test]
fn saved_filters_are_listed_with_what_they_are_worth_here() {
    let mut desk = Desk::of("typesense");
    let saved = |name: &str, text: &str| Saved {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    desk.model.saved = vec![saved("wide", "is:broad"), saved("odd", "id<many")];
    desk.press("/");
    desk.type_text("key 2");
    desk.press("Enter .");
    shows!("saved_filters", desk);
    desk.press("Down Down Enter");
    desk.type_text("wide");
    shows!("save_filter", desk);
    desk.press("ctrl-s");
    shows!("save_filter_again", desk);
}

#[test]
fn a_value_that_turned_up_finds_its_key_and_is_never_shown() {
    let mut far = context("far", "chutes");
    far.chosen = false;
    let mut desk = Desk::new(vec![context("search", "typesense"), far]);
    desk.answer();
    desk.press("w");
    desk.paste("Bearer k001-canary");
    shows!("whose_asks", desk);
    desk.press("Enter");
    shows!("whose_reads", desk);
    let (call, query) = desk.lists().remove(0);
    let body = fixture::sample(&query.resource);
    desk.rows(call, &query, &body);
    desk.ended(call);
    shows!("whose_found", desk);
    desk.press("Down");
    let text = screen(&mut desk, (40, 10), &Look::default());
    assert!(text.contains("Looked at"), "{text}");
    desk.press("Esc w");
    desk.type_text("canary");
    desk.press("Enter");
    for (call, _) in desk.lists() {
        desk.failed(call, refused(401, Meaning::Credential, "", &[]));
    }
    shows!("whose_none", desk);
}

#[test]
fn the_server_filter_and_the_local_one_are_told_apart() {
    let mut desk = Desk::new(vec![context("dev", "runai")]);
    desk.press("4");
    desk.answer();
    desk.press("F Tab");
    desk.type_text("ana@example.org");
    shows!("server_filter_form", desk);
    desk.press("ctrl-s");
    desk.answer();
    desk.press("/");
    desk.type_text("ci");
    desk.press("Enter");
    shows!("two_filters", desk);
}

#[test]
fn what_the_filter_found_is_marked() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("DOC");
    desk.send(Msg::Resize(80, 24));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal
        .draw(|frame| view(&desk.model, frame, &Look::default()))
        .unwrap();
    let style = super::super::Theme::default().style(super::super::Ink::Match);
    let buffer = terminal.backend().buffer();
    let marked: String = buffer
        .content
        .iter()
        .filter(|cell| Some(cell.fg) == style.fg)
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    // The selected row is as it is; the one below it has the mark.
    assert_eq!(marked, "doc");
}
