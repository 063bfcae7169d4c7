//! A console on a terminal, the services that it talks to, and what its journal knows; the console can be
//! ended and started again, the rest stays.

use std::{collections::BTreeSet, fs, process::Command, thread, time::Duration};

use keyrack::testing::DemoServer;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    kind::{Kind, Step},
    services::{Services, write_private},
    session::Session,
};

/// Columns and rows of the terminal.
pub const SIZE: (u16, u16) = (110, 36);
/// Longer than a dialog must have been on the screen before it takes an answer (150 ms, a rule of the
/// product), by as much as a busy machine may need to note that it was drawn.
const SETTLE: Duration = Duration::from_millis(400);

pub struct World {
    pub server: DemoServer,
    pub services: Services,
    pub kind: Kind,
    pub session: Session,
    config: TempDir,
    before: BTreeSet<String>,
}

impl World {
    /// The console on this kind's list.
    pub async fn of(kind: Kind) -> Self {
        Self::with(kind, "", &[]).await
    }

    /// The same, with more lines of config and more of an environment.
    pub async fn with(kind: Kind, more: &str, env: &[(&str, &str)]) -> Self {
        let server = DemoServer::start(&[]).await.unwrap();
        let text = fs::read_to_string(server.config_path()).unwrap();
        let services = Services::of(server.config_path());
        let chosen = text.split("[contexts.").find_map(|context| {
            let (name, lines) = context.split_once(']')?;
            (name == kind.context).then(|| format!("[contexts.{name}]{lines}\n{more}\n"))
        });
        let config = tempfile::tempdir().unwrap();
        let path = config.path().join("config.toml");
        write_private(&path, &chosen.unwrap());
        let before = kind.ids(&services).await;
        let arguments = ["--config", path.to_str().unwrap()];
        let session = Session::start(&arguments, SIZE, env);
        let mut world = Self {
            server,
            services,
            kind,
            session,
            config,
            before,
        };
        world.there();
        world
    }

    /// Waits until the kind's list is on the screen.
    pub fn there(&mut self) {
        self.session.wait_text("1 API keys");
        self.session.press(self.kind.tab);
        let tab =
            ["API keys", "Secrets", "Access keys"][usize::from(self.kind.tab.as_bytes()[0] - b'1')];
        self.session
            .wait_text(&format!("{} {tab} · ", self.kind.tab));
        self.session.wait_gone("reading");
    }

    /// Starts the console anew, with the state of the one that ended.
    pub fn again(&mut self, env: &[(&str, &str)]) {
        let path = self.config.path().join("config.toml");
        let arguments = ["--config", path.to_str().unwrap()];
        self.session = self.session.again(&arguments, SIZE, env);
    }

    /// Waits for a text, and until what shows it takes an answer; then presses keys.
    #[track_caller]
    pub fn answer(&mut self, text: &str, keys: &str) {
        self.session.wait_text(text);
        thread::sleep(SETTLE);
        self.session.press(keys);
    }

    /// Fills in the form of a new key.
    pub fn fill(&mut self, name: &str) {
        self.session.press("n");
        self.session.wait_text(&format!("New {}", self.kind.noun));
        for step in self.kind.filling(name) {
            match step {
                Step::Press(keys) => self.session.press(keys),
                Step::Type(text) => self.session.type_text(&text),
                Step::Paste(text) => self.session.paste(text),
            }
        }
        self.session.wait_text(name);
    }

    /// Makes a new key and waits for its secret.
    pub fn create(&mut self, name: &str) {
        self.fill(name);
        self.session.press("ctrl-s");
        self.revealed(name);
    }

    /// Waits until the secret of a key is in front.
    #[track_caller]
    pub fn revealed(&mut self, name: &str) {
        let title = format!("New secret of the {} “{name}”", self.kind.noun);
        self.session.wait_text(&title);
        thread::sleep(SETTLE);
    }

    /// Shows the secret in front, reads it as a mouse would, and masks it again.
    #[track_caller]
    pub fn secret(&mut self) -> String {
        self.session.press("v");
        self.session.wait_text("v masks");
        let text = self.session.text();
        // Whole rows at the left edge, and nothing else there.
        let rows = text.lines().skip(1).map(str::trim_end);
        let plain = |row: &&str| row.bytes().all(|byte| byte.is_ascii_graphic());
        let secret: String = rows.filter(plain).collect();
        assert!(secret.len() >= 16, "no secret:\n{text}");
        self.session.press("v");
        self.session.wait_text("v shows");
        secret
    }

    /// The service takes this secret of the key of this name.
    pub async fn takes(&self, name: &str, secret: &str) -> bool {
        self.kind.takes(&self.services, name, secret).await
    }

    /// How many requests of this kind there were.
    pub fn sent(&self, method: &str) -> usize {
        self.server.writes(&self.kind.sends(method))
    }

    /// All lines of the journal.
    pub fn journal(&self) -> Vec<Value> {
        let path = self.session.home().join("state/keyrack/journal.jsonl");
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// No key is at the service that was not there before and that the journal does not know, and the
    /// journal is whole.
    pub async fn has_no_orphan(&self) {
        let mut known = BTreeSet::new();
        for line in self.journal() {
            ids(&line, &mut known);
        }
        let there = self.kind.ids(&self.services).await;
        let new = there.difference(&self.before);
        let orphans: Vec<&String> = new.filter(|id| !known.contains(*id)).collect();
        assert!(orphans.is_empty(), "{orphans:?} of {known:?}");
        let verified = Command::new(env!("CARGO_BIN_EXE_keyrack"))
            .args(["log", "--verify"])
            .env_clear()
            .env("HOME", self.session.home())
            .env("XDG_STATE_HOME", self.session.home().join("state"))
            .output()
            .unwrap();
        assert!(verified.status.success(), "{verified:?}");
    }

    /// Ids of the keys that were made meanwhile.
    pub async fn made(&self) -> Vec<String> {
        let there = self.kind.ids(&self.services).await;
        there.difference(&self.before).cloned().collect()
    }

    /// Files that hold a secret over an end.
    pub fn rescued(&self) -> usize {
        let folder = self.session.home().join("run/keyrack");
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    /// Opens the log and takes up what waits first.
    pub fn take_up(&mut self) {
        self.session.press("L");
        self.answer("What waits is marked", "Enter");
    }

    /// Types the name of a key into a question and confirms it.
    #[track_caller]
    pub fn confirm_by(&mut self, question: &str, name: &str) {
        self.answer(question, "Home");
        self.session.type_text(name);
        self.session.press("Enter Enter");
    }
}

impl World {
    /// Takes what is offered under this label.
    #[track_caller]
    pub fn choose(&mut self, label: &str) {
        self.session.wait_text(label);
        thread::sleep(SETTLE);
        for _ in 0..8 {
            let text = self.session.text();
            let at = |line: &str| line.contains(&format!("▌ {label}"));
            if text.lines().any(at) {
                self.session.press("Enter");
                return;
            }
            self.session.press("Down");
            self.session
                .wait_for("the cursor moves", |screen| screen.contents() != text);
        }
        panic!("{label:?} cannot be chosen:\n{}", self.session.text());
    }

    /// Narrows the list to the key of this id.
    pub fn select(&mut self, id: &str) {
        self.session.press("/");
        self.session
            .type_text(&format!("{}={id}", self.kind.id_at()));
        self.session.press("Enter Home");
        self.session.wait_text("1 of ");
    }

    /// Ends the console as the system does when it needs memory, and starts it anew on the kind's list; it
    /// says that a rotation waits.
    #[track_caller]
    pub fn killed(&mut self) {
        self.session.signal(rustix::process::Signal::KILL);
        self.session.exit_code();
        self.again(&[]);
        self.session.wait_text("1 rotation waits");
        self.there();
    }

    /// Closes the secret in front once it was seen.
    pub fn close_secret(&mut self) {
        self.session.press("v");
        self.session.wait_text("v masks");
        self.session.press("Enter");
        self.session.wait_gone("v masks");
    }
}

/// All texts and numbers under a field named `id`.
fn ids(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == "id" => drop(into.insert(text.clone())),
                    Value::Number(number) if key == "id" => drop(into.insert(number.to_string())),
                    other => ids(other, into),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| ids(value, into)),
        _ => {}
    }
}
