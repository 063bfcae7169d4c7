//! Where no row tells which key the context signs in with, the service is asked: once, beside the list.

use super::*;

const ELASTIC: [&str; 3] = ["elasticsearch", "query, first page", "keys"];

async fn scene(backend: &str) -> Scene {
    let input = if backend == "elasticsearch" {
        "api_key"
    } else {
        "token"
    };
    let base = if backend == "cloudflare" {
        "/client/v4"
    } else {
        ""
    };
    Scene::new(backend, base, &[(input, CANARY)]).await
}

/// How often this was asked.
async fn asked(scene: &Scene, own: &Exchange) -> usize {
    let call = format!("{} {}", own.method, own.path);
    let lines = got(&scene.server).await;
    lines.iter().filter(|line| **line == call).count()
}

#[tokio::test]
async fn the_key_that_signs_in_is_the_one_that_the_service_names() {
    let vercel = "5d9f2ebd38ddca62e5d51e9c1704c72530bdc8bfdd41e782a6687c48399e8391";
    for ([backend, list, resource], own, id) in [
        (["gitlab", "list", "tokens"], "self", "42"),
        (
            ["gitlab", "list project tokens", "project_tokens in 4"],
            "self",
            "42",
        ),
        (
            ["cloudflare", "list", "tokens"],
            "verify",
            "f267e341f3dd4697bd3b9f71dd96247f",
        ),
        (
            ["vault", "accessors", "tokens"],
            "self",
            "8609694a-cdbc-db9b-d345-e782dbb562ed",
        ),
        (
            ["consul", "list", "tokens"],
            "self",
            "6a1253d2-1785-24fd-91c2-f8e78c745511",
        ),
        (ELASTIC, "authenticate by a key", "VuaCfGcBCdbkQm-e5aOx"),
        (["vercel", "list, first page", "tokens"], "current", vercel),
    ] {
        let scene = scene(backend).await;
        let file = format!("{backend}/documented.txt");
        let [list, own] = [list, own].map(|title| recorded(&file, title));
        list.mount(&scene.server).await;
        own.mount(&scene.server).await;
        let listed = list_of(&scene.client, scene.resource(resource), &[]).await;
        let told = listed.end().own.as_ref().map(KeyId::as_str);
        assert_eq!(told, Some(id), "{backend}");
    }
}

#[tokio::test]
async fn a_second_list_asks_no_more_and_a_refusal_leaves_the_list_whole() {
    let file = "cloudflare/documented.txt";
    let scene = scene("cloudflare").await;
    let list_call = recorded(file, "list");
    list_call.mount(&scene.server).await;
    let refused = list(&scene.client, "tokens").await;
    assert_eq!((refused.ids().len(), &refused.end().own), (1, &None));
    let verify = recorded(file, "verify");
    verify.mount(&scene.server).await;
    let before = asked(&scene, &verify).await;
    for _ in 0..2 {
        let listed = list(&scene.client, "tokens").await;
        let own = listed.end().own.as_ref().map(KeyId::as_str);
        assert_eq!(own, Some("f267e341f3dd4697bd3b9f71dd96247f"));
    }
    assert_eq!(asked(&scene, &verify).await, before + 1);
}

#[tokio::test]
async fn a_context_that_signs_in_without_a_key_does_not_ask() {
    let [backend, list_title, resource] = ELASTIC;
    let inputs = [("username", "rdeniro"), ("password", CANARY)];
    let scene = Scene::new(backend, "", &inputs).await;
    let file = "elasticsearch/documented.txt";
    recorded(file, "authenticate by a key")
        .mount(&scene.server)
        .await;
    recorded(file, list_title).mount(&scene.server).await;
    let listed = list(&scene.client, resource).await;
    assert_eq!(listed.end().own, None);
    let asked = got(&scene.server).await;
    assert!(
        asked.iter().all(|line| line.starts_with("POST ")),
        "{asked:?}"
    );
}
