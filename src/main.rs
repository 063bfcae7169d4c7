//! The process itself: what must be true before anything is read, and the exit code at the end.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::Write as _,
    process::ExitCode,
};

use zeroizing_alloc::ZeroAlloc;

/// Freed memory is erased: a secret that was dropped is gone.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    close_memory();
    tell_panics();
    ExitCode::from(keyrack::run(std::env::args_os()))
}

/// Keeps this process's memory from core files and from other programs of the same user.
fn close_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Reports a panic by its place alone, on a terminal that is restored first: its message may hold a value.
fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if !keyrack::restore_on_panic() {
            return;
        }
        let place = panic.location().map_or_else(String::new, |place| {
            format!(", at {}:{}", place.file(), place.line())
        });
        let trace = Backtrace::capture();
        let mut report = format!("keyrack broke off, which is a mistake in keyrack{place}\n");
        if trace.status() == BacktraceStatus::Captured {
            report.push_str(&trace.to_string());
        }
        // Nobody is left to tell when standard error is closed.
        let _ = std::io::stderr().write_all(report.as_bytes());
    }));
}
