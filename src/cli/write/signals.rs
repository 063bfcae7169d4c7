//! A write that is on its way is not dropped for a signal: the first one says what is waited for, the second
//! ends the program and leaves the rest to the journal. Before the first write the system's own rule holds.

use std::io;

use super::{Failure, Halt};
use crate::runtime::signals::Endings;

/// Lets signals stop the walks of this halt from now on; must be called within the runtime.
///
/// # Errors
/// When the system does not let it.
pub(in crate::cli) fn listen(halt: &Halt) -> Result<(), Failure> {
    let mut endings = Endings::listen().map_err(|error: io::Error| {
        Failure::failed(format!(
            "nothing was sent: cannot listen for signals: {error}"
        ))
    })?;
    let halt = halt.clone();
    tokio::spawn(async move {
        loop {
            let ending = endings.next().await;
            if halt.asked() {
                halt.leave(ending.exit_code());
            } else {
                halt.ask();
            }
        }
    });
    Ok(())
}
