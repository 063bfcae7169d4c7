//! The whole console without a terminal, for tests: keys in, the screen out as text, real HTTP in between.
//! No part of the library's interface.

use std::{path::Path, time::Duration};

use ratatui::{Terminal, backend::TestBackend};
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

use super::core::{Core, Wish};
use crate::{
    app::{Msg, key::Key},
    config::{Config, Environment},
    ui,
};

/// How long a state is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a key that is held down comes.
const REPEAT: Duration = Duration::from_millis(33);
/// Longer than a dialog must have been on the screen before it takes an answer.
const SETTLE: Duration = Duration::from_millis(160);

/// The console on a config, drawn into memory.
#[derive(Debug)]
pub struct Harness {
    core: Core,
    terminal: Terminal<TestBackend>,
    look: ui::Look,
    /// What was sent to the terminal beside the frames.
    pub sent: Vec<u8>,
    /// The exit code, once the console has ended.
    pub exit: Option<u8>,
}

impl Harness {
    /// Opens the console on a config, as the program does.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn open(config: &Path, columns: u16, rows: u16) -> Result<Self, String> {
        Self::start(Some(config), None, (columns, rows))
    }

    /// Opens the console on the config that stands in this folder, if there is one.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn at_home(folder: &Path, columns: u16, rows: u16) -> Result<Self, String> {
        Self::start(None, Some(folder), (columns, rows))
    }

    fn start(
        config: Option<&Path>,
        folder: Option<&Path>,
        (columns, rows): (u16, u16),
    ) -> Result<Self, String> {
        let environment = Environment {
            utf8: true,
            no_color: true,
            config_folder: folder.map(Path::to_owned),
            state_folder: folder
                .or_else(|| config.and_then(Path::parent))
                .map(|folder| folder.join("state")),
            ..Environment::default()
        };
        let config = Config::load(config, &environment).map_err(|error| error.to_string())?;
        let core = Core::new(&config, &environment).map_err(|error| error.to_string())?;
        let terminal =
            Terminal::new(TestBackend::new(columns, rows)).map_err(|error| error.to_string())?;
        let mut harness = Self {
            core,
            terminal,
            look: ui::Look::default(),
            sent: Vec::new(),
            exit: None,
        };
        harness.core.model.size = (columns, rows);
        let effects = harness.core.model.start();
        let wishes = harness.core.apply(effects);
        harness.grant(wishes);
        harness.draw();
        Ok(harness)
    }

    /// Presses keys in the notation of the config, separated by blanks; each is drawn before the next,
    /// and dialogs have settled before they get it.
    ///
    /// # Errors
    /// A word that is no key.
    pub async fn press(&mut self, keys: &str) -> Result<(), String> {
        for key in keys.split_whitespace() {
            let key: Key = key.parse()?;
            if self.core.model.settles() {
                tokio::time::sleep(SETTLE).await;
            }
            self.handle(Msg::Key(key));
        }
        Ok(())
    }

    /// Types a text, character by character.
    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.handle(Msg::Key(Key::plain(crate::app::key::Code::Char(letter))));
        }
    }

    /// Presses keys that were typed ahead: nothing is drawn and nothing settles between them.
    ///
    /// # Errors
    /// A word that is no key.
    pub fn type_ahead(&mut self, keys: &str) -> Result<(), String> {
        for key in keys.split_whitespace() {
            let wishes = self.core.update(Msg::Key(key.parse()?));
            self.grant(wishes);
        }
        self.draw();
        Ok(())
    }

    /// Holds a key down for this long, as a terminal repeats it; what comes meanwhile is handled and drawn.
    ///
    /// # Errors
    /// A word that is no key.
    pub async fn hold(&mut self, key: &str, how_long: Duration) -> Result<(), String> {
        let key: Key = key.parse()?;
        let end = tokio::time::Instant::now() + how_long;
        while tokio::time::Instant::now() < end {
            self.handle(Msg::Key(key));
            let next = tokio::time::Instant::now() + REPEAT;
            while let Ok(Some(mail)) = tokio::time::timeout_at(next, self.core.next()).await {
                let wishes = self.core.take(mail);
                self.grant(wishes);
                self.draw();
            }
        }
        Ok(())
    }

    /// Gives the terminal the focus, or takes it.
    pub fn focus(&mut self, focused: bool) {
        self.handle(Msg::Focus(focused));
    }

    /// Pastes a text.
    pub fn paste(&mut self, text: &str) {
        self.handle(Msg::Paste(Zeroizing::new(text.to_owned())));
    }

    /// Gives the screen another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
        self.handle(Msg::Resize(columns, rows));
    }

    /// Waits until the screen shows this.
    ///
    /// # Errors
    /// The screen as it is when it does not.
    pub async fn wait_for(&mut self, text: &str) -> Result<(), String> {
        self.wait_until(|screen| screen.contains(text))
            .await
            .map_err(|screen| format!("no {text:?} on the screen:\n{screen}"))
    }

    /// Waits until the screen is as it should be.
    ///
    /// # Errors
    /// The screen as it is when it never was.
    pub async fn wait_until(&mut self, right: impl Fn(&str) -> bool) -> Result<(), String> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !right(&self.screen()) {
            match tokio::time::timeout_at(deadline, self.core.next()).await {
                Ok(Some(mail)) => {
                    let wishes = self.core.take(mail);
                    self.grant(wishes);
                    self.draw();
                }
                _ => return Err(self.screen()),
            }
        }
        Ok(())
    }

    /// The screen as text, a line each, blanks at the ends cut.
    #[must_use]
    pub fn screen(&self) -> String {
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width).max(1);
        let rows = buffer.content.chunks(width).map(|row| {
            // A wide symbol hides the cell behind it, whatever stood there before.
            let mut hidden = 0_usize;
            let mut line = String::new();
            for cell in row {
                if hidden > 0 {
                    hidden -= 1;
                    continue;
                }
                line.push_str(cell.symbol());
                hidden = UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            }
            line.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    fn handle(&mut self, msg: Msg) {
        let wishes = self.core.update(msg);
        self.grant(wishes);
        self.draw();
    }

    fn grant(&mut self, wishes: Vec<Wish>) {
        for wish in wishes {
            match wish {
                Wish::Exit(code) => self.exit = Some(code),
                Wish::Repaint => drop(self.terminal.clear()),
                Wish::Send(bytes) => self.sent.extend_from_slice(&bytes),
            }
        }
    }

    fn draw(&mut self) {
        let Self {
            core,
            terminal,
            look,
            ..
        } = self;
        // Drawing into memory does not fail.
        let _ = terminal.draw(|frame| ui::view(&core.model, frame, look));
        let wishes = self.core.update(Msg::Drawn);
        self.grant(wishes);
    }
}
