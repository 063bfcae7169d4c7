//! `keyrack context check` and `backend check`: each check on a line with how it ended, and what to do
//! about one that failed.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, sync::Arc};

use super::{
    DONE, Ended, FAILED, Failure, Setting, block_on,
    fetch::{Ready, prepare, together},
    output,
};
use crate::{
    api::{ApiError, Connection, Query, client::Client},
    config::{Context, guard},
    manifest::{self, Manifest, Resource},
    record::{KeyId, Text},
};

/// How one check ended: what was tried, and who or how much, or why not.
type Line = (String, Result<String, ApiError>);

/// Checks contexts.
pub(super) fn contexts(setting: &Setting, name: Option<String>) -> Ended {
    let config = setting.contexts()?;
    let names: Vec<String> = name.into_iter().collect();
    let chosen = config.select(&names).map_err(Failure::usage)?;
    let ready = prepare(setting, &config, &chosen)?;
    let all = block_on(async { Ok(together(ready.into_iter().map(check)).await) })?;
    report(&chosen.into_iter().zip(all).collect::<Vec<_>>())
}

async fn check(ready: Ready) -> Vec<Line> {
    match ready.client().await {
        Ok(client) => checks(&client).await,
        Err(error) => vec![("credential".to_owned(), Err(error))],
    }
}

async fn checks(client: &Client) -> Vec<Line> {
    let checked = client.check().await.into_iter();
    checked
        .map(|check| {
            let who = check.result.map(Option::unwrap_or_default);
            (check.id, who)
        })
        .collect()
}

fn report(all: &[(&Context, Vec<Line>)]) -> Ended {
    let mut text = String::new();
    let context = |(context, _): &(&Context, _)| context.name().chars().count();
    let check = |(_, lines): &(_, Vec<Line>)| lines.iter().map(|(id, _)| id.chars().count()).max();
    let first = all.iter().map(context).max().unwrap_or(0);
    let second = all.iter().filter_map(check).max().unwrap_or(0);
    let mut code = DONE;
    for (context, lines) in all {
        let name = context.name();
        for (id, result) in lines {
            let _ = match result {
                Ok(who) => {
                    let line = format!(
                        "{name:<first$}  {id:<second$}  ok      {}",
                        Text::new(who).shown()
                    );
                    writeln!(text, "{}", line.trim_end())
                }
                Err(error) => {
                    code = match code {
                        FAILED => FAILED,
                        _ => super::code(error),
                    };
                    let words = error.to_string();
                    let next = error.next_step_of_list();
                    writeln!(
                        text,
                        "{name:<first$}  {id:<second$}  failed  {words}. {next}"
                    )
                }
            };
        }
    }
    output::print(&text)?;
    Ok(code)
}

/// Checks a manifest, and with a context every read operation on the live service.
pub(super) fn manifest(setting: &Setting, file: &Path, context: Option<&str>) -> Ended {
    let text = guard::read(file, guard::Guard::Write)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let lines = |faults: Vec<manifest::Fault>| -> String {
        let place = file.display();
        let told = faults.into_iter().map(|fault| {
            format!(
                "{place}:{}:{}: {}\n",
                fault.line, fault.column, fault.message
            )
        });
        told.collect()
    };
    let manifest = match manifest::load(&text) {
        Ok(manifest) => manifest,
        Err(faults) => {
            output::print(&lines(faults))?;
            return Ok(FAILED);
        }
    };
    let hints = lines(manifest::hints(&text));
    output::print(&format!("{hints}{}: no mistakes\n", file.display()))?;
    match context {
        Some(name) => live(setting, &manifest, name),
        None => Ok(DONE),
    }
}

fn live(setting: &Setting, manifest: &Arc<Manifest>, name: &str) -> Ended {
    let config = setting.contexts()?;
    let chosen = config.select(&[name.to_owned()]).map_err(Failure::usage)?;
    let [context] = *chosen else {
        return Err(Failure::usage(format!(
            "{name:?} is a group; name one context"
        )));
    };
    let theirs = &context.connection.manifest.id;
    if *theirs != manifest.id {
        output::say(&format!(
            "warning: the backend of {name} is {theirs}, and this manifest is of {}; its calls go to {name} all the same",
            manifest.id
        ));
    }
    // The context's address and credential with the manifest that is being written.
    let context = Context {
        connection: Arc::new(Connection {
            manifest: Arc::clone(manifest),
            ..(*context.connection).clone()
        }),
        ..context.clone()
    };
    let ready = prepare(setting, &config, &[&context])?;
    let lines = block_on(async {
        let mut lines = Vec::new();
        for ready in ready {
            lines.extend(match ready.client().await {
                Ok(client) => every_read(&client, manifest).await,
                Err(error) => vec![("credential".to_owned(), Err(error))],
            });
        }
        Ok(lines)
    })?;
    report(&[(&context, lines)])
}

async fn every_read(client: &Client, manifest: &Manifest) -> Vec<Line> {
    let mut lines = checks(client).await;
    for resource in &manifest.resource {
        let mut first = None;
        let listed = list(client, resource, &mut first).await;
        lines.push((format!("{} list", resource.id), listed));
        if let (Some(id), true) = (first, resource.get.is_some()) {
            let got = client.get(resource, &id).await;
            lines.push((format!("{} get", resource.id), got.map(|_| String::new())));
        }
    }
    lines
}

async fn list(
    client: &Client,
    resource: &Arc<Resource>,
    first: &mut Option<KeyId>,
) -> Result<String, ApiError> {
    let query = Query {
        resource: Arc::clone(resource),
        filters: BTreeMap::new(),
    };
    let mut unreadable = 0;
    let mut take = |progress: crate::api::Progress| {
        let rows = progress.rows;
        unreadable += rows.iter().filter(|record| record.bad().is_some()).count();
        if first.is_none() {
            *first = rows.iter().find_map(crate::record::Record::id);
        }
    };
    let end = client.list(&query, &mut take).await?;
    let bad = match unreadable {
        0 => String::new(),
        count => format!(", {count} unreadable"),
    };
    let cut = end.cut.map(|cut| format!("; {cut}")).unwrap_or_default();
    Ok(format!("{} rows{bad}{cut}", end.fetched))
}
