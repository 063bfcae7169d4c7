//! An X server of a test's own, and what another program sees on its clipboard. Where a tool is missing
//! the test is skipped with one line that names its package.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use keyrack::testing::deliver::{Content, Courier, Rescue, Secret, Settings, Surroundings};
use rustix::process::{Pid, Signal, kill_process};
use zeroize::Zeroizing;

/// How long any state is awaited before a test fails.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// One test at a time: each looks for the holders that this process started.
static TURN: Mutex<()> = Mutex::new(());

/// Whether these programs are there; if not, says what to install.
pub fn has(programs: &[(&str, &str)]) -> bool {
    let missing = |program: &str| {
        let found = Command::new("sh")
            .args(["-c", "command -v \"$0\" >/dev/null", program])
            .status();
        !found.unwrap().success()
    };
    let packages: Vec<&str> = programs
        .iter()
        .filter(|(program, _)| missing(program))
        .map(|(_, package)| *package)
        .collect();
    if !packages.is_empty() {
        eprintln!("SKIPPED, not installed: {}", packages.join(" "));
    }
    packages.is_empty()
}

/// An X server without a screen that anybody sees; ended with the value.
pub struct Display {
    server: Child,
    pub name: String,
    _turn: MutexGuard<'static, ()>,
}

impl Display {
    /// None where the tools are missing, which is told.
    pub fn start() -> Option<Self> {
        if !has(&[("Xvfb", "xvfb"), ("xclip", "xclip")]) {
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "64x64x8",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let mut told = BufReader::new(server.stdout.take().unwrap());
        told.read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb does not start");
        Some(Self {
            server,
            name: format!(":{}", number.trim()),
            _turn: turn,
        })
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(pid(self.server.id()), signal).unwrap();
    }

    /// A courier on this display whose copies of secrets stay this long.
    pub fn courier(&self, stays: Duration) -> Courier {
        courier(
            Surroundings {
                x11: true,
                display: vec![("DISPLAY".into(), OsString::from(&self.name))],
                program: Some(env!("CARGO_BIN_EXE_keyrack").into()),
                ..Surroundings::default()
            },
            stays,
        )
    }

    /// What another program pastes; none if the clipboard is empty.
    pub fn paste(&self) -> Option<Vec<u8>> {
        let output = self.xclip(&["-o"], None);
        output.status.success().then_some(output.stdout)
    }

    /// The clipboard in one of its formats.
    pub fn paste_as(&self, format: &str) -> String {
        let output = self.xclip(&["-o", "-t", format], None);
        String::from_utf8(output.stdout).unwrap()
    }

    /// Another program copies something.
    pub fn copy(&self, text: &str) {
        assert!(self.xclip(&["-i"], Some(text)).status.success());
    }

    /// Waits until the clipboard holds this, or nothing.
    #[track_caller]
    pub fn wait_for(&self, wanted: Option<&str>) {
        let wanted = wanted.map(|text| text.as_bytes().to_vec());
        wait(&format!("{wanted:?} on the clipboard"), || {
            self.paste() == wanted
        });
    }

    /// xclip goes on in the background to serve what it copied, so only its own end is awaited.
    fn xclip(&self, arguments: &[&str], input: Option<&str>) -> Output {
        let mut command = Command::new("timeout");
        command
            .args(["10", "xclip", "-selection", "clipboard"])
            .args(arguments)
            .env("DISPLAY", &self.name)
            .stderr(Stdio::null())
            .stdin(if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            });
        let Some(text) = input else {
            return command.output().unwrap();
        };
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = kill_process(pid(self.server.id()), Signal::CONT);
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A courier in some surroundings.
pub fn courier(surroundings: Surroundings, clear_after: Duration) -> Courier {
    Courier::new(Settings {
        surroundings,
        commands: std::collections::BTreeMap::new(),
        clear_after,
        rescue: Rescue::Holder,
        stdout: false,
    })
}

pub fn secret(text: &str) -> Content {
    Content::secret(&Secret::new(Zeroizing::new(text.to_owned())))
}

/// The holders that a process started and that still run.
pub fn holders(parent: u32) -> Vec<Pid> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap() {
        let path = entry.unwrap().path();
        let Ok(stat) = fs::read_to_string(path.join("stat")) else {
            continue;
        };
        let mut fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let (state, of) = (fields.next().unwrap(), fields.next().unwrap());
        let arguments = fs::read(path.join("cmdline")).unwrap_or_default();
        if of == parent.to_string() && state != "Z" && arguments == b"keyrack\0hold\0" {
            let id: u32 = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
            found.push(pid(id));
        }
    }
    found
}

/// A process has ended, or waits only to be reaped.
pub fn ended(process: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_pid()));
    stat.map_or(true, |stat| stat.contains(") Z "))
}

pub fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
}

/// Waits for a state, and fails if it does not come.
#[track_caller]
pub fn wait(what: &str, mut state: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !state() {
        assert!(Instant::now() < deadline, "never came: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
