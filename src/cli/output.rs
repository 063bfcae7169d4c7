//! Standard output gets data, standard error gets messages, and nothing else in the crate prints.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

/// Standard output for data.
pub(super) fn data() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 << 10, io::stdout().lock())
}

/// Tells people something; a closed standard error is nobody's problem.
pub(super) fn say(message: &str) {
    let mut stderr = io::stderr().lock();
    for (at, line) in message.lines().enumerate() {
        let start = if at == 0 { "keyrack: " } else { "  " };
        let _ = writeln!(stderr, "{start}{line}");
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
