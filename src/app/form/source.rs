//! A value that nobody types: from a file, from a command of the config, from a variable, or made here. One
//! line says where from, the answer goes into the field that asked for it, and Esc gives up what has not come.

use zeroize::Zeroizing;

use super::{
    Entry, Form, Purpose,
    editor::{self, Came, Editor},
    field_of, front, values,
};
use crate::{
    app::{
        CallId, Effect, Model, Origin, Tone,
        dialog::Dialog,
        key::{Code, Key},
    },
    manifest::{Content, Role, nearest},
};

/// A value that is on its way.
#[derive(Debug)]
pub struct Wait {
    /// The call that brings it.
    pub call: CallId,
    /// The entry that asked for it.
    at: usize,
    from: Origin,
}

impl Wait {
    /// What is waited for.
    #[must_use]
    pub fn said(&self) -> String {
        match &self.from {
            Origin::File(path) => format!("reading {}…", path.display()),
            Origin::Command(name) => format!("the command of [sources.{name}] is running…"),
            Origin::Variable(name) => format!("reading the variable {name}…"),
            Origin::Made { .. } => "making it…".to_owned(),
        }
    }
}

/// Reads `PATH`, `file:PATH`, `command:NAME` or `env:VARIABLE`.
fn read(text: &str, sources: &[String]) -> Result<Origin, String> {
    match text.split_once(':') {
        Some(("file" | "command" | "env", "")) => Err(
            "Nothing stands after the colon: name the file, the command or the variable."
                .to_owned(),
        ),
        Some(("file", path)) => Ok(Origin::File(path.into())),
        Some(("env", name)) => Ok(Origin::Variable(name.to_owned())),
        Some(("command", name)) if sources.iter().any(|known| known == name) => {
            Ok(Origin::Command(name.to_owned()))
        }
        Some(("command", name)) => Err(unknown(name, sources)),
        _ => Ok(Origin::File(text.into())),
    }
}

/// Why there is no such command, and what to do.
fn unknown(name: &str, sources: &[String]) -> String {
    let known = sources.iter().map(String::as_str);
    let hint = match (nearest(name, known), sources) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, []) => {
            format!(
                "add [sources.{name}] with its command = [\"PROGRAM\", …], then start keyrack again."
            )
        }
        (None, all) => format!("there are {}.", all.join(", ")),
    };
    format!("The config has no source “{name}”: {hint}")
}

/// A key for the line that says where the value comes from.
pub fn line_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let sources = model.sources.clone();
    let Some(form) = front(model) else {
        return Vec::new();
    };
    let Some(mut line) = form.path.take() else {
        return Vec::new();
    };
    let text = line.value().trim().to_owned();
    match key.code {
        Code::Esc => return Vec::new(),
        Code::Enter if text.is_empty() => return Vec::new(),
        Code::Enter => {
            return match read(&text, &sources) {
                Ok(from) => ask(model, from),
                Err(why) => {
                    if let Some(entry) = form.entries.get_mut(form.focus) {
                        entry.error = Some(why);
                    }
                    form.path = Some(line);
                    Vec::new()
                }
            };
        }
        _ => {}
    }
    editor::line_key(&mut line, key);
    form.path = Some(line);
    Vec::new()
}

/// Asks for the value of the field with the cursor.
fn ask(model: &mut Model, from: Origin) -> Vec<Effect> {
    let call = model.next_call();
    let Some(form) = front(model) else {
        return Vec::new();
    };
    let Some(entry) = form.entries.get_mut(form.focus) else {
        return Vec::new();
    };
    entry.error = None;
    let field = field_of(&form.purpose, entry);
    // A private key without its last newline is none for ssh.
    let exact = field.is_some_and(|field| field.check == Some(Content::SshPrivateKey));
    form.reading = Some(Wait {
        call,
        at: form.focus,
        from: from.clone(),
    });
    vec![Effect::Value { call, from, exact }]
}

/// A key while a value is on its way: it can be given up.
pub fn wait_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let leaves = key.code == Code::Esc || key == Key::ctrl('c');
    let wait = front(model)
        .filter(|_| leaves)
        .and_then(|form| form.reading.take());
    let Some(wait) = wait else {
        model.say(Tone::Info, "The value is on its way: Esc gives it up.");
        return Vec::new();
    };
    model.say(Tone::Info, "Given up: nothing was taken.");
    vec![Effect::Cancel(wait.call)]
}

/// A value came, or did not: it goes into the field that asked for it.
pub fn came(
    model: &mut Model,
    call: CallId,
    result: Result<Zeroizing<String>, String>,
) -> Vec<Effect> {
    let waits = |form: &Form| form.reading.as_ref().is_some_and(|wait| wait.call == call);
    let asked = model.dialogs.iter_mut().find_map(|dialog| match dialog {
        Dialog::Form(form) if waits(form) => Some(form),
        _ => None,
    });
    let Some((form, wait)) = asked.and_then(|form| form.reading.take().map(|wait| (form, wait)))
    else {
        return Vec::new();
    };
    let Some(entry) = form.entries.get_mut(wait.at) else {
        return Vec::new();
    };
    let came = match wait.from {
        Origin::File(path) => Came::From(format!(
            "from {}",
            path.file_name().unwrap_or_default().display()
        )),
        Origin::Command(name) => Came::From(format!("from command:{name}")),
        Origin::Variable(name) => Came::From(format!("from env:{name}")),
        Origin::Made { .. } => Came::Made,
    };
    entry.error = result
        .and_then(|text| {
            if text.is_empty() {
                Err("Nothing was there: check what it reads.".to_owned())
            } else {
                entry.editor.read(&text, came)
            }
        })
        .err();
    if entry.error.is_none() {
        look(&form.purpose, entry, true);
        form.dirty = true;
    }
    Vec::new()
}

/// Looks into a value that is looked into; what is wrong with it is said only of a whole value, not of one
/// that is being typed.
pub fn look(purpose: &Purpose, entry: &mut Entry, whole: bool) {
    let (Some(field), Editor::Secret(masked)) = (field_of(purpose, entry), &entry.editor) else {
        return;
    };
    if masked.text.is_empty() {
        entry.facts = None;
        return;
    }
    match values::content(field, &masked.text) {
        Ok(facts) => entry.facts = facts,
        Err(why) => {
            entry.facts = None;
            if whole {
                entry.error = Some(why);
            }
        }
    }
}

/// Makes the value of the field with the cursor, where the manifest says how; never over another one.
pub fn make(model: &mut Model) -> Vec<Effect> {
    let Some(form) = front(model) else {
        return Vec::new();
    };
    let made = form
        .entry()
        .filter(|entry| entry.locked.is_none())
        .and_then(|entry| Some((form.makes(entry)?, entry.editor.is_empty())));
    match made {
        Some((what, true)) => {
            let comment = called(form).unwrap_or_else(|| "keyrack".to_owned());
            ask(model, Origin::Made { what, comment })
        }
        Some((_, false)) => {
            model.say(
                Tone::Warn,
                "There is a value already, and it is not replaced: ctrl-u empties the field.",
            );
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// What the new key will be called, as far as it was typed.
fn called(form: &Form) -> Option<String> {
    let entry = form.entries.iter().find(|entry| {
        let field = form.field(entry);
        field.is_some_and(|field| field.role == Some(Role::Name))
    })?;
    match &entry.editor {
        Editor::Line(input) => {
            Some(input.value().trim().to_owned()).filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

/// Copies the public half that is in sight.
pub fn copy(model: &mut Model) -> Vec<Effect> {
    let Some(form) = front(model) else {
        return Vec::new();
    };
    let Some(public) = form.public().map(ToOwned::to_owned) else {
        return Vec::new();
    };
    form.copied = true;
    vec![Effect::Copy("The public half".to_owned(), public)]
}
