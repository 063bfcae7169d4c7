//! The documents say what the program does: tables are the program's own, configs load, commands parse,
//! links lead somewhere. `KEYRACK_BLESS=1` writes the tables anew.

#![cfg(test)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Parser as _;
use serde_json::Value;

const DOCUMENTS: [&str; 5] = [
    "README.md",
    "assets/MANIFESTS.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

/// What stands between the code fences of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(word)) => open = Some((word == language, String::new())),
            (Some(_), Some(_)) => {
                blocks.extend(
                    open.take()
                        .filter(|(wanted, _)| *wanted)
                        .map(|(_, text)| text),
                );
            }
            (Some((_, text)), None) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a code fence is not closed");
    blocks
}

/// Compares what stands between two marks of a document with what the program says.
fn check_table(document: &str, name: &str, made: &str) {
    let (from, to) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let readme = read(document);
    let start = readme.find(&from).unwrap_or_else(|| panic!("no {from}")) + from.len();
    let end = start
        + readme[start..]
            .find(&to)
            .unwrap_or_else(|| panic!("no {to}"));
    let made = format!("{}\n", made.trim_end());
    if std::env::var_os("KEYRACK_BLESS").is_some() {
        let text = format!("{}{made}{}", &readme[..start], &readme[end..]);
        fs::write(path(document), text).unwrap();
        return;
    }
    assert!(
        readme[start..end] == made,
        "{document} has another table of {name}: run `KEYRACK_BLESS=1 cargo test --test docs`"
    );
}

#[test]
fn the_readme_has_the_programs_keys_and_filters() {
    check_table("README.md", "keys", &keyrack::testing::key_table());
    check_table("README.md", "filters", &keyrack::testing::filter_table());
}

#[test]
fn the_guide_explains_every_word_of_a_manifest() {
    let schema: Value = serde_json::from_str(&read("assets/manifest.schema.json")).unwrap();
    check_table("assets/MANIFESTS.md", "words", &words_of(&schema));
}

#[test]
fn the_manifest_in_the_guide_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let manifests = blocks(&read("assets/MANIFESTS.md"), "toml manifest");
    assert_eq!(manifests.len(), 1);
    let file = folder.path().join("acme.toml");
    fs::write(&file, &manifests[0]).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_keyrack"))
        .args(["backend", "check"])
        .arg(&file)
        .env_clear()
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !told.contains("hint"), "{told}");
}

/// All tables of a manifest with their words, as a document says them.
fn words_of(schema: &Value) -> String {
    let mut text = String::new();
    let named = [
        ("", "The manifest"),
        ("Input", "`[inputs.NAME]`"),
        ("Auth", "`[[auth]]`"),
        ("Login", "`[[auth.login]]`"),
        ("Command", "`[auth.command]`"),
        ("Hotkey", "`[auth.hotkey]`"),
        ("Check", "`[[check]]`"),
        ("Errors", "`[errors]`"),
        ("Resource", "`[[resource]]`"),
        ("List", "`[resource.list]`"),
        (
            "Op",
            "`[resource.get]`, `create`, `update`, `rotate`, `delete`, `reveal`",
        ),
        ("Action", "`[[resource.action]]`"),
        ("Filter", "`[[resource.filter]]`"),
        ("Field", "`[[resource.field]]`"),
        ("Own", "`resource.own`"),
        ("Verify", "`[[resource.verify]]`"),
        ("Alternative", "`[[resource.alternatives]]`"),
    ];
    for (name, title) in named {
        let table = if name.is_empty() {
            schema
        } else {
            &schema["$defs"][name]
        };
        let _ = write!(text, "### {title}\n\n{}\n", members(schema, table));
    }
    text += "### `page`\n\n";
    for way in schema["$defs"]["Paging"]["oneOf"].as_array().unwrap() {
        let by = way["properties"]["by"]["const"].as_str().unwrap();
        let says = way["description"].as_str().unwrap();
        let _ = write!(
            text,
            "`by = \"{by}\"`: {says}\n\n{}\n",
            members(schema, way)
        );
    }
    text
}

/// A table of the words of one table.
fn members(schema: &Value, table: &Value) -> String {
    let mut text = String::new();
    for (word, what) in table["properties"].as_object().unwrap() {
        if word == "by" {
            continue;
        }
        let says = what["description"]
            .as_str()
            .unwrap_or_default()
            .replace('|', "\\|")
            .replace('\n', " ");
        let needed = table["required"].as_array();
        let needed = needed.is_some_and(|all| all.iter().any(|it| it == word));
        let needed = if needed { " (needed)" } else { "" };
        let _ = writeln!(
            text,
            "| `{word}`{needed} | {} | {says} |",
            kind(schema, what)
        );
    }
    if text.is_empty() {
        return text;
    }
    format!("| word | what it is | what it says |\n|---|---|---|\n{text}")
}

/// What a word's value is: one of a few, or its type.
fn kind(schema: &Value, what: &Value) -> String {
    if let Some(name) = what["$ref"].as_str() {
        return kind(
            schema,
            schema.pointer(name.trim_start_matches('#')).unwrap(),
        );
    }
    if let Some(either) = what["anyOf"].as_array() {
        let kinds = either.iter().filter(|it| it["type"] != "null");
        return kinds
            .map(|it| kind(schema, it))
            .collect::<Vec<_>>()
            .join(" or ");
    }
    if let Some(words) = what["oneOf"].as_array() {
        let words = words.iter().map(|it| match it["const"].as_str() {
            Some(word) => format!("`{word}`"),
            None => format!(
                "`by = \"{}\"`",
                it["properties"]["by"]["const"].as_str().unwrap()
            ),
        });
        return words.collect::<Vec<_>>().join(" ");
    }
    let types = [&what["type"], &what["type"][0]];
    let types = types.into_iter().find_map(Value::as_str);
    match types {
        Some("string") => "text".to_owned(),
        Some("integer") => "number".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => format!("list of {}", kind(schema, &what["items"])),
        Some("object") => "table".to_owned(),
        _ => "any value".to_owned(),
    }
}

#[cfg(unix)]
#[test]
fn every_config_in_the_documents_loads_and_every_built_in_backend_has_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut backends = String::new();
    for document in DOCUMENTS {
        for block in blocks(&read(document), "toml") {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("config.toml");
            fs::write(&file, &block).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_keyrack"))
                .arg("--config")
                .arg(&file)
                .args(["context", "ls"])
                .env_clear()
                .env("HOME", folder.path())
                .output()
                .unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && errors.is_empty(),
                "{document}:\n{block}\n{errors}"
            );
            backends.push_str(&String::from_utf8_lossy(&output.stdout));
        }
    }
    for name in ["chutes", "runai", "djinn", "typesense"] {
        let shown = backends
            .lines()
            .any(|line| line.split_whitespace().nth(1) == Some(name));
        assert!(shown, "no config for {name} in:\n{backends}");
    }
}

#[cfg(feature = "demo")]
#[test]
fn every_command_in_the_documents_is_one() {
    let mut commands = 0;
    for document in DOCUMENTS {
        for line in blocks(&read(document), "sh")
            .iter()
            .flat_map(|block| block.lines())
        {
            let line = line.split(" #").next().unwrap().trim();
            let own = line
                .split(" | ")
                .next()
                .unwrap()
                .split(" > ")
                .next()
                .unwrap();
            let Some(rest) = own
                .strip_prefix("cargo run -- ")
                .or_else(|| own.strip_prefix("keyrack "))
            else {
                continue;
            };
            let words = std::iter::once("keyrack".to_owned()).chain(words(rest));
            if let Err(error) = keyrack::Cli::try_parse_from(words) {
                panic!("{document}: {line}\n{error}");
            }
            commands += 1;
        }
    }
    assert!(commands > 10, "{commands} commands");
}

/// Splits as a shell does, with quotes of one kind.
#[cfg(feature = "demo")]
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn links_to_files_lead_to_files() {
    for document in DOCUMENTS {
        for link in read(document).split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            assert!(path(target).exists(), "{document} links to {target}");
        }
    }
}

#[test]
fn the_changelog_knows_the_version() {
    let version = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").contains(&version), "{version}");
}

#[test]
fn the_crates_page_names_every_module() {
    let page = read("src/lib.rs");
    let modules = page.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    for module in modules {
        assert!(page.contains(&format!("//! - `{module}`: ")), "{module}");
    }
}

/// Nothing is checked by a service that not everybody has.
#[test]
fn the_checks_run_anywhere() {
    for folder in [".github", ".gitlab-ci.yml", ".circleci", ".travis.yml"] {
        assert!(!path(folder).exists(), "{folder}");
    }
    let script = read(".ci/run");
    for step in [
        "cargo test --locked",
        "cargo fmt --check",
        "cargo clippy",
        "cargo doc",
        "cargo deny",
    ] {
        assert!(script.contains(step), "{step}");
    }
}
