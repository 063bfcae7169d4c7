//! The console without its terminal: messages in, effects carried out, and what is left over for whoever
//! has a screen. The loop drives it behind a terminal; tests drive it without one.

use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{ConsoleError, contexts, keeper::Keeper, reload, tasks::Tasks};
use crate::{
    app::{self, Effect, Model, Msg, keymap::Keymap, reveal::Receipt},
    config::{Config, Environment},
    deliver::Content,
    record::Moment,
    secret::Locking,
};

/// What reaches the console from its tasks.
#[derive(Debug)]
pub enum Mail {
    /// For the update.
    Msg(Box<Msg>),
    /// Bytes for the terminal, then what the copy did.
    Terminal(Zeroizing<Vec<u8>>, Receipt),
    /// The contexts of another config take the place of the present ones.
    Config(Box<Config>),
    /// A manifest beside the config was saved: the config with what it says now, or its mistakes.
    Saved(Box<Result<Config, String>>),
    /// The demo is here, with a config of its own.
    #[cfg(feature = "demo")]
    Demo(Box<(Config, crate::demo::Demo)>),
}

/// What only the owner of a terminal can do.
#[derive(Debug)]
pub enum Wish {
    /// Paint every cell anew.
    Repaint,
    /// Send these bytes, which are no part of a frame.
    Send(Zeroizing<Vec<u8>>),
    /// End with this exit code.
    Exit(u8),
}

/// The model, its tasks and their answers.
#[derive(Debug)]
pub struct Core {
    /// What the screen shows.
    pub model: Model,
    tasks: Tasks,
    mail: mpsc::UnboundedReceiver<Mail>,
    #[cfg(debug_assertions)]
    environment: Environment,
    keeper: Keeper,
    /// A config that could not be shown yet.
    saved: Option<Box<Config>>,
    /// The operator left: what the tray does not have was asked about.
    left: bool,
    #[cfg(feature = "demo")]
    demo: Option<crate::demo::Demo>,
}

impl Core {
    /// A console on the contexts of a config; nothing is asked yet.
    ///
    /// # Errors
    /// When the config's keys make no sense.
    pub fn new(config: &Config, environment: &Environment) -> Result<Self, ConsoleError> {
        let (sender, mail) = mpsc::unbounded_channel();
        let mut model = Model::new(contexts::of(config), keymap(config)?);
        model.first_run =
            (!config.exists && config.contexts.is_empty()).then(|| config.path.clone());
        tell_names(&mut model, config);
        model.now = now();
        let mut keeper = Keeper::new(environment.state_folder.as_deref(), &config.path);
        if model.first_run.is_none() {
            keeper.restore(&mut model);
        }
        if let Err(mistakes) = config.select(&[]) {
            let left_out: Vec<&str> = config.left_out.iter().map(|it| &*it.context).collect();
            app::listing::leave_out(&mut model, &left_out, &mistakes.to_string());
        }
        reload::watch(&config.path, environment, sender.clone());
        Ok(Self {
            model,
            saved: None,
            tasks: Tasks::new(config, sender, environment.clone()),
            mail,
            #[cfg(debug_assertions)]
            environment: environment.clone(),
            keeper,
            left: false,
            #[cfg(feature = "demo")]
            demo: None,
        })
    }

    /// What the environment says.
    #[cfg(debug_assertions)]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Keeps the console's look while there is nothing else to do.
    pub fn rest(&mut self) {
        self.keeper.keep(&self.model);
    }

    /// Keeps the console's look before it ends.
    pub fn end(&mut self) {
        self.keeper.flush(&self.model);
    }

    /// The next answer of a task.
    pub async fn next(&mut self) -> Option<Mail> {
        self.mail.recv().await
    }

    /// An answer that is here already.
    pub fn waiting(&mut self) -> Option<Mail> {
        self.mail.try_recv().ok()
    }

    /// Takes an answer.
    pub fn take(&mut self, mail: Mail) -> Vec<Wish> {
        match mail {
            Mail::Msg(msg) => self.update(*msg),
            Mail::Terminal(bytes, receipt) => {
                let mut wishes = vec![Wish::Send(bytes)];
                wishes.extend(self.update(Msg::Delivered(receipt)));
                wishes
            }
            Mail::Config(config) => self.switch(*config),
            Mail::Saved(read) => self.reload(*read),
            #[cfg(feature = "demo")]
            Mail::Demo(started) => {
                let (config, demo) = *started;
                self.tasks.write_down_in(&demo.state_folder());
                // The look of the samples is nothing to come back to.
                self.keeper = Keeper::default();
                self.demo = Some(demo);
                self.switch(config)
            }
        }
    }

    /// A manifest was saved: what it says now is shown as soon as nothing is open that it would change.
    fn reload(&mut self, read: Result<Config, String>) -> Vec<Wish> {
        self.saved = None;
        #[cfg(feature = "demo")]
        if self.demo.is_some() {
            // The samples have no manifests of the operator's.
            return Vec::new();
        }
        let config = match read {
            Ok(config) => config,
            Err(mistakes) => return self.update(Msg::Reread(Err(mistakes))),
        };
        let contexts = contexts::of(&config);
        let waits = app::listing::places(&self.model, &contexts).is_err();
        if waits {
            self.saved = Some(Box::new(config));
            return Vec::new();
        }
        let changed = !app::listing::same_contexts(&self.model, &contexts);
        let mut wishes = Vec::new();
        if changed {
            wishes = self.switch(config);
        }
        wishes.extend(self.update(Msg::Reread(Ok(changed))));
        wishes
    }

    /// Shows a manifest that was saved while something was open that it would have changed.
    pub fn catch_up(&mut self) -> Vec<Wish> {
        match self.saved.take() {
            Some(config) => self.reload(Ok(*config)),
            None => Vec::new(),
        }
    }

    /// The contexts of a config take the place of the present ones, the same ones theirs.
    fn switch(&mut self, mut config: Config) -> Vec<Wish> {
        let places = match app::listing::places(&self.model, &contexts::of(&config)) {
            Ok(places) => places,
            Err(why) => return self.update(Msg::ContextsKept(why)),
        };
        config.contexts = app::listing::placed(config.contexts, &places);
        self.tasks.connect(&config);
        tell_names(&mut self.model, &config);
        self.update(Msg::Contexts(contexts::of(&config)))
    }

    /// Takes the secrets that have no other holder, each with what it is.
    fn unheld(&mut self) -> Vec<(String, Content)> {
        // Those of an earlier run are where they were, and what a service tells again is there.
        let tray = std::mem::take(&mut self.model.tray).into_iter();
        let tray = tray.filter(|reveal| !reveal.is_elsewhere());
        let mut secrets: Vec<(String, Content)> = tray
            .map(|reveal| {
                let entry = reveal.entry.map(|entry| entry.to_string());
                (reveal.label(), Content::secret(&reveal.secret).of(entry))
            })
            .collect();
        if !self.left {
            let held = app::held::secrets(&self.model).into_iter();
            secrets.extend(held.map(|one| {
                let entry = one.entry.map(|entry| entry.to_string());
                (one.label, Content::secret(&one.secret).of(entry))
            }));
        }
        secrets
    }

    /// There are secrets that have no other holder.
    pub fn holds(&self) -> bool {
        self.model.tray.iter().any(|reveal| !reveal.again)
            || (!self.left && !app::held::secrets(&self.model).is_empty())
    }

    /// Hands over the secrets that nobody else has, because the program is ended or breaks off; gives lines
    /// that say where they are.
    pub fn rescue(&mut self) -> Vec<String> {
        let secrets = self.unheld();
        if secrets.is_empty() {
            Vec::new()
        } else {
            self.tasks.rescue(&secrets)
        }
    }

    /// Handles a message at the present time and starts what follows from it.
    pub fn update(&mut self, msg: Msg) -> Vec<Wish> {
        self.model.now = now();
        self.model.unlocked = matches!(Locking::now(), Locking::Partly | Locking::NotLocked);
        let effects = app::update(&mut self.model, msg);
        self.apply(effects)
    }

    /// Starts what follows from a message; what needs a terminal is left over.
    pub fn apply(&mut self, effects: Vec<Effect>) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for effect in effects {
            match effect {
                Effect::Quit => {
                    self.left = true;
                    wishes.push(Wish::Exit(0));
                }
                Effect::Repaint => wishes.push(Wish::Repaint),
                Effect::Copy(what, text) => self.tasks.copy(what, &text),
                Effect::Deliver { call, sink } => {
                    let mut tray = self.model.tray.iter();
                    if let Some(reveal) = tray.find(|reveal| reveal.call == call) {
                        let content = Content::secret(&reveal.secret);
                        self.tasks.deliver(&sink, content, call);
                    }
                }
                effect => self.tasks.start(effect),
            }
        }
        wishes
    }
}

/// Tells the model the names of the config's commands, and what it asks of keys.
fn tell_names(model: &mut Model, config: &Config) {
    model.sources = config.sources.keys().cloned().collect();
    model.sinks = config.sinks.keys().cloned().collect();
    model.groups.clone_from(&config.groups);
    model.saved = contexts::filters(config);
    model.policy = config.policy.clone();
    model.bulk = config.bulk.clone();
}

fn keymap(config: &Config) -> Result<Keymap, ConsoleError> {
    let pairs = config
        .keys
        .iter()
        .map(|key| (key.name.clone(), key.value.clone()));
    Keymap::with(&pairs.collect())
        .map_err(|error| ConsoleError::Keys(format!("{}: [keys]: {error}", config.path.display())))
}

/// The present time.
pub fn now() -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::Desk;

    /// A form with a private key that was made in it.
    fn made() -> Model {
        let mut desk = Desk::of("djinn");
        desk.take();
        desk.press("n Tab Tab ctrl-g");
        for effect in desk.take() {
            if let Effect::Value { call, .. } = effect {
                let key = include_str!("../../tests/fixtures/ssh/ed25519.key");
                let result = Ok(Zeroizing::new(key.to_owned()));
                desk.send(Msg::Value { call, result });
            }
        }
        desk.model
    }

    #[tokio::test]
    async fn a_key_that_was_made_here_is_handed_over_unless_the_operator_left() {
        let environment = Environment {
            config_folder: Some("/keyrack/nowhere".into()),
            ..Environment::default()
        };
        let config = Config::load(None, &environment).unwrap();
        let mut core = Core::new(&config, &environment).unwrap();
        core.model = made();
        assert!(core.holds());
        let labels: Vec<String> = core.unheld().into_iter().map(|it| it.0).collect();
        assert_eq!(labels, ["Private key · New SSH key in dev"]);
        core.apply(vec![Effect::Quit]);
        assert!(!core.holds());
        assert!(core.unheld().is_empty());
    }

    #[tokio::test]
    async fn a_context_whose_manifest_has_mistakes_is_left_out_until_it_is_saved_without() {
        let folder = tempfile::tempdir().unwrap();
        let (config, backends) = (
            folder.path().join("config.toml"),
            folder.path().join("backends"),
        );
        std::fs::create_dir(&backends).unwrap();
        let good = crate::manifest::builtin("typesense").unwrap();
        let good = good.replace("id = \"typesense\"", "id = \"own\"");
        std::fs::write(backends.join("own.toml"), format!("{good}zzz = 1\n")).unwrap();
        let of = |name: &str, backend: &str| {
            format!(
                "[contexts.{name}]\nbackend = \"{backend}\"\nurl = \"http://127.0.0.1:1\"\ncredential = {{ env = \"K\" }}\n"
            )
        };
        let text = [of("ours", "own"), of("search", "typesense")].concat();
        std::fs::write(&config, text).unwrap();
        let environment = Environment::default();
        let read = Config::load(Some(&config), &environment).unwrap();
        let mut core = Core::new(&read, &environment).unwrap();
        let names = |core: &Core| {
            let contexts = core.model.contexts.iter();
            contexts.map(|it| it.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(&core), ["search"]);
        let [app::dialog::Dialog::Problem(problem)] = &*core.model.dialogs else {
            panic!("{:?}", core.model.dialogs)
        };
        let told = problem.lines.join("\n");
        assert!(
            told.contains("own.toml:") && told.contains("`zzz`"),
            "{told}"
        );
        assert!(told.contains("The context ours will be here"), "{told}");
        std::fs::write(backends.join("own.toml"), good).unwrap();
        while names(&core).len() < 2 {
            let mail = tokio::time::timeout(std::time::Duration::from_secs(30), core.next());
            let mail = mail.await.expect("in time").expect("a mail");
            core.take(mail);
        }
        assert_eq!(names(&core), ["search", "ours"]);
        assert!(core.model.dialogs.is_empty(), "{:?}", core.model.dialogs);
    }
}
