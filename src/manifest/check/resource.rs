//! What a resource says of its fields names fields that are there and can do it.

use std::collections::BTreeSet;

use super::{Check, Path};
use crate::manifest::{Field, Filter, FilterKind, Kind, Op, Resource, Role, Verb, shape::meant};

impl Check<'_, '_> {
    pub(super) fn resource(&mut self, at: &Path<'_>, resource: &Resource) {
        self.name(&at.key("id"), &resource.id);
        self.said(&at.key("title"), &resource.title);
        self.said(&at.key("noun"), &resource.noun);
        self.pointers(&at.key("item_id"), &resource.item_id);
        self.whose(at, resource);
        if resource.limit == Some(0) {
            self.at(&at.key("limit"), "no answer holds 0 rows: remove `limit`");
        }
        if let Some(sort) = &resource.sort {
            self.sort(&at.key("sort"), sort, resource);
        }
        self.identity(at, resource);
        self.replace(at, resource);
        self.verify(at, resource);
        self.list(
            &at.key("list"),
            resource,
            &resource.list,
            resource.get.as_ref(),
        );
        self.operations(at, resource);
        let alternatives = at.key("alternatives");
        for (index, other) in resource.alternatives.iter().enumerate() {
            let at = alternatives.index(index);
            self.said(&at.key("title"), &other.title);
            self.list(&at.key("list"), resource, &other.list, other.get.as_ref());
            let ops = [
                ("create", &other.create),
                ("update", &other.update),
                ("rotate", &other.rotate),
                ("delete", &other.delete),
            ];
            self.ops(&at, resource, other.get.as_ref(), ops);
        }
        let method = resource.list.call.split(' ').next().unwrap_or_default();
        self.filters(&at.key("filter"), &resource.filter, method);
        self.fields(at, resource);
    }

    /// A field that something names.
    pub(super) fn named<'r>(
        &mut self,
        at: &Path<'_>,
        key: &str,
        resource: &'r Resource,
    ) -> Option<&'r Field> {
        let found = resource.field.iter().find(|field| field.key == key);
        if found.is_none() {
            let help = meant(key, resource.field.iter().map(|field| field.key.as_str()));
            self.at(at, format!("`{}` has no field `{key}`{help}", resource.id));
        }
        found
    }

    fn sort(&mut self, at: &Path<'_>, sort: &str, resource: &Resource) {
        let (key, direction) = sort.split_once(':').unwrap_or((sort, "asc"));
        if !matches!(direction, "asc" | "desc") {
            self.at(
                at,
                format!("`{direction}` is not a direction: write \"{key}:asc\" or \"{key}:desc\""),
            );
        }
        if let Some(field) = self.named(at, key, resource)
            && matches!(field.kind, Kind::Secret | Kind::Json | Kind::Records)
        {
            self.at(
                at,
                format!("rows have no order by `{key}`: choose a field of another kind"),
            );
        }
    }

    /// What recognises a key: the one that a create made, and the one that the context signs in with.
    fn identity(&mut self, at: &Path<'_>, resource: &Resource) {
        let natural = at.key("natural_key");
        for (index, key) in resource.natural_key.iter().enumerate() {
            let at = natural.index(index);
            if let Some(field) = self.named(&at, key, resource) {
                self.sent(&at, field, "natural_key");
                self.compared(&at, field);
            }
        }
        if let Some(key) = &resource.repeatable_by {
            let at = at.key("repeatable_by");
            if let Some(field) = self.named(&at, key, resource) {
                self.sent(&at, field, "repeatable_by");
            }
        }
        if let Some(own) = &resource.own {
            self.own(&at.key("own"), own, resource);
        }
    }

    fn sent(&mut self, at: &Path<'_>, field: &Field, word: &str) {
        if !field.send.contains(&Verb::Create) {
            self.at(
                at,
                format!("`{word}` is about a create, which does not send `{}`: add send = [\"create\"] to the field", field.key),
            );
        }
    }

    /// A field that a create sends and a row shows in the same words.
    fn compared(&mut self, at: &Path<'_>, field: &Field) {
        if !matches!(
            field.kind,
            Kind::Text | Kind::Choice | Kind::Bool | Kind::Int
        ) {
            self.at(
                at,
                format!(
                    "rows are not compared by `{}`: name a text, a choice, a number or a yes or no",
                    field.key
                ),
            );
        }
    }

    fn replace(&mut self, at: &Path<'_>, resource: &Resource) {
        if resource.replace.is_some() && resource.replacing().is_none() {
            self.at(
                &at.key("replace"),
                "a key is replaced by a create and a delete, and one of them is not here: add it, or remove `replace`",
            );
        }
    }

    fn operations(&mut self, at: &Path<'_>, resource: &Resource) {
        let ops: [(&str, &Option<Op>); 4] = [
            ("create", &resource.create),
            ("update", &resource.update),
            ("rotate", &resource.rotate),
            ("delete", &resource.delete),
        ];
        self.ops(at, resource, resource.get.as_ref(), ops);
        if let Some(op) = &resource.reveal {
            self.reveal(&at.key("reveal"), op, resource);
        }
        self.actions(&at.key("action"), &resource.action, resource);
    }

    /// The rows in which these are, what they are called, and what an id that is a secret asks for.
    fn whose(&mut self, at: &Path<'_>, resource: &Resource) {
        let manifest = self.manifest;
        if let Some(name) = &resource.parent {
            let at = at.key("parent");
            let others = || manifest.resource.iter().filter(|it| it.id != resource.id);
            match others().find(|it| it.id == *name) {
                None if *name == resource.id => self.at(
                    &at,
                    format!("the rows of `{name}` are not in its own rows: name another resource, or remove `parent`"),
                ),
                None => {
                    let help = meant(name, others().map(|it| it.id.as_str()));
                    self.at(&at, format!("there is no other resource `{name}`{help}"));
                }
                Some(parent) if parent.pane != resource.pane => {
                    let pane = parent.pane.name();
                    self.at(
                        &at,
                        format!("`{name}` shows in {pane}, and its rows open there: write pane = \"{pane}\""),
                    );
                }
                Some(parent) if parent.item_id_secret => self.at(
                    &at,
                    format!("the id of `{name}` is a secret, and secrets stand in no address of another list"),
                ),
                Some(_) if self.nests_in_itself(resource) => self.at(
                    &at,
                    format!("`{}` would open from its own rows, and so never: one of these resources has no parent", resource.id),
                ),
                Some(_) => {}
            }
        }
        if let Some(name) = &resource.name {
            self.pointer(&at.key("name"), name);
            if resource.field.iter().any(|it| it.role == Some(Role::Name)) {
                self.at(
                    &at.key("name"),
                    "a field has role = \"name\" already: remove one of the two",
                );
            }
        }
        if resource.item_id_secret {
            for (index, field) in resource.field.iter().enumerate() {
                if field.holds_id(resource) && field.kind != Kind::Secret {
                    self.at(
                        &at.key("field").index(index),
                        format!("`{}` is read where the id stands, and the id is a secret: kind = \"secret\"", field.key),
                    );
                }
            }
        }
    }

    /// Following the parents leads back to the resource; said of the first of such a circle alone.
    fn nests_in_itself(&self, resource: &Resource) -> bool {
        let all = &self.manifest.resource;
        let place = |id: &str| all.iter().position(|it| it.id == id);
        let own = place(&resource.id);
        let mut at = resource;
        for _ in all {
            let parent = at.parent.as_deref().and_then(place);
            let Some(next) = parent.and_then(|parent| all.get(parent)) else {
                return false;
            };
            if parent <= own {
                return parent == own;
            }
            at = next;
        }
        false
    }

    fn filters(&mut self, at: &Path<'_>, filters: &[Filter], method: &str) {
        let mut seen = BTreeSet::new();
        for (position, filter) in filters.iter().enumerate() {
            let at = at.index(position);
            self.name(&at.key("id"), &filter.id);
            self.said(&at.key("title"), &filter.title);
            self.once(&mut seen, &at.key("id"), &filter.id, "filter");
            self.param(&at.key("param"), filter.param.as_deref(), filter.place);
            let sent =
                |it: &'_ Filter| (it.place, it.param.clone().unwrap_or_else(|| it.id.clone()));
            let mut before = filters.iter().take(position);
            if before.any(|it| it.id != filter.id && sent(it) == sent(filter)) {
                self.at(
                    &at,
                    format!(
                        "two filters are sent as `{}`: give one another `param`",
                        sent(filter).1
                    ),
                );
            }
            self.in_body(&at.key("in"), filter.place, method);
            let choice = filter.kind == FilterKind::Choice;
            if choice == filter.choices.is_empty() {
                let wrong = if choice {
                    "a choice needs `choices`"
                } else {
                    "`choices` are for kind = \"choice\" alone"
                };
                self.at(&at.key(if choice { "kind" } else { "choices" }), wrong);
            }
            self.each_once(&at.key("choices"), &filter.choices);
        }
    }
}
