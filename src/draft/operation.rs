//! One operation of a path: what it is asked with, what it takes and what it answers.

use serde_json::{Map, Value};

use super::{
    document::{Document, text},
    schema::Shape,
};

/// The methods that a call can have.
pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'d> {
    pub(super) document: &'d Document,
    pub(super) path: &'d str,
    /// In lower case, as the document has it.
    pub(super) method: &'static str,
    item: &'d Map<String, Value>,
    value: &'d Value,
}

/// A parameter of the path, the query or the headers.
#[derive(Debug, Clone)]
pub(super) struct Parameter<'d> {
    pub(super) name: &'d str,
    pub(super) place: &'d str,
    pub(super) required: bool,
    pub(super) description: Option<&'d str>,
    pub(super) shape: Shape<'d>,
}

/// What an operation is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'d> {
    pub(super) schema: &'d Value,
    pub(super) form: bool,
}

/// What an operation answers when it succeeds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'d> {
    value: &'d Value,
    pub(super) schema: Option<&'d Value>,
}

impl<'d> Operation<'d> {
    /// The operation with a method on a path.
    pub(super) fn find(
        document: &'d Document,
        path: &'d str,
        item: &'d Map<String, Value>,
        method: &str,
    ) -> Option<Self> {
        let method = METHODS.into_iter().find(|known| *known == method)?;
        let value = document.follow(item.get(method)?);
        let found = Self {
            document,
            path,
            method,
            item,
            value,
        };
        value.is_object().then_some(found)
    }

    /// All operations on a path.
    pub(super) fn all(
        document: &'d Document,
        path: &'d str,
        item: &'d Map<String, Value>,
    ) -> impl Iterator<Item = Self> {
        let find = move |method| Self::find(document, path, item, method);
        METHODS.into_iter().filter_map(find)
    }

    /// Method and path, as a person names the operation.
    pub(super) fn said(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// What the operation does, in the document's words.
    pub(super) fn summary(&self) -> Option<&'d str> {
        text(self.value.get("summary")).or_else(|| text(self.value.get("description")))
    }

    /// Its own name.
    pub(super) fn id(&self) -> Option<&'d str> {
        text(self.value.get("operationId"))
    }

    /// The name of its first tag.
    pub(super) fn tag(&self) -> Option<&'d str> {
        text(self.value.get("tags")?.get(0))
    }

    /// Where its own documentation is.
    pub(super) fn docs(&self) -> Option<&'d str> {
        text(self.value.pointer("/externalDocs/url"))
    }

    /// How it is signed in to, where it says so itself.
    pub(super) fn security(&self) -> Option<&'d Vec<Value>> {
        self.value.get("security")?.as_array()
    }

    /// Its parameters; its own come before those of the path.
    pub(super) fn parameters(&self) -> Vec<Parameter<'d>> {
        let mut all: Vec<Parameter<'d>> = Vec::new();
        for list in [self.value.get("parameters"), self.item.get("parameters")] {
            for one in list.and_then(Value::as_array).into_iter().flatten() {
                let Some(parameter) = self.parameter(self.document.follow(one)) else {
                    continue;
                };
                let same =
                    |it: &Parameter<'_>| it.name == parameter.name && it.place == parameter.place;
                if !all.iter().any(same) {
                    all.push(parameter);
                }
            }
        }
        all
    }

    fn parameter(&self, value: &'d Value) -> Option<Parameter<'d>> {
        let content = value.get("content").and_then(Value::as_object);
        let in_content = content.and_then(|all| all.values().next()?.get("schema"));
        let schema = value.get("schema").or(in_content);
        let mut shape = schema
            .map(|schema| Shape::of(self.document, schema))
            .unwrap_or_default();
        shape.example = shape.example.or_else(|| value.get("example"));
        Some(Parameter {
            name: text(value.get("name"))?,
            place: text(value.get("in"))?,
            required: value.get("required") == Some(&Value::Bool(true)),
            description: text(value.get("description")).or(shape.description),
            shape,
        })
    }

    /// The parameters in the query.
    pub(super) fn query(&self) -> Vec<Parameter<'d>> {
        let mut all = self.parameters();
        all.retain(|parameter| parameter.place == "query");
        all
    }

    /// What it is sent, if that is JSON or a form.
    pub(super) fn body(&self) -> Option<Body<'d>> {
        let body = self.document.follow(self.value.get("requestBody")?);
        let content = body.get("content")?.as_object()?;
        let json = media(content);
        let form = content
            .iter()
            .find(|(kind, _)| kind.contains("form-urlencoded"));
        let schema = json
            .or_else(|| form.map(|(_, media)| media))?
            .get("schema")?;
        Some(Body {
            schema,
            form: json.is_none(),
        })
    }

    /// What it answers when it succeeds.
    pub(super) fn answer(&self) -> Option<Answer<'d>> {
        let all = self.value.get("responses")?.as_object()?;
        let good = |status: &str| status.starts_with('2');
        let mut found: Vec<Answer<'d>> = Vec::new();
        for (status, value) in all {
            let fits = good(status) || (status == "default" && !all.keys().any(|it| good(it)));
            if fits {
                let value = self.document.follow(value);
                let content = value.get("content").and_then(Value::as_object);
                let schema = content
                    .and_then(media)
                    .and_then(|media| media.get("schema"));
                found.push(Answer { value, schema });
            }
        }
        let told = found.iter().find(|answer| answer.schema.is_some());
        told.or(found.first()).copied()
    }

    /// What its refusals look like.
    pub(super) fn refusals(&self) -> impl Iterator<Item = &'d Value> {
        let all = self.value.get("responses").and_then(Value::as_object);
        let document = self.document;
        let bad = all
            .into_iter()
            .flatten()
            .filter(|(status, _)| status.starts_with(['4', '5']) || *status == "default");
        bad.filter_map(move |(_, value)| {
            let content = document.follow(value).get("content")?.as_object()?;
            media(content)?.get("schema")
        })
    }
}

impl<'d> Answer<'d> {
    /// It has a header of this name.
    pub(super) fn header(&self, fits: impl Fn(&str) -> bool) -> Option<&'d str> {
        let headers = self.value.get("headers").and_then(Value::as_object)?;
        headers.keys().map(String::as_str).find(|name| fits(name))
    }
}

/// The JSON of a content.
fn media(content: &Map<String, Value>) -> Option<&Value> {
    let json = content.iter().find(|(kind, _)| kind.contains("json"));
    let any = content.iter().find(|(kind, _)| kind.starts_with("*/*"));
    json.or(any).map(|(_, media)| media)
}
