//! What the dialog of a new secret says of its deliveries.

use super::*;

#[test]
fn a_secret_on_its_way_offers_no_more_than_can_be_done_and_keeps_what_arrived_in_sight() {
    let mut desk = revealed();
    let secret = desk.model.tray.front().map(|reveal| reveal.call);
    let receipt = |delivered, words: &str| Receipt {
        delivered,
        lasting: delivered,
        until: None,
        words: words.to_owned(),
        secret,
    };
    desk.press("y");
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("On its way…") && text.contains("shows"));
    assert!(
        !text.contains("copies") && !text.contains("closes"),
        "{text}"
    );
    desk.send(Msg::Delivered(receipt(true, "stored in /k/f")));
    desk.press("y");
    desk.send(Msg::Delivered(receipt(false, "not copied: no display")));
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(
        text.contains("stored in /k/f") && text.contains("not copied"),
        "{text}"
    );
    assert!(text.contains("closes"), "{text}");
}
