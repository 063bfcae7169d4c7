//! What the console talks to in a bench, and the configs that say where it is: the demo's server in a process
//! of its own, so that the console's memory is its own.

use std::{
    error::Error,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The demo's server.
pub struct Backend {
    process: std::process::Child,
    contexts: serde_json::Value,
    home: tempfile::TempDir,
}

/// A context of the demo.
pub struct Context {
    pub url: String,
    pub input: String,
    pub credential: String,
}

impl Backend {
    /// Serves this many keys of each list, every answer so many milliseconds late.
    pub fn start(keys: usize, latency: u32) -> Result<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_keyrack"))
            .args(["demo", "--serve", "--keys", &keys.to_string()])
            .args(["--latency", &latency.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self {
            process,
            contexts: serde_json::from_str(&line)?,
            home: tempfile::tempdir()?,
        })
    }

    pub fn context(&self, service: &str) -> Result<Context> {
        let context = self.contexts.pointer(&format!("/contexts/{service}"));
        let context = context.ok_or("the demo serves no such service")?;
        let url = context.get("url").and_then(|url| url.as_str());
        let credential = context.get("credential").and_then(|all| all.as_object());
        let first = credential.and_then(|all| all.iter().next());
        let (input, value) = first.ok_or("no credential")?;
        Ok(Context {
            url: url.ok_or("no address")?.to_owned(),
            input: input.clone(),
            credential: value.as_str().ok_or("no credential")?.to_owned(),
        })
    }

    /// Arguments that name a config with this service alone.
    pub fn arguments(&self, service: &str) -> Result<Vec<String>> {
        let context = self.context(service)?;
        config(self.home.path(), service, service, &context)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a config with one context and bounds that no list of a bench reaches; gives the arguments that
/// name it.
pub fn config(home: &Path, name: &str, service: &str, context: &Context) -> Result<Vec<String>> {
    let secret = home.join(format!("{name}.key"));
    let path = home.join(format!("{name}.toml"));
    write_private(&secret, &context.credential)?;
    let text = format!(
        "[limits]\nrows = 2000000\nlist_mib = 1024\nparallel = 16\n[bulk]\nmax = 1000\nparallel = 16\n\
         [contexts.here]\nbackend = \"{service}\"\nurl = \"{}\"\ncredential = {{ {} = {{ file = \"{}\" }} }}\n",
        context.url,
        context.input,
        secret.display()
    );
    write_private(&path, &text)?;
    let path = path.to_string_lossy().into_owned();
    Ok(vec!["--config".to_owned(), path])
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}
