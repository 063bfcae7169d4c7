//! A column has one name for filters and sorting: a role's name, which means the same in every
//! backend, or a field's own key. [`Names`] holds those of the resources at hand; a [`Spot`] is where
//! one resource keeps the column.

use std::fmt;

use super::Facts;
use crate::{
    app::order::Key,
    manifest::{Field, Kind, Resource, Role},
    record::Record,
};

/// Something that each row has one value of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Column {
    /// The row's id.
    Id,
    /// The context's name.
    Context,
    /// The backend's name.
    Backend,
    /// The resource's name or title.
    Resource,
    /// The field with this role.
    Role(Role),
    /// The field with this key.
    Key(Box<str>),
}

/// All names of the columns that do not depend on a resource; the first of a column is its own.
const NAMES: [(&str, Column); 18] = [
    ("name", Column::Role(Role::Name)),
    ("id", Column::Id),
    ("context", Column::Context),
    ("backend", Column::Backend),
    ("resource", Column::Resource),
    ("owner", Column::Role(Role::Owner)),
    ("creator", Column::Role(Role::Creator)),
    ("created-by", Column::Role(Role::Creator)),
    ("client-id", Column::Role(Role::ClientId)),
    ("prefix", Column::Role(Role::Prefix)),
    ("created", Column::CREATED),
    ("updated", Column::Role(Role::Updated)),
    ("used", Column::Role(Role::LastUsed)),
    ("last-used", Column::Role(Role::LastUsed)),
    ("expires", Column::Role(Role::Expires)),
    ("scopes", Column::Role(Role::Scopes)),
    ("admin", Column::Role(Role::Admin)),
    ("age", Column::CREATED),
];

/// What a column can be compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) times: bool,
    pub(super) numbers: bool,
}

impl Values {
    pub(super) const TIMES: Self = Self {
        times: true,
        numbers: false,
    };
    const NUMBERS: Self = Self {
        times: false,
        numbers: true,
    };

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Time | Kind::Expiry => Self::TIMES,
            Kind::Int => Self::NUMBERS,
            _ => Self::default(),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            times: self.times || other.times,
            numbers: self.numbers || other.numbers,
        }
    }
}

/// What stands before `:`, `=`, `<` or `>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// `is:`, a question about the row's state.
    Is,
    /// `age`, the time since a row was made.
    Age,
    /// A column.
    Column(Column, Values),
}

impl Column {
    /// When a row was made; `age` counts from there.
    pub(super) const CREATED: Self = Self::Role(Role::Created);

    /// The column that has this name in every backend; `clientId` and `client_id` are `client-id`.
    fn fixed(name: &str) -> Option<Self> {
        NAMES
            .into_iter()
            .find(|(known, _)| alike(known, name))
            .map(|(_, column)| column)
    }

    fn values(&self) -> Values {
        match self {
            Self::Id => Values::NUMBERS,
            Self::Role(Role::Created | Role::Updated | Role::LastUsed | Role::Expires) => {
                Values::TIMES
            }
            _ => Values::default(),
        }
    }

    /// Where the rows of `resource` keep the column.
    #[must_use]
    pub fn spot(&self, resource: &Resource) -> Spot {
        let place = match self {
            Self::Id => return Spot::Id,
            Self::Context => return Spot::Context,
            Self::Backend => return Spot::Backend,
            Self::Resource => return Spot::Resource,
            Self::Role(Role::Name) => return Spot::Name,
            Self::Role(role) => resource.role(*role).or_else(|| {
                let named = |field: &Field| Self::fixed(&field.key).as_ref() == Some(self);
                resource.field.iter().position(named)
            }),
            Self::Key(key) => resource
                .field
                .iter()
                .position(|field| field.key.eq_ignore_ascii_case(key)),
        };
        let field = place.and_then(|place| resource.field.get(place));
        match (place, field) {
            (Some(place), Some(field)) if field.kind != Kind::Secret => Spot::Field(place),
            _ => Spot::Nowhere,
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = NAMES.iter().find(|(_, column)| column == self);
        match (self, fixed) {
            (Self::Key(key), _) => f.write_str(key),
            (_, Some((name, _))) => f.write_str(name),
            (_, None) => Ok(()),
        }
    }
}

/// Letters of a name without its case and its dashes.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes()
        .filter(|byte| !matches!(byte, b'-' | b'_'))
        .map(|byte| byte.to_ascii_lowercase())
}

fn alike(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

/// The columns that can be named at the moment.
#[derive(Debug, Clone, Default)]
pub struct Names {
    keys: Vec<(Box<str>, Values)>,
}

impl Names {
    /// The roles' names and the keys of these resources' fields.
    pub fn of<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let mut names = Self::default();
        let fields = resources.into_iter().flat_map(|resource| &resource.field);
        for field in fields.filter(|field| field.kind != Kind::Secret) {
            let values = Values::of(field.kind);
            let known = names
                .keys
                .iter_mut()
                .find(|(key, _)| key.eq_ignore_ascii_case(&field.key));
            match known {
                Some((_, has)) => *has = has.or(values),
                None => names.keys.push((field.key.as_str().into(), values)),
            }
        }
        names
    }

    /// The column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<Column> {
        match self.subject(name)? {
            Subject::Column(column, _) => Some(column),
            Subject::Age => Some(Column::CREATED),
            Subject::Is => None,
        }
    }

    /// The names that begin with these letters, one for each column: `is`, those of every backend, then the
    /// fields' keys.
    pub(super) fn beginning(&self, typed: &str) -> Vec<(&str, Subject)> {
        let mut found: Vec<(&str, Subject)> = Vec::new();
        for name in self.iter().chain(["is"]) {
            let mut own = letters(name);
            let begins = letters(typed).all(|letter| own.next() == Some(letter));
            let Some(subject) = self.subject(name).filter(|_| begins) else {
                continue;
            };
            if !found.iter().any(|(_, known)| *known == subject) {
                found.push((name, subject));
            }
        }
        found
    }

    /// All names: those of every backend first, then the fields' keys.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let own = self.keys.iter().map(|(key, _)| &**key);
        let own = own.filter(|key| Column::fixed(key).is_none());
        NAMES.iter().map(|(name, _)| *name).chain(own)
    }

    pub(super) fn subject(&self, name: &str) -> Option<Subject> {
        if name.eq_ignore_ascii_case("is") {
            return Some(Subject::Is);
        }
        if name.eq_ignore_ascii_case("age") {
            return Some(Subject::Age);
        }
        if let Some(column) = Column::fixed(name) {
            let values = column.values();
            return Some(Subject::Column(column, values));
        }
        let same = |(key, _): &&(Box<str>, _)| key.eq_ignore_ascii_case(name);
        let close = |(key, _): &&(Box<str>, _)| alike(key, name);
        let found = self.keys.iter().find(same);
        let (key, values) = found.or_else(|| self.keys.iter().find(close))?;
        Some(Subject::Column(Column::Key(key.clone()), *values))
    }
}

/// Where the rows of one resource keep a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The id.
    Id,
    /// The name, else the id.
    Name,
    /// The context's name.
    Context,
    /// The backend's name.
    Backend,
    /// The resource's own name.
    Resource,
    /// The field at this position.
    Field(usize),
    /// The resource has no such column.
    Nowhere,
}

impl Spot {
    /// The row's text there, where it is a text; a name of the context counts.
    #[must_use]
    pub fn text<'a>(self, record: Record<'a>, facts: &Facts<'a>) -> Option<&'a str> {
        match self {
            Self::Id => record.id_text(),
            Self::Name => Some(record.name().exact()),
            Self::Context => Some(facts.context),
            Self::Backend => Some(facts.backend),
            Self::Resource => Some(&record.resource().id),
            Self::Field(_) | Self::Nowhere => None,
        }
    }

    /// By what the row is sorted.
    #[must_use]
    pub fn key<'a>(self, record: Record<'a>, facts: &Facts<'a>) -> Key<'a> {
        match self {
            Self::Field(place) => Key::of(record.cell(place)),
            _ => self.text(record, facts).map_or(Key::Missing, Key::Text),
        }
    }
}

/// The field tells when a key ends, so that spans count forward from now.
pub(super) fn ends(resource: &Resource, place: usize) -> bool {
    let field = resource.field.get(place);
    field.is_some_and(|field| field.role == Some(Role::Expires) || field.kind == Kind::Expiry)
}
