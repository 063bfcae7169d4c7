//! The log that `--log` asks for: a private file, off until `KEYRACK_LOG` names a level, and never more
//! than warnings of the crates that see headers and bodies.

use std::{fs::OpenOptions, path::Path, sync::Mutex};

use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{LevelFilter, filter_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use super::Failure;

/// Crates that may print a header or a body.
const QUIET: [&str; 4] = ["hyper", "rustls", "reqwest", "h2"];

/// Opens the file and listens to what the level names.
pub(super) fn start(path: &Path, level: Option<&str>) -> Result<(), Failure> {
    let level = level.unwrap_or("off");
    let wanted = EnvFilter::builder()
        .with_default_directive(LevelFilter::OFF.into())
        .parse(level)
        .map_err(|_| {
            Failure::usage(format!(
                "KEYRACK_LOG={level:?} is no level; use error, warn, info, debug or trace"
            ))
        })?;
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| {
        Failure::failed(format!("cannot write the log {}: {error}", path.display()))
    })?;
    let quiet = filter_fn(|event| {
        let crate_name = event.target().split("::").next().unwrap_or("");
        let seen = QUIET.iter().any(|quiet| crate_name.starts_with(quiet));
        !seen || *event.level() <= tracing::Level::WARN
    });
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .with_filter(wanted)
        .with_filter(quiet);
    // A second subscriber in one process can only come from a test.
    let _ = tracing_subscriber::registry().with(layer).try_init();
    Ok(())
}
