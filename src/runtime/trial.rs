//! A panic on request, in debug builds alone: the tests of the terminal need one in the loop and one
//! in a task. The loop calls this for each event.

use crate::config::Environment;

/// Panics where `KEYRACK_TEST_PANIC` says: `loop` or `task`.
#[expect(clippy::panic, reason = "this is what was asked for")]
pub fn panic_if_asked(environment: &Environment) {
    match environment.test_panic.as_deref() {
        Some("loop") => panic!("canary-in-a-panic"),
        Some("task") => {
            tokio::spawn(async { panic!("canary-in-a-panic") });
        }
        _ => {}
    }
}
