//! What nobody touched goes as the row says it, or not at all: a form shows a value in words, and not every
//! value comes back from them as it was. `values` asks for each field before it reads what was typed.

use serde_json::Value as Json;

use super::{Entry, fields};
use crate::{
    manifest::{Empty, Field, Kind, Resource, Verb},
    record::{Cell, Moment, Record, Rows, as_told, cell_json},
};

/// A form as it was before anybody touched it, and the row that it started from.
pub(super) struct Start<'a> {
    row: Record<'a>,
    verb: Verb,
    entries: Vec<Entry>,
}

/// What a field sends that nobody touched.
#[derive(Debug, PartialEq)]
pub(super) enum Told {
    /// This, which is what the row has.
    Value(Json),
    /// Nothing: the row has no value.
    Nothing,
    /// What its text means, as if somebody had typed it.
    AsTyped,
}

impl<'a> Start<'a> {
    /// The start of a form from the first row of `base`; none where it starts from nothing.
    pub(super) fn of(resource: &Resource, verb: Verb, base: &'a Rows, now: Moment) -> Option<Self> {
        (!base.is_empty()).then(|| Self {
            row: base.record(0),
            verb,
            entries: fields::entries(resource, verb, base, now),
        })
    }

    /// The entries of the field at this position as they were.
    pub(super) fn entries(&self, at: usize) -> Vec<&Entry> {
        of_field(&self.entries, at)
    }

    /// Somebody changed an entry of the field at this position.
    pub(super) fn is_touched(&self, entries: &[Entry], at: usize) -> bool {
        let (old, new) = (self.entries(at), of_field(entries, at));
        let same = |(old, new): (&&Entry, &&Entry)| {
            old.slot == new.slot && old.editor.says_the_same(&new.editor)
        };
        old.len() != new.len() || !old.iter().zip(&new).all(same)
    }

    /// What the field at this position sends although nobody touched it.
    pub(super) fn told(&self, field: &Field, at: usize) -> Told {
        let cell = self.row.cell(at);
        let updates = self.verb == Verb::Update;
        match (field.kind, cell) {
            // A copy ends when the original does, as far as that is to come.
            (Kind::Time | Kind::Expiry, Cell::Time(end)) if updates => {
                as_told(field, end).map_or(Told::AsTyped, Told::Value)
            }
            (Kind::Records, Cell::Json(text)) if updates => records(field, text.exact()),
            (Kind::Secret | Kind::Time | Kind::Expiry | Kind::Records | Kind::Json, _) => {
                Told::AsTyped
            }
            (_, Cell::Text(text)) if !updates && text.exact().is_empty() => Told::AsTyped,
            (_, Cell::Text(_) | Cell::List(_) | Cell::Bool(_) | Cell::Int(_)) => {
                Told::Value(cell_json(cell))
            }
            (_, Cell::Null) if updates && matches!(field.empty, Empty::Null | Empty::Clear) => {
                Told::Value(Json::Null)
            }
            _ if updates || field.kind == Kind::Bool => Told::Nothing,
            _ => Told::AsTyped,
        }
    }
}

fn of_field(entries: &[Entry], at: usize) -> Vec<&Entry> {
    let own = entries.iter().filter(|entry| entry.slot.field == at);
    own.collect()
}

/// The records of a row without the parts that only the service sets.
fn records(field: &Field, text: &str) -> Told {
    let Ok(Json::Array(mut records)) = serde_json::from_str(text) else {
        return Told::AsTyped;
    };
    for record in records.iter_mut().filter_map(Json::as_object_mut) {
        for part in field.each.iter().filter(|part| part.send.is_empty()) {
            record.shift_remove(&part.key);
        }
    }
    Told::Value(Json::Array(records))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use serde_json::json;

    use super::super::given::{Sheet, Wrong};
    use super::*;
    use crate::{
        api::FieldValue,
        manifest::{self, Manifest},
        record::{Decoded, decode_item},
    };

    const ROW: &str = r#"{
        "id": "2", "name": "b", "count": null, "on": null, "mode": "weird",
        "tags": ["a", "b,c"], "end": "2027-01-01T00:00:00.123456Z",
        "lims": [{"name": "x", "limit": 3, "made": 1}, {"name": "y", "limit": 4}]
    }"#;

    /// A manifest whose update sends what differs, or all.
    fn manifest(full: bool) -> Arc<Manifest> {
        let field = |key: &str, more: &str| {
            format!(
                "[[resource.field]]\nkey = \"{key}\"\ntitle = \"{key}\"\nsend = [\"create\", \"update\"]\n{more}\n"
            )
        };
        let fields = [
            field("name", "role = \"name\"\nrequired = true"),
            field("count", "kind = \"int\""),
            field("on", "kind = \"bool\""),
            field("mode", "kind = \"choice\"\nchoices = [\"read\", \"write\"]"),
            field("tags", "kind = \"list\""),
            field(
                "end",
                "kind = \"expiry\"\nformat = \"rfc3339\"\nrole = \"expires\"",
            ),
            field(
                "lims",
                "kind = \"records\"\neach = [{ key = \"name\", title = \"Name\", send = [\"create\"] }, { key = \"limit\", title = \"Limit\", kind = \"int\", send = [\"create\"] }, { key = \"made\", title = \"Made\" }]",
            ),
        ];
        let text = format!(
            "manifest = 1\nid = \"a\"\ntitle = \"A\"\nbase_url = \"http://127.0.0.1:1\"\n[[resource]]\nid = \"keys\"\ntitle = \"Keys\"\nnoun = \"key\"\npane = \"api-keys\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n[resource.get]\ncall = \"GET /keys/{{id}}\"\nitem = \"\"\n[resource.create]\ncall = \"POST /keys\"\nitem = \"\"\nsecret = \"/secret\"\n[resource.update]\ncall = \"PUT /keys/{{id}}\"\nfull = {full}\n{}",
            fields.concat()
        );
        manifest::load(&text).unwrap()
    }

    /// What a form sends that started from the row.
    fn sent(verb: Verb, full: bool, with: impl Fn(&mut Sheet)) -> Result<Json, Vec<Wrong>> {
        let resource = Arc::clone(manifest(full).resource("keys").unwrap());
        let get = resource.get.clone().unwrap();
        let Decoded { rows, .. } = decode_item(&resource, &get, ROW.as_bytes()).unwrap();
        let now = Moment::read("2026-06-01T00:00:00Z").unwrap();
        let mut sheet = Sheet::new(verb, rows, now);
        with(&mut sheet);
        let values: BTreeMap<_, _> = sheet.values(&Rows::new(resource), None)?;
        let plain = values.into_iter().map(|(key, value)| match value {
            FieldValue::Plain(value) => (key, value),
            FieldValue::Secret(_) => panic!("{key} is no secret"),
        });
        Ok(Json::Object(plain.collect()))
    }

    #[test]
    fn an_update_sends_what_was_changed_and_nothing_else() {
        let part = |fill: &dyn Fn(&mut Sheet)| sent(Verb::Update, false, fill).unwrap();
        let named = |sheet: &mut Sheet| sheet.text("name", "zz").unwrap();
        assert_eq!(part(&named), json!({"name": "zz"}));
        let same = |sheet: &mut Sheet| sheet.text("name", "b").unwrap();
        assert_eq!(part(&same), json!({}));
        let off = |sheet: &mut Sheet| sheet.text("on", "false").unwrap();
        assert_eq!(part(&off), json!({"on": false}), "the row has neither");
    }

    #[test]
    fn an_update_of_the_whole_sends_the_rest_as_the_row_has_it() {
        let whole = |fill: &dyn Fn(&mut Sheet)| sent(Verb::Update, true, fill).unwrap();
        assert_eq!(whole(&|_| ()), json!({}), "nothing was changed");
        let named = whole(&|sheet| sheet.text("name", "zz").unwrap());
        let rest = json!({
            "name": "zz", "mode": "weird", "tags": ["a", "b,c"], "end": "2027-01-01T00:00:00.123456Z",
            "lims": [{"name": "x", "limit": 3}, {"name": "y", "limit": 4}],
        });
        assert_eq!(named, rest);
    }

    #[test]
    fn what_is_typed_anew_in_other_words_stays_and_what_is_emptied_goes_where_all_is_sent() {
        let whole = |texts: &[(&str, &str)]| {
            let fill = |sheet: &mut Sheet| {
                for (field, text) in texts {
                    sheet.text(field, text).unwrap();
                }
            };
            sent(Verb::Update, true, fill).unwrap()
        };
        let end = "2027-01-01T00:00:00.123456Z";
        let again = [("name", "zz"), ("end", "2027-01-01T00:00:00+00:00")];
        assert_eq!(whole(&again)["end"], end);
        assert_eq!(whole(&again[1..]), json!({}), "nothing was changed");
        let emptied = whole(&[("end", "")]);
        assert_eq!((&emptied["name"], emptied.get("end")), (&json!("b"), None));
    }

    #[test]
    fn records_are_sent_where_one_of_them_was_changed() {
        let lims = |records: Json| {
            let fill = |sheet: &mut Sheet| sheet.json("lims", &records).unwrap();
            sent(Verb::Update, false, fill).unwrap()
        };
        let fewer = json!([{"name": "y", "limit": 4}]);
        assert_eq!(lims(fewer.clone()), json!({ "lims": fewer }));
        let same = lims(json!([{"name": "x", "limit": 3}, {"name": "y", "limit": 4}]));
        assert_eq!(same, json!({}));
    }

    #[test]
    fn a_change_that_cannot_be_sent_is_no_change_that_was_made() {
        for (field, text) in [("end", ""), ("mode", "")] {
            let emptied = |sheet: &mut Sheet| sheet.text(field, text).unwrap();
            let made = sent(Verb::Update, false, emptied);
            match field {
                "end" => assert!(made.unwrap_err()[0].why.contains("cannot be sent")),
                _ => assert_eq!(made.unwrap(), json!({}), "it was no choice before"),
            }
        }
    }

    #[test]
    fn a_copy_has_what_the_row_has() {
        let copy = sent(Verb::Create, false, |sheet| sheet.rename("twin")).unwrap();
        assert_eq!(
            copy,
            json!({
                "name": "twin", "mode": "weird", "tags": ["a", "b,c"], "end": "2027-01-01T00:00:00Z",
                "lims": [{"name": "x", "limit": 3}, {"name": "y", "limit": 4}],
            })
        );
    }
}
