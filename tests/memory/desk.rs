//! The console on a terminal, and the services in a process of their own: what is found in the console's
//! memory is the console's.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, thread, time::Duration};

use rustix::process::Pid;
use tempfile::TempDir;

use crate::{harness::Demo, scan::Scan, session::Session};

pub const SIZE: (u16, u16) = (120, 30);
/// How long after it was dismissed no copy of a secret may be left.
const AFTER: Duration = Duration::from_secs(1);
/// Longer than the console ignores keys for once a secret came.
const SETTLE: Duration = Duration::from_millis(300);

/// A console on one of the services.
pub struct Desk {
    pub session: Session,
    _demo: Demo,
    _folder: TempDir,
}

/// A config with one context of the embedded backend, and with more lines.
pub fn config(demo: &Demo, context: &str, more: &str) -> (TempDir, PathBuf) {
    let text = fs::read_to_string(&demo.config).unwrap();
    let lines = text
        .split("[contexts.")
        .find_map(|part| part.strip_prefix(context)?.strip_prefix(']'));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let text = format!("[contexts.{context}]{}\n{more}\n", lines.unwrap());
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

impl Desk {
    /// The console on this context, its rows on the screen.
    pub fn on(context: &str) -> Self {
        Self::with(context, "", &[])
    }

    /// The same with more lines of config and with variables.
    pub fn with(context: &str, more: &str, env: &[(&str, &str)]) -> Self {
        let demo = Demo::start(&[]);
        let (folder, path) = config(&demo, context, more);
        let session = Session::start(&["--config", path.to_str().unwrap()], SIZE, env);
        session.wait_text("as of");
        Self {
            session,
            _demo: demo,
            _folder: folder,
        }
    }

    pub fn pid(&self) -> Pid {
        self.session.pid()
    }

    pub fn press(&mut self, keys: &str) {
        self.session.press(keys);
    }

    /// Presses keys and waits for what they bring.
    pub fn press_and_see(&mut self, keys: &str, text: &str) {
        self.press(keys);
        self.session.wait_text(text);
    }

    /// Makes a key whose secret then waits, masked.
    pub fn create(&mut self, name: &str) {
        self.press("n");
        self.session.wait_text("ctrl-s");
        self.session.type_text(name);
        if self.session.text().contains("Actions") {
            self.press("Tab");
            self.session.type_text("documents:search");
        }
        self.press("ctrl-s");
        self.waits(name);
    }

    /// Waits for the new secret of this key.
    pub fn waits(&mut self, name: &str) {
        self.session.wait_text("New secret of");
        self.session.wait_text(&format!("“{name}”"));
        settle();
    }

    /// Shows the secret, and reads it off the screen.
    pub fn show(&mut self) -> String {
        self.press("v");
        self.session.wait_text("masks");
        secret_on(&self.session.text())
    }

    /// The positive control: the scan sees a secret that is on the screen.
    #[track_caller]
    pub fn assert_found(&self, secret: &str) -> usize {
        let scan = Scan::of(self.pid(), secret);
        let as_text = scan.found.iter().any(|found| found.is_text());
        assert!(as_text, "{:?} in {} bytes", scan.found, scan.bytes);
        scan.found.len()
    }

    /// What is left of a secret that was dismissed a second ago.
    pub fn left(&self, secret: &str) -> Scan {
        thread::sleep(AFTER);
        Scan::of(self.pid(), secret)
    }

    /// No copy of a secret that was dismissed is left a second later.
    #[track_caller]
    pub fn assert_gone(&self, what: &str, secret: &str) {
        let scan = self.left(secret);
        println!("{what}: {} copies in {} bytes", scan.found.len(), scan.bytes);
        assert!(scan.found.is_empty(), "{what}: {:?}", scan.found);
    }
}

/// Keys count only once a secret has been on the screen for a moment: that is the product's rule.
pub fn settle() {
    thread::sleep(SETTLE);
}

/// The secret that the dialog shows: the longest word at the left edge.
pub fn secret_on(screen: &str) -> String {
    let lines = screen.lines().filter(|line| !line.starts_with(' '));
    let lines = lines.map(str::trim_end);
    let words = lines.filter(|line| line.is_ascii() && !line.contains(' '));
    let secret = words.max_by_key(|line| line.len()).unwrap_or_default();
    assert!(secret.len() >= 24, "no secret on the screen:\n{screen}");
    secret.to_owned()
}

/// Whether this process may read the memory of others; if not, says so.
pub fn may_look() -> bool {
    let may = rustix::process::geteuid().is_root();
    if !may {
        eprintln!("SKIPPED, needs root: nobody else may read the memory of keyrack");
    }
    may
}
