//! `keyrack audit`: what the rules find in all lists of all contexts, as tables by rule or as JSON. With
//! `--fail-on` the exit code says whether something is as bad as that, which weighs more than a context
//! that failed: what was found stays found.

use std::{fmt::Write as _, io::Write as _};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    Ended, FAILED, Setting, args, list,
    lists::{self, Listed, ends, facts, tell},
    output, table,
};
use crate::{
    app::{
        filter::{Filter, Names},
        health::{About, Finding, Rule, examine},
        state::{Policy, Severity},
    },
    manifest::Role,
    record::{Moment, Text, item, to_json},
    ui::words,
};

/// What was found in one list.
struct Examined<'a> {
    list: &'a Listed<'a>,
    /// Keys that the filter keeps.
    kept: usize,
    findings: Vec<Finding>,
}

/// Looks through all lists.
pub(super) fn run(setting: &Setting, arguments: &args::Audit) -> Ended {
    let config = setting.contexts()?;
    let contexts = config.select(&arguments.contexts)?;
    let targets = lists::all(&contexts);
    let names = Names::of(targets.iter().map(|target| &*target.resource));
    let filter = match &arguments.filter {
        Some(text) => list::filter(text, &names)?,
        None => Filter::default(),
    };
    let lists = lists::read(
        setting,
        &config,
        targets,
        &std::collections::BTreeMap::new(),
    )?;
    let now = Moment::from_micros(Timestamp::now().as_microsecond());
    let look = |list| examined(list, &filter, now, &config.policy);
    let all: Vec<Examined<'_>> = lists.iter().map(look).collect();
    let mut out = output::data();
    if arguments.json {
        write_json(&mut out, &all, &lists)?;
    } else {
        out.write_all(plain(&all).as_bytes())?;
    }
    out.flush()?;
    let code = tell(&lists);
    let worst = all.iter().flat_map(|it| &it.findings).map(|it| it.level);
    let reached = |level: args::Level| worst.max() >= Some(Severity::from(level));
    if arguments.fail_on.is_some_and(reached) {
        return Ok(FAILED);
    }
    Ok(code)
}

fn examined<'a>(
    list: &'a Listed<'a>,
    filter: &Filter,
    now: Moment,
    policy: &Policy,
) -> Examined<'a> {
    let facts = facts(list, now);
    let mut kept = vec![false; list.rows.len()];
    for row in filter.positions(&list.rows, 0, &facts) {
        if let Some(kept) = kept.get_mut(row) {
            *kept = true;
        }
    }
    let keeps = |row: usize| kept.get(row).copied().unwrap_or(false);
    Examined {
        list,
        kept: kept.iter().filter(|kept| **kept).count(),
        findings: examine(&list.rows, now, policy, keeps),
    }
}

/// The findings of one rule with their lists.
fn of<'a>(
    all: &'a [Examined<'a>],
    rule: Rule,
) -> impl Iterator<Item = (&'a Listed<'a>, &'a Finding)> {
    let findings = all
        .iter()
        .flat_map(|it| it.findings.iter().map(|finding| (it.list, finding)));
    findings.filter(move |(_, finding)| finding.rule == rule)
}

/// The envelope, a finding at a time.
fn write_json(
    out: &mut impl std::io::Write,
    all: &[Examined<'_>],
    lists: &[Listed<'_>],
) -> std::io::Result<()> {
    out.write_all(b"{\"findings\":[")?;
    let findings = Rule::ALL.into_iter().flat_map(|rule| of(all, rule));
    for (at, (list, finding)) in findings.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        let finding = json!({
            "level": finding.level.name(),
            "rule": finding.rule.id(),
            "since": finding.since.map(Moment::rfc3339),
            "next": finding.rule.next(),
            "item": item_of(list, finding.about),
        });
        out.write_all(to_json(&finding).as_bytes())?;
    }
    out.write_all(b"],\"contexts\":")?;
    out.write_all(to_json(&ends(lists)).as_bytes())?;
    out.write_all(b"}\n")
}

/// The key; what is found of a whole list stands on an item without id or values.
fn item_of(list: &Listed<'_>, about: About) -> Value {
    let connection = &list.target.context.connection;
    let (name, backend) = (&connection.name, &connection.manifest.id);
    match about {
        About::Row(row) => item(name, backend, list.rows.record(row)),
        About::List(_) => {
            let mut item = item(name, backend, list.rows.record(list.rows.len()));
            let has = list.target.resource.role(Role::LastUsed).is_some();
            if let Some(item) = item.as_object_mut().filter(|_| has) {
                item.insert("unrecorded".to_owned(), json!(["last_used"]));
            }
            item
        }
    }
}

/// A table for each rule that found something, then how much there is of what.
fn plain(all: &[Examined<'_>]) -> String {
    let zone = TimeZone::system();
    let mut text = String::new();
    for rule in Rule::ALL {
        let rows: Vec<Vec<String>> = of(all, rule)
            .map(|(list, finding)| row(list, finding, &zone))
            .collect();
        let worst = of(all, rule).map(|(_, finding)| finding.level).max();
        let Some(worst) = worst else { continue };
        let keys = of(all, rule).map(|(_, finding)| finding.keys()).sum();
        let keys = words::keys(keys);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} · {} · {keys}", rule.id(), worst.name());
        let _ = writeln!(text, "{} {}", rule.why(), rule.next());
        let titles = ["level", "context", "resource", "name", "id", "since"];
        text.push_str(&table::lay_out(titles, &rows, output::width()));
        text.push('\n');
    }
    let findings = || all.iter().flat_map(|it| &it.findings);
    let count = |level| findings().filter(|it| it.level == level).count();
    let levels = [Severity::Danger, Severity::Warn, Severity::Info];
    let levels = levels.map(|level| format!("{} {}", words::len(count(level)), level.name()));
    let kept = all.iter().map(|it| it.kept).sum();
    let mut keys = words::keys(all.iter().map(|it| it.list.rows.len()).sum());
    if all.iter().any(|it| it.kept < it.list.rows.len()) {
        keys = format!("{} of {keys}", words::len(kept));
    }
    let total = match findings().count() {
        1 => "1 finding".to_owned(),
        total => format!("{} findings", words::len(total)),
    };
    let _ = writeln!(text, "{total} in {keys}: {}", levels.join(", "));
    text
}

fn row(list: &Listed<'_>, finding: &Finding, zone: &TimeZone) -> Vec<String> {
    let (name, id) = match finding.about {
        About::Row(row) => {
            let record = list.rows.record(row);
            let id = Text::new(record.id_text().unwrap_or("")).shown();
            (record.name().shown().into_owned(), id.into_owned())
        }
        About::List(keys) => (words::keys(keys), String::new()),
    };
    let since = finding.since.map(|since| since.date_time(zone));
    vec![
        finding.level.name().to_owned(),
        list.target.context.name().to_string(),
        list.target.resource.id.clone(),
        name,
        id,
        since.unwrap_or_else(|| "-".to_owned()),
    ]
}
