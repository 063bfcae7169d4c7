//! What a form says in words: the keys that mean something now, what a field holds without showing a
//! secret, and where a value may come from. The form puts these into its lines.

use std::borrow::Cow;

use crate::{
    app::{
        Model,
        form::{
            Entry, Form, Purpose,
            editor::{Came, Editor, Masked},
        },
    },
    ui::{dialog::Hint, theme::Ink, words},
};

/// The keys that mean something in the field with the cursor.
#[must_use]
pub fn hints(form: &Form) -> Vec<Hint<'static>> {
    if form.sending.is_some() {
        return vec![("ctrl-c", "leaves"), ("Esc", "puts the form aside")];
    }
    if form.reading.is_some() {
        return vec![("Esc", "gives it up")];
    }
    if form.path.is_some() {
        return vec![("Enter", "takes it"), ("Esc", "goes back")];
    }
    if matches!(form.purpose, Purpose::Public(_)) {
        return vec![("Enter", "copies it"), ("Esc", "closes")];
    }
    let mut hints = Vec::new();
    if form.completion().is_some() {
        hints.push(("→", "completes"));
    }
    if let Some(entry) = form.entry() {
        match &entry.editor {
            Editor::Secret(masked) => {
                if masked.text.is_empty() && form.makes(entry).is_some() {
                    hints.push(("ctrl-g", "makes one"));
                }
                if form.public().is_some() {
                    hints.push(("ctrl-y", "copies"));
                }
                if !masked.text.is_empty() {
                    hints.push(("ctrl-v", "shows"));
                }
                hints.push(("ctrl-o", "takes from"));
            }
            Editor::Lines(_) => hints.push(("ctrl-o", "takes from")),
            Editor::Flag(_) => hints.push(("Space", "changes")),
            Editor::Choice { .. } => hints.push(("←→", "choose")),
            Editor::Records(_) => hints.push(("ctrl-n", "adds")),
            Editor::Line(_) => {}
        }
        if entry.slot.part.is_some() {
            hints.extend([("ctrl-n", "adds"), ("ctrl-x", "removes")]);
        }
    }
    hints.extend([("Tab", "next"), ("ctrl-s", "sends"), ("Esc", "closes")]);
    hints
}

/// Where a value may come from.
#[must_use]
pub fn places(model: &Model) -> String {
    let named: Vec<String> = model
        .sources
        .iter()
        .map(|name| format!("command:{name}"))
        .collect();
    let commands = if named.is_empty() {
        "command:NAME for one of the config's [sources]".to_owned()
    } else {
        named.join(", ")
    };
    format!("A path or file:PATH, env:VARIABLE, {commands}")
}

/// What an editor of one line holds, in words.
#[must_use]
pub fn said<'a>(form: &Form, entry: &'a Entry, ink: Ink) -> Vec<(Cow<'a, str>, Ink)> {
    match &entry.editor {
        // Where a person has to ask for it, nothing is made of an empty field.
        Editor::Secret(masked)
            if masked.text.is_empty() && !entry.required && form.makes(entry).is_some() =>
        {
            vec![("made here".into(), Ink::Dim)]
        }
        Editor::Secret(masked) if entry.facts.is_some() => {
            vec![(masked.came.said().into(), ink)]
        }
        Editor::Secret(masked) => vec![(mask(masked), ink)],
        Editor::Flag(Some(true)) => vec![("[x] yes".into(), ink)],
        Editor::Flag(Some(false)) => vec![("[ ] no".into(), ink)],
        Editor::Flag(None) => vec![("[-] not set".into(), ink)],
        Editor::Choice { labels, at, .. } => {
            let chosen = at.and_then(|at| labels.get(at));
            let chosen = chosen.map_or("none", String::as_str);
            vec![
                ("‹ ".into(), Ink::Key),
                (chosen.into(), ink),
                (" ›".into(), Ink::Key),
            ]
        }
        Editor::Records(0) => vec![("none · ctrl-n adds one".into(), ink)],
        Editor::Records(count) => vec![(format!("{count} · ctrl-n adds another").into(), ink)],
        Editor::Line(_) | Editor::Lines(_) => Vec::new(),
    }
}

/// What is known of a value that was looked into.
#[must_use]
pub fn facts(entry: &Entry) -> Option<String> {
    match (&entry.editor, &entry.facts) {
        (Editor::Secret(masked), Some(facts)) => Some(format!("{} · {facts}", characters(masked))),
        _ => None,
    }
}

/// The button that sends nothing.
#[must_use]
pub fn cancel(form: &Form) -> &'static str {
    match form.purpose {
        Purpose::Public(_) => "Close",
        _ => "Cancel",
    }
}

/// Says how much there is and where from, not what.
pub fn mask(masked: &Masked) -> Cow<'static, str> {
    if masked.text.is_empty() {
        return "".into();
    }
    let from = match &masked.came {
        Came::Typed | Came::Pasted => String::new(),
        came => format!(", {}", came.said()),
    };
    let lines = masked.text.lines().count();
    let lines = if lines > 1 {
        format!("{} lines, ", words::len(lines))
    } else {
        String::new()
    };
    format!("••••• {lines}{}{from}", characters(masked)).into()
}

fn characters(masked: &Masked) -> String {
    match masked.text.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{} characters", words::len(count)),
    }
}
