//! Whatever a document says, a draft of it loads; whatever is done to a document, there is a draft or one
//! error; and the manifest that explains itself is right in all of its parts.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Draft, DraftError, Names, SKELETON, from_openapi, skeleton};
use crate::manifest::{hints, load};

/// Documents of different shape, and where each has its keys.
const DOCUMENTS: [(&str, &str); 7] = [
    ("orbit.yaml", "/api_keys"),
    ("nimbus.json", "/orgs/{id}/access-keys"),
    ("meridian.json", "/api/tokens/"),
    ("latch.yaml", "/v2/apis.listKeys"),
    ("smithy.swagger.yaml", "/users/{username}/tokens"),
    ("tether.yaml", "/nets/{net}/keys"),
    ("cellar.yaml", "/keys"),
];

fn document(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/openapi");
    std::fs::read(folder.join(name)).unwrap()
}

fn draft(text: &[u8], path: &str) -> Result<Draft, DraftError> {
    from_openapi(text, "document", Some(path), &Names::default())
}

/// The document as its tree.
fn tree(name: &str) -> Value {
    let text = document(name);
    let text = std::str::from_utf8(&text).unwrap();
    serde_json::from_str(text)
        .ok()
        .or_else(|| super::yaml::read(text).ok())
        .unwrap()
}

#[test]
fn a_draft_of_every_document_loads_and_says_what_it_guessed() {
    for (name, path) in DOCUMENTS {
        let made = draft(&document(name), path).unwrap();
        load(&made.text).unwrap_or_else(|faults| panic!("{name}: {faults:#?}\n{}", made.text));
        let notes = made.text.matches("# guessed: ").count();
        assert_eq!(notes, made.guessed, "{name}");
        assert!(made.guessed > 5, "{name}");
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name.replace('.', "_"), made.text);
        });
    }
}

#[test]
fn what_a_draft_leaves_open_is_told_by_the_checker_too() {
    let mut told = Vec::new();
    for (name, path) in DOCUMENTS {
        let made = draft(&document(name), path).unwrap();
        told.extend(
            hints(&made.text)
                .into_iter()
                .map(|hint| format!("{name}: {}", hint.message)),
        );
    }
    insta::assert_debug_snapshot!(told);
}

#[test]
fn names_on_the_command_line_win_over_those_of_the_document() {
    let names = Names {
        id: Some("ours".to_owned()),
        title: Some("Ours".to_owned()),
        base_url: Some("https://keys.ours.example/api/".to_owned()),
    };
    let made = from_openapi(&document("cellar.yaml"), "x", Some("/keys"), &names).unwrap();
    let manifest = load(&made.text).unwrap();
    assert_eq!(
        (manifest.id.as_str(), manifest.title.as_str()),
        ("ours", "Ours")
    );
    assert_eq!(
        manifest.base_url.as_deref(),
        Some("https://keys.ours.example/api")
    );
}

#[test]
fn a_document_that_signs_in_elsewhere_asks_for_a_token_instead() {
    let text = String::from_utf8(document("tether.yaml")).unwrap();
    let text = text.replace(
        "https://api.tether.example/api/v2/oauth/token",
        "https://login.tether.example/token",
    );
    let made = draft(text.as_bytes(), "/nets/{net}/keys").unwrap();
    let manifest = load(&made.text).unwrap();
    assert!(manifest.auth.iter().all(|way| way.login.is_empty()));
    assert!(
        made.text.contains("https://login.tether.example/token"),
        "{}",
        made.text
    );
}

#[test]
fn a_path_without_a_list_gives_a_manifest_that_says_so() {
    let text = "openapi: 3.0.0\ninfo: { title: A }\npaths: { /keys: { post: { responses: {} } } }";
    let made = draft(text.as_bytes(), "/keys").unwrap();
    assert!(load(&made.text).is_ok(), "{}", made.text);
    assert!(
        made.text.contains("look up: how keys are listed"),
        "{}",
        made.text
    );
}

#[test]
fn whether_an_id_is_the_secret_itself_is_left_to_a_person() {
    let text = String::from_utf8(document("tether.yaml")).unwrap();
    let text = text.replace("        id: { type: string }\n", "");
    let mut tree = super::yaml::read(&text).unwrap();
    let path = "/nets/{net}/keys";
    let list = tree.pointer_mut("/paths/~1nets~1{net}~1keys").unwrap();
    list.as_object_mut().unwrap().shift_remove("get");
    let made = draft(tree.to_string().as_bytes(), path).unwrap();
    let manifest = load(&made.text).unwrap_or_else(|faults| panic!("{faults:#?}\n{}", made.text));
    let resource = &manifest.resource[0];
    assert_eq!(resource.item_id.one(), Some("/key"));
    let create = resource.create.as_ref().unwrap();
    assert!(create.secret.is_none() && !resource.item_id_secret);
    assert!(made.text.contains("#item_id_secret = true"));
}

#[test]
fn numbers_that_are_the_only_ones_are_choices() {
    let body = json!({ "content": { "application/json": { "schema": { "type": "object", "properties": { "name": { "type": "string" }, "level": { "type": "integer", "enum": [10, 20, 20] } } } } } });
    let document = json!({ "openapi": "3.0.0", "info": { "title": "A" }, "paths": { "/keys": { "post": { "requestBody": body, "responses": {} } } } });
    let made = draft(document.to_string().as_bytes(), "/keys").unwrap();
    let manifest = load(&made.text).unwrap_or_else(|faults| panic!("{faults:#?}\n{}", made.text));
    let mut fields = manifest.resource[0].field.iter();
    let level = fields.find(|field| field.key == "level").unwrap();
    assert_eq!(level.kind, crate::manifest::Kind::Int);
    assert_eq!(level.choices, ["10", "20"]);
}

#[test]
fn a_document_of_thousands_of_members_is_cut_and_says_so() {
    let members: serde_json::Map<String, Value> = (0..5000)
        .map(|at| (format!("m{at}"), json!({ "type": "string" })))
        .collect();
    let row = json!({ "type": "object", "properties": members });
    let list = json!({ "200": { "content": { "application/json": { "schema": { "type": "array", "items": row } } } } });
    let document =
        json!({ "openapi": "3.0.0", "paths": { "/keys": { "get": { "responses": list } } } });
    let made = draft(document.to_string().as_bytes(), "/keys").unwrap();
    assert!(load(&made.text).is_ok());
    assert!(
        made.text.contains("more members, which are left out"),
        "{}",
        made.text
    );
}

#[test]
fn the_skeleton_loads_with_nothing_forgotten() {
    let text = skeleton(&Names::default()).unwrap();
    assert_eq!(text, SKELETON);
    assert_eq!(load(&text).map(|_| ()), Ok(()));
    assert_eq!(hints(&text), []);
}

#[test]
fn the_skeleton_takes_names_and_refuses_those_that_no_manifest_can_have() {
    let named = |id: &str, title: &str, url: &str| {
        skeleton(&Names {
            id: Some(id.to_owned()),
            title: Some(title.to_owned()),
            base_url: Some(url.to_owned()),
        })
    };
    let text = named("ours", "Our \"own\" keys", "http://localhost:1").unwrap();
    let manifest = load(&text).unwrap();
    assert_eq!(
        (manifest.id.as_str(), manifest.title.as_str()),
        ("ours", "Our \"own\" keys")
    );
    for (id, title, url) in [
        ("a b", "x", "https://x.test"),
        ("a\"\nb = 1", "x", "https://x.test"),
        ("ours", " ", "https://x.test"),
        ("ours", "x", "x.test"),
        ("typesense", "x", "https://x.test"),
    ] {
        assert!(named(id, title, url).is_err(), "{id} {title} {url}");
    }
}

/// A line that is switched off.
fn off(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('#')?;
    inner
        .starts_with(|letter: char| letter == '[' || letter.is_ascii_alphabetic())
        .then_some(inner)
}

/// Every line that is switched off can be switched on: alone, or with its block, in the place of the line
/// that has the same word.
#[test]
fn whatever_the_skeleton_offers_can_be_switched_on() {
    let lines: Vec<&str> = SKELETON.lines().collect();
    let mut tried = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(inner) = off(line) else { continue };
        let behind_head = lines[..at]
            .iter()
            .rev()
            .take_while(|line| off(line).is_some())
            .any(|line| off(line).unwrap().starts_with('['));
        if behind_head {
            continue;
        }
        let block = inner.starts_with('[');
        let mut on: Vec<String> = Vec::new();
        let mut inside = block;
        for (place, other) in lines.iter().enumerate() {
            let wanted = place == at || (block && place > at && inside && off(other).is_some());
            inside &= place < at || off(other).is_some();
            on.push(if wanted {
                off(other).unwrap().to_owned()
            } else {
                (*other).to_owned()
            });
        }
        if !block {
            give_way(&mut on, at, inner);
        }
        let text = on.join("\n");
        let mut text = text.replace("{user}", "user");
        if inner == "item_id_secret = true" {
            text.push_str("\nkind = \"secret\"\n");
        }
        let found = load(&text).map(|_| ());
        assert_eq!(found, Ok(()), "line {}: {inner}", at + 1);
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
}

/// Takes out the line of the same table that has the same word, and what a switched-on line is said to need.
fn give_way(lines: &mut [String], at: usize, inner: &str) {
    let word = inner.split(" = ").next().unwrap();
    let start = lines[..at]
        .iter()
        .rposition(|line| line.starts_with('['))
        .unwrap_or(0);
    let end = lines[at + 1..]
        .iter()
        .position(|line| line.starts_with('['))
        .map_or(lines.len(), |end| end + at + 1);
    let mut same: Vec<&str> = vec![word];
    if matches!(word, "query" | "basic") {
        same.push("headers");
    }
    for (place, line) in lines.iter_mut().enumerate() {
        let in_table = (start..end).contains(&place) && place != at;
        if in_table
            && same
                .iter()
                .any(|word| line.starts_with(&format!("{word} = ")))
        {
            line.clear();
        }
    }
    // Words that only work together with another one.
    let with: &[(&str, &str)] = &[
        ("body = { kind", "call = \"POST /keys/search\""),
        ("body = { ids", "call = \"POST /keys/revoke\""),
        ("call = \"POST /keys/revoke", "body = { ids = [\"{id}\"] }"),
        ("field = \"/field", "fields = \"/errors\""),
        ("text = \"/message", "fields = \"/errors\""),
    ];
    if let Some((_, needed)) = with.iter().find(|(start, _)| inner.starts_with(start)) {
        let word = needed.split(" = ").next().unwrap();
        for line in &mut lines[start..end] {
            if line.starts_with(&format!("{word} = ")) {
                line.clear();
            }
        }
        lines[at] = format!("{needed}\n{}", lines[at]);
    }
}

/// Every place of a tree, as a pointer.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    let below = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                places(item, &format!("{pointer}/{at}"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                places(member, &below(key), found);
            }
        }
        _ => {}
    }
}

/// What stands in documents where nobody expects it.
fn odd() -> Vec<Value> {
    let mut all = vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!(""),
        json!("id"),
        json!("{x}"),
        json!("é\u{7}\n\"'"),
        json!("a b/{}//#?%"),
        json!([]),
        json!({}),
        json!([null, 1]),
        json!({ "type": "string" }),
        json!({ "type": "object" }),
        json!({ "type": "array", "items": { "type": "string" } }),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/paths" }),
        json!({ "$ref": "x.yaml" }),
        json!({ "enum": ["{x}", "", "a", "a"] }),
        json!({ "const": "{x}" }),
        json!({ "type": "string", "enum": ["one"] }),
        json!({ "type": "integer", "minimum": 9, "maximum": 1 }),
        json!({ "anyOf": [] }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Key" }] }),
        json!("date-time"),
        json!("query"),
        json!({ "type": "object", "additionalProperties": { "type": "object", "properties": { "id": {} } } }),
    ];
    let names = [
        "",
        "id",
        "name",
        "secret",
        "a b",
        "-x",
        "..",
        "é",
        "a.b",
        "{x}",
        "created_at",
        "expires_in",
        "$x",
        "a/b~c",
        "token",
    ];
    let members: serde_json::Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "type": "string" })))
        .collect();
    all.push(json!({ "type": "object", "properties": members, "required": names }));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn whatever_is_changed_in_a_document_there_is_a_draft_that_loads_or_one_error(
        which in 0..DOCUMENTS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4u8), 1..6),
    ) {
        let (name, path) = DOCUMENTS[which];
        let mut tree = tree(name);
        let odd = odd();
        for (place, value, how) in changes {
            let mut all = Vec::new();
            places(&tree, "", &mut all);
            let pointer = all[place.index(all.len())].clone();
            let value = odd[value.index(odd.len())].clone();
            let (around, key) = pointer.rsplit_once('/').unwrap_or(("", ""));
            let key = key.replace("~1", "/").replace("~0", "~");
            match tree.pointer_mut(around) {
                Some(Value::Object(members)) if how == 0 => {
                    members.shift_remove(&key);
                }
                Some(Value::Object(members)) if how == 1 => {
                    let old = members.shift_remove(&key).unwrap_or_default();
                    let name = value.as_str().unwrap_or("renamed").to_owned();
                    members.insert(name, old);
                }
                _ => {
                    if let Some(found) = tree.pointer_mut(&pointer) {
                        *found = value;
                    }
                }
            }
        }
        match draft(tree.to_string().as_bytes(), path) {
            Ok(made) => {
                let faults = load(&made.text).err();
                prop_assert!(faults.is_none(), "{faults:#?}\n{}", made.text);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn no_damage_to_the_text_of_a_document_makes_it_panic(
        which in 0..DOCUMENTS.len(),
        at in any::<prop::sample::Index>(),
        cut in 0usize..60,
        put in prop::sample::select(vec!["", "\"", "{", "}", "[", "]", ":", "- ", "\n", "\t", "&a ", "*a", "<<: ", "!!str ", "|\n", "é\u{1F511}", "\u{0}", "#", "'", "? "]),
    ) {
        let (name, path) = DOCUMENTS[which];
        let whole: Vec<char> = String::from_utf8(document(name)).unwrap().chars().collect();
        let at = at.index(whole.len());
        let end = (at + cut).min(whole.len());
        let text: String = whole[..at].iter().copied().chain(put.chars()).chain(whole[end..].iter().copied()).collect();
        if let Ok(made) = draft(text.as_bytes(), path) {
            let faults = load(&made.text).err();
            prop_assert!(faults.is_none(), "{faults:#?}\n{}", made.text);
        }
    }
}
