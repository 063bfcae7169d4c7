//! NVIDIA Run:ai's access keys: a token first, own keys for everyone, all keys for administrators.
//! The store hands it calls; [`token`] signs in, [`sample`] makes the keys that are there at first.

mod sample;
#[cfg(test)]
mod tests;
mod token;

use std::fmt::Write as _;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::store::{Credential, Plan, Trouble};
use super::{sample as company, vault};

/// The most access keys that one user may hold.
const OWN_LIMIT: i64 = 20;
/// The most rows of a list, as the schema has it.
const LIST_LIMIT: usize = 100;

/// A client id and its secret.
pub(super) fn mint() -> Result<Credential, Trouble> {
    Ok(vec![
        ("client_id", client_id()?),
        ("client_secret", client_secret()?),
    ])
}

/// Makes the tables, the users, the access key that signs in and the sample keys.
pub(super) fn seed(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    transaction.execute_batch(
        "CREATE TABLE keys (id TEXT NOT NULL, client_id TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
                            created TEXT NOT NULL, last_login TEXT, secret TEXT);
         CREATE TABLE admins (email TEXT PRIMARY KEY) WITHOUT ROWID;
         CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
    )?;
    transaction.execute(
        "INSERT INTO meta VALUES ('signing', ?1)",
        [vault::alphanumeric(64)?],
    )?;
    transaction.execute("INSERT INTO admins VALUES (?1)", [company::OPERATOR])?;
    sample::fill(transaction, plan, credential)?;
    transaction.execute_batch(
        "CREATE UNIQUE INDEX keys_by_id ON keys (id);
         CREATE UNIQUE INDEX keys_by_client_id ON keys (client_id);
         CREATE UNIQUE INDEX keys_by_owner ON keys (owner, name);",
    )?;
    Ok(())
}

/// Answers one call.
pub(super) fn answer(
    database: &mut Connection,
    call: &Call,
    plan: &Plan,
) -> Result<Reply, Trouble> {
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let ["api", version, rest @ ..] = segments.as_slice() else {
        return Ok(said(404, "Not Found"));
    };
    let collection = if plan.runai_legacy {
        "user-applications"
    } else {
        "access-keys"
    };
    match (*version, rest) {
        ("v2", ["token"]) if !plan.runai_legacy => {
            return post(call, || token::v2(database, call, plan));
        }
        ("v1", ["token"]) => return post(call, || token::v1(database, call, plan)),
        ("v1", [first, ..]) if *first == collection => {}
        ("v1", ["administration", second, ..]) if *second == collection => {}
        _ => return Ok(said(404, "Not Found")),
    }
    let Some(user) = token::user(database, call)? else {
        return Ok(said(401, "Issuer is not familiar."));
    };
    let method = call.method.as_str();
    match (method, rest) {
        ("GET", ["administration", _] | ["administration", _, _])
        | ("DELETE", ["administration", _, _])
            if !is_admin(database, &user)? =>
        {
            Ok(said(403, "You do not have sufficient permissions."))
        }
        ("GET", ["administration", _]) => list_all(database, call, plan),
        ("DELETE", ["administration", _, id]) => delete(database, id, None),
        (_, ["administration", _] | ["administration", _, _]) => {
            Ok(said(405, "Method Not Allowed"))
        }
        ("GET", [_]) => list_own(database, &user, plan),
        ("POST", [_]) => create(database, call, &user, plan),
        ("GET", [_, id]) => get(database, id, &user),
        ("DELETE", [_, id]) => delete(database, id, Some(&user)),
        ("POST", [_, id, "secret"]) => regenerate(database, id, &user),
        (_, [_] | [_, _] | [_, _, "secret"]) => Ok(said(405, "Method Not Allowed")),
        _ => Ok(said(404, "Not Found")),
    }
}

/// The words of a fault.
pub(super) fn trouble(status: u16) -> Reply {
    match status {
        429 => said(429, "Too Many Requests"),
        503 => said(503, "Please try again in few minutes."),
        _ => said(status, "Something went wrong."),
    }
}

fn post(call: &Call, answer: impl FnOnce() -> Result<Reply, Trouble>) -> Result<Reply, Trouble> {
    if call.method == axum::http::Method::POST {
        answer()
    } else {
        Ok(said(405, "Method Not Allowed"))
    }
}

/// `GET /api/v1/access-keys`.
fn list_own(database: &Connection, user: &str, plan: &Plan) -> Result<Reply, Trouble> {
    let mut own =
        database.prepare("SELECT * FROM keys WHERE owner = ?1 ORDER BY rowid LIMIT ?2")?;
    let mut rows = own.query(params![user, OWN_LIMIT])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(object(row, false)?);
    }
    Ok(listed(&items.join(","), plan))
}

/// `GET /api/v1/administration/access-keys`: cut at a hundred, unless the demo was asked for more.
fn list_all(database: &Connection, call: &Call, plan: &Plan) -> Result<Reply, Trouble> {
    let limit = plan
        .keys
        .filter(|keys| *keys > LIST_LIMIT)
        .map_or(100, |_| i64::MAX);
    let mut all = database.prepare(
        "SELECT * FROM keys WHERE (?1 IS NULL OR client_id = ?1) AND (?2 IS NULL OR owner = ?2) ORDER BY rowid LIMIT ?3",
    )?;
    let mut rows = all.query(params![
        call.parameter("clientId"),
        call.parameter("createdBy"),
        limit
    ])?;
    let mut items = String::new();
    while let Some(row) = rows.next()? {
        if !items.is_empty() {
            items.push(',');
        }
        items.push_str(&object(row, true)?);
    }
    Ok(listed(&items, plan))
}

/// A list's envelope; before 2.24 there was none.
fn listed(items: &str, plan: &Plan) -> Reply {
    let body = if plan.runai_legacy {
        format!("[{items}]")
    } else {
        format!(r#"{{"accessKeys":[{items}]}}"#)
    };
    Reply::new(200, "application/json", body)
}

/// One key as JSON, written by hand because a list may have a million: nothing in it can need an escape.
fn object(row: &Row<'_>, creator: bool) -> Result<String, Trouble> {
    let text =
        |column| -> Result<&str, Trouble> { Ok(row.get_ref(column)?.as_str().unwrap_or_default()) };
    let mut json = format!(
        r#"{{"name":"{}","id":"{}","clientId":"{}""#,
        text("name")?,
        text("id")?,
        text("client_id")?
    );
    if creator {
        json.push_str(r#","createdBy":""#);
        json.push_str(text("owner")?);
        json.push('"');
    }
    let last_login = match text("last_login")? {
        "" => "null".to_owned(),
        time => format!("\"{time}\""),
    };
    // Writing to a String cannot fail.
    let _ = write!(
        json,
        r#","createdAt":"{}","lastLogin":{last_login}}}"#,
        text("created")?
    );
    Ok(json)
}

/// `GET /api/v1/access-keys/{id}`.
fn get(database: &Connection, id: &str, user: &str) -> Result<Reply, Trouble> {
    let mut one = database.prepare("SELECT * FROM keys WHERE id = ?1 AND owner = ?2")?;
    let mut rows = one.query([id, user])?;
    let Some(row) = rows.next()? else {
        return Ok(said(404, "Resource id not found."));
    };
    Ok(Reply::new(200, "application/json", object(row, false)?))
}

/// Deletes a key, of `owner` or of anybody.
fn delete(database: &Connection, id: &str, owner: Option<&str>) -> Result<Reply, Trouble> {
    let gone = database.execute(
        "DELETE FROM keys WHERE id = ?1 AND (?2 IS NULL OR owner = ?2)",
        params![id, owner],
    )?;
    Ok(if gone == 0 {
        said(404, "Resource id not found.")
    } else {
        Reply::empty(204)
    })
}

/// `POST /api/v1/access-keys`.
fn create(
    database: &mut Connection,
    call: &Call,
    user: &str,
    plan: &Plan,
) -> Result<Reply, Trouble> {
    let is_json = call
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json"));
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let name = body
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| is_json && is_name(name));
    let Some(name) = name else {
        return Ok(said(400, "Required parameter is missing"));
    };
    let transaction = database.transaction()?;
    if let Some(refusal) = refusal(&transaction, user, name)? {
        return Ok(refusal);
    }
    let (id, client_id, secret) = (vault::uuid()?, client_id()?, client_secret()?);
    let created = stamp(Timestamp::now());
    transaction.execute(
        "INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6)",
        [
            &id,
            &client_id,
            name,
            user,
            &created,
            &vault::seal(&secret)?,
        ],
    )?;
    transaction.commit()?;
    let secret_field = if plan.runai_legacy {
        "secret"
    } else {
        "clientSecret"
    };
    let made = json!({ "id": id, "clientId": client_id, "name": name, secret_field: secret, "createdAt": created });
    Ok(Reply::json(201, &made))
}

/// Why a user may not have a key of this name: there is one, or there are too many.
fn refusal(database: &Connection, user: &str, name: &str) -> Result<Option<Reply>, Trouble> {
    let find = "SELECT COUNT(*), COALESCE(SUM(name = ?2), 0) FROM keys WHERE owner = ?1";
    let (held, same): (i64, i64) =
        database.query_row(find, [user, name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match (held, same) {
        (_, 1..) => Some(said(409, "Resource with this name already exists")),
        (OWN_LIMIT.., _) => Some(said(400, "The maximum number of access keys is reached")),
        _ => None,
    })
}

/// `POST /api/v1/access-keys/{id}/secret`: the secret before it is worth nothing from now on.
fn regenerate(database: &Connection, id: &str, user: &str) -> Result<Reply, Trouble> {
    let secret = client_secret()?;
    let changed = database.execute(
        "UPDATE keys SET secret = ?1 WHERE id = ?2 AND owner = ?3",
        [&vault::seal(&secret)?, id, user],
    )?;
    Ok(if changed == 0 {
        said(404, "Resource id not found.")
    } else {
        Reply::json(200, &json!({ "clientSecret": secret }))
    })
}

/// Whether a name matches `^[a-z][-_a-z0-9]*[a-z0-9]$` and has 2 to 255 characters.
fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=255).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| inner(byte) || byte == b'-' || byte == b'_')
        && name.bytes().last().is_some_and(inner)
}

fn is_admin(database: &Connection, user: &str) -> Result<bool, Trouble> {
    let found = database
        .query_row("SELECT 1 FROM admins WHERE email = ?1", [user], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn client_id() -> Result<String, Trouble> {
    Ok(vault::hex(&vault::random::<8>()?))
}

fn client_secret() -> Result<String, Trouble> {
    Ok(vault::alphanumeric(40)?)
}

fn said(code: u16, message: &str) -> Reply {
    Reply::json(code, &json!({ "code": code, "message": message }))
}
