//! The files: what is read, what is written, who else could have.

use std::path::Path;

use super::{
    super::{Setting, history},
    Fact,
};
use crate::{
    config::{
        Config, Environment, Rescue, backends_folder,
        guard::{self, Guard, GuardError},
        load_backend, own_backends,
    },
    journal::{Journal, Verified, waiting},
};

/// The config, if it can be used, and what there is to say about it.
pub(super) fn config(setting: &Setting, facts: &mut Vec<Fact>) -> Option<Config> {
    let flag = setting.config.as_deref();
    let path = setting.environment.config_path(flag);
    let loaded = Config::load(flag, &setting.environment);
    let config = match loaded {
        Ok(config) => {
            facts.push(found(&config));
            let warnings = config.warnings.iter();
            facts.extend(warnings.map(|warning| Fact::warn("config", warning)));
            Some(config)
        }
        Err(error) => {
            let words = error.to_string();
            facts.extend(words.lines().map(|line| Fact::bad("config", line)));
            None
        }
    };
    if let Some((path, _)) = path {
        // Whoever may write the folder may put another file in the place of this one.
        facts.extend(
            path.parent()
                .and_then(|folder| folder_fault("config", folder)),
        );
        backends(&path, facts);
    }
    config
}

fn found(config: &Config) -> Fact {
    let path = config.path.display();
    if !config.exists {
        return Fact::ok(
            "config",
            format!("none yet at {path}; begin one with: keyrack context add"),
        );
    }
    let contexts = match config.contexts.len() {
        1 => "1 context".to_owned(),
        many => format!("{many} contexts"),
    };
    Fact::ok(
        "config",
        format!("{path}{}, {contexts}", mode(&config.path)),
    )
}

fn backends(config: &Path, facts: &mut Vec<Fact>) {
    let own = own_backends(config);
    if own.is_empty() {
        return;
    }
    let folder = backends_folder(config);
    facts.extend(folder_fault("backends", &folder));
    let mut usable = 0;
    for name in own {
        match load_backend(&name, config) {
            Ok((_, None)) => usable += 1,
            Ok((_, Some(shadowed))) => facts.push(Fact::warn("backends", shadowed)),
            Err(error) => {
                let words = error.to_string();
                facts.extend(words.lines().map(|line| Fact::bad("backends", line)));
            }
        }
    }
    facts.push(Fact::ok(
        "backends",
        format!("{usable} of your own can be used, in {}", folder.display()),
    ));
}

/// What is wrong with a folder that others must not write; nothing where there is none.
fn folder_fault(about: &'static str, folder: &Path) -> Option<Fact> {
    match guard::inspect(folder, Guard::Write) {
        Ok(()) | Err(GuardError::Unreadable { .. }) => None,
        Err(error) => Some(Fact::bad(about, error.to_string())),
    }
}

/// The state folder and the journal in it.
pub(super) fn state(environment: &Environment) -> Vec<Fact> {
    let Some(folder) = &environment.state_folder else {
        let words = "there is no home folder for the journal, in which each write is noted before it is sent; set HOME";
        return vec![Fact::bad("journal", words)];
    };
    let journal = Journal::at(folder);
    let (entries, verified) = match (journal.read(), journal.verify()) {
        (Ok(entries), Ok(verified)) => (entries, verified),
        (Err(error), _) | (_, Err(error)) => return vec![Fact::bad("journal", error.to_string())],
    };
    let path = journal.path();
    let mut facts = Vec::new();
    if !path.exists() {
        facts.push(unwritten(&path));
        return facts;
    }
    facts.extend(chain(&path, &verified));
    facts.extend(private(&path, "600"));
    facts.extend(private(folder, "700"));
    if let Some(why) = unwritable(folder) {
        facts.push(why);
    }
    let waits = history::count(&waiting(&entries));
    if !waits.is_empty() {
        facts.push(Fact::warn("journal", format!("{waits}; see: keyrack log")));
    }
    facts
}

fn unwritten(path: &Path) -> Fact {
    let folder = path.ancestors().skip(1).find(|folder| folder.exists());
    folder.and_then(unwritable).unwrap_or_else(|| {
        let words = format!(
            "nothing was written down yet; {} begins with the first write",
            path.display()
        );
        Fact::ok("journal", words)
    })
}

fn chain(path: &Path, verified: &Verified) -> Vec<Fact> {
    let (shown, lines) = (path.display(), verified.lines);
    let mut facts = vec![match verified.broken {
        Some(broken) => Fact::bad(
            "journal",
            format!(
                "{shown} was changed at or before line {} of {lines}; see: keyrack log --verify",
                broken.line
            ),
        ),
        None => Fact::ok(
            "journal",
            format!(
                "{shown}{}, {lines} lines that follow from one another",
                mode(path)
            ),
        ),
    }];
    if !verified.torn.is_empty() {
        let words = format!(
            "{} of its lines was cut off by a crash or a full disk; see: keyrack log --verify",
            verified.torn.len()
        );
        facts.push(Fact::warn("journal", words));
    }
    facts
}

/// The folder for what goes with the login.
pub(super) fn runtime(environment: &Environment, config: Option<&Config>) -> Fact {
    let needed = config.is_some_and(|config| config.clipboard.rescue == Rescue::Runtime);
    let fault = |words: String| {
        if needed {
            Fact::bad(
                "runtime",
                format!("{words}, and rescue = \"runtime\" needs it"),
            )
        } else {
            Fact::warn("runtime", words)
        }
    };
    let Some(folder) = &environment.runtime_folder else {
        let words = "none (XDG_RUNTIME_DIR is not set)";
        return if needed {
            fault(words.to_owned())
        } else {
            Fact::ok("runtime", format!("{words}, and nothing needs it"))
        };
    };
    let shown = folder.display();
    if !folder.is_dir() {
        return fault(format!("{shown} (XDG_RUNTIME_DIR) is no folder"));
    }
    match guard::inspect(folder, Guard::Write) {
        Err(error) => fault(error.to_string()),
        Ok(()) => private_fault(folder, "700").map_or_else(
            || Fact::ok("runtime", format!("{shown}{}", mode(folder))),
            fault,
        ),
    }
}

fn private(path: &Path, wanted: &str) -> Option<Fact> {
    private_fault(path, wanted).map(|words| Fact::warn("journal", words))
}

/// Says that others may look into a path.
#[cfg(unix)]
fn private_fault(path: &Path, wanted: &str) -> Option<String> {
    let bits = bits(path).filter(|bits| bits & 0o077 != 0)?;
    let (shown, quoted) = (path.display(), guard::shell(path));
    Some(format!(
        "{shown} is open to others (mode {bits:04o}); correct it with: chmod {wanted} {quoted}"
    ))
}

#[cfg(not(unix))]
fn private_fault(_: &Path, _: &str) -> Option<String> {
    None
}

/// Says that a folder cannot be written.
#[cfg(unix)]
fn unwritable(folder: &Path) -> Option<Fact> {
    let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    let why = rustix::fs::access(folder, access).err()?;
    let why = std::io::Error::from(why);
    let words = format!(
        "{} cannot be written ({why}), and the journal in it has each write before it is sent",
        folder.display()
    );
    Some(Fact::bad("journal", words))
}

#[cfg(not(unix))]
fn unwritable(_: &Path) -> Option<Fact> {
    None
}

#[cfg(unix)]
fn bits(path: &Path) -> Option<u32> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(std::os::unix::fs::MetadataExt::mode(&metadata) & 0o7777)
}

/// `, mode 0600`, where there are modes.
#[cfg(unix)]
fn mode(path: &Path) -> String {
    bits(path).map_or_else(String::new, |bits| format!(", mode {bits:04o}"))
}

#[cfg(not(unix))]
fn mode(_: &Path) -> String {
    String::new()
}
