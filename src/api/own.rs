//! Which key of a list is the one that the context signs in with, so that nobody locks it out by mistake.
//! The client asks for each page; the answer is an id, never the credential.

use super::Inputs;
use crate::{
    manifest::{OwnBy, Resource},
    record::{Cell, KeyId, Rows},
    secret::Secret,
};

/// The row among these that the context signs in with.
#[must_use]
pub fn find(resource: &Resource, inputs: &Inputs, rows: &Rows) -> Option<KeyId> {
    let own = resource.own.as_ref()?;
    let field = resource.field_at(&own.field);
    let credential = exposed(inputs.get(&own.input)?);
    let is_own = |row: usize| {
        let value = match field.map(|field| rows.cell(row, field)) {
            Some(Cell::Text(text)) => text.exact(),
            _ if own.by == OwnBy::IdInside => rows.id_text(row).unwrap_or(""),
            _ => "",
        };
        match own.by {
            OwnBy::Equal => !value.is_empty() && value == credential,
            OwnBy::Prefix => !value.is_empty() && credential.starts_with(value),
            OwnBy::IdInside => {
                let bare = value.replace('-', "");
                bare.len() >= 16 && credential.contains(&bare)
            }
        }
    };
    (0..rows.len())
        .find(|&row| is_own(row))
        .and_then(|row| rows.record(row).id())
}

fn exposed(secret: &Secret) -> &str {
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with the rows, and goes nowhere"
    )]
    secret.expose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{manifest, record::Value};
    use std::sync::Arc;
    use zeroize::Zeroizing;

    fn rows(
        backend: &str,
        resource: &str,
        id: &str,
        field: &str,
        value: &str,
    ) -> (Arc<Resource>, Rows) {
        let manifest = manifest::load(manifest::builtin(backend).unwrap()).unwrap();
        let resource = Arc::clone(manifest.resource(resource).unwrap());
        let mut rows = Rows::new(Arc::clone(&resource));
        let values = resource.field.iter().map(|it| {
            if it.key == field {
                Value::Text(value.into())
            } else {
                Value::Absent
            }
        });
        rows.push(
            Some(&KeyId::new(id, resource.item_id_kind).unwrap()),
            values.collect(),
        );
        (resource, rows)
    }

    fn inputs(name: &str, value: &str) -> Inputs {
        [(
            name.to_owned(),
            Secret::new(Zeroizing::new(value.to_owned())),
        )]
        .into()
    }

    #[test]
    fn a_chutes_key_is_known_by_the_id_inside_it() {
        let (resource, rows) = rows(
            "chutes",
            "api_keys",
            "a37b3065-fb45-41c0-aa53-e5e04af4edc0",
            "name",
            "ci",
        );
        let mine = inputs(
            "api_key",
            "cpk_a37b3065fb4541c0aa53e5e04af4edc0.3cc2b8dfe17c50f098d645b7ca2856db.x",
        );
        assert_eq!(
            find(&resource, &mine, &rows).unwrap().as_str(),
            "a37b3065-fb45-41c0-aa53-e5e04af4edc0"
        );
        assert_eq!(
            find(
                &resource,
                &inputs("api_key", "cpk_00000000fb4541c0aa53e5e04af4edc0.y.x"),
                &rows
            ),
            None
        );
    }

    #[test]
    fn a_typesense_key_is_known_by_its_prefix() {
        let (resource, rows) = rows("typesense", "keys", "7", "value_prefix", "iKBT");
        assert_eq!(
            find(&resource, &inputs("api_key", "iKBTsecret"), &rows)
                .unwrap()
                .as_str(),
            "7"
        );
        assert_eq!(find(&resource, &inputs("api_key", "other"), &rows), None);
    }
}
