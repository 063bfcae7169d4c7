//! Leaving, one layer at a time.

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
