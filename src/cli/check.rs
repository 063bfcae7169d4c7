//! `keyrack context check`: each check on a line with how it ended, and what to do about one that failed.

use std::fmt::Write as _;

use super::{
    DONE, Ended, FAILED, Setting, block_on,
    fetch::{Ready, prepare, together},
    output,
};
use crate::{
    api::{ApiError, client::Client},
    config::Context,
    record::Text,
};

/// How one check ended: what was tried, and who or how much, or why not.
type Line = (String, Result<String, ApiError>);

/// Checks contexts.
pub(super) fn contexts(setting: &Setting, name: Option<String>) -> Ended {
    let config = setting.contexts()?;
    let names: Vec<String> = name.into_iter().collect();
    let chosen = config.select(&names)?;
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
