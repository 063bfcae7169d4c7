//! Which ways there are to rotate a key, which steps each has, and in which order: the console walks them
//! with its operator, `walk` goes alone.

use crate::{
    journal::{Mode, Order},
    manifest::{Replace, Resource, Verb},
};

/// A way to rotate a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Another key first, then the old one is deleted: both work in between.
    CreateFirst,
    /// The old key first, for its name can be there only once: neither works in between.
    DeleteFirst,
    /// The key stays and gets a new secret; the old one dies at once.
    Regenerate,
}

/// A step of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One of the ways is chosen.
    Choose,
    /// Where the new secret goes is chosen, and tried.
    Destination,
    /// What the new key will be is filled in.
    Fill,
    /// The new key or the new secret is made.
    Make,
    /// The new secret is stored.
    Store,
    /// The new key is tried by using it.
    Prove,
    /// Whatever uses the old key gets the new one.
    HandOver,
    /// The old key is deleted.
    Revoke,
    /// The old key is seen to be gone.
    Dead,
    /// Nothing is left to do.
    Ended,
}

impl Way {
    /// Ways to rotate a key of this kind, the least dangerous first; none where it cannot be rotated.
    #[must_use]
    pub fn of(resource: &Resource) -> Vec<Self> {
        let replaces = resource.create.is_some() && resource.delete.is_some();
        let replace = match resource.replace.unwrap_or_default() {
            Replace::CreateFirst => Self::CreateFirst,
            Replace::DeleteFirst => Self::DeleteFirst,
        };
        let regenerate = resource.rotate.is_some().then_some(Self::Regenerate);
        replaces
            .then_some(replace)
            .into_iter()
            .chain(regenerate)
            .collect()
    }

    /// The operation that makes the new key or the new secret.
    #[must_use]
    pub fn makes_by(self) -> Verb {
        match self {
            Self::Regenerate => Verb::Rotate,
            Self::CreateFirst | Self::DeleteFirst => Verb::Create,
        }
    }

    /// The steps of a rotation that goes this way.
    #[must_use]
    pub fn steps(self) -> &'static [Step] {
        use Step::{Choose, Dead, Destination, Fill, HandOver, Make, Prove, Revoke, Store};
        match self {
            Self::CreateFirst => &[
                Choose,
                Destination,
                Make,
                Store,
                Prove,
                HandOver,
                Revoke,
                Dead,
            ],
            Self::DeleteFirst => &[Choose, Fill, Revoke, Make, Prove],
            Self::Regenerate => &[Choose, Destination, Make, Store, Prove],
        }
    }

    /// The step after this one.
    #[must_use]
    pub fn after(self, step: Step) -> Step {
        let steps = self.steps();
        let at = steps.iter().position(|one| *one == step);
        at.and_then(|at| steps.get(at + 1))
            .copied()
            .unwrap_or(Step::Ended)
    }

    /// As the journal writes it.
    #[must_use]
    pub fn journal(self) -> (Mode, Order) {
        match self {
            Self::CreateFirst => (Mode::Replace, Order::CreateFirst),
            Self::DeleteFirst => (Mode::Replace, Order::DeleteFirst),
            Self::Regenerate => (Mode::Regenerate, Order::CreateFirst),
        }
    }

    /// As the journal wrote it.
    #[must_use]
    pub fn read(mode: Mode, order: Order) -> Self {
        match (mode, order) {
            (Mode::Regenerate, _) => Self::Regenerate,
            (Mode::Replace, Order::CreateFirst) => Self::CreateFirst,
            (Mode::Replace, Order::DeleteFirst) => Self::DeleteFirst,
        }
    }

    /// How long the service may accept the old key or secret after these steps, in seconds.
    #[must_use]
    pub fn linger(self, resource: &Resource, done: impl Fn(Step) -> bool) -> Option<u32> {
        let ended = self == Self::Regenerate || done(Step::Revoke);
        resource.linger.filter(|_| ended)
    }

    /// Which key works once these steps are done, as a sentence.
    #[must_use]
    pub fn lives(self, resource: &Resource, done: impl Fn(Step) -> bool) -> &'static str {
        match (self, done(Step::Make), done(Step::Revoke)) {
            (Self::Regenerate, true, _) if resource.ends_at_once() => {
                "Only the new secret works; the old one is dead."
            }
            (Self::Regenerate, true, _) => {
                "The new secret works; the old one may work for a while, as the service has it."
            }
            (Self::Regenerate, false, _) => "The old secret works.",
            (_, true, true) => "Only the new key works.",
            (_, true, false) => "Both keys work.",
            (_, false, false) => "Only the old key works.",
            (_, false, true) => {
                "Neither key works: the old one is gone, the new one is not made yet."
            }
        }
    }
}

impl Way {
    /// Which key works while the end of the write at this step is not known, as a sentence.
    #[must_use]
    pub fn unsettled(self, at: Step) -> &'static str {
        match (self, at) {
            (Self::Regenerate, _) => {
                "Which secret works is not known: the old one, or a new one that nobody holds."
            }
            (Self::CreateFirst, Step::Revoke) => {
                "The new key works; whether the old one still does is not known."
            }
            (Self::CreateFirst, _) => {
                "The old key works; whether the new one was made is not known."
            }
            (Self::DeleteFirst, Step::Revoke) => {
                "Whether the old key still works is not known; the new one is not made yet."
            }
            (Self::DeleteFirst, _) => {
                "The old key is gone; whether the new one was made is not known."
            }
        }
    }
}

impl Step {
    /// What is done in it, in a few words.
    #[must_use]
    pub fn title(self, way: Option<Way>) -> &'static str {
        match (self, way) {
            (Self::Choose, _) => "choose how",
            (Self::Destination, _) => "choose where it goes",
            (Self::Fill, _) => "fill in the new key",
            (Self::Make, Some(Way::Regenerate)) => "make the new secret; the old one dies",
            (Self::Make, _) => "make the new key",
            (Self::Store, _) => "store the new secret",
            (Self::Prove, _) => "try the new key",
            (Self::HandOver, _) => "hand it over",
            (Self::Revoke, _) => "delete the old key",
            (Self::Dead, _) => "see that the old key is gone",
            (Self::Ended, _) => "done",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;

    fn ways(backend: &str, resource: &str) -> Vec<Way> {
        let manifest = manifest::load(manifest::builtin(backend).unwrap()).unwrap();
        Way::of(manifest.resource(resource).unwrap())
    }

    #[test]
    fn every_built_in_kind_of_key_can_be_rotated() {
        assert_eq!(ways("chutes", "api_keys"), [Way::CreateFirst]);
        assert_eq!(ways("chutes", "secrets"), [Way::DeleteFirst]);
        assert_eq!(ways("djinn", "keys"), [Way::DeleteFirst]);
        assert_eq!(ways("typesense", "keys"), [Way::CreateFirst]);
        assert_eq!(
            ways("runai", "access-keys"),
            [Way::CreateFirst, Way::Regenerate]
        );
        assert_eq!(ways("runai", "administration"), []);
    }

    #[test]
    fn each_way_walks_its_steps_to_the_end() {
        for way in [Way::CreateFirst, Way::DeleteFirst, Way::Regenerate] {
            let mut at = Step::Choose;
            let mut walked = vec![at];
            while at != Step::Ended {
                at = way.after(at);
                walked.push(at);
            }
            walked.pop();
            assert_eq!(walked, way.steps());
            let (mode, order) = way.journal();
            assert_eq!(Way::read(mode, order), way);
        }
    }

    #[test]
    fn the_old_key_is_revoked_only_after_the_new_one_was_handed_over() {
        let steps = Way::CreateFirst.steps();
        let at = |step| steps.iter().position(|one| *one == step).unwrap();
        assert!(at(Step::Make) < at(Step::Store) && at(Step::Store) < at(Step::Prove));
        assert!(at(Step::Prove) < at(Step::HandOver) && at(Step::HandOver) < at(Step::Revoke));
    }

    #[test]
    fn which_key_works_follows_from_what_was_done() {
        let of = |backend: &str, resource: &str| {
            let manifest = crate::manifest::load_builtin(backend).unwrap();
            std::sync::Arc::clone(manifest.resource(resource).unwrap())
        };
        let (at_once, later) = (of("runai", "access-keys"), of("unkey", "keys"));
        let lives = |way: Way, done: &[Step]| way.lives(&at_once, |step| done.contains(&step));
        assert_eq!(
            lives(Way::Regenerate, &[Step::Make]),
            "Only the new secret works; the old one is dead."
        );
        // Its rotation has a form that says how long the old one lives on.
        let made = Way::Regenerate.lives(&later, |step| step == Step::Make);
        assert!(made.starts_with("The new secret works; the old one may work"));
        assert_eq!(lives(Way::CreateFirst, &[]), "Only the old key works.");
        assert_eq!(lives(Way::CreateFirst, &[Step::Make]), "Both keys work.");
        assert!(lives(Way::DeleteFirst, &[Step::Revoke]).starts_with("Neither"));
        assert_eq!(
            lives(Way::DeleteFirst, &[Step::Revoke, Step::Make]),
            "Only the new key works."
        );
    }
}
