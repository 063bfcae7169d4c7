//! Fields and filters as the words of a manifest.

use serde_json::Value;

use crate::draft::{
    field::{Field, help, one_line},
    names,
    operation::Parameter,
    schema::{Shape, Type},
    sheet::{Note, Sheet},
};

/// Most filters that are drafted.
const FILTERS: usize = 12;
/// Parameters that order and shape an answer instead of narrowing it.
const SHAPING: [&str; 20] = [
    "sort",
    "order",
    "sort by",
    "sortby",
    "order by",
    "orderby",
    "direction",
    "sort order",
    "sort direction",
    "fields",
    "include",
    "expand",
    "embed",
    "format",
    "pretty",
    "select",
    "populate",
    "locale",
    "lang",
    "language",
];

/// Writes a field, and the fields of its records.
pub(super) fn field(field: &Field, sheet: &mut Sheet) {
    one(field, "[[resource.field]]", sheet);
    for part in &field.each {
        one(part, "[[resource.field.each]]", sheet);
    }
}

fn one(field: &Field, head: &str, sheet: &mut Sheet) {
    sheet.table(head);
    for remark in &field.remarks {
        sheet.comment(remark);
    }
    sheet.say("key", &field.key, Note::None);
    sheet.say("title", &field.title, Note::None);
    if let Some(at) = &field.at {
        sheet.say("at", at, Note::None);
    }
    if let Some(to) = &field.to {
        sheet.say("to", &to.value, to.why.as_deref().into());
    }
    if let Some(role) = field.role.filter(|_| !head.contains("each")) {
        sheet.say("role", role.word(), Note::Guessed("from its name"));
    }
    if let Some(kind) = field.kind.as_ref().filter(|kind| kind.value != "text") {
        sheet.say("kind", kind.value, kind.why.as_deref().into());
    }
    if let Some(format) = &field.format {
        sheet.say("format", format.value, format.why.as_deref().into());
    }
    sheet.list("choices", &field.choices);
    sheet.list("labels", &field.labels);
    if field.column {
        sheet.word("column", &true.into(), Note::None);
    }
    asked(field, sheet);
    if let Some(help) = &field.help {
        sheet.say("help", help, Note::None);
    }
}

/// What a form asks and sends.
fn asked(field: &Field, sheet: &mut Sheet) {
    let send: Vec<String> = field.send.iter().map(|verb| (*verb).to_owned()).collect();
    sheet.list("send", &send);
    if field.send.is_empty() {
        return;
    }
    if field.required {
        sheet.word("required", &true.into(), Note::None);
    }
    if let Some(default) = &field.default {
        sheet.word("default", default, Note::None);
    }
    if field.empty_is_null {
        sheet.say("empty", "null", Note::None);
    }
    sheet.list("suggest", &field.suggest);
    if let Some(pattern) = &field.pattern {
        sheet.say("pattern", pattern, Note::None);
    }
    for (word, number) in [("min", field.min), ("max", field.max)] {
        if let Some(number) = number {
            sheet.word(word, &number.into(), Note::None);
        }
    }
    if field.lines {
        sheet.word("lines", &true.into(), Note::None);
    }
}

/// Writes the parameters of a list that narrow it as filters.
pub(super) fn filters(all: &[Parameter<'_>], paging: &[&str], sheet: &mut Sheet) {
    let mut written: Vec<String> = Vec::new();
    for parameter in all {
        let spaced = names::spaced(parameter.name);
        let aside =
            parameter.required || parameter.shape.deprecated || paging.contains(&parameter.name);
        let shapes = SHAPING.contains(&spaced.as_str());
        let id = spaced.replace(' ', "_");
        let named = !id.is_empty() && id.is_ascii() && !written.contains(&id);
        if aside
            || shapes
            || !named
            || parameter.shape.kind == Some(Type::Object)
            || written.len() >= FILTERS
        {
            continue;
        }
        let plain = parameter
            .name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_');
        let id = if plain { parameter.name.to_owned() } else { id };
        sheet.table("[[resource.filter]]");
        sheet.say("id", &id, Note::None);
        let title = one_line(&names::title(parameter.name));
        sheet.say("title", &title, Note::None);
        if id != parameter.name {
            sheet.say("param", parameter.name, Note::None);
        }
        kind(&parameter.shape, sheet);
        if parameter.place == "body" {
            sheet.say("in", "body", Note::None);
        }
        if let Some(help) = help(parameter.description, 200) {
            sheet.say("help", &help, Note::None);
        }
        written.push(id);
    }
}

fn kind(shape: &Shape<'_>, sheet: &mut Sheet) {
    let mut choices: Vec<String> = Vec::new();
    for choice in shape.choices.iter().filter_map(|it| it.as_str()) {
        if !choices.iter().any(|known| known == choice) {
            choices.push(choice.to_owned());
        }
    }
    if shape.kind == Some(Type::Truth) {
        sheet.say("kind", "bool", Note::None);
    } else if shape.kind == Some(Type::Text) && !choices.is_empty() {
        sheet.say("kind", "choice", Note::None);
        sheet.word("choices", &Value::from(choices), Note::None);
    } else if matches!(shape.format, "date-time" | "date") {
        sheet.say("kind", "date", Note::None);
    }
}
