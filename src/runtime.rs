//! Events in, effects out: the loop of the console. It feeds terminal events, signals and replies to
//! `app::update`, draws once the inbox is empty, and carries out what the update asks for in tasks. It
//! keeps no state of its own but the connections, and nothing wakes it while nothing happens.

mod contexts;
mod events;
pub mod signals;
mod tasks;
pub mod terminal;
#[cfg(debug_assertions)]
mod trial;
pub mod writer;

use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::{
    app::{self, Effect, Model, Msg, keymap::Keymap, reveal::Receipt},
    config::{Config, Environment},
    deliver::Content,
    record::Moment,
    ui,
};

use self::{
    contexts::Connections,
    events::Input,
    signals::{Signal, Signals},
    tasks::Tasks,
    terminal::{Guard, TerminalError},
};

/// How long replies may be handled before the screen is drawn and keys are looked at again.
const PATIENCE: Duration = Duration::from_millis(4);

/// What reaches the loop from its tasks.
#[derive(Debug)]
pub enum Mail {
    /// For the update.
    Msg(Box<Msg>),
    /// Bytes for the terminal, then what the copy did.
    Terminal(Zeroizing<Vec<u8>>, Receipt),
    /// The demo is here: its contexts take the place of the config's.
    #[cfg(feature = "demo")]
    Demo(Box<(Config, crate::demo::Demo)>),
}

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

/// The loop's own things: where it draws, whom it asks, where answers come from.
struct Console {
    model: Model,
    guard: Guard,
    tasks: Tasks,
    mail: mpsc::UnboundedReceiver<Mail>,
    look: ui::Look,
    environment: Environment,
    dirty: bool,
    exit: Option<u8>,
    #[cfg(feature = "demo")]
    demo: Option<crate::demo::Demo>,
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
    let keymap = keymap(&config)?;
    // Before the terminal is taken: a signal must never find it without a guard.
    let signals = Signals::listen()?;
    let guard = Guard::take(environment.term.as_deref())?;
    let (sender, mail) = mpsc::unbounded_channel();
    let mut model = Model::new(contexts::of(&config), keymap);
    model.first_run = (!config.exists && config.contexts.is_empty()).then(|| config.path.clone());
    model.demo = demo;
    model.now = now();
    let tasks = Tasks::new(
        Connections::of(&config, &environment),
        sender,
        environment.clone(),
    );
    let mut console = Console {
        model,
        guard,
        tasks,
        mail,
        look,
        environment,
        dirty: true,
        exit: None,
        #[cfg(feature = "demo")]
        demo: None,
    };
    console.main(signals).await
}

fn keymap(config: &Config) -> Result<Keymap, ConsoleError> {
    let pairs = config
        .keys
        .iter()
        .map(|key| (key.name.clone(), key.value.clone()));
    Keymap::with(&pairs.collect())
        .map_err(|error| ConsoleError::Keys(format!("{}: [keys]: {error}", config.path.display())))
}

fn now() -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond())
}

impl Console {
    /// Waits, handles, draws, until the end.
    async fn main(&mut self, mut signals: Signals) -> Result<u8, ConsoleError> {
        let mut events = events::stream();
        let size = self.guard.terminal().size()?;
        self.model.size = (size.width, size.height);
        let effects = self.model.start();
        self.draw()?;
        self.apply(effects)?;
        while self.exit.is_none() {
            self.draw()?;
            tokio::select! {
                biased;
                signal = signals.next() => self.signal(signal)?,
                event = events.next() => match event {
                    Some(Ok(event)) => self.event(event)?,
                    Some(Err(error)) => return Err(error.into()),
                    None => self.exit = Some(0),
                },
                Some(mail) = self.mail.recv() => self.post(mail)?,
            }
            let started = Instant::now();
            while self.exit.is_none() {
                if let Some(event) = events.next().now_or_never() {
                    match event {
                        Some(event) => self.event(event?)?,
                        None => self.exit = Some(0),
                    }
                } else if started.elapsed() < PATIENCE
                    && let Ok(mail) = self.mail.try_recv()
                {
                    self.post(mail)?;
                } else {
                    break;
                }
            }
        }
        Ok(self.exit.unwrap_or(0))
    }

    /// Draws if anything changed; dialogs learn that they were seen.
    fn draw(&mut self) -> Result<(), ConsoleError> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        let Self {
            model, guard, look, ..
        } = self;
        guard
            .terminal()
            .draw(|frame| ui::view(model, frame, look))?;
        self.model.now = now();
        app::update(&mut self.model, Msg::Drawn);
        Ok(())
    }

    fn event(&mut self, event: crossterm::event::Event) -> Result<(), ConsoleError> {
        #[cfg(debug_assertions)]
        trial::panic_if_asked(&self.environment);
        match events::input(event) {
            Some(Input::Msg(msg)) => self.update(msg),
            Some(Input::Suspend) => self.suspend(),
            None => Ok(()),
        }
    }

    fn signal(&mut self, signal: Signal) -> Result<(), ConsoleError> {
        match signal {
            Signal::End(ending) => {
                self.exit = Some(ending.exit_code());
                Ok(())
            }
            Signal::Stop => self.suspend(),
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
                self.update(Msg::Failed(TerminalError::NoShell.to_string()))?
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn post(&mut self, mail: Mail) -> Result<(), ConsoleError> {
        match mail {
            Mail::Msg(msg) => self.update(*msg),
            Mail::Terminal(bytes, receipt) => {
                self.guard.send(&bytes)?;
                self.update(Msg::Copied(receipt))
            }
            #[cfg(feature = "demo")]
            Mail::Demo(started) => {
                let (config, demo) = *started;
                self.tasks
                    .connect(Connections::of(&config, &self.environment));
                self.demo = Some(demo);
                self.update(Msg::Contexts(contexts::of(&config)))
            }
        }
    }

    fn update(&mut self, msg: Msg) -> Result<(), ConsoleError> {
        self.model.now = now();
        self.dirty = true;
        let effects = app::update(&mut self.model, msg);
        self.apply(effects)
    }

    fn apply(&mut self, effects: Vec<Effect>) -> Result<(), ConsoleError> {
        for effect in effects {
            match effect {
                Effect::Quit => self.exit = Some(0),
                Effect::Repaint => self.guard.redraw()?,
                Effect::Copy(text) => self.tasks.copy(Content::text(&text), false),
                Effect::CopySecret => {
                    if let Some(reveal) = self.model.tray.front() {
                        self.tasks.copy(Content::secret(&reveal.secret), true);
                    }
                }
                effect => self.tasks.start(effect),
            }
        }
        Ok(())
    }
}
