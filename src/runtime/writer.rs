//! What is drawn leaves in one write a frame and stays nowhere: the bytes of a frame are collected,
//! written and erased, and a frame that changes nothing writes nothing. `terminal` builds a [`Screen`]
//! for the loop, which draws through ratatui's `Terminal` on it.

use std::{
    fmt,
    io::{self, Write},
};

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    queue,
    terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{self, Backend, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use zeroize::Zeroize;

/// Bytes reserved at first: a whole frame of 200×50 with colours fits.
const FRAME: usize = 64 << 10;

/// Collects bytes until they are flushed, writes them at once, then erases them.
pub struct WipingWriter<W: Write> {
    out: W,
    pending: Vec<u8>,
}

impl<W: Write> fmt::Debug for WipingWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of a frame", self.pending.len())
    }
}

impl<W: Write> WipingWriter<W> {
    /// Writes to `out`, which should have no buffer of its own.
    pub fn new(out: W) -> Self {
        Self {
            out,
            pending: Vec::with_capacity(FRAME),
        }
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Makes room without leaving a copy of what was collected in the old allocation.
    fn grow(&mut self, more: usize) {
        let wanted = self.pending.len().saturating_add(more);
        if wanted > self.pending.capacity() {
            let mut larger = Vec::with_capacity(wanted.saturating_mul(2));
            larger.extend_from_slice(&self.pending);
            self.pending.zeroize();
            self.pending = larger;
        }
    }
}

impl<W: Write> Write for WipingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.grow(bytes.len());
        self.pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.pending);
        self.pending.zeroize();
        written.and_then(|()| self.out.flush())
    }
}

impl<W: Write> Drop for WipingWriter<W> {
    fn drop(&mut self) {
        self.pending.zeroize();
    }
}

/// ratatui's crossterm backend on a [`WipingWriter`], made to write once a frame and only if something
/// changed; it never asks the terminal anything.
#[derive(Debug)]
pub struct Screen<W: Write> {
    inner: CrosstermBackend<WipingWriter<W>>,
    size: fn() -> io::Result<Size>,
    /// Something is collected for the frame at hand.
    dirty: bool,
    /// The cursor as the terminal shows it, and where.
    cursor: Option<Position>,
    /// The cursor as this frame wants it.
    wanted: Option<Position>,
}

impl<W: Write> Screen<W> {
    /// Draws on `out`, whose size `size` tells; the cursor counts as hidden.
    pub fn new(out: W, size: fn() -> io::Result<Size>) -> Self {
        Self {
            inner: CrosstermBackend::new(WipingWriter::new(out)),
            size,
            dirty: false,
            cursor: None,
            wanted: None,
        }
    }

    /// Sends bytes that are not part of a frame, such as an OSC 52 sequence, at once.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_all(bytes)?;
        Write::flush(&mut self.inner)
    }

    /// Forgets where the cursor is: something else used the terminal. The next frame hides it first.
    pub fn forget_cursor(&mut self) -> io::Result<()> {
        self.begin()?;
        queue!(self.inner, Hide)?;
        self.cursor = None;
        Ok(())
    }

    fn begin(&mut self) -> io::Result<()> {
        if !self.dirty {
            self.dirty = true;
            queue!(self.inner, BeginSynchronizedUpdate)?;
        }
        Ok(())
    }

    /// Collects what brings the cursor where this frame wants it; drawing moved it if `moved`.
    fn settle_cursor(&mut self, moved: bool) -> io::Result<()> {
        if self.cursor == self.wanted && (!moved || self.wanted.is_none()) {
            return Ok(());
        }
        self.begin()?;
        match (self.cursor, self.wanted) {
            (_, None) => queue!(self.inner, Hide)?,
            (None, Some(at)) => queue!(self.inner, MoveTo(at.x, at.y), Show)?,
            (Some(_), Some(at)) => queue!(self.inner, MoveTo(at.x, at.y))?,
        }
        self.cursor = self.wanted;
        Ok(())
    }
}

impl<W: Write> Backend for Screen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.begin()?;
        self.inner.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.wanted.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(backend::ClearType::All)
    }

    fn clear_region(&mut self, region: backend::ClearType) -> io::Result<()> {
        self.begin()?;
        queue!(
            self.inner,
            Clear(match region {
                backend::ClearType::All => ClearType::All,
                backend::ClearType::AfterCursor => ClearType::FromCursorDown,
                backend::ClearType::BeforeCursor => ClearType::FromCursorUp,
                backend::ClearType::CurrentLine => ClearType::CurrentLine,
                backend::ClearType::UntilNewLine => ClearType::UntilNewLine,
            })
        )
    }

    fn size(&self) -> io::Result<Size> {
        (self.size)()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size()?,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        let drawn = self.dirty;
        self.settle_cursor(drawn)?;
        if !self.dirty {
            return Ok(());
        }
        self.dirty = false;
        queue!(self.inner, EndSynchronizedUpdate)?;
        Write::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests;
