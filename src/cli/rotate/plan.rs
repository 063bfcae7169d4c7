//! What a rotation would do, told without doing any of it: the steps, the twin's name, and what has to be
//! confirmed.

use std::fmt::Write as _;

use super::{Ended, Job, Listed, Place, twin_name};
use crate::{
    app::{
        bulk::plan::{self, Does, Planned},
        rotation::steps::Way,
    },
    cli::{DONE, output},
    record::Text,
    walk::Key,
};

/// Prints the plan of each key.
pub(super) fn print(
    place: &Place,
    job: &Job,
    (listed, chosen): (&Listed, &[Key]),
    json: bool,
) -> Ended {
    let plan: Vec<Planned> = chosen
        .iter()
        .map(|key| planned(place, job, listed, key))
        .collect();
    if json {
        output::print(&plan::text(&plan::json(&plan)))?;
        return Ok(DONE);
    }
    let mut text = String::new();
    for (one, key) in plan.iter().zip(chosen) {
        let shown = Text::new(one.target.id.as_str()).shown();
        let name = place.key(&key.target.name);
        let _ = writeln!(text, "rotate {name}, id {shown}: {}", plan::mode(job.way));
        if let Does::Rotate {
            twin: Some(twin), ..
        } = &one.does
        {
            let shown = Text::new(twin).shown();
            let _ = writeln!(text, "  the new key is called {shown}");
        }
        let steps = plan::steps(job.way, job.keep_old);
        let reasons = one.reasons.iter().map(String::as_str);
        for line in steps.iter().copied().chain(reasons) {
            let _ = writeln!(text, "  {line}");
        }
    }
    output::print(&text)?;
    Ok(DONE)
}

fn planned(place: &Place, job: &Job, listed: &Listed, key: &Key) -> Planned {
    let beside = job.way == Way::CreateFirst;
    Planned {
        context: place.name().clone(),
        resource: place.resource.clone(),
        target: key.target.clone(),
        own: key.own,
        does: Does::Rotate {
            way: job.way,
            keep_old: job.keep_old,
            twin: beside.then(|| twin_name(listed, key)),
        },
        reasons: job.reasons(place, key),
        tier: job.tier(place, key),
    }
}
