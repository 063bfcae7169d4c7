//! What the system asks of the process: to end, to stop, to go on, to draw for another size. The loop
//! selects on [`Signals::next`]; scripts wait for [`Endings`] alone.

use std::io;

/// A request of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End in good order.
    End(Ending),
    /// Give the terminal back and stop, as Ctrl-Z does.
    Stop,
    /// The process runs again: the terminal must be taken and drawn anew.
    Continue,
    /// The terminal has another size.
    Resize,
}

/// A signal that ends the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The terminal is gone.
    Hangup,
    /// Ctrl-C from outside; in the console it is a key.
    Interrupt,
    /// As the interrupt; the core file is off anyway.
    Quit,
    /// Asked politely.
    Terminate,
}

impl Ending {
    /// The exit code that says which signal ended the process: 128 and its number.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        128 + match self {
            Self::Hangup => 1,
            Self::Interrupt => 2,
            Self::Quit => 3,
            Self::Terminate => 15,
        }
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    use super::{Ending, Signal, io};

    /// The signals that end the process.
    #[derive(Debug)]
    pub struct Endings {
        hangup: Stream,
        interrupt: Stream,
        quit: Stream,
        terminate: Stream,
    }

    impl Endings {
        /// Listens from now on; must be called within the runtime.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                hangup: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        /// The next one; cancelling the wait loses none.
        pub async fn next(&mut self) -> Ending {
            tokio::select! {
                _ = self.hangup.recv() => Ending::Hangup,
                _ = self.terminate.recv() => Ending::Terminate,
                _ = self.interrupt.recv() => Ending::Interrupt,
                _ = self.quit.recv() => Ending::Quit,
            }
        }
    }

    /// The signals that the console listens to.
    #[derive(Debug)]
    pub struct Signals {
        endings: Endings,
        stop: Stream,
        go_on: Stream,
        resize: Stream,
    }

    impl Signals {
        /// Listens from now on; must be called within the runtime.
        pub fn listen() -> io::Result<Self> {
            let raw = |kind: rustix::process::Signal| SignalKind::from_raw(kind.as_raw());
            Ok(Self {
                endings: Endings::listen()?,
                stop: signal(raw(rustix::process::Signal::TSTP))?,
                go_on: signal(raw(rustix::process::Signal::CONT))?,
                resize: signal(SignalKind::window_change())?,
            })
        }

        /// The next request; cancelling the wait loses none.
        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                ending = self.endings.next() => Signal::End(ending),
                _ = self.stop.recv() => Signal::Stop,
                _ = self.go_on.recv() => Signal::Continue,
                _ = self.resize.recv() => Signal::Resize,
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Ending, Signal, io};

    /// What ends the process: Ctrl-C alone on this platform.
    #[derive(Debug)]
    pub struct Endings(());

    impl Endings {
        /// Listens from now on; must be called within the runtime.
        pub fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// The next one; cancelling the wait loses none.
        pub async fn next(&mut self) -> Ending {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Ending::Interrupt
        }
    }

    /// The signals that the console listens to.
    #[derive(Debug)]
    pub struct Signals(Endings);

    impl Signals {
        /// Listens from now on; must be called within the runtime.
        pub fn listen() -> io::Result<Self> {
            Endings::listen().map(Self)
        }

        /// The next request; cancelling the wait loses none.
        pub async fn next(&mut self) -> Signal {
            Signal::End(self.0.next().await)
        }
    }
}

pub use system::{Endings, Signals};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_names_the_signal() {
        let codes = [
            Ending::Hangup,
            Ending::Interrupt,
            Ending::Quit,
            Ending::Terminate,
        ]
        .map(Ending::exit_code);
        assert_eq!(codes, [129, 130, 131, 143]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_signal_to_the_process_arrives_as_what_it_asks() {
        let mut signals = Signals::listen().unwrap();
        let this = rustix::process::getpid();
        for (raw, asked) in [
            (rustix::process::Signal::TSTP, Signal::Stop),
            (rustix::process::Signal::CONT, Signal::Continue),
            (rustix::process::Signal::WINCH, Signal::Resize),
            (rustix::process::Signal::HUP, Signal::End(Ending::Hangup)),
            (
                rustix::process::Signal::TERM,
                Signal::End(Ending::Terminate),
            ),
        ] {
            rustix::process::kill_process(this, raw).unwrap();
            assert_eq!(signals.next().await, asked);
        }
    }
}
