//! What names say: words, titles for people, and what a member of a row usually is when it is called so.

use crate::manifest::Role;

/// Words that are written in capitals.
const CAPITALS: [&str; 19] = [
    "acl", "api", "cidr", "dns", "http", "iam", "id", "ip", "jwt", "mfa", "pem", "rpm", "ssh",
    "ssl", "tls", "ttl", "uri", "url", "uuid",
];

/// The words of a name, in lower case: `lastUsedAt`, `last_used_at` and `last-used-at` are the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut all: Vec<String> = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let behind = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || behind.is_some_and(|behind| behind.is_lowercase())
            });
        let behind_api = letter == 'k'
            && all.last().is_some_and(|word| word == "api")
            && name.to_lowercase().contains("apikey");
        if starts || behind_api || !letter.is_alphanumeric() {
            all.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(last) = all.last_mut()
        {
            last.extend(letter.to_lowercase());
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

/// The words of a name with one space between them.
pub(super) fn spaced(name: &str) -> String {
    words(name).join(" ")
}

/// Names that differ only in how their words are put together.
pub(super) fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| words(name).concat();
    plain(one) == plain(other)
}

/// A title for people: `Last used at`.
pub(super) fn title(name: &str) -> String {
    let words = words(name);
    let mut all = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let known = |word: &str| CAPITALS.contains(&word);
        let several = word.strip_suffix('s').filter(|stem| known(stem));
        all.push(match several {
            _ if known(word) => word.to_uppercase(),
            Some(stem) => format!("{}s", stem.to_uppercase()),
            None if at == 0 => capital(word),
            None => word.clone(),
        });
    }
    if all.is_empty() {
        let visible = name.trim();
        if visible.is_empty() { "Value" } else { visible }.to_owned()
    } else {
        all.join(" ")
    }
}

/// A text whose first letter is a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// One of several: `keys` is `key`, `policies` is `policy`.
pub(super) fn singular(word: &str) -> String {
    let ending = |end: &str| word.strip_suffix(end).filter(|stem| stem.len() > 1);
    if let Some(stem) = ending("ies") {
        format!("{stem}y")
    } else if word.ends_with("ss") || word.ends_with("us") {
        word.to_owned()
    } else if let Some(stem) = ending("sses") {
        format!("{stem}ss")
    } else {
        ending("s").unwrap_or(word).to_owned()
    }
}

/// A name that stands in files and in holes: letters, digits and _.
pub(super) fn slug(name: &str) -> String {
    let ascii = |word: &String| word.chars().all(|letter| letter.is_ascii_alphanumeric());
    let words: Vec<String> = words(name).into_iter().filter(ascii).collect();
    words.join("_")
}

/// What a member of a row usually means when it is called so.
pub(super) fn role(name: &str) -> Option<Role> {
    let spaced = spaced(name);
    let bare = ["at", "on", "date", "time", "timestamp", "ms"]
        .iter()
        .find_map(|end| spaced.strip_suffix(&format!(" {end}")))
        .unwrap_or(&spaced);
    Some(match bare {
        "created" | "creation" | "date created" | "time created" | "create" | "inserted"
        | "issued" | "added" | "date added" | "generated" => Role::Created,
        "updated" | "modified" | "last modified" | "last updated" | "date updated"
        | "date modified" | "update" | "edited" | "changed" => Role::Updated,
        "last used" | "last use" | "last accessed" | "last access" | "last login" | "last seen"
        | "last activity" | "used" | "lastused" | "date last used" | "last active"
        | "last usage" | "active"
            if bare != "active" || spaced == "active at" =>
        {
            Role::LastUsed
        }
        "expires" | "expiry" | "expiration" | "expire" | "expired" if spaced != "expired" => {
            Role::Expires
        }
        "valid until" | "valid to" | "not after" | "date expires" | "ends" | "expires in"
        | "expire in" | "ttl" | "expiry seconds" | "expires in seconds" | "seconds to live"
        | "expiration seconds" | "lifetime" | "expiration ttl" | "explicit max ttl"
        | "ttl seconds" | "expires after" => Role::Expires,
        "owner" | "user" | "owner id" | "user id" | "username" | "user name" | "owner name"
        | "owner email" | "user email" | "account" | "member" | "assignee" => Role::Owner,
        "created by"
        | "creator"
        | "author"
        | "created by id"
        | "created by user id"
        | "created by email"
        | "issued by"
        | "creator id"
        | "created by user"
        | "created by username" => Role::Creator,
        "client id" | "access key id" | "access key" => Role::ClientId,
        "scopes" | "scope" | "permissions" | "permission" | "abilities" | "actions" | "roles"
        | "role" | "capabilities" | "policies" | "acls" | "acl" | "grants" | "privileges"
        | "access level" | "rights" | "access" => Role::Scopes,
        "admin" | "is admin" | "superuser" | "is superuser" => Role::Admin,
        _ => return part_of_secret(&spaced).then_some(Role::Prefix),
    })
}

/// Names of what a key is called by people, the likeliest first.
pub(super) const NAMES: [&str; 16] = [
    "name",
    "display name",
    "key name",
    "token name",
    "api key name",
    "label",
    "title",
    "key alias",
    "alias",
    "token label",
    "friendly name",
    "nickname",
    "description",
    "comment",
    "note",
    "notes",
];

/// A part of the secret that may be shown.
pub(super) fn part_of_secret(spaced: &str) -> bool {
    let words = [
        "prefix",
        "hint",
        "suffix",
        "postfix",
        "last four",
        "last4",
        "last 4",
        "last eight",
        "masked",
        "redacted",
        "obfuscated",
        "preview",
        "truncated",
        "partial",
        "first letters",
        "tail",
    ];
    let has = |part: &str| {
        spaced == part
            || spaced.ends_with(&format!(" {part}"))
            || spaced.starts_with(&format!("{part} "))
            || spaced.contains(&format!(" {part} "))
    };
    spaced == "start" || words.iter().any(|part| has(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words_however_they_are_put_together() {
        for (name, expected) in [
            ("lastUsedAt", "last used at"),
            ("last_used-at", "last used at"),
            ("APIKeyID", "api key id"),
            ("X-API-Key", "x api key"),
            ("apikeys", "api keys"),
            ("xApikey", "x api key"),
            ("sha1", "sha1"),
            ("page[size]", "page size"),
            ("$top", "top"),
            ("é_ü", "é ü"),
        ] {
            assert_eq!(spaced(name), expected, "{name}");
        }
        assert!(same("apiKeyId", "api_key_id"));
        assert_eq!(title("allowed_ips_for_api"), "Allowed IPs for API");
        assert_eq!(title("..."), "...");
        assert_eq!(slug("X-API-Key é"), "x_api_key");
    }

    #[test]
    fn one_of_several_is_called_by_the_singular() {
        for (several, one) in [
            ("keys", "key"),
            ("policies", "policy"),
            ("accesses", "access"),
            ("access", "access"),
            ("status", "status"),
            ("s", "s"),
        ] {
            assert_eq!(singular(several), one);
        }
    }

    #[test]
    fn usual_names_have_their_roles() {
        for (name, expected) in [
            ("created_at", Some(Role::Created)),
            ("creationTime", Some(Role::Created)),
            ("modified_on", Some(Role::Updated)),
            ("lastUsedAt", Some(Role::LastUsed)),
            ("active_at", Some(Role::LastUsed)),
            ("active", None),
            ("expires_on", Some(Role::Expires)),
            ("expired", None),
            ("secondsToLive", Some(Role::Expires)),
            ("created_by", Some(Role::Creator)),
            ("token_last_eight", Some(Role::Prefix)),
            ("partial_key_hint", Some(Role::Prefix)),
            ("redacted_value", Some(Role::Prefix)),
            ("prefixes_allowed", None),
            ("scopes", Some(Role::Scopes)),
            ("start", Some(Role::Prefix)),
            ("started", None),
        ] {
            assert_eq!(role(name), expected, "{name}");
        }
    }
}
