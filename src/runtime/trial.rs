//! A panic on request, in debug builds alone: the tests of the terminal need one in the loop, one in a
//! task and one in a thread. The loop calls this for each event.

use crate::config::Environment;

/// Panics where `KEYRACK_TEST_PANIC` says: `loop`, `task`, `thread`, or `secret`: in the loop once a new
/// secret waits.
#[expect(clippy::panic, reason = "this is what was asked for")]
pub fn panic_if_asked(environment: &Environment, waits: bool) {
    match environment.test_panic.as_deref() {
        Some("loop") => panic!("canary-in-a-panic"),
        Some("secret") if waits => panic!("canary-in-a-panic"),
        Some("task") => {
            tokio::spawn(async { panic!("canary-in-a-panic") });
        }
        Some("thread") => {
            std::thread::spawn(|| panic!("canary-in-a-panic"));
        }
        _ => {}
    }
}
