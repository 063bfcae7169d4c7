//! What a row holds, shows and sends: the words of `[[resource.field]]`. One row of the manifest is the
//! only place that says what a field is; `record` reads by it, forms ask by it.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Pointer, Resource};

/// What a row holds, shows and sends.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the vocabulary that a manifest gives or leaves out"
)]
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The service's own name.
    pub key: String,
    /// Name on screen.
    pub title: String,
    /// Where a row holds it, if not at `/key`. A field of kind `secret` is read only where this says so.
    pub at: Option<Pointer>,
    /// Where a request sends it, if not at `/key`.
    pub to: Option<Pointer>,
    /// What it means across backends.
    pub role: Option<Role>,
    /// What its values are.
    #[serde(default)]
    pub kind: Kind,
    /// It has a column in the table.
    #[serde(default)]
    pub column: bool,
    /// What copying a row copies, in place of the id.
    #[serde(default)]
    pub copy: bool,
    /// The operations that send it; a field that none sends is read-only.
    #[serde(default)]
    pub send: Vec<Verb>,
    /// A form must have it.
    #[serde(default)]
    pub required: bool,
    /// What a form starts with.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub default: Option<serde_json::Value>,
    /// What an empty value sends.
    #[serde(default)]
    pub empty: Empty,
    /// The only values there are, of kind `choice`, or as their digits of kind `int`.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What forms, tables and details call the choices, in their order; commands take both names.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Values worth offering; others may be typed.
    #[serde(default)]
    pub suggest: Vec<String>,
    /// What the value must match as a whole.
    pub pattern: Option<String>,
    /// Values that match and still cannot be used; `help` says why.
    #[serde(default)]
    pub refuse: Vec<String>,
    /// What the value must be, looked into before it is sent.
    pub check: Option<Content>,
    /// Least length of a text, or least number.
    pub min: Option<u64>,
    /// Greatest length of a text in characters, or greatest number.
    pub max: Option<u64>,
    /// The value may have several lines.
    #[serde(default)]
    pub lines: bool,
    /// What the value does, and what to beware of.
    pub help: Option<String>,
    /// Null means that the backend does not record it, not "never".
    #[serde(default)]
    pub not_recorded: bool,
    /// Values that make a key over-broad.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<serde_json::Value>"))]
    pub broad: Vec<serde_json::Value>,
    /// Two rows cannot share a value.
    #[serde(default)]
    pub unique: bool,
    /// Made here: `alnum:40` when left empty, `ssh-ed25519` when a form is asked to.
    pub generate: Option<String>,
    /// How a time of expiry is written.
    pub format: Option<TimeFormat>,
    /// Values that mean "never".
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<serde_json::Value>"))]
    pub never: Vec<serde_json::Value>,
    /// The fields of one record of a list of records.
    #[serde(default)]
    pub each: Vec<Field>,
}

impl Field {
    /// It is where rows of `resource` have their id.
    #[must_use]
    pub fn holds_id(&self, resource: &Resource) -> bool {
        let Some(id) = resource.item_id.one() else {
            return false;
        };
        match &self.at {
            Some(at) => at == id,
            None => id.strip_prefix('/') == Some(&*self.key),
        }
    }

    /// What people call this value, where it is a choice that has a name.
    #[must_use]
    pub fn label(&self, value: &str) -> Option<&str> {
        let at = self.choices.iter().position(|choice| choice == value)?;
        self.labels.get(at).map(String::as_str)
    }

    /// What is made here for it; `None` also for words that say nothing.
    #[must_use]
    pub fn makes(&self) -> Option<Make> {
        Make::read(self.generate.as_deref()?)
    }

    /// A form cannot leave it empty: the public half of a pair has to be known before the pair is sent, so
    /// a person asks for one.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.required || self.makes() == Some(Make::SshEd25519)
    }
}

/// What `generate` has made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    /// So many letters and digits.
    Alnum(usize),
    /// The private half of an ed25519 pair, as OpenSSH writes it.
    SshEd25519,
}

impl Make {
    /// Reads `alnum:40` or `ssh-ed25519`; lengths are judged elsewhere.
    #[must_use]
    pub fn read(words: &str) -> Option<Self> {
        match words.split_once(':') {
            Some(("alnum", length)) => length.parse().ok().map(Self::Alnum),
            None if words == "ssh-ed25519" => Some(Self::SshEd25519),
            _ => None,
        }
    }
}

/// What a value is looked into for.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// One private SSH key in PEM, without a passphrase.
    SshPrivateKey,
    /// One public SSH key, as a line of `authorized_keys`.
    SshPublicKey,
}

/// What a field means across backends.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What people call the key.
    Name,
    /// Whose it is.
    Owner,
    /// Who made it.
    Creator,
    /// The public half of a pair.
    ClientId,
    /// The first characters of the secret.
    Prefix,
    /// When it was made.
    Created,
    /// When it was changed.
    Updated,
    /// When it was used.
    LastUsed,
    /// When it ends.
    Expires,
    /// What it may do.
    Scopes,
    /// It may do everything.
    Admin,
}

impl Role {
    /// Its word in a manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Owner => "owner",
            Self::Creator => "creator",
            Self::ClientId => "client-id",
            Self::Prefix => "prefix",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::LastUsed => "last-used",
            Self::Expires => "expires",
            Self::Scopes => "scopes",
            Self::Admin => "admin",
        }
    }
}

/// What the values of a field are.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text.
    #[default]
    Text,
    /// Never shown, searched, exported or logged.
    Secret,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A moment.
    Time,
    /// The moment at which a key ends.
    Expiry,
    /// One of `choices`.
    Choice,
    /// Texts.
    List,
    /// Anything else, as JSON.
    Json,
    /// A list of objects whose fields are `each`.
    Records,
}

impl Kind {
    /// Its word in a manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Time => "time",
            Self::Expiry => "expiry",
            Self::Choice => "choice",
            Self::List => "list",
            Self::Json => "json",
            Self::Records => "records",
        }
    }
}

/// How a time is written on the wire.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// `2026-11-20T10:00:00Z`.
    Rfc3339,
    /// `2026-11-20`.
    Date,
    /// Seconds since 1970.
    EpochS,
    /// Milliseconds since 1970.
    EpochMs,
    /// Seconds from now.
    TtlS,
    /// Milliseconds from now.
    TtlMs,
    /// A duration such as `30d`.
    TtlText,
    /// A duration whose largest unit is the hour, such as `720h`.
    TtlHours,
}

/// An operation that sends fields.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// A new row.
    Create,
    /// A change of a row.
    Update,
    /// A new secret for a row.
    Rotate,
    /// The end of a row.
    Delete,
    /// Another thing that can be done to a row: the position of the action; no form sends it.
    #[serde(skip)]
    Act(u8),
}

/// What an empty value sends.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// Nothing; in an update of a text or a list the empty value itself.
    #[default]
    Omit,
    /// `null`.
    Null,
    /// In an update `null`, which takes the value away; otherwise nothing.
    Clear,
    /// Of an expiry: left out it means that the key never ends.
    Never,
    /// In an update a single newline, for services that take an empty text for "unchanged"; otherwise nothing.
    Newline,
}
