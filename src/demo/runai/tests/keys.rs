//! Run:ai over real HTTP: access keys, own and everybody's.

use super::*;

#[tokio::test]
async fn a_new_key_is_listed_got_regenerated_and_deleted() {
    let bench = Bench::new(few(2)).await;
    let token = bench.signed_in().await;
    let made = bench
        .runai(&token, Method::POST, OWN, json!({ "name": "ci-runner_1" }))
        .await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let (id, client_id) = (
        made["id"].as_str().unwrap(),
        made["clientId"].as_str().unwrap(),
    );
    let secret = made["clientSecret"].as_str().unwrap();
    let got = bench
        .runai(&token, Method::GET, &format!("{OWN}/{id}"), Value::Null)
        .await;
    let expected = json!({ "name": "ci-runner_1", "id": id, "clientId": client_id, "createdAt": made["createdAt"], "lastLogin": null });
    assert_eq!((got.status, got.json()), (200, expected));
    assert_eq!(bench.token_for(client_id, secret).await.status, 200);
    let fresh = bench
        .runai(
            &token,
            Method::POST,
            &format!("{OWN}/{id}/secret"),
            Value::Null,
        )
        .await;
    assert_eq!(fresh.status, 200);
    let fresh = fresh.json()["clientSecret"].as_str().unwrap().to_owned();
    assert_eq!(bench.token_for(client_id, secret).await.status, 401);
    let its_token = bench.token_for(client_id, &fresh).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let gone = bench
        .runai(&token, Method::DELETE, &format!("{OWN}/{id}"), Value::Null)
        .await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(bench.token_for(client_id, &fresh).await.status, 401);
    assert_eq!(
        bench
            .runai(&its_token, Method::GET, OWN, Value::Null)
            .await
            .status,
        200
    );
    for (method, path) in [
        (Method::GET, format!("{OWN}/{id}")),
        (Method::DELETE, format!("{OWN}/{id}")),
        (Method::POST, format!("{OWN}/{id}/secret")),
    ] {
        let missing = bench.runai(&token, method, &path, Value::Null).await;
        assert_eq!(
            (missing.status, missing.text.as_str()),
            (404, r#"{"code":404,"message":"Resource id not found."}"#)
        );
    }
}

#[tokio::test]
async fn a_name_is_checked_and_taken_once() {
    let bench = Bench::new(few(1)).await;
    let token = bench.signed_in().await;
    for body in [
        json!({}),
        json!({ "name": 1 }),
        json!({ "name": "Bad-Name-" }),
        json!({ "name": "a" }),
        json!({ "name": "1a" }),
        json!({ "name": "a-" }),
        json!({ "name": "a b" }),
        json!({ "name": "a".repeat(256) }),
    ] {
        let answer = bench.runai(&token, Method::POST, OWN, body.clone()).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (
                400,
                r#"{"code":400,"message":"Required parameter is missing"}"#
            ),
            "{body}"
        );
    }
    assert_eq!(
        bench
            .runai(
                &token,
                Method::POST,
                OWN,
                json!({ "name": "a".repeat(255) })
            )
            .await
            .status,
        201
    );
    let conflict = bench
        .runai(&token, Method::POST, OWN, json!({ "name": "keyrack" }))
        .await;
    assert_eq!(
        (conflict.status, conflict.text.as_str()),
        (
            409,
            r#"{"code":409,"message":"Resource with this name already exists"}"#
        )
    );
}

#[tokio::test]
async fn a_user_holds_twenty_keys_at_most() {
    let bench = Bench::new(few(1)).await;
    let token = bench.signed_in().await;
    for n in 1..20 {
        assert_eq!(
            bench
                .runai(
                    &token,
                    Method::POST,
                    OWN,
                    json!({ "name": format!("key-{n}") })
                )
                .await
                .status,
            201
        );
    }
    assert_eq!(
        bench
            .runai(&token, Method::POST, OWN, json!({ "name": "one-more" }))
            .await
            .status,
        400
    );
    assert_eq!(bench.own(&token).await.len(), 20);
}

#[tokio::test]
async fn an_administrator_lists_the_keys_of_all_and_filters_by_whole_values() {
    let bench = Bench::new(Options::default()).await;
    let token = bench.signed_in().await;
    let all = bench
        .runai(&token, Method::GET, ALL, Value::Null)
        .await
        .json();
    let all = all["accessKeys"].as_array().unwrap();
    assert_eq!(all.len(), 90);
    let other = all
        .iter()
        .find(|key| key["createdBy"] != json!(company::OPERATOR))
        .unwrap();
    let (client_id, creator) = (
        other["clientId"].as_str().unwrap(),
        other["createdBy"].as_str().unwrap(),
    );
    let filtered = |query: String| {
        let (bench, token) = (&bench, &token);
        async move {
            bench
                .runai(token, Method::GET, &format!("{ALL}?{query}"), Value::Null)
                .await
                .json()["accessKeys"]
                .clone()
        }
    };
    assert_eq!(
        filtered(format!("clientId={client_id}")).await,
        json!([other])
    );
    let by = filtered(format!("createdBy={}", creator.replace('@', "%40"))).await;
    assert!(
        by.as_array()
            .unwrap()
            .iter()
            .all(|key| key["createdBy"] == json!(creator))
            && !by.as_array().unwrap().is_empty()
    );
    assert_eq!(filtered("clientId=nothing".to_owned()).await, json!([]));
    assert_eq!(
        filtered(format!("clientId={}", &client_id[..8])).await,
        json!([])
    );
}

#[tokio::test]
async fn an_administrator_deletes_the_keys_of_others_but_does_not_own_them() {
    let bench = Bench::new(Options::default()).await;
    let token = bench.signed_in().await;
    let all = bench
        .runai(&token, Method::GET, ALL, Value::Null)
        .await
        .json();
    let other = all["accessKeys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["createdBy"] != json!(company::OPERATOR))
        .unwrap();
    let own_path = format!("{OWN}/{}", other["id"].as_str().unwrap());
    assert_eq!(
        bench
            .runai(&token, Method::GET, &own_path, Value::Null)
            .await
            .status,
        404
    );
    let path = format!("{ALL}/{}", other["id"].as_str().unwrap());
    assert_eq!(
        bench
            .runai(&token, Method::DELETE, &path, Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        bench
            .runai(&token, Method::DELETE, &path, Value::Null)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_list_of_all_is_cut_at_a_hundred_unless_more_were_asked_for() {
    let bench = Bench::new(few(100)).await;
    let token = bench.signed_in().await;
    assert_eq!(
        bench
            .runai(&token, Method::POST, OWN, json!({ "name": "one-more" }))
            .await
            .status,
        201
    );
    let all = bench
        .runai(&token, Method::GET, ALL, Value::Null)
        .await
        .json();
    assert_eq!(all["accessKeys"].as_array().unwrap().len(), 100);
    let bench = Bench::new(few(250)).await;
    let all = bench
        .runai(&bench.signed_in().await, Method::GET, ALL, Value::Null)
        .await
        .json();
    assert_eq!(all["accessKeys"].as_array().unwrap().len(), 250);
}

#[tokio::test]
async fn who_is_no_administrator_sees_own_keys_alone() {
    let home = tempfile::tempdir().unwrap();
    let options = Options {
        data: Some(home.path().to_owned()),
        ..Options::default()
    };
    drop(Bench::new(options.clone()).await);
    let database = Connection::open(home.path().join("runai.sqlite")).unwrap();
    let (client_id, owner): (String, String) = database
        .query_row(
            "SELECT client_id, owner FROM keys WHERE owner <> ?1",
            [company::OPERATOR],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    database
        .execute(
            "UPDATE keys SET secret = ?1 WHERE client_id = ?2",
            [&vault::seal("theirs").unwrap(), &client_id],
        )
        .unwrap();
    drop(database);
    let bench = Bench::new(options).await;
    let token = bench.token_for(&client_id, "theirs").await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = bench.runai(&token, Method::GET, ALL, Value::Null).await;
    assert_eq!(
        (refused.status, refused.text.as_str()),
        (
            403,
            r#"{"code":403,"message":"You do not have sufficient permissions."}"#
        )
    );
    assert_eq!(
        bench
            .runai(&token, Method::DELETE, &format!("{ALL}/x"), Value::Null)
            .await
            .status,
        403
    );
    let own = bench.own(&token).await;
    assert!(
        own.iter().any(|key| key["clientId"] == json!(client_id)),
        "{owner}"
    );
}

#[tokio::test]
async fn an_old_control_plane_has_the_old_names_alone() {
    let bench = Bench::new(Options {
        runai_legacy: true,
        ..few(3)
    })
    .await;
    let (id, secret) = (
        bench.input("runai", "client_id"),
        bench.input("runai", "client_secret"),
    );
    assert_eq!(bench.token_for(&id, &secret).await.status, 404);
    let answer = bench
        .token_v1(
            json!({ "grantType": "client_credentials", "clientID": id, "clientSecret": secret }),
        )
        .await;
    let token = answer.json()["accessToken"].as_str().unwrap().to_owned();
    assert_eq!(
        bench
            .runai(&token, Method::GET, OWN, Value::Null)
            .await
            .status,
        404
    );
    let old = "/api/v1/user-applications";
    let list = bench
        .runai(&token, Method::GET, old, Value::Null)
        .await
        .json();
    assert_eq!(list.as_array().unwrap().len(), 3);
    let made = bench
        .runai(&token, Method::POST, old, json!({ "name": "app-1" }))
        .await
        .json();
    assert!(
        made["secret"].is_string() && made.get("clientSecret").is_none(),
        "{made}"
    );
    let path = format!("{old}/{}/secret", made["id"].as_str().unwrap());
    let fresh = bench
        .runai(&token, Method::POST, &path, Value::Null)
        .await
        .json();
    assert!(fresh["clientSecret"].is_string(), "{fresh}");
    let all = bench
        .runai(
            &token,
            Method::GET,
            "/api/v1/administration/user-applications",
            Value::Null,
        )
        .await
        .json();
    assert_eq!(all.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_new_control_plane_has_the_new_names_alone() {
    let bench = Bench::new(few(3)).await;
    let token = bench.signed_in().await;
    assert_eq!(
        bench
            .runai(
                &token,
                Method::GET,
                "/api/v1/user-applications",
                Value::Null
            )
            .await
            .status,
        404
    );
    assert_eq!(
        bench
            .runai(&token, Method::PUT, OWN, Value::Null)
            .await
            .status,
        405
    );
    assert_eq!(
        bench
            .runai(&token, Method::GET, "/nope", Value::Null)
            .await
            .status,
        404
    );
}
