//! Filters with a name, as the config's `[filters]` has them: one is put into the filter line, and the one
//! that stands there is kept under a name. A name that is taken is used again only after a question; the
//! runtime writes the file.

use super::{
    Effect, Model, Tone,
    confirm::{Confirm, Yes},
    dialog::Dialog,
    filter::{Filter, Names},
    filter_line,
    form::{self, Form, Purpose},
    pane::Pane,
};

/// Most tests of rows for the numbers in the list of filters.
const CHEAP: usize = 50_000;

/// A filter with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// What it is called.
    pub name: String,
    /// The filter, as it was typed.
    pub text: String,
}

/// What a saved filter is worth in the pane in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worth {
    /// It keeps so many of the rows that are here; `None`: there are too many to count them on the way.
    Keeps(Option<usize>),
    /// It makes no sense here, and why.
    Wrong(String),
}

/// What each saved filter is worth in the pane in front, in their order.
#[must_use]
pub fn worth(model: &Model) -> Vec<Worth> {
    let pane = model.pane();
    let names = names(pane);
    let cheap = pane.total().saturating_mul(model.saved.len()) <= CHEAP;
    let worth = |saved: &Saved| match Filter::parse(&saved.text, &names) {
        Ok(filter) => Worth::Keeps(cheap.then(|| kept(model, &filter))),
        Err(error) => Worth::Wrong(format!("character {}: {}", error.at + 1, error.message)),
    };
    model.saved.iter().map(worth).collect()
}

fn names(pane: &Pane) -> Names {
    Names::of(pane.sources.iter().map(|source| &*source.resource))
}

fn kept(model: &Model, filter: &Filter) -> usize {
    let sources = model.pane().sources.iter();
    let kept = sources.filter_map(|source| {
        let context = model.contexts.get(source.context)?;
        let facts = source.facts(context, model.now);
        Some(filter.positions(&source.rows, 0, &facts).count())
    });
    kept.sum()
}

/// Why the present filter cannot be saved; `None`: it can.
#[must_use]
pub fn why_not(model: &Model) -> Option<&'static str> {
    let line = &model.pane().filter;
    if model.demo {
        Some("not in the demo: its config is its own")
    } else if line.error.is_some() {
        Some("the filter that is typed makes no sense")
    } else if line.filter.is_none() {
        Some("no filter is on: / makes one")
    } else {
        None
    }
}

/// A saved filter takes the place of the present one.
pub fn take(model: &mut Model, at: usize) -> Vec<Effect> {
    match model.saved.get(at) {
        Some(saved) => {
            let text = saved.text.clone();
            filter_line::set(model, &text)
        }
        None => Vec::new(),
    }
}

/// Asks what the present filter is to be called.
pub fn ask_name(model: &mut Model) -> Vec<Effect> {
    let text = model.pane().filter.input.value().trim().to_owned();
    model.dialogs.push(Dialog::Form(form::filter_name(text)));
    Vec::new()
}

/// The name was filled in: it is asked about when there is such a filter.
pub fn named(model: &mut Model, form: Form, name: &str) -> Vec<Effect> {
    let Purpose::SaveFilter(text) = &form.purpose else {
        return Vec::new();
    };
    let saved = Saved {
        name: name.trim().to_owned(),
        text: text.clone(),
    };
    let there = model.saved.iter().find(|it| it.name == saved.name).cloned();
    model.dialogs.push(Dialog::Form(form));
    let Some(there) = there else {
        return vec![Effect::SaveFilter(saved, false)];
    };
    let lines = vec![
        format!("Until now it is: {}", there.text),
        format!("It becomes: {}", saved.text),
    ];
    model.dialogs.push(Dialog::Confirm(Confirm {
        title: format!("Replace the filter “{}”?", saved.name),
        lines,
        verb: "Replace".into(),
        typed: None,
        on_yes: false,
        yes: Yes::SaveFilter(saved),
        drawn: None,
    }));
    Vec::new()
}

/// The config has a filter under this name now, among these.
pub fn kept_as(model: &mut Model, name: &str, saved: Vec<Saved>) -> Vec<Effect> {
    model.saved = saved;
    let asks = |dialog: &Dialog| matches!(dialog, Dialog::Form(form) if matches!(form.purpose, Purpose::SaveFilter(_)));
    model.dialogs.retain(|dialog| !asks(dialog));
    let words = format!("The filter is saved as “{name}”: . lists it.");
    model.say(Tone::Good, words);
    Vec::new()
}
