//! Events in, effects out: the loop of the console. It feeds terminal events, signals and replies to
//! `app::update`, draws once the inbox is empty, and carries out what the update asks for in tasks. It
//! keeps no state of its own but the connections, and nothing wakes it while nothing happens.

pub mod contexts;
mod core;
mod events;
pub mod harness;
mod keeper;
mod reload;
pub mod signals;
mod tasks;
pub mod terminal;
#[cfg(debug_assertions)]
mod trial;
pub mod writer;

use std::{
    io::{self, Write as _},
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    app::Msg,
    config::{Config, Environment},
    ui,
};

use self::{
    core::{Core, Mail, Wish},
    events::Input,
    signals::{Ending, Signal, Signals},
    terminal::{Guard, TerminalError},
};

/// How long replies may be handled before the screen is drawn and keys are looked at again.
const PATIENCE: Duration = Duration::from_millis(4);

/// Why the console could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The terminal cannot be used.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Io(#[from] std::io::Error),
    /// The config's `[keys]` make no sense: its line, column and what is wrong.
    #[error("{0}")]
    Keys(String),
}

/// The console behind a terminal.
struct Console {
    core: Core,
    guard: Guard,
    look: ui::Look,
    dirty: bool,
    exit: Option<u8>,
}

/// Runs the console until it is left; gives the process's exit code.
///
/// # Errors
/// When the terminal cannot be used, or the config's keys make no sense.
pub async fn run(
    config: Config,
    environment: Environment,
    look: ui::Look,
    demo: bool,
) -> Result<u8, ConsoleError> {
    let mut core = Core::new(&config, &environment)?;
    core.model.demo = demo;
    // Before the terminal is taken: a signal must never find it without a guard.
    let signals = Signals::listen()?;
    let guard = Guard::take(environment.term.as_deref())?;
    Console {
        core,
        guard,
        look,
        dirty: true,
        exit: None,
    }
    .main(signals)
    .await
}

impl Drop for Console {
    /// Whatever ends the console, a secret that nobody has is not dropped with it. The terminal is given
    /// back first, so that what is said stays readable.
    fn drop(&mut self) {
        if !self.core.holds() {
            return;
        }
        terminal::restore();
        let mut stderr = io::stderr().lock();
        for line in self.core.rescue() {
            // Where the terminal is gone nobody reads it.
            let _ = writeln!(stderr, "keyrack: {line}");
        }
    }
}

impl Console {
    /// Waits, handles, draws, until the end. The first frame is drawn before anything is asked.
    async fn main(&mut self, mut signals: Signals) -> Result<u8, ConsoleError> {
        let mut events = events::listen();
        let size = self.guard.terminal().size()?;
        self.core.model.size = (size.width, size.height);
        let effects = self.core.model.start();
        self.draw()?;
        let wishes = self.core.apply(effects);
        self.grant(wishes)?;
        while self.exit.is_none() {
            self.draw()?;
            self.core.rest();
            let caught_up = self.core.catch_up();
            self.grant(caught_up)?;
            tokio::select! {
                biased;
                signal = signals.next() => self.signal(signal)?,
                Some(event) = events.recv() => self.event(event?)?,
                Some(mail) = self.core.next() => self.post(mail)?,
            }
            self.drain(&mut events)?;
        }
        self.core.end();
        Ok(self.exit.unwrap_or(0))
    }

    /// Handles what is here already: all keys, and replies for as long as no frame is late for them.
    fn drain(
        &mut self,
        events: &mut UnboundedReceiver<io::Result<Input>>,
    ) -> Result<(), ConsoleError> {
        let started = Instant::now();
        while self.exit.is_none() {
            if let Ok(event) = events.try_recv() {
                self.event(event?)?;
            } else if started.elapsed() < PATIENCE
                && let Some(mail) = self.core.waiting()
            {
                self.post(mail)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Draws if anything changed; dialogs learn that they were seen.
    fn draw(&mut self) -> Result<(), ConsoleError> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        let Self {
            core, guard, look, ..
        } = self;
        guard
            .terminal()
            .draw(|frame| ui::view(&core.model, frame, look))?;
        let wishes = self.core.update(Msg::Drawn);
        self.grant(wishes)
    }

    fn event(&mut self, input: Input) -> Result<(), ConsoleError> {
        #[cfg(debug_assertions)]
        trial::panic_if_asked(self.core.environment(), self.core.model.tray.front());
        match input {
            Input::Msg(msg) => self.update(*msg),
            Input::Suspend => self.suspend(),
            // The signal that says so may come later, or to somebody else.
            Input::Gone => self.signal(Signal::End(Ending::Hangup)),
        }
    }

    fn signal(&mut self, signal: Signal) -> Result<(), ConsoleError> {
        match signal {
            Signal::End(ending) => {
                self.exit = Some(ending.exit_code());
                Ok(())
            }
            Signal::Stop => self.suspend(),
            Signal::Resize => {
                // It may have been another size in between, and lost what was shown.
                self.guard.redraw()?;
                let size = self.guard.terminal().size()?;
                self.update(Msg::Resize(size.width, size.height))
            }
            Signal::Continue => {
                self.dirty = true;
                self.guard.resume().map_err(Into::into)
            }
        }
    }

    /// Masks secrets, gives the terminal back, stops, and goes on where it was.
    fn suspend(&mut self) -> Result<(), ConsoleError> {
        self.update(Msg::Suspend)?;
        self.draw()?;
        match self.guard.suspend() {
            Ok(()) => self.dirty = true,
            Err(TerminalError::NoShell) => {
                self.update(Msg::Failed(TerminalError::NoShell.to_string()))?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn post(&mut self, mail: Mail) -> Result<(), ConsoleError> {
        self.dirty = true;
        let wishes = self.core.take(mail);
        self.grant(wishes)
    }

    fn update(&mut self, msg: Msg) -> Result<(), ConsoleError> {
        self.dirty = true;
        let wishes = self.core.update(msg);
        self.grant(wishes)
    }

    fn grant(&mut self, wishes: Vec<Wish>) -> Result<(), ConsoleError> {
        for wish in wishes {
            match wish {
                Wish::Exit(code) => self.exit = Some(code),
                Wish::Repaint => self.guard.redraw()?,
                Wish::Send(bytes) => self.guard.send(&bytes)?,
            }
        }
        Ok(())
    }
}
