//! How a write ended, for people on standard error and for scripts as one JSON object with an exit code.
//! A write that was done and whose secret did not arrive is done, and its exit code says that something is
//! missing.

use serde_json::{Value, json};

use super::Place;
use crate::{
    app::{
        bulk::plan::{self, Planned, outcome},
        report::{End, Report},
    },
    cli::{DONE, Ended, FAILED, PARTIAL, output},
    record::to_json,
};

fn code(report: &Report) -> u8 {
    match report.end {
        _ if report.partial => PARTIAL,
        End::Done => DONE,
        End::NotDone => FAILED,
        End::Unknown | End::Unreadable => PARTIAL,
    }
}

/// What scripts get on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    /// Nothing: people read standard error.
    People,
    Json,
    Csv,
}

impl Form {
    /// What was asked for.
    pub fn of(json: bool, csv: bool) -> Self {
        match (json, csv) {
            (true, _) => Self::Json,
            (_, true) => Self::Csv,
            _ => Self::People,
        }
    }

    /// A plan as scripts read it.
    pub fn plan(self, plan: &[Planned]) -> Option<String> {
        match self {
            Self::People => None,
            Self::Json => Some(plan::text(&plan::json(plan))),
            Self::Csv => Some(plan::csv(plan)),
        }
    }
}

/// Prints what scripts asked for, and gives the exit code; `many` tells that there could be several.
pub(in crate::cli) fn tell(place: &Place, reports: &[Report], many: bool, form: Form) -> Ended {
    if form == Form::Csv {
        let rows = reports.iter();
        let rows = rows.map(|report| (&**place.name(), &*place.resource, report));
        output::print(&plan::outcomes_csv(rows))?;
    }
    if form == Form::Json {
        let mut items: Vec<Value> = reports
            .iter()
            .map(|report| outcome(place.name(), &place.resource, report))
            .collect();
        let whole = match items.pop() {
            Some(only) if !many => only,
            last => {
                items.extend(last);
                json!({ "items": items })
            }
        };
        output::print(&format!("{}\n", to_json(&whole)))?;
    }
    let mut codes = reports.iter().map(code);
    let first = codes.next().unwrap_or(DONE);
    Ok(if codes.all(|code| code == first) {
        first
    } else {
        PARTIAL
    })
}
