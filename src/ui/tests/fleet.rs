//! Several contexts at once: which are production ones, what is missing, how old each is.

use super::*;
use crate::app::Context;

/// A production context on Typesense.
fn prod(name: &str) -> Context {
    Context {
        production: true,
        accent: Some(Accent::Red),
        ..context(name, "typesense")
    }
}

/// Three contexts; nothing came yet.
fn three() -> (Desk, Vec<(crate::app::CallId, crate::api::Query)>) {
    let all = vec![
        context("dev", "typesense"),
        context("search", "typesense"),
        prod("eu-prod"),
    ];
    let mut desk = Desk::new(all);
    let lists = desk.lists();
    (desk, lists)
}

fn seen(desk: &mut Desk, size: (u16, u16)) -> String {
    screen(desk, size, &Look::default())
}

#[test]
fn a_production_context_among_several_is_told_by_words_on_every_screen() {
    let (mut desk, lists) = three();
    for (call, query) in &lists {
        desk.rows(*call, query, &many(3));
        desk.ended(*call);
    }
    for size in [(40, 10), (80, 24), (120, 40)] {
        let text = seen(&mut desk, size);
        let header = text.lines().next().unwrap();
        assert!(header.contains("3 contexts, 1 PROD"), "{header}");
    }
    let wide = seen(&mut desk, (120, 40));
    let theirs = wide.lines().filter(|line| line.contains("eu-prod"));
    assert!(theirs.clone().all(|line| line.contains("eu-prod PROD")));
    assert_eq!(theirs.count(), 3);
    let narrow = seen(&mut desk, (40, 10));
    assert!(narrow.contains("▲ eu"), "{narrow}");
    shows!("production_among_others", desk);
    desk.press("G");
    let narrow = seen(&mut desk, (40, 10));
    let header = narrow.lines().next().unwrap();
    assert!(
        header.contains(" PROD "),
        "the selected key's own: {header}"
    );
    assert!(header.contains("3 contexts, 1 PROD"), "{header}");
}

#[test]
fn a_hundred_contexts_with_production_ones_say_so_in_forty_columns() {
    let contexts = (0..100).map(|at| {
        let mut context = context(&format!("cluster-{at:03}"), "typesense");
        (context.production, context.write) = (at % 10 == 0, Write::Arm);
        context
    });
    let mut desk = Desk::new(contexts.collect());
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(1));
        desk.ended(call);
    }
    let text = seen(&mut desk, (40, 10));
    let header = text.lines().next().unwrap();
    assert!(header.contains("100 contexts, 10 PROD"), "{header}");
}

#[test]
fn what_is_missing_is_said_while_it_loads_and_after_it_failed() {
    let (mut desk, lists) = three();
    for (call, query) in &lists[..2] {
        desk.rows(*call, query, &many(3));
        desk.ended(*call);
    }
    let text = seen(&mut desk, (80, 24));
    assert!(text.contains("2 of 3 contexts · reading eu-prod"), "{text}");
    desk.failed(lists[2].0, refused(503, Meaning::Unavailable, "", &[]));
    for size in [(80, 24), (40, 10)] {
        let text = seen(&mut desk, size);
        assert!(text.contains("2 of 3 contexts · as of"), "{text}");
    }
    desk.press("R");
    let again = desk.lists();
    assert_eq!(again.len(), 1, "only what failed is asked again");
    desk.rows(again[0].0, &again[0].1, &many(3));
    desk.ended(again[0].0);
    let text = seen(&mut desk, (80, 24));
    assert!(!text.contains("of 3 contexts"), "{text}");
    desk.press("R");
    assert!(
        desk.notice().contains("ctrl-r asks all"),
        "{}",
        desk.notice()
    );
}

#[test]
fn a_slow_context_is_a_banner_while_the_others_rows_are_there() {
    let (mut desk, lists) = three();
    desk.rows(lists[0].0, &lists[0].1, &many(3));
    desk.ended(lists[0].0);
    let text = seen(&mut desk, (80, 24));
    assert!(!text.contains("on the way"), "{text}");
    desk.wait(3_000);
    desk.send(Msg::Woken);
    let text = seen(&mut desk, (80, 24));
    assert!(
        text.contains("search and eu-prod are still on the way"),
        "{text}"
    );
    shows!("slow", desk);
}

#[test]
fn ages_that_differ_are_said_with_the_oldest_context() {
    let (mut desk, lists) = three();
    for (call, query) in &lists {
        desk.rows(*call, query, &many(3));
        desk.ended(*call);
    }
    let text = seen(&mut desk, (120, 40));
    assert!(text.contains("as of 14:03:20 · 9 keys"), "{text}");
    desk.wait(90_000);
    crate::app::listing::retry_context(&mut desk.model, 1);
    let source = &desk.model.pane().sources[1];
    let call = source.call.unwrap();
    desk.rows(call, &lists[1].1, &many(3));
    desk.ended(call);
    let text = seen(&mut desk, (120, 40));
    assert!(text.contains("as of 14:03:20 (dev) to 14:04:50"), "{text}");
}

#[test]
fn the_list_of_contexts_says_how_each_of_them_is() {
    let (mut desk, lists) = three();
    desk.model.groups = vec![crate::app::fleet::Group {
        name: "far".to_owned(),
        contexts: vec!["search".into(), "eu-prod".into()],
    }];
    desk.rows(lists[0].0, &lists[0].1, &many(3));
    desk.ended(lists[0].0);
    desk.failed(lists[1].0, refused(503, Meaning::Unavailable, "", &[]));
    desk.press("c j j");
    let text = seen(&mut desk, (120, 40));
    assert!(
        text.contains("[x] dev               ✓ ok · as of 14:03:20"),
        "{text}"
    );
    assert!(
        text.contains("[x] search            ✖ the server answered 503"),
        "{text}"
    );
    assert!(
        text.contains("[x] eu-prod           PROD · reading"),
        "{text}"
    );
    shows!("switcher", desk);
    desk.press("/");
    desk.type_text("prod");
    shows!("switcher_finds", desk);
}

#[test]
fn the_list_of_a_hundred_contexts_scrolls_with_its_cursor() {
    let contexts = (0..100).map(|at| context(&format!("cluster-{at:02}"), "typesense"));
    let mut desk = Desk::new(contexts.collect());
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(1));
        desk.ended(call);
    }
    desk.press("c G k k");
    for size in [(40, 10), (80, 24)] {
        let text = seen(&mut desk, size);
        let cursor = text.lines().find(|line| line.contains('▌')).unwrap();
        assert!(text.contains("cluster-99"), "{cursor}");
    }
}
