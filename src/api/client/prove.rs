//! A new credential is tried by using it, with nothing of the session of the context that made it: a
//! client of its own signs in with it, or reads what the manifest says. Only a declared answer proves
//! something; whatever else comes, or does not, leaves it unproven.

use std::{collections::BTreeMap, sync::Arc};

use super::{Client, Lane, Reply, web_page};
use crate::{
    api::{
        ApiError, Inputs, Proof, auth, own,
        refusal::Redactor,
        request::{Holes, copied, fill, text_in},
    },
    manifest::{Auth, Resource, Verify},
    record::Record,
    secret::Secret,
};

impl Client {
    /// Tries a new secret of a key whose row is `row`, as the manifest says ([`Verify`]): the first try that
    /// proves something decides. Sends reads and logins only, each on a connection of its own.
    pub async fn prove(
        &self,
        resource: &Arc<Resource>,
        secret: &Secret,
        row: Option<Record<'_>>,
    ) -> Proof {
        let mut said = Vec::new();
        for verify in &resource.verify {
            match self.prove_by(verify, resource, secret, row).await {
                Proof::Unproven { why } => said.push(sentence(&why)),
                proven => return proven,
            }
        }
        if said.is_empty() {
            let backend = &self.connection.manifest.title;
            said.push(format!(
                "{backend} has nothing by which a new {} can be tried here.",
                resource.noun
            ));
        }
        let help = resource.verify.iter().rev().find_map(|it| it.help.clone());
        said.extend(help);
        let why = said.join(" ");
        Proof::Unproven { why }
    }

    async fn prove_by(
        &self,
        verify: &Verify,
        resource: &Resource,
        secret: &Secret,
        row: Option<Record<'_>>,
    ) -> Proof {
        let client = match self.signed_in_anew(verify, resource, secret, row) {
            Ok(client) => client,
            Err(error) => return failed(verify, &error),
        };
        // Only this client has met ids that are secrets.
        let id = row.and_then(Record::id);
        let id = id.and_then(|id| self.id_now(resource, &id));
        match &verify.call {
            Some(call) => {
                let made = (row, id.as_ref().map(|id| id.as_str()));
                Box::pin(client.prove_by_call(verify, call, resource, made)).await
            }
            None => match client.sign_in().await {
                Ok(()) => Proof::Alive {
                    by: "it signed in".to_owned(),
                },
                Err(error) => failed(verify, &error),
            },
        }
    }

    /// A client that has the new secret in place of this context's own, and no other credential.
    fn signed_in_anew(
        &self,
        verify: &Verify,
        resource: &Resource,
        secret: &Secret,
        row: Option<Record<'_>>,
    ) -> Result<Self, ApiError> {
        let own = self.inputs.iter();
        let mut inputs: Inputs = own.map(|(name, own)| (name.clone(), copied(own))).collect();
        inputs.insert(verify.input.clone(), own::signs_in(resource, secret));
        for (input, key) in &verify.with {
            let text = row.and_then(|row| text_in(row, key)).ok_or_else(|| {
                let field = resource.field.iter().find(|field| field.key == *key);
                let title = field.map_or(key, |field| &field.title);
                ApiError::Unfit(format!(
                    "the {title} of the new {} is not known",
                    resource.noun
                ))
            })?;
            let text = zeroize::Zeroizing::new(text.to_owned());
            inputs.insert(input.clone(), Secret::new(text));
        }
        let ways = &self.connection.manifest.auth;
        let takes = |way: &&Auth| way.inputs.contains(&verify.input);
        let all_given = |way: &&Auth| way.inputs.iter().all(|name| inputs.contains_key(name));
        let way = ways.iter().filter(takes).find(all_given);
        // Another way whose inputs are given as well would be signed in by, and prove nothing.
        let of_others = |name: &String| ways.iter().any(|way| way.inputs.contains(name));
        if let Some(way) = way {
            inputs.retain(|name, _| way.inputs.contains(name) || !of_others(name));
        }
        let client = Self::new(Arc::clone(&self.connection), inputs)?;
        let client = client.signed_by(self.runner.clone());
        let chosen = client.session.way(&self.connection.manifest);
        if chosen.is_some_and(|way| way.inputs.contains(&verify.input)) {
            return Ok(client);
        }
        Err(ApiError::Unfit(format!(
            "this context does not give what signing in with a new {} needs beside it",
            resource.noun
        )))
    }

    async fn prove_by_call(
        &self,
        verify: &Verify,
        call: &str,
        resource: &Resource,
        (row, id): (Option<Record<'_>>, Option<&str>),
    ) -> Proof {
        let holes = Holes {
            made: row,
            ..self.holes(resource, id)
        };
        let mut redactor = auth::redactor(&self.connection.manifest, &self.inputs);
        let build = |captures: Option<&Inputs>| {
            let holes = Holes { captures, ..holes };
            self.start(call, &BTreeMap::new(), holes)
        };
        let bounds = self.read_bounds();
        match self.call(Lane::Secret, bounds, &mut redactor, build).await {
            Ok(reply) => self.proven(verify, &said(call, holes, &redactor), &reply, &redactor),
            Err(trouble) => failed(verify, &trouble.error),
        }
    }

    /// What an answer proves.
    fn proven(&self, verify: &Verify, call: &str, reply: &Reply, redactor: &Redactor) -> Proof {
        let reading = self.reading(None, redactor);
        let status = reply.status.as_u16();
        let by = format!("{call} answered {status}");
        let unproven = |error: &ApiError| Proof::Unproven {
            why: format!("{by}: {error}"),
        };
        if verify.dead.contains(&status) {
            return Proof::Dead {
                why: format!("{call}: {}", reading.refused(reply)),
            };
        }
        let alive = if verify.alive.is_empty() {
            reply.status.is_success()
        } else {
            verify.alive.contains(&status)
        };
        let body = match &reply.body {
            // A 401 that proves nothing stands for several reasons: its words would name one of them.
            _ if !alive && status == 401 => return Proof::Unproven { why: by },
            _ if !alive => return unproven(&reading.refused(reply)),
            Ok(body) => body,
            Err(trouble) => return unproven(&trouble.error),
        };
        // What stands between may answer so to anybody.
        if let Some(page) = web_page(reply, body) {
            return unproven(&page);
        }
        match reading.flagged(reply, body) {
            Some(error) if reply.status.is_success() => unproven(&error),
            _ => Proof::Alive {
                by: format!("{call} let it in ({status})"),
            },
        }
    }
}

/// No answer to the call itself: a login that was refused may prove something, nothing else does.
fn failed(verify: &Verify, error: &ApiError) -> Proof {
    let why = error.to_string();
    match error {
        ApiError::Refused { status, .. } if verify.dead.contains(status) => Proof::Dead { why },
        _ => Proof::Unproven { why },
    }
}

/// The call as it was sent, without its query.
fn said(call: &str, holes: Holes<'_>, redactor: &Redactor) -> String {
    let path = call.split('?').next().unwrap_or(call);
    let path = fill(path, holes).map(|path| redactor.clean(&path));
    path.unwrap_or_else(|_| call.to_owned())
}

/// A sentence for people.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let rest = letters.as_str();
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{rest}{end}", first.unwrap_or_default())
}
