//! The vocabulary as a JSON Schema: editors complete and check manifests by it, and
//! [`shape`](super::shape) compares a document with it. The tests make it from the types.

use std::sync::LazyLock;

use serde_json::Value;

const SCHEMA: &str = include_str!("../../assets/manifest.schema.json");

static VALUE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(SCHEMA).unwrap_or_default());

/// The schema that a manifest's document is compared with.
pub(super) fn value() -> &'static Value {
    &VALUE
}

/// The JSON Schema of a manifest, as `assets/manifest.schema.json` holds it.
#[must_use]
pub fn schema() -> &'static str {
    SCHEMA
}

#[cfg(test)]
mod tests {
    use super::{super::Manifest, *};

    #[test]
    fn the_schema_in_assets_is_made_from_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/manifest.schema.json");
        let schema = schemars::schema_for!(Manifest).to_value();
        let made = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("KEYRACK_BLESS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        assert!(
            SCHEMA == made,
            "assets/manifest.schema.json is out of date: run the tests once with KEYRACK_BLESS=1, then again"
        );
    }
}
