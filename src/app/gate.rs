//! The one gate that every write passes: a context that never writes, or that must be armed first, sends
//! nothing. `flight` calls it for each change, whatever dialog it came from.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, ContextId, Effect, Model, Tone};
use crate::record::Moment;

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

impl Context {
    /// Writes that need arming are armed now.
    #[must_use]
    pub fn armed(&self, now: Moment) -> bool {
        self.armed_until.is_some_and(|until| now < until)
    }
}

/// Why a write may not pass, as a sentence; `None` lets it pass.
#[must_use]
pub fn refusal(context: &Context, now: Moment) -> Option<String> {
    match context.write {
        Write::Always => None,
        Write::Never => Some(format!(
            "{} is read-only: its config says write = \"never\"",
            context.name
        )),
        Write::Arm if context.armed(now) => None,
        Write::Arm => Some(format!(
            "{} is protected: press A to allow writes for ten minutes",
            context.name
        )),
    }
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
            return vec![Effect::DisarmAt(until)];
        }
    }
    Vec::new()
}

/// Ends every arming whose time is over.
pub fn disarm(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    for context in &mut model.contexts {
        context.armed_until = context.armed_until.filter(|until| now < *until);
    }
    Vec::new()
}
