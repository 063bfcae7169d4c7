//! The real binary on a wire to its own embedded backend, and what the services hold then.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

use crate::{
    harness::{Demo, Ran},
    wire::Wire,
};

/// What the journal is kept in.
pub const JOURNAL: &str = ".local/state/keyrack/journal.jsonl";

/// One key after the other.
pub const ONE: &str = "[bulk]\nparallel = 1";

/// A backend, the wire to it, and a home.
pub struct Desk {
    pub demo: Demo,
    pub wire: Wire,
}

impl Desk {
    pub fn new() -> Self {
        Self::with("")
    }

    /// With more lines of config behind the contexts.
    pub fn with(more: &str) -> Self {
        Self::of(&[], more)
    }

    /// With more of the demo, too.
    pub fn of(flags: &[&str], more: &str) -> Self {
        let demo = Demo::start(flags);
        let url = demo.ready["contexts"]["typesense"]["url"].as_str().unwrap();
        let server = url
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        let wire = Wire::to(&server);
        let config = fs::read_to_string(&demo.config).unwrap();
        let config = config.replace(&server, &wire.address.to_string());
        demo.overwrite("config.toml", &format!("{config}\n{more}\n"));
        Self { demo, wire }
    }

    /// Puts lines into the table of a context.
    pub fn context(&self, name: &str, lines: &str) {
        let config = fs::read_to_string(&self.demo.config).unwrap();
        let head = format!("[contexts.{name}]\n");
        let config = config.replace(&head, &format!("{head}{lines}\n"));
        self.demo.overwrite("config.toml", &config);
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let arguments = self.demo.with_config(arguments);
        let mut command = self.demo.home.command(&arguments);
        command.env(
            "XDG_RUNTIME_DIR",
            self.demo.home.path("runtime").to_str().unwrap(),
        );
        command
    }

    /// Runs a line as a shell splits it, with single quotes, where there is no terminal to ask on.
    pub fn keyrack(&self, line: &str) -> Ran {
        let mut words = Vec::new();
        for (at, part) in line.split('\'').enumerate() {
            match at % 2 {
                0 => words.extend(part.split_whitespace()),
                _ => words.push(part),
            }
        }
        self.run(&words)
    }

    /// Runs where there is no terminal to ask on.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// The same with a standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let inner = self.command(arguments);
        let mut command = Command::new("setsid");
        command
            .arg("--wait")
            .arg(inner.get_program())
            .args(inner.get_args())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in inner.get_envs() {
            command.envs(value.map(|value| (name, value)));
        }
        let mut child = command.spawn().unwrap();
        // A command that reads nothing closes it.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        ran(child.wait_with_output().unwrap())
    }

    /// Starts a command that a test ends or waits for.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// A file in the home.
    pub fn file(&self, name: &str) -> String {
        self.demo.home.path(name).to_str().unwrap().to_owned()
    }

    /// The folder for what is kept in memory, which its owner alone may enter.
    pub fn private_runtime(&self) -> PathBuf {
        let path = self.demo.home.path("runtime");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// The journal's text.
    pub fn journal(&self) -> String {
        fs::read_to_string(self.file(JOURNAL)).unwrap_or_default()
    }

    /// The entries of the journal.
    pub fn log(&self) -> Vec<Value> {
        let ran = self.run(&["log", "--json"]);
        let lines = ran.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What waits in the journal.
    pub fn waits(&self) -> Vec<Value> {
        let mut log = self.log();
        log.retain(|entry| entry["state"] == "open");
        log
    }

    /// The keys of a pane that a filter keeps.
    pub fn keys(&self, pane: &str, context: &str, filter: &str) -> Vec<Value> {
        let ran = self.run(&["ls", pane, "-c", context, "-f", filter, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.json()["items"].as_array().unwrap().clone()
    }

    /// The id of the only key that a filter keeps.
    pub fn id(&self, pane: &str, context: &str, filter: &str) -> String {
        let keys = self.keys(pane, context, filter);
        assert_eq!(keys.len(), 1, "{filter}: {keys:?}");
        keys[0]["id"].as_str().unwrap().to_owned()
    }

    /// Whether a context works with another credential.
    pub fn works(&self, context: &str, input: &str, secret: &str) -> bool {
        let name = format!("{context}.{input}");
        let path = self.demo.config.with_file_name(&name);
        let before = fs::read_to_string(&path).unwrap();
        self.demo.overwrite(&name, secret);
        let pane = if context == "runai" {
            "access-keys"
        } else {
            "api-keys"
        };
        let ran = self.run(&["ls", pane, "-c", context]);
        self.demo.overwrite(&name, &before);
        ran.code == 0
    }

    /// No file of the home but these, and nothing that was said, holds the text.
    pub fn hides(&self, text: &str, ran: &Ran, but: &[&str]) {
        assert!(!text.is_empty());
        assert!(!ran.stdout.contains(text), "{ran:?}");
        assert!(!ran.stderr.contains(text), "{ran:?}");
        let but: Vec<String> = but.iter().map(|name| self.file(name)).collect();
        let mut folders = vec![self.demo.home.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && path != self.demo.home.path("runtime") {
                    folders.push(path);
                } else if path.is_file() && !but.contains(&path.to_str().unwrap().to_owned()) {
                    let bytes = fs::read(&path).unwrap();
                    let found = bytes
                        .windows(text.len())
                        .any(|window| window == text.as_bytes());
                    assert!(!found, "{}", path.display());
                }
            }
        }
    }
}

pub fn ran(output: Output) -> Ran {
    use std::os::unix::process::ExitStatusExt as _;
    let signal = output.status.signal().map(|signal| 128 + signal);
    Ran {
        code: output.status.code().or(signal).unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The object of a write, whose members are always the same.
pub fn report(ran: &Ran) -> Value {
    let report = ran.json();
    members(&report);
    report
}

/// The objects of several.
pub fn reports(ran: &Ran) -> Vec<Value> {
    let whole = ran.json();
    let items = whole["items"].as_array().unwrap();
    items.iter().for_each(members);
    items.clone()
}

fn members(report: &Value) {
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "outcome", "context", "resource", "id", "name", "message", "journal"
        ]
    );
}
