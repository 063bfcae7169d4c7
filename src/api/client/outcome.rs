//! What became of a write: done only when the answer says so, not done only when that is certain, and
//! otherwise unknown. Nothing here tries a second time.

use serde::de::IgnoredAny;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Client, Lane, StatusCode, Trouble, list, web_page, wire::Stage};
use crate::{
    api::{
        ApiError, Change, FieldValue, Inputs, Outcome, auth,
        request::{self, Holes, exposed},
    },
    manifest::{Errors, Meaning, Op, Pointers, Verb},
    record::{DecodeError, KeyId, Rows, decode_item},
    secret::Secret,
};

/// Largest answer that is kept as it came, in bytes: nobody finds a secret in a larger one.
const LARGEST_RAW: usize = 64 << 10;

use super::{Redactor, Reply};

/// Sends a write and says what became of it.
pub async fn send(client: &Client, change: &Change) -> Outcome {
    let api = match list::settle(client, &change.resource).await {
        Ok(api) => api,
        Err(error) => return Outcome::NotDone(unsent(error)),
    };
    let Some(op) = api.op(&change.resource, change.verb) else {
        return Outcome::NotDone(ApiError::Unfit(format!(
            "{} has no such operation for a {}",
            client.connection.manifest.title, change.resource.noun
        )));
    };
    let mut redactor = auth::redactor(&client.connection.manifest, &client.inputs);
    for value in change.values.values() {
        if let FieldValue::Secret(secret) = value {
            redactor.add(exposed(secret));
        }
    }
    let id = match &change.target {
        Some(target) => match client.real_id(&change.resource, &target.id).await {
            Ok(id) => Some(id),
            Err(error) => return Outcome::NotDone(unsent(error)),
        },
        None => None,
    };
    let build = |captures: Option<&Inputs>| {
        build(
            client,
            op,
            change,
            id.as_ref().map(|id| id.as_str()),
            captures,
        )
    };
    // On a kept connection that the server has just closed, a write that never arrived looks like one that
    // was done: all writes have a fresh one.
    let answer = client.call(Lane::Secret, client.write_bounds(), &mut redactor, build);
    match answer.await {
        Ok(reply) => judge(client, op, change, &redactor, &reply),
        Err(trouble) => failed(trouble),
    }
}

/// Sends a write again whose first try ended as unknown. A refusal of this try says nothing of the first
/// one, so that nothing is said to be not done any more.
pub async fn repeat(client: &Client, change: &Change) -> Outcome {
    match send(client, change).await {
        Outcome::NotDone(error) if is_of_earlier(change.verb, &error) => Outcome::Earlier(error),
        Outcome::NotDone(error) => Outcome::Unknown(error),
        other => other,
    }
}

/// A service refuses so what it has done already: a second key of one name, a second end of one key.
fn is_of_earlier(verb: Verb, error: &ApiError) -> bool {
    let ApiError::Refused {
        meaning, fields, ..
    } = error
    else {
        return false;
    };
    match verb {
        // Some services tell a conflict as one of a field.
        Verb::Create => match meaning {
            Meaning::Conflict => true,
            Meaning::Invalid => !fields.is_empty(),
            _ => false,
        },
        Verb::Delete => error.is_missing(),
        Verb::Update | Verb::Rotate | Verb::Act(_) => false,
    }
}

/// An error from before the write, said as such.
fn unsent(error: ApiError) -> ApiError {
    match error {
        ApiError::Lost(why) => ApiError::NotSent(why),
        other => other,
    }
}

fn build(
    client: &Client,
    op: &Op,
    change: &Change,
    id: Option<&str>,
    captures: Option<&Inputs>,
) -> Result<request::Request, ApiError> {
    let holes = Holes {
        captures,
        item: change.target.as_ref().map(|target| &*target.item),
        form: Some(&change.values),
        ..client.holes(&change.resource, id)
    };
    let mut request = client.start(&op.call, &op.headers, holes)?;
    let body = request::body(op, &change.resource, change.verb, &change.values, holes)?;
    if let Some(body) = body {
        request.set_body(&body, op.encode)?;
    }
    Ok(request)
}

/// No answer came: certain only where no byte of the request can have been read.
fn failed(trouble: Trouble) -> Outcome {
    match trouble.stage {
        Stage::Unbuilt | Stage::NoConnection => Outcome::NotDone(unsent(trouble.error)),
        Stage::Lost => Outcome::Unknown(trouble.error),
    }
}

/// A status with which a service says that it did nothing, by HTTP or by its manifest.
fn refuses(errors: &Errors, status: StatusCode) -> bool {
    let meant = errors.status.get(status.as_str());
    let refused = |meaning: &Meaning| !matches!(meaning, Meaning::Busy | Meaning::Unavailable);
    status.is_redirection()
        || status.is_client_error() && meant.is_some_and(refused)
        || matches!(
            status.as_u16(),
            400 | 401
                | 403..=406
                | 409..=411
                | 413..=417
                | 421..=423
                | 426
                | 428
                | 429
                | 431
        )
}

fn judge(client: &Client, op: &Op, change: &Change, redactor: &Redactor, reply: &Reply) -> Outcome {
    let reading = client.reading(Some(&change.resource), redactor);
    if !reply.status.is_success() {
        let error = or_password(reading.refused(reply), op, change);
        return if refuses(reading.errors, reply.status) {
            Outcome::NotDone(error)
        } else {
            Outcome::Unknown(error)
        };
    }
    let unreadable = |error: ApiError, body: &[u8]| Outcome::Unreadable {
        error,
        raw: op.secret.as_ref().and_then(|_| raw(body)),
    };
    let body = match &reply.body {
        Ok(body) => body,
        Err(trouble) => return unreadable(trouble.error.clone(), &trouble.came),
    };
    if let Some(error) = web_page(reply, body) {
        // A page is no answer of this API: it proves neither that it was done nor that it was not.
        return Outcome::Unknown(error);
    }
    if let Some(error) = reading.flagged(reply, body) {
        return Outcome::NotDone(error);
    }
    let done = |id: Option<KeyId>, rows, secret| Outcome::Done {
        id: id.or_else(|| named_id(op, change)),
        rows,
        secret,
    };
    let nothing_to_read = op.secret.is_none() && body.trim_ascii().is_empty();
    if nothing_to_read {
        return done(None, Rows::new(change.resource.clone()), None);
    }
    if is_meant_as_json(reply, body)
        && let Err(error) = serde_json::from_slice::<IgnoredAny>(body)
    {
        return unreadable(DecodeError::from(error).into(), body);
    }
    match decode_item(&change.resource, op, body) {
        Ok(decoded) if op.secret.is_some() && decoded.secret.is_none() => {
            let at = op.secret.as_ref().map(Pointers::named).unwrap_or_default();
            unreadable(DecodeError::Missing(at).into(), body)
        }
        Ok(decoded) => {
            client.learn(decoded.ids);
            done(decoded.id, decoded.rows, decoded.secret)
        }
        Err(error) => unreadable(error.into(), body),
    }
}

/// A service that makes a secret by itself may ask for the operator's password beside what the context signs in
/// with, and a 401 does not say which of them is wrong.
fn or_password(mut error: ApiError, op: &Op, change: &Change) -> ApiError {
    let typed = |(key, value): (&String, &FieldValue)| {
        let is_typed = matches!(value, FieldValue::Secret(_))
            && change.resource.repeatable_by.as_ref() != Some(key);
        let field = change.resource.field.iter().find(|field| field.key == *key);
        field.filter(|_| is_typed).map(|field| &field.title)
    };
    let password = change.values.iter().find_map(typed);
    if let (Some(title), Some(_)) = (password, &op.secret)
        && let ApiError::Refused {
            status: 401,
            message,
            ..
        } = &mut error
    {
        let both = format!("the credential of this context, or the {title} of the form, is wrong");
        *message = if message.is_empty() {
            both
        } else {
            format!("{message}; {both}")
        };
    }
    error
}

/// The id of a new row that its form named.
fn named_id(op: &Op, change: &Change) -> Option<KeyId> {
    let id = match change.values.get(op.id_from.as_ref()?)? {
        FieldValue::Plain(Value::String(text)) => text.clone(),
        FieldValue::Plain(value @ Value::Number(_)) => value.to_string(),
        FieldValue::Plain(_) | FieldValue::Secret(_) => return None,
    };
    KeyId::new(&id, change.resource.id_kind()).ok()
}

/// An answer as it came, in which the new secret may stand; none where it is empty or too large for one.
fn raw(body: &[u8]) -> Option<Secret> {
    if body.trim_ascii().is_empty() || body.len() > LARGEST_RAW {
        return None;
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => Zeroizing::new(text.to_owned()),
        Err(_) => Zeroizing::new(String::from_utf8_lossy(body).into_owned()),
    };
    Some(Secret::new(text))
}

/// The answer says that it is JSON, or begins as JSON does; a bare word such as `OK` is none.
fn is_meant_as_json(reply: &Reply, body: &[u8]) -> bool {
    let media = reply.header("content-type").unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim();
    let media = media.to_ascii_lowercase();
    let says_so = media == "application/json" || media.ends_with("+json");
    says_so || matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}
