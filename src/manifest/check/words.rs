//! The small words of a manifest: names, addresses, pointers, calls, headers and texts with holes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Check, Path, Scope};
use crate::manifest::{Kind, Place, Pointers, Template, shape::meant, template::holes};

/// The methods that an operation may use.
pub(super) const READS: [&str; 3] = ["GET", "POST", "LIST"];
pub(super) const WRITES: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "LIST"];
/// Headers that the HTTP client or the operation itself sets.
const OWN_HEADERS: [&str; 5] = [
    "host",
    "connection",
    "content-length",
    "content-type",
    "transfer-encoding",
];

impl Check<'_, '_> {
    /// A short name that stands in files and on the command line.
    pub(super) fn name(&mut self, path: &Path<'_>, name: &str) {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
        if name.is_empty() || name.starts_with(['-', '.']) || !name.chars().all(plain) {
            self.at(
                path,
                format!("{name:?} is not a name: use letters, digits, _ - and ."),
            );
        }
    }

    /// A text that people read.
    pub(super) fn said(&mut self, path: &Path<'_>, text: &str) {
        if text.trim().is_empty() {
            self.at(path, "an empty text: people read it on screen");
        }
    }

    /// A web address.
    pub(super) fn address(&mut self, path: &Path<'_>, text: &str) {
        let wrong = match url::Url::parse(text) {
            Err(error) => Some(format!("{text:?} is not an address: {error}")),
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                Some(format!("{text:?} begins neither with https:// nor http://"))
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                Some("an address here holds no user and no password: use [inputs]".to_owned())
            }
            Ok(_) if text.contains('{') => Some(format!(
                "{text:?} cannot have holes: the context's url says where the service is"
            )),
            Ok(_) => None,
        };
        if let Some(wrong) = wrong {
            self.at(path, wrong);
        }
    }

    /// A JSON Pointer; `-1` is the last element.
    pub(super) fn pointer(&mut self, path: &Path<'_>, pointer: &str) {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            self.at(
                path,
                format!("{pointer:?} is not a JSON Pointer: write \"/{pointer}\", or \"\" for the whole body"),
            );
        } else if pointer
            .split('~')
            .skip(1)
            .any(|behind| !behind.starts_with(['0', '1']))
        {
            self.at(
                path,
                format!(
                    "{pointer:?} is not a JSON Pointer: ~ is written ~0, and a / inside a name ~1"
                ),
            );
        }
    }

    /// The name of a parameter; in a body it may be a pointer.
    pub(super) fn param(&mut self, path: &Path<'_>, name: Option<&str>, place: Place) {
        match (name, place) {
            (Some(""), _) => self.at(path, "a parameter needs a name"),
            (Some(name), Place::Query) if name.starts_with('/') => self.at(
                path,
                format!(
                    "{name:?} is a place in a body: write in = \"body\", or the name alone as \"{}\"",
                    name.rsplit('/').next().unwrap_or_default()
                ),
            ),
            (Some(name), Place::Body) if name.starts_with('/') => self.pointer(path, name),
            _ => {}
        }
    }

    /// One pointer, or several.
    pub(super) fn pointers(&mut self, path: &Path<'_>, pointers: &Pointers) {
        match pointers.one() {
            Some(one) => self.pointer(path, one),
            None if pointers.iter().len() == 0 => {
                self.at(path, "an empty list: name at least one pointer");
            }
            None => {
                for (index, pointer) in pointers.iter().enumerate() {
                    self.pointer(&path.index(index), pointer);
                }
            }
        }
    }

    /// A pointer, or `header:Name`.
    pub(super) fn source(&mut self, path: &Path<'_>, source: &str) {
        match source.strip_prefix("header:") {
            Some(name) => self.header_name(path, name),
            None => self.pointer(path, source),
        }
    }

    pub(super) fn header_name(&mut self, path: &Path<'_>, name: &str) {
        let token =
            |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
        if name.is_empty() || !name.chars().all(token) {
            self.at(path, format!("{name:?} cannot be the name of a header"));
        }
    }

    /// Headers that are sent.
    pub(super) fn headers(
        &mut self,
        path: &Path<'_>,
        all: &BTreeMap<String, Template>,
        scope: Scope<'_>,
    ) {
        for (name, template) in all {
            let at = path.key(name);
            self.header_name(&at, name);
            if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                self.at(&at, format!("the header {name} is not set here: remove it"));
            }
            if template.chars().any(char::is_control) {
                self.at(
                    &at,
                    "a header cannot hold line breaks or control characters",
                );
            }
            self.template(&at, template, scope);
        }
    }

    /// The constants of a body.
    pub(super) fn body(&mut self, path: &Path<'_>, body: &Value, scope: Scope<'_>) {
        match body {
            Value::String(text) => {
                let inner = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
                let whole = inner.is_some() && holes(text).next() == inner;
                self.template(path, text, Scope { whole, ..scope });
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.body(&path.index(index), item, scope);
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    self.body(&path.key(key), member, scope);
                }
            }
            _ => {}
        }
    }

    /// A method and a path; gives the method back.
    pub(super) fn call<'c>(
        &mut self,
        path: &Path<'_>,
        call: &'c str,
        allowed: &[&str],
        scope: Scope<'_>,
    ) -> &'c str {
        let Some((method, target)) = call.split_once(' ') else {
            let method = allowed.first().unwrap_or(&"GET");
            let target = call.trim_start_matches('/');
            self.at(
                path,
                format!("{call:?} is not a method and a path: write \"{method} /{target}\""),
            );
            return "";
        };
        if !METHODS.contains(&method) {
            let help = meant(&method.to_ascii_uppercase(), METHODS.into_iter());
            self.at(path, format!("`{method}` is not a method{help}"));
        } else if !allowed.contains(&method) {
            let all = allowed.join(", ");
            self.at(
                path,
                format!("{method} does not fit this operation; it can be {all}"),
            );
        }
        if let Some(wrong) = wrong_path(target) {
            self.at(path, wrong);
        }
        self.template(path, target, scope);
        self.secret_in_address(path, target, scope);
        method
    }

    fn secret_in_address(&mut self, path: &Path<'_>, target: &str, scope: Scope<'_>) {
        let manifest = self.manifest;
        for hole in holes(target) {
            let input = manifest.inputs.get(hole);
            let field = hole.strip_prefix("form.").and_then(|key| {
                let resource = scope.resource?;
                resource.field.get(resource.field_at(key)?)
            });
            if input.is_some_and(|input| input.secret)
                || field.is_some_and(|field| field.kind == Kind::Secret)
            {
                self.at(
                    path,
                    format!("{{{hole}}} is secret, and addresses end in logs: send it in a header or in the body"),
                );
            }
        }
    }
}

/// What is wrong with the path of a call.
fn wrong_path(target: &str) -> Option<String> {
    let path = target.split('?').next().unwrap_or_default();
    if !path.starts_with('/') {
        return Some(format!(
            "the path {target:?} does not begin with /: the host stands in the context's url"
        ));
    }
    let inner = path.strip_suffix('/').unwrap_or(path);
    if inner.split('/').skip(1).any(str::is_empty) {
        return Some(format!(
            "the path {target:?} has an empty part: write one /"
        ));
    }
    if inner.split('/').any(|part| part == "." || part == "..") {
        return Some(format!(
            "the path {target:?} steps to another folder: write where it leads"
        ));
    }
    if let Some(letter) = target
        .chars()
        .find(|&letter| letter.is_whitespace() || letter.is_control() || "#\\".contains(letter))
    {
        return Some(format!("the path {target:?} cannot have {letter:?} in it"));
    }
    if path.contains('%') {
        return Some(format!(
            "the path {target:?} has a % in it: write the character itself, it is encoded when sent"
        ));
    }
    let mut rest = String::new();
    let mut text = target;
    while let Some((before, _, behind)) = crate::manifest::next_hole(text) {
        rest.push_str(before);
        text = behind;
    }
    rest.push_str(text);
    rest.contains(['{', '}'])
        .then(|| format!("the path {target:?} has a brace that belongs to no {{name}}"))
}
