//! What the update is told and what it asks for: the only words between the behaviour and the world.

use std::{path::PathBuf, sync::Arc};

use zeroize::Zeroizing;

use super::{CallId, Context, ContextId, key::Key, reveal::Receipt};
use crate::{
    api::{ApiError, Change, Checked, ListEnd, Outcome, Progress, Query},
    manifest::{Make, Manifest, Resource},
    record::{Decoded, KeyId, Moment},
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
    /// A write was answered, or was not.
    Sent {
        /// The call.
        call: CallId,
        /// What became of it.
        outcome: Outcome,
    },
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
    /// Something was copied, or was not.
    Copied(Receipt),
    /// A value for a form came, or did not.
    Value {
        /// The call.
        call: CallId,
        /// The value, or why there is none.
        result: Result<Zeroizing<String>, String>,
    },
    /// The time for which writes were allowed is over.
    Disarm,
    /// The process is about to stop being in front: secrets are masked.
    Suspend,
    /// Other contexts take the place of the present ones: the demo was started, or one was added.
    Contexts(Vec<Context>),
    /// The backends that a new context may have: one is chosen next.
    Backends(Vec<Arc<Manifest>>),
    /// The config could not take a new context; why.
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
    /// Send a write, once.
    Send {
        /// Names the answer.
        call: CallId,
        /// Where.
        context: ContextId,
        /// What.
        change: Change,
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
    /// Copy a text that is not secret.
    Copy(String),
    /// Copy the first secret of the tray.
    CopySecret,
    /// Get a value for the form in front; [`Effect::Cancel`] gives it up.
    Value {
        /// Names the answer.
        call: CallId,
        /// Where it comes from.
        from: Origin,
        /// Byte for byte; else a command's last newline is not part of it.
        exact: bool,
    },
    /// Send [`Msg::Disarm`] at this time.
    DisarmAt(Moment),
    /// Paint every cell anew, so that nothing of a secret stays behind.
    Repaint,
    /// Read the backends that a new context may have.
    ReadBackends,
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
