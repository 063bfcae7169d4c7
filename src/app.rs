//! All behaviour, no IO: [`update`] takes the model and one message and gives the effects that follow.
//! The runtime feeds it terminal events and replies and carries the effects out; `ui` draws the model.
//! There is no clock here either: the runtime sets [`Model::now`] before each message.

pub mod act;
pub mod bulk;
pub mod choices;
pub mod columns;
pub mod confirm;
pub mod details;
pub mod dialog;
pub mod doubt;
pub mod filter;
pub mod filter_line;
#[cfg(test)]
pub mod fixture;
pub mod fleet;
pub mod flight;
pub mod form;
pub mod gate;
pub mod group;
pub mod health;
pub mod held;
pub mod key;
pub mod keymap;
pub mod listing;
pub mod look;
pub mod mark;
mod message;
pub mod nested;
pub mod order;
pub mod pane;
pub mod picker;
pub mod question;
pub mod report;
pub mod reveal;
pub mod rotation;
pub mod saved;
pub mod screen;
pub mod state;
pub mod tell;
#[cfg(test)]
mod tests;
pub mod view;
pub mod visit;
pub mod waiting;
pub mod whose;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
    sync::Arc,
};

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    api::ApiError,
    journal::{Entry, EntryId},
    manifest::{Manifest, Tab},
    record::Moment,
    secret::Secret,
};

pub use self::message::{Effect, Msg, NewContext, Origin};

use self::{
    dialog::Dialog,
    doubt::Doubt,
    flight::Flight,
    form::Form,
    gate::Write,
    key::{Code, Key},
    keymap::{Keymap, Place},
    pane::Pane,
    reveal::Reveal,
    rotation::Rotation,
    saved::Saved,
    state::Policy,
    visit::Visit,
};

/// Names one call from its effect to its messages; a message of an older call is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// The position of a context in [`Model::contexts`].
pub type ContextId = usize;

/// Everything that the console knows.
#[derive(Debug)]
pub struct Model {
    /// The configured contexts in the order of the config.
    pub contexts: Vec<Context>,
    /// The config's groups of contexts, in its order.
    pub groups: Vec<fleet::Group>,
    /// One pane for each tab, in the order of [`Tab::ALL`].
    pub panes: [Pane; 4],
    /// The tab in front.
    pub active: Tab,
    /// What lies over the table; the last is in front and gets the keys.
    pub dialogs: Vec<Dialog>,
    /// Forms that were put aside while their write is on its way.
    pub aside: Vec<Form>,
    /// New secrets that nobody has acknowledged; the first is in front of everything.
    pub tray: VecDeque<Reveal>,
    /// Secrets that were asked for again.
    pub tellings: Vec<tell::Telling>,
    /// What just happened, in the status line until the next key.
    pub notice: Option<Notice>,
    /// Writes that have not been answered.
    pub flights: BTreeMap<CallId, Flight>,
    /// Doubts that were put aside while their writes are looked for.
    pub doubts: Vec<Doubt>,
    /// Keys on their way to be replaced.
    pub rotations: Vec<Rotation>,
    /// What the journal has, as it was last read.
    pub journal: Vec<Entry>,
    /// What of it waits for the operator, as far as it was not taken up since.
    pub waits: BTreeSet<EntryId>,
    /// Rescued secrets that were stored, until their rotations are taken up, and how they were.
    pub stored: BTreeMap<EntryId, (Secret, String)>,
    /// Names of the configured commands that take a secret.
    pub sinks: Vec<String>,
    /// Which key means what.
    pub keymap: Keymap,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The time of the message being handled.
    pub now: Moment,
    /// Where the config was looked for, when there was none.
    pub first_run: Option<PathBuf>,
    /// The backends that a new context may have.
    pub backends: Vec<Arc<Manifest>>,
    /// How far one run over many keys may go.
    pub bulk: bulk::Rules,
    /// The names of the config's commands that give a value.
    pub sources: Vec<String>,
    /// What earlier runs saw, once it was read.
    pub visit: Option<Visit>,
    /// What is asked of keys.
    pub policy: Policy,
    /// The config's filters, in its order.
    pub saved: Vec<Saved>,
    /// The console shows the embedded backend.
    pub demo: bool,
    /// The system did not lock all the memory of secrets: they may reach its swap.
    pub unlocked: bool,
    /// The last call id that was given out.
    calls: u64,
}

/// One context as the console knows it.
#[derive(Debug)]
pub struct Context {
    /// Its name in the config.
    pub name: Arc<str>,
    /// What its backend can do.
    pub manifest: Arc<Manifest>,
    /// Scheme, host and port.
    pub address: String,
    /// Mistakes here hurt.
    pub production: bool,
    /// Credentials travel unencrypted.
    pub plaintext: bool,
    /// Whether writes are allowed.
    pub write: Write,
    /// The colour that marks it.
    pub accent: Option<Accent>,
    /// Writes are allowed until then.
    pub armed_until: Option<Moment>,
    /// Its keys are shown.
    pub chosen: bool,
    /// Whether it works.
    pub light: Light,
    /// By input, what happens to a new secret that the context is to sign in with.
    pub keeps: BTreeMap<String, String>,
}

/// A colour that marks a context.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Accent {
    /// The terminal's red.
    Red,
    /// The terminal's green.
    Green,
    /// The terminal's yellow.
    Yellow,
    /// The terminal's blue.
    Blue,
    /// The terminal's magenta.
    Magenta,
    /// The terminal's cyan.
    Cyan,
    /// The terminal's white.
    White,
    /// The terminal's gray.
    Gray,
}

/// Whether a context works, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Light {
    /// Not asked yet.
    Dark,
    /// A check is on its way.
    Checking,
    /// It works; the signed-in user where the service tells.
    Ok(Option<String>),
    /// It does not.
    Failed(ApiError),
}

/// What just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is marked.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
}

/// How a notice is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Info,
    /// Done.
    Good,
    /// Take care.
    Warn,
    /// It failed.
    Bad,
}

/// Handles one message.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = handle(model, msg);
    effects.extend(view::ask(model));
    waiting::ended(model, &effects);
    // Banners and the filter line come and go with any message.
    model.keep_visible();
    effects
}

fn handle(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => on_key(model, key),
        Msg::Paste(text) => on_paste(model, &text),
        Msg::Resize(columns, rows) => {
            model.size = (columns, rows);
            Vec::new()
        }
        Msg::Focus(true) => Vec::new(),
        Msg::Focus(false) | Msg::Suspend => reveal::mask(model),
        Msg::Drawn => {
            confirm::drawn(model);
            Vec::new()
        }
        Msg::Rows { call, progress } => listing::rows(model, call, progress),
        Msg::Listed { call, result } => listing::ended(model, call, result),
        Msg::Fetched { call, result } => details::fetched(model, call, result),
        Msg::Told { call, result } => tell::told(model, call, result),
        Msg::Sent { call, sent } => flight::landed(model, call, *sent),
        Msg::Broken(call) => flight::broken(model, call),
        Msg::Unwritten { call, why, errand } => flight::unwritten(model, call, &why, *errand),
        Msg::Looking { call, round, of } => doubt::looking(model, call, round, of),
        Msg::Looked { call, sighting } => bulk::looked(model, call, &sighting)
            .unwrap_or_else(|| doubt::looked(model, call, sighting)),
        Msg::Proved {
            call,
            secret,
            proof,
        } => rotation::proved(model, call, secret, proof),
        Msg::SinkChecked { call, result } => bulk::checked(model, call, &result)
            .unwrap_or_else(|| rotation::checked(model, call, result)),
        Msg::Walking { call, news } => bulk::news(model, call, news),
        Msg::Walked { call, report } => bulk::walked(model, call, report),
        Msg::Saved { call, result } => bulk::saved(model, call, result),
        Msg::Adopted { rotation, result } => rotation::adopted(model, rotation, result),
        Msg::Journal { entries, show } => waiting::read(model, entries, show),
        Msg::TakenUp { entry, result } => waiting::taken(model, entry, result),
        Msg::Rescued(secrets) => waiting::rescued(model, secrets),
        Msg::Visited(visit) => visit::read(model, visit),
        Msg::Checked { context, results } => listing::checked(model, context, results),
        Msg::Asked { context, inputs } => form::ask(model, context, inputs),
        Msg::Delivered(receipt) => reveal::delivered(model, receipt),
        Msg::Value { call, result } => form::came(model, call, result),
        Msg::Woken => {
            gate::disarm(model);
            listing::woken(model);
            reveal::mask_late(model)
        }
        Msg::Continue(tab) => view::go_on(model, tab),
        Msg::Contexts(contexts) => listing::replace_contexts(model, contexts),
        Msg::ContextsKept(why) => listing::keep_contexts(model, why),
        Msg::Reread(read) => listing::reread_manifest(model, read),
        Msg::Backends(backends) => picker::backends(model, backends),
        Msg::FilterSaved { name, saved } => saved::kept_as(model, &name, saved),
        Msg::GroupSaved { name, groups } => picker::contexts::saved(model, &name, groups),
        Msg::NotAdded(why) => form::not_added(model, why),
        Msg::Failed(text) => {
            model.say(Tone::Bad, text);
            Vec::new()
        }
    }
}

/// A key goes to the layer in front: a waiting secret, a dialog, the filter line, the table.
fn on_key(model: &mut Model, key: Key) -> Vec<Effect> {
    model.notice = None;
    if !model.tray.is_empty() {
        return reveal::key(model, key);
    }
    if !model.dialogs.is_empty() {
        return dialog::key(model, key);
    }
    if model.pane().filter.editing {
        return filter_line::key(model, key);
    }
    if key.code == Code::Esc {
        return act::escape(model);
    }
    match model.keymap.action(Place::Table, key) {
        Some(action) => act::act(model, action),
        None => Vec::new(),
    }
}

/// Pasted text goes into the field in front and nowhere else.
fn on_paste(model: &mut Model, text: &Zeroizing<String>) -> Vec<Effect> {
    if !model.tray.is_empty() {
        reveal::paste(model, text);
        return Vec::new();
    }
    if !model.dialogs.is_empty() {
        return dialog::paste(model, text);
    }
    if model.pane().filter.editing {
        return filter_line::paste(model, text);
    }
    model.say(
        Tone::Info,
        "Pasted text was ignored: no field is open for it.",
    );
    Vec::new()
}

impl Model {
    /// A console on these contexts; nothing is asked yet.
    #[must_use]
    pub fn new(contexts: Vec<Context>, keymap: Keymap) -> Self {
        let mut model = Self {
            contexts,
            groups: Vec::new(),
            panes: Tab::ALL.map(Pane::new),
            active: Tab::ApiKeys,
            dialogs: Vec::new(),
            aside: Vec::new(),
            tray: VecDeque::new(),
            tellings: Vec::new(),
            notice: None,
            flights: BTreeMap::new(),
            doubts: Vec::new(),
            rotations: Vec::new(),
            journal: Vec::new(),
            waits: BTreeSet::new(),
            stored: BTreeMap::new(),
            sinks: Vec::new(),
            keymap,
            size: (80, 24),
            now: Moment::from_micros(0),
            first_run: None,
            backends: Vec::new(),
            bulk: bulk::Rules::default(),
            sources: Vec::new(),
            saved: Vec::new(),
            visit: None,
            policy: Policy::default(),
            demo: false,
            unlocked: false,
            calls: 0,
        };
        listing::rebuild_sources(&mut model);
        model
    }

    /// What follows from the start: the first tab with keys is shown and asked for.
    pub fn start(&mut self) -> Vec<Effect> {
        if self.first_run.is_some() {
            self.dialogs.push(Dialog::welcome());
            return Vec::new();
        }
        let mut effects = listing::begin(self);
        effects.push(Effect::ReadJournal { show: false });
        effects.push(Effect::FindRescued);
        effects.push(Effect::ReadVisit);
        effects
    }

    /// The pane in front.
    #[must_use]
    pub fn pane(&self) -> &Pane {
        let [api_keys, secrets, access_keys, admin] = &self.panes;
        match self.active {
            Tab::ApiKeys => api_keys,
            Tab::Secrets => secrets,
            Tab::AccessKeys => access_keys,
            Tab::Admin => admin,
        }
    }

    /// The pane in front, to change it.
    pub fn pane_mut(&mut self) -> &mut Pane {
        let [api_keys, secrets, access_keys, admin] = &mut self.panes;
        match self.active {
            Tab::ApiKeys => api_keys,
            Tab::Secrets => secrets,
            Tab::AccessKeys => access_keys,
            Tab::Admin => admin,
        }
    }

    /// Says in the status line what just happened.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.notice = Some(Notice {
            tone,
            text: text.into(),
        });
    }

    /// What is in front takes no key until it was on the screen for a moment.
    #[must_use]
    pub fn settles(&self) -> bool {
        let front = self.dialogs.last();
        !self.tray.is_empty()
            || matches!(
                front,
                Some(
                    Dialog::Confirm(_)
                        | Dialog::Problem(_)
                        | Dialog::Doubt(_)
                        | Dialog::Rotation(_)
                        | Dialog::Bulk(_)
                )
            )
    }

    /// A name for a new call.
    pub fn next_call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    /// Rows of the table that fit on the screen.
    #[must_use]
    pub fn table_rows(&self) -> usize {
        usize::from(screen::rows(self).body)
    }

    /// Scrolls so that the selected row of the pane in front is on the screen.
    pub fn keep_visible(&mut self) {
        let rows = self.table_rows();
        self.pane_mut().keep_visible(rows);
    }
}
