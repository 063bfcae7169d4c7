//! Typesense's keys API: four operations, ids in byte order, one 401 for every lack of privilege.
//! The store hands it calls; the sample keys are in [`sample`].

mod sample;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::Value;

use super::call::{Call, Reply};
use super::store::{Credential, Plan, Trouble};
use super::vault;

/// The year 4020, which stands for never.
const NEVER: u64 = 64_723_363_199;
const FORBIDDEN: &str = "Forbidden - a valid `x-typesense-api-key` header must be sent.";

/// A bootstrap key.
pub(super) fn mint() -> Result<Credential, Trouble> {
    Ok(vec![("api_key", vault::alphanumeric(40)?)])
}

/// Makes the tables, the bootstrap key and the sample keys.
pub(super) fn seed(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    transaction.execute_batch(
        "CREATE TABLE keys (id TEXT PRIMARY KEY, actions TEXT NOT NULL, expires_at INTEGER NOT NULL,
                            hash TEXT NOT NULL, listed TEXT NOT NULL) WITHOUT ROWID;
         CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;",
    )?;
    let pepper = vault::hex(&vault::random::<16>()?);
    let bootstrap = credential
        .first()
        .map(|(_, value)| vault::digest(&pepper, value));
    let mut remember = transaction.prepare("INSERT INTO meta VALUES (?1, ?2)")?;
    remember.execute(params!["pepper", pepper])?;
    remember.execute(params!["bootstrap", bootstrap])?;
    let next = sample::fill(transaction, plan)?;
    remember.execute(params!["next", next])?;
    transaction.execute_batch("CREATE UNIQUE INDEX keys_by_hash ON keys (hash)")?;
    Ok(())
}

/// Answers one call: route, then key, then handler, as the service does.
pub(super) fn answer(database: &mut Connection, call: &Call) -> Result<Reply, Trouble> {
    let segments = call.segments();
    let segments: Vec<&str> = segments
        .iter()
        .map(AsRef::as_ref)
        .filter(|segment| !segment.is_empty())
        .collect();
    // What follows the action is an id, or the collection that a key's rules are about.
    let (action, id) = match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["health"]) => return Ok(json(200, r#"{"ok":true}"#)),
        ("GET", ["collections", name, "documents", "search"]) => ("documents:search", *name),
        ("GET", ["debug"]) => ("debug:list", ""),
        ("POST", ["keys"]) => ("keys:create", ""),
        ("GET", ["keys"]) => ("keys:list", ""),
        ("GET", ["keys", id]) => ("keys:get", *id),
        ("DELETE", ["keys", id]) => ("keys:delete", *id),
        _ => return Ok(json(404, r#"{ "message": "Not Found"}"#)),
    };
    let collection = if action == "documents:search" { id } else { "" };
    if !may(database, call, action, collection)? {
        return Ok(said(401, FORBIDDEN));
    }
    match action {
        "debug:list" => Ok(json(200, r#"{"state":1,"version":"29.0"}"#)),
        "keys:create" => create(database, &call.body),
        "keys:list" => list(database),
        "keys:get" => get(database, id),
        // There are keys here, and nothing to search.
        "documents:search" => Ok(said(404, "Not found.")),
        _ => delete(database, id),
    }
}

/// The words of a fault.
pub(super) fn trouble(status: u16) -> Reply {
    match status {
        429 => json(429, r#"{ "message": "Rate limit exceeded or blocked"}"#),
        503 => json(503, r#"{ "message": "Not Ready or Lagging"}"#),
        _ => said(status, "Internal server error."),
    }
}

/// Whether the key that a call carries may do this now; no collection passes every rule.
fn may(
    database: &Connection,
    call: &Call,
    action: &str,
    collection: &str,
) -> Result<bool, Trouble> {
    let header = call.header("x-typesense-api-key").map(str::to_owned);
    let Some(key) = header.or_else(|| call.parameter("x-typesense-api-key")) else {
        return Ok(false);
    };
    let hash = hash(database, &key)?;
    if hash == meta(database, "bootstrap")? {
        return Ok(true);
    }
    let find = "SELECT actions, listed, expires_at FROM keys WHERE hash = ?1";
    let found = database.query_row(find, [hash], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
        ))
    });
    Ok(found
        .optional()?
        .is_some_and(|(actions, listed, expires_at)| {
            let actions: Vec<String> = serde_json::from_str(&actions).unwrap_or_default();
            Timestamp::now().as_second() <= expires_at
                && actions.iter().any(|held| covers(held, action))
                && (collection.is_empty() || rules(&listed).any(|rule| matches(&rule, collection)))
        }))
}

/// The collections that a listed key is for.
fn rules(listed: &str) -> impl Iterator<Item = String> {
    let mut listed: Value = serde_json::from_str(listed).unwrap_or_default();
    let rules = listed.get_mut("collections").map(Value::take);
    let rules = rules.map(serde_json::from_value::<Vec<String>>);
    rules.into_iter().flatten().flatten()
}

/// Whether a rule is for a collection: `*`, its name, or a regular expression that matches all of it; one
/// that is none matches nothing.
fn matches(rule: &str, collection: &str) -> bool {
    let whole = || regex_lite::Regex::new(&format!("^(?:{rule})$"));
    rule == "*" || rule == collection || whole().is_ok_and(|whole| whole.is_match(collection))
}

/// Whether a held action covers a wanted one: `*`, `keys:*` or the action itself.
fn covers(held: &str, wanted: &str) -> bool {
    let resource = |action: &'_ str| {
        action
            .rsplit_once(':')
            .map(|(resource, _)| resource.to_owned())
    };
    held == "*" || held == wanted || (held.ends_with(":*") && resource(held) == resource(wanted))
}

/// `GET /keys`: all of them, joined from what is kept of each.
fn list(database: &Connection) -> Result<Reply, Trouble> {
    let mut all = database.prepare("SELECT listed FROM keys ORDER BY id")?;
    let mut rows = all.query([])?;
    let mut body = String::from(r#"{"keys":["#);
    let mut separator = "";
    while let Some(row) = rows.next()? {
        body.push_str(separator);
        body.push_str(row.get_ref(0)?.as_str().unwrap_or("null"));
        separator = ",";
    }
    body.push_str("]}");
    Ok(json(200, body))
}

/// `GET /keys/:id`: an id that is no number is never answered.
fn get(database: &Connection, id: &str) -> Result<Reply, Trouble> {
    let Some(id) = as_server_reads(id) else {
        return Ok(Reply::silence());
    };
    let mut one = database.prepare("SELECT listed FROM keys WHERE id = ?1")?;
    let listed: Option<String> = one
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    Ok(listed.map_or_else(|| said(404, "Not found."), |listed| json(200, listed)))
}

/// `DELETE /keys/:id`.
fn delete(database: &Connection, id: &str) -> Result<Reply, Trouble> {
    let Some(id) = as_server_reads(id) else {
        return Ok(said(400, "Bad request."));
    };
    let gone = database.execute("DELETE FROM keys WHERE id = ?1", [id.to_string()])?;
    Ok(if gone == 0 {
        said(404, "Not found.")
    } else {
        json(200, format!(r#"{{"id":{id}}}"#))
    })
}

/// `POST /keys`.
fn create(database: &mut Connection, body: &[u8]) -> Result<Reply, Trouble> {
    let Ok(asked) = serde_json::from_slice::<Value>(body) else {
        return Ok(said(400, "Bad JSON."));
    };
    let key = match NewKey::checked(&asked) {
        Ok(key) => key,
        Err(message) => return Ok(said(400, &message)),
    };
    let value = match key.value {
        Some(value) => value.to_owned(),
        None => vault::alphanumeric(32)?,
    };
    let hash = hash(database, &value)?;
    let transaction = database.transaction()?;
    let taken = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM keys WHERE hash = ?1)",
        [&hash],
        |row| row.get(0),
    )?;
    if taken || hash == meta(&transaction, "bootstrap")? {
        return Ok(said(409, "API key generation conflict."));
    }
    let id: i64 =
        transaction.query_row("SELECT value FROM meta WHERE name = 'next'", [], |row| {
            row.get(0)
        })?;
    transaction.execute("UPDATE meta SET value = ?1 WHERE name = 'next'", [id + 1])?;
    let begun = key.begun(id);
    transaction.execute(
        "INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            id.to_string(),
            key.actions.to_string(),
            i64::try_from(key.expires_at).unwrap_or(i64::MAX),
            hash,
            listed(&begun, &value),
        ],
    )?;
    transaction.commit()?;
    Ok(json(
        201,
        format!(r#"{begun},"value":{}}}"#, Value::from(value)),
    ))
}

/// A key that may be created.
struct NewKey<'body> {
    description: &'body str,
    actions: &'body Value,
    collections: &'body Value,
    value: Option<&'body str>,
    expires_at: u64,
    autodelete: bool,
}

impl<'body> NewKey<'body> {
    /// Checks a body as the service does; the error is its message.
    fn checked(asked: &'body Value) -> Result<Self, String> {
        for field in ["description", "actions", "collections"] {
            if asked.get(field).is_none() {
                return Err(format!("Could not find a `{field}` key."));
            }
        }
        let value = match asked.get("value") {
            None => None,
            Some(value) => Some(value.as_str().ok_or("Key value must be a string.")?),
        };
        let description = asked.get("description").and_then(Value::as_str);
        let expires_at = match asked.get("expires_at") {
            None => NEVER,
            Some(time) => time
                .as_u64()
                .ok_or("Wrong format for `expires_at`. It should be an unsigned integer.")?,
        };
        Ok(Self {
            value,
            expires_at,
            description: description.ok_or("Key description must be a string.")?,
            actions: strings(asked, "actions")?,
            collections: strings(asked, "collections")?,
            autodelete: match asked.get("autodelete") {
                None => false,
                Some(choice) => choice.as_bool().ok_or("Bad request.")?,
            },
        })
    }

    /// The object up to the key's value, its members in the alphabet's order.
    fn begun(&self, id: i64) -> String {
        let Self {
            description,
            actions,
            collections,
            expires_at,
            autodelete,
            ..
        } = self;
        let description = Value::from(*description);
        format!(
            r#"{{"actions":{actions},"autodelete":{autodelete},"collections":{collections},"description":{description},"expires_at":{expires_at},"id":{id}"#
        )
    }
}

/// A field that is a list of at least one string.
fn strings<'body>(asked: &'body Value, field: &str) -> Result<&'body Value, String> {
    let list = asked.get(field).filter(|value| {
        value
            .as_array()
            .is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_string))
    });
    list.ok_or_else(|| format!("Wrong format for `{field}`. It should be an array of string."))
}

/// A key as lists show it: with the first four characters of its value.
fn listed(begun: &str, value: &str) -> String {
    let prefix: String = value.chars().take(4).collect();
    format!(r#"{begun},"value_prefix":{}}}"#, Value::from(prefix))
}

/// An id as `(uint32_t) std::stoul(id)` reads it: leading digits, cut to 32 bits.
fn as_server_reads(id: &str) -> Option<u32> {
    let text = id.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number: u64 = digits.get(..end)?.parse().ok()?;
    let number = if negative {
        number.wrapping_neg()
    } else {
        number
    };
    u32::try_from(number & u64::from(u32::MAX)).ok()
}

fn meta(database: &Connection, name: &str) -> Result<String, Trouble> {
    let mut find = database.prepare("SELECT value FROM meta WHERE name = ?1")?;
    Ok(find.query_row([name], |row| row.get(0))?)
}

fn hash(database: &Connection, value: &str) -> Result<String, Trouble> {
    Ok(vault::digest(&meta(database, "pepper")?, value))
}

fn json(status: u16, body: impl Into<axum::body::Bytes>) -> Reply {
    Reply::new(status, "application/json; charset=utf-8", body)
}

fn said(status: u16, message: &str) -> Reply {
    // The service pastes messages without escaping; these need none.
    json(status, format!(r#"{{"message": "{message}"}}"#))
}
