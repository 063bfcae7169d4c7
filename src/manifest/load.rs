//! A manifest is read and checked here, before anything uses it: every mistake is told with its line,
//! its column, the reason and the fix. The rest of the program may then trust it.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    Fault, Manifest, check,
    report::{self, Report},
    shape,
};

/// Reads and checks a manifest.
///
/// # Errors
/// All mistakes that were found, in the order of the text.
pub fn load(text: &str) -> Result<Arc<Manifest>, Vec<Fault>> {
    examine(text).map(|(manifest, _)| manifest)
}

/// What works in a manifest and looks forgotten, in the order of the text.
#[must_use]
pub fn hints(text: &str) -> Vec<Fault> {
    examine(text).map(|(_, hints)| hints).unwrap_or_default()
}

/// Three steps, each only when the one before found nothing: TOML, the vocabulary, the sense.
fn examine(text: &str) -> Result<(Arc<Manifest>, Vec<Fault>), Vec<Fault>> {
    let tree = report::parse(text)?;
    let mut report = Report::new(text, &tree);
    shape::check(&mut report);
    if !report.clean() {
        return Err(report.done().0);
    }
    let mut manifest =
        Manifest::deserialize(toml::Deserializer::from(tree.clone())).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            vec![report::place(text, at, error.message().to_owned())]
        })?;
    check::check(&mut report, &manifest);
    manifest.settle();
    let (faults, hints) = report.done();
    if faults.is_empty() {
        Ok((Arc::new(manifest), hints))
    } else {
        Err(faults)
    }
}
