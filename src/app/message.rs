//! What the update is told and what it asks for: the only words between the behaviour and the world.

use std::{path::PathBuf, sync::Arc};

use zeroize::Zeroizing;

use super::{
    CallId, Context, ContextId,
    bulk::{News, Walk},
    fleet::Group,
    flight::{Errand, Sent},
    gate::Pass,
    key::Key,
    report::Report,
    reveal::Receipt,
    rotation::RotationId,
    saved::Saved,
    visit::{Seen, Visit},
};
use crate::{
    api::{
        ApiError, Checked, ListEnd, Progress, Proof, Query, Target,
        trace::{Sighting, Trace},
    },
    journal::{Entry, EntryId, Event},
    manifest::{Make, Manifest, Resource, Tab},
    record::{Decoded, KeyId, Moment, Rows},
    secret::Secret,
};

/// What happened outside.
#[derive(Debug)]
pub enum Msg {
    /// A key press.
    Key(Key),
    /// Pasted text: never taken for keys.
    Paste(Zeroizing<String>),
    /// The terminal has another size.
    Resize(u16, u16),
    /// The terminal was given or lost the focus.
    Focus(bool),
    /// The screen was drawn as the model stands.
    Drawn,
    /// Rows of a list came.
    Rows {
        /// The list's call.
        call: CallId,
        /// What came.
        progress: Progress,
    },
    /// A list ended.
    Listed {
        /// The list's call.
        call: CallId,
        /// How.
        result: Result<ListEnd, ApiError>,
    },
    /// One key was read.
    Fetched {
        /// The call.
        call: CallId,
        /// What came.
        result: Result<Decoded, ApiError>,
    },
    /// A secret was told again, or was not.
    Told {
        /// The call.
        call: CallId,
        /// The secret, or why not.
        result: Result<Secret, ApiError>,
    },
    /// A write was answered, or was not.
    Sent {
        /// The call.
        call: CallId,
        /// What became of it.
        sent: Box<Sent>,
    },
    /// The task of a write broke off.
    Broken(CallId),
    /// A write was not sent, for the journal could not be written.
    Unwritten {
        /// The call.
        call: CallId,
        /// Why, as a sentence.
        why: String,
        /// What was to be sent.
        errand: Box<Errand>,
    },
    /// A lost write is looked for in the list.
    Looking {
        /// The call.
        call: CallId,
        /// Which look.
        round: usize,
        /// Of how many.
        of: usize,
    },
    /// A lost write was looked for.
    Looked {
        /// The call.
        call: CallId,
        /// What was seen.
        sighting: Sighting,
    },
    /// A new secret was tried.
    Proved {
        /// The call.
        call: CallId,
        /// The secret, given back.
        secret: Secret,
        /// What it proved.
        proof: Proof,
    },
    /// A destination would take a secret, or says why not.
    SinkChecked {
        /// The call.
        call: CallId,
        /// Why not, as a sentence.
        result: Result<(), String>,
    },
    /// A context signs in with a new secret, or it could not be stored.
    Adopted {
        /// The rotation that made it.
        rotation: RotationId,
        /// Where it is kept now, or why it is not, as a sentence.
        result: Result<String, String>,
    },
    /// The journal was read.
    Journal {
        /// What it has.
        entries: Vec<Entry>,
        /// It was asked for, to be shown.
        show: bool,
    },
    /// The journal made an entry this run's, or another run has it.
    TakenUp {
        /// Which.
        entry: EntryId,
        /// What the journal has now, or why not, as a sentence.
        result: Result<Vec<Entry>, String>,
    },
    /// Secrets that an earlier run handed over when it was ended, each with what it is called and where the
    /// journal has its write.
    Rescued(Vec<(String, Option<EntryId>, Secret)>),
    /// Something happened to a row of a bulk.
    Walking {
        /// Its call.
        call: CallId,
        /// What.
        news: News,
    },
    /// A row of a bulk is at its end.
    Walked {
        /// Its call.
        call: CallId,
        /// How it ended.
        report: Report,
    },
    /// A text was saved, or was not.
    Saved {
        /// The call.
        call: CallId,
        /// Where it is, or why it is nowhere, as a sentence.
        result: Result<String, String>,
    },
    /// What earlier runs saw was read.
    Visited(Visit),
    /// The checks of a context ended.
    Checked {
        /// The context.
        context: ContextId,
        /// Each check's result.
        results: Vec<Checked>,
    },
    /// A context needs inputs that only a person can give.
    Asked {
        /// The context.
        context: ContextId,
        /// The names and labels of the inputs.
        inputs: Vec<(String, String)>,
    },
    /// A secret or a text reached a destination, or did not.
    Delivered(Receipt),
    /// A value for a form came, or did not.
    Value {
        /// The call.
        call: CallId,
        /// The value, or why there is none.
        result: Result<Zeroizing<String>, String>,
    },
    /// A time that was waited for has come.
    Woken,
    /// Keys and frames had their turn: the filter of this tab goes on.
    Continue(Tab),
    /// The process is about to stop being in front: secrets are masked.
    Suspend,
    /// Other contexts take the place of the present ones: the demo was started, or one was added.
    Contexts(Vec<Context>),
    /// One was added, but the present contexts stay: something is open in one that would change.
    ContextsKept(String),
    /// A manifest beside the config was saved: whether something that is shown changed, or its mistakes.
    Reread(Result<bool, String>),
    /// The backends that a new context may have: one is chosen next.
    Backends(Vec<Arc<Manifest>>),
    /// The config has a filter under this name now.
    FilterSaved {
        /// What it is called.
        name: String,
        /// All filters of the config.
        saved: Vec<Saved>,
    },
    /// The config has a group of contexts under this name now.
    GroupSaved {
        /// What it is called.
        name: String,
        /// All groups of the config.
        groups: Vec<Group>,
    },
    /// The config could not take a new context, filter or group; why.
    NotAdded(String),
    /// Something outside went wrong.
    Failed(String),
}

/// What the runtime is to do.
#[derive(Debug)]
pub enum Effect {
    /// Leave the program.
    Quit,
    /// Fetch a list.
    List {
        /// Names the answers.
        call: CallId,
        /// Where.
        context: ContextId,
        /// What.
        query: Query,
    },
    /// Forget a list or a value that is on its way.
    Cancel(CallId),
    /// Read one key.
    Get {
        /// Names the answer.
        call: CallId,
        /// Where.
        context: ContextId,
        /// What kind of key.
        resource: Arc<Resource>,
        /// Which.
        id: KeyId,
    },
    /// Have the service tell a secret again.
    Reveal {
        /// Names the answer.
        call: CallId,
        /// Where.
        context: ContextId,
        /// What kind of key.
        resource: Arc<Resource>,
        /// Which.
        target: Target,
    },
    /// Send a write, once.
    Send {
        /// Names the answer.
        call: CallId,
        /// Where.
        context: ContextId,
        /// What, and all that the journal is told of it.
        errand: Box<Errand>,
        /// The gate's leave.
        pass: Pass,
    },
    /// Look for a write whose answer was lost, until it is found or the looks are over.
    Look {
        /// Names the answers.
        call: CallId,
        /// Where.
        context: ContextId,
        /// Where the journal has it.
        entry: Option<EntryId>,
        /// By what.
        trace: Box<Trace>,
    },
    /// Try a new secret by using it.
    Prove {
        /// Names the answer.
        call: CallId,
        /// The context that it was made in.
        context: ContextId,
        /// The new key's row, where it is known.
        rows: Box<Rows>,
        /// The secret.
        secret: Secret,
    },
    /// Sign in with a new secret from now on, and keep it where the config reads the present one.
    Adopt {
        /// The rotation that made it.
        rotation: RotationId,
        /// Which context.
        context: ContextId,
        /// The new key's row, where it is known.
        rows: Box<Rows>,
        /// The secret.
        secret: Secret,
    },
    /// Tell the journal what happened to one of its entries.
    Note {
        /// Which.
        entry: EntryId,
        /// What.
        event: Event,
    },
    /// Read what earlier runs saw.
    ReadVisit,
    /// Keep a list that came whole for the next visit.
    KeepSeen(Box<Seen>),
    /// Look for secrets that an earlier run left behind.
    FindRescued,
    /// Read the journal.
    ReadJournal {
        /// It is to be shown.
        show: bool,
    },
    /// Make an entry of the journal that waits this run's.
    TakeUp {
        /// Which.
        entry: EntryId,
    },
    /// See whether a destination would take a secret.
    CheckSink {
        /// Names the answer.
        call: CallId,
        /// Which, as it was typed.
        sink: String,
    },
    /// See whether a destination would take a secret of each of these keys.
    CheckSinks {
        /// Names the answer, [`Msg::SinkChecked`].
        call: CallId,
        /// Which, as it was typed: `{name}`, `{id}` and `{context}` stand for the key.
        sink: String,
        /// The context's name, and the key.
        keys: Vec<(Arc<str>, Target)>,
    },
    /// Delete or rotate one key of a bulk, to its known end.
    Walk {
        /// Names the answers.
        call: CallId,
        /// Where.
        context: ContextId,
        /// What.
        walk: Box<Walk>,
    },
    /// Write a text that is not secret into a new file.
    SaveText {
        /// Names the answer.
        call: CallId,
        /// Where, as it was typed.
        path: String,
        /// What.
        text: String,
    },
    /// Bring a secret of the tray to a destination.
    Deliver {
        /// The write that made it.
        call: CallId,
        /// Which, as it was typed.
        sink: String,
    },
    /// Leave a secret on the clipboard for longer.
    Extend {
        /// The write that made it.
        call: CallId,
    },
    /// Check a context.
    Check(ContextId),
    /// An input that a person gave.
    Give {
        /// For which context.
        context: ContextId,
        /// Input by name.
        inputs: Vec<(String, Secret)>,
    },
    /// Copy a text that is not secret: what it is, as the beginning of a sentence, and the text.
    Copy(String, String),
    /// Get a value for the form in front; [`Effect::Cancel`] gives it up.
    Value {
        /// Names the answer.
        call: CallId,
        /// Where it comes from.
        from: Origin,
        /// Byte for byte; else a command's last newline is not part of it.
        exact: bool,
    },
    /// Forget the secret that an earlier run left behind at this place.
    EraseRescued(usize),
    /// Send [`Msg::Woken`] at this time.
    WakeAt(Moment),
    /// Send [`Msg::Continue`] once keys and frames had their turn.
    Continue(Tab),
    /// Paint every cell anew, so that nothing of a secret stays behind.
    Repaint,
    /// Read the backends that a new context may have.
    ReadBackends,
    /// Add a filter to the config; the flag lets it take the place of one of the same name.
    SaveFilter(Saved, bool),
    /// Add a group of contexts to the config; the flag lets it take the place of one of the same name.
    SaveGroup(Group, bool),
    /// Add a context to the config and show it.
    AddContext(NewContext),
    /// Start the embedded backend and show it.
    StartDemo,
}

/// Where a value comes from that is not typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// A command of the config's `[sources]`.
    Command(String),
    /// A variable of the environment.
    Variable(String),
    /// Made here.
    Made {
        /// What is made.
        what: Make,
        /// What a pair is called.
        comment: String,
    },
}

/// A context to add to the config, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContext {
    /// Its name.
    pub name: String,
    /// The backend's name.
    pub backend: String,
    /// The address of the service.
    pub url: String,
    /// Input to source: `env:VARIABLE` and the like.
    pub credential: Vec<(String, String)>,
}
