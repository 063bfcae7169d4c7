//! One row's text becomes one row of [`Rows`]: a pass over its members picks those that fields read.

use std::borrow::Cow;

use super::{
    field::{self, pointer_to, scalar},
    pointer::{Path, each_member, first, raw_at},
};
use crate::{
    manifest::{Kind, Resource, RowShape},
    record::{KeyId, Rows, rows::Value},
};

/// Where the fields of a resource stand in a row.
pub(super) struct Reader<'r> {
    resource: &'r Resource,
    shape: RowShape,
    /// Of each field, then of the id; none where nothing is read.
    paths: Vec<Option<Path>>,
    /// Fields that stand where a secret does.
    hidden: Vec<bool>,
}

/// What stands at each path of a [`Reader`].
type Members<'a> = Vec<Option<&'a str>>;

impl<'r> Reader<'r> {
    /// Prepares to read rows of this shape.
    pub(super) fn new(resource: &'r Resource, shape: RowShape) -> Self {
        let fields = resource.field.iter().map(|field| match &field.at {
            Some(at) => Some(Path::new(at)),
            None if field.kind == Kind::Secret => None,
            None => Some(Path::new(&pointer_to(&field.key))),
        });
        let id = std::iter::once(Some(Path::new(&resource.item_id)));
        Self {
            resource,
            shape,
            paths: fields.chain(id).collect(),
            hidden: vec![false; resource.field.len()],
        }
    }

    /// Prepares to read the row at `item` of an answer that has a new secret at `secret`: no field may
    /// keep it, whatever the manifest says.
    pub(super) fn of_item(resource: &'r Resource, item: &Path, secret: Option<&Path>) -> Self {
        let mut reader = Self::new(resource, RowShape::One);
        if let Some(secret) = secret {
            for (hidden, path) in reader.hidden.iter_mut().zip(&reader.paths) {
                *hidden = path
                    .as_ref()
                    .is_some_and(|path| item.join(path).holds(secret));
            }
        }
        reader
    }

    /// Reads one row behind the others; a fault makes it a bad row. `key` is its name in a map.
    pub(super) fn read(&self, rows: &mut Rows, index: usize, key: Option<&str>, json: &str) {
        rows.open();
        let mut fault = None;
        let mut blame = |text: String| {
            fault.get_or_insert(text);
        };
        let members = self.members(json).unwrap_or_else(|found| {
            blame(format!("item {index} is {found}"));
            Vec::new()
        });
        let id_at = self.resource.field.len();
        let id_path = self.paths.get(id_at);
        for (at, field) in self.resource.field.iter().enumerate() {
            let read = match members.get(at).copied().flatten() {
                Some(json) => field::value(field, json),
                None if self.paths.get(at) == id_path => {
                    Ok(key.map_or(Value::Absent, |key| Value::Text(Cow::Borrowed(key))))
                }
                None => Ok(Value::Absent),
            };
            match read {
                Ok(Value::Absent) => {}
                Ok(_) if self.hidden.get(at) == Some(&true) => rows.set(at, Value::Hidden),
                Ok(value) => rows.set(at, value),
                Err(misfit) => blame(format!("item {index}: {} {misfit}", self.at(at))),
            }
        }
        let id = match key {
            Some(key) => Some(Cow::Borrowed(key)),
            None => match members.get(id_at).copied().flatten() {
                // Such rows are shown and have no operations.
                Some("null") => None,
                Some(json) => scalar(json).or(Some(Cow::Borrowed(""))),
                None => Some(Cow::Borrowed("")),
            },
        };
        match id.map(|id| KeyId::new(&id, self.resource.item_id_kind)) {
            Some(Ok(id)) => rows.set_id(&id),
            Some(Err(reason)) => blame(format!("item {index}: the id {reason}")),
            None => {}
        }
        if let Some(reason) = fault {
            rows.spoil(&reason);
        }
    }

    fn at(&self, field: usize) -> Cow<'r, str> {
        match self.resource.field.get(field) {
            Some(field) => field
                .at
                .as_deref()
                .map_or_else(|| Cow::Owned(pointer_to(&field.key)), Cow::Borrowed),
            None => Cow::Borrowed(""),
        }
    }

    /// What stands at each path, or what the row is instead of what it should be.
    fn members<'a>(&self, json: &'a str) -> Result<Members<'a>, String> {
        if self.shape == RowShape::Strings {
            if scalar(json).is_none() {
                return Err(format!("{}, not text", field::called(json)));
            }
            return Ok(self.whole(json));
        }
        if first(json) != '{' {
            return Err(format!("{}, not an object", field::called(json)));
        }
        let mut members = vec![None; self.paths.len()];
        each_member(json, |name, value| {
            for (member, path) in members.iter_mut().zip(&self.paths) {
                if let Some((outer, inner)) =
                    path.as_ref().and_then(|path| path.steps().split_first())
                    && *outer == name
                {
                    *member = raw_at(value, inner).ok().flatten();
                }
            }
        })
        .map_err(|_| "not readable JSON".to_owned())?;
        for (member, path) in members.iter_mut().zip(&self.paths) {
            if path.as_ref().is_some_and(|path| path.steps().is_empty()) {
                *member = Some(json);
            }
        }
        Ok(members)
    }

    /// In a list of strings the row is its id, and what is read where the id stands.
    fn whole<'a>(&self, json: &'a str) -> Members<'a> {
        let id = self.paths.last();
        self.paths
            .iter()
            .map(|path| {
                let whole = path.as_ref().is_some_and(|path| path.steps().is_empty());
                (whole || Some(path) == id).then_some(json)
            })
            .collect()
    }
}
