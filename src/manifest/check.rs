//! What a manifest says makes sense: names lead somewhere, operations have what they need, words stand
//! where they do something. Runs after [`shape`](super::shape), so types and words are right already.

mod errors;
mod field;
mod forgotten;
mod form;
mod hole;
mod list;
mod op;
mod own;
mod resource;
mod sign_in;
mod verify;
mod words;

use std::collections::BTreeSet;

use self::hole::Scope;
use super::{
    Manifest,
    report::{Path, Report},
    shape::meant,
};

/// The version of the vocabulary.
const VERSION: u32 = 1;

/// Tells every mistake and what looks forgotten.
pub(super) fn check(report: &mut Report<'_>, manifest: &Manifest) {
    let captures = manifest
        .auth
        .iter()
        .flat_map(|auth| &auth.login)
        .flat_map(|login| login.capture.keys().map(String::as_str))
        .collect();
    let mut check = Check {
        report,
        manifest,
        captures,
        used: BTreeSet::new(),
    };
    check.head();
    check.inputs();
    check.headers(&Path::ROOT.key("headers"), &manifest.headers, Scope::PLAIN);
    check.sign_in();
    check.errors();
    check.resources();
    check.forgotten();
}

struct Check<'a, 't> {
    report: &'a mut Report<'t>,
    manifest: &'a Manifest,
    /// Names that a login gives.
    captures: BTreeSet<&'a str>,
    /// Inputs that something uses.
    used: BTreeSet<String>,
}

impl<'a> Check<'a, '_> {
    fn at(&mut self, path: &Path<'_>, message: impl Into<String>) {
        self.report.at(path, message);
    }

    fn head(&mut self) {
        let manifest = self.manifest;
        let root = Path::ROOT;
        if manifest.manifest != VERSION {
            self.at(
                &root.key("manifest"),
                format!(
                    "version {} of the vocabulary is not known here; write `manifest = {VERSION}`",
                    manifest.manifest
                ),
            );
        }
        self.name(&root.key("id"), &manifest.id);
        self.said(&root.key("title"), &manifest.title);
        if let Some(docs) = &manifest.docs {
            self.address(&root.key("docs"), docs);
        }
        if let Some(base) = &manifest.base_url {
            self.address(&root.key("base_url"), base);
        }
        if manifest.resource.is_empty() {
            self.at(
                &root,
                "nothing to show: add a [[resource]] with its [resource.list]",
            );
        }
    }

    fn inputs(&mut self) {
        let manifest = self.manifest;
        let root = Path::ROOT;
        let inputs = root.key("inputs");
        for (name, input) in &manifest.inputs {
            let at = inputs.key(name);
            self.said(&at.key("label"), &input.label);
            if name == "id" {
                self.at(
                    &at,
                    "`{id}` is the selected row: give the input another name",
                );
            }
            self.hole_name(&at, name);
            if input.secret && input.default.is_some() {
                self.at(
                    &at.key("default"),
                    "a secret has no default: everybody could read it here; leave it to the context",
                );
            }
        }
    }

    /// A name that stands in holes.
    fn hole_name(&mut self, path: &Path<'_>, name: &str) {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty() || !name.chars().all(plain) {
            self.at(
                path,
                format!("{name:?} cannot stand in {{ }}: use letters, digits and _"),
            );
        }
    }

    /// An input that something names.
    fn input(&mut self, path: &Path<'_>, name: &str) {
        if self.manifest.inputs.contains_key(name) {
            self.used.insert(name.to_owned());
            return;
        }
        let help = meant(name, self.manifest.inputs.keys().map(String::as_str));
        self.at(path, format!("there is no input `{name}`{help}"));
    }

    /// Two of a kind cannot share a name.
    fn once<'n>(
        &mut self,
        seen: &mut BTreeSet<&'n str>,
        path: &Path<'_>,
        name: &'n str,
        what: &str,
    ) {
        if !seen.insert(name) {
            self.at(
                path,
                format!("another {what} is called `{name}` already: choose another name"),
            );
        }
    }

    fn resources(&mut self) {
        let manifest: &'a Manifest = self.manifest;
        let root = Path::ROOT;
        let all = root.key("resource");
        let mut seen = BTreeSet::new();
        for (index, resource) in manifest.resource.iter().enumerate() {
            let at = all.index(index);
            self.once(&mut seen, &at.key("id"), &resource.id, "resource");
            self.resource(&at, resource);
        }
    }
}
