//! A JWT of Chutes comes from a fingerprint, or from a hotkey that signs a nonce, which is good once.
//! [`super::auth`] accepts the tokens that are made here.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use super::super::call::{Call, Reply};
use super::super::{jwt, vault};
use super::auth::signing_key;
use super::{Halt, hotkey, said};

/// Seconds that a nonce is good for.
const NONCE_LIFETIME: i64 = 300;
/// Seconds that a JWT is good for: seven days.
const TOKEN_LIFETIME: i64 = 7 * 86_400;

/// `GET /users/login/nonce`.
pub(super) fn nonce(database: &Connection) -> Result<Reply, Halt> {
    let nonce = vault::uuid()?;
    let now = Timestamp::now().as_second();
    database.execute("DELETE FROM nonces WHERE expires < ?1", [now])?;
    database.execute(
        "INSERT INTO nonces VALUES (?1, ?2)",
        rusqlite::params![nonce, now + NONCE_LIFETIME],
    )?;
    Ok(Reply::json(
        200,
        &json!({ "nonce": nonce, "expires_in": NONCE_LIFETIME }),
    ))
}

/// `POST /users/login`.
pub(super) fn login(database: &Connection, call: &Call) -> Result<Reply, Halt> {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .filter(|value| !value.is_empty())
    };
    let user = match (
        text("fingerprint"),
        text("hotkey"),
        text("signature"),
        text("nonce"),
    ) {
        (Some(fingerprint), ..) => by_fingerprint(database, fingerprint)?,
        (None, Some(hotkey), Some(signature), Some(nonce)) => {
            by_hotkey(database, hotkey, signature, nonce)?
        }
        _ => {
            let ways = "Please provide either 'fingerprint' or 'hotkey'+'signature'+'nonce' for authentication.";
            return Err(said(400, ways).into());
        }
    };
    let expires = Timestamp::now().as_second() + TOKEN_LIFETIME;
    let token = jwt::sign(&signing_key(database)?, &user, expires, &vault::uuid()?);
    Ok(Reply::json(200, &json!({ "token": token })))
}

fn by_fingerprint(database: &Connection, fingerprint: &str) -> Result<String, Halt> {
    let mut all = database.prepare("SELECT user_id, fingerprint FROM users")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        if vault::opens(fingerprint, &row.get::<_, String>(1)?) {
            return Ok(row.get(0)?);
        }
    }
    Err(said(401, "Invalid fingerprint.").into())
}

fn by_hotkey(
    database: &Connection,
    address: &str,
    signature: &str,
    nonce: &str,
) -> Result<String, Halt> {
    let now = Timestamp::now().as_second();
    let spent = database.execute(
        "DELETE FROM nonces WHERE nonce = ?1 AND expires >= ?2",
        rusqlite::params![nonce, now],
    )?;
    if spent == 0 {
        return Err(said(401, "Invalid or expired nonce. Please request a new one.").into());
    }
    if !hotkey::unhex(signature).is_ok_and(|signature| hotkey::signed(address, nonce, &signature)) {
        return Err(said(401, "Invalid signature.").into());
    }
    let found = database.query_row(
        "SELECT user_id FROM users WHERE hotkey = ?1",
        [address],
        |row| row.get(0),
    );
    found
        .optional()?
        .ok_or_else(|| said(401, &format!("Could not find user with hotkey: {address}")).into())
}
