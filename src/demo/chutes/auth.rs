//! Who calls Chutes: complete hotkey headers count alone, then whatever Authorization's last word is.
//! A key that is not an admin's can invoke and nothing else, so here it is as good as wrong.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::super::call::{Call, Reply};
use super::super::jwt::{self, Verdict};
use super::super::vault;
use super::{Halt, hotkey, keys, said};

/// How far a nonce may be from now, in seconds.
const NONCE_WINDOW: u64 = 600;

/// The three headers of a hotkey's signature.
pub(super) struct Headers<'call> {
    hotkey: &'call str,
    nonce: &'call str,
    signature: &'call str,
}

impl<'call> Headers<'call> {
    /// All three, or none.
    pub(super) fn of(call: &'call Call) -> Option<Self> {
        let header = |name| call.header(name).filter(|value| !value.is_empty());
        Some(Self {
            hotkey: header("x-chutes-hotkey")?,
            nonce: header("x-chutes-nonce")?,
            signature: header("x-chutes-signature")?,
        })
    }

    /// Checks nonce and signature; what is signed ends in the body's hash, or in the endpoint's purpose.
    fn verified(&self, call: &Call, purpose: Option<&str>) -> Result<&'call str, Halt> {
        let now = Timestamp::now().as_second();
        let nonce = self
            .nonce
            .parse::<i64>()
            .ok()
            .filter(|_| self.nonce.bytes().all(|byte| byte.is_ascii_digit()));
        if nonce.is_none_or(|nonce| nonce.abs_diff(now) >= NONCE_WINDOW) {
            return Err(said(401, "Invalid nonce!").into());
        }
        let tail = match purpose {
            Some(purpose) => purpose.to_owned(),
            None if call.body.is_empty() => {
                return Err(said(401, "Either payload_str or purpose must be provided").into());
            }
            None => vault::hex(&Sha256::digest(&call.body)),
        };
        let message = format!("{}:{}:{tail}", self.hotkey, self.nonce);
        let signature = hotkey::unhex(self.signature).map_err(|at| {
            let signature = self.signature;
            let error = format!("non-hexadecimal number found in fromhex() arg at position {at}");
            Halt::from(said(
                401,
                &format!("Invalid signature: {signature}, with error: {error}"),
            ))
        })?;
        if hotkey::signed(self.hotkey, &message, &signature) {
            return Ok(self.hotkey);
        }
        let hotkey = self.hotkey;
        Err(said(
            401,
            &format!("Invalid request signature for hotkey {hotkey}. Message: {message}"),
        )
        .into())
    }
}

/// The user that a call is from; `purpose` is what a hotkey signs for this endpoint.
pub(super) fn user(
    database: &Connection,
    call: &Call,
    purpose: Option<&str>,
) -> Result<String, Halt> {
    if let Some(headers) = Headers::of(call) {
        let hotkey = headers.verified(call, purpose)?;
        let find = "SELECT user_id FROM users WHERE hotkey = ?1";
        let found = database
            .query_row(find, [hotkey], |row| row.get(0))
            .optional()?;
        return found.ok_or_else(|| {
            said(401, &format!("Could not find user with hotkey: {hotkey}")).into()
        });
    }
    let authorization = call.header("authorization").unwrap_or_default();
    let (before, token) = authorization
        .rsplit_once(' ')
        .unwrap_or(("", authorization));
    let unknown = || {
        Halt::from(said(
            401,
            "Can't find a user with that api key in our db :(",
        ))
    };
    let malformed = || Halt::from(said(401, "Missing or invalid authorization header(s)"));
    if token.is_empty() || token.starts_with("cak_") {
        return Err(unknown());
    }
    if token.starts_with("cpk_") {
        let parts = keys::parts(token).ok_or_else(malformed)?;
        return by_key(database, token, &parts);
    }
    if !before.eq_ignore_ascii_case("bearer") {
        return Err(malformed());
    }
    match jwt::verify(&signing_key(database)?, token, Timestamp::now().as_second()) {
        Verdict::Valid(user) => Ok(user),
        Verdict::Expired => Err(said(401, "Token expired.").into()),
        Verdict::Forged => Err(said(401, "Invalid token.").into()),
    }
}

/// The user of an admin key.
fn by_key(
    database: &Connection,
    token: &str,
    (id, user): &(String, String),
) -> Result<String, Halt> {
    let find = "SELECT secret FROM api_keys WHERE api_key_id = ?1 AND user_id = ?2 AND admin AND secret IS NOT NULL";
    let sealed: Option<String> = database
        .query_row(find, [id, user], |row| row.get(0))
        .optional()?;
    if sealed.is_some_and(|sealed| vault::opens(token, &sealed)) {
        return Ok(user.clone());
    }
    Err(said(401, "Invalid token or user not found").into())
}

/// `GET /registry/auth`: whether a hotkey is a registered miner's.
pub(super) fn registry(database: &Connection, call: &Call) -> Result<Reply, Halt> {
    let Some(headers) = Headers::of(call) else {
        return Err(said(401, "Invalid BT Auth.").into());
    };
    let hotkey = headers.verified(call, Some("registry"))?;
    let find = "SELECT 1 FROM users WHERE hotkey = ?1 AND miner";
    if database
        .query_row(find, [hotkey], |_| Ok(()))
        .optional()?
        .is_none()
    {
        return Err(said(401, "Hotkey is not registered on netuid 64").into());
    }
    // The service prints a Python bytes object into the header; the word in it is the shared registry password.
    let reply = Reply::json(200, &json!({ "authenticated": true }));
    Ok(reply.with(axum::http::header::AUTHORIZATION, "Basic b'OnJlZ2lzdHJ5'"))
}

/// The key that JWTs are signed with.
pub(super) fn signing_key(database: &Connection) -> Result<String, Halt> {
    Ok(
        database.query_row("SELECT value FROM meta WHERE name = 'signing'", [], |row| {
            row.get(0)
        })?,
    )
}
