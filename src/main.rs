//! The process itself: what must be true before anything is read, and the exit code at the end.

use std::{fmt, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Freed memory is erased: a secret that was dropped is gone.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    close_memory();
    if let Err(error) = tell_panics() {
        // The usual report shows a panic's message, which may hold a value.
        std::panic::set_hook(Box::new(|_| {}));
        drop(error);
    }
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

/// Reports a panic by its place alone, on a terminal that is restored first.
fn tell_panics() -> color_eyre::Result<()> {
    let (panics, errors) = color_eyre::config::HookBuilder::default()
        .display_env_section(false)
        .display_location_section(false)
        .panic_message(PlaceOnly)
        .into_hooks();
    errors.install()?;
    let report = panics.into_panic_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if keyrack::restore_on_panic() {
            report(panic);
        }
    }));
    Ok(())
}

struct PlaceOnly;

impl color_eyre::section::PanicMessage for PlaceOnly {
    fn display(
        &self,
        panic: &std::panic::PanicHookInfo<'_>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        f.write_str("keyrack broke off, which is a mistake in keyrack")?;
        match panic.location() {
            Some(place) => write!(f, ", at {}:{}", place.file(), place.line()),
            None => Ok(()),
        }
    }
}
