//! One operation as the words of a manifest, or why it cannot be said.

use serde_json::{Map, Value, json};

use super::{Compose, holes};
use crate::draft::{
    calls::{Call, IdPlace},
    field::wrapped,
    operation::{Operation, Parameter},
    schema::Shape,
    sheet::{Note, Sheet},
    sign_in::SignIn,
};

/// An operation, ready to be written.
#[derive(Debug)]
pub(super) struct Op {
    pub(super) call: String,
    pub(super) why: Option<String>,
    /// Constants of the body: where the id goes, and what the context says.
    pub(super) body: Map<String, Value>,
    pub(super) wrap: Option<String>,
    pub(super) form: bool,
    /// An empty body is sent.
    pub(super) empty_body: bool,
    /// The field of the form that is the id.
    pub(super) id_from: Option<String>,
    /// What a person has to know.
    pub(super) remarks: Vec<String>,
}

/// Members of bodies that a context says: how they are called, and the input.
pub(super) type Said = Vec<(String, String)>;

impl Compose<'_, '_> {
    /// An operation that can be written; none where a manifest has no words for it.
    pub(super) fn op(&mut self, call: &Call<'_>, methods: &[&str], said: &Said) -> Option<Op> {
        let operation = &call.operation;
        if !methods.contains(&operation.method) {
            return None;
        }
        if operation.method == "get" && matches!(call.id, IdPlace::Body { .. }) {
            return None;
        }
        let target = self.holes.target(call, &[])?;
        let placed = match call.id {
            IdPlace::Path | IdPlace::Query(_) => target.contains("{id}"),
            IdPlace::Form => target.contains("{form.}"),
            IdPlace::None | IdPlace::Body { .. } => true,
        };
        if !placed {
            return None;
        }
        let mut op = Op {
            call: target,
            why: call.why.clone(),
            body: Map::new(),
            wrap: None,
            form: false,
            empty_body: false,
            id_from: None,
            remarks: Vec::new(),
        };
        if let IdPlace::Body { name, list } = call.id {
            let id = if list { json!(["{id}"]) } else { json!("{id}") };
            op.body.insert(name.to_owned(), id);
        }
        if let Some(body) = operation.body().filter(|_| operation.method != "get") {
            op.form = body.form;
            let (wrap, inner) = wrapped(operation.document, body.schema);
            op.wrap = wrap.map(str::to_owned);
            let shape = Shape::of(operation.document, inner);
            for (name, input) in said {
                if shape.property(name).is_some() {
                    op.body.insert(name.clone(), format!("{{{input}}}").into());
                }
            }
            if shape.variants > 1 {
                let count = shape.variants;
                op.remarks.push(format!(
                    "The document has {count} shapes for what {} is sent; the first is drafted.",
                    operation.said()
                ));
            }
        }
        let headers = extra_headers(operation, &self.sign_in);
        for parameter in headers.iter().filter(|it| it.required) {
            op.remarks.push(format!(
                "{} wants the header {} too: headers = {{ … }}",
                operation.said(),
                parameter.name
            ));
        }
        Some(op)
    }
}

impl Op {
    /// Writes its words up to the body.
    pub(super) fn write(&self, head: &str, sheet: &mut Sheet) {
        sheet.table(head);
        for remark in &self.remarks {
            sheet.comment(remark);
        }
        sheet.say("call", &self.call, self.why.as_deref().into());
        if self.form {
            sheet.say("encode", "form", Note::None);
        }
        if let Some(wrap) = &self.wrap {
            sheet.say("wrap", wrap, Note::None);
        }
        if let Some(key) = &self.id_from {
            sheet.say("id_from", key, Note::None);
        }
        if !self.body.is_empty() || self.empty_body {
            sheet.word("body", &Value::Object(self.body.clone()), Note::None);
        }
    }

    /// Adds constants that the document asks for; what looks like a hole is none.
    pub(super) fn constants(&mut self, all: &Value) {
        for (name, value) in all.as_object().into_iter().flatten() {
            if value.to_string().contains('{') {
                self.remarks.push(format!(
                    "The body needs {name} = {value}, which cannot be written here."
                ));
            } else {
                self.body
                    .entry(name.clone())
                    .or_insert_with(|| value.clone());
            }
        }
    }
}

/// Headers that an operation wants beside the credential.
fn extra_headers<'d>(operation: &Operation<'d>, sign_in: &SignIn) -> Vec<Parameter<'d>> {
    let own = [
        "authorization",
        "accept",
        "content-type",
        "content-length",
        "host",
        "connection",
        "transfer-encoding",
        "user-agent",
        "cookie",
    ];
    let signed = |name: &str| {
        let mut headers = sign_in.ways.iter().flat_map(|way| &way.headers);
        headers.any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let token = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let mut all = operation.parameters();
    all.retain(|it| {
        it.place == "header"
            && !own.contains(&it.name.to_ascii_lowercase().as_str())
            && !signed(it.name)
            && it.name.chars().all(token)
    });
    all
}

/// A header that goes with every call.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) name: String,
    /// Its value, where the document has one.
    pub(super) value: Option<String>,
    pub(super) required: bool,
}

/// Headers that go with every call: those that the list wants, and the version of the API.
pub(super) fn headers(operation: &Operation<'_>, sign_in: &SignIn) -> Vec<Header> {
    let all = extra_headers(operation, sign_in);
    let wanted = all
        .iter()
        .filter(|it| it.required || it.name.to_ascii_lowercase().contains("version"));
    let headers = wanted.map(|parameter| {
        let shown = parameter.shape.example.and_then(Value::as_str);
        let plain = |text: &str| {
            !text.is_empty()
                && !text.contains(['{', '}'])
                && text.chars().all(|it| it.is_ascii_graphic() || it == ' ')
        };
        Header {
            name: parameter.name.to_owned(),
            value: holes::fixed(parameter)
                .or(shown.map(str::to_owned))
                .filter(|it| plain(it)),
            required: parameter.required,
        }
    });
    headers.collect()
}
