//! Standard output gets data, standard error gets messages, and nothing else in the crate prints.

use std::{
    io::{self, BufWriter, IsTerminal as _, StderrLock, StdoutLock, Write as _},
    sync::{Mutex, PoisonError},
};

/// The line of progress that stands at the end of standard error.
static LINE: Mutex<String> = Mutex::new(String::new());

/// Standard output for data.
pub(super) fn data() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 << 10, io::stdout().lock())
}

/// Tells people something; a closed standard error is nobody's problem.
pub(super) fn say(message: &str) {
    let mut stderr = io::stderr().lock();
    let line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    wipe(&mut stderr, &line);
    for (at, line) in message.lines().enumerate() {
        let start = if at == 0 { "keyrack: " } else { "  " };
        let _ = writeln!(stderr, "{start}{line}");
    }
    let _ = write!(stderr, "{line}");
}

/// Shows how far a run is below everything else, on a terminal alone; `None` takes it away.
pub(super) fn progress(line: Option<&str>) {
    let mut stderr = io::stderr().lock();
    if !stderr.is_terminal() {
        return;
    }
    let columns = crossterm::terminal::size().map_or(80, |(columns, _)| columns);
    let mut shown = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    wipe(&mut stderr, &shown);
    // What wraps cannot be wiped.
    let most = usize::from(columns.saturating_sub(1));
    *shown = line.unwrap_or_default().chars().take(most).collect();
    let _ = write!(stderr, "{shown}");
    let _ = stderr.flush();
}

fn wipe(stderr: &mut StderrLock<'_>, line: &str) {
    if !line.is_empty() {
        let clear = crossterm::terminal::Clear(crossterm::terminal::ClearType::CurrentLine);
        let _ = crossterm::queue!(stderr, crossterm::cursor::MoveToColumn(0), clear);
    }
}

/// Prints a whole text.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = data();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The columns of the terminal that data goes to; none when it goes elsewhere.
pub(super) fn width() -> Option<usize> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let (columns, _) = crossterm::terminal::size().ok()?;
    Some(usize::from(columns)).filter(|&columns| columns > 0)
}
