//! The rules of the crate's page that no compiler checks: who may import whom, what stands in one place
//! only, and what the lock file may hold. The sources are read as text.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a top module never names: the outside world stays outside.
const NEVER: &[(&str, &[&str])] = &[
    (
        "secret",
        &[
            "tokio::",
            "reqwest::",
            "ratatui::",
            "crossterm::",
            "std::fs",
            "std::net",
            "std::process",
        ],
    ),
    (
        "manifest",
        &[
            "tokio::",
            "reqwest::",
            "ratatui::",
            "crossterm::",
            "std::net",
            "std::process",
        ],
    ),
    (
        "draft",
        &[
            "tokio::",
            "reqwest::",
            "ratatui::",
            "crossterm::",
            "std::fs",
            "std::net",
            "std::process",
        ],
    ),
    (
        "record",
        &[
            "tokio::",
            "reqwest::",
            "ratatui::",
            "crossterm::",
            "std::fs",
            "std::net",
            "std::process",
        ],
    ),
    (
        "journal",
        &[
            "tokio::",
            "reqwest::",
            "ratatui::",
            "crossterm::",
            "std::net",
            "std::process",
        ],
    ),
    (
        "api",
        &["ratatui::", "crossterm::", "arboard::", "std::process"],
    ),
    (
        "app",
        &[
            "ratatui::",
            "crossterm::",
            "tokio::",
            "reqwest::",
            "arboard::",
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "Timestamp::now",
            "Zoned::now",
            "api::client",
            "api::Client",
        ],
    ),
    (
        "ui",
        &[
            "tokio::",
            "reqwest::",
            "crossterm::",
            "arboard::",
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "Timestamp::now",
            "Zoned::now",
        ],
    ),
];

/// Where a secret may be exposed, and what for.
const EXPOSED: &[(&str, &str)] = &[
    (
        "src/api/generate.rs",
        "a value that the manifest has looked into before it is sent",
    ),
    (
        "src/api/own.rs",
        "compared with the rows, to find the own key",
    ),
    (
        "src/api/request.rs",
        "a credential or a value on its way into a request",
    ),
    (
        "src/config/keep.rs",
        "a new credential on its way to the file that the config reads",
    ),
    ("src/deliver.rs", "a secret on its way to its sink"),
    ("src/ui/reveal.rs", "the operator asked to see it"),
];

/// The names of the built-in backends stand in data. These files may say them in texts, and why.
const BACKENDS_NAMED: &[(&str, &str)] = &[
    (
        "src/api/auth/hotkey.rs",
        "the signature of one service, which is Rust",
    ),
    ("src/config/ini.rs", "the file of that service's own client"),
    ("src/config/source.rs", "the words that point at that file"),
    (
        "src/manifest/builtin.rs",
        "the list of the built-in manifests",
    ),
    ("src/testing.rs", "what the benches measure with"),
];

/// Several versions of one crate, and why.
const DUPLICATES: &[(&str, &str)] = &[
    ("foldhash", "hashbrown's"),
    (
        "getrandom",
        "tempfile, which the demo uses, is ahead of ring and schnorrkel",
    ),
    (
        "hashbrown",
        "petgraph, behind the Wayland clipboard, is a version behind",
    ),
    (
        "syn",
        "at build time only: the derives of strum, zeroize and others are a version behind",
    ),
];

/// Lines of a file without its tests, and of a file of tests.
const LINES: (usize, usize) = (450, 650);

/// Files that may have up to 500 lines, and why.
const LONG: &[(&str, &str)] = &[
    (
        "src/app.rs",
        "the model, its messages and its effects are read together",
    ),
    ("src/app/form.rs", "a form from its first key to its answer"),
    ("src/app/listing.rs", "a list from its call to its last row"),
];

/// Crates beside keyrack itself that a build without `demo` links on Linux: 178, 12 that read and write
/// private SSH keys, which a mistake of own lines would lose, one that locks memory, and 2 that read YAML.
const MOST_LINKED: usize = 193;

/// The same with derives and what they are made of, which run at build time only. What is above 185 are the
/// reports of panics (11), the manual (2), folders (3), CSV (2), retries (2), private SSH
/// keys (12), locked memory (1) and YAML (2), which libraries do better than own lines would.
const MOST_CRATES: usize = 219;

struct Source {
    /// From the root of the project.
    path: String,
    /// Without comments and inline tests.
    text: String,
    lines: usize,
    is_test: bool,
}

impl Source {
    /// The module below the crate's root that the file belongs to.
    fn top(&self) -> &str {
        let inner = self.path.trim_start_matches("src/");
        inner.split(['/', '.']).next().unwrap()
    }

    /// How many modules deep the file is: `src/app/form.rs` is 2.
    fn depth(&self) -> usize {
        self.path.matches('/').count()
    }
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    walk(&Path::new(ROOT).join("src"), &mut files);
    files.sort();
    let read = |path: &PathBuf| {
        let whole = fs::read_to_string(path).unwrap();
        let path = path.strip_prefix(ROOT).unwrap().to_str().unwrap();
        let path = path.replace('\\', "/");
        let own = whole.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        let own = own.split("\n#[cfg(all(test").next().unwrap();
        let code = own
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        Source {
            is_test: path.contains("/tests/")
                || path.ends_with("tests.rs")
                || path.ends_with("/fixture.rs"),
            text: code.collect::<Vec<_>>().join("\n"),
            lines: own.lines().count(),
            path,
        }
    };
    files.iter().map(read).collect()
}

/// Sources that are part of the program.
fn program() -> impl Iterator<Item = Source> {
    sources().into_iter().filter(|source| !source.is_test)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The first names after `crate::`, those in braces too.
fn imports(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, found) in text.match_indices("crate::") {
        let rest = &text[at + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        let (mut depth, mut starts) = (0, true);
        for (at, char) in group.char_indices() {
            match char {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                _ if starts && !char.is_whitespace() => {
                    names.insert(word(&group[at..]));
                    starts = false;
                }
                _ => {}
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|char| char.is_alphanumeric() || *char == '_')
        .collect()
}

/// Whether a path or a name stands in the text as a whole word, also inside `std::{…}`.
fn names(text: &str, wanted: &str) -> bool {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let whole = |at: usize, length: usize| {
        let ends = !wanted.ends_with(is_word) || !text[at + length..].starts_with(is_word);
        ends && !text[..at].ends_with(is_word)
    };
    let direct = text
        .match_indices(wanted)
        .any(|(at, found)| whole(at, found.len()));
    let grouped = wanted.strip_prefix("std::").is_some_and(|inner| {
        text.split("use std::{").skip(1).any(|rest| {
            let group = rest.split(';').next().unwrap_or("");
            group.split(['{', '}', ',']).any(|item| {
                let item = item.trim();
                item == inner || item.starts_with(&format!("{inner}::"))
            })
        })
    });
    direct || grouped
}

/// The contents of the text's string literals, roughly.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// Which modules each top module may name, as the crate's page says.
fn layers() -> BTreeMap<String, BTreeSet<String>> {
    let page = fs::read_to_string(Path::new(ROOT).join("src/lib.rs")).unwrap();
    let lines = page
        .lines()
        .filter_map(|line| line.strip_prefix("//! ")?.split_once(" →"));
    let layers = lines.map(|(top, may)| {
        let may = may.split(',').map(|name| name.trim().to_owned());
        (
            top.trim().to_owned(),
            may.filter(|name| !name.is_empty()).collect(),
        )
    });
    layers.collect()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let layers = layers();
    assert!(layers.len() > 8, "the crate's page has no layers");
    let mut faults = Vec::new();
    for source in program() {
        let top = source.top();
        if matches!(top, "lib" | "main" | "testing") {
            continue;
        }
        let Some(may) = layers.get(top) else {
            faults.push(format!(
                "{}: a layer that the crate's page does not know",
                source.path
            ));
            continue;
        };
        for name in imports(&source.text) {
            if name != top && !may.contains(&name) && layers.contains_key(&name) {
                faults.push(format!("{} imports crate::{name}", source.path));
            }
        }
        if source.text.contains(&"super::".repeat(source.depth())) {
            faults.push(format!(
                "{} reaches the crate's root by super::",
                source.path
            ));
        }
    }
    none(&faults);
}

#[test]
fn the_outside_world_is_named_only_by_the_layers_that_own_it() {
    let mut faults = Vec::new();
    for source in program() {
        let rules = NEVER.iter().filter(|(top, _)| *top == source.top());
        for name in rules.flat_map(|(_, never)| never.iter()) {
            if names(&source.text, name) {
                faults.push(format!("{} names {name}", source.path));
            }
        }
        let only = |name: &str, home: &dyn Fn(&str) -> bool| {
            (names(&source.text, name) && !home(&source.path))
                .then(|| format!("{} names {name}", source.path))
        };
        let in_client = |path: &str| path.starts_with("src/api/client");
        let in_demo = |path: &str| path.starts_with("src/demo");
        faults.extend(only("reqwest::", &|path| path.starts_with("src/api")));
        faults.extend(only("reqwest::Client", &in_client));
        faults.extend(only("reqwest::ClientBuilder", &in_client));
        faults.extend(only("axum::", &in_demo));
        faults.extend(only("rusqlite::", &in_demo));
        faults.extend(only("arboard::", &|path| path.starts_with("src/deliver")));
        faults.extend(only("std::env", &|path| {
            path.starts_with("src/config") || in_demo(path) || path == "src/main.rs"
        }));
    }
    none(&faults);
}

#[test]
fn colours_are_chosen_in_the_theme_alone() {
    let mut faults = Vec::new();
    for source in
        program().filter(|source| source.top() == "ui" && source.path != "src/ui/theme.rs")
    {
        for colour in ["Color::", ".fg(", ".bg(", "\\x1b[", "\\u{1b}["] {
            if source.text.contains(colour) {
                faults.push(format!("{}: {colour}", source.path));
            }
        }
    }
    none(&faults);
}

#[test]
fn a_secret_is_exposed_only_at_named_sites_each_with_its_reason() {
    let mut found = BTreeSet::new();
    for source in program().filter(|source| source.path != "src/secret.rs") {
        let sites = source.text.matches(".expose()").count();
        let reasons = source.text.matches("clippy::disallowed_methods").count();
        assert!(
            sites <= reasons,
            "{}: {sites} sites, {reasons} reasons",
            source.path
        );
        if sites > 0 {
            found.insert(source.path);
        }
    }
    let listed: BTreeSet<_> = EXPOSED.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(found, listed);
}

#[test]
fn no_rust_knows_a_backend_but_where_its_sign_in_is_rust() {
    let mut faults = Vec::new();
    for source in program().filter(|source| source.top() != "demo") {
        if BACKENDS_NAMED.iter().any(|(path, _)| *path == source.path) {
            continue;
        }
        for text in literals(&source.text) {
            let lower = text.to_lowercase();
            for name in ["chutes", "runai", "run:ai", "djinn", "typesense"] {
                if lower.contains(name) {
                    faults.push(format!("{} says {text:?}", source.path));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn there_is_no_unsafe_code_and_no_lint_is_allowed_silently() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    let mut faults = Vec::new();
    for source in sources() {
        for word in ["unsafe", "#[allow(", "#![allow("] {
            if source.text.contains(word) {
                faults.push(format!("{}: {word}", source.path));
            }
        }
    }
    none(&faults);
}

#[test]
fn files_are_small_and_named_for_what_they_do() {
    let mut faults = Vec::new();
    for source in sources() {
        let long = LONG.iter().any(|(path, _)| *path == source.path);
        let most = match (source.is_test, long) {
            (true, _) => LINES.1,
            (false, true) => 500,
            (false, false) => LINES.0,
        };
        if source.lines > most {
            faults.push(format!(
                "{} has {} lines, most is {most}",
                source.path, source.lines
            ));
        }
        for name in [
            "mod.rs",
            "util.rs",
            "utils.rs",
            "common.rs",
            "helpers.rs",
            "manager.rs",
        ] {
            if source.path.ends_with(&format!("/{name}")) {
                faults.push(format!("{} is named {name}", source.path));
            }
        }
    }
    none(&faults);
}

/// Names and versions of what a build for Linux needs.
fn crates(edges: &str, features: &[&str]) -> BTreeSet<(String, String)> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "tree",
            "--edges",
            edges,
            "--prefix",
            "none",
            "--locked",
            "--offline",
        ])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .args(features)
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let pair = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    let all = text.lines().filter_map(pair);
    all.filter(|(name, _)| name != "keyrack").collect()
}

#[test]
fn a_build_without_the_demo_has_few_crates() {
    for (edges, most) in [
        ("normal,no-proc-macro", MOST_LINKED),
        ("normal", MOST_CRATES),
    ] {
        let number = crates(edges, &["--no-default-features"]).len();
        assert!(number <= most, "{edges}: {number} crates, most is {most}");
        assert!(number > 50, "{edges}: {number}, the tree was not read");
    }
}

#[test]
fn a_crate_has_one_version_but_for_a_reasoned_list() {
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in crates("normal", &["--all-features"]) {
        *versions.entry(name).or_default() += 1;
    }
    let several: BTreeSet<&str> = versions
        .iter()
        .filter(|(_, number)| **number > 1)
        .map(|(name, _)| name.as_str())
        .collect();
    let listed: BTreeSet<&str> = DUPLICATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(several, listed);
}

#[derive(serde::Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(serde::Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

fn lock() -> Vec<Locked> {
    let text = fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).unwrap();
    toml::from_str::<Lock>(&text).unwrap().package
}

#[test]
fn everything_comes_from_crates_io_with_a_checksum() {
    for package in lock() {
        if package.name == "keyrack" {
            assert_eq!(package.source, None);
            continue;
        }
        let source = package.source.unwrap_or_default();
        assert_eq!(
            source, "registry+https://github.com/rust-lang/crates.io-index",
            "{} {}",
            package.name, package.version
        );
        assert!(package.checksum.is_some(), "{}", package.name);
    }
}

#[test]
fn no_tls_in_c_and_no_old_log_formatter() {
    for package in lock() {
        let name = package.name.as_str();
        assert!(
            ![
                "openssl",
                "openssl-sys",
                "native-tls",
                "aws-lc-rs",
                "aws-lc-sys"
            ]
            .contains(&name),
            "{name}"
        );
        if name == "tracing-subscriber" {
            let parts: Vec<u32> = package
                .version
                .split('.')
                .filter_map(|part| part.parse().ok())
                .collect();
            assert!(parts >= vec![0, 3, 20], "{name} {}", package.version);
        }
    }
}

#[test]
fn every_dependency_is_used() {
    let text = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    let code: String = sources().into_iter().map(|source| source.text).collect();
    let mut faults = Vec::new();
    for name in table["dependencies"].as_table().unwrap().keys() {
        // Named to choose its version: it is `url`'s.
        if name != "idna_adapter" && !names(&code, &name.replace('-', "_")) {
            faults.push(format!("{name} is not used"));
        }
    }
    none(&faults);
}
