//! A member of rows that nobody declared, as a person sees it and as a manifest would say it.

use super::lines::Note;
use crate::{
    manifest::{Kind, Resource, Role},
    record::survey::{EACH, Found, Shape, Survey, named},
};

/// Most names of the members of an object that are told.
const NAMES: usize = 6;
/// Most members of one object that have a line each.
const LINES: usize = 3;

/// A member that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Other<'s> {
    /// Where it stands.
    pub at: String,
    found: &'s Found,
    /// What its elements are.
    each: Option<&'s Found>,
    /// The names that its elements have.
    names: Vec<String>,
    /// Only rows that were read one by one have it.
    single: bool,
    /// Of how many rows.
    rows: usize,
}

impl<'s> Other<'s> {
    /// What was found at a place.
    pub fn of(at: &str, survey: &'s Survey) -> Option<Self> {
        let listed = survey.listed.get(at);
        let members = if listed.is_some() {
            &survey.listed
        } else {
            &survey.single
        };
        let inner = format!("{at}/{EACH}");
        let last = |at: &&str| at.rsplit('/').next().unwrap_or_default().to_owned();
        let around = at.rsplit_once('/').map_or("", |(around, _)| around);
        let rows = if around.ends_with(EACH) { around } else { "" };
        Some(Self {
            at: at.to_owned(),
            found: members.get(at)?,
            each: members.get(&inner),
            names: named(members, &inner).iter().map(last).collect(),
            single: listed.is_none(),
            rows: members.get(rows).map_or(0, |rows| rows.times),
        })
    }

    /// What it is, for a person.
    fn note(&self) -> Note {
        let mut words = self.words();
        if self.single && self.rows > 0 {
            words.push_str(", by `get` alone");
        } else if self.found.times < self.rows {
            words = format!("{words}, in {} of {}", self.found.times, self.rows);
        }
        Note::new(&self.at, words)
    }

    fn words(&self) -> String {
        let shapes: Vec<String> = shapes(self.found)
            .into_iter()
            .map(|shape| match shape {
                Shape::List => self.list(),
                other => called(other).to_owned(),
            })
            .collect();
        match shapes.as_slice() {
            [] => "null in all rows".to_owned(),
            all => all.join(" or "),
        }
    }

    fn list(&self) -> String {
        let Some(each) = self.each else {
            return "an empty list".to_owned();
        };
        let of: Vec<&str> = shapes(each).into_iter().map(plural).collect();
        let names: Vec<&str> = self.names.iter().take(NAMES).map(String::as_str).collect();
        let more = if self.names.len() > NAMES {
            ", …"
        } else {
            ""
        };
        let names = match names.as_slice() {
            [] => String::new(),
            all => format!(" ({}{more})", all.join(", ")),
        };
        format!("a list of {}{names}", of.join(" or "))
    }

    /// It stands in records of a list, whose parts are declared.
    fn is_part(&self) -> bool {
        self.at.contains(EACH)
    }

    /// The object that it stands in; nothing where that is the row.
    fn object(&self) -> &str {
        self.at.rsplit_once('/').map_or("", |(object, _)| object)
    }

    fn key(&self) -> &str {
        self.at.rsplit('/').next().unwrap_or_default()
    }

    fn kind(&self) -> Kind {
        let only = |shapes: &[Shape]| self.found.is_only(shapes);
        let key = plain(self.key());
        let ends = key.contains("expir");
        if only(&[Shape::Time]) || (only(&[Shape::Epoch]) && is_of_time(&key)) {
            return if ends { Kind::Expiry } else { Kind::Time };
        }
        let scalars = [
            Shape::Text,
            Shape::Whole,
            Shape::Epoch,
            Shape::Time,
            Shape::Number,
            Shape::Flag,
        ];
        if is_secret(&key) && only(&[Shape::Text]) {
            Kind::Secret
        } else if only(&[Shape::Flag]) {
            Kind::Bool
        } else if only(&[Shape::Whole, Shape::Epoch]) {
            Kind::Int
        } else if only(&[Shape::List]) && self.each.is_none_or(|each| each.is_only(&scalars)) {
            Kind::List
        } else if only(&scalars) || shapes(self.found).is_empty() {
            Kind::Text
        } else {
            Kind::Json
        }
    }

    fn role(&self) -> Option<Role> {
        let kind = self.kind();
        let key = plain(self.key());
        let role = match (kind, key.as_str()) {
            (Kind::Text, "name") => Role::Name,
            (Kind::Time, key) if key.starts_with("creat") => Role::Created,
            (Kind::Time, key) if key.starts_with("updat") || key.starts_with("modif") => {
                Role::Updated
            }
            (Kind::Time, key) if key.starts_with("lastus") || key.starts_with("lastseen") => {
                Role::LastUsed
            }
            (Kind::Expiry, _) => Role::Expires,
            _ => return None,
        };
        Some(role)
    }
}

/// These members, those of one object together where they are many.
pub(super) fn notes(others: &[Other<'_>]) -> Vec<Note> {
    let mut told: Vec<&str> = Vec::new();
    let mut notes = Vec::new();
    for other in others {
        let object = other.object();
        let inner: Vec<&str> = others
            .iter()
            .filter(|it| it.object() == object)
            .map(Other::key)
            .collect();
        if object.is_empty() || inner.len() <= LINES {
            notes.push(other.note());
        } else if !told.contains(&object) {
            told.push(object);
            notes.push(Note::new(object, format!("has {}", inner.join(", "))));
        }
    }
    notes
}

/// The lines of a manifest that declare these members.
pub(super) fn lines(resource: &Resource, others: &[Other<'_>]) -> Vec<String> {
    let mut roles: Vec<Role> = resource
        .field
        .iter()
        .filter_map(|field| field.role)
        .collect();
    let tables = others.iter().map(|other| {
        let steps: Vec<&str> = other.at.split('/').skip(1).collect();
        let (at, key) = if other.is_part() {
            (format!("/{}", other.key()), key_of(other.key()))
        } else {
            (other.at.clone(), key_of(&steps.join("_")))
        };
        let mut lines = vec![if other.is_part() {
            format!(
                "# in {}\n[[resource.field.each]]",
                other.at.split("/*").next().unwrap_or_default()
            )
        } else {
            "[[resource.field]]".to_owned()
        }];
        lines.push(format!("key = {key:?}"));
        lines.push(format!("title = {:?}", title(&key)));
        let kind = other.kind();
        if format!("/{key}") != at || kind == Kind::Secret {
            lines.push(format!("at = {at:?}"));
        }
        if kind != Kind::Text {
            lines.push(format!("kind = {:?}", kind.word()));
        }
        if let Some(role) = other.role()
            && !other.is_part()
            && !roles.contains(&role)
        {
            lines.push(format!("role = {:?}", role.word()));
            roles.push(role);
        }
        lines.join("\n") + "\n"
    });
    tables.collect()
}

/// What is there beside null.
fn shapes(found: &Found) -> Vec<Shape> {
    let all = found.shapes.keys().copied();
    all.filter(|shape| *shape != Shape::Null).collect()
}

fn called(shape: Shape) -> &'static str {
    match shape {
        Shape::Null => "null",
        Shape::Flag => "true or false",
        Shape::Whole => "a whole number",
        Shape::Epoch => "a whole number, perhaps a time",
        Shape::Number => "a number",
        Shape::Text => "text",
        Shape::Time => "text, a time",
        Shape::List => "a list",
        Shape::Object => "an object",
    }
}

fn plural(shape: Shape) -> &'static str {
    match shape {
        Shape::Null => "nulls",
        Shape::Flag => "yes or no",
        Shape::Whole | Shape::Epoch | Shape::Number => "numbers",
        Shape::Text | Shape::Time => "texts",
        Shape::List => "lists",
        Shape::Object => "objects",
    }
}

/// A name without its case and its signs.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}

fn is_of_time(key: &str) -> bool {
    let starts = ["creat", "updat", "modif", "expir", "lastus", "lastseen"];
    key.ends_with("at")
        || starts.iter().any(|start| key.starts_with(start))
        || key.ends_with("time")
}

fn is_secret(key: &str) -> bool {
    let words = ["token", "apikey", "privatekey"];
    let anywhere = ["secret", "password"];
    let about = ["id", "name", "at"].iter().any(|word| key.ends_with(word));
    words.iter().any(|word| key.ends_with(word))
        || (!about && anywhere.iter().any(|word| key.contains(word)))
        || matches!(key, "key" | "value")
}

/// What a field may be called: `$id` is `id`.
fn key_of(name: &str) -> String {
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || "_-.".contains(*letter);
    let key: String = name.chars().filter(plain).collect();
    let key = key.trim_start_matches(['-', '.']);
    if key.is_empty() { "member" } else { key }.to_owned()
}

/// A name as people write it: `lastUsedAt` is "Last used at".
fn title(key: &str) -> String {
    let mut words = String::new();
    let mut before = ' ';
    for letter in key.chars() {
        if "_-. ".contains(letter) {
            words.push(' ');
        } else if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else if words.is_empty() {
            words.push(letter.to_ascii_uppercase());
        } else {
            words.push(letter);
        }
        before = letter;
    }
    words.trim().to_owned()
}
