//! What a schema says of a value, with its references followed and its parts merged: the first word on
//! each question wins, because what stands nearer says more.

use serde_json::{Map, Value};

use super::document::{Document, text};

/// Schemas inside schemas that are merged.
const DEEPEST: usize = 24;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Object,
    Array,
    Text,
    Whole,
    Number,
    Truth,
}

/// What is known of a value.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of a schema that is there or not"
)]
#[derive(Debug, Clone, Default)]
pub(super) struct Shape<'d> {
    pub(super) kind: Option<Type>,
    pub(super) nullable: bool,
    pub(super) format: &'d str,
    pub(super) title: Option<&'d str>,
    pub(super) description: Option<&'d str>,
    pub(super) pattern: Option<&'d str>,
    pub(super) choices: Vec<&'d Value>,
    /// What the choices are called, where all have a name.
    pub(super) labels: Vec<&'d str>,
    pub(super) default: Option<&'d Value>,
    pub(super) example: Option<&'d Value>,
    /// Least and greatest, of a text its length.
    pub(super) min: Option<&'d Value>,
    pub(super) max: Option<&'d Value>,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
    pub(super) properties: Vec<Property<'d>>,
    pub(super) items: Option<&'d Value>,
    /// What the members of an object of any names are.
    pub(super) others: Option<&'d Value>,
    /// Shapes that the document offers; the first is taken.
    pub(super) variants: usize,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property<'d> {
    pub(super) name: &'d str,
    pub(super) schema: &'d Value,
    pub(super) required: bool,
}

impl<'d> Shape<'d> {
    /// What a schema says.
    pub(super) fn of(document: &'d Document, schema: &'d Value) -> Self {
        let mut merge = Merge {
            document,
            shape: Self::default(),
            required: Vec::new(),
        };
        merge.schema(schema, 0);
        let Merge {
            mut shape,
            required,
            ..
        } = merge;
        for property in &mut shape.properties {
            property.required = required.contains(&property.name);
        }
        if shape.kind.is_none() {
            shape.kind = shape.implied();
        }
        shape
    }

    fn implied(&self) -> Option<Type> {
        if !self.properties.is_empty() {
            return Some(Type::Object);
        }
        if self.items.is_some() {
            return Some(Type::Array);
        }
        match self.choices.first()? {
            Value::String(_) => Some(Type::Text),
            Value::Bool(_) => Some(Type::Truth),
            Value::Number(number) if !number.is_f64() => Some(Type::Whole),
            _ => None,
        }
    }

    /// The one value that there is.
    pub(super) fn constant(&self) -> Option<&'d Value> {
        match self.choices.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The member of this name.
    pub(super) fn property(&self, name: &str) -> Option<&Property<'d>> {
        self.properties
            .iter()
            .find(|property| property.name == name)
    }

    /// What its elements are.
    pub(super) fn element(&self, document: &'d Document) -> Option<Self> {
        self.items.map(|items| Self::of(document, items))
    }
}

struct Merge<'d> {
    document: &'d Document,
    shape: Shape<'d>,
    required: Vec<&'d str>,
}

impl<'d> Merge<'d> {
    fn schema(&mut self, schema: &'d Value, depth: usize) {
        if depth > DEEPEST || !self.document.step() {
            return;
        }
        let Some(members) = schema.as_object() else {
            return;
        };
        self.own(members);
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && let Some(target) = self.document.target(reference)
        {
            // The title of what is named is the name of a type.
            let title = self.shape.title;
            self.schema(target, depth + 1);
            self.shape.title = title;
        }
        for part in list(members, "allOf") {
            self.schema(part, depth + 1);
        }
        for word in ["oneOf", "anyOf"] {
            let either: Vec<&'d Value> = list(members, word).collect();
            self.either(&either, depth);
        }
    }

    fn own(&mut self, members: &'d Map<String, Value>) {
        self.kind(members.get("type"));
        let shape = &mut self.shape;
        let flag = |word: &str| members.get(word) == Some(&Value::Bool(true));
        shape.nullable |= flag("nullable") || flag("x-nullable");
        shape.read_only |= flag("readOnly");
        shape.write_only |= flag("writeOnly");
        shape.deprecated |= flag("deprecated");
        if shape.format.is_empty() {
            shape.format = text(members.get("format")).unwrap_or_default();
        }
        let texts = [
            (&mut shape.title, "title"),
            (&mut shape.description, "description"),
            (&mut shape.pattern, "pattern"),
        ];
        for (place, word) in texts {
            *place = place.or_else(|| text(members.get(word)));
        }
        let values = [
            (&mut shape.default, "default", "default"),
            (&mut shape.min, "minLength", "minimum"),
            (&mut shape.max, "maxLength", "maximum"),
            (&mut shape.items, "items", "items"),
        ];
        for (place, word, other) in values {
            *place = place
                .or_else(|| members.get(word))
                .or_else(|| members.get(other));
        }
        let shown = list(members, "examples").next();
        shape.example = shape.example.or_else(|| members.get("example")).or(shown);
        let others = members
            .get("additionalProperties")
            .filter(|it| it.is_object());
        shape.others = shape.others.or(others);
        self.values(members);
        self.members(members);
    }

    fn kind(&mut self, word: Option<&'d Value>) {
        let words: Vec<&str> = match word {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        self.shape.nullable |= words.contains(&"null");
        let known = words.iter().find_map(|word| match *word {
            "object" => Some(Type::Object),
            "array" => Some(Type::Array),
            "string" => Some(Type::Text),
            "integer" => Some(Type::Whole),
            "number" => Some(Type::Number),
            "boolean" => Some(Type::Truth),
            _ => None,
        });
        self.shape.kind = self.shape.kind.or(known);
    }

    /// The only values there are.
    fn values(&mut self, members: &'d Map<String, Value>) {
        if !self.shape.choices.is_empty() {
            return;
        }
        let all: Vec<&'d Value> = list(members, "enum").chain(members.get("const")).collect();
        self.shape.nullable |= all.iter().any(|value| value.is_null());
        for value in all {
            if !value.is_null() && !self.shape.choices.contains(&value) {
                self.shape.choices.push(value);
            }
        }
    }

    fn members(&mut self, members: &'d Map<String, Value>) {
        let properties = members.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            if self.shape.property(name).is_none() {
                self.shape.properties.push(Property {
                    name,
                    schema,
                    required: false,
                });
            }
        }
        self.required
            .extend(list(members, "required").filter_map(Value::as_str));
    }

    /// Of several shapes the first that is not null; several constants are choices.
    fn either(&mut self, either: &[&'d Value], depth: usize) {
        let document = self.document;
        let is_null = |schema: &&'d Value| {
            let schema = document.follow(schema);
            schema.get("type").is_some_and(|kind| kind == "null")
                || schema
                    .get("enum")
                    .is_some_and(|all| *all == Value::Array(vec![Value::Null]))
        };
        let real: Vec<&'d Value> = either
            .iter()
            .filter(|schema| !is_null(schema))
            .copied()
            .collect();
        self.shape.nullable |= real.len() < either.len();
        if real.len() > 1 && self.constants(&real) {
            return;
        }
        if let Some(first) = real.first() {
            // Of choices and a free text, as some documents write suggestions, the text says what may stand.
            self.shape.variants = self.shape.variants.max(real.len());
            self.schema(first, depth + 1);
        }
    }

    fn constants(&mut self, real: &[&'d Value]) -> bool {
        let found: Option<Vec<&'d Value>> = real.iter().map(|schema| schema.get("const")).collect();
        let Some(found) = found.filter(|_| self.shape.choices.is_empty()) else {
            return false;
        };
        let labels: Option<Vec<&'d str>> = real
            .iter()
            .map(|schema| text(schema.get("title")))
            .collect();
        self.shape.labels = labels.unwrap_or_default();
        self.shape.choices = found;
        true
    }
}

fn list<'d>(members: &'d Map<String, Value>, word: &str) -> impl Iterator<Item = &'d Value> {
    members
        .get(word)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(schemas: &str, look: impl FnOnce(&Shape<'_>) -> T) -> T {
        let text = format!("openapi: 3.1.0\npaths: {{ /a: {{}} }}\n{schemas}");
        let document = Document::read(text.as_bytes()).unwrap();
        look(&Shape::of(&document, document.at("/it").unwrap()))
    }

    #[test]
    fn parts_are_merged_and_the_nearest_word_wins() {
        let text = "
it: { $ref: '#/whole', description: mine }
whole:
  title: Whole
  description: theirs
  allOf:
  - { type: object, required: [a], properties: { a: { type: string } } }
  - { required: [b], properties: { a: { type: integer }, b: {}, c: {} } }
";
        with(text, |shape| {
            assert_eq!(
                (shape.kind, shape.description),
                (Some(Type::Object), Some("mine"))
            );
            assert_eq!(shape.title, None);
            let told: Vec<_> = shape
                .properties
                .iter()
                .map(|it| (it.name, it.required))
                .collect();
            assert_eq!(told, [("a", true), ("b", true), ("c", false)]);
            assert_eq!(shape.property("a").unwrap().schema["type"], "string");
        });
    }

    #[test]
    fn null_among_several_shapes_and_types_means_that_it_may_be_null() {
        for schema in [
            "{ anyOf: [{ type: string }, { type: 'null' }] }",
            "{ oneOf: [{ type: 'null' }, { $ref: '#/text' }] }",
            "{ type: [string, 'null'] }",
            "{ type: string, nullable: true }",
            "{ enum: [a, null] }",
        ] {
            with(
                &format!("it: {schema}\ntext: {{ type: string }}"),
                |shape| {
                    assert_eq!(
                        (shape.kind, shape.nullable),
                        (Some(Type::Text), true),
                        "{schema}"
                    );
                },
            );
        }
    }

    #[test]
    fn constants_with_titles_are_choices_with_labels() {
        let schema = "it: { oneOf: [{ const: r, title: Read }, { const: w, title: Write }] }";
        with(schema, |shape| {
            assert_eq!(
                (shape.choices.as_slice(), shape.labels.as_slice()),
                (
                    [&"r".into(), &"w".into()].as_slice(),
                    ["Read", "Write"].as_slice()
                )
            );
        });
    }

    #[test]
    fn circles_and_parts_that_double_at_each_step_end() {
        with(
            "it: { allOf: [{ $ref: '#/it' }, { type: object }] }",
            |shape| {
                assert_eq!(shape.kind, Some(Type::Object));
            },
        );
        let mut text = "it: { $ref: '#/a0' }\n".to_owned();
        for at in 0..40 {
            let next = format!("{{ $ref: '#/a{}' }}", at + 1);
            let both = format!("{{ allOf: [{next}, {next}] }}");
            text.extend(["a", &at.to_string(), ": ", &both, "\n"]);
        }
        with(&text, |shape| assert_eq!(shape.kind, None));
    }
}
