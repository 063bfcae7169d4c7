//! `keyrack backend new`: a manifest to begin with, on standard output; what to do with it, on standard
//! error.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::{
    cli::{DONE, Ended, Failure, args::New, output},
    draft::{self, Draft, MOST_MIB, Names},
};

/// Prints an empty manifest that explains itself, or one drafted from a document.
pub(in crate::cli) fn run(arguments: New) -> Ended {
    let names = Names {
        id: arguments.id,
        title: arguments.title,
        base_url: arguments.base_url,
    };
    // The names are right in the one when they are right in the other.
    let skeleton = draft::skeleton(&names).map_err(Failure::usage)?;
    let Some(file) = arguments.openapi else {
        output::print(&skeleton)?;
        return Ok(DONE);
    };
    let text = read(&file)?;
    let from = if file.as_os_str() == "-" {
        "standard input".into()
    } else {
        file.file_name()
            .unwrap_or(file.as_os_str())
            .to_string_lossy()
    };
    let made = draft::from_openapi(&text, &from, arguments.path.as_deref(), &names);
    let made = made.map_err(|error| {
        let words = format!("{}: {error}", file.display());
        if error.is_usage() {
            Failure::usage(words)
        } else {
            Failure::failed(words)
        }
    })?;
    output::print(&made.text)?;
    output::say(&next(&made));
    Ok(DONE)
}

/// The whole document, which is no larger than one may be.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: io::Error| Failure::failed(format!("cannot read {}: {error}", file.display()));
    if file.as_os_str() == "-" {
        return whole(io::stdin().lock(), file).map_err(unreadable)?;
    }
    let open = File::open(file).map_err(unreadable)?;
    whole(open, file).map_err(unreadable)?
}

fn whole(from: impl Read, file: &Path) -> io::Result<Result<Vec<u8>, Failure>> {
    let most = MOST_MIB << 20;
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let place = file.display();
        return Ok(Err(Failure::failed(format!(
            "{place} is larger than {MOST_MIB} MiB, and no document is read that large"
        ))));
    }
    Ok(Ok(bytes))
}

/// What a person does with a draft.
fn next(made: &Draft) -> String {
    let faults = crate::manifest::load(&made.text).err().unwrap_or_default();
    let told = faults.into_iter().map(|fault| {
        let place = format!("line {}, column {}", fault.line, fault.column);
        format!("\n{place}: {}", fault.message)
    });
    let what = format!(
        "{} guessed, {} to look up",
        counted(made.guessed, "word"),
        counted(made.missing, "thing")
    );
    let next = "Save it as backends/ID.toml beside the config, go through both, then: keyrack backend check FILE";
    format!("{what}. {next}{}", told.collect::<String>())
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}
