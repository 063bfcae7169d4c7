//! The built-in manifests are right, wrong ones are told exactly, and no text makes `load` panic.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Fault, builtin, builtin_names, hints, load};

fn told(fault: &Fault) -> String {
    format!("{}:{} {}", fault.line, fault.column, fault.message)
}

fn manifests(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/manifests")
        .join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// The first line of each file says what is told; `KEYRACK_BLESS=1` writes it anew.
fn as_expected(path: &Path, found: &[String]) -> Result<(), String> {
    let name = path.file_name().unwrap().to_string_lossy();
    let [found] = found else {
        return Err(format!("{name}: one mistake makes one message: {found:#?}"));
    };
    let text = std::fs::read_to_string(path).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    if std::env::var_os("KEYRACK_BLESS").is_some() {
        std::fs::write(path, format!("# expect: {found}\n{rest}")).unwrap();
        return Ok(());
    }
    let expected = first.strip_prefix("# expect: ").unwrap_or_default();
    (expected == found)
        .then_some(())
        .ok_or_else(|| format!("{name}:\n  expected {expected}\n  told     {found}"))
}

#[test]
fn every_built_in_manifest_loads_under_its_own_name_with_nothing_forgotten() {
    for name in builtin_names() {
        let text = builtin(name).unwrap();
        let manifest = load(text).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        assert_eq!(manifest.id, name);
        assert_eq!(hints(text), [], "{name}");
    }
}

#[test]
fn each_bad_manifest_is_told_its_mistake_with_line_column_and_fix() {
    let mut wrong = Vec::new();
    for path in manifests("bad") {
        let text = std::fs::read_to_string(&path).unwrap();
        let faults = load(&text).err().unwrap_or_default();
        let found: Vec<_> = faults.iter().map(told).collect();
        wrong.extend(as_expected(&path, &found).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_built_in_manifests_say_how_a_key_is_replaced_and_where_its_secret_belongs() {
    use super::{Replace, resource::OwnInputs};
    let with = [("client_id".to_owned(), "clientId".to_owned())].into();
    let nothing = std::collections::BTreeMap::new();
    let to = |secret, with| Some(OwnInputs { secret, with });
    for (backend, resource, replace, own) in [
        (
            "chutes",
            "api_keys",
            Some(Replace::CreateFirst),
            to("api_key", &nothing),
        ),
        ("chutes", "secrets", Some(Replace::DeleteFirst), None),
        (
            "runai",
            "access-keys",
            Some(Replace::CreateFirst),
            to("client_secret", &with),
        ),
        ("runai", "administration", None, None),
        ("djinn", "keys", Some(Replace::DeleteFirst), None),
        (
            "typesense",
            "keys",
            Some(Replace::CreateFirst),
            to("api_key", &nothing),
        ),
    ] {
        let manifest = load(builtin(backend).unwrap()).unwrap();
        let resource = manifest.resource(resource).unwrap();
        assert_eq!(resource.replacing(), replace, "{backend}");
        assert_eq!(resource.own_inputs(), own, "{backend}");
    }
}

#[test]
fn several_mistakes_are_told_together_in_the_order_of_the_text() {
    let text = builtin("typesense")
        .unwrap()
        .replace("noun = ", "nuon = ")
        .replace("kind = \"bool\"", "kind = \"boolean\"")
        .replace("title = \"Prefix\"", "title = 4");
    let found: Vec<_> = load(&text).unwrap_err().iter().map(told).collect();
    insta::assert_debug_snapshot!(found);
}

#[test]
fn what_works_and_looks_forgotten_is_told_as_a_hint() {
    let mut wrong = Vec::new();
    for path in manifests("hints") {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(load(&text).err(), None, "{}", path.display());
        let found: Vec<_> = hints(&text).iter().map(told).collect();
        wrong.extend(as_expected(&path, &found).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_login_with_a_cookie_and_a_program_that_signs_are_ways_to_sign_in() {
    let text = builtin("typesense").unwrap();
    let (head, rest) = text.split_once("[[auth]]").unwrap();
    let (_, rest) = rest.split_once("[[check]]").unwrap();
    for way in [
        "login = [{ call = \"POST /login\", body = { key = \"{api_key}\" }, cookies = true }]",
        "command = { argv = [\"/usr/bin/sign\", \"--for\", \"typesense\"] }",
    ] {
        let text =
            format!("{head}[[auth]]\nid = \"way\"\ninputs = [\"api_key\"]\n{way}\n[[check]]{rest}");
        assert_eq!(load(&text).err(), None, "{way}");
    }
}

#[test]
fn a_body_takes_the_whole_value_of_what_cannot_stand_in_a_text() {
    let text = builtin("typesense").unwrap();
    let create = "secret = \"/value\"\n";
    assert!(text.contains(create));
    let with =
        |body: &str| text.replacen(create, &format!("{create}body = {{ a = \"{body}\" }}\n"), 1);
    assert_eq!(load(&with("{form.actions}")).err(), None);
}

#[test]
fn a_create_that_sends_a_public_key_or_makes_what_holds_keys_has_forgotten_no_secret() {
    let text = |more: &str| {
        let text = builtin("typesense").unwrap();
        let text = text.replace("secret = \"/value\"\n", "");
        text.replace("kind = \"secret\"\ngenerate = \"alnum:40\"\n", more)
            .replace("repeatable_by = \"value\"\n", "")
    };
    let told = |text: &str| hints(text).iter().map(told).collect::<Vec<_>>();
    let forgotten = told(&text(""));
    assert!(
        forgotten[0].contains("is `secret` forgotten?"),
        "{forgotten:?}"
    );
    assert_eq!(told(&text("check = \"ssh-public-key\"\n")), [""; 0]);
    let child = r#"
[[resource]]
id = "parts"
title = "Parts"
noun = "part"
pane = "api-keys"
parent = "keys"
item_id = "/id"
name = "/name"
list = { call = "GET /keys/{parent.id}/parts" }
[[resource.field]]
key = "id"
title = "ID"
column = true
"#;
    assert_eq!(told(&format!("{}{child}", text(""))), [""; 0]);
}

#[test]
fn a_choice_is_called_by_its_label_where_it_has_one() {
    let manifest = load(builtin("gitlab").unwrap()).unwrap();
    let mut fields = manifest.resource("project_tokens").unwrap().field.iter();
    let level = fields.find(|it| it.key == "access_level").unwrap();
    assert_eq!(level.label("30"), Some("Developer"));
    assert_eq!((level.label("35"), level.label("")), (None, None));
}

#[test]
fn a_manifest_that_is_nested_without_end_is_told_and_does_no_harm() {
    let dots = format!("body{} = 1", ".a".repeat(50_000));
    let lists = format!("body = {}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let place = "secret = \"/value\"\n";
    for body in [dots, lists] {
        let text = builtin("typesense").unwrap();
        assert!(text.contains(place));
        let text = text.replace(place, &format!("{place}{body}\n"));
        assert!(load(&text).is_err());
    }
}

proptest! {
    #[test]
    fn no_text_makes_load_panic(text in "\\PC{0,200}") {
        let _ = load(&text);
    }

    #[test]
    fn no_damage_to_a_manifest_makes_load_panic_or_tell_a_place_outside_it(
        which in 0usize..4,
        at in any::<prop::sample::Index>(),
        cut in 0usize..40,
        put in prop::sample::select(vec![
            "", "\"", "[", "]", "{", "}", "=", "\n", "0", "-1", "1979-05-27", "nan", "é\u{1F511}",
            "[[resource]]\n", "{x}", "true", "99999999999999999999", "\\", "each = 1\n", "..",
        ]),
    ) {
        let name = builtin_names()[which];
        let whole: Vec<char> = builtin(name).unwrap().chars().collect();
        let at = at.index(whole.len());
        let end = (at + cut).min(whole.len());
        let text: String = whole[..at].iter().copied().chain(put.chars()).chain(whole[end..].iter().copied()).collect();
        let lines = text.lines().count() + 1;
        for fault in load(&text).err().unwrap_or_default() {
            prop_assert!((1..=lines).contains(&fault.line), "{fault:?}");
            prop_assert!(fault.column >= 1 && !fault.message.is_empty(), "{fault:?}");
        }
    }
}
