//! keyrack: one terminal console for every key that you issue.

mod api;
mod app;
mod cli;
mod config;
mod deliver;
#[cfg(feature = "demo")]
mod demo;
mod manifest;
mod record;
mod runtime;
mod secret;
#[doc(hidden)]
pub mod testing;
mod ui;

pub use cli::{Cli, run};
pub use runtime::terminal::restore_on_panic;
