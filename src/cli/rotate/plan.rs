//! What a rotation would do, told without doing any of it: the steps, the twin's name, and what has to be
//! confirmed.

use std::fmt::Write as _;

use super::{Ended, Form, Job, Place, Turning};
use crate::{
    app::bulk::plan::{self, Does, Planned},
    cli::{DONE, output},
    record::Text,
};

/// What happens to each key.
pub(super) fn of(place: &Place, job: &Job, rows: &[Turning]) -> Vec<Planned> {
    rows.iter().map(|row| planned(place, job, row)).collect()
}

/// Prints the plan of each key.
pub(super) fn print(place: &Place, job: &Job, plan: &[Planned], form: Form) -> Ended {
    if let Some(data) = form.plan(plan) {
        output::print(&data)?;
        return Ok(DONE);
    }
    let mut text = String::new();
    for one in plan {
        let shown = Text::new(one.target.id.as_str()).shown();
        let name = place.key(&one.target.name);
        let _ = writeln!(text, "rotate {name}, id {shown}: {}", plan::mode(job.way));
        if let Does::Rotate {
            twin: Some(twin), ..
        } = &one.does
        {
            let shown = Text::new(twin).shown();
            let _ = writeln!(text, "  the new key is called {shown}");
        }
        if let Some(sink) = &one.to {
            let _ = writeln!(text, "  its secret goes to {sink}");
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

fn planned(place: &Place, job: &Job, row: &Turning) -> Planned {
    Planned {
        context: place.name().clone(),
        resource: place.resource.clone(),
        target: row.key.target.clone(),
        own: row.key.own,
        does: Does::Rotate {
            way: job.way,
            keep_old: job.keep_old,
            twin: row.twin.clone(),
        },
        to: row.sink.as_ref().map(ToString::to_string),
        reasons: job.reasons(place, &row.key),
        tier: job.tier(place, &row.key),
    }
}
