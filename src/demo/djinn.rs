//! Djinn CI's SSH keys: 404 for whatever a token may not do, links that never end, a search that finds everything.
//! The store hands it calls; this file says who calls and where to, the modules below it answer.

mod form;
mod keys;
mod namespaces;
mod object;
mod page;
mod pem;
mod sample;
#[cfg(test)]
mod tests;

use axum::http::header;
use rusqlite::{Connection, OptionalExtension as _, Transaction};
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::store::{Credential, Halt, Plan, Trouble};
use super::vault;

/// Who a token stands for.
struct Caller {
    id: i64,
    scope: String,
}

impl Caller {
    /// Whether the token's scope, such as `key:read,write namespace:read`, allows this.
    fn may(&self, resource: &str, permission: &str) -> bool {
        let scopes = self
            .scope
            .split(' ')
            .filter_map(|scope| scope.split_once(':'));
        let mut permissions = scopes
            .filter(|(name, _)| *name == resource)
            .flat_map(|(_, held)| held.split(','));
        permissions.any(|held| held == permission)
    }
}

/// A token.
pub(super) fn mint() -> Result<Credential, Trouble> {
    Ok(vec![("token", vault::hex(&vault::random::<16>()?))])
}

/// Makes the tables, the users, the tokens, the namespaces and the sample keys.
pub(super) fn seed(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    transaction.execute_batch(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, username TEXT NOT NULL UNIQUE,
                             created TEXT NOT NULL);
         CREATE TABLE tokens (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL, scope TEXT NOT NULL) WITHOUT ROWID;
         CREATE TABLE namespaces (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, root_id INTEGER, parent_id INTEGER,
                                  name TEXT NOT NULL, path TEXT NOT NULL, description TEXT NOT NULL,
                                  visibility TEXT NOT NULL, created TEXT NOT NULL, UNIQUE (user_id, path));
         CREATE TABLE collaborators (root_id INTEGER NOT NULL, user_id INTEGER NOT NULL);
         CREATE TABLE keys (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
                            namespace_id INTEGER, name TEXT NOT NULL, key TEXT NOT NULL, config TEXT NOT NULL,
                            created TEXT NOT NULL, updated TEXT NOT NULL);",
    )?;
    sample::fill(transaction, plan, credential)?;
    transaction
        .execute_batch("CREATE INDEX keys_by_name ON keys (name, user_id, namespace_id);")?;
    Ok(())
}

/// Answers one call.
pub(super) fn answer(database: &mut Connection, call: &Call) -> Result<Reply, Trouble> {
    Halt::settled(route(database, call))
}

/// The words of a fault.
pub(super) fn trouble(status: u16) -> Reply {
    match status {
        429 => said(429, "Too Many Requests"),
        503 => said(503, "Service Unavailable"),
        _ => said(status, "Something went wrong"),
    }
}

fn route(database: &mut Connection, call: &Call) -> Result<Reply, Halt> {
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["version"]) if wants_json(call) => Ok(sent(200, &json!({ "build": "v1.3.0" }))),
        ("GET", ["version"]) => Ok(Reply::new(200, "text/plain; charset=utf-8", "v1.3.0\n")),
        ("GET", ["api"]) => Ok(sent(
            200,
            &json!({ "keys_url": "/api/keys", "namespaces_url": "/api/namespaces" }),
        )),
        (_, ["api", path @ ..]) => api(database, call, path),
        // Without /api these are the pages for people.
        ("GET", ["keys"]) => Ok(Reply::new(
            200,
            "text/html; charset=utf-8",
            "<!DOCTYPE HTML><title>SSH Keys</title>",
        )),
        ("POST", ["keys"]) => Ok(Reply::new(
            403,
            "text/plain; charset=utf-8",
            "Forbidden - CSRF token not found\n",
        )),
        _ => Ok(said(404, "Not Found")),
    }
}

fn api(database: &mut Connection, call: &Call, path: &[&str]) -> Result<Reply, Halt> {
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let known = matches!(path, ["user" | "keys" | "namespaces"])
        || matches!(path, ["keys", id] if is_id(id));
    let method = call.method.as_str();
    let answered = match (method, path) {
        _ if !known => return Ok(said(404, "Not Found")),
        ("GET", ["user"]) => object::caller(database, &caller(database, call, None)?),
        ("GET", ["namespaces"]) => {
            let caller = caller(database, call, Some(("namespace", "read")))?;
            page::namespaces(database, call, &caller)
        }
        ("GET", ["keys"]) => page::keys(
            database,
            call,
            &caller(database, call, Some(("key", "read")))?,
        ),
        ("POST", ["keys"]) => {
            let caller = caller(database, call, Some(("key", "write")))?;
            keys::create(database, call, &caller)
        }
        ("GET", ["keys", id]) if keys::is_public(database, id)? => keys::get(database, id),
        ("GET", ["keys", id]) => {
            let caller = caller(database, call, Some(("key", "read")))?;
            keys::reached(database, id, &caller)?;
            keys::get(database, id)
        }
        ("PATCH", ["keys", id]) => {
            let caller = caller(database, call, Some(("key", "write")))?;
            let key = keys::reached(database, id, &caller)?;
            keys::update(database, call, key, &caller)
        }
        ("DELETE", ["keys", id]) => {
            let caller = caller(database, call, Some(("key", "delete")))?;
            let key = keys::reached(database, id, &caller)?;
            keys::delete(database, key)
        }
        _ => return Ok(said(405, "Method Not Allowed")),
    };
    // The API server is not told its own address here, so it starts a session with every answer.
    let session = vault::hex(&vault::random::<16>()?);
    Ok(answered?.with(
        header::SET_COOKIE,
        &format!("session={session}; Path=/; Max-Age=5184000; HttpOnly"),
    ))
}

/// The caller, if its token may do this; everything else is a 404, or the login page for who is no program.
fn caller(
    database: &Connection,
    call: &Call,
    needed: Option<(&str, &str)>,
) -> Result<Caller, Halt> {
    let token = call
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "));
    let find = "SELECT user_id, scope FROM tokens WHERE token = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Caller {
            id: row.get(0)?,
            scope: row.get(1)?,
        })
    };
    let found = match token {
        Some(token) => database.query_row(find, [token], read).optional()?,
        None => None,
    };
    let allowed = |caller: &Caller| {
        needed.is_none_or(|(resource, permission)| caller.may(resource, permission))
    };
    if let Some(caller) = found.filter(allowed) {
        return Ok(caller);
    }
    if wants_json(call) {
        return Err(said(404, "Not Found").into());
    }
    Err(Reply::empty(303).with(header::LOCATION, "/login").into())
}

/// Whether errors are JSON: `Accept` or `Content-Type` has to begin with it.
fn wants_json(call: &Call) -> bool {
    ["accept", "content-type"].iter().any(|name| {
        let value = call.header(name);
        value.is_some_and(|value| value.starts_with("application/json"))
    })
}

/// JSON as Go writes it: `<`, `>` and `&` escaped, a newline at the end.
fn sent(status: u16, body: &Value) -> Reply {
    let text = body
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let text = text
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    Reply::new(status, "application/json; charset=utf-8", text + "\n")
}

fn said(status: u16, message: &str) -> Reply {
    sent(status, &json!({ "message": message }))
}
