//! `keyrack doctor`: what it says of a machine that was made so, and that it only looks.

use std::{fs, io, net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path};

use crate::{
    harness::{Home, Ran},
    history::{FILE, sample},
};

fn doctor(home: &Home) -> Ran {
    home.run(&["doctor"])
}

/// The level and the words of the lines about something.
fn about<'a>(ran: &'a Ran, wanted: &str) -> Vec<(&'a str, &'a str)> {
    let parts = |line: &'a str| {
        let (level, rest) = line.split_once(' ').unwrap();
        let (about, words) = rest.trim_start().split_once(' ').unwrap();
        (about == wanted).then_some((level, words.trim_start()))
    };
    ran.stdout.lines().filter_map(parts).collect()
}

/// One of the lines about something begins with the level and has the words.
fn says(ran: &Ran, wanted: &str, level: &str, words: &str) {
    let found = about(ran, wanted);
    assert!(
        found
            .iter()
            .any(|line| line.0 == level && line.1.contains(words)),
        "{level} {wanted} {words}: {ran:?}"
    );
}

fn everything_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            1 + if path.is_dir() {
                everything_below(&path)
            } else {
                0
            }
        })
        .sum()
}

#[test]
fn a_new_home_has_nothing_bad_and_nothing_is_made_in_it() {
    let home = Home::new();
    let ran = doctor(&home);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    for line in ran.lines() {
        assert!(
            line.starts_with("ok    ") || line.starts_with("warn  "),
            "{line}"
        );
    }
    says(&ran, "config", "ok", "none yet at");
    says(&ran, "journal", "ok", "nothing was written down yet");
    says(&ran, "version", "warn", "a debug build");
    says(&ran, "terminal", "ok", "only commands can be used here");
    assert_eq!(everything_below(&home.path("")), 0);
}

#[test]
fn nothing_is_sent_to_the_services_of_the_config() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new();
    let port = service.local_addr().unwrap().port();
    home.write("key", "canary", 0o600);
    let file = home.path("key");
    home.config(
        &format!(
            "[contexts.a]\nbackend = \"typesense\"\nurl = \"http://127.0.0.1:{port}\"\ncredential = {{ file = {file:?} }}\n"
        ),
        0o600,
    );
    let ran = doctor(&home);
    assert_eq!(ran.code, 0, "{ran:?}");
    says(&ran, "config", "ok", "mode 0600, 1 context");
    assert!(!ran.stdout.contains("canary"));
    service.set_nonblocking(true).unwrap();
    let call = service.accept().map(|_| ()).unwrap_err();
    assert_eq!(call.kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn what_is_wrong_with_a_config_is_told_mistake_by_mistake() {
    let home = Home::new();
    home.config(
        "[contexts.a]\nbackend = \"nowhere\"\n[bulk]\nmax = \"x\"\n",
        0o600,
    );
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    let lines = about(&ran, "config");
    assert!(
        lines.iter().all(|line| line.0 == "bad") && !lines.is_empty(),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("bad"), "{ran:?}");
    home.config("", 0o622);
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    says(&ran, "config", "bad", "correct it with: chmod go-w ");
}

#[test]
fn a_folder_in_which_others_could_swap_the_config_is_bad() {
    let home = Home::new();
    home.config("", 0o600);
    let folder = home.path("keyrack");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    says(
        &ran,
        "config",
        "bad",
        &format!("chmod go-w {}", folder.display()),
    );
}

#[test]
fn backends_of_ones_own_are_told_with_their_mistakes() {
    let home = Home::new();
    home.config("", 0o600);
    home.write("keyrack/backends/broken.toml", "id = 1\n", 0o600);
    home.write("keyrack/backends/typesense.toml", "", 0o600);
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    says(&ran, "backends", "bad", "broken.toml:1:");
    says(&ran, "backends", "warn", "typesense is built in");
    says(&ran, "backends", "ok", "0 of your own can be used");
}

#[test]
fn a_journal_is_told_with_its_chain_its_mode_and_what_waits() {
    let home = Home::new();
    let text = sample().join("\n") + "\n";
    let path = home.write(FILE, &text, 0o644);
    let ran = doctor(&home);
    assert_eq!(ran.code, 0, "{ran:?}");
    says(
        &ran,
        "journal",
        "ok",
        "mode 0644, 10 lines that follow from one another",
    );
    says(
        &ran,
        "journal",
        "warn",
        &format!("correct it with: chmod 600 {path}"),
    );
    says(&ran, "journal", "warn", "correct it with: chmod 700 ");
    says(
        &ran,
        "journal",
        "warn",
        "1 rotation waits, 1 write waits; see: keyrack log",
    );
    home.write(FILE, &text.replace("deploy", "prod"), 0o600);
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    says(
        &ran,
        "journal",
        "bad",
        "was changed at or before line 5 of 10",
    );
    home.write(FILE, &text, 0o602);
    let ran = doctor(&home);
    says(&ran, "journal", "bad", &format!("chmod go-w {path}"));
    home.write(FILE, &text[..text.len() - 5], 0o600);
    says(&doctor(&home), "journal", "warn", "cut off by a crash");
}

#[test]
fn programs_that_the_config_names_are_looked_for() {
    let home = Home::new();
    let script = home.write("bin/takes secrets", "#!/bin/sh\n", 0o700);
    home.write("bin/plain", "", 0o600);
    let folder = home.path("bin");
    home.config(
        &format!(
            "[sinks.good]\ncommand = [{script:?}]\n[sinks.gone]\ncommand = [\"no-such-program\"]\n\
             [sources.shell]\ncommand = [\"sh\", \"-c\", \"true\"]\n[sources.plain]\ncommand = [\"{}/plain\"]\n",
            folder.display()
        ),
        0o600,
    );
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    says(&ran, "sink", "ok", &format!("good: {script}"));
    says(
        &ran,
        "sink",
        "bad",
        "gone: there is no program \"no-such-program\"",
    );
    says(&ran, "source", "ok", "shell: /");
    says(&ran, "source", "bad", "plain: there is no program");
}

#[test]
fn variables_are_told_by_name_and_what_they_lead_to_never_by_value() {
    let home = Home::new();
    let variables = [
        ("HTTPS_PROXY", "http://ann:canary@proxy"),
        ("no_proxy", "canary.example"),
        ("SSL_CERT_FILE", "/canary.pem"),
        ("DISPLAY", ":canary"),
        ("TMUX", "/canary"),
        ("TERM", "xterm"),
        ("LANG", "C.UTF-8"),
    ];
    let ran = home.run_with(&["doctor"], &variables);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.stdout.contains("canary"), "{ran:?}");
    says(&ran, "network", "ok", "HTTPS_PROXY is set");
    says(&ran, "network", "ok", "no_proxy is set");
    says(&ran, "network", "warn", "SSL_CERT_FILE is set");
    says(
        &ran,
        "clipboard",
        "ok",
        "X11 (DISPLAY is set): \"copied\" is said once",
    );
    says(&ran, "clipboard", "ok", "at last the terminal (OSC 52)");
    says(&ran, "terminal", "ok", "the locale writes UTF-8");
    let ran = doctor(&home);
    says(&ran, "clipboard", "warn", "only the terminal (OSC 52)");
    says(&ran, "terminal", "warn", "does not write UTF-8");
}

#[test]
fn a_runtime_folder_is_needed_only_by_those_who_ask_for_it() {
    let home = Home::new();
    says(&doctor(&home), "runtime", "ok", "nothing needs it");
    home.config("[clipboard]\nrescue = \"runtime\"\n", 0o600);
    let ran = doctor(&home);
    assert_eq!(ran.code, 1, "{ran:?}");
    says(&ran, "runtime", "bad", "rescue = \"runtime\" needs it");
    let folder = home.path("run");
    fs::create_dir(&folder).unwrap();
    for (mode, level) in [(0o755, "bad"), (0o777, "bad"), (0o700, "ok")] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let runtime = [("XDG_RUNTIME_DIR", folder.to_str().unwrap())];
        says(
            &home.run_with(&["doctor"], &runtime),
            "runtime",
            level,
            "run",
        );
    }
}

#[cfg(target_os = "linux")]
mod memory {
    use std::process::Command;

    use super::*;
    use crate::harness::Demo;

    /// The command on a machine that locks no memory: the limit is 0, and root loses its right to pass it.
    fn without_locks(inner: &Command) -> Command {
        let mut command = Command::new("prlimit");
        if rustix::process::geteuid().is_root() {
            command = Command::new("setpriv");
            command.args([
                "--bounding-set=-ipc_lock",
                "--inh-caps=-ipc_lock",
                "prlimit",
            ]);
        }
        command.arg("--memlock=0:0").arg(inner.get_program());
        command.args(inner.get_args()).env_clear();
        for (name, value) in inner.get_envs() {
            command.envs(value.map(|value| (name, value)));
        }
        command
    }

    #[test]
    fn it_is_closed_to_others_before_anything_is_read() {
        let ran = doctor(&Home::new());
        says(&ran, "memory", "ok", "no core file is written");
        says(&ran, "memory", "ok", "not dumpable");
        assert_eq!(about(&ran, "swap").len(), 1, "{ran:?}");
    }

    #[test]
    fn locked_memory_is_said_to_be_locked() {
        use rustix::process::{Resource, geteuid, getrlimit};
        let limit = getrlimit(Resource::Memlock).current.unwrap_or(u64::MAX);
        let expected = if geteuid().is_root() || limit > 64 << 10 {
            ("ok", "locked: secrets are kept out")
        } else {
            ("warn", "locked: ")
        };
        says(&doctor(&Home::new()), "memory", expected.0, expected.1);
    }

    #[test]
    fn memory_that_cannot_be_locked_is_said_to_be_not_locked_and_everything_works() {
        let demo = Demo::start(&[]);
        let run = |arguments: &[&str]| {
            let inner = demo.home.command(&demo.with_config(arguments));
            Ran::of(&mut without_locks(&inner))
        };
        let ran = run(&["doctor"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        says(
            &ran,
            "memory",
            "warn",
            "not locked: the system does not allow it (limit 0 KiB)",
        );
        let ran = run(&["ls", "api-keys", "--ids"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        assert!(ran.lines().len() > 5, "{ran:?}");
    }
}
