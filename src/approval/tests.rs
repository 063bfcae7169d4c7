//! Programs run as they were approved and in no other way; scripts stand in folders of their own.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process};

use super::*;

/// A folder with a program `sign` on `PATH`, the folder of the manifests and the state beside it.
struct World {
    folder: tempfile::TempDir,
    programs: Programs,
}

/// Makes a program. Another process writes it: a child that a test starts meanwhile would keep it open for
/// writing, and a program that is open for writing cannot be started.
fn write(path: &Path, script: &str, mode: u32) {
    let script = script.replace('\'', "'\\''");
    let line = format!("printf '%s' '{script}' > \"$0\"");
    let mut writer = process::Command::new("sh");
    let ended = writer.args(["-c", &line]).arg(path).status().unwrap();
    assert!(ended.success());
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

impl World {
    fn with(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["bin", "backends"] {
            fs::create_dir(path(name)).unwrap();
        }
        write(&path("bin/sign"), &format!("#!/bin/sh\n{script}"), 0o755);
        let programs = Programs(Arc::new(Place {
            state: Some(path("state")),
            folder: path("backends"),
            path: vec![path("bin"), "/usr/bin".into(), "/bin".into()],
            inherited: vec![("PATH".into(), "/usr/bin:/bin".into())],
            patience: Duration::from_secs(20),
            hashes: Hashes::default(),
        }));
        Self { folder, programs }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a message says, with this world's folder left out.
    fn plain(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }

    fn approve(&self, words: &[&str]) {
        let words = owned(words);
        let content = self.programs.content(&words, &words).unwrap();
        self.programs.approve("acme", vec![content]).unwrap();
    }

    async fn run_filled(&self, words: &[&str], argv: &[&str]) -> Result<String, ApiError> {
        let (words, argv) = (owned(words), owned(argv));
        let signer = Signer {
            backend: "acme",
            words: &words,
            argv: &argv,
        };
        let answer = self.programs.run(signer, b"{\"method\":\"GET\"}").await?;
        Ok(String::from_utf8(answer.to_vec()).unwrap())
    }

    async fn run(&self, words: &[&str]) -> Result<String, ApiError> {
        self.run_filled(words, words).await
    }

    async fn refusal(&self, words: &[&str]) -> String {
        match self.run(words).await {
            Err(ApiError::Unapproved(why)) => self.plain(&why),
            other => panic!("{other:?}"),
        }
    }

    async fn failure(&self, words: &[&str]) -> String {
        match self.run(words).await {
            Err(ApiError::Unsigned(why)) => self.plain(&why),
            other => panic!("{other:?}"),
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// What is said of a command that nobody has approved.
const NOBODY: &str =
    "which nobody has approved here; look at it and run: keyrack backend approve acme";

#[tokio::test]
async fn a_program_that_nobody_approved_does_not_run() {
    let world = World::with("touch ran; echo x");
    assert_eq!(
        world.refusal(&["sign", "a b"]).await,
        format!("the backend acme signs in by running `sign 'a b'`, {NOBODY}")
    );
    assert!(!world.path("backends/ran").exists());
    world.approve(&["sign", "a b"]);
    assert_eq!(world.run(&["sign", "a b"]).await.unwrap(), "x\n");
    assert!(world.path("backends/ran").exists());
    assert!(world.refusal(&["sign", "other"]).await.ends_with(NOBODY));
}

#[tokio::test]
async fn an_approval_is_for_one_backend_and_can_be_taken_back() {
    let world = World::with("echo x");
    world.approve(&["sign"]);
    assert!(world.run(&["sign"]).await.is_ok());
    let words = owned(&["sign"]);
    let other = Signer {
        backend: "other",
        words: &words,
        argv: &words,
    };
    assert!(matches!(
        world.programs.check(other).await,
        Err(ApiError::Unapproved(_))
    ));
    assert!(!world.programs.revoke("other").unwrap());
    assert!(world.programs.revoke("acme").unwrap());
    assert!(world.refusal(&["sign"]).await.ends_with(NOBODY));
}

#[tokio::test]
async fn a_program_or_script_that_changed_asks_again_and_says_which() {
    let world = World::with("cat >/dev/null; exec /bin/sh \"$1\"");
    let script = world.path("backends/script.sh");
    write(&script, "echo one", 0o644);
    let words = ["sign", "script.sh"];
    world.approve(&words);
    assert_eq!(world.run(&words).await.unwrap(), "one\n");
    // Of the same length, and at once.
    write(&script, "echo two", 0o644);
    let changed = |file: &str, line: &str| {
        format!(
            "the backend acme signs in by running `{line}`, and {file} has changed since it was approved; look at it and run: keyrack backend approve acme"
        )
    };
    let line = "sign script.sh";
    assert_eq!(
        world.refusal(&words).await,
        changed("backends/script.sh", line)
    );
    world.approve(&words);
    assert_eq!(world.run(&words).await.unwrap(), "two\n");
    write(&world.path("bin/sign"), "#!/bin/sh\necho else", 0o755);
    assert_eq!(world.refusal(&words).await, changed("bin/sign", line));
    write(&script, "echo one", 0o644);
    assert!(
        world
            .refusal(&words)
            .await
            .contains("bin/sign and backends/script.sh have changed")
    );
}

#[tokio::test]
async fn another_program_of_the_same_name_asks_again() {
    let world = World::with("echo one");
    fs::create_dir(world.path("before")).unwrap();
    world.approve(&["sign"]);
    write(&world.path("before/sign"), "#!/bin/sh\necho one", 0o755);
    let mut place = Arc::into_inner(world.programs.0).unwrap();
    place.path.insert(0, world.folder.path().join("before"));
    let world = World {
        folder: world.folder,
        programs: Programs(Arc::new(place)),
    };
    let words = world.refusal(&["sign"]).await;
    assert!(
        words.contains("which names other files than those that were approved"),
        "{words}"
    );
}

#[tokio::test]
async fn the_files_that_words_name_are_part_of_what_is_approved() {
    let world = World::with("echo x");
    let names = |words: &[&str]| {
        let words = owned(words);
        let content = world.programs.content(&words, &words).unwrap();
        let pieces = content.pieces.iter();
        let paths = pieces.map(|it| world.plain(&it.path.display().to_string()));
        paths.collect::<Vec<_>>()
    };
    for name in ["key.py", "other.py"] {
        write(&world.path("backends").join(name), "x", 0o600);
    }
    let absolute = world.path("backends/other.py").display().to_string();
    let words = [
        "sign",
        "-v",
        "key.py",
        "--with=other.py",
        &absolute,
        "none.py",
        "",
    ];
    assert_eq!(
        names(&words),
        ["bin/sign", "backends/key.py", "backends/other.py"]
    );
    // `env` is not what matters about such a command.
    let by_env = names(&["env", "A=key.py", "sign"]);
    assert!(by_env[0].ends_with("bin/env"), "{by_env:?}");
    assert_eq!(by_env[1..], ["backends/key.py", "bin/sign"]);
    write(&world.path("backends/sign"), "#!/bin/sh\n", 0o755);
    assert_eq!(names(&["./sign"]), ["backends/sign"]);
}

#[tokio::test]
async fn what_fills_a_hole_is_looked_at_where_it_names_a_file() {
    let world = World::with("echo x");
    let script = world.path("backends/s.sh");
    write(&script, "one", 0o600);
    let words = ["sign", "{script}"];
    let (named, argv) = (owned(&words), owned(&["sign", "s.sh"]));
    let content = world.programs.content(&named, &argv).unwrap();
    world.programs.approve("acme", vec![content]).unwrap();
    assert!(world.run_filled(&words, &["sign", "s.sh"]).await.is_ok());
    write(&script, "two", 0o600);
    for argv in [["sign", "s.sh"], ["sign", "no-file"]] {
        let ran = world.run_filled(&words, &argv).await;
        assert!(matches!(ran, Err(ApiError::Unapproved(_))), "{ran:?}");
    }
}

#[tokio::test]
async fn a_file_that_others_can_change_is_not_run() {
    let world = World::with("echo x");
    world.approve(&["sign"]);
    let sign = world.path("bin/sign");
    fs::set_permissions(&sign, fs::Permissions::from_mode(0o775)).unwrap();
    let words = world.failure(&["sign"]).await;
    assert!(
        words.contains("bin/sign can be changed by others (mode 0775)"),
        "{words}"
    );
    assert!(words.contains("chmod go-w"), "{words}");
    let words = owned(&["sign"]);
    assert!(world.programs.content(&words, &words).is_err());
}

#[tokio::test]
async fn approvals_that_others_could_have_written_approve_nothing() {
    let world = World::with("echo x");
    world.approve(&["sign"]);
    let file = world.path("state/approvals.json");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&world.path("state"))), (0o600, 0o700));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let words = world.refusal(&["sign"]).await;
    assert!(
        words.starts_with("state/approvals.json can be changed by others"),
        "{words}"
    );
}

#[tokio::test]
async fn a_program_gets_its_words_its_question_and_a_short_list_of_variables() {
    let script = "cat; printf '|%s' \"$@\"; printf '|'; env | cut -d= -f1 | grep -v '^PWD$\\|^_$\\|^SHLVL$\\|^OLDPWD$'; pwd";
    let world = World::with(script);
    let words = ["sign", "$HOME; a b", "*"];
    world.approve(&words);
    let answer = world.plain(&world.run(&words).await.unwrap());
    let folder = world.path("backends").display().to_string();
    let folder = world.plain(&folder);
    assert_eq!(
        answer,
        format!("{{\"method\":\"GET\"}}|$HOME; a b|*|PATH\n{folder}\n")
    );
}

#[tokio::test]
async fn a_program_that_fails_is_told_with_its_code_and_the_first_line_of_its_errors() {
    for (script, words) in [
        ("exit 3", "sign ended with code 3"),
        (
            "echo canary; printf '\\n\\033[31mno key \\a\\nmore\\n' >&2; exit 3",
            "sign ended with code 3: ␛[31mno key ␇",
        ),
        ("kill -9 $$", "sign was ended (signal: 9 (SIGKILL))"),
        (
            "head -c 70000 /dev/zero",
            "sign answered with more than 64 KiB",
        ),
        (
            "yes | head -c 1000000 >&2; exit 1",
            "sign ended with code 1: y",
        ),
    ] {
        let world = World::with(script);
        world.approve(&["sign"]);
        assert_eq!(world.failure(&["sign"]).await, words);
    }
    let world = World::with("");
    for (word, words) in [
        (
            "nowhere",
            "the program nowhere is not on PATH; name it by its path, from backends on",
        ),
        ("./sign", "backends/sign is not a program that may be run"),
    ] {
        let words = words.replace(
            "backends on",
            &format!("{} on", world.path("backends").display()),
        );
        assert_eq!(world.failure(&[word]).await, world.plain(&words));
    }
}

#[tokio::test]
async fn a_program_that_hangs_is_ended_with_all_that_it_started() {
    let world = World::with("sleep 1000 & echo $! > pid; sleep 1000");
    world.approve(&["sign"]);
    let mut place = Arc::into_inner(world.programs.0).unwrap();
    place.patience = Duration::from_secs(1);
    let world = World {
        folder: world.folder,
        programs: Programs(Arc::new(place)),
    };
    assert_eq!(
        world.failure(&["sign"]).await,
        "sign did not end within 1s and was ended; `idle` under [limits] gives it longer"
    );
    let pid = fs::read_to_string(world.path("backends/pid")).unwrap();
    let pid: i32 = pid.trim().parse().unwrap();
    let ended = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| stat.contains(") Z "))
            || rustix::process::test_kill_process(rustix::process::Pid::from_raw(pid).unwrap())
                .is_err()
    };
    while !ended(pid) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_program_may_leave_its_question_unread_and_something_running() {
    let world = World::with("exec <&-; sleep 1000 >/dev/null & echo $! > pid; echo x");
    world.approve(&["sign"]);
    assert_eq!(world.run(&["sign"]).await.unwrap(), "x\n");
    let pid = fs::read_to_string(world.path("backends/pid")).unwrap();
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

#[test]
fn a_command_is_shown_as_one_would_type_it() {
    let line = |words: &[&str]| command_line(&owned(words));
    assert_eq!(
        line(&["sign", "--to={to}", "a b", ""]),
        "sign --to={to} 'a b' ''"
    );
    assert_eq!(line(&["sign", "{a b}", "it's"]), r"sign '{a b}' 'it'\''s'");
    assert_eq!(line(&["sign\u{1b}[2J"]), "'sign␛[2J'");
    assert_eq!(line(&["x", &"y".repeat(500)]).chars().count(), LONGEST + 1);
}
