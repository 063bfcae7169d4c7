//! Rows in rows: which resources list what is in a row of another, and which rows are no keys but places
//! where keys are. The words are `parent` and what a resource can make; `app` opens the rows.

use std::{collections::BTreeMap, sync::Arc};

use super::{IdKind, Manifest, Resource};

impl Manifest {
    /// The resources whose rows are in no row of another.
    pub fn top(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resource.iter().filter(|it| it.parent.is_none())
    }

    /// The resource whose rows hold those of this one.
    #[must_use]
    pub fn holder(&self, resource: &Resource) -> Option<&Arc<Resource>> {
        let name = resource.parent.as_ref()?;
        self.resource.iter().find(|it| it.id == *name)
    }

    /// The resources that list what is in a row of this one.
    pub fn inside<'a>(&'a self, resource: &'a Resource) -> impl Iterator<Item = &'a Arc<Resource>> {
        let all = self.resource.iter();
        all.filter(|it| it.parent.as_ref() == Some(&resource.id))
    }

    /// The resource of this id, in this row of its parent where it has one; none where one of the two is
    /// without the other.
    #[must_use]
    pub fn find(&self, id: &str, within: Option<(&str, &str)>) -> Option<Arc<Resource>> {
        let found = self.resource.iter().find(|it| it.id == id)?;
        match (&found.parent, within) {
            (None, None) => Some(Arc::clone(found)),
            (Some(_), Some((id, name))) => Some(Arc::new(found.under(id, name))),
            _ => None,
        }
    }

    /// Tells each resource whether its rows hold others, and what the ids of those that hold its own are like.
    pub(super) fn settle_places(&mut self) {
        let all = self.resource.iter();
        let parents: Vec<String> = all.filter_map(|it| it.parent.clone()).collect();
        let kinds: BTreeMap<String, IdKind> = self
            .resource
            .iter()
            .map(|it| (it.id.clone(), it.item_id_kind))
            .collect();
        for resource in &mut self.resource {
            if let Some(resource) = Arc::get_mut(resource) {
                resource.opens = parents.contains(&resource.id);
                let kind = resource.parent.as_ref().and_then(|it| kinds.get(it));
                resource.parent_kind = kind.copied().unwrap_or_default();
            }
        }
    }
}

impl Resource {
    /// Both list the same rows, in one context: that of a row is made anew each time the row is opened.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let rows = self.within.as_ref().zip(other.within.as_ref());
        std::ptr::eq(self, other)
            || rows.is_some_and(|(row, theirs)| self.id == other.id && row.id == theirs.id)
    }

    /// Its rows are keys. Rows that hold others and never have a secret of their own are places: they are
    /// listed, and nobody has to look after them as after a key.
    #[must_use]
    pub fn holds_keys(&self) -> bool {
        let ops = [&self.create, &self.rotate, &self.reveal];
        let mut ops = ops.into_iter().flatten();
        !self.opens
            || ops.any(|op| op.secret.is_some())
            || self.field.iter().any(|field| field.generate.is_some())
    }
}
