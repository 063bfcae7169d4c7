//! The security schemes of a document become ways to sign in, with the inputs that they need.

mod scheme;

use serde_json::Value;

use super::{calls::Calls, document::Document, field::help, names, server::Server};

/// Most ways to sign in.
const WAYS: usize = 4;
/// Longest help of an input.
const HELP: usize = 200;

/// A value that a context supplies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) secret: bool,
    pub(super) optional: bool,
    pub(super) default: Option<String>,
    pub(super) help: Option<String>,
    pub(super) why: Option<String>,
}

/// One way to sign in.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Way {
    pub(super) id: String,
    pub(super) inputs: Vec<Input>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) basic: Option<[String; 2]>,
    pub(super) login: Option<Login>,
    /// From what it was guessed.
    pub(super) why: Vec<String>,
}

/// A call that gives a token.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Login {
    pub(super) path: String,
    pub(super) body: Value,
}

/// All ways to sign in.
#[derive(Debug, Default)]
pub(super) struct SignIn {
    pub(super) ways: Vec<Way>,
    /// What could not be said.
    pub(super) remarks: Vec<String>,
}

impl SignIn {
    /// Reads how the operations are signed in to.
    pub(super) fn of(document: &Document, calls: &Calls<'_>, server: &Server) -> Self {
        let mut found = Self::default();
        let own = calls
            .all()
            .find_map(|operation| operation.security().filter(|it| !it.is_empty()));
        let general = document.at("/security").and_then(Value::as_array);
        let schemes = document
            .at("/components/securitySchemes")
            .and_then(Value::as_object);
        let named = own.or(general).map(Vec::as_slice).unwrap_or_default();
        for either in named
            .iter()
            .filter_map(Value::as_object)
            .filter(|it| !it.is_empty())
        {
            let parts = either
                .iter()
                .map(|(name, scopes)| (name.as_str(), Some(scopes)));
            found.add(document, server, parts.collect(), None);
        }
        if found.ways.is_empty() {
            let why = "the document names it, and not for these calls";
            for (name, _) in schemes.into_iter().flatten() {
                found.add(document, server, vec![(name.as_str(), None)], Some(why));
            }
        }
        if found.ways.is_empty() {
            found.by_headers(calls);
        }
        found.ways.truncate(WAYS);
        found.make_optional();
        found
    }

    fn add(
        &mut self,
        document: &Document,
        server: &Server,
        parts: Vec<(&str, Option<&Value>)>,
        why: Option<&str>,
    ) {
        let mut way = Way::default();
        way.why.extend(why.map(str::to_owned));
        for (name, scopes) in parts {
            let pointer = super::answer::below("/components/securitySchemes", name);
            let Some(scheme) = document.at(&pointer).map(|it| document.follow(it)) else {
                return;
            };
            if let Err(remark) = way.scheme(name, scheme, scopes, server) {
                self.remarks.push(remark);
                return;
            }
        }
        let same = |other: &Way| {
            other.headers == way.headers
                && other.query == way.query
                && other.basic == way.basic
                && other.login == way.login
        };
        if !self.ways.iter().any(same) {
            way.id = self.free_id(&way.id);
            self.own_inputs(&mut way);
            self.ways.push(way);
        }
    }

    /// A way whose inputs all belong to another one would never be chosen: it gets inputs of its own.
    fn own_inputs(&self, way: &mut Way) {
        let known = |other: &Way, name: &str| other.inputs.iter().any(|input| input.name == name);
        let hidden = self
            .ways
            .iter()
            .any(|other| way.inputs.iter().all(|input| known(other, &input.name)));
        if !hidden {
            return;
        }
        for at in 0..way.inputs.len() {
            let Some(input) = way.inputs.get_mut(at) else {
                continue;
            };
            let old = format!("{{{}}}", input.name);
            input.name = if way.id.starts_with(&input.name) && way.id != input.name {
                way.id.clone()
            } else if way.id == input.name {
                format!("{}_2", input.name)
            } else {
                format!("{}_{}", way.id.replace('-', "_"), input.name)
            };
            input.label = names::title(&input.name);
            let new = format!("{{{}}}", input.name);
            let texts = way
                .headers
                .iter_mut()
                .chain(&mut way.query)
                .map(|(_, text)| text);
            for text in texts.chain(way.basic.iter_mut().flatten()) {
                *text = text.replace(&old, &new);
            }
            let body = way
                .login
                .as_mut()
                .and_then(|login| login.body.as_object_mut());
            for (_, value) in body.into_iter().flatten() {
                if value.as_str() == Some(&old) {
                    *value = new.as_str().into();
                }
            }
        }
    }

    fn free_id(&self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "auth" } else { wanted };
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut all = std::iter::once(wanted.to_owned()).chain(numbered);
        let taken = |id: &String| self.ways.iter().any(|way| way.id == *id);
        all.find(|id| !taken(id)).unwrap_or_default()
    }

    /// Headers that the calls take as parameters, in documents without security schemes.
    fn by_headers(&mut self, calls: &Calls<'_>) {
        let all = calls
            .all()
            .flat_map(super::operation::Operation::parameters);
        let is_key = |name: &str| {
            let spaced = names::spaced(name);
            spaced == "authorization"
                || spaced.ends_with("api key")
                || spaced.ends_with("token")
                || spaced.ends_with("apikey")
        };
        if let Some(header) = all
            .into_iter()
            .find(|it| it.place == "header" && is_key(it.name) && scheme::is_header(it.name))
        {
            let mut way = Way::default();
            way.header(header.name, header.description.unwrap_or_default());
            way.why
                .push(format!("the calls take the header {}", header.name));
            self.ways.push(way);
        }
    }

    /// Of several ways a context needs one.
    fn make_optional(&mut self) {
        let several = self.ways.len() > 1;
        for way in &mut self.ways {
            for input in &mut way.inputs {
                input.optional = several;
            }
        }
    }

    /// The inputs of all ways, each once.
    pub(super) fn inputs(&self) -> Vec<Input> {
        let mut all: Vec<Input> = Vec::new();
        for input in self.ways.iter().flat_map(|way| &way.inputs) {
            if !all.iter().any(|known| known.name == input.name) {
                all.push(input.clone());
            }
        }
        all
    }
}

impl Input {
    /// A secret that a way needs.
    fn secret(name: &str, described: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: names::title(name),
            secret: true,
            optional: false,
            default: None,
            help: help(Some(described), HELP),
            why: None,
        }
    }

    /// A value that may stand in the config.
    pub(super) fn plain(name: &str, described: Option<&str>) -> Self {
        Self {
            secret: false,
            help: help(described, HELP),
            ..Self::secret(name, "")
        }
    }
}
