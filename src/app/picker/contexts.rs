//! The contexts as a list to choose from, the groups of the config before them: one is shown, or all that are
//! marked; the marked ones are saved as a group.

use std::sync::Arc;

use tui_input::Input;

use super::{Item, Pick, Picker};
use crate::{
    app::{
        Context, ContextId, Effect, Model, Tone, act,
        confirm::{Confirm, Yes},
        dialog::Dialog,
        fleet::Group,
        form::{self, Form, Purpose},
        listing,
    },
    record::Text,
};

impl Picker {
    /// The groups and the contexts, those that are shown marked.
    #[must_use]
    pub fn contexts(model: &Model) -> Self {
        let groups = model.groups.iter().enumerate();
        let groups = groups.map(|(at, group)| {
            let names: Vec<&str> = group.contexts.iter().map(|name| &**name).collect();
            let note = format!("group of {} · {}", names.len(), names.join(", "));
            Item::new(&Text::new(&group.name).shown(), &note, Pick::Group(at))
        });
        let contexts = model.contexts.iter().enumerate().map(|(at, context)| Item {
            marked: context.chosen,
            ..Item::new(
                &context.name,
                &act::context_note(context),
                Pick::Context(at),
            )
        });
        let mut items: Vec<Item> = groups.chain(contexts).collect();
        let demo = model
            .demo
            .then_some("not in the demo: its config is its own");
        let save = demo.unwrap_or("a name in the config for those that are marked");
        let add = demo.unwrap_or("a service, its address and where its credential is");
        for (label, note, pick) in [
            ("Save as a group…", save, Pick::SaveGroup),
            ("Add a context…", add, Pick::AddContext),
        ] {
            items.push(Item {
                off: model.demo,
                ..Item::new(label, note, pick)
            });
        }
        let intro =
            "Enter shows the one under the cursor, or the marked ones; s saves these as a group.";
        Self {
            intro: Some(intro.to_owned()),
            many: true,
            ..Self::of("Contexts", items)
        }
    }

    /// The contexts that are marked.
    fn marked(&self) -> impl Iterator<Item = usize> {
        let marked = self.items.iter().filter(|item| item.marked);
        marked.filter_map(|item| match item.pick {
            Pick::Context(at) => Some(at),
            _ => None,
        })
    }

    /// Marks these contexts, or takes their marks where all have one.
    fn turn(&mut self, which: impl Fn(usize) -> bool) {
        let mut items: Vec<&mut Item> = self.items.iter_mut().collect();
        items.retain(|item| matches!(item.pick, Pick::Context(at) if which(at)));
        let all = items.iter().all(|item| item.marked);
        for item in items {
            item.marked = !all;
        }
    }
}

/// The contexts of a group.
#[must_use]
pub fn members(model: &Model, group: usize) -> Vec<usize> {
    let names = model.groups.get(group).map(|group| &group.contexts);
    let contexts = model.contexts.iter().enumerate();
    let is_in = |name: &Arc<str>| names.is_some_and(|names| names.contains(name));
    contexts
        .filter(|(_, context)| is_in(&context.name))
        .map(|(at, _)| at)
        .collect()
}

/// Shows the context under the cursor, or those that are marked.
pub(super) fn choose(model: &mut Model, at: ContextId, marked: &[Pick]) -> Vec<Effect> {
    // Marks that stand as they were when the list opened say nothing: the cursor decides.
    let shown = |(id, context): (ContextId, &Context)| {
        context.chosen == marked.contains(&Pick::Context(id))
    };
    let untouched = model.contexts.iter().enumerate().all(shown);
    let alone = untouched || marked.is_empty();
    listing::choose(model, |id| {
        if alone {
            id == at
        } else {
            marked.contains(&Pick::Context(id))
        }
    })
}

fn front(model: &mut Model) -> Option<&mut Picker> {
    match model.dialogs.last_mut() {
        Some(Dialog::Picker(picker)) => Some(picker),
        _ => None,
    }
}

/// Marks the context under the cursor, or those of the group.
pub fn mark(model: &mut Model) {
    let Some(pick) = front(model).and_then(|picker| picker.pick()) else {
        return;
    };
    let which = match pick {
        Pick::Context(at) => vec![at],
        Pick::Group(at) => members(model, at),
        _ => return,
    };
    if let Some(picker) = front(model) {
        picker.turn(|at| which.contains(&at));
    }
}

/// Marks all contexts, or none.
pub fn mark_all(model: &mut Model) {
    if let Some(picker) = front(model) {
        picker.turn(|_| true);
    }
}

/// Asks again for the keys of the context under the cursor, or of those of the group.
pub fn retry(model: &mut Model) -> Vec<Effect> {
    let which = match front(model).and_then(|picker| picker.pick()) {
        Some(Pick::Context(at)) => vec![at],
        Some(Pick::Group(at)) => members(model, at),
        _ => return Vec::new(),
    };
    let effects: Vec<Effect> = which
        .into_iter()
        .flat_map(|context| listing::retry_context(model, context))
        .collect();
    if effects.is_empty() {
        let words = "It is not shown in this tab: Enter shows it and asks for its keys.";
        model.say(Tone::Info, words);
    }
    effects
}

/// Asks what the marked contexts are to be called together.
pub fn ask_name(model: &mut Model) -> Vec<Effect> {
    let Some(picker) = front(model) else {
        return Vec::new();
    };
    let marked: Vec<usize> = picker.marked().collect();
    if model.demo {
        model.say(Tone::Warn, "Not in the demo: its config is its own.");
        return Vec::new();
    }
    if marked.is_empty() {
        model.say(
            Tone::Warn,
            "Mark the contexts first: Space marks one, a all.",
        );
        return Vec::new();
    }
    let contexts = model.contexts.iter().enumerate();
    let names = contexts.filter(|(at, _)| marked.contains(at));
    let names = names.map(|(_, context)| Arc::clone(&context.name));
    let form = form::group_name(names.collect());
    model.dialogs.push(Dialog::Form(form));
    Vec::new()
}

/// The name was filled in: it is asked about when there is such a group.
pub fn named(model: &mut Model, form: Form, name: &str) -> Vec<Effect> {
    let Purpose::SaveGroup(contexts) = &form.purpose else {
        return Vec::new();
    };
    let group = Group {
        name: name.trim().to_owned(),
        contexts: contexts.clone(),
    };
    let there = model
        .groups
        .iter()
        .find(|it| it.name == group.name)
        .cloned();
    model.dialogs.push(Dialog::Form(form));
    let Some(there) = there else {
        return vec![Effect::SaveGroup(group, false)];
    };
    let lines = vec![
        format!("Until now it is: {}", there.contexts.join(", ")),
        format!("It becomes: {}", group.contexts.join(", ")),
    ];
    model.dialogs.push(Dialog::Confirm(Confirm {
        title: format!("Replace the group “{}”?", group.name),
        lines,
        verb: "Replace".into(),
        typed: None,
        on_yes: false,
        yes: Yes::SaveGroup(group),
        drawn: None,
    }));
    Vec::new()
}

/// The config has a group under this name now, among these: the list of contexts has it too.
pub fn saved(model: &mut Model, name: &str, groups: Vec<Group>) -> Vec<Effect> {
    model.groups = groups;
    let asks = |dialog: &Dialog| matches!(dialog, Dialog::Form(form) if matches!(form.purpose, Purpose::SaveGroup(_)));
    model.dialogs.retain(|dialog| !asks(dialog));
    let mut new = Picker::contexts(model);
    if let Some(picker) = front(model).filter(|picker| picker.has_contexts()) {
        let marked: Vec<usize> = picker.marked().collect();
        for item in &mut new.items {
            item.marked = matches!(item.pick, Pick::Context(at) if marked.contains(&at));
        }
        *picker = new;
    }
    let words = format!("The contexts are saved as “{name}”: c lists the group.");
    model.say(Tone::Good, words);
    Vec::new()
}

/// Begins to find contexts by what is typed.
pub fn find(picker: &mut Picker) {
    picker.query = Some(Input::default());
    picker.selected = 0;
}

/// Ends that; the cursor stays on what it is on. Tells whether something was being found.
pub fn end_find(picker: &mut Picker) -> bool {
    let at = picker.current();
    let finds = picker.has_contexts() && picker.query.take().is_some();
    if let (true, Some(at)) = (finds, at) {
        picker.selected = at;
    }
    finds
}
