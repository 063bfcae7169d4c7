//! What the operator adds to the config: the file is changed off the screen's thread, and what it says then is
//! told. What is wrong with it is told to the form that asked.

use std::path::Path;

use super::{Tasks, post};
use crate::{
    app::{Msg, NewContext, fleet::Group, saved::Saved},
    config::{self, Config, EditError, Environment},
    runtime::{contexts::filters, core::Mail},
};

impl Tasks {
    /// Adds a context to the config and shows what the config says then.
    pub(super) fn add_context(&self, context: NewContext) {
        let (sender, environment, path) = (
            self.sender.clone(),
            self.environment.clone(),
            self.config.clone(),
        );
        tokio::task::spawn_blocking(move || match add_context(context, &path, &environment) {
            Ok(config) => drop(sender.send(Mail::Config(Box::new(config)))),
            Err(why) => post(&sender, Msg::NotAdded(why)),
        });
    }

    /// Adds a filter to the config and tells which it has then.
    pub(super) fn save_filter(&self, saved: Saved, replace: bool) {
        let Saved { name, text } = saved;
        self.save(
            move |path, environment| {
                config::add_filter(path, (&name, &text), replace, environment)?;
                Ok(name)
            },
            |name, config| Msg::FilterSaved {
                name,
                saved: filters(config),
            },
        );
    }

    /// Adds a group to the config and tells which it has then.
    pub(super) fn save_group(&self, group: Group, replace: bool) {
        self.save(
            move |path, environment| {
                config::add_group(path, &group, replace, environment)?;
                Ok(group.name)
            },
            |name, config| Msg::GroupSaved {
                name,
                groups: config.groups.clone(),
            },
        );
    }

    /// Changes the config, reads it again and tells what it says then of what has this name.
    fn save(
        &self,
        change: impl FnOnce(&Path, &Environment) -> Result<String, EditError> + Send + 'static,
        tell: impl FnOnce(String, &Config) -> Msg + Send + 'static,
    ) {
        let (sender, environment, path) = (
            self.sender.clone(),
            self.environment.clone(),
            self.config.clone(),
        );
        tokio::task::spawn_blocking(move || {
            let changed = change(&path, &environment).map_err(|error| error.to_string());
            let read = changed.and_then(|name| {
                let config = Config::load(Some(&path), &environment).and_then(Config::whole);
                Ok((name, config.map_err(|error| error.to_string())?))
            });
            let msg = match read {
                Ok((name, config)) => tell(name, &config),
                Err(why) => Msg::NotAdded(why),
            };
            post(&sender, msg);
        });
    }
}

fn add_context(
    typed: NewContext,
    path: &Path,
    environment: &Environment,
) -> Result<Config, String> {
    let (manifest, _) =
        config::load_backend(&typed.backend, path).map_err(|error| error.to_string())?;
    let credential = typed.credential.into_iter().map(|(input, text)| {
        let source = config::typed_source(&manifest, &input, &text)?;
        Ok((input, source))
    });
    let context = config::NewContext {
        name: typed.name,
        backend: typed.backend,
        url: typed.url,
        credential: credential.collect::<Result<_, String>>()?,
    };
    config::add_context(path, &context, environment).map_err(|error| error.to_string())?;
    let read = Config::load(Some(path), environment).and_then(Config::whole);
    read.map_err(|error| error.to_string())
}
