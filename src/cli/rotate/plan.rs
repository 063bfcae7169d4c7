//! What a rotation would do, told without doing any of it: the steps, the twin's name, and what has to be
//! confirmed.

use std::fmt::Write as _;

use serde_json::json;

use super::{Ended, Job, Listed, Place, twin_name};
use crate::{
    app::rotation::steps::{Step, Way},
    cli::{DONE, output, remove::flags},
    record::{Text, to_json},
    walk::Key,
};

/// Prints the plan of each key.
pub(super) fn print(
    place: &Place,
    job: &Job,
    (listed, chosen): (&Listed, &[Key]),
    json: bool,
) -> Ended {
    let (mut items, mut text) = (Vec::new(), String::new());
    for key in chosen {
        let twin = (job.way == Way::CreateFirst).then(|| twin_name(listed, key));
        let steps = steps(job);
        let reasons = job.reasons(place, key);
        let id = key.target.id.as_str();
        let shown = Text::new(id).shown();
        let name = place.key(&key.target.name);
        let _ = writeln!(text, "rotate {name}, id {shown}: {}", mode(job.way));
        if let Some(twin) = &twin {
            let shown = Text::new(twin).shown();
            let _ = writeln!(text, "  the new key is called {shown}");
        }
        for line in steps
            .iter()
            .copied()
            .chain(reasons.iter().map(String::as_str))
        {
            let _ = writeln!(text, "  {line}");
        }
        items.push(json!({
            "context": &**place.name(),
            "resource": place.resource.id,
            "id": id,
            "name": key.target.name,
            "action": "rotate",
            "mode": mode(job.way),
            "twin": twin,
            "steps": steps,
            "own": key.own,
            "reasons": reasons,
            "confirm": flags(job.tier(place, key)),
        }));
    }
    if json {
        let whole = json!({ "items": items });
        output::print(&format!("{}\n", to_json(&whole)))?;
    } else {
        output::print(&text)?;
    }
    Ok(DONE)
}

fn mode(way: Way) -> &'static str {
    match way {
        Way::Regenerate => "regenerate",
        Way::CreateFirst | Way::DeleteFirst => "replace",
    }
}

/// The steps that are taken, in words.
fn steps(job: &Job) -> Vec<&'static str> {
    let all = job.way.steps().iter();
    let told = all.filter(|step| !matches!(step, Step::Choose | Step::Destination | Step::Fill));
    let told = told.filter(|step| {
        let end = matches!(step, Step::HandOver | Step::Revoke | Step::Dead);
        !(job.keep_old && end)
    });
    told.map(|step| step.title(Some(job.way))).collect()
}
