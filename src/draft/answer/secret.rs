//! Which member of an answer is the new secret: by its name, by where it stands, and by what the document
//! says of it.

use super::{Member, members};
use crate::{
    draft::{
        names,
        operation::Operation,
        schema::{Shape, Type},
    },
    manifest::Role,
};

/// Least that a member has to score.
const ENOUGH: i32 = 40;
/// What a name says, by its last words; the longest that fits counts.
const NAMES: [(&str, i32); 22] = [
    ("client secret", 96),
    ("secret access key", 96),
    ("secret key", 95),
    ("plaintext", 94),
    ("plain text", 94),
    ("plain text token", 94),
    ("raw key", 92),
    ("full key", 92),
    ("secret", 90),
    ("secret value", 90),
    ("api secret", 90),
    ("api key", 86),
    ("access token", 86),
    ("apikey", 86),
    ("private key", 84),
    ("token", 80),
    ("key", 74),
    ("password", 72),
    ("value", 70),
    ("jwt", 66),
    ("credential", 60),
    ("sha1", 60),
];
/// Words of names that are about a secret and are none.
const ABOUT: [&str; 24] = [
    "id",
    "ids",
    "name",
    "type",
    "hash",
    "hashed",
    "digest",
    "url",
    "uri",
    "count",
    "limit",
    "public",
    "fingerprint",
    "format",
    "description",
    "status",
    "version",
    "expiry",
    "expires",
    "created",
    "next",
    "page",
    "cursor",
    "object",
];
/// What documents say of a secret that is told once.
const ONCE: [&str; 11] = [
    "only once",
    "shown once",
    "returned once",
    "only time",
    "only returned",
    "only be shown",
    "only shown",
    "never be shown",
    "plaintext",
    "plain text",
    "cannot be retrieved",
];
/// What documents say of a part of a secret.
const PART: [&str; 9] = [
    "masked",
    "redacted",
    "partial",
    "obfuscated",
    "truncated",
    "hint",
    "first characters",
    "last characters",
    "hashed",
];

/// A secret in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::draft) struct Found<'d> {
    pub(in crate::draft) pointer: String,
    pub(in crate::draft) name: &'d str,
    /// From what it was guessed.
    pub(in crate::draft) why: String,
    /// The public half of a pair, which only this answer tells.
    pub(in crate::draft) pair: Option<String>,
    /// Others that may be secret too.
    pub(in crate::draft) others: Vec<String>,
}

/// The secret in the answer of an operation; `row` is what lists show.
pub(in crate::draft) fn secret<'d>(
    operation: &Operation<'d>,
    row: Option<&Shape<'d>>,
) -> Option<Found<'d>> {
    let schema = operation.answer()?.schema?;
    let document = operation.document;
    if Shape::of(document, schema).kind == Some(Type::Text) {
        let why = "the answer is one text".to_owned();
        return Some(Found {
            pointer: String::new(),
            name: "",
            why,
            pair: None,
            others: Vec::new(),
        });
    }
    let all = members(document, schema);
    let in_row = |name: &str| row.is_some_and(|row| row.property(name).is_some());
    let is_half = |it: &&Member<'_>| {
        names::role(it.name) == Some(Role::ClientId)
            && it.shape.kind == Some(Type::Text)
            && !in_row(it.name)
    };
    let public = all.iter().find(is_half);
    let pair = public.map(|public| public.pointer.clone());
    let mut ranked: Vec<(i32, Member<'d>)> = all
        .into_iter()
        .filter_map(|member| Some((score(&member, row)?, member)))
        .filter(|(score, _)| *score >= ENOUGH)
        .collect();
    ranked.sort_by_key(|(score, _)| -score);
    let (_, best) = ranked.first()?;
    let others = ranked
        .iter()
        .skip(1)
        .map(|(_, member)| member.pointer.clone())
        .collect();
    let why = match once(&best.shape) {
        Some(words) => format!("the document says \"{words}\""),
        None => "from its name".to_owned(),
    };
    Some(Found {
        pointer: best.pointer.clone(),
        name: best.name,
        why,
        pair: pair.filter(|_| row.is_some()),
        others,
    })
}

fn once(shape: &Shape<'_>) -> Option<&'static str> {
    let said = shape.description.unwrap_or_default().to_lowercase();
    ONCE.into_iter().find(|words| said.contains(words))
}

/// What a name says by itself.
fn by_name(name: &str) -> i32 {
    let spaced = names::spaced(name);
    let words = names::words(name);
    if words.iter().any(|word| ABOUT.contains(&word.as_str())) || names::part_of_secret(&spaced) {
        return 0;
    }
    let fits = |end: &str| spaced == end || spaced.ends_with(&format!(" {end}"));
    let found = NAMES.iter().filter(|(end, _)| fits(end));
    found.map(|(_, score)| *score).max().unwrap_or(0)
}

/// A member that may be a secret by its name, or by what is said of it.
pub(in crate::draft) fn is_secret(name: &str, shape: &Shape<'_>) -> bool {
    let said = shape.description.unwrap_or_default().to_lowercase();
    let masked = PART.iter().any(|words| said.contains(words));
    let hidden = said.contains("secret") || said.contains("encrypt");
    let public = (said.contains("public key") || said.contains("public ssh")) && !hidden;
    shape.format == "password"
        || shape.write_only
        || (by_name(name) >= ENOUGH && !masked && !public)
}

fn score(member: &Member<'_>, row: Option<&Shape<'_>>) -> Option<i32> {
    let shape = &member.shape;
    if !matches!(shape.kind, Some(Type::Text) | None) || !shape.choices.is_empty() {
        return None;
    }
    if matches!(
        shape.format,
        "date-time" | "date" | "uri" | "url" | "email" | "uuid"
    ) {
        return None;
    }
    let said = shape.description.unwrap_or_default().to_lowercase();
    if PART.iter().any(|words| said.contains(words)) && once(shape).is_none() {
        return None;
    }
    let name = by_name(member.name);
    let told = if once(shape).is_some() { 40 } else { 0 };
    if name == 0 && told == 0 {
        return None;
    }
    let in_row = row.is_some_and(|row| row.property(member.name).is_some());
    let depth = i32::try_from(member.depth).unwrap_or(0) * 4;
    Some(name + told - depth - if in_row { 12 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_a_secret_and_what_is_about_one() {
        for name in [
            "key",
            "token",
            "client_secret",
            "apiKey",
            "plainTextKey",
            "secret_value",
            "sha1",
        ] {
            assert!(by_name(name) >= ENOUGH, "{name}");
        }
        for name in [
            "key_id",
            "token_type",
            "key_hash",
            "publicKey",
            "partial_key_hint",
            "redacted_value",
            "keyPrefix",
            "next_token",
            "masked_token",
        ] {
            assert!(by_name(name) < ENOUGH, "{name}");
        }
    }
}
