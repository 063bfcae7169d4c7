//! `keyrack backend check`: what is wrong with manifests and what looks forgotten, with its place; and with
//! a context whether the service is as one of them says. The service is read from, and nothing else.

mod fields;
mod lines;
mod list;
mod live;
mod suggest;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use self::lines::Lines;
use super::super::{
    DONE, Ended, FAILED, Failure, Setting, args, block_on, code,
    fetch::{Ready, prepare},
    kind::one_context,
    output,
};
use crate::{
    api::Connection,
    config::{Context, guard},
    manifest::{self, Manifest},
};

/// Checks manifests, and the one of a context on its service.
pub(in crate::cli) fn run(setting: &Setting, arguments: &args::BackendCheck) -> Ended {
    if arguments.context.is_some() && arguments.files.len() > 1 {
        return Err(Failure::usage(
            "--context tries one manifest on its service: name one file",
        ));
    }
    let mut code = DONE;
    for file in &arguments.files {
        let manifest = on_paper(file)?;
        match (manifest, &arguments.context) {
            (None, _) => code = FAILED,
            (Some(_), None) => {}
            (Some(manifest), Some(name)) => {
                code = on_service(setting, &manifest, name, arguments.suggest)?;
            }
        }
    }
    Ok(code)
}

/// What the file alone shows; the manifest where it has no mistake.
fn on_paper(file: &Path) -> Result<Option<Arc<Manifest>>, Failure> {
    let place = file.display();
    let text = guard::read(file, guard::Guard::Write)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let told = |faults: &[manifest::Fault], mark: &str| -> String {
        let told = faults.iter().map(|fault| {
            let (line, column, words) = (fault.line, fault.column, &fault.message);
            format!("{place}:{line}:{column}: {mark}{words}\n")
        });
        told.collect()
    };
    let manifest = match manifest::load(&text) {
        Ok(manifest) => manifest,
        Err(faults) => {
            output::print(&told(&faults, ""))?;
            return Ok(None);
        }
    };
    let hints = manifest::hints(&text);
    output::print(&format!("{}{place}: no mistakes\n", told(&hints, "hint: ")))?;
    Ok(Some(manifest))
}

/// What the service shows: every read operation, with the context's address and credential.
fn on_service(setting: &Setting, manifest: &Arc<Manifest>, name: &str, suggest: bool) -> Ended {
    let config = setting.contexts()?;
    let context = one_context(&config, name)?;
    let theirs = &context.connection.manifest.id;
    if *theirs != manifest.id {
        output::say(&format!(
            "warning: the backend of {name} is {theirs}, and this manifest is of {}; its calls go to {name} all the same",
            manifest.id
        ));
    }
    let context = Context {
        connection: Arc::new(Connection {
            manifest: Arc::clone(manifest),
            ..(*context.connection).clone()
        }),
        ..context.clone()
    };
    output::say(&format!(
        "reading from {} as {name}; nothing is changed there",
        context.connection.url
    ));
    let ready = prepare(setting, &config, &[&context])?;
    let (lines, refused) = block_on(async {
        let (mut lines, mut refused) = (Lines::default(), None);
        for ready in ready {
            refused = try_all(&ready, manifest, &mut lines).await.err();
        }
        Ok((lines, refused))
    })?;
    output::print(&lines.text(output::width(), suggest))?;
    let code = if lines.failed() { FAILED } else { DONE };
    Ok(refused.unwrap_or(code))
}

/// Tries all that reads; without a client the exit code says why.
async fn try_all(ready: &Ready, manifest: &Arc<Manifest>, lines: &mut Lines) -> Result<(), u8> {
    match ready.client_with(crate::api::Inputs::new()).await {
        Ok(client) => {
            live::run(&client.watched(), manifest, lines).await;
            Ok(())
        }
        Err(error) => {
            lines.failed_with("credential", &error.to_string(), error.next_step());
            Err(code(&error))
        }
    }
}
