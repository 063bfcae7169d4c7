//! Chutes' API keys: a key carries its own id and its user's, and a list of them has no order of its own.
//! What a list shows of a key is kept ready with it, because nothing in it ever changes.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::super::call::{Call, Reply};
use super::super::{sample as company, vault};
use super::body::{self, Body};
use super::page::{self, Page};
use super::{Halt, auth, invalid, said, trouble, unmatched};

/// One entry of a key's scopes as it was asked for.
struct Scope {
    object_type: String,
    object_id: Option<String>,
}

/// Answers a call under `/api_keys`.
pub(super) fn answer(
    database: &mut Connection,
    call: &Call,
    segments: &[&str],
) -> Result<Reply, Halt> {
    let purpose = Some("api_keys");
    match (call.method.as_str(), segments) {
        ("GET", [_, ""]) => list(database, call, &auth::user(database, call, purpose)?),
        ("POST", [_, ""]) => {
            let read = body::read(call)?;
            // What was signed is the body, even an empty one.
            let user = auth::user(database, call, None)?;
            create(database, read, &user)
        }
        ("GET", [_, id]) if !id.is_empty() => {
            let user = auth::user(database, call, purpose)?;
            let find = "SELECT item FROM api_keys WHERE api_key_id = ?1 AND user_id = ?2";
            let found: Option<String> = database
                .query_row(find, [*id, &user], |row| row.get(0))
                .optional()?;
            let missing = || {
                said(
                    404,
                    &format!("API key with id {id} not found or doesn't belong to you"),
                )
            };
            Ok(found.map_or_else(missing, |item| Reply::new(200, "application/json", item)))
        }
        ("DELETE", [_, id]) if !id.is_empty() => {
            let user = auth::user(database, call, purpose)?;
            let gone = database.execute(
                "DELETE FROM api_keys WHERE api_key_id = ?1 AND user_id = ?2",
                [*id, &user],
            )?;
            Ok(if gone == 0 {
                said(404, "API key not found, or does not belong to you")
            } else {
                Reply::json(200, &json!({ "api_key_id": id, "deleted": true }))
            })
        }
        _ => Err(unmatched(database, call)),
    }
}

/// `GET /api_keys/`: without ORDER BY, so that another limit may mean another plan and another order.
fn list(database: &Connection, call: &Call, user: &str) -> Result<Reply, Halt> {
    let page = Page::of(call)?;
    let order = match page.limit() % 3 {
        0 => "INDEXED BY keys_by_user WHERE user_id = ?1 ORDER BY api_key_id DESC",
        1 => "INDEXED BY keys_in_order WHERE user_id = ?1 ORDER BY rowid",
        _ => "INDEXED BY keys_by_user WHERE user_id = ?1 ORDER BY api_key_id",
    };
    let select = format!("SELECT item FROM api_keys {order} LIMIT ?2 OFFSET ?3");
    let mut find = database.prepare(&select)?;
    let mut rows = find.query(params![user, page.rows, page.offset])?;
    let mut items = String::new();
    while let Some(row) = rows.next()? {
        page::push(&mut items, row.get_ref(0)?.as_str().unwrap_or("null"));
    }
    let total = database.query_row(
        "SELECT COUNT(*) FROM api_keys INDEXED BY keys_in_order WHERE user_id = ?1",
        [user],
        |row| row.get(0),
    )?;
    Ok(page.envelope(total, &items))
}

/// `POST /api_keys/`.
fn create(database: &Connection, read: Value, user: &str) -> Result<Reply, Halt> {
    let mut body = Body::new(read)?;
    let (admin, name) = (body.boolean("admin"), body.string("name"));
    let scopes = scopes(&mut body);
    body.done()?;
    // Null is a valid list to pydantic and not to the loop over it.
    let Some(scopes) = (if admin { Some(Vec::new()) } else { scopes }) else {
        return Ok(trouble(500));
    };
    if let Some(refusal) = refusal(&name, &scopes) {
        return Ok(refusal);
    }
    let find = "SELECT EXISTS (SELECT 1 FROM api_keys WHERE user_id = ?1 AND name = ?2)";
    if database.query_row(find, [user, &name], |row| row.get(0))? {
        return Ok(said(409, "An API key already exists with this name"));
    }
    let id = vault::uuid()?;
    let text = text(&id, user, &vault::alphanumeric(32)?);
    let scopes: Result<Vec<Value>, Halt> = scopes
        .iter()
        .map(|scope| Ok(shown(scope, &vault::uuid()?)))
        .collect();
    let created = company::naive(Timestamp::now());
    let item = item(
        &id,
        user,
        admin,
        &name,
        &created,
        &Value::Array(scopes?).to_string(),
    );
    database.execute(
        "INSERT INTO api_keys VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, user, name, admin, vault::seal(&text)?, item],
    )?;
    let shown = item.strip_suffix('}').unwrap_or(&item);
    Ok(Reply::new(
        200,
        "application/json",
        format!(r#"{shown},"secret_key":"{text}"}}"#),
    ))
}

/// Why a key may not have this name or these scopes.
fn refusal(name: &str, scopes: &[Scope]) -> Option<Reply> {
    if scopes
        .iter()
        .any(|scope| !["images", "chutes", "invocations"].contains(&scope.object_type.as_str()))
    {
        let message =
            "Invalid request: Invalid object_type, must be one of images, chutes, invocations";
        return Some(said(400, message));
    }
    if !is_name(name) {
        let message = "Invalid request: API key name should start with alphanumeric character and contain up to 32 \
                       total allowed characters (letters, numbers, dashes, underscores, or spaces)";
        return Some(said(400, message));
    }
    None
}

/// The scopes of a body; `None` for null.
fn scopes(body: &mut Body) -> Option<Vec<Scope>> {
    let list = match body.optional("scopes") {
        None => return Some(Vec::new()),
        Some(Value::Null) => return None,
        Some(Value::Array(list)) => list,
        Some(other) => {
            let at = ["body".into(), "scopes".into()];
            body.wrong(invalid(
                "list_type",
                &at,
                "Input should be a valid list",
                &other,
            ));
            return None;
        }
    };
    Some(
        list.iter()
            .enumerate()
            .map(|(n, scope)| checked(scope, n, body.errors()))
            .collect(),
    )
}

/// One scope; its action is checked and then never seen again.
fn checked(scope: &Value, n: usize, errors: &mut Vec<Value>) -> Scope {
    let at = ["body".into(), "scopes".into(), n.into()];
    let mut wrong = |field: &str, kind: &str, message: &str, input: &Value| {
        let mut error = invalid(
            kind,
            &["body".into(), "scopes".into(), n.into(), field.into()],
            message,
            input,
        );
        if let (true, Some(error)) = (kind == "enum", error.as_object_mut()) {
            error.insert(
                "ctx".to_owned(),
                json!({ "expected": "'read', 'write', 'delete' or 'invoke'" }),
            );
        }
        errors.push(error);
    };
    if !scope.is_object() {
        errors.push(body::not_an_object(&at, scope));
        return Scope {
            object_type: String::new(),
            object_id: None,
        };
    }
    let object_id = match scope.get("object_id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(other) => {
            wrong(
                "object_id",
                "string_type",
                "Input should be a valid string",
                other,
            );
            None
        }
    };
    match scope.get("action") {
        None | Some(Value::Null) => {}
        Some(Value::String(action))
            if ["read", "write", "delete", "invoke"].contains(&action.as_str()) => {}
        Some(other) => wrong(
            "action",
            "enum",
            "Input should be 'read', 'write', 'delete' or 'invoke'",
            other,
        ),
    }
    Scope {
        object_type: body::string(scope, "object_type", &at, errors),
        object_id,
    }
}

/// A scope as it is shown: its action cannot be read back.
fn shown(scope: &Scope, id: &str) -> Value {
    json!({ "scope_id": id, "object_type": scope.object_type, "object_id": scope.object_id, "method": null })
}

/// A key as lists show it, its scopes as JSON; nobody ever writes when it was last used.
///
/// Written by hand, because a list may have a million: only the name can need an escape.
pub(super) fn item(
    id: &str,
    user: &str,
    admin: bool,
    name: &str,
    created: &str,
    scopes: &str,
) -> String {
    let name = Value::from(name);
    format!(
        r#"{{"api_key_id":"{id}","user_id":"{user}","admin":{admin},"name":{name},"created_at":"{created}","last_used_at":null,"scopes":{scopes}}}"#
    )
}

/// Whether a name matches `[\$\w\u0080-\uFFFF\._\s-]{1,24}$` as Python's `re.match` reads it.
pub(super) fn is_name(name: &str) -> bool {
    let allowed = |c: char| {
        "$._-".contains(c)
            || c.is_alphanumeric()
            || c.is_whitespace()
            || ('\u{1c}'..='\u{1f}').contains(&c)
            || ('\u{80}'..='\u{ffff}').contains(&c)
    };
    let matches =
        |name: &str| (1..=24).contains(&name.chars().count()) && name.chars().all(allowed);
    // `$` also matches before a newline that ends the text.
    matches(name) || name.strip_suffix('\n').is_some_and(matches)
}

/// A key's text: `cpk_`, its id, its user's id, and 32 letters and digits.
pub(super) fn text(id: &str, user: &str, secret: &str) -> String {
    format!(
        "cpk_{}.{}.{secret}",
        id.replace('-', ""),
        user.replace('-', "")
    )
}

/// The ids of the key and of the user in a key's text; `None` when it is malformed.
pub(super) fn parts(text: &str) -> Option<(String, String)> {
    let mut parts = text.strip_prefix("cpk_")?.split('.');
    let (id, user, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str| {
        part.len() == 32
            && part
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let whole = hex(id)
        && hex(user)
        && secret.len() == 32
        && secret.bytes().all(|b| b.is_ascii_alphanumeric());
    (whole && parts.next().is_none()).then(|| (vault::dashed(id), vault::dashed(user)))
}
