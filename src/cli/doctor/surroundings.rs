//! What is around the program: ways to a clipboard, the terminal, the variables and programs that it will
//! use.

use std::io::{self, IsTerminal as _};

use super::{super::Setting, Fact};
use crate::{
    config::{Config, Environment},
    deliver::find_program,
    secret::Source,
};

/// Each way to a clipboard with what it can promise, the best first.
pub(super) fn clipboard(environment: &Environment) -> Vec<Fact> {
    let mut facts = Vec::new();
    let verified = "\"copied\" is said once a second program has read the text back";
    if environment.wayland {
        let words = format!("Wayland (WAYLAND_DISPLAY is set): {verified}");
        facts.push(Fact::ok("clipboard", words));
    }
    if environment.x11 {
        let words = format!("X11 (DISPLAY is set): {verified}");
        facts.push(Fact::ok("clipboard", words));
    }
    if cfg!(any(windows, target_os = "macos")) {
        facts.push(Fact::ok("clipboard", format!("the system's: {verified}")));
    }
    if environment.tmux.is_some() {
        facts.push(match find_program("tmux", &environment.search_path) {
            Some(_) => Fact::ok(
                "clipboard",
                "tmux: handed to it, and by it to the terminal; whether it arrives cannot be known",
            ),
            None => Fact::warn(
                "clipboard",
                "tmux is around us (TMUX is set), but no program of that name is in PATH",
            ),
        });
    }
    let osc = "the terminal (OSC 52): sent, and the terminal may ignore it";
    facts.push(if facts.is_empty() {
        Fact::warn("clipboard", format!("only {osc}; no display is named"))
    } else {
        Fact::ok("clipboard", format!("at last {osc}"))
    });
    facts
}

/// What the console has to be drawn on.
pub(super) fn terminal(setting: &Setting) -> Vec<Fact> {
    let environment = &setting.environment;
    let mut facts = vec![place(environment)];
    facts.push(if environment.utf8 {
        Fact::ok("terminal", "the locale writes UTF-8")
    } else {
        Fact::warn(
            "terminal",
            "the locale does not write UTF-8: the console draws in ASCII; set LANG=C.UTF-8",
        )
    });
    facts.push(Fact::ok(
        "terminal",
        match (setting.colour(), environment.no_color) {
            (true, _) => "colours are used",
            (false, true) => "no colours (NO_COLOR is set)",
            (false, false) => "no colours",
        },
    ));
    facts
}

fn place(environment: &Environment) -> Fact {
    let term = environment.term.as_deref();
    let size = crossterm::terminal::size().ok();
    match (io::stdout().is_terminal(), term, size) {
        (false, ..) => Fact::ok(
            "terminal",
            "standard output is no terminal, so that only commands can be used here",
        ),
        (true, None | Some("dumb"), _) => Fact::warn(
            "terminal",
            "TERM is not set or dumb, and the console cannot be drawn; set TERM to the terminal's name",
        ),
        (true, Some(term), Some((columns, rows))) => {
            Fact::ok("terminal", format!("{term}, {columns}×{rows}"))
        }
        (true, Some(term), None) => {
            Fact::warn("terminal", format!("{term}, which does not tell its size"))
        }
    }
}

/// Variables that lead requests elsewhere or choose who is trusted.
pub(super) fn network(environment: &Environment) -> Vec<Fact> {
    let mut facts = Vec::new();
    for name in &environment.network {
        let is_proxy = name.to_ascii_lowercase().ends_with("_proxy");
        facts.push(if !is_proxy {
            Fact::warn(
                "network",
                format!(
                    "{name} is set: the authorities there are trusted instead of the system's"
                ),
            )
        } else if name.eq_ignore_ascii_case("no_proxy") {
            Fact::ok("network", format!("{name} is set: it names hosts without a proxy"))
        } else {
            Fact::ok(
                "network",
                format!(
                    "{name} is set: it leads to services on other machines, where a context has no proxy of its own"
                ),
            )
        });
    }
    if facts.is_empty() {
        let words = "no variable names a proxy or other certificates than the system's";
        facts.push(Fact::ok("network", words));
    }
    facts
}

/// This build reads no keyring, which only matters to a context that names one.
pub(super) fn keyring(config: &Config) -> Option<Fact> {
    let uses = |source: &Source| matches!(source, Source::Keyring(_));
    let contexts: Vec<&str> = config
        .contexts
        .iter()
        .filter(|context| context.connection.credential.values().any(uses))
        .map(|context| &**context.name())
        .collect();
    let why = "this build reads no keyring; let its own command read it: { command = [\"secret-tool\", \"lookup\", …] }";
    (!contexts.is_empty()).then(|| Fact::bad("keyring", format!("{}: {why}", contexts.join(", "))))
}

/// The programs that the config names: that take secrets, give values, or give credentials.
pub(super) fn programs(environment: &Environment, config: &Config) -> Vec<Fact> {
    let sinks = config.sinks.iter();
    let sinks = sinks.map(|(name, argv)| ("sink", name.clone(), argv));
    let sources = config.sources.iter();
    let sources = sources.map(|(name, argv)| ("source", name.clone(), argv));
    let credentials = config.contexts.iter().flat_map(|context| {
        let inputs = context.connection.credential.iter();
        inputs.filter_map(|(input, source)| match source {
            Source::Command(argv) => {
                Some(("credential", format!("{} {input}", context.name()), argv))
            }
            _ => None,
        })
    });
    sinks
        .chain(sources)
        .chain(credentials)
        .map(|(about, name, argv)| program(environment, about, &name, argv))
        .collect()
}

fn program(environment: &Environment, about: &'static str, name: &str, argv: &[String]) -> Fact {
    let program = argv.first().map_or("", String::as_str);
    match find_program(program, &environment.search_path) {
        Some(path) => Fact::ok(about, format!("{name}: {}", path.display())),
        None => Fact::bad(
            about,
            format!(
                "{name}: there is no program {program:?} that can be run; correct its command in the config, or PATH"
            ),
        ),
    }
}
