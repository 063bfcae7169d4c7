//! The `Link` header, read as RFC 8288 says: only a relation `next` counts, relative to the address
//! that was asked, and only within the same origin. `page` decides whether to follow.

use reqwest::header::HeaderMap;
use url::Url;

/// Where an answer says that the next page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// There is none.
    None,
    /// Within the origin.
    Here(Url),
    /// Somewhere else: no credential goes there.
    Elsewhere(String),
}

/// The next page by the `Link` headers of the answer from `asked`.
#[must_use]
pub fn next(headers: &HeaderMap, asked: &Url) -> Next {
    headers
        .get_all(reqwest::header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(target)
        .map_or(Next::None, |to| resolve(&to, asked))
}

/// An address that an answer gives, seen from the one that was asked.
#[must_use]
pub fn resolve(to: &str, asked: &Url) -> Next {
    match asked.join(to) {
        Ok(mut url) if url.origin() == asked.origin() => {
            url.set_fragment(None);
            // The credential of the address asked is not the link's to change.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            Next::Here(url)
        }
        Ok(url) => Next::Elsewhere(url.host_str().unwrap_or("another place").to_owned()),
        Err(_) => Next::None,
    }
}

/// The target of the first link with the relation `next`.
fn target(header: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let (_, open) = rest.split_once('<')?;
        let (target, parameters) = open.split_once('>')?;
        let (is_next, after) = relation(parameters);
        if is_next {
            return Some(target.trim().to_owned());
        }
        rest = after;
    }
}

/// Reads the parameters of one link up to the comma that ends it: is it `next`, and what follows.
fn relation(text: &str) -> (bool, &str) {
    let mut rest = text;
    let mut found = None;
    loop {
        rest = rest.trim_start();
        let Some(after) = rest.strip_prefix(';') else {
            let after = rest.find(',').and_then(|at| rest.get(at + 1..));
            return (found == Some(true), after.unwrap_or(""));
        };
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => (String::new(), after),
        };
        // Only the first `rel` of a link counts.
        if name.trim().eq_ignore_ascii_case("rel") && found.is_none() {
            let mut words = value.split_ascii_whitespace();
            found = Some(words.any(|word| word.eq_ignore_ascii_case("next")));
        }
        rest = after;
    }
}

/// A quoted or bare value, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (value, after) = text.split_at(end);
        return (value.trim().to_owned(), after);
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, quoted.get(at + 1..).unwrap_or("")),
            c => {
                escaped = false;
                value.push(c);
            }
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderValue, LINK};

    use super::*;

    fn asked() -> Url {
        Url::parse("http://127.0.0.1:8080/api/keys?search=a").expect("a url")
    }

    fn read(headers: &[&str]) -> Next {
        let mut map = HeaderMap::new();
        for text in headers {
            map.append(
                LINK,
                HeaderValue::from_bytes(text.as_bytes()).expect("a header"),
            );
        }
        next(&map, &asked())
    }

    fn here(text: &str) -> Next {
        Next::Here(Url::parse(text).expect("a url"))
    }

    #[test]
    fn the_relation_next_is_found_wherever_it_stands() {
        let second = here("http://127.0.0.1:8080/api/keys?page=2");
        for header in [
            r#"</api/keys?page=1>; rel="prev", </api/keys?page=2>; rel="next""#,
            r"<http://127.0.0.1:8080/api/keys?page=2>;rel=next",
            r#"<keys?page=2>; title="a, <b>; rel=\"prev\""; REL="last NEXT""#,
            r"<?page=2>; rel=next; rel=prev",
        ] {
            assert_eq!(read(&[header]), second, "{header}");
        }
        assert_eq!(
            read(&[r#"<x>; rel="prev""#, r#"<?page=2>; rel="next""#]),
            second
        );
    }

    #[test]
    fn other_relations_are_not_followed() {
        for header in [
            r#"<https://api.w.org/>; rel="https://api.w.org/""#,
            r#"<?page=2>; rel="nextish""#,
            r#"<?page=2>; title="rel=next""#,
            r"<?page=2>; rel=prev; rel=next",
            "",
            "<",
        ] {
            assert_eq!(read(&[header]), Next::None, "{header}");
        }
    }

    #[test]
    fn another_scheme_host_or_port_is_elsewhere() {
        for (to, host) in [
            ("https://127.0.0.1:8080/x", "127.0.0.1"),
            ("http://127.0.0.1:8081/x", "127.0.0.1"),
            ("//evil.example/x", "evil.example"),
            ("http://127.0.0.1:8080@evil.example/", "evil.example"),
        ] {
            let header = format!(r#"<{to}>; rel="next""#);
            assert_eq!(read(&[&header]), Next::Elsewhere(host.to_owned()), "{to}");
        }
    }

    proptest! {
        #[test]
        fn any_link_header_is_taken_without_a_panic(text in "\\PC*") {
            if let Ok(value) = HeaderValue::from_str(&text) {
                let mut map = HeaderMap::new();
                map.insert(LINK, value);
                let _ = next(&map, &asked());
            }
            let _ = target(&text);
        }

        #[test]
        fn links_of_any_shape_stay_within_the_origin(
            text in r#"(<[a-z:/@.?=]{0,12}>|; ?rel=| ?"?next"?|,|;|\\|"){0,12}"#
        ) {
            let mut map = HeaderMap::new();
            map.insert(LINK, HeaderValue::from_str(&text).expect("a header"));
            if let Next::Here(url) = next(&map, &asked()) {
                prop_assert_eq!(url.origin(), asked().origin());
            }
        }
    }
}
