//! Records as data for scripts: PRODUCT's JSON item and CSV row, formula-safe.

use super::Record;

/// One record as the JSON item of `ls --json`.
#[must_use]
pub fn item(context: &str, backend: &str, record: Record<'_>) -> serde_json::Value {
    let _ = (context, backend, record);
    serde_json::Value::Null
}

/// The header of the CSV output.
#[must_use]
pub fn csv_header() -> Vec<&'static str> {
    Vec::new()
}

/// One record as a CSV row in the order of the header.
#[must_use]
pub fn csv_row(context: &str, backend: &str, record: Record<'_>) -> Vec<String> {
    let _ = (context, backend, record);
    Vec::new()
}
