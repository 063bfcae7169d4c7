//! What a backend can do is said in its manifest and nowhere else: how to sign in, how to check, each
//! collection of keys with its operations, paging and fields. The types here are the vocabulary;
//! [`load`](crate::manifest::load) reads and checks one, `api` turns its operations into requests and `record` reads replies by
//! its fields. An operation that is absent is one that the backend does not have.

mod load;

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

pub use load::{Fault, builtin, builtin_names, load};

/// A JSON Pointer (RFC 6901) into a reply; `-1` is the last element, `""` the whole body.
pub type Pointer = String;
/// Text with `{name}` holes, filled from the inputs, the captures of a login, or the selected row.
pub type Template = String;

/// One kind of service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this vocabulary: 1.
    pub manifest: u32,
    /// Short name, as `backend = "…"` in the config and the file name say it.
    pub id: String,
    /// Name of the service as its makers write it.
    pub title: String,
    /// Address of the API's public documentation.
    pub docs: Option<String>,
    /// Default address of the service; the context's `url` decides.
    pub base_url: Option<String>,
    /// What a context must supply to sign in.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// Headers sent with each call.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// Ways to sign in; the first whose inputs are all given is used.
    #[serde(default)]
    pub auth: Vec<Auth>,
    /// Read-only calls that tell whether the context works.
    #[serde(default)]
    pub check: Vec<Check>,
    /// Where the service's error replies say what went wrong.
    #[serde(default)]
    pub errors: Errors,
    /// The collections of keys.
    #[serde(default)]
    pub resource: Vec<Arc<Resource>>,
}

/// One value that a context supplies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What a person calls it.
    pub label: String,
    /// Never shown, and never written in the config itself.
    #[serde(default)]
    pub secret: bool,
    /// Used where the context gives none.
    pub default: Option<String>,
    /// The context may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// Where to get it.
    pub help: Option<String>,
}

/// One way to sign in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Name by which a check may ask for this way.
    pub id: String,
    /// Inputs that this way needs.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Headers that carry the credential.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// HTTP Basic: user and password.
    pub basic: Option<[Template; 2]>,
    /// Query parameters that carry the credential; the address is then redacted.
    #[serde(default)]
    pub query: BTreeMap<String, Template>,
    /// Calls that trade the inputs for a token, tried in order.
    #[serde(default)]
    pub login: Vec<Login>,
    /// Chutes' sr25519 request signatures.
    pub hotkey: Option<Hotkey>,
}

/// A call that trades credentials for a token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Method and path, such as `POST /api/v2/token`.
    pub call: String,
    /// What is sent.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<serde_json::Value>,
    /// How the body is written.
    #[serde(default)]
    pub encode: Encode,
    /// HTTP Basic on the login call itself.
    pub basic: Option<[Template; 2]>,
    /// Names for values of the reply: a pointer, or `header:Name`.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// Where the reply says how many seconds the token lives; a reply that does not say is no mistake.
    pub expires_in: Option<Pointer>,
    /// Statuses that mean "not here": the next login is tried.
    #[serde(default)]
    pub next_on: Vec<u16>,
}

/// Signing with a Chutes hotkey: the input holds the 32-byte seed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hotkey {
    /// Input that holds the seed.
    pub input: String,
    /// First path segment to the purpose that is signed when a call has no body.
    pub purpose: BTreeMap<String, String>,
}

/// How a request body is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encode {
    /// `application/json`.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// One call that tells whether a context works.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name of the check.
    pub id: String,
    /// Method and path; absent: signing in is the check.
    pub call: Option<String>,
    /// Where the reply names the signed-in user; absent: only "ok" is shown.
    pub who: Option<Pointer>,
    /// Runs only in contexts that sign in this way.
    pub auth: Option<String>,
}

/// Where error replies say what went wrong.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Errors {
    /// Pointers to the message, tried before the built-in list.
    pub message: Vec<Pointer>,
    /// Pointer to a longer explanation.
    pub detail: Option<Pointer>,
    /// Pointer to the service's own error code.
    pub code: Option<Pointer>,
    /// Pointer to the per-field errors: a map of field to messages, or a list. Names that are no field's are left out.
    pub fields: Option<Pointer>,
    /// In a list of per-field errors: pointer to the field's name.
    pub field: Option<Pointer>,
    /// In a list of per-field errors: pointer to the message.
    pub text: Option<Pointer>,
    /// Pointer to a flag that is false when a 2xx reply is a failure.
    pub ok: Option<Pointer>,
    /// Pointer to a value that is non-empty when a 2xx reply is a failure.
    pub fail_if: Option<Pointer>,
    /// What a status means here where that differs from HTTP's meaning.
    pub status: BTreeMap<String, Meaning>,
}

/// What a refused request means, whatever its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The credential is missing, wrong or too weak.
    Credential,
    /// Signed in, but not allowed.
    Forbidden,
    /// No such key, or not this user's.
    NotFound,
    /// Something with this name or value exists.
    Conflict,
    /// A field was refused.
    Invalid,
    /// Too many requests.
    Busy,
    /// The service is down or failing.
    Unavailable,
    /// Either the credential is bad or the thing does not exist; the service does not say which.
    CredentialOrNotFound,
}

/// The tab in which a resource shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
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
#[derive(Debug, Deserialize, JsonSchema)]
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
    /// Where a row holds its id.
    pub item_id: Pointer,
    /// What an id looks like, checked before it goes into a path.
    #[serde(default)]
    pub item_id_kind: IdKind,
    /// Field key and direction of the first showing: `created_at:desc`.
    pub sort: Option<String>,
    /// Most rows that one answer can hold: exactly that many may be cut.
    pub limit: Option<usize>,
    /// Field keys that identify a create.
    #[serde(default)]
    pub natural_key: Vec<String>,
    /// Field that makes a repeated create safe.
    pub repeatable_by: Option<String>,
    /// Seconds that a revoked key may still work.
    pub linger: Option<u32>,
    /// How to recognise the key that the context signs in with.
    pub own: Option<Own>,
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
    /// The same resource under an older API, tried when the list answers 404.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Filters that the server applies.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// What a row holds and what a form asks.
    #[serde(default)]
    pub field: Vec<Field>,
}

/// What an id looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// Input that holds the credential.
    pub input: String,
    /// Field of the row that is compared.
    pub field: String,
    /// What part of the credential the field equals.
    #[serde(rename = "match")]
    pub by: OwnBy,
}

/// What part of a credential identifies its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OwnBy {
    /// The whole input.
    Equal,
    /// The field is the first characters of the input.
    Prefix,
    /// The id without its dashes stands inside the input.
    IdInside,
}

/// The same operations under an older API.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Name of the API, said on screen when it is used.
    pub title: String,
    /// The list of rows.
    pub list: List,
    /// One row.
    pub get: Option<Op>,
    /// A new row.
    pub create: Option<Op>,
    /// A change of a row.
    pub update: Option<Op>,
    /// A new secret for a row.
    pub rotate: Option<Op>,
    /// The end of a row.
    pub delete: Option<Op>,
}

/// How rows are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Method and path.
    pub call: String,
    /// Where the reply holds the rows.
    #[serde(default)]
    pub items: Pointer,
    /// What stands there.
    #[serde(default)]
    pub rows: RowShape,
    /// Headers of this call alone.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// A constant body, for lists by POST.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<serde_json::Value>,
    /// How further rows are asked for.
    #[serde(default)]
    pub page: Paging,
}

/// The shape of the rows in a reply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RowShape {
    /// A list of objects.
    #[default]
    Objects,
    /// A list of strings, each an id.
    Strings,
    /// An object of id to object.
    Map,
    /// One object.
    One,
}

/// How further rows are asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub enum Paging {
    /// The answer is whole.
    #[default]
    None,
    /// By page number.
    Page(Numbered),
    /// By number of rows to skip.
    Offset(Numbered),
    /// By a mark that each answer gives for the next.
    Cursor(Cursor),
    /// By the `Link` header.
    Link(Link),
    /// By an address in the body.
    Url {
        /// Where the reply holds the next address.
        next: Pointer,
    },
}

/// Paging by number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// Query parameter of the page or offset.
    pub param: String,
    /// The first page's number.
    #[serde(default)]
    pub first: u64,
    /// Query parameter of the page's size.
    pub size_param: Option<String>,
    /// Rows asked for at once.
    pub size: u64,
    /// Where the reply says how many rows there are: a pointer or `header:Name`.
    pub total: Option<String>,
    /// Pages may repeat and skip rows: all rows are asked for in one page of `total`.
    #[serde(default)]
    pub unordered: bool,
}

/// Paging by a mark.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Query parameter of the mark.
    pub param: String,
    /// Where the mark stands: a pointer, or `item:/id` for a field of the last row.
    pub next: String,
    /// Pointer to a flag that tells whether there is more.
    pub more: Option<Pointer>,
    /// Query parameter of the page's size.
    pub size_param: Option<String>,
    /// Rows asked for at once.
    pub size: Option<u64>,
    /// Where the mark is sent.
    #[serde(default, rename = "in")]
    pub place: Place,
}

/// Paging by the `Link` header.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Link {
    /// Only the query of the link is taken; the path stays the operation's own.
    pub keep_path: bool,
    /// Query parameter that must grow from page to page.
    pub param: Option<String>,
    /// A page with fewer rows is the last.
    pub size: Option<u64>,
}

/// Where a value is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the query.
    #[default]
    Query,
    /// In the JSON body.
    Body,
}

/// One operation on a row.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// Method and path; `{id}` is the selected row.
    pub call: String,
    /// Where the reply holds the row; absent: the reply has none.
    pub item: Option<Pointer>,
    /// Constants that are sent beside the fields.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<serde_json::Value>,
    /// Name of an object around the whole body.
    pub wrap: Option<String>,
    /// How the body is written.
    #[serde(default)]
    pub encode: Encode,
    /// Headers of this call alone.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// Where the reply holds the new secret.
    pub secret: Option<Pointer>,
    /// Where the reply holds the id, if not where a row has it.
    pub id: Option<Pointer>,
    /// An update sends all its fields, not only the changed ones.
    #[serde(default)]
    pub full: bool,
}

/// A filter that the server applies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Name on the command line.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// Query parameter, if not `id`.
    pub param: Option<String>,
    /// What to type, and what the server does with it.
    pub help: Option<String>,
}

/// What a row holds, shows and sends.
#[derive(Debug, Deserialize, JsonSchema)]
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
    /// The operations that send it; a field that none sends is read-only.
    #[serde(default)]
    pub send: Vec<Verb>,
    /// A form must have it.
    #[serde(default)]
    pub required: bool,
    /// What a form starts with.
    #[schemars(with = "Option<serde_json::Value>")]
    pub default: Option<serde_json::Value>,
    /// What an empty value sends.
    #[serde(default)]
    pub empty: Empty,
    /// The only values there are.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What the choices are called on screen, in their order.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Values worth offering; others may be typed.
    #[serde(default)]
    pub suggest: Vec<String>,
    /// What the value must match as a whole.
    pub pattern: Option<String>,
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
    #[schemars(with = "Vec<serde_json::Value>")]
    pub broad: Vec<serde_json::Value>,
    /// Two rows cannot share a value.
    #[serde(default)]
    pub unique: bool,
    /// Made here when left empty: `alnum:40`.
    pub generate: Option<String>,
    /// How a time of expiry is written.
    pub format: Option<TimeFormat>,
    /// Values that mean "never".
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub never: Vec<serde_json::Value>,
    /// The fields of one record of a list of records.
    #[serde(default)]
    pub each: Vec<Field>,
}

/// What a field means across backends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
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

/// What the values of a field are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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

/// How a time is written on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
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
}

/// An operation that sends fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
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
}

/// What an empty value sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// Nothing.
    #[default]
    Omit,
    /// `null`.
    Null,
    /// In an update a single newline, for services that take an empty text for "unchanged"; otherwise nothing.
    Newline,
}

impl Resource {
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
}

impl Manifest {
    /// The resource with this id.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Arc<Resource>> {
        self.resource.iter().find(|resource| resource.id == id)
    }
}
