//! A fault is something that goes wrong on the way, at a rate, whatever was asked.
//! The server draws one for each request before it looks at it; the services know nothing of it.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::dice::Dice;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The connection ends before the request is processed.
    LostBefore,
    /// The request is processed and committed, then the connection ends without an answer.
    LostAfter,
    /// 429 with `Retry-After: 1`; nothing is processed.
    TooManyRequests,
    /// 503; nothing is processed.
    Unavailable,
    /// The answer begins, stalls for three seconds, and ends.
    Slow,
}

/// Something that goes wrong, and how often.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fault {
    /// What goes wrong.
    pub(crate) kind: FaultKind,
    /// The share of requests that it strikes, from 0.0 to 1.0.
    pub(crate) rate: f64,
}

/// Why a fault could not be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FaultError {
    /// There is no colon.
    #[error("'{0}' is not KIND:RATE, for example lost-after:0.2")]
    Form(String),
    /// The kind is not known.
    #[error("'{0}' is no kind of fault: lost-before, lost-after, 429, 503 or slow")]
    Kind(String),
    /// The rate is not a share.
    #[error("'{0}' is no rate: a number from 0.0 to 1.0")]
    Rate(String),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (kind, rate) = text
            .split_once(':')
            .ok_or_else(|| FaultError::Form(text.to_owned()))?;
        let kind = match kind {
            "lost-before" => FaultKind::LostBefore,
            "lost-after" => FaultKind::LostAfter,
            "429" => FaultKind::TooManyRequests,
            "503" => FaultKind::Unavailable,
            "slow" => FaultKind::Slow,
            other => return Err(FaultError::Kind(other.to_owned())),
        };
        match rate.parse() {
            Ok(number) if (0.0..=1.0).contains(&number) => Ok(Self { kind, rate: number }),
            _ => Err(FaultError::Rate(rate.to_owned())),
        }
    }
}

/// The faults of one server and the draws made so far; the same faults strike the same requests in every run.
#[derive(Debug)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    drawn: AtomicU64,
}

impl Faults {
    /// Takes the faults in the order in which they are tried.
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self {
            faults,
            drawn: AtomicU64::new(0),
        }
    }

    /// What strikes the next request, if anything does.
    pub(super) fn draw(&self) -> Option<FaultKind> {
        let turn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut dice = Dice::new(turn);
        self.faults
            .iter()
            .find(|fault| dice.share() < fault.rate)
            .map(|fault| fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_kind_and_a_rate() {
        assert_eq!(
            "lost-after:0.25".parse(),
            Ok(Fault {
                kind: FaultKind::LostAfter,
                rate: 0.25
            })
        );
        assert_eq!(
            "lost-before:1".parse(),
            Ok(Fault {
                kind: FaultKind::LostBefore,
                rate: 1.0
            })
        );
        assert_eq!(
            "429:0".parse(),
            Ok(Fault {
                kind: FaultKind::TooManyRequests,
                rate: 0.0
            })
        );
        assert_eq!(
            "503:0.5".parse(),
            Ok(Fault {
                kind: FaultKind::Unavailable,
                rate: 0.5
            })
        );
        assert_eq!(
            "slow:1.0".parse(),
            Ok(Fault {
                kind: FaultKind::Slow,
                rate: 1.0
            })
        );
    }

    #[test]
    fn a_fault_that_cannot_be_understood_says_which_part() {
        let message = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(
            message("slow"),
            "'slow' is not KIND:RATE, for example lost-after:0.2"
        );
        assert_eq!(
            message("lost:1"),
            "'lost' is no kind of fault: lost-before, lost-after, 429, 503 or slow"
        );
        for rate in ["1.5", "-0.1", "NaN", "x", ""] {
            assert_eq!(
                message(&format!("slow:{rate}")),
                format!("'{rate}' is no rate: a number from 0.0 to 1.0")
            );
        }
    }

    #[test]
    fn a_rate_is_the_share_of_requests_that_are_struck() {
        let faults = |rate| {
            Faults::new(vec![Fault {
                kind: FaultKind::Slow,
                rate,
            }])
        };
        let struck = |rate| {
            let faults = faults(rate);
            (0..10_000).filter(|_| faults.draw().is_some()).count()
        };
        assert_eq!(struck(0.0), 0);
        assert_eq!(struck(1.0), 10_000);
        assert!((2_300..2_700).contains(&struck(0.25)), "{}", struck(0.25));
    }
}
