//! What every flow needs: the console on some contexts, and what the services hold, read past the console.

use std::{fs, ops::Deref, path::Path};

use keyrack::testing::{DemoServer, Harness};
use tempfile::TempDir;

use crate::services::Services;
pub use crate::services::write_private;

/// Columns and rows of the screen.
pub const SIZE: (u16, u16) = (120, 40);

/// The console; what goes wrong is told with the screen as it is.
pub struct Console(pub Harness);

impl Console {
    pub fn open(config: &Path) -> Self {
        Self(Harness::open(config, SIZE.0, SIZE.1).unwrap_or_else(|why| panic!("{why}")))
    }

    pub async fn press(&mut self, keys: &str) {
        self.0
            .press(keys)
            .await
            .unwrap_or_else(|why| panic!("{why}"));
    }

    /// Waits until the screen shows this.
    pub async fn sees(&mut self, text: &str) {
        if let Err(why) = self.0.wait_for(text).await {
            panic!("{why}");
        }
    }

    /// Waits until the screen is as it should be.
    pub async fn until(&mut self, what: &str, right: impl Fn(&str) -> bool) {
        if let Err(screen) = self.0.wait_until(right).await {
            panic!("not so: {what}:\n{screen}");
        }
    }

    /// Waits until every list and every write is answered.
    pub async fn rests(&mut self) {
        self.until("nothing is on its way", |screen| {
            !screen.contains("reading") && !screen.contains("on its way")
        })
        .await;
    }

    /// Presses keys and waits for what they bring.
    pub async fn press_and_see(&mut self, keys: &str, text: &str) {
        self.press(keys).await;
        self.sees(text).await;
    }

    pub fn screen(&self) -> String {
        self.0.screen()
    }

    /// The screen shows this now.
    pub fn shows(&self, text: &str) {
        let screen = self.screen();
        assert!(
            screen.contains(text),
            "no {text:?} on the screen:\n{screen}"
        );
    }

    /// The screen does not show this now.
    pub fn hides(&self, text: &str) {
        let screen = self.screen();
        assert!(!screen.contains(text), "{text:?} on the screen:\n{screen}");
    }

    /// The line that the cursor is on.
    pub fn selected(&self) -> String {
        let screen = self.screen();
        let mut lines = screen
            .lines()
            .filter(|line| line.starts_with(['▌', '>', '›']));
        lines.next().unwrap_or_default().to_owned()
    }
}

/// The embedded backend, and the console on some of its contexts.
pub struct Desk {
    pub server: DemoServer,
    pub console: Console,
    services: Services,
    pub home: TempDir,
}

impl Deref for Desk {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl Desk {
    /// The console on these contexts.
    pub async fn on(names: &[&str]) -> Self {
        Self::with(names, "").await
    }

    /// The console on these contexts, each with more lines of config.
    pub async fn with(names: &[&str], more: &str) -> Self {
        let server = DemoServer::start(&[]).await.unwrap();
        let text = fs::read_to_string(server.config_path()).unwrap();
        let services = Services::of(server.config_path());
        let chosen = text.split("[contexts.").filter_map(|context| {
            let (name, lines) = context.split_once(']')?;
            let wanted = names.contains(&name);
            wanted.then(|| format!("[contexts.{name}]{lines}\n{more}\n"))
        });
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config.toml");
        write_private(&config, &chosen.collect::<String>());
        Self {
            server,
            console: Console::open(&config),
            services,
            home,
        }
    }
}

/// The secret that the dialog shows: the longest word at the left edge.
pub fn secret_on(screen: &str) -> String {
    let lines = screen.lines().filter(|line| !line.starts_with(' '));
    let words = lines.filter(|line| line.is_ascii() && !line.contains(' '));
    let secret = words.max_by_key(|line| line.len()).unwrap_or_default();
    assert!(secret.len() >= 16, "no secret on the screen:\n{screen}");
    secret.to_owned()
}
