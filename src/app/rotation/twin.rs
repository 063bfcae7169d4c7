//! What the twin of a key is called while both are there: the operator may edit it, the service must take it.

use super::steps::Way;
use crate::{
    app::form::given::Sheet,
    manifest::{Kind, Resource, Role},
};

/// A name for the twin of a key with this one, which no other key has: `ci` gives `ci-2`, `ci-2` gives
/// `ci-3`. A name that the service lets several keys share stays as it is.
#[must_use]
pub fn name(resource: &Resource, old: &str, taken: impl Fn(&str) -> bool) -> String {
    let Some(field) = resource
        .role(Role::Name)
        .and_then(|at| resource.field.get(at))
    else {
        return old.to_owned();
    };
    if !field.unique || field.kind != Kind::Text {
        return old.to_owned();
    }
    let most = field.max.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(usize::MAX);
    let (stem, number) = split(old);
    let free = |number: u32| {
        let suffix = format!("-{number}");
        let room = most.saturating_sub(suffix.chars().count());
        let stem: String = stem.chars().take(room).collect();
        let name = format!("{stem}{suffix}");
        (!taken(&name)).then_some(name)
    };
    (number.saturating_add(1)..number.saturating_add(1_000))
        .find_map(free)
        .unwrap_or_else(|| old.to_owned())
}

/// Rotating such a key makes a secret that has to go somewhere: the service, or keyrack for it, makes one.
#[must_use]
pub fn makes_secret(resource: &Resource, way: Way, sheet: Option<&Sheet>) -> bool {
    let op = match way {
        Way::Regenerate => resource.rotate.as_ref(),
        Way::CreateFirst | Way::DeleteFirst => resource.create.as_ref(),
    };
    let chosen = sheet.is_some_and(Sheet::chosen);
    let answers = op.is_some_and(|op| op.secret.is_some()) && !chosen;
    answers || sheet.is_some_and(|sheet| !sheet.made().is_empty())
}

/// A name without the number that a twin's has, and that number; 1 where it has none.
fn split(name: &str) -> (&str, u32) {
    name.rsplit_once('-')
        .filter(|(stem, digits)| {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            !stem.is_empty() && plain && !digits.starts_with('0') && digits.len() < 4
        })
        .and_then(|(stem, digits)| Some((stem, digits.parse().ok()?)))
        .unwrap_or((name, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;

    fn twin(backend: &str, resource: &str, old: &str, taken: &[&str]) -> String {
        let manifest = manifest::load(manifest::builtin(backend).unwrap()).unwrap();
        let resource = manifest.resource(resource).unwrap();
        name(resource, old, |name| taken.contains(&name))
    }

    #[test]
    fn a_twin_has_the_next_number() {
        assert_eq!(twin("runai", "access-keys", "ci", &[]), "ci-2");
        assert_eq!(twin("runai", "access-keys", "ci-2", &[]), "ci-3");
        assert_eq!(twin("runai", "access-keys", "ci-9", &["ci-10"]), "ci-11");
        assert_eq!(
            twin("runai", "access-keys", "eu-west-01", &[]),
            "eu-west-01-2"
        );
        assert_eq!(twin("runai", "access-keys", "2026-11", &[]), "2026-12");
    }

    #[test]
    fn a_long_name_is_cut_to_what_the_service_takes() {
        let old = "a".repeat(24);
        assert_eq!(
            twin("chutes", "api_keys", &old, &[]),
            format!("{}-2", "a".repeat(22))
        );
    }

    #[test]
    fn a_name_that_keys_may_share_stays() {
        assert_eq!(twin("typesense", "keys", "Search", &["Search"]), "Search");
    }
}
