//! A write that is on its way is not dropped for a signal: the first one says what is waited for, the second
//! ends the program and leaves the rest to the journal. Before the first write the system's own rule holds.

use std::io;

use super::Failure;
use crate::{cli::output, runtime::signals::Endings};

/// Listens for signals from the first write on.
#[derive(Debug)]
pub(in crate::cli) struct Watch {
    endings: Endings,
    /// One came already.
    told: bool,
}

impl Watch {
    /// Listens from now on; must be called within the runtime.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> Result<Self, Failure> {
        let endings = Endings::listen().map_err(|error: io::Error| {
            Failure::failed(format!(
                "nothing was sent: cannot listen for signals: {error}"
            ))
        })?;
        Ok(Self {
            endings,
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
                ending = self.endings.next() => {
                    if self.told {
                        return Err(Failure {
                            code: ending.exit_code(),
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
