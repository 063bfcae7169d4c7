//! What the keys are called and how they are known: in sentences, on screen, and to keyrack.

use serde_json::json;

use super::{Compose, rows::Rows};
use crate::{
    draft::{
        calls::Calls,
        field::{Field, Fields, one_line},
        names,
        operation::Operation,
        path::{noun, segments},
        sheet::{Note, Sheet},
    },
    manifest::Role,
};

/// Most words that keys are called by.
const WORDS: usize = 4;

/// What the keys are called.
#[derive(Debug)]
pub(super) struct Called {
    /// One of them, in lower case: `api key`.
    one: String,
    why: Option<&'static str>,
    /// They are public ones, such as SSH keys: nothing in them is a secret.
    pub(super) public: bool,
}

impl Called {
    /// What the keys of a collection are called: as the document's summaries say, or the path.
    pub(super) fn of(path: &str, calls: &Calls<'_>) -> Self {
        let by_path = by_path(path);
        let summary = calls
            .list
            .as_ref()
            .and_then(|list| list.operation.summary());
        let by_summary = summary.and_then(|summary| by_summary(summary, &by_path));
        let summaries = calls.all().filter_map(Operation::summary);
        let said: Vec<&str> = summaries.chain([path]).collect();
        let said = names::spaced(&said.join(" "));
        let known = ["ssh", "gpg", "public key", "deploy key", "signing key"];
        Self {
            why: by_summary.as_ref().map(|_| "from the summary of the list"),
            one: by_summary.unwrap_or(by_path),
            public: known.iter().any(|words| said.contains(words)),
        }
    }

    /// One of them in a sentence.
    fn noun(&self) -> String {
        let title = names::title(&self.one);
        let first = title.split(' ').next().unwrap_or_default();
        let capitals = first.chars().count() > 1 && first.chars().all(char::is_uppercase);
        if capitals {
            return title;
        }
        let mut letters = title.chars();
        let lower = letters.next().map(char::to_lowercase);
        lower.into_iter().flatten().chain(letters).collect()
    }

    /// All of them.
    fn title(&self) -> String {
        let title = names::title(&self.one);
        match title.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
            _ if title.ends_with('s') => title,
            _ => format!("{title}s"),
        }
    }
}

/// What the path says.
fn by_path(path: &str) -> String {
    let all = segments(path);
    let words = names::spaced(noun(path));
    let verbs = ["list", "search", "query", "all"];
    let words = match words.rsplit_once(' ') {
        Some((before, last)) if verbs.contains(&last) => before.to_owned(),
        // `list` is about what stands before.
        None if verbs.contains(&words.as_str()) => {
            names::spaced(all.iter().rev().nth(1).copied().unwrap_or("keys"))
        }
        _ => words
            .rsplit_once("list ")
            .map_or(words.clone(), |(_, behind)| behind.to_owned()),
    };
    let one = names::singular(&words);
    if one.is_empty() {
        "key".to_owned()
    } else {
        one
    }
}

/// What `List deploy keys for a repository` calls them, where it is about what the path names.
fn by_summary(summary: &str, by_path: &str) -> Option<String> {
    let plain = one_line(summary).to_lowercase();
    let plain = plain.trim_end_matches('.');
    let (verb, rest) = plain.split_once(' ')?;
    if !matches!(
        verb,
        "list"
            | "lists"
            | "get"
            | "gets"
            | "retrieve"
            | "retrieves"
            | "fetch"
            | "returns"
            | "return"
    ) {
        return None;
    }
    let mut words: Vec<&str> = Vec::new();
    for word in rest.split(' ') {
        if matches!(
            word,
            "for"
                | "of"
                | "in"
                | "from"
                | "on"
                | "by"
                | "belonging"
                | "that"
                | "associated"
                | "with"
        ) {
            break;
        }
        let about = matches!(
            word,
            "all"
                | "the"
                | "a"
                | "an"
                | "your"
                | "every"
                | "list"
                | "own"
                | "existing"
                | "available"
        );
        if !about {
            words.push(word);
        }
    }
    let last = names::singular(words.last()?);
    let named = by_path.rsplit(' ').next() == Some(&last);
    let longer = words.len() > by_path.split(' ').count();
    let letters = words.iter().all(|word| {
        word.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    });
    (named && longer && letters && words.len() <= WORDS).then(|| names::singular(&words.join(" ")))
}

impl Compose<'_, '_> {
    pub(super) fn identity(
        &self,
        called: &Called,
        rows: &Rows<'_>,
        fields: &Fields,
        sheet: &mut Sheet,
    ) {
        let title = called.title();
        let id: String = names::slug(&title).replace('_', "-");
        sheet.say("id", if id.is_empty() { "keys" } else { &id }, Note::None);
        sheet.say("title", &title, called.why.into());
        sheet.say("noun", &called.noun(), Note::None);
        let (pane, why) = self.pane(called);
        sheet.say("pane", pane, Note::Guessed(why));
        if rows.id_missing {
            sheet.look_up(&[], "where a row has its id; the document does not say it");
        }
        sheet.say("item_id", &rows.id, rows.id_why.as_deref().into());
        if rows.digits {
            sheet.say("item_id_kind", "digits", Note::None);
        }
        let name = names::spaced(&rows.id_name);
        if !called.public && matches!(name.as_str(), "token" | "key" | "secret" | "value") {
            let what = format!(
                "whether `{}` is the secret itself; then it must not be shown",
                rows.id_name
            );
            sheet.look_up(&["item_id_secret = true"], &what);
        }
        let role = |role| fields.all.iter().find(|field| field.role == Some(role));
        if let Some(created) = role(Role::Created) {
            let newest = format!("{}:desc", created.key);
            sheet.say("sort", &newest, Note::Guessed("the newest first"));
        }
        let sent = |field: &&Field| {
            field.send.contains(&"create")
                && field.required
                && matches!(field.kind(), "text" | "choice")
        };
        if let Some(name) = role(Role::Name).filter(sent) {
            let why = "a key of the same name is what a create with a lost answer has made";
            sheet.word("natural_key", &json!([name.key]), Note::Guessed(why));
        }
        self.own(fields, sheet);
    }

    /// How the key that a context signs in with is known, which no document says.
    fn own(&self, fields: &Fields, sheet: &mut Sheet) {
        let inputs = self.sign_in.inputs();
        let secrets: Vec<_> = inputs.iter().filter(|input| input.secret).collect();
        let begins = |field: &&Field| {
            let name = names::spaced(&field.key);
            field.role == Some(Role::Prefix)
                && field.read
                && (name.contains("prefix") || name == "start")
        };
        let (Some(prefix), [input]) = (fields.all.iter().find(begins), secrets.as_slice()) else {
            return;
        };
        let (input, field) = (&input.name, &prefix.key);
        let line =
            format!("own = {{ input = \"{input}\", field = \"{field}\", match = \"prefix\" }}");
        let what = format!(
            "whether contexts sign in with such keys, and `{field}` is how they begin; then keyrack warns before one cuts itself off"
        );
        sheet.look_up(&[&line], &what);
    }

    fn pane(&self, called: &Called) -> (&'static str, &'static str) {
        let said = format!("{} {}", names::spaced(self.path), called.one);
        let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if called.public || has(&["secret", "variable"]) {
            (
                "secrets",
                "stored secrets and SSH keys are there; others: api-keys, access-keys, admin",
            )
        } else if has(&[
            "access key",
            "client",
            "application",
            "credential",
            "service account",
        ]) {
            (
                "access-keys",
                "keys with a client id are there; others: api-keys, secrets, admin",
            )
        } else {
            (
                "api-keys",
                "the usual tab; others: secrets, access-keys, admin",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_called_as_the_path_says_or_the_summary_where_it_says_more() {
        for (path, one) in [
            ("/v1/api_keys", "api key"),
            ("/key/list", "key"),
            ("/v2/apis.listKeys", "key"),
            ("/tokens.list", "token"),
            ("/", "key"),
        ] {
            assert_eq!(by_path(path), one, "{path}");
        }
        for (summary, one) in [
            ("List deploy keys", Some("deploy key")),
            (
                "Lists all public SSH keys for the user.",
                Some("public ssh key"),
            ),
            ("List keys", None),
            ("List all organization and project API keys.", None),
            ("Keys", None),
        ] {
            assert_eq!(by_summary(summary, "key").as_deref(), one, "{summary}");
        }
        let called = Called {
            one: "public ssh key".to_owned(),
            why: None,
            public: true,
        };
        assert_eq!(
            (called.title(), called.noun()),
            ("Public SSH keys".to_owned(), "public SSH key".to_owned())
        );
    }
}
