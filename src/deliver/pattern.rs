//! One word of the command line says where the secrets of many keys go: `{name}`, `{id}` and `{context}` in it
//! stand for the key. What a service calls a key is made safe first: it is never more than a part of one file's
//! name, of one variable's or of one argument.

use std::{collections::BTreeMap, str::FromStr};

use super::Sink;
use crate::record::Text;

/// Why several keys cannot go there.
const ONE_PLACE: &str = "several keys have several secrets, which one file, variable, clipboard or output cannot keep apart; let {name} or {id} stand in it, as in env:.env:{name}, or give them to a command: cmd:NAME";

/// The key that holes stand for, exactly as its service has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The name of its context.
    pub context: String,
}

/// A hole, and what of a key it stands for.
type Hole = (&'static str, fn(&About) -> &str);

/// All holes.
const HOLES: [Hole; 3] = [
    ("{name}", |about| &about.name),
    ("{id}", |about| &about.id),
    ("{context}", |about| &about.context),
];

/// Something stands for a key in this text.
pub fn has_holes(text: &str) -> bool {
    HOLES.iter().any(|(hole, _)| text.contains(hole))
}

impl About {
    fn called(&self) -> String {
        let (name, id) = (Text::new(&self.name), Text::new(&self.id));
        format!("“{}” (id {})", name.shown(), id.shown())
    }

    /// Puts the key in the place of its holes, each made safe.
    ///
    /// # Errors
    /// That the key has nothing for one of them.
    fn put(&self, text: &str, safe: fn(&str) -> String) -> Result<String, String> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            filled.push_str(before);
            let hole = HOLES.iter().find(|(hole, _)| from.starts_with(hole));
            let Some((hole, value)) = hole else {
                filled.push('{');
                rest = from.get(1..).unwrap_or_default();
                continue;
            };
            let value = value(self);
            if value.is_empty() {
                return Err(format!("the key has nothing for {hole}"));
            }
            filled.push_str(&safe(value));
            rest = from.get(hole.len()..).unwrap_or_default();
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// An argument of a command with the key in its holes.
    pub(super) fn argument(&self, text: &str) -> Result<String, String> {
        self.put(text, in_file_name)
    }
}

/// A sink in which holes may stand for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Whether it can keep the secrets of several keys apart.
    ///
    /// # Errors
    /// Why not, and what to do.
    pub fn tells_apart(&self) -> Result<(), &'static str> {
        let own = ["{name}", "{id}"].iter().any(|hole| self.0.contains(hole));
        if own || matches!(self.0.parse(), Ok(Sink::Command(_))) {
            return Ok(());
        }
        Err(ONE_PLACE)
    }

    /// The sinks of these keys, of which no two have one place.
    ///
    /// # Errors
    /// Which keys would, or have none, and what to do.
    pub fn places(&self, keys: &[About]) -> Result<Vec<Sink>, String> {
        if keys.len() > 1 {
            self.tells_apart()?;
        }
        let (mut sinks, mut taken) = (Vec::new(), BTreeMap::new());
        for key in keys {
            let sink = self
                .fill(key)
                .map_err(|why| format!("{}: {why}", key.called()))?;
            let place = match &sink {
                // Some disks hold names that differ by case alone for one.
                Sink::File(_) => Some(sink.to_string().to_lowercase()),
                Sink::Env { .. } => Some(sink.to_string()),
                _ => None,
            };
            let other = place.and_then(|place| taken.insert(place, key));
            if let Some(other) = other {
                return Err(format!(
                    "the secrets of {} and {} would both go to {sink}; let {{id}} stand in it",
                    other.called(),
                    key.called()
                ));
            }
            sinks.push(sink);
        }
        Ok(sinks)
    }

    /// The sink of a key.
    ///
    /// # Errors
    /// Why the key can have none.
    pub fn fill(&self, about: &About) -> Result<Sink, String> {
        let Some(rest) = self.0.strip_prefix("env:") else {
            return about.put(&self.0, in_file_name)?.parse();
        };
        let Some((path, name)) = rest.rsplit_once(':') else {
            return self.0.parse();
        };
        let path = about.put(path, in_file_name)?;
        let mut name = about.put(name, in_variable)?;
        if name.starts_with(|char: char| char.is_ascii_digit()) {
            name.insert(0, '_');
        }
        format!("env:{path}:{name}").parse()
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pattern = Self(text.to_owned());
        // Whatever a key is called, the rest must be right.
        let any = || "x".to_owned();
        pattern.fill(&About {
            name: any(),
            id: any(),
            context: any(),
        })?;
        Ok(pattern)
    }
}

/// A text as a part of a file's name: no separator, no blank, and no dot or dash at its start.
fn in_file_name(text: &str) -> String {
    let safe = |(at, char): (usize, char)| match char {
        '.' | '-' if at > 0 => char,
        '_' | '@' | '+' => char,
        char if char.is_alphanumeric() => char,
        _ => '_',
    };
    text.chars().enumerate().map(safe).collect()
}

/// A text as a part of a variable's name.
fn in_variable(text: &str) -> String {
    let safe = |char: char| {
        if char.is_ascii_alphanumeric() {
            char
        } else {
            '_'
        }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn about(name: &str) -> About {
        About {
            name: name.to_owned(),
            id: "9c:1/2".to_owned(),
            context: "prod".to_owned(),
        }
    }

    fn filled(pattern: &str, name: &str) -> String {
        let sink = pattern.parse::<Pattern>().unwrap().fill(&about(name));
        sink.map_or_else(|why| why, |sink| sink.to_string())
    }

    #[test]
    fn holes_stand_for_the_key_and_everything_else_for_itself() {
        for (pattern, name, sink) in [
            ("file:/k/{name}", "ci", "file:/k/ci"),
            (
                "file:/k/{context}/{id}.key",
                "ci",
                "file:/k/prod/9c_1_2.key",
            ),
            ("env:/k/.env:{name}", "ci token-2", "env:/k/.env:ci_token_2"),
            ("env:/k/.env:{name}", "2fa", "env:/k/.env:_2fa"),
            ("env:/k/{name}.env:K_{id}", "2fa", "env:/k/2fa.env:K_9c_1_2"),
            ("file:/k/{names}{", "ci", "file:/k/{names}{"),
            ("cmd:vault", "ci", "cmd:vault"),
            ("file:/k/{name}", "", "the key has nothing for {name}"),
        ] {
            assert_eq!(filled(pattern, name), sink, "{pattern} {name}");
        }
    }

    #[test]
    fn what_a_service_calls_a_key_leads_nowhere_else() {
        for (name, sink) in [
            ("../../etc/passwd", "file:/k/_._.._etc_passwd"),
            (".ssh", "file:/k/_ssh"),
            ("-rf", "file:/k/_rf"),
            ("a:b\n{id}", "file:/k/a_b__id_"),
        ] {
            assert_eq!(filled("file:/k/{name}", name), sink, "{name}");
        }
        assert_eq!(filled("env:/k/.env:{name}", "A:B=C"), "env:/k/.env:A_B_C");
    }

    #[test]
    fn a_pattern_that_is_no_sink_is_refused_before_any_key() {
        for (text, says) in [
            ("env:.env:{name}-x", "cannot be the name of a variable"),
            ("env:{name}", "env: needs a file and a variable"),
            ("vault:{name}", "is no place for a secret"),
        ] {
            let refused = text.parse::<Pattern>().unwrap_err();
            assert!(refused.contains(says), "{text}: {refused}");
        }
    }

    #[test]
    fn several_keys_need_a_name_an_id_or_a_command() {
        let apart = |text: &str| text.parse::<Pattern>().unwrap().tells_apart().is_ok();
        for text in ["file:/k/{name}", "env:.env:{id}", "cmd:vault"] {
            assert!(apart(text), "{text}");
        }
        for text in ["file:/k/{context}", "env:.env:K", "clipboard", "stdout"] {
            assert!(!apart(text), "{text}");
        }
    }

    #[test]
    fn no_two_keys_have_one_place() {
        let keys = ["a b", "A_b"].map(about);
        let places = |pattern: &str| pattern.parse::<Pattern>().unwrap().places(&keys);
        let refused = "the secrets of “a b” (id 9c:1/2) and “A_b” (id 9c:1/2) would both go to file:/k/A_b; let {id} stand in it";
        assert_eq!(places("file:/k/{name}"), Err(refused.to_owned()));
        assert_eq!(places("env:.env:{name}").unwrap().len(), 2);
        assert_eq!(places("cmd:vault").unwrap().len(), 2);
        assert!(places("file:/k/f").is_err_and(|why| why.contains("several keys")));
        let nameless = "file:/k/{name}"
            .parse::<Pattern>()
            .unwrap()
            .places(&[about("")]);
        assert!(nameless.is_err_and(|why| why.ends_with("the key has nothing for {name}")));
    }

    proptest! {
        #[test]
        fn any_name_is_one_part_of_one_path(name in "\\PC{1,40}") {
            let safe = in_file_name(&name);
            prop_assert!(!safe.contains(['/', '\\', ':', ' ', '\0']));
            prop_assert!(!safe.starts_with(['.', '-']));
            prop_assert!(in_variable(&name).chars().all(|char| char.is_ascii_alphanumeric() || char == '_'));
        }
    }
}
