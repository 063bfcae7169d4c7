//! A fresh home, and the embedded backend served by the real binary.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// What one run left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// It ended with this code, said this, and printed no data.
    pub fn fails(&self, code: i32, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.stderr.contains(words), "{words}: {self:?}");
        assert_eq!(self.stdout, "");
    }
}

/// A home folder of its own, gone when dropped.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn command(&self, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyrack"));
        command
            .env_clear()
            .env("HOME", self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path())
            .env("TMPDIR", self.0.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub fn run_with(
        &self,
        arguments: &[impl AsRef<std::ffi::OsStr>],
        variables: &[(&str, &str)],
    ) -> Ran {
        Ran::of(self.command(arguments).envs(variables.iter().copied()))
    }

    /// Runs where there is no terminal to ask on.
    #[cfg(target_os = "linux")]
    pub fn run_unattended(&self, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Ran {
        let inner = self.command(arguments);
        let mut command = Command::new("setsid");
        command
            .arg("--wait")
            .arg(inner.get_program())
            .args(inner.get_args())
            .env_clear()
            .stdin(Stdio::null());
        for (name, value) in inner.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        Ran::of(&mut command)
    }

    /// Runs with a standard output that nobody reads.
    pub fn with_closed_pipe(&self, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        let mut pipe = child.stderr.take().unwrap();
        pipe.read_to_string(&mut stderr).unwrap();
        Ran {
            code: child.wait().unwrap().code().unwrap_or(-1),
            stdout: String::new(),
            stderr,
        }
    }

    pub fn write(&self, name: &str, text: &str, mode: u32) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        set_mode(&path, mode);
        path.to_str().unwrap().to_owned()
    }

    pub fn config(&self, text: &str, mode: u32) {
        self.write("keyrack/config.toml", text, mode);
    }

    pub fn read(&self) -> String {
        fs::read_to_string(self.path("keyrack/config.toml")).unwrap()
    }

    pub fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// `keyrack demo --serve`, ended when dropped.
pub struct Demo {
    pub home: Home,
    pub ready: Value,
    pub config: PathBuf,
    child: Child,
}

impl Demo {
    pub fn start(flags: &[&str]) -> Self {
        let home = Home::new();
        let mut child = home
            .command(&[&["demo", "--serve"], flags].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self {
            config: ready["config"].as_str().unwrap().into(),
            home,
            ready,
            child,
        }
    }

    pub fn with_config<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--config", self.config.to_str().unwrap()], arguments].concat()
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.home.run(&self.with_config(arguments))
    }

    /// Replaces a file beside the config.
    pub fn overwrite(&self, name: &str, text: &str) {
        fs::write(self.config.with_file_name(name), text).unwrap();
    }

    /// Changes who may read a file beside the config.
    pub fn close(&self, name: &str, mode: u32) {
        set_mode(&self.config.with_file_name(name), mode);
    }

    /// Every secret input of every context.
    pub fn credentials(&self) -> Vec<(String, String)> {
        let contexts = self.ready["contexts"].as_object().unwrap().values();
        let inputs = contexts.flat_map(|context| context["credential"].as_object().unwrap());
        inputs
            .filter(|(input, _)| *input != "client_id")
            .map(|(input, value)| (input.clone(), value.as_str().unwrap().to_owned()))
            .collect()
    }

    /// Ends it and gives what it said.
    pub fn stderr(mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        let mut pipe = self.child.stderr.take().unwrap();
        pipe.read_to_string(&mut text).unwrap();
        text
    }

    /// Asks it to end and gives its exit code.
    pub fn stop(mut self) -> i32 {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
