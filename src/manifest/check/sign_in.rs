//! Each way to sign in carries a credential that the context gives, and each check can run.

use std::collections::BTreeSet;

use super::{
    Check, Path, Scope,
    words::{READS, WRITES},
};
use crate::manifest::{
    Auth, Check as Probe, Command, Encode, Login, Manifest,
    shape::meant,
    template::{holes, texts},
};

impl<'a> Check<'a, '_> {
    pub(super) fn sign_in(&mut self) {
        let manifest: &'a Manifest = self.manifest;
        let root = Path::ROOT;
        let ways = root.key("auth");
        let mut seen = BTreeSet::new();
        for (index, auth) in manifest.auth.iter().enumerate() {
            let at = ways.index(index);
            self.name(&at.key("id"), &auth.id);
            self.once(&mut seen, &at.key("id"), &auth.id, "way to sign in");
            self.way(&at, auth);
        }
        let checks = root.key("check");
        let mut seen = BTreeSet::new();
        for (index, probe) in manifest.check.iter().enumerate() {
            let at = checks.index(index);
            self.name(&at.key("id"), &probe.id);
            self.once(&mut seen, &at.key("id"), &probe.id, "check");
            self.probe(&at, probe);
        }
    }

    fn way(&mut self, at: &Path<'_>, auth: &Auth) {
        let inputs = at.key("inputs");
        for (index, name) in auth.inputs.iter().enumerate() {
            self.input(&inputs.index(index), name);
        }
        self.headers(&at.key("headers"), &auth.headers, Scope::PLAIN);
        let query = at.key("query");
        for (name, template) in &auth.query {
            self.template(&query.key(name), template, Scope::PLAIN);
        }
        if let Some(pair) = &auth.basic {
            let basic = at.key("basic");
            for (index, template) in pair.iter().enumerate() {
                self.template(&basic.index(index), template, Scope::PLAIN);
            }
        }
        if let Some(hotkey) = &auth.hotkey {
            self.input(&at.key("hotkey").key("input"), &hotkey.input);
        }
        if let Some(command) = &auth.command {
            self.command(at, auth, command);
        }
        if !carries(auth) {
            self.sends_nothing(at, auth);
        }
        self.logins(&at.key("login"), &auth.login);
        self.given(at, auth);
    }

    fn sends_nothing(&mut self, at: &Path<'_>, auth: &Auth) {
        let mut captured = auth.login.iter().flat_map(|login| login.capture.keys());
        let words = match captured.next() {
            Some(name) => format!(
                "`{}` logs in and sends nothing of what that gives: add headers = {{ Authorization = \"Bearer {{{name}}}\" }}",
                auth.id
            ),
            None => format!(
                "`{}` sends no credential: add headers, basic, query, hotkey or command, or a login with cookies = true",
                auth.id
            ),
        };
        self.at(at, words);
    }

    /// A program that makes the headers: which one it is cannot depend on the context, and everybody on the
    /// machine can read how it was started.
    fn command(&mut self, at: &Path<'_>, auth: &Auth, command: &Command) {
        let manifest: &'a Manifest = self.manifest;
        let at_command = at.key("command");
        let words = at_command.key("argv");
        let program = command.argv.first();
        if program.is_none_or(String::is_empty) {
            self.at(
                &words,
                "an empty command: write the program first, as argv = [\"acme-sign\", \"--json\"]",
            );
        }
        if program.is_some_and(|word| holes(word).next().is_some()) {
            self.at(
                &words.index(0),
                "the program is what gets approved: name it here, without holes",
            );
        }
        for (index, word) in command.argv.iter().enumerate() {
            let word_at = words.index(index);
            self.template(&word_at, word, Scope::PLAIN);
            self.all_given(&word_at, word, auth, false);
            let secret = |hole: &&str| manifest.inputs.get(*hole).is_some_and(|it| it.secret);
            for hole in holes(word).filter(secret) {
                self.at(
                    &word_at,
                    format!("{{{hole}}} is secret, and everybody on the machine can read the words of a command: let the program find it by itself"),
                );
            }
        }
        let others = [
            ("headers", !auth.headers.is_empty()),
            ("query", !auth.query.is_empty()),
            ("basic", auth.basic.is_some()),
            ("login", !auth.login.is_empty()),
            ("hotkey", auth.hotkey.is_some()),
        ];
        for (word, _) in others.iter().filter(|(_, used)| *used) {
            self.at(
                &at.key(word),
                format!("the command of `{}` makes all that proves the sender: remove `{word}`, or make another way of it", auth.id),
            );
        }
    }

    /// Every value that this way sends is there when this way is chosen.
    fn given(&mut self, at: &Path<'_>, auth: &Auth) {
        let headers = at.key("headers");
        let query = at.key("query");
        let basic = at.key("basic");
        for (name, template) in &auth.headers {
            self.all_given(&headers.key(name), template, auth, true);
        }
        for (name, template) in &auth.query {
            self.all_given(&query.key(name), template, auth, true);
        }
        for template in auth.basic.iter().flatten() {
            self.all_given(&basic, template, auth, true);
        }
        let logins = at.key("login");
        for (index, login) in auth.login.iter().enumerate() {
            let login_at = logins.index(index);
            let texts = login.body.iter().flat_map(texts).collect::<Vec<_>>();
            for text in texts {
                self.all_given(&login_at.key("body"), text, auth, false);
            }
            for template in login.basic.iter().flatten() {
                self.all_given(&login_at.key("basic"), template, auth, false);
            }
        }
        if let Some(hotkey) = &auth.hotkey {
            let at = at.key("hotkey");
            self.all_given(
                &at.key("input"),
                &format!("{{{}}}", hotkey.input),
                auth,
                false,
            );
        }
    }

    fn all_given(&mut self, at: &Path<'_>, template: &str, auth: &Auth, signed_in: bool) {
        let manifest: &'a Manifest = self.manifest;
        for hole in holes(template) {
            if let Some(input) = manifest.inputs.get(hole) {
                let sure = !input.optional || input.default.is_some();
                if !sure && !auth.inputs.iter().any(|name| name == hole) {
                    self.at(
                        at,
                        format!(
                            "{{{hole}}} may be missing: name `{hole}` in the `inputs` of `{}`",
                            auth.id
                        ),
                    );
                }
            } else if self.captures.contains(hole) {
                let misses = auth
                    .login
                    .iter()
                    .any(|login| !login.capture.contains_key(hole));
                if auth.login.is_empty() || misses || !signed_in {
                    self.at(
                        at,
                        format!("not every login of `{}` has captured {{{hole}}} by then: add it to its `capture`", auth.id),
                    );
                }
            }
        }
    }

    fn logins(&mut self, at: &Path<'_>, logins: &[Login]) {
        let last = logins.len().saturating_sub(1);
        for (index, login) in logins.iter().enumerate() {
            let at = at.index(index);
            self.call(&at.key("call"), &login.call, &WRITES, Scope::PLAIN);
            if let Some(body) = &login.body {
                self.body(&at.key("body"), body, Scope::PLAIN);
                if login.encode == Encode::Form {
                    self.form_of(&at, None, Some(body));
                }
            }
            for (part, template) in login.basic.iter().flatten().enumerate() {
                self.template(&at.key("basic").index(part), template, Scope::PLAIN);
            }
            self.captured(&at, login);
            if let Some(pointer) = &login.expires_in {
                self.pointer(&at.key("expires_in"), pointer);
            }
            let next_on = at.key("next_on");
            for (part, status) in login.next_on.iter().enumerate() {
                if !(400..600).contains(status) {
                    self.at(
                        &next_on.index(part),
                        format!("{status} is not the status of a refusal: use 400 to 599"),
                    );
                }
            }
            if index == last && !login.next_on.is_empty() {
                self.at(
                    &next_on,
                    "there is no further login to go on to: remove it, or add one",
                );
            }
            if index < last && login.next_on.is_empty() {
                self.at(
                    &at,
                    "the login behind this one is never tried: say on which statuses, as next_on = [404]",
                );
            }
        }
    }

    fn captured(&mut self, at: &Path<'_>, login: &Login) {
        if login.capture.is_empty() && !login.cookies {
            self.at(
                at,
                "a login is for the token that it gives: add capture = { token = \"/…\" }, or cookies = true",
            );
        }
        let manifest: &'a Manifest = self.manifest;
        let all = at.key("capture");
        for (name, source) in &login.capture {
            let at = all.key(name);
            self.source(&at, source);
            self.hole_name(&at, name);
            if name == "id" || manifest.inputs.contains_key(name) {
                self.at(
                    &at,
                    format!("{{{name}}} means something else already: choose another name"),
                );
            }
        }
    }

    fn without_call(&mut self, at: &Path<'_>, probe: &Probe) {
        if self.manifest.auth.iter().all(|auth| auth.login.is_empty()) {
            self.at(
                at,
                "a check without a call tries the login, and there is none: add a call",
            );
        }
        if probe.who.is_some() {
            self.at(
                &at.key("who"),
                "`who` is read from the answer to a call, and there is none",
            );
        }
    }

    fn probe(&mut self, at: &Path<'_>, probe: &Probe) {
        let manifest: &'a Manifest = self.manifest;
        if let Some(call) = &probe.call {
            self.call(&at.key("call"), call, &READS, Scope::PLAIN);
        } else {
            self.without_call(at, probe);
        }
        if let Some(who) = &probe.who {
            self.pointer(&at.key("who"), who);
        }
        if let Some(way) = &probe.auth
            && !manifest.auth.iter().any(|auth| &auth.id == way)
        {
            let help = meant(way, manifest.auth.iter().map(|auth| auth.id.as_str()));
            self.at(
                &at.key("auth"),
                format!("there is no way to sign in called `{way}`{help}"),
            );
        }
    }
}

/// Something of the way proves who sends a request.
fn carries(auth: &Auth) -> bool {
    !auth.headers.is_empty()
        || !auth.query.is_empty()
        || auth.basic.is_some()
        || auth.hotkey.is_some()
        || auth.command.is_some()
        || (!auth.login.is_empty() && auth.login.iter().all(|login| login.cookies))
}
