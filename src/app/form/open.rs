//! The forms that there are, as they open: which fields they have and what they start with.

use std::sync::Arc;

use super::{
    Entry, Form, Purpose, Reached,
    editor::{Came, Editor, Masked},
    fields,
    given::Sheet,
};
use crate::{
    api::Target,
    app::{
        ContextId, Effect, Model, Tone,
        dialog::Dialog,
        gate, listing, nested,
        rotation::{
            RotationId,
            steps::{Step, Way},
            twin,
        },
    },
    manifest::{Resource, Role, Verb},
    record::{Rows, Text},
};

impl Form {
    /// A form with the cursor in its first field.
    pub(super) fn new(
        title: String,
        intro: Option<&str>,
        purpose: Purpose,
        entries: Vec<Entry>,
    ) -> Self {
        let intro = intro.map(ToOwned::to_owned);
        let mut form = Self {
            title,
            intro,
            purpose,
            entries,
            focus: 0,
            problem: None,
            sending: None,
            path: None,
            reading: None,
            copied: false,
            dirty: false,
            entered: None,
            reached: Reached::Nowhere,
            rotation: None,
        };
        if form.entry().is_some_and(|entry| entry.locked.is_some()) {
            form.step(true);
        }
        form
    }
}

/// Opens the form of a new key in the pane's source at this position.
pub fn create(model: &mut Model, source: usize) -> Vec<Effect> {
    let Some(source) = model.pane().sources.get(source) else {
        return Vec::new();
    };
    let (context, resource) = (source.context, Arc::clone(&source.resource));
    let base = Rows::new(Arc::clone(&resource));
    open(model, context, &resource, Verb::Create, None, base)
}

/// Opens the form of a new key that starts as a copy of the selected one.
pub fn clone(model: &mut Model) -> Vec<Effect> {
    let Some((context, resource, _)) = model.pane().target() else {
        return Vec::new();
    };
    let base = selected_row(model, &resource);
    open(model, context, &resource, Verb::Create, None, base)
}

/// Opens the form that changes the selected key.
pub fn edit(model: &mut Model) -> Vec<Effect> {
    let Some((context, resource, target)) = model.pane().target() else {
        return Vec::new();
    };
    let base = selected_row(model, &resource);
    open(model, context, &resource, Verb::Update, Some(target), base)
}

/// Opens the form of the key that takes the place of an old one: as it was filled in before, else as a copy of
/// that one, under a name of its own where both are there at once.
pub fn twin(model: &mut Model, id: RotationId) -> Vec<Effect> {
    let Some(one) = model.rotations.iter().find(|one| one.id == id) else {
        return Vec::new();
    };
    let (context, resource, old) = (one.context, Arc::clone(&one.resource), one.old.clone());
    let beside = one.way == Some(Way::CreateFirst);
    let (plain, gone) = (one.plain.clone(), one.did(Step::Revoke));
    let title = format!("{}: the new {}", one.title(), resource.noun);
    let base = row_of(model, context, &resource, &old);
    let names: Vec<String> = names(model, context, &resource);
    let effects = open(model, context, &resource, Verb::Create, None, base);
    let now = model.now;
    let Some(Dialog::Form(form)) = model.dialogs.last_mut() else {
        return effects;
    };
    form.rotation = Some((id, old.id.clone()));
    let mut intro = match (beside, gone) {
        (true, _) => "It takes the place of the old key, which stays until you delete it.",
        (false, false) => "It takes the place of the old key, which is deleted first; what you type is held here until the service has it.",
        (false, true) => "It takes the place of the old key, which is deleted; what you type is held here until the service has it.",
    }
    .to_owned();
    if !plain.is_empty() {
        let mut sheet = Sheet::new(Verb::Create, Rows::new(Arc::clone(&resource)), now);
        // What a field does not take any more is left to the operator.
        drop(sheet.kept(&plain));
        form.entries = sheet.into_entries();
        intro.push_str(" What was filled in before is here again, except for secrets.");
    } else if beside {
        let name = twin::name(&resource, &old.name, |name| {
            names.iter().any(|it| it == name)
        });
        let at = resource.role(Role::Name);
        let entry = at.and_then(|at| form.entries.iter_mut().find(|entry| entry.slot.field == at));
        if let Some(entry) = entry
            && matches!(entry.editor, Editor::Line(_))
        {
            entry.editor = Editor::Line(tui_input::Input::new(name));
        }
    }
    form.intro = Some(intro);
    form.title = title;
    if !beside {
        fix_natural(form, &resource);
    }
    effects
}

/// What the key is known by stays as it is: another value would make another key beside the one that is gone.
fn fix_natural(form: &mut Form, resource: &Resource) {
    for entry in &mut form.entries {
        let field = resource.field.get(entry.slot.field);
        let natural = field.is_some_and(|field| resource.natural_key.contains(&field.key));
        // What the old key's row did not tell has to be filled in.
        if natural && !entry.editor.is_empty() {
            let why =
                "the old key's, which this one takes the place of; another would be another key";
            entry.locked = Some(why.to_owned());
        }
    }
    if form.entry().is_some_and(|entry| entry.locked.is_some()) {
        form.step(true);
    }
}

/// The row of a key, wherever it is listed.
fn row_of(model: &Model, context: ContextId, resource: &Arc<Resource>, target: &Target) -> Rows {
    let mut rows = Rows::new(Arc::clone(resource));
    if let Some(record) = listing::row(model, context, resource, &target.id) {
        rows.push_record(record);
    }
    rows
}

/// The names of all keys of this kind.
fn names(model: &Model, context: ContextId, resource: &Arc<Resource>) -> Vec<String> {
    let lists = listing::lists(model, context, resource);
    let rows = lists.flat_map(|source| source.rows.iter());
    rows.map(|record| record.name().exact().to_owned())
        .collect()
}

fn selected_row(model: &Model, resource: &Arc<Resource>) -> Rows {
    let mut rows = Rows::new(Arc::clone(resource));
    if let Some((_, record)) = model.pane().current() {
        rows.push_record(record);
    }
    rows
}

/// Opens the form of what a service asks beside the end of a key.
pub fn delete(
    model: &mut Model,
    context: ContextId,
    resource: &Arc<Resource>,
    target: Target,
) -> Vec<Effect> {
    let base = Rows::new(Arc::clone(resource));
    let effects = open(model, context, resource, Verb::Delete, Some(target), base);
    if let Some(Dialog::Form(form)) = model.dialogs.last_mut() {
        form.intro = Some("The service asks this for a deletion. It is confirmed next.".to_owned());
    }
    effects
}

/// Opens the form of what a service asks beside a new secret of this key.
pub fn regenerate(
    model: &mut Model,
    id: RotationId,
    context: ContextId,
    resource: &Arc<Resource>,
    target: Target,
) -> Vec<Effect> {
    let old = target.id.clone();
    let base = Rows::new(Arc::clone(resource));
    let effects = open(model, context, resource, Verb::Rotate, Some(target), base);
    if let Some(Dialog::Form(form)) = model.dialogs.last_mut() {
        form.rotation = Some((id, old));
        form.intro =
            Some("The service asks this for the new secret. It is confirmed next.".to_owned());
    }
    effects
}

fn open(
    model: &mut Model,
    context: ContextId,
    resource: &Arc<Resource>,
    verb: Verb,
    target: Option<Target>,
    base: Rows,
) -> Vec<Effect> {
    let Some(at) = model.contexts.get(context) else {
        return Vec::new();
    };
    if let Some(why) = gate::refusal(at, model.now) {
        model.say(Tone::Warn, format!("{why}."));
        return Vec::new();
    }
    let (name, row) = (&at.name, nested::of(resource));
    let title = match (&target, verb) {
        (Some(target), Verb::Delete) => format!(
            "Delete the {} “{}” in {name}",
            resource.noun,
            Text::new(&target.name).shown()
        ),
        (Some(target), Verb::Rotate) => format!(
            "A new secret for the {} “{}” in {name}",
            resource.noun,
            Text::new(&target.name).shown()
        ),
        (Some(target), _) => format!(
            "Edit the {} “{}”{row} in {name}",
            resource.noun,
            Text::new(&target.name).shown()
        ),
        (None, _) => format!("New {}{row} in {name}", resource.noun),
    };
    let entries = fields::entries(resource, verb, &base, model.now);
    let purpose = Purpose::Write {
        context,
        resource: Arc::clone(resource),
        verb,
        target,
        base: Box::new(base),
    };
    model
        .dialogs
        .push(Dialog::Form(Form::new(title, None, purpose, entries)));
    Vec::new()
}

/// Asks for inputs that only a person can give.
pub fn ask(model: &mut Model, context: ContextId, inputs: Vec<(String, String)>) -> Vec<Effect> {
    let name = model
        .contexts
        .get(context)
        .map_or_else(|| "".into(), |it| Arc::clone(&it.name));
    let entries = inputs.into_iter().map(|(key, label)| Entry {
        editor: Editor::Secret(Masked::new(false)),
        required: true,
        ..Entry::line(&key, &label, None, "")
    });
    let (title, intro) = (
        format!("Sign in to {name}"),
        "Kept in memory until keyrack ends.",
    );
    model.dialogs.push(Dialog::Form(Form::new(
        title,
        Some(intro),
        Purpose::Credential(context),
        entries.collect(),
    )));
    Vec::new()
}

/// Shows the public half of a pair that was made in this form, once its private half is with the service.
pub(super) fn public_half(model: &mut Model, form: &Form) {
    let made = form
        .entries
        .iter()
        .find(|entry| matches!(&entry.editor, Editor::Secret(masked) if masked.came == Came::Made));
    let (Some(facts), Purpose::Write { context, .. }) =
        (made.and_then(|entry| entry.facts.clone()), &form.purpose)
    else {
        return;
    };
    if facts.public.is_none() {
        return;
    }
    let name = model
        .contexts
        .get(*context)
        .map_or_else(|| "".into(), |it| Arc::clone(&it.name));
    let intro = format!(
        "The private half is with {name} and nowhere else. Put this line where it is to be let in, such as a repository's deploy keys."
    );
    let title = "Public half of the new key".to_owned();
    model.dialogs.push(Dialog::Form(Form {
        copied: form.copied,
        ..Form::new(title, Some(&intro), Purpose::Public(facts), Vec::new())
    }));
}

/// Opens the form of a new context on the backend at this position.
pub fn new_context(model: &mut Model, backend: usize) -> Vec<Effect> {
    let Some(manifest) = model.backends.get(backend) else {
        return Vec::new();
    };
    let line = |key: &str, title: &str, help: Option<&str>, value: &str| Entry {
        required: true,
        ..Entry::line(key, title, help.map(ToOwned::to_owned), value)
    };
    let mut entries = vec![
        line(
            "name",
            "Name",
            Some("What you call it: letters, digits, - and _."),
            &manifest.id,
        ),
        line(
            "url",
            "URL",
            Some("The address of the API."),
            manifest.base_url.as_deref().unwrap_or("https://"),
        ),
    ];
    for (name, input) in &manifest.inputs {
        let place = if input.secret {
            "Where it comes from, never the value itself: env:VARIABLE, file:PATH, command:WORDS or prompt."
        } else {
            "env:VARIABLE, file:PATH, command:WORDS, prompt, or plain:VALUE."
        };
        let help = input
            .help
            .as_ref()
            .map_or_else(|| place.to_owned(), |help| format!("{place} {help}"));
        let start = if input.secret && !input.optional {
            "prompt"
        } else {
            ""
        };
        entries.push(Entry {
            required: false,
            ..line(name, &input.label, Some(&help), start)
        });
    }
    let title = format!("New context for {}", manifest.title);
    let intro = "It is added to the config; credentials stay where they are.";
    let purpose = Purpose::NewContext(manifest.id.clone());
    model.dialogs.push(Dialog::Form(Form::new(
        title,
        Some(intro),
        purpose,
        entries,
    )));
    Vec::new()
}

/// The form that asks what a filter is to be called in the config.
pub fn filter_name(text: String) -> Form {
    let intro = format!("The filter: {}", Text::new(&text).shown());
    named("filter", &intro, "filters", Purpose::SaveFilter(text))
}

/// The form that asks what these contexts are to be called together in the config.
pub fn group_name(contexts: Vec<Arc<str>>) -> Form {
    let intro = format!("The contexts: {}", contexts.join(", "));
    named("group", &intro, "groups", Purpose::SaveGroup(contexts))
}

/// A form that asks for a name in a table of the config.
fn named(what: &str, intro: &str, table: &str, purpose: Purpose) -> Form {
    let help = format!("Letters, digits, - _ and dots. The config has it in [{table}] then.");
    let entry = Entry {
        required: true,
        ..Entry::line("name", "Name", Some(help), "")
    };
    Form::new(
        format!("Save the {what}"),
        Some(intro),
        purpose,
        vec![entry],
    )
}
