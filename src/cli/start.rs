//! Commands about the program itself, and the one place from which the console is opened.

use std::fmt::Write as _;

use clap_complete::Shell;

use super::{DONE, Ended, Failure, Setting, block_on, output};
use crate::{
    config::{Config, ConfigError, backends_folder},
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
    let look = ui::Look {
        colour: setting.colour(),
        ascii: !setting.environment.utf8,
        theme: ui::Theme::named(&config.ui.theme).unwrap_or_default(),
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
        lines.push(("journal", state.join("journal.jsonl")));
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
    clap_complete::generate(shell, &mut super::command(), "keyrack", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}

/// Prints the manual: the program's page, then one for each command.
pub(super) fn man() -> Ended {
    output::print(include_str!("../../assets/keyrack.1"))?;
    Ok(DONE)
}

#[cfg(all(test, feature = "demo"))]
mod tests {
    use clap_mangen::Man;

    fn pages(command: &clap::Command, page: &mut Vec<u8>) {
        let man = Man::new(command.clone().disable_help_subcommand(true));
        man.render(page).unwrap();
        for inner in command.get_subcommands() {
            if inner.get_name() != "help" {
                pages(inner, page);
            }
        }
    }

    #[test]
    fn the_manual_in_assets_is_made_from_the_command_line() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/keyrack.1");
        let mut command = super::super::command();
        command.build();
        let mut made = Vec::new();
        pages(&command, &mut made);
        if std::env::var_os("KEYRACK_BLESS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        assert!(
            std::fs::read(path).unwrap_or_default() == made,
            "assets/keyrack.1 is out of date: run the tests once with KEYRACK_BLESS=1"
        );
    }
}
