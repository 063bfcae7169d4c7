//! The values of a form that is only looked at: what was given goes through the checks of every form, and
//! what was not is a hole where it would be sent.

use std::{collections::BTreeMap, sync::Arc};

use zeroize::Zeroizing;

use super::{
    super::super::{Failure, args, write},
    marks::Marks,
};
use crate::{
    api::FieldValue,
    app::form::given::{Sheet, Wrong},
    manifest::{Field, Kind, Op, Resource, Verb},
    record::{Moment, Rows},
    secret::Secret,
};

/// The values of a write, and the fields that were left out.
pub(super) struct Filled {
    pub values: BTreeMap<String, FieldValue>,
    pub left_out: Vec<String>,
}

/// Fills a form in.
///
/// # Errors
/// All that is wrong with what was given.
pub(super) fn fill(
    resource: &Resource,
    verb: Verb,
    op: &Op,
    arguments: &args::BackendTry,
    marks: &Marks,
) -> Result<Filled, Failure> {
    let given = given(arguments)?;
    let form = Rows::new(Arc::new(lenient(resource, verb, &given)));
    let now = Moment::from_micros(jiff::Timestamp::now().as_microsecond());
    let mut sheet = Sheet::new(Verb::Create, form, now);
    let mut wrong: Vec<Wrong> = Vec::new();
    for (name, value) in &given {
        wrong.extend(put(&mut sheet, name, value).err());
    }
    write::told(&wrong)?;
    let none = Rows::new(Arc::new(resource.clone()));
    let values = sheet.values(&none, None);
    let values = values.map_err(|wrong| write::mistakes(&wrong))?;
    let mut filled = Filled {
        values,
        left_out: Vec::new(),
    };
    let only = verb == Verb::Update;
    filled
        .values
        .retain(|name, _| !only || given.contains_key(name));
    let sent = resource
        .field
        .iter()
        .filter(|field| field.send.contains(&verb));
    for field in sent.filter(|field| !given.contains_key(&field.key)) {
        let key = &field.key;
        let in_call = op.names(&format!("form.{key}"));
        let makes = verb == Verb::Create && field.makes().is_some();
        let all = only && (given.is_empty() || op.full);
        let wanted = (field.required && !only) || in_call || makes || all;
        if wanted && !filled.values.contains_key(key) {
            filled
                .values
                .insert(key.clone(), hole(field, all && op.full, marks));
        } else if !filled.values.contains_key(key) {
            filled.left_out.push(key.clone());
        }
    }
    Ok(filled)
}

/// What was given, by field.
fn given(arguments: &args::BackendTry) -> Result<BTreeMap<String, (String, bool)>, Failure> {
    let mut given = BTreeMap::new();
    for (texts, is_json) in [(&arguments.set, false), (&arguments.set_json, true)] {
        for text in texts {
            // What has no name may be a secret: it is not repeated.
            let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty())
            else {
                let form = if is_json {
                    "--set-json NAME=JSON"
                } else {
                    "--set NAME=VALUE"
                };
                return Err(Failure::usage(format!("write {form}")));
            };
            given.insert(name.to_owned(), (value.to_owned(), is_json));
        }
    }
    Ok(given)
}

fn put(sheet: &mut Sheet, name: &str, (value, is_json): &(String, bool)) -> Result<(), Wrong> {
    if sheet.field(name)?.kind == Kind::Secret {
        let why = "It is a secret, which is not shown: leave it out.";
        return Err(Wrong::new(name, why));
    }
    if !*is_json {
        return sheet.text(name, value);
    }
    match serde_json::from_str(value) {
        Ok(value) => sheet.json(name, &value),
        Err(error) => Err(Wrong::new(name, format!("This is not JSON: {error}."))),
    }
}

/// The same resource with a form that may be left empty: the fields of this verb, of which none has to be
/// given and only a create's start with something.
fn lenient(resource: &Resource, verb: Verb, given: &BTreeMap<String, (String, bool)>) -> Resource {
    let mut lenient = resource.clone();
    for field in &mut lenient.field {
        ask(field, verb);
        for part in &mut field.each {
            ask(part, verb);
        }
        if !given.contains_key(&field.key) {
            field.required = false;
            field.generate = None;
            if verb != Verb::Create {
                field.default = None;
            }
        }
    }
    lenient
}

/// The form of a create asks for what the verb sends.
fn ask(field: &mut Field, verb: Verb) {
    let asks = field.send.contains(&verb);
    field.send = if asks { vec![Verb::Create] } else { Vec::new() };
}

/// What stands for a value that was not given; in an update that sends all, what the row has.
fn hole(field: &Field, of_row: bool, marks: &Marks) -> FieldValue {
    let key = &field.key;
    let name = if of_row {
        format!("item.{key}")
    } else {
        format!("form.{key}")
    };
    if field.kind == Kind::Secret {
        return FieldValue::Secret(Secret::new(Zeroizing::new(marks.secret(key))));
    }
    let text = matches!(
        field.kind,
        Kind::Text | Kind::Choice | Kind::Time | Kind::Expiry
    );
    let mark = if text {
        marks.hole(&name)
    } else {
        marks.bare(&name)
    };
    FieldValue::Plain(mark.into())
}
