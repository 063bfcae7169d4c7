use proptest::prelude::*;
use reqwest::header::HeaderMap;

use super::*;

fn reply(status: u16, media: &str, body: &[u8]) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", media.parse().expect("a media type"));
    Reply {
        status: StatusCode::from_u16(status).expect("a status"),
        url: url::Url::parse("https://api.test/").expect("a url"),
        headers,
        body: Ok(Zeroizing::new(body.to_vec())),
    }
}

fn reading<'a>(errors: &'a Errors, redactor: &'a Redactor) -> Reading<'a> {
    Reading {
        errors,
        resource: None,
        redactor,
    }
}

fn said(errors: &Errors, media: &str, body: &str) -> String {
    let redactor = Redactor::default();
    match reading(errors, &redactor).refused(&reply(400, media, body.as_bytes())) {
        ApiError::Refused { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_message_is_found_where_services_put_it() {
    let none = Errors::default();
    for (body, message) in [
        (r#"{"message":"m","error":"e"}"#, "m"),
        (r#"{"error":{"message":"m","type":"t"}}"#, "m"),
        (r#"{"error":"m"}"#, "m"),
        (r#"{"detail":"m","title":"t"}"#, "m"),
        (r#"{"title":"m"}"#, "m"),
        (r#"{"errors":[{"message":"m"}]}"#, "m"),
        (r#"{"errors":["m"]}"#, ""),
        (r#"{"detail":[{"loc":["body"],"msg":"m"}]}"#, "m"),
        (r#"{"error":{"msg":"m"}}"#, "m"),
        (r#"{"message":["a","b"]}"#, "a; b"),
        (r#""m""#, "m"),
        (r#"{"message":{"a":"secret"}}"#, ""),
        (
            "{\"message\": \"Bad \"quote\".\"}",
            "{\"message\": \"Bad \"quote\".\"}",
        ),
        ("", ""),
    ] {
        assert_eq!(said(&none, "application/json", body), message, "{body}");
    }
    let errors = Errors {
        message: vec!["/result/error".to_owned()],
        detail: Some("/hint".to_owned()),
        ..Errors::default()
    };
    let body = r#"{"result":{"error":"m"},"message":"other","hint":"h"}"#;
    assert_eq!(said(&errors, "application/json", body), "m: h");
}

#[test]
fn the_code_and_the_request_are_told_beside_the_message() {
    let errors = Errors {
        code: Some("/code".to_owned()),
        ..Errors::default()
    };
    let redactor = Redactor::default();
    let reading = reading(&errors, &redactor);
    let told = |body: &str, request: Option<&'static str>| {
        let mut reply = reply(400, "application/json", body.as_bytes());
        if let Some(id) = request {
            let value = reqwest::header::HeaderValue::from_static(id);
            reply.headers.insert("x-request-id", value);
        }
        reading.refused(&reply).to_string()
    };
    for (body, request, text) in [
        (r#"{"message":"m","code":1000}"#, None, "m (400, code 1000)"),
        (
            r#"{"message":"m","code":"too_long"}"#,
            Some("r-1"),
            "m (400, code too_long, request r-1)",
        ),
        (r#"{"message":"m","code":"400"}"#, None, "m (400)"),
        (
            r#"{"message":"m: busy","code":"busy"}"#,
            None,
            "m: busy (400)",
        ),
        (r#"{"message":"m","code":{"a":1}}"#, None, "m (400)"),
        ("{}", Some("r-1"), "the server answered 400 (request r-1)"),
    ] {
        assert_eq!(told(body, request), text, "{body}");
    }
}

#[test]
fn a_credential_is_found_as_paths_queries_forms_and_json_write_it() {
    let mut redactor = Redactor::default();
    redactor.add("se\"c/é&CANARY %x");
    for echo in [
        "pw=se%22c%2F%C3%A9%26CANARY+%25x&a=1",
        "/keys/se%22c%2F%C3%A9&CANARY%20%25x/a",
        "se%22c%2F%C3%A9%26CANARY%20%25x",
        r#"{"pw":"se\"c/é&CANARY %x"}"#,
        "Bearer se\"c/é&CANARY %x",
    ] {
        let told = redactor.clean(echo);
        assert!(told.contains("[redacted]"), "{told}");
        assert!(!told.contains("CANARY") && !told.contains("%25x"), "{told}");
    }
    redactor.add("-----BEGIN\nCANARY2\n-----END");
    let told = redactor.clean(r#"{"key":"-----BEGIN\nCANARY2\n-----END"}"#);
    assert_eq!(told, r#"{"key":"[redacted]"}"#);
}

#[test]
fn text_is_one_line_and_a_page_is_its_title() {
    let none = Errors::default();
    assert_eq!(said(&none, "text/plain", "  not\n\n good\t"), "not good");
    let page = "<!doctype html><head><TITLE lang=en>502 Bad\nGateway</TITLE></head><h1>x</h1>";
    assert_eq!(said(&none, "text/html", page), "502 Bad Gateway");
    let page = "<h1>Forbidden zone</h1><p>Quota reached &amp; more</p>";
    assert_eq!(
        said(&none, "text/html", page),
        "Forbidden zone Quota reached & more"
    );
    assert_eq!(said(&none, "text/plain", "<p>no title</p>"), "no title");
}

#[test]
fn a_message_with_line_breaks_is_one_line() {
    let body = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
    let errors = Errors {
        message: vec!["/errors".to_owned()],
        ..Errors::default()
    };
    let text = "1 error occurred: * permission denied";
    assert_eq!(said(&errors, "application/json", body), text);
    let mut redactor = Redactor::default();
    redactor.add("-----BEGIN\nCANARY\n\tx");
    let told = redactor.clean("no:\n -----BEGIN\nCANARY\n\tx \n");
    assert_eq!(told, "no: [redacted]");
}

#[test]
fn a_flag_says_no_in_whatever_kind_it_is_written() {
    let errors = Errors {
        ok: Some("/ok".to_owned()),
        ..Errors::default()
    };
    let redactor = Redactor::default();
    let reading = reading(&errors, &redactor);
    let failed = |body: &str| {
        let reply = reply(200, "application/json", body.as_bytes());
        reading.flagged(&reply, body.as_bytes()).is_some()
    };
    for no in [
        "false",
        "\"false\"",
        "\"False\"",
        "\"no\"",
        "0",
        "0.0",
        "\"0\"",
        "null",
        "\"\"",
        "\" \"",
    ] {
        assert!(
            failed(&format!(r#"{{"ok":{no},"message":"quota"}}"#)),
            "{no}"
        );
    }
    for yes in ["true", "\"true\"", "1", "\"ok\"", "{}", "[]"] {
        assert!(
            !failed(&format!(r#"{{"ok":{yes},"message":"m"}}"#)),
            "{yes}"
        );
    }
    assert!(!failed(r#"{"message":"m"}"#));
}

#[test]
fn a_code_of_zero_is_no_failure_and_any_other_is_one() {
    let errors = Errors {
        fail_if: Some("/code".to_owned()),
        ..Errors::default()
    };
    let redactor = Redactor::default();
    let reading = reading(&errors, &redactor);
    for (body, fails) in [
        (r#"{"code":0,"message":"success"}"#, false),
        (r#"{"code":40001,"message":"quota"}"#, true),
        (r#"{"code":"E7","message":"quota"}"#, true),
        (r#"{"code":null}"#, false),
        ("{}", false),
    ] {
        let reply = reply(200, "application/json", body.as_bytes());
        let failed = reading.flagged(&reply, body.as_bytes()).is_some();
        assert_eq!(failed, fails, "{body}");
    }
}

#[test]
fn a_long_message_is_cut_at_three_hundred_characters() {
    let long = format!(r#"{{"message":"{}"}}"#, "é".repeat(1000));
    let message = said(&Errors::default(), "application/json", &long);
    assert_eq!(
        (message.chars().count(), message.ends_with('…')),
        (301, true)
    );
}

#[test]
fn what_a_status_means_is_the_manifests_word_before_https() {
    let errors = Errors {
        status: [("412".to_owned(), Meaning::Conflict)].into(),
        ..Errors::default()
    };
    let redactor = Redactor::default();
    let reading = reading(&errors, &redactor);
    for (status, expected) in [
        (400, Meaning::Invalid),
        (401, Meaning::Credential),
        (403, Meaning::Forbidden),
        (404, Meaning::NotFound),
        (409, Meaning::Conflict),
        (412, Meaning::Conflict),
        (422, Meaning::Invalid),
        (429, Meaning::Busy),
        (500, Meaning::Unavailable),
        (503, Meaning::Unavailable),
    ] {
        let error = reading.refused(&reply(status, "application/json", b"{}"));
        let ApiError::Refused { meaning, .. } = error else {
            panic!("{status}")
        };
        assert_eq!(meaning, expected, "{status}");
    }
}

#[test]
fn names_alone_are_per_field_errors_too() {
    let manifest = crate::manifest::builtin("djinn").expect("a built-in");
    let manifest = crate::manifest::load(manifest).expect("loads");
    let errors = Errors {
        fields: Some("/data".to_owned()),
        ..Errors::default()
    };
    let redactor = Redactor::default();
    let resource = manifest.resource("keys").map(|resource| &**resource);
    let reading = Reading {
        errors: &errors,
        resource,
        redactor: &redactor,
    };
    for (body, text) in [
        (r#"{"data":["NAME","unknown",7]}"#, "was refused"),
        (
            r#"{"data":{"name":[{"code":"x","message":"bad one"}]}}"#,
            "bad one",
        ),
    ] {
        let error = reading.refused(&reply(400, "application/json", body.as_bytes()));
        let fields = [("name".to_owned(), text.to_owned())];
        assert_eq!(error.fields(), Some(&fields.into()));
    }
}

#[test]
fn errors_that_are_no_fields_are_told_in_the_sentence() {
    let manifest = crate::manifest::builtin("djinn").expect("a built-in");
    let manifest = crate::manifest::load(manifest).expect("loads");
    let redactor = Redactor::default();
    let base = "Expiration date must be before 2027";
    for (at, body, message, field) in [
        ("/message", format!(r#"{{"message":{{"base":["{base}"]}}}}"#), format!("base: {base}"), None),
        (
            "/errors",
            r#"{"errors":{"name":{"code":"x","message":"too long"},"b":{"msg":"c"}}}"#.to_owned(),
            "Name: too long; b: c".to_owned(),
            Some("too long"),
        ),
        (
            "/detail",
            r#"{"message":"Invalid","detail":[{"loc":["body"],"msg":"field required"},"Too many keys"]}"#.to_owned(),
            "Invalid; field required; Too many keys".to_owned(),
            None,
        ),
        (
            "/errors",
            r#"{"message":"Invalid: m","errors":[{"field":"x","msg":"m"},"y","name"]}"#.to_owned(),
            "Invalid: m; y: was refused".to_owned(),
            Some("was refused"),
        ),
        (
            "",
            r#"{"non_field_errors":["a","b"],"secret":"s"}"#.to_owned(),
            "non_field_errors: a; b".to_owned(),
            None,
        ),
    ] {
        let errors = Errors {
            fields: Some(at.to_owned()),
            field: Some("/field".to_owned()),
            ..Errors::default()
        };
        let reading = Reading {
            errors: &errors,
            resource: manifest.resource("keys").map(|resource| &**resource),
            redactor: &redactor,
        };
        let error = reading.refused(&reply(400, "application/json", body.as_bytes()));
        let ApiError::Refused { message: told, fields, .. } = error else {
            panic!("{body}")
        };
        assert_eq!(told, message, "{body}");
        assert_eq!(fields.get("name").map(String::as_str), field, "{body}");
    }
}

#[test]
fn nobody_is_told_to_correct_what_a_refusal_does_not_name() {
    let (none, redactor) = (Errors::default(), Redactor::default());
    for (body, next) in [
        (
            "{}",
            "It does not say why: go over what you gave, then try again.",
        ),
        (
            r#"{"message":"m"}"#,
            "Correct what it names, then try again.",
        ),
    ] {
        let error =
            reading(&none, &redactor).refused(&reply(400, "application/json", body.as_bytes()));
        assert_eq!(error.next_step(), next);
    }
}

#[test]
fn a_field_may_be_named_by_where_in_the_request_it_stands() {
    let manifest = crate::manifest::builtin("djinn").expect("a built-in");
    let manifest = crate::manifest::load(manifest).expect("loads");
    let errors = Errors {
        fields: Some("/errors".to_owned()),
        field: Some("/location".to_owned()),
        text: Some("/message".to_owned()),
        ..Errors::default()
    };
    let redactor = Redactor::default();
    let resource = manifest.resource("keys").map(|resource| &**resource);
    let reading = Reading {
        errors: &errors,
        resource,
        redactor: &redactor,
    };
    for (location, key) in [
        ("body.name", Some("name")),
        ("/body/config/0", Some("config")),
        ("body.namespace[0].path", Some("namespace")),
        ("body.names", None),
        ("query.name", Some("name")),
    ] {
        let body = serde_json::json!({"errors": [{"location": location, "message": "m"}]});
        let error = reading.refused(&reply(400, "application/json", body.to_string().as_bytes()));
        let named = error.fields().and_then(|fields| fields.keys().next());
        assert_eq!(named.map(String::as_str), key, "{location}");
    }
}

#[test]
fn the_longest_credential_is_redacted_first() {
    let mut redactor = Redactor::default();
    redactor.add("abc");
    redactor.add("Bearer abcdef");
    assert_eq!(
        redactor.clean("abcdef, abc, Bearer abcdef"),
        "[redacted], [redacted], [redacted]"
    );
    assert_eq!(format!("{redactor:?}"), "Redactor of 3 values");
}

proptest! {
    #[test]
    fn any_error_body_is_taken_without_a_panic(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        html in any::<bool>(),
    ) {
        let media = if html { "text/html" } else { "application/json" };
        let none = Errors::default();
        let redactor = Redactor::default();
        let reading = Reading { errors: &none, resource: None, redactor: &redactor };
        let error = reading.refused(&reply(500, media, &body));
        let clean = !error.to_string().chars().any(char::is_control);
        prop_assert!(clean);
    }
}
