//! A write that is on its way is not dropped for a signal: the first one says what is waited for, the second
//! ends the program and leaves the rest to the journal. Before the first write the system's own rule holds.

use std::io;

use super::Failure;
use crate::cli::output;

/// Listens for signals from the first write on.
#[derive(Debug)]
pub(in crate::cli) struct Watch {
    signals: system::Signals,
    /// One came already.
    told: bool,
}

impl Watch {
    /// Listens from now on; must be called within the runtime.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> Result<Self, Failure> {
        let signals = system::Signals::listen();
        let signals = signals.map_err(|error: io::Error| {
            Failure::failed(format!(
                "nothing was sent: cannot listen for signals: {error}"
            ))
        })?;
        Ok(Self {
            signals,
            told: false,
        })
    }

    /// Somebody asked for the end: nothing new is begun.
    pub fn interrupted(&self) -> bool {
        self.told
    }

    /// Does what must not be left in the middle; `what` says what is waited for.
    ///
    /// # Errors
    /// That the end was asked for twice.
    pub async fn over<T>(
        &mut self,
        what: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                code = self.signals.next() => {
                    if self.told {
                        return Err(Failure {
                            code,
                            message: format!("not waited for any longer: {what}. What came of it is not known; keyrack log shows it"),
                        });
                    }
                    self.told = true;
                    output::say(&format!(
                        "waiting for {what}; once more leaves it to the journal"
                    ));
                }
            }
        }
    }
}

#[cfg(unix)]
mod system {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    use crate::runtime::signals::Ending;

    #[derive(Debug)]
    pub struct Signals {
        hangup: Signal,
        interrupt: Signal,
        quit: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                hangup: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        /// The exit code of the next signal.
        pub async fn next(&mut self) -> u8 {
            let ending = tokio::select! {
                _ = self.hangup.recv() => Ending::Hangup,
                _ = self.interrupt.recv() => Ending::Interrupt,
                _ = self.quit.recv() => Ending::Quit,
                _ = self.terminate.recv() => Ending::Terminate,
            };
            ending.exit_code()
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    use crate::runtime::signals::Ending;

    #[derive(Debug)]
    pub struct Signals(());

    impl Signals {
        pub fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        pub async fn next(&mut self) -> u8 {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Ending::Interrupt.exit_code()
        }
    }
}
