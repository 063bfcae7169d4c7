#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::*;
use crate::{api::Limits, manifest};

const SEED: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn connection(source: Source) -> Connection {
    Connection {
        name: "prod".into(),
        manifest: manifest::load(manifest::builtin("typesense").unwrap()).unwrap(),
        url: "http://localhost:8108".parse().unwrap(),
        credential: [("api_key".to_owned(), source)].into(),
        ca_cert: None,
        client_cert: None,
        client_key: None,
        proxy: None,
        allow_plaintext: false,
        limits: Limits::default(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the test compares the value")]
async fn value_at(home: Option<&Path>, source: Source) -> Result<String, String> {
    let resolver = Resolver::new(home.map(Path::to_owned), vec!["HOME".to_owned()]);
    let inputs = resolver.resolve(&connection(source), Inputs::new()).await;
    inputs
        .map(|inputs| inputs["api_key"].expose().to_owned())
        .map_err(|error| error.to_string())
}

async fn value(source: Source) -> Result<String, String> {
    value_at(None, source).await
}

fn shell(script: &str) -> Source {
    Source::Command(vec!["sh".into(), "-c".into(), script.into()])
}

fn file(folder: &Path, name: &str, text: impl AsRef<[u8]>, mode: u32) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[tokio::test]
async fn a_variable_gives_its_value_or_says_that_it_is_not_set() {
    let path = std::env::var("PATH").unwrap();
    assert_eq!(value(Source::Env("PATH".into())).await, Ok(path));
    assert_eq!(
        value(Source::Env("KEYRACK_TEST_UNSET".into())).await,
        Err("context prod: api_key: the variable KEYRACK_TEST_UNSET is not set; export it, or name another source in the config".into())
    );
}

#[tokio::test]
async fn a_file_gives_its_text_without_one_last_newline() {
    let folder = tempfile::tempdir().unwrap();
    for (text, wanted) in [("a\n", "a"), ("a\n\n", "a\n"), ("a\r\n", "a"), ("a ", "a ")] {
        let path = file(folder.path(), "k", text, 0o600);
        assert_eq!(value(Source::File(path)).await, Ok(wanted.to_owned()));
    }
    let words = value(Source::File(file(folder.path(), "k", "\n", 0o600))).await;
    assert!(words.unwrap_err().contains("its source gave nothing"));
}

#[tokio::test]
async fn a_file_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "k", "hunter2", 0o644);
    let words = value(Source::File(path.clone())).await.unwrap_err();
    assert!(
        words.contains(&format!("chmod 600 {}", path.display())),
        "{words}"
    );
    assert!(!words.contains("hunter2"));
}

#[tokio::test]
async fn a_command_gives_what_it_prints_and_no_shell_reads_it() {
    let echo = |word: &str| Source::Command(vec!["echo".into(), word.into()]);
    assert_eq!(value(echo("$HOME;x")).await, Ok("$HOME;x".into()));
}

#[tokio::test]
async fn a_command_keeps_its_environment_but_for_credentials_and_own_variables() {
    let seen = value(shell(
        "echo \"${HOME-none} ${PATH:+path}\"; env | grep -c ^KEYRACK_ || true",
    ))
    .await;
    assert_eq!(seen, Ok("none path\n0".into()));
}

#[tokio::test]
async fn a_named_source_is_run_as_a_credential_is_and_may_be_wanted_byte_for_byte() {
    let script = "env | grep -c ^KEYRACK_; echo ${HOME-none}";
    let argv = ["sh", "-c", script].map(str::to_owned).to_vec();
    let resolver =
        Resolver::new(None, vec!["HOME".to_owned()]).with_sources([("hf".to_owned(), argv)].into());
    for (exact, wanted) in [(false, "0\nnone"), (true, "0\nnone\n")] {
        let value = resolver.named("hf", exact).await.unwrap();
        assert_eq!(&*value, wanted);
    }
    let why = resolver.named("hg", false).await.unwrap_err();
    assert!(why.contains("no [sources.hg]"), "{why}");
}

#[test]
fn a_path_that_a_person_types_may_begin_with_the_home_folder() {
    let resolver = Resolver::new(Some("/home/a".into()), Vec::new());
    for (typed, path) in [
        ("~/.ssh/id", "/home/a/.ssh/id"),
        ("/~/id", "/~/id"),
        ("~a", "~a"),
    ] {
        assert_eq!(resolver.path(Path::new(typed)), Path::new(path));
    }
}

#[tokio::test]
async fn a_failed_command_is_told_by_its_code_and_never_by_its_words() {
    let words = value(shell("echo hunter2; echo hunter2 >&2; exit 3")).await;
    assert_eq!(
        words.unwrap_err(),
        "context prod: api_key: sh ended with code 3; run it by hand to see why"
    );
    let words = value(Source::Command(vec!["/nowhere/at/all".into()]))
        .await
        .unwrap_err();
    assert!(words.contains("cannot run /nowhere/at/all"), "{words}");
}

#[tokio::test]
async fn a_command_reads_nothing_from_our_standard_input() {
    assert_eq!(value(shell("cat; echo end")).await, Ok("end".into()));
}

#[tokio::test]
async fn what_was_typed_is_used_and_what_was_not_is_missing() {
    let resolver = Resolver::new(None, Vec::new());
    let connection = connection(Source::Prompt);
    assert_eq!(
        resolver.prompts(&connection).collect::<Vec<_>>(),
        ["api_key"]
    );
    let typed = [(
        "api_key".to_owned(),
        Secret::new(Zeroizing::new("abc".into())),
    )];
    let inputs = resolver.resolve(&connection, typed.into()).await.unwrap();
    assert_eq!(inputs["api_key"].chars(), 3);
    let words = value(Source::Prompt).await.unwrap_err();
    assert!(words.contains("nobody was asked"));
}

#[tokio::test]
async fn a_hotkey_comes_from_a_wallet_or_the_chutes_cli() {
    let home = tempfile::tempdir().unwrap();
    let wallet = || Source::HotkeyWallet {
        wallet: "w".into(),
        hotkey: "h".into(),
    };
    let at = ".bittensor/wallets/w/hotkeys/h";
    file(
        home.path(),
        at,
        format!("{{\"secretSeed\":\"0x{SEED}\"}}"),
        0o600,
    );
    assert_eq!(value_at(Some(home.path()), wallet()).await, Ok(SEED.into()));
    file(home.path(), at, b"$NACL\xff\x01", 0o600);
    let words = value_at(Some(home.path()), wallet()).await.unwrap_err();
    assert!(words.contains("encrypted keyfile"), "{words}");
    let path = file(
        home.path(),
        "config.ini",
        format!("[auth]\nhotkey_seed = {SEED}\n"),
        0o644,
    );
    let source = || Source::HotkeyConfig(path.clone());
    assert_eq!(value(source()).await, Ok(SEED.into()));
    let warnings = Resolver::new(None, Vec::new()).warnings(&connection(source()));
    assert!(
        warnings.len() == 1 && warnings[0].contains("chmod 600 "),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn the_key_of_a_client_certificate_must_be_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "client.key", "x", 0o640);
    let connection = Connection {
        client_key: Some(path),
        ..connection(Source::Plain("a".into()))
    };
    let error = Resolver::new(None, Vec::new())
        .resolve(&connection, Inputs::new())
        .await
        .unwrap_err();
    assert_eq!(error.input, "client_key");
    assert!(error.problem.contains("chmod 600 "));
}
