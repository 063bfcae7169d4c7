use std::{fs, time::Instant};

use super::{
    super::fixture::{folder_with, secret},
    *,
};

const LONG: Duration = Duration::from_secs(30);

async fn run(script: &str, text: &str, limit: Duration) -> (tempfile::TempDir, Delivery) {
    let (folder, around) = folder_with("store", &format!("#!/bin/sh\n{script}"));
    let argv = ["store".to_owned(), "$HOME; a b".to_owned()];
    let delivery = deliver("vault", &argv, &around, secret(text), limit).await;
    (folder, delivery)
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

#[tokio::test]
async fn a_command_gets_the_secret_on_its_standard_input_and_nowhere_else() {
    let script =
        "cat > DIR/stdin; printf '%s|' \"$@\" > DIR/args; env > DIR/env; echo done; echo err >&2";
    let (folder, delivery) = run(script, "canary\nx", LONG).await;
    assert_eq!(delivery.receipt.to_string(), "taken by the command vault");
    assert_eq!(delivery.output, ["done", "err"]);
    assert_eq!(read(&folder, "stdin"), "canary\nx");
    assert_eq!(
        read(&folder, "args"),
        "$HOME; a b|",
        "no shell reads the words"
    );
    let env = read(&folder, "env");
    let names = env.lines().filter_map(|line| line.split('=').next());
    let names: Vec<&str> = names
        .filter(|name| !["PWD", "_", "SHLVL", "OLDPWD"].contains(name))
        .collect();
    assert_eq!(names, ["PATH"]);
    assert!(!env.contains("canary"));
}

#[tokio::test]
async fn a_command_that_fails_is_told_with_its_code_and_what_it_printed() {
    let (_folder, delivery) =
        run("cat >/dev/null; echo no space >&2; exit 7", "canary", LONG).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "not delivered: the command vault ended with code 7"
    );
    assert_eq!(delivery.output, ["no space"]);
    let (_folder, delivery) = run("kill -9 $$", "canary", LONG).await;
    assert!(
        delivery
            .receipt
            .to_string()
            .contains("vault was ended (signal: 9")
    );
}

#[tokio::test]
async fn a_secret_that_a_command_prints_is_taken_out() {
    let (_folder, delivery) = run("echo \"stored $(cat)\"", "canary-7f3a", LONG).await;
    assert_eq!(delivery.output, ["stored [redacted]"]);
    let (_folder, delivery) = run("head -n 1; exit 1", "canary-1 \"x\"\nshort", LONG).await;
    assert_eq!(delivery.output, ["[redacted]"]);
}

#[test]
fn a_secret_across_the_bound_of_the_output_is_taken_out_whole() {
    let secret = "canary-canary-canary";
    for lead in MOST - secret.len() - 1..=MOST {
        let mut output = vec![b'.'; lead];
        output.extend_from_slice(secret.as_bytes());
        output.resize(MOST + secret.len(), b'.');
        let lines = shown(&output, secret);
        assert!(!lines.concat().contains("can"), "{lead}");
        assert!(lines.concat().len() <= MOST + REDACTED.len() + 4);
    }
}

#[tokio::test]
async fn what_a_command_prints_is_bounded_and_fit_for_a_screen() {
    let script = "cat >/dev/null; printf '\\033[31mred\\a\\n'; yes | head -c 1000000";
    let (_folder, delivery) = run(script, "canary", LONG).await;
    assert_eq!(delivery.receipt, Receipt::Taken("vault".to_owned()));
    assert_eq!(delivery.output[0], "␛[31mred␇");
    assert_eq!(delivery.output.last().unwrap(), "…");
    assert!(delivery.output.concat().len() <= MOST);
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_with_all_that_it_started() {
    let script = "sleep 1000 & echo $! > DIR/pid; echo waiting; sleep 1000";
    let (folder, delivery) = run(script, "canary", Duration::from_secs(2)).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "not delivered: the command vault did not end within 2 s and was ended"
    );
    assert_eq!(delivery.output, ["waiting"]);
    let pid = rustix::process::Pid::from_raw(read(&folder, "pid").trim().parse().unwrap()).unwrap();
    let started = Instant::now();
    while rustix::process::test_kill_process(pid).is_ok() && !is_zombie(pid.as_raw_pid()) {
        assert!(started.elapsed() < Duration::from_secs(20), "it still runs");
        tokio::task::yield_now().await;
    }
}

/// It has ended, and the init of a container does not look after it.
fn is_zombie(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| stat.contains(") Z "))
}

#[tokio::test]
async fn a_command_that_leaves_something_running_is_not_waited_for() {
    let (folder, delivery) = run(
        "cat > DIR/stdin; echo ok; sleep 1000 & echo $! > DIR/pid",
        "canary",
        LONG,
    )
    .await;
    assert_eq!(delivery.receipt, Receipt::Taken("vault".to_owned()));
    assert_eq!(delivery.output, ["ok"]);
    let pid: i32 = read(&folder, "pid").trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL)
        .expect("what it left still runs");
}

#[tokio::test]
async fn a_command_that_does_not_read_the_whole_secret_has_not_taken_it() {
    let (_folder, delivery) = run("exec <&-; exit 0", &"x".repeat(1 << 20), LONG).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "not delivered: the command vault ended well but did not read the whole secret"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_command_is_out_of_reach_of_the_terminals_ctrl_c() {
    let script = "cat >/dev/null; cut -d ' ' -f 1,5 /proc/$$/stat";
    let (_folder, delivery) = run(script, "canary", LONG).await;
    let (process, group) = delivery.output[0].split_once(' ').unwrap();
    assert_eq!(process, group, "it leads a group of its own");
}

#[test]
fn a_program_that_is_missing_or_may_not_run_is_told_before_anything_is_sent() {
    let (folder, around) = folder_with("store", "#!/bin/sh\n");
    let told = |name: &str| {
        let result = check(&[name.to_owned()], &around);
        result.map_err(|why| why.replace(folder.path().to_str().unwrap(), "D"))
    };
    fs::write(folder.path().join("plain"), "").unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(told("store"), Ok(()));
    assert_eq!(told(&path("store")), Ok(()));
    let missing =
        |name| format!("the program {name} is not on PATH; correct the command under [sinks]");
    assert_eq!(told("plain"), Err(missing("plain")));
    assert_eq!(told("nothing"), Err(missing("nothing")));
    assert_eq!(
        told(&path("plain")),
        Err(
            "D/plain is not a program that may be run; correct the command under [sinks]"
                .to_owned()
        )
    );
    assert!(check(&[], &around).is_err());
}
