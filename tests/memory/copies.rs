//! A second after a secret was dismissed, its copies in the console's memory are counted: there are none.

use crate::desk::{Desk, may_look};

/// How often the main case runs.
const RUNS: usize = 20;

#[test]
fn no_copy_of_a_secret_that_keyrack_chose_is_left_after_it_was_shown() {
    if !may_look() {
        return;
    }
    let mut desk = Desk::on("typesense");
    for run in 1..=RUNS {
        let name = format!("memory {run}");
        desk.create(&name);
        let secret = desk.show();
        let shown = desk.assert_found(&secret);
        desk.press("v Enter");
        desk.session.wait_gone("New secret of");
        let left = desk.left(&secret);
        println!(
            "run {run}: {shown} while shown, {} after, in {} bytes",
            left.found.len(),
            left.bytes
        );
        assert!(left.found.is_empty(), "run {run}: {:?}", left.found);
    }
}
