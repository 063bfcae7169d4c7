//! Chutes over real HTTP: secrets.

use super::lists::get;
use super::*;

#[tokio::test]
async fn a_secret_is_made_for_a_chute_by_id_or_name_and_never_shown() {
    let bench = Bench::new(few(1)).await;
    let asked =
        |purpose: &str, key: &str| json!({ "purpose": purpose, "key": key, "value": "hunter2" });
    let made = bench
        .chutes_post("/secrets/", &asked("ATLAS-CHAT", "MODEL_KEY"))
        .await;
    assert_eq!(made.status, 200);
    let made = made.json();
    let id = made["secret_id"].as_str().unwrap();
    assert!(
        made["value"].as_str().unwrap().starts_with("c30d0407")
            && !made.to_string().contains("hunter2"),
        "{made}"
    );
    let shown = json!({ "secret_id": id, "key": "MODEL_KEY", "purpose": made["purpose"], "created_at": made["created_at"] });
    assert_eq!(get(&bench, &format!("/secrets/{id}")).await.json(), shown);
    let page = get(&bench, "/secrets/").await.json();
    assert_eq!((&page["total"], &page["items"][0]), (&json!(2), &shown));
    let by_id = asked(made["purpose"].as_str().unwrap(), "MODEL_KEY");
    let taken = bench.chutes_post("/secrets/", &by_id).await;
    assert_eq!(
        detail(&taken),
        (
            409,
            "A secret already exists for this purpose with this key.".to_owned()
        )
    );
    let gone = bench
        .ask(bench.chutes(Method::DELETE, &format!("/secrets/{id}")))
        .await;
    assert_eq!(
        gone.text,
        format!(r#"{{"status":"Successfully deleted secret {id}","secret_id":"{id}"}}"#)
    );
    let missing = (
        404,
        "Secret not found, or does not belong to you".to_owned(),
    );
    assert_eq!(
        detail(&get(&bench, &format!("/secrets/{id}")).await),
        missing
    );
    assert_eq!(
        detail(
            &bench
                .ask(bench.chutes(Method::DELETE, &format!("/secrets/{id}")))
                .await
        ),
        missing
    );
    assert_eq!(
        bench.chutes_post("/secrets/", &by_id).await.json()["secret_id"],
        id
    );
}

#[tokio::test]
async fn a_secret_that_is_refused_says_why() {
    let bench = Bench::new(few(1)).await;
    let post = |purpose: &str, key: &str| {
        let (bench, body) = (
            &bench,
            json!({ "purpose": purpose, "key": key, "value": "v" }),
        );
        async move { bench.chutes_post("/secrets/", &body).await }
    };
    assert_eq!(post("quarry%", "WILD").await.status, 200);
    assert_eq!(post("%", "WILD").await.status, 500);
    assert_eq!(post("quarry-rerank", "a\0b").await.status, 500);
    let unknown = post("jonas-scratch", "A").await;
    assert_eq!(
        detail(&unknown),
        (
            404,
            "Did not find target chute jonas-scratch, or it does not belong to you".to_owned()
        )
    );
    assert_eq!(
        detail(&post("atlas-chat", "HTTP_PROXY").await),
        (403, "Banned secret key: HTTP_PROXY".to_owned())
    );
    let only =
        "Only HF_TOKEN/HUGGING_FACE_HUB_TOKEN secrets are allowed for integrated subnet chutes";
    assert_eq!(
        detail(&post("team/affine-bench", "FOO").await),
        (403, only.to_owned())
    );
    let echo = bench
        .chutes_post(
            "/secrets/",
            &json!({ "key": "HF_TOKEN", "value": "hf_super_secret" }),
        )
        .await;
    assert_eq!(
        echo.text,
        r#"{"detail":[{"type":"missing","loc":["body","purpose"],"msg":"Field required","input":{"key":"HF_TOKEN","value":"hf_super_secret"}}]}"#
    );
}

#[tokio::test]
async fn secrets_come_newest_first() {
    let bench = Bench::new(Options::default()).await;
    let page = get(&bench, "/secrets/").await.json();
    assert_eq!(page["total"], 25);
    let times: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["created_at"].as_str().unwrap())
        .collect();
    assert!(
        times.is_sorted_by(|newer, older| newer >= older),
        "{times:?}"
    );
}
