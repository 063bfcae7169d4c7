//! The unmodified binary closes its memory before it reads anything: no core file, and no other program of
//! the same user reads its memory, its environment, its mappings or its files. What keeps it locked is asked
//! of the system. Each refusal has its counterpart: another program to which the same is allowed.

use std::{
    fs::{self, File},
    os::unix::{
        fs::{OpenOptionsExt as _, PermissionsExt as _},
        process::{CommandExt as _, ExitStatusExt as _},
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use rustix::{
    fs::{CWD, FileType, Mode, OFlags, mknodat},
    process::{Pid, Signal, geteuid, kill_process},
};
use tempfile::TempDir;

use crate::{
    desk::{self, SIZE},
    display::wait,
    harness::Demo,
    session::Session,
};

/// A user that is nobody's.
const NOBODY: u32 = 65534;
/// Of 4: what another program of the same user may not see.
const REFUSED: [&str; 4] = ["mem", "environ", "maps", "fd/"];

/// A folder in which an ordinary user runs the binary as it was built, on a config that never comes: it waits
/// before it has read any.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
        // One that cannot be read would be closed for that reason alone.
        let copy = path.join("keyrack");
        fs::copy(env!("CARGO_BIN_EXE_keyrack"), &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
        let fifo = path.join("config.toml");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        if geteuid().is_root() {
            for path in [path, &copy, &fifo] {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A shell command of the ordinary user in this folder, with core files as large as they like.
    fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -c unlimited; {script}")])
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("KEYRACK_CANARY", "zq7Vd3-canary-Xw9Lp2")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped());
        if geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn spawn(&self, program: &str) -> Running {
        let child = self.shell(&format!("exec {program}")).spawn().unwrap();
        let id = child.id();
        let name = program.split(' ').next().unwrap().rsplit('/').next();
        let name = name.unwrap().to_owned();
        wait("the program", || {
            let now = fs::read_to_string(format!("/proc/{id}/comm"));
            now.is_ok_and(|now| now.trim() == name)
        });
        Running(child)
    }

    /// Keyrack, waiting for its config, which comes from nobody.
    fn waiting(&self) -> (Running, File) {
        let running = self.spawn("./keyrack --config config.toml context ls");
        let mut held = None;
        // It can be opened so only once somebody wants to read it.
        wait("it reads its config", || {
            let mut options = File::options();
            let options = options.write(true);
            let options = options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
            held = options.open(self.path().join("config.toml")).ok();
            held.is_some()
        });
        (running, held.unwrap())
    }

    /// What the same user is told by a read of this.
    fn may_see(&self, running: &Running, what: &str) -> bool {
        let script = match what {
            // The head of a memory is no page of it: opening is what counts.
            "mem" => format!("exec 3</proc/{}/mem", running.id()),
            "fd/" => format!("ls /proc/{}/fd/", running.id()),
            what => format!("cat /proc/{}/{what}", running.id()),
        };
        self.shell(&script).output().unwrap().status.success()
    }

    /// Files that are not the test's own.
    fn others(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path()).unwrap().flatten();
        let own = ["keyrack", "config.toml"];
        entries
            .filter(|entry| !own.iter().any(|own| entry.file_name() == *own))
            .map(|entry| entry.path())
            .collect()
    }
}

struct Running(Child);

impl Running {
    fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it by a signal; a handler may take the first one.
    fn ended_by(&mut self, signal: Signal) -> ExitStatus {
        let mut status = None;
        wait("its end", || {
            let _ = kill_process(crate::display::pid(self.id()), signal);
            status = self.0.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn no_other_program_of_the_same_user_reads_it_from_before_its_config_is_read() {
    let place = Place::new();
    let other = place.spawn("sleep 60");
    let (keyrack, _config) = place.waiting();
    for what in REFUSED {
        assert!(place.may_see(&other, what), "{what} of another program");
        assert!(!place.may_see(&keyrack, what), "{what} of keyrack");
    }
    println!("{} of {} refused", REFUSED.len(), REFUSED.len());
}

#[test]
fn no_core_file_is_written_whatever_ends_it() {
    let place = Place::new();
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    for signal in [Signal::SEGV, Signal::ABORT, Signal::QUIT, Signal::BUS] {
        let mut other = place.spawn("sleep 60");
        let dumps = other.ended_by(signal).core_dumped();
        if !dumps {
            eprintln!("SKIPPED in part: this system writes no core files ({pattern:?})");
        }
        for core in place.others() {
            fs::remove_file(core).unwrap();
        }
        let (mut keyrack, _config) = place.waiting();
        let limits = fs::read_to_string(format!("/proc/{}/limits", keyrack.id())).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max core"));
        let words: Vec<&str> = line.unwrap().split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{line:?}");
        let status = keyrack.ended_by(signal);
        assert_eq!(status.signal(), Some(signal.as_raw()), "{signal:?}");
        assert!(!status.core_dumped(), "{signal:?}");
        let left = place.others();
        assert!(left.is_empty(), "{signal:?}: {left:?}");
    }
}

/// Kilobytes that a process has locked.
fn locked(process: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// A console with a new secret, started by these words.
fn revealed(words: &[&str]) -> Session {
    let demo = Demo::start(&[]);
    let (_folder, path) = desk::private(&desk::context(&demo, "runai"));
    let keyrack = [
        env!("CARGO_BIN_EXE_keyrack"),
        "--config",
        path.to_str().unwrap(),
    ];
    let all = [words, &keyrack].concat();
    let mut session = Session::run(all[0], &all[1..], SIZE, &[]);
    session.wait_text("as of");
    session.press("n");
    session.wait_text("ctrl-s");
    session.type_text("locked");
    session.press("ctrl-s");
    session.wait_text("New secret of");
    session
}

#[test]
fn the_memory_of_a_secret_is_locked_and_where_it_is_not_the_screen_says_so() {
    let session = revealed(&["env"]);
    let kilobytes = locked(session.pid());
    println!("VmLck: {kilobytes} kB");
    assert!(kilobytes > 0);
    assert!(
        !session.text().contains("did not lock"),
        "{}",
        session.text()
    );
    let limited = ["sh", "-c", "ulimit -l 0; exec \"$@\"", "sh"];
    let without = [
        "setpriv",
        "--inh-caps",
        "-ipc_lock",
        "--bounding-set",
        "-ipc_lock",
    ];
    let words = if geteuid().is_root() {
        [without.as_slice(), &limited].concat()
    } else {
        limited.to_vec()
    };
    let mut session = revealed(&words);
    assert_eq!(locked(session.pid()), 0);
    session.wait_text("The system did not lock its memory");
    std::thread::sleep(desk::SETTLE);
    session.press("v");
    session.wait_text("masks");
    session.press("Enter");
    session.wait_gone("New secret of");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    let mut doctor = Command::new(words[0]);
    let doctor = doctor
        .args(&words[1..])
        .args([env!("CARGO_BIN_EXE_keyrack"), "doctor"])
        .output()
        .unwrap();
    let told = String::from_utf8(doctor.stdout).unwrap();
    assert!(told.contains("not locked"), "{told}");
}
