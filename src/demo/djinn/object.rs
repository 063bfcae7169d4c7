//! The objects of Djinn's replies: members in the alphabet's order, a private key in none of them.
//! Right after a write some members are thin, because the service has not loaded them yet.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use super::super::call::Reply;
use super::super::store::Halt;
use super::{Caller, sent};

/// How much of a namespace is known when it is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Loaded {
    /// Everything.
    Fully,
    /// Not its user; every URL is the API's own.
    WithoutUser,
    /// It was made a moment ago: its user is empty.
    JustMade,
}

/// `GET /user`.
pub(super) fn caller(database: &Connection, caller: &Caller) -> Result<Reply, Halt> {
    Ok(sent(200, &user(database, caller.id)?))
}

/// A user; users have no id.
pub(super) fn user(database: &Connection, id: i64) -> Result<Value, Halt> {
    let mut find = database.prepare("SELECT created, email, username FROM users WHERE id = ?1")?;
    Ok(find.query_row([id], |row| {
        let (created, email, name): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(json!({ "created_at": created, "email": email, "username": name }))
    })?)
}

/// A key; the times may be those of a write that is not read back yet.
pub(super) fn key(
    database: &Connection,
    id: i64,
    loaded: Loaded,
    times: Option<(&str, &str)>,
) -> Result<Option<Value>, Halt> {
    let mut find = database.prepare(
        "SELECT author_id, config, created, name, namespace_id, updated, user_id FROM keys WHERE id = ?1",
    )?;
    let found = find.query_row([id], |row| {
        Ok((
            (
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ),
            (
                row.get::<_, String>(3)?,
                row.get::<_, Option<i64>>(4)?,
                row.get::<_, String>(5)?,
                row.get::<_, i64>(6)?,
            ),
        ))
    });
    let Some(((author, config, created), (name, namespace_id, updated, owner))) =
        found.optional()?
    else {
        return Ok(None);
    };
    let (created, updated) = times.unwrap_or((&created, &updated));
    let namespace = match namespace_id {
        Some(id) => namespace(database, id, loaded)?,
        None => Value::Null,
    };
    Ok(Some(json!({
        "author": user(database, author)?, "author_id": author, "config": config, "created_at": created, "id": id,
        "name": name, "namespace": namespace, "namespace_id": namespace_id, "updated_at": updated,
        "url": format!("/api/keys/{id}"), "user": user(database, owner)?, "user_id": owner,
    })))
}

/// A namespace.
pub(super) fn namespace(database: &Connection, id: i64, loaded: Loaded) -> Result<Value, Halt> {
    let mut find = database.prepare(
        "SELECT n.created, description, name, parent_id, path, root_id, username, user_id, visibility
         FROM namespaces n JOIN users u ON u.id = n.user_id WHERE n.id = ?1",
    )?;
    let ((created, description, name, parent), (path, root, username, owner, visibility)) = find
        .query_row([id], |row| {
            Ok((
                (
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, Option<i64>>(3)?,
                ),
                (
                    row.get::<_, String>(4)?,
                    row.get::<_, i64>(5)?,
                    row.get::<_, String>(6)?,
                    row.get::<_, i64>(7)?,
                    row.get::<_, String>(8)?,
                ),
            ))
        })?;
    let url = |part: &str| match loaded {
        Loaded::Fully => format!("/api/n/{username}/{path}{part}"),
        Loaded::WithoutUser | Loaded::JustMade => "/api".to_owned(),
    };
    let user = match loaded {
        Loaded::Fully => user(database, owner)?,
        Loaded::WithoutUser => Value::Null,
        Loaded::JustMade => json!({ "email": "", "username": "" }),
    };
    Ok(json!({
        "build": null, "builds_url": url("/-/builds"), "collaborators_url": url("/-/collaborators"),
        "created_at": created, "description": description, "id": id, "images_url": url("/-/images"),
        "invites_url": url("/-/invites"), "keys_url": url("/-/keys"), "name": name,
        "namespaces_url": url("/-/namespaces"), "objects_url": url("/-/objects"), "parent": null, "parent_id": parent,
        "path": path, "root_id": root, "url": url(""), "user": user, "user_id": owner,
        "variables_url": url("/-/variables"), "visibility": visibility, "webhooks_url": url("/-/webhooks"),
    }))
}
