//! The documents say what the program does: tables are the program's own, configs load, commands parse,
//! links lead somewhere. `KEYRACK_BLESS=1` writes the tables anew.

#![cfg(test)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Parser as _;

const DOCUMENTS: [&str; 4] = [
    "README.md",
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

/// Compares what stands between two marks of the README with what the program says.
fn check_table(name: &str, made: &str) {
    let (from, to) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let readme = read("README.md");
    let start = readme.find(&from).unwrap_or_else(|| panic!("no {from}")) + from.len();
    let end = start
        + readme[start..]
            .find(&to)
            .unwrap_or_else(|| panic!("no {to}"));
    let made = format!("{}\n", made.trim_end());
    if std::env::var_os("KEYRACK_BLESS").is_some() {
        let text = format!("{}{made}{}", &readme[..start], &readme[end..]);
        fs::write(path("README.md"), text).unwrap();
        return;
    }
    assert!(
        readme[start..end] == made,
        "README.md has another table of {name}: run `KEYRACK_BLESS=1 cargo test --test docs`"
    );
}

#[test]
fn the_readme_has_the_programs_keys_and_filters() {
    check_table("keys", &keyrack::testing::key_table());
    check_table("filters", &keyrack::testing::filter_table());
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
