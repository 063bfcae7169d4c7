//! The console on a terminal, and the services in a process of their own: what is found in the console's
//! memory is the console's.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, thread, time::Duration};

use rustix::process::Pid;
use tempfile::TempDir;

use crate::{front::Front, harness::Demo, scan::Scan, session::Session};

pub const SIZE: (u16, u16) = (120, 30);
/// How long after it was dismissed no copy of a secret may be left.
const AFTER: Duration = Duration::from_secs(1);
/// Longer than the console ignores keys for once a dialog came.
pub const SETTLE: Duration = Duration::from_millis(300);

/// A console on one of the services.
pub struct Desk {
    pub session: Session,
    /// Ended with the console, unless somebody else owns it.
    _demo: Option<Demo>,
    _folder: TempDir,
}

/// The config of one context of the embedded backend.
pub fn context(demo: &Demo, name: &str) -> String {
    let text = fs::read_to_string(&demo.config).unwrap();
    let mut parts = text.split("[contexts.");
    let lines = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix(']'));
    format!("[contexts.{name}]{}", lines.unwrap())
}

/// A file of a folder of its own, for its owner alone.
pub fn private(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
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
    pub fn with(name: &str, more: &str, env: &[(&str, &str)]) -> Self {
        Self::start(name, more, &[], env)
    }

    /// The same with more arguments.
    pub fn start(name: &str, more: &str, args: &[&str], env: &[(&str, &str)]) -> Self {
        let demo = Demo::start(&[]);
        let text = format!("{}\n{more}\n", context(&demo, name));
        Self {
            _demo: Some(demo),
            ..Self::open(&text, args, env)
        }
    }

    /// The console on a service that it reaches by TLS.
    pub fn behind(front: &Front) -> Self {
        let text = context(&front.demo, front.context);
        Self::open(&front.instead(text.trim_end()), &[], &[])
    }

    /// The console on a config.
    pub fn open(config: &str, args: &[&str], env: &[(&str, &str)]) -> Self {
        let (folder, path) = private(config);
        let args = [&["--config", path.to_str().unwrap()], args].concat();
        let session = Session::start(&args, SIZE, env);
        session.wait_text("as of");
        Self {
            session,
            _demo: None,
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

    /// Regenerates the secret of the key that is selected, at Run:ai; the new one then waits, masked.
    pub fn regenerate(&mut self, name: &str) {
        self.session.wait_for("the key is selected", |screen| {
            let text = screen.contents();
            text.lines()
                .any(|line| line.starts_with('▌') && line.contains(name))
        });
        self.press_and_see("r", "Regenerate its secret");
        settle();
        self.press_and_see("Down Enter", "Show it here");
        settle();
        self.press_and_see("Enter", "Regenerate the secret");
        settle();
        self.session.type_text(name);
        self.press("Enter Enter");
        self.waits(name);
    }

    /// Stops the console and continues it, as ctrl-z and `fg` do; it is drawn again then.
    pub fn sleep(&mut self) {
        self.press("ctrl-z");
        self.session.wait_stopped();
        let from = self.session.log().len();
        self.session.go_on();
        self.session.wait_log("the screen again", |log| {
            let news = String::from_utf8_lossy(&log[from..]);
            let entered = news.split_once("\x1b[?1049h");
            entered.is_some_and(|(_, frames)| frames.contains("\x1b[?2026l"))
        });
        // A key that comes with the first frame answers nothing.
        settle();
    }

    /// Waits until a rotation has tried the new secret.
    pub fn wait_tried(&self) {
        self.session.wait_text("try the new key: it signed in");
        settle();
    }

    /// The pieces of a secret in memory that stand there as text, and those that stand in cells.
    pub fn found(&self, secret: &str) -> (usize, usize) {
        let scan = Scan::of(self.pid(), essence(secret));
        let texts = scan.found.iter().filter(|found| found.is_text()).count();
        let cells = scan
            .found
            .iter()
            .filter(|found| found.is_in_cells())
            .count();
        (texts, cells)
    }

    /// The positive control: the scan sees a secret that is in the memory.
    #[track_caller]
    pub fn assert_found(&self, secret: &str) {
        assert!(self.found(secret).0 > 0, "the scan does not see the secret");
    }

    /// What is left of a secret that was dismissed a second ago.
    pub fn left(&self, secret: &str) -> Scan {
        thread::sleep(AFTER);
        Scan::of(self.pid(), essence(secret))
    }

    /// No copy of a secret that was dismissed is left a second later.
    #[track_caller]
    pub fn assert_gone(&self, what: &str, secret: &str) {
        let scan = self.left(secret);
        println!(
            "{what}: {} copies in {} bytes",
            scan.found.len(),
            scan.bytes
        );
        assert!(scan.found.is_empty(), "{what}: {:?}", scan.found);
    }
}

/// Keys count only once a dialog has been on the screen for a moment: that is the product's rule.
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

/// The part of a key that is secret: a key of Chutes begins with its own id and its owner's, which are in
/// every list.
pub fn essence(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// Whether this process may read the memory of others; if not, says so.
pub fn may_look() -> bool {
    let may = rustix::process::geteuid().is_root();
    if !may {
        eprintln!("SKIPPED, needs root: nobody else may read the memory of keyrack");
    }
    may
}
