//! A namespace is named `path` or `path@owner`, and one that does not exist is made by asking for it.
//! The form resolves names here before it checks anything else, so a refused request may leave one behind.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::store::Halt;
use super::{Caller, object::Loaded, said, sample};

/// What a name came to.
pub(super) enum Resolved {
    /// A namespace that the caller may put keys into: its id, its owner, and how it is shown next.
    Open(i64, i64, Loaded),
    /// A namespace that the caller has no part in.
    Denied,
    /// There is no such owner.
    NoOwner,
}

/// Resolves a name, and makes what is missing of its path; a path that cannot be is a 500.
pub(super) fn resolve(
    database: &Connection,
    text: &str,
    caller: &Caller,
) -> Result<Resolved, Halt> {
    let (path, owner) = text
        .split_once('@')
        .map_or((text, None), |(path, owner)| (path, Some(owner)));
    if path.is_empty() {
        return Err(said(500, &format!("{text}: invalid namespace path")).into());
    }
    if !path.chars().all(|c| c.is_alphabetic() || c == '/') || path.split('/').any(str::is_empty) {
        return Err(said(
            500,
            &format!("{text}: namespace: name can only contain letters and numbers"),
        )
        .into());
    }
    let owner = match owner {
        None => Some(caller.id),
        Some(name) => {
            let find = "SELECT id FROM users WHERE username = ?1";
            database
                .query_row(find, [name], |row| row.get(0))
                .optional()?
        }
    };
    let Some(owner) = owner else {
        return Ok(Resolved::NoOwner);
    };
    let (id, root, loaded) = found_or_made(database, path, owner)?;
    let find = "SELECT EXISTS (SELECT 1 FROM collaborators WHERE root_id = ?1 AND user_id = ?2)";
    let works_there: bool = database.query_row(find, [root, caller.id], |row| row.get(0))?;
    Ok(if owner == caller.id || works_there {
        Resolved::Open(id, owner, loaded)
    } else {
        Resolved::Denied
    })
}

/// The last namespace of a path and its root.
fn found_or_made(
    database: &Connection,
    path: &str,
    owner: i64,
) -> Result<(i64, i64, Loaded), Halt> {
    let mut found: Option<(i64, i64)> = None;
    let mut loaded = Loaded::WithoutUser;
    let mut so_far = String::new();
    for name in path.split('/') {
        if !so_far.is_empty() {
            so_far.push('/');
        }
        so_far.push_str(name);
        let find = "SELECT id, root_id FROM namespaces WHERE user_id = ?1 AND path = ?2";
        let here = database
            .query_row(find, params![owner, so_far], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if here.is_some() {
            found = here;
            continue;
        }
        database.execute(
            "INSERT INTO namespaces (user_id, root_id, parent_id, name, path, description, visibility, created)
             VALUES (?1, ?2, ?3, ?4, ?5, '', 'private', ?6)",
            params![owner, found.map(|(_, root)| root), found.map(|(id, _)| id), name, so_far, sample::stamp(Timestamp::now())],
        )?;
        let id = database.last_insert_rowid();
        database.execute(
            "UPDATE namespaces SET root_id = id WHERE id = ?1 AND root_id IS NULL",
            [id],
        )?;
        found = Some((id, found.map_or(id, |(_, root)| root)));
        loaded = Loaded::JustMade;
    }
    found
        .map(|(id, root)| (id, root, loaded))
        .ok_or_else(|| said(500, "invalid namespace path").into())
}
