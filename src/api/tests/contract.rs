//! Each built-in manifest against the exchanges that were recorded from its service, or written from its
//! public documentation where the file says so: the request is sent as recorded, and the answer is read as
//! it is meant.

mod anthropic;
mod chutes;
mod cloudflare;
mod consul;
mod digitalocean;
mod djinn;
mod dockerhub;
mod elasticsearch;
mod gitea;
mod github;
mod gitlab;
mod grafana;
mod hetzner;
mod influxdb;
mod litellm;
mod meilisearch;
mod npm;
mod openai;
mod pinecone;
mod qdrant;
mod runai;
mod signs_in;
mod steps;
mod supabase;
mod tailscale;
mod typesense;
mod unkey;
mod vault;
mod vercel;
mod weaviate;

use serde_json::Value;
use wiremock::MockServer;

use super::{
    recorded::{Exchange, recorded},
    *,
};
use crate::{manifest::Meaning, record::Cell};

/// A backend that answers with recorded exchanges, and the client that talks to it.
struct Scene {
    server: MockServer,
    client: Client,
}

impl Scene {
    async fn new(backend: &str, base: &str, credential: &[(&str, &str)]) -> Self {
        let server = MockServer::start().await;
        let client = client(backend, &format!("{}{base}", server.uri()), credential);
        Self { server, client }
    }

    /// Sends a write that is answered as recorded; the request must be the recorded one.
    async fn send(
        &self,
        exchange: &Exchange,
        resource: &str,
        verb: Verb,
        id: Option<&str>,
        values: Value,
    ) -> Outcome {
        exchange.mount(&self.server).await;
        let change = change(&self.client, resource, verb, id, values);
        let outcome = self.client.send(&change).await;
        exchange.same(&self.last().await);
        outcome
    }

    async fn get(&self, exchange: &Exchange, resource: &str, id: &str) -> Result<Rows, ApiError> {
        exchange.mount(&self.server).await;
        let resource = self.client.resource(resource);
        let decoded = self.client.get(&resource, &key(&resource, id)).await;
        exchange.same(&self.last().await);
        decoded.map(|decoded| decoded.rows)
    }

    async fn list(&self, exchange: &Exchange, resource: &str) -> Listed {
        exchange.mount(&self.server).await;
        let listed = list(&self.client, resource).await;
        exchange.same(&self.of_lists().await.pop().expect("a request"));
        listed
    }

    async fn last(&self) -> wiremock::Request {
        let requests = self.server.received_requests().await.expect("recorded");
        requests.last().expect("a request").clone()
    }
}

/// The text in a cell, whatever its kind.
fn shown(rows: &Rows, row: usize, field: &str) -> String {
    let at = rows.resource().field_at(field).expect("the field");
    match rows.record(row).cell(at) {
        Cell::Text(text) => text.exact().to_owned(),
        cell => format!("{cell:?}"),
    }
}

/// Id, number of rows and secret of a write that was done.
#[track_caller]
fn done(outcome: Outcome) -> (Option<String>, usize, Option<Secret>) {
    match outcome {
        Outcome::Done { id, rows, secret } => {
            (id.map(|id| id.as_str().to_owned()), rows.len(), secret)
        }
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the test compares it")]
fn open(secret: Option<Secret>) -> Option<String> {
    secret.map(|secret| secret.expose().to_owned())
}

/// Status, meaning, message and per-field messages of a refusal.
#[track_caller]
fn refused(error: &ApiError) -> (u16, Meaning, &str, Vec<(&str, &str)>) {
    match error {
        ApiError::Refused {
            status,
            meaning,
            message,
            fields,
            ..
        } => {
            let fields = fields.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            (*status, *meaning, message, fields.collect())
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn not_done(outcome: &Outcome) -> (u16, Meaning, &str, Vec<(&str, &str)>) {
    match outcome {
        Outcome::NotDone(error) => refused(error),
        other => panic!("{other:?}"),
    }
}
