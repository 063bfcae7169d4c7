//! The words of the config file, exactly as people write them: the schema is generated from these
//! types and nothing outside this folder sees them. What the words mean is decided in `build`.

#[cfg(test)]
use std::collections::BTreeMap;
use std::fmt;

#[cfg(test)]
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use toml::Spanned;

/// keyrack's configuration.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, schemars(title = "keyrack config"))]
pub(super) struct File {
    /// One backend at one address with one credential each.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, ContextFile>"))]
    pub contexts: Entries<ContextFile>,
    /// Names for several contexts together.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Vec<String>>"))]
    pub groups: Entries<Vec<Spanned<String>>>,
    /// Filters by name.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub filters: Entries<Spanned<String>>,
    /// Commands that take a new secret on standard input: `cmd:NAME`.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, CommandFile>"))]
    pub sinks: Entries<CommandFile>,
    /// Commands whose standard output is a value: `command:NAME` in a form, `--set-command value=NAME`.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, CommandFile>"))]
    pub sources: Entries<CommandFile>,
    /// What happens to a copied secret.
    pub clipboard: ClipboardFile,
    /// Writes to many keys.
    pub bulk: BulkFile,
    /// The bounds of every call.
    pub limits: LimitsFile,
    /// What the health check finds.
    pub policy: PolicyFile,
    /// Action to key: `refresh = "ctrl-r"`.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub keys: Entries<Spanned<String>>,
    /// The look of the console.
    pub ui: UiFile,
}

/// One backend at one address with one credential.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextFile {
    /// A built-in name, or the name of a manifest in `backends/` without `.toml`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub backend: Spanned<String>,
    /// The address of the service; the manifest may have a default.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub url: Option<Spanned<String>>,
    /// One source for a backend with one input, else a table of the manifest's inputs. A source is
    /// `{ env = }`, `{ file = }`, `{ command = [] }`, `{ keyring = }` or `{ prompt = true }`.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub credential: Option<Spanned<Node>>,
    /// The only certificate authority that is trusted for this context, as a PEM file.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub ca_cert: Option<Spanned<String>>,
    /// Client certificate chain, as a PEM file.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub client_cert: Option<Spanned<String>>,
    /// Key of the client certificate, as a PEM file.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub client_key: Option<Spanned<String>>,
    /// Proxy for this context instead of the environment's.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub proxy: Option<Spanned<String>>,
    /// Accepts plain HTTP although the host is not this machine.
    #[serde(default)]
    pub allow_plaintext: bool,
    /// Marks the context, and asks more before a write.
    #[serde(default)]
    pub production: bool,
    /// Whether writes are possible: `never`, after arming, or `always`.
    pub write: Option<super::Write>,
    /// Colour of the context's badge.
    pub accent: Option<super::Accent>,
}

/// A command as a list of words; no shell reads it.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandFile {
    /// The program and its arguments.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub command: Spanned<Vec<String>>,
}

/// What happens to a copied secret.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ClipboardFile {
    /// When it is taken back from the clipboard: 30s.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub clear_after: Option<Spanned<String>>,
    /// Where an undelivered secret goes when the program is ended: `holder`, `runtime` or `off`.
    pub rescue: Option<super::Rescue>,
}

/// Writes to many keys.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BulkFile {
    /// Most keys of one run: 100.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub max: Option<Spanned<u32>>,
    /// Most writes at once: 8.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub parallel: Option<Spanned<u32>>,
    /// No new row is started after one with an unknown outcome: true.
    pub stop_on_unknown: Option<bool>,
}

/// The bounds of every call.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsFile {
    /// Largest list answer in MiB: 64.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub list_mib: Option<Spanned<u32>>,
    /// Largest other answer in MiB: 1.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub item_mib: Option<Spanned<u32>>,
    /// Longest time to a connection: 5s.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub connect: Option<Spanned<String>>,
    /// Longest silence within an answer: 10s.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub idle: Option<Spanned<String>>,
    /// Longest read, answer included: 30s.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub read: Option<Spanned<String>>,
    /// Longest write, answer included: 60s.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub write: Option<Spanned<String>>,
    /// Most pages of one list: 5000.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub pages: Option<Spanned<u32>>,
    /// Most rows of one list: 1000000.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub rows: Option<Spanned<u32>>,
    /// Most pages fetched at once: 16.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub parallel: Option<Spanned<u32>>,
}

/// What the health check finds.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyFile {
    /// A key older than this is old: 365d.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub max_age: Option<Spanned<String>>,
    /// A key unused for longer is idle: 90d.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub idle: Option<Spanned<String>>,
    /// A key that expires sooner is expiring: 14d.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub warn: Option<Spanned<String>>,
    /// Names of keys that may be over-broad.
    pub allow_broad: Vec<String>,
}

/// The look of the console.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct UiFile {
    /// Name of a palette: terminal.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub theme: Option<Spanned<String>>,
    /// The mouse is used: false.
    pub mouse: Option<bool>,
}

/// The entries of a table whose keys people choose, in the order of the file, each with its place.
#[derive(Debug)]
pub(super) struct Entries<T>(pub Vec<(Spanned<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader(std::marker::PhantomData))
    }
}

/// Any value with the places of its parts: the credential's shape depends on the backend.
pub(super) enum Node {
    Text(String),
    List(Vec<Spanned<Node>>),
    Table(Vec<(Spanned<String>, Spanned<Node>)>),
    Bool(bool),
    /// A number or a date.
    Other,
}

impl fmt::Debug for Node {
    /// Says the shape only: a text may be a credential that somebody wrote into the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shape())
    }
}

impl Node {
    /// What it is, for messages.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Bool(_) => "a boolean",
            Self::Other => "a number or a date",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a source, or a table of inputs")
            }

            fn visit_str<E>(self, text: &str) -> Result<Node, E> {
                Ok(Node::Text(text.to_owned()))
            }

            fn visit_bool<E>(self, yes: bool) -> Result<Node, E> {
                Ok(Node::Bool(yes))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
                Ok(Node::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
                Ok(Node::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
                Ok(Node::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Node::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Table(entries))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
