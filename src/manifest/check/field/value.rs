//! What a value may be: choices, patterns, bounds, defaults and the writing of times.

use serde_json::Value;

use super::{Check, Path};
use crate::manifest::{Content, Empty, Field, Kind, Make, Verb, shape::meant};

/// Fewest characters of a key that is made here.
const LEAST_MADE: usize = 16;
/// Most characters of a key that is made here.
const MOST_MADE: usize = 512;

impl Check<'_, '_> {
    pub(super) fn values(&mut self, at: &Path<'_>, field: &Field) {
        self.choices(at, field);
        self.pattern(at, field);
        self.refuse(at, field);
        self.only_for(at, field);
        if let (Some(min), Some(max)) = (field.min, field.max)
            && min > max
        {
            self.at(
                &at.key("min"),
                format!("`min` {min} is greater than `max` {max}"),
            );
        }
        if let Some(words) = &field.generate {
            self.generate(&at.key("generate"), words);
        }
        self.pair(at, field);
        if let Some(default) = &field.default {
            self.default_value(&at.key("default"), default, field);
        }
        if field.kind == Kind::Expiry && !field.send.is_empty() && field.format.is_none() {
            self.at(
                &at.key("kind"),
                "an expiry that is sent needs `format`: how the service writes it, such as \"rfc3339\" or \"epoch_s\"",
            );
        }
        if field.required && field.generate.is_some() {
            self.at(
                &at.key("required"),
                "a value that is made here when left empty is never missing: remove `required`",
            );
        }
    }

    fn choices(&mut self, at: &Path<'_>, field: &Field) {
        if field.kind == Kind::Choice && field.choices.is_empty() {
            self.at(&at.key("kind"), "a choice needs `choices`");
        }
        if !field.labels.is_empty() && field.labels.len() != field.choices.len() {
            self.at(
                &at.key("labels"),
                format!(
                    "{} labels for {} choices: each choice has one, in the same order",
                    field.labels.len(),
                    field.choices.len()
                ),
            );
        }
        let all = at.key("choices");
        self.each_once(&all, &field.choices);
        for (index, choice) in field.choices.iter().enumerate() {
            if field.kind == Kind::Int && choice.parse::<i64>().is_err() {
                self.at(
                    &all.index(index),
                    format!("`{choice}` is not a whole number, as the field's kind is"),
                );
            }
        }
    }

    /// No word of a list stands in it twice.
    pub(in crate::manifest::check) fn each_once(&mut self, list: &Path<'_>, words: &[String]) {
        for (index, word) in words.iter().enumerate() {
            if words.iter().take(index).any(|other| other == word) {
                self.at(
                    &list.index(index),
                    format!("`{word}` stands here twice: remove one"),
                );
            }
        }
    }

    fn pattern(&mut self, at: &Path<'_>, field: &Field) {
        let Some(pattern) = &field.pattern else {
            return;
        };
        if let Err(error) = regex_lite::Regex::new(&format!("^(?:{pattern})$")) {
            self.at(
                &at.key("pattern"),
                format!("the pattern cannot be read: {error}; look-around, back references and \\p{{}} are not known here"),
            );
        }
    }

    /// Words that mean something for some kinds alone.
    fn only_for(&mut self, at: &Path<'_>, field: &Field) {
        let texts: &[Kind] = &[Kind::Text, Kind::Secret];
        let times: &[Kind] = &[Kind::Time, Kind::Expiry];
        let checked: &[Kind] = match field.check {
            Some(Content::SshPublicKey) => &[Kind::Text],
            _ => &[Kind::Secret],
        };
        let rules: [(&str, bool, &[Kind]); 14] = [
            (
                "choices",
                !field.choices.is_empty(),
                &[Kind::Choice, Kind::Int],
            ),
            (
                "suggest",
                !field.suggest.is_empty(),
                &[Kind::Text, Kind::List],
            ),
            ("pattern", field.pattern.is_some(), texts),
            ("refuse", !field.refuse.is_empty(), &[Kind::Text]),
            ("check", field.check.is_some(), checked),
            (
                "min",
                field.min.is_some(),
                &[Kind::Text, Kind::Secret, Kind::Int],
            ),
            (
                "max",
                field.max.is_some(),
                &[Kind::Text, Kind::Secret, Kind::Int],
            ),
            ("lines", field.lines, texts),
            ("generate", field.generate.is_some(), &[Kind::Secret]),
            ("format", field.format.is_some(), times),
            ("never", !field.never.is_empty(), times),
            ("empty", field.empty == Empty::Never, &[Kind::Expiry]),
            ("not_recorded", field.not_recorded, times),
            (
                "broad",
                !field.broad.is_empty(),
                &[Kind::Bool, Kind::List, Kind::Text, Kind::Choice],
            ),
        ];
        for (word, there, kinds) in rules {
            if there && !kinds.contains(&field.kind) {
                let all: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
                self.at(
                    &at.key(word),
                    format!(
                        "`{word}` does nothing for kind `{}`; it is for {}",
                        field.kind.word(),
                        all.join(", ")
                    ),
                );
            }
        }
        if field.kind == Kind::Secret {
            self.never_shown(at, field);
        }
    }

    /// A secret is in no table and in no copy of a row.
    fn never_shown(&mut self, at: &Path<'_>, field: &Field) {
        if field.column {
            self.at(
                &at.key("column"),
                "a secret is never shown in a table: remove `column`",
            );
        }
        if field.copy {
            self.at(
                &at.key("copy"),
                "a row keeps no secret that could be copied: remove `copy`; [resource.reveal] asks the service for it again",
            );
        }
    }

    fn refuse(&mut self, at: &Path<'_>, field: &Field) {
        let list = at.key("refuse");
        let whole = field.pattern.as_ref();
        let whole =
            whole.and_then(|pattern| regex_lite::Regex::new(&format!("^(?:{pattern})$")).ok());
        for (index, value) in field.refuse.iter().enumerate() {
            let at = list.index(index);
            if field.refuse.iter().take(index).any(|other| other == value) {
                self.at(&at, format!("`{value}` stands here twice: remove one"));
            } else if whole.as_ref().is_some_and(|whole| !whole.is_match(value)) {
                self.at(
                    &at,
                    format!("`pattern` does not let `{value}` pass: remove it here"),
                );
            }
        }
        if !field.refuse.is_empty() && field.help.is_none() {
            self.at(
                &list,
                "a person who types one of these is told why by `help`: add it",
            );
        }
    }

    fn generate(&mut self, at: &Path<'_>, words: &str) {
        let range =
            || format!("`{words}`: the length is {LEAST_MADE} to {MOST_MADE}, as in \"alnum:40\"");
        match Make::read(words) {
            Some(Make::Alnum(length)) if !(LEAST_MADE..=MOST_MADE).contains(&length) => {
                self.at(at, range());
            }
            Some(_) => {}
            None if words.starts_with("alnum:") => self.at(at, range()),
            None => self.at(
                at,
                format!(
                    "keyrack cannot make `{words}`: write \"alnum:40\" for 40 letters and digits, or \"ssh-ed25519\" for a private SSH key"
                ),
            ),
        }
    }

    /// A private key has several lines, and one that is made here is one that is checked here.
    fn pair(&mut self, at: &Path<'_>, field: &Field) {
        let pem = field.check == Some(Content::SshPrivateKey);
        if pem && field.kind == Kind::Secret && !field.lines {
            self.at(
                &at.key("check"),
                "a private key has several lines: add `lines = true`",
            );
        }
        if field.makes() == Some(Make::SshEd25519) && !pem {
            self.at(
                &at.key("generate"),
                "what is typed here instead must be a private key too: add `check = \"ssh-private-key\"`",
            );
        }
    }

    fn default_value(&mut self, at: &Path<'_>, default: &Value, field: &Field) {
        let texts = |value: &Value| {
            value
                .as_array()
                .is_some_and(|items| items.iter().all(Value::is_string))
        };
        let wanted = match field.kind {
            Kind::Secret => {
                self.at(
                    at,
                    "a secret has no default: everybody could read it here; use `generate`",
                );
                return;
            }
            Kind::Choice => {
                let text = default.as_str().unwrap_or_default();
                self.default_choice(at, text, field);
                return;
            }
            Kind::Int if default.is_i64() && !field.choices.is_empty() => {
                self.default_choice(at, &default.to_string(), field);
                return;
            }
            Kind::Text if !default.is_string() => "a text in quotes",
            Kind::Bool if !default.is_boolean() => "true or false",
            Kind::Int if !default.is_i64() => "a whole number",
            Kind::List if !texts(default) => "a list of texts",
            Kind::Time | Kind::Expiry if !default.is_string() => {
                "a time in words, such as \"90d\" or \"never\""
            }
            Kind::Records if !default.is_array() => "a list of tables",
            _ => return,
        };
        self.at(
            at,
            format!(
                "the default of a field of kind `{}` is {wanted}",
                field.kind.word()
            ),
        );
    }

    fn default_choice(&mut self, at: &Path<'_>, text: &str, field: &Field) {
        if !field.choices.iter().any(|choice| choice == text) {
            let help = meant(text, field.choices.iter().map(String::as_str));
            self.at(
                at,
                format!("the default `{text}` is not one of the choices{help}"),
            );
        }
    }
}

/// The word for an operation that sends fields.
pub(in crate::manifest::check) fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "create",
        Verb::Update => "update",
        Verb::Rotate => "rotate",
        Verb::Delete => "delete",
        Verb::Act(_) => "action",
    }
}
