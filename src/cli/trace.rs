//! The log that `--log` asks for: a private file, off until `KEYRACK_LOG` names a level, one line an
//! event, and never more than warnings of the crates that see headers and bodies.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::Path,
    sync::Mutex,
};

use jiff::Timestamp;
use log::{Level, LevelFilter, Log, Metadata, Record};

use super::Failure;

/// Crates that may print a header or a body.
const QUIET: [&str; 4] = ["hyper", "rustls", "reqwest", "h2"];

/// Opens the file and listens to what the level names.
pub(super) fn start(path: &Path, level: Option<&str>) -> Result<(), Failure> {
    let level = level.unwrap_or("off");
    let wanted: LevelFilter = level.parse().map_err(|_| {
        Failure::usage(format!(
            "KEYRACK_LOG={level:?} is no level; use error, warn, info, debug or trace"
        ))
    })?;
    let file = open(path).map_err(|why| {
        Failure::failed(format!("cannot write the log {}: {why}", path.display()))
    })?;
    // A second log in one process can only come from a test.
    if log::set_boxed_logger(Box::new(Lines(Mutex::new(file)))).is_ok() {
        log::set_max_level(wanted);
    }
    Ok(())
}

/// Opens the log for its owner alone; never another file by way of a link.
fn open(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    let file = options.open(path).map_err(|error| {
        if path.is_symlink() {
            "it is a symbolic link; name the file itself".to_owned()
        } else {
            error.to_string()
        }
    })?;
    #[cfg(unix)]
    private(path, &file)?;
    Ok(file)
}

/// A file that was there before must not be one that others can open.
#[cfg(unix)]
fn private(path: &Path, file: &File) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let about = file.metadata().map_err(|error| error.to_string())?;
    let mode = about.mode() & 0o7777;
    if about.is_file() && mode & 0o077 != 0 {
        let path = path.display();
        return Err(format!(
            "it can be read or changed by others (mode {mode:04o}); correct it with: chmod 600 {path}"
        ));
    }
    Ok(())
}

/// Writes an event to its file as soon as it happens.
struct Lines(Mutex<File>);

impl Log for Lines {
    fn enabled(&self, event: &Metadata<'_>) -> bool {
        is_heard(event.target(), event.level())
    }

    fn log(&self, event: &Record<'_>) {
        if self.enabled(event.metadata())
            && let Ok(mut file) = self.0.lock()
        {
            // A log that cannot be written stops nothing.
            let _ = file.write_all(line(Timestamp::now(), event).as_bytes());
        }
    }

    fn flush(&self) {}
}

/// Whether the crate may say this much.
fn is_heard(target: &str, level: Level) -> bool {
    let crate_name = target.split("::").next().unwrap_or("");
    let quiet = QUIET.iter().any(|quiet| crate_name.starts_with(quiet));
    !quiet || level <= Level::Warn
}

/// One event, in which nothing can start a line or a control sequence.
fn line(now: Timestamp, event: &Record<'_>) -> String {
    let text = event.args().to_string();
    let plain: String = text
        .chars()
        .map(|char| if char.is_control() { '·' } else { char })
        .collect();
    format!(
        "{now:.3} {:<5} {}: {plain}\n",
        event.level(),
        event.target()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_see_headers_say_no_more_than_warnings() {
        for target in ["reqwest::connect", "rustls::client", "hyper_util::client"] {
            assert!(!is_heard(target, Level::Info), "{target}");
            assert!(is_heard(target, Level::Warn), "{target}");
        }
        assert!(is_heard("keyrack::api", Level::Trace));
    }

    #[test]
    fn an_event_is_one_line_without_control_characters() {
        let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let event = Record::builder()
            .level(Level::Info)
            .target("keyrack")
            .args(format_args!("a\nb\u{1b}[2Jc"))
            .build();
        assert_eq!(
            line(now, &event),
            "2026-01-02T03:04:05.678Z INFO  keyrack: a·b·[2Jc\n"
        );
    }
}
