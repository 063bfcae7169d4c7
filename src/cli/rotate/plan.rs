//! What a rotation would do, told without doing any of it: the steps, the twin's name, and what has to be
//! confirmed.

use serde_json::json;

use super::{Chosen, Ended, Job, Listed, Place, twin_name};
use crate::{
    app::rotation::steps::{Step, Way},
    cli::{DONE, output, remove::flags},
    record::{Text, to_json},
};

/// Prints the plan of each key.
pub(super) fn print(
    place: &Place,
    job: &Job,
    (listed, chosen): (&Listed, &[Chosen]),
    json: bool,
) -> Ended {
    let (mut items, mut text) = (Vec::new(), String::new());
    for key in chosen {
        let twin = (job.way == Way::CreateFirst).then(|| twin_name(place, listed, key));
        let steps = steps(job);
        let reasons = job.reasons(place, key);
        let id = key.target.id.as_str();
        let shown = Text::new(id).shown();
        text.push_str(&format!(
            "rotate {}, id {shown}: {}\n",
            place.key(&key.target.name),
            mode(job.way)
        ));
        if let Some(twin) = &twin {
            text.push_str(&format!(
                "  the new key is called {}\n",
                Text::new(twin).shown()
            ));
        }
        text.extend(steps.iter().map(|step| format!("  {step}\n")));
        text.extend(reasons.iter().map(|reason| format!("  {reason}\n")));
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
