use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use super::*;

#[tokio::test]
async fn a_typesense_key_is_listed_created_and_deleted() {
    let server = MockServer::start().await;
    let row = json!({"actions": ["*"], "collections": ["*"], "description": "Admin", "expires_at": 64_723_363_199_u64, "id": 10, "value_prefix": "Tq2x"});
    let created = json!({"actions": ["*"], "autodelete": false, "collections": ["*"], "description": "x", "expires_at": 64_723_363_199_u64, "id": 11, "value": "k8pX5hD0793d8YQC5aD1aEPd7VleSuGP"});
    for (verb, place, answer) in [
        (
            "GET",
            "/keys",
            ResponseTemplate::new(200).set_body_json(json!({"keys": [row]})),
        ),
        (
            "POST",
            "/keys",
            ResponseTemplate::new(201).set_body_json(created),
        ),
        (
            "DELETE",
            "/keys/11",
            ResponseTemplate::new(200).set_body_json(json!({"id": 11})),
        ),
    ] {
        Mock::given(method(verb))
            .and(path(place))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    let client = client("typesense", &server.uri(), &[("api_key", CANARY)]);
    let listed = list(&client, "keys").await;
    assert_eq!(listed.ids(), ["10"]);
    let values = json!({"description": "x", "actions": ["*"], "collections": ["*"]});
    let done = client
        .send(&change(&client, "keys", Verb::Create, None, values))
        .await;
    let Outcome::Done { id, rows, secret } = done else {
        panic!("{done:?}")
    };
    assert_eq!(id.expect("an id").as_str(), "11");
    assert_eq!(rows.len(), 1);
    assert_eq!(secret.expect("a secret").chars(), 32);
    let done = client
        .send(&change(
            &client,
            "keys",
            Verb::Delete,
            Some("11"),
            json!({}),
        ))
        .await;
    assert_eq!(told(&done).0, "done");
    assert_eq!(
        got(&server).await,
        ["GET /keys", "POST /keys", "DELETE /keys/11"]
    );
}
