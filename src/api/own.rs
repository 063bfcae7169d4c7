//! Which key of a list a credential is: the one that the context signs in with, so that nobody locks it out
//! by mistake, or one that turned up somewhere. The client asks for each page, the console for what was
//! pasted; the answer is a row, never the credential.

use super::Inputs;
use crate::{
    manifest::{Own, OwnBy, Resource, Role},
    record::{Cell, KeyId, Record, Rows},
    secret::Secret,
};

/// An id or a client id that is shorter is not looked for inside a longer text: it may stand there by chance.
const TELLING: usize = 12;
/// Fewer characters of a key than these tell nothing.
const FEW: usize = 4;

/// What tells that a text is, or belongs to, a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The text is the key: the id of such keys is their secret, of which rows have a fingerprint.
    Key,
    /// The key's id stands inside the text.
    IdInside,
    /// The text is the key's client id, or has it in it.
    ClientId,
    /// The text is the key's id.
    Id,
    /// The characters of the key that the list shows, so many, are those of the text.
    Part(usize),
}

/// The row among these that the context signs in with.
#[must_use]
pub fn find(resource: &Resource, inputs: &Inputs, rows: &Rows) -> Option<KeyId> {
    let prints = fingerprints(resource, inputs.values().map(exposed));
    let mut ids = rows.iter().filter_map(Record::id);
    if !prints.is_empty()
        && let Some(own) = ids.find(|id| prints.contains(id))
    {
        return Some(own);
    }
    let own = resource.own.as_ref()?;
    let field = field_of(resource, own);
    let credential = exposed(inputs.get(&own.input)?);
    let mut records = rows.iter();
    let is_own = |record: &Record<'_>| {
        let value = compared(*record, field, own.by);
        match own.by {
            OwnBy::Equal => !value.is_empty() && value == credential,
            OwnBy::Prefix => fits(credential, value),
            OwnBy::Suffix => ends(credential, value),
            OwnBy::IdInside => is_inside(credential, value),
            OwnBy::Asked => false,
        }
    };
    records.find(is_own).and_then(Record::id)
}

/// What stands for these texts, where ids are secrets; nothing where they are none.
#[must_use]
pub fn fingerprints<'t>(resource: &Resource, texts: impl Iterator<Item = &'t str>) -> Vec<KeyId> {
    let texts = texts.filter(|_| resource.item_id_secret);
    texts.map(KeyId::fingerprint).collect()
}

fn field_of(resource: &Resource, own: &Own) -> Option<usize> {
    resource.field_at(own.field.as_ref()?)
}

/// What the row has of the credential.
fn compared(record: Record<'_>, field: Option<usize>, by: OwnBy) -> &str {
    match field.map(|field| record.cell(field)) {
        Some(Cell::Text(text)) => text.exact(),
        _ if by == OwnBy::IdInside => record.id_text().unwrap_or(""),
        _ => "",
    }
}

/// The text begins so, or is around the gap as the value is around its own.
fn fits(text: &str, value: &str) -> bool {
    let Some((head, tail)) = around_gap(value) else {
        return !value.is_empty() && text.starts_with(value);
    };
    let shown = head.len() + tail.len();
    shown >= FEW && text.len() >= shown && text.starts_with(head) && text.ends_with(tail)
}

/// How a key begins, by what a list shows of it.
#[must_use]
pub fn beginning(value: &str) -> &str {
    around_gap(value).map_or(value, |(head, _)| head)
}

/// How many characters a list shows by this value.
fn shown(value: &str) -> usize {
    let (head, tail) = around_gap(value).unwrap_or((value, ""));
    head.chars().count() + tail.chars().count()
}

fn ends(text: &str, value: &str) -> bool {
    value.len() >= FEW && text.ends_with(value)
}

/// What stands around the part that is left out of `sk-…abcd`, `sk-****abcd` or `sk-...abcd`.
fn around_gap(value: &str) -> Option<(&str, &str)> {
    let is_gap = |letter: char| matches!(letter, '*' | '…' | '•');
    let (start, _) = value
        .match_indices(is_gap)
        .chain(value.match_indices(".."))
        .min_by_key(|(at, _)| *at)?;
    let (head, rest) = value.split_at(start);
    Some((
        head,
        rest.trim_start_matches(|letter| letter == '.' || is_gap(letter)),
    ))
}

fn is_inside(credential: &str, id: &str) -> bool {
    let bare = id.replace('-', "");
    bare.len() >= TELLING && credential.contains(&bare)
}

/// The list says something of its keys by which one can be told from its secret.
#[must_use]
pub fn tells(resource: &Resource) -> bool {
    let told = resource.own.as_ref().map(|own| own.by);
    told.is_some_and(|by| by != OwnBy::Asked)
        || resource.item_id_secret
        || resource.role(Role::Prefix).is_some()
        || resource.role(Role::ClientId).is_some()
}

/// The strongest sign that one of these texts, which are readings of the same one, is this row's key; `prints`
/// are their [`fingerprints`].
#[must_use]
pub fn sign(record: Record<'_>, texts: &[&str], prints: &[KeyId]) -> Option<Sign> {
    let resource = record.resource();
    let any = |test: &dyn Fn(&str) -> bool| texts.iter().any(|text| test(text));
    let role = |role: Role| match record.role(role) {
        Cell::Text(text) => text.exact(),
        _ => "",
    };
    let own = resource.own.as_ref();
    let by = |by: OwnBy| {
        let own = own.filter(|own| own.by == by);
        own.map_or("", |own| compared(record, field_of(resource, own), by))
    };
    let id = record.id_text().unwrap_or("");
    let (inside, equal) = (by(OwnBy::IdInside), by(OwnBy::Equal));
    let client = |client: &str| {
        let is = |text: &str| text == client || client.len() >= TELLING && text.contains(client);
        !client.is_empty() && any(&is)
    };
    let parts = [role(Role::Prefix), by(OwnBy::Prefix)];
    let part = parts.into_iter().find(|part| any(&|text| fits(text, part)));
    let end = Some(by(OwnBy::Suffix)).filter(|end| any(&|text| ends(text, end)));
    if prints.iter().any(|print| print.as_str() == id) {
        Some(Sign::Key)
    } else if any(&|text| text != inside && is_inside(text, inside)) {
        Some(Sign::IdInside)
    } else if client(role(Role::ClientId)) || client(equal) {
        Some(Sign::ClientId)
    } else if !id.is_empty() && any(&|text| text == id) {
        Some(Sign::Id)
    } else {
        part.or(end).map(|part| Sign::Part(shown(part)))
    }
}

/// What of a new secret signs in: of a pair the last part.
#[must_use]
pub fn signs_in(resource: &Resource, secret: &Secret) -> Secret {
    let ops = [&resource.create, &resource.rotate].into_iter().flatten();
    let parts = ops.filter_map(|op| op.secret.as_ref());
    let parts = parts.map(|parts| parts.iter().len()).max().unwrap_or(1);
    let lines = exposed(secret).lines().count();
    match exposed(secret).rsplit_once('\n') {
        Some((_, last)) if parts > 1 && lines == parts => {
            Secret::new(zeroize::Zeroizing::new(last.to_owned()))
        }
        _ => secret.again(),
    }
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
            Some(&KeyId::new(id, resource.id_kind()).unwrap()),
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

    #[test]
    fn a_key_whose_id_is_its_secret_is_known_by_the_fingerprint() {
        let (resource, _) = rows("typesense", "keys", "7", "value_prefix", "iKBT");
        let resource = Arc::new(Resource {
            item_id_secret: true,
            ..(*resource).clone()
        });
        let mut rows = Rows::new(Arc::clone(&resource));
        let values = resource.field.iter().map(|_| Value::Absent);
        let id = KeyId::fingerprint("tok-secret-1");
        rows.push(Some(&id), values.collect());
        let own = find(&resource, &inputs("api_key", "tok-secret-1"), &rows);
        assert_eq!(own, Some(id));
        assert_eq!(find(&resource, &inputs("api_key", "other"), &rows), None);
        let told = |text: &str| {
            let prints = fingerprints(&resource, [text].into_iter());
            sign(rows.record(0), &[text], &prints)
        };
        assert_eq!(told("tok-secret-1"), Some(Sign::Key));
        assert_eq!(told("tok-secret-2"), None);
    }

    #[test]
    fn a_key_whose_middle_is_left_out_is_known_by_what_is_around_it() {
        for (text, value, known) in [
            ("sk-admin-0123def", "sk-admin...def", true),
            ("sk-0123-7sWQ", "sk-…7sWQ", true),
            ("sk-0123-7sWQ", "sk-********7sWQ", true),
            ("sk-0123-7sWQ", "**** 7sWQ", false),
            ("sk-0123-7sWQ", "****7sWQ", true),
            ("sk-0123-7sWQ", "sk-0123…", true),
            ("sk-0123-7sWX", "sk-...7sWQ", false),
            ("pk-0123-7sWQ", "sk-...7sWQ", false),
            ("sk-7", "sk-...-7", false),
            ("sk-0123", "…", false),
            ("sk-0123", "s…3", false),
            ("sk-0123", "", false),
            ("sk.01.23", "sk.01", true),
        ] {
            assert_eq!(fits(text, value), known, "{text} {value}");
        }
        assert!(ends("0123abcd", "abcd") && !ends("0123abcd", "bcd") && !ends("0123abcd", ""));
        assert_eq!((shown("sk-…7sWQ"), shown("iKBT")), (7, 4));
        assert_eq!((beginning("sk-…7sWQ"), beginning("iKBT")), ("sk-", "iKBT"));
    }

    #[test]
    fn a_text_is_told_by_the_strongest_sign() {
        let told = |(resource, rows): (Arc<Resource>, Rows), texts: &[&str]| {
            assert!(tells(&resource));
            sign(rows.record(0), texts, &[])
        };
        let id = "a37b3065-fb45-41c0-aa53-e5e04af4edc0";
        let chutes = || rows("chutes", "api_keys", id, "name", "ci");
        let key = "cpk_a37b3065fb4541c0aa53e5e04af4edc0.3cc2.x";
        assert_eq!(told(chutes(), &[key]), Some(Sign::IdInside));
        assert_eq!(told(chutes(), &["x", id]), Some(Sign::Id));
        assert_eq!(told(chutes(), &["cpk_b37b"]), None);
        let typesense = || rows("typesense", "keys", "7", "value_prefix", "iKBT");
        assert_eq!(told(typesense(), &["iKBTx"]), Some(Sign::Part(4)));
        assert_eq!(told(typesense(), &["7"]), Some(Sign::Id));
        assert_eq!(told(typesense(), &["iKB", "xiKBT", "77"]), None);
        let run = || rows("runai", "access-keys", "41", "clientId", "cid-ci-deploy");
        assert_eq!(told(run(), &["cid-ci-deploy"]), Some(Sign::ClientId));
        let both = "client_id=cid-ci-deploy&client_secret=x";
        assert_eq!(told(run(), &[both]), Some(Sign::ClientId));
        assert_eq!(told(run(), &["cid-ci"]), None);
    }
}
