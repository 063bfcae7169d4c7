//! One key is deleted, by the id that was captured before anything was asked. What is told of it says whether
//! it is gone, and what to do where that is not known.

use std::collections::BTreeMap;

use super::{Broken, Ground, Key, Landed, Order, Site, now, report, send};
use crate::{
    api::{Change, FieldValue},
    app::{
        flight::{Rotating, capital},
        form::given::defaults,
        gate::Tier,
        report::{End, Report},
    },
    manifest::Verb,
};

/// Deletes a key that was confirmed so far, with what was filled in beside, else as the form begins; `repeat` says that it is sent once
/// more after an unknown end.
///
/// # Errors
/// When nothing was sent, or it is not waited for any longer.
pub async fn delete(
    site: &Site,
    key: &Key,
    asked: Option<BTreeMap<String, FieldValue>>,
    confirmed: Tier,
    repeat: bool,
) -> Result<Report, Broken> {
    let mut order = order(&site.ground, key, Verb::Delete, confirmed)?;
    order.repeat = repeat;
    order.change.values = asked.unwrap_or(order.change.values);
    let landed = send(site, order).await?;
    let name = capital(&site.ground.key(&key.target.name));
    let words = words(&site.ground, &name, &landed);
    Ok(Report {
        journal: landed.entry,
        ..report(&key.target, landed.end, words)
    })
}

/// A change of a key that sends which key it is, and what a form says that nobody touched.
pub(super) fn order<'a>(
    ground: &Ground,
    key: &Key,
    verb: Verb,
    confirmed: Tier,
) -> Result<Order<'a>, Broken> {
    Ok(Order {
        pass: ground.pass(ground.tier(key, verb), confirmed)?,
        change: Change {
            context: ground.context.clone(),
            resource: ground.resource.clone(),
            verb,
            target: Some(key.target.clone()),
            values: defaults(verb, &ground.resource, now()),
        },
        known: None,
        gone: None,
        sink: None,
        rotation: Rotating::No,
        repeat: false,
    })
}

fn words(ground: &Ground, key: &str, landed: &Landed) -> String {
    let why = landed.why.join(" ");
    match landed.end {
        End::Done | End::Unreadable => match ground.resource.linger {
            Some(seconds) => {
                format!("{key} was deleted. It may keep working for up to {seconds} s.")
            }
            None => format!("{key} was deleted."),
        },
        End::NotDone => format!("{key} was not deleted. {why}"),
        End::Unknown => format!(
            "{key}: whether it was deleted is unknown. {why} Deleting it once more is safe: that reaches no other key."
        ),
    }
}
