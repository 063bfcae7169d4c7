use std::{fs, path::Path};

use proptest::prelude::*;

use super::*;

fn environment() -> Environment {
    Environment {
        home: Some("/home/a".into()),
        ..Environment::default()
    }
}

fn built(text: &str) -> Result<Config, ConfigError> {
    build::build(
        text,
        Path::new("/etc/keyrack/config.toml"),
        true,
        &environment(),
    )
}

fn config(text: &str) -> Config {
    built(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Each file of the folder has one mistake (one has two) and ends with what is said about it.
#[test]
fn every_mistake_is_told_with_its_place_the_reason_and_the_fix() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/bad");
    let bless = std::env::var_os("KEYRACK_BLESS").is_some();
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let source = text.split("#=").next().unwrap();
        // The mode of a file in a checkout is nobody's choice, so the path is one that is not there.
        let away = Path::new("/away/config.toml");
        let error = build::build(source, away, true, &environment()).unwrap_err();
        let said: String = error
            .to_string()
            .lines()
            .map(|line| line.replace("/away/config.toml:", "#= ") + "\n")
            .collect();
        if bless {
            fs::write(&path, format!("{source}{said}")).unwrap();
        } else {
            assert_eq!(format!("{source}{said}"), text, "{}", path.display());
        }
        assert!(!said.contains("not-shown"), "{said}");
        seen += 1;
    }
    assert!(seen > 40);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one config, and all that it says")]
fn a_config_says_everything_that_the_contract_names() {
    let config = config(
        r#"
        [contexts.prod]
        backend = "runai"
        url = "https://app.run.ai"
        credential = { client_id = "id", client_secret = { env = "RUNAI_CLIENT_SECRET" } }
        ca_cert = "/etc/ssl/runai-ca.pem"
        production = true
        accent = "red"
        [contexts.search]
        backend = "typesense"
        url = "http://localhost:8108"
        credential = { command = ["pass", "show", "typesense"] }
        [groups]
        eu = ["prod", "search"]
        [filters]
        stale = "used>90d"
        [sinks.vault]
        command = ["vault", "kv", "put", "-mount=secret", "x", "value=-"]
        [sources.hf]
        command = ["pass", "show", "hf"]
        [clipboard]
        clear_after = "10s"
        rescue = "off"
        [bulk]
        max = 5
        [limits]
        list_mib = 2
        connect = "7s"
        [policy]
        max_age = "30d"
        [keys]
        refresh = "ctrl-r"
        [ui]
        mouse = true
        "#,
    );
    let prod = config.context("prod").unwrap();
    assert_eq!(
        (prod.production, prod.write, prod.accent),
        (true, Write::Arm, Some(Accent::Red))
    );
    assert_eq!(
        prod.connection.credential["client_id"],
        Source::Plain("id".into())
    );
    assert_eq!(
        prod.connection.credential["client_secret"],
        Source::Env("RUNAI_CLIENT_SECRET".into())
    );
    assert_eq!(
        prod.connection.ca_cert.as_deref(),
        Some(Path::new("/etc/ssl/runai-ca.pem"))
    );
    assert_eq!(prod.connection.limits.list_bytes, 2 << 20);
    assert_eq!(prod.connection.limits.connect, Duration::from_secs(7));
    let search = config.context("search").unwrap();
    assert_eq!((search.production, search.write), (false, Write::Always));
    assert_eq!(
        search.connection.credential["api_key"],
        Source::Command(vec!["pass".into(), "show".into(), "typesense".into()])
    );
    let names = |chosen: Vec<&Context>| -> Vec<String> {
        chosen
            .iter()
            .map(|context| context.name().to_string())
            .collect()
    };
    assert_eq!(
        names(config.select(&["eu".into()]).unwrap()),
        ["prod", "search"]
    );
    assert_eq!(
        names(config.select(&["search".into()]).unwrap()),
        ["search"]
    );
    assert_eq!(names(config.select(&[]).unwrap()), ["prod", "search"]);
    assert_eq!(
        config.select(&["serch".into()]).unwrap_err().to_string(),
        "there is no context \"serch\"; did you mean \"search\"?"
    );
    assert_eq!(
        (config.filters[0].name.as_str(), config.filters[0].line),
        ("stale", 16)
    );
    assert_eq!(config.sinks["vault"][0], "vault");
    assert_eq!(config.sources["hf"], ["pass", "show", "hf"]);
    assert_eq!(config.clipboard.clear_after, Duration::from_secs(10));
    assert_eq!(config.clipboard.rescue, Rescue::Off);
    assert_eq!((config.bulk.max, config.bulk.parallel), (5, 8));
    let day = 86_400_000_000;
    assert_eq!(config.policy.max_age, 30 * day);
    assert_eq!(config.policy.idle, 90 * day);
    assert_eq!(config.keys[0].value, "ctrl-r");
    assert_eq!(
        (config.ui.theme.as_str(), config.ui.mouse),
        ("terminal", true)
    );
}

#[test]
fn an_empty_config_has_the_usual_values() {
    let config = config("");
    assert!(config.contexts.is_empty());
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.clipboard.clear_after, Duration::from_secs(30));
    assert_eq!(config.clipboard.rescue, Rescue::Holder);
    assert!(config.bulk.stop_on_unknown);
}

#[test]
fn a_hotkey_is_a_seed_a_chutes_config_or_a_wallet() {
    let source = |shape: &str| {
        let text =
            format!("[contexts.c]\nbackend = \"chutes\"\ncredential = {{ hotkey = {shape} }}");
        config(&text).contexts[0].connection.credential["hotkey"].clone()
    };
    assert_eq!(
        source("{ seed = { env = \"S\" } }"),
        Source::Env("S".into())
    );
    assert_eq!(
        source("{ config = \"~/.chutes/config.ini\" }"),
        Source::HotkeyConfig("/home/a/.chutes/config.ini".into())
    );
    assert_eq!(
        source("{ wallet = \"w\", hotkey = \"h\" }"),
        Source::HotkeyWallet {
            wallet: "w".into(),
            hotkey: "h".into()
        }
    );
    assert_eq!(source("{ prompt = true }"), Source::Prompt);
}

#[test]
fn a_relative_path_is_taken_from_the_folder_of_the_config() {
    let config = config(
        "[contexts.s]\nbackend = \"typesense\"\ncredential = { file = \"keys/s\" }\nca_cert = \"~/ca.pem\"",
    );
    let connection = &config.contexts[0].connection;
    assert_eq!(
        connection.credential["api_key"],
        Source::File("/etc/keyrack/keys/s".into())
    );
    assert_eq!(
        connection.ca_cert.as_deref(),
        Some(Path::new("/home/a/ca.pem"))
    );
    assert_eq!(connection.url.as_str(), "http://localhost:8108/");
}

#[cfg(unix)]
mod files {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const SECRET: &str = "[contexts.s]\nbackend = \"typesense\"\ncredential = \"not-shown\"\n";

    fn write(path: &Path, text: &str, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn load(path: &Path) -> Result<Config, String> {
        Config::load(Some(path), &environment()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_config_that_others_may_write_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        write(&path, "", 0o664);
        let shown = path.display();
        assert_eq!(
            load(&path).unwrap_err(),
            format!(
                "{shown} can be changed by others (mode 0664); correct it with: chmod go-w {shown}"
            )
        );
        write(&path, "", 0o644);
        assert!(load(&path).is_ok());
    }

    #[test]
    fn a_config_that_holds_a_secret_and_that_others_may_read_names_the_command_that_closes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let chmod = format!("chmod 600 {}", path.display());
        write(&path, SECRET, 0o644);
        let words = load(&path).unwrap_err();
        assert!(
            words.contains(&chmod) && words.contains("credential is written in the file itself")
        );
        assert!(!words.contains("not-shown"));
        write(&path, SECRET, 0o600);
        assert!(!load(&path).unwrap_err().contains(&chmod));
    }

    #[test]
    fn a_manifest_beside_the_config_is_a_backend_unless_others_may_write_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let own = folder.path().join("backends/own.toml");
        write(
            &path,
            "[contexts.o]\nbackend = \"own\"\ncredential = { env = \"K\" }\n",
            0o600,
        );
        assert!(
            load(&path)
                .unwrap_err()
                .contains("there is no backend \"own\"")
        );
        let text = crate::manifest::builtin("typesense")
            .unwrap()
            .replace("\"typesense\"", "\"own\"");
        write(&own, &text, 0o644);
        assert_eq!(
            load(&path).unwrap().contexts[0].connection.manifest.id,
            "own"
        );
        write(&own, &text, 0o666);
        assert!(load(&path).unwrap_err().contains("chmod go-w"));
    }

    #[test]
    fn a_manifest_with_mistakes_leaves_out_its_contexts_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let own = folder.path().join("backends/own.toml");
        let context = |name: &str, backend: &str| {
            format!(
                "[contexts.{name}]\nbackend = \"{backend}\"\nurl = \"http://127.0.0.1\"\ncredential = {{ env = \"K\" }}\n"
            )
        };
        let good = context("good", "typesense");
        let groups = "[groups]\nall = [\"good\", \"one\"]\n";
        let text = [
            good,
            context("one", "own"),
            context("two", "own"),
            groups.to_owned(),
        ];
        write(&path, &text.concat(), 0o600);
        write(&own, "manifest = ", 0o644);
        let config = load(&path).unwrap();
        let chosen = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let chosen = config.select(&names).map_err(|error| error.to_string())?;
            Ok::<_, String>(chosen.iter().map(|it| it.name().to_string()).collect())
        };
        assert_eq!(chosen(&["good"]), Ok(vec!["good".to_owned()]));
        let mistake = format!("{}:1:", own.display());
        // All contexts, a group and the context itself: nothing is done as if it were not there.
        for names in [&[][..], &["all"], &["good", "one"], &["two"]] {
            let told = chosen(names).unwrap_err();
            assert!(told.starts_with(&mistake), "{told}");
            assert_eq!(told.lines().count(), 1, "{told}");
        }
        assert!(config.named("good").unwrap().is_some());
        assert!(config.named("one").is_err() && config.clone().whole().is_err());
        let warnings = config.warnings.join("\n");
        for name in ["one", "two"] {
            assert!(warnings.contains(&format!("the context {name} is left out")));
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_an_empty_config_only_in_the_usual_place() {
        let folder = tempfile::tempdir().unwrap();
        let usual = Environment {
            config_folder: Some(folder.path().to_owned()),
            ..environment()
        };
        let config = Config::load(None, &usual).unwrap();
        assert!(!config.exists && config.contexts.is_empty());
        assert!(
            load(&folder.path().join("x"))
                .unwrap_err()
                .contains("is not there")
        );
    }
}

/// The example with each commented setting switched on.
#[test]
fn the_example_loads_with_everything_in_it_switched_on() {
    let text = include_str!("../../assets/config.example.toml");
    let on = |line| -> &str {
        let rest = str::strip_prefix(line, "#");
        rest.filter(|rest| !rest.starts_with(' ')).unwrap_or(line)
    };
    let full = text.lines().map(on).collect::<Vec<_>>().join("\n");
    config(text);
    config(&full);
    let schema = schema();
    let mut words = Vec::new();
    words_of(&schema, &mut words);
    assert!(words.len() > 40, "{words:?}");
    for word in words {
        let has = |start: &str| full.lines().any(|line| line.starts_with(start));
        assert!(
            has(&format!("{word} = ")) || has(&format!("[{word}]")) || has(&format!("[{word}.")),
            "the example lacks {word}"
        );
    }
}

fn words_of(schema: &serde_json::Value, words: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if let (true, Some(properties)) = (name == "properties", member.as_object()) {
                    words.extend(properties.keys().cloned());
                }
                words_of(member, words);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| words_of(item, words)),
        _ => {}
    }
}

#[test]
fn the_schema_in_assets_is_the_one_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/config.schema.json");
    let made = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("KEYRACK_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    assert!(kept == made, "write it anew with KEYRACK_BLESS=1");
}

/// Pieces of configs, so that many made-up texts get past the first line.
const PIECES: &[&str] = &[
    "[contexts.a]\n",
    "[contexts]\n",
    "[limits]\n",
    "[groups]\n",
    "[ui]\n",
    "[[contexts.a]]\n",
    "backend",
    "url",
    "credential",
    "command",
    "hotkey",
    "api_key",
    "env",
    "list_mib",
    "connect",
    " = ",
    "\"typesense\"",
    "\"chutes\"",
    "\"http://localhost\"",
    "\"5s\"",
    "{ ",
    " }",
    "[",
    "]",
    ", ",
    "\n",
    "true",
    "1",
    "-7",
    "2026-01-01",
    "1.5",
    "\"\"",
    "'é\u{202e}'",
    ".",
    "#",
    "\"",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_is_a_config_or_a_list_of_mistakes_within_it(
        pieces in prop::collection::vec(
            prop_oneof![
                4 => prop::sample::select(PIECES).prop_map(str::to_owned),
                1 => any::<String>(),
            ],
            0..40,
        )
    ) {
        let text = pieces.concat();
        match built(&text) {
            Ok(_) => {}
            Err(ConfigError::Mistakes(mistakes)) => {
                prop_assert!(!mistakes.is_empty());
                let lines = text.matches('\n').count() + 1;
                for mistake in mistakes {
                    prop_assert!((1..=lines).contains(&mistake.fault.line));
                    prop_assert!(mistake.fault.column >= 1);
                    prop_assert!(!mistake.fault.message.contains('\n'));
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
