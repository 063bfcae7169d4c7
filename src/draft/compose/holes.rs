//! Parameters that are not the key itself are inputs of the context: each has one name, wherever a call
//! has it.

use std::collections::BTreeMap;

use crate::draft::{
    calls::{Call, IdPlace},
    names,
    operation::{Operation, Parameter},
    path,
    sign_in::{Input, SignIn},
};

/// The inputs that calls need, by what stands before them.
#[derive(Debug, Default)]
pub(super) struct Holes {
    taken: Vec<String>,
    by_place: BTreeMap<String, String>,
    pub(super) inputs: Vec<Input>,
}

impl Holes {
    pub(super) fn new(sign_in: &SignIn) -> Self {
        let signed = sign_in.inputs().into_iter().map(|input| input.name);
        // `{id}` is the row, and a login captures the token.
        let taken = signed
            .chain(["id", "access_token"].map(str::to_owned))
            .collect();
        Self {
            taken,
            ..Self::default()
        }
    }

    /// The input for a parameter that stands at a place of its own.
    pub(super) fn input(&mut self, place: &str, parameter: &Parameter<'_>) -> String {
        if let Some(known) = self.by_place.get(place) {
            return known.clone();
        }
        let slug = names::slug(parameter.name);
        let base = match slug.as_str() {
            "" | "id" | "uuid" | "uid" | "name" => {
                let around = names::singular(&names::slug(place));
                let around = if around.is_empty() {
                    "path".to_owned()
                } else {
                    around
                };
                format!("{around}_{}", if slug.is_empty() { "value" } else { &slug })
            }
            _ => slug,
        };
        // Where the name is taken, what stands before the parameter says what it is of.
        let around = names::singular(&names::slug(place));
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let mut all = [base.clone(), around].into_iter().chain(numbered);
        let free = |name: &String| !name.is_empty() && !self.taken.contains(name);
        let name = all.find(free).unwrap_or(base);
        // Some generators describe a parameter by its name alone.
        let says = |text: &&str| !text.starts_with("Path parameter");
        let mut input = Input::plain(&name, parameter.description.filter(says));
        let default = parameter.shape.default.or(parameter.shape.constant());
        let default = default
            .and_then(|it| it.as_str())
            .filter(|it| !it.is_empty() && !it.chars().any(char::is_control));
        input.default = default.map(str::to_owned);
        input.why = Some(format!("the calls need it as `{}`", parameter.name));
        self.taken.push(name.clone());
        self.by_place.insert(place.to_owned(), name.clone());
        self.inputs.push(input);
        name
    }

    /// Method and path of a call, with its holes; none where a manifest cannot say the path.
    pub(super) fn target(&mut self, call: &Call<'_>, extra: &[(String, String)]) -> Option<String> {
        let operation = &call.operation;
        let path = self.path(operation, call.id)?;
        let mut query: Vec<(String, String)> = Vec::new();
        if let IdPlace::Query(name) = call.id {
            query.push((name.to_owned(), "{id}".to_owned()));
        }
        for parameter in operation.query().iter().filter(|it| it.required) {
            let known =
                |all: &[(String, String)]| all.iter().any(|(name, _)| name == parameter.name);
            if known(&query) || known(extra) {
                continue;
            }
            let value = match fixed(parameter) {
                Some(fixed) => fixed,
                None => format!("{{{}}}", self.input(parameter.name, parameter)),
            };
            query.push((parameter.name.to_owned(), value));
        }
        query.extend(extra.iter().cloned());
        let mut target = format!("{} {path}", operation.method.to_uppercase());
        for (name, value) in query {
            if !is_name(&name) {
                return None;
            }
            target.push(if target.contains('?') { '&' } else { '?' });
            target.extend([name.as_str(), "=", &value]);
        }
        Some(target)
    }

    fn path(&mut self, operation: &Operation<'_>, id: IdPlace<'_>) -> Option<String> {
        let parameters = operation.parameters();
        let last = operation.path.rfind('{');
        let mut out = String::new();
        let mut rest = operation.path;
        let mut at = 0;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}')?;
            out.push_str(before);
            at += before.len();
            let is_last = last == Some(at);
            at += name.len() + 2;
            match id {
                IdPlace::Path if is_last => out.push_str("{id}"),
                IdPlace::Form if is_last => out.push_str("{form.}"),
                _ => {
                    let place = out
                        .trim_end_matches('/')
                        .rsplit('/')
                        .next()
                        .unwrap_or_default()
                        .to_owned();
                    let known = parameters
                        .iter()
                        .find(|it| it.name == name && it.place == "path")
                        .cloned();
                    let parameter = known.unwrap_or_else(|| unknown(name));
                    let input = self.input(&place, &parameter);
                    out.extend(["{", &input, "}"]);
                }
            }
            rest = after;
        }
        out.push_str(rest);
        path::is_sayable(&out).then_some(out)
    }
}

fn unknown(name: &str) -> Parameter<'_> {
    Parameter {
        name,
        place: "path",
        required: true,
        description: None,
        shape: crate::draft::schema::Shape::default(),
    }
}

/// The only value of a parameter, or the one that it has by itself.
pub(super) fn fixed(parameter: &Parameter<'_>) -> Option<String> {
    let value = parameter.shape.constant().or(parameter.shape.default)?;
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
        _ => return None,
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    (!text.is_empty() && text.chars().all(plain)).then_some(text)
}

/// A name that a query can have as it is written.
fn is_name(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-[]$".contains(letter);
    !name.is_empty() && name.chars().all(plain)
}
