//! A collection of keys and what can be done with one: the words of `[[resource]]`. `api` sends its
//! operations, `app` and `ui` show what there is.

use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Action, Alternative, Field, Filter, List, Op, Pointer, Pointers, Role, Verb, template,
};

/// The tab in which a resource shows.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tab {
    /// API keys.
    ApiKeys,
    /// Stored secrets and SSH keys.
    Secrets,
    /// Access keys: a client id with a secret.
    AccessKeys,
    /// Keys of all users, for administrators.
    Admin,
}

impl Tab {
    /// All tabs in screen order.
    pub const ALL: [Self; 4] = [Self::ApiKeys, Self::Secrets, Self::AccessKeys, Self::Admin];

    /// The tab's title on screen.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ApiKeys => "API keys",
            Self::Secrets => "Secrets",
            Self::AccessKeys => "Access keys",
            Self::Admin => "Admin",
        }
    }

    /// The tab's name on the command line and in manifests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiKeys => "api-keys",
            Self::Secrets => "secrets",
            Self::AccessKeys => "access-keys",
            Self::Admin => "admin",
        }
    }
}

/// A collection of keys.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Name within the backend.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// What one row is, in a sentence: `API key`.
    pub noun: String,
    /// The tab in which it shows.
    pub pane: Tab,
    /// The resource whose rows hold these: `{parent.id}` is the id of the one that was opened.
    pub parent: Option<String>,
    /// Where a row holds its id; several parts make one id, and `{id.1}` is the first of them.
    pub item_id: Pointers,
    /// What an id looks like, checked before it goes into a path.
    #[serde(default)]
    pub item_id_kind: IdKind,
    /// The id is itself the secret: it is never shown, logged or written; a fingerprint stands for it.
    #[serde(default)]
    pub item_id_secret: bool,
    /// Where a row holds its name, where no field has that role.
    pub name: Option<Pointer>,
    /// Field key and direction of the first showing: `created_at:desc`.
    pub sort: Option<String>,
    /// Most rows that one answer can hold: exactly that many may be cut.
    pub limit: Option<usize>,
    /// Field keys that identify a create: a row with the same values, and no older one, is what it made.
    #[serde(default)]
    pub natural_key: Vec<String>,
    /// Field that makes a repeated create safe: two rows never have the same value.
    pub repeatable_by: Option<String>,
    /// What comes first when a key is replaced by a twin; absent: the twin.
    pub replace: Option<Replace>,
    /// Seconds that a revoked key may still work.
    pub linger: Option<u32>,
    /// How to recognise the key that the context signs in with.
    pub own: Option<Own>,
    /// How a new secret is tried by using it, in order: the first that proves something decides.
    #[serde(default)]
    pub verify: Vec<Verify>,
    /// The list of rows.
    pub list: List,
    /// One row.
    pub get: Option<Op>,
    /// A new row.
    pub create: Option<Op>,
    /// A change of a row.
    pub update: Option<Op>,
    /// A new secret for a row; the old one dies.
    pub rotate: Option<Op>,
    /// The end of a row.
    pub delete: Option<Op>,
    /// The secret of a row, told again.
    pub reveal: Option<Op>,
    /// What else can be done to a row: enable, disable, block, archive.
    #[serde(default)]
    pub action: Vec<Action>,
    /// The same resource under an older API, tried when the list answers 404.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Filters that the server applies.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// What a row holds and what a form asks.
    #[serde(default)]
    pub field: Vec<Field>,
    /// The calls of the actions, in their order; no word of a manifest.
    #[serde(skip)]
    #[cfg_attr(test, schemars(skip))]
    pub acts: Vec<Op>,
    /// The row of the parent in which these rows are; no word of a manifest.
    #[serde(skip)]
    #[cfg_attr(test, schemars(skip))]
    pub within: Option<Within>,
    /// What an id of the parent looks like; no word of a manifest.
    #[serde(skip)]
    #[cfg_attr(test, schemars(skip))]
    pub parent_kind: IdKind,
    /// Its rows hold those of other resources; no word of a manifest.
    #[serde(skip)]
    #[cfg_attr(test, schemars(skip))]
    pub opens: bool,
}

/// The row of a parent resource whose rows are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// Its id.
    pub id: String,
    /// Its name, exactly as the service has it.
    pub name: String,
}

impl Resource {
    /// Puts what was said in short where the rest of the program looks for it.
    pub(super) fn settle(&mut self) {
        self.acts = self.action.iter().map(Action::op).collect();
        self.settle_name();
    }

    /// `name` becomes the role of the field that is read there, or of one of its own.
    fn settle_name(&mut self) {
        let Some(name) = self.name.as_deref() else {
            return;
        };
        let key = name.rsplit('/').next().unwrap_or(name);
        let reads = |field: &&mut Field| match &field.at {
            Some(at) => at == name,
            None => field.key == key && name.matches('/').count() == 1,
        };
        if let Some(field) = self.field.iter_mut().find(reads) {
            field.role = Some(Role::Name);
            return;
        }
        let field = Field {
            key: key.to_owned(),
            title: "Name".to_owned(),
            at: Some(name.to_owned()),
            role: Some(Role::Name),
            column: true,
            ..Field::default()
        };
        self.field.insert(0, field);
    }

    /// Some field is sent by this operation.
    #[must_use]
    pub fn sends(&self, verb: Verb) -> bool {
        self.field.iter().any(|field| field.send.contains(&verb))
    }

    /// Nothing of an old secret is left once there is a new one: no time is declared for which it lives on, and
    /// a rotation has no form in which one could be asked for.
    #[must_use]
    pub fn ends_at_once(&self) -> bool {
        self.linger.is_none() && !self.sends(Verb::Rotate)
    }

    /// What an action is called on screen.
    #[must_use]
    pub fn action_title(&self, at: u8) -> &str {
        let action = self.action.get(usize::from(at));
        action.map_or("an action", |action| &action.title)
    }

    /// What the text of an id looks like: that of several parts, or of a fingerprint, is no number.
    #[must_use]
    pub fn id_kind(&self) -> IdKind {
        match self.item_id.one() {
            Some(_) if !self.item_id_secret => self.item_id_kind,
            _ => IdKind::Text,
        }
    }

    /// The fields of a row that its operations send in other places than a form's: `{item.key}`.
    #[must_use]
    pub fn items(&self) -> BTreeSet<&str> {
        let writes = [&self.update, &self.rotate, &self.delete, &self.reveal];
        let ops = writes.into_iter().flatten().chain(&self.acts);
        let holes = ops.flat_map(|op| op.texts().flat_map(template::holes));
        holes
            .filter_map(|hole| hole.strip_prefix("item."))
            .collect()
    }

    /// The same resource as a row of its parent has it.
    #[must_use]
    pub fn under(&self, id: &str, name: &str) -> Self {
        let within = Within {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        Self {
            within: Some(within),
            ..self.clone()
        }
    }

    /// The position of the field with this role.
    #[must_use]
    pub fn role(&self, role: Role) -> Option<usize> {
        self.field.iter().position(|field| field.role == Some(role))
    }

    /// The position of the field with this key.
    #[must_use]
    pub fn field_at(&self, key: &str) -> Option<usize> {
        self.field.iter().position(|field| field.key == key)
    }

    /// How a key is replaced by a twin; none where the service cannot make or end one.
    #[must_use]
    pub fn replacing(&self) -> Option<Replace> {
        (self.create.is_some() && self.delete.is_some()).then(|| self.replace.unwrap_or_default())
    }

    /// The inputs of a context that a new secret of the key that it signs in with belongs into; none where
    /// contexts do not sign in with keys of this kind, or get no new secret of one.
    #[must_use]
    pub fn own_inputs(&self) -> Option<OwnInputs<'_>> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        let makes = self.create.is_some() || self.rotate.is_some();
        let own = self.own.as_ref().filter(|_| makes)?;
        Some(match self.verify.first() {
            Some(verify) => OwnInputs {
                secret: &verify.input,
                with: &verify.with,
            },
            None => OwnInputs {
                secret: &own.input,
                with: &NONE,
            },
        })
    }
}

/// Where the credential of a context goes when the key that it signs in with gets a new secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnInputs<'a> {
    /// The input that takes the secret.
    pub secret: &'a str,
    /// Further inputs by name, each with the field of the new row that it takes.
    pub with: &'a BTreeMap<String, String>,
}

/// What comes first when a key is replaced by a twin.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replace {
    /// The twin is made and handed over, then the old one is deleted: there is always one that works.
    #[default]
    CreateFirst,
    /// The old one is deleted, then its successor takes its place: for services that give both one id, or
    /// one name that cannot change.
    DeleteFirst,
}

/// How a new secret is tried by using it, with nothing of the session of the context that made it.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// Input that takes the new secret.
    pub input: String,
    /// Further inputs by name, each with the field of the new row that it takes.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// A read that the new secret may do: GET and a path, in which `{id}` is the new row and `{item.key}` a
    /// field of it (of a list its first element); absent: signing in is the proof.
    pub call: Option<String>,
    /// Statuses that prove that the secret works; none: any 2xx.
    #[serde(default)]
    pub alive: Vec<u16>,
    /// Statuses that prove that it does not. One that stands in neither list proves nothing.
    #[serde(default)]
    pub dead: Vec<u16>,
    /// What can be done where nothing was proven.
    pub help: Option<String>,
}

/// What an id looks like.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdKind {
    /// Any text that is safe as one path segment.
    #[default]
    Text,
    /// A number up to 4294967295, as its digits.
    U32,
    /// Digits only.
    Digits,
}

/// How the key that a context signs in with is recognised in the list.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// Input that holds the credential.
    pub input: String,
    /// What part of the credential the field equals, or that the service is asked.
    #[serde(rename = "match")]
    pub by: OwnBy,
    /// Field of the row that is compared; of `id-inside` its id where none is named.
    pub field: Option<String>,
    /// Of `asked` the read that says which key signs in: GET and a path.
    pub call: Option<String>,
    /// Of `asked` where that answer holds the key's id.
    pub id: Option<Pointer>,
}

/// What part of a credential identifies its row.
#[cfg_attr(test, derive(JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnBy {
    /// The whole input.
    Equal,
    /// The field is the first characters of the input, or what is around a gap: `sk-…abcd`.
    Prefix,
    /// The field is the last characters of the input.
    Suffix,
    /// The id without its dashes stands inside the input.
    IdInside,
    /// No row tells: the service says which key signs in, by `call` and `id`.
    Asked,
}
