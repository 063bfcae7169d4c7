//! `keyrack diff`: which keys were made, deleted and changed between two snapshots. A key counts as made or
//! deleted only where the other snapshot has the whole list that it would stand in; what cannot be told
//! is said, and ends with 3.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    path::Path,
};

use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{DONE, Ended, Failure, PARTIAL, args, output, snapshot::VERSION, table};
use crate::{
    record::{Text, to_json},
    ui::words,
};

/// A snapshot as it was read; keys are looked into only where they differ.
#[derive(Deserialize)]
struct Snapshot {
    #[serde(rename = "snapshot")]
    version: u32,
    taken: String,
    lists: Vec<List>,
    items: Vec<Box<RawValue>>,
}

/// How far a list came.
#[derive(Deserialize)]
struct List {
    context: String,
    resource: String,
    state: String,
}

/// What tells a key from all others, and what people call it.
#[derive(Debug, Deserialize)]
struct Head {
    context: String,
    resource: String,
    id: Option<String>,
    name: Option<String>,
}

/// Context and resource.
type Of = (String, String);

/// What lies between two snapshots.
#[derive(Debug, Default)]
struct Difference<'a> {
    created: Vec<(Head, &'a RawValue)>,
    deleted: Vec<(Head, &'a RawValue)>,
    changed: Vec<(Head, &'a RawValue, Vec<Change>)>,
    /// Lists that cannot be compared whole, with the reason and how many keys it leaves open.
    unsure: BTreeMap<Of, (String, usize)>,
}

/// A field that is another.
#[derive(Debug, PartialEq)]
struct Change {
    field: String,
    old: Value,
    new: Value,
}

/// Compares two snapshots.
pub(super) fn run(arguments: &args::Diff) -> Ended {
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    if old.taken > new.taken {
        output::say("warning: the first snapshot was taken after the second");
    }
    let difference = compare(&old, &new)?;
    if arguments.json {
        output::print(&document(&old, &new, &difference)?)?;
    } else {
        output::print(&plain(&difference))?;
    }
    for ((context, resource), (why, keys)) in &difference.unsure {
        let keys = words::keys(*keys);
        output::say(&format!(
            "{context} {resource}: {why}; {keys} may be as before, new or gone"
        ));
    }
    Ok(if difference.unsure.is_empty() {
        DONE
    } else {
        PARTIAL
    })
}

fn read(path: &Path) -> Result<Snapshot, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}")))?;
    let snapshot: Snapshot = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{shown} is no snapshot: {error}")))?;
    let version = snapshot.version;
    if version != VERSION {
        return Err(Failure::usage(format!(
            "{shown} is a snapshot of version {version}; this keyrack reads version {VERSION}"
        )));
    }
    Ok(snapshot)
}

/// The keys of a snapshot by what tells them from all others; those without an id are left out.
fn keyed(snapshot: &Snapshot) -> Result<Vec<(Head, &RawValue)>, Failure> {
    let mut all = Vec::with_capacity(snapshot.items.len());
    for item in &snapshot.items {
        let head: Head = serde_json::from_str(item.get()).map_err(|error| {
            Failure::usage(format!("a snapshot has a key that is none: {error}"))
        })?;
        if head.id.is_some() {
            all.push((head, &**item));
        }
    }
    Ok(all)
}

fn compare<'a>(old: &'a Snapshot, new: &'a Snapshot) -> Result<Difference<'a>, Failure> {
    let mut difference = Difference {
        unsure: unsure(old, new),
        ..Difference::default()
    };
    let known = |head: &Head| (head.context.clone(), head.resource.clone(), head.id.clone());
    let before = keyed(old)?.into_iter();
    let mut before: HashMap<_, _> = before
        .map(|(head, item)| (known(&head), (head, item)))
        .collect();
    let whole = Whole(whole(old), whole(new));
    for (head, item) in keyed(new)? {
        match before.remove(&known(&head)) {
            Some((_, was)) if was.get() == item.get() => {}
            Some((_, was)) => {
                let changes = changes(was, item)?;
                if !changes.is_empty() {
                    difference.changed.push((head, item, changes));
                }
            }
            None if whole.0.contains(&of(&head)) => difference.created.push((head, item)),
            None => difference.leave_open(&head),
        }
    }
    let mut gone: Vec<_> = before.into_iter().collect();
    gone.sort_by(|one, next| one.0.cmp(&next.0));
    for (_, (head, item)) in gone {
        if whole.1.contains(&of(&head)) {
            difference.deleted.push((head, item));
        } else {
            difference.leave_open(&head);
        }
    }
    Ok(difference)
}

/// The lists that each snapshot has whole.
struct Whole(Vec<Of>, Vec<Of>);

fn whole(snapshot: &Snapshot) -> Vec<Of> {
    let whole = snapshot.lists.iter().filter(|list| list.state == "ok");
    whole
        .map(|list| (list.context.clone(), list.resource.clone()))
        .collect()
}

fn of(head: &Head) -> Of {
    (head.context.clone(), head.resource.clone())
}

impl Difference<'_> {
    fn leave_open(&mut self, head: &Head) {
        if let Some((_, keys)) = self.unsure.get_mut(&of(head)) {
            *keys += 1;
        }
    }
}

/// The lists that one of the snapshots does not have whole.
fn unsure(old: &Snapshot, new: &Snapshot) -> BTreeMap<Of, (String, usize)> {
    let mut all: BTreeMap<Of, (String, usize)> = BTreeMap::new();
    for (snapshot, other, which) in [(old, new, "first"), (new, old, "second")] {
        for list in &snapshot.lists {
            let of = (list.context.clone(), list.resource.clone());
            let has = |it: &&List| (&it.context, &it.resource) == (&list.context, &list.resource);
            if list.state != "ok" {
                let why = format!("the {which} snapshot has it {}", said(&list.state));
                all.entry(of.clone()).or_insert((why, 0));
            }
            if !other.lists.iter().any(|it| has(&it)) {
                let why = format!("only the {which} snapshot has it");
                all.entry(of).or_insert((why, 0));
            }
        }
    }
    all
}

fn said(state: &str) -> &'static str {
    match state {
        "failed" => "not, for it failed",
        _ => "in part",
    }
}

/// The fields of a key that differ.
fn changes(old: &RawValue, new: &RawValue) -> Result<Vec<Change>, Failure> {
    #[derive(Deserialize)]
    struct Fields {
        fields: Map<String, Value>,
    }
    let read = |item: &RawValue| {
        let fields = serde_json::from_str::<Fields>(item.get());
        fields
            .map_err(|error| Failure::usage(format!("a snapshot has a key that is none: {error}")))
    };
    let (mut old, new) = (read(old)?.fields, read(new)?.fields);
    let mut changes = Vec::new();
    for (field, new) in new {
        let old = old.remove(&field).unwrap_or_default();
        if old != new {
            changes.push(Change { field, old, new });
        }
    }
    let gone = old.into_iter().filter(|(_, old)| !old.is_null());
    changes.extend(gone.map(|(field, old)| Change {
        field,
        old,
        new: Value::Null,
    }));
    Ok(changes)
}

/// The difference as one JSON object.
fn document(
    old: &Snapshot,
    new: &Snapshot,
    difference: &Difference<'_>,
) -> Result<String, Failure> {
    let item = |item: &RawValue| -> Result<Value, Failure> {
        serde_json::from_str(item.get()).map_err(|error| Failure::failed(error.to_string()))
    };
    let items = |all: &[(Head, &RawValue)]| -> Result<Vec<Value>, Failure> {
        all.iter().map(|(_, raw)| item(raw)).collect()
    };
    let mut changed = Vec::new();
    for (_, raw, changes) in &difference.changed {
        let fields = changes
            .iter()
            .map(|change| json!({ "field": change.field, "old": change.old, "new": change.new }));
        changed.push(json!({ "item": item(raw)?, "changes": fields.collect::<Vec<_>>() }));
    }
    let unsure = difference.unsure.iter().map(|((context, resource), (why, keys))| {
        json!({ "context": context, "resource": resource, "why": why, "keys": keys })
    });
    let document = json!({
        "from": old.taken,
        "to": new.taken,
        "created": items(&difference.created)?,
        "deleted": items(&difference.deleted)?,
        "changed": changed,
        "unsure": unsure.collect::<Vec<_>>(),
    });
    Ok(format!("{}\n", to_json(&document)))
}

/// A table for each kind of difference.
fn plain(difference: &Difference<'_>) -> String {
    let mut text = String::new();
    let row = |head: &Head| {
        let id = head.id.as_deref().unwrap_or("");
        let name = head.name.as_deref().unwrap_or("");
        [head.context.as_str(), &head.resource, name, id]
            .map(|cell| Text::new(cell).shown().into_owned())
    };
    let titles = ["context", "resource", "name", "id"];
    for (title, keys) in [
        ("created", &difference.created),
        ("deleted", &difference.deleted),
    ] {
        if keys.is_empty() {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{title} · {}", words::keys(keys.len()));
        let rows: Vec<Vec<String>> = keys.iter().map(|(head, _)| row(head).into()).collect();
        text.push_str(&table::lay_out(titles, &rows, output::width()));
        text.push('\n');
    }
    if !difference.changed.is_empty() {
        let _ = writeln!(text, "changed · {}", words::keys(difference.changed.len()));
        let mut rows = Vec::new();
        for (head, _, changes) in &difference.changed {
            for change in changes {
                let mut cells: Vec<String> = row(head).into();
                let field = Text::new(&change.field).shown().into_owned();
                cells.extend([field, value(&change.old), value(&change.new)]);
                rows.push(cells);
            }
        }
        let titles = titles.into_iter().chain(["field", "old", "new"]);
        text.push_str(&table::lay_out(titles, &rows, output::width()));
        text.push('\n');
    }
    let counts = [
        ("created", difference.created.len()),
        ("deleted", difference.deleted.len()),
        ("changed", difference.changed.len()),
    ];
    let counts = counts.map(|(word, count)| format!("{} {word}", words::len(count)));
    let _ = writeln!(text, "{}", counts.join(", "));
    text
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => Text::new(text).shown().into_owned(),
        other => to_json(other),
    }
}
