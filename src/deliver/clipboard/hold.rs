//! The holder's own side, behind a hidden command: it owns the clipboard until its time is over, until
//! another program copies something, or until it is told to end, whatever happens to the process that
//! started it. The time is over by the clock on the wall too, which goes on while a machine sleeps.

use std::{
    io::{self, BufRead as _, Read as _, Write as _},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant, SystemTime},
};

use zeroize::Zeroizing;

use super::{
    display::{self, Owned},
    order::{Answer, END, EXTEND, EXTENDED, LONGEST, Order},
};

/// How long the display may take; nobody waits longer, and no secret stays behind in a hung process.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the clock on the wall is looked at.
const TICK: Duration = Duration::from_millis(500);

/// What happens to a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Its time begins anew.
    Extend,
    /// It may end.
    End,
    /// It owns the clipboard no more.
    Gone,
}

/// Holds what comes by standard input; returns when it is over.
///
/// # Errors
/// Why it could not.
pub fn hold() -> Result<(), String> {
    detach();
    let (order, text) = take(&mut io::stdin().lock())?;
    let (events, happened) = mpsc::channel();
    let owned = own(text, order.secret, &events);
    say(match &owned {
        Ok(owned) => Answer::Owned(owned.channel),
        Err(why) => Answer::Failed(why.clone()),
    });
    let owned = owned?;
    // After the end of what is said to us it holds on: whoever started it has ended.
    let listen = move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let event = match line.as_str() {
                EXTEND => Event::Extend,
                END => Event::End,
                _ => continue,
            };
            if events.send(event).is_err() {
                return;
            }
        }
    };
    thread::Builder::new()
        .spawn(listen)
        .map_err(|error| error.to_string())?;
    wait(&happened, order.lasts, || say(EXTENDED));
    release(owned);
    Ok(())
}

/// Prints what the clipboard holds, as any other program would read it.
///
/// # Errors
/// When the display cannot be asked.
pub fn read_back() -> Result<(), String> {
    let read = within(PATIENCE, display::read)?;
    let bytes = read?;
    let mut out = io::stdout().lock();
    let written = out.write_all(&bytes).and_then(|()| out.flush());
    written.map_err(|error| error.to_string())
}

/// Leaves the terminal and its signals.
fn detach() {
    // It fails for a leader of processes, which somebody else started so.
    #[cfg(unix)]
    let _ = rustix::process::setsid();
}

/// Reads the order and the content.
fn take(input: &mut impl io::BufRead) -> Result<(Order, Zeroizing<String>), String> {
    let mut line = String::new();
    let read = input.take(LONGEST).read_line(&mut line);
    let order = read
        .ok()
        .and_then(|_| line.trim_end().parse::<Order>().ok())
        .ok_or("this command is keyrack's own: it holds the clipboard")?;
    let mut bytes = Zeroizing::new(vec![0; order.length]);
    input
        .read_exact(&mut bytes)
        .map_err(|error| format!("the content did not come: {error}"))?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok((order, Zeroizing::new(text))),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err("the content is not text".to_owned())
        }
    }
}

fn own(text: Zeroizing<String>, secret: bool, events: &Sender<Event>) -> Result<Owned, String> {
    let events = events.clone();
    within(PATIENCE, move || display::own(&text, secret, events))?
}

/// Gives the clipboard back; a display that hangs does it once it sees that this process is gone.
fn release(owned: Owned) {
    let _ = within(PATIENCE / 2, owned.release);
}

fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (send, receive) = mpsc::channel();
    thread::Builder::new()
        .spawn(move || drop(send.send(work())))
        .map_err(|error| error.to_string())?;
    receive.recv_timeout(patience).map_err(|error| match error {
        RecvTimeoutError::Timeout => "the display does not answer".to_owned(),
        RecvTimeoutError::Disconnected => "the way to the display failed".to_owned(),
    })
}

fn say(answer: impl std::fmt::Display) {
    // Nobody may be there to hear it.
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{answer}").and_then(|()| out.flush());
}

/// Waits until the clipboard is to be given back or is no longer ours.
fn wait(happened: &mpsc::Receiver<Event>, lasts: Option<Duration>, extended: impl Fn()) {
    let mut deadline = lasts.map(Deadline::from_now);
    loop {
        let event = match &deadline {
            None => happened.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => match deadline.left(Instant::now(), SystemTime::now()) {
                Duration::ZERO => return,
                left => happened.recv_timeout(left.min(TICK)),
            },
        };
        match event {
            Ok(Event::Extend) => {
                deadline = lasts.map(Deadline::from_now);
                extended();
            }
            Ok(Event::End | Event::Gone) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The end of a time by two clocks: one that nobody sets, and one that goes on while the machine sleeps.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    steady: Instant,
    wall: SystemTime,
}

impl Deadline {
    fn from_now(lasts: Duration) -> Self {
        Self {
            steady: Instant::now() + lasts,
            wall: SystemTime::now() + lasts,
        }
    }

    /// What is left of it, by the clock that ends it first.
    fn left(&self, steady: Instant, wall: SystemTime) -> Duration {
        let by_wall = self.wall.duration_since(wall).unwrap_or(Duration::ZERO);
        self.steady.saturating_duration_since(steady).min(by_wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_over_by_whichever_clock_ends_it_first() {
        let lasts = Duration::from_secs(30);
        let (steady, wall) = (Instant::now(), SystemTime::now());
        let deadline = Deadline {
            steady: steady + lasts,
            wall: wall + lasts,
        };
        assert_eq!(deadline.left(steady, wall), lasts);
        let hour = Duration::from_hours(1);
        // The machine slept for an hour: only the clock on the wall knows.
        assert_eq!(deadline.left(steady, wall + hour), Duration::ZERO);
        // Somebody set the clock on the wall back: the other one still ends it.
        assert_eq!(deadline.left(steady + lasts, wall - hour), Duration::ZERO);
        assert_eq!(
            deadline.left(steady + Duration::from_secs(10), wall),
            Duration::from_secs(20)
        );
    }

    #[test]
    fn a_holder_without_an_end_waits_for_its_word() {
        let (send, happened) = mpsc::channel();
        let extended = std::cell::Cell::new(0);
        let wait = |lasts| wait(&happened, lasts, || extended.set(extended.get() + 1));
        send.send(Event::Extend).unwrap();
        send.send(Event::Gone).unwrap();
        wait(None);
        assert_eq!(extended.get(), 1);
        send.send(Event::End).unwrap();
        wait(Some(Duration::from_hours(1)));
        wait(Some(Duration::from_millis(1)));
    }

    #[test]
    fn what_is_no_order_is_refused_and_a_content_is_taken_to_its_last_byte() {
        let take = |bytes: &[u8]| take(&mut io::BufReader::new(bytes));
        let (order, text) = take(b"hold secret 5 30000\na\nb\n\nrest").unwrap();
        assert_eq!((text.as_str(), order.secret), ("a\nb\n\n", true));
        for bytes in [
            b"".as_slice(),
            b"hello\n",
            b"hold secret 5 0\nabc",
            b"hold text 2 0\n\xff\xfe",
        ] {
            assert!(take(bytes).is_err());
        }
    }
}
