//! keyrack: one terminal console for every key that you issue.

mod api;
#[cfg(feature = "demo")]
mod demo;
mod manifest;
mod record;
mod secret;
