//! keyrack: one terminal console for every key that you issue.

#[cfg(feature = "demo")]
mod demo;
