//! One key at a time: made, read, given another config, deleted. Its material and its name never change.
//! [`super::form`] has checked what is written here; [`super::page`] forgets its order after every write.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::call::{Call, Reply};
use super::super::store::Halt;
use super::super::vault;
use super::form::Form;
use super::object::{self, Loaded};
use super::{Caller, page, said, sample, sent};

/// Whether a key is in a namespace that anybody may look into.
pub(super) fn is_public(database: &Connection, id: &str) -> Result<bool, Halt> {
    let find = "SELECT 1 FROM keys k JOIN namespaces n ON n.id = k.namespace_id
                JOIN namespaces root ON root.id = n.root_id WHERE k.id = ?1 AND root.visibility = 'public'";
    let Ok(id) = number(id) else { return Ok(false) };
    Ok(database
        .query_row(find, [id], |_| Ok(()))
        .optional()?
        .is_some())
}

/// The id of a key that the caller owns or shares a namespace with.
pub(super) fn reached(database: &Connection, id: &str, caller: &Caller) -> Result<i64, Halt> {
    let id = number(id)?;
    let find = "SELECT 1 FROM keys WHERE id = ?1 AND (user_id = ?2 OR namespace_id IN
                   (SELECT id FROM namespaces WHERE user_id = ?2
                    OR root_id IN (SELECT root_id FROM collaborators WHERE user_id = ?2)))";
    let found = database
        .query_row(find, params![id, caller.id], |_| Ok(()))
        .optional()?;
    found
        .map(|()| id)
        .ok_or_else(|| said(404, "Not Found").into())
}

/// `GET /keys/{id}`.
pub(super) fn get(database: &Connection, id: &str) -> Result<Reply, Halt> {
    let found = object::key(database, number(id)?, Loaded::Fully, None)?;
    Ok(found.map_or_else(|| said(404, "Not Found"), |key| sent(200, &key)))
}

/// `POST /keys`: the answer carries the server's own time, nine digits of it, and a thin namespace.
pub(super) fn create(database: &Connection, call: &Call, caller: &Caller) -> Result<Reply, Halt> {
    let form = Form::of(call)?;
    let home = form.checked(database, caller, None)?;
    let (namespace, owner, loaded) = match home {
        Some((id, owner, loaded)) => (Some(id), owner, loaded),
        None => (None, caller.id, Loaded::Fully),
    };
    let now = Timestamp::now();
    let time = sample::stamp(now);
    // Encrypted in the service, so noise is as good: nobody can read it back.
    let material = vault::hex(&vault::random::<64>()?);
    database.execute(
        "INSERT INTO keys (user_id, author_id, namespace_id, name, key, config, created, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        params![
            owner,
            caller.id,
            namespace,
            form.name,
            material,
            form.config,
            time
        ],
    )?;
    let id = database.last_insert_rowid();
    page::forget(database)?;
    let time = nanoseconds(now);
    let made = object::key(database, id, loaded, Some((&time, &time)))?;
    Ok(made.map_or_else(|| said(500, "Failed to get key"), |key| sent(201, &key)))
}

/// `PATCH /keys/{id}`: name and namespace are checked and ignored, an empty config keeps the old one.
pub(super) fn update(
    database: &Connection,
    call: &Call,
    id: i64,
    caller: &Caller,
) -> Result<Reply, Halt> {
    let form = Form::of(call)?;
    let find = "SELECT name, created FROM keys WHERE id = ?1";
    let (name, created): (String, String) =
        database.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    form.checked(database, caller, Some(&name))?;
    let now = Timestamp::now();
    database.execute(
        "UPDATE keys SET config = CASE ?2 WHEN '' THEN config ELSE ?2 END, updated = ?3 WHERE id = ?1",
        params![id, form.config, sample::stamp(now)],
    )?;
    page::forget(database)?;
    let changed = object::key(
        database,
        id,
        Loaded::Fully,
        Some((&created, &nanoseconds(now))),
    )?;
    Ok(changed.map_or_else(|| said(500, "Failed to get key"), |key| sent(200, &key)))
}

/// `DELETE /keys/{id}`.
pub(super) fn delete(database: &Connection, id: i64) -> Result<Reply, Halt> {
    database.execute("DELETE FROM keys WHERE id = ?1", [id])?;
    page::forget(database)?;
    Ok(Reply::empty(204))
}

/// An id of the database's four bytes; a larger one is a 500.
fn number(id: &str) -> Result<i64, Halt> {
    let number = id.parse::<i32>().map(i64::from);
    number.map_err(|_| said(500, "Failed to get key").into())
}

/// A time as Go writes it before a database has cut it.
fn nanoseconds(time: Timestamp) -> String {
    let text = time.strftime("%Y-%m-%dT%H:%M:%S%.f").to_string();
    // `%.f` leaves the fraction out when it is zero, as Go does.
    text + "Z"
}
