//! The list of contexts: groups, what is found by typing, one asked again, marks saved under a name.

use super::*;
use crate::app::{confirm::Yes, fleet::Group, picker::Picker};

/// Three contexts, two of them in a group.
fn three() -> Desk {
    let names = ["dev", "search", "eu"];
    let mut desk = Desk::new(names.map(|name| context(name, "typesense")).into());
    desk.model.groups = vec![Group {
        name: "far".to_owned(),
        contexts: vec!["search".into(), "eu".into()],
    }];
    desk.answer();
    desk
}

fn chosen(desk: &Desk) -> Vec<&str> {
    let contexts = desk.model.contexts.iter();
    contexts
        .filter(|it| it.chosen)
        .map(|it| &*it.name)
        .collect()
}

fn picker(desk: &Desk) -> &Picker {
    match desk.model.dialogs.last() {
        Some(Dialog::Picker(picker)) => picker,
        other => panic!("no list but {other:?}"),
    }
}

#[test]
fn a_group_stands_before_the_contexts_and_enter_shows_its_members() {
    let mut desk = three();
    desk.press("c");
    assert_eq!(picker(&desk).items[0].note, "group of 2 · search, eu");
    desk.press("Enter");
    assert_eq!(chosen(&desk), ["search", "eu"]);
}

#[test]
fn space_on_a_group_marks_its_members() {
    let mut desk = three();
    // All are marked: the group's marks are taken.
    desk.press("c Space j Enter");
    assert_eq!(chosen(&desk), ["dev"]);
    desk.press("c Space j Enter");
    assert_eq!(chosen(&desk), ["dev", "search", "eu"]);
}

#[test]
fn contexts_are_found_by_typing_and_esc_ends_that_alone() {
    let contexts = (0..100).map(|at| context(&format!("cluster-{at:02}"), "typesense"));
    let mut desk = Desk::new(contexts.collect());
    desk.answer();
    desk.press("c /");
    desk.type_text("-73");
    assert_eq!(picker(&desk).shown().len(), 1);
    desk.press("Esc");
    assert_eq!(picker(&desk).shown().len(), 102);
    assert_eq!(picker(&desk).selected, 73, "the cursor stays on it");
    desk.press("/");
    desk.type_text("-42");
    desk.press("Enter");
    assert_eq!(chosen(&desk), ["cluster-42"]);
}

#[test]
fn what_is_marked_while_finding_is_shown_together() {
    let mut desk = three();
    desk.press("c a /");
    desk.type_text("eu");
    // The group has its name in its note; the context is the second.
    desk.press("Down Space Esc /");
    desk.type_text("dev");
    desk.press("Space Enter");
    assert_eq!(chosen(&desk), ["dev", "eu"]);
}

#[test]
fn one_context_is_asked_again_from_the_list() {
    let mut desk = three();
    desk.press("c j j r");
    let asked: Vec<_> = desk.take().into_iter().collect();
    let lists = asked.iter().filter_map(|effect| match effect {
        Effect::List { context, .. } => Some(*context),
        _ => None,
    });
    assert_eq!(lists.collect::<Vec<_>>(), [1]);
    assert_eq!(
        desk.model.dialogs.len(),
        1,
        "the list stays to be looked at"
    );
}

#[test]
fn marks_are_saved_as_a_group_under_a_typed_name() {
    let mut desk = three();
    desk.press("c j j Space s");
    desk.type_text("near");
    desk.press("ctrl-s");
    let saved = desk.take().into_iter().find_map(|effect| match effect {
        Effect::SaveGroup(group, replace) => Some((group, replace)),
        _ => None,
    });
    let (group, replace) = saved.unwrap();
    assert_eq!(group.contexts, ["dev".into(), "eu".into()]);
    assert_eq!((group.name.as_str(), replace), ("near", false));
    desk.send(Msg::NotAdded("the disk is full".to_owned()));
    assert_eq!(form(&desk).problem.as_deref(), Some("the disk is full"));
    let name = group.name.clone();
    let groups = vec![group];
    desk.send(Msg::GroupSaved { name, groups });
    assert_eq!(picker(&desk).items[0].label, "near");
    assert!(desk.notice().contains("near"));
    desk.press("j j Enter");
    assert_eq!(chosen(&desk), ["dev", "eu"], "the marks are as they were");
}

#[test]
fn a_group_of_the_same_name_is_replaced_only_after_a_question() {
    let mut desk = three();
    desk.press("c s");
    desk.type_text("far");
    desk.press("ctrl-s");
    assert!(desk.take().is_empty());
    assert!(matches!(question(&desk).yes, Yes::SaveGroup(_)));
    desk.confirm();
    let saved = desk.take().into_iter().any(
        |effect| matches!(effect, Effect::SaveGroup(group, true) if group.contexts.len() == 3),
    );
    assert!(saved);
}

#[test]
fn the_demo_saves_no_group_and_no_marks_make_none() {
    let mut desk = three();
    desk.press("c a s");
    assert!(desk.notice().contains("Mark the contexts first"));
    desk.model.demo = true;
    desk.press("a s");
    assert!(desk.notice().contains("Not in the demo"));
}
