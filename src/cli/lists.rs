//! Lists of several contexts, read together: what one of them is, how far it came, what is said of those
//! that failed, and the exit code. `ls` prints their rows, `audit` and `snapshot` look through them.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    DONE, FAILED, Failure, PARTIAL, Setting, block_on, code,
    fetch::{Ready, prepare, together},
    output,
};
use crate::{
    api::{ApiError, ListEnd, Query, client::Client},
    app::filter::Facts,
    config::{Config, Context},
    manifest::Resource,
    record::{Moment, Rows, Text},
};

/// One list to fetch.
#[derive(Clone)]
pub(super) struct Target<'a> {
    pub context: &'a Context,
    pub resource: Arc<Resource>,
}

impl Target<'_> {
    /// Both are lists of one context.
    fn shares(&self, other: &Target<'_>) -> bool {
        self.context.name() == other.context.name()
    }
}

/// A list as far as it came.
pub(super) struct Listed<'a> {
    pub target: Target<'a>,
    pub rows: Rows,
    pub result: Result<ListEnd, ApiError>,
    pub total: Option<u64>,
}

/// All lists of these contexts that are in no row of another, whichever pane they show in.
pub(super) fn all<'a>(contexts: &[&'a Context]) -> Vec<Target<'a>> {
    let of = |context: &&'a Context| {
        let context: &'a Context = context;
        let resources = context.connection.manifest.top();
        resources.map(move |resource| Target {
            context,
            resource: Arc::clone(resource),
        })
    };
    contexts.iter().flat_map(of).collect()
}

/// Reads these lists, those of a context one behind the other and several contexts at once; lists of one
/// context stand together. A context is asked for its credential once, before any is read.
pub(super) fn read<'a>(
    setting: &Setting,
    config: &Config,
    targets: Vec<Target<'a>>,
    filters: &BTreeMap<String, String>,
) -> Result<Vec<Listed<'a>>, Failure> {
    let mut groups: Vec<Vec<Target<'a>>> = Vec::new();
    for target in targets {
        match groups.last_mut() {
            Some(group) if group.iter().all(|other| other.shares(&target)) => group.push(target),
            _ => groups.push(vec![target]),
        }
    }
    let first = |group: &Vec<Target<'a>>| group.first().map(|target| target.context);
    let whose: Vec<&Context> = groups.iter().filter_map(first).collect();
    let ready = prepare(setting, config, &whose)?;
    let jobs = groups.into_iter().zip(ready);
    let jobs = jobs.map(|(targets, ready)| fetch(targets, ready, filters));
    let lists = block_on(async { Ok(together(jobs).await) })?;
    Ok(lists.into_iter().flatten().collect())
}

/// What a filter knows of a list's rows beside them.
pub(super) fn facts<'a>(list: &'a Listed<'_>, now: Moment) -> Facts<'a> {
    let connection = &list.target.context.connection;
    Facts {
        now,
        context: &connection.name,
        backend: &connection.manifest.id,
        own: list.result.as_ref().ok().and_then(|end| end.own.as_ref()),
    }
}

/// Reads the lists of one context.
async fn fetch<'a>(
    targets: Vec<Target<'a>>,
    ready: Ready,
    filters: &BTreeMap<String, String>,
) -> Vec<Listed<'a>> {
    let client = ready.client().await;
    let mut lists = Vec::new();
    for target in targets {
        lists.push(match &client {
            Ok(client) => one(target, client, filters.clone()).await,
            Err(error) => Listed {
                rows: Rows::new(Arc::clone(&target.resource)),
                target,
                result: Err(error.clone()),
                total: None,
            },
        });
    }
    lists
}

async fn one<'a>(
    target: Target<'a>,
    client: &Client,
    filters: BTreeMap<String, String>,
) -> Listed<'a> {
    let mut rows = Rows::new(Arc::clone(&target.resource));
    let mut total = None;
    let query = Query {
        resource: Arc::clone(&target.resource),
        filters,
    };
    let mut take = |progress: crate::api::Progress| {
        rows.append(&progress.rows);
        total = progress.total.or(total);
    };
    let result = client.list(&query, &mut take).await;
    Listed {
        total: result.as_ref().ok().and_then(|end| end.total).or(total),
        target,
        rows,
        result,
    }
}

/// How far one context's lists came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reached {
    /// All of it is here.
    Ok,
    /// Some of it.
    Partial,
    /// Nothing.
    Failed,
}

impl Reached {
    /// Its name for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

impl Listed<'_> {
    /// How far it came.
    pub fn reached(&self) -> Reached {
        match &self.result {
            Ok(end) if end.cut.is_none() => Reached::Ok,
            Err(_) if self.rows.is_empty() => Reached::Failed,
            _ => Reached::Partial,
        }
    }

    fn problem(&self) -> Option<String> {
        match &self.result {
            Ok(end) => end.cut.clone(),
            Err(error) => Some(error.to_string()),
        }
    }
}

/// The envelope's contexts.
pub(super) fn ends(lists: &[Listed<'_>]) -> serde_json::Value {
    let mut contexts = serde_json::Map::new();
    for list in lists {
        let name = list.target.context.name();
        let same = || {
            lists
                .iter()
                .filter(|other| other.target.context.name() == name)
        };
        let totals: Option<Vec<u64>> = same().map(|list| list.total).collect();
        let state = match (
            same().map(Listed::reached).min(),
            same().map(Listed::reached).max(),
        ) {
            (_, Some(Reached::Ok)) => Reached::Ok,
            (Some(Reached::Failed), _) => Reached::Failed,
            _ => Reached::Partial,
        };
        let value = serde_json::json!({
            "state": state.word(),
            "error": same().find_map(Listed::problem),
            "fetched": same().map(|list| list.rows.len()).sum::<usize>(),
            "total": totals.map(|totals| totals.iter().sum::<u64>()),
        });
        contexts.insert(name.to_string(), value);
    }
    contexts.into()
}

/// Says what went wrong where, and gives the exit code.
pub(super) fn tell(lists: &[Listed<'_>]) -> u8 {
    for list in lists {
        let name = list.target.context.name();
        match &list.result {
            Ok(end) => {
                if let Some(cut) = &end.cut {
                    output::say(&format!("{name}: the list may not be whole: {cut}"));
                }
                let mut unread = list.rows.all_bad();
                if let Some(first) = unread.next() {
                    let first = Text::new(first).shown().into_owned();
                    let words = match unread.len() {
                        0 => format!("1 row cannot be read: {first}"),
                        more => format!("{} rows cannot be read; the first: {first}", more + 1),
                    };
                    output::say(&format!("{name}: {words}"));
                }
            }
            Err(error) => {
                output::say(&format!("{name}: {error}\n{}", error.next_step_of_list()));
            }
        }
    }
    let reached = || lists.iter().map(Listed::reached);
    if reached().all(|reached| reached == Reached::Ok) {
        DONE
    } else if reached().all(|reached| reached == Reached::Failed) {
        let mut codes = lists.iter().filter_map(|list| list.result.as_ref().err());
        let first = codes.next().map_or(FAILED, code);
        if codes.all(|error| code(error) == first) {
            first
        } else {
            FAILED
        }
    } else {
        PARTIAL
    }
}
