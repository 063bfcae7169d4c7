//! The client and the embedded backend: new secrets tried by using them, and writes whose answer is lost.

use serde_json::json;

use super::{
    prove::{expect, said},
    *,
};
use crate::{
    api::{
        Proof, generate,
        trace::{Sighting, Trace},
    },
    demo::{Demo, Fault, Options, start},
    record::Moment,
};

/// A client of one of the embedded services.
fn client_of(demo: &Demo, backend: &str) -> Client {
    let ready: Value = serde_json::from_str(&demo.ready_line()).expect("JSON");
    let context = &ready["contexts"][backend];
    let credential = context["credential"].as_object().expect("inputs").iter();
    let credential: Vec<(&str, &str)> = credential
        .map(|(name, value)| (name.as_str(), value.as_str().expect("a text")))
        .collect();
    client(
        backend,
        context["url"].as_str().expect("a url"),
        &credential,
    )
}

async fn demo(runai_legacy: bool) -> Demo {
    let options = Options {
        keys: Some(3),
        runai_legacy,
        ..Options::default()
    };
    start(options).await.expect("a demo")
}

/// A new key: its row and its secret.
async fn made(client: &Client, resource: &str, values: Value) -> (Rows, Secret) {
    let change = change(client, resource, Verb::Create, None, values);
    match client.send(&change).await {
        Outcome::Done {
            rows,
            secret: Some(secret),
            ..
        } => (rows, secret),
        other => panic!("{other:?}"),
    }
}

async fn tried(client: &Client, resource: &str, rows: &Rows, secret: &Secret) -> Proof {
    let resource = client.resource(resource);
    client.prove(&resource, secret, Some(rows.record(0))).await
}

#[tokio::test]
async fn an_admin_key_of_chutes_is_alive_and_one_with_scopes_cannot_be_told_from_a_wrong_one() {
    let demo = demo(false).await;
    let client = client_of(&demo, "chutes");
    let values = json!({"name": "twin", "admin": true});
    let (rows, key) = made(&client, "api_keys", values).await;
    let proof = tried(&client, "api_keys", &rows, &key).await;
    expect(&proof, "alive", "GET /api_keys/ let it in (200)");
    let scopes = json!([{"object_type": "chutes", "action": "invoke"}]);
    let values = json!({"name": "scoped", "admin": false, "scopes": scopes});
    let (rows, key) = made(&client, "api_keys", values).await;
    for key in [&key, &secret("cpk_wrong")] {
        let proof = tried(&client, "api_keys", &rows, key).await;
        expect(
            &proof,
            "unproven",
            "GET /api_keys/ answered 401. Only an admin key",
        );
        assert!(
            said(&proof)
                .1
                .contains("Only an admin key can be tried here")
        );
    }
}

#[tokio::test]
async fn an_access_key_of_runai_signs_in_and_its_old_secret_is_dead_once_it_is_regenerated() {
    for legacy in [false, true] {
        let demo = demo(legacy).await;
        let client = client_of(&demo, "runai");
        let (rows, old) = made(&client, "access-keys", json!({"name": "twin"})).await;
        expect(
            &tried(&client, "access-keys", &rows, &old).await,
            "alive",
            "it signed in",
        );
        let id = rows.record(0).id().expect("an id");
        let rotate = change(
            &client,
            "access-keys",
            Verb::Rotate,
            Some(id.as_str()),
            json!({}),
        );
        let Outcome::Done {
            secret: Some(new), ..
        } = client.send(&rotate).await
        else {
            panic!("not regenerated")
        };
        expect(
            &tried(&client, "access-keys", &rows, &new).await,
            "alive",
            "it signed in",
        );
        let proof = tried(&client, "access-keys", &rows, &old).await;
        expect(
            &proof,
            "dead",
            "signing in was refused: Client authentication failed",
        );
    }
}

#[tokio::test]
async fn a_key_of_typesense_is_alive_by_what_it_may_do() {
    let demo = demo(false).await;
    let client = client_of(&demo, "typesense");
    for (action, collections, class, words) in [
        ("*", json!(["*"]), "alive", "GET /keys let it in (200)"),
        (
            "keys:list",
            json!(["a"]),
            "alive",
            "GET /keys let it in (200)",
        ),
        (
            "documents:search",
            json!(["*"]),
            "alive",
            "GET /collections/*/documents/search let it in (404)",
        ),
        (
            "documents:*",
            json!(["logs_.*"]),
            "alive",
            "GET /collections/logs_.*/documents/search let it in (404)",
        ),
        (
            "documents:get",
            json!(["*"]),
            "unproven",
            "GET /keys answered 401. GET /collections/*/documents/search answered 401. Only a key",
        ),
    ] {
        let values =
            json!({"description": "twin", "actions": [action], "collections": collections});
        let (rows, key) = made(&client, "keys", values).await;
        expect(&tried(&client, "keys", &rows, &key).await, class, words);
        let wrong = secret("not-this-key-0123456789");
        expect(
            &tried(&client, "keys", &rows, &wrong).await,
            "unproven",
            "GET /keys answered 401",
        );
    }
}

#[tokio::test]
async fn what_signs_in_elsewhere_cannot_be_tried_here() {
    let demo = demo(false).await;
    for (backend, resource, words) in [
        (
            "djinn",
            "keys",
            "Djinn CI has nothing by which a new SSH key can be tried here.",
        ),
        (
            "chutes",
            "secrets",
            "Chutes has nothing by which a new secret can be tried here.",
        ),
    ] {
        let client = client_of(&demo, backend);
        expect(
            &client
                .prove(&client.resource(resource), &secret("x"), None)
                .await,
            "unproven",
            words,
        );
    }
}

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

/// Creates of every built-in backend: its name, the resource and what a form sends.
fn creates() -> Vec<(&'static str, &'static str, Value)> {
    let ssh = json!({"name": "twin", "key": PEM});
    let shared = json!({"name": "twin", "namespace": "blackmesa@jonas", "key": PEM});
    let variable = json!({"purpose": "atlas-chat", "key": "TWIN", "value": "v"});
    let search = json!({"description": "twin", "actions": ["keys:list"], "collections": ["*"]});
    vec![
        ("chutes", "api_keys", json!({"name": "twin", "admin": true})),
        ("chutes", "secrets", variable),
        ("runai", "access-keys", json!({"name": "twin"})),
        ("djinn", "keys", ssh),
        ("djinn", "keys", shared),
        ("typesense", "keys", search),
    ]
}

/// The change of a create, its secret values as such and those that are made here.
fn create_of(client: &Client, resource: &str, values: Value) -> Change {
    let mut change = change(client, resource, Verb::Create, None, values);
    let fields = change.resource.field.iter();
    for field in fields.filter(|field| field.kind == manifest::Kind::Secret) {
        if let Some(FieldValue::Plain(Value::String(text))) = change.values.get(&field.key) {
            let value = FieldValue::Secret(secret(text));
            change.values.insert(field.key.clone(), value);
        }
    }
    generate::complete(&mut change).expect("random bytes");
    change
}

/// Its lists as they are now.
async fn rows(client: &Client, resource: &str) -> Rows {
    list(client, resource).await.rows
}

/// A create that is lost, before or after it was done, and what it is looked for by.
async fn lost(fault: &str, create: usize) -> (Demo, Client, Change, Trace, usize) {
    let demo = demo(false).await;
    let (backend, resource, values) = creates().swap_remove(create);
    let client = client_of(&demo, backend);
    let change = create_of(&client, resource, values);
    let before = rows(&client, resource).await;
    let trace = Trace::of(&change, Some(&before), Moment::from(jiff::Timestamp::now()));
    demo.trouble(vec![fault.parse::<Fault>().expect("a fault")]);
    let outcome = client.send(&change).await;
    assert_eq!(told(&outcome).0, "unknown", "{backend} {resource}");
    demo.trouble(Vec::new());
    (demo, client, change, trace, before.len())
}

#[tokio::test]
async fn a_create_that_was_done_and_not_answered_is_found_on_every_backend_and_a_repeat_says_so() {
    for create in 0..creates().len() {
        let (_demo, client, change, trace, before) = lost("lost-after:1.0", create).await;
        let resource = &change.resource.id;
        let from_a_journal = Trace {
            seen: None,
            ..trace.clone()
        };
        for trace in [trace, from_a_journal] {
            let found = client.look(&trace).await;
            let Sighting::Exists(_, row) = &found else {
                panic!("{create} {resource}: {found:?}")
            };
            assert_eq!(row.record(0).name().exact().to_lowercase(), "twin");
        }
        assert_eq!(
            told(&client.repeat(&change).await).0,
            "earlier",
            "{resource}"
        );
        assert_eq!(
            rows(&client, resource).await.len(),
            before + 1,
            "{resource}"
        );
    }
}

#[tokio::test]
async fn a_create_that_never_arrived_is_absent_on_every_backend_and_a_repeat_makes_one() {
    for create in 0..creates().len() {
        let (_demo, client, change, trace, before) = lost("lost-before:1.0", create).await;
        let resource = &change.resource.id;
        let found = client.look(&trace).await;
        assert!(matches!(found, Sighting::Absent), "{resource}: {found:?}");
        assert_eq!(told(&client.repeat(&change).await).0, "done", "{resource}");
        assert!(
            matches!(client.look(&trace).await, Sighting::Exists(..)),
            "{resource}"
        );
        assert_eq!(
            rows(&client, resource).await.len(),
            before + 1,
            "{resource}"
        );
    }
}

#[tokio::test]
async fn a_deletion_that_was_not_answered_is_gone_or_still_there_on_every_backend() {
    for (backend, resource) in [
        ("chutes", "api_keys"),
        ("chutes", "secrets"),
        ("runai", "access-keys"),
        ("runai", "administration"),
        ("djinn", "keys"),
        ("typesense", "keys"),
    ] {
        for (fault, gone) in [("lost-before:1.0", false), ("lost-after:1.0", true)] {
            let demo = demo(false).await;
            let client = client_of(&demo, backend);
            let listed = list(&client, resource).await;
            let own = listed.end().own.clone();
            let ids = listed.rows.iter().filter_map(crate::record::Record::id);
            let id = ids
                .into_iter()
                .find(|id| own.as_ref() != Some(id))
                .expect("a key");
            let change = change(
                &client,
                resource,
                Verb::Delete,
                Some(id.as_str()),
                json!({}),
            );
            demo.trouble(vec![fault.parse::<Fault>().expect("a fault")]);
            assert_eq!(told(&client.send(&change).await).0, "unknown");
            demo.trouble(Vec::new());
            let what = format!("{backend} {resource} {fault}");
            assert_eq!(client.gone(&change.resource, &id).await, Ok(gone), "{what}");
            let wanted = if gone { "earlier" } else { "done" };
            assert_eq!(told(&client.repeat(&change).await).0, wanted, "{what}");
            assert_eq!(client.gone(&change.resource, &id).await, Ok(true), "{what}");
        }
    }
}
