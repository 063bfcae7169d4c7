//! A new secret is tried by a way to sign in that takes it, and by a read that changes nothing.

use super::{Check, Path, Scope, hole::Row};
use crate::manifest::{Auth, Field, Kind, Resource, Verify};

impl<'a> Check<'a, '_> {
    pub(super) fn verify(&mut self, at: &Path<'_>, resource: &Resource) {
        let all = at.key("verify");
        let makes = resource.create.is_some() || resource.rotate.is_some();
        if !resource.verify.is_empty() && !makes {
            self.at(
                &all.index(0),
                format!(
                    "`{}` has neither create nor rotate, so there is no new secret to try: remove it",
                    resource.id
                ),
            );
        }
        for (index, verify) in resource.verify.iter().enumerate() {
            self.tried(&all.index(index), verify, resource);
        }
    }

    fn tried(&mut self, at: &Path<'_>, verify: &Verify, resource: &Resource) {
        self.input(&at.key("input"), &verify.input);
        self.with(&at.key("with"), verify, resource);
        let way = self.way_of(at, verify);
        match (&verify.call, way) {
            (Some(call), _) => self.proof_call(&at.key("call"), call, resource),
            (None, Some(way)) if way.login.is_empty() => self.at(
                at,
                format!(
                    "without a call the login is the proof, and `{}` has none: add a call",
                    way.id
                ),
            ),
            (None, _) => {}
        }
        self.statuses(at, verify);
        if let Some(help) = &verify.help {
            self.said(&at.key("help"), help);
        }
    }

    /// The way to sign in that the new secret takes: without one nothing would be sent with it.
    fn way_of(&mut self, at: &Path<'_>, verify: &Verify) -> Option<&'a Auth> {
        let manifest = self.manifest;
        if !manifest.inputs.contains_key(&verify.input) {
            return None;
        }
        let found = manifest
            .auth
            .iter()
            .find(|way| way.inputs.contains(&verify.input));
        if found.is_none() {
            self.at(
                &at.key("input"),
                format!(
                    "no way to sign in has `{}` in its `inputs`: nothing would be proven",
                    verify.input
                ),
            );
        }
        found
    }

    fn with(&mut self, at: &Path<'_>, verify: &Verify, resource: &Resource) {
        for (input, key) in &verify.with {
            let at = at.key(input);
            self.input(&at, input);
            if *input == verify.input {
                self.at(
                    &at,
                    format!("`{input}` takes the new secret already: remove it here"),
                );
            }
            if let Some(field) = self.named(&at, key, resource) {
                self.one_text(&at, field);
            }
        }
    }

    fn proof_call(&mut self, at: &Path<'_>, call: &str, resource: &Resource) {
        self.call(at, call, &["GET"], Scope::of(resource, Row::Made));
    }

    /// A field of which one text can be taken.
    pub(super) fn one_text(&mut self, at: &Path<'_>, field: &Field) {
        if !matches!(field.kind, Kind::Text | Kind::Choice | Kind::List) {
            self.at(
                at,
                format!(
                    "no text can be taken from `{}`: name a text, a choice or a list",
                    field.key
                ),
            );
        }
    }

    fn statuses(&mut self, at: &Path<'_>, verify: &Verify) {
        for (word, statuses) in [("alive", &verify.alive), ("dead", &verify.dead)] {
            let all = at.key(word);
            for (index, status) in statuses.iter().enumerate() {
                if !(200..600).contains(status) {
                    self.at(
                        &all.index(index),
                        format!("{status} is not the status of an answer: use 200 to 599"),
                    );
                }
            }
        }
        if verify.call.is_none() && !verify.alive.is_empty() {
            self.at(
                &at.key("alive"),
                "without a call the proof is that signing in succeeds: remove `alive`",
            );
        }
        let both = verify.dead.iter().find(|status| {
            verify.alive.contains(status)
                || (verify.alive.is_empty() && (200..300).contains(*status))
        });
        if let Some(status) = both {
            self.at(
                &at.key("dead"),
                format!("{status} cannot prove both that a secret works and that it does not"),
            );
        }
    }
}
