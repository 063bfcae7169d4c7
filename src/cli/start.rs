//! Commands about the program itself, and the one place from which the console is opened.

use std::fmt::Write as _;

use clap_complete::Shell;
use clap_mangen::Man;

use super::{DONE, Ended, Failure, Setting, block_on, output};
use crate::{
    config::{Config, ConfigError, backends_folder},
    journal::Journal,
    runtime::{self, ConsoleError},
    ui,
};

/// Opens the console on the configured contexts.
pub(super) fn console(setting: &Setting) -> Ended {
    let config = setting.config()?;
    block_on(open(setting, config, false))
}

/// Opens the console on a config.
pub(super) async fn open(setting: &Setting, config: Config, demo: bool) -> Ended {
    let theme = ui::Theme::named(&config.ui.theme).ok_or_else(|| {
        let known = ui::Theme::names().collect::<Vec<_>>().join(", ");
        let name = &config.ui.theme;
        Failure::config(format!(
            "theme = \"{name}\" under [ui] is unknown; there are {known}"
        ))
    })?;
    let look = ui::Look {
        colour: setting.colour(),
        ascii: !setting.environment.utf8,
        theme,
        zone: jiff::tz::TimeZone::system(),
    };
    let console = runtime::run(config, setting.environment.clone(), look, demo);
    console.await.map_err(|error| match error {
        ConsoleError::Keys(words) => Failure::config(words),
        other => Failure::failed(other.to_string()),
    })
}

/// Prints where things are.
pub(super) fn paths(setting: &Setting) -> Ended {
    let environment = &setting.environment;
    let (config, _) = environment
        .config_path(setting.config.as_deref())
        .ok_or(ConfigError::NoHome)?;
    let mut lines = vec![
        ("config", config.clone()),
        ("backends", backends_folder(&config)),
    ];
    if let Some(state) = &environment.state_folder {
        lines.push(("state", state.clone()));
        lines.push(("journal", Journal::at(state).path()));
    }
    let mut text = String::new();
    for (name, path) in lines {
        let _ = writeln!(text, "{name:<9} {}", path.display());
    }
    output::print(&text)?;
    Ok(DONE)
}

/// Prints completions.
pub(super) fn completions(shell: Shell) -> Ended {
    let mut script = Vec::new();
    let mut command = typed_by_people(&super::command());
    clap_complete::generate(shell, &mut command, "keyrack", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}

/// The command line without what keyrack starts itself; completions would offer that too.
fn typed_by_people(command: &clap::Command) -> clap::Command {
    let shown = command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set());
    clap::Command::new("keyrack")
        .version(env!("CARGO_PKG_VERSION"))
        .args(command.get_arguments().cloned())
        .subcommands(shown.cloned())
}

/// Prints the manual: the program's page, then one for each command.
pub(super) fn man() -> Ended {
    let mut command = super::command();
    command.build();
    let mut page = Vec::new();
    pages(&command, &mut page)?;
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(DONE)
}

fn pages(command: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    Man::new(command.clone().disable_help_subcommand(true)).render(page)?;
    for inner in command.get_subcommands() {
        if inner.get_name() != "help" && !inner.is_hide_set() {
            pages(inner, page)?;
        }
    }
    Ok(())
}
