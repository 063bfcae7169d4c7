//! The bytes of the terminal, read whole and erased once they were taken apart. `events` runs this in a
//! thread of its own, which waits in the read.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _},
    os::fd::AsFd as _,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    Input,
    sequence::{Sequences, Token},
};
use crate::app::Msg;

/// Bytes of one read: no terminal hands over more.
const AT_ONCE: usize = 4 << 10;
/// Nobody presses so many keys at once, in bytes: the read may have ended within a sequence.
const BURST: usize = 1 << 10;
/// EIO: a terminal that was hung up answers so.
const HUNG_UP: i32 = 5;

/// Reads until the terminal is gone, or nobody takes what is read.
///
/// # Errors
/// When the terminal fails in another way.
pub fn read(give: &mut dyn FnMut(Input) -> bool) -> io::Result<()> {
    let mut tty = open()?;
    let mut bytes = Zeroizing::new(vec![0; AT_ONCE]);
    let mut sequences = Sequences::default();
    let mut heard = true;
    while heard {
        let length = match tty.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.raw_os_error() == Some(HUNG_UP) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                wait(&tty, None)?;
                continue;
            }
            Err(error) => return Err(error),
        };
        // What comes right behind a key that was pressed is another key.
        let more = length >= BURST && wait(&tty, Some(&Timespec::default())).unwrap_or(false);
        let read = bytes.get_mut(..length).unwrap_or_default();
        sequences.take(read, more, &mut |token| heard &= give(input(token)));
        read.zeroize();
    }
    if heard {
        give(Input::Gone);
    }
    Ok(())
}

fn input(token: Token) -> Input {
    match token {
        Token::Key(key) => Input::key(key),
        Token::Paste(text) => Input::message(Msg::Paste(text)),
        Token::Focus(is_here) => Input::message(Msg::Focus(is_here)),
    }
}

/// Where keys come from, as crossterm chooses it too, which sets its modes.
fn open() -> io::Result<File> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        Ok(stdin.as_fd().try_clone_to_owned()?.into())
    } else {
        File::open("/dev/tty")
    }
}

/// Waits until there is something to read, or as long as is said; tells whether there is.
fn wait(tty: &File, limit: Option<&Timespec>) -> io::Result<bool> {
    let mut tty = [PollFd::new(tty, PollFlags::IN)];
    let ready = poll(&mut tty, limit)?;
    Ok(ready > 0 && tty.iter().all(|tty| tty.revents().contains(PollFlags::IN)))
}
