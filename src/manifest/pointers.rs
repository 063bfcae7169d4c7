//! A word that is one JSON Pointer, or a list of several whose values belong together: the parts of an
//! id, the halves of a pair.

#[cfg(test)]
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::Pointer;

/// One pointer or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointers(Vec<Pointer>);

impl Pointers {
    /// All of them; never empty in a manifest that was checked.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// All of them, in words.
    #[must_use]
    pub fn named(&self) -> String {
        self.0.join(" and ")
    }

    /// What stands there, by the last step of each.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let last = |at: &Pointer| match at.rsplit_once('/') {
            Some((_, step)) => step.replace("~1", "/").replace("~0", "~"),
            None => "value".to_owned(),
        };
        self.0.iter().map(last).collect()
    }

    /// The pointer where there is only one.
    #[must_use]
    pub fn one(&self) -> Option<&str> {
        match self.0.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            One(Pointer),
            Many(Vec<Pointer>),
        }
        Ok(Self(match Either::deserialize(from)? {
            Either::One(one) => vec![one],
            Either::Many(many) => many,
        }))
    }
}

#[cfg(test)]
impl JsonSchema for Pointers {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pointers".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "One JSON Pointer, or several whose values belong together.",
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" } },
            ],
        })
    }
}
