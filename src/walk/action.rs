//! What a manifest names beside the common operations is done to one key, by the id that was captured before
//! anything was asked.

use super::{Broken, Key, Landed, Site, erase::order, report, send};
use crate::{
    app::{
        flight::capital,
        gate::Tier,
        report::{End, Report},
    },
    manifest::Verb,
};

/// Does the action at this position of the resource's to a key that was confirmed so far.
///
/// # Errors
/// When nothing was sent, or it is not waited for any longer.
pub async fn act(site: &Site, key: &Key, at: u8, confirmed: Tier) -> Result<Report, Broken> {
    let order = order(&site.ground, key, Verb::Act(at), confirmed)?;
    let landed = send(site, order).await?;
    let name = capital(&site.ground.key(&key.target.name));
    let words = words(site.ground.resource.action_title(at), &name, &landed);
    Ok(Report {
        journal: landed.entry,
        ..report(&key.target, landed.end, words)
    })
}

fn words(title: &str, key: &str, landed: &Landed) -> String {
    let why = landed.why.join(" ");
    match landed.end {
        End::Done | End::Unreadable => format!("{key}: “{title}” is done."),
        End::NotDone => format!("{key} is as it was: “{title}” was not done. {why}"),
        End::Unknown => format!(
            "{key}: whether “{title}” was done is unknown. {why} Look at the key, then run the same command once more."
        ),
    }
}
