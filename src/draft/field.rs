//! The members of rows and bodies become fields: one for each, whatever reads and sends it.

mod expiry;
mod kind;
mod leaf;
mod order;
mod words;

use serde_json::{Map, Value};

use super::{
    answer::{below, is_secret},
    calls::Calls,
    document::Document,
    names,
    schema::Shape,
};
use crate::manifest::Role;
use leaf::Leaf;

pub(super) use leaf::wrapped;
pub(super) use order::holds_id;
pub(super) use words::{help, one_line};

/// Most fields of one resource.
const MOST: usize = 60;

/// Something that was guessed, and from what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said<T> {
    pub(super) value: T,
    /// From what; none where the document says it.
    pub(super) why: Option<String>,
}

impl<T> Said<T> {
    fn fact(value: T) -> Self {
        Self { value, why: None }
    }

    fn guess(value: T, why: impl Into<String>) -> Self {
        let why = Some(why.into());
        Self { value, why }
    }
}

/// A field of the draft, word by word.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the vocabulary that a field has or not"
)]
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) at: Option<String>,
    pub(super) to: Option<Said<String>>,
    pub(super) role: Option<Role>,
    pub(super) kind: Option<Said<&'static str>>,
    pub(super) format: Option<Said<&'static str>>,
    /// Rows have it.
    pub(super) read: bool,
    pub(super) column: bool,
    pub(super) send: Vec<&'static str>,
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    pub(super) empty_is_null: bool,
    pub(super) choices: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) suggest: Vec<String>,
    pub(super) pattern: Option<String>,
    pub(super) min: Option<u64>,
    pub(super) max: Option<u64>,
    pub(super) lines: bool,
    pub(super) help: Option<String>,
    pub(super) each: Vec<Field>,
    /// What a person has to know beside the words.
    pub(super) remarks: Vec<String>,
}

impl Field {
    /// The word for its kind.
    pub(super) fn kind(&self) -> &'static str {
        self.kind.as_ref().map_or("text", |kind| kind.value)
    }
}

/// All fields of a resource, and what stands beside them.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) all: Vec<Field>,
    /// Constants that each operation has to send.
    pub(super) constants: Vec<(&'static str, Value)>,
    /// Members of rows that were left out, because they look like secrets.
    pub(super) hidden: Vec<String>,
    /// How many more there are than a manifest should have.
    pub(super) left_out: usize,
}

/// A member of a row or a body, with all that is said of it.
#[derive(Debug)]
struct Part<'d> {
    path: Vec<&'d str>,
    read: Option<Leaf<'d>>,
    sent: Vec<(&'static str, Leaf<'d>)>,
}

impl<'d> Part<'d> {
    fn name(&self) -> &'d str {
        self.path.last().copied().unwrap_or_default()
    }

    fn pointer(&self) -> String {
        self.path
            .iter()
            .fold(String::new(), |pointer, name| below(&pointer, name))
    }

    /// What says most of it: the create, then other calls, then the row.
    fn shape(&self) -> Shape<'d> {
        let sent = self.sent.first().map(|(_, leaf)| &leaf.shape);
        let read = self.read.as_ref().map(|leaf| &leaf.shape);
        let mut shape = sent.or(read).cloned().unwrap_or_default();
        if let Some(read) = read {
            shape.kind = shape.kind.or(read.kind);
            shape.description = shape.description.or(read.description);
            shape.title = shape.title.or(read.title);
            shape.example = shape.example.or(read.example);
        }
        shape
    }
}

/// What the fields of a resource are made from.
pub(super) struct Source<'a, 'd> {
    pub(super) document: &'d Document,
    pub(super) calls: &'a Calls<'d>,
    /// What rows are, as the list and the call for one say.
    pub(super) rows: Vec<&'d Value>,
    /// Where rows have their id.
    pub(super) item_id: &'a str,
    /// The keys are public ones: what is called a key is no secret.
    pub(super) public: bool,
    /// The name of the secret in the answer of the create.
    pub(super) secret: Option<&'d str>,
    /// Members of bodies that the context says.
    pub(super) said: &'a [(String, String)],
}

impl<'d> Source<'_, 'd> {
    /// Makes the fields.
    pub(super) fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        let mut parts = self.parts(&mut fields);
        parts.retain(|part| self.is_shown(part, &mut fields));
        let named = parts.iter().zip(keys(&parts));
        let mut all: Vec<Field> = named.map(|(part, key)| self.field(part, key)).collect();
        expiry::unite(&mut all);
        order::roles(&mut all, self.item_id);
        order::arrange(&mut all, self.item_id);
        fields.left_out = all.len().saturating_sub(MOST);
        all.truncate(MOST);
        order::columns(&mut all, self.item_id);
        fields.all = all;
        fields
    }

    /// Every member of rows and bodies once.
    fn parts(&self, fields: &mut Fields) -> Vec<Part<'d>> {
        let mut parts: Vec<Part<'d>> = Vec::new();
        let bodies = [
            ("create", &self.calls.create),
            ("update", &self.calls.update),
            ("rotate", &self.calls.rotate),
        ];
        for (verb, call) in bodies {
            let Some(call) = call else { continue };
            let Some(body) = call.operation.body() else {
                continue;
            };
            let (_, schema) = wrapped(self.document, body.schema);
            let mut constants = Map::new();
            for leaf in leaf::sent(self.document, schema, body.form) {
                let is_said = self
                    .said
                    .iter()
                    .any(|(name, _)| leaf.path == [name.as_str()]);
                if leaf.is_id(call.id) || is_said {
                    continue;
                }
                match leaf.shape.constant() {
                    Some(only) if leaf.path.len() == 1 => {
                        if leaf.required {
                            let name = leaf.path.concat();
                            constants.insert(name, only.clone());
                        }
                    }
                    _ => send(&mut parts, verb, leaf),
                }
            }
            if !constants.is_empty() {
                fields.constants.push((verb, Value::Object(constants)));
            }
        }
        let sent: Vec<Vec<&'d str>> = parts.iter().map(|part| part.path.clone()).collect();
        for row in &self.rows {
            for leaf in leaf::read(self.document, row, &sent) {
                read(&mut parts, leaf);
            }
        }
        parts
    }

    /// A member that only rows have and that looks like a secret is no field.
    fn is_shown(&self, part: &Part<'d>, fields: &mut Fields) -> bool {
        let Some(read) = &part.read else {
            return true;
        };
        if !part.sent.is_empty()
            || part.pointer() == self.item_id
            || !self.is_secret(part.name(), &read.shape)
        {
            return true;
        }
        if self.secret != Some(part.name()) {
            fields.hidden.push(part.pointer());
        }
        false
    }

    fn is_secret(&self, name: &str, shape: &Shape<'_>) -> bool {
        let public = self.public
            && matches!(
                names::singular(&names::spaced(name)).as_str(),
                "key" | "value" | "ssh key" | "sshkey"
            );
        !public && kind::is_text(shape) && is_secret(name, shape)
    }

    fn field(&self, part: &Part<'d>, key: String) -> Field {
        let shape = part.shape();
        let name = part.name();
        let pointer = part.pointer();
        let secret =
            !part.sent.is_empty() && pointer != self.item_id && self.is_secret(name, &shape);
        let own = below("", &key);
        let at = part.read.as_ref().and_then(|leaf| leaf.at.clone());
        let at = at.or_else(|| (part.read.is_some() && pointer != own).then(|| pointer.clone()));
        let sends = !part.sent.is_empty();
        let mut field = Field {
            title: words::title(name, &shape),
            at: at.filter(|_| !secret),
            to: (sends && pointer != own).then(|| Said::fact(pointer.clone())),
            role: names::role(name),
            read: part.read.is_some(),
            send: part.sent.iter().map(|(verb, _)| *verb).collect(),
            help: words::help(shape.description, words::FIELD),
            key,
            ..Field::default()
        };
        kind::read(self.document, &mut field, &shape, secret);
        if sends {
            words::sending(&mut field, part);
        }
        field
    }
}

/// Puts what a call sends to the part at its path.
fn send<'d>(parts: &mut Vec<Part<'d>>, verb: &'static str, leaf: Leaf<'d>) {
    match parts.iter_mut().find(|part| part.path == leaf.path) {
        Some(part) => part.sent.push((verb, leaf)),
        None => parts.push(Part {
            path: leaf.path.clone(),
            read: None,
            sent: vec![(verb, leaf)],
        }),
    }
}

/// Puts what a row holds to the part at its path.
fn read<'d>(parts: &mut Vec<Part<'d>>, leaf: Leaf<'d>) {
    match parts.iter_mut().find(|part| part.path == leaf.path) {
        Some(part) => {
            part.read.get_or_insert(leaf);
        }
        None => parts.push(Part {
            path: leaf.path.clone(),
            read: Some(leaf),
            sent: Vec::new(),
        }),
    }
}

/// A key for each part: its own name, or the whole way to it where a nearer part is called so.
fn keys(parts: &[Part<'_>]) -> Vec<String> {
    let mut keys = vec![String::new(); parts.len()];
    let mut order: Vec<(usize, &Part<'_>)> = parts.iter().enumerate().collect();
    order.sort_by_key(|(_, part)| part.path.len());
    for (at, part) in order {
        let whole = plain(&part.path.join("."));
        let numbered = (2..).map(|number| format!("{whole}_{number}"));
        let mut names = [plain(part.name()), whole.clone()]
            .into_iter()
            .chain(numbered);
        let free = names.find(|name| !keys.contains(name));
        if let (Some(place), Some(name)) = (keys.get_mut(at), free) {
            *place = name;
        }
    }
    keys
}

/// A name with the letters that a key may have.
pub(super) fn plain(name: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    let all: String = name
        .chars()
        .map(|letter| if fits(letter) { letter } else { '_' })
        .collect();
    let inner = all.trim_start_matches(['-', '.']);
    if inner.is_empty() {
        "_".to_owned()
    } else {
        inner.to_owned()
    }
}
