//! Where a context keeps a new secret that it is to sign in with: in the file that its config names, or
//! nowhere but in memory, with words about what the operator has to do then.

use std::path::Path;

use zeroize::Zeroizing;

use super::{
    edit,
    guard::{self, Guard},
};
use crate::{
    api::{Connection, Inputs, own},
    record::{Cell, Rows},
    secret::{Secret, Source},
};

/// What will happen to a new secret of an input with this source, in a few words.
#[must_use]
pub fn keeping(source: &Source) -> String {
    match source {
        Source::File(path) => format!("stores it in {}", path.display()),
        other => format!("until keyrack ends; {}", by_hand(other)),
    }
}

/// Keeps a new secret where the config reads the present one; says where it is now.
///
/// # Errors
/// When the file cannot be replaced, as a sentence: it is as it was.
fn keep(source: &Source, secret: &Secret) -> Result<String, String> {
    match source {
        Source::File(path) => {
            store(path, secret)?;
            Ok(format!("stored in {}", path.display()))
        }
        other => Ok(format!("kept until keyrack ends; {}", by_hand(other))),
    }
}

/// A new secret of the key that a context signs in with.
#[derive(Debug)]
pub struct Adopted {
    /// Where it is kept, in a few words, or why it is not, as a sentence.
    pub kept: Result<String, String>,
    /// What the context signs in with now.
    pub inputs: Inputs,
    /// What the config has to say from now on, and does not: the input, and its value as it may be shown.
    pub by_hand: Vec<(String, String)>,
}

/// Makes a new secret the one that this connection signs in with, and keeps it where its config reads the
/// present one. The rows are those of its key; none where that is not known. Nothing where it does not sign in
/// with such a key.
pub fn adopt(connection: &Connection, rows: &Rows, secret: &Secret) -> Option<Adopted> {
    let inputs_of = rows.resource().own_inputs()?;
    let secret = &own::signs_in(rows.resource(), secret);
    let source = connection.credential.get(inputs_of.secret);
    let kept = source.map_or_else(
        || Ok("kept until keyrack ends".to_owned()),
        |source| keep(source, secret),
    );
    let mut inputs: Inputs = [(inputs_of.secret.to_owned(), secret.again())].into();
    let mut by_hand = Vec::new();
    let row = (!rows.is_empty()).then(|| rows.record(0));
    for (input, field) in inputs_of.with {
        let at = rows.resource().field_at(field);
        let cell = row.zip(at).map(|(row, at)| row.cell(at));
        let Some(Cell::Text(text)) = cell else {
            continue;
        };
        let present = connection.credential.get(input);
        if present != Some(&Source::Plain(text.exact().to_owned())) {
            by_hand.push((input.clone(), text.shown().into_owned()));
        }
        let value = Zeroizing::new(text.exact().to_owned());
        inputs.insert(input.clone(), Secret::new(value));
    }
    Some(Adopted {
        kept,
        inputs,
        by_hand,
    })
}

/// What the operator has to do where keyrack cannot.
fn by_hand(source: &Source) -> String {
    match source {
        Source::Env(name) => format!("set {name} to it yourself"),
        Source::Command(argv) => format!(
            "store it where {} reads it yourself",
            argv.first().map_or("the command", String::as_str)
        ),
        Source::Keyring(entry) => format!("store it as {entry:?} in the keyring yourself"),
        Source::Prompt => "it is asked for at the next start".to_owned(),
        Source::File(_)
        | Source::Plain(_)
        | Source::HotkeyConfig(_)
        | Source::HotkeyWallet { .. } => "change the config yourself".to_owned(),
    }
}

fn store(path: &Path, secret: &Secret) -> Result<(), String> {
    let failed = |why: &dyn std::fmt::Display| {
        format!(
            "The new secret could not be stored in {}: {why}. The file is as it was.",
            path.display()
        )
    };
    guard::inspect(path, Guard::ReadOrWrite).map_err(|error| failed(&error))?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the bytes go to the file from which the config reads the credential"
    )]
    let bytes = secret.expose().as_bytes();
    edit::replace(path, bytes).map_err(|error| failed(&error))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use zeroize::Zeroizing;

    use super::*;

    fn secret() -> Secret {
        Secret::new(Zeroizing::new("new-one".to_owned()))
    }

    #[test]
    fn a_file_gets_the_new_secret_and_stays_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "old-one\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let source = Source::File(path.clone());
        let words = keep(&source, &secret()).unwrap();
        assert_eq!(words, format!("stored in {}", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "new-one");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_may_read_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "old-one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let why = keep(&Source::File(path.clone()), &secret()).unwrap_err();
        assert!(
            why.contains("chmod 600") && why.contains("as it was"),
            "{why}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old-one");
    }

    #[test]
    fn what_keyrack_cannot_store_is_said() {
        let words = keep(&Source::Env("CI_SECRET".to_owned()), &secret()).unwrap();
        assert_eq!(
            words,
            "kept until keyrack ends; set CI_SECRET to it yourself"
        );
    }
}
