//! A rule has one name, one level, and one next step, for scripts and the screen alike; where the filter
//! language has words for its keys, it gives the filter that keeps them.

use crate::app::state::{Life, Policy, Reach, Severity, Usage};

/// What is looked for, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The key has ended.
    Expired,
    /// Its end is near.
    ExpiresSoon,
    /// It may do everything.
    Admin,
    /// It may do more than a key should.
    OverBroad,
    /// Another of its list has its name.
    DuplicateName,
    /// Its name could be taken for another.
    LookAlikeName,
    /// The service says whose the keys are, and not of this one.
    OwnerUnknown,
    /// Not used for long.
    Idle,
    /// Made long ago and never used.
    NeverUsed,
    /// Older than keys may become.
    TooOld,
    /// It has no end.
    NeverExpires,
    /// The backend does not record its use.
    UseNotRecorded,
}

impl Rule {
    /// All rules, the worst first.
    pub const ALL: [Self; 12] = [
        Self::Expired,
        Self::ExpiresSoon,
        Self::Admin,
        Self::OverBroad,
        Self::DuplicateName,
        Self::LookAlikeName,
        Self::OwnerUnknown,
        Self::Idle,
        Self::NeverUsed,
        Self::TooOld,
        Self::NeverExpires,
        Self::UseNotRecorded,
    ];

    /// Its name for scripts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::ExpiresSoon => "expires-soon",
            Self::Admin => "admin",
            Self::OverBroad => "over-broad",
            Self::DuplicateName => "duplicate-name",
            Self::LookAlikeName => "look-alike-name",
            Self::OwnerUnknown => "owner-unknown",
            Self::Idle => "idle",
            Self::NeverUsed => "never-used",
            Self::TooOld => "too-old",
            Self::NeverExpires => "never-expires",
            Self::UseNotRecorded => "use-not-recorded",
        }
    }

    /// Its name on the screen.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::OverBroad => self.id().to_owned(),
            Self::LookAlikeName => "look-alike name".to_owned(),
            _ => self.id().replace('-', " "),
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn level(self) -> Severity {
        match self {
            Self::Expired => Life::Expired.severity(),
            Self::ExpiresSoon => Life::ExpiresSoon.severity(),
            Self::Admin => Reach::Admin.severity(),
            Self::OverBroad => Reach::Broad.severity(),
            // Never used for as long as makes another key idle is as bad.
            Self::Idle | Self::NeverUsed => Usage::Idle.severity(),
            Self::DuplicateName | Self::LookAlikeName | Self::OwnerUnknown | Self::TooOld => {
                Severity::Warn
            }
            Self::NeverExpires | Self::UseNotRecorded => Severity::Info,
        }
    }

    /// Why it is a finding, as a sentence.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::Expired => "The key has ended.",
            Self::ExpiresSoon => "The key ends within the policy's warning time.",
            Self::Admin => "The key may do everything.",
            Self::OverBroad => "The key may do more than a key should.",
            Self::DuplicateName => "Another key of the same list has this name.",
            Self::LookAlikeName => "The name could be taken for another one.",
            Self::OwnerUnknown => "The service says whose its keys are, and not of this one.",
            Self::Idle => "The key was not used for longer than the policy's idle time.",
            Self::NeverUsed => "The key was made long ago and never used.",
            Self::TooOld => "The key is older than the policy's greatest age.",
            Self::NeverExpires => "The key has no end.",
            Self::UseNotRecorded => "The service does not say when these keys are used.",
        }
    }

    /// What to do next, as a sentence.
    #[must_use]
    pub fn next(self) -> &'static str {
        match self {
            Self::Expired => "Delete it, and make a new key where something still needs one.",
            Self::ExpiresSoon => "Rotate it before it ends.",
            Self::Admin => {
                "See that somebody answers for it, and use narrower keys for daily work."
            }
            Self::OverBroad => {
                "Put a narrower key in its place, or name it in allow_broad under [policy]."
            }
            Self::DuplicateName => {
                "Give them different names, so that nobody deletes the wrong one."
            }
            Self::LookAlikeName => {
                "Compare the ids before you act, and delete the key that nobody made."
            }
            Self::OwnerUnknown => "Find out who uses it, then give it an owner or delete it.",
            Self::Idle => "Ask whether it is still needed, and delete it otherwise.",
            Self::NeverUsed => "Find out what it was made for, and delete it if nobody knows.",
            Self::TooOld => "Rotate it.",
            Self::NeverExpires => "Give it an end when it is rotated next.",
            Self::UseNotRecorded => {
                "Look for their use in the service's own log before you delete one."
            }
        }
    }

    /// The filter that keeps exactly the keys that the rule finds; none where the language has no words
    /// for them.
    #[must_use]
    pub fn filter(self, policy: &Policy) -> Option<String> {
        Some(match self {
            Self::Expired => "is:expired".to_owned(),
            Self::ExpiresSoon => format!("expires<{} !is:expired", span(policy.warn)?),
            Self::Admin => "is:admin".to_owned(),
            Self::OverBroad => {
                let allowed = policy.allow_broad.iter();
                let allowed = allowed.map(|name| format!(" !name={}", quoted(name)));
                format!("is:broad !is:admin{}", allowed.collect::<String>())
            }
            Self::Idle => format!("used>{}", span(policy.idle)?),
            Self::NeverUsed => format!("used:never age>{}", span(policy.idle)?),
            Self::TooOld => format!("age>{}", span(policy.max_age)?),
            Self::NeverExpires => "expires:never".to_owned(),
            Self::UseNotRecorded => "used:unrecorded".to_owned(),
            Self::DuplicateName | Self::LookAlikeName | Self::OwnerUnknown => return None,
        })
    }
}

impl Severity {
    /// Its name for scripts; nothing where all is well.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Danger => "danger",
        }
    }
}

/// Microseconds in the filter's words: `90d`. None for what it has no words for.
fn span(micros: i64) -> Option<String> {
    const UNITS: [(i64, char); 4] = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
    let seconds = (micros % 1_000_000 == 0).then_some(micros / 1_000_000)?;
    let (size, letter) = UNITS.into_iter().find(|(size, _)| seconds % size == 0)?;
    let count = u32::try_from(seconds / size).ok()?;
    Some(format!("{count}{letter}"))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
