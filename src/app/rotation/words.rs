//! What there is to know at each step of a rotation beside its choices: which key lives, whose it is, and when
//! the old one was last used.

use super::{
    Rotation,
    offer::records_use,
    steps::{Step, Way},
};
use crate::{
    app::{Model, listing},
    manifest::Role,
    record::Cell,
};

/// What there is to know at the step at hand, a paragraph each.
#[must_use]
pub fn lines(model: &Model, one: &Rotation) -> Vec<String> {
    let mut lines = Vec::new();
    if one.own {
        let which = if one.adopted { "the new" } else { "this" };
        lines.push(format!("{} signs in with {which} key.", one.context_name));
    }
    match one.at {
        Step::HandOver => {
            lines.push("Give the new key to whatever uses the old one.".to_owned());
            lines.extend(last_used(model, one));
        }
        Step::Store
            if one.secret.is_none() && model.tray.is_empty() && one.problem.is_none() => lines.push(
            "The new secret was made, and is not known to be stored. If you do not have it, nobody does."
                .to_owned(),
        ),
        Step::Ended => {
            let linger = |way: Way| way.linger(&one.resource, |step| one.did(step));
            if let Some(seconds) = one.way.and_then(linger) {
                lines.push(format!(
                    "The service may accept the old key for up to {seconds} s more."
                ));
            }
        }
        _ => {}
    }
    lines.push(one.lives().to_owned());
    lines
}

/// When the old key was last used, as far as the service tells.
fn last_used(model: &Model, one: &Rotation) -> Option<String> {
    let source = listing::lists(model, one.context, &one.resource).next()?;
    if !records_use(&source.resource) {
        return Some("This service does not record when a key was last used.".to_owned());
    }
    let row = source.rows.find(&one.old.id)?;
    Some(match source.rows.record(row).role(Role::LastUsed) {
        Cell::Time(moment) => format!(
            "The old key was last used {} ({}).",
            moment.rfc3339(),
            moment.relative(model.now)
        ),
        _ => "The old key was never used.".to_owned(),
    })
}
