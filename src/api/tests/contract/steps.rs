//! What contracts ask beside one list and one write: pages, hydrated rows, rows of a parent, actions,
//! secrets that are told again, and headers. Each request must be the recorded one.

use std::sync::Arc;

use wiremock::{
    Mock,
    matchers::{body_json, method, path},
};

use super::*;
use crate::{api::Proof, record::Record};

impl Scene {
    /// A resource; of one row of its parent as `secret-ids in dev`.
    pub fn resource(&self, name: &str) -> Arc<Resource> {
        match name.split_once(" in ") {
            Some((name, parent)) => Arc::new(self.client.resource(name).under(parent, parent)),
            None => self.client.resource(name),
        }
    }

    /// Lists what comes in these answers, of which each was asked for as recorded and in this order.
    pub async fn paged(&self, file: &str, titles: &[&str], resource: &str) -> Listed {
        let before = self.of_lists().await.len();
        let exchanges: Vec<_> = titles.iter().map(|title| recorded(file, title)).collect();
        for exchange in &exchanges {
            self.answer_once(exchange).await;
        }
        let listed = list_of(&self.client, self.resource(resource), &[]).await;
        let requests = self.of_lists().await;
        let requests = requests.get(before..).expect("new ones");
        assert_eq!(requests.len(), exchanges.len());
        for (exchange, request) in exchanges.iter().zip(requests) {
            exchange.same(request);
            assert_eq!(asked(request.url.query()), asked(exchange.query.as_deref()));
        }
        listed
    }

    /// What was asked but for which key signs in: that comes beside a list, before it or after it.
    pub async fn of_lists(&self) -> Vec<wiremock::Request> {
        let all = self.client.manifest().resource.iter();
        let calls = all.filter_map(|it| it.own.as_ref()?.call.clone());
        let own: Vec<_> = calls.map(|call| call.replace("GET ", "")).collect();
        let mut requests = self.server.received_requests().await.expect("recorded");
        requests.retain(|it| !own.iter().any(|path| it.url.path().ends_with(path)));
        requests
    }

    /// Lists by filters of the service, asked for as recorded.
    pub async fn filtered(
        &self,
        exchange: &Exchange,
        resource: &str,
        filters: &[(&str, &str)],
    ) -> Listed {
        exchange.mount(&self.server).await;
        let listed = list_of(&self.client, self.resource(resource), filters).await;
        let request = self.of_lists().await.pop().expect("a request");
        exchange.same(&request);
        assert_eq!(asked(request.url.query()), asked(exchange.query.as_deref()));
        listed
    }

    /// Answers the next request with this method, path and body, and no other one.
    pub async fn answer_once(&self, exchange: &Exchange) {
        let mock = Mock::given(method(exchange.method.as_str())).and(path(&*exchange.path));
        let mock = match serde_json::from_slice::<Value>(&exchange.sent) {
            Ok(body) => mock.and(body_json(body)),
            Err(_) => mock,
        };
        mock.respond_with(exchange.answer())
            .up_to_n_times(1)
            .mount(&self.server)
            .await;
    }

    /// Reads one row of a resource, as recorded with its query.
    pub async fn read(&self, exchange: &Exchange, resource: &str, id: &str) -> Rows {
        exchange.mount(&self.server).await;
        let resource = self.resource(resource);
        let decoded = self.client.get(&resource, &key(&resource, id)).await;
        let request = self.last().await;
        exchange.same(&request);
        assert_eq!(asked(request.url.query()), asked(exchange.query.as_deref()));
        decoded.expect("a row").rows
    }

    /// Sends a write, also to a row of a parent.
    pub async fn write(
        &self,
        exchange: &Exchange,
        resource: &str,
        verb: Verb,
        id: Option<&str>,
        values: Value,
    ) -> Outcome {
        let (name, _) = resource.split_once(" in ").unwrap_or((resource, ""));
        let mut change = change(&self.client, name, verb, id, values);
        change.resource = self.resource(resource);
        self.carry(exchange, &change).await
    }

    /// Sends a change that is answered as recorded; the request must be the recorded one.
    pub async fn carry(&self, exchange: &Exchange, change: &Change) -> Outcome {
        exchange.mount(&self.server).await;
        let outcome = self.client.send(change).await;
        exchange.same(&self.last().await);
        outcome
    }

    /// Deletes a row, also of a parent; the answer has none.
    pub async fn ends(&self, exchange: &Exchange, resource: &str, id: &str) {
        let nothing = Value::Object(serde_json::Map::new());
        let outcome = self.write(exchange, resource, Verb::Delete, Some(id), nothing);
        assert_eq!(done(outcome.await).1, 0);
    }

    /// Does what a service can do to a row beside the usual.
    pub async fn act(
        &self,
        exchange: &Exchange,
        resource: &str,
        action: &str,
        id: &str,
    ) -> Outcome {
        let all = &self.client.resource(resource).action;
        let at = all.iter().position(|one| one.id == action);
        let at = u8::try_from(at.expect("the action")).expect("few actions");
        self.write(
            exchange,
            resource,
            Verb::Act(at),
            Some(id),
            Value::Object(serde_json::Map::new()),
        )
        .await
    }

    /// Asks for the secret of a row again.
    pub async fn reveal(&self, exchange: &Exchange, resource: &str, id: &str) -> String {
        exchange.mount(&self.server).await;
        let resource = self.resource(resource);
        let target = Target::named(key(&resource, id), String::new());
        let secret = self.client.reveal(&resource, &target).await;
        exchange.same(&self.last().await);
        open(Some(secret.expect("a secret"))).expect("a text")
    }

    /// What came of trying a new secret of a key: `alive`, `dead`, or why neither is certain.
    pub async fn tried(&self, resource: &str, row: Option<Record<'_>>) -> String {
        let (resource, new) = (self.resource(resource), secret("new-secret"));
        match self.client.prove(&resource, &new, row).await {
            Proof::Alive { .. } => "alive".to_owned(),
            Proof::Dead { .. } => "dead".to_owned(),
            Proof::Unproven { why } => why,
        }
    }

    /// What the last request had in a header.
    pub async fn carried(&self, name: &str) -> String {
        let request = self.last().await;
        let value = request.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("no header {name}"));
        value.to_str().expect("text").to_owned()
    }
}

/// A create or a rotation was done, and gave this id and this secret.
#[track_caller]
pub fn made(outcome: Outcome, id: Option<&str>, secret: &str) {
    let (got, _, told) = done(outcome);
    assert_eq!((got.as_deref(), open(told).as_deref()), (id, Some(secret)));
}

/// A create was done, and gave a row with this id and no secret.
#[track_caller]
pub fn added(outcome: Outcome, id: &str) {
    let (got, rows, secret) = done(outcome);
    assert_eq!(
        (got.as_deref(), rows, secret.is_none()),
        (Some(id), 1, true)
    );
}

/// A list ended whole with these rows.
#[track_caller]
pub fn whole(listed: &Listed, ids: &[&str]) {
    assert_eq!(
        (listed.ids(), listed.cut()),
        (ids.iter().map(|id| (*id).to_owned()).collect(), "whole")
    );
    assert_eq!(listed.rows.all_bad().len(), 0);
}

/// Why a list failed.
#[track_caller]
pub fn failed(listed: Listed) -> ApiError {
    listed.end.expect_err("a refusal")
}

/// The pairs of a query in any order.
fn asked(query: Option<&str>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    pairs.sort();
    pairs
}
