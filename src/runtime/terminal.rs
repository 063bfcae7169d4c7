//! The terminal is exactly as it was found after every end: return, error, panic, signal, suspension.
//! The loop holds a [`Guard`] while it draws; the panic hook of `main` calls [`restore_on_panic`].

use std::{
    fmt,
    fs::File,
    io::{self, IsTerminal, Write},
    sync::atomic::{AtomicU8, Ordering},
    thread::{self, ThreadId},
};

use crossterm::{
    cursor::{Hide, Show},
    event::{
        DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
        EnableFocusChange, EnableMouseCapture,
    },
    queue,
    style::ResetColor,
    terminal::{
        Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Terminal, layout::Size};

use super::writer::Screen;

/// Set while the terminal is ours; a second bit while it reports the mouse. The terminal is one for
/// the process, and the panic hook has no other way to know.
static TAKEN: AtomicU8 = AtomicU8::new(0);
const DRAWING: u8 = 1;
const MOUSE: u8 = 2;

/// The thread that draws: a panic elsewhere leaves the screen alone.
static PAINTER: std::sync::Mutex<Option<ThreadId>> = std::sync::Mutex::new(None);

/// Why the console cannot use the terminal.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Nothing to draw on.
    #[error(
        "the console needs a terminal, and the standard output is none; for scripts use keyrack ls"
    )]
    NoTerminal,
    /// Nothing to read keys from.
    #[error("the console needs a terminal to read keys from, and there is none")]
    NoKeyboard,
    /// A terminal that cannot move its cursor.
    #[error(
        "the console needs a terminal that can move its cursor, and TERM is {0:?}; for scripts use keyrack ls"
    )]
    TooSimple(String),
    /// Ctrl-Z where nobody could wake the process again.
    #[error("there is no shell to return to")]
    NoShell,
    /// The terminal refused.
    #[error("the terminal failed: {0}")]
    Io(#[from] io::Error),
}

/// The terminal while it is ours: raw, on the alternate screen, with paste and focus reported.
pub struct Guard {
    terminal: Terminal<Screen<File>>,
}

impl fmt::Debug for Guard {
    /// Not what stands on the screen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the terminal")
    }
}

impl Guard {
    /// Takes the terminal, or says in one line why it cannot; `term` is the TERM of the environment.
    pub fn take(term: Option<&str>) -> Result<Self, TerminalError> {
        if !io::stdout().is_terminal() {
            return Err(TerminalError::NoTerminal);
        }
        if let Some(term @ ("dumb" | "")) = term {
            return Err(TerminalError::TooSimple(term.to_owned()));
        }
        let terminal = Terminal::new(Screen::new(tty()?, size))?;
        if let Ok(mut painter) = PAINTER.lock() {
            *painter = Some(thread::current().id());
        }
        enter().inspect_err(|_| restore())?;
        Ok(Self { terminal })
    }

    /// What frames are drawn with.
    pub fn terminal(&mut self) -> &mut Terminal<Screen<File>> {
        &mut self.terminal
    }

    /// Sends bytes that are not part of a frame to the terminal, such as an OSC 52 sequence.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.terminal.backend_mut().send(bytes)
    }

    /// Reports the mouse, or leaves it to the terminal's own selection.
    pub fn report_mouse(&mut self, on: bool) -> io::Result<()> {
        let mut bytes = Vec::new();
        if on {
            queue!(bytes, EnableMouseCapture)?;
            TAKEN.fetch_or(MOUSE, Ordering::SeqCst);
        } else {
            queue!(bytes, DisableMouseCapture)?;
            TAKEN.fetch_and(!MOUSE, Ordering::SeqCst);
        }
        self.send(&bytes)
    }

    /// Gives the terminal back, stops the job until the shell continues it, and takes the terminal
    /// again; the next frame is drawn whole. The caller hides secrets first.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> Result<(), TerminalError> {
        use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
        // The leader of a session has no shell that could continue it.
        if getsid(None).map_err(io::Error::from)? == getpid() {
            return Err(TerminalError::NoShell);
        }
        let mouse = TAKEN.load(Ordering::SeqCst) & MOUSE != 0;
        restore();
        // The whole job, as Ctrl-Z in the shell would: a parent such as cargo must stop too.
        kill_current_process_group(Signal::STOP).map_err(io::Error::from)?;
        enter()?;
        if mouse {
            self.report_mouse(true)?;
        }
        self.redraw()
    }

    /// There is no job control on this platform.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> Result<(), TerminalError> {
        Err(TerminalError::NoShell)
    }

    /// Takes the terminal anew after the process was stopped and continued from outside.
    pub fn resume(&mut self) -> Result<(), TerminalError> {
        let mouse = TAKEN.load(Ordering::SeqCst) & MOUSE != 0;
        // Forget the modes that the shell set meanwhile only after they were read again.
        disable_raw_mode()?;
        enter()?;
        if mouse {
            self.report_mouse(true)?;
        }
        self.redraw()
    }

    /// Makes the next frame draw every cell: nothing on the screen is trusted.
    pub fn redraw(&mut self) -> Result<(), TerminalError> {
        self.terminal.backend_mut().forget_cursor()?;
        Ok(self.terminal.clear()?)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was found; does nothing if it is not taken, and never fails.
pub fn restore() {
    let taken = TAKEN.swap(0, Ordering::SeqCst);
    if taken & DRAWING == 0 {
        return;
    }
    if let (Ok(bytes), Ok(mut tty)) = (leaving(taken & MOUSE != 0), tty()) {
        // A terminal that is gone needs no restoring.
        let _ = tty.write_all(&bytes);
    }
    let _ = disable_raw_mode();
}

/// Restores the terminal because this thread panics, and says whether the panic may be reported on
/// it: not while another thread draws there, which goes on.
#[must_use]
pub fn restore_on_panic() -> bool {
    let painter = PAINTER.try_lock().ok().and_then(|painter| *painter);
    let drawing = TAKEN.load(Ordering::SeqCst) & DRAWING != 0;
    if drawing && painter.is_some_and(|painter| painter != thread::current().id()) {
        return false;
    }
    restore();
    true
}

/// Raw mode first: a job in the background is stopped there, before it writes anything.
fn enter() -> Result<(), TerminalError> {
    enable_raw_mode().map_err(|error| match error.raw_os_error() {
        // ENXIO: the standard input is no terminal and /dev/tty cannot be opened.
        Some(6) => TerminalError::NoKeyboard,
        _ => TerminalError::Io(error),
    })?;
    TAKEN.store(DRAWING, Ordering::SeqCst);
    let mut bytes = Vec::new();
    queue!(
        bytes,
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        Hide,
    )?;
    tty()?.write_all(&bytes)?;
    Ok(())
}

/// What undoes every mode, in one write. The alternate screen is cleared before it is left: some
/// terminals keep what stood there.
fn leaving(mouse: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    queue!(bytes, EndSynchronizedUpdate)?;
    if mouse {
        queue!(bytes, DisableMouseCapture)?;
    }
    queue!(
        bytes,
        DisableFocusChange,
        DisableBracketedPaste,
        ResetColor,
        Clear(ClearType::All),
        Show,
        LeaveAlternateScreen,
    )?;
    Ok(bytes)
}

/// The standard output without std's buffer, which could not be erased.
#[cfg(unix)]
fn tty() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// The standard output without std's buffer, which could not be erased.
#[cfg(windows)]
fn tty() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}

/// The size from the system alone: one call, no question to the terminal.
#[cfg(unix)]
fn size() -> io::Result<Size> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout())?;
    Ok(Size::new(size.ws_col, size.ws_row))
}

/// The size from the system alone.
#[cfg(windows)]
fn size() -> io::Result<Size> {
    let (width, height) = crossterm::terminal::size()?;
    Ok(Size::new(width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_undoes_every_mode_and_ends_on_the_main_screen() {
        let bytes = String::from_utf8(leaving(true).unwrap()).unwrap();
        for mode in ["?2026l", "?1004l", "?2004l", "?1000l", "?25h"] {
            assert!(bytes.contains(mode), "{mode} in {bytes:?}");
        }
        assert!(bytes.ends_with("\x1b[?1049l"), "{bytes:?}");
        assert!(
            !String::from_utf8(leaving(false).unwrap())
                .unwrap()
                .contains("?1000l")
        );
    }

    #[test]
    fn restoring_a_terminal_that_is_not_taken_does_nothing() {
        restore();
        assert!(restore_on_panic());
    }

    #[test]
    fn a_refusal_names_the_way_that_works_without_a_terminal() {
        assert!(TerminalError::NoTerminal.to_string().contains("keyrack ls"));
        assert!(
            TerminalError::TooSimple("dumb".to_owned())
                .to_string()
                .contains("\"dumb\"")
        );
    }
}
