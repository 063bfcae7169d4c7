//! A walk that somebody wants to end begins nothing new; only when it is asked for twice is what is on its way
//! no longer waited for. One [`Halt`] stops all walks that share it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

use super::{Broken, Sign};

/// How walks are stopped; its copies are one.
#[derive(Debug, Clone)]
pub struct Halt {
    stage: Arc<watch::Sender<Stage>>,
    /// Somebody said what is waited for.
    said: Arc<AtomicBool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Free,
    Asked,
    Left(u8),
}

impl Default for Halt {
    fn default() -> Self {
        Self {
            stage: Arc::new(watch::Sender::new(Stage::Free)),
            said: Arc::default(),
        }
    }
}

impl Halt {
    /// Asks for the end: nothing new is begun.
    pub fn ask(&self) {
        self.stage.send_if_modified(|stage| {
            let free = *stage == Stage::Free;
            if free {
                *stage = Stage::Asked;
            }
            free
        });
    }

    /// Gives up waiting; `code` goes into [`Broken::Left`].
    pub fn leave(&self, code: u8) {
        self.stage.send_replace(Stage::Left(code));
    }

    /// The end was asked for.
    #[must_use]
    pub fn asked(&self) -> bool {
        *self.stage.borrow() != Stage::Free
    }

    /// Does what must not be left in the middle; `what` says what is waited for.
    pub(super) async fn over<T>(
        &self,
        what: &str,
        tell: &(dyn Fn(Sign) + Send + Sync),
        work: impl Future<Output = T>,
    ) -> Result<T, Broken> {
        let mut heard = self.stage.subscribe();
        let mut stage = *heard.borrow_and_update();
        // What was asked for before is said once; of what is on its way each says that it is waited for.
        let mut old = true;
        tokio::pin!(work);
        loop {
            match stage {
                Stage::Free => {}
                Stage::Asked => {
                    if !self.said.swap(true, Ordering::Relaxed) || !old {
                        tell(Sign::Words(format!(
                            "waiting for {what}; once more leaves it to the journal"
                        )));
                    }
                }
                Stage::Left(code) => {
                    let message = format!(
                        "not waited for any longer: {what}. What came of it is not known; keyrack log shows it"
                    );
                    return Err(Broken::Left { message, code });
                }
            }
            old = false;
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                Ok(()) = heard.changed() => stage = *heard.borrow_and_update(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::Mutex};

    use super::*;

    const LEFT: &str =
        "not waited for any longer: the answer. What came of it is not known; keyrack log shows it";

    #[tokio::test]
    async fn the_first_request_is_told_and_the_second_leaves() {
        let halt = Halt::default();
        let said = Mutex::new(Vec::new());
        let other = halt.clone();
        let tell = |sign: Sign| {
            if let Sign::Words(words) = sign {
                said.lock().unwrap().push(words);
            }
            other.leave(130);
        };
        halt.ask();
        let left = halt.over("the answer", &tell, pending::<()>()).await;
        let message = LEFT.to_owned();
        assert_eq!(left, Err(Broken::Left { message, code: 130 }));
        let said = said.into_inner().unwrap();
        assert_eq!(
            said,
            ["waiting for the answer; once more leaves it to the journal"]
        );
    }

    #[tokio::test]
    async fn what_was_asked_for_is_said_once_to_those_that_begin_later() {
        let halt = Halt::default();
        let said = Mutex::new(0);
        let tell = |_: Sign| *said.lock().unwrap() += 1;
        halt.ask();
        halt.ask();
        assert!(halt.asked());
        for _ in 0..3 {
            assert_eq!(halt.over("it", &tell, async { 1 }).await, Ok(1));
        }
        assert_eq!(*said.lock().unwrap(), 1);
    }

    #[tokio::test]
    async fn an_end_that_is_not_awaited_any_more_begins_nothing() {
        let halt = Halt::default();
        halt.leave(143);
        let begun = Mutex::new(false);
        let work = async { *begun.lock().unwrap() = true };
        assert!(halt.over("it", &|_| {}, work).await.is_err());
        assert!(!*begun.lock().unwrap());
    }
}
