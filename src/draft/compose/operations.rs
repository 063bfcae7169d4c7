//! What can be done with a key, each operation with where its answer holds what.

use serde_json::{Value, json};

use super::{
    Compose,
    op::{Op, Said},
    rows::Rows,
};
use crate::draft::{
    answer::{self, Found, item, secret},
    calls::{Call, Calls, IdPlace},
    field::{Field, Fields},
    names,
    operation::Operation,
    schema::Shape,
    sheet::{Note, Sheet},
};

/// The methods of reads.
pub(super) const READS: [&str; 2] = ["get", "post"];
/// The methods of writes.
const WRITES: [&str; 4] = ["post", "put", "patch", "delete"];

/// Operations that can be written, by their words.
#[derive(Debug, Default)]
pub(super) struct Ops<'d> {
    /// The keys are public ones: no call makes a secret.
    public: bool,
    /// The form of a create asks for a secret.
    brought: bool,
    pub(super) get: Option<Op>,
    pub(super) create: Option<(Op, Option<Found<'d>>)>,
    update: Option<Op>,
    rotate: Option<(Op, Option<Found<'d>>)>,
    delete: Option<Op>,
    reveal: Option<(Op, Option<Found<'d>>)>,
}

impl<'d> Compose<'_, 'd> {
    /// The operations that can be written. Those that cannot are gone from `calls` too: no field is sent
    /// by them.
    pub(super) fn ops(
        &mut self,
        calls: &mut Calls<'d>,
        rows: &Rows<'d>,
        said: &Said,
        public: bool,
    ) -> Ops<'d> {
        let row = self.row(rows);
        let mut ops = Ops {
            public,
            ..Ops::default()
        };
        let mut take = |call: &mut Option<Call<'d>>, methods: &[&str]| {
            let op = call.as_ref().and_then(|call| self.op(call, methods, said));
            if op.is_none() {
                *call = None;
            }
            op
        };
        let told = |call: &Option<Call<'d>>| {
            let call = call.as_ref().filter(|_| !public)?;
            let found = secret(&call.operation, row.as_ref())?;
            // A person has to say that the id is one.
            (!is_id(call, rows, row.as_ref(), &found.pointer)).then_some(found)
        };
        ops.get = take(&mut calls.get, &READS);
        ops.create = take(&mut calls.create, &WRITES).map(|op| (op, told(&calls.create)));
        ops.update = take(&mut calls.update, &WRITES);
        ops.rotate = take(&mut calls.rotate, &WRITES).map(|op| (op, told(&calls.rotate)));
        ops.delete = take(&mut calls.delete, &WRITES);
        ops.reveal = take(&mut calls.reveal, &READS).map(|op| (op, told(&calls.reveal)));
        if ops
            .rotate
            .as_ref()
            .is_some_and(|(_, found)| found.is_none())
        {
            calls.rotate = None;
        }
        ops
    }

    pub(super) fn operations(
        &self,
        ops: &Ops<'d>,
        calls: &Calls<'d>,
        rows: &Rows<'d>,
        sheet: &mut Sheet,
    ) {
        if let Some(op) = &ops.get {
            op.write("[resource.get]", sheet);
            match &rows.one {
                Some(one) => sheet.say("item", &one.pointer, one.why.as_deref().into()),
                None => sheet.say(
                    "item",
                    "",
                    Note::Guessed("the document does not say where the answer holds the row"),
                ),
            }
        }
        if let (Some((op, found)), Some(call)) = (&ops.create, &calls.create) {
            self.create(op, call, rows, sheet);
            // Where a person brings the secret, none has to come back.
            if found.is_some() || !(ops.public || ops.brought) {
                told(found.as_ref(), sheet);
            }
        }
        if let (Some(op), Some(call)) = (&ops.update, &calls.update) {
            op.write("[resource.update]", sheet);
            self.item(call, rows, sheet);
            if call.operation.method == "put" {
                sheet.word(
                    "full",
                    &true.into(),
                    Note::Guessed("a PUT usually takes the place of the whole row"),
                );
            }
        }
        self.rotate(ops, calls, rows, sheet);
        if let Some(op) = &ops.delete {
            op.write("[resource.delete]", sheet);
        }
        if let Some((op, found)) = &ops.reveal {
            if let Some(found) = found {
                op.write("[resource.reveal]", sheet);
                sheet.say("secret", &found.pointer, Note::Guessed(&found.why));
            } else {
                sheet.gap();
                let call = format!("call = \"{}\"", op.call);
                sheet.look_up(
                    &["[resource.reveal]", &call, "secret = \"/…\""],
                    "whether this tells the secret again, and where in its answer",
                );
            }
        }
    }

    /// What a row is.
    fn row(&self, rows: &Rows<'d>) -> Option<Shape<'d>> {
        let row = rows.schemas.first();
        row.map(|row| Shape::of(self.document, row))
    }

    fn item(&self, call: &Call<'d>, rows: &Rows<'d>, sheet: &mut Sheet) {
        let row = self.row(rows);
        if let Some(item) = item(&call.operation, &rows.id_name, row.as_ref()) {
            sheet.say("item", &item.pointer, item.why.as_deref().into());
        }
    }

    fn create(&self, op: &Op, call: &Call<'d>, rows: &Rows<'d>, sheet: &mut Sheet) {
        op.write("[resource.create]", sheet);
        let place = item(&call.operation, &rows.id_name, self.row(rows).as_ref());
        if let Some(item) = &place {
            sheet.say("item", &item.pointer, item.why.as_deref().into());
        }
        if place.is_none_or(|item| item.why.is_some()) && call.id != IdPlace::Form {
            match named_id(call, rows) {
                Some(id) => sheet.say("id", &id, Note::Guessed("from its name")),
                None => sheet.look_up(
                    &["id = \"/…\""],
                    "where the answer names the id of the new key",
                ),
            }
        }
    }

    fn rotate(&self, ops: &Ops<'d>, calls: &Calls<'d>, rows: &Rows<'d>, sheet: &mut Sheet) {
        let Some((op, found)) = &ops.rotate else {
            return;
        };
        if let (Some(found), Some(call)) = (found, &calls.rotate) {
            op.write("[resource.rotate]", sheet);
            let row = self.row(rows);
            let has_row = item(&call.operation, &rows.id_name, row.as_ref())
                .filter(|item| item.why.is_none());
            if let Some(item) = has_row {
                sheet.say("item", &item.pointer, Note::None);
            }
            told(Some(found), sheet);
        } else {
            sheet.gap();
            let call = format!("call = \"{}\"", op.call);
            sheet.look_up(
                &["[resource.rotate]", &call, "secret = \"/…\""],
                "whether this gives the key a new secret, and where in its answer",
            );
        }
    }

    pub(super) fn actions(
        &mut self,
        calls: &Calls<'d>,
        rows: &Rows<'d>,
        said: &Said,
        sheet: &mut Sheet,
    ) {
        let mut written: Vec<&str> = Vec::new();
        for (word, call) in &calls.actions {
            let Some(op) = self.op(call, &WRITES, said) else {
                continue;
            };
            let id = names::slug(word);
            if id.is_empty() || written.contains(&word.as_str()) {
                continue;
            }
            written.push(word);
            sheet.table("[[resource.action]]");
            sheet.say("id", &id, Note::None);
            sheet.say("title", &names::title(word), Note::None);
            match call
                .operation
                .summary()
                .and_then(|it| crate::draft::field::help(Some(it), 200))
            {
                Some(summary) => sheet.say("confirm", &summary, Note::None),
                None => sheet.off(&["confirm = \"What it does, said before it is done.\""]),
            }
            sheet.say("call", &op.call, op.why.as_deref().into());
            let needs = call
                .operation
                .body()
                .map(|body| Shape::of(self.document, body.schema));
            let needs: Vec<&str> = needs
                .iter()
                .flat_map(|shape| &shape.properties)
                .filter(|it| it.required && !op.body.contains_key(it.name))
                .map(|it| it.name)
                .collect();
            if !op.body.is_empty() {
                sheet.word("body", &Value::Object(op.body.clone()), Note::None);
            }
            if !needs.is_empty() {
                sheet.comment(&format!(
                    "look up: the body needs {}; add them to `body`.",
                    needs.join(", ")
                ));
                sheet.missing += 1;
            }
            self.item(call, rows, sheet);
        }
    }
}

/// An answer names the id of the key here.
fn is_id(call: &Call<'_>, rows: &Rows<'_>, row: Option<&Shape<'_>>, pointer: &str) -> bool {
    let item = item(&call.operation, &rows.id_name, row);
    let in_row = item.map(|item| format!("{}{}", item.pointer, rows.id));
    in_row.as_deref() == Some(pointer) || named_id(call, rows).as_deref() == Some(pointer)
}

/// Where an answer without a row names the id of the key.
fn named_id(call: &Call<'_>, rows: &Rows<'_>) -> Option<String> {
    let wanted = [rows.id_name.as_str(), "id", "key_id", "token_id"];
    answer::id(&call.operation, &wanted)
}

/// What else the document has below a key.
pub(super) fn below(calls: &Calls<'_>, sheet: &mut Sheet) {
    let all: Vec<String> = calls.others.iter().take(12).map(Operation::said).collect();
    if !all.is_empty() {
        sheet.gap();
        let all = all.join(", ");
        sheet.comment(&format!(
            "Not drafted, though the document has it here: {all}."
        ));
    }
}

/// Where an answer holds the new secret.
fn told(found: Option<&Found<'_>>, sheet: &mut Sheet) {
    let Some(found) = found else {
        let what = "where the answer holds the new secret, if the service makes one";
        return sheet.look_up(&["secret = \"/…\""], what);
    };
    match &found.pair {
        Some(public) => sheet.word(
            "secret",
            &json!([public, found.pointer]),
            Note::Guessed(&found.why),
        ),
        None => sheet.say("secret", &found.pointer, Note::Guessed(&found.why)),
    }
    if !found.others.is_empty() {
        let others = found.others.join(", ");
        sheet.comment(&format!(
            "These may be secret too: {others}. Parts that belong together are written as a list: secret = [\"/…\", \"/…\"]"
        ));
    }
}

/// Constants, and the fields that a call cannot do without.
pub(super) fn finish(ops: &mut Ops<'_>, fields: &mut Fields, calls: &Calls<'_>, rows: &Rows<'_>) {
    for (verb, constants) in &fields.constants {
        let op = match *verb {
            "create" => ops.create.as_mut().map(|(op, _)| op),
            "update" => ops.update.as_mut(),
            _ => ops.rotate.as_mut().map(|(op, _)| op),
        };
        if let Some(op) = op {
            op.constants(constants);
        }
    }
    if let (Some((op, _)), Some(true)) = (
        &mut ops.create,
        calls.create.as_ref().map(|it| it.id == IdPlace::Form),
    ) {
        let key = named_by_form(fields, rows);
        op.call = op.call.replace("{form.}", &format!("{{form.{key}}}"));
        op.id_from = Some(key);
    }
    let asks = |field: &Field| field.kind() == "secret" && field.send.contains(&"create");
    ops.brought = fields.all.iter().any(asks);
    let sends =
        |verb: &str, fields: &Fields| fields.all.iter().any(|field| field.send.contains(&verb));
    if !sends("update", fields) {
        ops.update = None;
    }
    if let Some((op, _)) = &mut ops.create
        && !sends("create", fields)
        && op.body.is_empty()
    {
        op.empty_body = true;
    }
}

/// The field in which the form of a create names the id.
fn named_by_form(fields: &mut Fields, rows: &Rows<'_>) -> String {
    let holds = |field: &Field| crate::draft::field::holds_id(field, &rows.id);
    let at = fields.all.iter().position(holds).unwrap_or_else(|| {
        fields.all.insert(0, new_field(fields, rows));
        0
    });
    let Some(field) = fields.all.get_mut(at) else {
        return String::new();
    };
    if !matches!(field.kind(), "text" | "int" | "choice") {
        *field = Field {
            key: field.key.clone(),
            title: field.title.clone(),
            at: field.at.clone(),
            send: field.send.clone(),
            column: field.column,
            ..Field::default()
        };
    }
    if !field.send.contains(&"create") {
        field.send.insert(0, "create");
    }
    field.required = true;
    field.empty_is_null = false;
    field.key.clone()
}

/// A field for an id that no row holds.
fn new_field(fields: &Fields, rows: &Rows<'_>) -> Field {
    let base = crate::draft::field::plain(&rows.id_name);
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let taken = |key: &String| fields.all.iter().any(|field| field.key == *key);
    let mut all = std::iter::once(base.clone()).chain(numbered);
    Field {
        key: all.find(|key| !taken(key)).unwrap_or(base),
        title: names::title(&rows.id_name),
        ..Field::default()
    }
}
