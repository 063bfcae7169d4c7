//! Which path of the document is meant, however it was typed, and how paths are compared: by their
//! segments, where every parameter is like every other.

use url::Url;

use super::{DraftError, document::Document, names};

/// Paths that an error names.
const NAMED: usize = 6;
/// Words of paths where keys live.
const TELLING: [&str; 10] = [
    "key",
    "keys",
    "token",
    "tokens",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "apikey",
    "apikeys",
];

/// A segment that stands for a value.
pub(super) const HOLE: &str = "{}";

/// The segments of a path; each that is a parameter is `{}`.
pub(super) fn segments(path: &str) -> Vec<&str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments
        .map(|segment| if is_hole(segment) { HOLE } else { segment })
        .collect()
}

fn is_hole(segment: &str) -> bool {
    let braces = segment.starts_with('{') && segment.ends_with('}');
    braces || (segment.starts_with(':') && segment.len() > 1)
}

/// It is the path of one thing, not of several.
pub(super) fn is_item(path: &str) -> bool {
    segments(path).last() == Some(&HOLE)
}

/// The last segment that is no parameter.
pub(super) fn noun(path: &str) -> &str {
    let all = segments(path);
    all.into_iter()
        .rev()
        .find(|segment| *segment != HOLE)
        .unwrap_or("keys")
}

/// A call of a manifest can have this path.
pub(super) fn is_sayable(path: &str) -> bool {
    let bare = path.split('?').next().unwrap_or_default();
    let inner = bare.strip_suffix('/').unwrap_or(bare);
    let wrong = |part: &str| part.is_empty() || part == "." || part == "..";
    let mut outside = String::new();
    let mut rest = path;
    while let Some((before, _, behind)) = crate::manifest::next_hole(rest) {
        outside.push_str(before);
        rest = behind;
    }
    outside.push_str(rest);
    let odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "#\\%{}".contains(letter);
    // What a create is called by its form gets its name later.
    let outside = outside.replace("{form.}", "");
    path.starts_with('/') && !inner.split('/').skip(1).any(wrong) && !outside.contains(odd)
}

/// The path of the document that is meant.
///
/// # Errors
/// When there is none, or several.
pub(super) fn find<'d>(document: &'d Document, wanted: &str) -> Result<&'d str, DraftError> {
    let typed = typed(wanted);
    let all: Vec<&'d str> = document.paths().map(|(path, _)| path).collect();
    if let Some(path) = all.iter().find(|path| **path == typed) {
        return Ok(collection(&all, path));
    }
    let want = segments(&typed);
    let bare = without_base(document, &want);
    for want in [&want, &bare] {
        let alike: Vec<&'d str> = all
            .iter()
            .filter(|path| segments(path) == *want)
            .copied()
            .collect();
        if let Some(path) = alike.first() {
            return Ok(collection(&all, path));
        }
    }
    let ends = |path: &&&'d str| !want.is_empty() && ends_with(&segments(path), &want);
    let mut found: Vec<&'d str> = all.iter().filter(ends).copied().collect();
    found.sort_by_key(|path| segments(path).len());
    match found.as_slice() {
        [] => Err(DraftError::UnknownPath {
            wanted: wanted.to_owned(),
            nearest: nearest(&all, &typed),
        }),
        [only] => Ok(collection(&all, only)),
        several => Err(DraftError::Several {
            wanted: wanted.to_owned(),
            all: several
                .iter()
                .take(NAMED)
                .map(|path| (*path).to_owned())
                .collect(),
        }),
    }
}

/// Paths where keys seem to live, for somebody who has named none.
pub(super) fn likely(document: &Document) -> Vec<String> {
    let mut all: Vec<&str> = document
        .paths()
        .filter(|(path, item)| item.contains_key("get") || path.contains("list"))
        .map(|(path, _)| path)
        .filter(|path| !is_item(path) && telling(path))
        .collect();
    all.sort_by_key(|path| (segments(path).len(), path.len()));
    all.into_iter().take(NAMED * 2).map(str::to_owned).collect()
}

fn telling(path: &str) -> bool {
    let segments_of = segments(path);
    let noun = segments_of.iter().rev().find(|segment| **segment != HOLE);
    let words = noun.map(|noun| names::words(noun)).unwrap_or_default();
    words.iter().any(|word| TELLING.contains(&word.as_str()))
}

/// What was typed as a path: an address gives its path.
fn typed(wanted: &str) -> String {
    let wanted = wanted.trim();
    match Url::parse(wanted) {
        Ok(url) if url.has_host() => url.path().replace("%7B", "{").replace("%7D", "}"),
        _ if wanted.starts_with('/') => wanted.to_owned(),
        _ => format!("/{wanted}"),
    }
}

/// Without the path that the document's servers have before all others.
fn without_base<'w>(document: &Document, want: &[&'w str]) -> Vec<&'w str> {
    let server = document.text("/servers/0/url").unwrap_or_default();
    let path = match server.split_once("://") {
        Some((_, rest)) => rest
            .find('/')
            .and_then(|at| rest.get(at..))
            .unwrap_or_default(),
        None => server,
    };
    let base = segments(path);
    let skip = if want.starts_with(&base) {
        base.len()
    } else {
        0
    };
    want.get(skip..).unwrap_or(want).to_vec()
}

/// The collection, where one of its items was meant.
fn collection<'d>(all: &[&'d str], path: &'d str) -> &'d str {
    let segments_of = segments(path);
    let Some((&HOLE, before)) = segments_of.split_last() else {
        return path;
    };
    let around = all.iter().find(|other| segments(other) == before);
    around.copied().unwrap_or(path)
}

fn ends_with(whole: &[&str], end: &[&str]) -> bool {
    let skip = whole.len().checked_sub(end.len());
    let tail = skip.and_then(|skip| whole.get(skip..)).unwrap_or_default();
    let alike = |(one, other): (&&str, &&str)| one.eq_ignore_ascii_case(other);
    tail.len() == end.len() && tail.iter().zip(end).all(alike)
}

/// The paths that are most like one that is not there.
fn nearest(all: &[&str], wanted: &str) -> Vec<String> {
    let plain = |path: &str| segments(path).join("/").to_lowercase();
    let noun_of = |path: &str| names::singular(&noun(path).to_lowercase());
    let want = plain(wanted);
    let mut ranked: Vec<(bool, f64, &str)> = all
        .iter()
        .filter(|path| !is_item(path))
        .map(|path| {
            let like = strsim::normalized_damerau_levenshtein(&plain(path), &want);
            let noun = strsim::normalized_damerau_levenshtein(&noun_of(path), &noun_of(wanted));
            let bonus = if telling(path) { 0.2 } else { 0.0 };
            (noun > 0.99, like.max(noun) + bonus, *path)
        })
        .collect();
    ranked.sort_by(|one, other| {
        let by_noun = other.0.cmp(&one.0);
        by_noun
            .then(other.1.total_cmp(&one.1))
            .then(one.2.len().cmp(&other.2.len()))
    });
    ranked
        .into_iter()
        .take(NAMED)
        .map(|(_, _, path)| path.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: &str = "
openapi: 3.0.0
servers: [{ url: 'https://api.acme.test/api/v1' }]
paths:
  /keys: { get: {} }
  /keys/{id}: {}
  /orgs/{org}/tokens: { get: {} }
  /users/{user}/tokens: { get: {} }
  /webhooks: { get: {} }
  /Secrets/: { get: {} }
";

    fn found(wanted: &str) -> String {
        let document = Document::read(PATHS.as_bytes()).unwrap();
        find(&document, wanted).map_or_else(|error| error.to_string(), str::to_owned)
    }

    #[test]
    fn a_path_is_found_however_it_is_typed() {
        for (wanted, path) in [
            ("/keys", "/keys"),
            ("keys/", "/keys"),
            ("/keys/{key_id}", "/keys"),
            ("/api/v1/keys", "/keys"),
            ("https://api.acme.test/api/v1/keys?limit=1", "/keys"),
            ("/orgs/{o}/tokens", "/orgs/{org}/tokens"),
            ("/orgs/:org/tokens", "/orgs/{org}/tokens"),
            ("/users/{}/tokens", "/users/{user}/tokens"),
            ("/secrets", "/Secrets/"),
        ] {
            assert_eq!(found(wanted), path, "{wanted}");
        }
    }

    #[test]
    fn a_path_that_is_not_there_or_there_several_times_is_told_with_those_that_are() {
        let document = Document::read(PATHS.as_bytes()).unwrap();
        insta::assert_snapshot!(
            [
                found("/tokens"),
                found("/api-keys"),
                found("/"),
                found(""),
                likely(&document).join(", ")
            ]
            .join("\n")
        );
    }
}
