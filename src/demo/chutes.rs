//! Chutes' keys and secrets: exact slashes, three ways to sign in, and pydantic's errors.
//! The store hands it calls; [`auth`] says who calls, [`keys`] and [`secrets`] answer, [`sample`] fills the lists.
//!
//! A deleted key dies at once here. The service itself lets it live on for a minute or two in its caches.

mod auth;
mod body;
mod hotkey;
mod keys;
mod login;
mod page;
mod sample;
mod secrets;
#[cfg(test)]
mod tests;

use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::store::{Credential, Halt, Plan, Trouble};
use super::vault;

/// An admin key of the operator.
pub(super) fn mint() -> Result<Credential, Trouble> {
    let id = vault::uuid()?;
    Ok(vec![(
        "api_key",
        keys::text(&id, sample::OPERATOR_ID, &vault::alphanumeric(32)?),
    )])
}

/// Makes the tables, the users, the key in use and the sample keys and secrets.
pub(super) fn seed(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    transaction.execute_batch(
        "CREATE TABLE users (user_id TEXT PRIMARY KEY, username TEXT NOT NULL, hotkey TEXT, miner INTEGER NOT NULL,
                             fingerprint TEXT NOT NULL, created TEXT NOT NULL) WITHOUT ROWID;
         CREATE TABLE chutes (chute_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL,
                              created TEXT NOT NULL) WITHOUT ROWID;
         CREATE TABLE api_keys (api_key_id TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL,
                                admin INTEGER NOT NULL, secret TEXT, item TEXT NOT NULL);
         CREATE TABLE secrets (secret_id TEXT NOT NULL, user_id TEXT NOT NULL, purpose TEXT NOT NULL,
                               key TEXT NOT NULL, created TEXT NOT NULL, value TEXT NOT NULL, item TEXT NOT NULL);
         CREATE TABLE nonces (nonce TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
         CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
    )?;
    transaction.execute(
        "INSERT INTO meta VALUES ('signing', ?1)",
        [vault::alphanumeric(64)?],
    )?;
    sample::fill(transaction, plan, credential)?;
    transaction.execute_batch(
        "CREATE UNIQUE INDEX keys_by_id ON api_keys (api_key_id);
         CREATE INDEX keys_by_user ON api_keys (user_id, api_key_id);
         CREATE INDEX keys_in_order ON api_keys (user_id);
         CREATE UNIQUE INDEX keys_by_name ON api_keys (user_id, name);
         CREATE UNIQUE INDEX secrets_by_id ON secrets (secret_id);
         CREATE INDEX secrets_by_time ON secrets (user_id, created);",
    )?;
    Ok(())
}

/// Answers one call.
pub(super) fn answer(database: &mut Connection, call: &Call) -> Result<Reply, Trouble> {
    Halt::settled(route(database, call))
}

/// The words of a fault: a crash is plain text, what the proxy in front says is JSON.
pub(super) fn trouble(status: u16) -> Reply {
    match status {
        429 => said(429, "Too many requests"),
        503 => said(503, "Database connectivity problems: connection refused"),
        _ => Reply::new(500, "text/plain; charset=utf-8", "Internal Server Error"),
    }
}

fn route(database: &mut Connection, call: &Call) -> Result<Reply, Halt> {
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("OPTIONS", _) => Ok(said(405, "Method Not Allowed")),
        ("GET", ["ping"]) => Ok(Reply::json(200, &json!({ "message": "pong" }))),
        ("GET", ["users", "login", "nonce"]) => login::nonce(database),
        ("POST", ["users", "login"]) => login::login(database, call),
        ("GET", ["registry", "auth"]) => auth::registry(database, call),
        ("GET", ["users", "me"]) => me(database, &auth::user(database, call, Some("me"))?),
        ("GET", ["chutes", ""]) => chutes(database, call),
        ("GET", ["images", ""]) => images(database, call),
        (_, ["api_keys", ..]) => keys::answer(database, call, &segments),
        (_, ["secrets", ..]) => secrets::answer(database, call, &segments),
        _ => Err(unmatched(database, call)),
    }
}

/// What the catch-all route says, after it has looked at hotkey headers.
fn unmatched(database: &Connection, call: &Call) -> Halt {
    let signed = auth::Headers::of(call).is_some() && call.body.is_empty();
    match auth::user(database, call, None) {
        Err(refused) if signed => refused,
        _ => said(404, "No matching chute found!").into(),
    }
}

/// `GET /users/me`.
fn me(database: &Connection, user: &str) -> Result<Reply, Halt> {
    let find = "SELECT username, hotkey, created FROM users WHERE user_id = ?1";
    let (name, hotkey, created) = database.query_row(find, [user], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, Option<String>>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    // A user without a hotkey crashes this one.
    let Some(hotkey) = hotkey else {
        return Ok(trouble(500));
    };
    Ok(Reply::json(
        200,
        &json!({
            "username": name, "user_id": user, "logo_id": null, "created_at": format!("{created}Z"), "hotkey": hotkey,
            "coldkey": sample::COLDKEY, "payment_address": sample::COLDKEY, "permissions_bitmask": 0, "balance": 0.0,
            "netuids": null, "quotas": null, "logo": null, "permissions": [],
        }),
    ))
}

/// `GET /chutes/`: ids and names, for a secret's purpose and a scope's object.
fn chutes(database: &Connection, call: &Call) -> Result<Reply, Halt> {
    let user = auth::user(database, call, Some("chutes"))?;
    let page = page::Page::of(call)?;
    let mut find = database.prepare(
        "SELECT chute_id, name, created FROM chutes WHERE user_id = ?1 ORDER BY created DESC LIMIT ?2 OFFSET ?3",
    )?;
    let mut rows = find.query(rusqlite::params![user, page.rows, page.offset])?;
    let mut items = String::new();
    while let Some(row) = rows.next()? {
        let (id, name, created): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let created = format!("{created}Z");
        let item = json!({
            "chute_id": id, "name": name, "tagline": null, "readme": "", "public": false, "version": "v1",
            "slug": format!("{}-{name}", sample::OPERATOR_NAME), "jobs": [], "created_at": created, "updated_at": created,
            "instances": [], "invocation_count": 0,
        });
        page::push(&mut items, &item.to_string());
    }
    let total = database.query_row(
        "SELECT COUNT(*) FROM chutes WHERE user_id = ?1",
        [&user],
        |row| row.get(0),
    )?;
    Ok(page.envelope(total, &items))
}

/// `GET /images/`: the one image that all chutes run.
fn images(database: &Connection, call: &Call) -> Result<Reply, Halt> {
    auth::user(database, call, Some("images"))?;
    let page = page::Page::of(call)?;
    let item = json!({
        "image_id": "11111111-0000-4000-8000-000000000001", "name": "vllm", "readme": "", "tag": "0.9.1",
        "public": false, "status": "built and pushed",
    });
    let items = if page.offset == 0 {
        item.to_string()
    } else {
        String::new()
    };
    Ok(page.envelope(1, &items))
}

fn said(status: u16, detail: &str) -> Reply {
    Reply::json(status, &json!({ "detail": detail }))
}

/// One of pydantic's errors.
fn invalid(kind: &str, at: &[Value], message: &str, input: &Value) -> Value {
    json!({ "type": kind, "loc": at, "msg": message, "input": input })
}

/// A 422 that carries pydantic's errors.
fn unprocessable(errors: Vec<Value>) -> Reply {
    Reply::json(422, &json!({ "detail": Value::Array(errors) }))
}
