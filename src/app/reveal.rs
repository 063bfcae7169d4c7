//! A new secret is shown once and leaves only by an explicit act: no stray key, resize, refresh, other
//! create or quit dismisses it. One that its service tells again is closed without a question. Secrets wait in the tray, one behind the other; this is the first one's
//! dialog, in front of everything. Where it goes is decided here, `deliver` brings it there.

use tui_input::Input;

use super::{
    CallId, Effect, Model, Tone,
    confirm::settled,
    form::editor::{line_key, line_paste},
    key::{Code, Key},
    keymap::{Action, Place},
    rotation::{self, RotationId},
    waiting,
};
use crate::{
    journal::{EntryId, Event},
    record::Moment,
    secret::Secret,
};

/// How long a secret stays readable, in microseconds.
const SHOWN_MICROS: i64 = 30 * 1_000_000;

/// A new secret that nobody has acknowledged.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one answer of its own"
)]
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
    /// It is a whole answer that could not be read: the secret may stand in it.
    pub raw: bool,
    /// The secret.
    pub secret: Secret,
    /// It is readable until then.
    pub shown: Option<Moment>,
    /// It was on the screen, readable.
    pub seen: bool,
    /// When its dialog was first on the screen.
    pub drawn: Option<Moment>,
    /// It is on its way to a destination.
    pub copying: bool,
    /// What the last delivery did.
    pub receipt: Option<Receipt>,
    /// The deliveries that arrived, the last one included.
    pub arrived: Vec<Receipt>,
    /// The destination that is typed.
    pub saving: Option<Input>,
    /// The question whether to close it undelivered is open; `true` when "discard" has the cursor.
    pub asking: Option<bool>,
    /// Where the journal has its write.
    pub entry: Option<EntryId>,
    /// The rotation that goes on once it is stored.
    pub rotation: Option<RotationId>,
    /// An earlier run left it behind, at this place among those that it left.
    pub rescued: Option<usize>,
    /// The service tells it again whenever it is asked.
    pub again: bool,
    /// What its lines are, where it has several.
    pub lines: Vec<String>,
}

/// What a delivery did, in words that promise no more than is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// It can be had there, as far as can be known.
    pub delivered: bool,
    /// `copied to the clipboard (X11)`, `not copied: …`.
    pub words: String,
    /// It stays there, unlike on a clipboard.
    pub lasting: bool,
    /// The clipboard is cleared then.
    pub until: Option<Moment>,
    /// The write whose secret it was; none for a copy of an id.
    pub secret: Option<CallId>,
}

impl Reveal {
    /// A secret of which nothing is known but the write that made it.
    #[must_use]
    pub fn new(call: CallId, secret: Secret) -> Self {
        Self {
            call,
            noun: String::new(),
            context: String::new(),
            service: String::new(),
            name: String::new(),
            id: None,
            client_id: None,
            note: None,
            raw: false,
            secret,
            shown: None,
            seen: false,
            drawn: None,
            copying: false,
            receipt: None,
            arrived: Vec::new(),
            saving: None,
            asking: None,
            entry: None,
            rotation: None,
            rescued: None,
            again: false,
            lines: Vec::new(),
        }
    }

    /// Whose secret it is: `API key “ci” in prod`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} “{}” in {}", self.noun, self.name, self.context)
    }

    /// It reached a destination.
    #[must_use]
    pub fn delivered(&self) -> bool {
        self.best().is_some()
    }

    /// The delivery that counts: one that lasts before one that does not, a later one before an earlier.
    #[must_use]
    pub fn best(&self) -> Option<&Receipt> {
        self.arrived.iter().max_by_key(|receipt| receipt.lasting)
    }

    /// It can be had again without this console.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.rescued.is_some() || self.again
    }

    /// Sends it to a destination.
    fn deliver(&mut self, sink: &str) -> Vec<Effect> {
        self.copying = true;
        self.saving = None;
        vec![Effect::Deliver {
            call: self.call,
            sink: sink.to_owned(),
        }]
    }

    /// Shows or masks it.
    fn toggle(&mut self, now: Moment) -> Vec<Effect> {
        if self.shown.take().is_some() {
            return vec![Effect::Repaint];
        }
        let until = Moment::from_micros(now.micros() + SHOWN_MICROS);
        self.shown = Some(until);
        vec![Effect::WakeAt(until)]
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
    if let Some(line) = reveal.saving.take() {
        return saving_key(model, line, key);
    }
    match action {
        Some(Action::Show) => reveal.toggle(now),
        Some(Action::CopySecret) if !reveal.copying => reveal.deliver("clipboard"),
        Some(Action::Save) if !reveal.copying => {
            reveal.saving = Some(Input::default());
            Vec::new()
        }
        Some(Action::Extend) if !reveal.copying => extend(model),
        _ if reveal.copying => {
            model.say(
                Tone::Info,
                "It is on its way: it can be closed once it is there.",
            );
            Vec::new()
        }
        Some(Action::Saved) if reveal.delivered() || reveal.seen || reveal.again => close(model),
        Some(Action::Saved) => ask(model),
        _ if leaves && (reveal.delivered() || reveal.again) => close(model),
        _ if leaves => ask(model),
        _ => Vec::new(),
    }
}

fn extend(model: &mut Model) -> Vec<Effect> {
    let held = |reveal: &&Reveal| reveal.arrived.iter().any(|receipt| receipt.until.is_some());
    if let Some(reveal) = model.tray.front().filter(held) {
        return vec![Effect::Extend { call: reveal.call }];
    }
    let words = "The clipboard does not hold it for a time that could be extended.";
    model.say(Tone::Info, words);
    Vec::new()
}

/// Pasted text goes into the destination that is typed.
pub fn paste(model: &mut Model, text: &str) {
    let Some(reveal) = model.tray.front_mut() else {
        return;
    };
    if let Some(Err(why)) = reveal.saving.as_mut().map(|line| line_paste(line, text)) {
        model.say(Tone::Warn, why);
    }
}

/// A key for the destination that is typed.
fn saving_key(model: &mut Model, mut line: Input, key: Key) -> Vec<Effect> {
    let words = line.value().trim().to_owned();
    let completed = complete(&words, &model.sinks);
    let Some(reveal) = model.tray.front_mut() else {
        return Vec::new();
    };
    match key.code {
        Code::Esc => return Vec::new(),
        Code::Enter if words.is_empty() => return Vec::new(),
        Code::Enter => return reveal.deliver(&words),
        Code::Tab | Code::Right if completed.is_some() => {
            line = Input::new(completed.unwrap_or_default());
        }
        _ => {
            line_key(&mut line, key);
        }
    }
    reveal.saving = Some(line);
    Vec::new()
}

/// What a destination that is being typed could become.
#[must_use]
pub fn complete(typed: &str, sinks: &[String]) -> Option<String> {
    let named = sinks.iter().map(|name| format!("cmd:{name}"));
    let all = ["file:", "env:", "clipboard"].map(ToOwned::to_owned);
    let mut all = named.chain(all);
    all.find(|sink| !typed.is_empty() && sink.len() > typed.len() && sink.starts_with(typed))
}

fn ask(model: &mut Model) -> Vec<Effect> {
    if let Some(reveal) = model.tray.front_mut() {
        reveal.shown = None;
        reveal.asking = Some(false);
    }
    vec![Effect::Repaint]
}

/// An answer to "close it undelivered?": only a deliberate choice of "discard" closes.
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

/// Drops the first secret, or hands it to its rotation; the next one, if any, takes its place.
fn close(model: &mut Model) -> Vec<Effect> {
    let Some(reveal) = model.tray.pop_front() else {
        return Vec::new();
    };
    let discarded = reveal.asking.is_some();
    let held = reveal.delivered() || (reveal.seen && !discarded);
    let how = match reveal.best() {
        Some(receipt) => receipt.words.clone(),
        _ if reveal.seen && !discarded => "seen, not copied".to_owned(),
        _ if reveal.again => "the service tells it again".to_owned(),
        _ => "discarded; delete or regenerate the key".to_owned(),
    };
    let what = if reveal.raw {
        "answer about"
    } else {
        "secret of"
    };
    model.say(
        Tone::Info,
        format!("The {what} {} is closed: {how}.", reveal.name),
    );
    let mut effects = vec![Effect::Repaint];
    effects.extend(reveal.entry.map(|entry| Effect::Note {
        entry,
        event: Event::Acknowledged { how: how.clone() },
    }));
    effects.extend(reveal.rescued.map(Effect::EraseRescued));
    // One whose rotation is not at hand may belong to one that the journal has.
    let write = reveal.entry.filter(|_| reveal.rotation.is_none() && held);
    effects.extend(match (write, reveal.rotation) {
        (Some(write), _) => waiting::goes_on(model, write, reveal.secret, &how),
        (None, Some(id)) if held => rotation::stored(model, id, reveal.secret, &how),
        (None, Some(id)) => rotation::unheld(model, id),
        (None, None) => Vec::new(),
    });
    effects
}

/// Masks every secret: the terminal is no longer in front.
pub fn mask(model: &mut Model) -> Vec<Effect> {
    mask_those(model, |_| true)
}

/// Masks the secrets that were readable for long enough.
pub fn mask_late(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    mask_those(model, |until| until <= now)
}

fn mask_those(model: &mut Model, which: impl Fn(Moment) -> bool) -> Vec<Effect> {
    let mut masked = false;
    for reveal in &mut model.tray {
        if reveal.shown.is_some_and(&which) {
            reveal.shown = None;
            masked = true;
        }
    }
    masked.then_some(Effect::Repaint).into_iter().collect()
}

/// A delivery ended.
pub fn delivered(model: &mut Model, receipt: Receipt) -> Vec<Effect> {
    let reveal = model
        .tray
        .iter_mut()
        .find(|reveal| receipt.secret == Some(reveal.call));
    let Some(reveal) = reveal else {
        let tone = if receipt.delivered {
            Tone::Good
        } else {
            Tone::Warn
        };
        model.say(tone, receipt.words);
        return Vec::new();
    };
    reveal.copying = false;
    // What a clipboard holds is gone in a moment: only its operator can say that it was stored.
    let noted = reveal.entry.filter(|_| receipt.lasting);
    let event = Event::Delivered(crate::journal::Delivery {
        to: receipt.words.clone(),
    });
    reveal
        .arrived
        .extend(receipt.delivered.then(|| receipt.clone()));
    reveal.receipt = Some(receipt);
    let note = noted.map(|entry| Effect::Note { entry, event });
    note.into_iter().collect()
}
