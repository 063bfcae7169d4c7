//! A fault is something that goes wrong on the way, at a rate, whatever was asked or for what it aims at.
//! The server draws one for each request before it looks at it; the services know nothing of it.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::http::Method;

use super::dice::Dice;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The connection ends before the request is processed.
    LostBefore,
    /// The request is processed and committed, then the connection ends without an answer.
    LostAfter,
    /// The request is processed and committed; its answer ends half-way.
    Cut,
    /// The request is processed and committed; its answer has the right status and a body of another shape.
    Garbage,
    /// The request is processed and committed; no answer comes, and the connection stays.
    Silent,
    /// The request is processed and committed; what stands in between answers 502.
    BadGateway,
    /// 429 with `Retry-After: 1`; nothing is processed.
    TooManyRequests,
    /// 503; nothing is processed.
    Unavailable,
    /// The answer is what the first such request was answered, whatever was changed since then.
    Stale,
    /// The answer begins, stalls for three seconds, and ends.
    Slow,
}

/// Something that goes wrong, and how often.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// What goes wrong.
    pub(crate) kind: FaultKind,
    /// The share of requests that it strikes, from 0.0 to 1.0.
    pub(crate) rate: f64,
    /// The requests among which it strikes.
    pub(crate) aim: Aim,
}

/// The requests that a fault can strike; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Aim {
    /// Those of this method.
    method: Option<Method>,
    /// Those with this in their path.
    path: String,
    /// Those that come first, so many.
    first: Option<usize>,
}

impl Aim {
    /// `POST/keys:1`: a method and a part of a path, then how many at most; each may be missing.
    fn read(text: &str) -> Option<Self> {
        let (what, first) = match text.split_once(':') {
            Some((what, first)) => (what, Some(first.parse().ok()?)),
            None => (text, None),
        };
        let (method, path) = what.split_at(what.find('/').unwrap_or(what.len()));
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let method = match method {
            "" => None,
            method if known.contains(&method) => Some(method.parse().ok()?),
            _ => return None,
        };
        let path = path.to_owned();
        Some(Self {
            method,
            path,
            first,
        })
    }

    fn is_at(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|it| it == method) && path.contains(&self.path)
    }
}

/// Why a fault could not be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FaultError {
    /// There is no colon.
    #[error("'{0}' is not KIND:RATE, for example lost-after:0.2")]
    Form(String),
    /// The kind is not known.
    #[error(
        "'{0}' is no kind of fault: lost-before, lost-after, cut, garbage, silent, stale, 429, 502, 503 or slow"
    )]
    Kind(String),
    /// The rate is not a share.
    #[error("'{0}' is no rate: a number from 0.0 to 1.0")]
    Rate(String),
    /// What it aims at is not understood.
    #[error(
        "'{0}' is no aim: a method and a part of a path, then how many, for example POST/keys:1"
    )]
    Aim(String),
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
            "cut" => FaultKind::Cut,
            "garbage" => FaultKind::Garbage,
            "silent" => FaultKind::Silent,
            "502" => FaultKind::BadGateway,
            "stale" => FaultKind::Stale,
            "429" => FaultKind::TooManyRequests,
            "503" => FaultKind::Unavailable,
            "slow" => FaultKind::Slow,
            other => return Err(FaultError::Kind(other.to_owned())),
        };
        let (rate, aim) = rate.split_once(':').unwrap_or((rate, ""));
        let aim = Aim::read(aim).ok_or_else(|| FaultError::Aim(aim.to_owned()))?;
        match rate.parse() {
            Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(Self { kind, rate, aim }),
            _ => Err(FaultError::Rate(rate.to_owned())),
        }
    }
}

/// The faults of one server and the draws made so far; the same faults strike the same requests in every run.
#[derive(Debug)]
pub(super) struct Faults {
    faults: Vec<Armed>,
    drawn: AtomicU64,
}

/// A fault, and how many requests it struck.
#[derive(Debug)]
struct Armed {
    fault: Fault,
    struck: AtomicUsize,
}

impl Armed {
    /// Strikes once more, unless it has struck all that it may.
    fn strikes(&self) -> bool {
        let most = self.fault.aim.first.unwrap_or(usize::MAX);
        let one_more = |struck: usize| (struck < most).then_some(struck.saturating_add(1));
        self.struck
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .is_ok()
    }
}

impl Faults {
    /// Takes the faults in the order in which they are tried.
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        let armed = faults.into_iter().map(|fault| Armed {
            fault,
            struck: AtomicUsize::new(0),
        });
        Self {
            faults: armed.collect(),
            drawn: AtomicU64::new(0),
        }
    }

    /// What strikes the next request, if anything does.
    pub(super) fn draw(&self, method: &Method, path: &str) -> Option<FaultKind> {
        let turn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut dice = Dice::new(turn);
        self.faults
            .iter()
            .find(|armed| {
                let drawn = dice.share() < armed.fault.rate;
                drawn && armed.fault.aim.is_at(method, path) && armed.strikes()
            })
            .map(|armed| armed.fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: FaultKind, rate: f64) -> Fault {
        Fault {
            kind,
            rate,
            aim: Aim::default(),
        }
    }

    #[test]
    fn a_fault_is_a_kind_and_a_rate() {
        for (text, kind, rate) in [
            ("lost-after:0.25", FaultKind::LostAfter, 0.25),
            ("lost-before:1", FaultKind::LostBefore, 1.0),
            ("cut:1", FaultKind::Cut, 1.0),
            ("garbage:1", FaultKind::Garbage, 1.0),
            ("silent:1", FaultKind::Silent, 1.0),
            ("502:1", FaultKind::BadGateway, 1.0),
            ("stale:1", FaultKind::Stale, 1.0),
            ("429:0", FaultKind::TooManyRequests, 0.0),
            ("503:0.5", FaultKind::Unavailable, 0.5),
            ("slow:1.0", FaultKind::Slow, 1.0),
        ] {
            assert_eq!(text.parse(), Ok(of(kind, rate)), "{text}");
        }
    }

    #[test]
    fn a_fault_that_aims_strikes_the_first_requests_of_its_kind_and_no_other() {
        let faults = |text: &str| Faults::new(vec![text.parse().unwrap()]);
        let aimed = faults("cut:1:POST/keys:2");
        for (method, path, struck) in [
            (Method::GET, "/typesense/keys", false),
            (Method::POST, "/runai/api/v2/token", false),
            (Method::POST, "/typesense/keys", true),
            (Method::POST, "/djinn/api/keys", true),
            (Method::POST, "/typesense/keys", false),
        ] {
            let drawn = aimed.draw(&method, path);
            assert_eq!(drawn.is_some(), struck, "{method} {path}");
        }
        for text in ["cut:1:DELETE", "cut:1:/keys", "cut:1"] {
            let drawn = faults(text).draw(&Method::DELETE, "/keys/1");
            assert_eq!(drawn, Some(FaultKind::Cut), "{text}");
        }
        assert_eq!(faults("cut:1::0").draw(&Method::GET, "/"), None);
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
            "'lost' is no kind of fault: lost-before, lost-after, cut, garbage, silent, stale, 429, 502, 503 or slow"
        );
        for aim in ["post", "POST:", "POST:one", "HEAD/keys"] {
            let words = message(&format!("slow:1:{aim}"));
            assert!(
                words.starts_with(&format!("'{aim}' is no aim: ")),
                "{words}"
            );
        }
        for rate in ["1.5", "-0.1", "NaN", "x", ""] {
            assert_eq!(
                message(&format!("slow:{rate}")),
                format!("'{rate}' is no rate: a number from 0.0 to 1.0")
            );
        }
    }

    #[test]
    fn a_rate_is_the_share_of_requests_that_are_struck() {
        let faults = |rate| Faults::new(vec![of(FaultKind::Slow, rate)]);
        let struck = |rate| {
            let faults = faults(rate);
            let drawn = || faults.draw(&Method::GET, "/");
            (0..10_000).filter(|_| drawn().is_some()).count()
        };
        assert_eq!(struck(0.0), 0);
        assert_eq!(struck(1.0), 10_000);
        assert!((2_300..2_700).contains(&struck(0.25)), "{}", struck(0.25));
    }
}
