//! `keyrack backend approve`: shows what the programs of a backend consist of, and lets them sign requests once
//! the operator says so. What is approved is what was shown, not what the files have become since.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, sync::Arc};

use super::{config_path, output};
use crate::{
    api::{
        Connection, Inputs,
        auth::{command::argv, complete},
    },
    approval::{Approved, Content, Programs, typed},
    cli::{DONE, Ended, Failure, Setting, args, block_on, write},
    config::{BackendError, Config, guard, load_backend, own_backends},
    manifest::{self, Command, Manifest, next_hole},
    record::Text,
};

/// Approves the programs of a backend, or takes that back.
pub(in crate::cli) fn run(setting: &Setting, arguments: &args::Approve) -> Ended {
    let config = setting.config()?;
    let programs = Programs::of(&config, &setting.environment);
    let name = &arguments.name;
    if arguments.revoke {
        return revoke(setting, &programs, name);
    }
    let manifest = named(setting, name)?;
    let commands: Vec<&Command> = commands(&manifest).collect();
    if commands.is_empty() {
        return Err(Failure::usage(format!(
            "{} signs in without a program: there is nothing to approve",
            manifest.id
        )));
    }
    let contents = contents(setting, &config, &programs, &manifest, &commands)?;
    let refused = |error: crate::approval::ApprovalError| Failure::failed(error.to_string());
    let before = programs.approved().map_err(refused)?;
    output::print(&told(&programs, &manifest, &contents, &before))?;
    let known = |content: &Content| is_approved(&before, &manifest.id, content);
    if contents.iter().all(known) {
        output::say("this is approved already; nothing was changed");
        return Ok(DONE);
    }
    if !arguments.yes {
        match write::agreed("Let it run as you? [y/N] ") {
            Ok(true) => {}
            Ok(false) => return Err(Failure::usage("not approved; nothing was changed")),
            Err(_) => {
                return Err(Failure::usage(
                    "not approved, for there is no terminal to ask on: once you have read the files, say so with --yes",
                ));
            }
        }
    }
    programs.approve(&manifest.id, contents).map_err(refused)?;
    output::say(&format!(
        "approved; when one of these files changes, {} asks again",
        manifest.id
    ));
    Ok(DONE)
}

/// The commands by which a manifest signs in.
pub(in crate::cli) fn commands(manifest: &Manifest) -> impl Iterator<Item = &Command> {
    manifest.auth.iter().filter_map(|way| way.command.as_ref())
}

fn is_approved(all: &[Approved], backend: &str, content: &Content) -> bool {
    all.iter().any(|approved| approved.is(backend, content))
}

/// A backend that is gone or broken can be taken its approval as well.
fn revoke(setting: &Setting, programs: &Programs, name: &str) -> Ended {
    let id = named(setting, name).map_or_else(|_| name.to_owned(), |manifest| manifest.id.clone());
    let found = programs.revoke(&id);
    if found.map_err(|error| Failure::failed(error.to_string()))? {
        output::say(&format!("no program of {id} may run any more"));
        Ok(DONE)
    } else {
        Err(Failure::usage(format!(
            "nothing of {id} was approved; nothing was changed"
        )))
    }
}

/// The backend of this name, or the manifest in this file.
fn named(setting: &Setting, name: &str) -> Result<Arc<Manifest>, Failure> {
    let config = config_path(setting)?;
    let unknown = match load_backend(name, &config) {
        Ok((manifest, _)) => return Ok(manifest),
        Err(BackendError::Unknown(words)) => words,
        Err(error) => return Err(Failure::config(error.to_string())),
    };
    let file = Path::new(name);
    if file.is_file() {
        let text = guard::read(file, guard::Guard::Write);
        let text = text.map_err(|error| Failure::failed(error.to_string()))?;
        return manifest::load(&text).map_err(|_| {
            Failure::failed(format!(
                "{name} has mistakes; see: keyrack backend check {name}"
            ))
        });
    }
    // A file may have another name than what its manifest calls itself, as a refusal does.
    let own = own_backends(&config).into_iter();
    let loaded = own.filter_map(|own| load_backend(&own, &config).ok());
    let mut loaded = loaded.map(|(manifest, _)| manifest);
    loaded
        .find(|manifest| manifest.id == name)
        .ok_or_else(|| Failure::usage(unknown))
}

/// What the commands consist of, with the values that each context of the backend gives their holes.
fn contents(
    setting: &Setting,
    config: &Config,
    programs: &Programs,
    manifest: &Manifest,
    commands: &[&Command],
) -> Result<Vec<Content>, Failure> {
    let mut contents = Vec::new();
    for command in commands {
        for argv in filled(setting, config, manifest, command)? {
            let content = programs.content(&command.argv, &argv);
            let content = content.map_err(|why| {
                Failure::failed(format!("{} cannot run: {why}", typed(&command.argv)))
            })?;
            if !contents.contains(&content) {
                contents.push(content);
            }
        }
    }
    Ok(contents)
}

/// The command as each context fills it; as it is written where no context does.
fn filled(
    setting: &Setting,
    config: &Config,
    manifest: &Manifest,
    command: &Command,
) -> Result<Vec<Vec<String>>, Failure> {
    let holes: Vec<&str> = command.argv.iter().flat_map(|word| holes(word)).collect();
    let mut all = Vec::new();
    let contexts = config.contexts.iter();
    let theirs = contexts.filter(|context| context.connection.manifest.id == manifest.id);
    for context in theirs.filter(|_| !holes.is_empty()) {
        let inputs = values(setting, config, &context.connection, &holes)?;
        all.extend(argv(command, &complete(manifest, inputs)));
    }
    if all.is_empty() {
        let usual = argv(command, &complete(manifest, Inputs::new()));
        all.push(usual.unwrap_or_else(|_| command.argv.clone()));
    }
    Ok(all)
}

fn holes(mut text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    while let Some((_, name, behind)) = next_hole(text) {
        names.push(name);
        text = behind;
    }
    names
}

/// The values of these inputs, none of which is secret, and no other of the context.
fn values(
    setting: &Setting,
    config: &Config,
    connection: &Connection,
    names: &[&str],
) -> Result<Inputs, Failure> {
    let sources = connection.credential.iter();
    let wanted: BTreeMap<_, _> = sources
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, source)| (name.clone(), source.clone()))
        .collect();
    let reduced = Connection {
        credential: wanted,
        client_key: None,
        ..connection.clone()
    };
    let resolver = config.resolver(&setting.environment);
    let failed = |error: crate::config::CredentialError| Failure::failed(error.to_string());
    let typed = resolver.ask(&reduced).map_err(failed)?;
    block_on(async { resolver.resolve(&reduced, typed).await.map_err(failed) })
}

/// What is to be approved, in full.
fn told(
    programs: &Programs,
    manifest: &Manifest,
    contents: &[Content],
    before: &[Approved],
) -> String {
    let mut text = format!(
        "{} signs in by running, in {}:\n",
        Text::new(&manifest.title).shown(),
        programs.folder().display()
    );
    for content in contents {
        let known = if is_approved(before, &manifest.id, content) {
            "  (approved)"
        } else {
            ""
        };
        let _ = writeln!(text, "\n  {}{known}", typed(&content.words));
        for piece in &content.pieces {
            let _ = writeln!(text, "    {}  {}", piece.sha256, place(&piece.path));
        }
    }
    text.push_str(
        "\nIt is told the method, address, headers and body hash of each request, and its headers are sent with it.\n\
         It runs as you. What it loads beside these files is not looked at.\n",
    );
    text
}

/// A path, and where it leads.
fn place(path: &Path) -> String {
    let shown = |path: &Path| Text::new(&path.to_string_lossy()).shown().into_owned();
    match std::fs::canonicalize(path) {
        Ok(real) if real != path => format!("{} → {}", shown(path), shown(&real)),
        _ => shown(path),
    }
}
