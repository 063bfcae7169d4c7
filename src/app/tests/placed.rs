//! A row that is open stays open while its tab is left and its config is read again, unless it would hide
//! contexts that were chosen.

use super::{
    nested::{inside, opened, shown},
    *,
};
use crate::{app::fixture, manifest};

#[test]
fn of_several_contexts_only_the_row_that_was_opened_is_shown() {
    let mut desk = Desk::new(vec![fixture::nested("dev"), fixture::nested("eu")]);
    desk.answer();
    desk.press("G Enter");
    let lists = desk.lists();
    assert_eq!(lists.len(), 1);
    let pane = desk.model.pane();
    let context = pane.sources[0].context;
    assert_eq!(
        crate::app::fleet::crumb(&desk.model),
        &*desk.model.contexts[context].name
    );
    desk.press("Esc");
    assert_eq!(desk.model.pane().sources.len(), 2);
}

#[test]
fn another_choice_of_contexts_closes_it_and_the_same_choice_does_not() {
    let mut desk = Desk::new(vec![fixture::nested("dev"), context("s", "typesense")]);
    desk.answer();
    desk.press("/");
    desk.type_text("ci-bot");
    desk.press("Enter Enter");
    desk.answer();
    assert_eq!(opened(&desk), ["ci-bot"]);
    let same = |desk: &mut Desk, wanted: &[usize]| {
        let wanted = wanted.to_vec();
        crate::app::listing::choose(&mut desk.model, |id| wanted.contains(&id))
    };
    same(&mut desk, &[0, 1]);
    assert_eq!(opened(&desk), ["ci-bot"]);
    same(&mut desk, &[0]);
    assert!(opened(&desk).is_empty());
    assert_eq!(
        shown(&desk),
        ["ci-bot"],
        "the tab's own filter is still there"
    );
}

#[test]
fn another_tab_leaves_it_open() {
    let mut desk = Desk::new(vec![fixture::nested("dev"), context("prod", "runai")]);
    desk.answer();
    desk.press("Enter");
    desk.answer();
    desk.press("3");
    desk.answer();
    desk.press("1");
    assert_eq!(opened(&desk), ["ci-bot"]);
    assert_eq!(shown(&desk), ["deploy", "nightly"]);
}

#[test]
fn a_new_config_keeps_it_where_its_context_is_the_same() {
    let mut desk = inside();
    desk.send(Msg::Contexts(vec![fixture::nested("dev")]));
    assert_eq!(opened(&desk), ["ci-bot"]);
    assert_eq!(shown(&desk), ["deploy", "nightly"]);
    let mut moved = fixture::nested("dev");
    moved.address = "https://elsewhere.example.org".to_owned();
    desk.send(Msg::Contexts(vec![moved]));
    assert!(opened(&desk).is_empty());
    let mut desk = inside();
    desk.send(Msg::Contexts(vec![
        fixture::nested("dev"),
        fixture::nested("eu"),
    ]));
    assert!(
        opened(&desk).is_empty(),
        "the other context would be hidden"
    );
}

#[test]
fn a_manifest_that_is_edited_leaves_the_row_open_with_what_it_says_now() {
    let edited = |with: &str, without: &str| {
        let text = include_str!("../../../tests/manifests/nested.toml");
        let text = text.replace(with, without);
        let mut context = fixture::nested("dev");
        context.manifest = manifest::load(&text).unwrap();
        context
    };
    let mut desk = inside();
    desk.press("j Enter");
    desk.answer();
    desk.take();
    let other = edited("title = \"Client\"", "title = \"Client id\"");
    desk.send(Msg::Contexts(vec![other]));
    assert_eq!(opened(&desk), ["ci-bot", "nightly"]);
    let asked = desk.lists();
    assert_eq!(asked.len(), 2, "what is in front is asked for again");
    for (call, query) in asked {
        desk.rows(call, &query, &sample(&query.resource));
        desk.ended(call);
    }
    assert_eq!(shown(&desk).len(), 4);
    desk.press("Esc");
    desk.answer();
    assert_eq!(shown(&desk), ["deploy", "nightly"]);
    assert!(
        desk.model
            .pane()
            .columns
            .iter()
            .any(|it| it.title == "Client id")
    );
    let mut gone = context("dev", "typesense");
    gone.address.clone_from(&desk.model.contexts[0].address);
    desk.send(Msg::Contexts(vec![gone]));
    assert!(opened(&desk).is_empty());
}

#[test]
fn a_manifest_that_is_edited_shows_no_context_that_was_not_chosen() {
    let mut desk = Desk::new(vec![fixture::nested("dev"), fixture::nested("eu")]);
    crate::app::listing::choose(&mut desk.model, |id| id == 0);
    let mut new = vec![
        fixture::nested("dev"),
        fixture::nested("eu"),
        fixture::nested("third"),
    ];
    new[0].production = true;
    desk.send(Msg::Contexts(new));
    let chosen: Vec<bool> = desk.model.contexts.iter().map(|it| it.chosen).collect();
    assert_eq!(chosen, [true, false, true], "a new one is shown");
}
