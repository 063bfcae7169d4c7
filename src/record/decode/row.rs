//! One row's text becomes one row of [`Rows`]: a pass over its members picks those that fields read.

use std::borrow::Cow;

use super::{
    SecretId,
    field::{self, Misfit, pointer_to, scalar},
    pointer::{Path, each_member, first, raw_at},
};
use crate::{
    manifest::{Field, Kind, Pointers, Resource, RowShape},
    record::{KeyId, Rows, rows::Value},
};

/// Where the fields of a resource stand in a row.
pub(super) struct Reader<'r, 'a> {
    resource: &'r Resource,
    shape: RowShape,
    /// Of each field, then of each part of the id; none where nothing is read.
    paths: Vec<Option<Path>>,
    /// The row stands alone in an answer to a question about it: it need not name itself.
    alone: bool,
    /// The ids that are secrets, each with what stands for it.
    pub(super) ids: Vec<SecretId>,
    /// Fields that stand where a secret does.
    hidden: Vec<bool>,
    /// What stands at each path in the row that is read.
    members: Vec<Option<&'a str>>,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// Prepares to read rows of this shape.
    pub(super) fn new(resource: &'r Resource, shape: RowShape, row_id: &Pointers) -> Self {
        let fields = resource.field.iter().map(|field| match &field.at {
            Some(at) => Some(Path::new(at)),
            None if field.kind == Kind::Secret => None,
            None => Some(Path::new(&pointer_to(&field.key))),
        });
        let id = row_id.iter().map(|part| Some(Path::new(part)));
        let paths: Vec<Option<Path>> = fields.chain(id).collect();
        let own = |at: usize| paths.get(at).and_then(Option::as_ref);
        let ids = || paths.iter().skip(resource.field.len()).flatten();
        let around = |path: &Path| ids().any(|id| path.holds(id));
        let hides = |at| resource.item_id_secret && own(at).is_some_and(around);
        let hidden = (0..resource.field.len()).map(hides).collect();
        Self {
            resource,
            shape,
            paths,
            alone: false,
            ids: Vec::new(),
            hidden,
            members: Vec::new(),
        }
    }

    /// Prepares to read the row at `item` of an answer that has a new secret at `secret`: no field may
    /// keep it, whatever the manifest says.
    pub(super) fn of_item(resource: &'r Resource, item: &Path, secrets: &[Path]) -> Self {
        let mut reader = Self::new(resource, RowShape::One, &resource.item_id);
        reader.alone = true;
        for secret in secrets {
            for (hidden, path) in reader.hidden.iter_mut().zip(&reader.paths) {
                *hidden |= path
                    .as_ref()
                    .is_some_and(|path| item.join(path).holds(secret));
            }
        }
        reader
    }

    /// Reads one row behind the others; a fault makes it a bad row. `key` is its name in a map.
    pub(super) fn read(&mut self, rows: &mut Rows, index: usize, key: Option<&str>, json: &'a str) {
        rows.open();
        let mut fault = self
            .find_members(json)
            .err()
            .map(|found| format!("item {index} is {found}"));
        for (at, field) in self.resource.field.iter().enumerate() {
            match self.value(at, field, key) {
                Ok(Value::Absent) => {}
                Ok(_) if self.hidden.get(at) == Some(&true) => rows.set(at, Value::Hidden),
                Ok(value) => rows.set(at, value),
                Err(misfit) => {
                    fault.get_or_insert_with(|| format!("item {index}: {} {misfit}", place(field)));
                }
            }
        }
        match self.id(key) {
            Ok(Some(id)) => rows.set_id(&id),
            Ok(None) => {}
            Err(reason) => {
                fault.get_or_insert_with(|| format!("item {index}: the id {reason}"));
            }
        }
        if let Some(fault) = fault {
            rows.spoil(&fault);
        }
    }

    /// A field that is read where the id stands has the key of a map.
    fn value<'k>(&self, at: usize, field: &Field, key: Option<&'k str>) -> Result<Value<'k>, Misfit>
    where
        'a: 'k,
    {
        match (self.member(at), key) {
            (Some(json), _) => field::value(field, json),
            (None, Some(key)) if self.paths.get(at) == self.paths.last() => {
                Ok(Value::Text(Cow::Borrowed(key)))
            }
            _ => Ok(Value::Absent),
        }
    }

    /// The checked id; none where it is null, as such rows are shown and have no operations.
    fn id(&mut self, key: Option<&str>) -> Result<Option<KeyId>, &'static str> {
        let places = self.resource.field.len()..self.paths.len();
        let (id, known) = if let Some(key) = key {
            super::identity(self.resource, &[Cow::Borrowed(key)])?
        } else if places.len() == 1 {
            match self.id_part(places.start)? {
                Some(part) => super::identity(self.resource, &[part])?,
                None => return Ok(None),
            }
        } else {
            let parts = places.map(|at| self.id_part(at));
            match parts.collect::<Result<Option<Vec<_>>, _>>()? {
                Some(parts) => super::identity(self.resource, &parts)?,
                None => return Ok(None),
            }
        };
        self.ids.extend(known);
        Ok(Some(id))
    }

    /// A part of the id; none where it is null, or where the row need not name itself.
    fn id_part(&self, at: usize) -> Result<Option<Cow<'a, str>>, &'static str> {
        let json = self.member(at);
        if json.is_none() && self.alone {
            return Ok(None);
        }
        id_part(json)
    }

    fn member(&self, at: usize) -> Option<&'a str> {
        self.members.get(at).copied().flatten()
    }

    /// Finds what stands at each path, or says what the row is instead of what it should be.
    fn find_members(&mut self, json: &'a str) -> Result<(), String> {
        self.members.clear();
        let strings = self.shape == RowShape::Strings;
        if strings && scalar(json).is_none() {
            return Err(format!("{}, not text", field::called(json)));
        }
        if !strings && first(json) != '{' {
            return Err(format!("{}, not an object", field::called(json)));
        }
        // In a list of strings the row is its id, and what is read where the id stands.
        let id = self.paths.last().filter(|_| strings);
        self.members.extend(self.paths.iter().map(|path| {
            let whole = path.as_ref().is_some_and(|path| path.steps().is_empty());
            (whole || Some(path) == id).then_some(json)
        }));
        if strings {
            return Ok(());
        }
        let (members, paths) = (&mut self.members, &self.paths);
        each_member(json, |name, value| {
            for (member, path) in members.iter_mut().zip(paths) {
                if let Some((outer, inner)) =
                    path.as_ref().and_then(|path| path.steps().split_first())
                    && *outer == name
                {
                    *member = raw_at(value, inner).ok().flatten();
                }
            }
        })
        .map_err(|_| "not readable JSON".to_owned())
    }
}

/// The text of a part of an id; none where it is null.
pub(super) fn id_part(json: Option<&str>) -> Result<Option<Cow<'_, str>>, &'static str> {
    let json = json.unwrap_or("\"\"");
    match first(json) {
        'n' => Ok(None),
        '"' | '-' | '0'..='9' => Ok(Some(scalar(json).unwrap_or_default())),
        _ => Err("is neither text nor a number"),
    }
}

/// Where a field is read, in words.
fn place(field: &Field) -> String {
    field.at.clone().unwrap_or_else(|| pointer_to(&field.key))
}
