//! Signing in to Run:ai: a client id and its secret for a token, in the words of v1 or of v2.
//! A token is valid until it expires, even when its access key is gone.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use super::super::call::{Call, Reply};
use super::super::jwt::{self, Verdict};
use super::super::store::{Plan, Trouble};
use super::super::vault;
use super::{said, stamp};

/// `POST /api/v2/token`: a form, and `OAuth2`'s errors.
pub(super) fn v2(database: &Connection, call: &Call, plan: &Plan) -> Result<Reply, Trouble> {
    let field = |name: &str| {
        let mut fields = url::form_urlencoded::parse(&call.body);
        fields
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let is_form = call
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    match field("grant_type").filter(|_| is_form).as_deref() {
        None => {
            return Ok(refused(
                400,
                "invalid_request",
                "Required parameter is missing",
            ));
        }
        Some("client_credentials") => {}
        Some(_) => {
            return Ok(refused(
                400,
                "unsupported_grant_type",
                "grant_type is not supported",
            ));
        }
    }
    let (Some(id), Some(secret)) = (field("client_id"), field("client_secret")) else {
        return Ok(refused(
            400,
            "invalid_request",
            "Required parameter is missing",
        ));
    };
    Ok(match sign_in(database, &id, &secret, plan)? {
        None => refused(401, "invalid_client", "Client authentication failed"),
        Some(token) => {
            let lifetime = plan.token_lifetime.as_secs();
            Reply::json(
                200,
                &json!({ "access_token": token, "token_type": "Bearer", "expires_in": lifetime }),
            )
        }
    })
}

/// `POST /api/v1/token`: JSON whose members are found whatever their case.
pub(super) fn v1(database: &Connection, call: &Call, plan: &Plan) -> Result<Reply, Trouble> {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let field = |name: &str| {
        let members = body.as_object()?;
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.as_str())
    };
    let (id, secret) = match field("grantType") {
        Some("client_credentials") => (field("clientId"), field("clientSecret")),
        Some("app_token") => (field("appId"), field("appSecret")),
        _ => (None, None),
    };
    let (Some(id), Some(secret)) = (id, secret) else {
        return Ok(said(400, "Required parameter is missing"));
    };
    Ok(match sign_in(database, id, secret, plan)? {
        None => said(400, "Client authentication failed"),
        Some(token) => {
            let mut body = json!({ "accessToken": token, "idToken": "", "refreshToken": "" });
            // Its lifetime came with 2.24.
            if let (false, Some(body)) = (plan.runai_legacy, body.as_object_mut()) {
                body.insert("expiresIn".to_owned(), plan.token_lifetime.as_secs().into());
            }
            Reply::json(200, &body)
        }
    })
}

/// Who a call's bearer token stands for.
pub(super) fn user(database: &Connection, call: &Call) -> Result<Option<String>, Trouble> {
    let Some(token) = call
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
    else {
        return Ok(None);
    };
    let verdict = jwt::verify(&signing_key(database)?, token, Timestamp::now().as_second());
    Ok(match verdict {
        Verdict::Valid(user) => Some(user),
        Verdict::Expired | Verdict::Forged => None,
    })
}

/// A token for an access key, whose last login is now.
fn sign_in(
    database: &Connection,
    id: &str,
    secret: &str,
    plan: &Plan,
) -> Result<Option<String>, Trouble> {
    let find = "SELECT secret, owner FROM keys WHERE client_id = ?1 AND secret IS NOT NULL";
    let found = database.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?)));
    let found: Option<(String, String)> = found.optional()?;
    let Some((_, owner)) = found.filter(|(sealed, _)| vault::opens(secret, sealed)) else {
        return Ok(None);
    };
    let now = Timestamp::now();
    database.execute(
        "UPDATE keys SET last_login = ?1 WHERE client_id = ?2",
        [&stamp(now), id],
    )?;
    let lifetime = i64::try_from(plan.token_lifetime.as_secs()).unwrap_or(i64::MAX);
    let expires = now.as_second().saturating_add(lifetime);
    Ok(Some(jwt::sign(
        &signing_key(database)?,
        &owner,
        expires,
        &vault::uuid()?,
    )))
}

fn signing_key(database: &Connection) -> Result<String, Trouble> {
    Ok(
        database.query_row("SELECT value FROM meta WHERE name = 'signing'", [], |row| {
            row.get(0)
        })?,
    )
}

fn refused(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "error": error, "error_description": description }),
    )
}
