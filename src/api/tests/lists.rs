//! Lists of every kind end, and say what they are (N9).

use super::*;

/// Rows `from..to` as JSON.
fn rows(from: usize, to: usize) -> String {
    let rows = (from..to).map(|n| format!(r#"{{"id":"{n}","name":"n{n}"}}"#));
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

/// A number in the query of a request's first line.
fn asked(request: &str, name: &str) -> Option<usize> {
    let target = request.split(' ').nth(1)?;
    let url = url::Url::parse(&format!("http://x{target}")).expect("a target");
    let (_, value) = url.query_pairs().find(|(key, _)| key == name)?;
    value.parse().ok()
}

fn paged(page: &str) -> String {
    format!("call = \"GET /keys\"\nitems = \"/items\"\npage = {{ {page} }}")
}

#[tokio::test]
async fn a_link_that_never_ends_is_followed_until_a_page_brings_nothing_new() {
    // Djinn: both relations on every answer, the last page's next is itself.
    let server = Raw::start(|_, request| {
        let last = 3;
        let page = asked(request, "page").unwrap_or(1).min(last);
        let next = (page + 1).min(last);
        let link =
            format!("Link: </keys?page=1>; rel=\"prev\", </keys?page={next}>; rel=\"next\"\r\n");
        Some(http("200 OK", &link, &rows((page - 1) * 2, page * 2)))
    })
    .await;
    for (link, most) in [
        ("by = \"link\"", 3),
        (
            "by = \"link\", keep_path = true, param = \"page\", size = 2",
            3,
        ),
    ] {
        let before = server.requests().len();
        let list_text = format!("call = \"GET /keys\"\npage = {{ {link} }}");
        let listed = list(&small_client(&list_text, &server.url), "keys").await;
        assert_eq!(listed.ids().len(), 6);
        let asked = server.requests().len() - before;
        assert!((3..=most).contains(&asked), "{link}: {asked}");
    }
}

#[tokio::test]
async fn a_link_with_the_wrong_path_is_read_for_its_query_alone() {
    let server = Raw::start(|_, request| {
        assert!(request.starts_with("GET /api/keys"), "{request}");
        let page = asked(request, "page").unwrap_or(1);
        let link = format!(
            "Link: </elsewhere?page={}&search=a>; rel=\"next\"\r\n",
            page + 1
        );
        let count = match page {
            1 | 2 => 2,
            3 => 1,
            _ => 0,
        };
        Some(http(
            "200 OK",
            &link,
            &rows((page - 1) * 2, (page - 1) * 2 + count),
        ))
    })
    .await;
    let text = "call = \"GET /keys\"\npage = { by = \"link\", keep_path = true, param = \"page\", size = 2 }";
    let listed = list(&small_client(text, &format!("{}/api", server.url)), "keys").await;
    assert_eq!(listed.ids().len(), 5);
    // What was asked ahead may be given up before it is sent.
    assert!((3..=4).contains(&server.requests().len()));
    assert!(server.requests()[1].contains("search=a"));
}

#[tokio::test]
async fn numbered_links_are_asked_for_ahead_and_taken_in_order() {
    let pages = 40;
    let server = Raw::start(move |_, request| {
        let page = asked(request, "page").unwrap_or(1);
        let next = (page + 1).min(pages);
        let link = format!("Link: </keys?page={next}>; rel=\"next\"\r\n");
        let from = (page - 1) * 2;
        let body = if page > pages {
            "[]".to_owned()
        } else {
            rows(from, from + 2)
        };
        Some(http("200 OK", &link, &body))
    })
    .await;
    let text = "call = \"GET /keys\"\npage = { by = \"link\", param = \"page\", size = 2 }";
    let listed = list(&small_client(text, &server.url), "keys").await;
    let ids: Vec<String> = (0..pages * 2).map(|n| n.to_string()).collect();
    assert_eq!(listed.ids(), ids);
    // 1, 1, 2, 4, 8, 16, 16: never more ahead than have come, never more than `parallel`.
    assert!((40..=48).contains(&server.requests().len()));
    assert!(server.connections() <= 16);
}

#[tokio::test]
async fn a_server_that_repeats_its_pages_for_ever_is_asked_once_more_than_it_has_pages() {
    for page in [
        "by = \"page\", param = \"page\", first = 1, size = 2",
        "by = \"offset\", param = \"skip\", size = 2, size_param = \"take\"",
        "by = \"cursor\", param = \"after\", next = \"/next\"",
        "by = \"cursor\", param = \"after\", next = \"item:/id\", size = 2",
        "by = \"url\", next = \"/url\"",
    ] {
        let count = AtomicUsize::new(0);
        let server = Raw::start(move |_, _| {
            let turn = count.fetch_add(1, Ordering::SeqCst);
            Some(json(&format!(
                r#"{{"items":{},"next":"m{turn}","url":"/keys?u={turn}"}}"#,
                rows(0, 2)
            )))
        })
        .await;
        let listed = list(&small_client(&paged(page), &server.url), "keys").await;
        assert_eq!(
            (listed.ids().len(), server.requests().len()),
            (2, 2),
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_list_is_read_by_its_body_whatever_its_label_says() {
    for (body, is_list) in [(rows(0, 2), true), ("<html>[]</html>".to_owned(), false)] {
        let answer = http("200 OK", "Content-Type: text/html\r\n", &body);
        let server = Raw::start(move |_, _| Some(answer.clone())).await;
        let listed = list(&small_client("call = \"GET /keys\"", &server.url), "keys").await;
        match listed.end {
            Ok(end) => assert_eq!((end.fetched, is_list), (2, true)),
            Err(error) => {
                assert!(!is_list, "{error}");
                assert!(error.to_string().contains("a web page"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_mark_may_stand_in_a_header() {
    let server = Raw::start(|_, request| {
        let after = asked(request, "after").unwrap_or(0);
        let next = format!("X-Next: {}\r\n", after + 2);
        let next = if after < 4 { &next } else { "" };
        let items = format!(r#"{{"items":{}}}"#, rows(after, after + 2));
        Some(http("200 OK", next, &items))
    })
    .await;
    let page = "by = \"cursor\", param = \"after\", next = \"header:X-Next\"";
    let listed = list(&small_client(&paged(page), &server.url), "keys").await;
    assert_eq!(listed.ids(), ["0", "1", "2", "3", "4", "5"]);
    assert_eq!((listed.cut(), server.requests().len()), ("whole", 3));
}

#[tokio::test]
async fn a_mark_or_address_that_comes_again_is_not_followed_again() {
    for page in [
        "by = \"cursor\", param = \"after\", next = \"/next\"",
        "by = \"url\", next = \"/url\"",
    ] {
        let count = AtomicUsize::new(0);
        let server = Raw::start(move |_, _| {
            let turn = count.fetch_add(1, Ordering::SeqCst);
            let rows = rows(turn * 2, turn * 2 + 2);
            Some(json(&format!(
                r#"{{"items":{rows},"next":"same","url":"/keys?same=1"}}"#
            )))
        })
        .await;
        let listed = list(&small_client(&paged(page), &server.url), "keys").await;
        assert_eq!(
            (listed.ids().len(), server.requests().len()),
            (4, 2),
            "{page}"
        );
    }
}

#[tokio::test]
async fn marks_are_sent_in_the_query_or_in_the_body_until_there_is_no_more() {
    for (call, place) in [("GET /keys", ""), ("POST /keys", ", in = \"body\"")] {
        let server = Raw::start(move |_, request| {
            let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            let mark = body["after"].as_str().map(str::to_owned);
            let mark = mark.or_else(|| asked(request, "after").map(|n| n.to_string()));
            let from: usize = mark.map_or(0, |mark| mark.parse().expect("a number"));
            let (to, more) = (from + 2, from < 4);
            Some(json(&format!(
                r#"{{"items":{},"next":"{to}","more":{more}}}"#,
                rows(from, to)
            )))
        })
        .await;
        let body = if place.is_empty() {
            ""
        } else {
            "body = { kind = \"all\" }\n"
        };
        let text = format!(
            "call = \"{call}\"\n{body}items = \"/items\"\npage = {{ by = \"cursor\", param = \"after\", next = \"/next\", more = \"/more\"{place} }}"
        );
        let listed = list(&small_client(&text, &server.url), "keys").await;
        assert_eq!(
            (listed.ids().len(), server.requests().len()),
            (6, 3),
            "{call}"
        );
        assert_eq!(
            server.requests()[2].contains(r#""kind":"all""#),
            !place.is_empty()
        );
    }
}

#[tokio::test]
async fn pages_of_a_known_total_are_fetched_at_once_and_taken_in_order() {
    for (page, first) in [
        (
            "by = \"page\", param = \"page\", size = 2, size_param = \"limit\", total = \"/total\"",
            0,
        ),
        (
            "by = \"page\", param = \"page\", first = 1, size = 2, size_param = \"limit\", total = \"/total\"",
            1,
        ),
    ] {
        let waiting = Arc::new(AtomicUsize::new(0));
        let server = Raw::start(move |_, request| {
            waiting.fetch_add(1, Ordering::SeqCst);
            let page = asked(request, "page").expect("a page") - first;
            assert_eq!(asked(request, "limit"), Some(2));
            Some(json(&format!(
                r#"{{"items":{},"total":9}}"#,
                rows(page * 2, (page * 2 + 2).min(9))
            )))
        })
        .await;
        let listed = list(&small_client(&paged(page), &server.url), "keys").await;
        let ids: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        assert_eq!(listed.ids(), ids);
        assert_eq!(listed.cut(), "whole");
        assert_eq!(listed.steps.last(), Some(&(5, Some(5), Some(9))));
        assert_eq!(server.requests().len(), 5);
        assert!(server.connections() > 1, "several at once");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_behind_one_with_rows_ends_the_list() {
    for (page, first, step) in [
        ("by = \"page\", param = \"n\", first = 1, size = 2", 1, 1),
        ("by = \"offset\", param = \"n\", size = 2", 0, 2),
    ] {
        for (total, cut) in [
            ("", "whole"),
            (
                ", total = \"/total\"",
                "the service says that there are 9, and 4 came",
            ),
        ] {
            let server = Raw::start(move |_, request| {
                let at = asked(request, "n").expect("a number") - first;
                let from = at / step * 2;
                let items = rows(from, from + 2);
                Some(if from < 4 {
                    json(&format!(r#"{{"items":{items},"total":9}}"#))
                } else {
                    http("404 Not Found", "", r#"{"detail":"Invalid page."}"#)
                })
            })
            .await;
            let text = paged(&format!("{page}{total}"));
            let listed = list(&small_client(&text, &server.url), "keys").await;
            assert_eq!((listed.ids().len(), listed.cut()), (4, cut), "{text}");
        }
    }
    let server = Raw::start(|_, _| Some(http("404 Not Found", "", "{}"))).await;
    let text = paged("by = \"page\", param = \"n\", first = 1, size = 2");
    assert!(
        list(&small_client(&text, &server.url), "keys")
            .await
            .end
            .is_err()
    );
}

#[tokio::test]
async fn an_id_that_two_rows_of_one_page_have_is_told_and_one_that_drifts_is_not() {
    let row = |id: usize, name: usize| format!(r#"{{"id":"{id}","name":"n{name}"}}"#);
    let all = |rows: &[String]| format!(r#"{{"items":[{}]}}"#, rows.join(","));
    let twins = all(&(0..6).map(|n| row(n % 2, n)).collect::<Vec<_>>());
    let server = Raw::start(move |_, _| Some(json(&twins))).await;
    let text = "call = \"GET /keys\"\nitems = \"/items\"";
    let listed = list(&small_client(text, &server.url), "keys").await;
    assert_eq!(listed.ids(), ["0", "1"]);
    assert_eq!(
        listed.cut(),
        "4 rows left out that had the id of another row on the same page (item_id: /id)"
    );
    // A key that came in between moves the others: the last row of a page is the first of the next.
    let pages = [all(&[row(0, 0), row(1, 1)]), all(&[row(1, 1), row(2, 2)])];
    let server = Raw::start(move |_, request| {
        let at = asked(request, "page").expect("a number");
        Some(json(pages.get(at).map_or(r#"{"items":[]}"#, |page| page)))
    })
    .await;
    let text = paged("by = \"page\", param = \"page\", size = 2");
    let listed = list(&small_client(&text, &server.url), "keys").await;
    assert_eq!((listed.ids().len(), listed.cut()), (3, "whole"));
}

#[tokio::test]
async fn offsets_follow_the_pages_that_the_server_really_gives() {
    // Asked for 4 rows at once it gives 3.
    let server = Raw::start(|_, request| {
        let skip = asked(request, "skip").expect("a number");
        Some(json(&format!(
            r#"{{"items":{},"total":8}}"#,
            rows(skip, (skip + 3).min(8))
        )))
    })
    .await;
    let page =
        "by = \"offset\", param = \"skip\", size = 4, size_param = \"take\", total = \"/total\"";
    let listed = list(&small_client(&paged(page), &server.url), "keys").await;
    assert_eq!(
        (listed.ids().len(), listed.cut(), server.requests().len()),
        (8, "whole", 3)
    );
}

#[tokio::test]
async fn a_total_in_a_header_counts_too() {
    let server = Raw::start(|_, request| {
        let page = asked(request, "page").expect("a page");
        Some(http(
            "200 OK",
            "X-Total: 4\r\n",
            &rows(page * 2 - 2, page * 2),
        ))
    })
    .await;
    let text = "call = \"GET /keys\"\npage = { by = \"page\", param = \"page\", first = 1, size = 2, total = \"header:X-Total\" }";
    let listed = list(&small_client(text, &server.url), "keys").await;
    assert_eq!((listed.ids().len(), listed.end().total), (4, Some(4)));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_total_that_is_a_lie_ends_with_the_first_page_that_brings_nothing() {
    let server = Raw::start(|_, request| {
        let page = asked(request, "page").expect("a page");
        let rows = if page < 2 {
            rows(page * 2, page * 2 + 2)
        } else {
            "[]".to_owned()
        };
        Some(json(&format!(
            r#"{{"items":{rows},"total":18446744073709551615}}"#
        )))
    })
    .await;
    let page =
        "by = \"page\", param = \"page\", size = 2, size_param = \"limit\", total = \"/total\"";
    let mut connection = connection(small(&paged(page), OPS), &server.url);
    connection.limits.parallel = 4;
    let listed = list(&with(connection, &[("token", CANARY)]), "keys").await;
    assert_eq!(listed.ids().len(), 4);
    assert!(listed.cut().ends_with("and 4 came"), "{}", listed.cut());
    assert!(server.requests().len() <= 7, "{}", server.requests().len());
}

#[tokio::test]
async fn exactly_as_many_rows_as_an_answer_holds_may_be_cut_and_no_other_number() {
    for (came, total, cut) in [
        (99, "", "whole"),
        (
            100,
            "",
            "an answer holds 100 keys at most, so some may be missing; the service's own filters ask for fewer: by",
        ),
        (101, "", "whole"),
        (100, ", total = \"/total\"", "whole"),
    ] {
        let server = Raw::start(move |_, request| {
            let first = asked(request, "page").is_none_or(|page| page == 0);
            let rows = if first {
                rows(0, came)
            } else {
                "[]".to_owned()
            };
            Some(json(&format!(r#"{{"items":{rows},"total":{came}}}"#)))
        })
        .await;
        let page = if total.is_empty() {
            "call = \"GET /keys\"\nitems = \"/items\"".to_owned()
        } else {
            paged(&format!(
                "by = \"page\", param = \"page\", size = 200{total}"
            ))
        };
        let more = format!("{OPS}\n[[resource.filter]]\nid = \"by\"\ntitle = \"By\"");
        let mut manifest = Arc::into_inner(small(&page, &more)).unwrap();
        Arc::get_mut(&mut manifest.resource[0]).unwrap().limit = Some(100);
        let client = with(
            connection(Arc::new(manifest), &server.url),
            &[("token", CANARY)],
        );
        let listed = list(&client, "keys").await;
        assert_eq!((listed.ids().len(), listed.cut()), (came, cut), "{total}");
    }
}

#[tokio::test]
async fn the_bounds_of_pages_and_rows_are_named() {
    let server = Raw::start(|_, request| {
        let page = asked(request, "page").unwrap_or(0);
        Some(json(&format!(
            r#"{{"items":{},"total":100}}"#,
            rows(page * 2, page * 2 + 2)
        )))
    })
    .await;
    let limits = |pages, rows| Limits {
        pages,
        rows,
        ..Limits::default()
    };
    for (total, limits, came, said, requests) in [
        (
            "",
            limits(3, 1000),
            6,
            "stopped at 3 pages (pages under [limits])",
            3,
        ),
        (
            ", total = \"/total\"",
            limits(3, 1000),
            6,
            "stopped at 3 pages (pages under [limits])",
            3,
        ),
        (
            "",
            limits(1000, 5),
            5,
            "stopped at 5 rows (rows under [limits])",
            3,
        ),
    ] {
        let before = server.requests().len();
        let page = paged(&format!("by = \"page\", param = \"page\", size = 2{total}"));
        let mut connection = connection(small(&page, OPS), &server.url);
        connection.limits = limits;
        let listed = list(&with(connection, &[("token", CANARY)]), "keys").await;
        assert_eq!((listed.ids().len(), listed.cut()), (came, said));
        assert_eq!(server.requests().len() - before, requests, "{total}");
    }
}

#[tokio::test]
async fn rows_that_came_before_a_failure_were_reported() {
    let server = Raw::start(|_, request| {
        Some(match asked(request, "page").expect("a page") {
            0 => json(&format!(r#"{{"items":{}}}"#, rows(0, 2))),
            _ => http("500 X", "", ""),
        })
    })
    .await;
    let page = paged("by = \"page\", param = \"page\", size = 2");
    let listed = list(&small_client(&page, &server.url), "keys").await;
    assert_eq!(listed.ids(), ["0", "1"]);
    assert!(listed.end.is_err());
}

#[tokio::test]
async fn the_rows_of_a_large_page_come_in_pieces_and_none_twice() {
    let body = format!(
        r#"{{"items":[{},{}]}}"#,
        rows(0, 30_000).trim_matches(['[', ']']),
        rows(0, 10).trim_matches(['[', ']'])
    );
    let server = Raw::start(move |_, _| Some(json(&body))).await;
    let text = "call = \"GET /keys\"\nitems = \"/items\"";
    let listed = list(&small_client(text, &server.url), "keys").await;
    assert_eq!((listed.ids().len(), listed.end().fetched), (30_000, 30_000));
    assert_eq!(listed.steps.len(), 16);
}

#[tokio::test]
async fn a_list_may_run_on_any_thread_and_be_given_up() {
    let server = Raw::start(|_, _| Some(Vec::new())).await;
    let client = Arc::new(small_client("call = \"GET /keys\"", &server.url));
    let task = tokio::spawn(async move { list(&client, "keys").await.ids().len() });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.expect_err("aborted").is_cancelled());
}
