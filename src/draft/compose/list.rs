//! The list: its call, where its answer holds the rows, how further ones are asked for.

use serde_json::{Map, Value};

use super::{Compose, holes, op::Said, operations::READS, rows::Rows};
use crate::draft::{
    calls::Calls,
    operation::Operation,
    paging::{Paging, members_of_body},
    sheet::{Note, Sheet},
};

impl<'d> Compose<'_, 'd> {
    /// The list, and what its body or query takes from the context.
    pub(super) fn list(
        &mut self,
        calls: &mut Calls<'d>,
        rows: &Rows<'d>,
        paging: &Paging<'d>,
    ) -> (Sheet, Said, Option<String>) {
        let mut sheet = Sheet::default();
        let mut said = Said::new();
        let found = calls
            .list
            .take()
            .filter(|list| READS.contains(&list.operation.method));
        let size = paging
            .words
            .first()
            .is_some_and(|(_, by)| by == "link")
            .then_some(paging.size_param)
            .flatten();
        let extra: Vec<(String, String)> = size
            .map(|name| (name.to_owned(), "100".to_owned()))
            .into_iter()
            .collect();
        let target = found
            .as_ref()
            .and_then(|list| self.holes.target(list, &extra));
        let body = found
            .as_ref()
            .filter(|list| list.operation.method == "post")
            .map(|list| self.list_body(&list.operation, paging, &mut said));
        calls.list = found;
        sheet.table("[resource.list]");
        if let (Some(list), Some(target)) = (&calls.list, &target) {
            sheet.say("call", target, list.why.as_deref().into());
        } else {
            sheet.missing += 1;
            sheet.comment("look up: how keys are listed; the document has no call for it here that a manifest can say.");
            sheet.say("call", "GET /", Note::None);
        }
        envelope(rows, &mut sheet);
        if let Some(body) = body {
            sheet.word("body", &Value::Object(body), Note::None);
        }
        pages(paging, rows, &mut sheet);
        (sheet, said, target)
    }

    /// What a list by POST has to be sent.
    fn list_body(
        &mut self,
        operation: &Operation<'d>,
        paging: &Paging<'d>,
        said: &mut Said,
    ) -> Map<String, Value> {
        let mut body = Map::new();
        for parameter in members_of_body(operation) {
            if !parameter.required || paging.parameters.contains(&parameter.name) {
                continue;
            }
            let value = if let Some(fixed) = holes::fixed(&parameter) {
                fixed.into()
            } else {
                let input = self.holes.input(parameter.name, &parameter);
                said.push((parameter.name.to_owned(), input.clone()));
                format!("{{{input}}}").into()
            };
            body.insert(parameter.name.to_owned(), value);
        }
        body
    }
}

/// Where the answer holds the rows.
fn envelope(rows: &Rows<'_>, sheet: &mut Sheet) {
    let envelope = &rows.envelope;
    if envelope.unknown {
        sheet.look_up(&["items = \"/…\""], "where the answer holds the list; the document does not say it. Without this word the whole answer is the list");
    } else if !envelope.items.is_empty() {
        sheet.say("items", &envelope.items, envelope.why.as_deref().into());
    }
    if envelope.rows != "objects" {
        sheet.say("rows", envelope.rows, envelope.why.as_deref().into());
    }
}

/// How further rows are asked for.
fn pages(paging: &Paging<'_>, rows: &Rows<'_>, sheet: &mut Sheet) {
    if rows.envelope.rows == "one" {
        return;
    }
    if let Some(missing) = &paging.missing {
        sheet.look_up(
            &["page = { by = \"cursor\", param = \"…\", next = \"/…\" }"],
            &format!("how further rows are asked for: {missing}"),
        );
        return;
    }
    if paging.words.is_empty() {
        sheet.comment("The document has no parameters for pages: the answer is taken for whole.");
        return;
    }
    let mut page = Map::new();
    for (word, value) in &paging.words {
        let value = if value == "item:/id" {
            format!("item:{}", rows.id).into()
        } else {
            value.clone()
        };
        page.insert((*word).to_owned(), value);
    }
    sheet.word("page", &Value::Object(page), Note::Guessed(&paging.why));
}
