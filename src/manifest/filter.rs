//! What a service narrows its own lists by: the words of `[[resource.filter]]`, and whether a value is one
//! that it takes.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::Place;

/// A filter that the server applies.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Name on the command line.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// Parameter, if not `id`; in the body a name or a pointer.
    pub param: Option<String>,
    /// What its values are.
    #[serde(default)]
    pub kind: FilterKind,
    /// The only values there are, of kind `choice`.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Where it is sent.
    #[serde(default, rename = "in")]
    pub place: Place,
    /// What to type, and what the server does with it.
    pub help: Option<String>,
}

/// What the values of a filter are.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilterKind {
    /// Any text.
    #[default]
    Text,
    /// `true` or `false`.
    Bool,
    /// One of `choices`.
    Choice,
    /// A day or a moment, as RFC 3339 writes it.
    Date,
}

impl Filter {
    /// Whether this value can be asked for; an empty one asks for nothing.
    ///
    /// # Errors
    /// What can be asked for instead, as the rest of a sentence that starts with "it".
    pub fn check(&self, value: &str) -> Result<(), String> {
        let known = |words: &[&str]| {
            if value.is_empty() || words.contains(&value) {
                return Ok(());
            }
            Err(format!("is one of {}", words.join(", ")))
        };
        match self.kind {
            FilterKind::Text => Ok(()),
            FilterKind::Bool => known(&["true", "false"]),
            FilterKind::Choice => {
                let choices: Vec<&str> = self.choices.iter().map(String::as_str).collect();
                known(&choices)
            }
            FilterKind::Date => {
                let date = value.parse::<jiff::civil::Date>().is_ok();
                let moment = value.parse::<jiff::Timestamp>().is_ok();
                if value.is_empty() || date || moment {
                    return Ok(());
                }
                Err(
                    "is a day such as 2026-11-20, or a moment such as 2026-11-20T10:00:00Z"
                        .to_owned(),
                )
            }
        }
    }
}
