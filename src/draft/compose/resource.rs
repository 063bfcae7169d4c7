//! The resource: what the keys are called, where they are, and each thing that can be done with them.

use super::{
    Compose,
    noun::Called,
    operations::{below, finish},
    write,
};
use crate::draft::{
    calls::Calls,
    field::{Fields, Source},
    operation::Parameter,
    paging::{Paging, members_of_body},
    sheet::{Note, Sheet},
};

impl<'d> Compose<'_, 'd> {
    /// Writes the resource; gives the call of its list.
    pub(super) fn resource(&mut self, calls: &mut Calls<'d>, sheet: &mut Sheet) -> Option<String> {
        let rows = self.rows(calls);
        let paging = calls
            .list
            .as_ref()
            .map(|list| Paging::of(&list.operation, &rows.envelope))
            .unwrap_or_default();
        let (mut list, said, call) = self.list(calls, &rows, &paging);
        let called = Called::of(self.path, calls);
        let mut ops = self.ops(calls, &rows, &said, called.public);
        let known = ops
            .create
            .as_ref()
            .and_then(|(_, found)| found.as_ref())
            .map(|found| found.name);
        let mut fields = Source {
            document: self.document,
            calls,
            rows: rows.schemas.clone(),
            item_id: &rows.id,
            public: called.public,
            secret: known,
            said: &said,
        }
        .fields();
        finish(&mut ops, &mut fields, calls, &rows);
        sheet.table("[[resource]]");
        self.identity(&called, &rows, &fields, sheet);
        sheet.gap();
        // A call that reads one row may have turned out to be none.
        if rows.hydrate && ops.get.is_some() {
            list.word(
                "hydrate",
                &true.into(),
                Note::Guessed("the list has no more than ids, so each row is read by itself"),
            );
        }
        sheet.text.push_str(&list.text);
        sheet.guessed += list.guessed;
        sheet.missing += list.missing;
        self.operations(&ops, calls, &rows, sheet);
        self.actions(calls, &rows, &said, sheet);
        below(calls, sheet);
        if let Some(list) = &calls.list {
            let all = if list.operation.method == "get" {
                list.operation.query()
            } else {
                members_of_body(&list.operation)
            };
            let rest: Vec<Parameter<'_>> = all
                .into_iter()
                .filter(|it| !said.iter().any(|(name, _)| name == it.name))
                .collect();
            write::filters(&rest, &paging.parameters, sheet);
        }
        write_fields(&fields, sheet);
        call
    }
}

/// Writes the fields, and what was left out.
fn write_fields(fields: &Fields, sheet: &mut Sheet) {
    if !fields.hidden.is_empty() {
        sheet.gap();
        let all = fields.hidden.join(", ");
        sheet.comment(&format!("Left out, because rows may hold a secret there: {all}. If it is only a part of one that may be shown, add a field with role = \"prefix\"."));
    }
    for field in &fields.all {
        write::field(field, sheet);
    }
    if fields.left_out > 0 {
        sheet.gap();
        sheet.comment(&format!(
            "The document has {} more members, which are left out.",
            fields.left_out
        ));
    }
}
