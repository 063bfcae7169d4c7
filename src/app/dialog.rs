//! What may lie over the table. The last dialog of the stack gets the keys, Esc closes exactly one, and
//! each kind owns its own update.

use zeroize::Zeroizing;

use crate::record::Moment;

use super::{
    Effect, Model, Tone, act,
    bulk::{self, Bulk},
    confirm::{self, Confirm},
    details::{self, Details},
    doubt::{self, Doubt},
    filter::LANGUAGE,
    form::{self, Form},
    group::sheet::{self, Groups},
    health::{self, view::Health},
    key::{Code, Key},
    keymap::Action,
    picker::{self, Picker},
    rotation::{self, RotationId},
    whose::{self, Whose},
};

/// A layer over the table.
#[derive(Debug)]
pub enum Dialog {
    /// All keys and the filter language; the number of lines scrolled away.
    Help(u16),
    /// A list from which to choose: palette, sort column, contexts, the first run.
    Picker(Picker),
    /// The keys of the pane, counted by a column.
    Groups(Groups),
    /// All that is known of one key.
    Details(Details),
    /// Fields to fill in: create, edit, server filter, a credential.
    Form(Form),
    /// Which key a value belongs to that turned up somewhere.
    Whose(Whose),
    /// A question before something that cannot be undone.
    Confirm(Confirm),
    /// What went wrong, at length.
    Problem(Problem),
    /// A write whose end is not known.
    Doubt(Box<Doubt>),
    /// A key on its way to be replaced.
    Rotation(RotationId),
    /// Which keys somebody should look at.
    Health(Box<Health>),
    /// Many keys that are deleted or rotated by one plan.
    Bulk(Box<Bulk>),
}

/// What went wrong, at length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What was tried.
    pub title: String,
    /// What happened to the key, why, and what to do next: a paragraph each.
    pub lines: Vec<String>,
    /// When it was first on the screen.
    pub drawn: Option<Moment>,
}

impl Dialog {
    /// The dialog of a first start without a config.
    #[must_use]
    pub fn welcome() -> Self {
        Self::Picker(Picker::welcome())
    }
}

/// A key for the dialog in front.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    match model.dialogs.last() {
        Some(Dialog::Help(_)) => help_key(model, key),
        Some(Dialog::Picker(_)) => picker::key(model, key),
        Some(Dialog::Groups(_)) => sheet::key(model, key),
        Some(Dialog::Details(_)) => details::key(model, key),
        Some(Dialog::Form(_)) => form::key(model, key),
        Some(Dialog::Whose(_)) => whose::key(model, key),
        Some(Dialog::Confirm(_)) => confirm::key(model, key),
        Some(Dialog::Problem(_)) => problem_key(model, key),
        Some(Dialog::Doubt(_)) => doubt::key(model, key),
        Some(Dialog::Rotation(_)) => rotation::key(model, key),
        Some(Dialog::Health(_)) => health::view::key(model, key),
        Some(Dialog::Bulk(_)) => bulk::key(model, key),
        None => Vec::new(),
    }
}

/// A key for what went wrong: it closes once it was there to be read, and what happened stays in the
/// status line.
fn problem_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let closes = matches!(key.code, Code::Esc | Code::Enter) || act::leaves(model, key);
    let Some(Dialog::Problem(problem)) = model.dialogs.last() else {
        return Vec::new();
    };
    if closes && confirm::settled(problem.drawn, model.now) {
        let title = problem.title.clone();
        model.dialogs.pop();
        model.say(Tone::Warn, format!("{title}."));
    }
    Vec::new()
}

/// Pasted text for the dialog in front.
pub fn paste(model: &mut Model, text: &Zeroizing<String>) -> Vec<Effect> {
    match model.dialogs.last_mut() {
        Some(Dialog::Form(form)) => form.paste(text),
        Some(Dialog::Picker(picker)) => picker.paste(text),
        Some(Dialog::Groups(groups)) => sheet::paste(groups, text),
        Some(Dialog::Rotation(_)) => rotation::paste(model, text),
        Some(Dialog::Whose(_)) => whose::paste(model, text),
        Some(Dialog::Bulk(_)) => bulk::paste(model, text),
        Some(Dialog::Confirm(_)) => {
            model.say(
                Tone::Warn,
                "Pasted text does not confirm anything: type the answer.",
            );
        }
        _ => {}
    }
    Vec::new()
}

fn help_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let leaves = act::leaves(model, key) || key == Key::plain(Code::Char('?'));
    let page = model.size.1.saturating_sub(6).max(1);
    let last = help_lines(model.size.0).saturating_sub(page);
    let Some(Dialog::Help(scrolled)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    match key.code {
        Code::Esc | Code::Enter => drop(model.dialogs.pop()),
        _ if leaves => drop(model.dialogs.pop()),
        Code::Down | Code::Char('j') => *scrolled = scrolled.saturating_add(1),
        Code::Up | Code::Char('k') => *scrolled = scrolled.saturating_sub(1),
        Code::PageDown | Code::Char(' ') => *scrolled = scrolled.saturating_add(page),
        Code::PageUp => *scrolled = scrolled.saturating_sub(page),
        Code::Home | Code::Char('g') => *scrolled = 0,
        Code::End | Code::Char('G') => *scrolled = last,
        _ => {}
    }
    if let Some(Dialog::Help(scrolled)) = model.dialogs.last_mut() {
        *scrolled = (*scrolled).min(last);
    }
    Vec::new()
}

/// About how many lines the help has on a screen of so many columns.
fn help_lines(columns: u16) -> u16 {
    let room = usize::from(
        columns
            .min(88)
            .saturating_sub(if columns < 64 { 17 } else { 25 }),
    );
    let texts = Action::ALL.iter().map(|action| action.help());
    let texts = texts.chain(LANGUAGE.iter().map(|(_, finds)| *finds));
    let lines: usize = texts.map(|text| text.len() / room.max(1) + 1).sum();
    u16::try_from(lines + 3).unwrap_or(u16::MAX)
}
