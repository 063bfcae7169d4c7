//! A new secret is shown once and leaves only by an explicit act: no stray key, resize, refresh, other
//! create or quit dismisses it. Secrets wait in the tray, one behind the other; this is the first one's
//! dialog, in front of everything.

use super::{
    CallId, Effect, Model, Tone,
    confirm::settled,
    key::{Code, Key},
    keymap::{Action, Place},
};
use crate::{record::Moment, secret::Secret};

/// A new secret that nobody has acknowledged.
#[derive(Debug)]
pub struct Reveal {
    /// The write that made it.
    pub call: CallId,
    /// What it is: `API key`.
    pub noun: String,
    /// The context's name.
    pub context: String,
    /// The service's name.
    pub service: String,
    /// The key's name as shown.
    pub name: String,
    /// The key's id as shown.
    pub id: Option<String>,
    /// The public half of a pair.
    pub client_id: Option<String>,
    /// What to beware of, such as that the old secret is dead.
    pub note: Option<String>,
    /// The secret.
    pub secret: Secret,
    /// It is readable now.
    pub shown: bool,
    /// It was on the screen, readable.
    pub seen: bool,
    /// When its dialog was first on the screen.
    pub drawn: Option<Moment>,
    /// A copy is on its way.
    pub copying: bool,
    /// What the last copy did.
    pub receipt: Option<Receipt>,
    /// The question whether to close it uncopied is open; `true` when "discard" has the cursor.
    pub asking: Option<bool>,
}

/// What a copy did, in words that promise no more than is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// It can be pasted, as far as can be known.
    pub delivered: bool,
    /// `copied to the clipboard (X11)`, `not copied: …`.
    pub words: String,
    /// The write whose secret was copied; none for a copy of an id.
    pub secret: Option<CallId>,
}

impl Reveal {
    /// Somebody has it: it was copied, or at least seen.
    #[must_use]
    pub fn delivered(&self) -> bool {
        self.receipt
            .as_ref()
            .is_some_and(|receipt| receipt.delivered)
    }
}

/// A key for the waiting secret.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let action = model.keymap.action(Place::Reveal, key);
    let leaves =
        model.keymap.action(Place::Table, key) == Some(Action::Quit) || key.code == Code::Esc;
    let now = model.now;
    let Some(reveal) = model.tray.front_mut() else {
        return Vec::new();
    };
    if !settled(reveal.drawn, now) {
        return Vec::new();
    }
    if let Some(discard) = reveal.asking {
        return answer(model, key, discard);
    }
    match action {
        Some(Action::Show) => {
            reveal.shown = !reveal.shown;
            if reveal.shown {
                Vec::new()
            } else {
                vec![Effect::Repaint]
            }
        }
        Some(Action::CopySecret) if !reveal.copying => {
            reveal.copying = true;
            vec![Effect::CopySecret]
        }
        _ if reveal.copying => Vec::new(),
        Some(Action::Saved) if reveal.delivered() || reveal.seen => close(model),
        Some(Action::Saved) => ask(model),
        _ if leaves && reveal.delivered() => close(model),
        _ if leaves => ask(model),
        _ => Vec::new(),
    }
}

fn ask(model: &mut Model) -> Vec<Effect> {
    if let Some(reveal) = model.tray.front_mut() {
        reveal.shown = false;
        reveal.asking = Some(false);
    }
    vec![Effect::Repaint]
}

/// An answer to "close it uncopied?": only a deliberate choice of "discard" closes.
fn answer(model: &mut Model, key: Key, discard: bool) -> Vec<Effect> {
    let asking = match key.code {
        Code::Left | Code::Right | Code::Tab | Code::BackTab | Code::Up | Code::Down => {
            Some(!discard)
        }
        Code::Enter if discard => return close(model),
        Code::Enter | Code::Esc => None,
        _ => Some(discard),
    };
    if let Some(reveal) = model.tray.front_mut() {
        reveal.asking = asking;
    }
    Vec::new()
}

/// Drops the first secret; the next one, if any, takes its place.
fn close(model: &mut Model) -> Vec<Effect> {
    if let Some(reveal) = model.tray.pop_front() {
        let how = match &reveal.receipt {
            Some(receipt) if receipt.delivered => receipt.words.clone(),
            _ if reveal.seen => "seen, not copied".to_owned(),
            _ => "discarded unseen; delete or regenerate the key".to_owned(),
        };
        model.say(
            Tone::Info,
            format!("The secret of {} is closed: {how}.", reveal.name),
        );
    }
    vec![Effect::Repaint]
}

/// Masks every secret: the terminal is no longer in front.
pub fn mask(model: &mut Model) -> Vec<Effect> {
    let shown = model.tray.iter().any(|reveal| reveal.shown);
    for reveal in &mut model.tray {
        reveal.shown = false;
    }
    if shown {
        vec![Effect::Repaint]
    } else {
        Vec::new()
    }
}

/// A copy ended.
pub fn copied(model: &mut Model, receipt: Receipt) -> Vec<Effect> {
    let copied = model
        .tray
        .iter_mut()
        .find(|reveal| receipt.secret == Some(reveal.call));
    match copied {
        Some(reveal) => {
            reveal.copying = false;
            reveal.receipt = Some(receipt);
        }
        None if receipt.delivered => model.say(Tone::Good, receipt.words),
        None => model.say(Tone::Warn, receipt.words),
    }
    Vec::new()
}
