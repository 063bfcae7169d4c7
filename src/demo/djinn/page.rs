//! Pages of Djinn hold 25, and the Link header always has both rels: at the end the next page is the page itself.
//! A list is ordered once and kept until something is written, so that a late page costs no more than the first.

use axum::http::header;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

use super::super::call::{Call, Reply};
use super::super::store::Halt;
use super::object::{self, Loaded};
use super::{Caller, sent};

/// The rows of a page.
const ROWS: i64 = 25;

/// `GET /keys`: every key of the caller's own, whatever is searched for; only shared ones are filtered.
pub(super) fn keys(database: &Connection, call: &Call, caller: &Caller) -> Result<Reply, Halt> {
    let search = call.parameter("search").unwrap_or_default();
    order_keys(database, caller.id, &search)?;
    let count = database.query_row(
        "SELECT COALESCE(MAX(rank), 0) FROM temp.listing",
        [],
        |row| row.get(0),
    )?;
    let page = Page::of(call, count);
    let mut find =
        database.prepare("SELECT id FROM temp.listing WHERE rank > ?1 ORDER BY rank LIMIT ?2")?;
    let ids = find
        .query_map(params![page.offset, ROWS], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut items = Vec::new();
    for id in ids {
        items.extend(object::key(database, id, Loaded::Fully, None)?);
    }
    Ok(page.reply(call, &search, items))
}

/// `GET /namespaces`: those that the caller owns or works in.
pub(super) fn namespaces(
    database: &Connection,
    call: &Call,
    caller: &Caller,
) -> Result<Reply, Halt> {
    let search = call.parameter("search").unwrap_or_default();
    let mut find = database.prepare(
        "SELECT id FROM namespaces WHERE path LIKE '%' || ?2 || '%'
         AND (user_id = ?1 OR root_id IN (SELECT root_id FROM collaborators WHERE user_id = ?1)) ORDER BY path",
    )?;
    let ids = find
        .query_map(params![caller.id, search], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let page = Page::of(call, i64::try_from(ids.len()).unwrap_or(i64::MAX));
    let before = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let mut items = Vec::new();
    for id in ids.into_iter().skip(before).take(25) {
        items.push(object::namespace(database, id, Loaded::Fully)?);
    }
    Ok(page.reply(call, &search, items))
}

/// Forgets the order that was kept: something was written.
pub(super) fn forget(database: &Connection) -> Result<(), Halt> {
    Ok(database.execute_batch(
        "DROP TABLE IF EXISTS temp.listing_of; DROP TABLE IF EXISTS temp.listing;",
    )?)
}

/// Keeps the ids of a list in their order, unless they are kept already.
fn order_keys(database: &Connection, user: i64, search: &str) -> Result<(), Halt> {
    database
        .execute_batch("CREATE TEMP TABLE IF NOT EXISTS listing_of (user INTEGER, search TEXT);")?;
    let kept = "SELECT 1 FROM temp.listing_of WHERE user = ?1 AND search = ?2";
    if database
        .query_row(kept, params![user, search], |_| Ok(()))
        .optional()?
        .is_some()
    {
        return Ok(());
    }
    database.execute_batch(
        "DROP TABLE IF EXISTS temp.listing;
         DELETE FROM temp.listing_of;
         CREATE TEMP TABLE listing (rank INTEGER PRIMARY KEY, id INTEGER NOT NULL);",
    )?;
    // The OR is the service's own mistake: the search does not bind what the caller owns.
    database.execute(
        "INSERT INTO temp.listing (id) SELECT id FROM main.keys
         WHERE (LOWER(name) LIKE '%' || LOWER(?2) || '%' AND namespace_id IN
                   (SELECT id FROM namespaces WHERE user_id = ?1
                    OR root_id IN (SELECT root_id FROM collaborators WHERE user_id = ?1)))
            OR user_id = ?1
         ORDER BY name",
        params![user, search],
    )?;
    database.execute(
        "INSERT INTO temp.listing_of VALUES (?1, ?2)",
        params![user, search],
    )?;
    Ok(())
}

/// A page as the paginator sees it.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    offset: i64,
    previous: i64,
    next: i64,
}

impl Page {
    fn of(call: &Call, count: i64) -> Self {
        let asked = call
            .parameter("page")
            .and_then(|page| page.parse::<i64>().ok())
            .filter(|page| *page > 0);
        Self::at(asked.unwrap_or(1), count)
    }

    /// A page past the rows' number is the last page; one just past the last page is empty.
    fn at(asked: i64, count: i64) -> Self {
        let pages = (count + ROWS - 1) / ROWS;
        let page = if asked > count { pages } else { asked };
        let shown = page.min(pages);
        Self {
            offset: (page - 1).max(0).saturating_mul(ROWS),
            previous: (shown - 1).max(pages.min(1)),
            next: (shown + 1).min(pages),
        }
    }

    /// The rows with the header that leads around them.
    fn reply(&self, call: &Call, search: &str, items: Vec<Value>) -> Reply {
        let link = |page: i64| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("page", &page.to_string());
            if !search.is_empty() {
                query.append_pair("search", search);
            }
            format!("{}?{}", call.full_path, query.finish())
        };
        let links = format!(
            "<{}>; rel=\"prev\", <{}>; rel=\"next\"",
            link(self.previous),
            link(self.next)
        );
        sent(200, &Value::Array(items)).with(header::LINK, &links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paginator_is_the_one_of_the_service() {
        // count, page asked for, offset, previous, next
        for (count, asked, offset, previous, next) in [
            (0, 1, 0, 0, 0),
            (1, 1, 0, 1, 1),
            (25, 1, 0, 1, 1),
            (26, 1, 0, 1, 2),
            (26, 2, 25, 1, 2),
            (60, 2, 25, 1, 3),
            (60, 3, 50, 2, 3),
            (30, 3, 50, 1, 2),
            (30, 31, 25, 1, 2),
        ] {
            assert_eq!(
                Page::at(asked, count),
                Page {
                    offset,
                    previous,
                    next
                },
                "{count} rows, page {asked}"
            );
        }
    }
}
