//! A filter narrows another when it keeps no row that the other does not: then only the rows of the other
//! are tested. Where that is not sure it is not said; `view` asks before it starts a pass.

use super::{Filter, Is, Limit, Term, Test, bound::looks_dated, needle::folded};

impl Filter {
    /// Every row that this one keeps is kept by `other` too, at one moment and with one set of facts.
    #[must_use]
    pub fn narrows(&self, other: &Self) -> bool {
        let implies = |all: &[Term], wider: &[Term]| {
            let held = |wide: &Term| all.iter().any(|term| term.implies(wide));
            wider.iter().all(held)
        };
        other.any.is_empty()
            || !self.any.is_empty()
                && self
                    .any
                    .iter()
                    .all(|all| other.any.iter().any(|wider| implies(all, wider)))
    }

    /// What it keeps changes as time goes by.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        let timed = |term: &Term| {
            matches!(
                term.test,
                Test::Compare(_, _, Limit::Span(..)) | Test::Is(Is::Expired)
            )
        };
        self.any.iter().flatten().any(timed)
    }
}

impl Term {
    fn implies(&self, other: &Self) -> bool {
        match (self.not, other.not) {
            (false, false) => self.test.implies(&other.test),
            (true, true) => other.test.implies(&self.test),
            _ => false,
        }
    }
}

impl Test {
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Word(long), Self::Word(short)) => {
                // A word that can be a day looks at times too; the wider one would have to.
                holds(long, short) && (looks_dated(short) || !looks_dated(long))
            }
            (Self::Contains(column, long), Self::Contains(same, short)) => {
                column == same && holds(long, short)
            }
            (Self::Fuzzy(long), Self::Fuzzy(short)) => {
                long.is_ascii() && short.is_ascii() && long.starts_with(&**short)
            }
            _ => self == other,
        }
    }
}

/// Each text that has the long needle in it has the short one. Other letters than those of ASCII may become
/// several in small, so that only their beginning is sure.
fn holds(long: &str, short: &str) -> bool {
    let (long, short) = (folded(long), folded(short));
    if short.is_ascii() && long.is_ascii() {
        long.contains(&short)
    } else {
        !short.is_ascii() && long.starts_with(&short)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Filter, Names};

    fn narrows(new: &str, old: &str) -> bool {
        let parse = |text| Filter::parse(text, &Names::default()).unwrap();
        parse(new).narrows(&parse(old))
    }

    #[test]
    fn more_letters_and_more_terms_narrow() {
        for (new, old) in [
            ("tea", ""),
            ("team", "tea"),
            ("steam", "TEA"),
            ("tea m", "tea"),
            ("owner:ann x", "owner:an"),
            ("~abc", "~ab"),
            ("a b c", "c a"),
            ("größe", "grö"),
            ("age>90d te", "age>90d"),
            ("!ab", "!abc"),
            ("ab OR ac", "a OR x"),
            ("2026-01-02", "2026-01"),
        ] {
            assert!(narrows(new, old), "{new} narrows {old}");
        }
    }

    #[test]
    fn what_may_keep_other_rows_does_not_narrow() {
        for (new, old) in [
            ("", "a"),
            ("te", "tea"),
            ("tea OR x", "tea"),
            ("!abc", "!ab"),
            ("!tea", "tea"),
            ("owner:ann", "creator:an"),
            ("owner:ann", "ann"),
            ("owner=ann", "owner=an"),
            ("age>90d", "age>9d"),
            ("2026-", "2026"),
            ("ké", "k"),
            ("~acb", "~ab"),
        ] {
            assert!(!narrows(new, old), "{new} does not narrow {old}");
        }
    }

    #[test]
    fn ages_and_ends_depend_on_the_time() {
        let timed = |text| Filter::parse(text, &Names::default()).unwrap().is_timed();
        assert!(timed("a OR age>1d") && timed("!is:expired") && timed("expires<7d"));
        assert!(!timed("created>2026-01-01") && !timed("is:admin a") && !timed(""));
    }
}
