//! A panic on request, in debug builds alone: the tests of the terminal need one in the loop, one in a
//! task and one in a thread. The loop calls this for each event.

use crate::{app::reveal::Reveal, config::Environment};

/// Panics where `KEYRACK_TEST_PANIC` says: `loop`, `task`, `thread`; `secret` and `shown` are the loop once a
/// new secret waits, and once it is readable.
#[expect(clippy::panic, reason = "this is what was asked for")]
pub fn panic_if_asked(environment: &Environment, first: Option<&Reveal>) {
    match environment.test_panic.as_deref() {
        Some("loop") => panic!("canary-in-a-panic"),
        Some("secret") if first.is_some() => panic!("canary-in-a-panic"),
        Some("shown") if first.is_some_and(|first| first.shown.is_some()) => {
            panic!("canary-in-a-panic")
        }
        Some("task") => {
            tokio::spawn(async { panic!("canary-in-a-panic") });
        }
        Some("thread") => {
            std::thread::spawn(|| panic!("canary-in-a-panic"));
        }
        _ => {}
    }
}
