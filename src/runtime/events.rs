//! What a terminal sends becomes the messages that the update knows. On Unix its bytes are read and taken
//! apart here and erased at once, for they may be a secret that is typed or pasted; a library would keep
//! them. The loop takes them from [`listen`], as whole inputs in boxes: a queue keeps what passed through it.

#[cfg(any(not(unix), test))]
mod console;
#[cfg(unix)]
mod sequence;
#[cfg(unix)]
mod tty;

use std::{io, thread};

use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::app::{Msg, key::Key};

/// What an event asks for.
#[derive(Debug)]
pub enum Input {
    /// For the update.
    Msg(Box<Msg>),
    /// Ctrl-Z: to the shell.
    Suspend,
    /// There is nobody any more who could press a key.
    Gone,
}

impl Input {
    fn key(key: Key) -> Self {
        if key == Key::ctrl('z') {
            Self::Suspend
        } else {
            Self::message(Msg::Key(key))
        }
    }

    fn message(msg: Msg) -> Self {
        Self::Msg(Box::new(msg))
    }
}

/// Reads the terminal in a thread of its own until the process ends or the terminal does.
#[must_use]
pub fn listen() -> UnboundedReceiver<io::Result<Input>> {
    let (send, events) = mpsc::unbounded_channel();
    thread::spawn(move || {
        // The loop has ended: nobody waits for keys.
        let mut give = |input| send.send(Ok(input)).is_ok();
        #[cfg(unix)]
        let ended = tty::read(&mut give);
        #[cfg(not(unix))]
        let ended = console::read(&mut give);
        if let Err(error) = ended {
            drop(send.send(Err(error)));
        }
    });
    events
}
