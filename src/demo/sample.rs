//! The sample keys are those of one company: its people, machines, projects, and the mistakes that it made.
//! The services share the words here, so that the same people turn up everywhere; each puts them in its own form.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::dice::Dice;

/// Who signs in with the demo's credentials.
pub(super) const OPERATOR: &str = "mira.okafor@lumentide.example";

/// Colleagues of the operator; the last ones have left.
pub(super) const PEOPLE: [&str; 12] = [
    "mira.okafor@lumentide.example",
    "jonas.weber@lumentide.example",
    "aiko.tanaka@lumentide.example",
    "lucia.fernandez@lumentide.example",
    "tomasz.kowalski@lumentide.example",
    "priya.raman@lumentide.example",
    "sam.oconnell@lumentide.example",
    "noor.haddad@lumentide.example",
    "elif.demir@lumentide.example",
    "ben.carter@lumentide.example",
    "left.2025.hugo.martin@lumentide.example",
    "contractor.dana@brightforge.example",
];

/// Machines that hold keys.
pub(super) const MACHINES: [&str; 6] = [
    "ci-bot@lumentide.example",
    "deploy-bot@lumentide.example",
    "nightly-eval@lumentide.example",
    "terraform@lumentide.example",
    "backup-agent@lumentide.example",
    "renovate@lumentide.example",
];

/// What the company builds.
pub(super) const PROJECTS: [&str; 12] = [
    "atlas", "beacon", "checkout", "docs", "harbor", "lantern", "ledger", "pulse", "quarry",
    "search", "tidepool", "vision",
];

/// What a key is for.
pub(super) const PURPOSES: [&str; 12] = [
    "deploy", "ci", "batch", "eval", "indexer", "board", "backup", "webhook", "mobile", "jupyter",
    "train", "monitor",
];

/// Where it is used.
pub(super) const PLACES: [&str; 6] = ["prod", "stage", "dev", "eu", "us", "test"];

/// A name such as `atlas-deploy-prod`, the `n`th of its list: beyond the combinations it ends in its number.
pub(super) fn name(n: usize) -> String {
    let combinations = PROJECTS.len() * PURPOSES.len() * PLACES.len();
    // 355 has no factor in common with the combinations: each comes once before one comes back.
    let at = n.wrapping_mul(355).checked_rem(combinations).unwrap_or(0);
    let project = word(&PROJECTS, at);
    let purpose = word(&PURPOSES, at / PROJECTS.len());
    let place = word(&PLACES, at / PROJECTS.len() / PURPOSES.len());
    if n < combinations {
        format!("{project}-{purpose}-{place}")
    } else {
        format!("{project}-{purpose}-{n}")
    }
}

/// The `n`th of `words`, which start again at their end.
pub(super) fn word(words: &[&'static str], n: usize) -> &'static str {
    n.checked_rem(words.len())
        .and_then(|at| words.get(at))
        .copied()
        .unwrap_or_default()
}

/// Somebody: mostly people, sometimes a machine.
pub(super) fn somebody(dice: &mut Dice) -> &'static str {
    if dice.one(4) {
        dice.pick(&MACHINES)
    } else {
        dice.pick(&PEOPLE)
    }
}

/// A time in the two years before `now`; half of them in the last five months.
pub(super) fn past(dice: &mut Dice, now: Timestamp) -> Timestamp {
    let most = if dice.one(2) { 150 } else { 730 };
    ago(now, dice.below(most * 86_400 * 1_000_000))
}

/// That many microseconds before `now`.
pub(super) fn ago(now: Timestamp, microseconds: u64) -> Timestamp {
    let span = SignedDuration::from_micros(i64::try_from(microseconds).unwrap_or(i64::MAX));
    now.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A time between two others.
pub(super) fn between(dice: &mut Dice, from: Timestamp, to: Timestamp) -> Timestamp {
    let span = u64::try_from(to.as_microsecond() - from.as_microsecond()).unwrap_or(0);
    ago(to, dice.below(span.max(1)))
}

/// A time without its zone, `2026-11-20T23:53:54.568047`, the fraction absent when it is zero.
pub(super) fn naive(time: Timestamp) -> String {
    let civil = TimeZone::UTC.to_datetime(time);
    let seconds = civil.strftime("%Y-%m-%dT%H:%M:%S");
    match civil.subsec_nanosecond() / 1_000 {
        0 => seconds.to_string(),
        micros => format!("{seconds}.{micros:06}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_do_not_repeat() {
        let names: HashSet<String> = (0..20_000).map(name).collect();
        assert_eq!(names.len(), 20_000);
        assert!(
            names.iter().all(|name| name.len() <= 24),
            "{:?}",
            names.iter().max_by_key(|name| name.len())
        );
    }

    #[test]
    fn a_naive_time_has_six_digits_or_none() {
        let time = |text: &str| naive(text.parse().unwrap());
        assert_eq!(time("2026-11-20T23:53:54.5Z"), "2026-11-20T23:53:54.500000");
        assert_eq!(time("2026-11-20T23:53:54Z"), "2026-11-20T23:53:54");
    }
}
