//! Words of paths that say what a call does.

use crate::draft::{names, operation::Operation};

/// What a call does with keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    List,
    Get,
    Create,
    Update,
    Rotate,
    Delete,
    Act,
}

/// What a word says that a call does.
pub(super) fn verb(word: &str) -> Option<Verb> {
    Some(match word {
        "list" | "search" | "query" | "find" | "all" => Verb::List,
        "get" | "info" | "read" | "describe" | "retrieve" | "lookup" | "show" => Verb::Get,
        "create" | "generate" | "new" | "add" | "issue" | "insert" | "mint" => Verb::Create,
        "update" | "edit" | "modify" | "set" | "change" => Verb::Update,
        "rotate" | "regenerate" | "reroll" | "roll" | "reset" | "reissue" | "recreate"
        | "cycle" => Verb::Rotate,
        "delete" | "revoke" | "remove" | "destroy" => Verb::Delete,
        "enable" | "disable" | "activate" | "deactivate" | "block" | "unblock" | "suspend"
        | "unsuspend" | "resume" | "pause" | "archive" | "unarchive" | "lock" | "unlock"
        | "restore" | "expire" | "renew" | "refresh" | "extend" | "approve" | "reactivate"
        | "invalidate" => Verb::Act,
        _ => return None,
    })
}

/// What the last segment of a path does, and with what: `keys.createKey` makes a `key`, `list` lists
/// whatever stands around it.
pub(super) fn object(segment: &str) -> Option<(Verb, String)> {
    let words = names::words(segment);
    let at = words.iter().position(|word| verb(word).is_some())?;
    let verb = verb(words.get(at)?)?;
    let behind = words.get(at + 1..).unwrap_or_default();
    let before = words.get(..at).unwrap_or_default();
    let named = if behind.is_empty() { before } else { behind };
    let object: Vec<String> = named.iter().map(|word| names::singular(word)).collect();
    Some((verb, object.join(" ")))
}

/// What the first word of an operation's summary says that it does: a POST on a collection may revoke many
/// keys as well as make one.
pub(super) fn said(operation: &Operation<'_>) -> Option<Verb> {
    let words = names::words(operation.summary().or(operation.id())?);
    let first = words.first()?;
    let one = first.strip_suffix('s').unwrap_or(first);
    match one {
        "review" | "bulk" | "batch" | "import" | "sync" => Some(Verb::Act),
        one => verb(one).or_else(|| verb(first)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_says_what_is_done_with_what() {
        for (segment, expected) in [
            ("apis.listKeys", Some((Verb::List, "key"))),
            ("keys.createKey", Some((Verb::Create, "key"))),
            ("tokens.revoke", Some((Verb::Delete, "token"))),
            ("list", Some((Verb::List, ""))),
            ("lookup-accessor", Some((Verb::Get, "accessor"))),
            ("keys", None),
        ] {
            let expected = expected.map(|(verb, object)| (verb, object.to_owned()));
            assert_eq!(object(segment), expected, "{segment}");
        }
    }
}
