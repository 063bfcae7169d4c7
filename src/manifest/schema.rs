//! The vocabulary as a JSON Schema, made from the types: editors complete and check manifests by it, and
//! [`shape`](super::shape) compares a document with it.

use std::sync::LazyLock;

use serde_json::Value;

use super::Manifest;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| schemars::schema_for!(Manifest).as_value().clone());

/// The schema that a manifest's document is compared with.
pub(super) fn value() -> &'static Value {
    &SCHEMA
}

/// The JSON Schema of a manifest, as `assets/manifest.schema.json` holds it.
#[must_use]
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(value()).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_in_assets_is_made_from_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/manifest.schema.json");
        if std::env::var_os("KEYRACK_BLESS").is_some() {
            std::fs::write(path, schema()).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == schema(),
            "assets/manifest.schema.json is out of date: run the tests once with KEYRACK_BLESS=1"
        );
    }
}
