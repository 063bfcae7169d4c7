//! The one gate that every write passes: a context that never writes, or that must be armed first, sends
//! nothing, and neither does a change that was not confirmed as its [`Stakes`] ask. [`pass`] gives the only
//! [`Pass`] there is, and nothing is sent without one: `flight` asks for the console, `cli` for scripts.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, ContextId, Effect, Model, Tone, act::with_article};
use crate::{
    manifest::{Tab, Verb},
    record::Moment,
};

/// Whether writes are allowed in a context.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Write {
    /// No.
    Never,
    /// After `A`, for ten minutes.
    Arm,
    /// Yes.
    #[default]
    Always,
}

/// How long one arming lasts.
const ARMED_MICROS: i64 = 10 * 60 * 1_000_000;

/// How a change is confirmed, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// By the form that was filled in for it.
    Form,
    /// By a dialog with Cancel focused.
    Button,
    /// By typing the key's name.
    Typed,
    /// By typing the name, and then once more.
    Twice,
}

/// What hangs on a change of a key that is there.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one reason of its own to ask more"
)]
#[derive(Debug, Clone, Copy)]
pub struct Stakes<'a> {
    /// The context's name.
    pub context: &'a str,
    /// What kind of key: `API key`.
    pub noun: &'a str,
    /// What is done.
    pub verb: Verb,
    /// Where the key shows.
    pub pane: Tab,
    /// The context is a production context.
    pub production: bool,
    /// It is the key that the context signs in with.
    pub own: bool,
    /// It may do more than a key should.
    pub powerful: bool,
    /// Whether it is one of those two is not known: it is not among the keys that came.
    pub unknown: bool,
    /// A new secret kills the present one at once.
    pub at_once: bool,
}

impl Stakes<'_> {
    /// How the change has to be confirmed.
    #[must_use]
    pub fn tier(&self) -> Tier {
        match self.verb {
            Verb::Create | Verb::Update => Tier::Form,
            _ if self.own => Tier::Twice,
            _ if self.reasons().is_empty() => Tier::Button,
            _ => Tier::Typed,
        }
    }

    /// Why a button is not enough, a sentence each.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.own {
            let would = if matches!(self.verb, Verb::Act(_)) {
                "may"
            } else {
                "would"
            };
            reasons.push(format!(
                "This is the key with which {} signs in: keyrack {would} lock itself out.",
                self.context
            ));
        }
        if self.powerful {
            reasons.push(format!(
                "It is {} with far-reaching rights.",
                with_article(self.noun)
            ));
        }
        if self.unknown {
            reasons.push(
                "It is not among the keys that came: what it may do is not known.".to_owned(),
            );
        }
        if self.production {
            reasons.push(format!("{} is a production context.", self.context));
        }
        if self.pane == Tab::Admin {
            reasons.push("It belongs to somebody else, or may.".to_owned());
        }
        if self.at_once {
            reasons.push("Its present secret stops working at once.".to_owned());
        }
        reasons
    }
}

/// Whether and how a context lets writes through now.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The context's name.
    pub context: &'a str,
    /// What its config says.
    pub write: Write,
    /// It is armed.
    pub armed: bool,
    /// How it is armed here: `press A to …`.
    pub arming: &'a str,
}

impl Standing<'_> {
    /// Why nothing may be written, without a full stop; `None`: it may.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self.write {
            Write::Always => None,
            Write::Never => Some(format!(
                "{} is read-only: its config says write = \"never\"",
                self.context
            )),
            Write::Arm if self.armed => None,
            Write::Arm => Some(format!("{} is protected: {}", self.context, self.arming)),
        }
    }
}

/// Leave to send one change: [`pass`] alone gives it, and sending it uses it up.
#[derive(Debug)]
pub struct Pass(());

/// Lets a change through that its context allows and that was confirmed as much as it needs.
///
/// # Errors
/// Why it may not be sent, without a full stop.
pub fn pass(standing: &Standing<'_>, needed: Tier, confirmed: Tier) -> Result<Pass, String> {
    match standing.refusal() {
        Some(why) => Err(why),
        None if confirmed < needed => Err(match needed {
            Tier::Form | Tier::Button => "it was not confirmed".to_owned(),
            Tier::Typed => "it has to be confirmed by the key's name".to_owned(),
            Tier::Twice => "it has to be confirmed twice".to_owned(),
        }),
        None => Ok(Pass(())),
    }
}

impl Context {
    /// Writes that need arming are armed now.
    #[must_use]
    pub fn armed(&self, now: Moment) -> bool {
        self.armed_until.is_some_and(|until| now < until)
    }

    /// Whether writes pass here now.
    #[must_use]
    pub fn standing(&self, now: Moment) -> Standing<'_> {
        Standing {
            context: &self.name,
            write: self.write,
            armed: self.armed(now),
            arming: "press A to allow writes for ten minutes",
        }
    }
}

/// Why a write may not pass, without a full stop; `None` lets it pass.
#[must_use]
pub fn refusal(context: &Context, now: Moment) -> Option<String> {
    context.standing(now).refusal()
}

/// Allows writes in a context for ten minutes.
pub fn arm(model: &mut Model, context: ContextId) -> Vec<Effect> {
    let until = Moment::from_micros(model.now.micros() + ARMED_MICROS);
    let Some(armed) = model.contexts.get_mut(context) else {
        return Vec::new();
    };
    let name = armed.name.clone();
    match armed.write {
        Write::Always => model.say(
            Tone::Info,
            format!("{name} needs no arming: writes are always allowed."),
        ),
        Write::Never => model.say(
            Tone::Warn,
            format!("{name} is read-only: its config says write = \"never\"."),
        ),
        Write::Arm => {
            armed.armed_until = Some(until);
            model.say(
                Tone::Warn,
                format!("{name} is armed: writes are allowed for ten minutes."),
            );
            return vec![Effect::WakeAt(until)];
        }
    }
    Vec::new()
}

/// Ends every arming whose time is over.
pub fn disarm(model: &mut Model) {
    let now = model.now;
    for context in &mut model.contexts {
        context.armed_until = context.armed_until.filter(|until| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Standing<'static> = Standing {
        context: "dev",
        write: Write::Always,
        armed: false,
        arming: "arm it",
    };

    const PLAIN: Stakes<'static> = Stakes {
        context: "dev",
        noun: "API key",
        verb: Verb::Delete,
        pane: Tab::ApiKeys,
        production: false,
        own: false,
        powerful: false,
        unknown: false,
        at_once: false,
    };

    #[test]
    fn a_change_passes_when_it_was_confirmed_as_much_as_it_needs() {
        let tiers = [Tier::Form, Tier::Button, Tier::Typed, Tier::Twice];
        for needed in tiers {
            for confirmed in tiers {
                let passed = pass(&FREE, needed, confirmed).is_ok();
                assert_eq!(passed, confirmed >= needed, "{needed:?} {confirmed:?}");
            }
        }
    }

    #[test]
    fn a_context_that_is_not_armed_lets_nothing_through_however_it_was_confirmed() {
        let unarmed = Standing {
            write: Write::Arm,
            ..FREE
        };
        let never = Standing {
            write: Write::Never,
            armed: true,
            ..FREE
        };
        let armed = Standing {
            armed: true,
            ..unarmed
        };
        let why = |standing| pass(standing, Tier::Form, Tier::Twice).map(drop);
        assert_eq!(
            why(&unarmed),
            Err("dev is protected: arm it".to_owned()),
            "not armed"
        );
        assert!(why(&never).is_err_and(|why| why.contains("read-only")));
        assert_eq!(why(&armed), Ok(()));
    }

    #[test]
    fn each_stake_asks_for_the_name_and_the_own_key_for_two_answers() {
        let tier = |stakes: Stakes<'_>| stakes.tier();
        assert_eq!(tier(PLAIN), Tier::Button);
        let unknown = true;
        assert_eq!(tier(Stakes { unknown, ..PLAIN }), Tier::Typed);
        let production = true;
        assert_eq!(
            tier(Stakes {
                production,
                ..PLAIN
            }),
            Tier::Typed
        );
        let powerful = true;
        assert_eq!(tier(Stakes { powerful, ..PLAIN }), Tier::Typed);
        let pane = Tab::Admin;
        assert_eq!(tier(Stakes { pane, ..PLAIN }), Tier::Typed);
        let at_once = true;
        assert_eq!(tier(Stakes { at_once, ..PLAIN }), Tier::Typed);
        assert_eq!(tier(Stakes { own: true, ..PLAIN }), Tier::Twice);
        let verb = Verb::Update;
        assert_eq!(
            tier(Stakes {
                verb,
                own: true,
                ..PLAIN
            }),
            Tier::Form
        );
    }
}
