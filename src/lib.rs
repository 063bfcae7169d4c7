//! keyrack: one terminal console for every key that you issue.
//!
//! The model is pure, the screen is a function of it, and one runtime does everything else. What a
//! service can do is data: a manifest, in the format that users write.
//!
//! ```text
//!            keys, paste, resize, signals           Action                    Vec<Effect>
//! terminal ─────────────────────────▶ runtime ──▶ keymap ──▶ app::update ─────────────────┐
//!     ▲                                  ▲                (&mut Model, Msg)               │
//!     │  ui::view(&Model)                │                                                ▼
//!     └───── drawn once the inbox        └── Msg: Rows, Listed, ◀── api::client · deliver · timers
//!            is empty                        Sent, …                (tasks)
//! ```
//!
//! # Layers
//!
//! From the bottom up. A test reads this block and the sources: a module names only those that its line
//! lists.
//!
//! ```text
//! secret    →
//! journal   →
//! manifest  →
//! draft     → manifest
//! record    → manifest, secret
//! api       → manifest, record, secret
//! app       → api, journal, manifest, record, secret
//! ui        → app, journal, manifest, record, secret
//! deliver   → record, secret
//! config    → api, app, manifest, record, secret
//! remember  → config
//! approval  → api, config, deliver, record, remember
//! demo      →
//! intent    → api, app, journal, manifest, record
//! walk      → api, app, deliver, intent, journal, manifest, record, secret
//! runtime   → api, app, approval, config, deliver, demo, intent, journal, manifest, record, remember, secret, ui, walk
//! cli       → api, app, approval, config, deliver, demo, draft, intent, journal, manifest, record, remember, runtime, secret, ui, walk
//! ```
//!
//! - `secret`: a value that cannot be printed, compared or serialised, and where credentials come from.
//! - `journal`: what is about to be sent, on the disk before it is, and what was left open.
//! - `manifest`: the vocabulary of a backend, and the rules that a manifest keeps.
//! - `draft`: a manifest drafted from an OpenAPI document, or an empty one that explains itself.
//! - `record`: a reply with its secrets taken out, as columns; text of servers made fit for a screen.
//! - `api`: requests and replies as data; under it `api::client`, the only HTTP.
//! - `app`: the model, its messages and its effects: all behaviour, without IO, clock or terminal.
//! - `ui`: the screen as a function of the model, drawn for the visible window only.
//! - `intent`: one confirmed intent from the journal to the service and back, and the looks for a lost one.
//! - `walk`: one key deleted or rotated to its end with nobody to ask, for scripts and for many at once.
//! - `deliver`: a secret to its destination, with a receipt that says no more than is known.
//! - `config`: where files are and what wins over what; the only reader of the environment.
//! - `remember`: what one run leaves for the next in the state folder, and does without where it cannot be read.
//! - `approval`: programs that sign requests, and which of them the operator lets run.
//! - `demo`: the other side of the wire: an HTTP server over `SQLite` that speaks all four APIs (feature
//!   `demo`, on by default).
//! - `runtime`: events in, effects out: the loop, its tasks and the guard of the terminal.
//! - `cli`: the command line; a command asks the same config, client and filter as the console.
//! - `testing`: what the benches and the tests of the documents see of all this; no interface.
//!
//! # Where each rule lives
//!
//! | rule | home |
//! |---|---|
//! | what a key means here | `app::keymap`: one table gives the actions, their names in the config, the help, the footer, the palette and the README's table |
//! | what happens next | `app::update` and the `update` of each pane, dialog and flow; timers are effects with ids, and a stale one is ignored |
//! | what a backend can do | its manifest; an operation that is absent is one that it does not have |
//! | a drafted manifest | `draft`: a word says what the document says, or is marked with what it was guessed from; what is left open is switched off |
//! | a field | one row of the manifest: its role, where it is read and shown, where it is sent, what it may be |
//! | a write | an `api::Change`, built when its dialog opens and sent as it was confirmed: `app::gate` gives the one pass for it, `intent::carry` writes it down, sends it once and writes down what came of it; never retried, never cancelled |
//! | a write without a known end | `app::doubt`: looked for, told, and sent again only by the operator |
//! | a rotation | `app::rotation::steps`: which ways and steps there are; the console walks them with its operator, `walk` alone |
//! | many keys | `app::bulk`: `queue` says which begins when, `plan` what happens to each and which go alone; `walk` takes each to its end |
//! | what an earlier run left open | `journal::waiting` says what, `app::waiting` takes it up |
//! | what survives a crash | `journal`: a line for each write before it is sent, chained by hashes; never a value |
//! | a lost write | `api::client::look` reads the list again, `api::trace` says what that shows; nothing is said to be gone or made that a list does not show |
//! | a new credential | `api::client::prove` tries it by using it, as the manifest's `verify` says |
//! | a write by a script | `cli::write`: values through `app::form::given`, the same checks as a form; sent by `walk` with the gate's pass |
//! | a read | `api::retry`: tried at most three times, never earlier than the service asks |
//! | the end of a list | `api::page`: a page that brings nothing new ends it |
//! | a stale list | dropped by call id; old rows stay while new ones load, and a failure leaves them and says so |
//! | several contexts at once | `app::fleet`: what is whole, how old, and production; `app::listing` puts many rows in order as they double, `runtime::tasks` gives lists their turns |
//! | what keys have in common | `app::group`: counted by a column, the unknown ones a group of their own |
//! | a filter of the service | `app::form::server`: typed, or taken from a key's field of the same name |
//! | a value that is made here or looked into | `api::generate` and `api::ssh`, in the form and once more before it is sent |
//! | a request that is only looked at | `api::client::rehearse`: built and signed by what sends it, over a wire that keeps it |
//! | what a service has and a manifest does not | `record::survey`: names and shapes of members, never a value, kept at the door while a client is told to; `cli::backend` compares them with the fields |
//! | secrets | leave the JSON in `record::decode`, before a message exists; `Secret::expose` only at sites that the tests list |
//! | where a secret goes | `deliver::Courier`: a sink is one word, checked beforehand; `deliver::Pattern` gives each of many keys a place of its own; the receipt says what is known; the clipboard is held by a process of its own |
//! | a program that signs requests | `api::auth::command` says what it is told and reads its answer; `approval` runs it as the operator approved it |
//! | text of servers | reaches the screen only by `record::Text::shown` |
//! | HTTP | `api::client::wire`: no redirects, https unless loopback, bounds, credentials only to the context's own origin |
//! | the filter language | `app::filter`: one grammar for the console, `-f` of commands and saved filters; it completes and marks what it reads |
//! | whose key a value is | `api::own` says by which sign; `app::whose` compares, and the value is gone once that is done |
//! | which rows are shown, and in which order | `app::view`: rows are put in order once, and a filter passes over them in slices between keys and frames |
//! | rows in rows | `app::nested`: a row is opened in the place of its table, which lies behind as it was; `manifest::nested` says which resource is in which, and which rows are places and no keys (`Resource::holds_keys`) |
//! | a manifest that is being edited | `runtime::reload`: read again when it is saved; its mistakes leave the console as it was |
//! | what is the same at the next start | `app::look` says what, by names alone; `runtime` keeps it at rest and at the end |
//! | an order | `app::order`: ranks by one column, combined for several; the console and `ls --sort` |
//! | which keys somebody should look at | `app::health`: rules over rows, from what `app::state` says of a key and the config's policy; `audit` and the console's view ask there |
//! | what is new | `app::visit`: keys that the last whole list of an earlier run did not have |
//! | colours | `ui::theme`: roles; whatever a colour says is said by a word or a mark too |
//! | the terminal | `runtime::terminal`: given back on every exit |
//! | exit codes | `cli` |

mod api;
mod app;
mod approval;
mod cli;
mod config;
mod deliver;
#[cfg(feature = "demo")]
mod demo;
mod draft;
mod intent;
mod journal;
mod manifest;
mod record;
mod remember;
mod runtime;
mod secret;
#[doc(hidden)]
pub mod testing;
mod ui;
mod walk;

pub use cli::{Cli, run};
pub use runtime::terminal::restore_on_panic;
